"""`no_grad` and `detect_anomaly`, alone and inside each other."""

from __future__ import annotations

import math
import pickle
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import autograd
from autograd import AnomalyError, DetachedError, Value, detect_anomaly, grad, no_grad, variables


def test_no_grad_computes_numbers_and_records_nothing():
    a = Value(2.0)
    with no_grad():
        b = a * 3 + autograd.sum([a, a])
    assert (b.data, b.parents, b.op) == (10.0, (), "")
    assert (a * 3).parents


def test_no_grad_is_also_a_decorator():
    a = Value(2.0)

    @no_grad()
    def triple(x):
        """Three times x."""
        return x * 3

    for _ in range(2):
        assert triple(a).parents == ()
    assert triple.__name__ == "triple"
    assert (a * 3).parents


def test_no_grad_ends_with_an_error():
    a = Value(2.0)
    with pytest.raises(RuntimeError), no_grad():
        raise RuntimeError
    assert (a * 3).parents


def test_no_grad_holds_for_one_thread():
    a = Value(2.0)
    seen = []
    with no_grad():
        thread = threading.Thread(target=lambda: seen.append((a * 3).parents))
        thread.start()
        thread.join()
    assert seen[0]


def test_the_first_value_that_is_not_finite_is_an_error_that_says_where_it_comes_from():
    x = Value(0.0, "x")
    with detect_anomaly(), pytest.raises(AnomalyError) as caught:
        y = x * 2
        y.log() + 1  # here
    message = str(caught.value)
    assert "the value of log(0.0) is -inf" in message
    assert "expression: log(x * 2)" in message
    assert __file__ in message
    assert "y.log() + 1  # here" in message


def test_operands_and_operators_are_shown():
    a = Value(1e300, "a")
    with detect_anomaly(), pytest.raises(AnomalyError, match=r"the value of 1e\+300 \* 1e\+300 is inf"):
        a * a


def test_a_gradient_that_is_not_finite_is_refused_and_the_leaves_keep_theirs():
    x, a = variables(x=0.0, a=3.0)
    (a * x).backward()
    before = x.grad, a.grad
    with detect_anomaly():
        y = a * 5 + x.sqrt()  # the line that made it
        with pytest.raises(AnomalyError) as caught:
            y.backward()
    message = str(caught.value)
    assert "derivative of sqrt(0.0) with respect to operand 1 is inf" in message
    assert "expression: sqrt(x)" in message
    assert "the line that made it" in message
    assert (x.grad, a.grad) == before


def test_a_gradient_that_overflows_only_in_total_is_refused_too():
    x = Value(0.0, "x")
    with detect_anomaly():
        y = x * 1.5e308 + x * 1.5e308
        with pytest.raises(AnomalyError, match="the gradient of x adds up to inf"):
            y.backward()
    assert x.grad == 0.0


def test_a_gradient_to_start_with_that_is_not_finite_is_refused():
    x = Value(2.0)
    with detect_anomaly(), pytest.raises(AnomalyError, match=r"backward\(\) starts with is nan"):
        (x * x).backward(math.nan)
    assert x.grad == 0.0


def test_what_is_finite_passes():
    x = Value(2.0)
    with detect_anomaly():
        (x * x).backward()
    assert x.grad == 4.0


def test_anomalies_are_found_when_derivatives_are_differentiated():
    with detect_anomaly(), pytest.raises(AnomalyError):
        grad(grad(autograd.sqrt))(0.0)


@pytest.mark.parametrize("backend", ["python", "numpy", "native"])
@pytest.mark.parametrize(
    "run",
    [
        lambda program: program(0.0),
        lambda program: program([1.0, 0.0]),
        lambda program: [program.value_and_grad(x) for x in (1.0, 2.0, 0.0)],
        lambda program: program.jacobian([1.0, 0.0]),
        lambda program: program.jacobian([1.0, 0.0], of="parameters"),
    ],
)
def test_a_program_is_followed_to_where_an_anomaly_arises(backend, run):
    if backend == "native":
        pytest.importorskip("llvmlite")
    w = Value(2.0, "w")
    w.grad = 5.0
    program = autograd.compile(
        lambda x: w * x.log(),  # the line of the program
        backend=backend,
    )
    with detect_anomaly(), pytest.raises(AnomalyError, match=r"the value of log\(0\.0\) is -inf") as caught:
        run(program)
    assert "the line of the program" in str(caught.value) and w.grad == 5.0


def test_an_anomaly_of_a_program_that_cannot_be_followed_names_the_program():
    program = pickle.loads(pickle.dumps(autograd.compile(lambda x: x.log())))  # without its function
    with detect_anomaly(), pytest.raises(AnomalyError, match="the program <lambda> came to what is not finite"):
        program(0.0)
    with detect_anomaly():
        assert program(1.0) == 0.0


def test_a_derivative_of_a_program_that_is_not_finite_is_followed_to_its_operation():
    program = autograd.compile(lambda x: 3.0 * x.sqrt())
    with detect_anomaly():
        assert program(0.0) == 0.0
        with pytest.raises(AnomalyError, match=r"derivative of sqrt\(0\.0\) with respect to operand 1 is inf"):
            program.jacobian(0.0)
    assert program.jacobian(0.0) == math.inf


def test_an_anomaly_in_a_huge_graph_is_told_in_a_few_lines():
    y = x = Value(2.0, "x")
    for _ in range(20_000):
        y = y + x
    with detect_anomaly(), pytest.raises(AnomalyError) as caught:
        y / 0
    assert len(str(caught.value)) < 3000


def test_modes_nest_in_either_order():
    x = Value(0.0)
    with detect_anomaly(), no_grad(), pytest.raises(AnomalyError):
        x.log()
    with no_grad(), detect_anomaly():
        assert (x + 1).parents == ()


def test_outside_nothing_is_refused():
    with detect_anomaly():
        pass
    assert Value(0.0).log().data == -math.inf


# Other threads.


def in_a_pool(function, x):
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(function, x).result() * x


def test_what_threads_compute_is_differentiated():
    assert grad(lambda x: in_a_pool(autograd.exp, x))(1.0) == pytest.approx(2 * math.e)


def test_a_number_that_leaves_the_graph_in_another_thread_is_refused():
    with pytest.raises(DetachedError, match=r"autograd.exp for exp"):
        grad(lambda x: in_a_pool(lambda y: math.exp(y), x))(1.0)
    with pytest.raises(DetachedError, match="in another thread, a value is turned into a plain number"):
        autograd.compile(lambda x: in_a_pool(lambda y: math.exp(y), x))([1.0])


def test_a_branch_that_another_thread_takes_is_not_compiled():
    with pytest.raises(DetachedError, match="in another thread, a value is compared"):
        autograd.compile(lambda x: in_a_pool(lambda y: y if y > 0 else -y, x))([1.0])


def test_other_graphs_of_other_threads_are_left_alone():
    other = Value(2.0)
    assert grad(lambda x: in_a_pool(lambda _: float(other * 3), x))(1.0) == 6.0


def test_a_function_of_numpys_that_takes_no_values_names_ours():
    with pytest.raises(TypeError) as caught:
        grad(lambda x: np.linalg.solve(np.array([[x, 1.0], [0.0, x]]), [1.0, 2.0])[0])(2.0)
    assert "autograd.solve" in caught.value.__notes__[0]
