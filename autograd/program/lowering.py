"""Lowering: operations of the table become functions of NumPy, by the `array` form that the table gives for each.

An array form is run on symbols, with a stand-in for the module NumPy. So the NumPy functions that it calls become nodes of
the graph one by one, and the backend can give each a buffer to write to. A form that cannot be traced like that, because
it indexes or branches, stays one operation and is called as it is.
"""

from __future__ import annotations

from functools import cache
from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.engine import ops
from autograd.engine.primitive import Primitive
from autograd.program.graph import EXPAND, LARGEST_ROW, Graph, Node, Ufunc, depth_first, is_mask, reachable
from autograd.program.symbols import COMPARISONS, Symbol, as_node

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_UFUNCS = {name: each for name, each in vars(np).items() if isinstance(each, np.ufunc)}
_NAMED = {name: Ufunc(name) for name in _UFUNCS}
WHERE = "where"  # condition, x, y; the condition is a truth value
_TRUTHS = frozenset(
    {
        *("less", "less_equal", "greater", "greater_equal", "equal", "not_equal"),
        *("isnan", "isfinite", "isinf", "signbit", "logical_and", "logical_or", "logical_not"),
    }
)


def lower(graph: Graph, roots: Sequence[Node]) -> list[Node]:
    """Rewrite what the roots are computed from in functions of NumPy."""
    new: dict[int, Node] = {}
    for node in depth_first(roots):
        operands = [new[operand.number] for operand in node.operands]
        if isinstance(node.op, Primitive):
            if node.op.sequences and node.attribute is None:
                operands = [graph.stack(column) for column in node.op.arguments(operands)]
            new[node.number] = lower_operation(graph, node.op, operands)
        elif tuple(operands) != node.operands:
            new[node.number] = _with_operands(graph, node, operands)
        else:
            new[node.number] = node
    return [new[root.number] for root in roots]


def _with_operands(graph: Graph, node: Node, operands: Sequence[Node]) -> Node:
    if node.op is EXPAND:
        return graph.expand(operands[0], node.rows, node.batched)
    return graph.node(node.op, operands, node.attribute, rows=node.rows)


def cheapen(graph: Graph, roots: Sequence[Node]) -> list[Node]:
    """Replace operations by the cheaper forms that the table gives for special cases of their operands."""
    new: dict[int, Node] = {}
    for node in reachable(roots):
        operands = [new[operand.number] for operand in node.operands]
        cheaper = None
        if isinstance(node.op, Primitive) and node.op.cheaper:
            cheaper = graph.in_certain_cases(node.op.cheaper, operands)
        unchanged = tuple(operands) == node.operands
        new[node.number] = cheaper or (node if unchanged else _with_operands(graph, node, operands))
    return [new[root.number] for root in roots]


def lower_operation(graph: Graph, op: Primitive, operands: Sequence[Node]) -> Node:
    """One operation of the table, as functions of NumPy; whole, where it has no form that consists of them."""
    if op.cheaper:
        cheaper = graph.in_certain_cases(op.cheaper, operands, _Lowered)
        if cheaper is not None:
            return cheaper
    rows = 1 if op.sequences else max([operand.rows for operand in operands])
    if op is ops.mul:  # by "1 where the condition is true, else 0": as a factor, that is the condition itself
        operands = [each.operands[0] if is_mask(each) else each for each in operands]
    elif op is ops.where:
        return graph.node(WHERE, (as_truth(graph, operands[0]), *operands[1:]), rows=rows)
    function = _function_of(op)
    if function is not None:
        return _call(graph, function, operands, rows)
    if callable(op.array):
        return _follow(graph, op, op.array, operands, rows)
    return graph.node(op, operands, "stacked" if op.sequences else None, rows=rows)


def _call(graph: Graph, function: Ufunc, operands: Sequence[Node], rows: int) -> Node:
    """A function of NumPy. For the power 1/2 that takes a root, which at -0 and at minus infinity is another number."""
    if function == "power" and operands[1].constant == 0.5:
        module = _Module(graph)
        x: Any = _Lowered(graph, operands[0])
        root: Node = module.sqrt(module.where(x == -inf, inf, x + 0.0)).node
        return root
    return graph.node(function, operands, rows=rows)


@cache
def _function_of(op: Primitive) -> Ufunc | None:
    """The one function of NumPy that an operation is, if it is one."""
    form = op.name if op in COMPARISONS else op.array
    function = None if callable(form) else _UFUNCS.get(form)
    return _NAMED[form] if function is not None and function.nin == op.arity else None


def is_truth(node: Node) -> bool:
    """True for arrays of truth values."""
    return isinstance(node.op, Ufunc) and node.op in _TRUTHS


def as_truth(graph: Graph, condition: Node) -> Node:
    """A condition as an array of truth values."""
    if is_mask(condition):
        condition = condition.operands[0]
    if is_truth(condition):
        return condition
    return graph.node(Ufunc("not_equal"), (condition, graph.constant(0.0)), rows=condition.rows)


def _follow(graph: Graph, op: Primitive, form: Any, operands: Sequence[Node], rows: int) -> Node:
    """Run an array form on symbols; where that fails, keep the operation whole."""
    if op.sequences:
        arguments: list[Any] = [_Stack(graph, operand) for operand in operands]
    else:
        numbers = [operand.constant for operand in operands]
        arguments = [
            _Lowered(graph, operand) if number is None else number
            for operand, number in zip(operands, numbers, strict=True)
        ]
    try:
        result = form(_Module(graph), *arguments)
    except (_NotTraceable, TypeError, AttributeError, ValueError):
        result = None
    if isinstance(result, _Lowered) and result.node.rows == rows and not is_truth(result.node):
        return result.node
    return graph.node(op, operands, "stacked" if op.sequences else None, rows=rows)


class _NotTraceable(Exception):
    """The array form does what symbols cannot record."""


class _Module:
    """Stands for NumPy while an array form runs on symbols."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def __getattr__(self, name: str) -> Any:
        known = getattr(np, name)
        if isinstance(known, (int, float)):
            return known
        if isinstance(known, np.ufunc) and known.nout == 1:
            return self._recorder(known)
        raise _NotTraceable(name)

    def where(self, condition: Any, x: Any, y: Any) -> Any:
        """What `numpy.where` does; of a condition that is known, one of the two."""
        if not isinstance(condition, Symbol):
            return x if condition else y
        return _Lowered(self._graph, _Lowered.make(self._graph, ops.where, self._nodes(condition, x, y)))

    def sum(self, stack: Any, axis: int) -> Any:
        """The sum of the rows of a stack."""
        return _Lowered(self._graph, self._graph.add_rows(self._rows(stack, axis)))

    def max(self, stack: Any, axis: int) -> Any:
        """The largest number of each column of a stack."""
        return _Lowered(self._graph, self._graph.node(LARGEST_ROW, (self._rows(stack, axis),)))

    def _rows(self, stack: Any, axis: int) -> Node:
        if axis != 0 or not isinstance(stack, Symbol):
            raise _NotTraceable
        return stack.node

    def _nodes(self, *operands: Any) -> list[Node]:
        return [as_node(self._graph, operand) for operand in operands]

    def _recorder(self, function: Any) -> Callable[..., Any]:
        graph, named, count = self._graph, _NAMED[function.__name__], function.nin

        def record(*operands: Any) -> Any:
            if not any(isinstance(operand, Symbol) for operand in operands):
                return function(*operands)
            if len(operands) != count:
                raise _NotTraceable
            nodes = [as_node(graph, operand) for operand in operands]
            return _Lowered(graph, _call(graph, named, nodes, max([node.rows for node in nodes])))

        return record


class _Lowered(Symbol):
    """A symbol whose operators give lowered nodes."""

    __slots__ = ()

    def __and__(self, other: Any) -> Any:
        return _Module(self.graph).logical_and(self, other)

    def __or__(self, other: Any) -> Any:
        return _Module(self.graph).logical_or(self, other)

    __rand__, __ror__ = __and__, __or__

    @staticmethod
    def make(graph: Graph, primitive: Primitive, operands: Sequence[Node]) -> Node:
        """What applying an operation leaves in the graph."""
        return lower_operation(graph, primitive, operands)


class _Stack(_Lowered):
    """A sequence, as one array with a row for each element."""

    __slots__ = ()

    def __len__(self) -> int:
        return self.node.rows

    def __getitem__(self, i: int) -> _Lowered:
        if not -len(self) <= i < len(self):
            raise IndexError(i)
        return _Lowered(self.graph, self.graph.rows(self.node, (i % len(self),)))

    def __iter__(self) -> Iterator[_Lowered]:
        return map(self.__getitem__, range(len(self)))
