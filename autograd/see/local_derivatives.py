"""The formulas of an operation's local derivatives: the rules of the table, applied to symbols."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from autograd.engine.recorder import Recorder, recording
from autograd.engine.value import Value, constant
from autograd.see.latex import latex
from autograd.see.numbers import format_number
from autograd.see.spelling import simplified
from autograd.see.text import expression

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MAX_NODES = 60
"""How many nodes of a formula are written."""

MAX_OPERANDS = 16
"""How many operands an operation on sequences may have for its local derivatives to be written as formulas."""

Both = tuple[str, str]
"""The same as text and in LaTeX."""


class LocalDerivative(NamedTuple):
    """How a local derivative is found."""

    formula: Both | None  # None if it is a mere number
    condition: str  # on what it depends, such as ", as x > 0"


def local_derivatives(node: Value, names: Mapping[Value, str], digits: int | None = None) -> list[LocalDerivative]:
    """How the local derivative with respect to each operand of a node is found.

    Args:
        node: what an operation computed.
        names: of the node and its operands; operands without a name are written as numbers.
        digits: significant digits of numbers; None for all.
    """
    primitive = node.primitive
    assert primitive is not None
    if primitive.sequences and len(node.parents) > MAX_OPERANDS:
        return [LocalDerivative(None, "")] * len(node.parents)
    symbols, called = symbols_of(node, names)
    result = Value(node.data, names[node])
    called[result] = names[node]
    if primitive.sequences:
        return [
            LocalDerivative(plain_formula(each, called, digits), "")
            for each in primitive.differentiate(symbols, result)
        ]
    return [
        LocalDerivative(None, "") if symbol.is_constant else _by_rule(rule, symbols, result, called, digits)
        for symbol, rule in zip(symbols, primitive.taught or primitive.partials, strict=True)
    ]


def symbols_of(node: Value, names: Mapping[Value, str]) -> tuple[list[Value], dict[Value, str]]:
    """Leaves that stand for the operands of a node, and their names."""
    symbols = {
        parent: Value(parent.data, names[parent]) if parent in names else constant(parent.data)
        for parent in node.parents
    }
    return [symbols[parent] for parent in node.parents], {each: each.label for each in symbols.values() if each.label}


def formula_of(value: Value, names: Mapping[Value, str], digits: int | None = None) -> Both:
    """An expression as text and in LaTeX, cut where it is too long to be read."""
    return expression(value, names, MAX_NODES, digits), latex(value, MAX_NODES, digits)


class _Choices(Recorder):
    """Takes down the comparisons that a rule makes, such as those at a kink."""

    def __init__(self) -> None:
        self.made: list[tuple[Any, str, Any, bool]] = []

    def compare(self, symbol: str, left: Value, right: Any, outcome: bool) -> bool:
        self.made.append((left, symbol, right, outcome))
        return outcome


def _by_rule(
    rule: Any, symbols: list[Value], result: Value, names: Mapping[Value, str], digits: int | None
) -> LocalDerivative:
    with recording(_Choices()) as choices:
        derivative = rule(*symbols, result)
    return LocalDerivative(plain_formula(derivative, names, digits), condition_of(choices.made, names, digits))


def condition_of(made: Sequence[tuple[Any, str, Any, bool]], names: Mapping[Value, str], digits: int | None) -> str:
    """What the comparisons that a rule made have found, such as ", as x > 0"; empty if it made none.

    Args:
        made: the sides, the symbol between them, and how it came out.
        names: of the nodes.
        digits: significant digits of numbers; None for all.
    """

    def side(x: Any) -> str:
        return expression(x, names, MAX_NODES, digits) if isinstance(x, Value) else format_number(float(x), digits)

    if not any(outcome for *_, outcome in made):
        opposite = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
        made = [(left, opposite[symbol], right, True) for left, symbol, right, _ in made]
    true = [f"{side(left)} {symbol} {side(right)}" for left, symbol, right, outcome in made if outcome]
    return f", as {' and '.join(dict.fromkeys(true))}" if true else ""


def plain_formula(derivative: Any, names: Mapping[Value, str], digits: int | None) -> Both | None:
    """A derivative on symbols in its plainest form; None for a mere number."""
    if not isinstance(derivative, Value):
        return None
    plain = simplified(derivative)
    return None if plain.is_constant else formula_of(plain, names, digits)
