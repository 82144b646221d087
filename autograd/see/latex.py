r"""An expression in LaTeX; every operation is written as its entry in the table says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from autograd.engine.value import as_node
from autograd.see.latex_templates import Repeated, latex_text, template_of
from autograd.see.numbers import format_number
from autograd.see.unfolding import ATOM, POWER, PRODUCT, SIGN, Parts, Slot, Unfolding, assemble, columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograd.engine.value import Value


def latex(value: Value, max_nodes: int | None = 1000, digits: int | None = None) -> str:
    r"""The expression of a graph in LaTeX, for math mode.

    Args:
        value: the result.
        max_nodes: how many nodes to write, nearest to the result; dots stand for the rest.
        digits: round numbers to this many significant digits; None writes them in full.

    Example:
        >>> from autograd import latex, variables, tanh
        >>> w, x, b = variables(w=0.5, x=2.0, b=-1.0)
        >>> print(latex(tanh(w * x + b) ** 2 / 3))
        \frac{{\left(\tanh(w \cdot x + b)\right)}^{2}}{3}
    """
    unfolding = Unfolding(as_node(value, "latex"), max_nodes, spell=True)

    def write(place: int, first: bool) -> tuple[int, Parts]:
        return _parts(unfolding.node(place), unfolding.operands(place), first, digits)

    return assemble(0, write, r"\left(", r"\right)")


def notebook(value: Value) -> str | None:
    r"""What a notebook shows of a result: its expression and its number, in LaTeX; None for a leaf.

    Example:
        >>> from autograd import variables
        >>> w, x = variables(w=0.5, x=2.0)
        >>> print(notebook(w * x))
        $\displaystyle w \cdot x = 1$
    """
    if value.primitive is None:
        return None
    name = f"{latex_label(value.label)} = " if value.label else ""
    return rf"$\displaystyle {name}{latex(value, 100, 6)} = {latex_number(value.data, 6)}$"


_GREEK = re.compile(
    "(?:alpha|beta|[gG]amma|[dD]elta|epsilon|zeta|eta|[tT]heta|iota|kappa|[lL]ambda|mu|nu|[xX]i|[pP]i|rho|[sS]igma"
    "|tau|[uU]psilon|[pP]hi|chi|[pP]si|[oO]mega)"
)


def latex_label(label: str) -> str:
    r"""A label as a symbol of a formula: a letter as it is, ``w1`` with an index, Greek letters by name.

    Example:
        >>> print(latex_label("w1"), latex_label("theta"), latex_label("loss"))
        w_{1} \theta \mathrm{loss}
    """
    parts = re.fullmatch(r"([A-Za-z]+?)_?([0-9]*)", label)
    if not parts:
        return latex_text(label)
    stem, index = parts.groups()
    symbol = f"\\{stem}" if _GREEK.fullmatch(stem) else stem if len(stem) == 1 else rf"\mathrm{{{stem}}}"
    return f"{symbol}_{{{index}}}" if index else symbol


def latex_number(x: float, digits: int | None = None) -> str:
    r"""A number in LaTeX.

    Example:
        >>> print(latex_number(-1.5e-07), latex_number(float("inf")), latex_number(2.0))
        -1.5 \cdot 10^{-7} \infty 2
    """
    return _number(x, digits)[1]


def _number(x: float, digits: int | None) -> tuple[int, str]:
    """The precedence of a number, and its text."""
    text = format_number(x, digits)
    mantissa, _, exponent = text.partition("e")
    if "inf" in text:
        precedence, written = ATOM, text.replace("inf", r"\infty")
    elif text == "nan":
        precedence, written = ATOM, r"\mathrm{nan}"
    elif exponent:
        power = f"10^{{{int(exponent)}}}"
        sign, factor = ("-", mantissa[1:]) if mantissa.startswith("-") else ("", mantissa)
        precedence = POWER if factor == "1" else PRODUCT
        written = sign + (power if factor == "1" else rf"{factor} \cdot {power}")
    else:
        precedence, written = ATOM, text
    return (min(precedence, SIGN) if written.startswith("-") else precedence), written


# One node.


def _parts(node: Value, places: Sequence[int], first: bool, digits: int | None) -> tuple[int, Parts]:
    """The precedence of the formula of a node, and its parts; a sign that does not come first needs brackets."""
    primitive = node.primitive
    if primitive is None:
        if node.label:
            return ATOM, [latex_label(node.label)]
        precedence, text = _number(node.data, digits)
        return (precedence if first or not text.startswith("-") else 0), [text]
    if not places and node.parents:
        return ATOM, [r"\dots"]
    arguments = columns(primitive, places)
    is_cut = len(places) < len(node.parents)
    precedence, template = template_of(primitive)
    written: Parts = []
    for part in template:
        if isinstance(part, str):
            written.append(part)
        elif isinstance(part, Repeated):
            written += _repeat(part, arguments, is_cut, first or bool(written))
        else:
            column = arguments[part.place]
            leads = part.first and (first or bool(written))
            written.append(Slot(column[0], part.precedence, leads) if column else r"\dots")
    return (0 if precedence == SIGN and not first else precedence), written


def _repeat(repeated: Repeated, arguments: Sequence[Sequence[Any]], is_cut: bool, first: bool) -> Parts:
    written: Parts = []
    for k in range(len(arguments[0])):
        for part in repeated.term:
            if isinstance(part, str):
                written.append(part)
            else:
                written.append(Slot(arguments[part.place][k], part.precedence, part.first and k == 0 and first))
        written.append(repeated.separator)
    return [*written, r"\dots"] if is_cut else written[:-1]
