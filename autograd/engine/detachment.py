"""Numbers that leave the graph: where that loses a derivative, it is loud.

A `Value` becomes a plain number where its user says so, by ``.data`` or `stop_gradient`. Everywhere else, as in
``math.exp(x)``, the derivative is lost on the way. While a function is differentiated that is a `DetachedError`,
which no library can swallow: `differentiating` raises it at its end, if not before. Outside, a conversion is only noted,
with its line, and ``backward`` warns if it meets the node that was converted, or one that was made with the number
that came of it (`autograd.engine.following`): so ``float(loss)`` is silent, and ``x * math.exp(x)`` is not.
"""

from __future__ import annotations

import os
import sys
import warnings
from _weakref import ref
from importlib import import_module

from autograd.engine.callers import frame_of_user
from autograd.engine.departed import followed
from autograd.engine.primitive import TABLE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, FrameType

    from autograd.engine.value import Value


class DetachedError(TypeError):
    """A number left the graph while a function was differentiated, and its derivative with it."""


class DetachedWarning(UserWarning):
    """A number had left the graph that was differentiated, and its derivative with it."""


class Conversion:
    """Where in the user's code a node became a plain number."""

    def __init__(self, value: Value, frame: FrameType | None) -> None:
        self.file = "" if frame is None else frame.f_code.co_filename
        self.line = 0 if frame is None else frame.f_lineno
        self.code = None if frame is None else frame.f_code
        self._offset = 0 if frame is None else frame.f_lasti
        self.shown = repr(value)
        self.open_ends = -1
        """In how many places the number may be that could not be looked up, so that it may come back unseen."""
        self.name = value.label if value.label.isidentifier() else "v"

    @property
    def instead(self) -> str:
        """The operation to write for the function that was called, such as ``math.exp``; empty where none is known."""
        from autograd.engine.flow import called_function

        function = "" if self.code is None else called_function(self.code, self._offset)
        return f"autograd.{function} for {function}" if function in TABLE else ""

    def describe(self) -> str:
        """What was lost where, and the way out, in a sentence."""
        place = f"at {self.file}:{self.line}" if self.file else "outside of Python code"
        instead = f"{self.instead}, or " if self.instead else ""
        return (
            f"{self.shown} became a plain number {place}, so what is computed from that number has no derivative with "
            f"respect to it; write {instead}{self.name}.data or autograd.stop_gradient({self.name}) where that is meant"
        )


# What is noted outside of `differentiating`.

noted: dict[int, tuple[ref[Value], Conversion, tuple[ref[Value], ...]]] = {}
"""By id, the nodes that were converted, and those that took such a number in; where that was; and for the latter the
leaves that the number depended on."""

_warned: set[tuple[CodeType | None, int]] = set()
"""The lines of which was warned; of code and not of a file, since all that is typed at a prompt is line 1 of one."""


def note_conversion(value: Value) -> bool:
    """Remember where a node became a plain number, for as long as the node lives; tells whether that is followed."""
    if (value.parents and all(value.cuts)) or sys.is_finalizing():  # when nothing can be imported any more
        return False
    frame = frame_of_user()
    if frame is not None and (frame.f_code, frame.f_lineno) in _warned:
        return False
    from autograd.engine.following import follow

    conversion = Conversion(value, frame)
    _note(value, conversion, ())
    return follow(value, conversion)


def lost() -> list[tuple[ref[Value], Conversion, tuple[ref[Value], ...]]]:
    """What `noted` has of which a backward pass has to warn, if it meets it.

    A node whose number is known to be reported only, or is watched for wherever it is kept, is no reason to.
    """
    from autograd.engine.following import look_up

    look_up()
    return [each for each in noted.values() if each[2] or each[1].open_ends]


def note_return(node: Value) -> bool:
    """Note a new node if a number was taken in that is followed; tells whether any still is."""
    from autograd.engine.following import taken_in_by

    number = taken_in_by(node)
    if number is not None:
        _note(node, number.conversions[-1], tuple(number.leaves))
    return bool(followed)


def note_number(node: Value, number: float) -> None:
    """Note a new node that took in a number for which is watched, or the constant that was made of it."""
    from autograd.engine.following import recognized

    known = recognized(number)
    if known is not None:
        _note(node, known.conversions[-1], tuple(known.leaves))


def _note(node: Value, conversion: Conversion, leaves: tuple[ref[Value], ...]) -> None:
    key = id(node)
    noted[key] = ref(node, lambda _: noted.pop(key, None)), conversion, leaves


def warn_of_conversion(node: Value, conversion: Conversion) -> None:
    """Warn that a number had left the graph that was differentiated; once for each line of code."""
    noted.pop(id(node), None)
    line = conversion.code, conversion.line
    if line not in _warned:
        _warned.add(line)
        warnings.warn_explicit(conversion.describe(), DetachedWarning, conversion.file or "<unknown>", conversion.line)


if hasattr(os, "register_at_fork"):  # or a thread might import it just then, and leave the child a lock to wait for
    os.register_at_fork(before=lambda: import_module("autograd.engine.following"))
