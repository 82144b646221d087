"""What the command line prints: tables, color, and JSON."""

from __future__ import annotations

import json
import math
import os
import sys
from typing import Any


def align(heads: list[str], rows: list[list[str]], left: bool = True) -> str:
    """A table with its numbers to the right, and with `left` its first column to the left."""
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]

    def line(cells: list[str]) -> str:
        first = cells[0].ljust(widths[0]) if left else cells[0].rjust(widths[0])
        return "  ".join([first, *(cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True))])

    return "\n".join([paint("2", line(heads)), *map(line, rows)])


def paint(code: str, text: str, stream: Any = None) -> str:
    """Color text, but only for eyes."""
    stream = stream or sys.stdout
    colorful = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return f"\x1b[{code}m{text}\x1b[0m" if colorful else text


def print_json(found: Any) -> None:
    print(json.dumps(_without_nan(found), indent=2, ensure_ascii=False, allow_nan=False))


def _without_nan(found: Any) -> Any:
    """JSON has no word for inf and nan, so they are written as text."""
    if isinstance(found, dict):
        return {name: _without_nan(each) for name, each in found.items()}
    if isinstance(found, list):
        return [_without_nan(each) for each in found]
    return found if not isinstance(found, float) or math.isfinite(found) else str(found)
