"""The Python backend: prints a graph of single rows as a function on plain floats, one line an operation.

It is the fastest form of a small expression at a single point, and of a long calculation that no array would shorten.
The lines use Python's own arithmetic, which raises where IEEE 754 has inf and nan; only then does the same code run
again with operations that do not raise.
"""

from __future__ import annotations

import math
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.engine import ops
from autograd.engine.primitive import Primitive
from autograd.program.backends import Backend
from autograd.program.graph import (
    ADD_POINTS,
    CONSTANT,
    EXPAND,
    INPUT,
    PARAMETER,
    POINTS,
    ROWS,
    STACK,
    Graph,
    Node,
    is_mask,
    reachable,
)
from autograd.program.loading import load
from autograd.program.lowering import cheapen

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Array = np.ndarray[Any, np.dtype[np.float64]]
    Function = Callable[[Sequence[float], Sequence[Any]], list[float]]

_compiling = Lock()  # what is needed only when Python's arithmetic raises
_LONGEST = 50  # so many operands are written out in one expression


class PythonKernel:
    """Computes results on plain floats, point by point.

    Args:
        graph: where the results live, of single rows.
        results: what to compute; of what is a sum over the points, each point gives its share.
        widths: the number of rows of each argument.
        count: the number of parameters.
    """

    def __init__(self, graph: Graph, results: Sequence[Node], widths: Sequence[int], count: int) -> None:
        self.results, self.count = results, count
        rows = cheapen(graph, [graph.rows(result, (i,)) for result in results for i in range(result.rows)])
        self.writer = writer = _Writer(rows, widths, count)
        writer.namespace["compute_with_care"] = self._with_care
        load(writer.function(), writer.namespace)
        self.function: Callable[..., list[float]] = writer.namespace["compute"]

    @cached_property
    def source(self) -> str:
        """The text of both functions."""
        return f"{self.writer.function()}\n\n{self.writer.careful_function()}"

    def _with_care(self, *arguments: Any) -> list[float]:
        """The second function, which is compiled when it is first needed."""
        with _compiling:
            if self.writer.namespace["compute_with_care"] == self._with_care:
                load(self.writer.careful_function(), self.writer.namespace)
        result: list[float] = self.writer.namespace["compute_with_care"](*arguments)
        return result

    def plan(self, points: int) -> PythonPlan:
        """Get ready for batches of one size."""
        return PythonPlan(self, points)


class PythonPlan:
    """The function of one point, and the points to call it with."""

    def __init__(self, kernel: PythonKernel, points: int) -> None:
        self._kernel = kernel
        self._points: list[Any] = [()] * points
        self.parameters: Array = np.empty(kernel.count)
        self.results = [np.empty((each.rows, points if each.batched else 1)) for each in kernel.results]

    def feed(self, columns: Sequence[Array]) -> None:
        """Take a batch, one array of rows for each argument."""
        if columns:
            self._points = list(zip(*(column.T.tolist() for column in columns), strict=True))

    def run(self) -> None:
        """Compute the results."""
        numbers, function = self.parameters.tolist(), self._kernel.function
        if len(self._points) == 1:
            row, first = function(numbers, *self._points[0]), 0
            for array in self.results:
                array[:, 0] = row[first : first + len(array)]
                first += len(array)
            return
        table = np.array([function(numbers, *point) for point in self._points], float)
        first = 0
        for node, array in zip(self._kernel.results, self.results, strict=True):
            rows = table[:, first : first + node.rows].T
            array[...] = rows if node.batched else rows.sum(axis=1, keepdims=True)
            first += node.rows


BACKEND = Backend(PythonKernel, arrays=False, blocks=False)

_WRITTEN = {POINTS: "1.0", ADD_POINTS: "{0}", EXPAND: "{0}", STACK: "{0}"}
"""How Python writes, at one point, what is no operation of the table; the others have it in their entry (`python`)."""


class _Writer:
    """Writes the function twice: as it is, and careful for when Python's arithmetic raises."""

    def __init__(self, results: Sequence[Node], widths: Sequence[int], count: int) -> None:
        self.results = results
        self.namespace: dict[str, Any] = {"math": math}
        self.parameters = [f"p{i}" for i in range(count)]
        self.inputs = [[f"x{i}_{j}" for j in range(width)] for i, width in enumerate(widths)]
        self.arguments = ", ".join(["parameters", *(f"x{i}" for i in range(len(self.inputs)))])

    def function(self) -> str:
        """The text of the function ``compute`` of the parameters and of each argument, all of them lists of floats."""
        body = "".join(f"        {line}\n" for line in self._lines(careful=False))
        with_care = f"    except (ArithmeticError, ValueError):\n        return compute_with_care({self.arguments})\n"
        return f"def compute({self.arguments}):\n    try:\n{body}{with_care}"

    def careful_function(self) -> str:
        """The text of the function that does not raise."""
        body = "".join(f"    {line}\n" for line in self._lines(careful=True))
        return f"def compute_with_care({self.arguments}):\n{body}"

    def _lines(self, *, careful: bool) -> list[str]:
        lists = [("parameters", self.parameters), *((f"x{i}", names) for i, names in enumerate(self.inputs))]
        unpack = [f"[{', '.join(names)}] = {listed}" for listed, names in lists if names]
        return [*unpack, *self._body(self.results, careful)]

    def _body(self, results: Sequence[Node], careful: bool) -> list[str]:
        names: dict[int, str] = {}
        lines = []
        for node in reachable(results):
            name = self._name_without_line(node, names)
            if not name:
                name = f"{node.name}_{node.number}" if node.name.isascii() else f"v{node.number}"
                lines.append(f"{name} = {self._expression(node, names, careful)}")
            names[node.number] = name
        return [*lines, f"return [{', '.join(names[result.number] for result in results)}]"]

    def _name_without_line(self, node: Node, names: dict[int, str]) -> str:
        """How a node is called that needs no line of its own."""
        if node.op is CONSTANT:
            return self._number(node.attribute[0])
        if node.op is PARAMETER:
            return str(self.parameters[node.attribute])
        if node.op is INPUT:
            return self.inputs[node.attribute][0] if node.rows else "()"
        if node.op is ROWS:
            return str(self.inputs[node.operands[0].attribute][node.attribute[0]])
        return _WRITTEN[node.op].format(*(names[each.number] for each in node.operands)) if node.op in _WRITTEN else ""

    def _expression(self, node: Node, names: dict[int, str], careful: bool) -> str:
        op, operands = node.op, [names[operand.number] for operand in node.operands]
        assert isinstance(op, Primitive), node
        if careful:
            function = self._function(f"{op.name}_with_care", lambda *numbers: op.evaluate(numbers))
            return f"{function}({', '.join(operands)})"
        masks = [is_mask(operand) for operand in node.operands]
        if op is ops.mul and any(masks):  # one of two cases
            mask, factor = node.operands[masks.index(True)], operands[1 - masks.index(True)]
            return f"{factor} if {names[mask.operands[0].number]} else 0.0 * {factor}"
        arguments = op.arguments(operands)
        if op.python and len(operands) <= _LONGEST:
            return str(op.python(*arguments) if callable(op.python) else op.python.format(*operands))
        if op.sequences:
            operands = [f"[{', '.join(column)}]" for column in arguments]
        return f"{self._function(f'{op.name}_of', op.value)}({', '.join(operands)})"

    def _function(self, name: str, function: Callable[..., float]) -> str:
        """What an operation's function is called."""
        name = name if name.isascii() else f"operation_{name.encode().hex()}"
        self.namespace[name] = function
        return name

    def _number(self, number: float) -> str:
        if not math.isfinite(number):
            return "math.nan" if math.isnan(number) else "math.inf" if number > 0.0 else "(-math.inf)"
        return repr(number) if repr(number)[0] != "-" else f"({number!r})"
