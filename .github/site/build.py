"""Build the site: ``python .github/site/build.py`` leaves it in ``build/site/``, with ``index.html`` to open.

Nothing on it is written twice. The front page is the README; whatever that links to becomes a page, or is copied, and so
on from there: the notebooks with their stored outputs, the notes, the pictures. The reference is made of the docstrings, by
pdoc. A few graphs and a training are played. In ``try.html`` the library itself runs, on Pyodide, in the reader's browser:
the cells of the tour that are tagged "browser", and what the reader types.

The last step looks at what was built. The exit status is 1 if a link is dead, if a picture has no alternative text, or if a
public name has no docstring. With ``--external`` it asks for whatever is linked on other sites, too.

What is needed: ``pip install ".[site]"``; for ``try.html`` also npm, which fetches Pyodide once, or ``--pyodide FOLDER``
where that lies already. Without either there is no such page, and a line says so.
"""

from __future__ import annotations

import argparse
import json
import os
import posixpath
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import warnings
from html import escape, unescape
from pathlib import Path
from types import FunctionType
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parent.parent
sys.path.insert(
    0, str(CHECKOUT)
)  # the reference is that of this checkout, and in plain Python, whose signatures are known

import nbformat
import pdoc
import pdoc.doc
import pdoc.render
from checks import broken_links, dead_addresses, undocumented
from latex2mathml.converter import convert
from nbconvert import HTMLExporter
from pygments.formatters import HtmlFormatter

import autograd
import nn

if TYPE_CHECKING:
    from collections.abc import Iterator

PYODIDE = "314.0.7"
MODULES = [
    *("autograd", "autograd.strategies", "nn", "nn.datasets", "nn.plots"),
    # What the functions of these return.
    *("autograd.see.drawing", "autograd.see.narration", "autograd.see.tree", "autograd.program.program"),
    *("autograd.check.report", "autograd.check.rounding", "autograd.check.enclosure", "nn.training.history"),
]
MENU = {
    "index.html": "Read",
    "try.html": "Try",
    "play/neuron.html": "Play",
    "notebooks/00_tour.html": "Tour",
    "api/autograd.html": "Reference",
}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=CHECKOUT / "build" / "site", help="where to (build/site)")
    parser.add_argument("--wheel", type=Path, help="the pure wheel for try.html (built here)")
    parser.add_argument("--pyodide", type=Path, help="the folder of the npm package pyodide (fetched by npm)")
    parser.add_argument("--external", action="store_true", help="also ask for what is linked on other sites")
    options = parser.parse_args()
    site: Path = options.out
    shutil.rmtree(site, ignore_errors=True)
    site.mkdir(parents=True)
    site.joinpath(".nojekyll").touch()
    write_style(site)
    write_played(site / "play")
    modules = write_reference(site / "api")
    problem = write_try(site, options.wheel, options.pyodide)
    if problem:
        print(f"no page to try the library on: {problem}")
        del MENU["try.html"]
    count = write_pages(site)
    faults = [*broken_links(site), *undocumented(modules)]
    if options.external:
        faults += dead_addresses(site)
    print("\n".join(faults))
    print(f"{count} pages, and the reference of {len(modules)} modules; open {site / 'index.html'}")
    return 1 if faults else 0


# Pages made of the README, the notes and the notebooks.


def write_pages(site: Path) -> int:
    """Write the README and all that can be reached from it; returns how many pages that were."""
    waiting, done, pages = ["README.md"], set(), 0
    while waiting:
        source = waiting.pop()
        if source in done:
            continue
        done.add(source)
        path = CHECKOUT / source
        target = site / address(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix not in (".md", ".ipynb"):
            if path.is_file():  # else the check of links will tell
                shutil.copy(path, target)
            continue
        body, found = with_links_to_pages(fragment(path), source)
        title = next(iter(re.findall(r"<h1[^>]*>(.*?)(?:<a class|</h1>)", body, re.DOTALL)), "scalar-autograd")
        page = HERE.joinpath("page.html").read_text(encoding="utf-8")
        root = "../" * address(source).count("/")
        page = page.replace("{title}", re.sub("<[^>]+>", "", title)).replace("{root}", root).replace("{body}", body)
        target.write_text(with_menu(page, root), encoding="utf-8")
        waiting += found
        pages += 1
    return pages


def address(source: str) -> str:
    """Where in the site a file of the repository ends up."""
    if source == "README.md":
        return "index.html"
    # What publishes a site leaves out folders that begin with a dot.
    return re.sub(r"^\.github/", "project/", re.sub(r"\.(md|ipynb)$", ".html", source))


def fragment(path: Path) -> str:
    """The HTML of a notebook or of a text in Markdown, without head and body."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        text = re.sub(r"<!--.*?-->\n?", "", text, flags=re.DOTALL)
        body = rendered([nbformat.v4.new_markdown_cell(text)])
        return re.sub(r'(<h\d[^>]* id=")([^"]+)', lambda match: match[1] + match[2].lower(), body)  # as on code hosts
    return rendered(nbformat.reads(text, as_version=4).cells)


def rendered(cells: list[Any]) -> str:
    """The HTML of some cells."""
    notebook = nbformat.v4.new_notebook(cells=cells)
    exporter = HTMLExporter(template_name="basic", exclude_input_prompt=True, exclude_output_prompt=True)
    body: str = exporter.from_notebook_node(notebook)[0]
    return FORMULAS.sub(formula, re.sub(r'<a class="anchor-link".*?</a>', "", body))


# Or else what must stay as it is, with whatever dollars there are in it.
FORMULAS = re.compile(r"(<(pre|code|svg|script)\b.*?</\2>|<[^>]+>)|\$\$(.+?)\$\$|\$([^$\n]+?)\$", re.DOTALL)


def formula(match: re.Match[str]) -> str:
    """What LaTeX says, in MathML, which browsers show without anybody's help."""
    if match[1]:
        return match[0]
    mathml: str = convert(unescape(match[3] or match[4]), display="block" if match[3] else "inline")
    return mathml


def with_links_to_pages(body: str, source: str) -> tuple[str, list[str]]:
    """The HTML with links to what becomes of each file; and those files."""
    found: list[str] = []

    def link(match: re.Match[str]) -> str:
        parts = urlsplit(match[2])
        if parts.scheme or not parts.path:
            return match[0]
        file = posixpath.normpath(posixpath.join(posixpath.dirname(source), unquote(parts.path)))
        if not (CHECKOUT / file).exists():
            return match[0]
        found.append(file)
        to = posixpath.relpath(address(file), posixpath.dirname(address(source)) or ".")
        return f'{match[1]}="{to}{"#" + parts.fragment if parts.fragment else ""}"'

    return re.sub(r'\b(href|src)="([^"]*)"', link, body), found


def with_menu(page: str, root: str) -> str:
    """The page with the menu at its top."""
    entries = " ".join(f'<a href="{root}{to}">{name}</a>' for to, name in MENU.items())
    menu = f'<nav class="menu"><a href="{root}index.html"><b>scalar-autograd</b></a> {entries}</nav>'
    style = f'<link rel="stylesheet" href="{root}menu.css">'
    return re.sub(r"<body[^>]*>", lambda body: body[0] + menu, page.replace("</head>", f"{style}</head>", 1), count=1)


def write_style(site: Path) -> None:
    """Copy the style sheets, with the colours of code."""
    shutil.copy(HERE / "menu.css", site)
    colors = HtmlFormatter(style="friendly").get_style_defs(".highlight")
    site.joinpath("page.css").write_text(
        HERE.joinpath("page.css").read_text(encoding="utf-8") + colors, encoding="utf-8"
    )


# The reference.


def write_reference(folder: Path) -> list[pdoc.doc.Module]:
    """Let pdoc write the reference; returns the modules, as it read them."""
    for package in (autograd, nn):
        for name in package.__all__:
            getattr(package, name)  # pdoc sees only what is there already, and much comes when it is asked for
    for name in autograd.__all__:
        operation = getattr(autograd, name)
        if isinstance(operation, autograd.engine.primitive.Primitive):
            vars(autograd)[name] = as_function(operation)
    for name in vars(autograd.Value).keys() - set(dir(autograd.Value(0.0))):
        if not name.startswith("_"):
            setattr(autograd.Value, name, not_shown)
    pdoc.render.configure(docformat="google", footer_text=f"scalar-autograd {autograd.__version__}", show_source=False)
    warnings.filterwarnings("ignore", module="pdoc")  # of types that are for type checkers alone
    pdoc.pdoc(*MODULES, output_directory=folder)
    for page in folder.rglob("*.html"):
        text = without_guesses(page.read_text(encoding="utf-8"))
        page.write_text(with_menu(text, "../" * len(page.relative_to(folder).parts)), encoding="utf-8")
    return [pdoc.doc.Module(__import__(name, fromlist=["_"])) for name in MODULES]


def not_shown() -> None:
    """@private (so that pdoc leaves out what operators and NumPy call, and users do not)"""


def without_guesses(page: str) -> str:
    """The page without links to attributes that have no place of their own, and without what is for a compiler."""
    anchors = set(re.findall(r'id="([^"]+)"', page))
    page = re.sub(r'<a href="#([^"]+)">([^<]*)</a>', lambda link: link[0] if link[1] in anchors else link[2], page)
    return re.sub(r'\s*<div class="decorator[^>]*>@cython.*?</div>', "", page)


def as_function(operation: Any) -> FunctionType:
    """A function that looks like the operation, since pdoc takes an object for a mere number."""

    def function() -> None: ...

    for name in ("__name__", "__qualname__", "__doc__", "__signature__"):
        value = getattr(operation, name, None) or operation.name
        if name != "__signature__" or not isinstance(value, str):
            setattr(function, name, value)
    function.__module__ = "autograd"
    return function


# What moves.


def write_played(folder: Path) -> None:
    """Play the README's neuron, and the training of a small network."""
    folder.mkdir()
    w, x, b = autograd.variables(w=0.5, x=2.0, b=-1.2)
    autograd.play(autograd.engine.primitive.TABLE["tanh"](w * x + b), folder / "neuron.html")
    moons = nn.datasets.load("moons")
    model = nn.MLP(2, [8, 1], "tanh", seed=1)
    options: dict[str, Any] = {"loss": "binary_cross_entropy", "optimizer": "adam", "lr": 0.05, "epochs": 60}
    history = nn.fit(model, moons.inputs, moons.targets, **options)
    nn.play(
        model, moons.inputs, moons.targets, history=history, loss="binary_cross_entropy", path=folder / "moons.html"
    )


def write_try(site: Path, wheel: Path | None, pyodide: Path | None) -> str:
    """Write the page on which the library runs; returns why there is none."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        if pyodide is None:
            if not shutil.which("npm"):
                return "it needs npm, which fetches Pyodide, or --pyodide FOLDER"
            command = ["npm", "pack", f"pyodide@{PYODIDE}", "--silent"]
            if subprocess.run(command, cwd=work, check=False, stdout=subprocess.DEVNULL).returncode:
                return "npm could not fetch Pyodide"
            with tarfile.open(next(work.glob("*.tgz"))) as archive:
                archive.extractall(work, filter="data")
            pyodide = work / "package"
        if wheel is None:
            source = work / "source"
            shutil.copytree(
                CHECKOUT, source, ignore=shutil.ignore_patterns(".*", "build", "notebooks", "tests", "runs")
            )
            command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(work), str(source)]
            subprocess.run(command, check=True, env=os.environ | {"CC": "/bin/false"})
            wheel = next(work.glob("*-none-any.whl"))
        site.joinpath("pyodide").mkdir()
        for file in ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json"):
            shutil.copy(pyodide / file, site / "pyodide")
        shutil.copy(wheel, site)
    page = HERE.joinpath("try.html").read_text(encoding="utf-8")
    cells = "\n".join(tour_cells())
    page = (
        page.replace("{{wheel}}", wheel.name).replace("{{cells}}", cells).replace("{{version}}", autograd.__version__)
    )
    site.joinpath("try.html").write_text(with_menu(page, ""), encoding="utf-8")
    return ""


def tour_cells() -> Iterator[str]:
    """The cells of the tour that are tagged "browser", each as prose and code that can be changed."""
    for cell in json.loads(CHECKOUT.joinpath("notebooks", "00_tour.ipynb").read_text(encoding="utf-8"))["cells"]:
        if "browser" in cell["metadata"].get("tags", []):
            text = "".join(cell["source"])
            if cell["cell_type"] == "markdown":
                yield rendered([nbformat.v4.new_markdown_cell(text)])
            else:
                yield f'<textarea class="cell" spellcheck="false">{escape(text)}</textarea>'


if __name__ == "__main__":
    sys.exit(main())
