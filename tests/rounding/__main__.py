"""Print how often the culprit is named rightly: ``python -m tests.rounding``, with the number of points if you like."""

from __future__ import annotations

import sys

from .culprits import Case, cases


def table(found: list[Case]) -> str:
    """Precision and recall, as a table in Markdown."""
    hard = [case for case in found if case.is_hard]
    named = [case for case in hard if case.named]
    right = [case for case in named if case.is_right]
    known = [case for case in hard if case.has_culprit]
    best = sum(1.0 - min(case.left_by_best, 1.0) for case in hard) / len(hard)
    removed = sum(1.0 - min(case.left_by_named, 1.0) for case in hard) / len(hard)
    mended = sum(bool(case.suggestion) for case in hard)
    expressions = len({case.benchmark.name for case in found})
    return "\n".join(
        [
            "| | |",
            "|---|---|",
            f"| expressions, points | {expressions}, {len(found)} |",
            f"| points at which more than a digit is lost | {len(hard)} |",
            f"| precision: culprits named that are right | {100 * len(right) / len(named):.1f} % |",
            f"| of them, points at which one operation is to blame for most of it | {len(known)} |",
            f"| recall: of these, named rightly | {100 * len([c for c in known if c.is_right]) / len(known):.1f} % |",
            f"| error removed by the exact evaluation of the culprit; of the best | {removed:.3f}; {best:.3f} |",
            f"| with a form that is better by a factor of 16 or more | {100 * mended / len(hard):.1f} % |",
        ]
    )


if __name__ == "__main__":
    found = list(cases(int(sys.argv[1]) if len(sys.argv) > 1 else 10))
    print(table(found))
    for case in found:
        if case.is_hard and case.has_culprit and not case.is_right:
            print(f"{case.benchmark.name} at {case.point}: {case.left_by_named:.3g} left, and {case.left_by_best:.3g}")
