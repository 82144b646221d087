"""How things look: the shapes, colours and fonts of nodes, in pictures of graphs and programs and in the terminal.

Inputs, parameters, constants and results differ by outline as well as by fill, so that they can be told apart in print.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from autograd.see.labels import levels_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from autograd.engine.value import Value

FONT, FAMILY = "Helvetica", "Helvetica,Arial,sans-serif"
"""The one name under which Graphviz knows the widths of the font; and the families that a picture asks for instead."""

STYLES = {
    "input": {"shape": "record", "style": "filled", "fillcolor": "#cfe2f3"},
    "parameter": {"shape": "Mrecord", "style": "filled", "fillcolor": "#fff2cc"},
    "constant": {"shape": "record", "style": "dashed", "color": "#555555"},
    "value": {"shape": "record", "style": "filled", "fillcolor": "white"},
    "result": {"shape": "record", "style": "filled", "fillcolor": "#b6d7a8", "penwidth": "2.5"},
    "module": {"shape": "box", "style": "filled,rounded,dashed", "fillcolor": "#eeeeee", "color": "#555555"},
    "operation": {"shape": "circle", "style": "filled", "fillcolor": "#e6e6e6", "margin": "0.02", "height": "0.3"},
    "omission": {"shape": "plaintext", "fontcolor": "#555555"},
}
"""What Graphviz draws, by the kind of a node."""

NOT_FINITE = {"color": "#cc0000", "fontcolor": "#cc0000", "penwidth": "4"}
"""What is laid over the style of a node whose numbers are not all finite."""

GRAPH = {"nodesep": "0.15", "ranksep": "0.35", "fontname": FONT, "fontsize": "10"}
NODE = {"fontname": FONT, "fontsize": "10", "width": "0.3", "height": "0.2", "margin": "0.1,0.04"}
EDGE = {"fontname": FONT, "fontsize": "8", "color": "#555555", "arrowsize": "0.6"}
ON_EDGE = {"labeldistance": "1.3", "labelangle": "0"}
"""Where an operand's number stands: on its edge, so that it is nobody else's, near the operation."""

BAR = {"shape": "Mrecord", "style": "filled", "fillcolor": "#e6e6e6", "fontsize": "9", "margin": "0.05,0.02"}
"""An operation of many operands."""

NAMED = {"shape": "box", "style": "filled,rounded", "margin": "0.06,0.03"}
"""What is laid over the style of an operation whose name would make too large a circle."""

ENTRY = {"shape": "point", "width": "0", "height": "0", "penwidth": "0"}
"""Where an edge enters a frame."""

FRAMED = {"newrank": "true", "remincross": "false", "ranksep": "0.3"}
"""Settings for a picture with frames: rows reach over several of them, and keep their order."""

BUNDLE = {"color": "#99999988", "penwidth": "0.7", "arrowhead": "none"}
"""An edge between modules: there are many, and they would merge into a bar."""

SVG = "<style>.edge text { paint-order: stroke; stroke: white; stroke-width: 3px; stroke-linejoin: round }</style>"
"""What is laid over a picture in SVG: numbers on edges stay readable where they meet another edge."""

FRAME = {"labeljust": "l", "style": "rounded,dashed", "color": "#888888", "fontcolor": "#444444"}

NETWORK = {
    "ranksep": "1.1",
    "nodesep": "0.08",
    "splines": "line",
    "outputorder": "edgesfirst",
    "mclimit": "0.001",  # or else Graphviz takes neurons out of their order, where that costs no crossing
    "labelloc": "t",
    "fontsize": "12",
}
"""A picture of a network."""

NEURON = {
    "shape": "circle",
    "style": "filled",
    "fontname": FONT,
    "fontsize": "9",
    "width": "0.35",
    "fixedsize": "true",
}
CAPTION = {"shape": "plaintext", "fontname": FONT, "fontsize": "10", "fontcolor": "#555555"}

POSITIVE, NEGATIVE = "#1864ab", "#d9480f"


def weight_style(size: float, is_positive: bool) -> dict[str, str]:
    """The line of a weight: the wider, the larger it is.

    Args:
        size: from 0 for no weight to 1 for the largest of a picture.
        is_positive: blue, or else orange.

    Example:
        >>> weight_style(1.0, False)
        {'color': '#d9480fff', 'penwidth': '3.30', 'arrowhead': 'none'}
    """
    opacity = f"{round(60 + 195 * min(size, 1.0)):02x}"
    color = POSITIVE if is_positive else NEGATIVE
    return {"color": color + opacity, "penwidth": f"{0.3 + 3 * min(size, 1.0):.2f}", "arrowhead": "none"}


LABEL, OPERATION, FAINT, ALARM, OFF = "\x1b[1;36m", "\x1b[33m", "\x1b[2m", "\x1b[1;31m", "\x1b[0m"
"""What a terminal is sent before a label, an operation, what matters less, what is not finite; and after each."""


MARK = "#e69138"


def mark_color(size: float) -> str:
    """The fill of a marked node, paler the smaller its mark is.

    Args:
        size: from 0 for no mark to 1 for the largest of a picture.

    Example:
        >>> mark_color(0.0), mark_color(1.0)
        ('#ffffff', '#e69138')
    """
    channels = [int(MARK[i : i + 2], 16) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(255 - (255 - channel) * size):02x}" for channel in channels)


def kind_of(node: Value, root: Value, parameters: Collection[Value] = ()) -> str:
    """What a node is in the graph of `root`: ``result``, ``value``, ``constant``, ``parameter`` or ``input``.

    A parameter is a leaf that is among `parameters`, or whose label says of which module it is.

    Example:
        >>> from autograd import Value
        >>> w, x = Value(0.5, "layers.0.w"), Value(2.0, "x")
        >>> y = w * x + 1
        >>> [kind_of(node, y) for node in (w, x, *y.parents, y)]
        ['parameter', 'input', 'value', 'constant', 'result']
    """
    if node is root:
        return "result"
    if node.primitive is not None:
        return "value"
    if node.is_constant:
        return "constant"
    return "parameter" if node in parameters or levels_of(node.label) else "input"


def can_write(text: str) -> bool:
    """Whether what prints can write these characters; an ASCII terminal lacks most."""
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return False
    return True
