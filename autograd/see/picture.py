"""`Picture`, a graph in DOT that notebooks display, and the escapes by which DOT shows any text literally."""

from __future__ import annotations

from typing import Any

import graphviz  # type: ignore[import-untyped]

from autograd.see import rendering
from autograd.see.labels import printable


class Picture(graphviz.Digraph):  # type: ignore[misc]
    """A `graphviz.Digraph` that shows itself in notebooks even where the program ``dot`` is not installed."""

    def pipe(self, format: str | None = None, *args: Any, encoding: str | None = None, **options: Any) -> Any:
        """The picture in a format such as ``svg``; see `graphviz.Digraph.pipe`."""
        if (format or "svg") not in rendering.IMAGES:
            return super().pipe(format, *args, encoding=encoding, **options)
        image = rendering.render(self.source, format or "svg")
        return image if encoding is None else image.decode(encoding)

    def __repr__(self) -> str:
        return "<a picture: a notebook shows it; elsewhere, draw(value, 'picture.svg') writes it to a file>"


def plain(text: str) -> str:
    r"""Text as a DOT label that shows it as it is written.

    Example:
        >>> print(plain("a\\N <&lt;"))
        a\\N &lt;&amp;lt;
    """
    escaped = printable(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace("\\", "\\\\")


def field(text: str) -> str:
    r"""Text as a field of a record that shows it as it is written.

    Example:
        >>> print(field("a|b {c}"))
        a\|b\ \{c\}
    """
    return "".join(f"\\{c}" if c in "{}| " else c for c in plain(text))
