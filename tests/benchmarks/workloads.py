"""The workloads, written for each peer as its users would write them.

A peer is a function that imports its library and returns its workloads by name: functions without arguments, each of
which computes a value and its gradient once. ``chain`` is a pair: the function, and how many additions it does.
"""

from __future__ import annotations

import math
import random
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

Workloads = dict[str, Any]

A, B = 2.0, -3.0
generator = random.Random(0)
POINTS = [(generator.uniform(-1, 1), generator.uniform(-1, 1)) for _ in range(100)]
TARGETS = [1.0 if x * x + y * y < 0.6 else -1.0 for x, y in POINTS]
SIZES = [2, 16, 16, 1]
WEIGHTS = [([[generator.uniform(-1, 1) for _ in range(n)] for _ in range(m)], [0.0] * m) for n, m in pairwise(SIZES)]
RATE = 0.01


def tiny(a: Any, b: Any) -> Any:
    """The smallest expression with a little of everything."""
    return ((a + b) - (a * b + b**3)) ** 2 / 2


def small(a: Any, b: Any, relu: Callable[[Any], Any]) -> Any:
    """The example of micrograd's README."""
    c = a + b
    d = a * b + b**3
    c = c + c + 1
    c = c + 1 + c + (-a)
    d = d + d * 2 + relu(b + a)
    d = d + 3 * d + relu(b - a)
    e = c - d
    f = e**2
    g = f / 2.0
    return g + 10.0 / f


def add_up(x: Any, length: int) -> Any:
    """A chain of additions."""
    total = x
    for _ in range(length):
        total = total + x
    return total


def scalar_engine(make: type, model: Any, loss: Callable[[list[Any]], Any], length: int) -> Workloads:
    """An engine whose every scalar is a node: this one, or micrograd."""

    def run(formula: Callable[..., Any]) -> Callable[[], None]:
        return lambda: formula(make(A), make(B)).backward()

    def step() -> None:
        model.zero_grad()
        loss([model([make(x), make(y)]) for x, y in POINTS]).backward()
        for parameter in model.parameters():
            parameter.data -= RATE * parameter.grad

    return {
        "tiny": run(tiny),
        "small": run(lambda a, b: small(a, b, lambda x: x.relu())),
        "step": step,
        "chain": (lambda: add_up(make(1.0), length).backward(), length),
        "build": lambda: add_up(make(1.0), length),
    }


def this_engine() -> Workloads:
    import nn
    from autograd import Value

    model = nn.MLP(2, [16, 16, 1], seed=0)
    return scalar_engine(Value, model, lambda scores: nn.hinge(scores, TARGETS), 10**6)


def programs() -> Workloads:
    """The same scalar code as programs: what `autograd.compile` makes of it, and `nn.fit` trains with."""
    import numpy as np

    import autograd
    import nn

    model = nn.MLP(2, [16, 16, 1], seed=0)
    train = autograd.compile(lambda x, y, t: autograd.relu(1 - t * model([x, y]))).bind(*np.transpose(POINTS), TARGETS)

    def run(formula: Callable[..., Any]) -> Callable[[], Any]:
        a, b = autograd.variables(a=A, b=B)
        return autograd.compile(lambda: formula(a, b)).bind()

    def step() -> None:
        train()
        train.parameters -= RATE * train.gradient

    return {"tiny": run(tiny), "small": run(lambda a, b: small(a, b, lambda x: x.relu())), "step": step}


def micrograd() -> Workloads:
    from micrograd.engine import Value
    from micrograd.nn import MLP

    def loss(scores: list[Any]) -> Any:
        margins = [(1 + -target * score).relu() for score, target in zip(scores, TARGETS, strict=True)]
        return sum(margins) * (1.0 / len(margins))

    return scalar_engine(Value, MLP(2, [16, 16, 1]), loss, 10**5)


def pytorch() -> Workloads:
    import torch

    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    points, targets = torch.tensor(POINTS), torch.tensor(TARGETS)
    layers = [tuple(torch.tensor(each, requires_grad=True) for each in layer) for layer in WEIGHTS]
    parameters = [each for layer in layers for each in layer]
    length = 10**5

    def run(formula: Callable[..., Any]) -> Callable[[], None]:
        return lambda: formula(torch.tensor(A, requires_grad=True), torch.tensor(B, requires_grad=True)).backward()

    def step() -> None:
        for parameter in parameters:
            parameter.grad = None
        hidden = points
        for i, (weight, bias) in enumerate(layers):
            hidden = hidden @ weight.T + bias
            hidden = torch.relu(hidden) if i < 2 else hidden
        torch.relu(1 - targets * hidden[:, 0]).mean().backward()
        with torch.no_grad():
            for parameter in parameters:
                parameter -= RATE * parameter.grad

    return {
        "tiny": run(tiny),
        "small": run(lambda a, b: small(a, b, torch.relu)),
        "step": step,
        "chain": (lambda: add_up(torch.tensor(1.0, requires_grad=True), length).backward(), length),
        "build": lambda: add_up(torch.tensor(1.0, requires_grad=True), length),
    }


def array_loss(numpy: Any, relu: Callable[[Any], Any], points: Any, targets: Any) -> Callable[[Any], Any]:
    """The hinge loss of the network, for a library with NumPy's functions."""

    def loss(layers: Any) -> Any:
        hidden = points
        for i, (weight, bias) in enumerate(layers):
            hidden = numpy.dot(hidden, weight.T) + bias
            hidden = relu(hidden) if i < 2 else hidden
        return numpy.mean(relu(1 - targets * hidden[:, 0]))

    return loss


def jax(jit: bool) -> Workloads:
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    compiled = jax.jit if jit else lambda function: function
    layers = [(jnp.array(weight), jnp.array(bias)) for weight, bias in WEIGHTS]
    loss = array_loss(jnp, jax.nn.relu, jnp.array(POINTS), jnp.array(TARGETS))
    gradient = jax.value_and_grad(loss)

    def update(layers: Any) -> Any:
        _, slopes = gradient(layers)
        return jax.tree.map(lambda weight, slope: weight - RATE * slope, layers, slopes)

    def run(formula: Callable[..., Any]) -> Callable[[], Any]:
        function = compiled(jax.value_and_grad(formula, argnums=(0, 1)))
        return lambda: jax.block_until_ready(function(A, B))

    step = compiled(update)
    return {
        "tiny": run(tiny),
        "small": run(lambda a, b: small(a, b, jax.nn.relu)),
        "step": lambda: jax.block_until_ready(step(layers)),
    }


def hips_autograd() -> Workloads:
    import autograd.numpy as np

    import autograd

    layers = [(np.array(weight), np.array(bias)) for weight, bias in WEIGHTS]
    length = 10**4

    def relu(x: Any) -> Any:
        return np.maximum(x, 0.0)

    def run(formula: Callable[..., Any]) -> Callable[[], Any]:
        function = autograd.value_and_grad(lambda both: formula(both[0], both[1]))
        return lambda: function((A, B))

    gradient = autograd.grad(array_loss(np, relu, np.array(POINTS), np.array(TARGETS)))

    def step() -> Any:
        slopes = gradient(layers)
        return [(w - RATE * dw, b - RATE * db) for (w, b), (dw, db) in zip(layers, slopes, strict=True)]

    slope_of_chain = autograd.grad(lambda x: add_up(x, length))
    return {
        "tiny": run(tiny),
        "small": run(lambda a, b: small(a, b, relu)),
        "step": step,
        "chain": (lambda: slope_of_chain(1.0), length),
    }


def casadi() -> Workloads:
    """Its functions are built beforehand, as its users do, and the buffers of small ones; only calling them is timed."""
    import casadi
    import numpy as np

    def relu(x: Any) -> Any:
        return casadi.fmax(x, 0.0)

    def run(formula: Callable[..., Any]) -> Callable[[], Any]:
        both = casadi.SX.sym("both", 2)
        value = formula(both[0], both[1])
        function = casadi.Function("f", [both], [value, casadi.gradient(value, both)])
        buffer, call = function.buffer()
        numbers = np.array([A, B]), np.empty(1), np.empty(2)
        buffer.set_arg(0, memoryview(numbers[0]))
        buffer.set_res(0, memoryview(numbers[1]))
        buffer.set_res(1, memoryview(numbers[2]))
        call.kept = buffer, numbers
        return call  # type: ignore[no-any-return]

    count = sum(n * m + m for n, m in pairwise(SIZES))
    weights = casadi.SX.sym("w", count)
    margins = []
    for point, target in zip(POINTS, TARGETS, strict=True):
        hidden, used = casadi.SX(casadi.DM(point)), 0
        for i, (n, m) in enumerate(pairwise(SIZES)):
            matrix, bias = casadi.reshape(weights[used : used + n * m], m, n), weights[used + n * m : used + n * m + m]
            used += n * m + m
            hidden = matrix @ hidden + bias
            hidden = relu(hidden) if i < 2 else hidden
        margins.append(relu(1 - target * hidden))
    loss = sum(margins) / len(margins)
    step = casadi.Function("step", [weights], [weights - RATE * casadi.gradient(loss, weights)])
    start = casadi.DM([math.sin(i) for i in range(count)])
    return {"tiny": run(tiny), "small": run(lambda a, b: small(a, b, relu)), "step": lambda: step(start)}


PEERS: dict[str, Callable[[], Workloads]] = {
    "this engine, compiled": this_engine,
    "this engine, plain Python": this_engine,
    "its programs, compiled": programs,
    "micrograd": micrograd,
    "PyTorch": pytorch,
    "JAX, eager": lambda: jax(jit=False),
    "JAX, jit": lambda: jax(jit=True),
    "HIPS autograd": hips_autograd,
    "CasADi": casadi,
}
