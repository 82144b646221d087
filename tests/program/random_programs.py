"""Random programs as people write them: constants that repeat, sums of parameters, layers that are shared, loops."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import strategies as st

import autograd
from autograd import Value
from autograd.engine.primitive import BUILT_IN, TABLE

CONSTANTS = [0.0, 1.0, 2.0, 0.5, -1.0, 0.01]
PLAIN = {name: TABLE[name] for name in sorted(BUILT_IN) if not TABLE[name].helper}
ONE = [name for name, operation in PLAIN.items() if operation.arity == 1]
TWO = [name for name, operation in PLAIN.items() if operation.arity == 2]
MANY = [name for name, operation in PLAIN.items() if operation.sequences == 1]
TAME = ["tanh", "sigmoid", "sin", "cos", "softplus", "relu", "abs", "square", "erf", "gelu", "silu"]
NUMBERS = st.sampled_from([0.25, -0.75, 1.5, 0.1, -0.3])


class RandomProgram:
    """A list of steps on inputs, weights, constants and earlier results; some of the results are returned.

    A step is the name of what it does and what it does it to: numbers of earlier values, or constants as floats.
    """

    def __init__(self, inputs, weights, steps, outputs):
        self.inputs, self.steps, self.outputs = inputs, steps, outputs
        self.weights = [Value(weight) for weight in weights]

    def __call__(self, *inputs):
        values = [*inputs, *self.weights]
        for name, *operands in self.steps:
            picked = [values[operand] if isinstance(operand, int) else operand for operand in operands]
            made = STEPS[name](*picked) if name in STEPS else self.apply(TABLE[name], picked)
            values.extend(made if isinstance(made, list) else [made])
        chosen = [values[output % len(values)] for output in self.outputs]
        return chosen[0] if len(chosen) == 1 else chosen

    @staticmethod
    def apply(operation, picked):
        if not operation.sequences:
            return operation(*picked)
        half = len(picked) // operation.sequences
        return operation(*(picked[i * half : (i + 1) * half] for i in range(operation.sequences)))

    def __repr__(self):
        weights = [weight.data for weight in self.weights]
        return f"RandomProgram({self.inputs}, {weights}, {self.steps}, {self.outputs})"


def layer(*values):
    """Neurons side by side; the first half of the values are weights, which several of them share."""
    half = len(values) // 2
    weights, x = values[:half], values[half : 2 * half]
    first = autograd.tanh(autograd.dot(weights, x) + 0.5)
    second = autograd.tanh(autograd.dot(weights[::-1], x))
    return [first, second, autograd.dot([first, second], [values[0], 0.5])]


def recurrent(*values):
    """A network that reads one value after the other, from a state of zeros."""
    state = [0.0] * 2
    for x in values:
        state = [autograd.tanh(values[0] * h + values[-1] * x) for h in state]
    return state


def loop(x, y):
    """The same few operations over and over."""
    total = x
    for _ in range(5):
        total = 0.5 * total + autograd.sin(total * y)
    return total


def running_total(*values):
    """A sum as a loop makes it, with weight decay."""
    return sum((value * 2.0 for value in values), 1.0) + sum(0.01 * value**2 for value in values)


def choice(condition, x, y):
    """One of two, by a comparison."""
    return autograd.where(condition > 0.1, x, y)


STEPS = {
    "layer": layer,
    "recurrent": recurrent,
    "loop": loop,
    "running_total": running_total,
    "choice": choice,
    "square": lambda x: x**2,
    "half": lambda x: x / 2.0,
}


@st.composite
def programs(draw, one=tuple(ONE), two=tuple(TWO), many=tuple(MANY), most_steps=6):
    """A program, and a batch for it of no point, one or several."""
    inputs, weights = draw(st.integers(0, 2)), draw(st.lists(NUMBERS, min_size=0, max_size=3))
    if not inputs and not weights:
        weights = [0.25]
    steps, values = [], inputs + len(weights)
    for _ in range(draw(st.integers(1, most_steps))):
        operand = st.integers(0, values - 1) | st.sampled_from(CONSTANTS)
        several = st.lists(operand, min_size=1, max_size=5)
        name, *operands = draw(
            st.tuples(st.sampled_from(one), operand)
            | st.tuples(st.sampled_from(two), operand, operand)
            | st.builds(lambda name, xs: (name, *xs), st.sampled_from(many), several)
            | st.builds(lambda pairs: ("dot", *itertools.chain(*pairs)), st.tuples(several, several).map(_even))
            | st.builds(
                lambda name, xs: (name, *xs),
                st.sampled_from(["recurrent", "running_total"]),
                several,
            )
            | st.builds(lambda pairs: ("layer", *itertools.chain(*pairs)), st.tuples(several, several).map(_even))
            | st.tuples(st.sampled_from(["choice"]), operand, operand, operand)
            | st.tuples(st.just("loop"), operand, operand)
        )
        steps.append((name, *operands))
        values += {"layer": 3, "recurrent": 2}.get(name, 1)
    outputs = draw(st.lists(st.integers(-3, -1), min_size=1, max_size=3, unique=True))
    points = draw(st.sampled_from([0, 1, 2, 5]))
    batch = [np.array(draw(st.lists(NUMBERS, min_size=points, max_size=points)), float) for _ in range(inputs)]
    return RandomProgram(inputs, weights, steps, outputs), batch


def _even(columns):
    length = min(map(len, columns))
    return [column[:length] for column in columns]
