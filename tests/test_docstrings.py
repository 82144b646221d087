"""The examples in docstrings give what they say, whether the file that they are in is compiled or not."""

from __future__ import annotations

import ast
import doctest
import importlib
from pathlib import Path

import pytest

import autograd
import nn

FOLDERS = [Path(package.__file__).parent for package in (autograd, nn)]
FILES = [file for folder in FOLDERS for file in sorted(folder.rglob("*.py")) if ">>> " in file.read_text("utf-8")]
NEEDED = {"enclosure": "flint", "gradients": "flint", "rounding": "flint", "strategies": "hypothesis"}


def name_of(file: Path) -> str:
    """The name by which a file is imported."""
    folder = next(folder for folder in FOLDERS if folder in file.parents)
    return ".".join(file.relative_to(folder.parent).with_suffix("").parts).removesuffix(".__init__")


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_examples_give_what_they_say(file: Path) -> None:
    pytest.importorskip(NEEDED.get(file.stem, "autograd"))
    module = importlib.import_module(name_of(file))
    runner, said = doctest.DocTestRunner(), ""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):  # since what is compiled has no docstrings to find
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and (text := ast.get_docstring(node)):
            place = getattr(node, "name", "")
            test = doctest.DocTestParser().get_doctest(text, dict(vars(module)), place, str(file), None)
            failures: list[str] = []
            runner.run(test, out=failures.append)
            said += "".join(failures)
    assert not said, said
