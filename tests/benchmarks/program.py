"""What a compiled program costs, beside NumPy by hand, PyTorch, JAX, CasADi, micrograd and the eager engine.

    python -m tests.benchmarks.program [--plot cost.png] [--cpu-time] [--all-cores] [--long]

All rows are measured in one run, on one thread; rivals take turns, and the least of several times counts. A rival that
is not installed is left out. What takes a rival seconds is measured on fewer repetitions, or on some of the points and
scaled up; the table says so. ``--cpu-time`` takes the processor's time instead of the clock's, for a machine that has
other things to do. ``--all-cores`` measures what several cores bring; ``--long`` what machine code of up to a million
operations that never repeat takes, always in the processor's time. What the backend "auto" takes is measured by
`tests.benchmarks.choices`.
"""

from __future__ import annotations

import os
import sys

ALL_CORES = "--all-cores" in sys.argv
if not ALL_CORES:
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[variable] = "1"
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import argparse
import random
import time
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from typing import Any

import numpy as np

import autograd
from autograd import Value
from autograd.engine import ops
from autograd.program.backends import BACKENDS, find_backend
from autograd.see.plotting import ACCENT, DPI, GREY, INK, figure
from nn import MLP

POINTS = 100
RATE = 0.01
clock = time.perf_counter


def least_time(work: Callable[[], Any], seconds: float = 1.0) -> float:
    """The least time of one call, over samples that take so many seconds together."""
    work()
    start = clock()
    work()
    once = max(clock() - start, 1e-7)
    repeat = max(1, int(seconds / 15 / once))
    samples = []
    for _ in range(15 if repeat > 1 or once * 15 < 4 * seconds else 3):
        start = clock()
        for _ in range(repeat):
            work()
        samples.append((clock() - start) / repeat)
    return min(samples)


def together(*works: Callable[[], Any], rounds: int = 5) -> list[float]:
    """Least times of several works, measured in turn, so that a busy moment hits all of them."""
    samples = [[least_time(work, 0.3) for work in works] for _ in range(rounds)]
    return [min(column) for column in zip(*samples, strict=True)]


# One step of MLP 2-16-16-1 on 100 points with hinge.


def moons() -> tuple[Any, Any]:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(POINTS, 2))
    return x, np.sign(x[:, 0] * x[:, 1])


def compiled_step(model: Any, loss: Callable[..., Any], *batch: Any) -> Callable[[], float]:
    step = autograd.compile(loss).bind(*batch)

    def work() -> float:
        value = step()
        step.parameters -= RATE * step.gradient
        return value

    return work


def hinge_by_hand(x: Any, y: Any) -> Callable[[], float]:
    rng = np.random.default_rng(1)
    w1, b1, w2, b2, w3, b3 = (0.3 * rng.normal(size=shape) for shape in ((2, 16), 16, (16, 16), 16, (16, 1), 1))

    def work() -> float:
        a1 = x @ w1 + b1
        h1 = np.maximum(a1, 0.0)
        a2 = h1 @ w2 + b2
        h2 = np.maximum(a2, 0.0)
        margins = 1.0 - y * (h2 @ w3 + b3)[:, 0]
        value = np.maximum(margins, 0.0).mean()
        d3 = (-y * (margins > 0.0) / len(y))[:, None]
        d2 = d3 @ w3.T * (a2 > 0.0)
        d1 = d2 @ w2.T * (a1 > 0.0)
        gradients = h2.T @ d3, d3.sum(0), h1.T @ d2, d2.sum(0), x.T @ d1, d1.sum(0)
        for parameter, gradient in zip((w3, b3, w2, b2, w1, b1), gradients, strict=True):
            parameter -= RATE * gradient
        return float(value)

    return work


def hinge_in_torch(x: Any, y: Any) -> Callable[[], float]:
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(0)
    layers = [torch.nn.Linear(2, 16), torch.nn.ReLU(), torch.nn.Linear(16, 16), torch.nn.ReLU(), torch.nn.Linear(16, 1)]
    model = torch.nn.Sequential(*layers).double()
    parameters = list(model.parameters())
    x, y = torch.from_numpy(x), torch.from_numpy(y)

    def work() -> float:
        loss = (1.0 - y * model(x)[:, 0]).relu().mean()
        gradients = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for parameter, gradient in zip(parameters, gradients, strict=True):
                parameter -= RATE * gradient
        return loss.item()

    return work


def hinge_in_micrograd(x: Any, y: Any) -> Callable[[], float]:
    from micrograd.nn import MLP as Theirs

    random.seed(0)
    model = Theirs(2, [16, 16, 1])
    points = list(zip(x.tolist(), y.tolist(), strict=True))

    def work() -> float:
        loss = sum((1.0 - target * model(point)).relu() for point, target in points) * (1.0 / len(points))
        model.zero_grad()
        loss.backward()
        for parameter in model.parameters():
            parameter.data -= RATE * parameter.grad
        return loss.data

    return work


# MLP 64-32-10 on batches of 128 with cross entropy.


def classifier_loss(model: Any) -> Callable[..., Any]:
    def loss(x: Any, y: Any) -> Any:
        scores = model(x)
        return autograd.logsumexp(scores) - autograd.dot(y, scores)

    return loss


def cross_entropy_by_hand(x: Any, labels: Any) -> Callable[[], float]:
    rng = np.random.default_rng(1)
    w1, b1, w2, b2 = (0.1 * rng.normal(size=shape) for shape in ((64, 32), 32, (32, 10), 10))
    rows = np.arange(len(x))

    def work() -> float:
        a1 = x @ w1 + b1
        h1 = np.maximum(a1, 0.0)
        scores = h1 @ w2 + b2
        scores -= scores.max(axis=1, keepdims=True)
        powers = np.exp(scores)
        d2 = powers / powers.sum(axis=1, keepdims=True)
        value = -np.log(d2[rows, labels]).mean()
        d2[rows, labels] -= 1.0
        d2 /= len(x)
        d1 = d2 @ w2.T * (a1 > 0.0)
        gradients = h1.T @ d2, d2.sum(0), x.T @ d1, d1.sum(0)
        for parameter, gradient in zip((w2, b2, w1, b1), gradients, strict=True):
            parameter -= RATE * gradient
        return float(value)

    return work


# The example of micrograd's README.


def readme_example(a: Any, b: Any) -> Any:
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    return g


# An irregular expression.


def irregular(nodes: int, inputs: int = 4, weights: int = 8, seed: int = 5) -> tuple[Callable[..., Any], list[Value]]:
    """A random expression of about so many nodes, with sharing and no regularity; tanh keeps its numbers small."""
    rng = random.Random(seed)
    parameters = [Value(rng.uniform(-0.5, 0.5)) for _ in range(weights)]
    steps = []
    for k in range(inputs + weights, inputs + weights + nodes - weights):
        name = (
            rng.choice(["sin", "tanh", "sigmoid", "relu"]) if rng.random() < 0.2 else rng.choice(["add", "sub", "mul"])
        )
        steps.append((name, rng.randrange(max(0, k - 200), k), rng.randrange(k)))
    used = {i for _, i, _ in steps} | {j for name, _, j in steps if name in ("add", "sub", "mul")}

    def function(*xs: Any) -> Any:
        values = [*xs, *parameters]
        for name, i, j in steps:
            operation = getattr(ops, name)
            values.append(operation(values[i]) if operation.arity == 1 else operation(values[i], values[j]))
        return autograd.tanh(autograd.sum([value for k, value in enumerate(values) if k not in used]))

    return function, parameters


def eager_points(function: Callable[..., Any], x: Any) -> Callable[[], None]:
    points = [tuple(map(float, point)) for point in x]

    def work() -> None:
        for point in points:
            function(*map(Value, point)).backward()

    return work


# The table.


def row(what: str, ours: float, other: float, must: str, aim: str, *, faster: bool) -> None:
    ratio = f"{other / ours:,.1f} times faster" if faster else f"{ours / other:.2f} times its time"
    print(f"| {what} | {ours * 1e6:,.1f} µs | {other * 1e6:,.1f} µs | {ratio} | {must} | {aim} |", flush=True)


def measure_steps() -> None:
    x, y = moons()
    model = MLP(2, [16, 16, 1], seed=1)
    work = compiled_step(model, lambda x, y: (1.0 - y * model(x)).relu(), x, y)
    ours, by_hand = together(work, hinge_by_hand(x, y))
    row("step of 2-16-16-1, 100 points, against NumPy by hand", ours, by_hand, "0.6", "0.45", faster=False)
    if find_spec("torch"):
        ours, theirs = together(work, hinge_in_torch(x, y))
        row("the same against PyTorch's tensors", ours, theirs, "6", "10", faster=True)
    if find_spec("micrograd"):
        theirs = least_time(hinge_in_micrograd(x, y), 2.0)
        row("the same against micrograd", least_time(work), theirs, "15,000", "25,000", faster=True)
    rng = np.random.default_rng(0)
    x, labels = rng.normal(size=(128, 64)), rng.integers(0, 10, 128)
    classifier = MLP(64, [32, 10], seed=1)
    work = compiled_step(classifier, classifier_loss(classifier), x, np.eye(10)[labels])
    ours, by_hand = together(work, cross_entropy_by_hand(x, labels))
    row("step of 64-32-10, batch 128, against NumPy by hand", ours, by_hand, "1.3", "1.0", faster=False)


def measure_example() -> None:
    a, b = Value(-4.0), Value(2.0)
    step = autograd.compile(lambda: readme_example(a, b), backend="python").bind()
    if find_spec("micrograd"):
        from micrograd.engine import Value as Theirs

        def theirs() -> None:
            readme_example(Theirs(-4.0), Theirs(2.0)).backward()

        ours, other = together(step, theirs)
        row("micrograd's README, one point, python backend, against micrograd", ours, other, "50", "80", faster=True)
    if find_spec("casadi"):
        for name in quick_backends():
            step = autograd.compile(lambda: readme_example(a, b), backend=name).bind()  # with buffers as well
            ours, other = together(step, example_in_casadi())
            must, aim = ("3", "1") if name == "python" else ("1.2", "0.7")
            row(f"the same, {name} backend, against CasADi's FunctionBuffer", ours, other, must, aim, faster=False)


def quick_backends() -> list[str]:
    """Those for single points."""
    return ["python", "native"] if "native" in BACKENDS and find_spec("llvmlite") else ["python"]


def example_in_casadi() -> Callable[[], None]:
    """Value and gradient, into buffers that are made beforehand."""
    import casadi

    x = casadi.SX.sym("x", 2)
    a, b = x[0], x[1]
    c = a + b
    d = a * b + b**3
    c = c + c + 1
    c = c + 1 + c - a
    d = d + d * 2 + casadi.fmax(b + a, 0)
    d = d + 3 * d + casadi.fmax(b - a, 0)
    f = (c - d) ** 2
    g = f / 2.0 + 10.0 / f
    function = casadi.Function("f", [x], [g, casadi.gradient(g, x)])
    buffer, work = function.buffer()
    point, value, gradient = np.array([-4.0, 2.0]), np.empty(1), np.empty(2)
    buffer.set_arg(0, memoryview(point))
    buffer.set_res(0, memoryview(value))
    buffer.set_res(1, memoryview(gradient))
    work()
    assert abs(value[0] - 24.7041) < 1e-3, value
    work.kept = buffer, point, value, gradient  # type: ignore[attr-defined]
    return work


def measure_irregular() -> None:
    function, _ = irregular(1000)
    x = np.random.default_rng(0).normal(size=(10_000, 4))
    program = autograd.compile(function)
    columns = list(x.T)
    sample = 50
    ours = least_time(lambda: program.value_and_grad(*columns), 2.0)
    eager = least_time(eager_points(function, x[:sample]), 2.0) * len(x) / sample
    form = "compiled" if autograd.native else "plain"
    what = f"irregular, 1,000 nodes, 10,000 points, against the {form} eager engine (on {sample} points, scaled)"
    row(what, ours, eager, "50", "200", faster=True)


# Functions as science writes them, each beside PyTorch's tensors.


def recurrent(steps: int = 64, units: int = 20) -> tuple[Callable[..., Any], Callable[..., Any], list[Any]]:
    """A recurrent cell that reads a sequence, from a state of zeros; the square of its last state's mean."""
    rng = random.Random(0)
    inner = [[Value(rng.gauss(0.0, 0.2)) for _ in range(units)] for _ in range(units)]
    outer = [Value(rng.gauss(0.0, 0.5)) for _ in range(units)]
    biases = [Value(0.0) for _ in range(units)]

    def ours(xs: Any) -> Any:
        state: list[Any] = [0.0] * units
        for x in xs:
            state = [
                autograd.tanh(autograd.dot(row, state) + w * x + b)
                for row, w, b in zip(inner, outer, biases, strict=True)
            ]
        return autograd.mean(state) ** 2

    def theirs(torch: Any, xs: Any, parameters: Any) -> Any:
        u, w, b = parameters
        state = torch.zeros(len(xs), units, dtype=torch.float64)
        for i in range(steps):
            state = torch.tanh(state @ u.T + xs[:, i : i + 1] * w + b)
        return state.mean(dim=1) ** 2

    return ours, theirs, [inner, outer, biases]


def attention(words: int = 8, width: int = 8) -> tuple[Callable[..., Any], Callable[..., Any], list[Any]]:
    """One attention head over a few vectors; the mean square of what it returns."""
    rng = random.Random(0)
    query, key, value = ([[Value(rng.gauss(0.0, 0.3)) for _ in range(width)] for _ in range(width)] for _ in range(3))

    def ours(xs: Any) -> Any:
        rows = [xs[i * width : (i + 1) * width] for i in range(words)]
        q, k, v = ([[autograd.dot(w, x) for w in matrix] for x in rows] for matrix in (query, key, value))
        outputs = []
        for each in q:
            scores = [autograd.dot(each, other) / width**0.5 for other in k]
            total = autograd.logsumexp(scores)
            weights = [autograd.exp(score - total) for score in scores]
            outputs += [autograd.dot(weights, [row[j] for row in v]) for j in range(width)]
        return autograd.mean([each**2 for each in outputs])

    def theirs(torch: Any, xs: Any, parameters: Any) -> Any:
        q, k, v = (xs.reshape(-1, words, width) @ matrix.T for matrix in parameters)
        weights = torch.softmax(q @ k.transpose(1, 2) / width**0.5, dim=2)
        return ((weights @ v) ** 2).mean(dim=(1, 2))

    return ours, theirs, [query, key, value]


def mixture(components: int = 10) -> tuple[Callable[..., Any], Callable[..., Any], list[Any]]:
    """The negative logarithm of the density of a mixture of Gaussians."""
    rng = random.Random(0)
    logits, means, scales = ([Value(rng.gauss(0.0, 1.0)) for _ in range(components)] for _ in range(3))

    def ours(x: Any) -> Any:
        terms = [a - 0.5 * ((x - m) * autograd.exp(-s)) ** 2 - s for a, m, s in zip(logits, means, scales, strict=True)]
        return autograd.logsumexp(logits) - autograd.logsumexp(terms)

    def theirs(torch: Any, x: Any, parameters: Any) -> Any:
        a, m, s = parameters
        terms = a - 0.5 * ((x[:, None] - m) * torch.exp(-s)) ** 2 - s
        return torch.logsumexp(a, 0) - torch.logsumexp(terms, 1)

    return ours, theirs, [logits, means, scales]


def black_scholes() -> tuple[Callable[..., Any], Callable[..., Any], list[Any]]:
    """The price of a call; its derivatives with respect to rate and volatility are the gradient."""
    rate, volatility = Value(0.03), Value(0.2)

    def ours(spot: Any) -> Any:
        deviation = volatility * 0.5**0.5
        d1 = (autograd.log(spot / 100.0) + (rate + 0.5 * volatility**2) * 0.5) / deviation
        normal = autograd.erf
        return 0.5 * spot * (1.0 + normal(d1 / 2**0.5)) - 50.0 * autograd.exp(-0.5 * rate) * (
            1.0 + normal((d1 - deviation) / 2**0.5)
        )

    def theirs(torch: Any, spot: Any, parameters: Any) -> Any:
        r, v = parameters
        deviation = v * 0.5**0.5
        d1 = (torch.log(spot / 100.0) + (r + 0.5 * v**2) * 0.5) / deviation
        return 0.5 * spot * (1.0 + torch.erf(d1 / 2**0.5)) - 50.0 * torch.exp(-0.5 * r) * (
            1.0 + torch.erf((d1 - deviation) / 2**0.5)
        )

    return ours, theirs, [rate, volatility]


def physics_informed(units: int = 16) -> tuple[Callable[..., Any], Callable[..., Any], list[Any]]:
    """How far a network is from solving u'' = -u, squared: its second derivative is part of what is differentiated."""
    rng = random.Random(0)
    first, shift, last = ([Value(rng.gauss(0.0, 0.5)) for _ in range(units)] for _ in range(3))
    middle = [[Value(rng.gauss(0.0, 0.3)) for _ in range(units)] for _ in range(units)]

    def ours(x: Any) -> Any:
        hidden = [autograd.tanh(w * x + b) for w, b in zip(first, shift, strict=True)]
        hidden = [autograd.tanh(autograd.dot(row, hidden)) for row in middle]
        u = autograd.dot(last, hidden)
        return (autograd.gradients(autograd.gradients(u, x), x) + u) ** 2

    def theirs(torch: Any, x: Any, parameters: Any) -> Any:
        w, b, last, middle = parameters
        x = x.requires_grad_()
        u = torch.tanh(torch.tanh(x[:, None] * w + b) @ middle.T) @ last
        (slope,) = torch.autograd.grad(u.sum(), x, create_graph=True)
        (bend,) = torch.autograd.grad(slope.sum(), x, create_graph=True)
        return (bend + u) ** 2

    return ours, theirs, [first, shift, last, middle]


def measure_science() -> None:
    """Compiled against the eager engine, and against PyTorch on one thread; sums over 1,000 points with gradient."""
    rng = np.random.default_rng(0)
    cases: list[tuple[str, Any, Any, int]] = [
        ("recurrent cell, 64 steps x 20 units", recurrent(), rng.normal(size=(100, 64)), 1),
        ("attention head, 8 words of 8", attention(), rng.normal(size=(1000, 64)), 2),
        ("mixture of 10 Gaussians", mixture(), rng.normal(size=10_000), 50),
        ("Black-Scholes", black_scholes(), rng.uniform(80.0, 120.0, 10_000), 100),
        ("physics-informed network, 1-16-16-1", physics_informed(), rng.uniform(0.0, 3.0, 1000), 2),
    ]
    for name, (ours, theirs, parameters), points, sample in cases:
        program = autograd.compile(ours, widths=[points.shape[1] if points.ndim == 2 else None])
        step = program.bind(points, reduce="sum")
        compiled = least_time(step, 0.5)
        few = points[:sample].tolist()

        def eager(ours: Any = ours, few: Any = few) -> None:
            for point in few:
                ours([Value(x) for x in point] if isinstance(point, list) else Value(point)).backward()

        row(
            f"{name}, {len(points):,} points, against eager",
            compiled,
            least_time(eager, 0.5) * len(points) / sample,
            "50",
            "200",
            faster=True,
        )
        if find_spec("torch"):
            compiled, other = together(step, in_torch(theirs, points, parameters), rounds=3)
            row(f"{name}, against PyTorch", compiled, other, "1", "3", faster=True)


def in_torch(function: Callable[..., Any], points: Any, parameters: list[Any]) -> Callable[[], Any]:
    """The sum over the points, and its gradient, in PyTorch."""
    import torch

    torch.set_num_threads(1)

    def numbers(item: Any) -> Any:
        return [numbers(each) for each in item] if isinstance(item, list) else item.data

    leaves = [torch.tensor(numbers(each), dtype=torch.float64, requires_grad=True) for each in parameters]
    x = torch.from_numpy(points)

    def work() -> Any:
        total = function(torch, x, leaves).sum()
        return torch.autograd.grad(total, leaves)

    return work


def measure_prediction() -> None:
    """`model.predict` of 10^5 points, beside scikit-learn's network of the same size."""
    if not find_spec("sklearn"):
        return
    from sklearn.neural_network import MLPRegressor

    points = np.random.default_rng(0).normal(size=(100_000, 8))
    model = MLP(8, [32, 32, 1], seed=1)
    theirs = MLPRegressor(hidden_layer_sizes=(32, 32), max_iter=1, random_state=0).fit(points[:100], points[:100, 0])
    ours, other = together(lambda: model.predict(points), lambda: theirs.predict(points), rounds=3)
    row("predict, 8-32-32-1, 100,000 points, against scikit-learn", ours, other, "1", "2", faster=True)


def measure_against_jax() -> None:
    """A step of a network and an irregular expression, beside JAX's jit of the same."""
    if not find_spec("jax"):
        return
    x, y = moons()
    model = MLP(2, [16, 16, 1], seed=1)
    ours, other = together(compiled_step(model, lambda x, y: (1.0 - y * model(x)).relu(), x, y), hinge_in_jax(x, y))
    row("step of 2-16-16-1, 100 points, against JAX's jit", ours, other, "2.5", "4", faster=True)
    measure_irregular_against_jax("1.5", "3")


def measure_irregular_against_jax(must: str, aim: str) -> None:
    function, _ = irregular(1000)
    columns = list(np.random.default_rng(0).normal(size=(4, 10_000)))
    names = [name for name in ("numpy", "native") if name in (*quick_backends(), "numpy")]
    works = [autograd.compile(function, backend=name).bind(*columns) for name in (*names, "jax")]
    *ours, other = together(*works, rounds=3)
    cores = ", all cores" if ALL_CORES else ""
    for name, seconds in zip(names, ours, strict=True):
        what = f"irregular, 1,000 nodes, 10,000 points, {name} backend, against JAX's jit{cores}"
        row(what, seconds, other, must, aim, faster=True)


def hinge_in_jax(x: Any, y: Any) -> Callable[[], float]:
    import jax

    with jax.enable_x64(True):
        rng = np.random.default_rng(1)
        shapes = ((2, 16), 16, (16, 16), 16, (16, 1), 1)
        parameters = [jax.numpy.asarray(0.3 * rng.normal(size=shape)) for shape in shapes]
        points, targets = jax.numpy.asarray(x), jax.numpy.asarray(y)

    def loss(parameters: Any) -> Any:
        w1, b1, w2, b2, w3, b3 = parameters
        h = jax.nn.relu(jax.nn.relu(points @ w1 + b1) @ w2 + b2)
        return jax.nn.relu(1.0 - targets * (h @ w3 + b3)[:, 0]).mean()

    @jax.jit
    def step(parameters: Any) -> Any:
        value, gradients = jax.value_and_grad(loss)(parameters)
        return value, [p - RATE * g for p, g in zip(parameters, gradients, strict=True)]

    def work() -> float:
        nonlocal parameters
        with jax.enable_x64(True):
            value, parameters = step(parameters)
            return float(value)

    return work


def measure_compilation() -> None:
    for sizes, must, aim in (((64, 32, 10), "1 s", "0.3 s"), ((784, 50, 10), "10 s", "3 s")):
        model = MLP(sizes[0], list(sizes[1:]), seed=1)
        loss = classifier_loss(model)
        seconds = least_time(lambda: autograd.compile(loss, widths=[sizes[0], 10]), 0.1)  # noqa: B023
        name = "-".join(map(str, sizes))
        print(f"| recording and compiling {name} | {seconds:.3f} s | | | {must} | {aim} |", flush=True)
    what = "irregular, 30,000 nodes, numpy backend, until the first gradient"
    print(f"| {what} | {cost_of_nodes(30_000, 'numpy')[0]:.3f} s | | | 2 s | |", flush=True)


# Cost in nodes and in points.

NODES, POINTS_OF_BATCHES = [30, 100, 300, 1000, 3000, 10_000, 30_000], [100, 300, 1000, 3000, 10_000, 30_000, 100_000]
MOST_NODES = {"jax": 1000}  # beyond, compiling takes minutes
STYLES: dict[str, dict[str, Any]] = {
    "numpy": {"color": ACCENT, "marker": "o"},
    "native": {"color": INK, "marker": "s"},
    "jax": {"color": GREY, "marker": "^", "linestyle": "--"},
}


def plot_costs(path: str) -> None:
    """Cost against nodes and against points, over three decades each, beside JAX."""
    page, (compiling, running, batches) = figure(columns=3, width=4.6)
    names = [name for name in STYLES if name in BACKENDS and is_installed(name)]
    for name in names:
        nodes = [each for each in NODES if each <= MOST_NODES.get(name, each)]
        before, each = zip(*(cost_of_nodes(count, name) for count in nodes), strict=True)
        label = "JAX jit" if name == "jax" else f"backend {name}"
        compiling.loglog(nodes, before, label=label, **STYLES[name])
        running.loglog(nodes, each, label=label, **STYLES[name])
        batches.loglog(POINTS_OF_BATCHES, cost_of_points(name), label=label, **STYLES[name])
    compiling.set(
        title="until the first gradient, 100 points", xlabel="nodes of an irregular expression", ylabel="seconds"
    )
    running.set(title="a gradient, 100 points", xlabel="nodes of an irregular expression", ylabel="seconds")
    batches.set(title="a gradient, 300 nodes", xlabel="points", ylabel="seconds")
    for axes in (compiling, running, batches):
        axes.grid(alpha=0.3)
        axes.legend(frameon=False)
    limits = ", ".join(f"{name} ends at {most:,} nodes" for name, most in MOST_NODES.items() if name in names)
    page.suptitle(f"Cost of a program on one thread; {limits}, where compiling takes long", fontsize=10)
    page.savefig(path, dpi=DPI)
    print(f"\nThe plot is in {path}.")


def is_installed(name: str) -> bool:
    try:
        find_backend(name)
    except ImportError:
        return False
    return True


def cost_of_nodes(nodes: int, backend: str, points: int = 100) -> tuple[float, float]:
    function, _ = irregular(nodes)
    x = list(np.random.default_rng(0).normal(size=(4, 1, points)))
    start = time.process_time()
    program = autograd.compile(function, backend=backend, widths=[None] * 4)
    compiled = program._compile(backend)
    step = partial(
        compiled.sum_and_gradient(), compiled.numbers(), x, points
    )  # a nan, as of large sums, is no matter here
    step()
    return time.process_time() - start, least_time(step, 0.3)


def cost_of_points(backend: str) -> list[float]:
    function, _ = irregular(300)
    program = autograd.compile(function, backend=backend, widths=[None] * 4)
    rng = np.random.default_rng(0)
    return [least_time(program.bind(*rng.normal(size=(4, count))), 0.3) for count in POINTS_OF_BATCHES]


LENGTHS = (1000, 3000, 10_000, 30_000, 100_000, 300_000, 1_000_000)


def measure_long() -> None:
    """What long programs that never repeat take in machine code, at one point."""
    print("| operations | until the first gradient | of that an operation | a gradient | must | aim |")
    print("|---|---|---|---|---|---|")
    for nodes in LENGTHS:
        before, each = cost_of_nodes(nodes, "native", points=1)
        bars = "60 s | 15 s" if nodes == LENGTHS[-1] else " | "
        print(
            f"| {nodes:,} | {before:.2f} s | {before / nodes * 1e6:.0f} µs | {each * 1e6:,.0f} µs | {bars} |",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--plot", metavar="FILE", help="also plot cost against nodes and against points")
    parser.add_argument("--cpu-time", action="store_true", help="take the processor's time instead of the clock's")
    parser.add_argument("--all-cores", action="store_true", help="measure what several cores bring, by the clock")
    parser.add_argument("--long", action="store_true", help="the cost of long programs that never repeat, and no more")
    arguments = parser.parse_args()
    if arguments.cpu_time or arguments.long:
        global clock
        clock = time.process_time
    form, threads = "compiled" if autograd.native else "plain Python", "all cores" if ALL_CORES else "one thread"
    print(f"The eager engine is {form}; NumPy {np.__version__}; {threads}.\n")
    if arguments.long:
        measure_long()
        return
    print("| what | ours | other | ratio | must | aim |\n|---|---|---|---|---|---|")
    if ALL_CORES:
        measure_irregular_against_jax("2.5", "5")
        return
    measure_steps()
    measure_example()
    measure_science()
    measure_prediction()
    measure_irregular()
    measure_against_jax()
    measure_compilation()
    if arguments.plot:
        plot_costs(arguments.plot)


if __name__ == "__main__":
    main()
