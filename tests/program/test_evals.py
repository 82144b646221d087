"""The evals that programs are measured by: every backend, and the peers, come to the gradient that the eager engine has."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pytest

from autograd.program.backends import BACKENDS, find_backend
from tests.benchmarks.evals import NAMES
from tests.benchmarks.evals.problem import flat


def eval_at_its_smallest(name):
    module = import_module(f"tests.benchmarks.evals.{name}")
    return module, module.data(module.SIZES["tiny"])


def assert_gradient(obtained, expected):
    assert np.abs(flat(obtained) - expected).max() <= 1e-12 * np.abs(expected).max()


SLOW = {"jax"}  # to compile


@pytest.mark.parametrize(
    "backend", [pytest.param(each, marks=pytest.mark.slow) if each in SLOW else each for each in BACKENDS]
)
@pytest.mark.parametrize("name", NAMES)
def test_every_backend_has_the_gradient_of_the_eager_engine(name, backend):
    if (name, backend) == ("particle", "jax"):
        pytest.skip("XLA compiles some thousand scalar operations in one piece for a quarter of an hour")
    try:
        find_backend(backend)
    except ImportError as error:
        pytest.skip(str(error))
    module, data = eval_at_its_smallest(name)
    problem = module.ours(*data)
    assert_gradient(problem.compiled(backend)(), flat(problem.eager()()))


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_jax_has_the_same_gradient(name):
    jax = pytest.importorskip("jax")
    module, data = eval_at_its_smallest(name)
    with jax.enable_x64(True):
        obtained = module.in_jax(*data)()
    assert_gradient(obtained, flat(module.ours(*data).eager()()))


@pytest.mark.parametrize("name", NAMES)
def test_pytorch_has_the_same_gradient(name):
    pytest.importorskip("torch")
    module, data = eval_at_its_smallest(name)
    assert_gradient(module.in_torch(*data)(), flat(module.ours(*data).eager()()))
