"""The native backend: the eager engine's own bits, Python called back where there is no formula, code that goes away."""

from __future__ import annotations

import gc
import math
import os
import pickle
import struct
import subprocess
import sys
import threading
import weakref
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
from autograd import Value
from autograd.engine.primitive import BUILT_IN, TABLE
from tests.program.random_programs import programs
from tests.program.test_properties import QUICK

pytest.importorskip("llvmlite")

from autograd.program.backends import native
from autograd.program.backends.native import lanes, machine, writer
from autograd.program.backends.native.elementary import BORDERS, ELEMENTARY

W, B = autograd.variables(w=2.0, b=1.0)
NUMBERS = st.floats() | st.sampled_from([0.0, -0.0, 1.0, -1.0, 0.5, 2.0, 3.0, 700.0, -745.0, 1e-310, 1e300])
SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, 3.0, 700.0, -745.0, 1e-310, 1e300, math.inf, -math.inf, math.nan]
FORMULAS = [(name, i) for name, formulas in ELEMENTARY.items() for i in range(len(formulas))]
EVERY_OPERATION = [TABLE[name] for name in sorted(BUILT_IN)]


@pytest.fixture
def cut_small(monkeypatch):
    """Programs are cut into parts of a few operations, as very large ones are."""
    monkeypatch.setattr(writer, "_SMALL", 0)
    monkeypatch.setattr(writer, "_PART", 4)


@pytest.fixture(params=["baseline", "optimized"])
def tier(request, monkeypatch):
    """Programs run on the code that is made first, or on the optimized code from the beginning."""
    monkeypatch.setattr(native, "_BUDGET", native._BUDGET if request.param == "baseline" else 0)


@pytest.fixture
def always_wide(monkeypatch):
    """Batches of two points and more run on vectors, as large ones do that have run for a while."""
    monkeypatch.setattr(native, "_BUDGET", 0)
    monkeypatch.setattr(native, "_FEWEST", 2)
    monkeypatch.setattr(native, "_FEWEST_OF_LARGE", 2)


@pytest.fixture
def _own_operations():
    """What a test defines is gone afterwards."""
    before = set(TABLE)
    yield
    for name in set(TABLE) - before:
        del TABLE[name]
        delattr(Value, name)


def bits(numbers):
    """The numbers' bits; of nan there is one."""
    return ["nan" if math.isnan(x) else struct.pack("<d", x) for x in np.ravel(np.asarray(numbers, float)).tolist()]


def compiled(function, **options):
    return autograd.compile(function, backend="native", allow_nan=True, **options)


@cache
def of_many(name, count):
    return compiled(TABLE[name], widths=[count])


def error(x, y):
    return (W * x + B - y).tanh() ** 2


@pytest.mark.usefixtures("tier")
class TestValues:
    @pytest.mark.parametrize("operation", EVERY_OPERATION, ids=lambda each: each.name)
    @settings(QUICK, max_examples=4)
    @given(data=st.data())
    def test_every_operation_has_the_bits_of_its_value(self, operation, data):
        count = operation.arity or operation.sequences * data.draw(st.integers(0, 5))
        points = data.draw(st.lists(st.lists(NUMBERS, min_size=count, max_size=count), min_size=1, max_size=9))
        program = compiled(lambda xs: operation(*operation.arguments(xs)), widths=[count])
        values = [operation.evaluate(point) for point in points]
        assert bits(program(np.reshape(points, (len(points), count)))) == bits(values)

    def test_what_both_sides_of_a_choice_may_need_is_called_once(self):
        program = compiled(autograd.sigmoid, widths=[None])
        assert program._compile("native").values.kernel.source.count("call double @libm.exp(") == 1

    @QUICK
    @given(programs())
    def test_programs_have_the_bits_of_their_functions(self, drawn):
        function, batch = drawn
        program = compiled(function, widths=[None] * len(batch))
        for i in range(len(batch[0]) if batch else 1):
            point = [float(column[i]) for column in batch]
            results = function(*map(Value, point))
            exact = [float(each) for each in (results if isinstance(results, list) else [results])]
            assert bits(program(*point)) == bits(exact)

    @pytest.mark.usefixtures("cut_small")
    @QUICK
    @given(programs())
    def test_programs_in_many_parts_have_the_bits_of_their_functions(self, drawn):
        self.test_programs_have_the_bits_of_their_functions.hypothesis.inner_test(self, drawn)

    def test_no_operation_of_the_table_is_called_back(self):
        forms = writer.find_forms((each, each.arity or 4) for each in EVERY_OPERATION if each.name != "where")
        none = {operation.name for (operation, _), form in forms.items() if form is None}
        assert none <= {"over_power"}  # whose exponent has to be known

    @pytest.mark.parametrize("name", ["mean", "logsumexp", "prod"])
    @QUICK
    @given(seed=st.integers(0, 1000), count=st.sampled_from([20, 33, 47, 60]), spread=st.sampled_from([1, 40, 1020]))
    def test_sums_that_are_rounded_once_and_products_without_overflow(self, name, seed, count, spread):
        rng = np.random.default_rng(seed)
        points = rng.normal(size=(3, count)) * 2.0 ** rng.uniform(-spread, spread, size=(3, count))
        points[:, 1] = -points[:, 0] * (1.0 + 2.0**-52)
        assert bits(of_many(name, count)(points)) == bits([TABLE[name].evaluate(p.tolist()) for p in points])

    def test_long_sums_are_added_up_in_order(self):
        rng = np.random.default_rng(0)
        xs = [Value(x) for x in rng.normal(size=3001)]
        program = compiled(lambda: autograd.sum(xs) + autograd.dot(xs, xs[::-1]), parameters=xs)
        assert program() == (autograd.sum(xs) + autograd.dot(xs, xs[::-1])).data
        _, gradient = program.value_and_grad()
        assert gradient == pytest.approx(1.0 + 2.0 * np.array([x.data for x in xs[::-1]]), rel=1e-14)


def point_by_point(function, batch):
    """What the eager engine computes: for each point a list of results."""
    found = []
    for point in zip(*batch, strict=True):
        results = function(*map(Value, map(float, point)))
        found.append([float(each) for each in (results if isinstance(results, list) else [results])])
    return found


@cache
def made_function(name, which):
    """A function of C's on vectors by one of its formulas."""
    return lanes.Function(name, lanes.lanes(), ELEMENTARY[name][which])


@pytest.mark.skipif(lanes.lanes() == 1, reason="this processor has no vectors that are worth while")
class TestVectors:
    """Several points at once come to the same bits as one after the other."""

    @pytest.mark.usefixtures("always_wide")
    @QUICK
    @given(programs(), st.integers(2, 19), st.randoms(use_true_random=False))
    def test_programs_have_the_bits_of_their_functions(self, drawn, points, rng):
        function, batch = drawn
        batch = [
            [rng.choice(SPECIAL) if rng.random() < 0.2 else rng.gauss(0.0, 2.0) for _ in range(points)] for _ in batch
        ]
        if batch:
            program = compiled(function, widths=[None] * len(batch))
            assert bits(program(*batch)) == bits(point_by_point(function, batch))
            assert program._compile("native").values.kernel.version(points).writer.lanes == lanes.lanes()

    @pytest.mark.usefixtures("always_wide", "cut_small")
    @QUICK
    @given(programs(), st.integers(2, 19), st.randoms(use_true_random=False))
    def test_programs_in_many_parts_have_the_bits_of_their_functions(self, drawn, points, rng):
        self.test_programs_have_the_bits_of_their_functions.hypothesis.inner_test(self, drawn, points, rng)

    @QUICK
    @given(programs(), st.integers(2, 19), st.randoms(use_true_random=False))
    def test_derivatives_and_their_sums_are_those_of_one_point_after_the_other(self, drawn, points, rng):
        function, batch = drawn
        batch = [[rng.gauss(0.0, 2.0) for _ in range(points)] for _ in batch]
        if not batch:
            return
        found = []
        for fewest in (math.inf, 2):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(native, "_FEWEST", fewest)
                patch.setattr(native, "_BUDGET", 0)
                program = compiled(function, widths=[None] * len(batch))
                jacobian = program.jacobian(*batch)
                found.append([bits(each) for each in (jacobian if isinstance(jacobian, tuple) else (jacobian,))])
                if program(*batch).ndim == 1:
                    value, gradient = program.value_and_grad(*batch)
                    found[-1] += [bits(value), bits(gradient)]
        assert found[0] == found[1]

    @pytest.mark.parametrize(("points", "made"), [(1, "baseline"), (30_000, "wide")])
    def test_only_the_code_that_a_batch_runs_on_is_compiled(self, points, made):
        program, x = compiled(error), np.linspace(-1.0, 1.0, points)
        program.value_and_grad(x, x)
        kernel = program._compile("native").sum_and_gradient().kernel
        assert {"baseline", "single", "wide"} & vars(kernel).keys() == {made}

    @pytest.mark.parametrize("is_cut", [False, True])
    @pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 11, 20])
    def test_any_number_of_sums_is_added_up_one_point_after_the_other(self, monkeypatch, request, count, is_cut):
        if is_cut:
            request.getfixturevalue("cut_small")
        rng = np.random.default_rng(count)
        weights = [Value(float(each)) for each in rng.normal(size=count)]
        x = rng.normal(size=(37, count)) * 10.0 ** rng.uniform(-9.0, 9.0, (37, count))
        found = []
        for fewest in (math.inf, 2):
            monkeypatch.setattr(native, "_FEWEST", fewest)
            monkeypatch.setattr(native, "_FEWEST_OF_LARGE", fewest)
            program = compiled(lambda xs: sum(w * x for w, x in zip(weights, xs, strict=True)), widths=[count])
            found.append(bits(np.hstack(program.value_and_grad(x))))
        assert found[0] == found[1]

    @pytest.mark.parametrize("operation", EVERY_OPERATION, ids=lambda each: each.name)
    @pytest.mark.usefixtures("always_wide")
    def test_every_operation_has_the_bits_of_its_value(self, operation):
        count = operation.arity or 3 * operation.sequences
        rng = np.random.default_rng(0)
        points = np.concatenate([rng.choice(SPECIAL, (60, count)), rng.normal(size=(61, count)) * 3.0])
        program = compiled(lambda xs: operation(*operation.arguments(xs)), widths=[count])
        assert bits(program(points)) == bits([operation.evaluate(point) for point in points.tolist()])

    @pytest.mark.parametrize(("name", "which"), FORMULAS)
    @QUICK
    @given(seed=st.integers(0, 10**9), size=st.floats(-60.0, 20.0), spread=st.sampled_from([0.1, 3.0, 100.0]))
    def test_a_formula_that_holds_is_the_function_of_the_library(self, name, which, seed, size, spread):
        function = made_function(name, which)
        rng = np.random.default_rng(seed)
        x = rng.normal(size=3200) * 2.0 ** (size + rng.uniform(-spread, spread, 3200))
        if function.holds():
            assert bits(function.compute(x)) == bits([TABLE[name].evaluate([each]) for each in x.tolist()])

    @pytest.mark.parametrize("border", BORDERS)
    @pytest.mark.parametrize("name", ["sin", "cos"])
    @pytest.mark.usefixtures("always_wide")
    def test_formulas_turn_off_where_the_functions_of_the_library_do(self, name, border):
        x = border * np.random.default_rng(0).uniform(1.0 - 2e-7, 1.0 + 2e-7, 50_000)
        assert bits(compiled(TABLE[name])(x)) == bits([TABLE[name].evaluate([each]) for each in x.tolist()])

    @pytest.mark.parametrize("name", ELEMENTARY)
    @pytest.mark.usefixtures("always_wide")
    def test_a_formula_that_is_not_the_library_s_is_not_taken(self, monkeypatch, name):
        def wrong(x):
            value, is_sure = ELEMENTARY[name][-1](x)
            return value * (1.0 + 2.0**-52), is_sure

        assert not lanes.Function(name, lanes.lanes(), wrong).holds()
        x = np.linspace(0.1, 3.0, 64)
        expected = bits([TABLE[name].evaluate([each]) for each in x.tolist()])
        monkeypatch.setattr(lanes, "find_function", lanes.find_function.__wrapped__)
        for formulas in ([wrong], [wrong, *ELEMENTARY[name]]):
            monkeypatch.setattr(lanes, "ELEMENTARY", {name: formulas})
            assert bits(compiled(TABLE[name])(x)) == expected

    def test_no_formula_is_tried_before_a_program_is_optimized(self, monkeypatch):
        monkeypatch.setattr(lanes, "find_function", lambda name, count: pytest.fail(f"{name} is looked for"))
        xs = [Value(0.001 * i) for i in range(500)]
        program = compiled(lambda: autograd.logsumexp(xs))
        assert program._compile("native").values.kernel.source.count("@libm.exp.v") >= 1
        assert program() == autograd.logsumexp(xs).data

    @pytest.mark.usefixtures("_own_operations")
    def test_what_is_called_back_is_called_no_more_once_it_has_raised(self):
        asked = []

        @autograd.primitive(lambda x, y: 1.0)
        def refusing(x):
            if x < 0.0:  # which no formula can follow
                asked.append(x)
                raise LookupError("no")
            return x

        program = compiled(lambda x: refusing(x) * W)
        with pytest.raises(LookupError):
            program([-1.0, -2.0, -3.0])
        assert asked == [-1.0]
        assert program([1.0, 2.0]).tolist() == [2.0, 4.0]

    @pytest.mark.usefixtures("always_wide", "_own_operations")
    def test_what_is_called_back_is_called_once_for_each_point(self):
        asked = []

        @autograd.primitive(lambda x, y: 1.0)
        def watched(x):
            if x > 0.0:  # which no formula can follow
                asked.append(x)
            return x

        program = compiled(lambda x: watched(x) * W)
        asked.clear()
        assert program([1.0, 2.0, 3.0]).tolist() == [2.0, 4.0, 6.0]
        assert asked == [1.0, 2.0, 3.0]


class TestParts:
    """A program in many parts is the same as in one."""

    @pytest.mark.parametrize("points", [0, 1, 3, 10_000])
    def test_a_batch(self, monkeypatch, points):
        x, y = np.random.default_rng(0).normal(size=(2, points))
        whole = compiled(error)
        expected = whole(x, y), whole.jacobian(x, y)
        total = whole.value_and_grad(x, y) if points else None
        monkeypatch.setattr(writer, "_SMALL", 0)
        monkeypatch.setattr(writer, "_PART", 2)
        parts = compiled(error)
        assert bits(parts(x, y)) == bits(expected[0])
        assert bits(parts.jacobian(x, y)) == bits(expected[1])
        if points:
            value, gradient = parts.value_and_grad(x, y)
            assert value == total[0]
            assert bits(gradient) == bits(total[1])
        assert parts.source.count("@each.") > 4

    def test_many_thousand_operations(self):
        def long(x):
            for i in range(4_000):
                x = x + 1e-5 * (W * x - i)
            return x

        program = compiled(long)
        x = Value(0.5)
        result = long(x)
        assert program(0.5) == result.data
        result.backward()
        assert program.jacobian(0.5) == pytest.approx(x.grad, rel=1e-9)


@pytest.mark.usefixtures("_own_operations")
class TestCallingBack:
    def test_an_operation_of_a_user_without_a_formula_is_called_back(self):
        @autograd.primitive(lambda x, y: 3 * x**2)
        def cubed_by_hand(x):
            return x * x * x if x < 100.0 else x**3

        program = compiled(lambda x: cubed_by_hand(x) * W)
        assert program([1.0, 3.0]).tolist() == [2.0, 54.0]
        assert program.jacobian([1.0, 3.0]).tolist() == [6.0, 54.0]
        assert "@callback.0" in program.source

    def test_an_expression_or_an_array_form_that_is_the_value_is_compiled(self):
        @autograd.primitive(lambda x, y: 2 * x, python="{0} * {0} if {0} > 0.0 and not {0} > 9.0 else 1.0")
        def square_or_one(x):
            return x * x if 0.0 < x <= 9.0 else 1.0

        @autograd.primitive(lambda x, y: 2 * x, array=lambda np, x: np.where(x > 0.0, x * x, 1.0))
        def square_or_one_as_array(x):
            return x * x if x > 0.0 else 1.0

        for operation in (square_or_one, square_or_one_as_array):
            program = compiled(lambda x, operation=operation: operation(x))
            assert program([-1.0, 3.0]).tolist() == [1.0, 9.0]
            assert "@callback.0" not in program.source

    def test_a_formula_that_is_not_the_value_is_not_trusted(self):
        @autograd.primitive(lambda x, y: 2 * x, array=lambda np, x: x * x * (1.0 + 1e-15))
        def nearly_square(x):
            return x * x

        program = compiled(nearly_square)
        assert program(3.0) == 9.0
        assert "@callback.0" in program.source

    def test_what_it_reads_is_as_it_is_when_it_is_compiled(self):
        numbers = {"factor": 2.0}

        @autograd.primitive(lambda x, y: numbers["factor"])
        def scaled(x):
            return numbers["factor"] * x

        assert compiled(scaled)(3.0) == 6.0
        numbers["factor"] = 5.0
        assert compiled(scaled)(3.0) == 15.0

    @pytest.mark.parametrize("raised", [ValueError, KeyboardInterrupt])
    def test_what_it_raises_comes_through_and_the_program_goes_on(self, raised):
        @autograd.primitive(lambda x, y: 1.0)
        def picky(x):
            if x > 5.0:
                raise raised(f"{x} is too large")
            return x

        program = compiled(lambda x: picky(x) * W)
        with pytest.raises(raised, match=r"6\.0 is too large"):
            program([1.0, 6.0, 7.0])
        assert program([1.0]).tolist() == [2.0]


class TestLife:
    def test_the_code_goes_with_the_program(self):
        program = compiled(error)
        program.value_and_grad(1.0, 2.0)
        program.value_and_grad(1.0, 2.0)
        codes = [weakref.ref(each.kernel.baseline.code) for each in program._compile("native")._made.values()]
        function = program._quick[1]
        assert codes
        del program
        gc.collect()
        assert all(code() is None for code in codes[1:])
        assert len(function([2.0, 1.0], [1.0], [2.0])) == 3
        del function
        gc.collect()
        assert all(code() is None for code in codes)

    def test_the_function_refuses_what_does_not_fit(self):
        program = compiled(error)
        program.value_and_grad(1.0, 2.0)
        function = program._quick[1]
        assert function([2.0, 1.0], [1.0], [2])[0] == error(1.0, 2.0).data
        for wrong in (
            [],
            [[2.0, 1.0], [1.0]],
            [[2.0], [1.0], [2.0]],
            [[2.0, 1.0], [1.0], 2.0],
            [[2.0, "1"], [1.0], [2.0]],
        ):
            with pytest.raises((TypeError, SystemError)):
                function(*wrong)
        assert (
            function([2.0, -1.0], [1.0], [-1.0])[0] == math.tanh(2.0) ** 2
        )  # -1 is what C's interface says for errors

    def test_the_function_leaks_nothing(self):
        program = compiled(error)
        program.value_and_grad(1.0, 2.0)
        function, parameters, x = program._quick[1], [2.0, 1.0], [1.0]
        counts = [sys.getrefcount(each) for each in (parameters, x, parameters[0])]
        for _ in range(1000):
            function(parameters, x, x)
        assert [sys.getrefcount(each) for each in (parameters, x, parameters[0])] == counts

    def test_optimized_code_goes_with_the_program_too(self):
        program, x = compiled(error), np.linspace(-1.0, 1.0, 100)
        step = program.bind(x, x)
        step()
        kernel = program._compile("native").sum_and_gradient().kernel
        codes = [weakref.ref(each.code) for each in (kernel.baseline, kernel.single, kernel.wide)]
        del program, kernel
        step()
        del step
        gc.collect()
        assert all(code() is None for code in codes)

    def test_programs_of_one_recording_share_their_code_while_it_lives(self):
        def code_of(program):
            program.value_and_grad(1.0, 2.0)
            return program._compile("native").sum_and_gradient().kernel.baseline.code

        one = compiled(error, parameters=[W, B])
        others = (compiled(error, parameters=[W, B]), pickle.loads(pickle.dumps(one)))
        assert all(code_of(other) is code_of(one) for other in others)
        different = compiled(lambda x, y: error(x, y) + W, parameters=[W, B])
        assert code_of(different) is not code_of(one)

    def test_it_is_pickled_as_a_recording(self):
        program = pickle.loads(pickle.dumps(compiled(error)))
        assert program.backend == "native"
        assert program(1.0, 2.0) == error(1.0, 2.0).data

    @pytest.mark.usefixtures("always_wide")
    def test_where_vectors_fail_to_compile_one_point_comes_after_the_other(self, monkeypatch):
        def fail(*_):
            raise RuntimeError("vectors are not for this processor")

        x = np.linspace(-1.0, 1.0, 10)
        expected = compiled(error)(x, x)
        monkeypatch.setattr(native.lanes, "find_function", fail)
        program = compiled(error)
        assert bits(program(x, x)) == bits(expected)
        assert program._compile("native").values.kernel.version(10).writer.lanes == 1

    def test_many_threads_share_a_program(self):
        program, x = compiled(error), np.linspace(-1.0, 1.0, 3000)
        expected, failed = program.value_and_grad(x, x[::-1])[1], []

        def run():
            for _ in range(20):
                if bits(program.value_and_grad(x, x[::-1])[1]) != bits(expected):
                    failed.append(1)

        threads = [threading.Thread(target=run) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failed

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
    def test_it_runs_after_a_fork(self):
        script = (
            "import os, autograd\n"
            "w = autograd.Value(2.0)\n"
            "program = autograd.compile(lambda x: (w * x).tanh(), backend='native')\n"
            "xs = [0.01 * i for i in range(200)]\n"
            "def results(): return program(0.5), program.value_and_grad(0.5)[1][0], program.value_and_grad(xs)[1][0]\n"
            "expected = results()\n"
            "child = os.fork()\n"
            "same = results() == expected\n"
            "again = autograd.compile(lambda x: (w * x).tanh(), backend='native')(0.5) == expected[0]\n"
            "if child == 0: os._exit(0 if same and again else 1)\n"
            "assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0\n"
        )
        subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


def kernel_of(program):
    return program._compile("native").sum_and_gradient().kernel


def is_optimized(program):
    return bool({"single", "wide"} & vars(kernel_of(program)).keys())


class TestTiers:
    """Code is made quickly at first, and optimized once it has run for a while."""

    @pytest.fixture(autouse=True)
    def _soon(self, monkeypatch):
        monkeypatch.setattr(native, "_BUDGET", 300)

    @QUICK
    @given(programs(), st.integers(1, 70), st.randoms(use_true_random=False))
    def test_optimized_code_goes_on_with_the_same_bits(self, drawn, points, rng):
        function, batch = drawn
        batch = [[rng.gauss(0.0, 2.0) for _ in range(points)] for _ in batch]
        program = compiled(function, widths=[None] * len(batch))
        found = [bits(program(*batch)) for _ in range(2 + (300 // points if points > 60 else 0))]
        kernel = program._compile("native").values.kernel
        kernel.budget.value = 0
        assert {*map(tuple, found)} == {tuple(bits(program(*batch)))}
        assert kernel.version(points) is not kernel.baseline

    def test_all_that_the_first_gradient_compiles_is_one_function(self, monkeypatch):
        compiled(error).bind([1.0], [2.0])  # with what is compiled once for all programs
        texts, parse = [], machine.llvm.parse_assembly
        monkeypatch.setattr(machine.llvm, "parse_assembly", lambda text: texts.append(text) or parse(text))
        x = np.linspace(-1.0, 1.0, 100)
        compiled(lambda x: W * x + B, parameters=[W, B]).bind(x)()
        assert len(texts) == 1
        assert texts[0].count("\ndefine void @") == 1

    def test_nothing_is_optimized_before_it_has_run_for_a_while(self):
        program, x = compiled(error), np.linspace(-1.0, 1.0, 100)
        for points, expected in ((100, False), (99, False), (100, False), (1, False), (1, True), (100, True)):
            program.value_and_grad(x[:points], x[:points])
            assert is_optimized(program) is expected

    def test_a_batch_that_takes_longer_than_optimizing_runs_on_optimized_code_at_once(self):
        program, x = compiled(error), np.linspace(-1.0, 1.0, 301)
        program.value_and_grad(x, x)
        kernel = kernel_of(program)
        assert kernel.version(301) is not kernel.baseline
        assert kernel.budget.value == 300

    @pytest.mark.parametrize("points", [1, 70])
    def test_a_step_goes_on_in_its_arrays_with_the_batch_that_it_has(self, points):
        program, x = compiled(error, parameters=[W, B]), np.linspace(-1.0, 1.0, points)
        step = program.bind(x, x[::-1])
        parameters, found = step.parameters, set()
        for _ in range(2 + 300 // points):
            step.gradient[:] = 0.0
            found.add((step(), *step.gradient))
            step.parameters *= 2.0  # which the code of the second tier has to see
            step.parameters /= 2.0
        assert step.parameters is parameters
        assert found == {(step(), *step.gradient)}
        assert is_optimized(program)
        assert step._step() is not None
        step.parameters[:] = 0.0
        assert step() == pytest.approx(np.mean(np.tanh(x[::-1]) ** 2))

    def test_the_function_of_one_point_goes_on_too(self):
        program = compiled(error, parameters=[W, B])
        expected = program.value_and_grad(0.5, 2.0)
        function = program._quick[1]
        for _ in range(310):
            value, gradient = program.value_and_grad(0.5, 2.0)
            assert (value, *gradient) == (expected[0], *expected[1])
        assert is_optimized(program)
        assert function([2.0, 1.0], [0.5], [2.0]) == [expected[0], *expected[1]]

    @pytest.mark.parametrize("points", [1, 70])
    def test_where_nothing_can_be_optimized_the_baseline_goes_on(self, monkeypatch, points):
        program, x = compiled(error, parameters=[W, B]), np.linspace(-1.0, 1.0, points)
        found = {np.float64(program.value_and_grad(x, x)[0]).tobytes()}

        def fail(*_, **__):
            raise RuntimeError("no memory that can be executed")

        monkeypatch.setattr(machine, "_optimize", fail)
        for _ in range(2 + 300 // points):
            found.add(np.float64(program.value_and_grad(x, x)[0]).tobytes())
        assert len(found) == 1
        assert kernel_of(program).version(points) is kernel_of(program).baseline

    def test_the_oftener_each_line_runs_the_sooner_it_is_optimized(self, monkeypatch):
        def budget(count):
            xs = [Value(0.1 * i) for i in range(count)]
            program = compiled(lambda: autograd.logsumexp(xs), parameters=xs)
            program.value_and_grad()
            return kernel_of(program).budget.value

        monkeypatch.setattr(native, "_BUDGET", 20_000)
        assert 0 < budget(8000) < 0.3 * budget(2000)


class TestSteps:
    """What is bound to a batch is one call into machine code."""

    def bound(self, function, *batch, **options):
        step = compiled(function, parameters=[W, B]).bind(*batch, **options)
        assert step._step is not None
        return step

    @pytest.mark.parametrize("reduce", ["mean", "sum"])
    def test_a_step_leaves_what_the_program_comes_to(self, reduce):
        x, y = np.random.default_rng(0).normal(size=(2, 50))
        program = compiled(error, parameters=[W, B])
        value, gradient = program.value_and_grad(x, y, reduce=reduce)
        step = self.bound(error, x, y, reduce=reduce)
        assert step() == value
        assert bits(step.gradient) == bits(gradient)

    def test_it_reads_parameters_and_batches_as_they_are_now(self):
        step = self.bound(error, [1.0], [2.0])
        step.parameters[:] = [3.0, -1.0]
        assert step() == math.tanh(3.0 * 1.0 - 1.0 - 2.0) ** 2
        step.feed([np.array([[0.5]]), np.array([[0.0]])])
        assert step() == math.tanh(3.0 * 0.5 - 1.0) ** 2

    def test_where_a_derivative_is_nan_it_is_taken_with_care(self):
        step = self.bound(lambda x: autograd.where(x > 0.0, (W * x).sqrt(), 0.0 * B), [0.0, 4.0], reduce="sum")
        assert step() == math.sqrt(8.0)
        assert step.gradient == pytest.approx([math.sqrt(8.0) / 4.0, 0.0])

    def test_it_keeps_what_it_needs(self):
        step = self.bound(error, [1.0], [2.0])
        function, gradient = step._step, step.gradient
        expected = step()
        del step
        gc.collect()
        gradient[:] = 0.0
        assert function() == expected
        assert gradient.any()

    def test_what_takes_long_lets_other_threads_run(self):
        x = np.zeros(100_000)
        assert compiled(error, parameters=[W, B]).bind(x, x)._step is None

    def test_parameters_in_another_order(self):
        step = compiled(error, parameters=[B, W]).bind([1.0], [2.0])
        other = self.bound(error, [1.0], [2.0])
        assert step() == other()
        assert step.gradient.tolist() == other.gradient.tolist()[::-1]


def test_without_llvmlite_it_says_what_to_install(monkeypatch):
    for name in [name for name in sys.modules if name.startswith("autograd.program.backends.native")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "llvmlite", None)
    monkeypatch.setitem(sys.modules, "llvmlite.binding", None)
    with pytest.raises(ImportError, match="pip install llvmlite"):
        autograd.compile(error, backend="native")
