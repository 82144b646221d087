"""What a program offers beyond values and a gradient: several results, Jacobians, broadcasting, copies, checks."""

from __future__ import annotations

import copy
import math
import os
import pickle
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
from autograd import Value
from autograd.engine import ops
from autograd.program import UnfaithfulError, blocks, choice
from autograd.program.compiled import array_work
from tests.program.eager import NATIVE

W, B = autograd.variables(w=2.0, b=1.0)
BACKENDS = ["numpy", "python", NATIVE, "auto"]


def line(x):
    return W * x + B


def euler(x, steps=300):
    for _ in range(steps):
        x = x + 0.001 * (W * autograd.sin(x) - B * x)
    return x


@pytest.fixture(params=BACKENDS)
def backend(request):
    return request.param


class TestResults:
    def test_a_list_has_an_axis_after_that_of_the_points(self, backend):
        program = autograd.compile(lambda x: [W * x, x + B, 3.0], backend=backend)
        assert program([1.0, 2.0]).tolist() == [[2.0, 2.0, 3.0], [4.0, 3.0, 3.0]]
        assert program(1.0).tolist() == [2.0, 2.0, 3.0]
        assert program([]).shape == (0, 3)

    def test_rows_of_lists_keep_their_shape(self, backend):
        program = autograd.compile(lambda x: [[x, W], [B, x * x]], backend=backend)
        assert program([3.0]).tolist() == [[[3.0, 2.0], [1.0, 9.0]]]

    def test_several_have_no_one_gradient(self):
        with pytest.raises(ValueError, match=r"shape \(2,\).*jacobian"):
            autograd.compile(lambda x: [x, W * x]).value_and_grad([1.0])

    def test_what_depends_on_nothing_is_the_same_at_each_point_with_gradient_0(self, backend):
        program = autograd.compile(lambda x, y: W * 1.5, backend=backend)
        assert program([1.0, 2.0], [0.0, 0.0]).tolist() == [3.0, 3.0]
        assert program.value_and_grad([1.0, 2.0], [0.0, 0.0], reduce="sum")[1].tolist() == [3.0]
        assert [each.tolist() for each in program.jacobian([1.0, 2.0], [0.0, 0.0])] == [[0.0, 0.0], [0.0, 0.0]]
        assert autograd.compile(lambda x: 4.0, backend=backend)([1.0, 2.0]).tolist() == [4.0, 4.0]


class TestJacobian:
    def test_with_respect_to_arguments_at_each_point(self, backend):
        program = autograd.compile(lambda x, y: W * x * y, backend=backend)
        by_x, by_y = program.jacobian([1.0, 2.0], [3.0, 4.0])
        assert (by_x.tolist(), by_y.tolist()) == ([6.0, 8.0], [2.0, 4.0])

    def test_of_several_results_with_respect_to_a_sequence(self, backend):
        program = autograd.compile(lambda x: [x[0] * x[1], x[1] + B], widths=[2], backend=backend)
        assert program.jacobian([[2.0, 5.0]]).tolist() == [[[5.0, 2.0], [0.0, 1.0]]]
        assert program.jacobian([2.0, 5.0]).tolist() == [[5.0, 2.0], [0.0, 1.0]]

    def test_with_respect_to_parameters_at_each_point(self, backend):
        program = autograd.compile(line, backend=backend, parameters=[B, W])
        assert program.jacobian([5.0, 7.0], of="parameters").tolist() == [[1.0, 5.0], [1.0, 7.0]]

    def test_of_what_is_the_argument_itself_is_1(self, backend):
        assert autograd.compile(lambda x: x, backend=backend).jacobian([5.0, 7.0]).tolist() == [1.0, 1.0]

    def test_of_anything_else_is_refused(self):
        with pytest.raises(ValueError, match="'arguments' or 'parameters', but got 'inputs'"):
            autograd.compile(line).jacobian([1.0], of="inputs")


class TestArguments:
    def test_a_scalar_beside_a_batch_is_the_same_at_each_point(self, backend):
        program = autograd.compile(lambda x, y: W * x + y, backend=backend)
        assert program([1.0, 2.0], 10.0).tolist() == [12.0, 14.0]
        assert program(1.0, [10.0, 20.0]).tolist() == [12.0, 22.0]

    def test_a_sequence_without_the_leading_axis_is_the_same_at_each_point(self, backend):
        program = autograd.compile(lambda x, y: autograd.dot(x, y), widths=[2, 2], backend=backend)
        assert program([[1.0, 2.0], [3.0, 4.0]], [1.0, 10.0]).tolist() == [21.0, 43.0]

    def test_one_program_serves_batches_of_any_size(self, backend):
        program = autograd.compile(line, backend=backend)
        for n in (1, 7, 0, 100, 7):
            assert program(np.arange(n)).tolist() == (2.0 * np.arange(n) + 1.0).tolist()


class TestParameters:
    def test_given_parameters_fix_the_order_and_unused_ones_have_the_gradient_0(self, backend):
        unused = Value(7.0)
        program = autograd.compile(line, backend=backend, parameters=[B, unused, W])
        assert program.parameters == [B, unused, W]
        assert program.value_and_grad([3.0])[1].tolist() == [1.0, 0.0, 3.0]

    def test_leaves_that_are_not_given_are_read_and_not_trained(self, backend):
        frozen = Value(5.0)
        program = autograd.compile(lambda x: W * x + frozen, backend=backend, parameters=[W])
        assert program.value_and_grad([3.0])[1].tolist() == [3.0]
        frozen.data = 6.0
        assert program([3.0]).tolist() == [12.0]
        step = program.bind([3.0])
        assert (step(), step.gradient.tolist()) == (12.0, [3.0])

    def test_a_list_that_changes_afterwards_changes_nothing(self):
        listed = [W, B]
        program = autograd.compile(line, parameters=listed)
        listed.clear()
        program.parameters.clear()
        assert program.value_and_grad([3.0])[1].tolist() == [3.0, 1.0]


class TestBackend:
    @pytest.fixture
    def _without_llvmlite(self, monkeypatch):
        monkeypatch.setattr(choice, "has_native", lambda: False)

    @pytest.mark.usefixtures("_without_llvmlite")
    def test_a_long_calculation_at_one_point_runs_on_plain_floats(self):
        program = autograd.compile(euler)
        value, gradient = program.value_and_grad(0.5)
        assert program.backend == "python"
        assert isinstance(value, float)
        assert isinstance(gradient, np.ndarray)

    @pytest.mark.usefixtures("_without_llvmlite")
    def test_a_long_calculation_at_many_points_runs_on_arrays(self):
        program = autograd.compile(euler)
        program(np.linspace(0.0, 1.0, 500))
        assert program.backend == "numpy"
        assert "machine code needs llvmlite" in repr(program.backend)

    def test_a_long_calculation_runs_in_machine_code_with_llvmlite(self):
        pytest.importorskip("llvmlite")
        program = autograd.compile(euler)
        for x in (0.5, np.linspace(0.0, 1.0, 500)):
            program(x)
            assert program.backend == "native"
        assert repr(program.backend).startswith("'native'  # it takes about ")

    def test_what_is_quicker_on_arrays_runs_on_arrays_even_with_llvmlite(self):
        xs = autograd.variables(**{f"x{i}": 0.1 * i for i in range(2000)})
        program = autograd.compile(lambda: autograd.logsumexp(xs))
        program()
        assert program.backend == "numpy"

    def test_what_would_take_long_to_compile_for_what_it_gains_runs_on_plain_floats(self, monkeypatch):
        pytest.importorskip("llvmlite")
        monkeypatch.setattr(choice, "_MAKING", 1e9)
        program = autograd.compile(line)
        program(0.5)
        assert program.backend == "python"
        assert "would take long to make up for" in repr(program.backend)

    def test_a_long_function_without_regularity_runs_in_machine_code_on_large_batches_too(self):
        pytest.importorskip("llvmlite")
        rng = random.Random(0)

        def function(x, y):
            values = [x, y, W, B]
            for _ in range(15_000):
                values.append(rng.choice((ops.add, ops.sub, ops.mul))(rng.choice(values), values[-1]))
            return values[-1]

        program = autograd.compile(function)
        assert {program._choose(points) for points in (1, 100, 10_000)} == {"native"}

    def test_what_is_the_same_at_each_point_is_computed_once(self):
        weights = [Value(0.1 * i) for i in range(100)]
        program = autograd.compile(lambda x: x * sum(weight.exp() * i for i, weight in enumerate(weights)))
        assert array_work(program._compile("numpy").root).rows == 1

    def test_a_choice_is_a_name_that_keeps_its_reason(self):
        backend = autograd.compile(line).backend
        for copy_of in (copy.copy(backend), pickle.loads(pickle.dumps(backend))):
            assert copy_of == backend
            assert copy_of.reason == backend.reason

    def test_where_no_machine_code_can_be_made_the_next_best_is_chosen_and_says_so(self, monkeypatch):
        machine = pytest.importorskip("autograd.program.backends.native.machine")

        def fail(*_, **__):
            raise OSError("no memory can be made executable")

        monkeypatch.setattr(machine, "Code", fail)
        choice.failure_of_native.cache_clear()
        try:
            program = autograd.compile(euler)
            for x, name in ((0.5, "python"), (np.linspace(0.0, 1.0, 500), "numpy")):
                program(x)
                assert program.backend == name
                assert repr(program.backend).endswith("no memory can be made executable")
        finally:
            choice.failure_of_native.cache_clear()

    @pytest.mark.parametrize("run", [lambda f: f(0.5), lambda f: f.value_and_grad(0.5)[0], lambda f: f.bind(0.5)()])
    def test_what_cannot_be_compiled_to_machine_code_runs_on_plain_floats_and_says_so(self, monkeypatch, run):
        native = pytest.importorskip("autograd.program.backends.native")

        def fail(*_, **__):
            raise RuntimeError("no memory can be made executable")

        monkeypatch.setattr(native.Code, "shared", fail)
        program = autograd.compile(euler)
        assert run(program) == float(euler(autograd.Value(0.5)))
        assert program.backend == "python"
        assert "no memory can be made executable" in repr(program.backend)
        with pytest.raises(RuntimeError, match="no memory"):
            run(autograd.compile(euler, backend="native"))

    def test_arrays_and_plain_floats_come_to_the_same(self):
        numbers = np.linspace(0.0, 1.0, 50)
        tables = [autograd.compile(euler, backend=name)(numbers) for name in ("numpy", "python")]
        assert np.allclose(*tables, rtol=1e-13, atol=0.0)


class TestRoadsNotTaken:
    def test_nothing_flows_where_an_operand_was_not_chosen(self, backend):
        program = autograd.compile(
            lambda x: autograd.where(x > 0.0, (W * x).sqrt() + (W * x).log(), 0.0 * W), backend=backend, parameters=[W]
        )
        batch = [0.0, -1.0, 4.0]
        value, gradient = program.value_and_grad(batch, reduce="sum")
        assert value == pytest.approx(math.sqrt(8.0) + math.log(8.0))
        assert gradient == pytest.approx([0.5 * math.sqrt(4.0 / 2.0) + 0.5])
        assert program.bind(batch, reduce="sum")() == pytest.approx(value)
        assert program.jacobian(batch).tolist()[:2] == [0.0, 0.0]


class TestCopies:
    def test_a_pickled_program_goes_on_without_its_function(self, backend):
        program = autograd.compile(lambda x: autograd.where(x > 0, W * x + B, x.tanh()), backend=backend)
        restored = pickle.loads(pickle.dumps(program))
        assert restored([1.0, -1.0]).tolist() == program([1.0, -1.0]).tolist()
        assert restored.value_and_grad([1.0])[1].tolist() == [1.0, 1.0]
        assert restored.parameters != program.parameters

    def test_a_program_that_was_not_recorded_yet_cannot_be_pickled_without_its_function(self):
        program = autograd.compile(lambda xs: autograd.sum([W * x for x in xs]))
        with pytest.raises(TypeError, match="run it once"):
            pickle.dumps(program)

    def test_a_deep_program_is_pickled(self):
        program = autograd.compile(lambda x: euler(x, 5000), backend="python")
        assert pickle.loads(pickle.dumps(program))(0.5) == program(0.5)

    def test_a_copy_shares_the_parameters_and_a_deep_one_has_its_own(self, backend):
        w = Value(2.0)
        program = autograd.compile(lambda x: w * x, backend=backend)
        program([1.0])
        shallow, deep = copy.copy(program), copy.deepcopy(program)
        w.data = 3.0
        assert [each([1.0]).tolist() for each in (program, shallow, deep)] == [[3.0], [3.0], [2.0]]

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
    @pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::DeprecationWarning")
    def test_a_program_runs_in_a_forked_process(self):
        program = autograd.compile(line)
        program([1.0])
        child = os.fork()
        if not child:
            os._exit(0 if program([1.0]).tolist() == [3.0] else 1)
        assert os.waitpid(child, 0)[1] == 0


class TestCheck:
    def test_a_faithful_program_passes(self, backend):
        assert autograd.compile(line, backend=backend).check([1.0, 2.0]) is None

    def test_a_number_that_has_changed_is_named(self):
        settings = {"factor": 2.0}
        program = autograd.compile(lambda x: x * settings["factor"])
        settings["factor"] = 3.0
        with pytest.raises(UnfaithfulError, match="plain number 2, it now has the plain number 3"):
            program.check([1.0])

    def test_an_operation_that_has_changed_is_named(self):
        settings = {"activation": autograd.tanh}
        program = autograd.compile(lambda x: settings["activation"](W * x))
        settings["activation"] = autograd.sin
        with pytest.raises(UnfaithfulError, match="operation tanh, it now has the operation sin"):
            program.check([1.0])

    def test_random_numbers_are_noticed_and_the_generators_put_back(self):
        program = autograd.compile(lambda x: x * random.random())
        state = random.getstate()
        with pytest.raises(UnfaithfulError, match="plain number"):
            program.check([1.0])
        assert random.getstate() == state

    def test_other_parameters_are_noticed(self):
        held = [Value(1.0)]
        program = autograd.compile(lambda x: held[0] * x)
        held[0] = Value(1.0, "new")
        with pytest.raises(UnfaithfulError, match="parameters are others"):
            program.check([1.0])


@pytest.mark.parametrize("backend", ["numpy", "native"])
def test_a_large_batch_comes_to_the_same_bits_on_any_number_of_threads(monkeypatch, backend):
    w = Value(0.7)
    program = autograd.compile(lambda x: autograd.tanh(w * x) * autograd.sin(x), backend=backend)
    x = np.random.default_rng(0).normal(size=300_000)
    results = []
    for threads in (1, 2, 5):
        monkeypatch.setattr(blocks, "threads", lambda threads=threads: threads)
        total, gradient = program.value_and_grad(x)
        step = program.bind(x)
        assert step() == total and step.gradient.tobytes() == gradient.tobytes()
        results.append((program(x).tobytes(), total, gradient.tobytes()))
    assert results[0] == results[1] == results[2]


@pytest.mark.parametrize("backend", ["numpy", "native", "python"])
@pytest.mark.parametrize("points", [100, 300_000])
def test_a_bound_program_keeps_its_batch_whatever_becomes_of_the_array(backend, points):
    w = Value(0.7)
    x = np.ones(points)
    step = autograd.compile(lambda x: w * x, backend=backend).bind(x)
    x[:] = 2.0
    assert step() == pytest.approx(0.7, rel=1e-9)
    step.feed([x.reshape(1, -1)])
    assert step() == pytest.approx(1.4, rel=1e-9)


def test_a_bound_program_keeps_its_batch_where_a_derivative_has_to_be_computed_with_care():
    w = Value(2.0)
    x = np.array([0.0, 3.0])
    step = autograd.compile(lambda x: autograd.where(x > 0.0, w * autograd.log(x), 0.0), backend="numpy").bind(x)
    x[:] = 9.0
    assert step() == math.log(3.0) and step.gradient.tolist() == [math.log(3.0) / 2]


@pytest.mark.parametrize("terms", [40, 2000])
def test_many_operations_at_many_points_are_cut_for_threads_into_blocks_that_are_worth_vectors(terms):
    ws = [Value(0.1 * k) for k in range(terms)]
    program = autograd.compile(lambda x: sum(autograd.sin(w * x) for w in ws), backend="native")
    cuts = program._compile_for(100_000).sum_and_gradient().cuts(100_000)
    sizes = [last - first for first, last in cuts]
    assert len(cuts) >= 4 and sum(sizes) == 100_000 and max(sizes) - min(sizes) < len(cuts)
    assert min(sizes) > 256


def test_what_is_the_same_at_each_point_does_not_cut_a_batch():
    ws = [Value(0.1 * k) for k in range(40)]
    program = autograd.compile(lambda x: x * sum(autograd.sin(v * w) for v in ws for w in ws), backend="native")
    assert len(program._compile_for(100_000).sum_and_gradient().cuts(100_000)) == 1


@given(operations=st.integers(1, 10**6), repeated=st.integers(0, 10**9))
def test_a_block_does_several_times_what_it_repeats_and_at_least_what_a_thread_is_worth(operations, repeated):
    done = blocks.worth_a_thread(operations, repeated) * operations
    assert done + operations > max(8 * repeated, 2**20)


@pytest.mark.parametrize(("wanted", "expected"), [("1", 1), ("", 2), ("64", 2), ("2,1", 2), ("none", 2), ("0", 2)])
def test_threads_are_as_many_as_cores_or_as_openmp_is_told(monkeypatch, wanted, expected):
    monkeypatch.setattr(blocks.os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    monkeypatch.setenv("OMP_NUM_THREADS", wanted)
    assert blocks.threads() == expected
