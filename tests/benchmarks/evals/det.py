"""det: the determinant of a matrix, expanded by minors; each minor is computed once. Size: rows of the matrix."""

from __future__ import annotations

from functools import cache
from itertools import combinations
from typing import Any

import numpy as np

from tests.benchmarks.evals.problem import Problem, Work, jax_gradient, leaves, torch_gradient, values

SIZES = {"tiny": 3, "small": 5, "medium": 7}


def data(size: int) -> tuple[Any, ...]:
    return (np.random.default_rng(0).uniform(size=(size, size)),)


def ours(matrix: Any) -> Problem:
    rows = values(matrix)
    columns = frozenset(range(len(matrix)))
    return Problem(lambda: determinant(rows, columns), leaves(rows))


def determinant(matrix: list[list[Any]], columns: frozenset[int]) -> Any:
    @cache
    def minor(left: frozenset[int]) -> Any:
        """Of the last rows, as many as there are columns left."""
        if not left:
            return 1.0
        row = matrix[len(matrix) - len(left)]
        return sum((-1) ** i * row[j] * minor(left - {j}) for i, j in enumerate(sorted(left)))

    return minor(columns)


def by_levels(size: int) -> list[tuple[Any, Any, Any]]:
    """For minors of 1, 2, ... rows: the columns to expand along, the smaller minors that go with them, their signs."""
    tables, places = [], {(): 0}
    for count in range(1, size + 1):
        minors = list(combinations(range(size), count))
        smaller = [[places[minor[:i] + minor[i + 1 :]] for i in range(count)] for minor in minors]
        tables.append((np.array(minors), np.array(smaller), (-1.0) ** np.arange(count)))
        places = {minor: i for i, minor in enumerate(minors)}
    return tables


def in_jax(matrix: Any) -> Work:
    import jax.numpy as jnp

    tables = by_levels(len(matrix))

    def by_minors(matrix: Any) -> Any:
        minors = jnp.ones(1)
        for count, (columns, smaller, signs) in enumerate(tables, 1):
            minors = (matrix[-count][columns] * minors[smaller] * signs).sum(axis=1)
        return minors[0]

    return jax_gradient(by_minors, [matrix])


def in_torch(matrix: Any) -> Work:
    import torch

    tables = [tuple(map(torch.from_numpy, table)) for table in by_levels(len(matrix))]

    def by_minors(matrix: Any) -> Any:
        minors = torch.ones(1, dtype=torch.float64)
        for count, (columns, smaller, signs) in enumerate(tables, 1):
            minors = (matrix[-count][columns] * minors[smaller] * signs).sum(dim=1)
        return minors[0]

    return torch_gradient(by_minors, [matrix])
