"""What must hold of a site that was built: every link leads somewhere, and every public name says what it is for.

Links to other sites are looked at as they are written; whether somebody answers there is asked only on demand.
"""

from __future__ import annotations

import http.client
import re
import ssl
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from html.parser import HTMLParser
from inspect import getattr_static
from typing import TYPE_CHECKING
from urllib.error import HTTPError, URLError
from urllib.parse import unquote, urlsplit
from urllib.request import Request, urlopen

import pdoc.doc

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

PLAYED = "play"  # pages whose scripts make their own anchors
PATIENCE = 20.0  # seconds for an answer
GONE = (404, 410)  # whoever answers otherwise is there, though he may not like to be asked by a program
ADDRESS = re.compile(r"https?://[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(:\d+)?(/[^\s<>\"{}|\\^`]*)?([?#][^\s<>\"{}|\\^`]*)?")


class Page(HTMLParser):
    """The links, the anchors, and the pictures without an alternative text of one page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.unnamed: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.links += [link for name in ("href", "src") if (link := given.get(name))]
        self.anchors |= {name for key in ("id", "name") if (name := given.get(key))}
        if tag == "img" and not (given.get("alt") or "").strip():
            self.unnamed.append((given.get("src") or "")[:60])


def broken_links(site: Path) -> Iterator[str]:
    """A sentence for each link within the site that leads nowhere, and for each picture without an alternative text."""
    pages = {path: Page(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))}
    for path, page in pages.items():
        here = path.relative_to(site)
        for link in dict.fromkeys(page.links):
            parts = urlsplit(link)
            if is_external(link) and not ADDRESS.fullmatch(link):
                yield f"{here}: {link} is no address that a browser could open"
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if target.is_dir():
                target /= "index.html"
            if not target.is_file():
                yield f"{here}: the link to {link} is dead"
            elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].anchors:
                yield f"{here}: the link to {link} leads to no such place on that page"
        if here.parts[0] != PLAYED:
            yield from (f"{here}: the picture {name!r} has no alternative text" for name in page.unnamed)


def is_external(link: str) -> bool:
    """Whether a link leads to another site."""
    return urlsplit(link).scheme in ("http", "https") or link.startswith("//")


def dead_addresses(site: Path, tries: int = 3) -> Iterator[str]:
    """A sentence for each address on other sites, linked from this one, at which nothing is.

    Args:
        site: the folder.
        tries: how often to ask where nobody answers at all.
    """
    linked: dict[str, Path] = {}
    for path in sorted(site.rglob("*.html")):
        for link in filter(is_external, Page(path.read_text(encoding="utf-8")).links):
            linked.setdefault(link.partition("#")[0], path.relative_to(site))
    with ThreadPoolExecutor(8) as pool:
        problems = pool.map(lambda address: _problem(address, tries), linked)
        for (address, page), problem in zip(linked.items(), problems, strict=True):
            if problem:
                yield f"{page}: the link to {address} is dead: {problem}"


def _problem(address: str, tries: int) -> str:
    """What is wrong with an address; nothing if something is there."""
    request = Request(address, headers={"User-Agent": "Mozilla/5.0 (a check of links)", "Accept": "*/*"})
    problem = ""
    for attempt in range(tries):
        time.sleep(2.0**attempt - 1.0)
        try:
            with urlopen(request, timeout=PATIENCE):
                return ""
        except HTTPError as error:
            if error.code < 500:
                return f"{error.code} {error.reason}" if error.code in GONE else ""
            problem = f"{error.code} {error.reason}"
        except (URLError, OSError, http.client.HTTPException, ssl.SSLError, ValueError) as error:
            problem = str(getattr(error, "reason", error)) or type(error).__name__
    return problem


def undocumented(modules: Iterable[pdoc.doc.Module]) -> Iterator[str]:
    """A sentence for each public module, class, function, method or property without a docstring."""
    for module in modules:
        waiting: list[tuple[pdoc.doc.Doc, object]] = [(module, None)]
        while waiting:
            thing, owner = waiting.pop()
            if not thing.docstring and not _is_plain(thing, owner):
                yield f"{thing.fullname} is public, and has no docstring"
            if isinstance(thing, pdoc.doc.Namespace):
                waiting += [(each, thing.obj) for each in thing.members.values() if _is_ours(each, module)]


def _is_ours(thing: pdoc.doc.Doc, module: pdoc.doc.Module) -> bool:
    """Whether it is public, and written in this package: not inherited from an exception of Python's, say."""
    package = module.modulename.partition(".")[0]
    return not thing.name.startswith("_") and thing.taken_from[0].partition(".")[0] == package


def _is_plain(thing: pdoc.doc.Doc, owner: object) -> bool:
    """Whether it is a constant, such as a colour, or an attribute that the docstring of its class describes."""
    is_property = isinstance(getattr_static(owner, thing.name, None), (property, cached_property))
    return isinstance(thing, pdoc.doc.Variable) and not is_property
