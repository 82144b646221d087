"""The command line: an expression and what its names stand for, shown, differentiated, checked and plotted.

`arguments` reads what the user asked, `question` answers it, `output` says how that is printed, and `running` makes a
sentence and an exit code of whatever goes wrong.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from autograd.command.arguments import (
    UsageError,
    asks_for_numbers,
    names_in,
    read_input,
    read_options,
    read_words,
)
from autograd.command.output import paint
from autograd.command.question import Question
from autograd.command.running import run_command
from autograd.engine.value import native

if TYPE_CHECKING:
    from collections.abc import Sequence


def run(argv: Sequence[str]) -> int:
    """Answer what the arguments ask; print what went wrong in a sentence, and return the exit code."""
    return run_command(lambda: _run(argv), paint("1;31", "error", sys.stderr), debug="--debug" in argv, fault=3)


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
        return status
    if len(argv) > len(values):
        raise UsageError("these options need an expression; see --help")
    from autograd.command.repl import start

    return start(values)


def version() -> str:
    """Which version runs, in which form, and from where."""
    from autograd.engine.release import __version__, why_plain

    form = "compiled" if native else "plain Python"
    lines = [f"scalar-autograd {__version__}, {form}, {Path(__file__).resolve().parent.parent}", why_plain()]
    return "\n".join(filter(None, lines))
