"""`check_gradients`: are these derivatives right? It returns a report, or raises one as an error.

There are three references to compare with. "exact" evaluates the recorded graph with mpmath
(`autograd.check.exact_graph`) and differentiates it there without the rules that are under test. "proof" does the same
in ball arithmetic (`autograd.check.proof`), which leaves no doubt. "finite" takes finite differences
(`autograd.check.finite_differences`): it needs nothing installed and sees the function as a black box. Each says how far
off a correct derivative may be at this point, so there is no tolerance to choose. Before any of them,
`autograd.check.faithfulness` makes sure that the recorded graph is the function.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from autograd.calculus.containers import leaves
from autograd.check import finite_differences
from autograd.check.exact_graph import NotExact
from autograd.check.faithfulness import find_faults
from autograd.check.high_precision import HighPrecision
from autograd.check.point import Point, differentiate_numerically
from autograd.check.proof import prove
from autograd.check.references import Case, exact_references
from autograd.check.report import Comparison, Report
from autograd.check.report import GradientError as GradientError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def check_gradients(
    f: Callable[..., Any], *inputs: Any, order: int = 1, reference: str = "exact", mode: str = "reverse"
) -> Report:
    """Compare all derivatives of a function at a point with a reference, and the function with its graph.

    The function is called a few times more, at the same point and at others nearby: a result that left the graph on
    its way, that changes from call to call, or that follows another branch beside the point, fails the check.

    Args:
        f: a function, or an operation, that returns one number.
        inputs: where: numbers, or sequences or arrays of them, as `f` takes them.
        order: 1 for first derivatives; 2 for first and second ones.
        reference: "exact" evaluates the graph that `f` makes in high-precision arithmetic (this needs mpmath), and
            sees an error of one part in 10^9; "proof" encloses it in ball arithmetic (this needs python-flint), and
            either proves that the derivatives are right to what rounding allows, or refutes it, or says why it could do
            neither; "finite" takes finite differences of `f`.
        mode: "reverse" checks what `backward` gives; "forward" what a forward pass for each input gives, as for `jvp`;
            second derivatives are those of the gradient.

    Returns:
        A report: for each input the derivative, the reference and the error. A point at a kink, or where a
        derivative is infinite, is reported as such and is no failure; but a proof that is undecided has not passed.

    Raises:
        GradientError: if a derivative is wrong, or the graph is not the function; the message is the report.
        ValueError: if the point lies outside an operation's domain, or an argument is none of its choices.
        TypeError: if an input is no number, or `f` does not return one.

    Example:
        >>> from autograd import check_gradients, sqrt, tanh
        >>> report = check_gradients(lambda x, y: tanh(x) * y, 0.5, 3.0)
        >>> report.passed, report["y"].derivative
        (True, 0.46211715726000974)
        >>> print(check_gradients(sqrt, 2.0, reference="proof")[0].sentence)
        the true derivative by x lies between 0.35355339059327373 and 0.3535533905932738; 0.35355339059327373 is off by at most 0.565 ulp
    """
    if not callable(f):
        raise TypeError(f"check_gradients() takes a function and then its inputs, but got {f!r} for the function")
    if type(order) is not int or order not in (1, 2):
        raise ValueError(f"order must be 1 or 2, but got {order!r}")
    if reference not in ("exact", "finite", "proof"):
        raise ValueError(f"reference must be 'exact', 'finite' or 'proof', but got {reference!r}")
    if mode not in ("reverse", "forward"):
        raise ValueError(f"mode must be 'reverse' or 'forward', but got {mode!r}")
    if not leaves(inputs):
        raise TypeError("check_gradients() needs inputs at which to check, as in check_gradients(f, 2.0)")
    point = Point(f, inputs, mode)
    point.check_domain()
    faults, doubts = find_faults(point, order)
    check = {"exact": _check_exactly, "proof": prove, "finite": _check_by_differences}[reference]
    report = check(point, order)
    report = replace(report, faults=(*faults, *report.faults), notes=(*report.notes, *doubts))
    if report.failed:
        raise GradientError(report)
    return report


# By exact arithmetic.


def _check_exactly(point: Point, order: int) -> Report:
    try:
        cases, (graph, *_) = exact_references(point, order, HighPrecision())
    except NotExact as error:
        note = f"{error}, so this is a comparison with finite differences; give it exact= or a value for any type"
        return replace(_check_by_differences(point, order), notes=(note,))
    comparisons = [_compare_exactly(each) for each in cases]
    wrong = any(each.is_wrong for each in comparisons)
    faults = dict.fromkeys(graph.wrong_values[:3])
    notes = [text for _, text in sorted(set(graph.mistakes), reverse=True)[:3]] if wrong else []
    return Report(tuple(comparisons), point.expression, "exact", tuple(notes), tuple(faults))


def _compare_exactly(case: Case) -> Comparison:
    name, derivative, (reference, tolerance, problem) = case
    if problem and "kink" not in problem:
        return Comparison(name, derivative, math.nan, math.nan, math.inf, problem)
    nearest = float(reference)
    if math.isfinite(derivative):
        error = float(abs(reference - derivative))
        error = 0.0 if error < 1e-30 * abs(derivative) else error  # the reference is no better than that
    else:
        error = 0.0 if derivative == nearest else math.inf
    return Comparison(name, derivative, nearest, error, float(tolerance), problem)


# By finite differences.


def _check_by_differences(point: Point, order: int) -> Report:
    def value(numbers: Sequence[float]) -> float:
        return point.graph(numbers)[0].data

    comparisons = _differences(value, point, point.names, point.derivatives, point.rounding)
    for i, (_, derivatives, rounding) in enumerate(point.second() if order == 2 else ()):

        def slope(numbers: Sequence[float], i: int = i) -> float:
            return differentiate_numerically(*point.graph(numbers))[0][i]

        names = [f"{point.names[i]}, {other}" for other in point.names]
        comparisons += _differences(slope, point, names, derivatives, rounding)
    return Report(tuple(comparisons), point.expression, "finite")


def _differences(
    f: Callable[[Sequence[float]], float],
    point: Point,
    names: Sequence[str],
    derivatives: Sequence[float],
    rounding: float,
) -> list[Comparison]:
    """Compare with differences along each input."""
    comparisons = []
    singular = point.singularity()
    held = point.held_fixed()
    for i, (name, derivative) in enumerate(zip(names, derivatives, strict=True)):

        def along(x: float, i: int = i) -> float:
            return f([*point.numbers[:i], x, *point.numbers[i + 1 :]])

        found = finite_differences.differentiate(along, point.numbers[i], rounding)
        error = abs(found.value - derivative) if math.isfinite(derivative) else math.inf
        if not found.problem and error > found.tolerance > 0.2 * abs(found.value):
            found = found._replace(problem=finite_differences.NOT_CONVERGED)
        problem = held or found.problem or ("" if math.isfinite(derivative) else singular)
        if problem and "kink" not in problem:
            found, error = finite_differences.Estimate(math.nan, math.inf, problem), math.nan
        comparisons.append(Comparison(name, derivative, found.value, error, found.tolerance, found.problem))
    return comparisons
