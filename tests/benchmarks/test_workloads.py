"""One peer's workloads under pytest-benchmark; started by ``run.py`` in that peer's environment."""

from __future__ import annotations

import gc
import os
import sys
import time
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from workloads import PEERS, Workloads

PEER = os.environ.get("BENCHMARK_PEER", "this engine, plain Python")


@pytest.fixture(scope="module")
def workloads() -> Workloads:
    made = PEERS[PEER]()
    if PEER.startswith("this engine"):
        import autograd

        assert autograd.native == PEER.endswith("compiled"), f"{PEER}, but autograd.native is {autograd.native}"
    return made


@pytest.mark.parametrize("name", ["tiny", "small", "step"])
def test_expression(benchmark: Any, workloads: Workloads, name: str) -> None:
    # Rounds of a twentieth of a second, so that each has its share of garbage collection, which users wait for too.
    run = workloads[name]
    run()
    start = time.perf_counter()
    run()
    once = time.perf_counter() - start
    iterations = max(1, int(0.05 / once))
    benchmark.pedantic(run, rounds=5 if once > 0.5 else 25, iterations=iterations, warmup_rounds=1)


def test_chain(benchmark: Any, workloads: Workloads) -> None:
    if "chain" not in workloads:
        pytest.skip("nobody builds long chains of scalars with it")
    run, length = workloads["chain"]
    benchmark.extra_info["length"] = length
    benchmark.pedantic(run, rounds=3, warmup_rounds=1)


def test_bytes(benchmark: Any, workloads: Workloads) -> None:
    """How much memory the process takes for one more node."""
    if "build" not in workloads or not Path("/proc/self/statm").exists():
        pytest.skip("not measured")
    _, length = workloads["chain"]
    gc.collect()
    before = resident()
    graph = benchmark.pedantic(workloads["build"], rounds=1)
    benchmark.extra_info["bytes"] = (resident() - before) / length
    del graph


def resident() -> int:
    """The bytes of memory that this process has."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
