"""Functions that differentiate functions: shapes, nesting, costs, and what they refuse."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

import autograd
from autograd import Value, grad, gradients, hessian, hvp, jacobian, no_grad, value_and_grad, variables
from autograd.engine.recorder import Recorder, recording


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


# Bad input.


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (lambda: grad(lambda x: (x, x))(1.0), TypeError, "must return one number .* returned a tuple"),
        (lambda: grad(lambda x: [x])(1.0), TypeError, "returned a list; .* use jacobian"),
        (lambda: grad(lambda x: np.array([x, x]))(1.0), TypeError, r"an array of shape \(2,\)"),
        (lambda: grad(lambda x: "text")(1.0), TypeError, "must be a number, but got the text 'text'"),
        (lambda: grad(lambda x: None)(1.0), TypeError, "got None; did a function forget to return"),
        (lambda: hessian(lambda x: x)([1.0]), TypeError, "must return one number"),
        (lambda: jacobian(lambda x: {"a": x})(1.0), TypeError, "returned a dict"),
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
        (lambda: hvp(lambda x: x)(1.0), TypeError, "the arguments of f, and then the vector"),
        (lambda: gradients(3.0, []), TypeError, r"takes the Value to differentiate, but got 3.0"),
        (lambda: gradients(Value(1.0), [2.0]), TypeError, "with respect to Values, but got 2.0"),
    ],
)
def test_bad_input_gets_a_sentence(call, error, sentence):
    with pytest.raises(error, match=sentence):
        call()
