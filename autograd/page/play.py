"""`play`: a graph as one page that opens from a disk, with the network off."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TYPE_CHECKING

from autograd.engine.files import write_whole
from autograd.engine.value import as_node
from autograd.page.assembling import Page, assemble
from autograd.page.story import Story
from autograd.see import rendering
from autograd.see.drawing import Drawing
from autograd.see.excerpt import Excerpt
from autograd.see.numbers import format_number
from autograd.see.style import kind_of

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from autograd.engine.value import Value

SVG, XML = "http://www.w3.org/2000/svg", "http://www.w3.org/XML/1998/namespace"
UNUSED = ("fill", "stroke", "font-family", "font-size", "style", "text-anchor", f"{{{XML}}}space")
"""Attributes of Graphviz's that the page's own style stands for."""

WIDEST = "-1.23457e-05"
"""As wide as a number can be in the page."""

_TITLE = f"{{{SVG}}}title"

_PORT = re.compile(r":\w+")
"""Where on an operation's side an edge ends."""

_FRACTION = re.compile(r"-?\d+\.\d+")


def play(
    value: Value,
    path: str | os.PathLike[str] | None = None,
    *,
    max_nodes: int = 150,
    marks: Mapping[Value, float] | None = None,
) -> Page:
    """Make a page that plays the computation of a value: forward and backward, one operation a step.

    Its leaves can be changed there, and all numbers follow; beside the graph stands the function along one of them with
    its tangent. The page is one file that asks for nothing from anywhere.

    Args:
        value: the result.
        path: where to write the page, ending in ``.html``; without it, the page that is returned shows itself in notebooks.
        max_nodes: how many nodes to show, nearest to the result; the page says how many were left out.
        marks: a number to show at each of these nodes, as `draw` has them: such as what `rounding` found.

    Raises:
        ValueError: if the path does not end in ``.html``, `max_nodes` is not positive, or a number was changed after others
            were computed from it.
        FileNotFoundError: if the path's folder does not exist.
        RenderingError: if nothing is there to lay the graph out with.

    Example:
        >>> from autograd import play, tanh, variables
        >>> w, x, b = variables(w=0.5, x=2.0, b=-1.2)
        >>> page = play(tanh(w * x + b))
        >>> "Content-Security-Policy" in page.html
        True
    """
    value = as_node(value, "play")
    if max_nodes < 1:
        raise ValueError(f"max_nodes must be at least 1, but got {max_nodes!r}")
    target = None if path is None else Path(path)
    if target is not None and target.suffix.lower() not in (".html", ".htm"):
        raise ValueError(f"a page's file name must end in .html, but got {str(target)!r}")
    if target is not None and not target.parent.is_dir():
        raise FileNotFoundError(f"the folder {str(target.parent)!r} for the page {target.name!r} does not exist")
    excerpt = Excerpt(value, (), max_nodes)
    story = Story(excerpt)
    page = assemble(
        Path(__file__).parent,
        "play",
        title=str(story.content["title"]),
        content=story.content,
        generated=story.operations,
        picture=_stage(excerpt, story.names, marks or {}),
    )
    if target is not None:
        write_whole(target, page.html)
    return page


class _Stage(Drawing):
    """The drawing of a graph whose numbers change: each has room for the widest."""

    def __init__(self, excerpt: Excerpt, names: dict[Value, str], marks: Mapping[Value, float]) -> None:
        self.names = names
        self.shown_marks = marks
        super().__init__(excerpt, "LR", 6, True, True, set(), {})

    def label(self, node: Value) -> str:
        label = node.label if node.is_constant else self.names.get(node, node.label)
        mark = f"◆ {format_number(self.shown_marks[node], 3)}" if node in self.shown_marks else ""
        return f"{label} {mark}".strip()

    def numbers(self, node: Value) -> list[str]:
        return [f"value {WIDEST}", f"grad {WIDEST}"]


def _stage(excerpt: Excerpt, names: dict[Value, str], marks: Mapping[Value, float]) -> str:
    """The graph in SVG, as `draw` lays it out, with what the page has to know of each group."""
    drawing = _Stage(excerpt, names, marks)
    svg = ET.fromstring(rendering.render(drawing.picture.source))
    kinds = {excerpt.ids[node]: kind_of(node, excerpt.root) for node in excerpt.nodes}
    kinds |= {excerpt.ids[node]: f"{kinds[excerpt.ids[node]]} marked" for node in excerpt.nodes if node in marks}
    _join_edges(svg, drawing)
    for group in svg.iter(f"{{{SVG}}}g"):
        title = group.find(_TITLE)
        if title is None or not title.text:
            continue
        name = title.text
        group.remove(title)
        group.attrib.pop("id", None)
        if group.get("class") == "node":
            operation = name.removesuffix("op")
            group.set("class", f"node {kinds.get(name, 'operation' if operation in kinds else 'omission')}")
            group.set("data-node", name)
        elif group.get("class") == "edge":
            group.set("data-edge", _PORT.sub("", name))
    for element in svg.iter():
        for attribute in UNUSED:
            element.attrib.pop(attribute, None)
        for attribute in set(element.keys()) & {"points", "d", "x", "y", "cx", "cy", "rx", "ry"}:
            element.set(attribute, _FRACTION.sub(lambda found: f"{float(found[0]):.0f}", element.attrib[attribute]))
        if not (element.text or "").strip() or (element.text or "").endswith(WIDEST):  # the page writes its own
            element.text = None
        element.tail = None
    for style in svg.findall(f"{{{SVG}}}style"):
        svg.remove(style)
    ET.register_namespace("", SVG)
    svg.set("class", "stage")
    svg.set("role", "img")
    svg.set("aria-label", "the graph of the computation; what happens is said below it")
    return ET.tostring(svg, encoding="unicode")


def _join_edges(svg: ET.Element, drawing: Drawing) -> None:
    """Make one edge of the two that meet where an edge enters a frame, so that a number travels along all of it."""
    graph = svg.find(f"{{{SVG}}}g")
    assert graph is not None
    groups = {
        _PORT.sub("", each.findtext(_TITLE) or ""): each for each in graph if each.get("class") in ("node", "edge")
    }
    for (node, place), point in sorted(drawing.arrangement.entries.items(), key=lambda each: each[0][1]):
        operand = drawing.excerpt.operands(node)[place]
        assert operand is not None
        start, end = drawing.ids[operand], f"{drawing.ids[node]}op"
        outside, inside = groups[f"{start}->{point}"], groups[f"{point}->{end}"]
        first, second = (edge.find(f"{{{SVG}}}path") for edge in (outside, inside))
        title = inside.find(_TITLE)
        assert first is not None and second is not None and title is not None
        second.set("d", first.attrib["d"] + second.attrib["d"].replace("M", "L", 1))
        title.text = f"{start}->{end}"
        for each in (groups[point], outside, inside):
            graph.remove(each)
        graph.append(inside)
