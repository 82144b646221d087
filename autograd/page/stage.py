"""The graph of a page in SVG: laid out by Graphviz as `draw` does it, and rewritten so that it is small and can be styled.

Of each node, edge and frame, one path is kept, in whole numbers and relative coordinates. How it looks, arrowheads
included, is up to the style of the page.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from itertools import pairwise
from typing import TYPE_CHECKING

from autograd.see import rendering
from autograd.see.drawing import Drawing
from autograd.see.numbers import format_number
from autograd.see.style import kind_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from autograd.engine.value import Value
    from autograd.see.excerpt import Excerpt

SVG = "http://www.w3.org/2000/svg"

WIDEST = "-1.23457e-05"
"""As wide as a number can be in the page."""

RADIUS = 8
"""Of a round corner."""

TIPS = "".join(
    f'<marker id="{name}" markerUnits="userSpaceOnUse" markerWidth="6" markerHeight="6" refY="3" orient="auto">'
    '<path d="M0 1l6 2l-6 2z"/></marker>'
    for name in ("tip", "active-tip")
)
"""The arrowheads of edges."""

_PORT = re.compile(r":\w+")
"""Where on an operation's side an edge ends."""

_PAIR = re.compile(r"(-?[\d.]+),(-?[\d.]+)")

Point = tuple[int, int]


def stage(excerpt: Excerpt, names: dict[Value, str], marks: Mapping[Value, float]) -> str:
    """The graph in SVG, with what the page has to know of each group.

    Args:
        excerpt: what is shown.
        names: of the nodes.
        marks: a number to show at each of these nodes.
    """
    drawing = _Stage(excerpt, names, marks)
    laid_out = ET.fromstring(rendering.render(drawing.picture.source))
    graph = laid_out.find(f"{{{SVG}}}g")
    assert graph is not None
    _join_edges(graph, drawing)
    size = {name: laid_out.attrib[name] for name in ("width", "height", "viewBox")}
    spoken = {"role": "img", "aria-label": "the graph of the computation; what happens is said below it"}
    svg = ET.Element("svg", size | {"class": "stage"} | spoken)
    svg.append(ET.fromstring(f"<defs>{TIPS}</defs>"))
    shift = graph.attrib["transform"]
    drawn = ET.SubElement(svg, "g", {"class": "graph", "transform": shift[shift.index("translate") :]})
    kinds = {
        excerpt.ids[node]: kind_of(node, excerpt.root) + (" marked" if node in marks else "") for node in excerpt.nodes
    }
    for group in graph.findall(f"{{{SVG}}}g"):
        _copy_group(group, drawn, kinds)
    return ET.tostring(svg, encoding="unicode").replace(" />", "/>")


class _Stage(Drawing):
    """The drawing of a graph whose numbers change: each has room for the widest."""

    def __init__(self, excerpt: Excerpt, names: dict[Value, str], marks: Mapping[Value, float]) -> None:
        self.names = names
        self.shown_marks = marks
        super().__init__(excerpt, "LR", 6, True, True, set(), {})

    def name(self, node: Value) -> str:
        return self.names.get(node, "") or super().name(node)

    def label(self, node: Value) -> str:
        label = node.label if node.is_constant else self.names.get(node, node.label)
        mark = f"◆ {format_number(self.shown_marks[node], 3)}" if node in self.shown_marks else ""
        return f"{label} {mark}".strip()

    def numbers(self, node: Value) -> list[str]:
        return [f"value {WIDEST}", f"grad {WIDEST}"]


def _join_edges(graph: ET.Element, drawing: Drawing) -> None:
    """Make one edge of the two that meet where an edge enters a frame, so that a number travels along all of it."""
    title = f"{{{SVG}}}title"
    groups = {
        _PORT.sub("", each.findtext(title) or ""): each for each in graph if each.get("class") in ("node", "edge")
    }
    for (node, place), point in sorted(drawing.arrangement.entries.items(), key=lambda each: each[0][1]):
        operand = drawing.excerpt.operands(node)[place]
        assert operand is not None
        start, end = drawing.ids[operand], f"{drawing.ids[node]}op"
        outside, inside = groups[f"{start}->{point}"], groups[f"{point}->{end}"]
        first, second = (next(edge.iter(f"{{{SVG}}}path")) for edge in (outside, inside))
        named = inside.find(title)
        assert named is not None
        second.set("d", first.attrib["d"] + second.attrib["d"])
        named.text = f"{start}->{end}"
        for each in (groups[point], outside, inside):
            graph.remove(each)
        graph.append(inside)


# From Graphviz's SVG to the page's.


def _copy_group(group: ET.Element, drawn: ET.Element, kinds: Mapping[str, str]) -> None:
    """Write a node, an edge or a frame into the picture of the page.

    Args:
        group: as Graphviz drew it.
        drawn: the picture of the page.
        kinds: of the nodes, by their names.
    """
    kind, name = group.attrib["class"], group.findtext(f"{{{SVG}}}title") or ""
    if kind == "node":
        of = kinds.get(name, "operation" if name.removesuffix("op") in kinds else "omission")
        _copy_box(group, ET.SubElement(drawn, "g", {"class": f"node {of}", "data-node": name}))
    elif kind == "edge":
        start, end = _PORT.sub("", name).split("->")
        path = "L".join(map(_curve, next(group.iter(f"{{{SVG}}}path")).attrib["d"].split("M")[1:]))
        edge = ET.SubElement(drawn, "path", {"class": "edge", "d": _short(f"M{path}")})
        if end.endswith("op"):
            edge.set("data-edge", f"{start} {end.removesuffix('op')}")
        _copy_texts(group, drawn, {"class": "place"})
    else:
        _copy_box(group, ET.SubElement(drawn, "g", {"class": kind}))


def _copy_box(group: ET.Element, found: ET.Element) -> None:
    """Put what Graphviz drew of a node or a frame into a group of the page's: one path or circle, and its texts."""
    path = ""
    for element in group.iter():
        tag = element.tag.removeprefix(f"{{{SVG}}}")
        if tag == "ellipse":
            ET.SubElement(
                found,
                "circle",
                {each: _whole(element.attrib["rx" if each == "r" else each]) for each in ("cx", "cy", "r")},
            )
        elif tag in ("path", "polygon"):
            path = _box(_points(element.attrib["d" if tag == "path" else "points"]), RADIUS * (tag == "path"))
        elif tag == "polyline":
            path += _line(_points(element.attrib["points"]))
    if path:
        ET.SubElement(found, "path", {"d": _short(path)})
    _copy_texts(group, found, {})


def _copy_texts(group: ET.Element, found: ET.Element, attributes: dict[str, str]) -> None:
    for element in group.iter(f"{{{SVG}}}text"):
        text = ET.SubElement(found, "text", {each: _whole(element.attrib[each]) for each in ("x", "y")} | attributes)
        if not (element.text or "").endswith(WIDEST):  # the page writes its own
            text.text = element.text


def _short(path: str) -> str:
    return path.replace(" -", "-")


def _whole(number: str) -> str:
    return str(round(float(number)))


def _points(text: str) -> list[Point]:
    return [(round(float(x)), round(float(y))) for x, y in _PAIR.findall(text)]


def _box(points: list[Point], radius: int) -> str:
    """A box around these points, with square or round corners."""
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    top, bottom = min(y for _, y in points), max(y for _, y in points)
    r = min(radius, (right - left) // 2, (bottom - top) // 2)
    across, down = right - left - 2 * r, bottom - top - 2 * r
    if not r:
        return f"M{left} {top}h{across}v{down}h{-across}z"
    corners = (f"q{r} 0 {r} {r}", f"q0 {r} {-r} {r}", f"q{-r} 0 {-r} {-r}")
    return f"M{left + r} {top}h{across}{corners[0]}v{down}{corners[1]}h{-across}{corners[2]}v{-down}q0 {-r} {r} {-r}z"


def _line(points: list[Point]) -> str:
    return f"M{points[0][0]} {points[0][1]}" + "".join(_straight(*each) for each in pairwise(points))


def _straight(start: Point, end: Point) -> str:
    across, down = end[0] - start[0], end[1] - start[1]
    return f"h{across}" if not down else f"v{down}" if not across else f"l{across} {down}"


def _curve(text: str) -> str:
    """A curve of Graphviz's, whose control points come by threes, from its first point on."""
    points = _points(text)
    start, path = points[0], f"{points[0][0]} {points[0][1]}"
    for i in range(1, len(points) - 2, 3):
        around = points[i : i + 3]
        if all(y == start[1] for _, y in around):
            path += f"h{around[-1][0] - start[0]}"
        else:
            path += "c" + " ".join(f"{x - start[0]} {y - start[1]}" for x, y in around)
        start = around[-1]
    return path
