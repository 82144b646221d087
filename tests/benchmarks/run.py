"""Time this engine, in both forms, and its peers side by side: ``python tests/benchmarks/run.py``.

Makes the environments that it needs under ``.benchmarks/`` (HIPS autograd, which has this package's import name, needs
one of its own), runs the workloads of ``workloads.py`` under pytest-benchmark in each, one after the other, and leaves
``table.md`` and ``plot.png`` there. A peer that cannot be installed is named as missing. ``--reuse`` takes the
environments of an earlier run for the peers; this engine is always built anew. ``--cpu-time`` takes the processor's time
instead of the clock's, and the least instead of the median, for a machine that has other things to do. ``--write``
puts the table into ``README.md`` beside this file, and the plot among the pictures.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import time
import tomllib
import venv
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parent.parent
FOLDER = CHECKOUT / ".benchmarks"
RUNNER = ["pytest>=8", "pytest-benchmark>=5"]

# By environment: what to install, and the peers that run there.
ENVIRONMENTS: dict[str, tuple[list[str], list[str]]] = {
    "compiled": ([f"{CHECKOUT}[bench]"], ["this engine, compiled", "its programs, compiled"]),
    "plain": ([f"{CHECKOUT}[bench]"], ["this engine, plain Python"]),
    "micrograd": (["micrograd"], ["micrograd"]),
    "pytorch": (["torch==2.13.0", "numpy"], ["PyTorch"]),
    "jax": (["jax"], ["JAX, eager", "JAX, jit"]),
    "hips": (["autograd"], ["HIPS autograd"]),
    "casadi": (["casadi"], ["CasADi"]),
}
COLUMNS = {
    "tiny": "tiny, µs",
    "small": "small, µs",
    "step": "MLP step, µs",
    "chain": "chain, µs per addition",
    "bytes": "bytes per node",
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reuse", action="store_true", help="keep the peers' environments of an earlier run")
    parser.add_argument("--cpu-time", action="store_true", help="take the processor's time instead of the clock's")
    parser.add_argument("--write", action="store_true", help="put the table into tests/benchmarks/README.md")
    arguments = parser.parse_args()
    FOLDER.mkdir(exist_ok=True)
    results: dict[str, dict[str, Any]] = {}
    for name, (packages, peers) in ENVIRONMENTS.items():
        problem = install(name, packages, arguments.reuse)
        for peer in peers:
            print(f"{peer}: {problem or 'running'}", flush=True)
            results[peer] = {"missing": problem} if problem else measure(FOLDER / name, peer, arguments.cpu_time)
    seconds = import_time(python_of(FOLDER / "compiled"), "autograd")
    version = tomllib.loads(CHECKOUT.joinpath("pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    machine = f"{platform.machine()}, {processor()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    taken = "The least processor times" if arguments.cpu_time else "Medians"
    text = (
        f"{table(results)}\n\n{taken} of one run of version {version} on {machine}. "
        f"`import autograd` takes {1000 * seconds:.0f} ms.\n"
    )
    FOLDER.joinpath("table.md").write_text(text, encoding="utf-8")
    FOLDER.joinpath("results.json").write_text(json.dumps(results, indent=1), encoding="utf-8")
    print(f"\n{text}")
    if "missing" not in results["this engine, compiled"]:
        subprocess.run([python_of(FOLDER / "compiled"), HERE / "plot.py", FOLDER], check=True)
        print(f"The table and the plot are in {FOLDER}")
    if arguments.write:
        write(text)
    return 0


def write(text: str) -> None:
    """Put a table between its marks in the README of this folder, and the plot beside the other pictures."""
    readme = HERE / "README.md"
    pattern = re.compile(r"(<!-- written by run\.py --write -->\n).*?(<!-- end -->)", re.DOTALL)
    before = readme.read_text(encoding="utf-8")
    if not pattern.search(before):
        raise SystemExit(f"{readme} has lost the marks between which the table is written")
    readme.write_text(pattern.sub(lambda marks: f"{marks[1]}\n{text}\n{marks[2]}", before), encoding="utf-8")
    shutil.copy(FOLDER / "plot.png", CHECKOUT / "notebooks" / "pictures" / "benchmarks.png")


def python_of(environment: Path) -> Path:
    """The interpreter of a virtual environment."""
    return environment / ("Scripts" if sys.platform == "win32" else "bin") / "python"


def install(name: str, packages: list[str], reuse: bool) -> str:
    """Make an environment; returns what went wrong, or nothing."""
    environment = FOLDER / name
    ours = name in ("compiled", "plain")
    if reuse and not ours and python_of(environment).exists():
        return ""
    venv.create(environment, clear=True, with_pip=True)
    variables = {"CC": "/bin/false"} if name == "plain" else {}
    command = [python_of(environment), "-m", "pip", "install", "--quiet", *packages, *RUNNER]
    done = subprocess.run(
        command, env=os.environ | variables, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False
    )
    if done.returncode == 0:
        return ""
    last = done.stderr.decode(errors="replace").strip().splitlines()[-1]
    return f"missing, because it could not be installed ({last})"


def measure(environment: Path, peer: str, cpu_time: bool) -> dict[str, Any]:
    """Seconds by workload, the median of them or of processor time the least; a text where it failed."""
    timer, statistic = ("time.process_time", "min") if cpu_time else ("time.perf_counter", "median")
    output = FOLDER / "run.json"
    output.unlink(missing_ok=True)
    command = [python_of(environment), "-P", "-m", "pytest", "-q", "-c", os.devnull, f"--rootdir={HERE}"]
    command += [
        f"--confcutdir={HERE}",
        "-p",
        "no:cacheprovider",
        f"--benchmark-json={output}",
        f"--benchmark-timer={timer}",
        HERE / "test_workloads.py",
    ]
    done = subprocess.run(
        command, cwd=FOLDER, env=os.environ | {"BENCHMARK_PEER": peer}, capture_output=True, text=True, check=False
    )
    measured: dict[str, Any] = {}
    for error in ("RecursionError", "ModuleNotFoundError", "AssertionError"):
        if error in done.stdout:
            measured["problem"] = error
    for run in json.loads(output.read_text(encoding="utf-8"))["benchmarks"] if output.exists() else []:
        name = run["params"]["name"] if run["params"] else run["name"].removeprefix("test_")
        if name == "bytes":
            measured[name] = run["extra_info"]["bytes"]
        else:
            measured[name] = run["stats"][statistic] / run["extra_info"].get("length", 1)
    return measured


def import_time(python: Path, module: str) -> float:
    """How much longer an interpreter takes that imports the module."""

    def seconds(code: str) -> float:
        start = time.perf_counter()
        subprocess.run([python, "-P", "-c", code], check=True)
        return time.perf_counter() - start

    return statistics.median([seconds(f"import {module}") - seconds("pass") for _ in range(21)])


def processor() -> str:
    """The name of this machine's processor, where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.processor())


def table(results: dict[str, dict[str, Any]]) -> str:
    """A Markdown table; in brackets, how many times as fast as micrograd, where it is faster."""
    rows = [f"| | {' | '.join(COLUMNS.values())} |", "|---" * (len(COLUMNS) + 1) + "|"]
    for peer, measured in results.items():
        cells = [cell(name, measured, results["micrograd"]) for name in COLUMNS]
        rows.append(f"| {peer} | {' | '.join(cells)} |")
    return "\n".join(rows)


def cell(name: str, measured: dict[str, Any], reference: dict[str, Any]) -> str:
    """One figure, and its ratio."""
    if "missing" in measured:
        return "missing"
    if name not in measured:
        return measured["problem"] if name == "chain" and measured.get("problem") == "RecursionError" else ""
    if name == "bytes":
        return f"{measured[name]:,.0f}" if measured[name] > 0 else ""  # it had memory left of what was freed before
    text = f"{1e6 * measured[name]:,.{3 if measured[name] < 1e-6 else 1 if measured[name] < 1e-4 else 0}f}"
    ratio = reference[name] / measured[name] if name in reference else 0.0
    return f"{text} ({ratio:,.{0 if ratio >= 10 else 1}f}×)" if ratio >= 1.1 else text


if __name__ == "__main__":
    sys.exit(main())
