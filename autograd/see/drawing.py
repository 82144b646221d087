"""A computation graph as a picture: `draw`.

Values are boxes that show label, value and gradient; operations are small circles between them, numbered edges telling
their operands apart where the order matters. Inputs, parameters, constants and results differ by outline as well as
by fill, so that they can be told apart in print. What belongs to one module of a network, by the names of its
parameters, is framed, and can be folded into one box.
"""

from __future__ import annotations

import math
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any

import graphviz  # type: ignore[import-untyped]

from autograd.engine import ops
from autograd.see import rendering
from autograd.see.excerpt import Excerpt, levels_of
from autograd.see.formula import number, printable

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    from autograd.engine.value import Value

STYLES = {
    "input": {"shape": "record", "style": "filled", "fillcolor": "#cfe2f3"},
    "parameter": {"shape": "Mrecord", "style": "filled", "fillcolor": "#fff2cc"},
    "constant": {"shape": "record", "style": "dashed", "color": "#555555"},
    "value": {"shape": "record", "style": "filled", "fillcolor": "white"},
    "result": {"shape": "record", "style": "filled", "fillcolor": "#b6d7a8", "penwidth": "2.5"},
    "module": {"shape": "box", "style": "filled,rounded,dashed", "fillcolor": "#eeeeee", "color": "#555555"},
    "operation": {"shape": "circle", "style": "filled", "fillcolor": "#e6e6e6", "margin": "0.02", "height": "0.3"},
}
NOT_FINITE = {"color": "#cc0000", "fontcolor": "#cc0000", "penwidth": "4"}
OUTWARD = {"LR": -35, "RL": -35, "TB": 35, "BT": 35}
"""The angle at which an edge's number stands off, away from the edges of later operands."""
FONT = "Helvetica,Arial,sans-serif"


class Picture(graphviz.Digraph):  # type: ignore[misc]
    """A `graphviz.Digraph` that shows itself in notebooks even where the program ``dot`` is not installed."""

    def pipe(self, format: str | None = None, *args: Any, encoding: str | None = None, **options: Any) -> Any:
        """The picture in a format such as ``svg``; see `graphviz.Digraph.pipe`."""
        try:
            return super().pipe(format, *args, encoding=encoding, **options)
        except graphviz.ExecutableNotFound:
            image = rendering.render(self.source, format or "svg")
            return image if encoding is None else image.decode(encoding)


def draw(
    value: Value,
    path: str | os.PathLike[str] | None = None,
    *,
    direction: str = "LR",
    digits: int = 4,
    gradients: bool = True,
    group: bool = True,
    collapse: str | Iterable[str] = (),
    parameters: Iterable[Value] = (),
    max_nodes: int = 150,
) -> graphviz.Digraph:
    """Draw the graph that a value was computed by.

    Args:
        value: the result.
        path: where to write the picture, ending in ``.svg``, ``.png``, ``.pdf`` or ``.dot``. PNG and PDF need
            Graphviz's program ``dot``; SVG needs no program.
        direction: ``LR`` from left to right, ``TB`` from top to bottom, or ``RL`` or ``BT``.
        digits: significant digits of numbers.
        gradients: whether to show gradients.
        group: whether to frame the nodes of each module, known by parameters' names such as ``layers.0.neurons.3.b``.
        collapse: modules to draw as one box each, by name or pattern (``layers.0``, ``layers.*.neurons.1``) or
            by kind (``layers``, ``neurons``).
        parameters: leaves to draw as parameters, besides those that have a module's name.
        max_nodes: how many nodes to draw, nearest to the result; the picture says how many were left out.

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
    if direction not in ("LR", "RL", "TB", "BT"):
        raise ValueError(f"direction must be 'LR', 'RL', 'TB' or 'BT', but got {direction!r}")
    for name, count in (("digits", digits), ("max_nodes", max_nodes)):
        if count < 1:
            raise ValueError(f"{name} must be at least 1, but got {count!r}")
    folded = (collapse,) if isinstance(collapse, str) else tuple(collapse)
    excerpt = Excerpt(value, folded, max_nodes)
    picture = _Drawing(excerpt, direction, digits, gradients, group, set(parameters)).picture
    if path is not None:
        rendering.write(picture.source, path)
    return picture


# How it is drawn.


class _Drawing:
    """One picture being made."""

    def __init__(
        self, excerpt: Excerpt, direction: str, digits: int, gradients: bool, group: bool, parameters: set[Value]
    ) -> None:
        self.excerpt = excerpt
        self.digits = digits
        self.gradients = gradients
        self.parameters = parameters
        self.direction = direction
        self.names = {item: f"n{i}" for i, item in enumerate(excerpt.contents)}
        self.outputs = excerpt.outputs()
        self.picture = Picture()
        self.picture.attr(rankdir=direction, fontname=FONT, fontsize="10", nodesep="0.15", ranksep="0.3")
        self.picture.attr(nslimit="2", nslimit1="2")  # or else some layouts take minutes, and look no better
        self.picture.attr("node", fontname=FONT, fontsize="10", width="0.3", height="0.2", margin="0.08,0.03")
        self.picture.attr("edge", fontname=FONT, fontsize="8", color="#555555", arrowsize="0.6")
        if excerpt.left_out:
            self.picture.attr(label=self._note(), labelloc="t")
        members: dict[tuple[str, ...], list[Value | str]] = {}
        for item in excerpt.contents:
            members.setdefault(excerpt.frame(item) if group else (), []).append(item)
        self._add_frame(self.picture, (), members)
        for item in excerpt.contents:
            self._add_edges(item)

    def _note(self) -> str:
        count = f"{'' if self.excerpt.is_counted else 'more than '}{self.excerpt.left_out:,}"
        return f"the {len(self.excerpt.nodes):,} nodes nearest to the result; {count} others are left out"

    def _add_frame(
        self, picture: graphviz.Digraph, path: tuple[str, ...], members: dict[tuple[str, ...], list[Value | str]]
    ) -> None:
        for item in members.get(path, ()):
            if isinstance(item, str):
                self._add_box(picture, item, path)
            else:
                self._add_value(picture, item, path)
        depth = len(path)
        for inner in {other[: depth + 1]: None for other in members if len(other) > depth and other[:depth] == path}:
            with picture.subgraph(name=f"cluster {inner[-1]}") as frame:
                frame.attr(label=plain(inner[-1]), style="rounded,dashed", color="#888888", fontcolor="#444444")
                self._add_frame(frame, inner, members)

    def _add_value(self, picture: graphviz.Digraph, node: Value, path: tuple[str, ...]) -> None:
        style = STYLES[self._kind(node)]
        label, tooltip = _shorten(node.label, path)
        fields = [field(label)] if label else []
        if node.is_constant:
            fields.append(number(node.data, self.digits))
        else:
            fields += self._numbers(node)
        if not all(map(math.isfinite, self._seen(node))):
            style = style | NOT_FINITE
        record = "|".join(fields)
        picture.node(
            self.names[node], f"{{{record}}}" if self.direction in ("TB", "BT") else record, **style, **tooltip
        )
        if node.primitive is not None:
            operation = self.names[node] + "op"
            order = {"ordering": "in"} if any(_marks(node)) else {}
            picture.node(operation, plain(node.op), **STYLES["operation"], **order)
            self.picture.edge(operation, self.names[node])

    def _kind(self, node: Value) -> str:
        if node is self.excerpt.root:
            return "result"
        if node.primitive is not None:
            return "value"
        if node.is_constant:
            return "constant"
        return "parameter" if node in self.parameters or levels_of(node.label) else "input"

    def _seen(self, node: Value) -> tuple[float, ...]:
        return (node.data, node.grad) if self.gradients and not node.is_constant else (node.data,)

    def _numbers(self, node: Value) -> list[str]:
        names = ("value", "grad")
        return [f"{name} {number(x, self.digits)}" for name, x in zip(names, self._seen(node), strict=False)]

    def _add_box(self, picture: graphviz.Digraph, name: str, path: tuple[str, ...]) -> None:
        inside = self.excerpt.contents[name]
        operations = sum(node.primitive is not None for node in inside)
        outputs = self.outputs.get(name, [])
        label, tooltip = _shorten(name, path)
        lines = [label, _plural(sum(map(self._is_parameter, inside)), "parameter"), _plural(operations, "operation")]
        lines += self._numbers(outputs[0]) if len(outputs) == 1 else [_plural(len(outputs), "output")]
        style = STYLES["module"]
        if not all(math.isfinite(x) for node in inside for x in self._seen(node)):
            style = style | NOT_FINITE
        picture.node(self.names[name], r"\n".join(map(plain, lines)), **style, **tooltip)

    def _is_parameter(self, node: Value) -> bool:
        return self._kind(node) == "parameter"

    def _add_edges(self, item: Value | str) -> None:
        operands = [operand for node in self.excerpt.contents[item] for operand in self.excerpt.operands(node)]
        if isinstance(item, str):
            name = self.names[item]
            for origin in dict.fromkeys(operands):
                if origin is not None and origin != item:
                    self.picture.edge(self.names[origin], name)
        else:
            name = self.names[item] + "op"
            angles = [str(OUTWARD[self.direction]), str(-OUTWARD[self.direction]), "0"]
            for origin, mark, angle in zip(operands, _marks(item), chain(angles, repeat("0")), strict=False):
                if origin is not None:
                    self.picture.edge(self.names[origin], name, **mark, **({"labelangle": angle} if mark else {}))
        if None in operands:
            self.picture.node(f"{name}more", f"… {operands.count(None):,} more", shape="plaintext", fontcolor="#555555")
            self.picture.edge(f"{name}more", name, style="dashed")


def _shorten(name: str, path: tuple[str, ...]) -> tuple[str, dict[str, str]]:
    """A name as it is shown inside the frame of its module, and the whole of it for those who point at it."""
    short = name.removeprefix(f"{path[-1]}.") if path else name
    return short, {"tooltip": plain(name)} if short != name else {}


def _marks(node: Value) -> list[dict[str, str]]:
    """What tells the operands of an operation apart where their order matters: their numbers."""
    primitive, count = node.primitive, len(node.parents)
    if primitive is None or primitive.sequences or count == 1 or primitive in (ops.add, ops.mul):
        return [{}] * count
    return [{"headlabel": str(i + 1), "labeldistance": "1.6"} for i in range(count)]


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def plain(text: str) -> str:
    r"""Text as a DOT label that shows it as it is written.

    Example:
        >>> print(plain("a\\N <&lt;"))
        a\\N &lt;&amp;lt;
    """
    escaped = printable(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace("\\", "\\\\")


def field(text: str) -> str:
    r"""Text as a field of a record that shows it as it is written.

    Example:
        >>> print(field("a|b {c}"))
        a\|b\ \{c\}
    """
    return "".join(f"\\{c}" if c in "{}| " else c for c in plain(text))
