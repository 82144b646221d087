"""A computation graph as an indented tree, for the terminal: `tree`."""

from __future__ import annotations

import os
import shutil
import sys
import unicodedata
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

from autograd.engine.value import as_node
from autograd.see.excerpt import COUNTED, nearest_first
from autograd.see.labels import printable
from autograd.see.numbers import format_number
from autograd.see.style import ALARM, FAINT, LABEL, OFF, OPERATION, can_write
from autograd.see.text import operation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from autograd.engine.value import Value

LINES = ("├─ ", "└─ ", "│  ", "…")
DIAMOND = "◆"
PLAIN_LINES = ("|- ", "`- ", "|  ", "...")


class Tree(str):
    """Text that shows itself line by line, and in colour where it is shown on a terminal."""

    __slots__ = ("colored",)
    colored: str

    def __str__(self) -> str:
        return self.colored if _is_colorful() else str.__str__(self)

    __repr__ = __str__


def _is_colorful() -> bool:
    isatty = getattr(sys.stdout, "isatty", None)
    return bool(isatty and isatty()) and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


@dataclass
class _Row:
    guide: str
    title: str  # a label, or what refers to this node
    operation: str
    node: Value | None  # whose numbers stand on this line


def tree(
    value: Value,
    *,
    digits: int = 6,
    gradients: bool = True,
    width: int | None = None,
    marks: Mapping[Value, float] | None = None,
    max_nodes: int = 200,
) -> Tree:
    """The graph that a value was computed by, as an indented tree with its result on top.

    A node that is used more than once is written out where it comes first; after that its label, or a number
    such as ``#1``, refers to it.

    Args:
        value: the result.
        digits: significant digits of numbers.
        gradients: whether to show gradients.
        width: columns to fit in; None takes the terminal's.
        marks: a number to show behind each of these nodes; on a terminal the largest stand out.
        max_nodes: how many nodes to show, nearest to the result.

    Raises:
        ValueError: if `digits`, `width` or `max_nodes` is not positive.

    Example:
        >>> from autograd import tree, variables
        >>> a, b = variables(a=2.0, b=-3.0)
        >>> c = (a * b + 10) * a
        >>> c.backward()
        >>> tree(c, width=60)
        *            8   grad 1
        ├─ +         4   grad 2
        │  ├─ *     -6   grad 2
        │  │  ├─ a   2   grad -2
        │  │  └─ b  -3   grad 4
        │  └─ 10
        └─ a (see above)
    """
    value = as_node(value, "tree")
    for option, count in (("digits", digits), ("width", width), ("max_nodes", max_nodes)):
        if count is not None and count < 1:
            raise ValueError(f"{option} must be at least 1, but got {count!r}")
    columns = width or shutil.get_terminal_size().columns
    found = nearest_first(value)
    layout = _Layout(value, set(found[:max_nodes]), columns, digits, gradients, marks or {})
    left_out = len(found) - len(layout.written)
    if left_out:
        more = "more than " if len(found) >= COUNTED else ""
        layout.rows.append(_Row("", f"{more}{left_out:,} nodes farther from the result are left out", "", None))
    text = Tree(layout.text(False))
    text.colored = layout.text(True)
    return text


class _Layout:
    """The lines of one tree."""

    def __init__(
        self,
        root: Value,
        shown: set[Value],
        columns: int,
        digits: int,
        gradients: bool,
        marks: Mapping[Value, float],
    ) -> None:
        self.shown = shown
        self.marks = marks
        self.largest = max((abs(mark) for mark in marks.values() if isfinite(mark)), default=0.0)
        self.digits = digits
        self.gradients = gradients
        self.columns = columns
        self.room = max(columns - (2 if gradients else 1) * (digits + 8) - 6, 16)  # for guides and names
        self.branch, self.corner, self.bar, self.dots = LINES if can_write("├└│…") else PLAIN_LINES
        self.diamond = DIAMOND if can_write(DIAMOND) else "*"
        self.rows: list[_Row] = []
        self.written: set[Value] = set()
        self.numbers: dict[Value, str] = {}
        uses: dict[Value, int] = {}
        for node in shown:
            for parent in node.parents:
                uses[parent] = uses.get(parent, 0) + 1
        self.shared = {node for node, count in uses.items() if count > 1}
        self._write(root)

    def _write(self, root: Value) -> None:
        stack: list[tuple[Value | int, str, str]] = [(root, "", "")]  # a node, or how many are left out
        limit = 3 * len(self.shown)
        while stack:
            node, guide, indent = stack.pop()
            if isinstance(node, int):
                self.rows.append(_Row(guide, f"{self.dots} {node:,} more", "", None))
                continue
            if node in self.written and not node.is_constant:
                self.rows.append(_Row(guide, f"{self._refer(node)} (see above)", "", None))
                continue
            self.written.add(node)
            self.rows.append(self._row(node, guide))
            operands = node.parents
            is_room = len(indent) + 3 * len(self.branch) < self.room
            inner = [each for each in operands if each in self.shown] if is_room else []
            del inner[max(limit - len(self.rows) - len(stack), 0) :]
            below: list[Value | int] = [*inner, len(operands) - len(inner)] if len(operands) > len(inner) else [*inner]
            for i, each in enumerate(reversed(below)):
                lead, bar = (self.branch, self.bar) if i else (self.corner, "   ")
                stack.append((each, indent + lead, indent + bar))

    def _row(self, node: Value, guide: str) -> _Row:
        if node.is_constant:
            return _Row(
                guide, printable(node.label) or format_number(node.data, self.digits), "", node if node.label else None
            )
        title = self._refer(node) if node in self.shared else printable(node.label)
        if node.primitive is None:
            return _Row(guide, title or "Value", "", node)
        return _Row(guide, title, printable(operation(node, self._operand)), node)

    def _operand(self, place: int, node: Value) -> str:
        if node.is_constant:
            return format_number(node.data, self.digits)
        return self._refer(node) if node.label or node in self.shared else self.dots

    def _refer(self, node: Value) -> str:
        if node.label:
            return printable(node.label)
        return self.numbers.setdefault(node, f"#{len(self.numbers) + 1}")

    def text(self, is_colored: bool) -> str:
        """All lines, with values and gradients in columns."""
        values = [format_number(row.node.data, self.digits) if row.node is not None else "" for row in self.rows]
        before = max(len(text.partition(".")[0].partition("e")[0]) for text in values)
        padded = [" " * (before - len(text.partition(".")[0].partition("e")[0])) + text for text in values]
        across = max(map(len, padded))
        figures = max(len(self._figures(row.node, " " * across, _leave)) for row in self.rows)
        column = max(_width(_plain(row)) for row in self.rows if row.node is not None or len(self.rows) == 1)
        column = min(column, max(self.columns - figures - 2, 12))
        paint = _paint if is_colored else _leave
        return "\n".join(
            self._line(row, text.ljust(across), column, paint).rstrip()
            for row, text in zip(self.rows, padded, strict=True)
        )

    def _line(self, row: _Row, text: str, column: int, paint: Callable[[str, str], str]) -> str:
        whole = _plain(row)
        limit = column if row.node is not None else self.columns
        if _width(whole) > limit:
            return f"{_clip(row.guide, whole, limit, self.dots)}  {self._figures(row.node, text, paint)}"
        title = paint(LABEL if row.node is not None and row.title else FAINT, row.title)
        start = f"{paint(FAINT, row.guide)}{title}{' = ' if row.title and row.operation else ''}"
        gap = " " * (column - _width(whole)) if row.node is not None else ""
        return f"{start}{paint(OPERATION, row.operation)}{gap}  {self._figures(row.node, text, paint)}"

    def _figures(self, node: Value | None, text: str, paint: Callable[[str, str], str]) -> str:
        if node is None:
            return ""
        value = text if isfinite(node.data) else paint(ALARM, text)
        if self.gradients and not node.is_constant:
            grad = f"grad {format_number(node.grad, self.digits)}"
            value = f"{value}   {paint(FAINT if isfinite(node.grad) else ALARM, grad)}"
        return f"{value}   {self._mark(node, paint)}" if node in self.marks else value

    def _mark(self, node: Value, paint: Callable[[str, str], str]) -> str:
        mark = self.marks[node]
        share = abs(mark) / self.largest if self.largest else 0.0
        code = ALARM if not share <= 0.5 else OPERATION if share > 0.1 else FAINT
        return paint(code, f"{self.diamond} {format_number(mark, 3)}")


def _plain(row: _Row) -> str:
    return row.guide + " = ".join(part for part in (row.title, row.operation) if part)


def _paint(code: str, text: str) -> str:
    return f"{code}{text}{OFF}" if text else ""


def _leave(code: str, text: str) -> str:
    return text


def _width(text: str) -> int:
    """How many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(unicodedata.combining(c) > 0 for c in text)


def _clip(guide: str, whole: str, width: int, dots: str) -> str:
    """Shorten a line to the end of its name, as that tells parameters of one module apart."""
    head, tail = guide + dots, whole[len(guide) :]
    while tail and _width(head + tail) > width:
        tail = tail[1:]
    text = (head + tail)[:width] if _width(head + tail) > width else head + tail
    return text + " " * (width - _width(text))
