"""Random expressions and networks: every backend gives what the eager engine gives, in value and gradient."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import autograd
from autograd.strategies import expressions
from tests.program.eager import JAX, NATIVE, assert_agrees, assert_follows
from tests.program.random_expressions import ORDINARY, WILD, functions, small_network
from tests.program.random_programs import programs

BACKENDS = ["numpy", "python", NATIVE]
# Fewer than elsewhere in the profile that runs by default: each example is compiled. "thorough" has them all.
SHARE = 0.4 if settings.default.max_examples <= 100 else 1.0
QUICK = settings(suppress_health_check=list(HealthCheck), max_examples=int(SHARE * settings.default.max_examples))
FEW = settings(QUICK, max_examples=QUICK.max_examples // 3)


TAME = {
    "one": ("tanh", "sin", "square", "half", "relu", "sigmoid"),
    "two": ("add", "sub", "mul", "maximum"),
    "many": ("sum", "prod", "mean", "logsumexp"),
}


def assert_program_follows(drawn, backend, tolerance):
    function, batch = drawn
    program = autograd.compile(function, backend=backend, widths=[None] * len(batch), parameters=function.weights)
    points = len(batch[0]) if batch else 1
    assert_follows(function, program, function.weights, batch, points, tolerance)


@pytest.mark.parametrize("backend", BACKENDS)
@QUICK
@given(programs(**TAME))
def test_programs_as_people_write_them(backend, drawn):
    assert_program_follows(drawn, backend, 1e-13)


@pytest.mark.parametrize("backend", BACKENDS)
@QUICK
@given(programs())
def test_programs_of_every_operation(backend, drawn):
    assert_program_follows(drawn, backend, 1e-9)


@pytest.fixture
def always_loops():
    """Lets the NumPy backend write short programs as it writes long ones: as loops over tables of calls."""
    from autograd.program.backends import numpy as backend

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backend, "_LONG", 0)
        patch.setattr(backend, "_FEW", 1)
        yield


@pytest.mark.usefixtures("always_loops")
@QUICK
@given(programs())
def test_programs_written_as_loops(drawn):
    assert_program_follows(drawn, "numpy", 1e-9)


@pytest.mark.slow
@settings(QUICK, max_examples=10)
@given(programs(**TAME, most_steps=3))
def test_programs_in_jax(drawn):
    pytest.importorskip("jax")
    assert_program_follows(drawn, "jax", 1e-13)


def compiled(function, backend, batch):
    return autograd.compile(function, backend=backend, widths=[None] * len(batch))


@pytest.mark.parametrize("backend", BACKENDS)
@QUICK
@given(functions(ORDINARY))
def test_random_functions(backend, drawn):
    function, batch = drawn
    assert_agrees(function, compiled(function, backend, batch), *batch, tolerance=1e-9)


@pytest.mark.parametrize("backend", BACKENDS)
@QUICK
@given(functions(WILD))
def test_random_functions_at_kinks_and_infinities(backend, drawn):
    function, batch = drawn
    assert_agrees(function, compiled(function, backend, batch), *batch, tolerance=1e-9)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("exponent", [0.5, 1.5, -0.5, 2.0, 3.0, -1.0, 0.0])
def test_powers_of_zeros_and_infinities_are_those_of_the_eager_engine_to_their_signs(backend, exponent):
    x = [-0.0, 0.0, -math.inf, math.inf, 4.0, math.nan]
    program = autograd.compile(lambda x: x**exponent, backend=backend, allow_nan=True)
    expected = [(autograd.Value(each) ** exponent).data for each in x]
    assert repr(program(x).tolist()) == repr(expected)
    slopes = [autograd.grad(lambda x: x**exponent + 0.0)(each) for each in x]
    assert repr((program.jacobian(x) + 0.0).tolist()) == repr([slope + 0.0 for slope in slopes])


@FEW
@given(functions(ORDINARY, most_steps=60))
def test_large_random_functions(drawn):
    function, batch = drawn
    assert_agrees(function, compiled(function, "numpy", batch), *batch, tolerance=1e-8)


@pytest.mark.slow
@settings(QUICK, max_examples=10)
@given(functions(ORDINARY, most_steps=6) | functions(WILD, most_steps=6))
def test_random_functions_in_jax(drawn):
    pytest.importorskip("jax")
    function, batch = drawn
    assert_agrees(function, compiled(function, "jax", batch), *batch, tolerance=1e-9)


@pytest.mark.parametrize("backend", BACKENDS)
@QUICK
@given(expressions(variables=("x", "y", "z"), max_nodes=20))
def test_random_expressions_inside_their_domains(backend, expression):
    batch = [[number] for number in expression.point]
    assert_agrees(expression, compiled(expression, backend, batch), *batch, tolerance=1e-8)


@pytest.mark.parametrize("backend", [*BACKENDS, JAX])
@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid", "silu", "gelu", "softplus", "abs"])
@pytest.mark.parametrize("style", ["dot", "micrograd", "backwards"])
def test_networks(backend, activation, style):
    if backend == "jax" and (style != "dot" or activation != "tanh"):
        pytest.skip("takes long to compile, and shows nothing new")
    rng = random.Random(1)
    network = small_network([2, 5, 4, 3], activation, rng, style)
    x = np.array([[rng.gauss(0, 1) for _ in range(2)] for _ in range(6)])
    y = np.eye(3)[[rng.randrange(3) for _ in range(6)]]

    def loss(x, y):
        scores = network(x)
        return autograd.logsumexp(scores) - autograd.dot(y, scores)

    assert_agrees(loss, autograd.compile(loss, backend=backend, widths=[2, 3]), x, y)


@QUICK
@given(
    st.lists(st.integers(1, 4), min_size=2, max_size=4),
    st.sampled_from(["relu", "tanh", "leaky_relu"]),
    st.sampled_from(["dot", "micrograd", "backwards"]),
    st.randoms(use_true_random=False),
    st.integers(1, 5),
)
def test_networks_of_any_shape(sizes, activation, style, rng, points):
    network = small_network(sizes, activation, rng, style)
    x = np.array([[rng.choice([0.0, -1.0, rng.gauss(0, 2)]) for _ in range(sizes[0])] for _ in range(points)])

    def squares(x):
        return autograd.mean([(score - 0.5) ** 2 for score in network(x)])

    assert_agrees(squares, autograd.compile(squares, widths=[sizes[0]]), x)
