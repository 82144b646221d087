"""Where in the user's code something was done: for messages that name a line."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType

_AUTOGRAD = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "")
_NN = os.path.join(os.path.dirname(os.path.dirname(_AUTOGRAD)), "nn", "")


def line_of_user() -> tuple[str, int]:
    """The file and number of the innermost line that is not this library's own, or else not this package's."""
    frame: FrameType | None = sys._getframe(1)
    line = ("", 0)
    while frame is not None:
        file = frame.f_code.co_filename
        if not file.startswith((_AUTOGRAD, "<frozen")):
            line = line if line[0] else (file, frame.f_lineno)
            if not file.startswith(_NN):
                return file, frame.f_lineno
        frame = frame.f_back
    return line
