"""The intermediate form: a graph of operations on arrays, which the passes rewrite and the backends print.

A node stands for an array with a few rows, one for each scalar that it holds, and, where it depends on the batch, one
column for each point. A recorded function starts out as a graph of single rows; `rerolling` puts equal rows side by
side. Points lie along the last axis, so that a row is contiguous and a layer of neurons is one matrix product.

Nodes come only from a `Graph`, which never makes the same node twice (common subexpressions), computes what is
constant (constant folding), and numbers nodes so that operands come before the nodes that use them: every pass is a
loop over that order, and none recurses. What nothing reaches (dead code) is dropped by walking from the result.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_right
from collections import defaultdict
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from autograd.engine import ops
from autograd.engine.primitive import Primitive
from autograd.program.symbols import COMPARISONS, Symbol, as_node

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# Leaves.
INPUT = "input"  # one argument of the program; attribute: its position
PARAMETER = "parameter"  # one parameter, before rerolling; attribute: its number
PARAMETERS = "parameters"  # all parameters, as one column
CONSTANT = "constant"  # attribute: its numbers, one for each row
# Structure.
ROWS = "rows"  # some rows of an array; attribute: a range, or a tuple of row numbers
STACK = "stack"  # arrays on top of each other
SCATTER = "scatter"  # zeros, with each operand added to the rows that the attribute lists for it
# Sums and products. A matrix is a column that holds its entries row by row; attribute: its shape.
MATMUL = "matmul"  # matrix, vectors -> matrix @ vectors
MATMUL_TRANSPOSED = "matmul_transposed"  # matrix, vectors -> matrix[:, :columns].T @ vectors
OUTER = "outer"  # vectors, vectors -> the matrix of their products, summed over points
PRODUCT = "product"  # before rerolling, weights and then as many factors: the sum of their products
ADD_ROWS = "add_rows"  # the sum of the rows
LARGEST_ROW = "largest_row"  # the largest number of each column
ADD_POINTS = "add_points"  # the sum over the points of the batch
EXPAND = "expand"  # one row, or what is the same at each point, repeated; attribute: rows, and whether over points
POINTS = "points"  # how many points the batch has

_TRUTHS = frozenset(COMPARISONS)
_NAN = math.nan
FOLDED_ROWS = 4096  # constants are computed beforehand up to this many numbers at once


class Ufunc(str):
    """A NumPy function that computes element by element and takes ``out=``; the name says which."""

    __slots__ = ()


class Node:
    """One array of the intermediate form. `op` is a `Primitive`, a `Ufunc`, or one of the names above."""

    __slots__ = ("attribute", "batched", "number", "op", "operands", "rows")

    def __init__(
        self, number: int, op: Primitive | str, operands: tuple[Node, ...], attribute: Any, rows: int, batched: bool
    ) -> None:
        self.number = number
        self.op = op
        self.operands = operands
        self.attribute = attribute
        self.rows = rows
        self.batched = batched

    @property
    def name(self) -> str:
        """How the operation is called."""
        return self.op.name if isinstance(self.op, Primitive) else str(self.op)

    @property
    def constant(self) -> float | None:
        """The number, if this is one constant number."""
        return float(self.attribute[0]) if self.op is CONSTANT and self.rows == 1 else None

    @property
    def is_square(self) -> bool:
        """Whether this is a power that the engine computes as a product."""
        return self.op is ops.pow and self.operands[1].constant == 2.0

    def __repr__(self) -> str:
        shape = f"({self.rows}, n)" if self.batched else f"({self.rows},)"
        return f"<{self.number}: {self.name} {shape} of {[operand.number for operand in self.operands]}>"


class Graph:
    """Where nodes are made: each once, with the operands of every node before it."""

    def __init__(self) -> None:
        self._made: defaultdict[Any, dict[Any, Node]] = defaultdict(dict)  # by operation, and all else
        self._numbers: dict[float, Node] = {}
        self._starts: dict[int, list[int]] = {}
        self.size = 0

    def node(
        self, op: Primitive | str, operands: Sequence[Node], attribute: Any = None, *, rows: int = 1, key: Any = None
    ) -> Node:
        """Make a node, or find the one that is the same."""
        operands = tuple(operands)
        made = self._made[op]
        identity = operands if rows == 1 and attribute is None else (operands, attribute if key is None else key, rows)
        found = made.get(identity)
        if found is None:
            batched = False
            if op is not ADD_POINTS and op is not OUTER:
                for operand in operands:
                    if operand.batched:
                        batched = True
                        break
            found = made[identity] = Node(self.size, op, operands, attribute, rows, batched)
            self.size += 1
        return found

    def copy_of(self, node: Node, operands: Sequence[Node]) -> Node:
        """Make a node like one of another graph, of operands in this one."""
        if node.op is INPUT:
            return self.input(node.attribute, node.rows)
        if node.op is CONSTANT:
            return self.constant(node.attribute)
        if node.op is EXPAND:
            return self.expand(operands[0], node.rows, node.batched)
        return self.node(node.op, operands, node.attribute, rows=node.rows)

    # Leaves.

    def input(self, position: int, rows: int) -> Node:
        """One argument of the program: as many rows as it has scalars."""
        node = self.node(INPUT, (), position, rows=rows)
        node.batched = True
        return node

    def constant(self, numbers: float | Sequence[float]) -> Node:
        """Plain numbers; told apart by their bits, since -0.0 == 0.0 and nan != nan."""
        if isinstance(numbers, (int, float)):
            if numbers not in self._numbers:
                node = self._constants((float(numbers),))
                if not numbers:  # of two zeros
                    return node
                self._numbers[numbers] = node
            return self._numbers[numbers]
        return self._constants(tuple(map(float, numbers)))

    def _constants(self, listed: tuple[float, ...]) -> Node:
        return self.node(CONSTANT, (), listed, rows=len(listed), key=array("d", listed).tobytes())

    # Structure.

    def rows(self, of: Node, which: range | tuple[int, ...]) -> Node:
        """Some rows of an array; of a stack, the operand that they are."""
        if isinstance(which, tuple):
            which = as_range(which) or which
        if len(which) == of.rows and which == range(of.rows):
            return of
        if of.op is CONSTANT:
            return self.constant([of.attribute[i] for i in which])
        if of.op is STACK and isinstance(which, range) and which.step == 1:
            starts = self.starts(of)
            i = bisect_right(starts, which.start) - 1
            if which.stop <= starts[i] + of.operands[i].rows:
                return self.rows(of.operands[i], range(which.start - starts[i], which.stop - starts[i]))
        return self.node(ROWS, (of,), which, rows=len(which))

    def stack(self, parts: Sequence[Node]) -> Node:
        """Arrays on top of each other."""
        if len(parts) == 1:
            return parts[0]
        if all(part.op is CONSTANT for part in parts):
            return self.constant([number for part in parts for number in part.attribute])
        return self.node(STACK, parts, rows=sum(part.rows for part in parts))

    def starts(self, stack: Node) -> list[int]:
        """The first row of each part of a stack."""
        if stack.number not in self._starts:
            self._starts[stack.number] = [0, *accumulate(part.rows for part in stack.operands[:-1])]
        return self._starts[stack.number]

    # Operations.

    def apply(self, op: Primitive, operands: Sequence[Node]) -> Node:
        """Apply an operation of the table to rows: fold constants, and take what is simpler, by the table.

        An operand of one row goes with every row of the others. An operation on sequences takes all its elements, one
        operand each.
        """
        rows, constants, truths = 1, 0, 0
        for operand in operands:
            if operand.op is CONSTANT:
                constants += 1
            elif operand.op in _TRUTHS:
                truths += 1
            rows = max(rows, operand.rows)
        if truths and (op is not ops.where or truths > 1 or operands[0].op not in _TRUTHS):
            first = 1 if op is ops.where else 0
            return self.apply(op, [*operands[:first], *map(self.as_number, operands[first:])])
        if op.sequences and rows > 1:  # as where a rule, applied to arrays, adds up a sequence
            in_full = [self.expand(operand, rows, False) for operand in operands]
            return self.stack([self.apply(op, [self.rows(each, (i,)) for each in in_full]) for i in range(rows)])
        if constants == len(operands) and rows <= FOLDED_ROWS:
            columns = [operand.attribute * (rows // operand.rows) for operand in operands]
            return self.constant([op.evaluate(numbers) for numbers in zip(*columns, strict=True)] or op.evaluate(()))
        simpler = None
        if op.simpler and (constants or _is_ever_simpler(op)):
            simpler = self.in_certain_cases(op.simpler, operands)
        if simpler is None and (op is ops.add or op is ops.mul):  # the same with its operands the other way round
            turned = (operands[1], operands[0])
            simpler = self._made[op].get(turned if rows == 1 else (turned, None, rows))
        return self.expand(simpler, rows, False) if simpler is not None else self.node(op, operands, rows=rows)

    def as_number(self, x: Node) -> Node:
        """A truth value as a number that can be computed with: 1 or 0."""
        return self.apply(ops.where, (x, self.constant(1.0), self.constant(0.0))) if x.op in COMPARISONS else x

    def in_certain_cases(
        self, cases: Sequence[tuple[Any, Any]], operands: Sequence[Node], symbol: type[Symbol] = Symbol
    ) -> Node | None:
        """What an operation comes to if one of the cases holds that the table lists for it."""
        numbers = [
            operand.attribute[0] if operand.op is CONSTANT and operand.rows == 1 else _NAN for operand in operands
        ]
        for condition, rule in cases:
            if condition(*numbers):
                return as_node(self, rule(*(symbol(self, operand) for operand in operands)))
        return None

    def add_rows(self, x: Node) -> Node:
        """The sum of the rows."""
        return x if x.rows == 1 else self.node(ADD_ROWS, (x,))

    def add_points(self, x: Node) -> Node:
        """The sum over the points; of what is the same at each, so many times that."""
        if x.batched:
            return self.node(ADD_POINTS, (x,), rows=x.rows)
        return self.apply(ops.mul, (x, self.node(POINTS, ())))

    def expand(self, x: Node, rows: int, batched: bool) -> Node:
        """An array with so many rows, for each point if so wanted, out of one that is the same in all of them."""
        if x.rows == rows and x.batched >= batched:
            return x
        if x.op is CONSTANT and rows <= FOLDED_ROWS and not batched:
            return self.constant(x.attribute * (rows // x.rows))
        node = self.node(EXPAND, (x,), (rows, batched or x.batched), rows=rows)
        node.batched = batched or x.batched
        return node

    def add(self, terms: Sequence[Node]) -> Node:
        """The sum of arrays of one shape."""
        total = terms[0]
        for term in terms[1:]:
            total = self.apply(ops.add, (total, term))
        return total


@cache
def _is_ever_simpler(op: Primitive) -> bool:
    """Whether an operation may come to less although no operand is a plain number."""
    return op.arity is None or any(condition(*[_NAN] * op.arity) for condition, _ in op.simpler)


def is_mask(node: Node) -> bool:
    """True for "1 where the condition is true, else 0"."""
    return (
        (node.op is ops.where or node.op == "where")
        and node.operands[1].constant == 1.0
        and node.operands[2].constant == 0.0
    )


def as_range(which: tuple[int, ...]) -> range | None:
    """The range that lists these row numbers, if there is one that goes up."""
    if len(which) == 1:
        return range(which[0], which[0] + 1)
    step = which[1] - which[0]
    candidate = range(which[0], which[-1] + 1, step) if step > 0 else range(0)
    return candidate if len(candidate) == len(which) and tuple(candidate) == which else None


def reachable(roots: Iterable[Node]) -> list[Node]:
    """All nodes that the roots are computed from, operands first. What is not among them is dead code."""
    wanted = list(roots)
    found: list[Node | None] = [None] * (1 + max([root.number for root in wanted], default=-1))  # by their numbers
    for root in wanted:
        found[root.number] = root
    for node in reversed(found):  # what uses a node has a larger number
        if node is not None:
            for operand in node.operands:
                found[operand.number] = operand
    return [node for node in found if node is not None]


def depth_first(roots: Iterable[Node]) -> list[Node]:
    """The same, each node as soon as its operands are there, which are only what is wanted next."""
    order: dict[Node, None] = {}
    for root in roots:
        waiting = [] if root in order else [(root, iter(root.operands))]
        while waiting:
            node, operands = waiting[-1]
            for operand in operands:
                if operand not in order:
                    waiting.append((operand, iter(operand.operands)))
                    break
            else:
                order[node] = None
                waiting.pop()
    return list(order)
