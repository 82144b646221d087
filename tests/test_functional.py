"""Functions that differentiate functions: shapes, nesting, costs, and what they refuse."""

from __future__ import annotations

import collections
import math
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import ClassVar, NamedTuple

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import autograd
from autograd import (
    Value,
    grad,
    gradients,
    hessian,
    hvp,
    jacobian,
    jvp,
    no_grad,
    taylor,
    value_and_grad,
    variables,
    vjp,
)
from autograd.calculus import call, containers, graph
from autograd.engine.primitive import BUILT_IN, TABLE
from autograd.engine.recorder import Recorder, recording
from autograd.engine.value import as_constant, topological_order
from autograd.strategies import expressions
from tests.program.eager import JAX, NATIVE


class Counter(Recorder):
    """Counts the nodes that are made and the backward passes."""

    def __init__(self):
        self.nodes = self.passes = 0

    def node(self, node):
        self.nodes += 1

    def before_backward(self, root):
        self.passes += 1


# Shapes.


def test_the_gradient_of_a_function_of_a_number_is_a_float():
    slope = grad(lambda x: x**3)(2)
    assert slope == 12.0
    assert type(slope) is float


@pytest.mark.parametrize("kind", [list, tuple])
def test_a_sequence_comes_back_as_the_same_kind_of_sequence(kind):
    result = grad(lambda xs: xs[0] * xs[1] ** 2)(kind([3.0, 2.0]))
    assert result == kind([4.0, 12.0])
    assert type(result) is kind


def test_sequences_may_be_nested():
    assert grad(lambda t: t[0][0] * t[1])([(2.0, 1.0), 5.0]) == [(5.0, 0.0), 2.0]


@pytest.mark.parametrize("dtype", [float, int, np.float32, object])
def test_an_array_comes_back_as_an_array_of_floats(dtype):
    result = grad(lambda x: np.dot(x, x))(np.array([1, 2], dtype=dtype))
    assert isinstance(result, np.ndarray)
    assert result.dtype == float
    assert result.tolist() == [2.0, 4.0]


def test_inside_another_gradient_an_array_holds_values():
    dtypes = []

    def outer(x):
        inner = grad(lambda y: (y**3).sum())(x)
        dtypes.append(inner.dtype)
        return inner.sum()

    assert grad(outer)(np.array([1.0, 2.0])).tolist() == [6.0, 12.0]
    assert dtypes == [np.dtype(object)]


def test_several_arguments_give_a_tuple():
    assert grad(lambda x, y: x * y, argnums=(0, 1))(2.0, 3.0) == (3.0, 2.0)
    assert grad(lambda x, y: x * y, argnums=[1])(2.0, 3.0) == (2.0,)
    assert grad(lambda x, y: x * y, argnums=-1)(2.0, 3.0) == 2.0


def test_unless_told_otherwise_it_is_the_first_argument():
    def f(x, y):
        return x**2 * y

    assert grad(f)(2.0, 3.0) == 12.0
    assert autograd.value_and_grad(f)(2.0, 3.0) == (12.0, 12.0)
    assert jacobian(f)(2.0, 3.0) == 12.0
    assert hessian(f)(2.0, 3.0) == 6.0


def test_keyword_arguments_are_passed_on():
    assert grad(lambda x, power: x**power)(3.0, power=2) == 6.0


def test_the_value_comes_with_the_gradient():
    assert value_and_grad(lambda x: x * x)(3.0) == (9.0, 6.0)


def test_the_jacobian_of_arrays_is_a_matrix():
    result = jacobian(lambda x: np.array([x[0] * x[1], x[1], 7.0 * x[0]]))(np.array([2.0, 3.0]))
    assert result.tolist() == [[3.0, 2.0], [0.0, 1.0], [7.0, 0.0]]


def test_the_jacobian_has_the_shape_of_the_result_and_then_of_the_input():
    assert jacobian(lambda x: (x, x * x))(3.0) == (1.0, 6.0)
    assert jacobian(lambda xs: [xs[0] * xs[1]])((2.0, 3.0)) == [(3.0, 2.0)]
    assert jacobian(lambda x: np.array([x, 2 * x]))(1.0).tolist() == [1.0, 2.0]
    columns = jacobian(lambda xs: np.array([xs[0], xs[0] * xs[1]]))([3.0, 4.0])
    assert [column.tolist() for column in columns] == [[1.0, 4.0], [0.0, 3.0]]
    assert jacobian(lambda x: x * x)(3.0) == 6.0


def test_the_hessian_of_an_array_is_a_matrix_and_of_a_list_a_list_of_lists():
    def f(x):
        return x[0] ** 2 * x[1]

    assert hessian(f)(np.array([3.0, 5.0])).tolist() == [[10.0, 6.0], [6.0, 0.0]]
    assert hessian(f)([3.0, 5.0]) == [[10.0, 6.0], [6.0, 0.0]]


def test_the_hessian_of_several_arguments_has_blocks():
    assert hessian(lambda x, y: x * x * y, argnums=(0, 1))(2.0, 3.0) == ((6.0, 4.0), (4.0, 0.0))


def test_a_hessian_vector_product_is_the_product_with_the_hessian():
    x, v = np.array([0.5, -1.0, 2.0]), np.array([1.0, 2.0, -3.0])

    def f(x):
        return autograd.tanh(x[0] * x[1]) * x[2] ** 3 + autograd.exp(x[1])

    assert hvp(f)(x, v) == pytest.approx(hessian(f)(x) @ v, rel=1e-14)
    assert hvp(f)(list(x), list(v)) == pytest.approx(list(hessian(f)(x) @ v), rel=1e-14)


# Somebody may differentiate with respect to a direction or an adjoint, where the point is but a number.

ALONG = {
    "jvp": lambda f, x, t: jvp(f, (x,), (t,))[1],
    "vjp": lambda f, x, t: vjp(f, x)[1](t)[0],
    "hvp": lambda f, x, t: hvp(f)(x, t),
    "taylor": lambda f, x, t: taylor(lambda v: f(v[0]), [x], 1, [t])[1],
}


@pytest.mark.parametrize("name", ALONG)
def test_what_moves_along_a_direction_follows_the_direction(name):
    def f(x):
        return autograd.sin(x) * x

    along = ALONG[name]
    slope = (grad(grad(f)) if name == "hvp" else grad(f))(1.5)
    assert grad(lambda t: t * along(f, 1.5, t))(2.0) == pytest.approx(4.0 * slope)
    assert grad(grad(lambda t: t * along(f, 1.5, t)))(2.0) == pytest.approx(2.0 * slope)
    program = autograd.compile(lambda t: along(f, 1.5, t))
    assert program([2.0, 3.0]) == pytest.approx([2.0 * slope, 3.0 * slope])
    assert program.jacobian([2.0, 3.0]) == pytest.approx([slope, slope])


@pytest.mark.parametrize("weight", [3.0, Value(3.0)], ids=["a number", "a Value"])
def test_a_pull_back_may_be_used_again_after_somebody_differentiated_it(weight):
    _, pull_back = vjp(lambda x: weight * x * x, 2.0)
    before = [float(pull_back(t)[0]) for t in (0.0, 1.0)]
    assert float(grad(lambda t: pull_back(t)[0] * t)(3.0)) == 6.0 * before[1]
    assert [float(pull_back(t)[0]) for t in (0.0, 1.0)] == before


# Containers.


class Line(NamedTuple):
    slope: float
    bias: float


@dataclass(frozen=True)
class Layer:
    weights: np.ndarray
    bias: float
    name: str = field(default="", metadata={"static": True})
    uses: ClassVar[int] = 0


def test_a_named_tuple_and_a_dictionary_come_back_as_such():
    assert grad(lambda line: line.slope * 3.0 + line.bias)(Line(1.0, 2.0)) == Line(3.0, 1.0)
    assert grad(lambda d: d["b"] * d["a"])({"b": 2.0, "a": 5.0}) == {"b": 5.0, "a": 2.0}
    kept = OrderedDict(b=2.0, a=5.0)
    assert isinstance(grad(lambda d: d["b"] * d["a"])(kept), OrderedDict)
    assert kept == {"b": 2.0, "a": 5.0}


def test_a_dataclass_comes_back_as_one_with_its_static_fields():
    layer = Layer(np.array([[1.0, 2.0], [3.0, 4.0]]), 0.5, "first")
    found = grad(lambda layer: (layer.weights**2).sum() * layer.bias)(layer)
    assert (found.bias, found.name) == (30.0, "first")
    assert found.weights.tolist() == [[1.0, 2.0], [3.0, 4.0]]
    assert layer.weights.tolist() == [[1.0, 2.0], [3.0, 4.0]]


def test_a_counter_holds_its_numbers_and_counts_none():
    assert grad(lambda counts: counts["a"] ** 3)(collections.Counter(a=2)) == collections.Counter(a=12.0)


class AttributeDict(dict):
    """The well-known recipe."""

    def __init__(self, **items):
        super().__init__(items)
        self.__dict__ = self


def test_a_dictionary_whose_items_are_its_attributes_stays_one():
    found = grad(lambda d: d.a**3 * d["b"])(AttributeDict(a=2.0, b=3.0))
    assert (found.a, found["b"]) == (36.0, 8.0)


@dataclass
class Vector:
    x: float
    y: float

    @cached_property
    def length(self):
        return (self.x**2 + self.y**2) ** 0.5


def test_what_a_container_has_cached_is_computed_again_of_the_variables_and_of_the_derivatives():
    vector = Vector(3.0, 4.0)
    assert vector.length == 5.0
    found = grad(lambda v: v.length**2)(vector)
    assert (found.x, found.y) == pytest.approx((6.0, 8.0))
    assert found.length == pytest.approx(10.0)


@dataclass
class Doubled:
    x: float

    def __post_init__(self):
        self.name, self.count, self.twice = "doubled", 1, 2 * self.x


class Noted(dict):
    def __init__(self, **items):
        super().__init__(items)
        self.total = np.array(list(items.values())).sum()


@pytest.mark.parametrize(("container", "name"), [(Doubled(1.0), "twice"), (Noted(x=1.0), "total")])
def test_a_container_with_numbers_that_would_not_follow_its_parts_is_refused(container, name):
    for differentiated in (grad(lambda c: 0.0), lambda c: autograd.check_gradients(lambda c: 0.0, c)):
        with pytest.raises(TypeError, match=f"in its attribute '{name}'.*make '{name}' a property"):
            differentiated(container)


@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
@pytest.mark.parametrize("kind", [np.matrix, np.ma.MaskedArray])
def test_an_array_of_a_class_that_means_something_else_is_refused(kind):
    with pytest.raises(TypeError, match=f"class {kind.__name__} .* np.asarray"):
        grad(lambda m: (m * m).sum())(kind([[1.0, 2.0], [3.0, 4.0]]))


@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
def test_a_function_may_compute_with_such_arrays_itself():
    rows = np.matrix([[2.0, 1.0], [1.0, 3.0]])
    assert grad(lambda x: np.asmatrix(x) * rows * np.asmatrix(x).T)(np.array([1.0, 2.0])).tolist() == [8.0, 14.0]


def test_an_array_of_another_library_is_refused_in_a_sentence():
    jax_numpy = pytest.importorskip("jax.numpy")
    with pytest.raises(
        TypeError, match=r"an array of shape \(2,\); make an array of NumPy's of it, as np\.asarray does"
    ):
        grad(lambda x: x[0])(jax_numpy.ones(2))


def test_an_array_may_have_any_dimension():
    x = np.arange(24.0).reshape(2, 3, 4)
    assert grad(lambda x: (x**2).sum())(x).tolist() == (2 * x).tolist()
    assert jacobian(lambda x: x[..., 0] * 2)(x).shape == (2, 3, 2, 3, 4)
    assert hessian(lambda x: (x**3).sum())(x).shape == (2, 3, 4, 2, 3, 4)
    assert grad(lambda x: x * x)(np.array(3.0)) == 6.0


def test_a_hessian_has_the_container_twice():
    found = hessian(lambda d: d["a"] ** 2 * d["b"][1])({"a": 2.0, "b": np.array([1.0, 2.0])})
    assert found["a"]["a"] == 4.0
    assert found["a"]["b"].tolist() == found["b"]["a"].tolist() == [0.0, 4.0]
    assert found["b"]["b"].tolist() == [[0.0, 0.0], [0.0, 0.0]]


def test_a_function_may_return_containers():
    assert jacobian(lambda x: {"square": x * x, "pair": Line(x, 3.0)})(2.0) == {"square": 4.0, "pair": Line(1.0, 0.0)}


def test_a_vector_is_matched_by_key_and_by_place():
    def f(d):
        return d["a"] ** 2 * d["b"][0]

    at = {"a": 2.0, "b": [3.0]}
    assert hvp(f)(at, {"b": [0.0], "a": 1.0}) == {"a": 6.0, "b": [4.0]}
    assert hvp(f)(at, {"b": np.array([1.0]), "a": 0.0}) == {"a": 4.0, "b": [0.0]}


def test_numbers_of_containers_have_names():
    layer = Layer(np.zeros((1, 2)), 0.0)
    tree = {"layer": layer, "rest": (1.0, [2.0])}
    assert containers.names(tree, "x") == [
        "x['layer'].weights[0, 0]",
        "x['layer'].weights[0, 1]",
        "x['layer'].bias",
        "x['rest'][0]",
        "x['rest'][1][0]",
    ]


# Products with the Jacobian, and what else a function returns.


def test_vjp_pulls_back_and_jvp_pushes_forward():
    def f(x, y):
        return {"product": x * y[0], "sine": autograd.sin(y[1])}

    at = (2.0, [3.0, 0.5])
    result, pull_back = vjp(f, *at)
    assert result == {"product": 6.0, "sine": math.sin(0.5)}
    assert pull_back({"product": 1.0, "sine": 0.0}) == (3.0, [2.0, 0.0])
    assert pull_back({"sine": 2.0, "product": 1.0}) == (3.0, [2.0, 2 * math.cos(0.5)])
    assert jvp(f, at, (1.0, [0.0, 2.0])) == (result, {"product": 3.0, "sine": 2 * math.cos(0.5)})


def test_products_with_the_jacobian_agree_with_jax_s():
    jax = pytest.importorskip("jax")
    x, v, w = [0.5, -1.5], [2.0, 3.0], [1.0, -1.0, 0.5]

    def f(m, x):
        return [m.sin(x[0]) * x[1], m.exp(x[0]), x[1] * x[1]]

    with jax.enable_x64(True):
        expected = jax.jvp(lambda x: f(jax.numpy, x), (x,), (v,))[1]
        assert jvp(lambda x: f(autograd, x), (x,), (v,))[1] == pytest.approx(list(map(float, expected)), rel=1e-14)
        (expected,) = jax.vjp(lambda x: f(jax.numpy, x), x)[1](w)
        assert vjp(lambda x: f(autograd, x), x)[1](w)[0] == pytest.approx(list(map(float, expected)), rel=1e-14)


def test_forward_mode_takes_one_pass_for_one_input():
    counter = Counter()
    with recording(counter):
        slopes = jacobian(lambda t: [autograd.sin(t * i) for i in range(100)])(0.1)
    assert slopes == pytest.approx([i * math.cos(0.1 * i) for i in range(100)])
    assert counter.passes == 0


def test_products_with_the_jacobian_can_be_differentiated():
    assert grad(lambda x: jvp(autograd.sin, (x,), (x * x,))[1])(0.5) == pytest.approx(
        math.cos(0.5) - 0.25 * math.sin(0.5), rel=1e-15
    )
    assert grad(lambda w: vjp(lambda x: [x * w, x], 2.0)[1]([w, 0.0])[0])(3.0) == 6.0
    assert jvp(lambda x: jvp(autograd.exp, (x,), (1.0,))[1], (1.0,), (1.0,))[1] == math.e


def test_what_a_function_returns_besides_comes_too():
    def f(x):
        return x * x, {"twice": 2 * x, "what": "text", "nothing": None}

    besides = {"twice": 6.0, "what": "text", "nothing": None}
    assert grad(f, has_aux=True)(3.0) == (6.0, besides)
    assert value_and_grad(f, has_aux=True)(3.0) == ((9.0, besides), 6.0)
    assert jacobian(f, has_aux=True)(3.0) == (6.0, besides)
    assert hessian(f, has_aux=True)(3.0) == (2.0, besides)
    assert jvp(f, (3.0,), (1.0,), has_aux=True) == (9.0, 6.0, besides)
    assert vjp(f, 3.0, has_aux=True)[2] == besides


# What agrees must agree.


@pytest.mark.parametrize("y", [0.0, 0.5, 1.0, 1.5, 2.0, 3.0, -1.0])
def test_a_power_has_the_same_mixed_derivatives_in_either_order_at_zero_too(y):
    by_x, by_y = (grad(lambda x, y: x**y, argnums=i) for i in (0, 1))
    assert grad(by_x, argnums=1)(0.0, y) == pytest.approx(grad(by_y, argnums=0)(0.0, y), nan_ok=True)
    if y > 1:
        assert grad(by_x, argnums=1)(0.0, y) == 0.0
        assert grad(by_y, argnums=1)(0.0, y) == 0.0


@given(expressions(3))
def test_a_hessian_is_its_transpose_to_the_last_bit(expression):
    matrix = hessian(lambda x: expression(*x))(np.array(expression.point))
    assert repr(matrix.tolist()) == repr(matrix.T.tolist())


@given(expressions(3))
def test_gradients_are_those_of_backward(expression):
    leaves = [Value(x) for x in expression.point]
    result = expression(*leaves)
    assume(isinstance(result, Value))
    found = [each.data for each in gradients(result, leaves)]
    result.backward()
    assume(all(math.isfinite(leaf.grad) for leaf in leaves))
    assert found == pytest.approx([leaf.grad for leaf in leaves], rel=1e-9, abs=1e-12)


@given(expressions(3, operations=["add", "sub", "mul", "sin", "exp", "tanh", "dot", "sum"]))
def test_where_rules_are_the_same_gradients_are_those_of_backward_to_the_last_bit(expression):
    leaves = [Value(x) for x in expression.point]
    result = expression(*leaves)
    assume(isinstance(result, Value))
    found = [each.data for each in gradients(result, leaves)]
    result.backward()
    assert repr([each + 0.0 for each in found]) == repr([leaf.grad + 0.0 for leaf in leaves])


@given(expressions(3), st.tuples(*[st.floats(-2.0, 2.0)] * 3))
def test_forward_and_reverse_passes_agree_on_every_expression(expression, direction):
    slopes = grad(lambda x: expression(*x))(list(expression.point))
    sizes = [abs(slope * move) for slope, move in zip(slopes, direction, strict=True)]
    assume(all(math.isfinite(size) for size in sizes))
    moved = jvp(lambda x: expression(*x), (list(expression.point),), (list(direction),))[1]
    assume(math.isfinite(moved))
    expected = math.fsum(slope * move for slope, move in zip(slopes, direction, strict=True))
    allowed = 1e-8 * (1 + sum(sizes)) + 1e-13 * max(map(abs, direction)) * largest_share(expression)
    assert moved == pytest.approx(expected, rel=1e-8, abs=allowed)


def largest_share(expression):
    """The largest share that any operation contributes to a derivative: of larger ones that cancel, a rounding is left."""
    result = as_constant(expression(*map(Value, expression.point)))
    result.backward()
    shares = [abs(node.grad * each) for node in topological_order(result) for each in node.partials]
    return max([share for share in shares if math.isfinite(share)], default=0.0)


@pytest.mark.parametrize("name", sorted(name for name in BUILT_IN if not TABLE[name].sequences))
def test_forward_and_reverse_passes_agree_on_every_operation_to_the_last_bit(name):
    operation = TABLE[name]
    point = {"acosh": [1.7], "over_power": [0.7, 1.5, 3.0]}.get(name, [0.6, 1.3, 0.4, 1.2][: operation.arity])
    slopes = grad(lambda x: operation(*x))(point)
    for i, slope in enumerate(slopes):
        direction = [1.0 if i == j else 0.0 for j in range(len(point))]
        assert jvp(lambda x: operation(*x), (point,), (direction,))[1] == slope


@given(expressions())
def test_every_forward_derivative_is_the_exact_one(expression):
    autograd.check_gradients(expression, *expression.point, mode="forward")


def test_a_check_of_forward_passes_sees_what_is_wrong_with_a_rule():
    wrong = autograd.primitive(lambda x, y: 2.5 * x, name="wrongly_squared")(lambda x: x * x)
    try:
        with pytest.raises(autograd.GradientError):
            autograd.check_gradients(lambda x: wrong(x) * 2.0, 3.0, mode="forward")
    finally:
        del TABLE["wrongly_squared"]
    with pytest.raises(ValueError, match="mode must be 'reverse' or 'forward', but got 'sideways'"):
        autograd.check_gradients(autograd.exp, 1.0, mode="sideways")


# What does not depend on an input.


def test_a_function_that_does_not_depend_on_its_input_has_the_gradient_zero():
    assert grad(lambda x: 3.0)(1.0) == 0.0
    assert grad(lambda x, y: y, argnums=0)(1.0, 2.0) == 0.0
    assert grad(grad(lambda x: 2 * x))(1.0) == 0.0
    assert jacobian(lambda x: [1.0, x[1]])([1.0, 2.0]) == [[0.0, 0.0], [0.0, 1.0]]


def test_an_operation_of_the_package_is_a_function_like_any_other():
    assert grad(autograd.tanh)(0.0) == 1.0
    assert grad(autograd.hypot, argnums=1)(3.0, 4.0) == 0.8


# Nesting.


def test_gradients_nest_to_any_order():
    f = autograd.sin
    for order in range(8):
        assert f(0.7) == pytest.approx(math.sin(0.7 + order * math.pi / 2), rel=1e-13)
        f = grad(f)


def test_inner_and_outer_variables_are_not_confused():
    # Siskind and Pearlmutter, "Perturbation confusion and referential transparency", 2005.
    assert grad(lambda x: x * grad(lambda y: x + y)(2.0))(1.0) == 1.0
    assert grad(lambda x: x * grad(lambda y: x * y)(x))(3.0) == 6.0
    assert grad(lambda x: grad(lambda y: x * y * y)(4.0) + x)(3.0) == 9.0
    assert grad(lambda x: x * grad(lambda y: grad(lambda z: x * y * z)(y))(x))(2.0) == 4.0


def test_the_cases_of_confusion_that_forwarddiff_s_users_reported():
    # ForwardDiff.jl, issues 83, 443 and 313.
    assert grad(lambda x: x * grad(lambda y: x + y)(1.0))(1.0) == 1.0
    assert grad(lambda v: sum(v) * grad(lambda y: y * autograd.hypot(*v))(1.0))([3.0, 4.0]) == pytest.approx(
        [5 + 7 * 0.6, 5 + 7 * 0.8]
    )
    assert grad(lambda x: x / grad(lambda y: y**3.0)(1.0))(1.0) == pytest.approx(1 / 3)

    def assigns_twice(x):
        def step(y):
            nonlocal x
            x = x * y
            return x

        grad(step)(1.0)
        return grad(step)(1.0)

    assert grad(assigns_twice)(1.0) == 1.0

    def differentiates_itself(is_outer, other):
        return lambda xy: xy * grad(differentiates_itself(False, xy))(1.0) if is_outer else other + xy

    assert grad(differentiates_itself(True, 0.0))(1.0) == 1.0


def test_lagrangians_and_hamiltonians_can_be_differentiated():
    # ForwardDiff.jl, issue 238.
    gravity, q, p, v = 9.8, np.array([1.0, 2.0]), np.array([5.0, 6.0]), np.array([3.0, 4.0])

    def lagrangian(q, v):
        return np.dot(v, v) / 2 - gravity * q[1]

    def momentum(q, v):
        return grad(lambda v: lagrangian(q, v))(v)

    assert jacobian(lambda q: momentum(q, v))(q).tolist() == [[0.0, 0.0], [0.0, 0.0]]

    def hamiltonian(q, p):
        at = np.zeros(2)
        matrix, offset = jacobian(lambda v: momentum(q, v))(at), momentum(q, at)
        (a, b), (c, d) = matrix
        x, y = p - offset
        v = np.array([(d * x - b * y) / (a * d - b * c), (a * y - c * x) / (a * d - b * c)])
        return np.dot(p, v) - lagrangian(q, v)

    assert hamiltonian(q, p) == pytest.approx(30.5 + 19.6)
    assert grad(lambda q: hamiltonian(q, p))(q) == pytest.approx(np.array([0.0, 9.8]))
    assert grad(lambda p: hamiltonian(q, p))(p) == pytest.approx(p)


def test_a_returned_closure_keeps_its_own_variable_apart():
    # Manzyuk et al., "Perturbation confusion in forward automatic differentiation of higher-order functions", 2019.
    def shifted(u):
        return lambda f: lambda x: f(x + u)

    derivative = grad(lambda u: shifted(u)(shifted(u)(autograd.exp))(1.0))(0.0)
    assert derivative == pytest.approx(2 * math.e, rel=1e-15)


def test_the_gradient_of_a_function_of_values_can_be_differentiated_with_respect_to_them():
    weight = Value(2.0)
    slope = grad(lambda x: weight * x * x)(3.0)
    assert isinstance(slope, Value)
    (slope**2).backward()
    assert weight.grad == 2 * slope.data * 6.0


def test_a_value_as_input_gives_a_value():
    x = Value(3.0)
    slope = grad(lambda y: y**3)(x)
    assert slope.data == 27.0
    slope.backward()
    assert x.grad == 18.0


def test_nobody_else_s_gradient_changes():
    weight = Value(2.0)
    weight.grad = 5.0
    grad(lambda x: weight * x)(3.0)
    hessian(lambda x: (weight * x[0]) ** 2 * x[1])([3.0, 1.0])
    assert weight.grad == 5.0


def test_a_gradient_can_be_taken_inside_no_grad():
    with no_grad():
        assert grad(grad(lambda x: x**3))(2.0) == 12.0


def test_inside_no_grad_derivatives_are_plain_floats_whatever_the_function_reaches():
    weight = Value(2.0)
    weight.grad = 5.0

    def f(x):
        return weight * x[0] ** 2 * x[1]

    with no_grad():
        found = [grad(f)([3.0, 1.0]), value_and_grad(f)([3.0, 1.0]), hessian(f)([3.0, 1.0])]
        found += [hvp(f)([3.0, 1.0], [1.0, 0.0]), jvp(f, ([3.0, 1.0],), ([1.0, 0.0],)), grad(f)([Value(3.0), 1.0])]
        assert grad(lambda x: f(x))(np.array([3.0, 1.0])).dtype == float
    assert found == [
        [12.0, 18.0],
        (18.0, [12.0, 18.0]),
        [[4.0, 12.0], [12.0, 0.0]],
        [4.0, 12.0],
        (18.0, 12.0),
        [12.0, 18.0],
    ]
    assert "Value" not in repr(found)
    assert weight.grad == 5.0


def test_a_gradient_inside_no_grad_is_one_inside_anomaly_detection_too():
    with no_grad(), autograd.detect_anomaly():
        assert grad(lambda x: x**3)(2.0) == 12.0


def test_scipy_minimizes_what_reaches_a_weight():
    optimize = pytest.importorskip("scipy.optimize")
    weight = Value(2.0)

    def f(x):
        return (x[0] - weight) ** 2 + autograd.cosh(x[1])

    with no_grad():
        found = optimize.minimize(
            value_and_grad(f), np.array([5.0, 1.0]), jac=True, hess=hessian(f), method="Newton-CG"
        )
    assert found.x == pytest.approx([2.0, 0.0], abs=1e-6)


def test_no_grad_inside_the_function_holds():
    def f(x):
        with no_grad():
            frozen = x * 10
        return x * frozen

    assert grad(f)(3.0) == 30.0


# Graphs that are built already.


def test_gradients_of_a_graph_have_the_shape_of_what_they_are_taken_with_respect_to():
    x, y = variables(x=3.0, y=2.0)
    result = x**2 * y
    assert gradients(result, x).data == 12.0
    assert [g.data for g in gradients(result, [x, y])] == [12.0, 9.0]
    assert isinstance(gradients(result, (x,)), tuple)
    assert gradients(result, np.array([x, y])).dtype == object


def test_gradients_with_respect_to_inner_nodes():
    x = Value(2.0)
    square = x * x
    result = square * x
    assert [g.data for g in gradients(result, [square, x, result])] == [2.0, 12.0, 1.0]


def test_gradients_of_what_does_not_matter_are_zero():
    x, y = variables(x=3.0, y=2.0)
    assert gradients(x * 2, y).data == 0.0


def test_gradients_can_be_differentiated_again():
    x, y = variables(x=3.0, y=2.0)
    slope = gradients(x**3 * y, x)
    slope.backward()
    assert (x.grad, y.grad) == (36.0, 27.0)


def test_a_power_of_zero_keeps_its_derivatives_at_zero():
    slope, f = [], grad(lambda x: x**3)
    for _ in range(4):
        slope.append(f(0.0))
        f = grad(f)
    assert slope == [0.0, 0.0, 6.0, 0.0]
    assert grad(lambda x: x**0)(0.0) == 0.0
    assert grad(grad(lambda x: x**1))(0.0) == 0.0


def test_a_branch_that_is_not_taken_does_not_matter():
    assert gradients(autograd.where(False, (x := Value(0.0)).log(), 2 * x), x).data == 2.0


def test_graphs_may_be_deep():
    def chain(x):
        for _ in range(20_000):
            x = x + 1e-9 * x
        return x

    assert grad(grad(chain))(1.0) == 0.0
    assert grad(chain)(1.0) == pytest.approx((1 + 1e-9) ** 20_000)


# Costs.


def test_a_hessian_takes_one_pass_for_each_input():
    calls = []

    def f(x):
        calls.append(1)
        total = x[0]
        for a, b in pairwise(x):
            total = total + autograd.tanh(a * b)
        return total

    nodes = {}
    for n in (10, 40):
        counter = Counter()
        with recording(counter):
            hessian(f)([0.1 * i for i in range(n)])
        nodes[n] = counter.nodes
        assert counter.passes == n
    assert len(calls) == 2
    assert nodes[40] < 5 * nodes[10]  # the graph of the gradient is as large as the function's, and built once


@pytest.mark.parametrize("derivative", [grad, lambda f: lambda x: gradients(f(x), x)])
def test_a_derivative_in_a_loop_does_not_walk_the_steps_before_it(derivative, monkeypatch):
    walked = []
    walk = graph.history

    def counted(*args):
        order = walk(*args)
        walked.append(len(order))
        return order

    for module in (graph, call):
        monkeypatch.setattr(module, "history", counted)

    def descend(x):
        for _ in range(50):
            x = x - 0.01 * derivative(lambda t: t * t * 0.5)(x)
        return x

    assert grad(descend)(1.0) == pytest.approx(0.99**50)
    assert len(walked) == 50
    assert max(walked) < 10


# In programs.


@pytest.mark.parametrize("backend", ["numpy", "python", NATIVE, JAX])
@pytest.mark.parametrize(
    "f",
    [
        lambda x, y: grad(lambda t: autograd.tanh(t * y) * t)(x),
        lambda x, y: sum(value_and_grad(lambda t: autograd.sin(t) * y)(x)),
        lambda x, y: hessian(lambda t: t[0] ** 3 * t[1])([x, y])[0][1],
        lambda x, y: jvp(lambda s, t: s * autograd.exp(t), (x, y), (y, 1.0))[1],
        lambda x, y: vjp(lambda s, t: [s * t, autograd.cos(s)], x, y)[1]([y, 2.0])[0],
        lambda x, y: hvp(lambda t: t[0] ** 2 * t[1] ** 3)([x, y], [1.0, y])[1],
        lambda x, y: jacobian(lambda t: [t * y, t * t, t**3])(x)[2],
        lambda x, y: grad(lambda t: autograd.where(t > y, t * t, -t))(x),
        lambda x, y: grad(lambda t: autograd.maximum(t, y) * autograd.relu(t - y))(x),
        lambda x, y: grad(grad(lambda t: t**4 * y))(x) + gradients(x**3 * y, x),
    ],
    ids=["grad", "value_and_grad", "hessian", "jvp", "vjp", "hvp", "jacobian", "where", "kinks", "nested"],
)
def test_derivatives_within_a_program_become_part_of_it(f, backend):
    program = autograd.compile(f, backend=backend)
    xs, ys = [0.5, -1.5, 2.0], [1.25, 0.75, -0.5]
    expected = [float(f(Value(x), Value(y))) for x, y in zip(xs, ys, strict=True)]
    assert program(xs, ys) == pytest.approx(expected, rel=1e-12)


ROADS = {
    "log": lambda x: autograd.where(x > 0, autograd.log(x), 0.0 * x),
    "sinc": lambda x: autograd.where(x == 0, 1.0, autograd.sin(x) / x),
    "maximum": lambda x: autograd.maximum(autograd.sqrt(x), 1.0 + x),
    "relu": lambda x: autograd.sqrt(autograd.relu(x - 1.0)) + x,
    "shared": lambda x: autograd.where(x > 0, h := autograd.log(x), 1.0) + autograd.where(x > 1, h * h, x * x),
}


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize("backend", ["numpy", "python", NATIVE, JAX])
def test_a_road_not_taken_leaves_no_trace_in_a_program_s_derivatives(road, backend):
    f = ROADS[road]
    at = [0.0, 0.5, 2.0]
    for derivative in (grad(f), lambda x: jvp(f, (x,), (1.0,))[1], lambda x: taylor(f, x, 1)[1]):
        expected = [derivative(x) for x in at]
        assert all(map(math.isfinite, expected))
        assert autograd.compile(derivative, backend=backend)(at) == pytest.approx(expected, rel=1e-13, abs=1e-300)


@pytest.mark.parametrize("road", ROADS)
def test_a_road_not_taken_leaves_no_trace_at_any_order(road):
    f = ROADS[road]
    assert math.isfinite(grad(grad(f))(0.0))
    assert math.isfinite(hessian(lambda x: f(x[0]) * x[1])([0.0, 2.0])[0][0])
    assert all(map(math.isfinite, taylor(f, 0.0, 4)))
    assert math.isfinite(hvp(lambda x: f(x[0]) * x[1])([0.0, 2.0], [1.0, 0.0])[0])


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x * value_and_grad(lambda t: t * t)(3.0)[0],
        lambda x: x * jvp(lambda t: t * t, (3.0,), (1.0,))[0],
        lambda x: x * taylor(lambda t: (t - 1.5) ** 2, 3.0, 2)[1] * 3.0,
        lambda x: x * hessian(lambda t: t[0] ** 3 * 0.5, sparse=True)([3.0]).toarray()[0, 0],
        lambda x: x * grad(lambda t: (t**3, t * t), has_aux=True)(3.0)[1],
    ],
    ids=["value_and_grad", "jvp", "taylor", "sparse", "aux"],
)
def test_derivatives_at_plain_numbers_are_constants_of_a_program(f):
    assert autograd.compile(f)([1.0, 2.0]).tolist() == [9.0, 18.0]


def test_a_number_that_left_the_graph_is_no_derivative():
    with pytest.raises(autograd.DetachedError, match="autograd.exp for exp"):
        grad(lambda x: x * math.exp(x))(1.0)
    with pytest.raises(autograd.DetachedError):
        jvp(lambda x: x * float(x), (1.0,), (1.0,))
    with pytest.raises(autograd.DetachedError):
        taylor(lambda x: x * math.sin(x), 1.0, 2)
    assert grad(lambda x: x * float(autograd.stop_gradient(x)))(3.0) == 3.0


def test_gradients_refuse_a_graph_whose_leaves_were_changed():
    (x,) = variables(x=3.0)
    y = x * x
    x.data = 5.0
    with pytest.raises(ValueError, match="the data of x was changed after . had used it"):
        gradients(y, x)


# Bad input.


@pytest.mark.parametrize(
    ("attempt", "error", "sentence"),
    [
        (lambda: grad(lambda x: (x, x))(1.0), TypeError, "must return one number .* returned a tuple"),
        (lambda: grad(lambda x: [x])(1.0), TypeError, "returned a list; .* use jacobian"),
        (lambda: grad(lambda x: np.array([x, x]))(1.0), TypeError, r"an array of shape \(2,\)"),
        (lambda: grad(lambda x: "text")(1.0), TypeError, "must be a number, but got the text 'text'"),
        (lambda: grad(lambda x: None)(1.0), TypeError, "got None; did a function forget to return"),
        (lambda: hessian(lambda x: x)([1.0]), TypeError, "must return one number"),
        (lambda: grad(lambda x: {"a": x})(1.0), TypeError, "returned a dict"),
        (lambda: jacobian(lambda x: {x})(1.0), TypeError, "returned a set"),
        (lambda: grad(lambda x: x, argnums=3)(1.0), ValueError, "argnums is 3, but .* only 1 positional argument"),
        (lambda: grad(lambda x: x)(x=1.0), ValueError, "with no positional argument"),
        (lambda: grad(lambda x, y: x, argnums=(0, -2))(1.0, 2.0), ValueError, "different arguments"),
        (lambda: grad(lambda x: x, argnums="x"), TypeError, "argnums must be the number of an argument"),
        (lambda: grad(lambda x: x, argnums=()), TypeError, "argnums must be"),
        (lambda: grad(lambda x: x)("2"), TypeError, "an input of the function must be a number, but got the text '2'"),
        (lambda: grad(lambda x: x[0])([None]), TypeError, "must be a number, but got None"),
        (lambda: grad(lambda x: x)(1j), TypeError, "must be real"),
        (lambda: grad(2.0), TypeError, r"grad\(\) takes a function, but got 2.0, as in grad\(f\)\(x\)"),
        (lambda: hessian(Value(1.0)), TypeError, "for a graph that is built use gradients"),
        (
            lambda: hvp(lambda x: x[0])([1.0, 2.0], [1.0]),
            ValueError,
            "must have 2 numbers as the input does, but has 1",
        ),
        (
            lambda: hvp(lambda x: x["a"])({"a": 1.0}, {"b": 1.0}),
            ValueError,
            "must be like the input, a dict of 'a', but is a dict of 'b'",
        ),
        (lambda: hvp(lambda x: x)(1.0), TypeError, "the arguments of f, and then the vector"),
        (lambda: vjp(lambda x: [x, x], 1.0)[1]([1.0]), ValueError, "the adjoint must have 2 numbers"),
        (lambda: vjp(lambda: 1.0), ValueError, "vjp.. needs arguments"),
        (lambda: jvp(sum, (np.ones(3),), (np.ones(2),)), ValueError, "the direction must have"),
        (lambda: jvp(sum, (np.ones(2),), (np.ones(3),)), ValueError, "the direction must have"),
        (lambda: jvp(sum, (np.ones(3),), ([1.0, 1.0],)), ValueError, "the direction must have"),
        (lambda: jvp(sum, (np.ones(2),), ([1.0, 1.0, 1.0],)), ValueError, "the direction must have"),
        (lambda: jvp(lambda x: x, 1.0, 1.0), TypeError, "in a list or tuple, but got 1.0"),
        (lambda: jvp(lambda x: x, (1.0,), (1.0, 2.0)), ValueError, "the direction must have 1 number as"),
        (lambda: grad(lambda x: x, has_aux=True)(1.0), TypeError, "must return a pair, .result, aux., but it returned"),
        (lambda: gradients(3.0, []), TypeError, r"takes the Value to differentiate, but got 3.0"),
        (lambda: gradients(Value(1.0), [2.0]), TypeError, "with respect to Values, but got 2.0"),
    ],
)
def test_bad_input_gets_a_sentence(attempt, error, sentence):
    with pytest.raises(error, match=sentence):
        attempt()


@pytest.mark.parametrize("start", [0.3, 1.1, 2.7, 4.9, 7.3])
@pytest.mark.parametrize(
    "function",
    [
        lambda x: x**2,
        lambda x: x**3,
        lambda x: x**1.7,
        lambda x: x / 3.3,
        lambda x: 2.2 / x,
        lambda x: 1 - x,
        autograd.relu,
    ],
)
def test_a_graph_built_after_a_number_was_set_is_not_refused(function, start):
    x = autograd.Value(1.0, "x")
    x.data = start
    y = function(x)
    assert not y.is_stale
    slope = autograd.gradients(y, x).data
    y.backward()
    assert slope == pytest.approx(x.grad, rel=1e-14)
    x.data = start + 1e-6
    assert y.is_stale
