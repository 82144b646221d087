"""The chain rule told step by step: its numbers are those of `backward`, its formulas those of the rules."""

from __future__ import annotations

import io
import math
import re
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
from autograd import Value, acos, explain, maximum, no_grad, parse, strategies, tanh, variables
from autograd.engine.primitive import TABLE, Primitive
from autograd.engine.value import topological_order
from autograd.see.narration import CUT

NUMBER = r"-?(?:\d+(?:\.\d+)?(?:e[-+]?\d+)?|inf|nan)"
PRODUCT = re.compile(rf"= ({NUMBER}(?: \* {NUMBER})+) = ({NUMBER})$")
SUM = re.compile(rf"^d\S+/d(\S+) = ({NUMBER}(?: \+ {NUMBER})+) = ({NUMBER}), where (\d+) paths meet$")


def same(x: float, y: float) -> bool:
    return x == y or (math.isnan(x) and math.isnan(y))


def product(text: str) -> float:
    result = 1.0
    for factor in text.split(" * "):
        result = float(factor) * result
    return result


def total(text: str) -> float:
    result = 0.0
    for term in text.split(" + "):
        result += float(term)
    return result


def section(text: str, name: str) -> list[str]:
    """The lines below one heading, without their indent."""
    return [line.strip() for line in re.split(r"\n\n", text.split(f"{name}\n", 1)[1])[0].splitlines()]


# The story.


def test_a_neuron_is_told_as_one_works_it_by_hand() -> None:
    w, x, b = variables(w=0.5, x=2.0, b=-1.0)
    y = (w * x + b - 1) ** 2
    y.label = "loss"
    assert str(explain(y)).splitlines() == [
        "loss = (w * x + b - 1) ** 2",
        "",
        "Forward",
        "  w = 0.5",
        "  x = 2",
        "  v1 = w * x = 0.5 * 2 = 1",
        "  b = -1",
        "  v2 = v1 + b = 1 + -1 = 0",
        "  v3 = v2 - 1 = 0 - 1 = -1",
        "  loss = v3 ** 2 = (-1) ** 2 = 1",
        "",
        "Backward",
        "  dloss/dloss = 1",
        "  loss = v3 ** 2",
        "    ∂loss/∂v3 = 2 * v3 = -2",
        "    dloss/dv3 = dloss/dloss * ∂loss/∂v3 = 1 * -2 = -2",
        "  v3 = v2 - 1",
        "    ∂v3/∂v2 = 1",
        "    dloss/dv2 = dloss/dv3 * ∂v3/∂v2 = -2 * 1 = -2",
        "  v2 = v1 + b",
        "    ∂v2/∂v1 = 1",
        "    dloss/dv1 = dloss/dv2 * ∂v2/∂v1 = -2 * 1 = -2",
        "    ∂v2/∂b = 1",
        "    dloss/db = dloss/dv2 * ∂v2/∂b = -2 * 1 = -2",
        "  v1 = w * x",
        "    ∂v1/∂w = x = 2",
        "    dloss/dw = dloss/dv1 * ∂v1/∂w = -2 * 2 = -4",
        "    ∂v1/∂x = w = 0.5",
        "    dloss/dx = dloss/dv1 * ∂v1/∂x = -2 * 0.5 = -1",
        "",
        "Gradients",
        "  dloss/dw = -4",
        "  dloss/dx = -1",
        "  dloss/db = -2",
    ]


def test_restricted_to_one_input_it_tells_only_the_paths_there() -> None:
    w, x, b = variables(w=0.5, x=2.0, b=-1.0)
    y = (w * x + b) * w
    text = str(explain(y, of=w))
    assert not re.search(r"∂\S+/∂(x|b)|d\S+/d(x|b) ", text)
    assert section(text, "Paths") == [
        "∂y/∂v2 * ∂v2/∂v1 * ∂v1/∂w = 0.5 * 1 * 2 = 1",
        "∂y/∂w = 0",
        "dy/dw = 1 + 0 = 1",
    ]
    assert str(explain(y, of="w")) == text


def test_many_paths_are_counted_rather_than_listed() -> None:
    x = Value(1.0, "x")
    value = x
    for _ in range(100):
        value = value + value
    lines = section(str(explain(value, of=x, digits=None)), "Paths")
    assert lines[-2:] == [f"and {2**100 - 12:,} more paths", f"dy/dx = {2.0**100!r}"]


def test_a_steep_slope_on_a_road_not_taken_is_told_to_carry_nothing() -> None:
    x = Value(1.0, "x")
    value = maximum(acos(x), x)
    lines = str(explain(value)).splitlines()
    assert f"    dy/dx by v1 = dy/dv1 * ∂v1/∂x = 0 * -inf = 0{CUT}" in lines


# The numbers.


@settings(max_examples=100)
@given(strategies.expressions(("a", "b", "c"), max_nodes=20))
def test_the_printed_steps_recompute_to_the_gradients(expression: strategies.Expression) -> None:
    value, leaves = expression.build()
    lines = [line.strip() for line in str(explain(value, digits=None)).splitlines()]
    backward = lines[lines.index("Backward") :] if "Backward" in lines else []
    shares: dict[str, list[str]] = {}
    for line in backward:
        step = re.match(
            rf"dy/d(\S+)(?: by \S+)? = dy/d\S+ \* .* = ({NUMBER}) \* ({NUMBER}) = ({NUMBER})({CUT})?$", line
        )
        if step:
            name, adjoint, partial, share, cut = step.groups()
            raw = float(partial) * float(adjoint)
            assert (float(share) == 0.0 != raw) if cut else same(raw, float(share))
            shares.setdefault(name, []).append(share)
        joined = SUM.match(line)
        if joined:
            name, terms, result, count = joined.groups()
            assert terms.split(" + ") == shares[name]
            assert len(shares[name]) == int(count)
            assert same(total(terms), float(result))
            shares[name] = [result]
    value.backward()
    found = dict(re.findall(rf"^dy/d(\S+) = ({NUMBER})$", "\n".join(lines[lines.index("Gradients") :]), re.MULTILINE))
    for leaf in leaves:
        if leaf in topological_order(value) and leaf is not value:
            assert same(float(found[leaf.label]), leaf.grad)
            assert same(float(shares[leaf.label][0]), leaf.grad)


@settings(max_examples=50)
@given(strategies.expressions(("a", "b"), max_nodes=15), st.data())
def test_the_products_along_the_paths_add_up_to_the_gradient(
    expression: strategies.Expression, data: st.DataObject
) -> None:
    value, leaves = expression.build()
    leaf = data.draw(st.sampled_from(leaves))
    if leaf is value or leaf not in topological_order(value):
        return
    lines = section(str(explain(value, of=leaf, digits=None)), "Paths")
    if any(line.startswith("and ") for line in lines):
        return
    products = [float(re.split(" = ", line)[-1]) for line in lines[:-1]]
    for line in lines[:-1]:
        match = PRODUCT.search(line)
        if match:
            assert same(product(match[1]), float(match[2]))
    value.backward()
    scale = sum(abs(each) for each in products)
    assert abs(sum(products) - leaf.grad) <= 1e-13 * scale or not math.isfinite(scale)


@settings(max_examples=100)
@given(strategies.expressions(("a", "b"), max_nodes=10))
def test_the_forward_numbers_recompute(expression: strategies.Expression) -> None:
    value, _ = expression.build()
    for line in section(str(explain(value, digits=None)), "Forward"):
        if line.count(" = ") < 3:
            continue
        *_, numbers, result = line.split(" = ")
        recomputed = parse(numbers)
        assert float(recomputed) == pytest.approx(float(result), rel=1e-12, nan_ok=True)


@settings(max_examples=100)
@given(strategies.expressions(("a", "b"), max_nodes=8))
def test_formulas_of_local_derivatives_give_their_numbers(expression: strategies.Expression) -> None:
    value, _ = expression.build()
    lines = [line.strip() for line in str(explain(value, digits=None)).splitlines()]
    point = {}
    for line in lines[lines.index("Forward") + 1 : lines.index("Backward") - 1]:
        name, *_, number = line.split(" = ")
        point[name] = float(number)
    for line in lines:
        local = re.match(rf"∂(\S+)/∂(\S+) = (.+) = ({NUMBER})(?:, as operand \d+)?$", line)
        if local is None or " * ∂" in line:
            continue
        formula = local[3].replace("sech(", "1 / cosh(")
        if local[3].count("sech(") and "** 2" in local[3]:
            continue  # written with a function that the table does not have
        result = float(parse(formula, **point))
        if math.isfinite(result) and abs(float(local[4])) > 1e-12:
            assert result == pytest.approx(float(local[4]), rel=1e-6)


@pytest.mark.parametrize("primitive", [each for each in TABLE.values() if each.taught], ids=lambda each: each.name)
def test_derivatives_as_taught_agree_with_those_computed(primitive: Primitive) -> None:
    for x in (-3.0, -0.1, 0.0, 0.5, 4.0):
        y = primitive(x)
        for i, rule in enumerate(primitive.taught):
            assert rule(x, y) == pytest.approx(primitive.partial(i, [x], y), rel=1e-10)


def test_numbers_are_rounded_to_six_digits_or_as_asked() -> None:
    w, x = variables(w=1 / 3, x=2.0)
    assert "v1 = w * x = 0.333333 * 2 = 0.666667" in str(explain(tanh(w * x)))
    assert "v1 = w * x = 0.33 * 2 = 0.67" in str(explain(tanh(w * x), digits=2))
    assert "w = 0.3333333333333333\n" in str(explain(tanh(w * x), digits=None))


def test_a_road_not_taken_gets_nothing_and_the_story_says_why() -> None:
    x = Value(0.0, "x")
    y = autograd.where(x < 1, x, x.log())
    y.backward()
    story = str(explain(y))
    assert "dy/dx = 1" in story.splitlines()[-1]
    steep = str(explain((x.relu()).log()))
    assert "dy/dx = dy/dv1 * ∂v1/∂x = inf * 0 = 0, as nothing passes where it was not chosen" in steep


def test_the_sums_are_added_in_the_order_of_backward() -> None:
    x = Value(0.1, "x")
    y = (x * 0.1 + x * 0.2) + x * 0.3
    y.backward()
    assert f"dy/dx = {x.grad!r}" in str(explain(y, digits=None)).splitlines()[-1]


def test_a_graph_whose_numbers_were_changed_is_refused_by_name() -> None:
    x = Value(3.0, "x")
    y = x * x
    x.data = 5.0
    with pytest.raises(ValueError, match=r"the number of 'x' was changed after '\*' was computed from it"):
        explain(y)
    with pytest.raises(ValueError, match=r"one of 'x', 'z' was changed after '\*' was computed from it"):
        z = Value(2.0, "z")
        product = x * z
        z.data = 4.0
        explain(product)


def test_a_terminal_that_knows_ascii_only_gets_the_story_in_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    w, x = variables(w=0.5, x=2.0)
    story = explain(w * x)
    assert "∂y/∂w = x = 2" in str(story)
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    assert "Dy/Dw = x = 2" in str(story)
    print(story)


def test_explaining_changes_nothing_and_needs_no_backward() -> None:
    x = Value(2.0, "x")
    y = x * x
    x.grad = 7.0
    text = str(explain(y))
    assert "dy/dx = 4" in text
    assert (x.grad, y.grad) == (7.0, 0.0)
    y.backward()
    assert str(explain(y)) == text


def test_a_story_can_be_told_where_nothing_is_recorded() -> None:
    x = Value(2.0, "x")
    y = x * x
    text = str(explain(y))
    with no_grad():
        assert str(explain(y)) == text


# Names, large graphs, other forms.


def test_nodes_of_one_label_are_told_apart() -> None:
    text = str(explain(Value(2.0, "a") * Value(3.0, "a") + Value(1.0, "v1") * Value(5.0)))
    assert text.startswith("y = a * a_2 + v1 * v3\n")


def test_a_leaf_and_a_constant_have_short_stories() -> None:
    assert "dx/dx = 1" in str(explain(Value(2.0, "x")))
    assert section(str(explain(autograd.tanh(Value(1.0)).parents[0])), "Gradients") == ["dy/dy = 1"]
    with no_grad():
        constant = tanh(Value(1.0))
    assert section(str(explain(constant)), "Gradients") == ["none: the result is a constant"]


def test_a_large_graph_is_told_near_the_result_and_the_sums_stay_right() -> None:
    x = Value(1.0, "x")
    value = x
    for _ in range(10_000):
        value = value * 0.5 + x
    text = str(explain(value, digits=None, max_nodes=20))
    assert "Of 30,001 nodes, the 20 nearest to the result" in text
    value.backward()
    assert section(text, "Gradients") == [f"dy/dx = {x.grad:g}"]
    assert "..." in text
    assert len(text.splitlines()) < 150


def test_the_markdown_says_the_same_in_formulas() -> None:
    w, x = variables(w1=0.5, x=2.0)
    markdown = explain(tanh(w * x))._repr_markdown_()
    assert r"$$y = \tanh(w_{1} \cdot x)$$" in markdown
    assert "**Backward**" in markdown
    assert r"\frac{\partial y}{\partial v_{1}} = 1 - {y}^{2} = 0.419974" in markdown
    assert len(re.findall("displaystyle", markdown)) == len(
        [line for line in str(explain(tanh(w * x))).splitlines() if line.startswith("  ")]
    )


@given(st.text(min_size=1))
def test_no_label_can_leave_its_formula_or_its_line(label: str) -> None:
    story = explain((Value(2.0, label) * Value(3.0, label) + 1).relu() - Value(1.0, label).relu())
    assert len(str(story).splitlines()) == len(story.lines)
    for line in story._repr_markdown_().splitlines():
        inside = line.replace(r"\$", "")
        assert inside.count("$") in (0, 2, 4)
        assert "<" not in inside.replace("{<}", "")


def test_an_input_that_is_not_there_is_named() -> None:
    x = Value(2.0, "x")
    with pytest.raises(ValueError, match=r"the result does not depend on Value\(data=0.0, grad=0.0, label='q'\)"):
        explain(x * 2, of=Value(0.0, "q"))
    with pytest.raises(ValueError, match="no node has the label 'w'; give the Value itself, or one of the labels: 'x'"):
        explain(x * 2, of="w")
    with pytest.raises(ValueError, match="2 nodes have the label 'x'"):
        explain(x * Value(1.0, "x"), of="x")


def test_a_users_operation_is_explained_by_its_own_rule() -> None:
    @autograd.primitive(lambda x, y: 3 * x**2, name="narration_cube")
    def cube(x: float) -> float:
        return x * x * x

    del TABLE["narration_cube"]
    assert "∂y/∂x = 3 * x ** 2 = 12" in str(explain(cube(Value(2.0, "x"))))


def test_what_holds_on_one_side_of_a_kink_says_so() -> None:
    x, y = variables(a=2.0, b=-3.0)
    text = str(explain(x.relu() + y.relu() + autograd.maximum(x, y)))
    assert "∂v1/∂a = 1, as a > 0" in text
    assert "∂v2/∂b = 0, as b <= 0" in text
    assert "∂v4/∂a = 1, as a > b" in text
    assert "∂v4/∂b = 0, as b < a" in text


def test_other_inputs_keep_their_names_where_they_are_factors() -> None:
    w, x = variables(w=0.5, x=2.0)
    assert "∂y/∂w = x = 2" in str(explain(w * x, of=w))


# Where nan begins.


def births(value: Value, **options: Any) -> list[str]:
    """What a story says of numbers that are not finite."""
    return [line.strip() for line in str(explain(value, **options)).partition("\nNot finite\n")[2].splitlines()]


def test_a_story_says_where_nan_was_born() -> None:
    x = Value(-1.0, "x")
    assert births(autograd.log(x) * 2 + autograd.sin(x)) == ["v1 = log(x) = log(-1) = nan, where nan begins"]


def test_nan_may_be_born_of_infinities_and_on_the_way_back() -> None:
    x = Value(0.0, "x")
    assert births(x * autograd.log(x)) == [
        "v1 = log(x) = log(0) = -inf, where infinity begins",
        "y = x * v1 = 0 * -inf = nan, where nan begins",
        "dy/dx by v1 = 0 * inf = nan, where nan begins",
    ]
    assert births(autograd.sqrt(x * x)) == [
        "∂y/∂v1 = inf, where infinity begins",
        *["dy/dx by v1 = inf * 0 = nan, where nan begins"] * 2,
    ]


def test_paths_that_meet_may_make_nan_of_infinities() -> None:
    x = Value(0.0, "x")
    assert births(1 / x - 1 / x)[-1] == "dy/dx = -inf + inf = nan, where nan begins"


def test_a_number_that_was_given_is_told_as_given() -> None:
    assert births(Value(math.nan, "x") * 2) == ["x = nan, which was given"]


def test_nan_that_was_born_far_from_the_result_is_told_of_too() -> None:
    x = Value(0.5, "x")
    total = autograd.log(x - 1)
    for _ in range(1000):
        total = total + x
    assert births(total, max_nodes=5) == ["log(-0.5) = nan, where nan begins"]


def test_many_births_are_cut() -> None:
    x = Value(0.0, "x")
    found = births(autograd.sum([1 / (x * k) for k in range(1, 20)]))
    assert len(found) == 6 and found[-1] == "and more after these"


def test_what_is_finite_at_the_end_says_nothing_of_what_was_not_taken() -> None:
    x = Value(0.0, "x")
    assert births(autograd.where(x > -1.0, x, 1 / x)) == []
