"""The Python backend: prints a graph of single rows as a function on plain floats, one line an operation.

It is the fastest form of a small expression at a single point, and of a long calculation that no array would shorten.
The lines use Python's own arithmetic, which raises where IEEE 754 has inf and nan; only then does the same code run
again with operations that do not raise.
"""

from __future__ import annotations

import math
from collections import Counter
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

_compiling = Lock()  # what is needed only when Python's arithmetic raises
_LONGEST = 50  # so many operands are written out in one expression
_WIDEST = 60  # characters of an expression, up to which what is used once is written where it is used
_SMALL = 1000  # nodes, up to which the text is worth compiling twice


class PythonKernel:
    """Computes results on plain floats, point by point.

    Args:
        graph: where the results live, of single rows.
        results: what to compute; of what is a sum over the points, each point gives its share.
        widths: the number of rows of each argument.
        count: the number of parameters.
    """

    block, is_lean = 0, False

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

    @cached_property
    def make_step(self) -> Callable[..., Callable[[], float | None]] | None:
        """Makes the function for one plan and an array for the gradient; there is none of a long program."""
        if len(self.writer.order) > _SMALL:
            return None
        load(self.writer.step(), self.writer.namespace)
        made: Callable[..., Callable[[], float | None]] = self.writer.namespace["make_step"]
        return made

    def plan(self, points: int) -> PythonPlan:
        """Get ready for batches of one size."""
        return PythonPlan(self, points)


class PythonPlan:
    """The function of one point, and the points to call it with."""

    def __init__(self, kernel: PythonKernel, points: int) -> None:
        self._kernel = kernel
        self.points: list[Any] = [()] * points
        self.parameters: Array = np.empty(kernel.count)
        self.results = [np.empty((each.rows, points if each.batched else 1)) for each in kernel.results]

    def feed(self, columns: Sequence[Array]) -> None:
        """Take a batch, one array of rows for each argument."""
        if columns:
            self.points = list(zip(*(column.T.tolist() for column in columns), strict=True))

    def step(self, gradient: Array, factor: float) -> Callable[[], float | None] | None:
        """A function of no arguments that writes the gradient and returns the value; None, where that takes more care.

        Args:
            gradient: where to write it.
            factor: what to multiply by; 1 for a single point, and for others there is no such function.
        """
        make = self._kernel.make_step if len(self.points) == 1 and factor == 1.0 else None
        return make and make(self, gradient.data)

    def run(self) -> None:
        """Compute the results."""
        numbers, function = self.parameters.tolist(), self._kernel.function
        if len(self.points) == 1:
            row, first = function(numbers, *self.points[0]), 0
            for array in self.results:
                array[:, 0] = row[first : first + len(array)]
                first += len(array)
            return
        table = np.array([function(numbers, *point) for point in self.points], float)
        first = 0
        for node, array in zip(self._kernel.results, self.results, strict=True):
            rows = table[:, first : first + node.rows].T
            array[...] = rows if node.batched else rows.sum(axis=1, keepdims=True)
            first += node.rows


BACKEND = Backend(PythonKernel, arrays=False)

_EXCEPT = "except (ArithmeticError, ValueError):"
_WRITTEN = {POINTS: "1.0", ADD_POINTS: "{0}", EXPAND: "{0}", STACK: "{0}"}
"""How Python writes, at one point, what is no operation of the table; the others have it in their entry (`python`)."""


class _Writer:
    """Writes the function in its three forms: for any point, for one bound batch, and for numbers where arithmetic raises."""

    def __init__(self, results: Sequence[Node], widths: Sequence[int], count: int) -> None:
        self.results = results
        self.order = reachable(results)
        self.namespace: dict[str, Any] = {"math": math}
        self.parameters = [f"p{i}" for i in range(count)]
        self.inputs = [[f"x{i}_{j}" for j in range(width)] for i, width in enumerate(widths)]
        self.columns = [f"x{i}" for i in range(len(widths))]

    # The functions.

    def function(self) -> str:
        """The text of the function ``compute`` of the parameters and of each argument, all of them lists of floats."""
        lines, results = self._body(careful=False)
        arguments = ", ".join(["parameters", *self.columns])
        body = [*self._unpack("parameters"), *lines, f"return [{', '.join(results)}]"]
        handler = f"    {_EXCEPT}\n        return compute_with_care({arguments})\n"
        return f"def compute({arguments}):\n    try:\n{_indented(body, 8)}{handler}"

    def careful_function(self) -> str:
        """The text of the function that does not raise."""
        lines, results = self._body(careful=True)
        body = [*self._unpack("parameters"), *lines, f"return [{', '.join(results)}]"]
        return f"def compute_with_care({', '.join(['parameters', *self.columns])}):\n{_indented(body, 4)}"

    def step(self) -> str:
        """The text of what makes the function for one plan that writes all results but the first to an array."""
        lines, (value, *derivatives) = self._body(careful=False)
        names = [f"derivative_{i}" for i in range(len(derivatives))]
        points = [f"[{', '.join(self.columns)}] = plan.points[0]"] if self.columns else []
        body = [*points, *self._unpack("numbers()"), *lines, f"value = {value}"]
        body += [f"{name} = {text}" for name, text in zip(names, derivatives, strict=True)]
        stores = [f"gradient[{i}] = {name}" for i, name in enumerate(names)]
        if names:
            stores = [f"total = {' + '.join(names)}", "if total != total:  # a nan", "    return None", *stores]
        return (
            "def make_step(plan, gradient):\n    numbers = plan.parameters.tolist\n\n    def step():\n        try:\n"
            f"{_indented(body, 12)}        {_EXCEPT}\n            return None\n"
            f"{_indented([*stores, 'return value'], 8)}\n    return step\n"
        )

    def _unpack(self, parameters: str) -> list[str]:
        lists = zip([parameters, *self.columns], [self.parameters, *self.inputs], strict=True)
        return [f"[{', '.join(names)}] = {listed}" for listed, names in lists if names]

    # Their lines.

    def _body(self, *, careful: bool) -> tuple[list[str], list[str]]:
        """The lines that compute the results, and the names or expressions of the results after them."""
        names: dict[int, str] = {}
        lines = []
        uses = Counter(result.number for result in self.results)
        for node in reversed(self.order):
            if node.number in uses:
                uses.update(_careful_uses(node) if careful else _uses(node))
        for node in self.order:
            if node.number not in uses:
                continue
            name = self._name_without_line(node, names)
            if not name:
                expression = self._expression(node, names, careful)
                if uses[node.number] == 1 and len(expression) < _WIDEST and not careful:
                    name = f"({expression})"
                else:
                    name = f"{node.name}_{node.number}" if node.name.isascii() else f"v{node.number}"
                    lines.append(f"{name} = {expression}")
            names[node.number] = name
        return lines, [names[result.number] for result in self.results]

    def _name_without_line(self, node: Node, names: dict[int, str]) -> str:
        """The text of a node that needs no line of its own; "" for any other."""
        if node.op is CONSTANT:
            return self._number(node.attribute[0])
        if node.op is PARAMETER:
            return str(self.parameters[node.attribute])
        if node.op is INPUT:
            return self.inputs[node.attribute][0] if node.rows else "()"
        if node.op is ROWS:
            return str(self.inputs[node.operands[0].attribute][node.attribute[0]])
        if node.op is ops.mul and node.operands[1].op is POINTS:
            return names[node.operands[0].number]
        return _WRITTEN[node.op].format(*[names[each.number] for each in node.operands]) if node.op in _WRITTEN else ""

    def _expression(self, node: Node, names: dict[int, str], careful: bool) -> str:
        op, operands = node.op, [names.get(operand.number, "") for operand in node.operands]
        assert isinstance(op, Primitive), node
        if careful:
            function = self._function(f"{op.name}_with_care", lambda *numbers: op.evaluate(numbers))
            return f"{function}({', '.join(operands)})"
        masked = _masked(node)
        if masked:  # one of two cases
            condition, factor = (names[each.number] for each in masked)
            return f"{factor} if {condition} else 0.0 * {factor}"
        if op is ops.add:  # with what is written here as -y: a difference
            for x, y, y_node in zip(operands[::-1], operands, node.operands, strict=True):
                if y_node.op is ops.neg and y.startswith("(-"):
                    return f"{x} - {y[2:-1]}"
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


def _masked(node: Node) -> tuple[Node, Node] | None:
    """The condition and the other factor, if this is a product with "1 where the condition is true, else 0"."""
    if node.op is not ops.mul or node.operands[1].op is POINTS:
        return None
    x, y = node.operands
    return (x.operands[0], y) if is_mask(x) else (y.operands[0], x) if is_mask(y) else None


def _careful_uses(node: Node) -> list[int]:
    """The operands that the careful text of a node names, as often as it names them."""
    return [operand.number for operand in node.operands]


def _uses(node: Node) -> list[int]:
    """The operands that the text of a node in Python's arithmetic names, as often; twice where that cannot be told."""
    masked = _masked(node)
    if masked:
        condition, factor = masked
        return [condition.number, factor.number, factor.number]
    operands = [operand.number for operand in node.operands]
    form = node.op.python if isinstance(node.op, Primitive) else ""
    if callable(form):
        return operands * 2
    return [number for i, number in enumerate(operands) for _ in range(max(1, form.count(f"{{{i}}}")))]


def _indented(lines: Sequence[str], width: int) -> str:
    return "".join(f"{' ' * width}{line}\n" for line in lines)
