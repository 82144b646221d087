"""Turns of passes over graphs, in the plain form: interpreted code may be interrupted anywhere, and passes must not be.

A thread waits for its turn. What interrupts a pass in its own thread, such as a finalizer, would wait for ever, and is
refused. Compiled code gives way to nobody in the midst of a pass, and needs none of this.
"""

from __future__ import annotations

import os
from _thread import RLock

_turn = RLock()
_is_under_way = False


def begin() -> None:
    """Take the turn.

    Raises:
        RuntimeError: if this thread has it already.
    """
    global _is_under_way
    _turn.acquire()
    if _is_under_way:
        _turn.release()
        raise RuntimeError(
            "a pass over a graph was started in the midst of another, by a finalizer or a signal's handler; "
            "let that note what is to be done, and do it afterwards"
        )
    _is_under_way = True


def end() -> None:
    """Give the turn back."""
    global _is_under_way
    _is_under_way = False
    _turn.release()


def _renew() -> None:
    """In the child of a fork, no other thread is there to end its pass."""
    global _turn, _is_under_way
    _turn = RLock()
    _is_under_way = False


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew)
