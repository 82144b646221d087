"""The bodies of a rolled listing as functions of LLVM, and the function that runs them in their order."""

from __future__ import annotations

from autograd.engine import ops
from autograd.engine.primitive import Primitive
from autograd.program.backends.native import lanes
from autograd.program.backends.native.levels import group_by_kind
from autograd.program.backends.native.listing import COPY, SQUARE, Kind, Listing
from autograd.program.backends.native.places import AFTER, EACH, Places
from autograd.program.backends.native.rolling import Body, Carried, Column, Register, Rolled, group
from autograd.program.backends.native.sums import logsumexp, sums_of_lists
from autograd.program.backends.native.terms import HEAD, literal, widened
from autograd.program.graph import ADD_POINTS
from autograd.program.symbols import COMPARISONS

_FEW = 4000  # so many operations are quickest where they are written out and optimized
_FEW_AT_POINTS = 40_000  # and so many for each point, as vectors of points are quicker still
_LONG = 100  # operands of an operation that is not written out
_OPTIMIZED = 600  # so many operations in loops are worth the optimizer's time
_SHARE = 500  # and of a long listing every so many
_TIMES = 4  # so many vectors of repetitions are worth having both kinds of code
_DISPATCH = 12  # operations that each piece has to have, so that going from one to the next costs little
_MANY = 20_000  # so many operations that do not repeat take too long to compile as they are
_OVERHEAD = 200  # operations that take as long to optimize as a module of none does
_GAIN = 4  # by so much the code has to become shorter
_ARRAYS = ", ".join(f"ptr noalias %{name}" for name in ("parameters", "arguments", "results", "summed", "memory"))
_ARGUMENTS = "ptr noalias %memory, ptr noalias readonly %told, i64 %count"
_RUN = """
define internal void @run(ptr %memory, ptr %entries, i64 %size) {
entry:
  %is_any = icmp sgt i64 %size, 0
  br i1 %is_any, label %next, label %done
next:
  %i = phi i64 [ 0, %entry ], [ %i.next, %next ]
  %row = getelementptr [3 x i32], ptr %entries, i64 %i
  %which = load i32, ptr %row
  %count.place = getelementptr i32, ptr %row, i64 1
  %count = load i32, ptr %count.place
  %offset.place = getelementptr i32, ptr %row, i64 2
  %offset = load i32, ptr %offset.place
  %body.place = getelementptr ptr, ptr @bodies, i32 %which
  %body = load ptr, ptr %body.place
  %told = getelementptr i32, ptr @tables, i32 %offset
  %repetitions = sext i32 %count to i64
  call void %body(ptr %memory, ptr %told, i64 %repetitions)
  %i.next = add i64 %i, 1
  %is_more = icmp slt i64 %i.next, %size
  br i1 %is_more, label %next, label %done
done:
  ret void
}

define internal void @copy(ptr noalias %to, ptr noalias %from, i64 %size) {
entry:
  %is_any = icmp sgt i64 %size, 0
  br i1 %is_any, label %next, label %done
next:
  %i = phi i64 [ 0, %entry ], [ %i.next, %next ]
  %place = getelementptr double, ptr %from, i64 %i
  %number = load double, ptr %place
  %target = getelementptr double, ptr %to, i64 %i
  store double %number, ptr %target
  %i.next = add i64 %i, 1
  %is_more = icmp slt i64 %i.next, %size
  br i1 %is_more, label %next, label %done
done:
  ret void
}

define internal void @begin(ptr %sums, i64 %size) {
entry:
  %is_any = icmp sgt i64 %size, 0
  br i1 %is_any, label %next, label %done
next:
  %i = phi i64 [ 0, %entry ], [ %i.next, %next ]
  %place = getelementptr double, ptr %sums, i64 %i
  store double -0.0, ptr %place
  %i.next = add i64 %i, 1
  %is_more = icmp slt i64 %i.next, %size
  br i1 %is_more, label %next, label %done
done:
  ret void
}
"""


def write_module(rolled: Rolled, called_back: list[Primitive], on_vectors: list[str]) -> str:
    """The module whose function ``compute`` does what a program does, with functions on vectors that it needs."""
    listing = rolled.listing
    widths = [lanes_of(listing, body) for body in rolled.bodies]
    used = [form.text for form in listing.forms.values() if form is not None and form.text]
    if on_vectors:
        used += [lanes.declarations(_vector_lanes()), lanes.head(_vector_lanes()), *on_vectors]
    names = ", ".join(f"ptr @body.{i}" for i in range(len(rolled.bodies)))
    optimized = _shortest(rolled)
    return "\n".join(
        [
            HEAD,
            *(f"declare double @callback.{i}(ptr, i64)" for i in range(len(called_back))),
            "@tables = external constant i32",
            *(f"@entries.{stage} = external constant i32" for stage in range(3)),
            f"@bodies = internal constant [{len(rolled.bodies)} x ptr] [{names}]",
            *used,
            *(
                _BodyText(listing, body, i, called_back, lanes=widths[i], is_optimized=i in optimized).text
                for i, body in enumerate(rolled.bodies)
            ),
            _RUN,
            _compute(rolled),
            "!0 = distinct !{}",
            '!1 = !{!"llvm.loop.parallel_accesses", !0}',
            *(f"!{i + 2} = distinct !{{!{i + 2}, !1}}" for i in range(len(rolled.bodies))),
            "",
        ]
    )


def _vector_lanes() -> int:
    """How many numbers the vectors have that are used in any case."""
    return max(4, lanes.lanes())


def _on_vectors(rolled: Rolled) -> list[str]:
    """The functions on vectors, and of lists, that a module needs."""
    listing, count = rolled.listing, _vector_lanes()
    wide = {
        (kind.op, kind.count)
        for body in rolled.bodies
        if lanes_of(listing, body) > 1
        for kind in body.kinds
        if isinstance(kind.op, Primitive)
    }
    of_lists = {kind.op for body in rolled.bodies for kind in body.kinds if _is_of_list(kind)}
    text = [sums_of_lists(count)] if of_lists else []
    difference = listing.forms.get((ops.exp_of_difference, 2))
    if ops.logsumexp in of_lists and difference is not None:
        wide.add((ops.exp_of_difference, 2))
        text.append(logsumexp(difference.call, widened(difference.call, count), count))
    found = (listing.forms.get(key) for key in sorted(wide, key=lambda key: (key[0].name, key[1])))
    return [*text, *(form.on_vectors(count) for form in found if form is not None)]


def _is_of_list(kind: Kind) -> bool:
    return kind.listed and kind.op in (ops.logsumexp, ops.mean)


def _shortest(rolled: Rolled) -> set[int]:
    """The bodies that are worth the optimizer's time: the shorter ones, which are mostly repeated more often."""
    total, found, most = 0, set[int](), max(_OPTIMIZED, len(rolled.listing.labels) // _SHARE)
    for i in sorted(range(len(rolled.bodies)), key=lambda i: rolled.bodies[i].period):
        total += rolled.bodies[i].period
        if total <= most:
            found.add(i)
    return found


def _compute(rolled: Rolled) -> str:
    """The function that puts numbers into the memory, runs the stages, and takes results out."""
    listing = rolled.listing
    starts, rows = listing.starts, listing.rows
    lines = [
        f"define void @compute({_ARRAYS}, i64 %count) {{",
        "entry:",
        "  %points = sitofp i64 %count to double",
        "  store double %points, ptr %memory",
        *(
            f"  %{name} = getelementptr double, ptr %memory, i64 {starts[start]}"
            for name, start in (
                ("to", "parameters"),
                ("here", "arguments"),
                ("there", "results"),
                ("then", "summed"),
                ("sums", "sums"),
            )
        ),
        f"  call void @copy(ptr %to, ptr %parameters, i64 {listing.count})",
        f"  call void @begin(ptr %sums, i64 {listing.sums})",
        f"  call void @run(ptr %memory, ptr @entries.0, i64 {len(rolled.entries[0])})",
    ]
    if len(rolled.entries[1]):
        lines += [
            "  %is_any = icmp sgt i64 %count, 0",
            "  br i1 %is_any, label %point, label %after",
            "point:",
            "  %i = phi i64 [ 0, %entry ], [ %next, %point ]",
            f"  %argument = mul i64 %i, {listing.width}",
            "  %x = getelementptr double, ptr %arguments, i64 %argument",
            f"  call void @copy(ptr %here, ptr %x, i64 {listing.width})",
            f"  call void @run(ptr %memory, ptr @entries.1, i64 {len(rolled.entries[1])})",
            f"  %result = mul i64 %i, {rows['results']}",
            "  %y = getelementptr double, ptr %results, i64 %result",
            f"  call void @copy(ptr %y, ptr %there, i64 {rows['results']})",
            "  %next = add i64 %i, 1",
            "  %is_more = icmp slt i64 %next, %count",
            "  br i1 %is_more, label %point, label %after",
            "after:",
        ]
    lines += [
        f"  call void @run(ptr %memory, ptr @entries.2, i64 {len(rolled.entries[2])})",
        f"  call void @copy(ptr %summed, ptr %then, i64 {rows['summed']})",
        "  ret void",
        "}",
        "",
    ]
    return "\n".join(lines)


class _BodyText:
    """A body as a function, of what its piece is told and of the number of repetitions.

    Args:
        lanes: how many repetitions to do at once, as long as there are so many, and one more.
    """

    def __init__(
        self,
        listing: Listing,
        body: Body,
        number: int,
        called_back: list[Primitive],
        *,
        lanes: int,
        is_optimized: bool,
    ) -> None:
        self.listing, self.body, self.called_back = listing, body, called_back
        self.before: list[str] = []
        self.count = 0
        self.is_loop = body.count != 1
        self._known: dict[str, str] = {}
        hint = "" if is_optimized else " optnone"
        text = "\n".join(line if line.endswith(":") else f"  {line}" for line in self._blocks(number, lanes))
        self.text = f"define internal void @body.{number}({_ARGUMENTS}) noinline{hint} {{\n{text}\n}}\n"

    def _blocks(self, number: int, lanes: int) -> list[str]:
        if not self.is_loop:
            once = _Repetition(self, "0")
            once.write_all()
            lasts = self._store_lasts(once)
            return ["entry:", *self.before, *once.lines, *lasts, "ret void"]
        times = "%count" if self.body.count is None else str(self.body.count)
        wide = _Repetitions(self, lanes) if lanes > 1 else None
        several = wide.block(times) if wide is not None else []
        mark = ", !llvm.access.group !0" if self.body.is_parallel else ""
        each = _Repetition(self, "%t", mark)
        each.write_all()
        from_several = "[ %wide, %several ], " if several else ""
        phis = [f"%t = phi i64 [ 0, %entry ], {from_several}[ %t.next, %loop ]"]
        for phi, (first, position) in each.carried.items():
            before = f"[ {wide.last(position)}, %several ], " if wide is not None else ""
            phis.append(f"{phi} = phi double [ {first}, %entry ], {before}[ {each.names[position]}, %loop ]")
        metadata = f", !llvm.loop !{number + 2}" if self.body.is_parallel else ""
        lasts = self._store_lasts(each)
        return [
            "entry:",
            *self.before,
            *(several or ["br label %loop"]),
            "loop:",
            *phis,
            *each.lines,
            "%t.next = add nuw nsw i64 %t, 1",
            f"%is_more = icmp slt i64 %t.next, {times}",
            f"br i1 %is_more, label %loop, label %done{metadata}",
            "done:",
            *lasts,
            "ret void",
        ]

    def _store_lasts(self, repetition: _Repetition) -> list[str]:
        return [
            f"store double {repetition.names[position]}, ptr {self.base(last)}"
            for position, last in enumerate(self.body.lasts)
            if last is not None
        ]

    def register(self) -> str:
        """A new one."""
        self.count += 1
        return f"%r{self.count}"

    def early(self, line: str) -> str:
        """A register that is set before the loop, once for each instruction."""
        if line not in self._known:
            self._known[line] = self.register()
            self.before.append(f"{self._known[line]} = {line}")
        return self._known[line]

    def told(self, slot: int) -> str:
        """A number that the piece is told."""
        place = self.early(f"getelementptr i32, ptr %told, i64 {slot}")
        number = self.early(f"load i32, ptr {place}")
        return self.early(f"sext i32 {number} to i64")

    def base(self, column: Column) -> str:
        """A register that points to where a column begins."""
        base = str(column.base) if column.base is not None else self.told(column.slot)
        return self.early(f"getelementptr double, ptr %memory, i64 {base}")


class _Repetition:
    """The instructions of one repetition.

    Args:
        text: what they are part of.
        turn: the register that holds which repetition it is.
        mark: what is added to each access to the memory.
        lines: where to put them.

    Attributes:
        names: the registers of what was computed.
        carried: for each register that holds what the repetition before has computed: what holds it for the first
            one, and which operation computes it.
    """

    def __init__(self, text: _BodyText, turn: str, mark: str = "", lines: list[str] | None = None) -> None:
        self.text, self.body, self.turn, self.mark = text, text.body, turn, mark
        self.lines: list[str] = [] if lines is None else lines
        self.names: dict[int, str] = {}
        self.truths: dict[int, str] = {}
        self.carried: dict[str, tuple[str, int]] = {}

    def write_all(self) -> None:
        """All operations, in order."""
        for position, kind in enumerate(self.body.kinds):
            self.write(position, kind)

    def new(self, line: str) -> str:
        """A register for what an instruction gives."""
        name = self.text.register()
        self.lines.append(f"{name} = {line}")
        return name

    def place(self, column: Column, turn: str = "") -> str:
        """A register that points to where a column is at this repetition, or at another one."""
        turn = turn or self.turn
        if column.table >= 0:
            body = self.body
            entry = self.text.early(f"getelementptr i32, ptr %told, i64 {body.told.shape[1] + column.table}")
            if self.text.is_loop:
                row = self.new(f"mul i64 {turn}, {body.tables.shape[1]}")
                entry = self.new(f"getelementptr i32, ptr {entry}, i64 {row}")
            index = self.new(f"load i32, ptr {entry}{self.mark}")
            return self.new(f"getelementptr double, ptr %memory, i32 {index}")
        base = self.text.base(column)
        if column.stride == 0 or not self.text.is_loop:
            return base
        step = turn
        if column.stride != 1:
            stride = str(column.stride) if column.stride is not None else self.text.told(column.slot + 1)
            step = self.new(f"mul i64 {turn}, {stride}")
        return self.new(f"getelementptr double, ptr {base}, i64 {step}")

    def register(self, position: int) -> str:
        """The number that an operation has computed."""
        return self.names[position]

    def previous(self, first: str, position: int) -> str:
        """The number that an operation has computed in the repetition before."""
        name = self.text.register()
        self.carried[name] = first, position
        return name

    def operand(self, position: int, i: int) -> str:
        """A register or literal for an operand."""
        source = self.body.sources[position][i]
        if isinstance(source, Register):
            return self.register(source.position)
        if isinstance(source, Carried):
            first = self.text.early(f"load double, ptr {self.text.base(source.first)}")
            return self.previous(first, source.position)
        if source.constant is not None:
            return self.spread(literal(source.constant))
        if source.is_early:
            return self.spread(self.text.early(f"load double, ptr {self.text.base(source)}"))
        return self.load(source)

    def truth(self, position: int, i: int) -> str:
        """A register that holds whether an operand is true."""
        source = self.body.sources[position][i]
        if isinstance(source, Register) and source.position in self.truths:
            return self.truths[source.position]
        return self.compute("fcmp une double {}, 0.0", self.operand(position, i))

    def compute(self, template: str, *operands: str) -> str:
        """A register for what an instruction gives."""
        return self.new(template.format(*operands))

    def spread(self, number: str) -> str:
        """A number that is the same at each repetition."""
        return number

    def load(self, column: Column) -> str:
        """A number out of the memory."""
        return self.new(f"load double, ptr {self.place(column)}{self.mark}")

    def store(self, number: str, column: Column) -> None:
        """A number into the memory."""
        self.lines.append(f"store double {number}, ptr {self.place(column)}{self.mark}")

    def write(self, position: int, kind: Kind) -> None:
        """The instructions of one operation."""
        op, target = kind.op, self.body.targets[position]
        if kind.listed:
            name = self._of_list(kind, position)
        elif op is ADD_POINTS:
            assert target is not None
            term = self.operand(position, 0)
            name = self.compute("fadd double {}, {}", self.load(target), term)
        elif op == COPY:
            name = self.operand(position, 0)
        elif op == SQUARE:
            x = self.operand(position, 0)
            name = self.compute("fmul double {}, {}", x, x)
        elif op is ops.where:
            condition = self.truth(position, 0)
            x, y = self.operand(position, 1), self.operand(position, 2)
            name = self.compute("select i1 {}, double {}, double {}", condition, x, y)
        else:
            assert isinstance(op, Primitive)
            form = self.text.listing.forms[op, kind.count]
            assert form is not None
            name = self.compute(form.call, *(self.operand(position, i) for i in range(kind.count)))
        if op in COMPARISONS and not kind.listed:
            self.truths[position] = name
            name = self.compute("uitofp i1 {} to double", name)
        self.names[position] = name
        if target is not None:
            self.store(name, target)

    def _of_list(self, kind: Kind, position: int) -> str:
        """An operation on numbers that lie side by side."""
        (source,) = self.body.sources[position]
        assert isinstance(source, Column) and isinstance(kind.op, Primitive)
        place, count = self.place(source), kind.count
        if is_list_function(self.text.listing, kind):
            return self.new(f"call double @list.{kind.op.name}(ptr {place}, i64 {count})")
        form = self.text.listing.forms[kind.op, count]
        if form is None:
            number = self.text.called_back.index(kind.op)
            return self.new(f"call double @callback.{number}(ptr {place}, i64 {count})")
        numbers = []
        for i in range(count):
            each = self.new(f"getelementptr double, ptr {place}, i64 {i}")
            numbers.append(self.new(f"load double, ptr {each}"))
        return self.compute(form.call, *numbers)


class _Repetitions(_Repetition):
    """The instructions of several repetitions at once, on vectors.

    What a repetition has from the one before, and what depends on that, is computed one repetition after the other.
    """

    def __init__(self, text: _BodyText, lanes: int) -> None:
        super().__init__(text, "%s")
        self.lanes, self.vector = lanes, f"<{lanes} x double>"
        self.turns = ["%s", *(f"%s.{lane}" for lane in range(1, lanes))]
        self.chain = chained(text.body)
        self.phis: list[str] = []
        self._elements: dict[tuple[int, int], str] = {}

    def block(self, times: str) -> list[str]:
        """The block ``several``, and the decision of whether to go there."""
        self.lines += [f"{turn} = add i64 %s, {lane}" for lane, turn in enumerate(self.turns) if lane]
        kinds = self.body.kinds
        for position, kind in enumerate(kinds):
            if position not in self.chain:
                self.write(position, kind)
        self.singles: list[_OneOfSeveral] = []
        for lane in range(self.lanes):
            self.singles.append(_OneOfSeveral(self, lane))
            for position in sorted(self.chain):
                self.singles[-1].write(position, kinds[position])
        phis = [
            f"{phi} = phi double [ {first}, %entry ], [ {self.last(position)}, %several ]"
            for phi, (first, position) in self.singles[0].carried.items()
        ]
        return [
            f"%but_one = sub i64 {times}, 1",
            f"%wide = and i64 %but_one, {-self.lanes}",
            "%is_wide = icmp sgt i64 %wide, 0",
            "br i1 %is_wide, label %several, label %loop",
            "several:",
            "%s = phi i64 [ 0, %entry ], [ %s.next, %several ]",
            *phis,
            *self.lines,
            f"%s.next = add nuw nsw i64 %s, {self.lanes}",
            "%are_more = icmp slt i64 %s.next, %wide",
            "br i1 %are_more, label %several, label %loop",
        ]

    def last(self, position: int) -> str:
        """What an operation has computed in the last of the repetitions."""
        return self.element(position, self.lanes - 1)

    def element(self, position: int, lane: int) -> str:
        """What an operation has computed in one of the repetitions."""
        if position in self.chain:
            return self.singles[lane].names[position]
        if (position, lane) not in self._elements:
            line = f"extractelement {self.vector} {self.names[position]}, i64 {lane}"
            self._elements[position, lane] = self.new(line)
        return self._elements[position, lane]

    def compute(self, template: str, *operands: str) -> str:
        return self.new(widened(template, self.lanes).format(*operands))

    def spread(self, number: str) -> str:
        if number[0] != "%":
            return f"splat (double {number})"
        first = self.text.early(f"insertelement {self.vector} poison, double {number}, i64 0")
        lanes = f"<{self.lanes} x i32> zeroinitializer"
        return self.text.early(f"shufflevector {self.vector} {first}, {self.vector} poison, {lanes}")

    def _places(self, column: Column) -> list[str]:
        """For each of the repetitions a register that points to where a column is."""
        return [self.place(column, turn) for turn in self.turns]

    def load(self, column: Column) -> str:
        if column.stride == 1 and column.table < 0:
            return self.new(f"load {self.vector}, ptr {self.place(column)}, align 8")
        name = "poison"
        for lane, place in enumerate(self._places(column)):
            number = self.new(f"load double, ptr {place}")
            name = self.new(f"insertelement {self.vector} {name}, double {number}, i64 {lane}")
        return name

    def store(self, number: str, column: Column) -> None:
        if column.stride == 1 and column.table < 0:
            self.lines.append(f"store {self.vector} {number}, ptr {self.place(column)}, align 8")
            return
        for lane, place in enumerate(self._places(column)):
            each = self.new(f"extractelement {self.vector} {number}, i64 {lane}")
            self.lines.append(f"store double {each}, ptr {place}")


class _OneOfSeveral(_Repetition):
    """What one of several repetitions computes after the others."""

    def __init__(self, several: _Repetitions, lane: int) -> None:
        super().__init__(several.text, several.turns[lane], lines=several.lines)
        self.several, self.lane = several, lane

    def register(self, position: int) -> str:
        return self.names[position] if position in self.several.chain else self.several.element(position, self.lane)

    def previous(self, first: str, position: int) -> str:
        return self.several.element(position, self.lane - 1) if self.lane else super().previous(first, position)


def chained(body: Body) -> set[int]:
    """The operations that need what the repetition before has computed."""
    found: set[int] = set()
    for position, sources in enumerate(body.sources):
        for source in sources:
            if isinstance(source, Carried) or (isinstance(source, Register) and source.position in found):
                found.add(position)
    return found


def lanes_of(listing: Listing, body: Body) -> int:
    """How many repetitions of a body to do at once: several, where that spares calls of functions."""
    if not body.is_parallel or body.count == 1 or body.counts.mean() < _TIMES * lanes.lanes():
        return 1
    if any(kind.listed for kind in body.kinds):
        return 1
    chain = chained(body)
    calls = [
        form
        for position, kind in enumerate(body.kinds)
        if position not in chain and isinstance(kind.op, Primitive)
        for form in [listing.forms.get((kind.op, kind.count))]
        if form is not None and form.text
    ]
    return lanes.lanes() if calls else 1


def is_list_function(listing: Listing, kind: Kind) -> bool:
    """Whether there is a function of a list for an operation."""
    if kind.op is ops.logsumexp:
        return listing.forms.get((ops.exp_of_difference, 2)) is not None
    return kind.op is ops.mean


class RolledWriter:
    """Writes the module of a rolled listing; for the rest of the backend what `Writer` is.

    Args:
        listing: what the program computes.
        rolled: the same in bodies.
        repeats: whether it repeats itself; else it is in order of levels, and several points at once may be quicker.
    """

    is_small, lanes = False, 1

    def __init__(self, listing: Listing, rolled: Rolled, *, repeats: bool) -> None:
        self.repeats = repeats
        rolled.lay_out()
        self.first, self.width, self.rows = listing.first, listing.width, listing.rows
        self.weight = len(listing.labels)
        self.at_points = listing.stages[AFTER] - listing.stages[EACH]
        self.share = (rolled.weight + _OVERHEAD) / (self.weight + _OVERHEAD)
        self.memory, self.constants = rolled.memory, rolled.constants
        kinds = dict.fromkeys(kind for body in rolled.bodies for kind in body.kinds)
        self.called_back = list(
            dict.fromkeys(
                kind.op
                for kind in kinds
                if kind.listed
                and isinstance(kind.op, Primitive)
                and not is_list_function(listing, kind)
                and listing.forms[kind.op, kind.count] is None
            )
        )
        on_vectors = _on_vectors(rolled)
        self.text = write_module(rolled, self.called_back, on_vectors)
        self.library = lanes.of_library("\n".join(on_vectors))
        self._arrays = [rolled.tables, *rolled.entries]  # which the code reads from

    @property
    def symbols(self) -> dict[str, int]:
        """Where the arrays are that the code reads from."""
        names = ("tables", "entries.0", "entries.1", "entries.2")
        return {name: array.ctypes.data for name, array in zip(names, self._arrays, strict=True)}


def roll(places: Places, count: int) -> RolledWriter | None:
    """A program in loops, where it repeats itself so much that this pays."""
    if _is_surely_short(places):
        return None
    listing = Listing(places, count)
    size = len(listing.labels)
    is_short = size <= (_FEW if listing.stages[EACH] == listing.stages[AFTER] else _FEW_AT_POINTS)
    if is_short and not any(kind.listed and kind.count > _LONG for kind in listing.kinds):
        return None
    groups = group(listing, size if is_short else size // _DISPATCH)
    rolled = Rolled(listing, groups)
    if groups and _GAIN * rolled.weight <= size:
        return RolledWriter(listing, rolled, repeats=True)
    if size <= _MANY:
        return None
    return RolledWriter(listing, Rolled(listing, group_by_kind(listing)), repeats=False)


def _is_surely_short(places: Places) -> bool:
    """Whether a program is one to be written out, as can be seen before it is listed."""
    size = len(places.placed)
    for node in places.order:
        count = len(node.operands)
        size += 1 + count  # at most, as it may have to be copied, or is added up
        if size > _FEW or (count > _LONG and node.op is not ops.sum and node.op is not ops.dot):
            return False
    return True
