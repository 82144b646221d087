"""Print how exact every operation is: ``python -m tests.accuracy``, with ``--help`` for what else it can do."""

from __future__ import annotations

import argparse
import platform
import re
import sys
import warnings
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import autograd
from autograd.engine.primitive import TABLE

from .measure import Figure, measure
from .references import REFERENCES
from .rivals import RIVALS

if TYPE_CHECKING:
    from collections.abc import Iterator

ENGINES = ("ours", *RIVALS)
PACKAGES = {"PyTorch": "torch", "JAX": "jax"}


def main() -> int:
    """Measure, print, and say by the exit status whether everything is within its limit."""
    parser = argparse.ArgumentParser(prog="python -m tests.accuracy", description=__doc__.split(":")[0])
    parser.add_argument("operations", nargs="*", metavar="OPERATION", help="which operations (all of them)")
    parser.add_argument("--points", type=int, default=10_000, help="points for each operation (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the points (%(default)s)")
    parser.add_argument("--markdown", action="store_true", help="a short table in Markdown: the worst of each order")
    parser.add_argument("--write", action="store_true", help="put that table into README.md beside this file")
    options = parser.parse_args()
    options.markdown |= options.write
    unknown = [name for name in options.operations if name not in REFERENCES]
    if unknown:
        parser.error(f"no reference for {', '.join(unknown)}; there is one for {', '.join(REFERENCES)}")
    if options.points < 1:
        parser.error(f"--points must be at least 1, but got {options.points}")
    warnings.simplefilter("ignore", RuntimeWarning)  # rivals overflow
    figures: list[Figure] = []
    lines = []
    for line in _report(options, figures):
        print(line, flush=True)
        lines.append(line)
    if options.write:
        _write("\n".join(lines))
    faults = [fault for figure in figures if (fault := figure.fault())]
    print("\n".join(faults), file=sys.stderr, end="\n" if faults else "")
    return 1 if faults else 0


def _report(options: argparse.Namespace, figures: list[Figure]) -> Iterator[str]:
    """The lines of the table, as they are measured."""
    if options.markdown:
        yield f"| worst error in ulp: {' / '.join(ENGINES)} | value | first derivatives | second derivatives |"
        yield "|---|---|---|---|"
    else:
        yield f"{'worst error in ulp':24}{'':12}{'points':>8}" + "".join(f"{engine:>10}" for engine in ENGINES)
    for name in options.operations or REFERENCES:
        measured = measure(name, options.points, options.seed, RIVALS)
        figures += measured
        if options.markdown and TABLE[name].helper:
            continue  # users do not meet it by its name; the summary counts it
        if options.markdown:
            orders = [[figure for figure in measured if len(figure.key) == order] for order in range(3)]
            yield f"| `{name}` | " + " | ".join(" / ".join(_worst(group)) for group in orders) + " |"
        else:
            yield from map(_line, measured)
    yield from ["", *(f"- {line}" for line in _summary(figures))] if options.markdown else _summary(figures)
    if options.markdown:
        peers = ", ".join(f"{name} {version(package)}" for name, package in PACKAGES.items() if find_spec(package))
        python = f"Python {platform.python_version()}, {' '.join(platform.libc_ver())}"
        yield f"- {options.points:,} points each; version {autograd.__version__}, {python}, {peers or 'no peers'}"


def _write(text: str) -> None:
    """Put the table between its marks in the README of this folder."""
    readme = Path(__file__).with_name("README.md")
    pattern = re.compile(r"(<!-- written by --write -->\n).*?(<!-- end -->)", re.DOTALL)
    before = readme.read_text(encoding="utf-8")
    if not pattern.search(before):
        raise SystemExit(f"{readme} has lost the marks between which the table is written")
    readme.write_text(pattern.sub(lambda marks: f"{marks[1]}\n{text}\n\n{marks[2]}", before), encoding="utf-8")


def _line(figure: Figure) -> str:
    errors = [_number(figure.worst[engine][0]) if engine in figure.worst else "" for engine in ENGINES]
    notes = ["ulp of the larger term"] * figure.cancels + [figure.exception] * bool(figure.exception)
    columns = "".join(f"{error:>10}" for error in errors)
    return f"{figure.name:24}{figure.quantity:12}{figure.points:8}{columns}  {'; '.join(notes)}".rstrip()


def _worst(figures: list[Figure]) -> list[str]:
    """The worst of several figures, by engine."""
    if not figures:
        return ["0"]
    errors = {engine: [f.worst[engine][0] for f in figures if engine in f.worst] for engine in ENGINES}
    return [_number(max(each)) for each in errors.values() if each]


def _number(error: float) -> str:
    if error < 1e4:
        return f"{error:.2f}" if error < 10 else f"{error:.0f}"
    return f"{error:.0e}".replace("e+", "e")


def _summary(figures: list[Figure]) -> Iterator[str]:
    for orders, what in (((0, 1), "values and first partials"), ((2,), "second partials")):
        group = [figure for figure in figures if len(figure.key) in orders and not figure.exception]
        if group:
            worst = max(group, key=lambda figure: figure.worst["ours"][0])
            error = _number(worst.worst["ours"][0])
            yield f"worst of all {what}: {error} ulp ({worst.name}, {worst.quantity}); limit {worst.limit:.0f}"


if __name__ == "__main__":
    sys.exit(main())
