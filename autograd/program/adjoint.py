"""Reverse mode on the intermediate form: from a result back to the leaves, each operation pulls its adjoint back.

The rules of the table are called with symbols, so that they leave their own operations in the graph; only the
structure (rows, stacks, matrix products, sums) has its adjoint here, which is linear algebra. An adjoint that is the
same in all rows, or at all points, stays one number until somebody needs it in full.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograd.engine import ops
from autograd.engine.primitive import Primitive
from autograd.program.graph import (
    ADD_ROWS,
    MATMUL,
    MATMUL_TRANSPOSED,
    OUTER,
    ROWS,
    SCATTER,
    STACK,
    Graph,
    Node,
    Symbol,
    as_node,
    reachable,
)
from autograd.program.rerolling import pack

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Which = range | tuple[int, ...] | None
    Piece = tuple[Which, Node]


def differentiate(graph: Graph, root: Node, leaves: Sequence[Node]) -> list[Node]:
    """Add to the graph the derivative of a row, summed over the points, with respect to each leaf.

    Returns:
        for each leaf a node of the leaf's shape; 0 where the root does not depend on it.
    """
    active = {leaf.number for leaf in leaves}
    order = reachable([root])
    for node in order:
        if any(operand.number in active for operand in node.operands):
            active.add(node.number)
    pieces: dict[int, list[Piece]] = {root.number: [(None, graph.constant(1.0))]}
    wanted = {leaf.number for leaf in leaves}
    for node in reversed(order):
        if node.number not in active or node.number in wanted or node.number not in pieces:
            continue
        adjoint = combine(graph, node, pieces.pop(node.number))
        for operand, which, contribution in pull_back(graph, node, adjoint, active):
            pieces.setdefault(operand.number, []).append((which, contribution))
    return [combine(graph, leaf, pieces.get(leaf.number, [])) for leaf in leaves]


def combine(graph: Graph, node: Node, pieces: list[Piece]) -> Node:
    """The adjoint of a node: the sum of what its consumers contributed to all of its rows, or to some."""
    whole = [contribution for which, contribution in pieces if which is None]
    parts = [(which, graph.expand(each, len(which), each.batched)) for which, each in pieces if which is not None]
    if not parts:
        return graph.add(whole) if whole else graph.expand(graph.constant(0.0), node.rows, False)
    parts.sort(key=lambda part: part[0][0])
    covered = [row for which, _ in parts for row in which]
    same_kind = len({each.batched for _, each in parts}) == 1
    if covered == list(range(node.rows)) and same_kind:
        return graph.add([*whole, graph.stack([each for _, each in parts])])
    if len(covered) == len(set(covered)) == node.rows and same_kind:
        order = {row: i for i, row in enumerate(covered)}
        stacked = graph.stack([each for _, each in parts])
        return graph.add([*whole, graph.rows(stacked, tuple(order[row] for row in range(node.rows)))])
    scattered = graph.node(SCATTER, [each for _, each in parts], tuple(which for which, _ in parts), rows=node.rows)
    return graph.add([*whole, scattered])


def pull_back(graph: Graph, node: Node, adjoint: Node, active: set[int]) -> Iterator[tuple[Node, Which, Node]]:
    """What a node's adjoint contributes to each of its active operands, or to some rows of it."""
    if isinstance(node.op, Primitive):
        yield from _pull_back_operation(graph, node, node.op, adjoint, active)
    elif node.op is ROWS:
        yield node.operands[0], node.attribute, adjoint
    elif node.op is ADD_ROWS:
        yield node.operands[0], None, adjoint
    elif node.op is STACK:
        for part, rows in spans(node):
            if part.number in active:
                share = adjoint if adjoint.rows == 1 else graph.rows(adjoint, rows)
                yield part, None, share if part.batched or not node.batched else graph.add_points(share)
    elif node.op is MATMUL:
        matrix, vectors = node.operands
        adjoint = graph.expand(adjoint, node.rows, node.batched)
        if matrix.number in active:
            yield matrix, None, graph.node(OUTER, (adjoint, vectors), node.attribute, rows=matrix.rows)
        for part, rows in spans(vectors) if vectors.op is STACK else [(vectors, range(vectors.rows))]:
            if part.number in active:
                shape = (*node.attribute, rows)
                share = graph.node(MATMUL_TRANSPOSED, (matrix, adjoint), shape, rows=len(rows))
                yield part, None, share if part.batched or not node.batched else graph.add_points(share)


def spans(stack: Node) -> Iterator[tuple[Node, range]]:
    """The parts of a stack, and the rows that they are."""
    first = 0
    for part in stack.operands:
        yield part, range(first, first + part.rows)
        first += part.rows


def _pull_back_operation(
    graph: Graph, node: Node, primitive: Primitive, adjoint: Node, active: set[int]
) -> Iterator[tuple[Node, Which, Node]]:
    """The chain rule: local derivative, by the table, times adjoint."""
    if primitive.sequences and node.attribute is None:
        symbols = [Symbol(graph, operand) for operand in node.operands]
        partials = primitive.differentiate(symbols, Symbol(graph, node))
        for operand, partial in zip(node.operands, partials, strict=True):
            if operand.number in active:
                yield operand, None, graph.apply(ops.mul, (as_node(graph, partial), adjoint))
    elif primitive.sequences:
        for operand, partial in zip(node.operands, _stacked_partials(graph, node, primitive), strict=True):
            if operand.number in active:
                share = graph.apply(ops.mul, (partial, adjoint))
                yield operand, None, share if operand.batched or not node.batched else graph.add_points(share)
    elif primitive.partials:  # a condition has none
        symbols = [Symbol(graph, operand) for operand in node.operands]
        for i, operand in enumerate(node.operands):
            if operand.number in active:
                partial = as_node(graph, primitive.partial(i, symbols, Symbol(graph, node)))
                yield operand, None, reduce_to(graph, operand, node, graph.apply(ops.mul, (partial, adjoint)))


def _stacked_partials(graph: Graph, node: Node, primitive: Primitive) -> list[Node]:
    """The rule of an operation on sequences, applied row by row and put side by side again."""
    lanes = [[Symbol(graph, graph.rows(stack, (i,))) for i in range(stack.rows)] for stack in node.operands]
    boundary = graph.size
    columns = primitive.partials[0](*lanes, Symbol(graph, node))
    return [pack(graph, [as_node(graph, partial) for partial in column], boundary) for column in columns]


def reduce_to(graph: Graph, operand: Node, node: Node, contribution: Node) -> Node:
    """Sum a contribution over the points and rows at which the operand was the same."""
    if node.batched and not operand.batched:
        contribution = graph.add_points(contribution)
    if operand.rows == 1 < node.rows:
        if contribution.rows == 1:
            return graph.apply(ops.mul, (contribution, graph.constant(float(node.rows))))
        return graph.add_rows(contribution)
    return contribution
