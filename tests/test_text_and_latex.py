"""An expression as Python source and as LaTeX."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
from autograd import Value, latex, parse, primitive, source, strategies, variables
from autograd.engine.primitive import TABLE
from autograd.engine.value import topological_order
from autograd.see.latex import notebook
from autograd.see.text import named_leaves


def x_y_z() -> tuple[Value, ...]:
    return variables(x=2.0, y=-3.0, z=0.5)


@pytest.mark.parametrize(
    "text",
    [
        "x + y - z",
        "x - (y - z)",
        "x + (y + z)",
        "x / y / z",
        "x / (y * z)",
        "x * (y + z)",
        "(x + y) ** 2",
        "x ** y ** z",
        "(x ** y) ** z",
        "x // y % z",
        "x % (y // z)",
        "2 * (x % y)",
        "-x ** 2",
        "(-x) ** 2",
        "(-2.0) ** x",
        "2 ** -x",
        "-(x * y)",
        "-x * y",
        "--x",
        "x * -3",
        "2 * tanh(x + 1) / 3",
        "sum([x, y, x * 2])",
        "dot([x, y], [z, 2.0])",
        "maximum(x, 0.0)",
        "x + 1e-07",
        "x * inf",
        "where(less(x, y), x, y)",
    ],
)
def test_source_has_just_the_brackets_that_it_needs(text: str) -> None:
    scope = {name: getattr(autograd, name) for name in ("tanh", "sum", "dot", "maximum", "where", "less")}
    value = eval(text, {"inf": math.inf, **scope, **dict(zip("xyz", x_y_z(), strict=True))})
    assert source(value) == text


@given(strategies.expressions(("x", "y")))
def test_source_reads_back_to_the_same_value_and_gradients(expression: strategies.Expression) -> None:
    value, leaves = expression.build()
    again = [Value(leaf.data, leaf.label) for leaf in leaves]
    value.backward()
    read = parse(source(value, None), **dict(zip(expression.names, again, strict=True)))
    if not isinstance(read, Value):
        read = Value(read)
    read.backward()
    assert read.data == value.data or math.isnan(value.data)
    if leaves and value.parents:
        largest = largest_terms(value)
        for leaf, copy in zip(leaves, again, strict=True):  # what is shared is read back once for each use
            close = pytest.approx(leaf.grad, rel=1e-12, abs=1e-12 * (1.0 + largest.get(leaf, 0.0)), nan_ok=True)
            assert copy.grad == close or not math.isfinite(largest.get(leaf, 0.0))


def largest_terms(root: Value) -> dict[Value, float]:
    """The derivative of a result by each node, but with the absolute values of all that is added up there."""
    terms = {root: 1.0}
    for node in reversed(topological_order(root)):
        for parent, partial, is_cut in zip(node.parents, node.partials, node.cuts, strict=True):
            if node in terms and not is_cut:
                terms[parent] = terms.get(parent, 0.0) + abs(partial) * terms[node]
    return terms


def test_names_that_python_cannot_use_are_changed_and_told_apart() -> None:
    labels = ["layers.0.w", "lambda", "tanh", "2nd", "x", "x", "a b", "ünï", ""]
    value = autograd.sum([Value(1.0, label) for label in labels])
    assert source(value) == "sum([layers_0_w, lambda_, tanh_, _2nd, x, x_2, a_b, ünï, 1.0])"
    assert list(named_leaves(value)) == ["layers_0_w", "lambda_", "tanh_", "_2nd", "x", "x_2", "a_b", "ünï"]


def test_a_users_operation_is_written_by_name_in_source_and_by_its_template_in_latex() -> None:
    @primitive(lambda x, y: 3 * x**2, name="formula_cube", latex="#1^3")
    def cube(x: float) -> float:
        return x * x * x

    @primitive(lambda x, y, z: 1.0, lambda x, y, z: 1.0, name="formula_plus", symbol="&", precedence=1)
    def plus(x: float, y: float) -> float:
        return x + y

    x, y, _ = x_y_z()
    assert source(plus(cube(x + y), 2) * x) == "formula_plus(formula_cube(x + y), 2.0) * x"
    assert latex(plus(cube(x + y), 2) * x) == r"\left(\left(x + y\right)^3 \& 2\right) \cdot x"
    del TABLE["formula_cube"], TABLE["formula_plus"]


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda x, y: (x + y) / (x - 1), r"\frac{x + y}{x - 1}"),
        (lambda x, y: (x / y) ** 2, r"{\left(\frac{x}{y}\right)}^{2}"),
        (lambda x, y: autograd.exp(-x) ** 2, r"{\left(e^{-x}\right)}^{2}"),
        (lambda x, y: abs(x - y) ** 2, r"{|x - y|}^{2}"),
        (lambda x, y: x - (-y), r"x - \left(-y\right)"),
        (lambda x, y: x * -3, r"x \cdot \left(-3\right)"),
        (lambda x, y: autograd.expm1(x) * y, r"\left(e^{x} - 1\right) \cdot y"),
        (lambda x, y: autograd.dot([x, y + 1], [y, 2]), r"x \cdot y + \left(y + 1\right) \cdot 2"),
        (lambda x, y: autograd.sum([x, y]) * 2, r"\left(x + y\right) \cdot 2"),
        (lambda x, y: autograd.mean([x, y]), r"\operatorname{mean}(x, y)"),
        (lambda x, y: autograd.sqrt(x + y), r"\sqrt{x + y}"),
        (lambda x, y: x * 1e-9, r"x \cdot 10^{-9}"),
        (lambda x, y: x * -math.inf, r"x \cdot \left(-\infty\right)"),
    ],
)
def test_latex_is_correctly_bracketed(make: object, expected: str) -> None:
    x, y, _ = x_y_z()
    assert latex(make(x, y)) == expected  # type: ignore[operator]


@given(strategies.expressions(("x", "y")))
def test_latex_is_balanced(expression: strategies.Expression) -> None:
    text = latex(expression.build()[0])
    assert text.count(r"\left(") == text.count(r"\right)")
    plain = text.replace(r"\left(", "(").replace(r"\right)", ")")
    for opening, closing in ("{}", "()"):
        depth = 0
        for character in plain:
            depth += (character == opening) - (character == closing)
            assert depth >= 0
        assert depth == 0


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("w", "w"),
        ("w1", "w_{1}"),
        ("w_12", "w_{12}"),
        ("theta", r"\theta"),
        ("loss", r"\mathrm{loss}"),
        ("layers.0.w", r"\mathrm{layers.0.w}"),
        (r"$\undefined", r"\$\backslash \mathrm{undefined}"),
        ("<script>", r"{<}\mathrm{script}{>}"),
        ("a_b%#&{}^~", r"\mathrm{a}\_\mathrm{b}\%\#\&\{\}{\wedge}{\sim}"),
        ("a\nb", r"\mathrm{a}\backslash \mathrm{nb}"),
        ("λ", r"\text{λ}"),
    ],
)
def test_latex_shows_a_label_as_it_is_written(label: str, expected: str) -> None:
    assert latex(Value(1.0, label)) == expected


@given(st.text())
def test_no_label_can_end_the_formula_or_start_html(label: str) -> None:
    text = latex(Value(1.0, label))
    assert text.isprintable()
    assert "$" not in text.replace(r"\$", "")
    assert "<" not in text.replace("{<}", "")


def test_matplotlib_can_set_the_formulas() -> None:
    mathtext = pytest.importorskip("matplotlib.mathtext")
    x, y, z = x_y_z()
    for label in ("w_1", "$x<y>", "a b", "50%", "layers.0.b"):
        z.label = label
        formula = latex(autograd.tanh((x + y) ** 2 * z - 1) / abs(x)).replace(r"\left(", "(").replace(r"\right)", ")")
        mathtext.MathTextParser("path").parse(f"${formula}$")


def test_a_huge_expression_is_cut_to_what_is_nearest_to_the_result() -> None:
    x = Value(1.0, "x")
    value = x
    for _ in range(100_000):
        value = value + 1
    assert source(value, 5) == "... + 1 + 1"
    assert latex(value, 5) == r"\dots + 1 + 1"
    total = autograd.sum([Value(i, f"x{i}") for i in range(1000)])
    assert source(total, 4) == "sum([x0, x1, x2, ...])"
    assert latex(total, 4) == r"x_{0} + x_{1} + x_{2} + \dots"


def test_a_deep_expression_is_written_whole_without_recursion() -> None:
    value = Value(1.0, "x")
    for _ in range(50_000):
        value = -value
    assert source(value, None) == "-" * 50_000 + "x"


def test_shared_nodes_do_not_make_a_formula_grow_without_bound() -> None:
    value = Value(1.0, "x")
    for _ in range(200):
        value = value * value
    assert len(source(value)) < 10_000
    assert len(latex(value)) < 20_000


def test_digits_round_the_numbers_in_latex() -> None:
    assert latex(Value(2.0, "x") * (1 / 3), digits=3) == r"x \cdot 0.333"


def test_a_notebook_shows_a_result_as_an_equation_and_a_leaf_as_itself() -> None:
    x, y, _ = x_y_z()
    value = x * y
    assert notebook(value) == r"$\displaystyle x \cdot y = -6$"
    value.label = "loss"
    assert notebook(value) == r"$\displaystyle \mathrm{loss} = x \cdot y = -6$"
    assert notebook(x) is None
