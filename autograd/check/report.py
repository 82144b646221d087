"""What a check says: a `Comparison` for each derivative, the `Report` that holds them, and the error that is one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


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
        enclosure: of a proof, two floats between which the true derivative surely lies.
    """

    input: str
    derivative: float
    reference: float
    error: float
    tolerance: float
    problem: str = ""
    enclosure: tuple[float, float] | None = None

    @property
    def verdict(self) -> str:
        """Whether the derivative is proven, refuted, or undecided, and why."""
        if self.enclosure is None:
            return "WRONG" if self.is_wrong else self.problem or "ok"
        return f"undecided: {self.problem}" if self.problem else "REFUTED" if self.is_wrong else "proven"

    @property
    def sentence(self) -> str:
        """What a proof says of this derivative."""
        if self.enclosure is None or self.problem:
            return ""
        low, high = self.enclosure
        where = (
            f"the true derivative by {self.input} is {low!r}"
            if low == high
            else (f"the true derivative by {self.input} lies between {low!r} and {high!r}")
        )
        if self.is_wrong:
            return (
                f"{where}; {self.derivative!r} is off by {self.ulp:.3g} ulp, and rounding explains {self.allowed:.3g}"
            )
        error = f"{self.ulp:.3g} ulp" if math.isfinite(self.ulp) else f"{self.error:.3g}, as rounding explains"
        return f"{where}; {self.derivative!r} is off by at most {error}"

    @property
    def allowed(self) -> float:
        """The tolerance in units in the last place of the reference."""
        return self.tolerance / math.ulp(self.reference) if self.reference else math.inf

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
        reference: "exact", "finite" or "proof".
        notes: further sentences, such as which operation is to blame.
        faults: what is wrong besides, each in a sentence, such as a function that is not its graph.
    """

    comparisons: tuple[Comparison, ...]
    expression: str
    reference: str
    notes: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong, and in a proof, nothing undecided."""
        return not self.failed and not (self.reference == "proof" and any(each.problem for each in self.comparisons))

    @property
    def failed(self) -> bool:
        """Whether something is wrong."""
        return bool(self.faults) or any(each.is_wrong for each in self.comparisons)

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
        kind = {"exact": "high-precision arithmetic", "finite": "finite differences", "proof": "ball arithmetic"}
        agree = not any(each.is_wrong for each in self.comparisons)
        verdict = f"derivatives {'agree' if agree else 'do not agree'} with {kind[self.reference]}"
        if self.reference == "proof" and agree:
            verdict = f"derivatives {'proven' if self.passed else 'not proven'} by {kind[self.reference]}"
        rows = [["input", "derivative", "reference", "error in ulp", "relative error", ""]]
        for each in sorted(self.comparisons, key=lambda each: each.badness, reverse=True)[:50]:
            numbers = (each.reference, each.ulp, each.relative_error)
            shown = [f"{each.derivative!r}", f"{each.reference!r}", f"{each.ulp:.3g}", f"{each.relative_error:.3g}"]
            shown[1:] = ["-" if math.isnan(x) else text for x, text in zip(numbers, shown[1:], strict=True)]
            rows.append([each.input, *shown, each.verdict])
        widths = [max(len(row[i]) for row in rows) for i in range(5)]
        lines = ["  ".join([cell.ljust(w) for cell, w in zip(row, widths, strict=False)] + [row[5]]) for row in rows]
        return "\n".join(
            [verdict + (", but something else is wrong" if agree and self.faults else ""), f"of {self.expression}"]
            + ["  " + line.rstrip() for line in lines]
            + (["  ..."] if len(self) > 50 else [])
            + [each.sentence for each in self.comparisons[:50] if each.sentence]
            + [*self.faults, *self.notes]
        )

    __repr__ = __str__
