"""`check_gradients`: are these derivatives right? A report, or an error that is one.

Two references. `autograd.check.high_precision` evaluates the recorded graph with mpmath and differentiates it there without
using the rules that are under test. `autograd.check.finite_differences` needs nothing installed and sees the function as a
black box. Either says how far off a correct derivative may be at this point, so there is no tolerance to choose.
"""

from __future__ import annotations

import inspect
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from autograd.calculus.call import as_number, name_of
from autograd.calculus.containers import leaves, like, names
from autograd.calculus.graph import differentiate
from autograd.check import finite_differences
from autograd.check.high_precision import EPSILON, ExactGraph, HighPrecision, NotExact, Undefined
from autograd.engine.floats import as_float
from autograd.engine.modes import graph_recording
from autograd.engine.primitive import BUILT_IN
from autograd.engine.value import Value, constant, topological_order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


class GradientError(AssertionError):
    """A derivative is wrong. The message is the report; `report` holds it.

    Args:
        report: of the check that failed.
    """

    def __init__(self, report: Report) -> None:
        super().__init__(str(report))
        self.report = report


@dataclass(frozen=True)
class Comparison:
    """One derivative beside its reference.

    Args:
        input: the name of the input; of two for a second derivative.
        derivative: as this package computes it.
        reference: what it should be.
        error: by how much it differs, in exact arithmetic.
        tolerance: by how much it may.
        problem: why the two cannot be compared here, such as a kink; empty if they can.
    """

    input: str
    derivative: float
    reference: float
    error: float
    tolerance: float
    problem: str = ""

    @property
    def ulp(self) -> float:
        """The error in units in the last place of the reference; infinite if that is 0 and the error is not."""
        return self.error / math.ulp(self.reference) if self.reference and self.error else self.relative_error

    @property
    def relative_error(self) -> float:
        """The error beside the reference; infinite if that is 0 and the error is not."""
        if self.error == 0.0 or math.isnan(self.error):
            return self.error
        return self.error / abs(self.reference) if self.reference else math.inf

    @property
    def is_wrong(self) -> bool:
        """Whether the derivative differs by more than it may."""
        return not self.problem and not self.error <= self.tolerance

    @property
    def badness(self) -> float:
        """The error in units of what is allowed."""
        if self.problem or self.error <= 0.0:
            return 0.0
        return self.error / self.tolerance if self.tolerance and math.isfinite(self.error) else math.inf


@dataclass(frozen=True)
class Report:
    """What a check found: a `Comparison` for each input, over which it iterates, and what else there is to say.

    Args:
        comparisons: in the order of the inputs.
        expression: what was differentiated.
        reference: "exact" or "finite".
        notes: further sentences, such as which operation is to blame.
        failed: whether something besides a comparison is wrong.
    """

    comparisons: tuple[Comparison, ...]
    expression: str
    reference: str
    notes: tuple[str, ...] = ()
    failed: bool = False

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong."""
        return not self.failed and not any(each.is_wrong for each in self.comparisons)

    def __bool__(self) -> bool:
        return self.passed

    def __iter__(self) -> Iterator[Comparison]:
        return iter(self.comparisons)

    def __len__(self) -> int:
        return len(self.comparisons)

    def __getitem__(self, input: str | int) -> Comparison:
        """The comparison of an input, by its name or number."""
        if isinstance(input, int):
            return self.comparisons[input]
        for each in self.comparisons:
            if each.input == input:
                return each
        raise KeyError(f"no input is called {input!r}; there are {', '.join(each.input for each in self)}")

    def __str__(self) -> str:
        """The report as text, the worst first."""
        kind = {"exact": "high-precision arithmetic", "finite": "finite differences"}[self.reference]
        verdict = "agree" if self.passed else "do not agree"
        rows = [["input", "derivative", "reference", "error in ulp", "relative error", ""]]
        for each in sorted(self.comparisons, key=lambda each: each.badness, reverse=True)[:50]:
            verdict_of_row = "WRONG" if each.is_wrong else each.problem or "ok"
            numbers = (each.reference, each.ulp, each.relative_error)
            shown = [f"{each.derivative!r}", f"{each.reference!r}", f"{each.ulp:.3g}", f"{each.relative_error:.3g}"]
            shown[1:] = ["-" if math.isnan(x) else text for x, text in zip(numbers, shown[1:], strict=True)]
            rows.append([each.input, *shown, verdict_of_row])
        widths = [max(len(row[i]) for row in rows) for i in range(5)]
        lines = ["  ".join([cell.ljust(w) for cell, w in zip(row, widths, strict=False)] + [row[5]]) for row in rows]
        return "\n".join(
            [f"derivatives {verdict} with {kind}", f"of {self.expression}"]
            + ["  " + line.rstrip() for line in lines]
            + (["  ..."] if len(self) > 50 else [])
            + list(self.notes)
        )


def check_gradients(f: Callable[..., Any], *inputs: Any, order: int = 1, reference: str = "exact") -> Report:
    """Compare all derivatives of a function at a point with a reference.

    Args:
        f: a function, or an operation, that returns one number.
        inputs: where: numbers, or sequences or arrays of them, as `f` takes them.
        order: 1 for first derivatives; 2 for first and second ones.
        reference: "exact" evaluates the graph that `f` makes in high-precision arithmetic (this needs mpmath), and
            sees an error of one part in 10^9; "finite" takes finite differences of `f`.

    Returns:
        A report: for each input the derivative, the reference and the error. A point at a kink, or where a
        derivative is infinite, is reported as such and is no failure.

    Raises:
        GradientError: if a derivative is wrong; the message is the report, worst first.
        ValueError: if the point lies outside an operation's domain, or an argument is none of its choices.
        TypeError: if an input is no number, or `f` does not return one.

    Example:
        >>> from autograd import check_gradients, tanh
        >>> report = check_gradients(lambda x, y: tanh(x) * y, 0.5, 3.0)
        >>> report.passed, report["y"].derivative
        (True, 0.46211715726000974)
    """
    if not callable(f):
        raise TypeError(f"check_gradients() takes a function and then its inputs, but got {f!r} for the function")
    if type(order) is not int or order not in (1, 2):
        raise ValueError(f"order must be 1 or 2, but got {order!r}")
    if reference not in ("exact", "finite"):
        raise ValueError(f"reference must be 'exact' or 'finite', but got {reference!r}")
    if not inputs:
        raise TypeError("check_gradients() needs inputs at which to check, as in check_gradients(f, 2.0)")
    point = _Point(f, inputs)
    point.check_domain()
    notes: list[str] = []
    if reference == "exact":
        try:
            report = _check_exactly(point, order)
        except NotExact as error:
            notes = [
                f"{error}, so this is a comparison with finite differences; give it exact= or a value for any type"
            ]
    if reference == "finite" or notes:
        report = _check_by_differences(point, order, notes)
    if not report.passed:
        raise GradientError(report)
    return report


class _Point:
    """A function at a point: its graph, made with leaves of its own."""

    def __init__(self, f: Callable[..., Any], inputs: Sequence[Any]) -> None:
        self.f = f
        self.inputs = tuple(inputs)
        self.name = name_of(f)
        self.numbers = [as_float(x, f"an input of {self.name}") for x in leaves(self.inputs)]
        self.names = [name for i, tree in enumerate(inputs) for name in names(tree, _parameters(f, len(inputs))[i])]
        for name, number in zip(self.names, self.numbers, strict=True):
            if not math.isfinite(number):
                raise ValueError(f"the input {name} is {number!r}; derivatives can be checked at finite numbers only")
        self.root, self.leaves = self.graph(self.numbers)
        self.derivatives, self.rounding = _pass(self.root, self.leaves)

    def graph(self, numbers: Sequence[float]) -> tuple[Value, list[Value]]:
        """The function's result at other numbers, and the leaves that stand for them."""
        leaves = [Value(number, name) for number, name in zip(numbers, self.names, strict=True)]
        with graph_recording():
            result = as_number(self.f(*like(self.inputs, iter(leaves))), self.name)
        return (result if isinstance(result, Value) else constant(result)), leaves

    @property
    def expression(self) -> str:
        """The source text of the graph, with the numbers of the inputs."""
        from autograd.see.text import source

        at = ", ".join(f"{n} = {x!r}" for n, x in list(zip(self.names, self.numbers, strict=True))[:20])
        return f"{source(self.root, 200)} at {at}" + (", ..." if len(self.names) > 20 else "")

    def check_domain(self) -> None:
        """Refuse a point outside an operation's domain, or where numbers overflow."""
        for node in topological_order(self.root):
            primitive = node.primitive
            if primitive is None:
                continue
            numbers = [parent.data for parent in node.parents]
            shown = ", ".join(map(repr, numbers[:10])) + (", ..." if len(numbers) > 10 else "")
            if primitive.domain is not None and not primitive.is_defined(numbers):
                raise ValueError(
                    f"{primitive.name} is defined where {primitive.domain[0]}, but {self.name} takes it at ({shown}) "
                    f"in {self.expression}; check at a point inside the domain"
                )
            if not math.isfinite(node.data):
                raise ValueError(
                    f"{primitive.name}({shown}) is {node.data!r} in {self.expression}; derivatives can be checked "
                    "only where all values are finite"
                )

    def singularity(self) -> str:
        """The first built-in operation that has an infinite derivative here, in words; "" if there is none."""
        for node in topological_order(self.root):
            trusted = node.primitive is not None and node.primitive.name in BUILT_IN
            if trusted and not all(map(math.isfinite, node.partials)):
                return f"the derivative of {node.op} is infinite"
        return ""

    def second(self) -> list[tuple[Value, list[float], float]]:
        """The first derivatives as graphs, and for each its own derivatives, and how far off rounding put it."""
        with graph_recording():
            slopes = differentiate(self.root, self.leaves)
        return [(slope, *_pass(slope, self.leaves)) for slope in slopes]


def _pass(root: Value, leaves: Sequence[Value]) -> tuple[list[float], float]:
    """The derivatives with respect to the leaves, and how far off rounding may have put the result.

    The leaves that are not ours keep their gradients.
    """
    nodes = topological_order(root)
    kept = [(node, node.grad) for node in nodes if not node.parents and node not in leaves]
    for leaf in leaves:
        leaf.grad = 0.0
    root.backward()
    rounding = EPSILON * sum(abs(n.grad * n.data) for n in nodes if math.isfinite(n.grad * n.data))
    for node, gradient in kept:
        node.grad = gradient
    return [leaf.grad for leaf in leaves], rounding


def _parameters(f: Callable[..., Any], count: int) -> list[str]:
    """The names of a function's parameters, as far as they can be known."""
    fallback = ["x"] if count == 1 else [f"x{i}" for i in range(count)]
    names = getattr(f, "names", None)
    if isinstance(names, tuple) and len(names) == count:
        return list(names)
    try:
        parameters = list(inspect.signature(getattr(f, "value", f)).parameters.values())
    except (TypeError, ValueError):
        return fallback
    plain = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return plain[:count] if len(plain) >= count else fallback


# The two references.


def _check_exactly(point: _Point, order: int) -> Report:
    arithmetic = HighPrecision()
    graph = ExactGraph(arithmetic, point.root, point.leaves)
    found = graph.differentiate()
    comparisons = [
        _compare_exactly(name, derivative, each.value, each.tolerance, each.problem)
        for name, derivative, each in zip(point.names, point.derivatives, found, strict=True)
    ]
    if order == 2:
        comparisons += _second_exactly(point, graph)
    wrong = any(each.is_wrong for each in comparisons)
    notes = list(dict.fromkeys(graph.wrong_values[:3]))
    notes += [text for _, text in sorted(set(graph.mistakes), reverse=True)[:3]] if wrong else []
    return Report(tuple(comparisons), point.expression, "exact", tuple(notes), bool(graph.wrong_values))


def _second_exactly(point: _Point, graph: ExactGraph) -> list[Comparison]:
    """Second derivatives; how far off they may be is told from the graphs of the first ones."""
    problem = ""
    try:
        references = graph.second()
    except Undefined as error:
        problem, references = str(error), [[graph.number(0)] * len(point.leaves)] * len(point.leaves)
    comparisons = []
    for i, (slope, derivatives, _) in enumerate(point.second()):
        allowed = ExactGraph(graph.arithmetic, slope, point.leaves).differentiate()
        for j, each in enumerate(allowed):
            name = f"{point.names[i]}, {point.names[j]}"
            first = graph.problems_of_leaves[i] or graph.problems_of_leaves[j]
            comparisons.append(
                _compare_exactly(
                    name, derivatives[j], references[i][j], each.tolerance, problem or each.problem or first
                )
            )
    return comparisons


def _compare_exactly(name: str, derivative: float, reference: Any, tolerance: Any, problem: str) -> Comparison:
    if problem and "kink" not in problem:
        return Comparison(name, derivative, math.nan, math.nan, math.inf, problem)
    nearest = float(reference)
    if math.isfinite(derivative):
        error = float(abs(reference - derivative))
        error = 0.0 if error < 1e-30 * abs(derivative) else error  # the reference is no better than that
    else:
        error = 0.0 if derivative == nearest else math.inf
    return Comparison(name, derivative, nearest, error, float(tolerance), problem)


def _check_by_differences(point: _Point, order: int, notes: Sequence[str]) -> Report:
    def value(numbers: Sequence[float]) -> float:
        return point.graph(numbers)[0].data

    comparisons = _differences(value, point, point.names, point.derivatives, point.rounding)
    for i, (_, derivatives, rounding) in enumerate(point.second() if order == 2 else ()):

        def slope(numbers: Sequence[float], i: int = i) -> float:
            return _pass(*point.graph(numbers))[0][i]

        names = [f"{point.names[i]}, {other}" for other in point.names]
        comparisons += _differences(slope, point, names, derivatives, rounding)
    return Report(tuple(comparisons), point.expression, "finite", tuple(notes))


def _differences(
    f: Callable[[Sequence[float]], float],
    point: _Point,
    names: Sequence[str],
    derivatives: Sequence[float],
    rounding: float,
) -> list[Comparison]:
    """Compare with differences along each input."""
    comparisons = []
    singular = point.singularity()
    for i, (name, derivative) in enumerate(zip(names, derivatives, strict=True)):

        def along(x: float, i: int = i) -> float:
            return f([*point.numbers[:i], x, *point.numbers[i + 1 :]])

        found = finite_differences.differentiate(along, point.numbers[i], rounding)
        error = abs(found.value - derivative) if math.isfinite(derivative) else math.inf
        if not found.problem and error > found.tolerance > 0.2 * abs(found.value):
            found = found._replace(problem=finite_differences.NOT_CONVERGED)
        problem = found.problem or ("" if math.isfinite(derivative) else singular)
        if problem and "kink" not in problem:
            found, error = finite_differences.Estimate(math.nan, math.inf, problem), math.nan
        comparisons.append(Comparison(name, derivative, found.value, error, found.tolerance, found.problem))
    return comparisons
