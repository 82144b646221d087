"""The page of the site on which the library itself runs, in a real browser, on Pyodide.

The site has to be there already: ``python .github/site/build.py``, and then AUTOGRAD_SITE=build/site before pytest.
"""

from __future__ import annotations

import os
import threading
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import autograd

if TYPE_CHECKING:
    from collections.abc import Iterator

SITE = Path(os.environ.get("AUTOGRAD_SITE", "build/site")).resolve()

if not SITE.joinpath("index.html").exists():
    pytest.skip("there is no site; python .github/site/build.py makes one", allow_module_level=True)
if not SITE.joinpath("try.html").exists():
    pytest.skip("the site was built without Pyodide, which npm fetches", allow_module_level=True)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The site, served by this computer to itself; a page from the disk may not load Pyodide."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(SITE)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture(scope="module")
def page(driver: Any, address: str) -> Any:
    """The page with all its cells run."""
    driver.get(f"{address}/try.html")
    wait(driver, "return document.getElementById('state').textContent === 'ready'", 240)
    driver.execute_script("document.getElementById('all').click()")
    wait(driver, "return Array.from(document.querySelectorAll('.result')).at(-2).textContent !== ''", 60)
    return driver


def wait(driver: Any, condition: str, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not driver.execute_script(condition):
        assert time.monotonic() < end, driver.execute_script("return document.body.innerText")
        time.sleep(0.2)


def results(driver: Any) -> list[str]:
    found: list[str] = driver.execute_script(
        "return Array.from(document.querySelectorAll('.result')).map((each) => each.textContent)"
    )
    return found


def test_the_cells_of_the_tour_give_what_the_library_gives(page: Any) -> None:
    w, x, b = autograd.variables(w=0.5, x=2.0, b=-1.2)
    y = autograd.tanh(w * x + b)
    y.label = "y"
    y.backward()
    shown = results(page)
    assert repr((w.grad, x.grad, b.grad)) + "\n" in shown
    assert f"{autograd.tree(y)}\n" in shown
    assert f"{autograd.explain(y, of=w)}\n" in shown
    assert not page.execute_script("return document.querySelectorAll('.error').length")


def test_what_a_reader_types_is_run_and_an_error_is_shown(page: Any) -> None:
    for code, expected in (("x = 3.0\nautograd.grad(lambda t: t**3)(x)", "27.0\n"), ("nonsense", "NameError")):
        last = "Array.from(document.querySelectorAll('textarea.cell')).at(-1)"
        page.execute_script(f"{last}.value = arguments[0]", code)
        count = len(results(page))
        page.execute_script(
            f"{last}.dispatchEvent(new KeyboardEvent('keydown', {{key: 'Enter', shiftKey: true, bubbles: true}}))"
        )
        wait(page, f"return document.querySelectorAll('.result').length === {count + 1}", 30)
        assert expected in results(page)[count - 1]


def test_nothing_is_asked_of_anybody_else(page: Any, address: str) -> None:
    asked = page.execute_script("return performance.getEntriesByType('resource').map((each) => each.name)")
    assert asked
    assert all(url.startswith(address) for url in asked)
