"""Lowering: operations of the table become functions of NumPy, by the `array` form that the table gives for each.

An array form is called with symbols and with a stand-in for the module, and so leaves the single NumPy functions that
it is made of in the graph, where the backend can give each a buffer to write to. A form that cannot be followed like
that, because it indexes or branches, stays one operation and is called as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.engine import ops
from autograd.engine.primitive import Primitive
from autograd.program.graph import (
    CONDITIONS,
    EXPAND,
    LARGEST_ROW,
    Graph,
    Node,
    Symbol,
    Ufunc,
    as_node,
    is_mask,
    reachable,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

WHERE = "where"  # condition, x, y; the condition is a truth value
_COMPARISONS = frozenset(
    {
        "less",
        "less_equal",
        "greater",
        "greater_equal",
        "equal",
        "not_equal",
        "isnan",
        "isfinite",
        "logical_and",
        "logical_or",
    }
)


_QUICK: dict[str, Callable[..., Any]] = {
    "exp_of_difference": lambda x, y: ops.exp(x - y),
    "sigmoid_of_difference": lambda x, y: ops.sigmoid(x - y),
    "scaled_exp": lambda c, x, y: c * ops.exp(x * y * 0.5) * ops.exp(x * y * 0.5),
    "scaled_sech_squared": lambda c, x: _sech_squared(c, ops.exp(-2.0 * abs(x))),
}
"""Operations whose array form goes to lengths for the last digits, where a batch is better served by a short one."""


def _sech_squared(c: Any, e: Any) -> Any:
    return 4.0 * c * e / ((1.0 + e) * (1.0 + e))


def lower(graph: Graph, roots: Sequence[Node]) -> list[Node]:
    """Rewrite what the roots are computed from in functions of NumPy."""
    new: dict[int, Node] = {}
    for node in reachable(roots):
        operands = [new[operand.number] for operand in node.operands]
        if node.op is ops.logsumexp:
            new[node.number] = _logsumexp(graph, operands[0])
        elif isinstance(node.op, Primitive) and not node.op.sequences:
            new[node.number] = lower_operation(graph, node.op, operands)
        elif any(a is not b for a, b in zip(operands, node.operands, strict=True)):
            new[node.number] = _with_operands(graph, node, operands)
        else:
            new[node.number] = node
    return [new[root.number] for root in roots]


def _with_operands(graph: Graph, node: Node, operands: Sequence[Node]) -> Node:
    made = graph.node(node.op, operands, node.attribute, rows=node.rows)
    if node.op is EXPAND:
        made.batched = node.batched
    return made


def lower_operation(graph: Graph, op: Primitive, operands: Sequence[Node]) -> Node:
    """One operation of the table on arrays that are already lowered."""
    rows = max(operand.rows for operand in operands)
    if op is ops.where:
        return _choose(graph, operands, rows)
    if op is ops.pow and operands[1].constant in (2.0, 3.0, -1.0):
        return _small_power(graph, operands[0], operands[1].constant or 0.0)
    if op is ops.mul:
        operands = [_as_mask(operand) for operand in operands]
    if op.name in _QUICK:
        symbol = _QUICK[op.name](*(_Lowered(graph, operand) for operand in operands))
        return as_node(graph, symbol)
    if op in (ops.less, ops.less_equal):  # a number for those who compute with it
        condition = graph.node(Ufunc(op.name), operands, rows=rows)
        return graph.node(WHERE, (condition, graph.constant(1.0), graph.constant(0.0)), rows=rows)
    form = op.array
    if isinstance(form, str):
        function = getattr(np, form, None)
        if isinstance(function, np.ufunc) and function.nin == len(operands):
            return graph.node(Ufunc(form), operands, rows=rows)
        return graph.node(op, operands, rows=rows)
    return _follow(graph, op, form, operands, rows)


def _logsumexp(graph: Graph, stack: Node) -> Node:
    """All rows at once, shifted by the largest number where that is finite."""
    largest = graph.node(LARGEST_ROW, (stack,))
    finite = graph.node(Ufunc("isfinite"), (largest,))
    shift = _Lowered(graph, graph.node(WHERE, (finite, largest, graph.constant(0.0))))
    exp: Any = ops.exp  # applied to symbols, which type checkers are not told of
    log: Any = ops.log
    powers = as_node(graph, exp(_Lowered(graph, stack) - shift))
    total = _Lowered(graph, graph.add_rows(powers))
    return as_node(graph, log(total) + shift)


def _choose(graph: Graph, operands: Sequence[Node], rows: int) -> Node:
    condition, x, y = operands
    if not is_truth(condition):
        condition = graph.node(Ufunc("not_equal"), (condition, graph.constant(0.0)), rows=condition.rows)
    return graph.node(WHERE, (condition, x, y), rows=rows)


def _small_power(graph: Graph, x: Node, exponent: float) -> Node:
    """Small powers by multiplication, which is many times faster."""
    if exponent < 0.0:
        return lower_operation(graph, ops.div, (graph.constant(1.0), x))
    square = lower_operation(graph, ops.mul, (x, x))
    return square if exponent == 2.0 else lower_operation(graph, ops.mul, (square, x))


def _as_mask(node: Node) -> Node:
    """As a factor, "1 where the condition is true, else 0" is the condition itself."""
    return node.operands[0] if is_mask(node) else node


def is_truth(node: Node) -> bool:
    """True for arrays of truth values."""
    return node.op in CONDITIONS or (isinstance(node.op, Ufunc) and node.op in _COMPARISONS)


class _NotTraceable(Exception):
    """The array form does what a symbol cannot show."""


class _Module:
    """Stands for NumPy while an array form runs on symbols."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def __getattr__(self, name: str) -> Any:
        known = getattr(np, name)
        if isinstance(known, (int, float)):
            return known
        if name == "where":
            return ops.where
        if isinstance(known, np.ufunc) and known.nout == 1:
            return self._recorder(name)
        raise _NotTraceable(name)

    def _recorder(self, name: str) -> Callable[..., Any]:
        def record(*operands: Any) -> _Lowered:
            nodes = [as_node(self._graph, operand) for operand in operands]
            rows = max(node.rows for node in nodes)
            return _Lowered(self._graph, self._graph.node(Ufunc(name), nodes, rows=rows))

        return record


class _Lowered(Symbol):
    """A symbol whose operators give lowered nodes."""

    __slots__ = ()

    def __and__(self, other: Any) -> Any:
        return _Module(self.graph).logical_and(self, other)

    def __or__(self, other: Any) -> Any:
        return _Module(self.graph).logical_or(self, other)

    @staticmethod
    def apply_primitive(primitive: Primitive, operands: Sequence[Any]) -> Symbol:
        graph = next(operand.graph for operand in operands if isinstance(operand, Symbol))
        nodes = [as_node(graph, operand) for operand in operands]
        return _Lowered(graph, lower_operation(graph, primitive, nodes))


def _follow(graph: Graph, op: Primitive, form: Any, operands: Sequence[Node], rows: int) -> Node:
    """Run an array form on symbols; where that fails, keep the operation whole."""
    try:
        result = form(_Module(graph), *(_Lowered(graph, operand) for operand in operands))
    except (_NotTraceable, TypeError, AttributeError, ValueError):
        result = None
    return result.node if isinstance(result, _Lowered) else graph.node(op, operands, rows=rows)
