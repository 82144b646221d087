"""The interactive session, in a pseudo-terminal, with IPython and without; and the IPython extension."""

from __future__ import annotations

import os
import sys

import pytest

import autograd
from autograd import Value
from autograd.command.repl import Namespace, banner, label

# The rule for labels.


def test_a_value_takes_the_first_name_that_it_is_assigned_to():
    session = Namespace()
    exec(  # noqa: S102 (a console does just this)
        "w = Value(0.5); again = w; a, b = Value(1), Value(2); _hidden = Value(3)", {"Value": Value}, session
    )
    assert [session[name].label for name in ("w", "again", "a", "b", "_hidden")] == ["w", "w", "a", "b", ""]


def test_a_label_is_never_replaced():
    named = Value(1.0, "bias")
    label("b", named)
    assert named.label == "bias"


def test_the_banner_says_what_is_shadowed_and_given():
    text = banner({"w": Value(0.5)}, "a shell")
    assert "compile stands in for Python's" in text
    assert "w = 0.5" in text


def test_a_prompt_completes_what_users_call():
    value = Value(0.5)
    value.mine = 1
    assert {"data", "grad", "label", "backward", "zero_grad", "tanh", "log", "where", "mine"} <= set(dir(value))
    hidden = {"mul", "less", "arcsin", "apply_primitive", "cuts", "state", "scaled_exp", "_left_partial"}
    assert not hidden & set(dir(value))
    assert all(hasattr(value, name) for name in dir(value))
    assert "__version__" in dir(autograd)


# In a terminal.


class Session:
    """A session in a pseudo-terminal."""

    def __init__(self, pexpect, prompt, environment, *argv):
        self.pexpect, self.prompt = pexpect, prompt
        arguments = ["-m", "autograd", *argv]
        self.child = pexpect.spawn(
            sys.executable, arguments, env=environment, encoding="utf-8", timeout=60, dimensions=(40, 160)
        )
        self.child.expect(prompt)
        self.greeting = self.child.before

    def __call__(self, line):
        self.child.sendline(line)
        self.child.expect(self.prompt)
        return self.child.before

    def end(self):
        self.child.sendline("exit()")
        self.child.expect(self.pexpect.EOF)
        self.child.close()
        return self.child.exitstatus


@pytest.fixture(params=["python", "ipython"])
def session(request, tmp_path):
    """Starts a session, of each kind."""
    pexpect = pytest.importorskip("pexpect")
    environment = {**os.environ, "HOME": str(tmp_path), "IPYTHONDIR": str(tmp_path), "TERM": "xterm", "NO_COLOR": "1"}
    environment.pop("PYTHON_HISTORY", None)
    if request.param == "ipython":
        pytest.importorskip("IPython")
        prompt = r"In \[\d+\]: "
        environment["IPY_TEST_SIMPLE_PROMPT"] = "1"
    else:
        prompt = ">>> "
        (tmp_path / "IPython.py").write_text("raise ImportError", encoding="utf-8")
        path = [str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])]
        environment["PYTHONPATH"] = os.pathsep.join(path)
    sessions = []

    def start(*argv):
        sessions.append(Session(pexpect, prompt, environment, *argv))
        return sessions[-1]

    yield start
    for each in sessions:
        each.child.close(force=True)


def test_a_session_has_everything_imported_and_names_values(session):
    ask = session("k=3")
    assert "autograd (" in ask.greeting
    assert "k = 3" in ask.greeting
    ask("w = Value(0.5); y = tanh(w*2 + k)")
    assert "('w', 'y', 'k')" in ask("(w.label, y.label, k.label)")
    ask("a, b = Value(1), Value(2, label='bias')")
    ask("c = sum([a, b])")
    assert "('a', 'bias', 'c', '+')" in ask("(a.label, b.label, c.label, (a + b).op)")
    assert "w * 2 + k" in ask("source(y)")
    assert "grad" in ask("y.backward(); tree(y)")
    assert ask.end() == 0


def test_values_are_named_within_a_line(session):
    ask = session()
    assert "'w'" in ask("w = Value(0.5); seen = w.label; seen")
    assert ask.end() == 0


def test_an_error_does_not_end_a_session(session):
    ask = session()
    assert "ParseError" in ask("parse('x ^ 2', x=1)")
    assert "8.0" in ask("parse('x ** 3', x=2).data")
    assert ask.end() == 0


def test_tab_completes_in_pythons_own_console(session, request):
    if "ipython" in request.node.name:
        pytest.skip("completes itself, but not at its simple prompt")
    pytest.importorskip("readline")
    ask = session()
    ask.child.send("check_gr\t")
    ask.child.expect("check_gradients")
    ask("\x15")
    assert ask.end() == 0


def test_pythons_own_console_keeps_its_history(session, request, tmp_path):
    if "ipython" in request.node.name:
        pytest.skip("keeps its own")
    pytest.importorskip("readline")
    ask = session()
    ask("remembered = 1")
    ask.end()
    assert "remembered = 1" in (tmp_path / ".python_history").read_text(encoding="utf-8")


# The extension.


@pytest.fixture
def shell(monkeypatch):
    pytest.importorskip("IPython")
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.testing.globalipapp import start_ipython

    shell = start_ipython() or InteractiveShell.instance()
    shell.reset(new_session=False)
    yield shell
    shell.run_line_magic("unload_ext", "autograd")
    shell.reset(new_session=False)


def test_the_extension_brings_all_names_and_labels_values(shell):
    shell.run_line_magic("load_ext", "autograd")
    assert not [name for name in autograd.__all__ if name not in shell.user_ns]
    shell.run_cell("a, b = Value(2.0), Value(3.0)\nc = a * b\ntext = source(c)\nd = c + 1")
    assert shell.user_ns["text"] == "a * b"
    assert shell.user_ns["d"].label == "d"


def test_the_extension_leaves_the_users_variables_alone(shell):
    shell.run_cell("tree = 'an oak'")
    shell.run_line_magic("load_ext", "autograd")
    assert shell.user_ns["tree"] == "an oak"


def test_unloading_the_extension_ends_the_labelling(shell):
    shell.run_line_magic("load_ext", "autograd")
    shell.run_line_magic("unload_ext", "autograd")
    shell.run_cell("free = Value(1.0)")
    assert shell.user_ns["free"].label == ""
    shell.run_line_magic("load_ext", "autograd")


def test_a_cell_with_an_error_still_points_at_its_line(shell):
    shell.run_line_magic("load_ext", "autograd")
    result = shell.run_cell("a = Value(1.0)\nb = a + 1\nc = 1 / 0\nd = 2", silent=True)
    assert isinstance(result.error_in_exec, ZeroDivisionError)
    assert shell.user_ns["b"].label == "b"
    traceback = result.error_in_exec.__traceback__
    while traceback.tb_next:
        traceback = traceback.tb_next
    assert traceback.tb_lineno == 3
