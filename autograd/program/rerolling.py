"""Re-rolling: out of a graph of single rows, the loops that its author would have written as array code.

Two passes. `gather_sums` flattens nested additions and products into sums of products, as many as a neuron or a loop
over points makes. `Rerolling` then goes up the graph level by level and puts equal operations side by side, as the
rows of one array: sums of products over the same factors become one matrix product, and an operation on rows that
lie next to each other in the same arrays becomes one array operation. What has no equal stays a single row.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import groupby
from typing import TYPE_CHECKING, Any

from autograd.engine import ops
from autograd.engine.primitive import Primitive
from autograd.program.graph import (
    CONDITIONS,
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

if TYPE_CHECKING:
    from collections.abc import Iterator

    Place = tuple[Node, int]
    Pair = tuple[Node, Node]

_NESTED = (ops.add, ops.sum)  # what a sum can be nested in
_SUMS = (*_NESTED, ops.dot, ops.mean)
_ENOUGH = 3  # so many equal terms are added up as the rows of an array


def gather_sums(graph: Graph, root: Node) -> Node:
    """Rewrite nested sums as sums of products: `PRODUCT` nodes for what may become a matrix product.

    Which order the terms are added in changes, and nothing else does.
    """
    order = reachable([root])
    uses = Counter(operand.number for node in order for operand in node.operands)
    absorbed = {
        operand.number
        for node in order
        if node.op in _NESTED
        for operand in _absorbed_by(node)
        if uses[operand.number] == 1
    }
    gathering = _Gathering(graph)
    for node in order:
        gathering.rebuild(node)
    for node in order:
        if node.op in _SUMS and node.number not in absorbed:
            gathering.collect(node, absorbed)
    gathering.choose_vectors()
    for node in order:
        gathering.rebuild(node)
        if node.number in gathering.sums:
            gathering.new[node.number] = gathering.build(node)
    return gathering.new[root.number]


def _absorbed_by(node: Node) -> list[Node]:
    """The operands that become part of a sum: products, and a sum that is nested in it.

    Of several nested sums only a running total does; the others may come to lie side by side.
    """
    products = [operand for operand in node.operands if operand.op is ops.mul]
    nested = [operand for operand in node.operands if operand.op in (ops.add, ops.sum, ops.dot)]
    if len(nested) > 1:
        nested = nested[:1] if node.op is ops.add and nested[0].op is ops.add else []
    return products + nested


class _Gathering:
    """The sums of a graph, each as a list of single terms and a list of products."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.new: dict[int, Node] = {}
        self.sums: dict[int, tuple[list[Node], list[Pair]]] = {}
        self.kinds: dict[int, int] = {}
        self._kinds: dict[Any, int] = {}
        self._turned: set[tuple[int, ...]] = set()

    def rebuild(self, node: Node) -> None:
        """Make a node again, of what its operands have become."""
        operands = [self.new[operand.number] for operand in node.operands]
        if all(new is old for new, old in zip(operands, node.operands, strict=True)):
            self.new[node.number] = node
        elif isinstance(node.op, Primitive):
            self.new[node.number] = self.graph.apply(node.op, operands)
        self._find_kind(node)

    def _find_kind(self, node: Node) -> None:
        """Two nodes are of one kind if they are the same operation on operands of the same kinds."""
        if node.number not in self.kinds:
            leaf = node.operands[0].attribute if node.op is ROWS else None
            key = (node.op, leaf, *(self.kinds.get(operand.number) for operand in node.operands))
            self.kinds[node.number] = self._kinds.setdefault(key, len(self._kinds))

    def collect(self, root: Node, absorbed: set[int]) -> None:
        """List the terms of a sum, those of the sums that are nested in it included."""
        terms: list[Node] = []
        pairs: list[Pair] = []
        waiting = [root]
        while waiting:
            node = waiting.pop()
            if node is not root and node.number not in absorbed:
                terms.append(node)
            elif node.op is ops.mul:
                pairs.append(_oriented(node.operands[0], node.operands[1]))
            elif node.op is ops.dot:
                half = len(node.operands) // 2
                pairs += map(_oriented, node.operands[:half], node.operands[half:])
            else:
                waiting.extend(reversed(node.operands))
        self.sums[root.number] = terms, pairs

    def choose_vectors(self) -> None:
        """Where neither factor depends on the batch: let the side that more sums share be the vector."""
        shared: Counter[tuple[int, ...]] = Counter()
        for _, pairs in self.sums.values():
            for side in _sides(pairs):
                shared[side] += 1
        for _, pairs in self.sums.values():
            weights, factors = _sides(pairs)
            if shared[weights] > shared[factors] and not any(b.batched for _, b in pairs):
                self._turned.add(weights)

    def build(self, node: Node) -> Node:
        """Make a sum out of its terms: one sum of products, one sum for each kind of terms, and the rest."""
        graph = self.graph
        terms, pairs = self.sums[node.number]
        if _sides(pairs)[0] in self._turned:
            pairs = [(b, a) for a, b in pairs]
        kinds = Counter(self.kinds[b.number] for _, b in pairs)
        weighted = [pair for pair in pairs if self._is_regular(pair, kinds)]
        others = [pair for pair in pairs if not self._is_regular(pair, kinds)]
        plain = [term for term in terms if term.constant != 0.0]
        biases = [self._now(term) for term in plain if not term.batched] if weighted else []
        if len(weighted) + len(biases) < 2:
            others, weighted, biases = others + weighted, [], []
        elif biases:
            plain = [term for term in plain if term.batched]
        rest: defaultdict[Any, list[Node]] = defaultdict(list)
        for term in plain:
            rest[self._kind_of(term)].append(self._now(term))
        for x, y in others:
            rest[self._kind_of(x), self._kind_of(y)].append(graph.apply(ops.mul, (self._now(x), self._now(y))))
        if node.op is ops.add and not weighted and all(len(alike) < _ENOUGH for alike in rest.values()):
            return self.new[node.number]
        total = [self._product(weighted, biases)] if weighted else []
        for alike in rest.values():
            alike.sort(key=lambda each: each.number)
            total += [graph.node(ops.sum, alike)] if len(alike) >= _ENOUGH else alike
        result = graph.add(total or [graph.constant(0.0)])
        return graph.apply(ops.div, (result, graph.constant(len(node.operands)))) if node.op is ops.mean else result

    def _product(self, pairs: list[Pair], biases: list[Node]) -> Node:
        """A sum of products; a bias is the weight of a factor that is always 1."""
        pairs = sorted(((self._now(a), self._now(b)) for a, b in pairs), key=lambda pair: pair[1].number)
        if biases:
            pairs.append((self.graph.add(biases), self.graph.constant(1.0)))
        return self.graph.node(PRODUCT, [*(a for a, _ in pairs), *(b for _, b in pairs)])

    def _is_regular(self, pair: Pair, kinds: Counter[int]) -> bool:
        """True for a weight times a factor that lies, or may come to lie, in an array with others."""
        weight, factor = pair
        return not weight.batched and (kinds[self.kinds[factor.number]] > 1 or factor.op in (ROWS, INPUT))

    def _kind_of(self, node: Node) -> int:
        return self.kinds[node.number]

    def _now(self, node: Node) -> Node:
        return self.new[node.number]


def _oriented(x: Node, y: Node) -> Pair:
    """Weight and factor: what depends on the batch, or else what was computed, is the factor."""
    return (y, x) if _rank(x) > _rank(y) else (x, y)


def _rank(node: Node) -> int:
    return 3 if node.batched else 0 if node.op is CONSTANT else 1 if node.op is PARAMETER else 2


def _sides(pairs: list[Pair]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    return tuple(a.number for a, _ in pairs), tuple(b.number for _, b in pairs)


def reroll(graph: Graph, root: Node, count: int) -> tuple[Node, Node, list[int]]:
    """Turn a graph of single rows into one of arrays.

    Returns:
        the root, the column of all parameters (of which there are `count`), and for each row of it which it is.
    """
    root = gather_sums(graph, root)
    parameters = graph.node(PARAMETERS, (), rows=count)
    rolling = Rerolling(graph, parameters)
    rolling.undifferentiated = {node.number for node in reachable([root])} - differentiated(root)
    rolling.run([root])
    rolled = rolling.view([rolling.find(root)])
    order = [*rolling.positions, *(i for i in range(count) if i not in rolling.positions)]
    return rolled, parameters, order


def differentiated(root: Node) -> set[int]:
    """What an adjoint arrives at: all that the root is computed from, but not what only decides a choice.

    The two must not share an array: in the rows that no adjoint arrives at, 0 times an infinite derivative is nan.
    """
    found = {root.number}
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.op not in CONDITIONS:
            fresh = [operand for operand in node.operands if operand.number not in found]
            found.update(operand.number for operand in fresh)
            waiting += fresh
    return found


def pack(graph: Graph, rows: list[Node], boundary: int) -> Node:
    """Put single rows side by side that were computed from the rows of arrays, all of them older than `boundary`."""
    rolling = Rerolling(graph, None, boundary)
    rolling.run(rows)
    return graph.expand(rolling.view([rolling.find(row) for row in rows]), len(rows), False)


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

    def run(self, roots: list[Node]) -> None:
        """Place all that the roots are computed from, lower levels first."""
        levels: dict[int, int] = {}
        members: defaultdict[int, list[Node]] = defaultdict(list)
        for node in reachable(roots):
            if self.is_leaf(node):
                levels[node.number] = 0
            else:
                level = levels[node.number] = 1 + max((levels[each.number] for each in node.operands), default=0)
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
        if isinstance(node.op, Primitive) and node.op.sequences:
            return node.number
        differentiated = node.number not in self.undifferentiated
        return (node.op, differentiated, *(self._operand_likeness(node.op, operand) for operand in node.operands))

    def _operand_likeness(self, op: Primitive | str, operand: Node) -> Any:
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
        elif op is ops.sum:
            self._settle(group, graph.add_rows(self.view(list(map(self.find, group[0].operands)), whole=True)))
        elif isinstance(op, Primitive) and op.sequences:
            columns = [
                self.view(list(map(self.find, column)), whole=True) for column in op.arguments(group[0].operands)
            ]
            self._settle(group, graph.node(op, columns, "stacked"))
        elif isinstance(op, Primitive):
            for run in self._runs(group):
                columns = [
                    self.view([self.find(node.operands[i]) for node in run]) for i in range(len(run[0].operands))
                ]
                self._settle(run, graph.apply(op, columns))

    def _settle(self, group: list[Node], array: Node) -> None:
        for row, node in enumerate(group):
            self.places[node.number] = array, row

    def _runs(self, group: list[Node]) -> Iterator[list[Node]]:
        """Split nodes that are alike into runs whose operands lie at even distances, so that they can be views."""
        if len(group) == 1:
            yield group
            return
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

    def view(self, places: list[Place], *, whole: bool = False) -> Node:
        """The array of these rows; of one row only, where all are the same one (unless the whole is wanted)."""
        if not whole and len({(array.number, row) for array, row in places}) == 1:
            places = places[:1]
        parts: list[Node] = []
        for _, group in groupby(places, key=lambda place: place[0].number):
            run = list(group)
            array, which = run[0][0], tuple(row for _, row in run)
            if array.op is CONSTANT and array.rows == 1:
                parts.append(array)
            elif array.batched and as_range(which) is None:
                parts += [self.graph.rows(array, (row,)) for row in which]
            else:
                parts.append(self.graph.rows(array, which))
        return self.graph.stack(parts)
