"""Print what each library makes of the roads not taken: ``python -m tests.roads_not_taken``."""

from __future__ import annotations

import math
from importlib.util import find_spec
from itertools import chain
from types import SimpleNamespace
from typing import TYPE_CHECKING

import autograd

from .cases import CASES

if TYPE_CHECKING:
    from collections.abc import Callable

    from .cases import Case

    Gradient = Callable[[Case], list[float]]
    Hessian = Callable[[Case], list[list[float]]]

NAMES = "where sqrt cbrt relu maximum minimum log log1p log2 log10 exp sin sinh cosh erf acos acosh atanh atan2 isnan isfinite"
NAMES += " stop_gradient sign floor"
IN_JAX = {"acos": "arccos", "acosh": "arccosh", "atanh": "arctanh", "atan2": "arctan2"}


def ours() -> tuple[Gradient, Hessian]:
    """By this library."""

    def on_list(case: Case) -> Callable[[list[float]], object]:
        return lambda xs: case.function(autograd, *xs)

    return (
        lambda case: list(autograd.grad(on_list(case))(list(case.at))),
        lambda case: [list(row) for row in autograd.hessian(on_list(case))(list(case.at))],
    )


def jax() -> tuple[Gradient, Hessian]:
    """By JAX."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    special = {"relu": jax.nn.relu, "erf": jax.scipy.special.erf, "stop_gradient": jax.lax.stop_gradient}
    library = SimpleNamespace(**{n: special.get(n) or getattr(jnp, IN_JAX.get(n, n)) for n in NAMES.split()})

    def function(case: Case) -> Callable[..., object]:
        return lambda xs: case.function(library, *xs)

    def at(case: Case) -> list[object]:
        return [jnp.asarray(x) for x in case.at]

    return (
        lambda case: [float(x) for x in jax.grad(function(case))(at(case))],
        lambda case: [[float(x) for x in row] for row in jax.hessian(function(case))(at(case))],
    )


def torch() -> tuple[Gradient, Hessian]:
    """By PyTorch."""
    import torch

    torch.set_default_dtype(torch.float64)
    binary = ("maximum", "minimum", "where")
    special = {
        **{n: lambda *xs, n=n: getattr(torch, n)(*(torch.as_tensor(x) for x in xs)) for n in binary},
        "cbrt": lambda x: torch.sign(x) * torch.abs(x) ** (1 / 3),
        "stop_gradient": torch.detach,
    }
    library = SimpleNamespace(**{n: special.get(n) or getattr(torch, n) for n in NAMES.split()})

    def hessian(case: Case) -> list[list[float]]:
        rows: list[list[float]] = torch.autograd.functional.hessian(
            lambda xs: case.function(library, *xs), torch.tensor(case.at)
        ).tolist()
        return rows

    def gradient(case: Case) -> list[float]:
        xs = torch.tensor(case.at, requires_grad=True)
        value = case.function(library, *xs)
        if not value.requires_grad:
            return [0.0] * len(case.at)
        value.backward()
        slopes: list[float] = xs.grad.tolist()
        return slopes

    return gradient, hessian


LIBRARIES = {"ours": ours, "PyTorch": torch, "JAX": jax}


def verdict(found: list[float], truth: list[float]) -> str:
    """How a library did: right, nan, or wrong."""
    if all(math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-9) for a, b in zip(found, truth, strict=True)):
        return "right"
    return "nan" if any(map(math.isnan, found)) else "wrong"


def main() -> None:
    """Print the table in Markdown: of each case the first and the second derivatives."""
    present = [name for name in LIBRARIES if name == "ours" or find_spec(name.lower().replace("pytorch", "torch"))]
    libraries = {name: LIBRARIES[name]() for name in present}
    counts = dict.fromkeys(present, 0)
    print("| a road not taken | reported | " + " | ".join(present) + " |")
    print("|---|---|" + "---|" * len(present))
    for case in CASES:
        cells = []
        for name, (gradient, hessian) in libraries.items():
            first = verdict(gradient(case), case.gradient())
            second = verdict([*chain(*hessian(case))], [*chain(*case.hessian())])
            counts[name] += first == "right"
            cells.append(first if first == second else f"{first}, {second}")
        print(f"| {case.name} | {case.reported} | " + " | ".join(cells) + " |")
    print(f"| gradients that are right, of {len(CASES)} | | " + " | ".join(map(str, counts.values())) + " |")


if __name__ == "__main__":
    main()
