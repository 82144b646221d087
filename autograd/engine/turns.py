"""Turns of passes over graphs, in the plain form: interpreted code may give way anywhere, and a pass must not.

A thread waits for its turn. What interrupts a pass in its own thread, such as a finalizer, would wait for ever, and is
refused. Compiled code gives way to nobody in the midst of a pass, and needs none of this.
"""

from __future__ import annotations

import os
from _thread import RLock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_turn = RLock()
_is_under_way = False


def in_turn(walk: Callable[..., Any]) -> Callable[..., Any]:
    """Let a function be called by one thread at a time, and by nobody in the midst of another such call.

    The function that is returned raises a RuntimeError in such a midst. However it ends, by Ctrl-C or otherwise, the
    turn is over: Python looks for signals where a function written in Python begins, and here none does in between.
    """

    def walk_in_turn(*arguments: Any) -> Any:
        global _is_under_way
        with _turn:
            if _is_under_way:
                raise RuntimeError(
                    "a pass over a graph was started in the midst of another, by a finalizer or a signal's handler; "
                    "let that note what is to be done, and do it afterwards"
                )
            _is_under_way = True
            try:
                return walk(*arguments)
            finally:
                _is_under_way = False

    return walk_in_turn


def _renew() -> None:
    """In the child of a fork, no other thread is there to end its pass."""
    global _turn, _is_under_way
    _turn = RLock()
    _is_under_way = False


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew)
