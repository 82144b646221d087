"""The interactive session of ``python -m autograd``, and ``%load_ext autograd`` for one that runs already.

All public names are there, and a `Value` is named by the variable it is assigned to: after ``w = Value(0.5)``, pictures
show ``w``. The rule is simple. A `Value` without a label takes the name of the first variable that it is assigned
to at the top level, unless that begins with an underscore, and keeps it.

Python's own console executes into a dictionary that labels what is put in (`Namespace`). IPython's dictionary cannot
be exchanged, so there, each statement of a cell is followed by a look at the variables (`_Labeller`).
"""

from __future__ import annotations

import ast
import code
import os
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from autograd.engine.release import why_plain
from autograd.engine.value import Value, native

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

EXAMPLE = """\
try    w, x, b = variables(w=0.5, x=2, b=-1)
       y = tanh(w*x + b)
       y.backward(); tree(y)       draw(y, "y.svg")   latex(y)   explain(y)"""


def start(values: Mapping[str, float] | None = None) -> int:
    """Run a session until the user leaves it: in IPython where that is installed, else in Python's own console.

    Args:
        values: variables to begin with.

    Returns:
        The exit code.
    """
    namespace = Namespace(public_names())
    for name, number in (values or {}).items():
        namespace[name] = Value(number)
    try:
        import IPython
    except ImportError:
        return _start_python(namespace)
    return _start_ipython(IPython, namespace)


def public_names() -> dict[str, Any]:
    """What ``from autograd import *`` would bring."""
    import autograd

    return {name: getattr(autograd, name) for name in dir(autograd) if not name.startswith("__")}


def banner(values: Mapping[str, Any], shell: str) -> str:
    """What a session says first."""
    form = "compiled" if native else "plain Python"
    given = ", ".join(f"{name} = {thing.data:g}" for name, thing in values.items() if isinstance(thing, Value))
    lines = [
        f"autograd ({form} engine) in {shell}, with everything from autograd imported.",
        *filter(None, [why_plain()]),
        "Its compile stands in for Python's, which is builtins.compile after import builtins.",
        "A Value takes the name of the variable that it is assigned to.",
        *([f"given  {given}"] if given else []),
        EXAMPLE,
    ]
    return "\n".join(lines)


def label(name: str, thing: Any) -> None:
    """Give a `Value` without a label the name of its variable."""
    if isinstance(thing, Value) and not thing.label and not name.startswith("_"):
        thing.label = name


class Namespace(dict[str, Any]):
    """The variables of a session, which labels the `Value`s that are assigned to them."""

    def __setitem__(self, name: str, thing: Any) -> None:
        label(name, thing)
        super().__setitem__(name, thing)


# Python's own console.


def _start_python(namespace: Namespace) -> int:
    namespace["__name__"] = "__main__"
    greeting = banner(namespace, f"Python {sys.version.split()[0]}")
    with _line_editing(namespace):
        code.InteractiveConsole(namespace).interact(greeting, exitmsg="")
    return 0


@contextmanager
def _line_editing(namespace: Namespace) -> Iterator[None]:
    """Tab completion, and the history that Python's own prompt keeps, too."""
    try:
        import readline
        import rlcompleter
    except ImportError:  # on Windows there is none
        yield
        return
    readline.set_completer(rlcompleter.Completer(namespace).complete)
    readline.parse_and_bind("tab: complete")
    history = os.environ.get("PYTHON_HISTORY") or os.path.expanduser("~/.python_history")
    with suppress(OSError):  # the first time there is none
        readline.read_history_file(history)
    try:
        yield
    finally:
        with suppress(OSError):  # whoever has no home to write to has no history, and nothing else to fear
            readline.write_history_file(history)


# IPython.


def _start_ipython(ipython: Any, namespace: Namespace) -> int:
    from traitlets.config import Config

    config = Config()
    config.TerminalInteractiveShell.banner1 = banner(namespace, f"IPython {ipython.__version__}") + "\n"
    config.InteractiveShellApp.extensions = ["autograd.command.repl"]
    ipython.start_ipython(argv=[], config=config, user_ns=dict(namespace))
    return 0


class _Labeller(ast.NodeTransformer):
    """Put a look at the variables after each statement of a cell, so that the next one finds them labelled."""

    look = f"__import__('sys').modules[{__name__!r}].label_variables()"

    def visit_Module(self, module: ast.Module) -> ast.Module:
        statements: list[ast.stmt] = []
        for statement in module.body[:-1]:
            look = ast.parse(self.look).body[0]
            for node in ast.walk(look):
                ast.copy_location(node, statement)
            statements += [statement, look]
        module.body = [*statements, *module.body[-1:]]
        return module


def label_variables(*_: Any) -> None:
    """Label the `Value`s among the variables of the running IPython."""
    from IPython import get_ipython

    for name, thing in list(get_ipython().user_ns.items()):
        label(name, thing)


_labeller = _Labeller()


def load_ipython_extension(shell: Any) -> None:
    """Make ``%load_ext autograd`` work: bring all public names, and label `Value`s by their variables.

    A variable that the user has already is left alone, whatever it is called.

    Args:
        shell: the running IPython.
    """
    new = {name: thing for name, thing in public_names().items() if name not in shell.user_ns}
    shell.push(new, interactive=False)
    if _labeller not in shell.ast_transformers:
        shell.ast_transformers.append(_labeller)
        shell.events.register("post_run_cell", label_variables)


def unload_ipython_extension(shell: Any) -> None:
    """Make ``%unload_ext autograd`` work: variables no longer label anything.

    Args:
        shell: the running IPython.
    """
    if _labeller in shell.ast_transformers:
        shell.ast_transformers.remove(_labeller)
        shell.events.unregister("post_run_cell", label_variables)
