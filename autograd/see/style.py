"""How things look: the shapes, colours and fonts of nodes, in pictures of graphs and programs and in the terminal.

Inputs, parameters, constants and results differ by outline as well as by fill, so that they can be told apart in print.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograd.see.labels import levels_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from autograd.engine.value import Value

FONT = "Helvetica,Arial,sans-serif"

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

GRAPH = {"nodesep": "0.15", "ranksep": "0.3", "fontname": FONT, "fontsize": "10"}
NODE = {"fontname": FONT, "fontsize": "10", "width": "0.3", "height": "0.2", "margin": "0.08,0.03"}
EDGE = {"fontname": FONT, "fontsize": "8", "color": "#555555", "arrowsize": "0.6"}
FRAME = {"style": "rounded,dashed", "color": "#888888", "fontcolor": "#444444"}

LABEL, OPERATION, FAINT, ALARM, OFF = "\x1b[1;36m", "\x1b[33m", "\x1b[2m", "\x1b[1;31m", "\x1b[0m"
"""What a terminal is sent before a label, an operation, what matters less, what is not finite; and after each."""


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
