"""What is checked of the site: dead links, pictures without an alternative text, public names without a docstring."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parent.parent / ".github" / "site"

doc = pytest.importorskip("pdoc.doc", reason="the site is made by pdoc, which is missing")
if not FOLDER.exists():
    pytest.skip("the tests are not in a checkout", allow_module_level=True)


@pytest.fixture(scope="module")
def checks() -> Any:
    spec = importlib.util.spec_from_file_location("checks", FOLDER / "checks.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def site(folder: Path, **pages: str) -> Path:
    for name, text in pages.items():
        folder.joinpath(f"{name}.html").write_text(text, encoding="utf-8")
    return folder


def test_links_that_lead_somewhere_are_passed_over(checks: Any, tmp_path: Path) -> None:
    first = '<a href="two.html#there">two</a> <a href="#top">up</a> <a href="https://example.org/x">out</a>'
    site(tmp_path, one=f'<h1 id="top">1</h1>{first}<img src="a.png" alt="an a">', two='<p id="there">2</p>')
    tmp_path.joinpath("a.png").touch()
    assert list(checks.broken_links(tmp_path)) == []


def test_a_dead_link_a_dead_anchor_and_a_missing_picture_are_told(checks: Any, tmp_path: Path) -> None:
    page = '<a href="gone.html">x</a> <a href="two.html#gone">y</a> <img src="gone.png" alt="gone">'
    assert list(checks.broken_links(site(tmp_path, one=page, two=""))) == [
        "one.html: the link to gone.html is dead",
        "one.html: the link to two.html#gone leads to no such place on that page",
        "one.html: the link to gone.png is dead",
    ]


def test_a_picture_without_an_alternative_text_is_told(checks: Any, tmp_path: Path) -> None:
    page = '<img src="data:image/png;base64,AA" alt=" ">'
    assert list(checks.broken_links(site(tmp_path, one=page))) == [
        "one.html: the picture 'data:image/png;base64,AA' has no alternative text"
    ]


def test_every_kind_of_public_name_without_a_docstring_is_told(
    checks: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    source = '''
"""A module."""

COLOR = "#222222"


def told():
    """What it does."""


def untold(): ...


def _private(): ...


class Thing:
    """A thing."""

    def method(self): ...

    @property
    def size(self):
        return 1
'''
    tmp_path.joinpath("untold_module.py").write_text(source, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    module: ModuleType = importlib.import_module("untold_module")
    found = sorted(checks.undocumented([doc.Module(module)]))
    del sys.modules["untold_module"]
    assert found == [
        "untold_module.Thing.method is public, and has no docstring",
        "untold_module.Thing.size is public, and has no docstring",
        "untold_module.untold is public, and has no docstring",
    ]
