"""Where a number goes that has left the graph: whether it comes back into one, as in ``x * math.exp(-x)``.

The node that was converted there, ``-x``, is gone when ``backward`` runs. So the number is followed, in two stages.

1. While the statement runs that converted it, each new node is asked whether its expression contains the conversion;
   the bytecode tells (`autograd.engine.flow`).
2. When the statement is over, the number is kept under some name, or in something that has one, or it is gone. There it
   is looked up, and from then on it is known by its 53 bits, wherever it goes and however late: `watched` holds the
   numbers that the engine looks for among the plain numbers that operations take in.

The node of an operation that took such a number in is noted, and ``backward`` warns of it if the leaves that the number
depended on lie in the same graph. So ``total += float(loss)`` is silent, and so is a number from another graph.
"""

from __future__ import annotations

import sys
from _weakref import ref
from collections import deque
from itertools import islice, pairwise
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd.engine.callers import frames_of_user, variables_of
from autograd.engine.departed import followed, watched
from autograd.engine.flow import Flow, computed_uses_of, flow_of, place_of, room_of, uses_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from types import CodeType, FrameType

    from autograd.engine.detachment import Conversion
    from autograd.engine.value import Value

PATIENCE = 64
"""How many nodes may be made before a number is followed no longer that could not be found when its statement was over."""

MOST_VISITED = 200
"""How many nodes of a graph are visited for its leaves."""

MOST_LEAVES = 32
"""How many leaves are looked for."""

MOST_FOLLOWED = 8
"""How many numbers are followed at a time; of more, the latest."""

MOST_HELD = 1000
"""How many numbers are looked at in a container; of more, the last."""

MOST_DEEP = 3
"""How deep containers are looked into that lie in one another."""

MOST_WAITS = 10_000
"""At how many operations with a plain number the place in the code is looked at, for what left at one place of it."""

MOST_AT_HAND = 64
"""How many variables are looked through for objects with attributes."""

MOST_OF_A_PLACE = 2000
"""How many numbers are watched that left the graph at one place of the code; of more, the latest."""

MOST_PLACES = 64
"""Of how many places of the code numbers are watched; of more, the latest."""


class Followed(NamedTuple):
    """What left the graph by one instruction of a frame of the user's code."""

    frame: int
    """The id of the frame."""
    code: CodeType
    place: int
    """The offset of the instruction in the bytecode."""
    module: int
    """The id of the module's variables."""
    flow: Flow
    """Where the result of the instruction goes."""
    held: frozenset[float]
    """The numbers that the names of the flow held before."""
    length: int
    """The length that a list had before the number was appended to it; -1 where it is kept otherwise."""
    objects: tuple[ref[Any], ...]
    """The objects that an attribute may belong to."""
    conversions: list[Conversion]
    """One; several where a function takes several numbers, or is called again before the first is found."""
    numbers: set[float]
    """The numbers of the converted nodes."""
    leaves: dict[ref[Value], None]
    """The leaves that these depended on."""

    def is_taken_in(self, frame: FrameType) -> bool:
        """Whether what a frame computes just now takes the number in."""
        place = place_of(frame)
        if self.is_of(frame):
            return place in self.flow.uses or place in uses_of(frame.f_code, self.flow.names)
        names = frozenset(filter(self.is_shared, self.flow.names))
        return id(frame.f_globals) == self.module and place in uses_of(frame.f_code, names)

    def is_of(self, frame: FrameType) -> bool:
        """Whether this is the frame in which the number left the graph."""
        return id(frame) == self.frame and frame.f_code is self.code

    def is_over(self, frames: Iterable[FrameType]) -> bool:
        """Whether the statement is over that converted the number."""
        return not any(self.is_of(frame) and self.place <= place_of(frame) <= self.flow.end for frame in frames)

    def is_shared(self, name: str) -> bool:
        """Whether other functions may find the number under this name."""
        return _is_shared(name, self.code)

    def found(
        self, scopes: Sequence[Mapping[str, Any]], shared: list[Mapping[str, Any]], is_over: bool
    ) -> tuple[list[float], bool, frozenset[str]]:
        """The numbers that have come to be kept; whether all could be; and the names that they are kept under."""
        objects = [thing for each in self.objects if (thing := each()) is not None]
        found: list[float] = []
        names, is_there = self.flow.names, not (self.flow.names or self.flow.mentioned)
        for name in self.flow.mentioned:
            thing = _found_under(name, scopes, objects)
            new = [] if _is_number(thing) else [number for number in _held_in(thing) if number not in self.held]
            found += new
            names |= {name} if new else set()
        for name in self.flow.names:
            thing = _found_under(name, [*scopes, *(shared if self.is_shared(name) else ())], objects)
            if self.length >= 0:
                thing = _appended(thing, self.length, is_over)
            is_there = is_there or _is_number(thing) or hasattr(type(thing), "backward")
            is_new = (is_over and _is_number(thing)) or self.length >= 0
            found += [number for number in _held_in(thing) if is_new or number not in self.held]
        for name in self.flow.derived:
            thing = _found_under(name, scopes, objects)
            found += [float(thing)] if _is_number(thing) and thing not in self.held else []
        return found, is_there or bool(found), names

    def is_known_by(self, number: float) -> bool:
        """Whether its digits alone identify a number.

        They do not if they are few, as such numbers are met everywhere; nor if it is the number of the converted node
        itself, since ``.data`` gives that, too.
        """
        return number not in self.numbers and float(f"{number:.6g}") != number


misses: dict[float, int] = {}
"""How often a number that its digits alone do not identify was met where it came from somewhere else."""

_by_place: dict[tuple[CodeType, int], dict[float, Followed]] = {}
_waiting: dict[tuple[CodeType, int], Followed] = {}
_waits: dict[tuple[CodeType, int], int] = {}
_rooms: dict[CodeType, frozenset[int]] = {}
_patience = [0]


def follow(value: Value, conversion: Conversion) -> bool:
    """Follow the number that a node has just become; tells whether anything may compute with it that can be seen."""
    frames = list(islice(frames_of_user(), 8))
    look_up(frames)
    conversion.open_ends = 0 if frames else -1
    leaves: dict[ref[Value], None] = {}
    for frame in frames:
        place = place_of(frame)
        flow = flow_of(frame.f_code, place, frame is not frames[0])
        if _may_be_used(flow, frame.f_code):
            leaves = leaves or dict.fromkeys(_leaves(value))
            if not leaves:
                break
            conversion.open_ends += 1
            key = id(frame), frame.f_code, place
            each = next((each for each in followed if each[:3] == key), None)
            if each is None:
                module = id(frame.f_globals)
                held, length, objects = _held_before(flow, frame)
                each = Followed(*key, module, flow, held, length, objects, [], set(), {})
                followed.insert(0, each)
                del followed[MOST_FOLLOWED:]
            each.conversions.append(conversion)
            each.numbers.add(value.data)
            each.leaves.update(leaves if len(each.leaves) < MOST_VISITED else ())
        if not flow.is_returned:
            break
    if leaves:
        _patience[0] = PATIENCE
    return bool(leaves)


def taken_in_by(node: Value) -> Followed | None:
    """The followed number that a new node was computed with, if it was."""
    frames = list(islice(frames_of_user(), 8))
    numbers = [parent.data for parent in node.parents if parent.is_constant]
    found = None
    if frames and numbers:
        found = next((each for each in followed if each.is_taken_in(frames[0])), None)
    look_up(frames)
    _patience[0] -= 1
    if _patience[0] <= 0:
        followed.clear()
    return found or next(filter(None, map(recognized, numbers)), None)


def recognized(number: float) -> Followed | None:
    """What is watched or awaited, if this number that an operation takes in is it."""
    each = watched.get(number)
    if each is not None:
        if each.is_known_by(number) or any(map(each.is_taken_in, islice(frames_of_user(), 8))):
            return each
        misses[number] = misses.get(number, 0) + 1
        if misses[number] >= PATIENCE:  # a number that is met everywhere, which would take time each time
            _watch_no_more(_by_place.get((each.code, each.place), {}), number)
    return _awaited(number) if _waiting else None


def _awaited(number: float) -> Followed | None:
    """What this number was computed from, of what is kept somewhere, by its place in the code."""
    for depth, frame in enumerate(islice(frames_of_user(), 2)):
        rooms = _rooms.get(frame.f_code)
        if rooms is None:
            rooms = _rooms[frame.f_code] = frozenset().union(*(_room(each, frame) for each in _waiting.values()))
        if frame.f_lasti in rooms:
            for each in list(_waiting.values()):
                if frame.f_lasti in _room(each, frame) and (depth == 0 or number in _arguments(next(frames_of_user()))):
                    return each
    for key in list(_waiting):
        _waits[key] += 1
        if _waits[key] >= MOST_WAITS:
            _await_no_more(key)
    return None


def _room(each: Followed, frame: FrameType) -> frozenset[int]:
    """Where a frame is when an operation may take in what is computed from a number."""
    code, names, derived = frame.f_code, each.flow.names | each.flow.derived, each.flow.derived
    if code is not each.code:
        if id(frame.f_globals) != each.module:
            return frozenset()
        names, derived = (frozenset(filter(each.is_shared, some)) for some in (names, derived))
    places = computed_uses_of(code, names) | uses_of(code, derived) if names else frozenset()
    return room_of(code, places)


def _await(each: Followed) -> None:
    names = each.flow.names | each.flow.derived
    if computed_uses_of(each.code, names) or uses_of(each.code, each.flow.derived) or any(map(each.is_shared, names)):
        key = each.code, each.place
        if _waits.setdefault(key, 0) < MOST_WAITS:
            before = _waiting.pop(key, None)
            if before is None or (before.flow, before.module) != (each.flow, each.module):
                _rooms.clear()
            _waiting[key] = watched[None] = _kept(each)
            if len(_waiting) > MOST_PLACES:
                _await_no_more(next(iter(_waiting)))


def _await_no_more(key: tuple[CodeType, int]) -> None:
    _waiting.pop(key, None)
    _rooms.clear()
    if not _waiting:
        watched.pop(None, None)


def _arguments(frame: FrameType) -> set[float]:
    """The numbers that a function was called with."""
    code = frame.f_code
    count = code.co_argcount + code.co_kwonlyargcount + bool(code.co_flags & 4) + bool(code.co_flags & 8)
    variables = variables_of(frame)
    return {number for name in code.co_varnames[:count] for number in _held_in(variables.get(name), 1)}


def _handed_on(each: Followed, frames: Sequence[FrameType]) -> set[float]:
    """The numbers that the function is called with to which a followed one is handed on just now, and no other function."""
    for called, caller in pairwise(frames):
        if each.is_of(caller) and place_of(caller) in each.flow.uses:
            known = {float(c) for c in caller.f_code.co_consts if _is_number(c)}
            known.update(number for thing in list(variables_of(caller).values()) for number in _held_in(thing, 2))
            return _arguments(called) - known
    return set()


def forget_all() -> None:
    """Follow no number, and watch for none."""
    followed.clear()
    watched.clear()
    misses.clear()
    _waiting.clear()
    _waits.clear()
    _rooms.clear()
    _by_place.clear()


def _may_be_used(flow: Flow, code: CodeType) -> bool:
    """Whether there is any operation that may take a number in, as far as can be seen from here."""
    names = flow.names | flow.derived
    return bool(flow.uses or flow.mentioned or uses_of(code, names) or any(_is_shared(name, code) for name in names))


def _is_shared(name: str, code: CodeType) -> bool:
    return name.startswith(".") or name not in code.co_varnames


def _held_before(flow: Flow, frame: FrameType) -> tuple[frozenset[float], int, tuple[ref[Any], ...]]:
    """The numbers that names hold, how many they are where one is appended, and what an attribute may belong to."""
    if not flow.names | flow.mentioned:
        return frozenset(), -1, ()
    variables = variables_of(frame)
    scopes = [variables, frame.f_globals]
    objects = _objects_in(variables) if any(name.startswith(".") for name in flow.names) else []
    things = [_found_under(name, scopes, objects) for name in flow.names]
    is_appended = flow.appended and (isinstance(things[0], (list, deque)) or type(things[0]).__name__ == "array")
    length = len(things[0]) if is_appended else -1
    things = [_found_under(name, scopes, objects) for name in flow.derived | flow.mentioned] + (
        things if length < 0 else []
    )
    return frozenset(number for thing in things for number in _held_in(thing)), length, tuple(map(ref, objects))


def look_up(frames: Sequence[FrameType] | None = None) -> None:
    """Look up the numbers whose statements are over, and watch for them."""
    if not followed:
        return
    if frames is None:
        frames = list(islice(frames_of_user(), 8))
    for each in list(followed):
        for number in _handed_on(each, frames):
            _watch(number, each)
        is_over = each.is_over(frames)
        if is_over or any(each.is_of(frame) and each.place == place_of(frame) for frame in frames):
            own = [variables_of(frame) for frame in frames if each.is_of(frame)]
            others = [variables_of(frame) for frame in frames if not each.is_of(frame)]
            modules = [frame.f_globals for frame in frames if id(frame.f_globals) == each.module][:1]
            found, is_done, names = each.found([*own, *modules], others, is_over)
            is_done = is_done or not (own or each.flow.mentioned or any(map(each.is_shared, each.flow.names)))
            named = each._replace(flow=each.flow._replace(names=names))
            for number in found:
                if number:
                    _watch(number, named)
            if is_over and is_done:
                _await(named)
                followed.remove(each)
                for conversion in each.conversions:
                    conversion.open_ends -= 1


def _kept(each: Followed) -> Followed:
    return each._replace(held=frozenset(), objects=(), conversions=each.conversions[-1:])


def _watch(number: float, each: Followed) -> None:
    key = each.code, each.place
    numbers = _by_place.pop(key, {})
    numbers.pop(number, None)
    if len(numbers) >= MOST_OF_A_PLACE:
        _watch_no_more(numbers, next(iter(numbers)))
    misses.pop(number, None)
    numbers[number] = watched[number] = _kept(each)
    _by_place[key] = numbers
    if len(_by_place) > MOST_PLACES:
        oldest = _by_place.pop(next(iter(_by_place)))
        for old in list(oldest):
            _watch_no_more(oldest, old)


def _watch_no_more(numbers: dict[float, Followed], number: float) -> None:
    each = numbers.pop(number, None)
    if each is not None and watched.get(number) is each:
        del watched[number]
        misses.pop(number, None)


def _leaves(value: Value) -> list[ref[Value]]:
    """The variables that a node depends on, by no cut edge; of a large graph some of them."""
    if _latest and _latest[0][0]() is value:  # as numbers are often converted twice
        return _latest[0][1]
    waiting = [value]
    leaves: list[ref[Value]] = []
    seen: set[Value] = set()
    while waiting and len(seen) < MOST_VISITED and len(leaves) < MOST_LEAVES:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            if node.primitive is None:
                leaves.append(ref(node))
            else:
                waiting += [parent for parent, is_cut in zip(node.parents, node.cuts) if not is_cut]
    _latest[:] = [(ref(value), leaves)]
    return leaves


_latest: list[tuple[ref[Value], list[ref[Value]]]] = []
"""The node whose leaves were asked for, and these."""


# What names hold.


def _is_number(thing: Any) -> bool:
    return type(thing) is int or isinstance(thing, float)


def _found_under(name: str, scopes: Sequence[Mapping[str, Any]], objects: list[Any]) -> Any:
    """What is kept under a name; of an attribute, what the objects have that are at hand."""
    if name.startswith("."):
        things = objects + [thing for scope in scopes for thing in _objects_in(scope)]
        return next((vars(thing)[name[1:]] for thing in things if name[1:] in vars(thing)), None)
    return next((scope[name] for scope in scopes if name in scope), None)


def _objects_in(scope: Mapping[str, Any]) -> list[Any]:
    """The objects of the user's own classes that variables hold, or that the attributes of these hold."""
    found = [thing for thing in islice(scope.values(), MOST_AT_HAND) if _is_object(thing)]
    return found + [part for thing in found for part in islice(vars(thing).values(), MOST_AT_HAND) if _is_object(part)]


def _is_object(thing: Any) -> bool:
    kind = type(thing)
    has_attributes = kind.__dictoffset__ and kind.__weakrefoffset__ and not hasattr(kind, "backward")
    return bool(has_attributes) and not isinstance(thing, (type, ModuleType, FunctionType))


def _appended(thing: Any, length: int, is_over: bool) -> list[Any]:
    """What was appended to something that had a length before."""
    parts = _parts(thing)
    count = min(max(len(thing) - length, int(is_over)), len(parts)) if parts else 0
    return parts[len(parts) - count :]


def _held_in(thing: Any, depth: int = MOST_DEEP) -> list[float]:
    """The numbers in a container, an array or an object of the user's own, or in what these hold."""
    found = []
    waiting, visited = [(thing, depth)], 0
    while waiting and visited < MOST_HELD:
        part, depth = waiting.pop()
        visited += 1
        if _is_number(part):
            found.append(float(part))
        elif depth:
            waiting += [(each, depth - 1) for each in _parts(part)]
    return found


def _parts(thing: Any) -> list[Any]:
    """What a container holds, the last of it; read in ways that no class of the user's can change."""
    if isinstance(thing, list):
        return list.__getitem__(thing, slice(-MOST_HELD, None))
    if isinstance(thing, tuple):
        return list(tuple.__getitem__(thing, slice(-MOST_HELD, None)))
    if isinstance(thing, dict):
        return list(islice(reversed(dict.values(thing)), MOST_HELD))[::-1]
    if isinstance(thing, deque):
        return list(islice(deque.__reversed__(thing), MOST_HELD))[::-1]
    if isinstance(thing, (set, frozenset)):
        return list(islice(thing, MOST_HELD))
    for module, kind in (("numpy", "ndarray"), ("array", "array")):
        if module in sys.modules and type(thing) is getattr(sys.modules[module], kind):
            return list(getattr(thing, "flat", thing)[-MOST_HELD:])
    return list(vars(thing).values()) if _is_object(thing) else []
