r"""An expression as text: Python source and LaTeX.

Both write a graph out as a tree, breadth first from the result, so that what is cut off a huge expression is what lies
farthest from it. A node used twice is written twice. The graph is never recursed into, and each operation is written
as its entry in the table says: by its symbol and precedence, by its LaTeX template, or by its name.
"""

from __future__ import annotations

import keyword
import math
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from autograd.engine import ops
from autograd.engine.primitive import TABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from autograd.engine.primitive import Primitive
    from autograd.engine.value import Value

SUM, PRODUCT, SIGN, POWER, ATOM = 1, 2, 3, 4, 5
"""How tightly a piece of a formula holds together; `Primitive.precedence` counts alike."""

OPERATORS = (ops.add, ops.sub, ops.mul, ops.div, ops.pow, ops.neg, ops.pos)
"""The operations that Python's own operators stand for."""

Piece = Any  # text, or the place of an operand: (its index, how tightly it must hold together, whether it comes first)


def source(value: Value, max_nodes: int | None = 1000) -> str:
    """The expression of a graph as Python source, which `parse` reads back.

    Named leaves are written as their names (made identifiers, and told apart: see `names`), other leaves as their
    numbers.

    Args:
        value: the result.
        max_nodes: how many nodes to write, nearest to the result; ``...`` stands for the rest. None writes all, which
            may take exponential time where nodes are shared.

    Example:
        >>> from autograd import source, variables, tanh
        >>> a, b = variables(a=2.0, b=-3.0)
        >>> source((a + b) ** 2 / (a - (b - 1)))
        '(a + b) ** 2 / (a - (b - 1))'
        >>> source(tanh(a * b * 2 + 1), max_nodes=4)
        'tanh(... + 1)'
    """
    nodes, operands = unfold(value, max_nodes)
    return _source(nodes, operands, {id(leaf): name for name, leaf in _name(nodes).items()}, repr)


def source_with(value: Value, called: dict[int, str], max_nodes: int | None = 1000) -> str:
    """The expression with names of one's own, by the `id` of the leaves, and with short numbers."""
    return _source(*unfold(value, max_nodes), called, number)


def _source(nodes: list[Value], operands: list[range], called: dict[int, str], literal: Callable[[float], str]) -> str:
    def pieces(i: int, first: bool) -> tuple[int, list[Piece]]:
        return _source_pieces(nodes, operands, i, called, literal)

    return "".join(_write(pieces, "(", ")"))


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
    nodes, operands = unfold(value, max_nodes)

    def pieces(i: int, first: bool) -> tuple[int, list[Piece]]:
        return _latex_pieces(nodes, operands, i, first, digits)

    return "".join(_write(pieces, r"\left(", r"\right)"))


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
    name = f"{latex_name(value.label)[1][0]} = " if value.label else ""
    return rf"$\displaystyle {name}{latex(value, 100, 6)} = {latex_number(value.data, 6)[1][0]}$"


def names(value: Value) -> dict[str, Value]:
    """The named leaves of a graph, by the names under which `source` writes them.

    A label that is no identifier, or that Python or this package uses, is changed into one; of two leaves with one
    label, the second gets a number.

    Example:
        >>> from autograd import Value
        >>> leaf = Value(1.0, "layers.0.w")
        >>> list(names(leaf * leaf + Value(2.0, "x") * Value(3.0, "x")))
        ['layers_0_w', 'x', 'x_2']
    """
    return _name(unfold(value, None, shared_once=True)[0])


def number(x: float, digits: int | None = None) -> str:
    """A float as short as it can be written: ``2`` rather than ``2.0``.

    Example:
        >>> number(2.0), number(1 / 3), number(1 / 3, 4), number(-0.0)
        ('2', '0.3333333333333333', '0.3333', '-0.0')
    """
    text = repr(x) if digits is None else repr(float(f"{x:.{digits}g}"))
    return text[:-2] if text.endswith(".0") and text != "-0.0" else text


def printable(text: str) -> str:
    r"""A label on one line that shows all its characters: those that print nothing are escaped as Python does.

    Example:
        >>> print(printable("a\nb\x1b[31m"))
        a\nb\x1b[31m
    """
    return text if text.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


# The tree.


def unfold(root: Value, max_nodes: int | None, shared_once: bool = False) -> tuple[list[Value], list[range]]:
    """Write a graph out as a tree, breadth first: its nodes, and the places of each node's operands among them.

    A node that has parents but no operands here was cut off; so was what is missing of a long sequence.
    """
    nodes = [root]
    operands = []
    seen: set[int] = set()
    limit = math.inf if max_nodes is None else max(max_nodes, 1)
    for node in nodes:  # which grows as we go
        parents = node.parents if not shared_once or id(node) not in seen else ()
        seen.add(id(node))
        columns = node.primitive.sequences if node.primitive is not None else 0
        if len(nodes) + len(parents) > limit:
            length = int(limit - len(nodes)) // columns if columns else 0
            total = len(parents) // (columns or 1)
            parents = tuple(parents[c * total + i] for c in range(columns) for i in range(length))
        operands.append(range(len(nodes), len(nodes) + len(parents)))
        nodes.extend(parents)
    return nodes, operands


def _write(pieces: Callable[[int, bool], tuple[int, list[Piece]]], opening: str, closing: str) -> Iterator[str]:
    """Put the pieces of all nodes together, with brackets around those that hold together less than they must."""
    stack: list[Piece] = [(0, 0, True)]
    while stack:
        top = stack.pop()
        if isinstance(top, str):
            yield top
            continue
        i, needed, first = top
        precedence, parts = pieces(i, first)
        if precedence < needed:
            parts = [opening, *pieces(i, True)[1], closing]
        stack.extend(reversed(parts))


def _join(places: list[Piece], separator: str, is_cut: bool) -> list[Piece]:
    joined: list[Piece] = []
    for place in places:
        joined += [place, separator]
    return [*joined, "..."] if is_cut else joined[:-1]


def _columns(node: Value, places: range, columns: int) -> tuple[list[range], bool]:
    """The places of each sequence that an operation takes, and whether the sequences are longer than that."""
    length = len(places) // columns
    return [places[c * length : (c + 1) * length] for c in range(columns)], len(places) < len(node.parents)


# Python source.


def _source_pieces(
    nodes: list[Value], operands: list[range], i: int, called: dict[int, str], literal: Callable[[float], str]
) -> tuple[int, list[Piece]]:
    node, places = nodes[i], operands[i]
    primitive = node.primitive
    if primitive is None:
        if id(node) in called:
            return ATOM, [called[id(node)]]
        return _sign(node.data), [literal(node.data)]
    if not places and node.parents:
        return ATOM, ["..."]
    if primitive.sequences:
        columns, is_cut = _columns(node, places, primitive.sequences)
        lists = [["[", *_join([(j, 0, True) for j in column], ", ", is_cut), "]"] for column in columns]
        inner = [piece for pieces in lists for piece in [", ", *pieces]][1:]
        return ATOM, [f"{primitive.name}(", *inner, ")"]
    if primitive not in OPERATORS:
        return ATOM, [f"{primitive.name}(", *_join([(j, 0, True) for j in places], ", ", False), ")"]
    needed = _needed(primitive.precedence, len(places))
    plain = [nodes[j].primitive is None and id(nodes[j]) not in called for j in places]
    written: list[Piece] = []
    for j, need, is_number in zip(places, needed, plain, strict=True):
        if is_number and not all(plain) and _sign(nodes[j].data) >= need:
            written.append(number(nodes[j].data))
        else:
            written.append((j, need, True))
    if len(places) == 1:
        return primitive.precedence, [primitive.symbol, written[0]]
    return primitive.precedence, [written[0], f" {primitive.symbol} ", written[1]]


def _needed(precedence: int, arity: int) -> tuple[int, ...]:
    """How tightly operands must hold together: operators group to the left, but powers and signs to the right."""
    if arity == 1:
        return (precedence,)
    return (ATOM, SIGN) if precedence == POWER else (precedence, precedence + 1)


def _sign(x: float) -> int:
    return SIGN if repr(x).startswith("-") else ATOM


def _name(nodes: list[Value]) -> dict[str, Value]:
    called: dict[str, Value] = {}
    counts: dict[str, int] = {}
    seen: set[int] = set()
    for node in nodes:
        if node.primitive is not None or not node.label or id(node) in seen:
            continue
        seen.add(id(node))
        name = unique = identifier(node.label)
        while unique in called:
            counts[name] = counts.get(name, 1) + 1
            unique = f"{name}_{counts[name]}"
        called[unique] = node
    return called


def identifier(label: str) -> str:
    """The Python name most like a label.

    Example:
        >>> identifier("layers.0.w"), identifier("2nd"), identifier("lambda"), identifier("exp"), identifier("?")
        ('layers_0_w', '_2nd', 'lambda_', 'exp_', '_')
    """
    name = re.sub(r"\W", "_", label)
    name = name if name.isidentifier() else f"_{name}"
    taken = keyword.iskeyword(name) or name in TABLE or name in ("inf", "nan", "Value")
    return f"{name}_" if taken else name


# LaTeX.


def _latex_pieces(
    nodes: list[Value], operands: list[range], i: int, first: bool, digits: int | None
) -> tuple[int, list[Piece]]:
    node, places = nodes[i], operands[i]
    primitive = node.primitive
    if primitive is None:
        return latex_name(node.label) if node.label else latex_number(node.data, digits, first)
    if not places and node.parents:
        return ATOM, [r"\dots"]
    if primitive.sequences:
        columns, is_cut = _columns(node, places, primitive.sequences)
    else:
        columns, is_cut = [range(j, j + 1) for j in places], False
    precedence, parts = template(primitive)
    written: list[Piece] = []
    for part in parts:
        if isinstance(part, str):
            written.append(part)
        elif len(part) == 3:
            j, need, leads = part
            written.append((columns[j][0], need, leads and (first or bool(written))) if columns[j] else r"\dots")
        else:
            written += _repeat(part, columns, is_cut, first or bool(written))
    if precedence == SIGN and not first:
        precedence = 0
    return precedence, written


def _repeat(part: tuple[list[Piece], str], columns: list[range], is_cut: bool, first: bool) -> list[Piece]:
    term, separator = part
    written: list[Piece] = []
    for k in range(len(columns[0])):
        for piece in term:
            if isinstance(piece, str):
                written.append(piece)
            else:
                j, need, leads = piece
                written.append((columns[j][k], need, leads and k == 0 and first))
        written.append(separator)
    return [*written, r"\dots"] if is_cut else written[:-1]


@cache
def template(primitive: Primitive) -> tuple[int, list[Piece]]:
    r"""How an operation is written in LaTeX, and how tightly that holds together.

    The parts are text, operands (number, how tightly it must hold together, whether it comes first), and for
    an operation on sequences terms to repeat: in ``#1 \cdot #2 + \dots`` the dots stand for more of the same.
    """
    if primitive.latex:
        return _read_template(primitive.latex)
    symbol = {"*": r"\cdot", "+": "+", "-": "-"}.get(primitive.symbol) or latex_text(primitive.symbol)
    if primitive.precedence and primitive.arity == 1:
        return primitive.precedence, [symbol, (0, primitive.precedence, False)]
    if primitive.precedence and primitive.arity == 2:
        left, right = _needed(primitive.precedence, 2)
        return primitive.precedence, [(0, left, True), f" {symbol} ", (1, right, False)]
    name = r"\operatorname{" + primitive.name.replace("_", r"\_") + "}"
    if primitive.sequences == 1:
        return _read_template(rf"{name}(#1, \dots)")
    form = r"(#{}, \dots)" if primitive.sequences else "#{}"
    arguments = [form.format(i + 1) for i in range(primitive.sequences or len(primitive.partials))]
    return _read_template(f"{name}({', '.join(arguments)})")


_TOKEN = re.compile(r"#\d|\\[A-Za-z]+|\\.|.", re.DOTALL)
_OPENING, _CLOSING = {"", "{", "(", "[", ",", r"\left", r"\{"}, {"", "}", ")", "]", ",", r"\right", r"\}"}
_HOLD = {"+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT, r"\cdot": PRODUCT, r"\times": PRODUCT}
_RELATIONS = {"<", ">", "=", r"\le", r"\ge", r"\lt", r"\gt", r"\ne"}


@cache
def _read_template(text: str) -> tuple[int, list[Piece]]:
    """Take a LaTeX template apart; what stands beside an operand says how tightly that must hold together."""
    tokens = [token for token in _TOKEN.findall(text) if not token.isspace()]
    parts: list[Piece] = []
    starts = [0]  # of the groups that are open, as indices into parts
    top_level: list[str] = []
    for k, token in enumerate(tokens):
        before, after = (tokens[k - 1] if k else ""), (tokens[k + 1] if k + 1 < len(tokens) else "")
        if token in ("}", ")") and len(starts) > 1:
            starts.pop()
        if len(starts) == 1:
            top_level.append(token)
        if token == r"\dots" and len(parts) > starts[-1] + 1:
            separator = parts.pop()
            parts[starts[-1] :] = [(parts[starts[-1] :], separator)]
        elif re.fullmatch(r"#[1-9]", token):
            alone = before == "{" and after == "}" and (k < 2 or tokens[k - 2] in _HOLD or tokens[k - 2] == "}")
            raised = alone and tokens[k + 2 : k + 3] == ["^"]
            need = ATOM if raised or before == after == "" else max(_beside(before, True), _beside(after, False))
            parts.append((int(token[1:]) - 1, need, before in _OPENING or before == "|"))
        else:
            parts.append(_spaced(token, after))
        if token in ("{", "("):
            starts.append(len(parts))
    return _hold(top_level), parts


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


_GREEK = re.compile(
    "(?:alpha|beta|[gG]amma|[dD]elta|epsilon|zeta|eta|[tT]heta|iota|kappa|[lL]ambda|mu|nu|[xX]i|[pP]i|rho|[sS]igma"
    "|tau|[uU]psilon|[pP]hi|chi|[pP]si|[oO]mega)"
)
_SPECIAL = {
    "\\": r"\backslash ",
    "^": r"{\wedge}",
    "~": r"{\sim}",
    "<": "{<}",
    ">": "{>}",
    " ": r"\ ",
    "`": r"\text{`}",
} | {c: f"\\{c}" for c in "${}%&#_"}


def latex_name(label: str) -> tuple[int, list[Piece]]:
    r"""A label as a symbol of a formula: a letter as it is, ``w1`` with an index, Greek letters by name."""
    parts = re.fullmatch(r"([A-Za-z]+?)_?([0-9]*)", label)
    if parts:
        stem, index = parts.groups()
        symbol = f"\\{stem}" if _GREEK.fullmatch(stem) else stem if len(stem) == 1 else rf"\mathrm{{{stem}}}"
        return ATOM, [f"{symbol}_{{{index}}}" if index else symbol]
    return ATOM, [latex_text(label)]


def latex_text(label: str) -> str:
    r"""Any text in math mode, shown as it is written.

    Example:
        >>> print(latex_text(r"$\undefined"), latex_text("layers.0.w"), latex_text("<b>"))
        \$\backslash \mathrm{undefined} \mathrm{layers.0.w} {<}\mathrm{b}{>}
    """
    runs = re.findall(r"[A-Za-z0-9.,]+|[-+*/=!?:;()\[\]|@'\"]|.", printable(label), re.DOTALL)
    return "".join(_latex_run(run) for run in runs)


def _latex_run(run: str) -> str:
    if run in _SPECIAL:
        return _SPECIAL[run]
    if run.replace(".", "").replace(",", "").isalnum() and run.isascii():
        return rf"\mathrm{{{run}}}"
    return rf"\text{{{run}}}" if run in "-'\"" or not run.isascii() else f"{{{run}}}"


def latex_number(x: float, digits: int | None = None, first: bool = True) -> tuple[int, list[Piece]]:
    r"""A number in LaTeX, and how tightly it holds together.

    Example:
        >>> latex_number(-1.5e-07), latex_number(float("inf")), latex_number(2.0)
        ((2, ['-1.5 \\cdot 10^{-7}']), (5, ['\\infty']), (5, ['2']))
    """
    text = number(x, digits)
    mantissa, _, exponent = text.partition("e")
    if "inf" in text:
        written, precedence = text.replace("inf", r"\infty"), ATOM
    elif text == "nan":
        written, precedence = r"\mathrm{nan}", ATOM
    elif exponent:
        power = f"10^{{{int(exponent)}}}"
        sign, digits_only = ("-", mantissa[1:]) if mantissa.startswith("-") else ("", mantissa)
        written = sign + (power if digits_only == "1" else rf"{digits_only} \cdot {power}")
        precedence = POWER if digits_only == "1" else PRODUCT
    else:
        written, precedence = text, ATOM
    if written.startswith("-"):
        precedence = min(precedence, SIGN) if first else 0
    return precedence, [written]
