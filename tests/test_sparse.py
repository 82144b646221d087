"""Sparse Jacobians and Hessians: the dense ones' numbers, where the graph says that there are any."""

from __future__ import annotations

import sys
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given

import autograd
from autograd import Value, hessian, jacobian, no_grad
from autograd.engine.recorder import Recorder, recording
from autograd.strategies import expressions

sparse = pytest.importorskip("scipy.sparse")


class Counter(Recorder):
    """Counts the nodes that are made."""

    def __init__(self):
        self.nodes = 0

    def node(self, node):
        self.nodes += 1


def chain(x):
    """Its Hessian has three diagonals."""
    total = 0.0
    for a, b in pairwise(x):
        total = total + (b - a * a) ** 2 + autograd.sin(a) * b
    return total


def test_the_hessian_of_a_chain_has_three_diagonals():
    x = list(np.linspace(-1.0, 2.0, 12))
    found = hessian(chain, sparse=True)(x)
    assert sparse.issparse(found)
    assert found.shape == (12, 12)
    assert found.nnz == 3 * 12 - 2
    assert found.toarray() == pytest.approx(np.array(hessian(chain)(x)), rel=1e-13, abs=1e-13)


def test_what_cancels_within_an_operation_costs_no_digits():
    def f(v):
        (y,) = v
        power = (y + y) ** (y + y)
        return autograd.log(autograd.logaddexp(power, power))

    ((exact,),) = hessian(f)([5.0])
    assert hessian(f, sparse=True)([5.0]).toarray() == pytest.approx(np.array([[exact]]), rel=1e-12)


@given(expressions(4))
def test_a_sparse_hessian_is_the_dense_one(expression):
    dense = np.array(hessian(lambda x: expression(*x))(list(expression.point)))
    assume(np.isfinite(dense).all())
    found = hessian(lambda x: expression(*x), sparse=True)(list(expression.point)).toarray()
    assume(np.isfinite(found).all())  # products of derivatives overflow in other places
    assert found == pytest.approx(dense, rel=1e-7, abs=1e-7 * max(1.0, abs(dense).max()))
    assert (found == found.T).all()


@given(expressions(3), expressions(3))
def test_a_sparse_jacobian_is_the_dense_one(first, second):
    def f(x):
        y = first(*x)
        return [y, second(x[2], y, x[0]), 3.0, y, x[1]]

    at = list(first.point)
    dense = np.array(jacobian(f)(at))
    assume(np.isfinite(dense).all())
    found = jacobian(f, sparse=True)(at).toarray()
    assume(np.isfinite(found).all())
    assert found == pytest.approx(dense, rel=1e-7, abs=1e-7 * max(1.0, abs(dense).max()))


def test_entries_are_where_the_graph_has_paths_whatever_their_numbers():
    assert hessian(lambda x: x[0] ** 3 + x[1] * x[2], sparse=True)([0.0, 0.0, 0.0]).nnz == 3
    assert hessian(lambda x: 2 * x[0] + x[1], sparse=True)([1.0, 2.0]).nnz == 0
    assert hessian(lambda x: 7.0, sparse=True)([1.0, 2.0]).shape == (2, 2)
    assert jacobian(lambda x: [x[0] * 0.0, x[1]], sparse=True)([1.0, 2.0]).nnz == 2


def test_a_road_not_taken_has_no_entry():
    assert hessian(lambda x: autograd.where(x[0] > 0, x[1] ** 2, x[2] ** 2), sparse=True)([1.0, 2.0, 3.0]).nnz == 1


def test_work_grows_with_the_entries():
    nodes = {}
    for n in (100, 400):
        counter = Counter()
        with recording(counter):
            hessian(chain, sparse=True)([0.1 * i for i in range(n)])
        nodes[n] = counter.nodes
    assert nodes[400] < 5 * nodes[100]


@pytest.mark.parametrize(
    ("f", "entries"),
    [
        (lambda x: [sum(x)], 300),
        (lambda x: [autograd.exp(x[0]) * each for each in x], 599),
        (lambda x: [a * b for a, b in pairwise(x)] + [autograd.dot(x, x)], 898),
    ],
    ids=["narrows", "widens", "both"],
)
def test_nodes_of_a_jacobian_are_left_in_an_order_that_suits_the_graph(f, entries):
    x = [0.01 * i + 0.5 for i in range(300)]
    found = jacobian(f, sparse=True)(x)
    assert found.nnz == entries
    assert found.toarray() == pytest.approx(np.array(jacobian(f)(x)))


def test_containers_are_laid_end_to_end():
    found = hessian(lambda d: d["a"] * d["b"][1] ** 2, sparse=True)({"a": 2.0, "b": np.array([1.0, 3.0])})
    assert found.toarray().tolist() == [[0.0, 0.0, 6.0], [0.0, 0.0, 0.0], [6.0, 0.0, 4.0]]
    found, besides = hessian(lambda x: (x[0] ** 2, "text"), sparse=True, has_aux=True)([1.0, 2.0])
    assert (found.nnz, besides) == (1, "text")


def test_without_scipy_there_are_rows_columns_and_values(monkeypatch):
    monkeypatch.setattr("autograd.calculus.sparse.find_spec", lambda name: None)
    rows, columns, values = hessian(lambda x: x[0] ** 2 * x[2], sparse=True)([3.0, 4.0, 5.0])
    assert rows.tolist() == [0, 0, 2]
    assert columns.tolist() == [0, 2, 0]
    assert values.tolist() == [10.0, 6.0, 6.0]


def test_what_would_be_differentiated_further_is_refused():
    weight = Value(2.0)
    with pytest.raises(TypeError, match=r"hessian\(f, sparse=True\) gives floats, .* call it in no_grad\(\)"):
        hessian(lambda x: weight * x[0] ** 2, sparse=True)([1.0])
    with pytest.raises(TypeError, match=r"jacobian\(f, sparse=True\) gives floats"):
        jacobian(lambda x: [weight * x[0]], sparse=True)([1.0])
    with no_grad():
        assert hessian(lambda x: weight * x[0] ** 2, sparse=True)([1.0]).toarray().tolist() == [[4.0]]


def test_scipy_is_loaded_only_when_it_is_needed():
    assert "scipy" not in sys.modules["autograd.calculus.sparse"].__dict__
