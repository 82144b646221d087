"""Where in the user's code something was done: for messages that name a line."""

from __future__ import annotations

import gc
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import FrameType
    from typing import Any

_AUTOGRAD = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "")
_NN = os.path.join(os.path.dirname(os.path.dirname(_AUTOGRAD)), "nn", "")
_OPTIMIZED = 1  # `inspect.CO_OPTIMIZED`: of a function, whose variables are in no dictionary
_STANDARD_LIBRARY = os.path.join(os.path.dirname(os.path.abspath(os.__file__)), "")


def frame_of_user() -> FrameType | None:
    """The innermost frame that is the user's; if all are of libraries, the innermost that is not this library's."""
    frame: FrameType | None = sys._getframe(1)
    foreign = None
    while frame is not None:
        file = frame.f_code.co_filename
        if not file.startswith((_AUTOGRAD, _NN, "<frozen")):
            if not _is_library(file):
                return frame
            foreign = foreign or frame
        frame = frame.f_back
    return foreign


def _is_library(file: str) -> bool:
    return file.startswith(_STANDARD_LIBRARY) or "-packages" in file


def frames_of_user() -> Iterator[FrameType]:
    """The frames that are the user's, the innermost first; none where all are of libraries."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        file = frame.f_code.co_filename
        is_users = _users.get(file)
        if is_users is None:
            is_users = _users[file] = not file.startswith((_AUTOGRAD, _NN, "<frozen")) and not _is_library(file)
        if is_users:
            yield frame
        frame = frame.f_back


_users: dict[str, bool] = {}
"""Whether files are the user's."""


def variables_of(frame: FrameType) -> Mapping[str, Any]:
    """The variables of a frame, which is left as it was.

    Before Python 3.13 a function's frame keeps the dictionary that it is asked for, and with it all that its variables
    hold. So that is emptied again, unless somebody has asked before, such as a debugger, or the function by ``locals()``.
    """
    if sys.version_info >= (3, 13) or not frame.f_code.co_flags & _OPTIMIZED:
        return frame.f_locals
    before = {id(each): len(each) for each in gc.get_referents(frame) if type(each) is dict}
    variables = frame.f_locals
    if before.get(id(variables)):
        return variables
    copied = dict(variables)
    variables.clear()
    return copied


def line_of_user() -> tuple[str, int]:
    """The file and number of the line that the user's frame is at."""
    frame = frame_of_user()
    return ("", 0) if frame is None else (frame.f_code.co_filename, frame.f_lineno)
