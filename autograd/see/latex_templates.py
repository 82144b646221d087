r"""How each operation is written in LaTeX: its entry's template taken apart, such as ``\frac{#1}{#2}``.

What stands beside an operand in a template says how tightly that operand must hold together, and what stands outside
all brackets how tightly the whole does; so an entry says nothing of brackets.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from autograd.see.labels import printable
from autograd.see.text import operand_holds
from autograd.see.unfolding import ATOM, POWER, PRODUCT, SIGN, SUM, Parts, Slot

if TYPE_CHECKING:
    from autograd.engine.primitive import Primitive


class Repeated(NamedTuple):
    r"""The terms of an operation on sequences: in ``#1 \cdot #2 + \dots`` the dots stand for more of the same."""

    term: Parts
    separator: str


class Template(NamedTuple):
    """How tightly a formula holds together, and its parts; the place of a slot is the number of an argument."""

    hold: int
    parts: list[str | Slot | Repeated]


@cache
def template_of(primitive: Primitive) -> Template:
    """The template of an operation: the one in its entry, or else one made from its symbol or its name."""
    if primitive.latex:
        return _read(primitive.latex)
    symbol = {"*": r"\cdot", "+": "+", "-": "-"}.get(primitive.symbol) or latex_text(primitive.symbol)
    if primitive.precedence and primitive.arity == 1:
        return Template(primitive.precedence, [symbol, Slot(0, primitive.precedence, False)])
    if primitive.precedence and primitive.arity == 2:
        left, right = operand_holds(primitive.precedence, 2)
        return Template(primitive.precedence, [Slot(0, left), f" {symbol} ", Slot(1, right, False)])
    name = r"\operatorname{" + primitive.name.replace("_", r"\_") + "}"
    if primitive.sequences == 1:
        return _read(rf"{name}(#1, \dots)")
    form = r"(#{}, \dots)" if primitive.sequences else "#{}"
    arguments = [form.format(i + 1) for i in range(primitive.sequences or len(primitive.partials))]
    return _read(f"{name}({', '.join(arguments)})")


_TOKEN = re.compile(r"#\d|\\[A-Za-z]+|\\.|.", re.DOTALL)
_OPENING, _CLOSING = {"", "{", "(", "[", ",", r"\left", r"\{"}, {"", "}", ")", "]", ",", r"\right", r"\}"}
_HOLD = {"+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT, r"\cdot": PRODUCT, r"\times": PRODUCT, r"\bmod": PRODUCT}
_RELATIONS = {"<", ">", "=", r"\le", r"\ge", r"\lt", r"\gt", r"\ne"}


@cache
def _read(text: str) -> Template:
    """Take a template apart."""
    tokens = [token for token in _TOKEN.findall(text) if not token.isspace()]
    parts: list[str | Slot | Repeated] = []
    starts = [0]  # of the groups that are open, as indices into parts
    top_level: list[str] = []
    for k, token in enumerate(tokens):
        before, after = (tokens[k - 1] if k else ""), (tokens[k + 1] if k + 1 < len(tokens) else "")
        if token in ("}", ")") and len(starts) > 1:
            starts.pop()
        if len(starts) == 1:
            top_level.append(token)
        if token == r"\dots" and len(parts) > starts[-1] + 1:
            separator = str(parts.pop())
            term = [part for part in parts[starts[-1] :] if not isinstance(part, Repeated)]
            parts[starts[-1] :] = [Repeated(term, separator)]
        elif re.fullmatch(r"#[1-9]", token):
            alone = before == "{" and after == "}" and (k < 2 or tokens[k - 2] in _HOLD or tokens[k - 2] == "}")
            raised = alone and tokens[k + 2 : k + 3] == ["^"]
            hold = ATOM if raised or before == after == "" else max(_beside(before, True), _beside(after, False))
            parts.append(Slot(int(token[1:]) - 1, hold, before in _OPENING or before == "|"))
        else:
            parts.append(_spaced(token, after))
        if token in ("{", "("):
            starts.append(len(parts))
    return Template(_hold(top_level), parts)


def _beside(token: str, is_left: bool) -> int:
    """How tightly an operand must hold together beside this token."""
    if token in (_OPENING if is_left else _CLOSING) or token == "|":
        return 0
    if token in _RELATIONS or token == "+":
        return SUM
    return _HOLD[token] + is_left if token in _HOLD else ATOM


def _spaced(token: str, after: str) -> str:
    if token in _HOLD or token in _RELATIONS:
        return f" {token} "
    if token == ",":
        return ", "
    return f"{token} " if token[:1] == "\\" and token[1:].isalpha() and after[:1].isalnum() else token


def _hold(top_level: list[str]) -> int:
    """How tightly a formula holds together that has these tokens outside all brackets."""
    if any(token in _RELATIONS for token in top_level):
        return 0
    infix = [_HOLD[token] for token in top_level[1:] if token in _HOLD]
    if infix:
        return min(infix)
    if top_level[:1] == ["-"]:
        return SIGN
    return ATOM if top_level[:1] == ["|"] and top_level.index("|", 1) == len(top_level) - 1 else POWER


_SPECIAL = {
    "\\": r"\backslash ",
    "^": r"{\wedge}",
    "~": r"{\sim}",
    "<": "{<}",
    ">": "{>}",
    " ": r"\ ",
    "`": r"\text{`}",
} | {c: f"\\{c}" for c in "${}%&#_"}


def latex_text(label: str) -> str:
    r"""Any text in math mode, shown as it is written.

    Example:
        >>> print(latex_text(r"$\undefined"), latex_text("layers.0.w"), latex_text("<b>"))
        \$\backslash \mathrm{undefined} \mathrm{layers.0.w} {<}\mathrm{b}{>}
    """
    runs = re.findall(r"[A-Za-z0-9.,]+|[-+*/=!?:;()\[\]|@'\"]|.", printable(label), re.DOTALL)
    return "".join(_run(run) for run in runs)


def _run(run: str) -> str:
    if run in _SPECIAL:
        return _SPECIAL[run]
    if run.replace(".", "").replace(",", "").isalnum() and run.isascii():
        return rf"\mathrm{{{run}}}"
    return rf"\text{{{run}}}" if run in "-'\"" or not run.isascii() else f"{{{run}}}"
