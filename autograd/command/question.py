"""A `Question` is what the user of the command line asked; it answers by printing.

All the work is done by the rooms below (`autograd.see.parsing`, `autograd.see.tree`, ...), which are entered as they are
needed.
"""

from __future__ import annotations

import inspect
import math
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograd.command.arguments import UsageError, asks_for_numbers, read_range
from autograd.command.output import align, paint, print_json
from autograd.engine.choices import nearest
from autograd.engine.value import Value, topological_order
from autograd.see.labels import cut
from autograd.see.numbers import format_number
from autograd.see.parsing import parse
from autograd.see.plotting import ACCENT, GREY, INK, figure, save_picture
from autograd.see.text import readable

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator, Sequence

    from autograd.check.rounding import Rounding


@dataclass(frozen=True)
class Question:
    """An expression, what its names stand for, and what is to be shown.

    Args:
        expression: as text.
        values: the numbers, by name.
        options: see `read_options`.
    """

    expression: str
    values: dict[str, float]
    options: argparse.Namespace

    def graph(self, **more: float) -> tuple[Value, dict[str, Value]]:
        """The graph, differentiated, and the nodes of its names."""
        leaves = {name: Value(x, name) for name, x in {**self.values, **more}.items()}
        result = parse(self.expression, **leaves)
        used = set(topological_order(result))
        for name, leaf in leaves.items():
            if leaf not in used:
                raise UsageError(f"{name!r} is not in the expression {self.expression!r}; {_near(name, used)}")
        result.backward()
        return result, leaves

    def answer(self) -> int:
        """Print value, derivatives and whatever else is asked for at one point; returns the exit code."""
        options = self.options
        result, leaves = self.graph()
        if options.latex and not asks_for_numbers(options):
            from autograd.see.latex import latex

            print(latex(result))
            return 0
        hessian = second_derivatives(result, list(leaves.values())) if options.second else []
        report, passed = self.check(leaves) if options.check else ("", True)
        self.write_files(result)
        if options.json:
            found = self.as_dictionary(result, leaves, hessian)
            print_json(found | ({"check": {"passed": passed, "report": report}} if options.check else {}))
        else:
            print("\n\n".join(filter(None, [*self.sections(result, leaves, hessian), report])))
        return 0 if passed else 1

    def write_files(self, result: Value) -> None:
        """Write the picture and the page that the options ask for."""
        if self.options.draw:
            from autograd.see.drawing import draw

            draw(result, self.options.draw)
            print(f"wrote {self.options.draw}", file=sys.stderr)
        if self.options.play:
            from autograd.page.play import play

            play(result, self.options.play)
            print(f"wrote {self.options.play}; open it in a browser", file=sys.stderr)

    def as_dictionary(self, result: Value, leaves: dict[str, Value], hessian: list[list[float]]) -> dict[str, Any]:
        """The answer at one point, as for JSON."""
        found: dict[str, Any] = {"expression": self.expression, "value": result.data, "at": self.values}
        found["derivatives"] = {name: leaf.grad for name, leaf in leaves.items()}
        if self.options.second:
            found["second_derivatives"] = {
                name: dict(zip(leaves, row, strict=True)) for name, row in zip(leaves, hessian, strict=True)
            }
        if outside := outside_domains(result):
            found["outside"] = outside
        found |= dict(self.views(result))
        if self.options.rounding:
            found["rounding"] = self.rounding(result).as_dictionary()
        return found

    def sections(self, result: Value, leaves: dict[str, Value], hessian: list[list[float]]) -> Iterator[str]:
        """The answer at one point, as text in sections, some of which may be empty."""
        yield self.summary(result, leaves)
        yield "\n".join(outside_domains(result))
        yield from (text for _, text in self.views(result))
        if self.options.second:
            yield self.matrix(list(leaves), hessian)
        if self.options.rounding:
            yield str(self.rounding(result))

    def views(self, result: Value) -> Iterator[tuple[str, str]]:
        """The graph as the options ask for it: narrated, in LaTeX, or else as a tree."""
        if self.options.explain:
            from autograd.see.narration import explain

            yield "explain", str(explain(result, digits=self.options.digits))
        if self.options.latex:
            from autograd.see.latex import latex

            yield "latex", latex(result)
        if not (self.options.explain or self.options.latex or self.options.json):
            from autograd.see.tree import tree

            yield "tree", repr(tree(result, digits=self.options.digits))

    def summary(self, result: Value, leaves: dict[str, Value]) -> str:
        shown = " ".join(self.expression.split())
        title = f"{paint('1', shown)} = {paint('1', self.format(result.data))}"
        rows = [[name, self.format(leaf.data), self.format(leaf.grad)] for name, leaf in leaves.items()]
        return title + (f"\n\n{align(['', 'value', 'derivative'], rows)}" if rows else "")

    def matrix(self, names: list[str], hessian: list[list[float]]) -> str:
        if not names:
            return "no second derivatives, since there are no names"
        rows = [[name, *map(self.format, row)] for name, row in zip(names, hessian, strict=True)]
        return f"second derivatives\n{align(['', *names], rows)}"

    def rounding(self, result: Value) -> Rounding:
        """The rounding error of the result, by operation."""
        from autograd.check.rounding import rounding

        return rounding(result, inputs=True)

    def check(self, leaves: dict[str, Value]) -> tuple[str, bool]:
        """A report on the derivatives' errors, and whether all are right."""
        from autograd.check.gradients import GradientError, check_gradients

        if not leaves:
            return "nothing to check, since there are no names", True

        def function(*numbers: Any) -> Value:
            return parse(self.expression, **dict(zip(leaves, numbers, strict=True)))

        function.__name__ = " ".join(self.expression.split())
        function.names = tuple(leaves)  # type: ignore[attr-defined]  # what the report calls its inputs
        try:
            return str(check_gradients(function, *self.values.values(), order=1 + self.options.second)), True
        except GradientError as error:
            return str(error), False

    def answer_range(self, text: str) -> int:
        """Print a table of the function and its derivative along a range, and plot them if asked to."""
        options = self.options
        for option in ("explain", "latex", "check", "rounding", "draw", "play"):
            if getattr(options, option):
                raise UsageError(f"--{option} is about one point; give {text.split('=')[0]}=number instead of --at")
        if options.plot:
            figure()  # refuse to start if nothing could be plotted in the end
        name, points = read_range(text)
        if name in self.values:
            raise UsageError(
                f"{name} is given twice, as {format_number(self.values[name])} and as a range; give it once"
            )
        heads = [name, "value", "derivative", *(["second_derivative"] if options.second else [])]
        rows = [self.row(name, x) for x in points]
        if options.plot:
            fine = [points[0] + i * (points[-1] - points[0]) / 400 for i in range(401)]
            plot(self.expression, name, [self.row(name, x) for x in fine], Path(options.plot))
            print(f"wrote {options.plot}", file=sys.stderr)
        if options.json:
            found = {"expression": self.expression, "at": self.values, "range": name}
            print_json(found | {"rows": [dict(zip(heads, row, strict=True)) for row in rows]})
        else:
            heads[1:] = [" ".join(self.expression.split()), f"d/d{name}", f"d²/d{name}²"][: len(heads) - 1]
            print(align(heads, [[self.format(x) for x in row] for row in rows], left=False))
        return 0

    def row(self, name: str, x: float) -> list[float]:
        result, leaves = self.graph(**{name: x})
        second = second_derivatives(result, [leaves[name]])[0] if self.options.second else []
        return [x, result.data, leaves[name].grad, *second]

    def format(self, x: float) -> str:
        return format_number(x or 0.0, self.options.digits)  # -0.0 is no news here


def second_derivatives(result: Value, leaves: Sequence[Value]) -> list[list[float]]:
    """The Hessian, as rows of floats."""
    from autograd.calculus.graph import gradients

    return [[second.data for second in gradients(first, leaves)] for first in gradients(result, leaves)]


def outside_domains(result: Value) -> list[str]:
    """A sentence for each operation that has no finite value or derivative because it was taken outside its domain."""
    found = []
    for node in topological_order(result):
        primitive, numbers = node.primitive, [parent.data for parent in node.parents]
        if primitive is None or not all(map(math.isfinite, numbers)) or primitive.is_defined(numbers):
            continue
        if not all(map(math.isfinite, (node.data, *node.partials))):
            found.append(f"{readable(node, 20)} is outside the domain {_domain(node)}")
    return found


def _domain(node: Value) -> str:
    """The domain of a node's operation in the terms of this node, and the numbers there: ``x - y != 0: x - y = 0``."""
    if node.primitive is None or node.primitive.domain is None:
        return ""
    condition, rule = node.primitive.domain
    texts = dict(zip(inspect.signature(rule).parameters, [readable(each, 20) for each in node.parents], strict=False))
    condition = re.sub(r"\w+", lambda word: texts.get(word[0], word[0]), condition)
    numbers = [f"{readable(each, 20)} = {format_number(each.data)}" for each in node.parents if _varies(each)]
    return ": ".join(filter(None, [condition, ", ".join(numbers)]))


def _varies(node: Value) -> bool:
    return any(each.label for each in topological_order(node))


def plot(expression: str, name: str, rows: list[list[float]], path: Path) -> None:
    """Write a picture of a function and its derivatives, with gaps where they are not finite."""
    from matplotlib import rc_context

    with rc_context({"text.parse_math": False, "svg.fonttype": "none"}):
        page, (axes,) = figure(width=7, height=4.2)
        title = " ".join(expression.split())
        labels = [title, f"d/d{name}", f"d²/d{name}²"]
        columns = [[x if math.isfinite(x) else math.nan for x in column] for column in zip(*rows, strict=True)]
        styles = zip(["-", "--", ":"], [INK, ACCENT, GREY], strict=True)
        for column, label, (line, color) in zip(columns[1:], labels, styles, strict=False):
            axes.plot(columns[0], column, line, color=color, label=cut(label, 60))
        axes.set_title(cut(title, 80), fontsize=10)
        axes.set_xlabel(name)
        axes.legend(frameon=False)
        save_picture(page, path)


def _near(name: str, nodes: Iterable[Value]) -> str:
    labels = sorted({node.label for node in nodes if node.label and not node.is_constant})
    near = nearest(name, labels)
    return f"did you mean {near!r}?" if near else f"its names are {', '.join(labels) or 'none'}"
