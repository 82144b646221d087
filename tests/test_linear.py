"""Linear algebra on `Value`s: as NumPy's on numbers, with derivatives, also where a matrix is singular."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import Value, check_gradients, det, grad, hessian, inv, solve
from autograd.engine.linear import _determinant_without_division

MATRICES = st.integers(1, 4).flatmap(
    lambda n: st.lists(st.lists(st.integers(-3, 3).map(float), min_size=n, max_size=n), min_size=n, max_size=n)
)


def cofactors(matrix):
    """The derivative of the determinant, right for every matrix."""
    n = len(matrix)
    minors = [
        [np.linalg.det(np.delete(np.delete(matrix, i, 0), j, 1)) if n > 1 else 1.0 for j in range(n)] for i in range(n)
    ]
    return np.array([[(-1) ** (i + j) * minors[i][j] for j in range(n)] for i in range(n)])


@given(MATRICES)
def test_a_determinant_and_its_derivative_are_right_for_every_matrix(rows):
    entries = [[Value(x) for x in row] for row in rows]
    result = det(entries)
    assert (result.data if isinstance(result, Value) else result) == pytest.approx(np.linalg.det(rows), abs=1e-9)
    result.backward()
    np.testing.assert_allclose([[x.grad for x in row] for row in entries], cofactors(rows), atol=1e-9)


@given(MATRICES)
def test_without_division_a_determinant_is_the_same(rows):
    assert _determinant_without_division(rows) == pytest.approx(np.linalg.det(rows), abs=1e-9)


def test_the_second_derivative_of_a_determinant_of_zeros():
    second = hessian(lambda xs: det([xs[:2], xs[2:]]))([0.0] * 4)
    np.testing.assert_array_equal(second, [[0, 0, 0, 1], [0, 0, -1, 0], [0, -1, 0, 0], [1, 0, 0, 0]])


def test_a_solution_and_its_derivative():
    matrix, right = np.array([[0.0, 2.0, 1.0], [1.0, -1.0, 0.5], [3.0, 0.0, 2.0]]), np.array([1.0, -2.0, 0.5])
    a, b = [np.vectorize(Value, otypes=[object])(x) for x in (matrix, right)]
    x = solve(a, b)
    np.testing.assert_allclose([each.data for each in x], np.linalg.solve(matrix, right))
    np.sum(x * np.array([1.0, 2.0, 3.0])).backward()
    adjoint = np.linalg.solve(matrix.T, [1.0, 2.0, 3.0])
    np.testing.assert_allclose([each.grad for each in b], adjoint)
    slopes = np.vectorize(lambda v: v.grad)(a)
    np.testing.assert_allclose(slopes, -np.outer(adjoint, np.linalg.solve(matrix, right)))


def test_several_right_hand_sides_at_once():
    matrix, right = np.array([[2.0, 1.0], [1.0, 3.0]]), np.array([[1.0, 0.0, 2.0], [4.0, 5.0, 6.0]])
    np.testing.assert_allclose(solve(matrix, right), np.linalg.solve(matrix, right))
    assert solve([[2.0]], [[4.0, 6.0]]) == [[2.0, 3.0]]


def test_an_inverse_times_its_matrix_is_the_identity():
    matrix = np.array([[2.0, 1.0, 0.0], [1.0, 3.0, 1.0], [0.0, 1.0, 4.0]])
    np.testing.assert_allclose(inv(matrix) @ matrix, np.eye(3), atol=1e-15)
    assert grad(lambda x: inv([[x, 1.0], [0.0, 2.0]])[0][0])(4.0) == pytest.approx(-1 / 16)


def test_determinants_and_inverses_pass_the_check():
    point = [2.0, 1.0, 0.5, -1.0]
    for i, j in itertools.product(range(2), repeat=2):
        check_gradients(lambda xs, i=i, j=j: inv([xs[:2], xs[2:]])[i][j], point)
    check_gradients(lambda xs: det([xs[:2], xs[2:]]), point)


@pytest.mark.parametrize(
    ("attempt", "message"),
    [
        (lambda: det([[1.0, 2.0]]), "needs a square matrix"),
        (lambda: det([1.0, 2.0]), "needs a square matrix"),
        (lambda: inv(np.zeros((2, 3))), r"square matrix, .* but got \(2, 3\)"),
        (lambda: solve([[1.0]], [1.0, 2.0]), "1 equations, but 2 right-hand sides"),
        (lambda: solve([[1.0, 2.0], [2.0, 4.0]], [1.0, 2.0]), "this one is singular"),
    ],
)
def test_what_cannot_be_done_is_explained(attempt, message):
    with pytest.raises(ValueError, match=message):
        attempt()
