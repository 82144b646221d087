"""What type checkers tell the users of this library."""

from __future__ import annotations

import ast
import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

import autograd
import nn
from autograd.engine.primitive import BUILT_IN, TABLE, public_operations

TESTS = Path(__file__).resolve().parent
SCRIPT = TESTS / "typed_script.py"


def complaints(*command: object, folder: Path) -> str:
    """What a type checker says of the script, which it reads as a user's: the package is found where it runs from."""
    script = folder / "script.py"
    script.write_text(SCRIPT.read_text())
    found = str(Path(autograd.__file__).parent.parent)
    environment = os.environ | {"MYPYPATH": "" if "site-packages" in found else found}
    result = subprocess.run(
        [sys.executable, "-m", *map(str, command), script],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return "" if result.returncode == 0 else result.stdout or f"exit code {result.returncode}"


@pytest.mark.slow
def test_mypy_is_content_with_a_script_whose_every_type_is_asserted(tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    assert (
        complaints("mypy", "--strict", "--follow-imports", "silent", "--cache-dir", tmp_path / "cache", folder=tmp_path)
        == ""
    )


@pytest.mark.slow
def test_pyright_is_content_with_the_same_script(tmp_path: Path) -> None:
    pytest.importorskip("basedpyright")
    found = Path(autograd.__file__).parent.parent
    tmp_path.joinpath("pyrightconfig.json").write_text(
        f'{{"typeCheckingMode": "standard", "extraPaths": ["{found.as_posix()}"]}}'
    )
    assert complaints("basedpyright", "--pythonpath", sys.executable, folder=tmp_path) == ""


def test_the_script_runs_as_it_is_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(SCRIPT))


@pytest.mark.parametrize("package", ["autograd", "nn"])
def test_the_stub_of_a_face_holds_what_the_face_offers(package: str) -> None:
    face = {"autograd": autograd, "nn": nn}[package]
    stub = Path(face.__file__).with_name("__init__.pyi").read_text()
    named = {
        alias.name for line in ast.walk(ast.parse(stub)) if isinstance(line, ast.ImportFrom) for alias in line.names
    }
    assert set(face.__all__) <= named, "run python tests/stubs.py"
    assert all(hasattr(face, name) for name in named), "run python tests/stubs.py"


def test_every_operation_on_one_or_two_numbers_is_a_method_for_type_checkers_too() -> None:
    source = Path(autograd.__file__).with_name("engine").joinpath("value.py").read_text()
    (value,) = [node for node in ast.parse(source).body if isinstance(node, ast.ClassDef) and node.name == "Value"]
    declared = {target.id for node in value.body if isinstance(node, ast.Assign) for target in node.targets}
    declared |= {node.name for node in value.body if isinstance(node, ast.FunctionDef)}
    built_in = [name for name in public_operations() if name in BUILT_IN]
    assert {name for name in built_in if TABLE[name].arity in (1, 2)} <= declared, "run python tests/stubs.py"
