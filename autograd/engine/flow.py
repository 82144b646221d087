"""Where the result of an instruction goes in the user's code: read off the bytecode, which knows its place in the source.

It is imported when a number first leaves the graph, for it takes as long to import as all the rest of the engine.
"""

from __future__ import annotations

import dis
import linecache
import re
from bisect import bisect_right
from functools import lru_cache
from itertools import islice, pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from types import CodeType, FrameType

SILENT = frozenset(
    ["add", "append", "extend", "insert", "print", "write"]
    + ["float", "format", "int", "isinstance", "len", "repr", "round", "str"]
)
"""Functions that make no nodes, and are called with numbers that are only reported."""

KEEPING = frozenset(
    ["add", "append", "appendleft", "extend", "fill", "insert", "itemset", "put", "setdefault", "update"]
)
"""Methods that keep a number in what they are called on."""

FILLING = frozenset(["copyto", "fill_diagonal", "heappush", "insort", "place", "put", "putmask"])
"""Functions that keep a number in their first argument."""

REPORTING = frozenset(
    ["add_scalar", "critical", "debug", "error", "exception", "info", "log", "plot", "scatter", "semilogy"]
    + ["set_description", "set_postfix", "warning", "writerow"]
)
"""Functions that only report a number where what they return is dropped."""

Span = tuple[int, int, int, int]


class Flow(NamedTuple):
    """Where the result of an instruction goes."""

    uses: frozenset[int]
    """The instructions of the same expression that may compute with it."""

    names: frozenset[str]
    """The variables that it is kept under, or in; and the attributes, which begin with a dot."""

    mentioned: frozenset[str]
    """The variables in which it may be kept, as a statement hands them to a function, too, that is not known."""

    appended: bool
    """Whether it is the last of what the name holds, because it was appended."""

    derived: frozenset[str]
    """The variables under which something is kept that is computed from what these hold."""

    end: int
    """The last instruction of the statement."""

    is_returned: bool
    """Whether the function may return it, or what is computed from it."""


def place_of(frame: FrameType) -> int:
    """The instruction that a frame is at, which may be followed by room that belongs to it."""
    offsets = _offsets(frame.f_code)
    return offsets[bisect_right(offsets, frame.f_lasti) - 1]


@lru_cache(1024)
def room_of(code: CodeType, places: frozenset[int]) -> frozenset[int]:
    """All that a frame may say where it is when it is at one of these instructions."""
    offsets = _offsets(code)
    ends = dict(zip(offsets, [*offsets[1:], len(code.co_code)]))
    return frozenset(offset for place in places for offset in range(place, ends[place], 2))


@lru_cache(64)
def _instructions(code: CodeType) -> list[dis.Instruction]:
    return [seen for each in dis.get_instructions(code) if (seen := _without_variables(each, code))]


def _without_variables(instruction: dis.Instruction, code: CodeType) -> dis.Instruction | None:
    """An instruction without the variables that it loads themselves, for a function that is made; None if only those.

    What a variable holds is loaded otherwise where functions share it. Python 3.13 and later load two by one.
    """
    if instruction.opname == "LOAD_CLOSURE":
        return None
    if not instruction.opname.startswith("LOAD_FAST") or not code.co_cellvars:
        return instruction
    names = instruction.argval if isinstance(instruction.argval, tuple) else (instruction.argval,)
    others = tuple(name for name in names if name not in code.co_cellvars)
    if others == names:
        return instruction
    return instruction._replace(argval=others) if others else None


@lru_cache(1024)
def _offsets(code: CodeType) -> list[int]:
    return [each.offset for each in _instructions(code)]


@lru_cache(1024)
def flow_of(code: CodeType, offset: int, is_result: bool = False) -> Flow:
    """Where a number goes that an instruction made or was given: through its expression, and into which names.

    Args:
        code: of the function.
        offset: where the instruction stands.
        is_result: whether the number is what it returns, and not perhaps what it was given.
    """
    instructions = _instructions(code)
    start = next((i for i, each in enumerate(instructions) if each.offset == offset), len(instructions) - 1)
    here = _span(instructions[start])
    around = next((each for each in instructions[start + 1 :] if here and _holds(_span(each), here)), None)
    if around is not None and around.opname in _DECIDING:
        return Flow(frozenset(), frozenset(), frozenset(), False, frozenset(), offset, False)
    uses = {
        each.offset
        for each in instructions[start + 1 :]
        if _computes(each) and here and _holds(_span(each), here) and not _is_silent(each, instructions)
    }
    names, end = _kept_by_statement(code, start, instructions)
    appended = end.opname == "POP_TOP" and _called_in(_span(end), instructions)[-1:] == [".append"]
    kept = frozenset(names - {""})
    derived, is_returned = _derived_from(kept, instructions)
    is_returned = is_returned or end.opname.startswith(("RETURN_", "YIELD_")) or end.opname in _COLLECTING
    is_dropped = is_result and instructions[start + 1 : start + 2] == [end]
    is_call = end.opname == "POP_TOP" and not kept and not is_dropped
    mentioned = frozenset(_mentioned_in(_span(end), instructions) if is_call else ())
    if "" in names:  # it is kept in something that has no name here
        mentioned |= {""}
    return Flow(frozenset(uses), kept, mentioned, appended, derived, end.offset, is_returned)


def _kept_by_statement(
    code: CodeType, start: int, instructions: list[dis.Instruction]
) -> tuple[set[str], dis.Instruction]:
    """The names that the statement around an instruction keeps its result under, or in; and the statement's last one.

    A name is empty where the result is kept in something that has no name there.
    """
    names: set[str] = set()
    is_comprehension = code.co_name.endswith("comp>")  # a function of its own before Python 3.12
    for i, each in enumerate(instructions[start:], start):
        if each.opname.startswith("STORE_"):
            names |= _stored_names(each, instructions)
            following = instructions[i + 1].opname if i + 1 < len(instructions) else ""
            if not following.startswith("STORE_"):
                return names, each
        elif each.opname == "POP_TOP" and instructions[i - 1].opname != "END_FOR":
            return names | _kept_in(_span(each), instructions), each
        elif _ends_statement(each) or (is_comprehension and each.opname in _COLLECTING):
            before = instructions[i - 1]
            if i > start and _calls_a_keeping_method(before, instructions):
                names |= _kept_in(_span(before), instructions)
            return names, each
    return names, instructions[-1]


_DECIDING = frozenset(["COMPARE_OP", "CONTAINS_OP", "IS_OP", "FORMAT_VALUE", "FORMAT_SIMPLE", "FORMAT_WITH_SPEC"])
"""What these make of a number has no derivative: a truth, or text."""

_COLLECTING = frozenset(["LIST_APPEND", "SET_ADD", "MAP_ADD"])
"""By these a comprehension, which is a function of its own, hands a number to the one it stands in."""


def _ends_statement(instruction: dis.Instruction) -> bool:
    return instruction.opname.startswith(("RETURN_", "YIELD_", "POP_JUMP_", "RAISE_"))


def _derived_from(names: frozenset[str], instructions: list[dis.Instruction]) -> tuple[frozenset[str], bool]:
    """The variables that are computed from some, in any number of steps; and whether any of all these is returned."""
    known, is_returned = set(names), False
    starts = _after_stores(instructions)
    for _ in range(_MOST_STEPS):
        before, is_computed_from = len(known), False
        for each in instructions:
            if each.opname.startswith("STORE_"):
                known |= _stored_names(each, instructions) - {""} if is_computed_from else set()
            elif each.opname == "POP_TOP" or _ends_statement(each):
                is_returned = is_returned or (is_computed_from and each.opname.startswith(("RETURN_", "YIELD_")))
                is_computed_from = False
            else:
                loaded = not known.isdisjoint(_loaded_names(each))
                is_computed_from = loaded or (is_computed_from and not each.offset in starts)
        if len(known) == before:
            break
    return frozenset(known) - names, is_returned


_MOST_STEPS = 8
"""How many steps of a computation are looked through."""


def _after_stores(instructions: list[dis.Instruction]) -> frozenset[int]:
    """The instructions before which a statement has ended by keeping something."""
    pairs = pairwise(instructions)
    return frozenset(b.offset for a, b in pairs if a.opname.startswith("STORE_") and not b.opname.startswith("STORE_"))


@lru_cache(1024)
def uses_of(code: CodeType, names: frozenset[str]) -> frozenset[int]:
    """The instructions of a function that may compute with one of these variables or attributes."""
    instructions = _instructions(code)
    spans = _spans_of(names, instructions)
    return frozenset(
        each.offset
        for each in instructions
        if _computes(each) and any(_holds(_span(each), span) for span in spans) and not _is_silent(each, instructions)
    )


@lru_cache(1024)
def computed_uses_of(code: CodeType, names: frozenset[str]) -> frozenset[int]:
    """Those of `uses_of` that compute not with what the variables hold, but with what is computed from it there."""
    instructions = _instructions(code)
    spans = _spans_of(names, instructions)
    steps = [each for each in instructions if _computes(each) or _negates(each)]
    inner = [step for each in steps if (step := _span(each)) and any(_holds(step, span) for span in spans)]
    uses = uses_of(code, names)
    return frozenset(
        each.offset for each in steps if each.offset in uses and any(_holds(_span(each), step) for step in inner)
    )


def _spans_of(names: frozenset[str], instructions: list[dis.Instruction]) -> list[Span]:
    """Where variables are loaded; of two that are loaded by one instruction, that has the place of the first alone."""
    spans = []
    for i, each in enumerate(instructions):
        loaded, span = _loaded_names(each), _span(each)
        if span is None or names.isdisjoint(loaded):
            continue
        if loaded[0] not in names:
            step = next(
                filter(None, (_span(step) for step in instructions[i + 1 :] if _computes(step) or _negates(step))), None
            )
            if step is not None and not _holds(step, span):
                span = step[2:] + step[2:]
        spans.append(span)
    return spans


def _computes(instruction: dis.Instruction) -> bool:
    return instruction.opname.startswith(("BINARY_OP", "CALL", "PRECALL"))


def _negates(instruction: dis.Instruction) -> bool:
    return instruction.opname.startswith("UNARY_")


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
    if instruction.opname == "STORE_ATTR":  # a number that is written into a leaf is its own from then on
        return set() if instruction.argval in ("data", "grad") else {f".{instruction.argval}"}
    if instruction.opname in ("STORE_SUBSCR", "STORE_SLICE"):
        return {_first_name(_span(instruction), instructions)}
    return set(instruction.argval) if isinstance(instruction.argval, tuple) else {str(instruction.argval)}


def _first_name(span: Span | None, instructions: list[dis.Instruction]) -> str:
    """What an expression begins with: the array of ``array[i]``."""
    loads = [_loaded_names(each)[:1] for each in instructions if span and _begins(_span(each), span)]
    names = [name for first in loads for name in first]  # of two variables that are loaded by one, the first
    if not names:  # or else the second
        stores = [i for i, each in enumerate(instructions) if _span(each) == span]
        before = [_loaded_names(each) for each in instructions[: stores[0] if stores else 0]]
        names = [name for loaded in before[-3:] for name in loaded[1:]]
    return names[-1] if names else ""


def _kept_in(span: Span | None, instructions: list[dis.Instruction]) -> set[str]:
    """What a statement that is only a call keeps its arguments in: the list of ``list.append(x)``."""
    called = _called_in(span, instructions)
    function = called[-1].lstrip(".") if called else ""
    kept = set(called[-2:-1]) if function in KEEPING else set()
    if function not in FILLING or span is None:
        return kept
    loads = [name for each in instructions if _is_in(each, span) for name in _loaded_names(each)]
    return kept | set(loads[len(called) : len(called) + 1])


def _mentioned_in(span: Span | None, instructions: list[dis.Instruction]) -> set[str]:
    """The variables in a statement that is only a call, if it may keep its arguments anywhere."""
    called = _called_in(span, instructions)
    function = called[-1].lstrip(".") if called else ""
    if span is None or not function or function in SILENT | REPORTING or function.startswith("assert"):
        return set()
    loads = [name for each in instructions if _is_in(each, span) for name in _loaded_names(each)]
    return {name for name in loads if not name.startswith(".")}


def _calls_a_keeping_method(instruction: dis.Instruction, instructions: list[dis.Instruction]) -> bool:
    called = _called_in(_span(instruction), instructions)
    return len(called) > 1 and called[-1].lstrip(".") in KEEPING


def _called_in(span: Span | None, instructions: list[dis.Instruction]) -> list[str]:
    """What is called by a statement that is only a call: the names of ``list.append``, in order."""
    if span is None:
        return []
    return [name for each in instructions if _begins(_span(each), span) for name in _loaded_names(each)]


def _is_in(instruction: dis.Instruction, span: Span) -> bool:
    inner = _span(instruction)
    return inner is not None and span[:2] <= inner[:2] and inner[2:] <= span[2:]


def _begins(inner: Span | None, outer: Span) -> bool:
    return inner is not None and inner[:2] == outer[:2] and inner[2:] <= outer[2:]


def _is_silent(instruction: dis.Instruction, instructions: list[dis.Instruction]) -> bool:
    """Whether an instruction calls a function that makes no nodes."""
    span = _span(instruction)
    if not instruction.opname.startswith(("CALL", "PRECALL")) or span is None:
        return False
    names = [name for each in instructions if _begins(_span(each), span) for name in _loaded_names(each)]
    return bool(names) and names[-1].lstrip(".") in SILENT


def called_function(code: CodeType, offset: int) -> str:
    """The name of the function that an instruction calls, such as ``exp``; empty where it cannot be told."""
    position = next(islice(code.co_positions(), offset // 2, None), (None,) * 4)
    line, last_line, start, end = position
    text = linecache.getline(code.co_filename, line or 0).encode()
    if text and start is not None:
        call = text[start : end if line == last_line else None].decode(errors="replace")
        found = re.match(r"[\w.]*?(\w+)\s*\(", call)
        return found[1] if found else ""
    return _loaded_name(code, offset)


def _loaded_name(code: CodeType, offset: int) -> str:
    """The function that the code around a call has loaded, where there is no source to read, as in a REPL."""
    name = ""
    for instruction in dis.get_instructions(code):
        if instruction.offset >= offset:
            break
        if instruction.opname in ("LOAD_METHOD", "LOAD_ATTR", "LOAD_GLOBAL"):
            name = str(instruction.argval)
    return name
