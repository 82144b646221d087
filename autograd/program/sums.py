"""A pass that gathers the terms of nested sums: the sum of products of a neuron becomes one node, and so part of a matrix.

A `PRODUCT` node is a scalar product of weights and factors. `rerolling` stacks such nodes with the same factors into a
matrix product.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from autograd.engine import ops
from autograd.engine.primitive import Primitive
from autograd.program.graph import CONSTANT, INPUT, PARAMETER, PRODUCT, ROWS, Graph, Node, reachable

if TYPE_CHECKING:
    from collections.abc import Sequence

    Pair = tuple[Node, Node]

_NESTED = (ops.add, ops.sum)  # what a sum can be nested in
_SUMS = (*_NESTED, ops.dot, ops.mean)
_ENOUGH = 3  # so many equal terms are added up as the rows of an array


def gather_sums(graph: Graph, roots: Sequence[Node]) -> list[Node]:
    """Rewrite nested sums as sums of products: `PRODUCT` nodes for what may become a matrix product.

    Which order the terms are added in changes, and nothing else does.
    """
    order = reachable(roots)
    uses = Counter(root.number for root in roots)
    uses.update(operand.number for node in order for operand in node.operands)
    absorbed = {
        operand.number
        for node in order
        if node.op in _NESTED
        for operand in _absorbed_by(node)
        if uses[operand.number] == 1
    }
    gathering = _Gathering(graph, order)
    for node in order:
        if node.op in _SUMS and node.number not in absorbed:
            gathering.collect(node, absorbed)
    gathering.choose_vectors()
    for node in order:
        gathering.rebuild(node)
        if node.number in gathering.sums:
            gathering.new[node.number] = gathering.build(node)
    return [gathering.new[root.number] for root in roots]


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

    def __init__(self, graph: Graph, order: Sequence[Node]) -> None:
        self.graph = graph
        self.new = {node.number: node for node in order}
        self.sums: dict[int, tuple[list[Node], list[Pair]]] = {}
        self.kinds: dict[int, int] = {}
        self._kinds: dict[Any, int] = {}
        self._turned: set[tuple[int, ...]] = set()
        for node in order:
            self._find_kind(node)

    def _find_kind(self, node: Node) -> None:
        """Two nodes are of one kind if they are the same operation on operands of the same kinds."""
        leaf = node.operands[0].attribute if node.op is ROWS else None
        key = (node.op, leaf, *[self.kinds.get(operand.number) for operand in node.operands])
        self.kinds[node.number] = self._kinds.setdefault(key, len(self._kinds))

    def rebuild(self, node: Node) -> None:
        """Make a node again, of what its operands have become."""
        operands = tuple([self.new[operand.number] for operand in node.operands])
        if operands != node.operands and isinstance(node.op, Primitive):
            self.new[node.number] = self.graph.apply(node.op, operands)

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
        """Swap weights and factors of sums that do not depend on the batch, where more sums share the former.

        What many sums have in common is to be the vector, and the other side a row of the matrix.
        """
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
        weighted: list[Pair] = []
        others: list[Pair] = []
        for pair in pairs:
            (weighted if self._is_regular(pair, kinds) else others).append(pair)
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
        """True for a weight times a factor that is, or may become, a row of an array."""
        weight, factor = pair
        return not weight.batched and (kinds[self.kinds[factor.number]] > 1 or factor.op in (ROWS, INPUT))

    def _kind_of(self, node: Node) -> int:
        return self.kinds[node.number]

    def _now(self, node: Node) -> Node:
        return self.new[node.number]


def _oriented(x: Node, y: Node) -> Pair:
    """Weight and factor: what depends on the batch, or else what was computed, or else a plain number, is the factor."""
    return (y, x) if _rank(x) > _rank(y) else (x, y)


def _rank(node: Node) -> int:
    return 3 if node.batched else 0 if node.op is PARAMETER else 1 if node.op is CONSTANT else 2


def _sides(pairs: list[Pair]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    return tuple(a.number for a, _ in pairs), tuple(b.number for _, b in pairs)
