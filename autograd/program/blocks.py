"""Running a kernel on a batch of any size: in blocks that the caches hold, on as many threads as that pays for.

How a batch is split depends on its size alone, and the sums of the blocks are added in their order: so the result is
the same, to the last bit, on any number of threads. Each block runs on a plan (a kernel with its buffers) that nobody
else uses at that time, so a program may be called from several threads, and after a fork.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from autograd.program.backends import Kernel, Plan

    Array = np.ndarray[Any, np.dtype[np.float64]]

_BLOCK = 2**18  # how many numbers all buffers hold together, so that they fit into the caches
_LEAST = 4096  # the fewest points of a block, so that calls cost little beside the work that they do
_WORK, _SHARE = 2**21, 8  # operations, of single rows, that are worth a block; how many for one that each block repeats
_KEPT = 8  # for how many sizes of batch the buffers are kept
_threads: dict[tuple[int, int], ThreadPoolExecutor] = {}  # by process, since after a fork there are none, and number


def fitting(rows: int) -> int:
    """How many points to compute at once on arrays that have so many rows together."""
    return max(_LEAST, _BLOCK // max(1, rows))


def worth_a_thread(operations: int, repeated: int) -> int:
    """How many points to compute at once of a program that takes so many operations for each, and so many in any case."""
    return (_WORK + _SHARE * repeated) // max(1, operations)


class Runner:
    """Runs a kernel.

    Args:
        kernel: what to run.
        shapes: for each result its rows, and whether it has a column for each point; else it is a sum over the points.
        instead: makes the kernel to run where this one fails to compile; if absent, that is an error.
    """

    def __init__(
        self,
        kernel: Kernel,
        shapes: Sequence[tuple[int, bool]],
        instead: Callable[[Exception], Kernel] | None = None,
    ) -> None:
        self.kernel = kernel
        self.shapes = shapes
        self._instead = instead
        self._idle: dict[int, list[Plan]] = {}

    def cuts(self, points: int) -> list[tuple[int, int]]:
        """From which point to which each block goes; all are of nearly one size."""
        most = self.kernel.block or points
        size = -(-points // -(-points // most)) if points else 1
        return [(first, min(first + size, points)) for first in range(0, points, size)]

    def __call__(self, numbers: Array, columns: Sequence[Array], points: int) -> list[Array]:
        """The results for a batch: of what each point has, one column for each; of sums over the points, one.

        Args:
            numbers: of the parameters.
            columns: for each argument an array of rows by points.
            points: how many there are.
        """
        if not points:
            return [np.zeros((rows, 0 if batched else 1)) for rows, batched in self.shapes]
        cuts = self.cuts(points)
        if len(cuts) == 1:
            return self._run(numbers, columns, points)

        def run(cut: tuple[int, int]) -> list[Array]:
            first, last = cut
            return self._run(numbers, [column[:, first:last] for column in columns], last - first)

        return self.joined(_on_threads(run, cuts))

    def joined(self, parts: Iterable[Sequence[Array]]) -> list[Array]:
        """The results of all blocks, from those of each."""
        return [
            np.concatenate(each, axis=1) if batched else np.sum(each, axis=0)
            for each, (_, batched) in zip(zip(*parts, strict=True), self.shapes, strict=True)
        ]

    def _run(self, numbers: Array, columns: Sequence[Array], points: int) -> list[Array]:
        plan = self._take(points)
        plan.parameters[:] = numbers
        plan.feed(columns)
        with np.errstate(all="ignore"):
            plan.run()
        results = [np.array(result) for result in plan.results]
        self._idle.setdefault(points, []).append(plan)
        return results

    def _take(self, points: int) -> Plan:
        """A plan that nobody uses."""
        try:
            return self._idle[points].pop()
        except (KeyError, IndexError):
            for size in list(self._idle)[: max(0, len(self._idle) - _KEPT)]:
                self._idle.pop(size, None)
            return self.plan(points)

    def plan(self, points: int) -> Plan:
        """Get ready for batches of one size, for which the kernel may have to be compiled."""
        try:
            return self.kernel.plan(points)
        except (RuntimeError, OSError) as error:
            if self._instead is None:
                raise
            self.kernel = self._instead(error)
            return self.kernel.plan(points)


class Blocks:
    """A large batch that is run many times: a plan made of plans.

    Each block has a plan of its own, where plans hold nothing but a block and its results; else they take turns.

    Args:
        runner: what to run.
        points: how many points the batch has.
        count: the number of parameters.
    """

    def __init__(self, runner: Runner, points: int, count: int) -> None:
        self._runner, self._points = runner, points
        self._cuts = runner.cuts(points)
        self._plans = [runner.plan(last - first) for first, last in self._cuts] if runner.kernel.is_lean else []
        self.parameters: Array = np.zeros(count)
        self.results: Sequence[Array] = []
        self._columns: Sequence[Array] = []

    def feed(self, columns: Sequence[Array]) -> None:
        """Take a batch: for each argument an array of rows by points."""
        self._columns = columns
        for (first, last), plan in zip(self._cuts, self._plans):
            plan.feed([column[:, first:last] for column in columns])

    def run(self) -> None:
        """Compute the results."""
        if self._plans:
            self.results = self._runner.joined(_on_threads(self._run, self._plans))
        else:
            self.results = self._runner(self.parameters, self._columns, self._points)

    def _run(self, plan: Plan) -> Sequence[Array]:
        plan.parameters[:] = self.parameters
        with np.errstate(all="ignore"):
            plan.run()
        return plan.results


def _on_threads(run: Callable[[Any], Sequence[Array]], blocks: Sequence[Any]) -> Iterable[Sequence[Array]]:
    """What running each block comes to, in their order."""
    count = min(len(blocks), threads())
    if count == 1:
        return map(run, blocks)
    key = os.getpid(), count
    if key not in _threads:
        _threads[key] = ThreadPoolExecutor(count, thread_name_prefix="autograd.program")
    return _threads[key].map(run, blocks)


def threads() -> int:
    """On how many threads a large batch runs: as many as this process has cores, or OMP_NUM_THREADS if that is less."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    wanted = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0]
    return min(cores, int(wanted)) if wanted.isdecimal() and int(wanted) else cores
