"""The README's examples give what it says, and its two commands are there for `.ci/run` to find."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

import autograd

README = Path(__file__).resolve().parent.parent / "README.md"


def test_its_examples_give_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    examples = doctest.DocTestParser().get_doctest(README.read_text(), {}, README.name, str(README), 0)
    output: list[str] = []
    result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(examples, out=output.append)
    assert result.attempted > 20
    assert not result.failed, "".join(output)


def test_its_explanation_is_what_explain_prints() -> None:
    w, x, b = autograd.variables(w=0.5, x=2.0, b=-1.2)
    y = autograd.tanh(w * x + b)
    y.backward()
    assert f"```text\n{autograd.explain(y, of=w)}\n```" in README.read_text()


@pytest.mark.parametrize("name", ["run", "test"])
def test_a_command_is_one_line(name: str) -> None:
    commands = re.findall(rf"^<!-- {name} -->\n```sh\n(.*)\n```$", README.read_text(), re.MULTILINE)
    assert len(commands) == 1


def test_its_links_and_pictures_exist() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README.read_text()):
        notes_left_out = (
            target.startswith(".github") and not README.with_name(".github").exists()
        )  # tests by themselves
        if "://" not in target and not notes_left_out:
            assert (README.parent / target).exists(), target
