"""A graph as a tree in the terminal."""

from __future__ import annotations

import io
import math
import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
from autograd import Value, strategies, tree, variables
from autograd.engine.value import topological_order


class Terminal(io.StringIO):
    """Where output goes in a test."""

    def __init__(self, is_terminal: bool, encoding: str = "utf-8") -> None:
        super().__init__()
        self.is_terminal = is_terminal
        self._encoding = encoding

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._encoding

    def isatty(self) -> bool:
        return self.is_terminal


def test_a_tree_shows_values_and_gradients_with_the_result_on_top() -> None:
    a, b = variables(a=2.0, b=-3.0)
    c = (a * b + 10) * a
    c.label = "c"
    c.backward()
    assert str(tree(c, width=80)).splitlines() == [
        "c = *        8   grad 1",
        "├─ +         4   grad 2",
        "│  ├─ *     -6   grad 2",
        "│  │  ├─ a   2   grad -2",
        "│  │  └─ b  -3   grad 4",
        "│  └─ 10",
        "└─ a (see above)",
    ]


def test_a_shared_result_is_named_once_and_referred_to_after() -> None:
    x = Value(2.0, "x")
    shared = x.exp()
    lines = str(tree(shared * shared + shared, gradients=False, digits=3, width=80)).splitlines()
    assert lines == [
        "+               62",
        "├─ *            54.6",
        "│  ├─ #1 = exp   7.39",
        "│  │  └─ x       2",
        "│  └─ #1 (see above)",
        "└─ #1 (see above)",
    ]


@given(strategies.expressions(("x", "y"), max_nodes=20))
def test_every_node_has_one_line_and_every_further_use_another(expression: strategies.Expression) -> None:
    value, _ = expression.build()
    lines = str(tree(value, width=1000)).splitlines()
    graph = topological_order(value)
    uses = sum(len(node.parents) for node in graph)
    assert len(lines) == 1 + uses
    assert sum("(see above)" in line for line in lines) == 1 + uses - len(graph)


@given(strategies.expressions(("x", "y"), max_nodes=40), st.integers(30, 120))
def test_width_is_respected(expression: strategies.Expression, width: int) -> None:
    value, leaves = expression.build()
    leaves[0].label = "a.very.long.name.of.a.parameter.that.fits.in.no.line"
    value.backward()
    assert all(len(line) <= max(width, 60) for line in str(tree(value, width=width)).splitlines())


def test_gradients_can_be_hidden_and_digits_chosen() -> None:
    assert str(tree(Value(1 / 3, "x"), gradients=False, digits=3)) == "x  0.333"


def test_color_is_for_terminals_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    shown = tree(Value(1.0, "x") * math.nan)
    monkeypatch.setattr(sys, "stdout", Terminal(False))
    assert "\x1b" not in str(shown) + repr(shown)
    monkeypatch.setattr(sys, "stdout", Terminal(True))
    assert "\x1b[1;31mnan\x1b[0m" in str(shown)
    assert re.sub(r"\x1b\[[0-9;]*m", "", str(shown)) == shown[:]
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in str(shown)


def test_a_terminal_without_lines_gets_plain_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", Terminal(False, "ascii"))
    assert str(tree(Value(1.0, "x") * 2, gradients=False)).splitlines() == ["*     2", "|- x  1", "`- 2"]


def test_a_label_cannot_send_codes_to_the_terminal() -> None:
    text = str(tree(Value(1.0, "a\nb\x1b[31m\r") * 2))
    assert "\x1b" not in text
    assert "\r" not in text
    assert r"a\nb\x1b[31m\r" in text
    assert len(text.splitlines()) == 3


def test_wide_letters_keep_the_columns_aligned() -> None:
    lines = str(tree(Value(1.0, "权重") * Value(2.0, "w"), gradients=False)).splitlines()
    assert lines[1] == "├─ 权重  1"
    assert lines[2] == "└─ w     2"


def test_a_deep_graph_is_cut_where_the_line_ends() -> None:
    value = Value(0.0, "x")
    for _ in range(100_000):
        value = value + 1
    lines = str(tree(value, width=60)).splitlines()
    assert any("… 2 more" in line for line in lines)
    assert lines[-1].endswith("nodes farther from the result are left out")
    assert all(len(line) <= 60 for line in lines)


def test_a_long_sum_is_cut() -> None:
    lines = str(tree(autograd.sum([Value(1.0, "x")] * 1000), max_nodes=5)).splitlines()
    assert len(lines) < 20
    assert re.fullmatch(r"└─ … 99\d more", lines[-1])
    total = autograd.sum([Value(i) for i in range(1000)])
    assert str(tree(total, max_nodes=5)).splitlines()[-1] == "996 nodes farther from the result are left out"


def test_a_wrong_option_is_named() -> None:
    with pytest.raises(ValueError, match="width must be at least 1, but got 0"):
        tree(Value(1.0), width=0)


def test_marks_stand_behind_their_nodes_and_the_largest_stands_out(monkeypatch: pytest.MonkeyPatch) -> None:
    x, y = variables(x=2.0, y=3.0)
    product = x * y
    shown = tree(product + 1, marks={product: 0.625, x: 0.0625}, gradients=False, width=60)
    assert shown[:].splitlines() == [
        "+        7",
        "├─ *     6   ◆ 0.625",
        "│  ├─ x  2   ◆ 0.0625",
        "│  └─ y  3",
        "└─ 1",
    ]
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stdout", Terminal(True))
    assert "\x1b[1;31m◆ 0.625\x1b[0m" in str(shown)
    assert "\x1b[2m◆ 0.0625\x1b[0m" in str(shown)
