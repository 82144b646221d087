"""Recorders: hooks by which a context sees new nodes, backward passes, comparisons, and numbers that leave the graph.

`no_grad`, `detect_anomaly`, `differentiating` and the recording of programs are all contexts with a recorder of their
own. While no context wants to be told of an event, that event costs the engine one look at a counter.
"""

from __future__ import annotations

from _thread import allocate_lock
from contextvars import ContextVar

from autograd.engine.detachment import note_conversion, note_return

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Final

    from autograd.engine.value import Value


class Recorder:
    """What is called when something happens to nodes. This one changes nothing; subclasses override what they want to see."""

    outer: Recorder | None = None
    """The recorder of the enclosing context."""

    is_open = True
    """False once its context has been left; contexts may be left in any order."""

    @property
    def sees_data(self) -> bool:
        """Whether `read` has to be called."""
        return type(self).read is not Recorder.read

    def node(self, node: Value) -> None:
        """Called with every new node, before anybody else sees it."""

    def forget(self, node: Value) -> None:
        """Called with a node whose operands `no_grad` is about to forget."""

    def read(self, value: Value) -> None:
        """Called when the number of a node is read by ``.data``."""

    def before_backward(self, root: Value) -> None:
        """Called before a backward pass."""

    def after_backward(self, root: Value) -> None:
        """Called after a backward pass."""

    def compare(self, symbol: str, left: Value, right: Any, outcome: bool) -> Any:
        """Called with a comparison of numbers; returns what the user gets."""
        return outcome

    def decide(self, value: Value) -> None:
        """Called when the truth value of a node is asked for, so that a branch depends on whether it is 0."""

    def convert(self, value: Value) -> None:
        """Called when a node is turned into a plain number, by ``float``, ``int`` or the like."""
        if note_conversion(value):
            ordinary.follow(True)

    def ran(self, name: str, again: Callable[[], object]) -> None:
        """Called when a program, which makes no nodes, came to what is not finite; `again` computes it with nodes."""

    def elsewhere(self, value: Value, happening: str) -> None:
        """Called when a node is converted, compared or decided by in a thread that is not in this context."""

    @property
    def keeps_copies(self) -> bool:
        """Whether a copy of a node has to be the node itself."""
        return False


class PassingRecorder(Recorder):
    """A recorder that passes everything on to that of the enclosing context, for subclasses that add to it."""

    @property
    def passes_to(self) -> Recorder:
        """The nearest recorder outside whose context is still open."""
        return _nearest_open(self.outer) or ordinary

    @property
    def sees_data(self) -> bool:
        return type(self).read is not PassingRecorder.read or self.passes_to.sees_data

    def node(self, node: Value) -> None:
        self.passes_to.node(node)

    def forget(self, node: Value) -> None:
        self.passes_to.forget(node)

    def read(self, value: Value) -> None:
        self.passes_to.read(value)

    def before_backward(self, root: Value) -> None:
        self.passes_to.before_backward(root)

    def after_backward(self, root: Value) -> None:
        self.passes_to.after_backward(root)

    def compare(self, symbol: str, left: Value, right: Any, outcome: bool) -> Any:
        return self.passes_to.compare(symbol, left, right, outcome)

    def decide(self, value: Value) -> None:
        self.passes_to.decide(value)

    def convert(self, value: Value) -> None:
        self.passes_to.convert(value)

    def ran(self, name: str, again: Callable[[], object]) -> None:
        self.passes_to.ran(name, again)

    @property
    def keeps_copies(self) -> bool:
        return self.passes_to.keeps_copies


class _Ordinary(Recorder):
    """The recorder where there is no context. It sees new nodes only while a number is followed that left the graph."""

    _is_following = False

    def follow(self, is_following: bool) -> None:
        with _following:
            if self._is_following != is_following:
                self._is_following = is_following
                _count(_Ordinary, 1 if is_following else -1)

    def node(self, node: Value) -> None:
        if self._is_following and not note_return(node):
            self.follow(False)

    def compare(self, symbol: str, left: Value, right: Any, outcome: bool) -> Any:
        tell_elsewhere(left, "compared")
        return outcome

    def decide(self, value: Value) -> None:
        tell_elsewhere(value, "decided by")

    def convert(self, value: Value) -> None:
        tell_elsewhere(value, "turned into a plain number")
        super().convert(value)


def tell_elsewhere(value: Value, happening: str) -> None:
    """Tell the contexts of other threads, as a function may use threads while it is differentiated or recorded."""
    for each in tuple(_attentive):
        each.elsewhere(value, happening)


_following: Final = allocate_lock()
ordinary: Final = _Ordinary()
_attentive: Final[list[Recorder]] = []
_current: Final[ContextVar[Recorder | None]] = ContextVar("recorder", default=None)


def current_recorder() -> Recorder:
    """The recorder of the innermost open context of this thread."""
    return _nearest_open(_current.get()) or ordinary


def _nearest_open(recorder: Recorder | None) -> Recorder | None:
    while recorder is not None and not recorder.is_open:
        recorder = recorder.outer
    return recorder


class recording:
    """A context with a recorder of one's own.

    Contexts may be left in any order, as suspended generators do: a recorder has no effect once its context is left.

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

    def __enter__(self) -> Any:
        self.recorder.outer = _nearest_open(_current.get())
        self.recorder.is_open = True
        _current.set(self.recorder)
        if type(self.recorder).elsewhere is not Recorder.elsewhere:
            _attentive.append(self.recorder)
        _count(type(self.recorder), 1)
        return self.recorder

    def __exit__(self, *exception: object) -> None:
        self.recorder.is_open = False
        _current.set(_nearest_open(_current.get()))
        if self.recorder in _attentive:
            _attentive.remove(self.recorder)
        _count(type(self.recorder), -1)


# How many open contexts, in all threads together, want to be told of each kind of event. The engine looks at these counts,
# and asks for the current recorder only where one is not 0.

_counting: Final = allocate_lock()
_counts = [0, 0, 0]
_listeners: list[Callable[[int, int, int], None]] = []
_wants: dict[type[Recorder], list[bool]] = {_Ordinary: [False, True, False]}  # of what it is told, it asks for nodes


def on_count(listener: Callable[[int, int, int], None]) -> None:
    """Call `listener` with the three counts, now and whenever they change: of passes and comparisons, new nodes, and reads."""
    _listeners.append(listener)
    listener(*_counts)


def _count(kind: type[Recorder], step: int) -> None:
    if kind not in _wants:
        groups = [("compare", "decide", "before_backward", "after_backward"), ("node",), ("read",)]
        _wants[kind] = [any(_sees(kind, name) for name in group) for group in groups]
    wants = _wants[kind]
    if True not in wants:
        return
    with _counting:
        for i, wanted in enumerate(wants):
            _counts[i] += step * wanted
        for listener in _listeners:
            listener(*_counts)


def _sees(kind: type[Recorder], name: str) -> bool:
    """Whether such recorders override a method; to pass a call on is not to see it, as the receiver is counted itself."""
    return getattr(kind, name) not in (getattr(Recorder, name), getattr(PassingRecorder, name))
