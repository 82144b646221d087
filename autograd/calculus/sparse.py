"""Sparse Jacobians and Hessians: only the entries that the structure of the recorded graph allows to differ from 0.

The user declares no sparsity pattern, and none is guessed from numbers: an entry is there if a path of the graph leads
from the input to the output. The Jacobian comes from eliminating the inner nodes of the graph one by one, the cheapest first (Griewank and Reese, On the
calculation of Jacobian matrices by the Markowitz rule, 1991); the Hessian from one reverse pass that pushes second
derivatives towards the inputs along with the adjoints (Gower and Mello, A new framework for the computation of
Hessians, 2012), so that it is symmetric to the last bit.
"""

from __future__ import annotations

from collections import defaultdict
from heapq import heapify, heappop, heappush
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd.engine.primitive import BUILT_IN
from autograd.engine.value import Value, history

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np

    Numbers = dict[int, float]  # by the number of a node


class Entries(NamedTuple):
    """A sparse matrix without SciPy: where its entries stand, and what they are."""

    rows: np.ndarray[Any, Any]
    columns: np.ndarray[Any, Any]
    values: np.ndarray[Any, Any]


def as_matrix(entries: Iterable[tuple[int, int, float]], shape: tuple[int, int]) -> Any:
    """A SciPy sparse array in compressed rows, sorted; or `Entries`, if SciPy is not installed."""
    import numpy as np

    listed = sorted(entries)
    rows, columns = (np.array([entry[i] for entry in listed], dtype=np.int64) for i in (0, 1))
    values = np.array([entry[2] for entry in listed], dtype=float)
    if find_spec("scipy") is None:
        return Entries(rows, columns, values)
    from scipy.sparse import csr_array  # type: ignore[import-untyped]

    return csr_array((values, (rows, columns)), shape=shape)


class Edges:
    """A graph by the numbers of its nodes: of each that depends on the inputs, the operands that do, too.

    Args:
        order: the nodes, parents before children.
        inputs: those with respect to which it is differentiated.
    """

    def __init__(self, order: Sequence[Value], inputs: Sequence[Value]) -> None:
        self.order = order
        self.number = {id(node): i for i, node in enumerate(order)}
        self.inputs = [self.number[id(leaf)] for leaf in inputs]
        self.is_active = [False] * len(order)
        for i in self.inputs:
            self.is_active[i] = True
        self.operands: list[list[int]] = [[]] * len(order)
        for i, node in enumerate(order):
            if not self.is_active[i]:
                self.operands[i] = operands = [self.number[id(parent)] for parent in node.parents]
                self.is_active[i] = any(self.is_active[j] for j in operands)

    def edges(self, i: int) -> list[tuple[int, float]]:
        """The places among its operands on which a node depends, each with the local derivative."""
        node, active = self.order[i], self.is_active
        places = enumerate(zip(self.operands[i], node.partials, node.cuts, strict=True))
        return [(place, partial) for place, (j, partial, is_cut) in places if active[j] and not is_cut]

    def local(self, i: int, edges: Sequence[tuple[int, float]]) -> Numbers:
        """The local derivatives of a node with respect to each operand, once for each."""
        operands = self.operands[i]
        found: Numbers = {}
        for place, partial in edges:
            j = operands[place]
            found[j] = found[j] + partial if j in found else partial
        return found


def jacobian_entries(edges: Edges, outputs: Sequence[int]) -> dict[int, Numbers]:
    """For each output the derivatives with respect to the inputs that it depends on, all by their numbers.

    Inner nodes are taken out of the graph one by one: what leads into one is tied to what it leads to. Taking the one
    that makes least work first is what a forward pass does where a graph widens, and a reverse pass where it narrows.
    """
    into = _local_derivatives(edges, outputs)
    _eliminate_inner(into, set(outputs))
    for k in sorted(into):  # outputs that others were computed from
        row = into[k]
        for i in sorted(set(row) & set(into), reverse=True):
            weight = row.pop(i)
            for j, partial in into[i].items():
                row[j] = row[j] + weight * partial if j in row else weight * partial
    return into


def _local_derivatives(edges: Edges, outputs: Sequence[int]) -> dict[int, Numbers]:
    """For each node that the outputs depend on, and that has operands, the derivatives with respect to these."""
    found: dict[int, Numbers] = {}
    reached = set(outputs)
    for i in range(len(edges.order) - 1, -1, -1):
        if i in reached and edges.operands[i]:
            found[i] = edges.local(i, edges.edges(i))
            reached.update(found[i])
    return found


def _eliminate_inner(into: dict[int, Numbers], keep: set[int]) -> None:
    """Take all nodes but some out of a graph, given by what leads into each, the one that makes least work first."""
    out_of: dict[int, set[int]] = defaultdict(set)
    for i, operands in into.items():
        for j in operands:
            out_of[j].add(i)
    waiting = [(len(into[i]) * len(out_of[i]), i) for i in into if i not in keep]
    heapify(waiting)
    while waiting:
        work, i = heappop(waiting)
        if work != len(into[i]) * len(out_of[i]):
            heappush(waiting, (len(into[i]) * len(out_of[i]), i))
            continue
        operands = into.pop(i)
        for k in out_of.pop(i):
            row = into[k]
            weight = row.pop(i)
            for j, partial in operands.items():
                if j in row:
                    row[j] += weight * partial
                else:
                    row[j] = weight * partial
                    out_of[j].add(k)
        for j in operands:
            out_of[j].discard(i)


def hessian_entries(edges: Edges, output: int) -> dict[int, Numbers]:
    """The second derivatives of an output that are not 0 by the graph, by the numbers of both inputs, in both orders.

    Besides adjoints, the reverse pass keeps the second derivatives with respect to pairs of nodes. When it leaves a node,
    the chain rule hands that node's second derivatives on to its operands; to these come the second derivatives of its
    operation, times its adjoint.
    """
    adjoints: Numbers = {output: 1.0}
    second: dict[int, Numbers] = defaultdict(dict)

    def add(j: int, k: int, weight: float) -> None:
        row = second[j]
        row[k] = row[k] + weight if k in row else weight
        if j != k:
            second[k][j] = row[k]

    for i in range(output, -1, -1):
        if not edges.operands[i] or (i not in adjoints and i not in second):
            continue
        adjoint, row, ways = adjoints.pop(i, None), second.pop(i, {}), edges.edges(i)
        partials = edges.local(i, ways)
        own = row.pop(i, None)
        for k, weight in row.items():
            del second[k][i]
            for j, partial in partials.items():
                add(j, k, weight * partial * (2.0 if j == k else 1.0))
        if own is not None:
            listed = list(partials.items())
            for place, (j, partial) in enumerate(listed):
                for k, other in listed[place:]:
                    add(j, k, own * partial * other)
        if adjoint is not None:
            for j, k, curvature in curvatures(edges, i, ways):
                add(j, k, adjoint * curvature)
            for j, partial in partials.items():
                share = adjoint * partial
                adjoints[j] = adjoints[j] + share if j in adjoints else share
    return second


def curvatures(edges: Edges, i: int, ways: Sequence[tuple[int, float]]) -> list[tuple[int, int, float]]:
    """The second derivatives of the operation of a node, for pairs of operands; those of a pair count in both orders."""
    node, operands = edges.order[i], edges.operands[i]
    primitive = node.primitive
    assert primitive is not None
    places = [place for place, _ in ways]
    key = (primitive, len(operands), *places)
    varying = _varying.get(key)
    if varying == []:
        return []
    arguments: list[Any] = [parent.data for parent in node.parents]
    leaves = {place: Value(arguments[place]) for place in places}
    for place, leaf in leaves.items():
        arguments[place] = leaf
    partials = primitive.differentiate(arguments, primitive(*primitive.arguments(arguments)))
    if varying is None:
        varying = _varying_partials(partials, leaves)
        if primitive.name in BUILT_IN:  # whose rules, as they should, do not branch
            _varying[key] = varying
    found = []
    for place, others in varying:
        partials[place].backward()
        for other in others:
            j, k, curvature = operands[place], operands[other], leaves[other].grad
            found.append((j, k, 2.0 * curvature if j == k and place != other else curvature))
        for leaf in leaves.values():
            leaf.grad = 0.0
    if len({operands[place] for place in places}) == len(places):
        return found
    together: dict[tuple[int, int], float] = {}  # where they cancel, as in logaddexp(x, x), before they meet others
    for j, k, curvature in found:
        pair = (min(j, k), max(j, k))
        together[pair] = together.get(pair, 0.0) + curvature
    return [(j, k, curvature) for (j, k), curvature in together.items()]


_varying: dict[Any, list[tuple[int, list[int]]]] = {}
"""What `_varying_partials` has found, by the operation and the places of its operands that vary."""


def _varying_partials(partials: Sequence[Any], leaves: dict[int, Value]) -> list[tuple[int, list[int]]]:
    """The places of the partial derivatives that vary, each with the operands, from that place on, that it depends on.

    Second derivatives are symmetric, so that the operands before it need not be looked at.
    """
    varying = []
    for place in leaves:
        partial = partials[place]
        if isinstance(partial, Value):
            reached = set(map(id, history([partial], ())))
            others = [other for other, leaf in leaves.items() if other >= place and id(leaf) in reached]
            if others:
                varying.append((place, others))
    return varying
