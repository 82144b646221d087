"""The native backend: prints a graph of single rows as LLVM's intermediate code, and has it made into machine code.

`writer` prints the graph, with what `forms` knows of each operation out of its entry in the table (`terms` runs the
entry's formula); `machine` has LLVM compile the text, and finds C's functions; `calling` makes a function of Python
out of it. Values are those of the eager engine to the last bit: the same operations in the same order, the same
library's functions, nothing contracted. What is Python code that no formula says is called back.
"""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.program.backends import Backend
from autograd.program.backends.native import calling
from autograd.program.backends.native.callbacks import Callbacks
from autograd.program.backends.native.machine import Code
from autograd.program.backends.native.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from autograd.program.graph import Graph, Node

    Array = np.ndarray[Any, np.dtype[np.float64]]


_QUICK = 100_000  # operations, in about so many nanoseconds


class NativeKernel:
    """Computes results in machine code, point by point.

    Args:
        graph: where the results live, of single rows.
        results: what to compute.
        widths: the number of rows of each argument.
        count: the number of parameters.
    """

    def __init__(self, graph: Graph, results: Sequence[Node], widths: Sequence[int], count: int) -> None:
        self.results, self.widths, self.count = results, widths, count
        self.writer = writer = Writer(graph, results, widths)
        self.source = writer.text
        self.function: Callable[..., list[float]] | None = None
        self.rows = writer.width + writer.rows["results"]
        self.callbacks = Callbacks(writer.called_back)
        text, exported, symbols = writer.text, ["compute"], self.callbacks.symbols
        is_callable = calling.is_callable(writer, count)
        if is_callable:
            shapes = [(result.rows, result.batched) for result in results]
            text += calling.write_call(writer, count, widths, shapes) + calling.write_step(writer.rows["summed"] - 1)
            exported, symbols = ["compute", "call", "step"], calling.interface()
        self.code = Code(text, exported, symbols, thorough=writer.is_small)
        if is_callable:
            self.function = calling.make_function(self.code)
        self.compute = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 5, ctypes.c_int64)(self.code.address("compute"))

    def plan(self, points: int) -> NativePlan:
        """Get ready for batches of one size."""
        return NativePlan(self, points)


class NativePlan:
    """The arrays that the code works on, for batches of one size."""

    def __init__(self, kernel: NativeKernel, points: int) -> None:
        self._kernel = kernel  # which keeps the code in memory
        self.parameters: Array = np.empty(kernel.count)
        writer = kernel.writer
        arguments, results = np.empty((points, writer.width)), np.empty((points, writer.rows["results"]))
        summed, memory = np.empty(writer.rows["summed"]), np.empty(0 if writer.is_small else writer.memory)
        self._arguments = [
            arguments[:, first : first + width].T for first, width in zip(writer.first, kernel.widths, strict=True)
        ]
        self.results: list[Array] = []
        rows = {"results": 0, "summed": 0}
        for result in kernel.results:
            array = "results" if result.batched else "summed"
            first, last = rows[array], rows[array] + result.rows
            rows[array] = last
            self.results.append(results[:, first:last].T if result.batched else summed[first:last].reshape(-1, 1))
        self._arrays = (self.parameters, arguments, results, summed, memory)
        self._passed = (*(array.ctypes.data for array in self._arrays), points)

    def step(self, gradient: Array, factor: float) -> Callable[[], float | None] | None:
        """A function that does what `run` does to a sum over the points and its gradient, the two results.

        It returns the sum, times the factor, and puts the gradient, times that, into an array; where a derivative is
        nan it does nothing and returns None. For what would hold up other threads for long there is none.
        """
        kernel, points = self._kernel, self._passed[-1]
        is_quick = kernel.function is not None and points * kernel.writer.weight <= _QUICK
        return calling.make_step(kernel.code, self._arrays, gradient, points, factor) if is_quick else None

    def feed(self, columns: Sequence[Array]) -> None:
        """Copy a batch in, one array of rows for each argument."""
        for buffer, column in zip(self._arguments, columns, strict=True):
            buffer[...] = column

    def run(self) -> None:
        """Compute the results.

        Raises:
            Exception: whatever an operation that is called back has raised.
        """
        self._kernel.compute(*self._passed)
        self._kernel.callbacks.reraise()


BACKEND = Backend(NativeKernel, arrays=False, blocks=True)
