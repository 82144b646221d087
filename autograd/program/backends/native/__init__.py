"""The native backend: prints a graph of single rows as LLVM's intermediate code, and has it made into machine code.

`writer` prints the graph, with what `forms` knows of each operation out of its entry in the table (`terms` runs the
entry's formula); `machine` has LLVM compile the text, and finds C's functions; `calling` makes a function of Python
out of it. Compilation has two tiers: first the text is compiled as it stands, and optimized only once it has run for
a while. A large batch is computed several points at a time then, on vectors (`lanes`). What a long program repeats
becomes loops: `listing` puts the graph's operations in a row, `periods` and `pairing` find what recurs, `rolling` how
it gets at its numbers, and `loops` prints that; a long one that repeats nothing is put in the order of its `levels`,
whose operations are alike. Values are those of the eager engine to the last bit: the same operations in the same
order, the same library's functions, nothing contracted. What is Python code that no formula says is called back.
"""

from __future__ import annotations

import ctypes
import math
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.program.backends import Backend
from autograd.program.backends.native import calling, lanes
from autograd.program.backends.native.callbacks import Callbacks
from autograd.program.backends.native.loops import RolledWriter, roll
from autograd.program.backends.native.machine import Code
from autograd.program.backends.native.places import Places
from autograd.program.backends.native.writer import Writer
from autograd.program.blocks import fitting, worth_a_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from autograd.program.graph import Graph, Node

    Array = np.ndarray[Any, np.dtype[np.float64]]


_BUDGET = 20_000  # times that an operation is computed before it is optimized, which takes longer than that
_ENDLESS = 2**62  # points, of a billion each second for a century
_QUICK = 100_000  # operations, in about so many nanoseconds
_FEWEST = 32  # points that vectors are worth while for
_FEWEST_OF_LARGE = 256  # the same of a program that is not optimized
_MOST_AT_POINTS = 1_000_000  # operations that vectors are worth while for; more take minutes to compile


class _Version:
    """The code for one point after the other, or for several at once.

    Attributes:
        compute: the function that computes some points.
        budget: how many more points it is to compute before optimized code pays.
    """

    def __init__(self, kernel: NativeKernel, writer: Writer | RolledWriter, *, thorough: bool) -> None:
        self.writer = writer
        text, symbols = writer.text, dict(kernel.callbacks.symbols)
        find = lanes.find_function if thorough else lanes.called_by_lane
        self._library = [find(*each) for each in writer.library]  # which keeps it in memory
        symbols |= {each.symbol: each.address for each in self._library}
        if isinstance(writer, RolledWriter):  # which reads from tables of its own
            symbols |= writer.symbols
            self.code = Code(text, ["compute"], symbols, thorough=thorough, loops=True)
        else:
            self.code = Code.shared(text, ["compute"], symbols, thorough=thorough and writer.is_small)
        self.compute = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 5, ctypes.c_int64)(self.code.address("compute"))
        self.is_optimized, self.budget = thorough, ctypes.c_int64(_ENDLESS) if thorough else kernel.budget


class NativeKernel:
    """Computes results in machine code.

    The baseline takes a tenth of the time to make that optimized code takes, and up to four times as long to run. It is
    optimized once it has run for a while.

    Args:
        graph: where the results live, of single rows.
        results: what to compute.
        widths: the number of rows of each argument.
        count: the number of parameters.
    """

    def __init__(self, graph: Graph, results: Sequence[Node], widths: Sequence[int], count: int) -> None:
        self.results, self.widths, self.count = results, widths, count
        self._places = Places(graph, results, widths)
        self._writer = writer = roll(self._places, count) or Writer(self._places)
        self.is_lean = writer.is_small
        self.block = fitting(writer.width + writer.rows["results"])
        if not writer.called_back:  # or else threads would wait for one another
            enough = worth_a_thread(writer.at_points, writer.weight - writer.at_points)
            self.block = min(self.block, max(2 * _FEWEST_OF_LARGE, enough))  # whose halves vectors are worth while for
        self.callbacks = Callbacks(writer.called_back)
        self.is_callable = isinstance(writer, Writer) and calling.is_callable(writer, count)
        self.budget = ctypes.c_int64(int(_BUDGET * writer.share))
        self._making = Lock()
        self._call: calling.Call | None = None

    @property
    def source(self) -> str:
        """The text for one point after the other."""
        return self._writer.text

    @cached_property
    def baseline(self) -> _Version:
        """Code that is made quickly, for one point after the other."""
        return _Version(self, self._writer, thorough=False)

    @cached_property
    def single(self) -> _Version:
        """Optimized code for one point after the other; if that cannot be compiled, the baseline, where there is one."""
        try:
            return _Version(self, self._writer, thorough=True)
        except (RuntimeError, OSError):
            if "baseline" not in vars(self):
                raise
            self.budget.value = _ENDLESS
            return self.baseline

    @cached_property
    def wide(self) -> _Version:
        """Optimized code for several points at once; if that cannot be compiled, for one after the other."""
        try:
            return _Version(self, Writer(self._places, lanes.lanes()), thorough=True)
        except (RuntimeError, OSError):
            return self.single

    def version(self, points: int) -> _Version:
        """The code for so many points, which is compiled when it is first wanted."""
        if points > self.budget.value:
            return self.optimized(points)
        with self._making:
            return self.baseline

    def optimized(self, points: int) -> _Version:
        """Optimized code for so many points."""
        writer = self._writer
        fewest = _FEWEST if writer.is_small else _FEWEST_OF_LARGE
        is_rolled = isinstance(writer, RolledWriter) and (writer.repeats or writer.weight > _MOST_AT_POINTS)
        is_wide = points >= fewest and lanes.lanes() > 1 and not writer.called_back and not is_rolled
        with self._making:
            version = self.wide if is_wide else self.single
        if version.writer.lanes == 1 and self._call is not None:
            self._call.use(version.code, version.budget)
        return version

    @property
    def function(self) -> Callable[..., list[float] | None] | None:
        """What computes sums at one point out of lists, if this is a small program; None where it is to be optimized."""
        if self._call is None and self.is_callable and not self._writer.rows["results"]:
            self._call = calling.Call([self.count, *self.widths], self._writer.rows["summed"])
            version = self.version(1)
            self._call.use(version.code, version.budget)
        return None if self._call is None else self._call.function

    def plan(self, points: int) -> NativePlan:
        """Get ready for batches of one size."""
        return NativePlan(self, points)


class NativePlan:
    """The arrays that the code works on, for batches of one size."""

    def __init__(self, kernel: NativeKernel, points: int) -> None:
        self._kernel, self._points = kernel, points
        self._step: calling.Step | None = None
        self.parameters: Array = np.empty(kernel.count)
        self._use(kernel.version(points))

    def _use(self, version: _Version) -> None:
        """Lay out the arrays for some code."""
        self._version = version  # which keeps the code in memory
        writer = version.writer
        points, count = self._points, writer.lanes
        groups = -(-points // count)
        arguments, self._results = (
            _aligned((groups, writer.width, count)),
            _aligned((groups, writer.rows["results"], count)),
        )
        self._summed = np.empty(writer.rows["summed"])
        memory = _aligned((0 if writer.is_small else writer.memory,))
        for first, numbers in writer.constants:
            memory[first : first + len(numbers)] = numbers
        self._arguments = [
            arguments[:, first : first + width] for first, width in zip(writer.first, self._kernel.widths, strict=True)
        ]
        self._arrays = (self.parameters, arguments, self._results, self._summed, memory)
        self._passed = (*(array.ctypes.data for array in self._arrays), points)
        if self._step is not None:
            self._step.use(version.code, version.budget, self._arrays)

    @property
    def results(self) -> list[Array]:
        """What `run` leaves behind."""
        found, rows = [], {True: 0, False: 0}
        for result in self._kernel.results:
            first, last = rows[result.batched], rows[result.batched] + result.rows
            rows[result.batched] = last
            if result.batched:
                in_order = self._results[:, first:last].transpose(1, 0, 2).reshape(result.rows, -1)
                found.append(in_order[:, : self._points])
            else:
                found.append(self._summed[first:last].reshape(-1, 1))
        return found

    def step(self, gradient: Array, factor: float) -> Callable[[], float | None] | None:
        """A function that does what `run` does to a sum over the points and its gradient, the two results.

        It returns the sum, times the factor, and puts the gradient, times that, into an array; where a derivative is
        nan, or the program is to be optimized, it does nothing and returns None. For what would hold up other threads
        for long there is none.
        """
        if not self._kernel.is_callable or self._points * self._version.writer.weight > _QUICK:
            return None
        self._step = calling.Step(gradient, self._points, factor)
        self._step.use(self._version.code, self._version.budget, self._arrays)
        return self._step.function

    def feed(self, columns: Sequence[Array]) -> None:
        """Copy a batch in, one array of rows for each argument; the last point once more where a lane has none."""
        count = self._version.writer.lanes
        whole, rest = divmod(self._points, count)
        for buffer, column in zip(self._arguments, columns, strict=True):
            rows = len(column)
            buffer[:whole] = column[:, : whole * count].reshape(rows, whole, count).transpose(1, 0, 2)
            if rest:
                buffer[whole, :, :rest] = column[:, whole * count :]
                buffer[whole, :, rest:] = column[:, -1:]

    def run(self) -> None:
        """Compute the results.

        Raises:
            Exception: whatever an operation that is called back has raised.
        """
        if not self._version.is_optimized:
            self._version.budget.value -= self._points
            if self._version.budget.value < 0:
                self._optimize()
        self._version.compute(*self._passed)
        self._kernel.callbacks.reraise()

    def _optimize(self) -> None:
        """Go on with optimized code, and the batch that the arrays hold."""
        columns = [rows[:, :, 0].T for rows in self._arguments]
        self._use(self._kernel.optimized(self._points))
        self.feed(columns)


def _aligned(shape: tuple[int, ...]) -> Array:
    """An array that begins where a line of the cache does, as vectors have to."""
    size = math.prod(shape)
    numbers = np.empty(size + 7)
    first = -numbers.ctypes.data % 64 // 8
    return numbers[first : first + size].reshape(shape)


BACKEND = Backend(NativeKernel, arrays=False)
