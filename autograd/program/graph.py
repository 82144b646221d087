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
from typing import TYPE_CHECKING, Any

from autograd.engine import ops
from autograd.engine.primitive import Primitive

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

# A comparison that was met while recording decides a `where`; as a decision it has no derivative, hence no partials.
LESS = Primitive("less", ops.less.value, (), symbol="<", array="less")
LESS_EQUAL = Primitive("less_equal", ops.less_equal.value, (), symbol="<=", array="less_equal")
EQUAL = Primitive("equal", lambda x, y: 1.0 if x == y else 0.0, (), symbol="==", array="equal")
CONDITIONS = (LESS, LESS_EQUAL, EQUAL)

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

    def __repr__(self) -> str:
        shape = f"({self.rows}, n)" if self.batched else f"({self.rows},)"
        return f"<{self.number}: {self.name} {shape} of {[operand.number for operand in self.operands]}>"


class Graph:
    """Where nodes are made: each once, with the operands of every node before it."""

    def __init__(self) -> None:
        self._made: dict[Any, Node] = {}
        self.size = 0

    def node(
        self, op: Primitive | str, operands: Sequence[Node], attribute: Any = None, *, rows: int = 1, key: Any = None
    ) -> Node:
        """Make a node, or find the one that is the same."""
        identity = (op, tuple(operand.number for operand in operands), attribute if key is None else key, rows)
        found = self._made.get(identity)
        if found is None:
            batched = op is not ADD_POINTS and op is not OUTER and any(operand.batched for operand in operands)
            found = self._made[identity] = Node(self.size, op, tuple(operands), attribute, rows, batched)
            self.size += 1
        return found

    # Leaves.

    def input(self, position: int, rows: int) -> Node:
        """One argument of the program: as many rows as it has scalars."""
        node = self.node(INPUT, (), position, rows=rows)
        node.batched = True
        return node

    def constant(self, numbers: float | Sequence[float]) -> Node:
        """Plain numbers; told apart by their bits, since -0.0 == 0.0 and nan != nan."""
        listed = (float(numbers),) if isinstance(numbers, (int, float)) else tuple(map(float, numbers))
        return self.node(CONSTANT, (), listed, rows=len(listed), key=array("d", listed).tobytes())

    # Structure.

    def rows(self, of: Node, which: range | tuple[int, ...]) -> Node:
        """Some rows of an array; of a stack, the operand that they are."""
        if isinstance(which, tuple):
            which = as_range(which) or which
        if which == range(of.rows):
            return of
        if of.op is CONSTANT:
            return self.constant([of.attribute[i] for i in which])
        if of.op is STACK and isinstance(which, range) and which.step == 1:
            first = 0
            for operand in of.operands:
                if first <= which.start and which.stop <= first + operand.rows:
                    return self.rows(operand, range(which.start - first, which.stop - first))
                first += operand.rows
        return self.node(ROWS, (of,), which, rows=len(which))

    def stack(self, parts: Sequence[Node]) -> Node:
        """Arrays on top of each other."""
        if len(parts) == 1:
            return parts[0]
        if all(part.op is CONSTANT for part in parts):
            return self.constant([number for part in parts for number in part.attribute])
        return self.node(STACK, parts, rows=sum(part.rows for part in parts))

    # Operations.

    def apply(self, op: Primitive, operands: Sequence[Node]) -> Node:
        """Apply an operation of the table to rows: fold constants, and drop what IEEE 754 says changes nothing."""
        if op is not ops.where and any(operand.op in CONDITIONS for operand in operands):
            one, zero = self.constant(1.0), self.constant(0.0)
            operands = [self.apply(ops.where, (x, one, zero)) if x.op in CONDITIONS else x for x in operands]
        rows = max((operand.rows for operand in operands), default=1)
        if not op.sequences:
            if rows <= FOLDED_ROWS and operands and all(operand.op is CONSTANT for operand in operands):
                return self._fold(op, operands, rows)
            simpler = self._simplify(op, operands) or self._mirrored(op, operands)
            if simpler is not None:
                return simpler
        return self.node(op, operands, rows=1 if op.sequences else rows)

    def _fold(self, op: Primitive, operands: Sequence[Node], rows: int) -> Node:
        columns = [operand.attribute * (rows // operand.rows) for operand in operands]
        return self.constant([op.evaluate(numbers) for numbers in zip(*columns, strict=True)])

    def _mirrored(self, op: Primitive, operands: Sequence[Node]) -> Node | None:
        """The same sum or product with its operands the other way round, if there is one."""
        if op is not ops.add and op is not ops.mul:
            return None
        x, y = operands
        return self._made.get((op, (y.number, x.number), None, max(x.rows, y.rows)))

    def _simplify(self, op: Primitive, operands: Sequence[Node]) -> Node | None:
        """What is left of an operation when one operand is a certain number; exact, for every IEEE number."""
        if op is ops.pos:
            return operands[0]
        if len(operands) < 2:
            return None
        x, y = operands[0], operands[1]
        if op is ops.mul:
            for number, other in ((x.constant, y), (y.constant, x)):
                if number == 1.0:
                    return other
                if number == -1.0:
                    return self.apply(ops.neg, (other,))
        elif (
            op is ops.div
            and y.constant == 1.0
            or op is ops.sub
            and y.constant == 0.0
            and math.copysign(1.0, y.constant) > 0
            or op is ops.pow
            and y.constant == 1.0
        ):
            return x
        elif op.name == "over_power" and operands[2].constant in (1.0, 2.0):
            quotient = self.apply(ops.div, (x, y))
            return quotient if operands[2].constant == 1.0 else self.apply(ops.div, (quotient, y))
        elif op.name == "scaled_power" and x.op is CONSTANT:
            return self._small_scaled_power(x, y, operands[2].constant, operands[3].constant)
        elif op is ops.where and x.constant is not None:
            chosen = y if x.constant else operands[2]
            return chosen if chosen.rows == max(operand.rows for operand in operands) else None
        return None

    def _small_scaled_power(self, factor: Node, x: Node, exponent: float | None, less: float | None) -> Node | None:
        """The derivative of a small power by multiplication, which is many times faster."""
        if exponent is None or less is None or exponent - less not in (1.0, 2.0):
            return None
        product = self.apply(ops.mul, (factor, x))
        return product if exponent - less == 1.0 else self.apply(ops.mul, (product, x))

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
        node = self.node(EXPAND, (x,), (rows, batched or x.batched), rows=rows)
        node.batched = batched or x.batched
        return node

    def add(self, terms: Sequence[Node]) -> Node:
        """The sum of arrays of one shape."""
        total = terms[0]
        for term in terms[1:]:
            total = self.apply(ops.add, (total, term))
        return total


class Symbol:
    """A node as the rules of the table see it: with operators. Applying a rule to symbols adds nodes to the graph."""

    __slots__ = ("graph", "node")

    def __init__(self, graph: Graph, node: Node) -> None:
        self.graph = graph
        self.node = node

    @staticmethod
    def apply_primitive(primitive: Primitive, operands: Sequence[Any]) -> Symbol:
        graph = next(operand.graph for operand in operands if isinstance(operand, Symbol))
        return Symbol(graph, graph.apply(primitive, [as_node(graph, operand) for operand in operands]))

    def __add__(self, other: Any) -> Symbol:
        return self.apply_primitive(ops.add, (self, other))

    def __radd__(self, other: Any) -> Symbol:
        return self.apply_primitive(ops.add, (other, self))

    def __sub__(self, other: Any) -> Symbol:
        return self.apply_primitive(ops.sub, (self, other))

    def __rsub__(self, other: Any) -> Symbol:
        return self.apply_primitive(ops.sub, (other, self))

    def __mul__(self, other: Any) -> Symbol:
        return self.apply_primitive(ops.mul, (self, other))

    def __rmul__(self, other: Any) -> Symbol:
        return self.apply_primitive(ops.mul, (other, self))

    def __truediv__(self, other: Any) -> Symbol:
        return self.apply_primitive(ops.div, (self, other))

    def __rtruediv__(self, other: Any) -> Symbol:
        return self.apply_primitive(ops.div, (other, self))

    def __pow__(self, other: Any) -> Symbol:
        return self.apply_primitive(ops.pow, (self, other))

    def __rpow__(self, other: Any) -> Symbol:
        return self.apply_primitive(ops.pow, (other, self))

    def __neg__(self) -> Symbol:
        return self.apply_primitive(ops.neg, (self,))

    def __pos__(self) -> Symbol:
        return self

    def __abs__(self) -> Symbol:
        return self.apply_primitive(ops.abs, (self,))

    def __lt__(self, other: Any) -> Symbol:
        return self.apply_primitive(LESS, (self, other))

    def __gt__(self, other: Any) -> Symbol:
        return self.apply_primitive(LESS, (other, self))

    def __le__(self, other: Any) -> Symbol:
        return self.apply_primitive(LESS_EQUAL, (self, other))

    def __ge__(self, other: Any) -> Symbol:
        return self.apply_primitive(LESS_EQUAL, (other, self))

    def __eq__(self, other: object) -> Symbol:  # type: ignore[override]
        return self.apply_primitive(EQUAL, (self, other))

    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> bool:
        raise TypeError("a rule of the table cannot branch on its arguments; choose with autograd.where instead")


def is_mask(node: Node) -> bool:
    """True for "1 where the condition is true, else 0"."""
    return node.name == "where" and node.operands[1].constant == 1.0 and node.operands[2].constant == 0.0


def as_node(graph: Graph, operand: Any) -> Node:
    """The node of a symbol or of a plain number."""
    return operand.node if isinstance(operand, Symbol) else graph.constant(float(operand))


def as_range(which: tuple[int, ...]) -> range | None:
    """The range that lists these row numbers, if there is one that goes up."""
    step = which[1] - which[0] if len(which) > 1 else 1
    candidate = range(which[0], which[-1] + 1, step) if step > 0 else range(0)
    return candidate if len(candidate) == len(which) and tuple(candidate) == which else None


def reachable(roots: Iterable[Node]) -> list[Node]:
    """All nodes that the roots are computed from, operands first. What is not among them is dead code."""
    found: dict[int, Node] = {}
    waiting = list(roots)
    while waiting:
        node = waiting.pop()
        if node.number not in found:
            found[node.number] = node
            waiting.extend(node.operands)
    return [found[number] for number in sorted(found)]
