"""The derivatives of a graph as graphs: the reverse pass and the forward pass, with nodes or numbers for derivatives.

A pass knows no mathematics: it multiplies and adds what the table says of each operation. Asked for graphs, it takes
the rules on the operands themselves, so that the derivatives can be differentiated again; asked for numbers, it takes
the local derivatives that the nodes hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from autograd.calculus.containers import leaves, like
from autograd.engine.value import Value, constant, topological_order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Nodes = TypeVar("Nodes")  # a Value, or a container of them
    Local = Callable[[Value, set[Value]], Sequence[Any]]  # a node's local derivatives, None for what does not matter


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
    adjoints = pull_back(topological_order(y), {y: 1.0}, xs, partials_as_graphs)
    return [as_value(adjoints.get(x, 0.0)) for x in xs]


def pull_back(order: Sequence[Value], seeds: dict[Value, Any], xs: Iterable[Value], local: Local) -> dict[Value, Any]:
    """The reverse pass: the adjoint of each node that it reaches and that depends on one of `xs`.

    Args:
        order: the graph, parents before children.
        seeds: the adjoints that the pass starts from.
        xs: what to differentiate with respect to.
        local: `partials_as_graphs` or `partials_as_numbers`.
    """
    active = dependents(order, xs)
    adjoints = dict(seeds)
    for node in reversed(order):
        adjoint = adjoints.get(node)
        if adjoint is None or node not in active or not node.parents:
            continue
        for parent, partial in zip(node.parents, local(node, active), strict=True):
            if partial is not None:
                share = times(partial, adjoint)
                adjoints[parent] = adjoints[parent] + share if parent in adjoints else share
    return adjoints


def push_forward(order: Sequence[Value], tangents: dict[Value, Any], local: Local) -> dict[Value, Any]:
    """The forward pass: the tangent of each node that depends on one that has a tangent from the start.

    Args:
        order: the graph, parents before children.
        tangents: those that the pass starts from; their nodes need not be leaves.
        local: `partials_as_graphs` or `partials_as_numbers`.
    """
    active = dependents(order, tangents)
    found = dict(tangents)
    for node in order:
        if node not in active or node in tangents:
            continue
        for parent, partial in zip(node.parents, local(node, active), strict=True):
            if partial is not None and parent in found:
                share = times(partial, found[parent])
                found[node] = found[node] + share if node in found else share
    return found


def dependents(order: Iterable[Value], xs: Iterable[Value]) -> set[Value]:
    """The nodes of a graph that depend on one of `xs`, these included."""
    active = set(xs)
    for node in order:
        if node not in active and any(parent in active for parent in node.parents):
            active.add(node)
    return active


def partials_as_graphs(node: Value, active: set[Value]) -> Sequence[Any]:
    """The local derivatives as graphs, for which constants take part as plain numbers.

    None stands for operands that do not matter: a partial that is a plain 0 is 0 whatever the inputs are.
    """
    primitive = node.primitive
    assert primitive is not None
    parents = node.parents
    operands = [parent.data if parent.is_constant else parent for parent in parents]
    if primitive.sequences:
        partials = primitive.differentiate(operands, node)
    else:
        partials = [primitive.partial(i, operands, node) if each in active else None for i, each in enumerate(parents)]
    return [None if type(partial) is float and partial == 0.0 else partial for partial in partials]


def partials_as_numbers(node: Value, active: set[Value]) -> Sequence[Any]:
    """The local derivatives as numbers; None for operands that do not matter."""
    return [partial if parent in active else None for parent, partial in zip(node.parents, node.partials, strict=True)]


def times(partial: Any, share: Any) -> Any:
    """A product of derivatives; by the plain number 1, no node."""
    if type(partial) is float and partial == 1.0:
        return share
    return partial if type(share) is float and share == 1.0 else partial * share


def as_value(derivative: Any) -> Value:
    """A derivative as a node, whether the pass left a graph or a number."""
    return derivative if isinstance(derivative, Value) else constant(float(derivative))
