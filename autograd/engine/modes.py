"""`no_grad`: a context in which operations compute numbers and record nothing."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from copy import copy
from typing import TYPE_CHECKING, Any

from autograd.engine.recorder import PassingRecorder, Recorder, current_recorder, recording
from autograd.engine.value import Value, forget

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager


class _NoGrad(PassingRecorder):
    def node(self, node: Value) -> None:
        self.outer.node(node)
        forget(node)


@contextmanager
def no_grad() -> Iterator[None]:
    """A context in which operations compute numbers and record nothing, to save time and memory.

    It is also a decorator, for a whole function: write ``@no_grad()`` above it.

    Example:
        >>> from autograd import Value, no_grad
        >>> a = Value(2.0)
        >>> with no_grad():
        ...     b = a * 3
        >>> b.data, b.parents
        (6.0, ())
    """
    with recording(_NoGrad()):
        yield


def graph_recording() -> AbstractContextManager[Any]:
    """A context in which nodes are recorded even inside `no_grad`, for a function that is to be differentiated."""
    current = current_recorder()
    awake = _without_no_grad(current)
    return nullcontext() if awake is current else recording(awake)


def is_recording() -> bool:
    """Whether nodes are recorded: False inside `no_grad`, unless something is differentiated there."""
    current = current_recorder()
    return _without_no_grad(current) is current


def _without_no_grad(recorder: Recorder) -> Recorder:
    """The recorders that were passed on to, with none in between that forgets nodes."""
    if not isinstance(recorder, PassingRecorder):
        return recorder
    outer = _without_no_grad(recorder.outer)
    if isinstance(recorder, _NoGrad):
        return outer
    if outer is not recorder.outer:
        recorder = copy(recorder)
        recorder.outer = outer
    return recorder
