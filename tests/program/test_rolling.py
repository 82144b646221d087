"""What the native backend rolls up: bit for bit what it would have written out, whatever repeats, and in little code."""

from __future__ import annotations

import math
import random
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
from autograd import Value
from tests.program.random_programs import programs
from tests.program.test_properties import FEW, QUICK

pytest.importorskip("llvmlite")

from autograd.program.backends import native
from autograd.program.backends.native import lanes, loops, periods, rolling
from autograd.program.backends.native.levels import group_by_kind
from autograd.program.backends.native.listing import Listing
from autograd.program.backends.native.places import Places
from autograd.program.backends.native.terms import literal
from autograd.program.recording import Recording, Run

DATA = st.floats(-2.0, 2.0) | st.sampled_from([0.0, 1.0, -1.0, 0.5, -0.0])
UNARY = ["tanh", "sin", "neg", "sigmoid", "exp", "relu", "sqrt"]
BINARY = ["add", "sub", "mul", "maximum", "less"]
MANY = ["sum", "logsumexp", "mean", "prod"]


@pytest.fixture(params=["runs", "words", "levels"])
def _rolled_whatever(monkeypatch, request):
    """Everything is rolled up: by its period, and with optimized code; or only by the words that recur, and without; or
    in order of levels."""
    monkeypatch.setattr(native, "_BUDGET", native._BUDGET if request.param == "words" else 0)
    monkeypatch.setattr(loops, "_FEW", -1)
    monkeypatch.setattr(loops, "_FEW_AT_POINTS", -1)
    monkeypatch.setattr(loops, "_MANY", 0)
    monkeypatch.setattr(loops, "_GAIN", 10**6 if request.param == "levels" else 0)
    monkeypatch.setattr(loops, "_DISPATCH", 1)
    monkeypatch.setattr(loops, "_TIMES", 0)
    monkeypatch.setattr(loops, "_OPTIMIZED", 10**6 if request.param == "runs" else 0)
    monkeypatch.setattr(periods, "_REPEATS", 3 if request.param == "runs" else 10**6)
    monkeypatch.setattr(periods, "_LENGTH", 1)
    monkeypatch.setattr(rolling, "_FEW", 0)
    monkeypatch.setattr(rolling, "_LEAST", 2)


@pytest.fixture
def written_out():
    """Compiles as if nothing was ever rolled up."""

    def compiled(function, **options):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(loops, "roll", lambda *_: None)
            patch.setattr("autograd.program.backends.native.roll", lambda *_: None)
            return Results(function, **options)

    return compiled


class Results:
    """All that a program computes, as bits."""

    def __init__(self, function, parameters, batch=()):
        program = autograd.compile(
            function, backend="native", allow_nan=True, parameters=parameters, widths=[None] * len(batch)
        )
        self.values = bits(program(*batch))
        self.jacobian = bits(program.jacobian(*batch, of="parameters")) if parameters else []
        self.by_arguments = bits(program.jacobian(*batch)) if batch else []
        is_one = np.ndim(program(*batch)) == len(batch[:1]) and all(len(column) for column in batch)
        self.gradient = bits(program.value_and_grad(*batch, reduce="sum")) if is_one and parameters else []

    def __eq__(self, other):
        return vars(self) == vars(other)

    __hash__ = None


def bits(numbers):
    """The numbers' bits; of nan there is one."""
    if isinstance(numbers, (list, tuple)):
        return [each for part in numbers for each in bits(part)]
    return ["nan" if math.isnan(x) else struct.pack("<d", x) for x in np.ravel(np.asarray(numbers, float)).tolist()]


class RandomLoop:
    """A function that runs a random body on random data, again and again, from a random state.

    A body is a list of operations on numbers of what there is: parameters, what does not change, data, the state, the
    state before, and what the body has computed. The last results are the next state.
    """

    def __init__(self, body, data, states, weights, ending, odd):
        self.body, self.data, self.states, self.ending, self.odd = body, data, states, ending, odd
        self.weights = [Value(weight) for weight in weights]

    def __call__(self, *inputs):
        state = before = [0.25 * (i + 1) for i in range(self.states)]
        results = []
        for t, row in enumerate(self.data):
            fixed = autograd.sin(self.weights[0])
            values = [*self.weights, *inputs, fixed, *row, *state, *before]
            for name, *operands in self.body:
                picked = [values[operand % len(values)] for operand in operands]
                operation = getattr(autograd, name)
                values.append(operation(picked) if name in MANY else operation(*picked))
            if t in self.odd:  # a repetition that is not like the others
                values.append(autograd.tanh(values[-1] + 0.125))
            before, state = state, values[-self.states :]
            results.append(values[-1])
        match self.ending:
            case "each":
                return results
            case "state":
                return state[0] if isinstance(state[0], Value) else state[0] + self.weights[0]
            case "chain":
                return sum(result * result for result in results)
            case "dot":
                return autograd.dot(results, [row[0] for row in self.data])
            case name:
                return getattr(autograd, name)(results)

    def __repr__(self):
        weights = [weight.data for weight in self.weights]
        return f"RandomLoop({self.body}, {self.data}, {self.states}, {weights}, {self.ending!r}, {self.odd})"


@st.composite
def loops_of_all_kinds(draw):
    """A random loop, and a batch for it of no argument or one."""
    operand = st.integers(0, 30)
    step = st.one_of(
        st.tuples(st.sampled_from(UNARY), operand),
        st.tuples(st.sampled_from(BINARY), operand, operand),
        st.builds(lambda name, xs: (name, *xs), st.sampled_from(MANY), st.lists(operand, min_size=2, max_size=6)),
        st.tuples(st.just("where"), operand, operand, operand),
    )
    body = [*draw(st.lists(step, min_size=1, max_size=8)), ("add", -1, 0)]
    count, width = draw(st.integers(3, 20)), draw(st.integers(1, 3))
    data = draw(st.lists(st.lists(DATA, min_size=width, max_size=width), min_size=count, max_size=count))
    states = draw(st.integers(1, 3))
    weights = draw(st.lists(st.sampled_from([0.3, -0.7, 1.25]), min_size=1, max_size=3))
    ending = draw(st.sampled_from(["each", "state", "chain", "dot", "sum", "logsumexp", "mean"]))
    odd = draw(st.sets(st.sampled_from([0, count // 2, count - 1])))
    batch = draw(st.sampled_from([(), (np.array([0.5, -0.25, 1.5]),)]))
    return RandomLoop(body, data, states, weights, ending, odd), batch


@pytest.mark.usefixtures("_rolled_whatever")
class TestBits:
    @QUICK
    @given(drawn=loops_of_all_kinds())
    def test_of_loops_of_all_kinds(self, written_out, drawn):
        function, batch = drawn
        assert Results(function, function.weights, batch) == written_out(
            function, parameters=function.weights, batch=batch
        )

    @FEW
    @given(drawn=programs())
    def test_of_programs_that_hardly_repeat(self, written_out, drawn):
        function, batch = drawn
        assert Results(function, function.weights, batch) == written_out(
            function, parameters=function.weights, batch=batch
        )

    @FEW
    @given(drawn=loops_of_all_kinds())
    def test_of_the_eager_engine(self, drawn):
        function, batch = drawn
        expected = (
            [function(*(Value(float(x)) for x in point)) for point in zip(*batch, strict=True)] if batch else function()
        )
        assert Results(function, function.weights, batch).values == bits(
            [each.data if isinstance(each, Value) else each for each in flattened(expected)]
        )


def flattened(nested):
    return [leaf for each in nested for leaf in flattened(each)] if isinstance(nested, list) else [nested]


LONG = st.integers(101, 300)
TERMS = st.floats(-1e3, 1e3) | st.sampled_from([0.0, -0.0, 1e-310, 1e16, -1e16, 1.0, 0.1, 1e300])
RARE = st.lists(st.sampled_from([math.inf, -math.inf, math.nan, 1e308, -1e308, 710.0]), max_size=2)


@st.composite
def long_lists(draw):
    """A few numbers over and over, so that much cancels, some of them changed a little, and now and then a rare one."""
    few, count = draw(st.lists(TERMS, min_size=1, max_size=5)), draw(LONG)
    signs, change = draw(st.sampled_from([(1.0,), (1.0, -1.0)])), draw(st.sampled_from([0.0, 2.0**-52]))
    numbers = [few[i % len(few)] * signs[i % len(signs)] * (1.0 + change * (i % 13)) for i in range(count)]
    for i, number in enumerate(draw(RARE)):
        numbers[(7 * i) % count] = number
    return numbers


class TestLongLists:
    """Operations on more numbers than are written out, which rest on an exact sum."""

    @pytest.mark.parametrize("name", ["mean", "logsumexp", "sum", "prod"])
    @FEW
    @given(numbers=long_lists())
    def test_have_the_bits_of_the_eager_engine(self, name, numbers):
        operation, parameters = getattr(autograd, name), [Value(x) for x in numbers]
        program = autograd.compile(
            lambda: operation(parameters), backend="native", parameters=parameters, allow_nan=True
        )
        assert bits(program()) == bits(operation([Value(x) for x in numbers]).data)


def data_inside(rows):
    """The squared error of a line, with the data in the function."""
    w, b = Value(0.3), Value(-0.2)
    return lambda: sum((w * x + b - y) ** 2 for x, y in rows), [w, b]


def time_steps(rows):
    """A recurrent neuron that reads data."""
    weights = [Value(x) for x in (0.3, -0.2, 0.1)]

    def state():
        h = 0.0
        for x, y in rows:
            h = autograd.tanh(weights[0] * h + weights[1] * x + weights[2] * y)
        return h

    return state, weights


def rows_of(count):
    return np.random.default_rng(0).normal(size=(count, 2)).tolist()


def source(function, parameters):
    program = autograd.compile(function, backend="native", parameters=parameters)
    program.value_and_grad()
    return program._compiled["native"].sum_and_gradient().kernel.source


class TestCode:
    @pytest.mark.parametrize("example", [data_inside, time_steps])
    def test_is_as_long_for_many_repetitions_as_for_some(self, example):
        some, many = (source(*example(rows_of(count))) for count in (1000, 4000))
        assert abs(len(many.splitlines()) - len(some.splitlines())) <= 0.05 * len(some.splitlines())

    @pytest.mark.parametrize("example", [data_inside, time_steps])
    def test_has_no_data(self, example):
        rows = rows_of(1000)
        text = source(*example(rows))
        assert not [x for row in rows for x in row if literal(x) in text]

    def test_of_what_is_short_is_written_out(self):
        assert "@tables" not in source(*data_inside(rows_of(10)))

    def test_of_what_vectors_of_points_compute_is_written_out(self):
        w, rows = Value(0.3), rows_of(1500)
        program = autograd.compile(
            lambda z: sum((w * x + y - z) ** 2 for x, y in rows), backend="native", parameters=[w]
        )
        program([0.5])
        assert "@tables" not in program.source

    def test_of_what_hardly_repeats_is_written_out(self):
        assert "@tables" not in source(*irregular(3000))


class TestLevels:
    """Of long programs that never repeat."""

    @pytest.fixture(autouse=True)
    def _soon(self, monkeypatch):
        monkeypatch.setattr(loops, "_MANY", 1000)

    def test_make_no_more_code_of_more_operations(self):
        some, many = (source(*irregular(count)) for count in (6000, 12_000))
        assert "@tables" in some
        assert abs(len(many.splitlines()) - len(some.splitlines())) <= 0.05 * len(some.splitlines())

    def test_have_no_operation_that_needs_another_of_its_level(self):
        function, parameters = irregular(2000)
        recording = Recording(Run(function, []))
        listing = Listing(Places(recording.graph, recording.roots, []), len(parameters))
        for piece in (piece for pieces in group_by_kind(listing) for piece in pieces):
            assert len(set(listing.labels[piece.start : piece.stop].tolist())) == 1
            assert listing.operands[piece.start : piece.stop].max() < piece.start

    @pytest.mark.skipif(lanes.lanes() == 1, reason="this processor has no vectors")
    @pytest.mark.parametrize(("most", "count"), [(10**6, lanes.lanes()), (1000, 1)])
    def test_are_left_for_vectors_of_points_where_these_do_not_take_too_long_to_compile(self, monkeypatch, most, count):
        monkeypatch.setattr(native, "_BUDGET", 0)
        monkeypatch.setattr(native, "_MOST_AT_POINTS", most)
        monkeypatch.setattr(loops, "_FEW_AT_POINTS", 1000)
        function, parameters = irregular(4000)
        program = autograd.compile(lambda x: function(x), backend="native", parameters=parameters)
        program([0.5])
        kernel = program._compiled["native"].values.kernel
        assert [kernel.version(points).writer.lanes for points in (1, 300)] == [1, count]


def irregular(count):
    """A function that never repeats itself, of one parameter or of an argument."""
    w, rng = Value(0.5), random.Random(0)

    def function(x=w):
        values = [x, x + w]
        for _ in range(count):
            a, b, c, d = (rng.choice(values[-50:]) for _ in range(4))
            made = [a * b, a + b, a - b, autograd.tanh(a), autograd.sin(b), -a, autograd.where(a, b, c)]
            values.append(rng.choice([*made, autograd.prod([a, b, c, d])]))
        return sum(values[-50:])

    return function, [w]
