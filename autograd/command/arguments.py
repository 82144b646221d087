"""The arguments of the command line: an expression, what its names stand for, and options; or a sentence on what is wrong."""

from __future__ import annotations

import argparse
import ast
import math
import re
import sys
from typing import TYPE_CHECKING, NoReturn

from autograd.engine.choices import nearest
from autograd.see.numbers import format_number
from autograd.see.parsing import CONSTANTS, ParseError, parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
            raise UsageError(f"{name} is given twice, as {format_number(values[name])} and as {text}; give it once")
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
