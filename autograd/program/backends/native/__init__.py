"""The native backend: prints a graph of single rows as LLVM's intermediate code, and has it made into machine code.

`writer` prints the graph, with what `forms` knows of each operation out of its entry in the table (`terms` runs the
entry's formula); `machine` has LLVM compile the text, and finds C's functions; `calling` makes a function of Python
out of it. A large batch is computed several points at a time, on vectors (`lanes`). What a long program repeats becomes
loops: `listing` puts the graph's operations in a row, `periods` and `pairing` find what recurs, `rolling` how it gets at
its numbers, and `loops` prints that; one that repeats nothing is put in order of its `levels`, where it does. Values are
those of the eager engine to the last bit: the same operations in the same order, the same library's functions, nothing
contracted. What is Python code that no formula says is called back.
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

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from autograd.program.graph import Graph, Node

    Array = np.ndarray[Any, np.dtype[np.float64]]


_QUICK = 100_000  # operations, in about so many nanoseconds
_FEWEST = 32  # points that vectors are worth while for, which take several times as long to compile
_FEWEST_OF_LARGE = 256  # the same of a program that is not optimized
_MOST_AT_POINTS = 1_000_000  # operations that vectors are worth while for; more take minutes to compile


class _Version:
    """The code for one point after the other, or for several at once."""

    def __init__(self, kernel: NativeKernel, writer: Writer | RolledWriter) -> None:
        self.writer = writer
        self.steps = isinstance(writer, Writer) and calling.is_callable(writer, kernel.count)
        self.is_callable = self.steps and writer.lanes == 1
        text, exported, symbols = writer.text, ["compute"], dict(kernel.callbacks.symbols)
        self._library = [lanes.find_function(name, writer.lanes) for name in writer.library]  # which keeps it in memory
        symbols |= {f"libm.{each.name}.v{writer.lanes}": each.address for each in self._library}
        if isinstance(writer, RolledWriter):
            symbols |= writer.symbols
        if self.steps:
            text += calling.HEAD + calling.write_step(writer.rows["summed"] - 1)
            exported.append("step")
            symbols |= calling.interface()
        if isinstance(writer, Writer) and self.is_callable:
            shapes = [(result.rows, result.batched) for result in kernel.results]
            text += calling.write_call(writer, kernel.count, kernel.widths, shapes)
            exported.append("call")
        if isinstance(writer, RolledWriter):  # which reads from tables of its own
            self.code = Code(text, exported, symbols, thorough=False, loops=True)
        else:
            self.code = Code.shared(text, exported, symbols, thorough=writer.is_small)
        self.compute = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 5, ctypes.c_int64)(self.code.address("compute"))


class NativeKernel:
    """Computes results in machine code.

    Args:
        graph: where the results live, of single rows.
        results: what to compute.
        widths: the number of rows of each argument.
        count: the number of parameters.
    """

    def __init__(self, graph: Graph, results: Sequence[Node], widths: Sequence[int], count: int) -> None:
        self.results, self.widths, self.count = results, widths, count
        self._places = Places(graph, results, widths)
        self._writer = roll(self._places, count) or Writer(self._places)
        self.rows = self._writer.width + self._writer.rows["results"]
        self.callbacks = Callbacks(self._writer.called_back)
        self._making = Lock()

    @property
    def source(self) -> str:
        """The text for one point after the other."""
        return self._writer.text

    @cached_property
    def single(self) -> _Version:
        """The code for one point after the other."""
        return _Version(self, self._writer)

    @cached_property
    def wide(self) -> _Version:
        """The code for several points at once; if that cannot be compiled, for one after the other."""
        try:
            return _Version(self, Writer(self._places, lanes.lanes()))
        except (RuntimeError, OSError):
            return self.single

    @cached_property
    def function(self) -> Callable[..., list[float]] | None:
        """The code for one point as a function of Python's, where there may be one."""
        return calling.make_function(self.single.code) if self.single.is_callable else None

    def version(self, points: int) -> _Version:
        """The code for so many points, which is compiled when it is first wanted."""
        writer = self._writer
        fewest = _FEWEST if writer.is_small else _FEWEST_OF_LARGE
        is_rolled = isinstance(writer, RolledWriter) and (writer.repeats or writer.weight > _MOST_AT_POINTS)
        is_wide = points >= fewest and lanes.lanes() > 1 and not writer.called_back and not is_rolled
        with self._making:
            return self.wide if is_wide else self.single

    def plan(self, points: int) -> NativePlan:
        """Get ready for batches of one size."""
        return NativePlan(self, points)


class NativePlan:
    """The arrays that the code works on, for batches of one size."""

    def __init__(self, kernel: NativeKernel, points: int) -> None:
        self._kernel, self._version = kernel, kernel.version(points)  # which keep the code in memory
        writer = self._version.writer
        self._points, count = points, writer.lanes
        self.parameters: Array = np.empty(kernel.count)
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
            arguments[:, first : first + width] for first, width in zip(writer.first, kernel.widths, strict=True)
        ]
        self._arrays = (self.parameters, arguments, self._results, self._summed, memory)
        self._passed = (*(array.ctypes.data for array in self._arrays), points)

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
        nan it does nothing and returns None. For what would hold up other threads for long there is none.
        """
        version = self._version
        is_quick = version.steps and self._points * version.writer.weight <= _QUICK
        return calling.make_step(version.code, self._arrays, gradient, self._points, factor) if is_quick else None

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
        self._version.compute(*self._passed)
        self._kernel.callbacks.reraise()


def _aligned(shape: tuple[int, ...]) -> Array:
    """An array that begins where a line of the cache does, as vectors have to."""
    size = math.prod(shape)
    numbers = np.empty(size + 7)
    first = -numbers.ctypes.data % 64 // 8
    return numbers[first : first + size].reshape(shape)


BACKEND = Backend(NativeKernel, arrays=False, blocks=True)
