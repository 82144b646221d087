"""What Python source and LaTeX have in common: a graph is unfolded into a tree, and its texts are put together in brackets.

Unfolding goes breadth first from the result, so that of a huge expression the parts farthest from the result are cut
off. A node that is used twice is written twice. Nothing here recurses: an expression may be of any depth.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd.see.spelling import spelled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from autograd.engine.value import Value

SUM, PRODUCT, SIGN, POWER, ATOM = 1, 2, 3, 4, 5
"""Precedences: the higher, the tighter a text binds. `Primitive.precedence` is on the same scale."""


class Slot(NamedTuple):
    """Where the text of an operand goes.

    Attributes:
        place: of the operand, in whatever way its writer counts.
        precedence: what the text needs in order to stand there without brackets.
        first: whether nothing stands in front of it, so that a sign needs no brackets.
    """

    place: Any
    precedence: int = 0
    first: bool = True


Parts = list[str | Slot]


class Unfolding:
    """A graph as a tree: its nodes, in places, and the places of each node's operands.

    A node that has parents but no operands here was cut off; so was what is missing of a long sequence.

    Args:
        root: the result, which is in place 0.
        max_nodes: how many nodes to write out, nearest to the result; None for all.
        shared_once: whether a node that comes again is written without its operands.
        spell: whether operations that were made for accuracy are spelled out (`autograd.see.spelling`).
    """

    def __init__(self, root: Value, max_nodes: int | None, shared_once: bool = False, spell: bool = False) -> None:
        self.nodes = [root]
        self._operands: list[range] = []
        seen: set[Value] = set()
        operands: dict[Value, Value] = {}  # of spelled operations, by the leaves that stand for them
        limit = math.inf if max_nodes is None else max(max_nodes, 1)
        for place, met in enumerate(self.nodes):  # which grows as we go
            node = operands.get(met, met)
            while spell and (found := spelled(node)):
                operands |= {leaf: node.parents[i] for leaf, i in found[1].items()}
                node = operands.get(found[0], found[0])
            self.nodes[place] = node
            parents = node.parents if not shared_once or node not in seen else ()
            seen.add(node)
            columns = node.primitive.sequences if node.primitive is not None else 0
            if len(self.nodes) + len(parents) > limit:
                length = int(limit - len(self.nodes)) // columns if columns else 0
                total = len(parents) // (columns or 1)
                parents = tuple(parents[c * total + i] for c in range(columns) for i in range(length))
            self._operands.append(range(len(self.nodes), len(self.nodes) + len(parents)))
            self.nodes.extend(parents)

    def node(self, place: int) -> Value:
        """The node in a place."""
        return self.nodes[place]

    def operands(self, place: int) -> range:
        """The places of a node's operands, those of a second sequence after those of the first."""
        return self._operands[place]


def columns(primitive: Any, operands: Sequence[Any]) -> list[Sequence[Any]]:
    """The operands of an operation by argument: each sequence that it takes, or each number alone."""
    length = len(operands) // primitive.sequences if primitive.sequences else 1
    count = primitive.sequences or len(operands)
    return [operands[c * length : (c + 1) * length] for c in range(count)]


def assemble(root: Any, write: Callable[[Any, bool], tuple[int, Parts]], opening: str, closing: str) -> str:
    """Put the texts of all nodes together, with brackets around those whose precedence is too low for their slot.

    Args:
        root: the place of the result.
        write: for a place, and whether it comes first, the precedence of its text and the parts of that.
        opening: a bracket.
        closing: its counterpart.
    """
    return "".join(part for part in spread(root, write, opening, closing, {}) if isinstance(part, str))


def spread(
    root: Any,
    write: Callable[[Any, bool], tuple[int, Parts]],
    opening: str,
    closing: str,
    kept: Mapping[Any, Any],
) -> Parts:
    """The same as parts, in which slots remain: those of the places in `kept`, which says how they are numbered then."""
    written: Parts = []
    stack: Parts = [Slot(root)]
    while stack:
        top = stack.pop()
        if isinstance(top, str):
            written.append(top)
            continue
        if top.place in kept:
            written.append(top._replace(place=kept[top.place]))
            continue
        precedence, parts = write(top.place, top.first)
        if precedence < top.precedence:
            inner = parts if top.first else write(top.place, True)[1]
            parts = [opening, *inner, closing]
        stack.extend(reversed(parts))
    return written
