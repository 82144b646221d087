r"""How each operation is written in LaTeX: the template of its entry, such as ``\frac{#1}{#2}``, parsed into parts.

Where brackets are needed follows from the template itself: the precedence that an operand needs from the tokens beside
it, and the precedence of the whole from the tokens outside all brackets. So entries say nothing of brackets.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from autograd.see.labels import printable
from autograd.see.text import operand_precedences
from autograd.see.unfolding import ATOM, POWER, PRODUCT, SIGN, SUM, Parts, Slot

if TYPE_CHECKING:
    from autograd.engine.primitive import Primitive


class Repeated(NamedTuple):
    r"""The terms of an operation on sequences: in ``#1 \cdot #2 + \dots`` the dots stand for more of the same."""

    term: Parts
    separator: str


class Template(NamedTuple):
    """The precedence of a formula, and its parts; the place of a slot is the number of an argument."""

    precedence: int
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
        left, right = operand_precedences(primitive.precedence, 2)
        return Template(primitive.precedence, [Slot(0, left), f" {symbol} ", Slot(1, right, False)])
    name = r"\operatorname{" + primitive.name.replace("_", r"\_") + "}"
    if primitive.sequences == 1:
        return _read(rf"{name}(#1, \dots)")
    form = r"(#{}, \dots)" if primitive.sequences else "#{}"
    arguments = [form.format(i + 1) for i in range(primitive.sequences or len(primitive.partials))]
    return _read(f"{name}({', '.join(arguments)})")


_TOKEN = re.compile(r"#\d|\\[A-Za-z]+|\\.|.", re.DOTALL)
_OPENING, _CLOSING = {"", "{", "(", "[", ",", r"\left", r"\{"}, {"", "}", ")", "]", ",", r"\right", r"\}"}
_PRECEDENCE = {"+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT, r"\cdot": PRODUCT, r"\times": PRODUCT, r"\bmod": PRODUCT}
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
            alone = before == "{" and after == "}" and (k < 2 or tokens[k - 2] in _PRECEDENCE or tokens[k - 2] == "}")
            raised = alone and tokens[k + 2 : k + 3] == ["^"]
            precedence = ATOM if raised or before == after == "" else max(_beside(before, True), _beside(after, False))
            parts.append(Slot(int(token[1:]) - 1, precedence, before in _OPENING or before == "|"))
        else:
            parts.append(_spaced(token, after))
        if token in ("{", "("):
            starts.append(len(parts))
    return Template(_precedence_of(top_level), parts)


def _beside(token: str, is_left: bool) -> int:
    """The precedence that an operand needs beside this token."""
    if token in (_OPENING if is_left else _CLOSING) or token == "|":
        return 0
    if token in _RELATIONS or token == "+":
        return SUM
    return _PRECEDENCE[token] + is_left if token in _PRECEDENCE else ATOM


def _spaced(token: str, after: str) -> str:
    if token in _PRECEDENCE or token in _RELATIONS:
        return f" {token} "
    if token == ",":
        return ", "
    return f"{token} " if token[:1] == "\\" and token[1:].isalpha() and after[:1].isalnum() else token


def _precedence_of(top_level: list[str]) -> int:
    """The precedence of a formula that has these tokens outside all brackets."""
    if any(token in _RELATIONS for token in top_level):
        return 0
    infix = [_PRECEDENCE[token] for token in top_level[1:] if token in _PRECEDENCE]
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
