"""Random functions of scalars with everything in them: all operations, shared terms, kinks, infinities."""

from __future__ import annotations

import itertools
import math

from hypothesis import strategies as st

import autograd
from autograd import Value
from autograd.engine import ops
from autograd.engine.primitive import TABLE

ONE = ["exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh"]
ONE += ["sigmoid", "softplus", "relu", "leaky_relu", "silu", "gelu", "erf", "erfc", "abs", "neg"]
TWO = ["add", "sub", "mul", "div", "pow", "atan2", "hypot", "maximum", "minimum", "logaddexp", "less", "less_equal"]
MANY = ["sum", "mean", "prod", "logsumexp"]
CONSTANTS = [0.0, -0.0, 1.0, -1.0, 2.0, 3.0, 0.5, -2.0]
ORDINARY = st.floats(-4.0, 4.0)
WILD = st.sampled_from([0.0, -0.0, 1.0, -1.0, 2.0, math.inf, -math.inf]) | ORDINARY


class Function:
    """A list of operations on inputs, weights and earlier results; the sum of the last three is the result."""

    def __init__(self, steps, weights):
        self.steps = steps
        self.weights = [Value(weight) for weight in weights]

    def __call__(self, *inputs):
        values = [*inputs, *self.weights]
        for name, *operands in self.steps:
            picked = [self._pick(values, operand) for operand in operands]
            values.append(TABLE[name](picked) if name in MANY else TABLE[name](*picked))
        return autograd.sum(values[-3:])

    def _pick(self, values, operand):
        if not isinstance(operand, tuple):
            return values[operand]
        kind, *details = operand
        if kind == "constant":
            return details[0]
        x, y = values[details[1]], values[details[2]]
        return x < y if details[0] == "<" else x >= y

    def __repr__(self):
        return f"Function({self.steps!r}, {[weight.data for weight in self.weights]!r})"


@st.composite
def functions(draw, numbers=ORDINARY, most_steps=12):
    """A function with its inputs at a few points; no two steps are the same, since equal steps are computed once."""
    inputs, weights = draw(st.integers(1, 3)), draw(st.lists(numbers, min_size=1, max_size=4))
    steps = []
    for _ in range(draw(st.integers(3, most_steps))):
        earlier = st.integers(0, inputs + len(weights) + len(steps) - 1)
        constant = st.tuples(st.just("constant"), st.sampled_from(CONSTANTS))
        comparison = st.tuples(st.just("comparison"), st.sampled_from("<≥"), earlier, earlier)
        step = draw(
            st.tuples(st.sampled_from(ONE), earlier)
            | st.tuples(st.sampled_from(TWO), earlier, earlier)
            | st.tuples(st.sampled_from(["add", "sub", "mul", "div", "pow"]), earlier, constant)
            | st.tuples(st.just("where"), comparison | earlier, earlier, earlier)
            | st.builds(lambda name, xs: (name, *xs), st.sampled_from(MANY), st.lists(earlier, min_size=1, max_size=6))
        )
        if step not in steps:
            steps.append(step)
    points = draw(st.integers(1, 3))
    batch = [draw(st.lists(numbers, min_size=points, max_size=points)) for _ in range(inputs)]
    return Function(steps, weights), batch


def small_network(sizes, activation, rng, style="dot"):
    """A network written scalar by scalar, in one of the ways in which people write neurons."""
    layers = [
        [([Value(rng.uniform(-1, 1)) for _ in range(nin)], Value(rng.uniform(-1, 1))) for _ in range(nout)]
        for nin, nout in itertools.pairwise(sizes)
    ]

    def neuron(weights, bias, x, last):
        if style == "dot":
            total = autograd.dot(weights, x) + bias
        elif style == "micrograd":
            total = sum((w * xi for w, xi in zip(weights, x, strict=True)), bias)
        else:
            total = bias
            for w, xi in zip(weights, x, strict=True):
                total = xi * w + total
        return total if last else getattr(ops, activation)(total)

    def network(x):
        for depth, layer in enumerate(layers):
            x = [neuron(weights, bias, x, depth == len(layers) - 1) for weights, bias in layer]
        return x

    return network
