"""`play`: a graph as one page that opens from a disk, with the network off."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from autograd.engine.files import StrPath, write_whole
from autograd.engine.value import as_node
from autograd.page.assembling import Page, assemble, page_path
from autograd.page.stage import stage
from autograd.page.story import Story
from autograd.see.excerpt import Excerpt

if TYPE_CHECKING:
    from collections.abc import Mapping

    from autograd.engine.value import Value


def play(
    value: Value,
    path: StrPath | None = None,
    *,
    max_nodes: int = 150,
    marks: Mapping[Value, float] | None = None,
) -> Page:
    """Make a page that plays the computation of a value: forward and backward, one operation a step.

    Its leaves can be changed there, and all numbers follow; beside the graph stands the function along one of them with
    its tangent. The page is one file that asks for nothing from anywhere.

    Args:
        value: the result.
        path: where to write the page, ending in ``.html``; without it, the page that is returned shows itself in notebooks.
        max_nodes: how many nodes to show, nearest to the result; the page says how many were left out.
        marks: a number to show at each of these nodes, as `draw` has them: such as what `rounding` found.

    Raises:
        ValueError: if the path does not end in ``.html``, `max_nodes` is not positive, or a number was changed after others
            were computed from it.
        FileNotFoundError: if the path's folder does not exist.
        RenderingError: if nothing is there to lay the graph out with.

    Example:
        >>> from autograd import play, tanh, variables
        >>> w, x, b = variables(w=0.5, x=2.0, b=-1.2)
        >>> page = play(tanh(w * x + b))
        >>> "Content-Security-Policy" in page.html
        True
    """
    value = as_node(value, "play")
    if max_nodes < 1:
        raise ValueError(f"max_nodes must be at least 1, but got {max_nodes!r}")
    target = page_path(path)
    excerpt = Excerpt(value, (), max_nodes)
    story = Story(excerpt)
    page = assemble(
        Path(__file__).parent,
        "play",
        title=str(story.content["title"]),
        content=story.content,
        generated=story.operations,
        picture=stage(excerpt, story.names, marks or {}),
    )
    if target is not None:
        write_whole(target, page.html)
    return page
