"""Where a number goes that has left the graph: whether it comes back into one, as in ``x * math.exp(-x)``.

Of what was converted there, the node ``-x``, nothing is left when ``backward`` runs. So the number is followed through the
user's code for a while: an operation takes it in if its expression holds the one that converted, or a name under which
the result was kept. That is read off the bytecode, which knows where in the source each instruction stands. What such an
operation makes with a plain number is noted, and ``backward`` warns of it if the leaves of what was converted lie in
the same graph: so ``total += float(loss)`` is silent, and so is a number that comes from another graph.
"""

from __future__ import annotations

from _weakref import ref
from bisect import bisect_right
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from autograd.engine.callers import frames_of_user

if TYPE_CHECKING:
    import dis
    from types import CodeType, FrameType

    from autograd.engine.detachment import Conversion
    from autograd.engine.value import Value

PATIENCE = 64
"""How many nodes may be made that have nothing to do with a number before it is followed no longer."""

MOST_VISITED = 200
"""How many nodes of a graph are visited for its leaves."""

SILENT = frozenset(
    [
        "append",
        "add",
        "extend",
        "insert",
        "print",
        "write",
        "format",
        "str",
        "repr",
        "float",
        "int",
        "round",
        "len",
        "isinstance",
    ]
)
"""Functions that make no nodes, and are called with numbers that are only reported."""

KEEPING = frozenset(
    ["add", "append", "appendleft", "extend", "fill", "insert", "itemset", "put", "setdefault", "update"]
)
"""Methods that keep a number in what they are called on."""

FILLING = frozenset(["copyto", "fill_diagonal", "heappush", "insort", "place", "put", "putmask"])
"""Functions that keep a number in their first argument."""

Span = tuple[int, int, int, int]


class Flow(NamedTuple):
    """Where the result of an instruction goes."""

    uses: frozenset[int]
    """The instructions of the same expression that may compute with it."""

    names: frozenset[str]
    """The variables that it is kept under, or in; and the attributes, which begin with a dot."""


class Followed(NamedTuple):
    """A number in one frame of the user's code."""

    frame: int
    code: CodeType
    globals: int
    flow: Flow
    conversion: Conversion
    leaves: tuple[ref[Value], ...]

    def is_taken_in(self, frame: FrameType) -> bool:
        """Whether what a frame computes just now takes the number in."""
        place = place_of(frame)
        if id(frame) == self.frame and frame.f_code is self.code:
            return place in self.flow.uses or place in uses_of(frame.f_code, self.flow.names)
        names = frozenset(filter(self.is_shared, self.flow.names))
        return id(frame.f_globals) == self.globals and place in uses_of(frame.f_code, names)

    def is_shared(self, name: str) -> bool:
        """Whether other functions may find the number under this name."""
        return name.startswith(".") or name not in self.code.co_varnames

    def may_be_used(self) -> bool:
        """Whether there is any operation that may take the number in, as far as can be seen from here."""
        return bool(self.flow.uses or uses_of(self.code, self.flow.names) or any(map(self.is_shared, self.flow.names)))


followed: list[Followed] = []
_patience = [0]


def follow(value: Value, conversion: Conversion) -> bool:
    """Follow the number that a node has just become, if anything in the user's code may compute with it."""
    found = [
        Followed(id(frame), frame.f_code, id(frame.f_globals), flow_of(frame.f_code, place_of(frame)), conversion, ())
        for frame in islice(frames_of_user(), 8)
    ]
    found = [each for each in found if each.may_be_used()]
    leaves = tuple(map(ref, _leaves(value))) if found else ()
    if leaves:
        followed[:0] = [each._replace(leaves=leaves) for each in found]
        del followed[8:]
        _patience[0] = PATIENCE
    return bool(leaves)


def taken_in_by(node: Value) -> Followed | None:
    """The followed number that a new node was computed with, if it was."""
    frame = next(frames_of_user(), None)
    if frame is not None and any(parent.is_constant for parent in node.parents):
        for each in followed:
            if each.is_taken_in(frame):
                return each
    _patience[0] -= 1
    if _patience[0] <= 0:
        followed.clear()
    return None


def _leaves(value: Value) -> list[Value]:
    """The variables that a node depends on, by no cut edge; of a large graph some of them."""
    waiting = [value]
    seen: dict[Value, None] = {}
    while waiting and len(seen) < MOST_VISITED:
        node = waiting.pop()
        if node not in seen:
            seen[node] = None
            waiting += [parent for parent, is_cut in zip(node.parents, node.cuts) if not is_cut]
    return [node for node in seen if node.primitive is None]


# What the bytecode says.


def place_of(frame: FrameType) -> int:
    """The instruction that a frame is at, which may be followed by room that belongs to it."""
    offsets = _offsets(frame.f_code)
    return offsets[bisect_right(offsets, frame.f_lasti) - 1]


@lru_cache(64)
def _instructions(code: CodeType) -> list[dis.Instruction]:
    import dis

    return list(dis.get_instructions(code))


@lru_cache(1024)
def _offsets(code: CodeType) -> list[int]:
    return [each.offset for each in _instructions(code)]


@lru_cache(1024)
def flow_of(code: CodeType, offset: int) -> Flow:
    """Where the result of an instruction goes: through its expression, and into which names."""
    instructions = _instructions(code)
    start = next((i for i, each in enumerate(instructions) if each.offset == offset), len(instructions) - 1)
    here = _span(instructions[start])
    uses = {
        each.offset
        for each in instructions[start + 1 :]
        if _computes(each) and here and _holds(_span(each), here) and not _is_silent(each, instructions)
    }
    names: set[str] = set()
    for i, each in enumerate(instructions[start:], start):
        if each.opname.startswith("STORE_"):
            names |= _stored_names(each, instructions)
            following = instructions[i + 1].opname if i + 1 < len(instructions) else ""
            if not following.startswith("STORE_"):
                break
        elif each.opname == "POP_TOP" and instructions[i - 1].opname != "END_FOR":
            names |= _kept_in(_span(each), instructions)
            break
        elif each.opname.startswith("RETURN_"):
            break
    return Flow(frozenset(uses), frozenset(names - {""}))


@lru_cache(1024)
def uses_of(code: CodeType, names: frozenset[str]) -> frozenset[int]:
    """The instructions of a function that may compute with one of these variables or attributes."""
    instructions = _instructions(code)
    spans = [_span(each) for each in instructions if not names.isdisjoint(_loaded_names(each))]
    return frozenset(
        each.offset
        for each in instructions
        if _computes(each)
        and any(span and _holds(_span(each), span) for span in spans)
        and not _is_silent(each, instructions)
    )


def _computes(instruction: dis.Instruction) -> bool:
    return instruction.opname.startswith(("BINARY_OP", "CALL"))


def _span(instruction: dis.Instruction) -> Span | None:
    """Where an instruction stands in the source: from line and column to line and column."""
    place = instruction.positions
    if place is None or None in place:
        return None
    return place.lineno, place.col_offset, place.end_lineno, place.end_col_offset  # type: ignore[return-value]


def _holds(outer: Span | None, inner: Span) -> bool:
    return outer is not None and outer != inner and outer[:2] <= inner[:2] and inner[2:] <= outer[2:]


def _loaded_names(instruction: dis.Instruction) -> tuple[str, ...]:
    """What an instruction loads; later Pythons load two variables by one."""
    names = instruction.argval if isinstance(instruction.argval, tuple) else (instruction.argval,)
    if (
        instruction.opname == "LOAD_CONST"
        or not instruction.opname.startswith("LOAD_")
        or not all(isinstance(name, str) for name in names)
    ):
        return ()
    return tuple(f".{name}" for name in names) if instruction.opname in ("LOAD_ATTR", "LOAD_METHOD") else names


def _stored_names(instruction: dis.Instruction, instructions: list[dis.Instruction]) -> set[str]:
    if instruction.opname == "STORE_ATTR":
        return {f".{instruction.argval}"}
    if instruction.opname in ("STORE_SUBSCR", "STORE_SLICE"):
        return {_first_name(_span(instruction), instructions)}
    return set(instruction.argval) if isinstance(instruction.argval, tuple) else {str(instruction.argval)}


def _first_name(span: Span | None, instructions: list[dis.Instruction]) -> str:
    """What an expression begins with: the array of ``array[i]``."""
    loads = [_loaded_names(each)[:1] for each in instructions if span and _begins(_span(each), span)]
    names = [name for first in loads for name in first]  # of two variables that are loaded by one, the first
    return names[-1] if names else ""


def _kept_in(span: Span | None, instructions: list[dis.Instruction]) -> set[str]:
    """What a statement that is only a call keeps its arguments in: the list of ``list.append(x)``."""
    if span is None:
        return set()
    loads = [
        (name, _begins(_span(each), span))
        for each in instructions
        for name in _loaded_names(each)
        if _is_in(each, span)
    ]
    called = [name for name, is_called in loads if is_called]
    function = called[-1].lstrip(".") if called else ""
    kept = set(called[-2:-1]) if function in KEEPING else set()
    return kept | {name for name, _ in loads[len(called) : len(called) + 1]} if function in FILLING else kept


def _is_in(instruction: dis.Instruction, span: Span) -> bool:
    inner = _span(instruction)
    return inner is not None and span[:2] <= inner[:2] and inner[2:] <= span[2:]


def _begins(inner: Span | None, outer: Span) -> bool:
    return inner is not None and inner[:2] == outer[:2] and inner[2:] <= outer[2:]


def _is_silent(instruction: dis.Instruction, instructions: list[dis.Instruction]) -> bool:
    """Whether an instruction calls a function that makes no nodes."""
    span = _span(instruction)
    if not instruction.opname.startswith("CALL") or span is None:
        return False
    names = [name for each in instructions if _begins(_span(each), span) for name in _loaded_names(each)]
    return bool(names) and names[-1].lstrip(".") in SILENT
