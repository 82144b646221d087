"""Time the evals: every backend of this library, the eager engine, JAX's jit and PyTorch's tensors, in one run.

    python -m tests.benchmarks.evals [--only gmm kmeans] [--sizes small] [--limit 60] [--plot evals.png]

A time is the processor's, on one thread, for one gradient after compiling; the best of several rounds, in which all
take turns, and by which programs of the native backend have been optimized. Beside it stands what came before:
recording, compiling and the first gradient; not what a library does before its first program alone, since everybody
has differentiated something else before. JAX computes in doubles, with its arguments
on the device, and is waited for. What takes longer than the limit, raises an error or comes to
another gradient is said to.
"""

from __future__ import annotations

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import argparse
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np

import autograd
from autograd.program.backends import BACKENDS, find_backend
from autograd.see.plotting import ACCENT, DPI, GREY, INK, figure
from tests.benchmarks.evals import NAMES
from tests.benchmarks.evals.problem import Problem, Work, flat, jax_gradient, torch_gradient, values

EAGER, JAX, TORCH = "eager", "JAX jit", "PyTorch"
OURS = (*BACKENDS, EAGER)
EVERYBODY = (*OURS, JAX, TORCH)
ROUNDS, SECONDS = 5, 0.1  # each of the rounds takes about so long
_AGREES = 1e-9  # of the largest derivative


class Result(NamedTuple):
    """What came of one library on one eval: seconds before the first gradient, and for a gradient; or why none did."""

    before: float = np.nan
    each: float = np.nan
    problem: str = ""


class TooLong(Exception):
    """Something took longer than the limit."""


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Stop what is done in here when it has taken so long."""

    def stop(*_: Any) -> None:
        raise TooLong(f"over {seconds:.0f} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)


def makers(module: Any, size: Any) -> dict[str, Callable[[], Work]]:
    """How each one's gradient is got ready."""
    data = module.data(size)
    made: dict[str, Callable[[], Work]] = {
        name: lambda name=name: module.ours(*data).compiled(name) for name in BACKENDS if is_installed(name)
    }
    made[EAGER] = lambda: module.ours(*data).eager()
    for name, package, function in ((JAX, "jax", module.in_jax), (TORCH, "torch", module.in_torch)):
        if find_spec(package):
            made[name] = partial(function, *data)
    return made


def is_installed(backend: str) -> bool:
    try:
        find_backend(backend)
    except ImportError:
        return False
    return True


def warm_up() -> None:
    """Have everybody do what it does before its first program alone."""

    def ours(number: float) -> Problem:
        x = values(number)
        return Problem(lambda: x * x + x, [x])

    other = SimpleNamespace(
        data=lambda number: (number,),
        ours=ours,
        in_jax=lambda number: jax_gradient(lambda x: x * x + x, [number]),
        in_torch=lambda number: torch_gradient(lambda x: x * x + x, [number]),
    )
    for make in makers(other, 2.0).values():
        make()()


def measure(module: Any, size: Any, limit: float) -> dict[str, Result]:
    """Everybody's times for one eval."""
    results: dict[str, Result] = {}
    works: dict[str, Work] = {}
    gradients: dict[str, Any] = {}
    for name, make in makers(module, size).items():
        start = time.process_time()
        try:
            with limited(limit):
                works[name] = make()
                gradients[name] = flat(works[name]())
        except TooLong as error:
            results[name] = Result(problem=str(error))
            works.pop(name, None)
        except Exception as error:  # noqa: BLE001 (whatever it is, the table says so)
            results[name] = Result(problem=f"{type(error).__name__}: {error}"[:60])
            works.pop(name, None)
        else:
            results[name] = Result(before=time.process_time() - start)
    for name, seconds in take_turns(works).items():
        results[name] = results[name]._replace(each=seconds)
    return {name: said_to_differ(result, name, gradients) for name, result in results.items()}


def take_turns(works: dict[str, Work]) -> dict[str, float]:
    """The best time of a call for each, over rounds in which all take turns; those that take long sit the last out."""
    best = dict.fromkeys(works, np.inf)
    for done in range(ROUNDS):
        for name, work in works.items():
            if done and done * best[name] > 10 * SECONDS:
                continue
            count = max(1, int(min(SECONDS / best[name], 1e5))) if done else 1
            start = time.process_time()
            for _ in range(count):
                work()
            best[name] = min(best[name], (time.process_time() - start) / count)
    return best


def said_to_differ(result: Result, name: str, gradients: dict[str, Any]) -> Result:
    """A result that says so if its gradient is not the eager engine's, or JAX's where there is no eager one."""
    expected = gradients.get(EAGER, gradients.get(JAX))
    if name not in gradients or expected is None:
        return result
    obtained = gradients[name]
    if obtained.shape == expected.shape and np.abs(obtained - expected).max() <= _AGREES * np.abs(expected).max():
        return result
    return result._replace(problem="another gradient")


# What is shown.


def table_row(what: str, results: dict[str, Result]) -> str:
    reference = results.get(JAX, Result()).each
    best = min((results[name].each for name in OURS if name in results and not results[name].problem), default=np.nan)
    cells = [cell(results.get(name)) for name in EVERYBODY]
    return f"| {what} | {' | '.join(cells)} | {best / reference:.2f} |"


def described(name: str) -> str:
    return f"backend {name}" if name in BACKENDS else name


def cell(result: Result | None) -> str:
    if result is None:
        return "not installed"
    if result.problem:
        return result.problem
    return f"{in_words(result.each)} ({in_words(result.before)})"


def in_words(seconds: float) -> str:
    for unit, factor in (("s", 1.0), ("ms", 1e3), ("µs", 1e6)):
        if seconds * factor >= 1.0 or unit == "µs":
            return f"{seconds * factor:.3g} {unit}"
    return ""


MARKERS = "osD^vPX*"
COLOURS = {JAX: GREY, TORCH: GREY}


def plot(path: str, measured: dict[str, dict[str, Result]]) -> None:
    """Everybody's time for a gradient, as a multiple of JAX's, on a logarithmic axis."""
    page, (axes,) = figure(width=8.5, height=0.8 + 0.32 * len(measured))
    rows = list(measured)
    for name, marker in zip(EVERYBODY, MARKERS, strict=False):
        if name == JAX:
            continue
        places = [
            (results[name].each / results[JAX].each, row)
            for row, results in enumerate(measured.values())
            if name in results and JAX in results and not results[name].problem
        ]
        style = {"color": COLOURS.get(name, INK), "facecolors": "none"} if name in (EAGER, TORCH) else {"color": ACCENT}
        axes.scatter(*zip(*places, strict=True), marker=marker, label=described(name), **style) if places else None
    axes.set_xscale("log")
    axes.axvline(1.0, color=GREY, linewidth=1)
    axes.set_yticks(range(len(rows)), rows)
    axes.invert_yaxis()
    axes.grid(axis="y", alpha=0.3)
    axes.set_xlabel("time for a gradient, as a multiple of JAX jit's (logarithmic; left of the line is faster)")
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)
    missing = [
        f"{what}: {described(name)}, {result.problem}"
        for what, results in measured.items()
        for name, result in results.items()
        if result.problem
    ]
    if missing:
        axes.text(1.02, 0.0, "Not shown:\n" + "\n".join(missing), transform=axes.transAxes, fontsize=7, va="bottom")
    page.savefig(path, dpi=DPI)
    print(f"\nThe plot is in {path}.")


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.evals", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--only", nargs="+", choices=NAMES, default=NAMES, metavar="EVAL", help="some of the evals")
    parser.add_argument("--sizes", nargs="+", default=["small", "medium"], choices=["tiny", "small", "medium"])
    parser.add_argument("--limit", type=float, default=60.0, help="seconds that anything may take; default 60")
    parser.add_argument("--plot", metavar="FILE", help="also plot the ratios")
    arguments = parser.parse_args()
    if find_spec("jax"):
        import_module("jax").config.update("jax_enable_x64", True)
    if find_spec("torch"):
        import_module("torch").set_num_threads(1)
    print(
        f"The eager engine is {'compiled' if autograd.native else 'plain Python'}. In brackets: until the first gradient.\n"
    )
    print(f"| eval | {' | '.join(map(described, EVERYBODY))} | best of ours / JAX |\n|{'---|' * (len(EVERYBODY) + 2)}")
    warm_up()
    measured: dict[str, dict[str, Result]] = {}
    for name in arguments.only:
        module = import_module(f"tests.benchmarks.evals.{name}")
        for size in arguments.sizes:
            if size in module.SIZES:
                what = f"{name} {size}"
                measured[what] = measure(module, module.SIZES[size], arguments.limit)
                print(table_row(what, measured[what]), flush=True)
    if arguments.plot:
        plot(arguments.plot, measured)
    return int(
        any(
            result.problem and not result.problem.startswith("over")
            for each in measured.values()
            for result in each.values()
        )
    )


if __name__ == "__main__":
    sys.exit(main())
