"""A graph of single rows as a straight-line listing: one operation after the other, each on at most four numbers.

All numbers lie in one array, the memory: how many points there are, the parameters, a point's arguments, the results,
and the constants; what operations compute follows after these. So an operand is an operation of the listing or a place
in the memory, whatever it is there, and a loop can step through parameters, data and what other loops have left alike.

Sums are written out term by term. What takes more than four numbers has them copied side by side first.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from autograd.engine import ops
from autograd.engine.primitive import Primitive
from autograd.program.backends.native.forms import find_forms
from autograd.program.backends.native.places import AFTER, BEFORE, EACH, Places
from autograd.program.graph import (
    ADD_POINTS,
    CONSTANT,
    EXPAND,
    INPUT,
    PARAMETER,
    POINTS,
    ROWS,
    STACK,
    Node,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Whole = np.ndarray[Any, np.dtype[np.int64]]

COPY = "copy"
SQUARE = "square"
MOST = 4  # operands of an operation
ABSENT = -(2**62)  # stands for the operands that an operation does not have
_STAGE = 2**40  # an operation is listed under the number of its stage, and in it
_SUMS, _LISTS = 2**50, 2**51  # places that are known only at the end
_LIST_FUNCTIONS = (ops.logsumexp, ops.mean)


class Kind(NamedTuple):
    """Operations that are written alike.

    Attributes:
        op: what is done.
        count: to how many numbers.
        listed: whether these lie side by side in the memory, and the operand is the first of them.
    """

    op: Primitive | str
    count: int  # type: ignore[assignment]  # tuples have a method of this name
    listed: bool = False


class Listing:
    """The listing of some results, in three stages.

    Args:
        places: of the arguments and the results.
        count: the number of parameters.

    Attributes:
        kinds: of operations; a label is a place in this list.
        labels: of the operations, in their order.
        operands: four for each operation: another's number, or ~place in the memory.
        places: where in the memory an operation has to leave its number; -1 where that is free.
        stages: of each stage where it begins, and where the last one ends.
        constants: the numbers at the places from `first_constant` on.
        starts: of the parts of the memory by their names.
        size: of the memory up to here.
        forms: how the operations are written; None for what is called back.
    """

    def __init__(self, places: Places, count: int) -> None:
        self.first, self.width, self.rows, self.count = places.first, places.width, places.rows, count
        self.starts = {"points": 0, "parameters": 1, "arguments": 1 + count}
        self.starts["results"] = self.starts["arguments"] + self.width
        self.starts["summed"] = self.starts["results"] + self.rows["results"]
        self.first_constant = self.starts["summed"] + self.rows["summed"]
        self.constants: list[float] = []
        self.kinds: list[Kind] = []
        self._labels: dict[Kind, int] = {}
        self._parts = [_Stage(stage * _STAGE) for stage in range(3)]
        self._references = [0] * (1 + max((node.number for node in places.order), default=0))  # by the number of a node
        self._stages: dict[int, int] = {}  # of what is known only after the points, or depends on it
        self._sums = self._lists = 0
        self.forms = find_forms(_wanted(places.order))
        self._zero = self._constant(0.0)
        self._list(places.order)
        for row, array, i in places.placed:
            stage = EACH if array == "results" else AFTER
            self._add(stage, Kind(COPY, 1), (self._references[row.number],), self.starts[array] + i)
        self._finish()

    def _list(self, order: Sequence[Node]) -> None:
        """List all operations; most of them the quick way."""
        references, before, each = self._references, self._parts[BEFORE], self._parts[EACH]
        plain: dict[Primitive | str, int] = {
            op: self._label(Kind(op, count))
            for op, count in self.forms
            if not op.sequences and op is not ops.pow and count <= MOST and self._is_written(op, count)
        }
        for node in order:
            label = plain.get(node.op)
            if label is None or (self._sums and not node.batched):
                self._list_one(node)
            else:
                part = each if node.batched else before
                references[node.number] = part.first + len(part.labels)
                part.labels.append(label)
                part.operands += [references[operand.number] for operand in node.operands]

    def _list_one(self, node: Node) -> None:
        op, number = node.op, node.number
        stage = EACH if node.batched else BEFORE
        if self._sums:
            for operand in node.operands:
                stage = max(stage, self._stages.get(operand.number, stage))
            self._stages[number] = stage
        if op is EXPAND or op is STACK:
            reference = self._references[node.operands[0].number]
        elif op is CONSTANT:
            reference = self._constant(node.attribute[0])
        elif op is PARAMETER:
            reference = ~(self.starts["parameters"] + node.attribute)
        elif op is INPUT:
            row = self.starts["arguments"] + self.first[node.attribute]
            reference = ~row if node.rows else self._constant(math.nan)
        elif op is ROWS:
            row = self.starts["arguments"] + self.first[node.operands[0].attribute]
            reference = ~(row + node.attribute[0])
        elif op is POINTS:
            reference = ~self.starts["points"]
        elif op is ADD_POINTS:
            self._stages[number] = AFTER  # it is added up where the points are, and known afterwards
            term = self._references[node.operands[0].number]
            reference = self._add(EACH, Kind(ADD_POINTS, 1), (term,), _SUMS + self._sums)
            self._sums += 1
        else:
            reference = self._operation(node, stage)
        self._references[number] = reference

    def _constant(self, number: float) -> int:
        self.constants.append(number)
        return ~(self.first_constant + len(self.constants) - 1)

    def _operation(self, node: Node, stage: int) -> int:
        op, references = node.op, self._references
        assert isinstance(op, Primitive), node
        operands = [references[operand.number] for operand in node.operands]
        if op is ops.sum:
            total = self._zero
            for term in operands:
                total = self._add(stage, Kind(ops.add, 2), (total, term))
            return total
        if op is ops.dot:
            total, half = self._zero, len(operands) // 2
            for x, y in zip(operands[:half], operands[half:], strict=True):
                term = self._add(stage, Kind(ops.mul, 2), (x, y))
                total = self._add(stage, Kind(ops.add, 2), (total, term))
            return total
        if node.is_square:
            return self._add(stage, Kind(SQUARE, 1), operands[:1])
        if len(operands) <= MOST and self._is_written(op, len(operands)):
            return self._add(stage, Kind(op, len(operands)), operands)
        copies = [self._add(stage, Kind(COPY, 1), (each,), _LISTS + self._lists + i) for i, each in enumerate(operands)]
        self._lists += len(operands)
        return self._add(stage, Kind(op, len(operands), listed=True), copies[:1])

    def _is_written(self, op: Primitive, count: int) -> bool:
        return op is ops.where or self.forms[op, count] is not None

    def _label(self, kind: Kind) -> int:
        label = self._labels.get(kind)
        if label is None:
            label = self._labels[kind] = len(self.kinds)
            self.kinds.append(kind)
        return label

    def _add(self, stage: int, kind: Kind, operands: Sequence[int], place: int = -1) -> int:
        part = self._parts[stage]
        reference = part.first + len(part.labels)
        if place >= 0:
            part.placed.append((len(part.labels), place))
        part.labels.append(self._label(kind))
        part.operands.extend(operands)
        return reference

    def _finish(self) -> None:
        """Put the stages one behind the other, and everything into arrays."""
        sizes = [len(part.labels) for part in self._parts]
        self.stages = [0, *np.cumsum(sizes).tolist()]
        self.labels = np.concatenate([np.array(part.labels, np.int32) for part in self._parts])
        listed = np.concatenate([np.array(part.operands, np.int64) for part in self._parts])
        listed = np.where(listed >= 0, np.array(self.stages)[listed // _STAGE % 4] + listed % _STAGE, listed)
        counts = np.array([1 if kind.listed else kind.count for kind in self.kinds])[self.labels]
        firsts = np.cumsum(counts) - counts
        self.operands: Whole = np.full((len(self.labels), MOST), ABSENT)
        for i in range(MOST):
            has = np.flatnonzero(counts > i)
            self.operands[has, i] = listed[firsts[has] + i]
        placed = [(self.stages[i] + at, place) for i, part in enumerate(self._parts) for at, place in part.placed]
        self.starts["sums"] = self.first_constant + len(self.constants)
        self.sums = self._sums
        first_list = self.starts["sums"] + self.sums
        self.size = first_list + self._lists
        numbers, wanted = np.array(placed, np.int64).reshape(-1, 2).T
        wanted = np.where(wanted >= _LISTS, wanted - _LISTS + first_list, wanted)
        wanted = np.where(wanted >= _SUMS, wanted - _SUMS + self.starts["sums"], wanted)
        self.places: Whole = np.full(len(self.labels), -1)
        self.places[numbers] = wanted

    def reorder(self, order: Whole) -> None:
        """Put the operations in another order, in which still each comes after its operands, stage by stage."""
        number = np.empty_like(order)
        number[order] = np.arange(len(order))
        operands = self.operands[order]
        self.operands = np.where(operands >= 0, number[np.maximum(operands, 0)], operands)
        self.labels, self.places = self.labels[order], self.places[order]


class _Stage:
    """What is listed of a stage: labels, operands one after the other, and which has to be left in which place."""

    def __init__(self, first: int) -> None:
        self.first = first
        self.labels: list[int] = []
        self.operands: list[int] = []
        self.placed: list[tuple[int, int]] = []


def _wanted(order: Sequence[Node]) -> Iterator[tuple[Primitive, int]]:
    """The operations that are written by a form, with their numbers of operands."""
    yield from ((ops.add, 2), (ops.mul, 2))  # of which sums consist
    for op, count in {(node.op, len(node.operands)): None for node in order}:
        if isinstance(op, Primitive) and op not in (ops.sum, ops.dot, ops.where):
            if op in _LIST_FUNCTIONS and count > MOST:
                yield ops.exp_of_difference, 2
            else:
                yield op, count
