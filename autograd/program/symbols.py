"""Symbols: what the rules of the table are called with to add to a graph. Whatever is done to a symbol becomes a node."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograd.engine import ops
from autograd.engine.primitive import Primitive

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from autograd.program.graph import Graph, Node

# A comparison gives a truth value, by which `where` chooses. As a decision it passes no adjoint on.
COMPARISONS = (ops.less, ops.less_equal, ops.equal, ops.not_equal)

_OPERATORS = {
    "add": ops.add,
    "sub": ops.sub,
    "mul": ops.mul,
    "truediv": ops.div,
    "pow": ops.pow,
    "neg": ops.neg,
    "pos": ops.pos,
    "abs": ops.abs,
    "lt": ops.less,
    "le": ops.less_equal,
    "eq": ops.equal,
    "ne": ops.not_equal,
}
_REFLECTED = {
    "radd": ops.add,
    "rsub": ops.sub,
    "rmul": ops.mul,
    "rtruediv": ops.div,
    "rpow": ops.pow,
    "gt": ops.less,
    "ge": ops.less_equal,
}


class Symbol:
    """A node with operators. What the rules of the table do to symbols becomes nodes of the graph."""

    __slots__ = ("graph", "node")
    __array_ufunc__ = None  # so that NumPy's numbers leave operators to the symbol

    def __init__(self, graph: Graph, node: Node) -> None:
        self.graph = graph
        self.node = node

    @classmethod
    def apply_primitive(cls, primitive: Primitive, operands: Sequence[Any]) -> Symbol:
        """Apply an operation of the table; called by `Primitive`."""
        graph = next(operand.graph for operand in operands if isinstance(operand, Symbol))
        return cls(graph, cls.make(graph, primitive, [as_node(graph, operand) for operand in operands]))

    @staticmethod
    def make(graph: Graph, primitive: Primitive, operands: Sequence[Node]) -> Node:
        """What applying an operation leaves in the graph."""
        return graph.apply(primitive, operands)

    def __bool__(self) -> bool:
        raise TypeError("a rule of the table cannot branch on its arguments; choose with autograd.where instead")

    if TYPE_CHECKING:  # the operators, which the lines below generate

        def __getattr__(self, name: str) -> Callable[..., Any]: ...


def _operator(primitive: Primitive, reflected: bool) -> Any:
    def apply(self: Symbol, *other: Any) -> Symbol:
        graph, others = self.graph, [as_node(self.graph, each) for each in other]
        operands = [*others, self.node] if reflected else [self.node, *others]
        return type(self)(graph, self.make(graph, primitive, operands))

    return apply


for _names, _reflected in ((_OPERATORS, False), (_REFLECTED, True)):
    for _name, _primitive in _names.items():
        setattr(Symbol, f"__{_name}__", _operator(_primitive, _reflected))
Symbol.__hash__ = None  # type: ignore[assignment]  # as == gives a symbol


def as_node(graph: Graph, operand: Any) -> Node:
    """The node of a symbol or of a plain number."""
    return operand.node if isinstance(operand, Symbol) else graph.constant(float(operand))
