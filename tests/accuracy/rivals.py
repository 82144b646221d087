"""What PyTorch and JAX say on the same points, in double precision, where they are installed."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

Key = tuple[int, ...]
Results = dict[Key, Any] | None


def torch_results(name: str, points: Any, keys: list[Key]) -> Results:
    """Value, first and second partials by PyTorch; None if it has no such operation."""
    import torch

    functional = torch.nn.functional
    own_names = {
        "add": torch.add, "sub": torch.sub, "neg": torch.neg, "pos": torch.positive,
        "softplus": functional.softplus, "relu": torch.relu, "leaky_relu": functional.leaky_relu,
        "silu": functional.silu, "gelu": functional.gelu,
        "sum": lambda *xs: torch.stack(xs).sum(0), "mean": lambda *xs: torch.stack(xs).mean(0),
        "prod": lambda *xs: torch.stack(xs).prod(0), "logsumexp": lambda *xs: torch.stack(xs).logsumexp(0),
        "dot": lambda *xs: (torch.stack(xs[:3]) * torch.stack(xs[3:])).sum(0),
        "where": lambda c, x, y: torch.where(c != 0, x, y),
        "floordiv": torch.floor_divide, "mod": torch.remainder, "cbrt": None, "normal_cdf": torch.special.ndtr,
        "less": None, "less_equal": None, "equal": None, "not_equal": None, "isnan": None, "isfinite": None, "stop_gradient": torch.detach,
    }  # fmt: skip
    function = own_names.get(name, getattr(torch, name, None))
    if function is None:
        return None
    xs = [torch.tensor(column, dtype=torch.float64, requires_grad=True) for column in points.T.copy()]
    value = function(*xs)

    def derivative(y: Any, i: int) -> Any:
        if not y.requires_grad:
            return torch.zeros_like(xs[i])
        (slope,) = torch.autograd.grad(y.sum(), xs[i], create_graph=True, allow_unused=True, materialize_grads=True)
        return slope

    return _differentiate(keys, value, derivative, lambda y: y.detach().numpy())


def jax_results(name: str, points: Any, keys: list[Key]) -> Results:
    """Value, first and second partials by JAX; None if it has no such operation."""
    import jax

    with jax.enable_x64(True):
        jnp, nn = jax.numpy, jax.nn
        own_names = {
            "add": jnp.add, "sub": jnp.subtract, "mul": jnp.multiply, "div": jnp.divide, "neg": jnp.negative,
            "pos": jnp.positive, "erf": jax.scipy.special.erf, "erfc": jax.scipy.special.erfc,
            "normal_cdf": jax.scipy.special.ndtr, "sigmoid": nn.sigmoid, "softplus": nn.softplus, "relu": nn.relu,
            "leaky_relu": nn.leaky_relu, "silu": nn.silu, "gelu": lambda x: nn.gelu(x, approximate=False),
            "sum": lambda *xs: jnp.sum(jnp.stack(xs), 0), "mean": lambda *xs: jnp.mean(jnp.stack(xs), 0),
            "prod": lambda *xs: jnp.prod(jnp.stack(xs), 0),
            "logsumexp": lambda *xs: jax.scipy.special.logsumexp(jnp.stack(xs), 0),
            "dot": lambda *xs: jnp.sum(jnp.stack(xs[:3]) * jnp.stack(xs[3:]), 0),
            "where": lambda c, x, y: jnp.where(c != 0, x, y), "less": None, "less_equal": None, "equal": None, "not_equal": None,
            "floordiv": jnp.floor_divide, "isnan": None, "isfinite": None, "stop_gradient": jax.lax.stop_gradient,
        }  # fmt: skip
        function = own_names.get(name, getattr(jnp, name, None))
        if function is None:
            return None
        columns = tuple(jnp.asarray(column, dtype=jnp.float64) for column in points.T)

        def derivative(f: Any, i: int) -> Any:
            return jax.grad(lambda *xs: f(*xs).sum(), i)

        return _differentiate(keys, function, derivative, lambda f: np.asarray(jax.jit(f)(*columns)))


def _differentiate(keys: list[Key], value: Any, derivative: Callable[..., Any], read: Callable[..., Any]) -> Results:
    results = {}
    for key in keys:
        each = value
        for i in key:
            each = derivative(each, i)
        results[key] = read(each)
    return results


RIVALS: dict[str, Callable[[str, Any, list[Key]], Results]] = {
    label: results
    for label, module, results in (("PyTorch", "torch", torch_results), ("JAX", "jax", jax_results))
    if find_spec(module)
}
"""The engines to compare with that are installed here, by name."""
