"""The README's examples give what it says, it is short, and its two commands are there for `.ci/run` to find."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from autograd.__main__ import main
from nn.__main__ import main as run_nn

README = Path(__file__).resolve().parent.parent / "README.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
WORDS = 1300  # five minutes, besides code


def blocks() -> list[tuple[str, str]]:
    """What stands between fences: the language, and the text."""
    return BLOCK.findall(README.read_text(encoding="utf-8"))


def test_its_examples_can_be_pasted_and_print_what_stands_below(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": "__main__"}
    found = [*blocks(), ("", "")]
    examples = [(code, found[i + 1]) for i, (language, code) in enumerate(found) if language == "python"]
    assert len(examples) > 7
    for code, (language, expected) in examples:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(code, str(README), "exec"), names)  # noqa: S102 (the README's own lines)
        assert printed.getvalue() == (expected if language == "text" else ""), code


def test_what_is_shown_as_printed_follows_its_code() -> None:
    languages = [language for language, _ in blocks()]
    assert set(languages) == {"python", "text", "sh"}
    assert all(before == "python" for before, after in pairwise(languages) if after == "text")


def test_its_command_lines_of_autograd_run(capsys: pytest.CaptureFixture[str]) -> None:
    lines = [line for language, text in blocks() if language == "sh" for line in text.splitlines()]
    commands = [shlex.split(line)[1:] for line in lines if line.startswith("autograd ")]
    assert commands
    for command in commands:
        assert main(command) == 0
        assert "dy/dw = 1.92209" in capsys.readouterr().out


def test_its_command_lines_of_nn_learn_a_table_and_use_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = [(20 + 7 * i % 90, 1 + i % 4) for i in range(60)]
    prices = "".join(f"{area},{rooms},{3 * area + 10 * rooms}\n" for area, rooms in rows)
    Path("prices.csv").write_text(f"area,rooms,price\n{prices}", encoding="utf-8")
    Path("more.csv").write_text("area,rooms\n50,2\n80,3\n", encoding="utf-8")
    lines = [line for language, text in blocks() if language == "sh" for line in text.splitlines()]
    train, predict = (shlex.split(line)[1:] for line in lines if line.startswith("nn "))
    assert run_nn(train) == 0
    capsys.readouterr()
    assert run_nn(predict) == 0
    found = [float(line.split(",")[-1]) for line in capsys.readouterr().out.splitlines()[1:]]
    assert found == pytest.approx([170, 270], rel=0.1)


def test_it_can_be_read_in_five_minutes() -> None:
    prose = re.sub(r"<!--.*?-->|\]\([^)]*\)", " ", BLOCK.sub("", README.read_text(encoding="utf-8")))
    assert len(prose.split()) <= WORDS


def test_its_pictures_have_alternative_texts() -> None:
    pictures = re.findall(r"!\[(.*?)\]", README.read_text(encoding="utf-8"))
    assert len(pictures) > 10
    assert all(len(text) > 5 for text in pictures)


@pytest.mark.parametrize("name", ["run", "test"])
def test_a_command_is_one_line(name: str) -> None:
    commands = re.findall(rf"^<!-- {name} -->\n```sh\n(.*)\n```$", README.read_text(), re.MULTILINE)
    assert len(commands) == 1


@pytest.mark.skipif(not README.with_name(".github").exists(), reason="the tests are not in a checkout")
def test_its_links_and_pictures_exist() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README.read_text()):
        if "://" not in target:
            assert (README.parent / target).exists(), target
