"""What is checked of the site: dead links, pictures without an alternative text, public names without a docstring."""

from __future__ import annotations

import importlib.util
import socket
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

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


@pytest.mark.parametrize(
    "link", ["https://", "http:/example.org", "https://exa mple.org", "https://example.org/<x>", "//", "https://a..b"]
)
def test_an_address_that_is_none_is_told(checks: Any, tmp_path: Path, link: str) -> None:
    found = list(checks.broken_links(site(tmp_path, one=f"<a href='{link}'>x</a>")))
    assert found == [f"one.html: {link} is no address that a browser could open"]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A site at which one page is, one was moved, some are gone, and one is kept from programs."""

    class Handler(BaseHTTPRequestHandler):
        answers: ClassVar[dict[str, int]] = {"/here": 200, "/moved": 301, "/lost": 301, "/refused": 403, "/gone": 410}

        def do_GET(self) -> None:
            self.send_response(self.answers.get(self.path, 500 if self.path == "/broken" else 404))
            if self.path in ("/moved", "/lost"):
                self.send_header("Location", "/here" if self.path == "/moved" else "/nowhere")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    served = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=served.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{served.server_port}"
    served.shutdown()
    served.server_close()


def test_what_is_linked_on_other_sites_has_to_be_there(checks: Any, tmp_path: Path, server: str) -> None:
    paths = ["here", "here#part", "moved", "refused", "gone", "lost", "nowhere", "broken"]
    one = "".join(f'<a href="{server}/{path}">x</a>' for path in paths) + '<a href="two.html">y</a>'
    nobody = socket.create_server(("127.0.0.1", 0))  # whose port is free once it is closed
    port = nobody.getsockname()[1]
    nobody.close()
    folder = site(tmp_path, one=one, two=f'<img alt="z" src="http://127.0.0.1:{port}/z.png">')
    found = list(checks.dead_addresses(folder, tries=1))
    assert found[:4] == [
        f"one.html: the link to {server}/gone is dead: 410 Gone",
        f"one.html: the link to {server}/lost is dead: 404 Not Found",
        f"one.html: the link to {server}/nowhere is dead: 404 Not Found",
        f"one.html: the link to {server}/broken is dead: 500 Internal Server Error",
    ]
    assert len(found) == 5
    assert found[4].startswith(f"two.html: the link to http://127.0.0.1:{port}/z.png is dead: ")


def test_whoever_is_out_of_breath_is_asked_again(checks: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    class Answer:
        def __enter__(self) -> None: ...
        def __exit__(self, *_: object) -> None: ...

    def answer(request: Any, timeout: float) -> Answer:
        asked.append(request.full_url)
        if len(asked) < 3:
            raise TimeoutError("timed out")
        return Answer()

    monkeypatch.setattr(checks, "urlopen", answer)
    monkeypatch.setattr(checks.time, "sleep", lambda seconds: None)
    assert list(checks.dead_addresses(site(tmp_path, one='<a href="https://example.org/x">x</a>'))) == []
    assert asked == ["https://example.org/x"] * 3


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
