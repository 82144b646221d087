"""A page in one file: HTML, style, script, picture and numbers put together, and closed to everything else."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograd.engine.files import StrPath


@dataclass(frozen=True)
class Page:
    """A page, which shows itself in notebooks.

    Attributes:
        html: all of it.
        height: how many pixels a notebook gives it.
    """

    html: str
    height: int = 720

    def _repr_html_(self) -> str:
        document = html.escape(self.html, quote=True)
        return (
            f'<iframe srcdoc="{document}" sandbox="allow-scripts" width="100%" height="{self.height}" '
            'style="border: 0" title="a computation, to be played"></iframe>'
        )

    def __repr__(self) -> str:
        return "<a page: a notebook shows it; elsewhere, play(..., 'page.html') writes it to a file>"


def page_path(path: StrPath | None) -> Path | None:
    """The file to write a page to, if there is to be one: known to be fine before the page is made.

    Raises:
        ValueError: if its name does not end in ``.html``.
        FileNotFoundError: if its folder does not exist.
    """
    if path is None:
        return None
    target = Path(path)
    if target.suffix.lower() not in (".html", ".htm"):
        raise ValueError(f"a page's file name must end in .html, but got {str(target)!r}")
    if not target.parent.is_dir():
        raise FileNotFoundError(
            f"the folder {str(target.parent)!r} for the page {target.name!r} does not exist; make it first"
        )
    return target


def assemble(folder: Path, name: str, *, title: str, content: Any, generated: str = "", picture: str = "") -> Page:
    """Put a page together from ``NAME.html``, ``NAME.css`` and ``NAME.js``, and what all pages share.

    The policy in its head lets the browser run these scripts and styles, known by their checksums, and nothing else:
    no request can leave the page.

    Args:
        folder: where the files lie.
        name: of the files.
        title: what stands in the browser's title bar.
        content: numbers and texts for the script, which finds them as JSON in the element ``content``.
        generated: JavaScript that goes before the script.
        picture: SVG.
    """
    shared = Path(__file__).parent / "common"
    style, script = (
        "\n".join(base.with_suffix(f".{ending}").read_text(encoding="utf-8") for base in (shared, folder / name))
        for ending in ("css", "js")
    )
    code = f'"use strict";\n{generated}\n{script}'
    policy = f"default-src 'none'; script-src {_checksum(code)}; style-src {_checksum(style)}; base-uri 'none'; form-action 'none'"
    fields = {
        "policy": policy,
        "title": html.escape(title),
        "style": style,
        "picture": picture,
        # In a script element only "<" could end it; JSON writes that as an escape.
        "content": json.dumps(content, separators=(",", ":")).replace("<", "\\u003c"),
        "script": code,
    }
    return Page(fill((folder / name).with_suffix(".html"), **fields))


def fill(frame: Path, **fields: str) -> str:
    """The HTML of a file, with texts in place of the names that stand in it, as ``{{ title }}``."""
    first, *parts = frame.read_text(encoding="utf-8").split("{{")
    named = (part.partition("}}") for part in parts)
    return first + "".join(fields[name.strip()] + rest for name, _, rest in named)


def _checksum(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
