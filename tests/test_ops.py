"""The table of operations: complete, IEEE 754 to the last corner, the same on arrays, and the one that operators obey.

How exact the values and derivatives are is measured in ``tests/accuracy``.
"""

from __future__ import annotations

import itertools
import math
import operator
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
from autograd import Value
from autograd.engine.primitive import TABLE
from autograd.page.story import Story
from autograd.see.excerpt import Excerpt
from autograd.see.text import named_leaves, readable

OPERATIONS = {name: p for name, p in TABLE.items() if p.value.__module__ == "autograd.engine.ops"}
INF, NAN = math.inf, math.nan
CORNERS = [0.0, -0.0, 1.0, -1.0, 0.5, -2.0, 3.0, INF, -INF, NAN, 1.7e308, -1.7e308, 5e-324, -1e-310, 710.0]
NUMBERS = [-20.0, -2.5, -1.0, -0.75, -1e-5, 0.0, 1e-5, 0.5, 1.0, 2.0, 2.5, 20.0]
FLOATS = st.floats(allow_nan=True, allow_infinity=True)


def points(primitive, numbers):
    """Every combination of numbers for an operation on up to three; some of them for an operation on more."""
    width = primitive.arity or (4 if primitive.sequences == 2 else 3)
    combinations = [list(each) for each in itertools.product(numbers, repeat=min(width, 3))]
    return [each + [1.0] * (width - len(each)) for each in combinations]


def smallest(primitive):
    """Differences below this do not count: where terms may cancel, they are of the size of a rounding error."""
    return 1e-13 if primitive.name in ("sum", "mean", "dot", "logsumexp", "logaddexp") else 1e-300


def same(x, y):
    return (x == y) or (math.isnan(x) and math.isnan(y))


def close(x, y, ulps):
    return same(x, y) or abs(x - y) <= ulps * math.ulp(max(abs(x), abs(y)))


@pytest.mark.parametrize("primitive", OPERATIONS.values(), ids=OPERATIONS)
class TestEveryEntry:
    def test_says_in_one_sentence_what_it_is(self, primitive):
        first = primitive.__doc__.splitlines()[0]
        assert first.endswith(".") and len(first) < 120

    def test_is_a_function_and_a_method_under_its_name_unless_it_only_helps_others(self, primitive):
        for place in (autograd, Value):
            assert callable(getattr(place, primitive.name, None)) is not primitive.helper
        assert primitive.helper or getattr(autograd, primitive.name) is primitive

    def test_never_raises_and_gives_floats(self, primitive):
        for point in points(primitive, CORNERS):
            value = primitive.evaluate(point)
            partials = primitive.differentiate(point, value)
            assert type(value) is float
            assert len(partials) == len(point)
            assert all(isinstance(partial, float) for partial in partials)

    def test_says_where_it_is_not_defined(self, primitive):
        for point in points(primitive, NUMBERS):
            if primitive.is_defined(point):
                assert not math.isnan(primitive.evaluate(point)), point

    def test_has_an_exact_value_to_compare_with(self, primitive):
        mp = pytest.importorskip("mpmath").mp
        exact = primitive.exact or (lambda mp, *args: getattr(mp, primitive.name)(*args))
        for point in points(primitive, NUMBERS):
            if primitive.is_defined(point):
                with mp.workprec(200):
                    truth = float(exact(mp, *primitive.arguments([mp.mpf(x) for x in point])))
                assert primitive.evaluate(point) == pytest.approx(truth, rel=1e-13, abs=smallest(primitive)), point

    def test_is_the_same_on_arrays(self, primitive):
        table = np.array(points(primitive, [*NUMBERS, INF, -INF, NAN] if primitive.name != "over_power" else NUMBERS))
        if primitive.name == "over_power":
            table = table[table[:, 2] == 2.0]
        expected = [primitive.evaluate(point) for point in table.tolist()]
        columns = [*table.T]
        arguments = [*primitive.arguments(columns)]
        if primitive.name == "over_power":
            arguments[2] = 2.0
        if primitive.sequences:
            arguments = [np.array(argument) for argument in arguments]
        form = primitive.array
        with np.errstate(all="ignore"):
            found = getattr(np, form)(*arguments) if isinstance(form, str) else form(np, *arguments)
        np.testing.assert_allclose(found + np.zeros(len(table)), expected, rtol=1e-14, atol=smallest(primitive))


SPECIAL = [
    ("log", (0.0,), -INF, (INF,)),
    ("log", (-1.0,), NAN, None),
    ("log1p", (-1.0,), -INF, (INF,)),
    ("sqrt", (0.0,), 0.0, (INF,)),
    ("exp", (1000.0,), INF, (INF,)),
    ("exp", (-INF,), 0.0, (0.0,)),
    ("div", (1.0, 0.0), INF, (INF, -INF)),
    ("div", (-1.0, 0.0), -INF, (INF, INF)),
    ("div", (0.0, 0.0), NAN, (INF, NAN)),
    ("pow", (0.0, 0.0), 1.0, (0.0, 0.0)),
    ("pow", (0.0, 2.0), 0.0, (0.0, 0.0)),
    ("pow", (0.0, 1.0), 0.0, (1.0, 0.0)),
    ("pow", (0.0, 0.5), 0.0, (INF, 0.0)),
    ("pow", (0.0, -1.0), INF, (-INF, -INF)),
    ("pow", (-2.0, 3.0), -8.0, (12.0, NAN)),
    ("pow", (-2.0, 0.5), NAN, (NAN, NAN)),
    ("relu", (0.0,), 0.0, (0.0,)),
    ("leaky_relu", (0.0,), 0.0, (0.01,)),
    ("abs", (0.0,), 0.0, (0.0,)),
    ("maximum", (2.0, 2.0), 2.0, (0.5, 0.5)),
    ("minimum", (2.0, 2.0), 2.0, (0.5, 0.5)),
    ("asin", (1.0,), math.pi / 2, (INF,)),
    ("asin", (1.5,), NAN, None),
    ("acos", (1.0,), 0.0, (-INF,)),
    ("atan", (INF,), math.pi / 2, (0.0,)),
    ("tanh", (20.0,), 1.0, (1.6993417021166355e-17,)),
    ("tanh", (INF,), 1.0, (0.0,)),
    ("sigmoid", (-INF,), 0.0, (0.0,)),
    ("sigmoid", (INF,), 1.0, (0.0,)),
    ("softplus", (-INF,), 0.0, (0.0,)),
    ("softplus", (INF,), INF, (1.0,)),
    ("log2", (0.0,), -INF, (INF,)),
    ("log10", (-1.0,), NAN, None),
    ("exp2", (1024.5,), INF, (INF,)),
    ("exp2", (1024.0,), INF, (1.2460659279417838e308,)),
    ("cbrt", (-8.0,), -2.0, (1 / 12,)),
    ("cbrt", (0.0,), 0.0, (INF,)),
    ("cbrt", (-INF,), -INF, (0.0,)),
    ("asinh", (1e200,), math.asinh(1e200), (1e-200,)),
    ("acosh", (1.0,), 0.0, (INF,)),
    ("acosh", (0.5,), NAN, (NAN,)),
    ("atanh", (-1.0,), -INF, (INF,)),
    ("atanh", (2.0,), NAN, None),
    ("floor", (-0.5,), -1.0, (0.0,)),
    ("ceil", (-0.5,), -0.0, (0.0,)),
    ("ceil", (INF,), INF, (0.0,)),
    ("floordiv", (-7.0, 2.0), -4.0, (0.0, 0.0)),
    ("floordiv", (7.0, 0.0), INF, (0.0, 0.0)),
    ("mod", (-7.0, 2.0), 1.0, (1.0, 4.0)),
    ("mod", (7.0, 0.0), NAN, None),
    ("mod", (7.0, -INF), -INF, (1.0, 1.0)),
    ("stop_gradient", (3.0,), 3.0, (0.0,)),
    ("isnan", (NAN,), 1.0, (0.0,)),
    ("isfinite", (-INF,), 0.0, (0.0,)),
    ("logaddexp", (INF, 1.0), INF, (1.0, 0.0)),
    ("logaddexp", (-INF, -INF), -INF, None),
    ("hypot", (1.7e308, 0.0), 1.7e308, (1.0, 0.0)),
    ("where", (1.0, 2.0, 3.0), 2.0, (0.0, 1.0, 0.0)),
]


@pytest.mark.parametrize(("name", "point", "value", "partials"), SPECIAL)
def test_special_points(name, point, value, partials):
    primitive = TABLE[name]
    found = primitive.evaluate(point)
    assert same(found, value)
    if partials is not None:
        for partial, expected in zip(primitive.differentiate(point, found), partials, strict=True):
            assert close(partial, expected, 4)


def test_x_to_the_0_has_derivative_0_in_x_everywhere():
    for x in CORNERS:
        assert TABLE["pow"].partial(0, (x, 0.0), 1.0) == 0.0


NAMES = {
    operator.add: "add",
    operator.sub: "sub",
    operator.mul: "mul",
    operator.truediv: "div",
    operator.floordiv: "floordiv",
    operator.mod: "mod",
    operator.pow: "pow",
}


def normal(x):
    return not 0.0 < abs(x) < 2.3e-308


@pytest.mark.parametrize("symbol", NAMES, ids=NAMES.values())
class TestOperatorsObeyTheTable:
    """Operators of `Value` write their rules out; the last digit may differ, where the table takes more care."""

    @given(x=FLOATS, y=FLOATS)
    def test_on_two_values(self, symbol, x, y):
        self.compare(symbol, symbol(Value(x), Value(y)), x, y, (0, 1))

    @given(x=FLOATS, y=FLOATS)
    def test_with_a_number_on_the_right(self, symbol, x, y):
        self.compare(symbol, symbol(Value(x), y), x, y, (0,))

    @given(x=FLOATS, y=FLOATS)
    def test_with_a_number_on_the_left(self, symbol, x, y):
        self.compare(symbol, symbol(x, Value(y)), x, y, (1,))

    def compare(self, symbol, node, x, y, which):
        primitive = TABLE[NAMES[symbol]]
        assert same(node.data, primitive.evaluate((x, y)))
        for i in which:
            expected = primitive.partial(i, (x, y), node.data)
            if normal(expected):
                assert close(node.partials[i], expected, 4), (x, y, i)


@given(x=FLOATS, y=FLOATS)
def test_divmod_is_the_quotient_rounded_down_and_the_remainder(x, y):
    for pair in (divmod(Value(x), Value(y)), divmod(Value(x), y), divmod(x, Value(y))):
        assert all(map(same, [each.data for each in pair], [TABLE["floordiv"](x, y), TABLE["mod"](x, y)]))
        if y and math.isfinite(x):
            assert [each.data for each in pair] == pytest.approx(divmod(x, y), nan_ok=True)


@given(FLOATS)
def test_unary_operators_obey_the_table(x):
    for symbol, name in ((operator.neg, "neg"), (abs, "abs"), (Value.relu, "relu")):
        node = symbol(Value(x))
        assert same(node.data, TABLE[name].evaluate((x,)))
        assert same(node.partials[0], TABLE[name].partial(0, (x,), node.data))


@given(st.lists(st.tuples(FLOATS, FLOATS), min_size=1, max_size=5))
def test_sum_and_dot_of_values_obey_the_table(pairs):
    xs, ys = [x for x, _ in pairs], [y for _, y in pairs]
    total = autograd.sum([Value(x) for x in xs])
    product = autograd.dot([Value(x) for x in xs], [Value(y) for y in ys])
    assert same(total.data, autograd.sum(xs))
    assert same(product.data, autograd.dot(xs, ys))
    assert all(map(same, product.partials, [*ys, *xs]))
    assert total.partials == (1.0,) * len(xs)


def test_products_of_many_factors_are_differentiated_in_linear_time():
    factors = [Value(1.0 + i / 1000) for i in range(3000)]
    product = autograd.prod(factors)
    product.backward()
    assert factors[7].grad == pytest.approx(product.data / factors[7].data)


@pytest.mark.parametrize("name", [name for name, p in OPERATIONS.items() if p.arity in (1, 2)])
def test_jax_arrays_give_the_same(name):
    jax = pytest.importorskip("jax")
    primitive = OPERATIONS[name]
    table = np.array([point for point in points(primitive, NUMBERS) if primitive.is_defined(point)])
    form = primitive.array
    with jax.enable_x64(True):
        columns = [jax.numpy.asarray(column) for column in table.T]
        found = getattr(jax.numpy, form)(*columns) if isinstance(form, str) else form(jax.numpy, *columns)
        found = np.asarray(found)
    expected = [primitive.evaluate(point) for point in table.tolist()]
    np.testing.assert_allclose(found, expected, rtol=2e-13, atol=1e-290)


class TestAnOperationOfOnesOwn:
    """Adding an operation is adding an entry: everything else reads it there."""

    @pytest.fixture
    def cube(self):
        @autograd.primitive(
            lambda x, y: 3 * x**2, latex="{#1}^3", exact=lambda mp, x: x**3, array=lambda np, x: x * x * x
        )
        def cube(x):
            """The cube of a number."""
            return x * x * x

        yield cube
        del TABLE["cube"]
        del Value.cube

    def test_is_a_function_and_a_method(self, cube):
        assert cube(2.0) == 8.0
        assert Value(2.0).cube().data == 8.0
        assert cube(Value(2.0)).op == "cube"

    def test_is_differentiated_to_any_order(self, cube):
        assert autograd.grad(cube)(2.0) == 12.0
        assert autograd.grad(autograd.grad(cube))(2.0) == 12.0
        assert autograd.grad(autograd.grad(autograd.grad(cube)))(2.0) == 6.0

    def test_is_written_and_explained(self, cube):
        x = Value(2.0, label="x")
        assert autograd.latex(cube(x)) == "{x}^3"
        assert "cube" in str(autograd.tree(cube(x)))
        assert "12" in str(autograd.explain(cube(x)))

    def test_is_compiled(self, cube):
        compiled = autograd.compile(lambda x: cube(x) + 1.0)
        assert np.asarray(compiled(2.0)) == 9.0

    @pytest.mark.parametrize("name", ["reciprocal", "positive", "cube"])
    def test_is_compiled_as_itself_whatever_numpy_calls_so(self, name):
        @autograd.primitive(lambda x, y: 3 * x**2, name=name)
        def cube(x):
            """The cube of a number."""
            return x * x * x

        w = Value(1.0)
        try:
            program = autograd.compile(lambda x: cube(w * x))
            values, (_, gradient) = program([2.0, 3.0]), program.value_and_grad([2.0, 3.0])
        finally:
            del TABLE[name]
            delattr(Value, name)
        assert values.tolist() == [8.0, 27.0]
        assert gradient.tolist() == [(3 * 8.0 + 3 * 27.0) / 2]

    def test_is_checked(self, cube):
        pytest.importorskip("mpmath")
        autograd.check_gradients(cube, 2.0)

    def test_changes_nothing_else(self, cube):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert set(TABLE) == {*OPERATIONS, "cube"}


def test_what_only_helps_others_is_called_by_what_it_stands_for():
    for primitive in OPERATIONS.values():
        assert primitive.title == (primitive.symbol if primitive.helper else primitive.name)
        assert primitive.helper <= (primitive.symbol != primitive.name)


HELPERS = {name: primitive for name, primitive in OPERATIONS.items() if primitive.helper}


def helped(primitive):
    """A graph with that operation in it, whose result does not depend on some of its operands."""
    numbers = [1.5, 2.5, 0.5, 3.0]
    leaves = [Value(x, label) for x, label in zip(numbers, "abde", strict=False)][: primitive.arity]
    if primitive.name == "over_power":
        leaves[2] = Value(2.0)
    return primitive(*leaves) * leaves[0]


@pytest.mark.parametrize("name", HELPERS)
class TestWhatOnlyHelpsOthers:
    def test_is_shown_as_what_it_stands_for(self, name, tmp_path):
        y = helped(OPERATIONS[name])
        narrated = autograd.explain(y)
        shown = [str(y), repr(y), y._repr_latex_() or "", str(autograd.tree(y)), autograd.draw(y).source]
        shown += [autograd.latex(y), str(narrated), narrated._repr_markdown_()]
        content = Story(Excerpt(y, (), 100)).content
        shown += [
            str([{key: node[key] for key in ("op", "written", "parts", "rules")}])
            for node in content["nodes"]
            if "op" in node
        ]
        for text in shown:
            assert name not in text
            assert name.replace("_", r"\_") not in text

    def test_has_no_name_in_reports(self, name):
        primitive = OPERATIONS[name]

        def f(a, b, d, e):
            x = [a, b, 2.0 if name == "over_power" else d, e][: primitive.arity]
            return primitive(*x) * a

        report = str(autograd.check_gradients(f, 1.5, 2.5, 0.5, 3.0))
        report += str(autograd.rounding(helped(primitive)))
        program = autograd.compile(f)
        program([1.5, 2.0], [2.5, 3.0], [0.5, 0.75], [3.0, 4.0])
        picture = program.graph.source
        assert name not in report + picture
        assert name.replace("_", " ") not in picture

    def test_has_no_name_in_errors(self, name):
        primitive = OPERATIONS[name]
        for place in range(primitive.arity):
            numbers = [1.5, 2.5, 2.0, 3.0][: primitive.arity]
            numbers[place] = INF
            with autograd.detect_anomaly(), pytest.raises(autograd.AnomalyError) as error:
                (primitive(*[Value(x) * 1.0 for x in numbers]) * INF * 0.0).backward()
            assert name not in str(error.value).replace(str(error.value).rpartition("made in")[2], "")

    def test_is_in_no_list_and_offered_to_nobody(self, name):
        assert name not in [*dir(autograd), *dir(Value(1.0)), *autograd.__all__, *autograd.__doc__.split()]
        with pytest.raises(autograd.ParseError) as refusal:
            autograd.parse(f"{name[:-1]}x(a)", a=1.0)
        assert name not in str(refusal.value)

    def test_is_written_with_brackets_where_they_matter(self, name):
        """Its formula on numbers, read back by Python, is its value."""
        y = OPERATIONS[name]
        leaves = [
            autograd.exp(Value(x, c)) - Value(1.0, "k") for x, c in zip((0.4, 0.7, 1.1, 0.3), "abde", strict=True)
        ]
        if name == "over_power":
            leaves[2] = Value(2.0)
        z = 3 - y(*leaves[: y.arity]) ** 2
        values = {called: leaf.data for called, leaf in named_leaves(z).items()}
        assert autograd.parse(readable(z), **values).data == pytest.approx(z.data, rel=1e-12)
        assert autograd.parse(autograd.source(z), **values).data == z.data


def test_factors_of_a_derivative_do_not_run_together_in_a_formula():
    x, y = Value(2.0), Value(3.0, "y")
    assert autograd.latex(OPERATIONS["scaled_exp"](Value(5.0), x, y)) == r"5 \cdot e^{2 \cdot y}"


def test_a_tree_and_a_picture_call_operands_by_their_names_or_places():
    x, y = autograd.variables(x=0.7, y=1.3)
    angle = autograd.gradients(autograd.atan2(x, autograd.sin(y)), x)
    assert "… / (… * … + x * x)" in repr(autograd.tree(angle))
    assert "#2 / (#2 * #2 + x * x)" in autograd.draw(angle).source.replace("\\ ", " ")
    steepness = autograd.gradients(autograd.tanh(x), x)
    assert repr(autograd.tree(steepness)).startswith("1 / cosh(x) ** 2 ")
    assert "v1 / (v1 * v1 + x * x)" in autograd.play(angle).html


def test_the_second_derivatives_of_a_session_are_explained_by_known_operations():
    x = Value(0.5, "x")
    slope = autograd.gradients(autograd.tanh(x), x)
    assert "v1 = 1 / cosh(x) ** 2 = 1 / cosh(0.5) ** 2" in str(autograd.explain(slope * x))
    with autograd.no_grad():
        assert autograd.latex(slope) == r"\frac{1}{{\left(\cosh(x)\right)}^{2}}"


def test_what_stands_for_itself_many_times_over_is_cut_off_like_any_other_expression():
    x = Value(0.5, "x")
    for _ in range(60):
        x = OPERATIONS["one_less_square"](x)
    assert len(readable(x)) < 10_000
    assert len(autograd.latex(x)) < 20_000
