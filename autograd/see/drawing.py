"""A computation graph as a picture: `draw`.

Values are boxes that show label, value and gradient; operations are small circles between them, numbered edges telling
their operands apart where the order matters. What belongs to one module of a network, by the labels of its
parameters, is framed, and can be folded into one box. How each kind of node looks is said in `autograd.see.style`.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

from autograd.engine.files import StrPath
from autograd.engine.value import as_node
from autograd.see import rendering
from autograd.see.arranging import Arrangement, operand_order
from autograd.see.excerpt import Excerpt, nearest_first
from autograd.see.labels import cut
from autograd.see.network import find_network
from autograd.see.numbers import format_number
from autograd.see.picture import Picture, field, plain
from autograd.see.style import (
    BAR,
    BUNDLE,
    EDGE,
    ENTRY,
    FRAME,
    FRAMED,
    GRAPH,
    NAMED,
    NODE,
    NOT_FINITE,
    ON_EDGE,
    STYLES,
    kind_of,
    mark_color,
)
from autograd.see.text import operation
from autograd.see.unfolding import columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import graphviz  # type: ignore[import-untyped]

    from autograd.engine.value import Value

STALE = "an operand was changed since"
"""What marks a node whose number is no longer that of its operation."""

SIDE = {"LR": "w", "RL": "e", "TB": "n", "BT": "s"}
"""The side of an operation at which its operands arrive."""

STRAIGHT = "3"
"""The weight of an edge from a result: the edges of leaves bend first, so that formulas do not run down in steps."""

SHORT = 4
"""How many characters of an operation's name fit into a circle."""

MANY = 4
"""An operation of this many operands is drawn as a bar with a place for each; one fewer is enough where they are numbered."""


def draw(
    value: Value,
    path: StrPath | None = None,
    *,
    direction: str = "LR",
    digits: int = 6,
    gradients: bool = True,
    group: bool = True,
    collapse: str | Iterable[str] = (),
    parameters: Iterable[Value] = (),
    marks: Mapping[Value, float] | None = None,
    max_nodes: int = 150,
) -> Picture:
    """Draw the graph that a value was computed by.

    A graph of more than `max_nodes` is drawn as a network, if it computes one by the labels of its parameters: neurons
    as circles, weights as lines. Of any other, the part nearest to the result is drawn.

    Args:
        value: the result.
        path: where to write the picture, ending in ``.svg``, ``.png``, ``.pdf`` or ``.dot``. PDF needs Graphviz's
            program ``dot``; the others need no program.
        direction: ``LR`` from left to right, ``TB`` from top to bottom, or ``RL`` or ``BT``.
        digits: significant digits of numbers.
        gradients: whether to show gradients.
        group: whether to frame the nodes of each module, known by parameters' labels such as ``layers.0.neurons.3.b``.
        collapse: modules to draw as one box each, by name or pattern (``layers.0``, ``layers.*.neurons.1``) or
            by kind (``layers``, ``neurons``).
        parameters: leaves to draw as parameters, besides those whose labels say of which module they are.
        marks: a number to show at each of these nodes, which are filled the darker the larger it is.
        max_nodes: how many nodes to draw; the picture says how many were left out.

    Raises:
        ValueError: if the direction or the path's ending is unknown, or a number of digits or nodes is not positive.
        FileNotFoundError: if the path's folder does not exist.
        RenderingError: if the program or package that the path's format needs is missing.

    Example:
        >>> from autograd import draw, variables
        >>> w, x = variables(w=0.5, x=2.0)
        >>> picture = draw(w * x)
        >>> print(picture.source)  # doctest: +ELLIPSIS
        digraph {...label="w|value 0.5|grad 0"...
    """
    value = as_node(value, "draw")
    if direction not in ("LR", "RL", "TB", "BT"):
        raise ValueError(f"direction must be 'LR', 'RL', 'TB' or 'BT', but got {direction!r}")
    for option, count in (("digits", digits), ("max_nodes", max_nodes)):
        if count < 1:
            raise ValueError(f"{option} must be at least 1, but got {count!r}")
    folded = (collapse,) if isinstance(collapse, str) else tuple(collapse)
    excerpt = Excerpt(value, folded, max_nodes)
    network = (
        find_network(nearest_first(value), digits) if group and excerpt.left_out and not folded and not marks else None
    )
    if network is not None:
        picture = network.picture(direction)
    else:
        picture = Drawing(excerpt, direction, digits, gradients, group, set(parameters), marks or {}).picture
    if path is not None:
        rendering.write(picture.source, path)
    return picture


# How it is drawn.


class Drawing:
    """One picture being made.

    Graphviz keeps frames, and what stands in them, in the order in which they are written. It does not keep the order of
    boxes, so edges that are not seen tell it that (`_add_order`).
    """

    def __init__(
        self,
        excerpt: Excerpt,
        direction: str,
        digits: int,
        gradients: bool,
        group: bool,
        parameters: set[Value],
        marks: Mapping[Value, float],
    ) -> None:
        self.excerpt = excerpt
        self.digits = digits
        self.gradients = gradients
        self.parameters = parameters
        self.marks = marks
        self.largest = max((abs(mark) for mark in marks.values() if math.isfinite(mark)), default=0.0)
        self.direction = direction
        self.ids = excerpt.ids
        self.outputs = excerpt.outputs()
        self.frames = {item: excerpt.frame(item) if group else () for item in excerpt.contents}
        self.arrangement = Arrangement(excerpt, self.frames)
        self.picture = self._empty_picture()
        members: dict[tuple[str, ...], list[Value | str]] = {}
        for item, path in self.frames.items():
            members.setdefault(path, []).append(item)
        self._add_frame(self.picture, (), members)
        for item in excerpt.contents:
            self._add_edges(item)
        self._add_order()

    def _empty_picture(self) -> Picture:
        picture = Picture()
        picture.attr(rankdir=self.direction, **GRAPH)
        picture.attr(nslimit="2", nslimit1="2")  # or else some layouts take minutes, and look no better
        picture.attr("node", **NODE)
        picture.attr("edge", **EDGE)
        if self.excerpt.left_out:
            picture.attr(label=self._note(), labelloc="t")
        if any(self.frames.values()):
            picture.attr(**FRAMED)
        if any(isinstance(item, str) for item in self.excerpt.contents):
            picture.attr(ranksep="0.9")
        return picture

    def _note(self) -> str:
        count = f"{'' if self.excerpt.is_counted else 'more than '}{self.excerpt.left_out:,}"
        return f"the {len(self.excerpt.nodes):,} nodes nearest to the result; {count} others are left out"

    def _add_frame(
        self, picture: graphviz.Digraph, path: tuple[str, ...], members: dict[tuple[str, ...], list[Value | str]]
    ) -> None:
        depth = len(path)
        for point in self.arrangement.points.get(path, []):
            picture.node(point, **ENTRY)
        inside = members.get(path, [])
        for item in inside:
            if isinstance(item, str):
                self._add_box(picture, item, path)
            else:
                self._add_value(picture, item, path)
        below = {other[: depth + 1]: None for other in members if len(other) > depth and other[:depth] == path}
        for inner in below:
            with picture.subgraph(name=f"cluster {inner[-1]}") as frame:
                frame.attr(label=plain(cut(inner[-1], 60)), **FRAME)
                self._add_frame(frame, inner, members)

    def _add_order(self) -> None:
        """Put what belongs to one row into one, and boxes in their order, by edges that are not seen.

        Inside a frame of a picture that runs to the side, Graphviz reverses what such edges say.
        """
        frames = {self.ids[item]: frame for item, frame in self.frames.items() if isinstance(item, str)}
        for row in self.arrangement.rows:
            with self.picture.subgraph() as rank:
                rank.attr(rank="same")
                for each in row:
                    rank.node(each)
                for above, below in pairwise(row):
                    if above in frames and frames.get(below) == frames[above]:
                        is_reversed = frames[above] and self.direction in ("LR", "RL")
                        rank.edge(*(below, above) if is_reversed else (above, below), style="invis")

    # Nodes.

    def _add_value(self, picture: graphviz.Digraph, node: Value, path: tuple[str, ...]) -> None:
        style = STYLES[kind_of(node, self.excerpt.root, self.parameters)]
        label, tooltip = _shorten(self.label(node), path)
        fields = [field(label)] if label else []
        if node.is_constant:
            fields.append(format_number(node.data, self.digits))
        else:
            fields += self.numbers(node)
        if node in self.marks:
            fields.append(f"◆ {format_number(self.marks[node], 3)}")
            style = style | {"style": "filled", "fillcolor": mark_color(self._size(self.marks[node]))}
        if not all(map(math.isfinite, self._seen(node))):
            style = style | NOT_FINITE
        if node.is_stale:
            fields.append(STALE)
            style = style | NOT_FINITE
        record = "|".join(fields)
        picture.node(self.ids[node], f"{{{record}}}" if self.direction in ("TB", "BT") else record, **style, **tooltip)
        if node.primitive is not None:
            operation = self.ids[node] + "op"
            order = {} if path else {"ordering": "in"}
            if self._is_bar(node):
                picture.node(operation, self._bar(node), **order, **BAR)
            else:
                title = cut(self.operation(node))
                style = STYLES["operation"] | ({} if len(title) <= SHORT else NAMED)
                picture.node(operation, plain(title), **order, **style)
            self.picture.edge(operation, self.ids[node])

    def _is_bar(self, item: Value | str) -> bool:
        return not isinstance(item, str) and len(item.parents) >= (MANY - any(_operand_numbers(item)))

    def _bar(self, node: Value) -> str:
        """An operation of many operands, with a place for each, or else their edges would merge."""
        numbers = _operand_numbers(node)
        operands = self.excerpt.operands(node)
        shown = [place for place in operand_order(node) if operands[place] is not None]
        places = "|".join(f"<p{place}>{numbers[place]}" for place in shown)
        if len(shown) < len(operands):
            places += "|<more>…"
        fields = [f"{{{places}}}", field(cut(self.operation(node)))]
        return f"{{{'|'.join(fields[:: -1 if self.direction in ('RL', 'BT') else 1])}}}"

    def _size(self, mark: float) -> float:
        """How large a mark is beside the largest."""
        return min(abs(mark) / self.largest, 1.0) if self.largest and math.isfinite(mark) else float(mark != 0.0)

    def _seen(self, node: Value) -> tuple[float, ...]:
        return (node.data, node.grad) if self.gradients and not node.is_constant else (node.data,)

    def operation(self, node: Value) -> str:
        """What is written where a node is computed; an operand without a name is called by its number at the edge."""
        return operation(node, lambda place, operand: self.name(operand) or f"#{place + 1}")

    def name(self, node: Value) -> str:
        """What a node is called where others are computed from it; nothing if it has no name."""
        return format_number(node.data, self.digits) if node.is_constant else node.label

    def label(self, node: Value) -> str:
        """What a node's box says it is; nothing if that is empty."""
        return node.label

    def numbers(self, node: Value) -> list[str]:
        """What a node's box says of its value and its gradient."""
        shown = zip(("value", "grad"), self._seen(node), strict=False)
        return [f"{word} {format_number(x, self.digits)}" for word, x in shown]

    def _add_box(self, picture: graphviz.Digraph, module: str, path: tuple[str, ...]) -> None:
        inside = self.excerpt.contents[module]
        operations = sum(node.primitive is not None for node in inside)
        parameters = sum(kind_of(node, self.excerpt.root, self.parameters) == "parameter" for node in inside)
        outputs = self.outputs.get(module, [])
        label, tooltip = _shorten(module, path)
        lines = [label, _plural(parameters, "parameter"), _plural(operations, "operation")]
        lines += self.numbers(outputs[0]) if len(outputs) == 1 else [_plural(len(outputs), "output")]
        style = STYLES["module"]
        if not all(math.isfinite(x) for node in inside for x in self._seen(node)):
            style = style | NOT_FINITE
        picture.node(self.ids[module], r"\n".join(map(plain, lines)), **style, **tooltip)

    # Edges.

    def _add_edges(self, item: Value | str) -> None:
        operands = [operand for node in self.excerpt.contents[item] for operand in self.excerpt.operands(node)]
        target = self.ids[item] if isinstance(item, str) else self.ids[item] + "op"
        if isinstance(item, str):
            for origin in dict.fromkeys(operands):
                if origin is not None and origin != item:
                    self.picture.edge(self.ids[origin], target, **(BUNDLE if isinstance(origin, str) else {}))
        else:
            numbers = _operand_numbers(item)
            for place in operand_order(item):
                if (origin := operands[place]) is not None:
                    self._add_edge(origin, item, place, numbers[place])
        if None in operands:
            self.picture.node(f"{target}more", f"… {operands.count(None):,} more", **STYLES["omission"])
            end = f"{target}:more:{SIDE[self.direction]}" if self._is_bar(item) else target
            self.picture.edge(f"{target}more", end, style="dashed")

    def _add_edge(self, origin: Value | str, node: Value, place: int, number: str) -> None:
        """An edge from an operand to an operation, through the point at which it enters the operation's frame."""
        start, end = self.ids[origin], self.ids[node] + "op"
        mark: dict[str, str] = {}
        if self._is_bar(node):
            if not self.frames[node]:  # or else the edges from far above and below would merge
                mark = {"minlen": str(1 + min(len(node.parents) // 8, 8))}
            end = f"{end}:p{place}:{SIDE[self.direction]}"
        elif number:
            mark = {"headlabel": number, **ON_EDGE}
        if not self.frames[node] and not isinstance(origin, str) and origin.primitive is not None:
            mark["weight"] = STRAIGHT
        point = self.arrangement.entries.get((node, place))
        if point is not None:
            self.picture.edge(start, point, arrowhead="none", minlen="2", headclip="false")
            self.picture.edge(point, end, **mark, tailclip="false")
        elif self.frames[origin][: len(self.frames[node])] != self.frames[origin]:
            self.picture.edge(start, end, **{"minlen": "2", **mark})  # out of a frame, clear of its border
        else:
            self.picture.edge(start, end, **mark)


def _shorten(label: str, path: tuple[str, ...]) -> tuple[str, dict[str, str]]:
    """A label as it is shown inside the frame of its module, and if that is shorter, a tooltip with all of it."""
    short = cut(label.removeprefix(f"{path[-1]}.") if path else label, 24)
    return short, {"tooltip": plain(cut(label, 1000))} if short != label else {}


def _operand_numbers(node: Value) -> list[str]:
    """What tells the operands of an operation apart where their order matters: their numbers, or those of pairs."""
    primitive, count = node.primitive, len(node.parents)
    if primitive is None or count == 1 or (primitive.symmetric and primitive.sequences < 2):
        return [""] * count
    arguments = columns(primitive, range(count))
    if primitive.symmetric or primitive.sequences == 1:
        return [str(k + 1) for column in arguments for k in range(len(column))]
    if primitive.sequences:
        return [f"{i + 1}.{k + 1}" for i, column in enumerate(arguments) for k in range(len(column))]
    return [str(i + 1) for i in range(count)]


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
