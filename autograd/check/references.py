"""Derivatives at a point beside what exact arithmetic says of them: what `check_gradients` compares, and proofs decide."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from autograd.check.exact_graph import Derivative, ExactGraph, Undefined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from autograd.check.exact_graph import Arithmetic
    from autograd.check.point import Point


class Case(NamedTuple):
    """One derivative to be judged.

    Attributes:
        name: of the input; of two inputs for a second derivative.
        derivative: as this package computes it.
        exact: the same in exact arithmetic, with what rounding may do to it.
    """

    name: str
    derivative: float
    exact: Derivative


def exact_references(point: Point, order: int, arithmetic: Arithmetic) -> tuple[list[Case], list[ExactGraph]]:
    """The derivatives up to an order, and the graphs whose operations were held against exact arithmetic on the way.

    Args:
        point: the function and its graph.
        order: 1 for first derivatives; 2 for first and second ones.
        arithmetic: to compute the references with.

    Returns:
        The cases; and the graph of the function, followed for order 2 by those of its first derivatives.

    Raises:
        NotExact: if an operation cannot be computed in this arithmetic.
    """
    graph = ExactGraph(arithmetic, point.root, point.leaves)
    cases = [Case(*each) for each in zip(point.names, point.derivatives, graph.differentiate(), strict=True)]
    graphs = [graph]
    for found, derived in _second(point, graph) if order == 2 else ():
        cases += found
        graphs.append(derived)
    return cases, graphs


def _second(point: Point, graph: ExactGraph) -> Iterator[tuple[list[Case], ExactGraph]]:
    """The second derivatives row by row; what rounding may do to them is told from the graphs of the first ones."""
    problem = ""
    try:
        values = graph.second()
    except Undefined as error:
        problem, values = str(error), [[graph.number(0)] * len(point.leaves)] * len(point.leaves)
    for i, (slope, derivatives, _) in enumerate(point.second()):
        derived = ExactGraph(graph.arithmetic, slope, point.leaves)
        row = []
        for j, each in enumerate(derived.differentiate()):
            why = problem or each.problem or graph.problems_of_leaves[i] or graph.problems_of_leaves[j]
            exact = Derivative(values[i][j], each.tolerance, why)
            row.append(Case(f"{point.names[i]}, {point.names[j]}", derivatives[j], exact))
        yield row, derived
