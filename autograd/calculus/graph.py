"""The derivatives of a graph as graphs: the reverse pass and the forward pass, with nodes or numbers for derivatives.

A pass knows no mathematics: it multiplies and adds what the table says of each operation. Asked for graphs, it takes
the rules on the operands themselves, so that the derivatives can be differentiated again; asked for numbers, it takes
the local derivatives that the nodes hold.
"""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING, Any, TypeVar

from autograd.calculus.containers import leaves, like
from autograd.engine.primitive import TABLE, Primitive
from autograd.engine.value import Value, constant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Nodes = TypeVar("Nodes")  # a Value, or a container of them
    Edge = tuple[Value, Any, Any]  # an operand, the local derivative, and whether it is cut: False, or a condition
    Edges = Callable[[Value, set[Value]], list[Edge]]


def gradients(y: Value, xs: Nodes) -> Nodes:
    """The derivatives of a graph that is already built, as graphs that can be differentiated again.

    Nobody's `grad` changes.

    Args:
        y: the result.
        xs: the nodes to differentiate with respect to, leaves or not: a `Value`, or a container of them.

    Returns:
        `Value`s in the shape of `xs`, with the number 0 for what `y` does not depend on.

    Raises:
        TypeError: if `y` is no `Value`, or something in `xs` is none.

    Example:
        >>> from autograd import gradients, variables
        >>> x, y = variables(x=3.0, y=2.0)
        >>> slope, _ = gradients(x**2 * y, [x, y])
        >>> slope, gradients(slope, y)
        (Value(data=12.0, grad=0.0), Value(data=6.0, grad=0.0))
    """
    if not isinstance(y, Value):
        raise TypeError(f"gradients() takes the Value to differentiate, but got {y!r}; for a function use grad")
    nodes = leaves(xs)
    for x in nodes:
        if not isinstance(x, Value):
            raise TypeError(f"gradients() differentiates with respect to Values, but got {x!r}")
    derivatives: Nodes = like(xs, iter(differentiate(y, nodes)))
    return derivatives


def differentiate(y: Value, xs: Sequence[Value]) -> list[Value]:
    """The derivatives of `y` with respect to each of `xs`, as graphs; see `gradients`."""
    order = history([y], xs if len(xs) == 1 else ())  # of several, one may lie behind another
    adjoints = pull_back(order, {y: 1.0}, xs, edges_as_graphs)
    return [as_value(adjoints.get(x, 0.0)) for x in xs]


def history(outputs: Iterable[Value], stops: Iterable[Value] = ()) -> list[Value]:
    """The nodes that some are computed from, parents before children, back to where it does not matter.

    Reversed, they are in the order of `backward`, so that sums of shares are rounded alike.

    Args:
        outputs: the nodes to start from.
        stops: where to stop: nodes whose own history does not matter, such as the variables of a call. So a loop of
            steps that each take a derivative walks each step once, and not all those before it, too.
    """
    order = list(dict.fromkeys(stops))
    done = set(map(id, order))
    entered = set(done)
    stack = list(outputs)
    while stack:
        node = stack[-1]
        if id(node) not in entered:
            entered.add(id(node))
            stack.extend(node.parents)
        else:
            stack.pop()
            if id(node) not in done:
                done.add(id(node))
                order.append(node)
    return order


def pull_back(order: Sequence[Value], seeds: dict[Value, Any], xs: Iterable[Value], edges: Edges) -> dict[Value, Any]:
    """The reverse pass: the adjoint of each node that it reaches and that depends on one of `xs`.

    Args:
        order: the graph, parents before children.
        seeds: the adjoints that the pass starts from.
        xs: what to differentiate with respect to.
        edges: `edges_as_graphs` or `edges_as_numbers`.
    """
    active = dependents(order, xs)
    adjoints = dict(seeds)
    for node in reversed(order):
        if node in adjoints and node in active:
            adjoint = adjoints[node]
            for parent, partial, cut in edges(node, active):
                share = times(partial, adjoint, cut)
                adjoints[parent] = adjoints[parent] + share if parent in adjoints else share
    return adjoints


def push_forward(order: Sequence[Value], tangents: dict[Value, Any], edges: Edges) -> dict[Value, Any]:
    """The forward pass: the tangent of each node that depends on one that has a tangent from the start.

    Args:
        order: the graph, parents before children.
        tangents: those that the pass starts from; their nodes need not be leaves.
        edges: `edges_as_graphs` or `edges_as_numbers`.
    """
    active = dependents(order, tangents)
    found = dict(tangents)
    for node in order:
        if node in active and node not in tangents:
            for parent, partial, cut in edges(node, active):
                if parent in found:
                    share = times(partial, found[parent], cut)
                    found[node] = found[node] + share if node in found else share
    return found


def dependents(order: Iterable[Value], xs: Iterable[Value]) -> set[Value]:
    """The nodes of a graph that depend on one of `xs`, these included."""
    active = set(xs)
    for node in order:
        if node not in active and not active.isdisjoint(node.parents):
            active.add(node)
    return active


def edges_as_graphs(node: Value, active: set[Value]) -> list[Edge]:
    """What a node was computed from and depends on, with the local derivatives as graphs.

    Constants take part as plain numbers. A partial that is a plain 0 is 0 whatever the inputs are, and no edge.
    """
    primitive = node.primitive
    if primitive is None:
        return []
    parents = node.parents
    operands = [parent.data if parent.is_constant else parent for parent in parents]
    partials = primitive.differentiate(operands, node) if primitive.sequences else None
    found: list[Edge] = []
    for i, (parent, cut) in enumerate(zip(parents, cuts_of(primitive, operands), strict=False)):
        if parent in active and (cut is False or isinstance(cut, Value) or not cut):
            partial = primitive.partial(i, operands, node) if partials is None else partials[i]
            if type(partial) is not float or partial != 0.0:
                found.append((parent, partial, cut))
    return found


def edges_as_numbers(node: Value, active: set[Value]) -> list[Edge]:
    """What a node was computed from and depends on, with the local derivatives as numbers."""
    parents = node.parents
    if not parents:
        return []
    primitive = node.primitive
    assert primitive is not None
    cuts = cuts_of(primitive, [parent.data for parent in parents]) if primitive.cut is not None else repeat(False)
    return [
        (parent, partial, False)
        for parent, partial, cut in zip(parents, node.partials, cuts, strict=False)
        if parent in active and not cut
    ]


def cuts_of(primitive: Primitive, operands: Sequence[Any]) -> Iterable[Any]:
    """For each operand, whether it was not chosen or is never passed on; a `Value` where that stays open in a program."""
    if primitive.cut is None or (_IDENTITY and any(isinstance(operand, Value) for operand in operands)):
        return repeat(False)
    cuts: Iterable[Any] = primitive.cut(*primitive.arguments(operands))
    return cuts


_IDENTITY = Value.__eq__ is object.__eq__  # an engine in which ``c == 0`` does not compare numbers


def times(partial: Any, share: Any, cut: Any) -> Any:
    """What an edge carries: a product, by the plain number 1 no node.

    In a program that is being recorded, it carries nothing where its condition says so.
    """
    if type(partial) is float and partial == 1.0:
        product = share
    else:
        product = partial if type(share) is float and share == 1.0 else partial * share
    return TABLE["where"](cut, 0.0, product) if isinstance(cut, Value) else product


def as_value(derivative: Any) -> Value:
    """A derivative as a node, whether the pass left a graph or a number."""
    return derivative if isinstance(derivative, Value) else constant(float(derivative))
