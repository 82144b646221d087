"""Linear algebra on matrices of `Value`s, which NumPy's own refuses: `solve`, `det` and `inv`.

A matrix is a list of rows or an array; what comes back is a list for lists and an array for arrays. Elimination takes
the largest pivot of all that is left, so that a determinant keeps its derivative where the matrix loses one rank; where
it loses more, what is left is zeros and is multiplied out without a division (Bird, Information Processing Letters 111,
2011).
"""

from __future__ import annotations

import sys
from typing import Any

from autograd.engine.floats import held
from autograd.engine.value import Value

Rows = list[list[Any]]


def solve(matrix: Any, right: Any) -> Any:
    """Solve ``matrix @ x = right`` for x.

    Args:
        matrix: of shape (n, n).
        right: of shape (n,), or (n, k) for k right-hand sides.

    Raises:
        ValueError: if the matrix is not square, the right-hand side does not fit, or the matrix is singular.

    Example:
        >>> from autograd import Value
        >>> a = Value(2.0)
        >>> x, y = solve([[a, 0.0], [1.0, 1.0]], [6.0, 4.0])
        >>> x.backward()
        >>> x.data, y.data, a.grad
        (3.0, 1.0, -1.5)
    """
    rows = _square(matrix, "solve")
    sides = [[held(x) for x in each] if _is_row(each) else held(each) for each in right]
    if len(sides) != len(rows):
        raise ValueError(f"solve() has {len(rows)} equations, but {len(sides)} right-hand sides")
    is_vector = not any(isinstance(each, list) for each in sides)
    columns = [[each] for each in sides] if is_vector else sides
    found = _eliminate_and_substitute(rows, columns, "solve")
    return _like(matrix, right, [each[0] for each in found] if is_vector else found)


def inv(matrix: Any) -> Any:
    """The inverse of a matrix of shape (n, n).

    Raises:
        ValueError: if the matrix is not square, or singular.

    Example:
        >>> inv([[2.0, 0.0], [1.0, 1.0]])
        [[0.5, 0.0], [-0.5, 1.0]]
    """
    rows = _square(matrix, "inv")
    identity = [[float(i == j) for j in range(len(rows))] for i in range(len(rows))]
    return _like(matrix, matrix, _eliminate_and_substitute(rows, identity, "inv"))


def det(matrix: Any) -> Any:
    """The determinant of a matrix of shape (n, n).

    Raises:
        ValueError: if the matrix is not square.

    Example:
        >>> from autograd import Value
        >>> a = Value(2.0)
        >>> d = det([[a, 3.0], [4.0, 6.0]])
        >>> d.backward()
        >>> d.data, a.grad
        (0.0, 6.0)
    """
    rows = _square(matrix, "det")
    product: Any = 1.0
    while rows:
        i, j = _largest(rows)
        pivot = rows[i][j]
        if _size(pivot) == 0.0:
            return product * _determinant_without_division(rows)
        product = product * (pivot if (i + j) % 2 == 0 else -pivot)
        rest = [row for k, row in enumerate(rows) if k != i]
        rows = [
            [x - row[j] / pivot * y for k, (x, y) in enumerate(zip(row, rows[i], strict=True)) if k != j]
            for row in rest
        ]
    return product


def _eliminate_and_substitute(rows: Rows, sides: Rows, name: str) -> Rows:
    """Gauss and Jordan: bring the matrix to the identity, and each right-hand side with it."""
    size = len(rows)
    rows = [[*row, *side] for row, side in zip(rows, sides, strict=True)]
    for j in range(size):
        i = max(range(j, size), key=lambda i: _size(rows[i][j]))
        if _size(rows[i][j]) == 0.0:
            raise ValueError(f"{name}() needs a matrix that can be inverted, but this one is singular")
        rows[j], rows[i] = rows[i], rows[j]
        pivot = rows[j][j]
        rows[j] = [x / pivot for x in rows[j][j:]]
        rows[j] = [0.0] * j + rows[j]
        for k in range(size):
            factor = rows[k][j]
            if k != j:
                rows[k] = rows[k][:j] + [x - factor * y for x, y in zip(rows[k][j:], rows[j][j:], strict=True)]
    return [row[size:] for row in rows]


def _determinant_without_division(rows: Rows) -> Any:
    """By Bird's recurrence: multiply again and again by what is above the diagonal and the traces of what is below."""
    size = len(rows)
    power = rows
    for _ in range(size - 1):
        diagonal = [-sum((power[k][k] for k in range(i + 1, size)), 0.0) for i in range(size)]
        upper = [[diagonal[i] if i == j else power[i][j] if i < j else 0.0 for j in range(size)] for i in range(size)]
        power = [[sum((x * rows[k][j] for k, x in enumerate(row)), 0.0) for j in range(size)] for row in upper]
    return power[0][0] if size % 2 else -power[0][0]


def _largest(rows: Rows) -> tuple[int, int]:
    places = [(i, j) for i in range(len(rows)) for j in range(len(rows))]
    return max(places, key=lambda place: _size(rows[place[0]][place[1]]))


def _size(x: Any) -> float:
    return abs(x.data if isinstance(x, Value) else float(x))


def _is_row(given: Any) -> bool:
    return isinstance(given, (list, tuple)) or len(getattr(given, "shape", ())) > 0


def _square(matrix: Any, name: str) -> Rows:
    rows = [[held(x) for x in row] for row in matrix] if all(map(_is_row, matrix)) else []
    if not rows or any(len(row) != len(rows) for row in rows):
        shape = getattr(matrix, "shape", None) or f"{len(matrix)} rows"
        raise ValueError(f"{name}() needs a square matrix, a list of n rows of n numbers, but got {shape}")
    return rows


def _like(matrix: Any, right: Any, found: list[Any]) -> Any:
    """A list, or an array if one was given."""
    if not (hasattr(matrix, "shape") or hasattr(right, "shape")):
        return found
    return sys.modules["numpy"].array(found)
