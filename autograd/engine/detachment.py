"""Numbers that leave the graph: where that loses a derivative, it is loud.

A `Value` becomes a plain number where its user says so, by ``.data`` or `stop_gradient`. Everywhere else, as in
``math.exp(x)``, the derivative is lost on the way. While a function is differentiated that is a `DetachedError`,
which no library can swallow: `differentiating` raises it at its end, if not before. Outside, a conversion is only noted,
with its line, and ``backward`` warns if it meets the node that was converted: so ``float(loss)`` is silent, and
``x * math.exp(x)`` is not.
"""

from __future__ import annotations

import warnings
from _weakref import ref
from typing import TYPE_CHECKING

from autograd.engine.callers import called_function, frame_of_user
from autograd.engine.primitive import TABLE

if TYPE_CHECKING:
    from types import FrameType

    from autograd.engine.value import Value


class DetachedError(TypeError):
    """A number left the graph while a function was differentiated, and its derivative with it."""


class DetachedWarning(UserWarning):
    """A number had left the graph that was differentiated, and its derivative with it."""


class Conversion:
    """Where in the user's code a node became a plain number."""

    def __init__(self, frame: FrameType | None) -> None:
        self.file = "" if frame is None else frame.f_code.co_filename
        self.line = 0 if frame is None else frame.f_lineno
        self.function = "" if frame is None else called_function(frame)

    def describe(self, value: Value) -> str:
        """What was lost where, and the way out, in a sentence."""
        place = f"at {self.file}:{self.line}" if self.file else "outside of Python code"
        instead = f"autograd.{self.function} for {self.function}, or " if self.function in TABLE else ""
        name = value.label if value.label.isidentifier() else "v"
        return (
            f"{value!r} became a plain number {place}, so what is computed from that number has no derivative with "
            f"respect to it; write {instead}{name}.data or autograd.stop_gradient({name}) where that is meant"
        )


# What is noted outside of `differentiating`.

noted: dict[int, tuple[ref[Value], Conversion]] = {}
"""The nodes that were converted and still live, by id, and where each was."""

_warned: set[tuple[str, int]] = set()


def note_conversion(value: Value) -> None:
    """Remember where a node became a plain number, for as long as the node lives."""
    conversion = Conversion(frame_of_user())
    if (conversion.file, conversion.line) not in _warned:
        key = id(value)
        noted[key] = ref(value, lambda _: noted.pop(key, None)), conversion


def warn_of_conversion(value: Value, conversion: Conversion) -> None:
    """Warn that a node of the graph that was differentiated had been converted; once for each line of code."""
    noted.pop(id(value), None)
    place = (conversion.file, conversion.line)
    if place not in _warned:
        _warned.add(place)
        warnings.warn_explicit(conversion.describe(value), DetachedWarning, place[0] or "<unknown>", place[1])
