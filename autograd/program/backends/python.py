"""The Python backend: prints a graph of single rows as a function on plain floats, one line an operation.

It is the fastest form of a small expression at a single point. The lines use Python's own arithmetic, which raises
where IEEE 754 has inf and nan; only then does the same code run again with operations that do not raise.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.engine import ops
from autograd.engine.floats import divide, power
from autograd.engine.primitive import Primitive
from autograd.program.adjoint import differentiate
from autograd.program.graph import (
    ADD_POINTS,
    CONDITIONS,
    CONSTANT,
    EQUAL,
    INPUT,
    LESS,
    LESS_EQUAL,
    PARAMETER,
    POINTS,
    ROWS,
    Graph,
    Node,
    is_mask,
    reachable,
)
from autograd.program.loading import load

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from autograd.engine.value import Value

    Array = np.ndarray[Any, np.dtype[np.float64]]

_INLINE = {
    ops.add: "{} + {}",
    ops.sub: "{} - {}",
    ops.mul: "{} * {}",
    ops.div: "{} / {}",
    ops.neg: "-{}",
    ops.abs: "abs({})",
    ops.where: "{1} if {0} else {2}",
    ops.relu: "{0} if {0} > 0.0 or {0} != {0} else 0.0",
    ops.less: "1.0 if {} < {} else 0.0",
    ops.less_equal: "1.0 if {} <= {} else 0.0",
    LESS: "{} < {}",
    LESS_EQUAL: "{} <= {}",
    EQUAL: "{} == {}",
}
"""Operations that are expressions of Python; the table's own value is called for all others."""
_GUARDED = {ops.div: divide, ops.pow: power}  # arithmetic that raises


class PythonBackend:
    """Runs a program on plain floats, point by point.

    Args:
        graph: where the nodes live.
        root: the result.
        parameters: the parameters that the graph numbers.
        widths: for each argument the length of its sequence, or None for a scalar.
    """

    def __init__(self, graph: Graph, root: Node, parameters: Sequence[Value], widths: Sequence[int | None]) -> None:
        self.parameters = list(parameters)
        leaves = [graph.node(PARAMETER, (), i) for i in range(len(parameters))]
        gradient = differentiate(graph, root, leaves)
        self.namespace: dict[str, Any] = {f"p{i}": value for i, value in enumerate(parameters)}
        printer = _Printer(self.namespace, widths)
        self.source = (
            printer.function("value", [root]) + "\n\n" + printer.function("value_and_gradient", [root, *gradient])
        )
        load(self.source, self.namespace)
        self.value: Callable[..., float] = self.namespace["value"]
        self.value_and_gradient: Callable[..., tuple[float, list[float]]] = self.namespace["value_and_gradient"]
        self._scalar = [width is None for width in widths]
        self.direct = self.value_and_gradient if all(self._scalar) else None

    def _points(self, columns: Sequence[Array]) -> list[tuple[Any, ...]]:
        listed = [
            column[0].tolist() if scalar else column.T.tolist()
            for column, scalar in zip(columns, self._scalar, strict=True)
        ]
        return list(zip(*listed, strict=True)) if listed else [()]

    def values(self, parameters: Array, columns: Sequence[Array], points: int) -> Array:
        """The value at each point."""
        return np.array([self.value(*point) for point in self._points(columns)], float)

    def sum_and_gradient(self, parameters: Array, columns: Sequence[Array], points: int) -> tuple[float, Array]:
        """The sum of the values over the points, and its gradient with respect to the parameters."""
        total, gradient = 0.0, np.zeros(len(self.parameters))
        for point in self._points(columns):
            value, derivatives = self.value_and_gradient(*point)
            total += value
            gradient += derivatives
        return total, gradient

    def bind(self, points: int) -> BoundPython:
        """The program for batches of one size."""
        return BoundPython(self, points)


class BoundPython:
    """A program that is bound to a batch. The generated code reads the `Value`s, so it sets them first."""

    def __init__(self, backend: PythonBackend, points: int) -> None:
        self._backend, self._points = backend, points
        self.parameters: Array = np.zeros(len(backend.parameters))
        self.gradient: Array = np.zeros(len(backend.parameters))

    def feed(self, columns: Sequence[Array]) -> None:
        """Take a batch, one array of rows for each argument."""
        self._columns = columns

    def run(self) -> float:
        """Compute the sum, and leave its gradient in `gradient`."""
        for value, number in zip(self._backend.parameters, self.parameters.tolist(), strict=True):
            value.data = number
        total, self.gradient[:] = self._backend.sum_and_gradient(self.parameters, self._columns, self._points)
        return total


class _Printer:
    """Prints functions; a careful one for each, to which the plain one turns when Python's arithmetic raises."""

    def __init__(self, namespace: dict[str, Any], widths: Sequence[int | None]) -> None:
        self.namespace = namespace
        self.widths = widths
        self.conditions: dict[int, str] = {}
        self.careful: dict[Primitive, Callable[..., float]] = {}
        self.functions: dict[Callable[..., Any], str] = {}
        self.inputs = [
            [f"x{i}"] if width is None else [f"x{i}_{j}" for j in range(width)] for i, width in enumerate(widths)
        ]

    def function(self, name: str, results: Sequence[Node]) -> str:
        """The text of a function that returns a number, or a number and the list of those after it."""
        arguments = ", ".join(f"x{i}" for i in range(len(self.widths)))
        order = reachable(results)
        unpack = [f"[{', '.join(names)}] = x{i}" for i, names in enumerate(self.inputs) if names != [f"x{i}"]]
        text = []
        for guarded in (True, False):
            names: dict[int, str] = {}
            lines = [*unpack, *(line for node in order for line in self._line(node, names, guarded))]
            first, *rest = [names[result.number] for result in results]
            lines.append(f"return {first}, [{', '.join(rest)}]" if name == "value_and_gradient" else f"return {first}")
            body = "\n".join(f"        {line}" for line in lines)
            if guarded:
                text.append(f"def careful_{name}({arguments}):\n" + body.replace("        ", "    ") + "\n\n")
            else:
                text.append(
                    f"def {name}({arguments}):\n    try:\n{body}\n"
                    f"    except (ArithmeticError, ValueError):\n        return careful_{name}({arguments})\n"
                )
        return "".join(text)

    def _line(self, node: Node, names: dict[int, str], guarded: bool) -> list[str]:
        if node.op is CONSTANT:
            names[node.number] = self._number(node.attribute[0])
        elif node.op is POINTS:
            names[node.number] = "1.0"
        elif node.op is ADD_POINTS:  # of which there is one
            names[node.number] = names[node.operands[0].number]
        elif node.op is ROWS:
            names[node.number] = self.inputs[node.operands[0].attribute][node.attribute[0]]
        elif node.op is INPUT:
            if node.rows == 1:
                names[node.number] = self.inputs[node.attribute][0]
        elif node.op in CONDITIONS:
            names[node.number] = f"({self._expression(node, [names[each.number] for each in node.operands], guarded)})"
        elif is_mask(node):
            condition = self.conditions[node.number] = names[node.operands[0].number]
            names[node.number] = f"(1.0 if {condition} else 0.0)"
        else:
            name = names[node.number] = f"v{node.number}"
            if node.op is PARAMETER:
                return [f"{name} = p{node.attribute}.data"]
            return [f"{name} = {self._expression(node, [names[operand.number] for operand in node.operands], guarded)}"]
        return []

    def _expression(self, node: Node, names: list[str], guarded: bool) -> str:
        op = node.op
        assert isinstance(op, Primitive), node
        if op is ops.pow and node.operands[1].constant in (2.0, 3.0):
            return " * ".join(names[:1] * int(node.operands[1].constant or 0))
        if op is ops.mul:
            return self._product(node.operands, names)
        if op in _GUARDED and guarded:
            return self._call(_GUARDED[op], names)
        if op in _INLINE:
            return _INLINE[op].format(*names)
        if op is ops.sum and names:
            return " + ".join(["0.0", *names])
        if op is ops.dot and names:
            half = len(names) // 2
            return " + ".join(["0.0", *(f"{x} * {y}" for x, y in zip(names[:half], names[half:], strict=True))])
        if guarded:
            return self._call(self._careful(op), names)
        if op.sequences:
            length = len(names) // op.sequences
            names = [f"[{', '.join(names[i * length : (i + 1) * length])}]" for i in range(op.sequences)]
        return self._call(op.value, names)

    def _product(self, operands: Sequence[Node], names: list[str]) -> str:
        """A product; by "1 where the condition is true, else 0", as one of two cases."""
        for mask, factor in ((0, 1), (1, 0)):
            if is_mask(operands[mask]):
                return f"{names[factor]} if {self.conditions[operands[mask].number]} else 0.0 * {names[factor]}"
        return f"{names[0]} * {names[1]}"

    def _careful(self, op: Primitive) -> Callable[..., float]:
        if op not in self.careful:
            self.careful[op] = lambda *operands: op.evaluate(operands)
        return self.careful[op]

    def _call(self, function: Callable[..., Any], names: Sequence[str]) -> str:
        name = self.functions.setdefault(function, f"f{len(self.functions)}")
        self.namespace[name] = function
        return f"{name}({', '.join(names)})"

    def _number(self, number: float) -> str:
        if number - number == 0.0:
            return repr(number) if number >= 0.0 and repr(number)[0] != "-" else f"({number!r})"
        name = "nan" if math.isnan(number) else "inf" if number > 0.0 else "minus_inf"
        self.namespace[name] = number
        return name
