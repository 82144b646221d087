"""A graph of single rows as a module of LLVM: one function that runs through all points of a batch.

What is the same at each point is computed once, before the points or, where it needs a sum over them, after. Each of
these three stages is cut into parts of a few hundred operations, since what a compiler does to a function takes more
than twice the time for twice the length; what one part computes for another goes through working memory. A small
program is put together again by the optimizer, which then holds everything in registers.

All that a program works on are flat arrays: the parameters; the arguments and the results of each point, one point
after the other; what is no result of a point; and working memory. Or several points are computed at once, one in each
lane of the processor's vectors (see `lanes`), and what belongs to a point is a vector wherever it is stored; all bits
are the same, since the lanes' shares of a sum over the points are added one after the other.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from autograd.engine import ops
from autograd.engine.primitive import Primitive
from autograd.program.backends.native.forms import find_forms
from autograd.program.backends.native.lanes import declarations, head, of_library, write_add_points
from autograd.program.backends.native.places import AFTER, BEFORE, EACH, Places
from autograd.program.backends.native.terms import HEAD, NUMBER, literal, widened
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
from autograd.program.symbols import COMPARISONS

if TYPE_CHECKING:
    from autograd.program.backends.native.forms import Form

MORE = "more"  # more of a sum; attribute: the operation, and whether the first operand is what it goes on from
_pieces = itertools.count(-1, -1)  # numbers of nodes that are in no graph
_STAGES = ("before", "each", "after")
_SMALL = 4000  # so many operations are worth the optimizer's time
_PART = 1000
_ALIASES = frozenset((EXPAND, STACK))  # at one point, of single rows: their operand
_LEAVES = frozenset((CONSTANT, PARAMETER, INPUT, ROWS, POINTS))
_NO_PART = (-1, 0)  # where sums over the points are
_CHAINS = (ops.sum, ops.dot)
_ARGUMENTS = (
    "ptr noalias %parameters, ptr noalias %arguments, ptr noalias %results, ptr noalias %summed, ptr noalias %memory, "
    "double %points, i64 %left"
)
_PASSED = "ptr %parameters, ptr {}, ptr {}, ptr %summed, ptr %memory, double %points"


class Writer:
    """Writes the module.

    Args:
        places: of the arguments and the results.
        lanes: how many points to compute at once.

    Attributes:
        weight: how many operations it makes of a point.
        at_points: how many of them it makes anew of each.
        share: the operations that can be optimized, as a share of those that it computes.
        is_small: whether it is short enough to be optimized.
        memory: how many numbers of working memory it needs; a small one has its own.
        library: the functions of C's library that the text calls on vectors, and of how many lanes.
        called_back: the operations that are called back, in the order of the numbers of ``callback.0``, ...
    """

    def __init__(self, places: Places, lanes: int = 1) -> None:
        self.lanes = lanes
        self.library: list[tuple[str, int]] = []
        self.first, self.width, self.rows = places.first, places.width, places.rows
        self._placed = places.placed
        self._stages: dict[int, int] = {}
        operations = self._list_operations(places.order)
        self.forms = find_forms((op, count) for op, count in self._kinds if _has_form(op) and isinstance(op, Primitive))
        self._templates: dict[int, dict[tuple[Primitive | str, int], str]] = {}
        self.is_small = self.weight <= _SMALL
        self.share = float(self.is_small)
        self.slots: dict[int, int] = {}
        self._sums: dict[int, int] = {}
        self._add_points: dict[str, str] = {}
        self._cut(operations)
        called_back = [key for key, form in self.forms.items() if form is None]
        self.called_back = list(dict.fromkeys(op for op, _ in called_back))
        most = max((count for _, count in called_back), default=0)
        self.memory = self.place_of_operands + most
        self.constants: list[tuple[int, Any]] = []  # what lies in the memory beforehand: nothing

    # What goes where.

    def _list_operations(self, order: Sequence[Node]) -> list[Node]:
        """The operations, in an order in which they can be computed; and of each when that is to be."""
        stages, operations, self.weight, self.at_points = self._stages, list[Node](), 0, 0
        self._kinds: dict[tuple[Primitive | str, int], None] = {}
        for node in order:
            op, operands = node.op, node.operands
            if op in _ALIASES:
                continue
            stage, count = BEFORE, len(operands)
            for operand in operands:
                if operand.op in _ALIASES:
                    operand = _resolved(operand)
                stage = max(stage, stages[operand.number])
            if op is ADD_POINTS:
                stage = AFTER
            elif node.batched:
                assert stage < AFTER, "what each point has cannot depend on a sum over the points"
                stage = EACH
            stages[node.number] = stage
            if op not in _LEAVES:
                if not node.is_square:
                    self._kinds[op, count] = None
                weight = count - 1 if count > 2 else 1
                self.weight += weight
                self.at_points += weight if stage == EACH else 0
                if op in _CHAINS and count > _PART:
                    pieces = _in_pieces(node)
                    stages.update((piece.number, stage) for piece in pieces)
                    operations += pieces
                else:
                    operations.append(node)
        return operations

    def _cut(self, operations: Sequence[Node]) -> None:
        """Assign operations to parts: lists of nodes, and of results that are no operation's, for each stage.

        What is needed in another part gets a place in the working memory.
        """
        self._parts: list[list[list[Node]]] = [[[]], [[]], [[]]]
        part_of = self._part_of = dict[int, tuple[int, int]]()
        weights, names = [0, 0, 0], [(stage, 0) for stage in (BEFORE, EACH, AFTER)]
        for node in operations:
            # A sum over points is added up where the points are, and known afterwards.
            is_sum = node.op is ADD_POINTS
            stage = EACH if is_sum else self._stages[node.number]
            parts, count = self._parts[stage], len(node.operands)
            if weights[stage] > _PART and not self.is_small:
                weights[stage] = 0
                names[stage] = stage, len(parts)
                parts.append([])
            weights[stage] += count - 1 if count > 2 else 1
            parts[-1].append(node)
            part_of[node.number] = _NO_PART if is_sum else names[stage]
            if is_sum:
                self._sums[node.number] = len(self._sums)
            for operand in node.operands:
                if operand.op in _ALIASES:
                    operand = _resolved(operand)
                if operand.op not in _LEAVES and part_of[operand.number] is not names[stage]:
                    self._slot(operand)
        self._stored_at_once: dict[int, list[tuple[str, int]]] = {}
        self._stored_later: list[list[tuple[Node, str, int]]] = [[], [], []]
        for placed, array, row in self._placed:
            node, stage = _resolved(placed), EACH if array == "results" else AFTER
            if node.op not in _LEAVES and part_of[node.number][0] == stage:
                self._stored_at_once.setdefault(node.number, []).append((array, row))
            else:
                self._stored_later[stage].append((node, array, row))
                if node.op not in _LEAVES:
                    self._slot(node)

    def _slot(self, node: Node) -> None:
        """Give a number that is needed elsewhere a place; sums over the points have theirs side by side."""
        if node.op is not ADD_POINTS:
            self.slots.setdefault(node.number, len(self.slots))

    # Text.

    @cached_property
    def text(self) -> str:
        """The module; its function is called ``compute``."""
        functions: list[str] = []
        calls: list[list[str]] = [[], [], []]
        for stage, parts in enumerate(self._parts):
            later = self._stored_later[stage]
            length = _PART if not self.is_small else len(later) + 1
            stores = [later[i : i + length] for i in range(0, len(later), length)]
            bodies = [self._operations(part, stage) for part in parts if part]
            bodies += [self._stores(each, stage) for each in stores]
            for body in bodies:
                name = f"{_STAGES[stage]}.{len(calls[stage])}"
                calls[stage].append(name)
                hint = " alwaysinline" if self.is_small else " noinline"
                functions.append(f"define internal void @{name}({_ARGUMENTS}){hint} {{\n{body}  ret void\n}}\n")
        forms = [form for form in self.forms.values() if form is not None and form.text]
        used = [form.text for form in forms]
        if self.lanes > 1:
            on_vectors = [form.on_vectors(self.lanes) for form in forms]
            self.library = of_library("\n".join(on_vectors))
            used += [head(self.lanes), declarations(self.lanes), *on_vectors, *self._add_points.values()]
        callbacks = [f"declare double @callback.{i}(ptr, i64)" for i in range(len(self.called_back))]
        return "\n".join([HEAD, *callbacks, "", *used, *functions, self._compute(calls)])

    def _compute(self, calls: list[list[str]]) -> str:
        """The function that calls the parts: some before the points, some for each, some after."""

        def call(stage: int, arguments: str, results: str) -> list[str]:
            passed = _PASSED.format(arguments, results) + f", i64 {'%left' if stage == EACH else '0'}"
            return [f"  call void @{name}({passed})" for name in calls[stage]]

        memory = f"  %memory = alloca [{self.memory} x double], align 64" if self.is_small else ""
        head = (
            "define void @compute(ptr noalias %parameters, ptr noalias %arguments, ptr noalias %results, "
            f"ptr noalias %summed, ptr noalias %{'unused' if self.is_small else 'memory'}, i64 %count) {{"
        )
        lines = [
            head,
            "entry:",
            *([memory] if memory else []),
            "  %points = sitofp i64 %count to double",
        ]
        for i in range(len(self._sums)):
            lines += [
                f"  %sum.{i} = getelementptr double, ptr %memory, i64 {self.place_of_sum(i)}",
                f"  store double -0.0, ptr %sum.{i}",
            ]
        lines += call(BEFORE, "%arguments", "%results")
        if calls[EACH]:
            lines += [
                "  %is_any = icmp sgt i64 %count, 0",
                "  br i1 %is_any, label %point, label %after",
                "point:",
                "  %i = phi i64 [ 0, %entry ], [ %next, %point ]",
                "  %left = sub i64 %count, %i",
                f"  %argument = mul i64 %i, {self.width}",
                "  %x = getelementptr double, ptr %arguments, i64 %argument",
                f"  %result = mul i64 %i, {self.rows['results']}",
                "  %y = getelementptr double, ptr %results, i64 %result",
                *call(EACH, "%x", "%y"),
                f"  %next = add i64 %i, {self.lanes}",
                "  %is_more = icmp slt i64 %next, %count",
                "  br i1 %is_more, label %point, label %after",
                "after:",
            ]
        lines += [*call(AFTER, "%arguments", "%results"), "  ret void", "}", ""]
        return "\n".join(lines)

    def _operations(self, nodes: Sequence[Node], stage: int) -> str:
        body = _Part(self, stage)
        for node in nodes:
            body.write(node)
            for array, row in self._stored_at_once.get(node.number, ()):
                body.store(node, array, row)
        return body.text()

    def _stores(self, stored: Sequence[tuple[Node, str, int]], stage: int) -> str:
        body = _Part(self, stage)
        for node, array, row in stored:
            body.store(node, array, row)
        return body.text()

    def templates(self, lanes: int) -> dict[tuple[Primitive | str, int], str]:
        """How to write the operations that are always one instruction and give a number, with places for registers."""
        if lanes not in self._templates:
            self._templates[lanes] = {
                key: (form.call if lanes == 1 else widened(form.call, lanes)).replace("{}", "%s")
                for key, form in self.forms.items()
                if form is not None and key[0] not in COMPARISONS and key[0] is not ops.pow
            }
            if lanes > 1:
                self._templates[lanes][ops.neg, 1] = widened("call double @negated(double %s)", lanes)
        return self._templates[lanes]

    def place_in_memory(self, node: Node) -> int | None:
        """Where other parts find what a node computes; None if none needs it."""
        if node.number in self._sums:
            return self.place_of_sum(self._sums[node.number])
        slot = self.slots.get(node.number)
        return None if slot is None else slot * self.lanes

    def is_wide(self, node: Node) -> bool:
        """Whether what a node computes is a vector: of what several points have."""
        return self.lanes > 1 and self._stages[node.number] == EACH

    def place_of_sum(self, i: int) -> int:
        """Where in the working memory the sums over the points are, side by side."""
        return len(self.slots) * self.lanes + i

    def add_points(self, size: int) -> str:
        """The name of a function that adds to so many sums what several points have for them."""
        name = f"add_points.{size}"
        self._add_points[name] = write_add_points(name, size, self.lanes)
        return name

    @property
    def place_of_operands(self) -> int:
        """Where in the working memory the operands of what is called back are listed."""
        return self.place_of_sum(len(self._sums) + self.lanes)  # as a vector of sums may end behind the last

    def form(self, node: Node, op: Primitive) -> Form | None:
        """How an operation is written; None if it is called back."""
        return self.forms[op, len(node.operands)]


def _resolved(node: Node) -> Node:
    """The node that computes a number; some only pass it on."""
    while node.op in _ALIASES:
        (node,) = node.operands
    return node


def _in_pieces(node: Node) -> list[Node]:
    """A long sum as several, each of which goes on where the one before has stopped."""
    columns = node.op.arguments(node.operands) if isinstance(node.op, Primitive) else []
    pieces: list[Node] = []
    for first in range(0, len(columns[0]), _PART // 2):
        terms = [each for column in columns for each in column[first : first + _PART // 2]]
        is_last = first + _PART // 2 >= len(columns[0])
        number = node.number if is_last else next(_pieces)
        pieces.append(Node(number, MORE, (*pieces[-1:], *terms), (node.op, bool(pieces)), 1, node.batched))
    return pieces


def _has_form(op: Primitive | str) -> bool:
    """Whether an operation is written by a form, or called back."""
    return isinstance(op, Primitive) and op not in _CHAINS and op is not ops.where


class _Part:
    """The instructions of one part; those for each point are on vectors if several points are computed at once."""

    def __init__(self, writer: Writer, stage: int) -> None:
        self.writer = writer
        self.lanes = writer.lanes if stage == EACH else 1
        self.vector = NUMBER if self.lanes == 1 else f"<{self.lanes} x {NUMBER}>"
        self.lines: list[str] = []
        self.names: dict[int, str] = {}
        self._slots, self._templates = writer.slots, writer.templates(self.lanes)
        self.truths: dict[int, str] = {}
        self._addends: list[tuple[int, str]] = []
        self.count = 0

    def text(self) -> str:
        """The body of the function."""
        self._add_together()
        return "".join(self.lines)

    def new(self, line: str) -> str:
        """A register for what an instruction gives."""
        self.count += 1
        self.lines.append(f"  %{self.count} = {line}\n")
        return f"%{self.count}"

    def compute(self, template: str, *operands: str) -> str:
        """A register for what an instruction on numbers gives; on vectors, in each lane."""
        return self.new((template if self.lanes == 1 else widened(template, self.lanes)).format(*operands))

    def spread(self, number: str) -> str:
        """A number that is the same at each point: on vectors, in each lane."""
        if self.lanes == 1:
            return number
        return self.new(f"call {self.vector} @spread.v{self.lanes}(double {number})")

    def load(self, array: str, i: int, kind: str = NUMBER) -> str:
        """A number, or a vector, out of an array."""
        n = self.count = self.count + 2
        self.lines.append(
            f"  %{n - 1} = getelementptr double, ptr %{array}, i64 {i}\n  %{n} = load {kind}, ptr %{n - 1}\n"
        )
        return f"%{n}"

    def put(self, number: str, array: str, i: int, kind: str = NUMBER) -> None:
        """A number, or a vector, into an array."""
        n = self.count = self.count + 1
        self.lines.append(f"  %{n} = getelementptr double, ptr %{array}, i64 {i}\n  store {kind} {number}, ptr %{n}\n")

    def store(self, node: Node, array: str, row: int) -> None:
        """A number that is a result."""
        self.put(self.number(node), array, row * self.lanes, self.vector)

    def number(self, node: Node) -> str:
        """The register, or the literal, that holds a node's number."""
        while node.op in _ALIASES:
            (node,) = node.operands
        name = self.names.get(node.number)
        if name is None:
            name = self.names[node.number] = self._fetch(node)
        return name

    def _fetch(self, node: Node) -> str:
        op = node.op
        if op is CONSTANT:
            return self.spread(literal(node.attribute[0]))
        if op is PARAMETER:
            return self.spread(self.load("parameters", node.attribute))
        if op is INPUT and not node.rows:
            return self.spread(literal(math.nan))
        if op is INPUT or op is ROWS:
            of, row = (node, 0) if op is INPUT else (node.operands[0], node.attribute[0])
            return self.load("arguments", (self.writer.first[of.attribute] + row) * self.lanes, self.vector)
        if op is POINTS:
            return self.spread("%points")
        if node.number in self.truths:
            return self.compute("uitofp i1 {} to double", self.truths[node.number])
        slot = self.writer.place_in_memory(node)
        assert slot is not None, node
        return (
            self.load("memory", slot, self.vector)
            if self.writer.is_wide(node)
            else self.spread(self.load("memory", slot))
        )

    def truth(self, node: Node) -> str:
        """The register that holds whether a node is true: neither 0 nor -0."""
        while node.op in _ALIASES:
            (node,) = node.operands
        if node.number not in self.truths:
            self.truths[node.number] = self.compute("fcmp une double {}, 0.0", self.number(node))
        return self.truths[node.number]

    def write(self, node: Node) -> None:
        """The instructions for one operation."""
        op, operands = node.op, node.operands
        template = self._templates.get((op, len(operands)))
        if template is not None:
            names = self.names
            registers = tuple([names.get(each.number) or self.number(each) for each in operands])
            n = self.count = self.count + 1
            self.lines.append(f"  %{n} = {template % registers}\n")
            names[node.number] = register = f"%{n}"
            if node.number in self._slots:
                self.put(register, "memory", self._slots[node.number] * self.writer.lanes, self.vector)
            return
        if op is ADD_POINTS:
            self._add(node)
            return
        if op == MORE:
            chain, goes_on = node.attribute
            numbers = [self.number(each) for each in operands]
            total = numbers.pop(0) if goes_on else self.spread(literal(0.0))
            self._keep(node, self._chain(chain, numbers, total))
            return
        assert isinstance(op, Primitive), node
        if op is ops.where:
            condition, x, y = self.truth(operands[0]), self.number(operands[1]), self.number(operands[2])
            register = self.compute("select i1 {}, double {}, double {}", condition, x, y)
        elif op in _CHAINS:
            register = self._chain(op, [self.number(each) for each in operands], self.spread(literal(0.0)))
        else:
            numbers = [self.number(each) for each in operands]
            if node.is_square:
                register = self.compute("fmul double {}, {}", numbers[0], numbers[0])
            else:
                form = self.writer.form(node, op)
                register = self.compute(form.call, *numbers) if form else self._call_back(op, numbers)
        self._keep(node, register)

    def _keep(self, node: Node, register: str) -> None:
        """Note where the number of a node is, for this part and for others."""
        if node.op in COMPARISONS:
            self.truths[node.number] = register
        else:
            self.names[node.number] = register
        slot = self.writer.place_in_memory(node)
        if slot is not None:
            self.put(self.number(node), "memory", slot, self.vector)

    def _chain(self, op: Primitive, numbers: Sequence[str], total: str) -> str:
        """A sum or a scalar product, added up in order."""
        half = len(numbers) // 2
        for i in range(half if op is ops.dot else len(numbers)):
            term = self.compute("fmul double {}, {}", numbers[i], numbers[half + i]) if op is ops.dot else numbers[i]
            total = self.compute("fadd double {}, {}", total, term)
        return total

    def _add(self, node: Node) -> None:
        """Add what each point has to a sum over the points; on vectors, as soon as there is a vector of sums."""
        place, number = self.writer.place_in_memory(node), self.number(node.operands[0])
        assert place is not None
        if self.lanes == 1:
            self.put(self.new(f"fadd double {self.load('memory', place)}, {number}"), "memory", place)
            return
        self._addends.append((place, number))
        if len(self._addends) == self.lanes:
            self._add_together()

    def _add_together(self) -> None:
        """Add to sums that lie side by side: one point after the other, but no lane without a point."""
        if not self._addends:
            return
        size = 1 << (len(self._addends) - 1).bit_length()
        numbers = [number for _, number in self._addends] + ["splat (double -0.0)"] * (size - len(self._addends))
        place = self.new(f"getelementptr double, ptr %memory, i64 {self._addends[0][0]}")
        vectors = ", ".join(f"{self.vector} {number}" for number in numbers)
        self.lines.append(f"  call void @{self.writer.add_points(size)}(ptr {place}, {vectors}, i64 %left)\n")
        self._addends.clear()

    def _call_back(self, op: Primitive, numbers: Sequence[str]) -> str:
        """A call of the operation's value in Python."""
        first = self.writer.place_of_operands
        for i, number in enumerate(numbers):
            self.put(number, "memory", first + i)
        place = self.new(f"getelementptr double, ptr %memory, i64 {first}")
        name = f"callback.{self.writer.called_back.index(op)}"
        return self.new(f"call double @{name}(ptr {place}, i64 {len(numbers)})")
