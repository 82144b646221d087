"""Laws that hold for all expressions, tested on random ones with the package's own strategies."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import autograd
from autograd import Value, check_gradients, grad, gradients, hessian
from autograd.engine.value import topological_order
from autograd.strategies import Expression, expressions, networks

SMOOTH = ["add", "sub", "mul", "tanh", "sin", "cos", "exp", "sigmoid", "softplus", "atan", "gelu", "silu", "neg", "dot"]
MODERATE = st.floats(-2.0, 2.0, allow_subnormal=False).filter(lambda x: x == 0 or abs(x) > 1e-6)

smooth = expressions(operations=SMOOTH, max_nodes=8, numbers=MODERATE)


def one_in(share):
    """Settings with fewer examples than others take, in whichever profile."""
    return settings(max_examples=max(1, settings().max_examples // share))


def differentiated(function, point):
    """Value, derivatives, and how far off rounding may put those: what the parts of each add up to in size."""
    leaves = [Value(x) for x in point]
    result = function(*leaves)
    if not isinstance(result, Value):
        return result, [0.0] * len(leaves), 1e-300
    result.backward()
    nodes = topological_order(result)
    sizes = sum(abs(n.grad * p) * (1 + abs(n.data)) for n in nodes for p in n.partials)
    curvature = max([1.0, *(abs(n.data) for n in nodes), *(abs(n.grad) for n in nodes)])
    return result.data, [leaf.grad for leaf in leaves], 1e-14 * len(nodes) * (sizes + 1) * curvature


def derivatives(expression):
    found = differentiated(expression, expression.point)[1]
    assume(all(math.isfinite(x) for x in found))
    return found


# Against the exact reference.


@given(expressions())
def test_every_gradient_is_the_exact_one(expression):
    check_gradients(expression, *expression.point)


@given(smooth)
@one_in(3)
def test_every_second_derivative_is_the_exact_one(expression):
    check_gradients(expression, *expression.point, order=2)


@given(smooth)
@one_in(3)
def test_finite_differences_agree(expression):
    check_gradients(expression, *expression.point, reference="finite")


@given(networks(max_inputs=2, max_width=2, max_layers=2, max_points=2))
@one_in(10)
def test_the_gradient_of_a_network_s_loss_is_the_exact_one(network):
    model, inputs, targets = network
    names = [name for name, _ in model.named_parameters()]

    def loss(parameters):
        layers = []
        supply = iter(parameters)
        for layer in model.layers:
            layers.append(
                [([next(supply) for _ in neuron.w], next(supply), neuron.operation) for neuron in layer.neurons]
            )
        total = 0.0
        for point, target in zip(inputs, targets, strict=True):
            x = list(point)
            for layer in layers:
                sums = [(autograd.dot(w, x) + b, activate) for w, b, activate in layer]
                x = [activate(s) if activate else s for s, activate in sums]
            total = total + (x[0] - target) ** 2
        return total

    report = check_gradients(loss, [parameter.data for _, parameter in model.named_parameters()])
    autograd.sum([(model(x) - y) ** 2 for x, y in zip(inputs, targets, strict=True)]).backward()
    ours = [parameter.grad for parameter in model.parameters()]
    assert len(names) == len(report)
    assert ours == pytest.approx([each.derivative for each in report], rel=1e-9, abs=1e-12)


# Three ways to the same derivatives.


@given(expressions())
def test_backward_grad_and_gradients_agree(expression):
    ours = derivatives(expression)
    count = len(ours)
    assert list(grad(expression, argnums=tuple(range(count)))(*expression.point)) == ours
    result, leaves = expression.build()
    graphs = [g.data for g in gradients(result, list(leaves))]
    # The graphs multiply in another order, where a constant takes part as a plain number.
    assert graphs == pytest.approx(ours, rel=1e-9, abs=1e-300, nan_ok=True)


# Linearity.


@given(smooth, smooth, MODERATE, MODERATE)
def test_a_derivative_is_linear(f, g, a, b):
    def combined(*xs):
        return a * f(*xs) + b * g(*xs)

    _, of_f, f_error = differentiated(f, f.point)
    _, of_g, g_error = differentiated(g, f.point)
    _, of_both, error = differentiated(combined, f.point)
    for i in range(len(of_f)):
        assert of_both[i] == pytest.approx(a * of_f[i] + b * of_g[i], rel=1e-12, abs=error + f_error + g_error)


@given(expressions(), st.integers(-8, 8))
def test_a_power_of_two_scales_a_gradient_exactly(expression, exponent):
    ours = derivatives(expression)
    result, leaves = expression.build()
    result.backward(2.0**exponent)
    assume(all(x == 0.0 or abs(x) > 1e-290 for x in ours))
    assert [leaf.grad for leaf in leaves] == pytest.approx([2.0**exponent * x for x in ours], rel=1e-12)


# The chain rule.


@given(smooth, smooth)
def test_the_derivative_of_a_composition_is_the_product(outer, inner):
    def composed(x, y):
        return outer(inner(x, y), y)

    x, y = inner.point
    middle, (inner_x, inner_y), _ = differentiated(inner, (x, y))
    _, (outer_1, outer_2), _ = differentiated(outer, (middle, y))
    _, (whole_x, whole_y), error = differentiated(composed, (x, y))
    assert whole_x == pytest.approx(outer_1 * inner_x, rel=1e-9, abs=error)
    assert whole_y == pytest.approx(outer_1 * inner_y + outer_2, rel=1e-9, abs=error)


# The Hessian.


@given(smooth)
def test_the_hessian_is_symmetric(expression):
    matrix = hessian(lambda xs: expression(*xs))(list(expression.point))
    _, _, error = differentiated(expression, expression.point)
    largest = max(abs(x) for row in matrix for x in row)
    assert matrix[0][1] == pytest.approx(matrix[1][0], rel=1e-9, abs=1e-11 * largest + error)


# Orders and shapes of a graph that must not matter.


@given(st.lists(MODERATE, min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_a_sum_does_not_matter_beyond_rounding(numbers, shuffle):
    def slopes(order):
        leaves = [Value(x) for x in numbers]
        total = 0.0
        for i in order:
            total = total + leaves[i] ** 3 + autograd.exp(leaves[i])
        total.backward()
        return total.data, [leaf.grad for leaf in leaves]

    order = list(range(len(numbers)))
    value, ours = slopes(order)
    shuffle.shuffle(order)
    other_value, others = slopes(order)
    assert other_value == pytest.approx(value, rel=1e-14, abs=1e-14 * sum(math.exp(2) + 8 for _ in numbers))
    assert others == ours


@given(expressions(), st.randoms(use_true_random=False))
def test_the_order_in_which_nodes_are_made_does_not_change_a_gradient(expression, shuffle):
    result, leaves = expression.build()
    result.backward()
    steps = [node for node in topological_order(result) if node.primitive]
    remade = {leaf: Value(leaf.data) for leaf in leaves}
    waiting = list(steps)
    while waiting:  # make any node whose parents are there
        ready = [n for n in waiting if all(p in remade or p.is_constant for p in n.parents)]
        node = shuffle.choice(ready)
        waiting.remove(node)
        operands = [p.data if p.is_constant else remade[p] for p in node.parents]
        remade[node] = node.primitive(*node.primitive.arguments(operands))
    assume(result in remade)
    remade[result].backward()
    ours, others = [leaf.grad for leaf in leaves], [remade[leaf].grad for leaf in leaves]
    assume(all(map(math.isfinite, ours)))
    assert others == pytest.approx(ours, rel=1e-12, abs=1e-300)


@given(expressions(), st.integers(0, 2**16))
def test_steps_that_do_nothing_do_not_change_a_gradient(expression, seed):
    chance = random.Random(seed)
    no_ops = [
        lambda v: +v,
        autograd.pos,
        lambda v: v + 0.0,
        lambda v: v * 1.0,
        lambda v: autograd.neg(-v),
        lambda v: v / 1.0,
    ]

    def padded(*xs):
        known = [chance.choice(no_ops)(x) for x in xs]
        recipe = expression.function
        for primitive, operands in recipe.steps:
            made = primitive(*primitive.arguments([known[x] if isinstance(x, int) else x for x in operands]))
            known.append(chance.choice(no_ops)(made))
        return known[-1]

    ours = derivatives(expression)
    result, others, _ = differentiated(padded, expression.point)
    assert result == expression.build()[0].data
    assert others == ours


@given(expressions())
def test_a_second_pass_doubles_the_leaves_gradients(expression):
    ours = derivatives(expression)
    error = differentiated(expression, expression.point)[2]
    assume(math.isfinite(error))
    result, leaves = expression.build()
    result.backward()
    result.backward()
    assert [leaf.grad for leaf in leaves] == pytest.approx([2 * x for x in ours], rel=1e-9, abs=error)


def test_the_laws_are_tested_on_expressions():
    """An expression of one's own takes part like one that was drawn."""
    expression = Expression(lambda x, y: (a := x * y) + a, x=2.0, y=3.0)
    assert differentiated(expression, expression.point)[:2] == (12.0, [6.0, 4.0])
