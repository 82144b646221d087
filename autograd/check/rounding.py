"""`rounding`: how many digits of a result are true, and which operation lost the others.

Each operation of a graph in doubles makes one rounding error of its own, its *local* error: the number that it holds,
less the exact result of the operation on the numbers that it was given. How much of a local error arrives at the result
is told by secants rather than by derivatives: the change of an operation's value, from the exact operands to the rounded
ones, is divided among the operands by moving them one after the other, in both orders, and taking the mean. Local errors
times secants, summed along all paths, then add up to the error of the result exactly and not to first order, since
nothing was linearized. All of it is computed in ball arithmetic, with more digits until every share is certain.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from autograd.calculus.graph import gradients
from autograd.check.ball_arithmetic import BallArithmetic
from autograd.check.exact_graph import NotExact, Undefined
from autograd.check.rewriting import better_form
from autograd.engine.value import Value, topological_order
from autograd.see.text import readable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograd.check.exact_graph import Number

PRECISIONS = (128, 256, 512, 1024, 2048, 4096)
BITS = 60
"""How many bits of every error have to be certain: more than a float has."""
MOST_DIGITS = 17.0
CANDIDATES = 8
"""Among how many of the largest shares the operation to blame is sought."""
MOST_OF_IT = 0.5
"""How much of the error may be left without the rounding of an operation, if that alone is to blame."""
BLOWN_UP = 16.0
"""By how much an operation has to blow up a relative error in order to be named."""


@dataclass(frozen=True)
class Rounding:
    """Where the digits of a result went.

    Args:
        value: the result.
        exact: what it would be without rounding, to the nearest float.
        error: the result less the exact one.
        radius: how far off `error` may be, and so the sum of the shares.
        shares: the part of the error that each operation's own rounding makes, the largest first. They add up to it.
        inputs: what an error of half a unit in the last place of each input would do to the result; if asked for.
        origin: the operation whose exact evaluation would remove most of the error, all others being rounded as ever;
            None if there is no error to speak of, or none removes half of it alone.
        amplifier: the operation that blew up the most what the origin, or else the largest share, contributed; None if
            none did.
        suggestion: a form that loses less, measured at this point; "" if none is known.
    """

    value: Value
    exact: float
    error: float
    radius: float
    shares: dict[Value, float]
    inputs: dict[Value, float] = field(default_factory=dict)
    origin: Value | None = None
    amplifier: Value | None = None
    factor: float = 1.0
    suggestion: str = ""

    @property
    def digits(self) -> float:
        """How many decimal digits of the result are true; 17 at most, and less than 0 if not even its size is."""
        if self.error == 0.0:
            return MOST_DIGITS
        if self.exact == 0.0:
            return -math.inf
        return min(MOST_DIGITS, math.log10(abs(self.exact)) - math.log10(abs(self.error)))

    @property
    def ulp(self) -> float:
        """The error in units in the last place of the exact result."""
        return abs(self.error) / math.ulp(self.exact)

    @property
    def sentence(self) -> str:
        """Who lost the digits, and what would not."""
        if self.ulp <= 1.0:
            return "it is right to the last place"
        if self.origin is not None:
            text = f"the rounding of {_named(self.origin)} is to blame"
        else:
            parts = [f"{_named(node)} ({100 * share / self.error:.0f} %)" for node, share in self.shares.items()]
            text = f"no operation alone is to blame; the largest shares are those of {' and '.join(parts[:2])}"
        if self.amplifier is not None:
            text += f", which {_named(self.amplifier)} blew up by a factor of {self.factor:.2g}"
        return text + (f"; {self.suggestion}" if self.suggestion else "")

    @property
    def marks(self) -> dict[Value, float]:
        """The share of the error that each operation has, without sign: for ``tree(value, marks=...)`` and `draw`."""
        return {node: abs(share / self.error) for node, share in self.shares.items()} if self.error else {}

    def as_dictionary(self) -> dict[str, Any]:
        """All of it, by names and in numbers, as for JSON."""
        return {
            "digits": self.digits,
            "exact": self.exact,
            "error": self.error,
            "shares": [{"operation": readable(node, 30), "share": share} for node, share in self.shares.items()],
            "inputs": {node.label or repr(node.data): change for node, change in self.inputs.items()},
            "sentence": self.sentence,
        }

    def __str__(self) -> str:
        """The digits, the culprits, and a table of the shares."""
        lost = f"{self.value.data!r} has {max(self.digits, 0.0):.1f} true digits"
        lines = [f"{lost}: exactly it is {self.exact!r}, and the error {self.error:.3g}", self.sentence]
        rows = [["share", "of the error", "operation", "value"]]
        for node, share in list(self.shares.items())[:12]:
            part = f"{100 * share / self.error:.3g} %" if self.error else "-"
            rows.append([f"{share:.3g}", part, readable(node, 30), f"{node.data!r}"])
        if len(self.shares) > 12:
            rows.append(["...", "", f"{len(self.shares) - 12} more", ""])
        lines += ["  " + line for line in _aligned(rows)]
        if self.inputs:
            rows = [["an error of half an ulp in", "would change the result by"]]
            rows += [[node.label or repr(node.data), f"{change:.3g}"] for node, change in self.inputs.items()]
            lines += ["  " + line for line in _aligned(rows)]
        return "\n".join(lines)

    __repr__ = __str__


def rounding(value: Value, *, inputs: bool = False, of: Value | None = None) -> Rounding:
    """The rounding error of a result that was built, and each operation's share of it.

    Args:
        value: the result.
        inputs: whether to tell, apart, what an error of half a unit in the last place in each input would do.
        of: a node; if given, it is the derivative of `value` with respect to it whose error is told.

    Raises:
        TypeError: if `value` or `of` is no `Value`.
        ValueError: if the error cannot be told: a number is not finite, or an operation has no exact value here.
        ImportError: if python-flint is not installed.

    Example:
        >>> from autograd import Value, cos, rounding
        >>> x = Value(1e-8, "x")
        >>> found = rounding((1 - cos(x)) / x**2)
        >>> found.error, max(found.digits, 0.0)
        (-0.5, 0.0)
        >>> print(found.sentence)
        the rounding of cos(x) is to blame, which 1 - cos(x) blew up by a factor of 2e+16; \
2 * sin(x / 2) ** 2 in place of 1 - cos(x) leaves an error of 4.2e-18
    """
    for given, what in ((value, "the Value to look at"), (value if of is None else of, "a Value to differentiate by")):
        if not isinstance(given, Value):
            raise TypeError(f"rounding() takes {what}, but got {given!r}; build the expression with Values first")
    root = value if of is None else gradients(value, of)
    nodes = topological_order(root)
    for node in nodes:
        if not math.isfinite(node.data):
            raise ValueError(f"{_named(node)} is {node.data!r}; rounding errors are told where all values are finite")
    for precision in PRECISIONS:
        arithmetic = BallArithmetic(precision)
        with arithmetic.working():
            try:
                graph = _ErrorGraph(arithmetic, nodes)
            except NotExact as error:
                raise ValueError(f"{error}, so its rounding error cannot be told; give it exact=") from None
            if graph.is_certain() or precision == PRECISIONS[-1]:
                return graph.report(inputs)
    raise AssertionError("the last precision is taken as it is")


class _ErrorGraph:
    """The errors of all nodes, and what becomes of them on the way to the result, at one precision."""

    def __init__(self, arithmetic: BallArithmetic, nodes: Sequence[Value]) -> None:
        self.arithmetic = arithmetic
        self.nodes = nodes
        self.root = nodes[-1]
        self.exact: dict[Value, Number] = {}
        self.errors: dict[Value, Number] = {}
        self.local: dict[Value, Number] = {}
        for node in nodes:
            data = arithmetic.number(node.data)
            if node.primitive is None:
                self.exact[node], self.errors[node], self.local[node] = data, data - data, data - data
                continue
            self.exact[node] = self.evaluate(node, [self.exact[parent] for parent in node.parents])
            self.errors[node] = data - self.exact[node]
            self.local[node] = data - self.evaluate(node, [arithmetic.number(parent.data) for parent in node.parents])
        self.secants: dict[tuple[Value, int], Number] = {}
        self.amplification = self.amplify()

    def evaluate(self, node: Value, operands: Sequence[Number]) -> Number:
        """An operation's exact value."""
        primitive = node.primitive
        assert primitive is not None
        try:
            return self.arithmetic.evaluate(primitive, operands)
        except Undefined as error:
            raise NotExact(f"in exact arithmetic {error}") from None

    def amplify(self) -> dict[Value, Number]:
        """How much of an error of each node arrives at the result: secants, from the result down."""
        found = {self.root: self.arithmetic.number(1.0)}
        for node in reversed(self.nodes):
            if node in found and node.parents:
                for i, (parent, secant) in enumerate(zip(node.parents, self.secants_of(node), strict=True)):
                    self.secants[node, i] = secant
                    found[parent] = found.get(parent, self.arithmetic.number(0.0)) + found[node] * secant
        return found

    def secants_of(self, node: Value) -> list[Number]:
        """By how much each operand's error changes the value, beside that error: moved one by one, in both orders.

        Moved forward and backward, all changes add up to the whole one; so do their means.
        """
        parents = node.parents
        exact = [self.exact[parent] for parent in parents]
        moved = [self.arithmetic.number(parent.data) for parent in parents]
        changes = [self.arithmetic.number(0.0)] * len(parents)
        is_off = [self.errors[parent] != 0 for parent in parents]
        count = sum(is_off)
        for order in (range(len(parents)), range(len(parents) - 1, -1, -1)) if count else ():
            operands, before = list(exact), self.exact[node]
            for i in order:
                if not is_off[i]:
                    continue
                operands[i] = moved[i]
                after = self.evaluate(node, operands)
                changes[i] = changes[i] + (after - before) / 2
                before = after
            if count == 1:
                changes = [change * 2 for change in changes]
                break
        return [
            changes[i] / self.errors[parent] if is_off[i] else self.slope(node, i) for i, parent in enumerate(parents)
        ]

    def slope(self, node: Value, i: int) -> Number:
        """The derivative, where an operand's error is 0 or not known to be another: it moves last, after all others."""
        primitive, parents = node.primitive, node.parents
        assert primitive is not None
        if parents[i].is_constant:
            return self.arithmetic.number(0.0)
        operands = []
        for parent in parents:
            moved = self.arithmetic.number(parent.data)
            operands.append(moved if self.errors[parent] != 0 else self.exact[parent].union(moved))
        try:
            return self.arithmetic.slope(primitive, operands, i).value
        except NotExact:
            return self.arithmetic.number(0.0)

    def is_certain(self) -> bool:
        """Whether all errors that matter are known to more digits than a float has."""
        parts = [self.errors[self.root], *(self.share(node) for node in self.nodes if node in self.amplification)]
        size = max((part.abs_upper() for part in parts), key=float)
        return all(
            part.is_finite() and (part.rad() <= abs(part) * 2.0**-BITS or part.rad() <= size * 2.0**-BITS * 2.0**-BITS)
            for part in parts
        )

    def share(self, node: Value) -> Number:
        """The part of the result's error that a node's own rounding makes."""
        return self.local[node] * self.amplification[node]

    def report(self, inputs: bool) -> Rounding:
        """What was found, in floats."""
        error = self.errors[self.root]
        shares = {node: self.share(node) for node in self.nodes if node in self.amplification and node.parents}
        made = {node: float(share) for node, share in shares.items() if share != 0}
        ordered = dict(sorted(made.items(), key=lambda item: -abs(item[1])))
        origin = self.find_origin(list(ordered)[:CANDIDATES]) if error != 0 else None
        largest = origin if origin is not None else next(iter(ordered), None)
        amplifier, factor = self.find_amplifier(largest) if largest is not None else (None, 1.0)
        radius = sum((share.rad() for share in shares.values()), error.rad())
        return Rounding(
            value=self.root,
            exact=float(self.exact[self.root]),
            error=float(error),
            radius=float(radius),
            shares=ordered,
            inputs=self.effect_of_inputs() if inputs else {},
            origin=origin,
            amplifier=amplifier,
            factor=factor,
            suggestion=self.suggest([each for each in (amplifier, largest) if each is not None]),
        )

    def effect_of_inputs(self) -> dict[Value, float]:
        """By how much an error of half a unit in the last place of each input would change the result."""
        return {
            node: float(abs(self.amplification[node])) * math.ulp(node.data) / 2
            for node in self.nodes
            if not node.parents and not node.is_constant and node in self.amplification
        }

    def suggest(self, culprits: Sequence[Value]) -> str:
        """A form of the culprits, or of what is near them, that loses less; "" if none is known."""
        if not culprits:
            return ""
        better = better_form(self.root, self.exact[self.root], culprits, float(abs(self.errors[self.root])))
        return "" if better is None else f"{better[0]} leaves an error of {better[1]:.2g}"

    def find_origin(self, candidates: Sequence[Value]) -> Value | None:
        """The operation whose exact evaluation leaves the smallest error, if that is less than half of it."""
        whole = float(abs(self.errors[self.root]))
        left = {node: self.error_without(node) for node in candidates}
        best = min(left, key=lambda node: left[node], default=None)
        return best if best is not None and left[best] <= MOST_OF_IT * whole else None

    def error_without(self, chosen: Value) -> float:
        """The error of the result if one operation is evaluated exactly, and all that follow are rounded anew."""
        values: dict[Value, Number] = {}
        for node in self.nodes:
            parents = node.parents
            if node is not chosen and not any(parent in values for parent in parents):
                continue
            found = self.evaluate(node, [values.get(each, self.arithmetic.number(each.data)) for each in parents])
            values[node] = found if node is chosen else self.arithmetic.number(float(found))
        return float(abs(values[self.root] - self.exact[self.root]))

    def find_amplifier(self, origin: Value) -> tuple[Value | None, float]:
        """The operation that blows up the relative error of its operand the most, on the way that most of it takes."""
        users: dict[Value, list[tuple[Value, int]]] = {}
        for node in self.nodes:
            for i, parent in enumerate(node.parents):
                users.setdefault(parent, []).append((node, i))
        worst, factor, node = None, BLOWN_UP, origin
        while node is not self.root:
            flows = [
                (float(abs(self.amplification[user] * self.secants[user, i])), user, i)
                for user, i in users[node]
                if (user, i) in self.secants
            ]
            _, user, i = max(flows, key=lambda flow: flow[0])
            exact = self.exact[user]
            grown = (
                abs(self.secants[user, i] * self.exact[node] / exact)
                if exact != 0
                else self.arithmetic.number(math.inf)
            )
            size = float(grown) if grown.is_finite() else math.inf
            if size > factor:
                worst, factor = user, size
            node = user
        return worst, factor


def _named(node: Value) -> str:
    return readable(node, 30)


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
