"""What the backend "auto" takes beside what is quickest: on the benchmarks and the evals, for batches of several sizes.

    python -m tests.benchmarks.choices [--only mixture kmeans] [--limit 60]

A time is the processor's, on one thread, for one gradient after compiling; the best of several rounds, in which all
backends take turns. What takes longer than the limit until its first gradient is left out, and so are plain floats where
they would take seconds.
"""

from __future__ import annotations

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import argparse
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import numpy as np

from autograd import Value
from nn import MLP
from tests.benchmarks import program as benchmarks
from tests.benchmarks.evals import NAMES
from tests.benchmarks.evals.__main__ import TooLong, in_words, limited, take_turns
from tests.benchmarks.evals.problem import Problem, Work

BATCHES = (1, 10, 100, 1000, 10_000)
WITHIN = 1.2  # of the quickest one's time
_MOST, _MOST_IN_PYTHON = 400_000_000, 2_000_000  # operations of all points together


def problems() -> Iterator[tuple[str, Problem]]:
    """The benchmarks of programs, and the evals."""
    rng = np.random.default_rng(0)
    model, classifier = MLP(2, [16, 16, 1], seed=1), MLP(64, [32, 10], seed=1)
    a, b = Value(-4.0), Value(2.0)
    yield "micrograd's README", Problem(lambda: benchmarks.readme_example(a, b), [a, b])
    yield "2-16-16-1", Problem(lambda x, y: (1.0 - y * model(x)).relu(), model.parameters(), benchmarks.moons())
    labels = np.eye(10)[rng.integers(0, 10, 128)]
    digits = rng.normal(size=(128, 64)), labels
    yield "64-32-10", Problem(benchmarks.classifier_loss(classifier), classifier.parameters(), digits)
    for nodes in (30, 300, 1000, 10_000, 30_000):
        function, parameters = benchmarks.irregular(nodes)
        yield f"irregular {nodes}", Problem(function, parameters, tuple(rng.normal(size=(4, 100))))
    for name, (ours, _, parameters), batch in (
        ("recurrent", benchmarks.recurrent(), rng.normal(size=(100, 64))),
        ("attention", benchmarks.attention(), rng.normal(size=(1000, 64))),
        ("mixture", benchmarks.mixture(), rng.normal(size=10_000)),
        ("Black-Scholes", benchmarks.black_scholes(), rng.uniform(80.0, 120.0, 10_000)),
        ("physics-informed", benchmarks.physics_informed(), rng.uniform(0.0, 3.0, 1000)),
    ):
        yield name, Problem(ours, list(np.hstack([np.ravel(each) for each in parameters])), (batch,))
    for name in NAMES:
        module = import_module(f"tests.benchmarks.evals.{name}")
        for size in ("small", "medium"):
            if size in module.SIZES:
                yield f"{name} {size}", module.ours(*module.data(module.SIZES[size]))


def batches(problem: Problem) -> Iterator[tuple[Any, ...]]:
    """The problem's own batch, and batches of other sizes."""
    if not problem.batch:
        yield ()
        return
    for points in sorted({*BATCHES, len(problem.batch[0])}):
        yield tuple(np.resize(column, (points, *column.shape[1:])) for column in problem.batch)


def measure(name: str, problem: Problem, limit: float) -> Iterator[float]:
    """For each size of batch a row of the table, and the time of what is chosen as a multiple of the least."""
    program = problem.program("auto")
    programs = {each: problem.program(each) for each in (*benchmarks.quick_backends(), "numpy")}
    for batch in batches(problem):
        points = len(batch[0]) if batch else 1
        chosen = program._choose(points)
        assert program._costs is not None
        operations = points * program._costs.operations
        if operations > _MOST:
            continue
        works: dict[str, Work] = {}
        for each in list(programs):
            if each == "python" and operations > _MOST_IN_PYTHON:
                continue
            try:
                with limited(limit):
                    works[each] = problem._replace(batch=batch).gradient(programs[each])
                    works[each]()
            except TooLong:
                works.pop(each, None)
                del programs[each]
        times = take_turns(works)
        if chosen not in times:
            print(f"| {name} | {points:,} | {chosen!s} takes over {limit:.0f} s |", flush=True)
            continue
        ratio = times[chosen] / min(times.values())
        shown = " | ".join(in_words(times[each]) if each in times else "" for each in ("python", "numpy", "native"))
        mark = "**" if ratio > WITHIN else ""
        print(f"| {name} | {points:,} | {shown} | {chosen!s} | {mark}{ratio:.2f}{mark} |", flush=True)
        yield ratio


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.choices", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="what has one of these in its name")
    parser.add_argument("--limit", type=float, default=60.0, help="seconds until a first gradient; default 60")
    arguments = parser.parse_args()
    print("| what | points | python | numpy | native | chosen | chosen / quickest |\n|---|---|---|---|---|---|---|")
    with np.errstate(all="ignore"):
        ratios = [
            ratio
            for name, problem in problems()
            if not arguments.only or any(each in name for each in arguments.only)
            for ratio in measure(name, problem, arguments.limit)
        ]
    within = sum(ratio <= WITHIN for ratio in ratios)
    print(f"\n{within} of {len(ratios)} are within {WITHIN - 1.0:.0%} of the quickest; the worst is {max(ratios):.2f}.")


if __name__ == "__main__":
    main()
