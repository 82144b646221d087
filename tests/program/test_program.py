"""`autograd.compile`: what a program is called with, what it answers, and what it refuses."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import numpy as np
import pytest

import autograd
from autograd import Value
from autograd.program import blocks
from tests.program.eager import JAX, NATIVE, assert_agrees

W, B = autograd.variables(w=2.0, b=1.0)


def error(x, y):
    return (W * x + B - y) ** 2


def norm(xs):
    return autograd.sum([W * x**2 for x in xs])


@pytest.fixture(params=["numpy", "python", NATIVE, JAX])
def backend(request):
    return request.param


class TestCalls:
    def test_a_batch_has_a_value_for_each_point(self, backend):
        values = autograd.compile(error, backend=backend)([1.0, 2.0, 3.0], [3.0, 4.0, 8.0])
        assert isinstance(values, np.ndarray)
        assert values.tolist() == [0.0, 1.0, 1.0]

    def test_a_sequence_gains_a_leading_axis(self, backend):
        assert autograd.compile(norm, backend=backend)([[1.0, 2.0], [3.0, 4.0]]).tolist() == [10.0, 50.0]

    def test_a_point_without_leading_axis_has_a_float(self, backend):
        program = autograd.compile(error, backend=backend)
        assert program(1.0, 3.0) == 0.0
        assert isinstance(program(1.0, 3.0), float)
        assert autograd.compile(norm, backend=backend, widths=[2])([1.0, 2.0]) == 10.0

    def test_the_gradient_is_that_of_the_mean_or_the_sum(self, backend):
        program = autograd.compile(error, backend=backend)
        batch = [1.0, 2.0], [3.0, 4.0]
        for reduce, value, gradient in (("mean", 0.5, {W: 2.0, B: 1.0}), ("sum", 1.0, {W: 4.0, B: 2.0})):
            obtained, flat = program.value_and_grad(*batch, reduce=reduce)
            assert obtained == value
            assert dict(zip(program.parameters, flat, strict=True)) == gradient

    def test_changing_a_parameter_changes_the_next_call(self, backend):
        w = Value(1.0)
        program = autograd.compile(lambda x: w * x, backend=backend)
        assert program([3.0]).tolist() == [3.0]
        w.data = 2.0
        assert program([3.0]).tolist() == [6.0]

    def test_a_function_of_no_arguments_has_one_value(self, backend):
        program = autograd.compile(lambda: W * W + B, backend=backend)
        assert program() == 5.0
        value, gradient = program.value_and_grad()
        assert value == 5.0
        assert dict(zip(program.parameters, gradient, strict=True)) == {W: 4.0, B: 1.0}

    def test_a_function_without_parameters_has_an_empty_gradient(self, backend):
        value, gradient = autograd.compile(lambda x: x * x, backend=backend).value_and_grad([3.0])
        assert (value, len(gradient)) == (9.0, 0)

    def test_an_empty_batch_has_no_values(self, backend):
        assert autograd.compile(error, backend=backend)([], []).shape == (0,)

    def test_results_are_not_overwritten_by_the_next_call(self):
        program = autograd.compile(error)
        values, (_, gradient) = program([1.0], [0.0]), program.value_and_grad([1.0], [0.0])
        kept = values.copy(), gradient.copy()
        program([5.0], [9.0])
        program.value_and_grad([5.0], [9.0])
        assert (values.tolist(), gradient.tolist()) == (kept[0].tolist(), kept[1].tolist())

    def test_a_large_batch_is_worked_off_in_blocks_to_the_same_result(self, monkeypatch):
        monkeypatch.setattr(blocks, "_BLOCK", 0)
        monkeypatch.setattr(blocks, "_LEAST", 777)
        program = autograd.compile(error, backend="numpy")
        rng = np.random.default_rng(0)
        x, y = rng.normal(size=(2, 20_001))
        assert np.allclose(program(x, y), (2.0 * x + 1.0 - y) ** 2, rtol=1e-14)
        value, gradient = program.value_and_grad(x, y)
        residuals = 2.0 * x + 1.0 - y
        assert value == pytest.approx((residuals**2).mean(), rel=1e-12)
        expected = {W: (2 * residuals * x).mean(), B: 2 * residuals.mean()}
        assert dict(zip(program.parameters, gradient, strict=True)) == pytest.approx(expected, rel=1e-12)

    def test_integers_and_truth_values_are_numbers(self):
        assert autograd.compile(error)([1, 2], [True, False]).tolist() == [4.0, 25.0]

    def test_infinities_pass_without_a_warning(self):
        with np.errstate(all="raise"):
            assert autograd.compile(lambda x: 1.0 / x)([0.0, np.inf]).tolist() == [np.inf, 0.0]

    def test_threads_do_not_disturb_one_another(self):
        program = autograd.compile(error)
        wrong = []

        def work(seed):
            x = np.full(50, float(seed))
            for _ in range(200):
                if program(x, x).tolist() != ((x + 1.0) ** 2).tolist():
                    wrong.append(seed)

        threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not wrong


class TestWhatItShows:
    def test_the_source_is_code_with_shapes(self):
        source = autograd.compile(error, backend="numpy").source
        assert "matmul(" in source
        assert "# (1, n)" in source

    def test_the_source_holds_no_text_of_the_user(self):
        sneaky = autograd.Value(1.0, label="import_os")
        assert "import_os" not in autograd.compile(lambda x: sneaky * x).source

    def test_the_graph_draws(self):
        assert "<svg" in autograd.compile(error).graph.pipe("svg").decode()

    def test_its_representation_names_it(self):
        program = autograd.compile(error, backend="numpy")
        assert repr(program) == "<program error with 2 parameters, backend numpy>"
        assert repr(program.bind([1.0], [2.0])) == "<bound program of 1 point, 2 parameters>"


class TestBind:
    def test_a_step_trains_in_a_flat_array_and_gives_the_numbers_back(self, backend):
        w = Value(0.0)
        step = autograd.compile(lambda x, y: (w * x - y) ** 2, backend=backend).bind([1.0, 2.0], [2.0, 4.0])
        for _ in range(60):
            step()
            step.parameters -= 0.1 * step.gradient
        step.store()
        assert w.data == pytest.approx(2.0, rel=1e-9)

    def test_it_takes_another_batch_of_the_same_size(self):
        program = autograd.compile(error)
        step = program.bind([1.0, 2.0], [3.0, 4.0])
        step.feed([np.array([[5.0, 6.0]]), np.array([[7.0, 8.0]])])
        assert step() == program.value_and_grad([5.0, 6.0], [7.0, 8.0])[0]

    def test_it_loads_what_the_values_hold(self):
        w = Value(1.0)
        step = autograd.compile(lambda x: w * x).bind([1.0])
        w.data = 5.0
        assert step() == 1.0
        step.load()
        assert step() == 5.0


class TestBadInput:
    @pytest.mark.parametrize(
        ("batch", "kind", "words"),
        [
            (([1.0, 2.0], [1.0]), ValueError, ["'x' has 2", "'y' has 1"]),
            (([1.0],), TypeError, ["2 arguments", "but got 1; give one batch for each"]),
            (([1.0], [1.0], [1.0]), TypeError, ["2 arguments", "but got 3"]),
            (([[1.0, 2.0]], [1.0]), ValueError, ["'x'", "(n,)", "(1, 2)"]),
            (([1.0, float("nan")], [1.0, 2.0]), ValueError, ["'x'", "nan at point 1", "allow_nan"]),
            ((["a"], [1.0]), TypeError, ["'x'", "real numbers", "<U1"]),
            (([1.0], [1j]), TypeError, ["'y'", "complex"]),
            (([None], [1.0]), TypeError, ["'x'", "object; give an array of floats"]),
            (([Value(1.0)], [1.0]), TypeError, ["'x'", "object; give their numbers, .data", "jacobian"]),
            (([[1.0], [1.0, 2.0]], [1.0, 2.0]), ValueError, ["'x'", "unequal length"]),
        ],
    )
    def test_a_batch_that_does_not_fit_is_refused_by_name(self, batch, kind, words):
        program = autograd.compile(error)
        program([1.0], [1.0])
        for call in (program, program.value_and_grad, program.bind):
            with pytest.raises(kind) as caught:
                call(*batch)
            assert all(word in str(caught.value) for word in words), caught.value

    def test_sequences_of_another_width_are_refused(self):
        program = autograd.compile(norm)
        program([[1.0, 2.0]])
        with pytest.raises(ValueError, match=r"'xs' must have shape \(n, 2\).*has \(1, 3\)"):
            program([[1.0, 2.0, 3.0]])

    def test_nan_passes_on_request(self):
        values = autograd.compile(error, allow_nan=True)([np.nan, 1.0], [1.0, 3.0])
        assert np.isnan(values).tolist() == [True, False]

    def test_an_empty_batch_has_no_gradient(self):
        with pytest.raises(ValueError, match="empty batch"):
            autograd.compile(error).value_and_grad([], [])

    def test_an_unknown_reduction_is_refused(self):
        with pytest.raises(ValueError, match="'mean' or 'sum', but got 'max'"):
            autograd.compile(error).value_and_grad([1.0], [1.0], reduce="max")

    def test_an_unknown_backend_is_refused(self):
        with pytest.raises(ValueError, match="no backend 'fortran'"):
            autograd.compile(error, backend="fortran")

    def test_a_backend_that_is_not_installed_says_what_to_install(self, monkeypatch):
        monkeypatch.delitem(sys.modules, "autograd.program.backends.jax", raising=False)
        monkeypatch.setitem(sys.modules, "jax", None)
        with pytest.raises(ImportError, match="pip install jax"):
            autograd.compile(error, backend="jax")

    def test_what_only_the_first_batch_can_tell_is_said_so(self):
        with pytest.raises(ValueError, match="widths"):
            autograd.compile(norm).parameters  # noqa: B018

    def test_the_functions_own_error_comes_through(self):
        with pytest.raises(TypeError, match="iterable"):
            autograd.compile(norm)([1.0, 2.0])


class TestBackends:
    def test_plain_floats_follow_ieee_754_where_python_raises(self):
        program = autograd.compile(lambda x: (W * x).exp() / x + x**0.5, backend="python")
        assert program(0.0) == np.inf
        assert np.isnan(program(-1.0))
        assert program(1000.0) == np.inf
        assert_agrees(
            lambda x: (W * x).exp() / x, autograd.compile(lambda x: (W * x).exp() / x, backend="python"), [0.0]
        )

    def test_jax_spreads_a_batch_over_its_devices(self, tmp_path):
        pytest.importorskip("jax")
        script = tmp_path / "spread.py"
        script.write_text(
            "import jax, numpy as np, autograd\n"
            "w, b = autograd.variables(w=2.0, b=1.0)\n"
            "f = lambda x, y: ((w * x + b).tanh() - y) ** 2\n"
            "x, y = np.random.default_rng(0).normal(size=(2, 103))\n"
            "there, here = autograd.compile(f, backend='jax'), autograd.compile(f)\n"
            "assert len(jax.devices()) == 4\n"
            "assert np.allclose(there(x, y), here(x, y), rtol=1e-13)\n"
            "assert all(np.allclose(*pair, rtol=1e-13) for pair in zip(there.value_and_grad(x, y), here.value_and_grad(x, y)))\n"
            "assert there._compile('jax').values.kernel.devices == 4\n"
            "assert not jax.config.jax_enable_x64\n"
        )
        environment = {**os.environ, "XLA_FLAGS": "--xla_force_host_platform_device_count=4", "JAX_PLATFORMS": "cpu"}
        subprocess.run([sys.executable, script], env=environment, check=True)
