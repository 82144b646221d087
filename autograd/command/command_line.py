"""The command line: an expression and what its names stand for, shown, differentiated, checked and plotted.

A `Question` is what the user asked, read from the arguments; `answer` and `answer_range` print the reply. All the
work is done by the rooms below (`autograd.see.parsing`, `autograd.see.tree`, ...), which are entered as they are needed.
"""

from __future__ import annotations

import argparse
import ast
import inspect
import io
import json
import math
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from autograd.engine.choices import nearest
from autograd.engine.files import write_whole
from autograd.engine.value import Value, native, topological_order
from autograd.see.labels import cut
from autograd.see.numbers import format_number
from autograd.see.parsing import CONSTANTS, ParseError, parse
from autograd.see.plotting import ACCENT, DPI, GREY, INK, figure
from autograd.see.text import readable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from autograd.check.rounding import Rounding

MAX_ROWS = 100_000
"""How many points a range may have."""

DESCRIPTION = """\
Evaluate an expression and differentiate it with respect to each of its names.

  autograd "tanh(w*x + b)" w=0.5 x=2 b=-1
  autograd "tanh(w*x + b)" w=0.5 x=2 b=-1 --explain
  autograd "tanh(w*x + b)" w=0.5 b=-1 --at x=-3:3:0.5 --plot tanh.png
  autograd "tanh(w*x + b)" --latex
  echo "x**2 * sin(y)" | autograd x=3 y=pi/2 --second
  autograd
"""
EPILOG = """\
An expression is written as in Python: numbers, names, + - * / **, comparisons
and functions, such as where(x > 0, x, 0.1*x), sum([a, b]) or
dot([a, b], [c, d]). The names pi and e are known. Quote it, or the shell will
take * and brackets for its own.

Without an expression, at a terminal, an interactive session starts, with the
given names defined.

exit codes:
  0  all went well
  1  --check found a wrong derivative
  2  the expression, a value or an option was not understood
  3  something else failed: a file could not be written, a package is missing
"""


class UsageError(ValueError):
    """The arguments do not say what to do."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        unknown = re.search(r"--[\w-]+", message) if "unrecognized" in message else None
        known = [each for each in self._option_string_actions if each.startswith("--")]
        near = nearest(unknown[0], known) if unknown else ""
        raise UsageError(f"{message}; {f'did you mean {near}?' if near else 'see --help'}")


def run(argv: Sequence[str]) -> int:
    """Answer what the arguments ask; print what went wrong in a sentence, and return the exit code."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that cannot write ² may write ?
    try:
        return _run(argv)
    except SystemExit as leaving:  # of --help, and of exit() in the session
        return leaving.code if isinstance(leaving.code, int) else 0 if leaving.code is None else 1
    except BrokenPipeError:  # the reader, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if "--debug" in argv:
            raise
        print(f"{paint('1;31', 'error:', sys.stderr)} {error or type(error).__name__}", file=sys.stderr)
        return 2 if isinstance(error, (ValueError, TypeError, OverflowError)) else 3


def _run(argv: Sequence[str]) -> int:
    options = read_options(argv)
    if options.version:
        print(version())
        return 0
    expression, values = read_words(options.words)
    if not expression and not sys.stdin.isatty():
        expression = read_input()
    if expression:
        if options.latex and not asks_for_numbers(options):
            values = {name: 1.0 for name in names_in(expression)} | values
        question = Question(expression, values, options)
        status = question.answer_range(options.at) if options.at else question.answer()
        sys.stdout.flush()
        return status
    if len(argv) > len(values):
        raise UsageError("these options need an expression; see --help")
    from autograd.command.repl import start

    return start(values)


# Reading the arguments.


def read_options(argv: Sequence[str]) -> argparse.Namespace:
    """Read the options; words that are not options, in any place, end up in ``words``."""
    parser = _Parser(
        prog="autograd",
        usage='%(prog)s [options] ["expression" | -] [name=number ...]',
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("words", nargs="*", metavar="name=number", help="what the names stand for: x=-1, y=1/3, z=2*pi")
    show = parser.add_argument_group("what to show, besides value and derivatives")
    show.add_argument("--explain", action="store_true", help="the chain rule, step by step, instead of the tree")
    show.add_argument("--latex", action="store_true", help="the expression in LaTeX and nothing else; needs no numbers")
    show.add_argument("--second", action="store_true", help="second derivatives (the Hessian)")
    show.add_argument("--check", action="store_true", help="the derivatives compared with high-precision arithmetic")
    show.add_argument(
        "--rounding", action="store_true", help="how many digits are true, and which operation lost the rest"
    )
    show.add_argument("--draw", metavar="FILE", help="draw the graph, as .svg, .png, .pdf or .dot")
    show.add_argument(
        "--play", metavar="FILE", help="a page that plays the computation and follows its inputs, as .html"
    )
    table = parser.add_argument_group("along a range")
    table.add_argument("--at", metavar="x=A:B:STEP", help="a table from A to B inclusive; without STEP, of 21 rows")
    table.add_argument(
        "--plot", metavar="FILE", help="with --at, plot the function and its derivative, as .png, .svg, ..."
    )
    form = parser.add_argument_group("form")
    form.add_argument("--digits", type=int, default=6, metavar="N", help="significant digits of numbers (default 6)")
    form.add_argument("--json", action="store_true", help='JSON, in full precision, with "nan", "inf", "-inf" as text')
    form.add_argument("--debug", action="store_true", help="on an error, print Python's traceback")
    form.add_argument(
        "--version", action="store_true", help="say which version runs, compiled or plain, and from where"
    )
    # An expression may begin with a minus. A blank before it tells argparse that it is no option.
    is_word = re.compile(r"-[^-h]|-h.")
    options = parser.parse_intermixed_args([f" {word}" if is_word.match(word) else word for word in argv])
    if not 1 <= options.digits <= 17:
        raise UsageError(f"--digits must be from 1 to 17, but got {options.digits}")
    if options.plot and not options.at:
        raise UsageError("--plot draws a function along a range; add one, as in --at x=-3:3")
    return options


def read_words(words: Iterable[str]) -> tuple[str, dict[str, float]]:
    """Tell the expression from the values."""
    expressions = []
    values: dict[str, float] = {}
    for word in words:
        name, text = read_assignment(word)
        if not name:
            expressions.append(word.strip() if word.strip() != "-" else read_input())
        elif name in values:
            raise UsageError(f"{name} is given twice, as {format_number(values[name])} and as {text}")
        else:
            values[name] = read_number(name, text)
    if len(expressions) > 1:
        shown = " and ".join(repr(each) for each in expressions[:2])
        raise UsageError(f"one expression is expected, but got {shown}; put quotes around it, and write values as x=2")
    return "".join(expressions), values


def read_assignment(word: str) -> tuple[str, str]:
    """The two sides of ``name=text``; an empty name if that is not what it is."""
    parts = re.fullmatch(r"\s*([^\W\d]\w*)\s*=(?!=)\s*(.*?)\s*", word, re.DOTALL)
    return (parts[1], parts[2]) if parts else ("", word)


def read_number(name: str, text: str) -> float:
    """A number, or arithmetic with numbers such as ``2*pi``."""
    if not text:
        raise UsageError(f"{name}= lacks a number; write it without a blank, as in {name}=2")
    try:
        return parse(text).data
    except ParseError as error:
        raise UsageError(f"{name} must be a number: {error}") from None


def read_input() -> str:
    expression = sys.stdin.read().strip()
    if not expression:
        raise UsageError("there is no expression, neither among the arguments nor in the input; see --help")
    return expression


def asks_for_numbers(options: argparse.Namespace) -> bool:
    """Whether more is asked for than the expression in LaTeX, which is the same for all numbers."""
    others = ("explain", "second", "check", "rounding", "draw", "play", "at", "plot", "json")
    return any(getattr(options, name) for name in others)


def names_in(expression: str) -> list[str]:
    """The names that need a number, in order; none if the text is no Python, which `parse` will say."""
    try:
        nodes = list(ast.walk(ast.parse(" ".join(expression.split()), mode="eval")))
    except SyntaxError:
        return []
    called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    found = [node.id for node in nodes if isinstance(node, ast.Name) and id(node) not in called]
    return [name for name in dict.fromkeys(found) if name not in CONSTANTS]


def read_range(text: str) -> tuple[str, list[float]]:
    """The name and the points of ``x=-3:3:0.5``."""
    name, bounds = read_assignment(text)
    parts = [read_number(name, part.strip()) for part in bounds.split(":")] if name else []
    if len(parts) not in (2, 3) or not all(map(math.isfinite, parts)):
        raise UsageError(f"--at needs a name and a range, as in x=-3:3:0.5, but got {text!r}")
    start, stop = parts[:2]
    step = parts[2] if len(parts) == 3 else (stop - start) / 20
    if step == 0.0 or (stop - start) / step < 0.0:
        raise UsageError(
            f"--at {text} never arrives; the step must lead from {format_number(start)} to {format_number(stop)}"
        )
    count = math.floor((stop - start) / step + 1e-9) + 1
    if count > MAX_ROWS:
        raise UsageError(f"--at {text} has {count:,} points, and {MAX_ROWS:,} are the most; take a longer step")
    # Rounded, since the step is usually meant in decimals: 0.3 rather than 0.30000000000000004.
    return name, [float(f"{start + i * step:.12g}") for i in range(count)]


# Answering.


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
        """Print value, derivatives and whatever else is asked for at one point."""
        options = self.options
        result, leaves = self.graph()
        if options.latex and not asks_for_numbers(options):
            from autograd.see.latex import latex

            print(latex(result))
            return 0
        hessian = second_derivatives(result, list(leaves.values())) if options.second else []
        report, passed = self.check(leaves) if options.check else ("", True)
        if options.draw:
            from autograd.see.drawing import draw

            draw(result, options.draw)
            print(f"wrote {options.draw}", file=sys.stderr)
        if options.play:
            from autograd.page.play import play

            play(result, options.play)
            print(f"wrote {options.play}; open it in a browser", file=sys.stderr)
        if options.json:
            found: dict[str, Any] = {"expression": self.expression, "value": result.data, "at": self.values}
            found["derivatives"] = {name: leaf.grad for name, leaf in leaves.items()}
            if options.second:
                found["second_derivatives"] = {
                    name: dict(zip(leaves, row, strict=True)) for name, row in zip(leaves, hessian, strict=True)
                }
            if outside := outside_domains(result):
                found["outside"] = outside
            found |= {name: text for name, text in self.views(result) if name != "tree"}
            if options.check:
                found |= {"check": {"passed": passed, "report": report}}
            if options.rounding:
                found |= {"rounding": self.rounding(result).as_dictionary()}
            print_json(found)
        else:
            sections = [self.summary(result, leaves), "\n".join(outside_domains(result))]
            sections += [text for _, text in self.views(result)]
            if options.second:
                sections.append(self.matrix(list(leaves), hessian))
            if options.rounding:
                sections.append(str(self.rounding(result)))
            print("\n\n".join(filter(None, [*sections, report])))
        return 0 if passed else 1

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
        positional = inspect.Parameter.POSITIONAL_OR_KEYWORD
        signature = inspect.Signature([inspect.Parameter(name, positional) for name in leaves])
        function.__signature__ = signature  # type: ignore[attr-defined]
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
            raise UsageError(f"{name} is given twice, as {format_number(self.values[name])} and as a range")
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
        buffer = io.BytesIO()
        page.savefig(buffer, format=path.suffix[1:].lower() or "png", dpi=DPI)
    write_whole(path, buffer.getvalue())


# Writing.


def align(heads: list[str], rows: list[list[str]], left: bool = True) -> str:
    """A table with its numbers to the right, and with `left` its first column to the left."""
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]

    def line(cells: list[str]) -> str:
        first = cells[0].ljust(widths[0]) if left else cells[0].rjust(widths[0])
        return "  ".join([first, *(cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True))])

    return "\n".join([paint("2", line(heads)), *map(line, rows)])


def paint(code: str, text: str, stream: Any = None) -> str:
    """Color text, but only for eyes."""
    stream = stream or sys.stdout
    colorful = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return f"\x1b[{code}m{text}\x1b[0m" if colorful else text


def print_json(found: Any) -> None:
    print(json.dumps(_without_nan(found), indent=2, ensure_ascii=False, allow_nan=False))


def _without_nan(found: Any) -> Any:
    """JSON has no word for inf and nan, so they are written as text."""
    if isinstance(found, dict):
        return {name: _without_nan(each) for name, each in found.items()}
    if isinstance(found, list):
        return [_without_nan(each) for each in found]
    return found if not isinstance(found, float) or math.isfinite(found) else str(found)


def _near(name: str, nodes: Iterable[Value]) -> str:
    labels = sorted({node.label for node in nodes if node.label and not node.is_constant})
    near = nearest(name, labels)
    return f"did you mean {near!r}?" if near else f"its names are {', '.join(labels) or 'none'}"


def version() -> str:
    """Which version runs, in which form, and from where."""
    from autograd.engine.release import __version__, why_plain

    form = "compiled" if native else "plain Python"
    lines = [f"scalar-autograd {__version__}, {form}, {Path(__file__).resolve().parent.parent}", why_plain()]
    return "\n".join(filter(None, lines))
