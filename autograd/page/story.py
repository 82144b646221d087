"""What the page of a graph is told: its nodes, the order of both passes, and the sentences of `explain` to fill in.

A sentence has places for the numbers, because in the page these change. Which formula of a local derivative holds, as
that of ``relu`` does on one side of its kink, is decided in the page, by the comparisons that the rule makes.
"""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING, Any

from autograd.engine.recorder import Recorder, recording
from autograd.engine.value import Value, backward_order, topological_order
from autograd.program.backends.javascript import Printer, Unprintable
from autograd.see.local_derivatives import MAX_NODES, MAX_OPERANDS, condition_of, plain_formula, symbols_of
from autograd.see.narration import CUT, names_of, refuse_stale
from autograd.see.numbers import format_number
from autograd.see.text import expression, parts_of
from autograd.see.unfolding import SIGN, Slot

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from autograd.see.excerpt import Excerpt
    from autograd.see.unfolding import Parts

USUAL: dict[str, Any] = {"label": "", "uses": 1, "constant": 0, "fixed": 0, "name": ""}
"""What the page assumes of a node of which it is told nothing else."""

LONGEST_TITLE = 140
"""How many characters stand above the picture at most."""

MAX_COMPARISONS = 3
"""Of how many comparisons of a rule all outcomes are told apart."""


class Story:
    """The content of a page: plain numbers, texts, lists and dicts.

    Attributes:
        content: what is written into the page.
        operations: the JavaScript that it computes by.
    """

    def __init__(self, excerpt: Excerpt) -> None:
        self.root = excerpt.root
        self.order = topological_order(self.root)
        refuse_stale(self.order)
        self.shown = [node for node in self.order if node in set(excerpt.nodes)]
        self.index = {node: i for i, node in enumerate(self.shown)}
        self.uses = dict.fromkeys(self.order, 0)
        for node in self.order:
            for parent in node.parents:
                self.uses[parent] += 1
        labelled = {parent for node in self.shown for parent in node.parents if parent.label}
        named = [
            node
            for node in self.order
            if node in self.index and (node in labelled or not node.is_constant or node is self.root)
        ]
        self.names = names_of(self.root, named)
        self.printer = Printer()
        with recording(Recorder()):
            nodes = [self._node(node, excerpt.ids[node]) for node in self.shown]
            self._fix(nodes)
            walk = [self.index[node] for node in backward_order(self.root) if node in self.index]
        self.content = {
            "title": self._title(),
            "nodes": [_without_usual(node) for node in nodes],
            "backward": walk,
            "leftOut": excerpt.left_out,
            "cut": CUT,
        }

    def _title(self) -> str:
        """The result and how it is computed, so far as that fits into a line or two."""
        name = self.names[self.root]
        if self.root.primitive is None:
            return name
        leaves = {node: name for node, name in self.names.items() if node.primitive is None}
        texts = (f"{name} = {expression(self.root, leaves, limit, 6)}" for limit in (40, 20, 10, 5, 2))
        return next((text for text in texts if len(text) <= LONGEST_TITLE), name)

    @property
    def operations(self) -> str:
        """The operations of the graph in JavaScript."""
        return self.printer.source

    def _node(self, node: Value, place: str) -> dict[str, Any]:
        found: dict[str, Any] = {
            "id": place,
            "name": self.names.get(node, ""),
            **({"label": node.label} if node.label != self.names.get(node, "") else {}),
            "value": number(node.data),
            "uses": self.uses[node],
            "constant": int(node.is_constant),
        }
        primitive = node.primitive
        if primitive is None:
            return found
        operands = [self.index.get(parent, -1) for parent in node.parents]
        found |= {"operands": operands, "partials": [number(each) for each in node.partials]}
        found["cuts"] = [int(is_cut) for is_cut in node.cuts]
        if -1 not in operands:
            try:
                found["operation"] = self.printer.operation(primitive, len(operands))
            except Unprintable:
                pass  # it keeps its number
        symbols, called = symbols_of(node, self.names)
        found["rules"] = self._rules(node)
        written = expression(Value.apply_primitive(primitive, symbols), called, MAX_NODES, 6)
        texts = [self.names.get(parent) or format_number(parent.data, 6) for parent in node.parents]
        if len(operands) < MAX_NODES:
            absent = [text if place < 0 else "" for place, text in zip(operands, texts, strict=True)]
            found["parts"] = _joined(parts_of(node), absent)
        if "parts" not in found or written != _filled(found["parts"], texts):
            found["written"] = written
        return found

    def _rules(self, node: Value) -> list[str | list[dict[str, Any]]]:
        """For each operand the formula of the local derivative; or all that it can be, and when each holds."""
        primitive = node.primitive
        assert primitive is not None
        count = len(node.parents)
        if primitive.sequences and count > MAX_OPERANDS:
            return [""] * count
        symbols, called = symbols_of(node, self.names)
        result = Value(node.data, self.names[node])
        called[result] = self.names[node]
        if primitive.sequences:
            return [_formula(each, called) for each in primitive.differentiate(symbols, result)]
        places: dict[Any, Any] = {symbol: {"operand": i} for i, symbol in enumerate(symbols)} | {result: {"result": 1}}
        return [
            "" if symbol.is_constant else _cases(rule, symbols, result, called, places)
            for symbol, rule in zip(symbols, primitive.taught or primitive.partials, strict=True)
        ]

    def _fix(self, nodes: list[dict[str, Any]]) -> None:
        """Say which leaves may be changed: those on which nothing depends that the page cannot compute."""
        fixed = {
            node
            for node in self.order
            if node.parents and (node not in self.index or "operation" not in nodes[self.index[node]])
        }
        for node in reversed(self.order):  # so that it reaches all that a fixed node was computed from
            if node in fixed:
                fixed.update(node.parents)
        for node, found in zip(self.shown, nodes, strict=True):
            found["fixed"] = int(node in fixed or node.is_constant)


def _without_usual(node: dict[str, Any]) -> dict[str, Any]:
    """What the page has to be told of a node; that none of its edges is cut goes without saying."""
    found = {key: x for key, x in node.items() if key not in USUAL or x != USUAL[key]}
    return found if any(found.get("cuts", [1])) else {key: x for key, x in found.items() if key != "cuts"}


def _joined(parts: Parts, known: Sequence[str]) -> list[str | int | list[int]]:
    """How an operation is written: texts, and the places of operands, in a list where a negative one needs brackets.

    Args:
        parts: how it is written.
        known: the texts of operands that the page does not have.
    """
    joined: list[str | int | list[int]] = []
    for part in parts:
        text = part if isinstance(part, str) else known[part.place]
        if text and joined and isinstance(joined[-1], str):
            joined[-1] += text
        elif text:
            joined.append(text)
        elif isinstance(part, Slot):
            joined.append([part.place] if part.precedence > SIGN else part.place)
    return joined


def _filled(parts: list[str | int | list[int]], texts: Sequence[str]) -> str:
    """What the page makes of these parts."""
    filled = [part if isinstance(part, str) else texts[part[0] if isinstance(part, list) else part] for part in parts]
    return "".join(
        f"({text})" if isinstance(part, list) and text.startswith("-") else text
        for part, text in zip(parts, filled, strict=True)
    )


def _formula(derivative: Any, names: Mapping[Value, str]) -> str:
    """A derivative on symbols; nothing for a mere number."""
    both = plain_formula(derivative, names, 6)
    return both[0] if both else ""


class _Outcomes(Recorder):
    """Lets a rule's comparisons come out as asked."""

    def __init__(self, outcomes: Sequence[bool] | None) -> None:
        self.outcomes = outcomes
        self.made: list[tuple[Any, str, Any, bool]] = []

    def compare(self, symbol: str, left: Value, right: Any, outcome: bool) -> bool:
        if self.outcomes is not None and len(self.made) < len(self.outcomes):
            outcome = self.outcomes[len(self.made)]
        self.made.append((left, symbol, right, outcome))
        return outcome


def _cases(
    rule: Any, symbols: list[Value], result: Value, names: dict[Value, str], places: dict[Any, Any]
) -> str | list[dict[str, Any]]:
    def run(outcomes: Sequence[bool] | None) -> tuple[Any, list[tuple[Any, str, Any, bool]]]:
        with recording(_Outcomes(outcomes)) as recorder:
            return rule(*symbols, result), recorder.made

    derivative, made = run(None)
    if not made or len(made) > MAX_COMPARISONS:
        return "" if made else _formula(derivative, names)
    cases: list[dict[str, Any]] = []
    for outcomes in product((True, False), repeat=len(made)):
        derivative, taken = run(outcomes)
        if len(taken) != len(made):
            return ""
        sides = [
            [places.get(side) if isinstance(side, Value) else number(float(side)) for side in (left, right)]
            for left, _, right, _ in taken
        ]
        if any(side is None for pair in sides for side in pair):
            return ""
        when = [
            [left, symbol, right, int(outcome)]
            for (left, right), (_, symbol, _, outcome) in zip(sides, taken, strict=True)
        ]
        case = {"when": when, "formula": _formula(derivative, names), "condition": condition_of(taken, names, 6)}
        cases.append({key: x for key, x in case.items() if x})
    return cases


def number(x: float) -> float | str:
    """A number as JSON can hold it."""
    return x if math.isfinite(x) else str(x)
