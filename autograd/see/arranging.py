"""Hints by which Graphviz arranges the inside of frames: modules in columns, operands in the order of their formula.

Left to itself, an edge that enters a frame from outside takes a detour around everything in front of its target. So each
such edge gets an invisible point among the operands, through which it enters. And items at the same depth of the graph
share a row, so that a layer stands after the one before it.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from autograd.see.modules import operands_first
from autograd.see.unfolding import columns

if TYPE_CHECKING:
    from collections.abc import Mapping

    from autograd.engine.value import Value
    from autograd.see.excerpt import Excerpt


class Arrangement:
    """What Graphviz is told about the frames of a picture.

    Attributes:
        entries: the point through which an edge enters, by the operation that it leads to and the number of the operand.
        points: those points by the frame that they lie in.
        rows: the names of what shares a row, row by row.
    """

    def __init__(self, excerpt: Excerpt, frames: Mapping[Value | str, tuple[str, ...]]) -> None:
        self.entries: dict[tuple[Value, int], str] = {}
        self.points: dict[tuple[str, ...], list[str]] = {}
        self._excerpt = excerpt
        self._frames = frames
        self._uses = Counter(parent for node in excerpt.nodes for parent in node.parents)
        depths = _depths(excerpt)
        rows = {("", 0): self._inputs()}
        placed: set[str] = set()  # a parameter that several operations use stands with the first of them
        for item in sorted((item for item in frames if frames[item]), key=depths.__getitem__):
            for each in [excerpt.ids[item]] if isinstance(item, str) else self._row_before(item):
                if each not in placed:
                    placed.add(each)
                    rows.setdefault((frames[item][0], depths[item]), []).append(each)
        self.rows = [row for row in rows.values() if len(row) > 1]

    def _inputs(self) -> list[str]:
        """The leaves without a frame that only framed operations use."""
        users: dict[Value, bool] = {}
        for item, inside in self._excerpt.contents.items():
            for parent in (parent for node in inside for parent in node.parents):
                users[parent] = users.get(parent, True) and (isinstance(item, str) or bool(self._frames[item]))
        return [
            self._excerpt.ids[leaf]
            for leaf, is_input in users.items()
            if is_input and not leaf.parents and self._frames.get(leaf) == ()
        ]

    def _row_before(self, node: Value) -> list[str]:
        """What stands before an operation: its parameters, operands that it alone uses, and where edges enter."""
        row = []
        operands = self._excerpt.operands(node)
        for place in operand_order(node):
            operand = operands[place]
            if operand is None:
                continue
            if self._frames[operand][: len(self._frames[node])] != self._frames[node]:
                row.append(self._enter(node, place))
            elif not isinstance(operand, str) and (not operand.parents or self._uses[operand] == 1):
                row.append(self._excerpt.ids[operand])
        return row

    def _enter(self, node: Value, place: int) -> str:
        point = self.entries[node, place] = f"e{len(self.entries)}"
        self.points.setdefault(self._frames[node], []).append(point)
        return point


def operand_order(node: Value) -> list[int]:
    """The operands of a node in the order in which a formula has them: those of sequences by pairs."""
    if node.primitive is None:
        return []
    return [place for pair in zip(*columns(node.primitive, range(len(node.parents))), strict=True) for place in pair]


def _depths(excerpt: Excerpt) -> dict[Value | str, int]:
    """The depth of each item: the number of operations on the longest path to it from a leaf."""
    depths: dict[Value, int] = {}
    for node in operands_first(excerpt.nodes):
        depths[node] = 1 + max((depths.get(parent, 0) for parent in node.parents), default=0)
    return {item: max(map(depths.__getitem__, inside)) for item, inside in excerpt.contents.items()}
