"""Re-rolling: out of a graph of single rows, the loops that its author would have written as array code.

It goes up the graph level by level and puts equal operations side by side, as the rows of one array: sums of products
over the same factors become one matrix product, and an operation on rows that lie next to each other in the same arrays
becomes one array operation. What has no equal stays a single row.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby
from typing import TYPE_CHECKING, Any

from autograd.engine import ops
from autograd.engine.primitive import Primitive
from autograd.program.graph import (
    CONSTANT,
    INPUT,
    MATMUL,
    PARAMETER,
    PARAMETERS,
    PRODUCT,
    ROWS,
    Graph,
    Node,
    as_range,
    reachable,
)
from autograd.program.sums import gather_sums
from autograd.program.symbols import COMPARISONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Place = tuple[Node, int]


def reroll(graph: Graph, roots: Sequence[Node], count: int) -> tuple[Node, Node, list[int]]:
    """Turn a graph of single rows into one of arrays.

    Returns:
        the roots as the rows of one array, the column of all parameters (of which there are `count`), and for each row
        of it which it is.
    """
    roots = gather_sums(graph, roots)
    rolling = Rerolling(graph, graph.node(PARAMETERS, (), rows=count))
    rolling.undifferentiated = undifferentiated(roots)
    rolling.run(roots)
    rolled = rolling.view([rolling.find(root) for root in roots], whole=True)
    order = [*rolling.positions, *(i for i in range(count) if i not in rolling.positions)]
    return rolled, graph.node(PARAMETERS, (), rows=count), order


def undifferentiated(roots: Sequence[Node]) -> set[int]:
    """Those nodes that no adjoint arrives at, as they only decide a choice.

    They must not share an array with others: in the rows that no adjoint arrives at, 0 times an infinite derivative is
    nan.
    """
    order = reachable(roots)
    if not any(node.op in COMPARISONS for node in order):
        return set()
    found = {root.number for root in roots}
    for node in reversed(order):
        if node.number in found and node.op not in COMPARISONS:
            found.update(operand.number for operand in node.operands)
    return {node.number for node in order} - found


def pack(graph: Graph, rows: list[Node], boundary: int) -> Node:
    """Put single rows side by side that were computed from the rows of arrays, all of them older than `boundary`."""
    rolling = Rerolling(graph, None, boundary)
    rolling.run(rows)
    return rolling.view([rolling.find(row) for row in rows], whole=True)


class Rerolling:
    """Finds for each single row its place: an array, and which row of it.

    Parameters take their places in the order in which they are asked for, so that a weight matrix is a view.
    """

    def __init__(self, graph: Graph, parameters: Node | None, boundary: int = 0) -> None:
        self.graph = graph
        self.parameters = parameters
        self.boundary = boundary
        self.places: dict[int, Place] = {}
        self.positions: dict[int, int] = {}
        self.undifferentiated: set[int] = set()

    def find(self, node: Node) -> Place:
        """The array that a row has become part of, and which row of it."""
        if node.number in self.places:
            return self.places[node.number]
        if node.op is PARAMETER and self.parameters is not None:
            return self.parameters, self.positions.setdefault(node.attribute, len(self.positions))
        if node.op is ROWS:
            return node.operands[0], node.attribute[0]
        return node, 0

    def is_leaf(self, node: Node) -> bool:
        """True for what already lies in an array."""
        return node.number < self.boundary or node.op in (CONSTANT, PARAMETER, INPUT, ROWS)

    def run(self, roots: Sequence[Node]) -> None:
        """Place all that the roots are computed from, lower levels first."""
        levels: dict[int, int] = {}
        members: defaultdict[int, list[Node]] = defaultdict(list)
        for node in reachable(roots):
            if self.is_leaf(node):
                levels[node.number] = 0
            else:
                level = levels[node.number] = 1 + max([levels[each.number] for each in node.operands], default=0)
                members[level].append(node)
        for level in sorted(members):
            groups: defaultdict[Any, list[Node]] = defaultdict(list)
            for node in members[level]:
                groups[self._likeness(node)].append(node)
            for group in groups.values():
                self._place(group)

    def _likeness(self, node: Node) -> Any:
        """Nodes of equal likeness may lie side by side."""
        if node.op is PRODUCT:
            return (
                PRODUCT,
                node.number not in self.undifferentiated,
                *(each.number for each in node.operands[len(node.operands) // 2 :]),
            )
        differentiated = node.number not in self.undifferentiated
        if isinstance(node.op, Primitive) and node.op.sequences:
            return (node.op, differentiated, len(node.operands), node.batched)
        return (node.op, differentiated, *[self._operand_likeness(node.op, operand) for operand in node.operands])

    def _operand_likeness(self, op: Primitive | str, operand: Node) -> Any:
        if operand.number in self.places:
            return self.places[operand.number][0].number
        if operand.op is CONSTANT:  # x**2 and x**3 are different operations; x + 2 and x + 3 are not
            return CONSTANT if op in (ops.add, ops.sub, ops.mul, ops.div) else operand.number
        return PARAMETER if operand.op is PARAMETER else self.find(operand)[0].number

    def _place(self, group: list[Node]) -> None:
        op, graph = group[0].op, self.graph
        if op is PRODUCT:
            half = len(group[0].operands) // 2
            vectors = self.view([self.find(each) for each in group[0].operands[half:]], whole=True)
            matrix = self.view([self.find(each) for node in group for each in node.operands[:half]], whole=True)
            self._settle(group, graph.node(MATMUL, (matrix, vectors), (len(group), half), rows=len(group)))
        elif isinstance(op, Primitive) and op.sequences:
            self._place_sequences(op, group)
        elif isinstance(op, Primitive) and len(group) == 1:
            self._settle(group, graph.node(op, [self.row(*self.find(each)) for each in group[0].operands]))
        elif isinstance(op, Primitive):
            for run in self._runs(group):
                operands = zip(*[map(self.find, node.operands) for node in run], strict=True)
                self._settle(run, graph.apply(op, [self.view(places) for places in operands]))

    def _place_sequences(self, op: Primitive, group: list[Node]) -> None:
        """Operations on sequences: sums over the same arrays term by term, others one by one, side by side."""
        alike: defaultdict[Any, list[Node]] = defaultdict(list)
        for node in group:
            arrays = {self.find(operand)[0].number for operand in node.operands}
            is_spread = op is ops.sum and len(arrays) == len(node.operands)
            alike[frozenset(arrays) if is_spread else None].append(node)
        single = alike.pop(None, [])
        for nodes in alike.values():
            for run in self._runs(nodes):
                if len(run) == 1:
                    single += run
                else:
                    terms = zip(*[map(self.find, node.operands) for node in run], strict=True)
                    self._settle(run, self.graph.add([self.view(places) for places in terms]))
        if single:
            self._settle(single, self.graph.stack([self._sequence(op, node) for node in single]))

    def _sequence(self, op: Primitive, node: Node) -> Node:
        """One operation on sequences: each of them is one array."""
        columns = [self.view(list(map(self.find, column)), whole=True) for column in op.arguments(node.operands)]
        return self.graph.add_rows(columns[0]) if op is ops.sum else self.graph.node(op, columns, "stacked")

    def _settle(self, group: list[Node], array: Node) -> None:
        for row, node in enumerate(group):
            self.places[node.number] = array, row if array.rows > 1 else 0

    def _runs(self, group: list[Node]) -> Iterator[list[Node]]:
        """Split nodes that are alike into runs whose operands lie at even distances, so that they can be views."""
        rows = {node.number: self._operand_rows(node) for node in group}
        run: list[Node] = []
        steps: list[int] = []
        for node in sorted(group, key=lambda each: (rows[each.number], each.number)):
            if run:
                moved = [b - a for a, b in zip(rows[run[-1].number], rows[node.number], strict=True)]
                if (len(run) > 1 and moved != steps) or min(moved, default=0) < 0:
                    yield run
                    run = []
                steps = moved
            run.append(node)
        yield run

    def _operand_rows(self, node: Node) -> list[int]:
        """Where the operands that depend on the batch lie; those that do not can be gathered from anywhere."""
        if any(operand.batched for operand in node.operands):
            return [self.find(operand)[1] for operand in node.operands if operand.batched]
        return []

    def row(self, array: Node, row: int) -> Node:
        """One row of an array."""
        return array if array.rows == 1 else self.graph.rows(array, range(row, row + 1))

    def view(self, places: Sequence[Place], *, whole: bool = False) -> Node:
        """The array of these rows; of one row only, where all are the same one (unless the whole is wanted)."""
        if len(places) > 1 and not whole and all(place == places[0] for place in places):
            places = places[:1]
        if len(places) == 1:
            return self.row(*places[0])
        parts: list[Node] = []
        for _, group in groupby(places, key=lambda place: place[0].number):
            run = list(group)
            array, which = run[0][0], tuple(row for _, row in run)
            if array.op is CONSTANT and array.rows == 1:
                parts.append(self.graph.constant(array.attribute * len(run)))
            elif array.batched and as_range(which) is None:
                parts += [self.graph.rows(array, (row,)) for row in which]
            else:
                parts.append(self.graph.rows(array, which))
        return self.graph.stack(parts)
