"""A user's script, with the type of every result asserted: type checkers read it, and it runs. See test_types.py."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, assert_type

import numpy as np
from numpy.typing import NDArray

import autograd
import nn
from autograd import Value, sin, tanh, variables

# Build.
w, x, b = variables(w=0.5, x=2.0, b=-1.2)
y = tanh(w * x + b)
y.backward()
assert_type(w, Value)
assert_type(y, Value)
assert_type(w + 1, Value)
assert_type(1 - w, Value)
assert_type(2.0 / w, Value)
assert_type(w**2, Value)
assert_type(2**w, Value)
assert_type(-abs(w), Value)
assert_type(w.tanh().exp().relu(), Value)
assert_type(w.maximum(0.0), Value)
assert_type(w.log2(), Value)
assert_type(w < 1, bool)
assert_type(w == 1, bool)
assert_type(w * np.float32(2.0), Value)
assert_type(Fraction(1, 3) * w, Value)
assert_type(tanh(np.int64(1)), float)
assert_type(y.data, float)
assert_type(w.grad, float)
assert_type(float(y), float)
assert_type(y.parents, tuple[Value, ...])
assert_type(y.label, str)
assert_type(y.op, str)

# An array of Values is NumPy's, who knows no more than that it is one.
formula = np.mean((w * np.array([1.0, 2.0]) - 2 * np.array([3.0, 4.0])) ** 2)
formula.backward()

# Operations: a Value for Values, a float for floats.
assert_type(tanh(1.0), float)
assert_type(tanh(1), float)
assert_type(autograd.maximum(w, 1.0), Value)
assert_type(autograd.maximum(1.0, w), Value)
assert_type(autograd.maximum(1.0, 2.0), float)
assert_type(autograd.where(1.0, w, 0.0), Value)
assert_type(autograd.sum([w, x]), Value)
assert_type(autograd.sum([w, 2.0]), Value)
assert_type(autograd.mean([1.0, 2.0]), float)
assert_type(autograd.dot([w, x], [1.0, 2.0]), Value)


def either(number: Value | float) -> Value | float:
    """What may be both stays both."""
    return assert_type(tanh(number), Value | float)


assert_type(either(2.0), Value | float)


@autograd.primitive(lambda x, y: 3 * x**2, latex="{#1}^3")
def cube(x: float) -> float:
    """An operation of the user's own."""
    return x * x * x


assert_type(cube(w), Value)
assert_type(cube(2.0), float)

# See.
assert_type(str(autograd.tree(y)), str)
assert_type(autograd.latex(y), str)
assert_type(autograd.source(y), str)
assert_type(str(autograd.explain(y, of=w)), str)
assert_type(autograd.parse("2 * u", u=1.0), Value)

# Check.
assert_type(bool(autograd.check_gradients(sin, 0.5)), bool)
with autograd.no_grad(), autograd.detect_anomaly():
    constant = w * x
assert_type(constant, Value)

# Differentiate: in the shape of the argument.


def square(u: Value) -> Value:
    """A function of one number."""
    return u * u


def product(u: Value, v: Value) -> Value:
    """A function of two."""
    return u * v


def first(us: list[Value]) -> Value:
    """A function of a list."""
    return us[0] * us[1]


def both(us: list[Value]) -> list[Value]:
    """A function that returns a list."""
    return [us[0] * us[1], us[0]]


point: NDArray[np.float64] = np.array([1.0, 2.0])
assert_type(autograd.grad(square)(1.0), float)
assert_type(autograd.grad(square)(w), Value)
assert_type(autograd.grad(autograd.grad(cube))(2), float)
assert_type(autograd.grad(product, (0, 1))(1.0, 2.0), tuple[float, float])
assert_type(autograd.grad(first)([1.0, 2.0]), list[float])
assert_type(autograd.grad(first)([w, x]), list[Value])
assert_type(autograd.grad(first)(point), NDArray[np.float64])
assert_type(autograd.grad(lambda weights: weights["a"] * 2.0)({"a": 1.0}), dict[str, float])
assert_type(autograd.value_and_grad(square)(1.0), tuple[float, float])
assert_type(autograd.value_and_grad(first)([1.0, 2.0]), tuple[float, list[float]])
assert_type(autograd.jacobian(both)([1.0, 2.0]), list[list[float]])
assert_type(autograd.jacobian(first)([1.0, 2.0]), list[float])
assert_type(autograd.hessian(first)([1.0, 2.0]), list[list[float]])
assert_type(autograd.hessian(first)(point), NDArray[np.float64])
assert_type(autograd.hvp(first)([1.0, 2.0], [1.0, 0.0]), list[float])
assert_type(autograd.gradients(y, [w, x]), list[Value])
assert_type(autograd.gradients(y, w), Value)

# Train.
moons = nn.datasets.load("moons")
model = nn.MLP(2, [4, 1], seed=1)
history = nn.fit(model, moons.inputs, moons.targets, loss="binary_cross_entropy", optimizer="adam", lr=0.02, epochs=2)
assert_type(history.losses, list[float])
assert_type(model.parameters(), list[Value])
assert_type(nn.mse([w, x], [1.0, 2.0]), Value)
optimizer = nn.SGD(model.parameters(), lr=0.1)
optimizer.step()
for parameter in model.parameters():
    parameter.data -= 0.1 * parameter.grad
assert_type(nn.Neuron(2)([1.0, 2.0]), Value)
assert_type(model([1.0, 2.0]), Value | list[Value])
nn.save(model, "moons.json")
assert_type(nn.load("moons.json"), nn.Module)

# Compile.
program = autograd.compile(lambda x: tanh(w * x + b) ** 2)
assert_type(program.source, str)
assert_type(program.parameters, list[Value])
assert_type(program(1.0), float)
assert_type(program([1.0, 2.0]), np.ndarray[Any, np.dtype[np.float64]])
assert_type(program.value_and_grad([1.0, 2.0]), tuple[float, np.ndarray[Any, np.dtype[np.float64]]])

assert_type(autograd.native, bool)
assert_type(autograd.__version__, str)
