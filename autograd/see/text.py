r"""An expression as Python source, which `parse` reads back; every operation is written as its entry in the table says."""

from __future__ import annotations

import math
from collections import Counter
from itertools import count
from typing import TYPE_CHECKING, Any, Protocol

from autograd.engine import ops
from autograd.see.labels import identifier
from autograd.see.numbers import format_number, shorten
from autograd.see.spelling import spelled
from autograd.see.unfolding import ATOM, POWER, SIGN, Parts, Slot, Unfolding, assemble, columns, spread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from autograd.engine.primitive import Primitive
    from autograd.engine.value import Value

OPERATORS = (ops.add, ops.sub, ops.mul, ops.div, ops.floordiv, ops.mod, ops.pow, ops.neg, ops.pos)
"""The operations that Python's own operators stand for."""


class Node(Protocol):
    """What has to be known of a node to write it: a `Value` will do."""

    @property
    def primitive(self) -> Primitive | None: ...
    @property
    def parents(self) -> Sequence[Any]: ...
    @property
    def data(self) -> float: ...


def source(value: Value, max_nodes: int | None = 1000) -> str:
    """The expression of a graph as Python source, which `parse` reads back.

    Named leaves are written as their names (made identifiers, and told apart: see `named_leaves`), other leaves as
    their numbers. In the graph of a derivative, operations that were made for accuracy are written by their own names,
    so that what is read back has every digit; `explain`, `latex` and all messages write what they stand for.

    Args:
        value: the result.
        max_nodes: how many nodes to write, nearest to the result; ``...`` stands for the rest. None writes all, which
            may take exponential time where nodes are shared.

    Example:
        >>> from autograd import source, variables, tanh
        >>> a, b = variables(a=2.0, b=-3.0)
        >>> source((a + b) ** 2 / (a - (b - 1)))
        '(a + b) ** 2 / (a - (b - 1))'
        >>> source(tanh(a * b * 2 + 1), max_nodes=4)
        'tanh(... + 1)'
    """
    return _source(Unfolding(value, max_nodes))


def readable(value: Value, max_nodes: int | None = 1000) -> str:
    """The same for people to read: operations that were made for accuracy are spelled out.

    Example:
        >>> from autograd import Value, gradients, tanh
        >>> x = Value(0.5, "x")
        >>> readable(gradients(tanh(x), x))
        '1 / cosh(x) ** 2'
    """
    return _source(Unfolding(value, max_nodes, spell=True))


def _source(unfolding: Unfolding) -> str:
    names = {leaf: name for name, leaf in _tell_apart(unfolding.nodes).items()}
    return _unfolded(unfolding, names, repr)


def expression(
    value: Value, names: Mapping[Value, str], max_nodes: int | None = 1000, digits: int | None = None
) -> str:
    """The expression of a graph with names of one's own for its leaves, and with short numbers."""
    return _unfolded(Unfolding(value, max_nodes, spell=True), names, lambda x: format_number(x, digits))


def operation(node: Value, called: Callable[[int, Value], str]) -> str:
    """What a picture writes where a node is computed: its symbol; or spelled out, an operation that was made for accuracy.

    Args:
        node: what an operation computed.
        called: the name of an operand that is no constant, by its place and itself.

    Example:
        >>> from autograd import Value, gradients, tanh
        >>> x = Value(0.5, "x")
        >>> slope = gradients(tanh(x), x)
        >>> operation(slope, lambda place, operand: operand.label), operation(slope * x, lambda *_: "")
        ('1 / cosh(x) ** 2', '*')
    """
    found = spelled(node)
    if found is None:
        return node.op
    root, leaves = found
    return expression(root, {leaf: called(place, node.parents[place]) for leaf, place in leaves.items()}, digits=6)


def function(result: Node, names: Mapping[Any, str]) -> str:
    """A graph as a function of its named leaves: what is used twice gets a name where it is computed first.

    Example:
        >>> from autograd import log, variables
        >>> x, y = variables(x=1.0, y=0.5)
        >>> product = x * y
        >>> function(log(product) + product, {x: "x", y: "y"})
        'lambda x, y: log(a := x * y) + a'
    """
    uses = _uses(result)
    called = dict(names)
    spare = (name for name in _spare_names() if name not in names.values())

    def write(node: Node, first: bool) -> tuple[int, Parts]:
        parts = _parts(node, node.parents, lambda place: place, called, _constructor)
        if node.primitive is None or node in called or uses[node] < 2:
            return parts
        called[node] = next(spare)
        return 0, [f"{called[node]} := ", *parts[1]]

    return f"lambda {', '.join(names.values())}: {assemble(result, write, '(', ')')}"


def parts_of(node: Value) -> Parts:
    """How a node is written, with a slot for each operand, whose place is the operand's number.

    Example:
        >>> from autograd import variables
        >>> x, y = variables(x=1.0, y=0.5)
        >>> parts_of(x**y)
        [Slot(place=0, precedence=5, first=True), ' ** ', Slot(place=1, precedence=3, first=True)]
    """
    found = spelled(node)
    if found is None:
        operand = _Named()
        return _parts(node, range(len(node.parents)), lambda place: operand, {operand: ""}, repr)[1]
    root, leaves = found
    names = dict.fromkeys(leaves, "")

    def write(inner: Value, first: bool) -> tuple[int, Parts]:
        return _parts(inner, inner.parents, lambda place: place, names, repr)

    return spread(root, write, "(", ")", leaves)


class _Named:
    """Stands for an operand that has a name."""

    primitive, parents, data = None, (), 0.0


def named_leaves(value: Value) -> dict[str, Value]:
    """The named leaves of a graph, by the names under which `source` writes them.

    A label that is no identifier, or that Python or this package uses, is changed into one; of two leaves with one
    label, the second gets a number.

    Example:
        >>> from autograd import Value
        >>> leaf = Value(1.0, "layers.0.w")
        >>> list(named_leaves(leaf * leaf + Value(2.0, "x") * Value(3.0, "x")))
        ['layers_0_w', 'x', 'x_2']
    """
    return _tell_apart(Unfolding(value, None, shared_once=True).nodes)


def _tell_apart(nodes: list[Value]) -> dict[str, Value]:
    leaves: dict[str, Value] = {}
    counts: dict[str, int] = {}
    seen: set[Value] = set()
    for node in nodes:
        if node.primitive is not None or not node.label or node in seen:
            continue
        seen.add(node)
        name = unique = identifier(node.label)
        while unique in leaves:
            counts[name] = counts.get(name, 1) + 1
            unique = f"{name}_{counts[name]}"
        leaves[unique] = node
    return leaves


def _uses(result: Node) -> Counter[Node]:
    """How often each node is an operand."""
    uses: Counter[Node] = Counter()
    pending = [result]
    while pending:
        for parent in pending.pop().parents:
            uses[parent] += 1
            if uses[parent] == 1:
                pending.append(parent)
    return uses


def _spare_names() -> Iterator[str]:
    for round_ in count():
        yield from (letter + str(round_ or "") for letter in "abcdefghijklmnopqrstuvw")


def _constructor(x: float) -> str:
    """A number as Python's own source, where `inf` and `nan` are no words."""
    return repr(x) if math.isfinite(x) else f"float({repr(x)!r})"


# One node.


def _unfolded(unfolding: Unfolding, names: Mapping[Value, str], literal: Callable[[float], str]) -> str:
    def write(place: int, first: bool) -> tuple[int, Parts]:
        return _parts(unfolding.node(place), unfolding.operands(place), unfolding.node, names, literal)

    return assemble(0, write, "(", ")")


def _parts(
    node: Node,
    places: Sequence[Any],
    node_in: Callable[[Any], Node],
    names: Mapping[Any, str],
    literal: Callable[[float], str],
) -> tuple[int, Parts]:
    """The precedence of the text of a node, and its parts."""
    primitive = node.primitive
    if node in names:
        return ATOM, [names[node]]
    if primitive is None:
        return _sign(node.data), [literal(node.data)]
    if not places and node.parents:
        return ATOM, ["..."]
    if primitive.sequences:
        is_cut = len(places) < len(node.parents)
        lists = [["[", *_join(column, is_cut), "]"] for column in columns(primitive, places)]
        inner = [part for parts in lists for part in [", ", *parts]][1:]
        return ATOM, [f"{primitive.name}(", *inner, ")"]
    if primitive not in OPERATORS:
        return ATOM, [f"{primitive.name}(", *_join(places, False), ")"]
    is_number = [node_in(place).primitive is None and node_in(place) not in names for place in places]
    operands: Parts = []
    precedences = operand_precedences(primitive.precedence, len(places))
    for place, precedence, plain in zip(places, precedences, is_number, strict=True):
        x = node_in(place).data
        short = plain and not all(is_number) and _sign(x) >= precedence  # beside a Value, 2 is as good as 2.0
        operands.append(shorten(literal(x)) if short else Slot(place, precedence))
    if len(places) == 1:
        return primitive.precedence, [primitive.symbol, operands[0]]
    return primitive.precedence, [operands[0], f" {primitive.symbol} ", operands[1]]


def operand_precedences(precedence: int, arity: int) -> tuple[int, ...]:
    """The precedences that operands need: operators group to the left, but powers and signs to the right."""
    if arity == 1:
        return (precedence,)
    return (ATOM, SIGN) if precedence == POWER else (precedence, precedence + 1)


def _join(places: Sequence[Any], is_cut: bool) -> Parts:
    joined: Parts = []
    for place in places:
        joined += [Slot(place), ", "]
    return [*joined, "..."] if is_cut else joined[:-1]


def _sign(x: float) -> int:
    return SIGN if repr(x).startswith("-") else ATOM
