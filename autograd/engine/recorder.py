"""What becomes of nodes while they are made: nothing out of the ordinary, unless a context says so.

The engine asks the current `Recorder` about every new node, every backward pass and every comparison, but only while
some context has one: otherwise the question costs one look at a counter. See `no_grad` and `detect_anomaly` for contexts to use.
"""

from __future__ import annotations

from _thread import allocate_lock
from contextvars import ContextVar, Token
from typing import TYPE_CHECKING, Any, Final

from autograd.engine.compiling import mypyc_attr

if TYPE_CHECKING:
    from autograd.engine.value import Value


@mypyc_attr(allow_interpreted_subclasses=True)
class Recorder:
    """The ordinary course of things; subclasses change some of it."""

    def node(self, node: Value) -> None:
        """Called with every new node, before anybody else sees it."""

    def before_backward(self, root: Value) -> None:
        """Called before a backward pass."""

    def after_backward(self, root: Value) -> None:
        """Called after a backward pass."""

    def compare(self, symbol: str, left: Value, right: Any, outcome: bool) -> Any:
        """Called with a comparison of numbers; returns what the user gets."""
        return outcome

    def number(self, value: Value) -> float:
        """Called when a node is turned into a plain number by ``float``, ``bool`` or the like."""
        return value.data


class _Census:
    """How many contexts have a recorder of their own, in all threads together."""

    def __init__(self) -> None:
        self.recorders = 0


census: Final = _Census()
_counting: Final = allocate_lock()
_current: Final[ContextVar[Recorder | None]] = ContextVar("recorder", default=None)
_ordinary: Final = Recorder()


def current_recorder() -> Recorder:
    """The recorder of this context; of this thread only, as contexts are."""
    return _current.get() or _ordinary


@mypyc_attr(allow_interpreted_subclasses=True)
class recording:
    """A context in which nodes go by a recorder of one's own.

    Example:
        >>> from autograd import Value
        >>> class Counter(Recorder):
        ...     count = 0
        ...     def node(self, node):
        ...         self.count += 1
        >>> with recording(Counter()) as counter:
        ...     y = Value(2.0) * 3 + 1
        >>> counter.count
        2
    """

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self._tokens: list[Token[Recorder | None]] = []

    def __enter__(self) -> Any:
        with _counting:
            census.recorders += 1
        self._tokens.append(_current.set(self.recorder))
        return self.recorder

    def __exit__(self, *exception: object) -> None:
        _current.reset(self._tokens.pop())
        with _counting:
            census.recorders -= 1


@mypyc_attr(allow_interpreted_subclasses=True)
class PassingRecorder(Recorder):
    """A recorder that passes everything on to the one that was there before."""

    def __init__(self) -> None:
        self.outer = current_recorder()

    def node(self, node: Value) -> None:
        self.outer.node(node)

    def before_backward(self, root: Value) -> None:
        self.outer.before_backward(root)

    def after_backward(self, root: Value) -> None:
        self.outer.after_backward(root)

    def compare(self, symbol: str, left: Value, right: Any, outcome: bool) -> Any:
        return self.outer.compare(symbol, left, right, outcome)

    def number(self, value: Value) -> float:
        return self.outer.number(value)
