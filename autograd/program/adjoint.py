"""Reverse mode on the intermediate form: from a result back to the leaves, each operation pulls its adjoint back.

The rules of the table are called with symbols, so that they leave their own operations in the graph; only the
structure (rows, stacks, matrix products, sums) has its adjoint here, which is linear algebra. An adjoint that is the
same in all rows, or at all points, stays one number until somebody needs it in full; one that reaches some rows of an
array is pulled back from these alone, as if the others were not there.

Where an operation did not choose an operand (its entry says so, by `cut`), nothing flows, whatever the adjoint. To
multiply by a derivative of 0 says nearly the same, and is quick: only 0 times infinity makes a difference, a nan. So
there are two ways to differentiate. The careful one carries along where an adjoint is alive, and nothing else counts.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from autograd.engine import ops
from autograd.engine.primitive import Primitive
from autograd.program.graph import (
    ADD_ROWS,
    EXPAND,
    MATMUL,
    MATMUL_TRANSPOSED,
    OUTER,
    ROWS,
    SCATTER,
    STACK,
    Graph,
    Node,
    as_range,
    reachable,
)
from autograd.program.rerolling import pack
from autograd.program.symbols import COMPARISONS, Symbol, as_node

RowNumbers = range | tuple[int, ...]


class Share(NamedTuple):
    """What a consumer contributes to an adjoint, or the adjoint itself, which is their sum.

    Attributes:
        rows: to these rows; None for all of them.
        value: the number for each row and point.
        alive: where it counts, as a number that is not 0 there; None for everywhere.
    """

    rows: RowNumbers | None
    value: Node
    alive: Node | None


def differentiate(graph: Graph, root: Node, leaves: Sequence[Node], *, careful: bool = False) -> list[Node]:
    """Add to the graph the derivative of a row, summed over the points, with respect to each leaf.

    Args:
        graph: where they live.
        root: what to differentiate.
        leaves: with respect to what.
        careful: follow exactly what was not chosen, so that 0 times infinity does not occur there.

    Returns:
        for each leaf a node of the leaf's shape; 0 where the root does not depend on it.
    """
    active, order = {leaf.number for leaf in leaves}, reachable([root])
    inner = []
    for node in order:
        if node.number not in active and node.op not in COMPARISONS:
            for operand in node.operands:
                if operand.number in active:
                    active.add(node.number)
                    inner.append(node)
                    break
    shares: dict[int, list[Share]] = {root.number: [Share(None, graph.constant(1.0), None)]}
    for node in reversed(inner):
        arrived = shares.pop(node.number, None)
        if arrived is None:
            continue
        adjoint, pull_back = combine(graph, node, arrived), _PULLED.get(node.op)
        if pull_back is None:
            pulled = _pull_back_operation(graph, node, adjoint, active, careful)
        else:
            pulled = pull_back(graph, node, adjoint)
        for operand, share in pulled:
            if operand.number in shares:
                shares[operand.number].append(share)
            elif operand.number in active:
                shares[operand.number] = [share]
    return [_in_full(graph, leaf, shares.get(leaf.number, [])) for leaf in leaves]


def _in_full(graph: Graph, leaf: Node, shares: list[Share]) -> Node:
    """The adjoint of a leaf, in the leaf's shape."""
    if not shares:
        return graph.expand(graph.constant(0.0), leaf.rows, leaf.batched)
    adjoint = combine(graph, leaf, shares)
    value = adjoint.value
    if adjoint.rows is not None:
        value = graph.node(SCATTER, [value], (adjoint.rows,), rows=leaf.rows)
    return graph.expand(value, leaf.rows, leaf.batched)


def combine(graph: Graph, node: Node, shares: list[Share]) -> Share:
    """The adjoint of a node: the sum of what its consumers contributed to all of its rows, or to some."""
    if len(shares) == 1:
        return shares[0]
    for share in shares:
        if share.rows is not None or share.alive is not None:
            break
    else:  # as it mostly is
        return Share(None, graph.add([share.value for share in shares]), None)
    rows, value = _sum(graph, node, [(share.rows, share.value) for share in shares])
    if any(share.alive is None and share.rows in (None, rows) for share in shares):
        return Share(rows, value, None)
    one = graph.constant(1.0)
    _, alive = _sum(graph, node, [(share.rows, share.alive or one) for share in shares])
    return Share(rows, value, None if alive is one else alive)


def _sum(graph: Graph, node: Node, terms: list[tuple[RowNumbers | None, Node]]) -> tuple[RowNumbers | None, Node]:
    """The sum of terms that are for all rows of a node or for some, and for which rows it is."""
    whole = [value for rows, value in terms if rows is None]
    if len(whole) == len(terms):
        return None, graph.add(whole)
    parts = [(rows, graph.expand(value, len(rows), value.batched)) for rows, value in terms if rows is not None]
    if not whole and len({tuple(rows) for rows, _ in parts}) == 1 and len(set(parts[0][0])) == len(parts[0][0]):
        return parts[0][0], graph.add([value for _, value in parts])
    parts.sort(key=lambda part: part[0][0])
    covered = [row for rows, _ in parts for row in rows]
    if len(covered) == len(set(covered)) and len({value.batched for _, value in parts}) == 1:
        stacked = graph.stack([value for _, value in parts])
        if not whole and len(covered) < node.rows:
            return as_range(tuple(covered)) or tuple(covered), stacked
        if len(covered) == node.rows:
            place = {row: i for i, row in enumerate(covered)}
            in_order = graph.rows(stacked, tuple(place[row] for row in range(node.rows)))
            return None, graph.add([*whole, in_order])
    scattered = graph.node(SCATTER, [value for _, value in parts], tuple(rows for rows, _ in parts), rows=node.rows)
    if not whole and len(set(covered)) < node.rows:  # only what is reached
        reached = tuple(sorted(set(covered)))
        reached_rows = as_range(reached) or reached
        return reached_rows, graph.rows(scattered, reached_rows)
    return None, graph.add([*whole, scattered])


# How each kind of node pulls its adjoint back: what it contributes to each of its operands.


def _map(share: Share, change: Callable[[Node], Node], rows: RowNumbers | None = None) -> Share:
    """A share with its value and its being alive changed in the same way, for other rows."""
    return Share(rows, change(share.value), None if share.alive is None else change(share.alive))


def _pull_back_rows(graph: Graph, node: Node, adjoint: Share) -> Iterator[tuple[Node, Share]]:
    taken = node.attribute
    yield node.operands[0], adjoint._replace(rows=taken if adjoint.rows is None else _pick(taken, adjoint.rows))


def _pull_back_add_rows(graph: Graph, node: Node, adjoint: Share) -> Iterator[tuple[Node, Share]]:
    yield node.operands[0], adjoint


def _pull_back_expand(graph: Graph, node: Node, adjoint: Share) -> Iterator[tuple[Node, Share]]:
    (operand,) = node.operands
    rows = adjoint.rows if operand.rows > 1 else None
    count = node.rows if adjoint.rows is None else len(adjoint.rows)
    yield operand, _map(adjoint, lambda each: reduce_to(graph, operand, each, count, node.batched), rows)


def _pull_back_stack(graph: Graph, node: Node, adjoint: Share) -> Iterator[tuple[Node, Share]]:
    starts = graph.starts(node)
    reached: defaultdict[int, list[int]] = defaultdict(list)  # for each part, which of the adjoint's rows are its
    for i, row in enumerate(adjoint.rows or ()):
        reached[bisect_right(starts, row) - 1].append(i)
    for k, (part, span) in enumerate(spans(node)):
        if adjoint.rows is None:
            mine: RowNumbers = span
            rows: RowNumbers | None = None
        else:
            mine = tuple(reached[k])
            if not mine:
                continue
            inner = tuple(adjoint.rows[i] - span.start for i in mine)
            rows = as_range(inner) or inner
            if rows == range(part.rows):
                rows = None

        def change(each: Node, part: Node = part, mine: RowNumbers = mine) -> Node:
            each = each if each.rows == 1 else graph.rows(each, mine)
            return each if part.batched or not node.batched else graph.add_points(each)

        yield part, _map(adjoint, change, rows)


def _pull_back_matmul(graph: Graph, node: Node, adjoint: Share) -> Iterator[tuple[Node, Share]]:
    matrix, vectors = node.operands
    rows, columns = node.attribute
    taken = range(rows) if adjoint.rows is None else adjoint.rows
    entries: RowNumbers | None = None
    if adjoint.rows is not None:
        listed = tuple(row * columns + column for row in taken for column in range(columns))
        entries = as_range(listed) or listed
        matrix_rows = graph.rows(matrix, entries)
    else:
        matrix_rows = matrix
    value = graph.expand(adjoint.value, len(taken), node.batched)
    yield (
        matrix,
        Share(entries, graph.node(OUTER, (value, vectors), (len(taken), columns), rows=matrix_rows.rows), None),
    )
    alive = None if adjoint.alive is None else graph.add_rows(graph.expand(adjoint.alive, len(taken), False))
    for part, span in spans(vectors) if vectors.op is STACK else [(vectors, range(columns))]:

        def change(each: Node, part: Node = part) -> Node:
            return each if part.batched or not node.batched else graph.add_points(each)

        shape = (len(taken), columns, span)
        product = graph.node(MATMUL_TRANSPOSED, (matrix_rows, value), shape, rows=len(span))
        yield part, _map(Share(None, product, alive), change)


def spans(stack: Node) -> Iterator[tuple[Node, range]]:
    """The parts of a stack, and the rows that they are."""
    first = 0
    for part in stack.operands:
        yield part, range(first, first + part.rows)
        first += part.rows


def _pull_back_operation(
    graph: Graph, node: Node, adjoint: Share, active: set[int], careful: bool
) -> Iterator[tuple[Node, Share]]:
    """The chain rule: local derivative, by the table, times adjoint; of the rows that it reaches."""
    primitive = node.op
    assert isinstance(primitive, Primitive), node
    rows, count, operands, result = adjoint.rows, node.rows, node.operands, node
    if rows is not None:
        count, result = len(rows), graph.rows(node, rows)
        operands = tuple([each if each.rows == 1 else graph.rows(each, rows) for each in operands])
    symbols, of_result = [Symbol(graph, each) for each in operands], Symbol(graph, result)
    partials: Sequence[Any] | None = None  # each when it is wanted, but for sequences
    if node.attribute == "stacked":
        partials = _stacked_partials(graph, node, primitive)
    elif primitive.sequences:
        partials = primitive.differentiate(symbols, of_result)
    cuts = primitive.cut(*primitive.arguments(symbols)) if primitive.cut else None
    for i, operand in enumerate(node.operands):
        cut = cuts is not None and cuts[i]
        if cut is True or operand.number not in active:
            continue
        partial = primitive.partial(i, symbols, of_result) if partials is None else partials[i]
        is_one = type(partial) is float and partial == 1.0
        value = adjoint.value if is_one else graph.apply(ops.mul, (as_node(graph, partial), adjoint.value))
        alive = adjoint.alive
        if careful:
            if cut is not False:
                not_cut = graph.apply(ops.where, (as_node(graph, cut), graph.constant(0.0), graph.constant(1.0)))
                alive = not_cut if alive is None else graph.apply(ops.mul, (alive, not_cut))
            if alive is not None:
                value = graph.apply(ops.where, (alive, value, graph.constant(0.0)))

        if operand.rows == count and operand.batched == node.batched:  # as it mostly is
            yield operand, Share(rows if operand.rows > 1 else None, value, alive)
            continue

        def change(each: Node, operand: Node = operand) -> Node:
            return reduce_to(graph, operand, each, count, node.batched)

        yield operand, _map(Share(None, value, alive), change, rows if operand.rows > 1 else None)


def _stacked_partials(graph: Graph, node: Node, primitive: Primitive) -> list[Symbol]:
    """The rule of an operation on sequences, applied row by row and put side by side again."""
    lanes = [[Symbol(graph, graph.rows(stack, (i,))) for i in range(stack.rows)] for stack in node.operands]
    boundary = graph.size
    columns = primitive.partials[0](*lanes, Symbol(graph, node))
    return [Symbol(graph, pack(graph, [as_node(graph, each) for each in column], boundary)) for column in columns]


def reduce_to(graph: Graph, operand: Node, share: Node, rows: int, batched: bool) -> Node:
    """Sum a share, of so many rows and of each point or not, over the rows and points at which the operand is one."""
    if batched and not operand.batched:
        share = graph.add_points(share)
    if operand.rows == 1 < rows:
        if share.rows == 1:
            return graph.apply(ops.mul, (share, graph.constant(float(rows))))
        return graph.add_rows(share)
    return share


def _pick(rows: RowNumbers, which: RowNumbers) -> RowNumbers:
    picked = tuple(rows[i] for i in which)
    return as_range(picked) or picked


_PULLED: dict[Primitive | str, Callable[[Graph, Node, Share], Iterator[tuple[Node, Share]]]] = {
    ROWS: _pull_back_rows,
    ADD_ROWS: _pull_back_add_rows,
    EXPAND: _pull_back_expand,
    STACK: _pull_back_stack,
    MATMUL: _pull_back_matmul,
}
"""How what is no operation of the table pulls its adjoint back."""
