"""Agreement with PyTorch and JAX: values, gradients and Hessians, kinks and infinities, on what all three have."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import autograd
from autograd import Value, hessian
from autograd.strategies import expressions

INF, NAN = math.inf, math.nan
SHARED = [
    *("add", "sub", "mul", "div", "neg", "pos", "abs", "maximum", "minimum"),
    *("exp", "expm1", "log", "log1p", "sqrt", "logaddexp"),
    *("sin", "cos", "tan", "asin", "acos", "atan", "atan2", "hypot", "sinh", "cosh", "tanh"),
    *("sigmoid", "softplus", "relu", "leaky_relu", "silu", "gelu", "erf", "erfc"),
    *("sum", "mean", "prod", "dot", "logsumexp"),
]
SMOOTH = ["add", "sub", "mul", "tanh", "sin", "exp", "sigmoid", "softplus", "silu", "gelu", "atan", "dot"]
MODERATE = st.floats(-3.0, 3.0, allow_subnormal=False).filter(lambda x: x == 0 or abs(x) > 1e-3)


def one_in(share):
    """Settings with fewer examples than others take, in whichever profile."""
    return settings(max_examples=max(1, settings().max_examples // share))


class Torch:
    """The operations of the table in PyTorch."""

    def __init__(self):
        self.torch = torch = pytest.importorskip("torch")
        arithmetic = {"sub": torch.sub, "neg": torch.neg, "pos": torch.positive, "pow": torch.pow}
        functional = {name: getattr(torch.nn.functional, name) for name in ("relu", "leaky_relu", "silu", "gelu")}
        stacked = {name: self.over_stack(getattr(torch, name)) for name in ("sum", "mean", "prod")}
        self.operations = arithmetic | functional | stacked
        self.operations["softplus"] = lambda x: torch.nn.functional.softplus(x, threshold=1000.0)
        self.operations["logsumexp"] = self.over_stack(lambda xs: torch.logsumexp(xs, 0))
        self.operations["dot"] = lambda xs, ys: torch.dot(self.stack(xs), self.stack(ys))

    def over_stack(self, function):
        return lambda xs: function(self.stack(xs))

    def stack(self, xs):
        return self.torch.stack([self.number(x) for x in xs])

    def number(self, x):
        return self.torch.as_tensor(x, dtype=self.torch.float64)

    def apply(self, name, arguments):
        converted = [x if isinstance(x, list) else self.number(x) for x in arguments]
        return self.operations.get(name, getattr(self.torch, name, None))(*converted)

    def differentiate(self, function, point):
        leaves = [self.torch.tensor(x, dtype=self.torch.float64, requires_grad=True) for x in point]
        result = function(*leaves)
        result.backward()
        return result.item(), [0.0 if leaf.grad is None else leaf.grad.item() for leaf in leaves]

    def hessian(self, function, point):
        at = self.torch.tensor(point, dtype=self.torch.float64)
        return self.torch.autograd.functional.hessian(lambda x: function(*x), at).tolist()


class Jax:
    """The operations of the table in JAX."""

    def __init__(self):
        self.jax = pytest.importorskip("jax")
        self.jax.config.update("jax_enable_x64", True)
        import jax.numpy as jnp
        from jax.scipy.special import logsumexp

        self.jnp = jnp
        renamed = {
            "sub": "subtract",
            "mul": "multiply",
            "div": "divide",
            "neg": "negative",
            "pos": "positive",
            "pow": "power",
            "asin": "arcsin",
            "acos": "arccos",
            "atan": "arctan",
            "atan2": "arctan2",
        }
        self.operations = {name: getattr(jnp, other) for name, other in renamed.items()}
        for name in ("sigmoid", "softplus", "relu", "leaky_relu", "silu"):
            self.operations[name] = getattr(self.jax.nn, name)
        self.operations["gelu"] = lambda x: self.jax.nn.gelu(x, approximate=False)
        self.operations |= {"erf": self.jax.scipy.special.erf, "erfc": self.jax.scipy.special.erfc}
        self.operations["logsumexp"] = logsumexp

    def apply(self, name, arguments):
        converted = [
            self.jnp.stack([self.number(x) for x in a]) if isinstance(a, list) else self.number(a) for a in arguments
        ]
        return self.operations.get(name, getattr(self.jnp, name, None))(*converted)

    def number(self, x):
        return self.jnp.asarray(x, dtype=float)

    def differentiate(self, function, point):
        places = tuple(range(len(point)))
        value, slopes = self.jax.value_and_grad(function, argnums=places)(*map(float, point))
        return float(value), [float(slope) for slope in slopes]

    def hessian(self, function, point):
        return self.jax.hessian(lambda x: function(*x))(self.jnp.array(point)).tolist()


@pytest.fixture(scope="module", params=[Torch, Jax], ids=["torch", "jax"])
def peer(request):
    return request.param()


def in_peer(peer, expression):
    """The expression as a function in the other library."""

    def function(*xs):
        known = list(xs)
        for primitive, operands in expression.function.steps:
            arguments = primitive.arguments([known[x] if isinstance(x, int) else x for x in operands])
            known.append(peer.apply(primitive.name, [list(a) if primitive.sequences else a for a in arguments]))
        return known[-1]

    return function


def ours(function, point):
    leaves = [Value(x) for x in point]
    result = function(*leaves)
    result.backward()
    return result.data, [leaf.grad for leaf in leaves]


def operation(name):
    return getattr(autograd, name)


# Where the two differ from each other, or one of them from its own rule elsewhere; we do as the other one does.
DIFFERENT = {
    ("Torch", "relu", "[nan]"): "its derivative at nan is 1; JAX has 0",
    ("Jax", "abs", "[0.0]"): "its derivative at 0 is 1; PyTorch has 0",
}


# Single operations on ordinary numbers.


@pytest.mark.parametrize("name", [name for name in SHARED if name not in ("sum", "mean", "prod", "dot", "logsumexp")])
@given(data=st.data())
@one_in(15)
def test_an_operation_agrees(peer, name, data):
    primitive = operation(name)
    point = [data.draw(MODERATE, label="operand") for _ in range(primitive.arity)]
    assume(primitive.is_defined(point))
    assume(primitive.kink is None or primitive.kink(*point) != 0)
    value, slopes = ours(primitive, point)
    other_value, other_slopes = peer.differentiate(lambda *xs: peer.apply(name, xs), point)
    assert value == pytest.approx(other_value, rel=1e-12, abs=1e-15, nan_ok=True)
    assert slopes == pytest.approx(other_slopes, rel=1e-11, abs=1e-14, nan_ok=True)


@pytest.mark.parametrize("name", ["sum", "mean", "prod", "logsumexp"])
@given(xs=st.lists(MODERATE, min_size=3, max_size=3))
@one_in(15)
def test_an_operation_on_a_sequence_agrees(peer, name, xs):
    value, slopes = ours(lambda *xs: operation(name)(list(xs)), xs)
    other_value, other_slopes = peer.differentiate(lambda *xs: peer.apply(name, [list(xs)]), xs)
    assert value == pytest.approx(other_value, rel=1e-12, abs=1e-14)
    assert slopes == pytest.approx(other_slopes, rel=1e-11, abs=1e-14)


# Kinks, and the ends of the range.

KINKS = [
    ("relu", [0.0]),
    ("abs", [0.0]),
    ("maximum", [1.5, 1.5]),
    ("minimum", [1.5, 1.5]),
    ("maximum", [0.0, -0.0]),
    ("sum", [0.0, 0.0]),
]
INFINITIES = [
    ("exp", [1000.0]),
    ("exp", [-INF]),
    ("exp", [INF]),
    ("expm1", [-INF]),
    ("log", [0.0]),
    ("log", [INF]),
    ("log1p", [-1.0]),
    ("sqrt", [0.0]),
    ("sqrt", [INF]),
    ("asin", [1.0]),
    ("acos", [-1.0]),
    ("tanh", [INF]),
    ("sigmoid", [-INF]),
    ("sigmoid", [INF]),
    ("softplus", [-INF]),
    ("atan", [INF]),
    ("erf", [-INF]),
    ("relu", [INF]),
    ("relu", [-INF]),
    ("add", [INF, 1.0]),
    ("mul", [INF, 2.0]),
    ("div", [1.0, INF]),
    ("maximum", [INF, 1.0]),
    ("minimum", [1.0, -INF]),
    ("sinh", [INF]),
    ("cosh", [-INF]),
    ("sin", [INF]),
    ("log", [-1.0]),
    ("sqrt", [-1.0]),
    ("exp", [NAN]),
    ("relu", [NAN]),
]


@pytest.mark.parametrize(("name", "point"), KINKS + INFINITIES, ids=lambda each: str(each))
def test_kinks_and_infinities_agree(peer, name, point):
    if (type(peer).__name__, name, str(point)) in DIFFERENT:
        pytest.skip(DIFFERENT[type(peer).__name__, name, str(point)])
    arguments = [point] if operation(name).sequences else point
    value, slopes = ours(
        lambda *xs: operation(name)(list(xs)) if operation(name).sequences else operation(name)(*xs), point
    )
    other_value, other_slopes = peer.differentiate(
        lambda *xs: peer.apply(name, [list(xs)] if len(arguments) < len(xs) else xs), point
    )
    assert value == pytest.approx(other_value, rel=1e-14, nan_ok=True)
    assert slopes == pytest.approx(other_slopes, rel=1e-14, abs=1e-300, nan_ok=True)


@pytest.mark.parametrize("x", [0.0, -2.0, 3.0])
def test_the_zeroth_power_has_the_derivative_zero_everywhere(peer, x):
    assert ours(lambda x: x**0, [x]) == (1.0, [0.0])
    assert peer.differentiate(lambda x: x**0, [x]) == (1.0, [0.0])


# Whole expressions.


@given(expressions(operations=SHARED, max_nodes=8, numbers=MODERATE))
@one_in(4)
def test_gradients_of_expressions_agree(peer, expression):
    value, slopes = ours(expression, expression.point)
    assume(all(math.isfinite(x) for x in slopes))
    report = autograd.check_gradients(expression, *expression.point)  # says how far rounding may put them apart
    other_value, other_slopes = peer.differentiate(in_peer(peer, expression), expression.point)
    assume(all(each.problem == "" for each in report))
    assert value == pytest.approx(other_value, rel=1e-6, abs=1e-6)
    for slope, other, each in zip(slopes, other_slopes, report, strict=True):
        assert slope == pytest.approx(other, rel=1e-7, abs=1e-7 + 1e4 * each.tolerance)


@given(expressions(operations=SMOOTH, max_nodes=6, numbers=MODERATE))
@one_in(40)
def test_hessians_of_expressions_agree(peer, expression):
    matrix = hessian(lambda xs: expression(*xs))(list(expression.point))
    assume(all(abs(x) < 1e9 for row in matrix for x in row))
    other = peer.hessian(in_peer(peer, expression), list(expression.point))
    largest = max(1.0, *(abs(x) for row in matrix for x in row))
    for row, other_row in zip(matrix, other, strict=True):
        assert row == pytest.approx(other_row, rel=1e-7, abs=1e-9 * largest)
