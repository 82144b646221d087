"""What `import autograd` and `import nn` load, and what they say when something stands in their way."""

from __future__ import annotations

import builtins
import re
import subprocess
import sys
from typing import Any

import pytest

import autograd


def modules_loaded_by(statement: str) -> set[str]:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import sys\nbefore = {{*sys.modules}}\n{statement}\nprint(*{{*sys.modules}} - before)",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


@pytest.mark.parametrize("package", ["autograd", "nn"])
def test_importing_loads_no_heavy_library(package: str) -> None:
    heavy = {"numpy", "graphviz", "matplotlib", "tqdm", "mpmath", "hypothesis", "jax", "torch", "IPython", "inspect"}
    if package == "nn":
        heavy -= {"numpy", "inspect"}
    assert not modules_loaded_by(f"import {package}") & heavy


def test_importing_the_engine_loads_little_of_the_standard_library() -> None:
    slow = {"typing", "re", "collections", "functools", "contextlib", "enum", "dataclasses", "inspect", "dis"}
    loaded = modules_loaded_by("sys.modules['cython'] = None  # which loads what it likes\nimport autograd")
    assert "autograd.engine.value" in loaded and not loaded & slow


def test_every_public_name_is_there() -> None:
    for name in autograd.__all__:
        assert getattr(autograd, name) is not None, name


def test_an_asterisk_imports_all_but_what_python_has_itself() -> None:
    names: dict[str, Any] = {}
    exec("from autograd import *", names)  # noqa: S102 (an asterisk is for modules only)
    assert {name for name in names if hasattr(builtins, name)} == {"compile"}
    assert names["compile"] is autograd.compile


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'tanhh'"):
        autograd.tanhh  # noqa: B018


def test_its_documentation_is_a_screenful_whose_names_are_all_there() -> None:
    text = autograd.__doc__ or ""
    assert 10 < len(text.splitlines()) <= 40
    names = re.findall(r"`([a-z_]+(?:\.[a-z_]+)?)`", text)
    assert len(names) > 20
    for name in names:
        if name not in ("autograd", "nn"):
            assert hasattr(autograd, name.removeprefix("autograd.")), name
