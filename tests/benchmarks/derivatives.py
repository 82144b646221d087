"""What derivatives of derivatives cost, beside peers in the same run: loops, nested descents, sparse Hessians, series.

    python tests/benchmarks/derivatives.py

The particle and the saddle are those of Siskind and Pearlmutter, as GradBench has them. Times are of the process, the
best of a few runs. PyTorch and JAX take part where they are installed; HIPS autograd has this package's import name, so
it needs an environment of its own: give its Python as an argument, and that runs the particle of this file, too.
"""

from __future__ import annotations

import importlib
import importlib.util
import math
import os
import subprocess
import sys
import time
from itertools import pairwise


def best(run, times=3):
    """The shortest time that a call took, in seconds."""
    found = math.inf
    for _ in range(times):
        start = time.process_time()
        run()
        found = min(found, time.process_time() - start)
    return found


class Library:
    """What the programs below need: a square root, gradients that nest, and a plain number for comparisons."""

    def __init__(self, name):
        self.name = name
        self.depth = 0
        if name == "torch":
            self.torch = importlib.import_module("torch")
            self.torch.set_num_threads(1)
            self.sqrt = self.torch.sqrt
            return
        self.grad = importlib.import_module("autograd").grad
        self.sqrt = importlib.import_module("autograd.numpy" if name == "hips" else "autograd").sqrt

    def number(self, x):
        """The number of a variable; for HIPS autograd, however deep it is wrapped."""
        if self.name == "hips":
            while not isinstance(x, (int, float)):
                x = x._value
            return x
        return x if isinstance(x, (int, float)) else x.item() if self.name == "torch" else x.data

    def gradient(self, f):
        """The gradient of a function of a list."""
        if self.name != "torch":
            return self.grad(f)

        def gradient_of_f(xs):
            torch = self.torch
            leaves = [x if isinstance(x, torch.Tensor) else torch.tensor(x, dtype=torch.float64) for x in xs]
            leaves = [(x if x.requires_grad else x.clone().requires_grad_()).view_as(x) for x in leaves]
            self.depth += 1
            try:
                y = f(leaves)
            finally:
                self.depth -= 1
            found = torch.autograd.grad(y, leaves, create_graph=self.depth > 0)
            return list(found) if self.depth else [each.item() for each in found]

        return gradient_of_f


def particle(library):
    """Where a charged particle crosses an axis, as a function of where a charge sits; forces are gradients."""
    sqrt, number = library.sqrt, library.number

    def distance(u, v):
        return sqrt((u[0] - v[0]) * (u[0] - v[0]) + (u[1] - v[1]) * (u[1] - v[1]))

    def crossing(ws):
        charges = [(10.0, 10.0 - ws[0]), (10.0, 0.0)]
        force = library.gradient(lambda x: 1 / distance(charges[0], x) + 1 / distance(charges[1], x))
        x, v, step = [0.0, 8.0], [0.75, 0.0], 0.1
        while True:
            slope = force(x)
            x = [x[0] + step * v[0], x[1] + step * v[1]]
            if number(x[1]) <= 0:
                at = x[0] - x[1] / v[1] * v[0]
                return at * at
            v = [v[0] - step * slope[0], v[1] - step * slope[1]]

    return lambda: library.gradient(crossing)([0.5])


def saddle(library):
    """The saddle point of a function, by a descent in a descent."""
    number = library.number

    def size(xs):
        return math.sqrt(sum(number(x) ** 2 for x in xs))

    def argmin(f, x):
        gradient = library.gradient(f)
        fx, gx, i, rate = f(x), gradient(x), 0, 1e-5
        while size(gx) > 1e-5:
            if i == 10:
                rate, i = 2 * rate, 0
                continue
            nearby = [a - rate * b for a, b in zip(x, gx, strict=True)]
            if size([number(a) - number(b) for a, b in zip(x, nearby, strict=True)]) <= 1e-5:
                break
            f_nearby = f(nearby)
            if number(f_nearby) < number(fx):
                x, fx, gx, i = nearby, f_nearby, gradient(nearby), i + 1
            else:
                rate, i = rate / 2, 0
        return x

    def f(p, q):
        return (p[0] * p[0] + p[1] * p[1]) - (q[0] * q[0] + q[1] * q[1])

    return lambda: argmin(lambda p: f(p, argmin(lambda q: -f(p, q), [1.0, 1.0])), [1.0, 1.0])


def run(name, times=3):
    """Seconds for the particle and the saddle."""
    library = Library(name)
    return best(particle(library), times), best(saddle(library), 1)


def ours():
    """What has no peer here, or another one."""
    import autograd

    def descend(steps):
        def f(x):
            for _ in range(steps):
                x = x - 0.01 * autograd.grad(lambda t: t * t * 0.5)(x)
            return x

        return lambda: autograd.grad(f)(1.0)

    print(f"800 steps against 100: {best(descend(800)) / best(descend(100)):.1f} times")

    def chain(x):
        total = 0.0
        for a, b in pairwise(x):
            total = total + (b - a * a) ** 2
        return total

    for n in (1_000, 10_000):
        seconds = best(lambda n=n: autograd.hessian(chain, sparse=True)([0.001 * i for i in range(n)]))
        print(f"tridiagonal Hessian of {n:,} variables: {seconds:.3f} s")

    def wave(x):
        return autograd.sin(autograd.exp(x))

    nested = wave
    for _ in range(8):
        nested = autograd.grad(nested)
    eighth, twentieth = (best(lambda n=n: autograd.taylor(wave, 0.3, n), 50) for n in (8, 20))
    print(
        f"order 8 of sin(exp(x)): {eighth * 1e6:.0f} us, nested grad {best(lambda: nested(0.3)) / eighth:.0f} times that"
    )
    try:
        import jax
        from jax.experimental.jet import jet
    except ImportError:
        return
    jax.config.update("jax_enable_x64", True)
    program = jax.jit(lambda x: jet(lambda x: jax.numpy.sin(jax.numpy.exp(x)), (x,), ((1.0, *[0.0] * 19),)))
    compiling = best(lambda: jax.block_until_ready(program(0.3)), 1)
    running = best(lambda: jax.block_until_ready(program(0.3)), 50)
    print(
        f"order 20: {twentieth * 1e6:.0f} us; JAX's jet {compiling:.1f} s to compile and {running * 1e6:.0f} us to run"
    )


def main():
    """Run everything; or in an environment of HIPS autograd's its part."""
    if sys.argv[1:] == ["--as-hips"]:
        print(best(particle(Library("hips")), 1))
        return
    mine = run("ours")
    print(f"particle {mine[0] * 1e3:.0f} ms, saddle {mine[1] * 1e3:.0f} ms")
    if importlib.util.find_spec("torch"):
        particles, saddles = (their / my for their, my in zip(run("torch"), mine, strict=True))
        print(f"PyTorch takes {particles:.1f} times as long for the particle, {saddles:.1f} times for the saddle")
    for python in sys.argv[1:]:
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        command = [python, __file__, "--as-hips"]
        output = subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout
        print(f"HIPS autograd takes {float(output) / mine[0]:.1f} times as long for the particle")
    ours()


if __name__ == "__main__":
    main()
