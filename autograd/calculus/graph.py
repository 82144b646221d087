"""`gradients`, and the two passes behind all derivatives: reverse mode (`pull_back`) and forward mode (`push_forward`).

A pass knows no mathematics: it walks the graph and applies the chain rule to the local derivatives of each operation.
Where these come from is a parameter of the pass. `edges_as_graphs` applies the rules of the table to the operands
themselves, so that the derivatives are graphs and can be differentiated again; `edges_as_numbers` reads the floats that
the nodes have kept since they were computed.

While a program is recorded, whether an edge is cut (see `Primitive.cuts`) may depend on numbers that are not known yet.
So there a pass carries masks along: numbers that are 1 where nothing arrives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from autograd.calculus.containers import leaves, like
from autograd.engine.primitive import TABLE
from autograd.engine.value import Value, constant, dependents, history

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Nodes = TypeVar("Nodes")  # a Value, or a container of them
    Edge = tuple[Value, Any, Any]  # an operand, the local derivative, and in a program when it is cut, or None: never
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
        ValueError: if the number of a leaf was changed after the graph was built.

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
            raise TypeError(
                f"gradients() differentiates with respect to Values, but got {x!r}; give nodes of the graph of y"
            )
    derivatives: Nodes = like(xs, iter(differentiate(y, nodes)))
    return derivatives


def differentiate(y: Value, xs: Sequence[Value]) -> list[Value]:
    """The derivatives of `y` with respect to each of `xs`, as graphs; see `gradients`."""
    order = history([y], xs if len(xs) == 1 else ())  # of several, one may lie behind another
    refuse_stale(order)
    adjoints = pull_back(order, {y: 1.0}, xs, edges_as_graphs)
    return [as_value(adjoints.get(x, 0.0)) for x in xs]


def refuse_stale(order: Iterable[Value]) -> None:
    """Refuse a graph whose numbers are no longer those that it was computed from.

    Raises:
        ValueError: if the number of an operand was changed after a node was computed from it.
    """
    for node in order:
        if node.is_stale:
            operands = [parent.label or repr(parent) for parent in node.parents if not parent.is_constant]
            raise ValueError(
                f"gradients() takes a graph as it was computed, but the data of {' or '.join(dict.fromkeys(operands))} was "
                f"changed after {node.op or 'a node'} had used it; compute the result again"
            )


def pull_back(order: list[Value], seeds: dict[Value, Any], xs: Iterable[Value], edges: Edges) -> dict[Value, Any]:
    """The reverse pass: the adjoint of each node that it reaches and that depends on one of `xs`.

    Args:
        order: the graph, parents before children.
        seeds: the adjoints that the pass starts from.
        xs: what to differentiate with respect to.
        edges: `edges_as_graphs` or `edges_as_numbers`.
    """
    active: set[Value] = dependents(order, xs)
    adjoints: dict[Value, Any] = dict(seeds)
    absent: dict[Value, Any] = {}  # masks, in a program: 1 where no adjoint has reached the node
    for node in reversed(order):
        adjoint = adjoints.get(node)
        if adjoint is not None and node in active:
            mask = absent.pop(node, None) if absent else None
            for parent, partial, condition in edges(node, active):
                missing = mask if condition is None else either(mask, condition)
                merge(adjoints, absent, parent, times(partial, adjoint, missing), missing)
    return adjoints


def push_forward(order: list[Value], tangents: dict[Value, Any], edges: Edges) -> dict[Value, Any]:
    """The forward pass: the tangent of each node that depends on one that has a tangent from the start.

    Args:
        order: the graph, parents before children.
        tangents: those that the pass starts from; their nodes need not be leaves.
        edges: `edges_as_graphs` or `edges_as_numbers`.
    """
    active: set[Value] = dependents(order, tangents)
    found: dict[Value, Any] = dict(tangents)
    absent: dict[Value, Any] = {}  # masks, in a program: 1 where no tangent has reached the node
    for node in order:
        if node in active and node not in tangents:
            for parent, partial, condition in edges(node, active):
                if parent in found:
                    missing = either(absent.get(parent), condition)
                    merge(found, absent, node, times(partial, found[parent], missing), missing)
    return found


def merge(found: dict[Value, Any], absent: dict[Value, Any], node: Value, share: Any, missing: Any) -> None:
    """Add a share to what a node has received; its mask says where all of its shares are missing."""
    if node not in found:
        found[node] = share
        if missing is not None:
            absent[node] = missing
        return
    found[node] = found[node] + share
    if node in absent:
        mask = absent.pop(node)
        if missing is not None:
            absent[node] = both(mask, missing)


def edges_as_graphs(node: Value, active: set[Value]) -> list[Edge]:
    """The edges from a node to its active operands, with the local derivatives as graphs.

    Constants enter the rules as plain numbers. A partial derivative that is a plain 0 is 0 whatever the inputs are, so it
    makes no edge.
    """
    primitive = node.primitive
    if primitive is None:
        return []
    parents = node.parents
    operands = [parent.data if parent.is_constant else parent for parent in parents]
    cuts = None if primitive.cut is None else primitive.cuts(operands)
    partials = primitive.differentiate(operands, node) if primitive.sequences else None
    found: list[Edge] = []
    for i, parent in enumerate(parents):
        if parent in active:
            cut = False if cuts is None else cuts[i]
            condition = cut if isinstance(cut, Value) else None
            if condition is None and cut:
                continue
            partial = primitive.partial(i, operands, node) if partials is None else partials[i]
            if type(partial) is not float or partial != 0.0:
                found.append((parent, partial, condition))
    return found


def edges_as_numbers(node: Value, active: set[Value]) -> list[Edge]:
    """The edges from a node to its active operands, with the local derivatives as numbers."""
    return [
        (parent, partial, None)
        for parent, partial, is_cut in zip(node.parents, node.partials, node.cuts, strict=True)
        if parent in active and not is_cut
    ]


def either(mask: Any, condition: Any) -> Any:
    """The mask of an edge: 1 where nothing arrives at it, or where it is cut; None if it carries something everywhere.

    Without a recording there are no masks: an edge is cut or it is not. But a program that is recorded now will run at
    other numbers, at which other edges are cut.
    """
    return TABLE["where"](condition, 1.0, 0.0 if mask is None else mask) if isinstance(condition, Value) else mask


def both(mask: Any, other: Any) -> Any:
    """The mask of a node with two incoming edges: 1 where both carry nothing; None if that is nowhere."""
    return None if mask is None or other is None else TABLE["where"](mask, other, 0.0)


def times(partial: Any, share: Any, mask: Any) -> Any:
    """What an edge carries: the local derivative times what arrives, and 0 under the mask. A factor 1 makes no node."""
    if type(partial) is float and partial == 1.0:
        product = share
    else:
        product = partial if type(share) is float and share == 1.0 else partial * share
    return product if mask is None else TABLE["where"](mask, 0.0, product)


def as_value(derivative: Any) -> Value:
    """A derivative as a node, whether the pass left a graph or a number."""
    return derivative if isinstance(derivative, Value) else constant(float(derivative))
