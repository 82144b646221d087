"""``python -m autograd``: what it prints, writes and returns."""

from __future__ import annotations

import io
import json
import math
import os
import subprocess
import sys

import pytest

from autograd.__main__ import main
from autograd.engine.primitive import TABLE

EXAMPLE = ["tanh(w*x + b)", "w=0.5", "x=2", "b=-1"]


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def ask(capsys, monkeypatch):
    """Run the command line; returns its exit code, output and errors."""

    def run(*argv, piped=""):
        monkeypatch.setattr(sys, "stdin", io.StringIO(piped) if piped else Terminal())
        code = main(list(argv))
        return code, *capsys.readouterr()

    return run


def numbers_after(text, name):
    return [float(cell) for cell in next(line for line in text.splitlines() if line.split()[:1] == [name]).split()[1:]]


# What is printed.


def test_value_derivatives_and_tree_are_printed(ask):
    code, out, err = ask(*EXAMPLE)
    assert (code, err) == (0, "")
    assert out.startswith("tanh(w*x + b) = 0\n")
    assert [numbers_after(out, name) for name in "wxb"] == [[0.5, 2.0], [2.0, 0.5], [-1.0, 1.0]]
    assert "\n   └─ b" in out


def test_explain_and_latex_take_the_place_of_the_tree(ask):
    _, out, _ = ask(*EXAMPLE, "--latex", "--second")
    assert "\n\\tanh(w \\cdot x + b)\n" in out
    assert "└─" not in out
    code, out, _ = ask(*EXAMPLE, "--explain")
    assert code == 0
    assert "└─" not in out
    assert "tanh" in out.split("derivative", 1)[1]


def test_latex_alone_is_all_that_is_printed_and_needs_no_numbers(ask):
    assert ask("tanh(w*x + b)", "--latex") == (0, "\\tanh(w \\cdot x + b)\n", "")
    assert ask(*EXAMPLE, "--latex") == (0, "\\tanh(w \\cdot x + b)\n", "")
    assert ask("log(pi * x + ", "--latex")[0] == 2


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["log(x)", "x=-1"], "log(x) is outside the domain x > 0: x = -1"),
        (["log(2 * u)", "u=0"], "log(2 * u) is outside the domain 2 * u > 0: 2 * u = 0"),
        (["1 / (a - b)", "a=2", "b=2"], "1 / (a - b) is outside the domain a - b != 0: a - b = 0"),
        (["log(log(x) + y)", "x=-1", "y=2"], "log(x) is outside the domain x > 0: x = -1"),
    ],
)
def test_a_point_outside_an_operations_domain_is_named(ask, argv, sentence):
    code, out, _ = ask(*argv)
    assert code == 0
    assert [line for line in out.splitlines() if "domain" in line] == [sentence]
    assert json.loads(ask(*argv, "--json")[1])["outside"] == [sentence]


def test_a_point_inside_all_domains_is_passed_over(ask):
    assert "domain" not in ask("log(x) / y + sqrt(x)", "x=1", "y=-2")[1]


def test_second_derivatives_are_printed_as_a_matrix(ask):
    _, out, _ = ask("x**3 * y", "x=2", "y=5", "--second")
    matrix = out.split("second derivatives\n")[1].split("\n", 1)[1]
    assert [numbers_after(matrix, name) for name in "xy"] == [[60.0, 12.0], [12.0, 0.0]]


def test_derivatives_are_checked_against_exact_arithmetic(ask):
    pytest.importorskip("mpmath")
    code, out, _ = ask(*EXAMPLE, "--check", "--second")
    assert code == 0
    assert "derivatives agree with high-precision arithmetic" in out
    assert "x, b" in out


def test_lost_digits_are_told_with_who_lost_them(ask):
    pytest.importorskip("flint")
    code, out, _ = ask("(1 - cos(x)) / x**2", "x=1e-8", "--rounding")
    assert code == 0
    assert "0.0 has 0.0 true digits: exactly it is 0.5, and the error -0.5\nthe rounding of cos(x) is to blame" in out
    _, out, _ = ask("(1 - cos(x)) / x**2", "x=1e-8", "--rounding", "--json")
    assert json.loads(out)["rounding"]["shares"][0] == {"operation": "cos(x)", "share": -0.5}


def test_a_wrong_derivative_is_found_and_makes_the_exit_code_1(ask):
    pytest.importorskip("mpmath")
    import autograd

    @autograd.primitive(lambda x, y: 2 * x, name="wrong_cube_for_command")
    def wrong_cube(x):
        return x * x * x

    try:
        code, out, _ = ask("wrong_cube_for_command(x)", "x=3", "--check")
    finally:
        del TABLE["wrong_cube_for_command"]
    assert code == 1
    assert "WRONG" in out


def test_json_holds_everything_in_full_precision(ask):
    code, out, _ = ask("sin(x) / y", "x=0.1", "y=3", "--json", "--second", "--latex")
    found = json.loads(out)
    assert code == 0
    assert found["value"] == math.sin(0.1) / 3
    assert found["at"] == {"x": 0.1, "y": 3.0}
    assert found["derivatives"] == {"x": math.cos(0.1) / 3, "y": pytest.approx(-math.sin(0.1) / 9, rel=1e-15)}
    assert found["second_derivatives"]["x"]["y"] == pytest.approx(-math.cos(0.1) / 9, rel=1e-15)
    assert "frac" in found["latex"]


def test_json_writes_what_is_not_finite_as_text(ask):
    _, out, _ = ask("1/x", "x=0", "--json")
    assert json.loads(out)["value"] == "inf"
    assert json.loads(out)["derivatives"] == {"x": "-inf"}


def test_digits_are_as_asked(ask):
    assert "= 0.33\n" in ask("x/3", "x=1", "--digits", "2")[1]
    assert "= 0.3333333333333333" in ask("x/3", "x=1", "--digits", "17")[1]


def test_a_picture_is_written_where_asked(ask, tmp_path):
    path = tmp_path / "out.dot"
    code, _, err = ask(*EXAMPLE, "--draw", str(path))
    assert (code, err) == (0, f"wrote {path}\n")
    assert "digraph" in path.read_text(encoding="utf-8")


def test_an_expression_without_names_has_a_value(ask):
    code, out, _ = ask("2*pi", "--check", "--second")
    assert code == 0
    assert out.startswith("2*pi = 6.28319\n")


def test_the_version_says_what_runs_and_where(ask):
    import autograd

    _, out, _ = ask("--version")
    assert out.startswith("scalar-autograd ")
    assert ("compiled" if autograd.native else "plain") in out
    assert os.path.dirname(autograd.__file__) in out


def test_help_documents_the_exit_codes(ask):
    code, out, _ = ask("--help")
    assert code == 0
    assert "exit codes:" in out


# Along a range.


def test_a_range_gives_a_table_with_both_ends(ask):
    code, out, _ = ask("x**2 * w", "w=3", "--at", "x=-1:1:0.5")
    rows = [[float(cell) for cell in line.split()] for line in out.splitlines()[1:]]
    assert code == 0
    assert rows == [[x, 3 * x * x, 6 * x] for x in (-1.0, -0.5, 0.0, 0.5, 1.0)]


def test_the_points_of_a_range_are_those_meant_in_decimals(ask):
    found = json.loads(ask("x", "--at", "x=0:1:0.1", "--json")[1])
    assert [row["x"] for row in found["rows"]] == [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]


def test_a_range_may_run_down_and_leave_out_the_step(ask):
    rows = json.loads(ask("x**3", "--at", "x=2:-pi", "--json", "--second")[1])["rows"]
    assert len(rows) == 21
    assert (rows[0]["x"], rows[-1]["x"]) == (2.0, pytest.approx(-math.pi))
    assert rows[0] == {"x": 2.0, "value": 8.0, "derivative": 12.0, "second_derivative": 12.0}


@pytest.mark.parametrize("form", ["png", "svg"])
def test_the_function_is_plotted_with_its_derivative(ask, tmp_path, form):
    pytest.importorskip("matplotlib")
    path = tmp_path / f"out.{form}"
    code, _, _ = ask("log(x) * $y$".replace("$y$", "y"), "y=2", "--at", "x=-1:3", "--plot", str(path))
    content = path.read_bytes()
    assert code == 0
    assert content.startswith(b"\x89PNG" if form == "png" else b"<?xml")
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]
    if form == "svg":
        assert b"log(x) * y" in content
        assert b"d/dx" in content


# How the question may be asked.


def test_the_expression_may_be_piped(ask):
    assert ask("x=3", piped="x**2\n  + 1\n")[1].startswith("x**2 + 1 = 10\n")
    assert ask("-", "x=3", piped="x + 1")[1].startswith("x + 1 = 4\n")


def test_numbers_may_be_negative_or_arithmetic(ask):
    _, out, _ = ask("x + y + z", "x=-1", "y=2*pi", "z=-1/4", "--digits", "17")
    assert f"= {-1 + 2 * math.pi - 0.25}" in out


@pytest.mark.parametrize("expression", ["-x", "-x + 1", "-1 - x", "-(x)", "-tanh(x)"])
def test_an_expression_may_begin_with_a_minus(ask, expression):
    code, out, _ = ask(expression, "x=0")
    assert code == 0
    assert out.startswith(f"{expression} = ")


def test_options_values_and_expression_may_come_in_any_order(ask):
    code, out, _ = ask("x=2", "--json", "x * y", "--second", "y=3")
    assert code == 0
    assert json.loads(out)["value"] == 6.0


# What goes wrong.


@pytest.mark.parametrize(
    ("argv", "problem"),
    [
        (["x^2", "x=1"], "write ** for a power\n    x^2\n     ^\n"),
        (["weigth*2", "weight=1"], "did you mean 'weight'?"),
        (["x*2"], "'x' has no value; add x=number"),
        (["x*2", "x=1", "y=2"], "'y' is not in the expression"),
        (["weight*2", "weight=1", "weigth=1"], "did you mean 'weight'?"),
        (["x", "x=1", "x=2"], "x is given twice"),
        (["x", "x="], "x= lacks a number"),
        (["x", "x=two"], "x must be a number: 'two' has no value"),
        (["x", "*", "x", "x=2"], "put quotes around it"),
        (["x", "x=1", "--secnd"], "did you mean --second?"),
        (["x", "x=1", "--draw"], "expected one argument"),
        (["x", "x=1", "--plot", "p.png"], "--plot draws a function along a range"),
        (["x", "x=1", "--digits", "99"], "--digits must be from 1 to 17"),
        (["x", "x=1", "--at", "x=0:1"], "x is given twice"),
        (["x", "--at", "x"], "--at needs a name and a range"),
        (["x", "--at", "x=0:1:-1"], "never arrives"),
        (["x", "--at", "x=0:1:0"], "never arrives"),
        (["x", "--at", "x=0:inf"], "--at needs a name and a range"),
        (["x", "--at", "x=0:1:1e-9"], "take a longer step"),
        (["x", "--at", "x=0:1", "--explain"], "--explain is about one point"),
        (["x", "--at", "y=0:1"], "'x' has no value"),
        (["x", "x=2", "--draw", "picture.jpeg"], "must end in one of .svg"),
        (["--latex"], "need an expression"),
        (["x", "x=1" + "0" * 400], "too large"),
    ],
)
def test_what_is_not_understood_is_said_in_a_sentence_and_the_exit_code_is_2(ask, argv, problem):
    code, out, err = ask(*argv)
    assert code == 2
    assert out == ""
    assert err.startswith("error: ")
    assert problem in err
    assert "Traceback" not in err


def test_an_empty_input_is_refused(ask):
    code, _, err = ask(piped=" \n")
    assert code == 2
    assert "there is no expression" in err


def test_a_file_that_cannot_be_written_makes_the_exit_code_3(ask, tmp_path):
    code, _, err = ask(*EXAMPLE, "--draw", str(tmp_path / "missing" / "out.svg"))
    assert code == 3
    assert "does not exist" in err


def test_debug_lets_the_traceback_through(ask):
    with pytest.raises(ValueError, match="has no value"):
        ask("x", "--debug")


def test_a_mixture_with_the_other_autograd_is_named(ask, monkeypatch):
    import autograd.__main__

    def refuse():
        raise ImportError("two distributions were installed in one place")

    monkeypatch.setattr(autograd.__main__, "refuse_mixture", refuse)
    assert ask("x", "x=1") == (3, "", "error: two distributions were installed in one place\n")


# As a process.


def test_a_reader_that_leaves_early_causes_no_error():
    command = [sys.executable, "-m", "autograd", "x", "--at", "x=0:5000:1"]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait() == 0


def test_an_output_that_knows_only_ascii_is_no_error():
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    command = [sys.executable, "-m", "autograd", *EXAMPLE[:2], "b=-1", "--at", "x=0:1", "--second"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, env=environment, check=True)
    assert b"d?/dx?" in done.stdout


def test_color_is_for_terminals_and_no_color_is_respected():
    pexpect = pytest.importorskip("pexpect")
    shown = {}
    for no_color in ("", "1"):
        environment = {**os.environ, "TERM": "xterm", "NO_COLOR": no_color}
        if not no_color:
            del environment["NO_COLOR"]
        child = pexpect.spawn(sys.executable, ["-m", "autograd", *EXAMPLE], env=environment, encoding="utf-8")
        child.expect(pexpect.EOF)
        shown[no_color] = child.before
    assert "\x1b[" in shown[""]
    assert "\x1b[" not in shown["1"]
    assert "tanh(w*x + b) = 0" in shown["1"]
