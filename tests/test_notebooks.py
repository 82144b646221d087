"""The notebooks are stored with the outputs of their own cells, small and free of traces of the machine that ran them.

With ``--slow`` every one is run again, with warnings as errors, and must give what is stored. As a program, ``python tests/test_notebooks.py
notebooks/*.ipynb`` runs notebooks and stores them with their outputs, in the form that is asked for here. What a comment
says that begins with ``# alt:`` becomes the alternative text of the pictures of its cell.
"""

from __future__ import annotations

import html
import json
import math
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

NOTEBOOKS = sorted((Path(__file__).resolve().parent.parent / "notebooks").glob("*.ipynb"))
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
STRICT = "import warnings; warnings.simplefilter('error'); warnings.filterwarnings('ignore', module='ipykernel')"
MEGABYTE = 1_000_000
SECONDS = 300  # for one cell: a limit for what hangs, and no measure of speed
VARIES = "varies"  # the tag of a cell whose numbers differ from run to run, such as timings
ALTERNATIVE = re.compile(r"^# alt: (.+)$", re.MULTILINE)
PICTURES = ("image/png", "image/svg+xml")
ADDRESS = re.compile(r" at 0x[0-9a-f]+")
NUMBER = re.compile(r"[-+\N{MINUS SIGN}]?\d+(?:\.\d+)?(?:e[-+]?\d+)?")
TRACES = re.compile(
    r"""(?<![\w.])/(?:home|root|tmp|usr|opt|var|work|Users|private|mnt)/ | \b[A-Z]:\\ | site-packages | ipykernel_\d
    | \ at\ 0x[0-9a-f]""",
    re.VERBOSE,
)

each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def code_cells(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def text_of(value: str | list[str]) -> str:
    return value if isinstance(value, str) else "".join(value)


def texts(cell: dict[str, Any]) -> dict[str, str]:
    """What a cell put out as text, by its kind: as printed, and as one sees it where there are no pictures."""
    found: dict[str, str] = {}
    for output in cell["outputs"]:
        if output["output_type"] == "stream":
            found[output["name"]] = found.get(output["name"], "") + text_of(output["text"])
        for kind, content in output.get("data", {}).items():
            if kind.startswith("text/") or kind == "image/svg+xml":
                found[kind] = found.get(kind, "") + text_of(content)
    return found


def kinds(cell: dict[str, Any]) -> list[str]:
    """What kinds of output a cell has: streams by name, and all forms in which a result is shown."""
    return sorted(
        kind
        for output in cell["outputs"]
        for kind in ([output["name"]] if output["output_type"] == "stream" else output.get("data", {}))
    )


@each
def test_every_cell_was_run_once_in_order_and_without_an_error(path: Path) -> None:
    cells = code_cells(json.loads(path.read_text()))
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    assert not [output for cell in cells for output in cell["outputs"] if output["output_type"] == "error"]
    assert not [output for cell in cells for output in cell["outputs"] if output.get("name") == "stderr"]


@each
def test_it_begins_with_a_title_and_shows_something(path: Path) -> None:
    notebook = json.loads(path.read_text())
    assert notebook["cells"][0]["cell_type"] == "markdown"
    assert text_of(notebook["cells"][0]["source"]).startswith("# ")
    shown = [kind for cell in code_cells(notebook) for kind in kinds(cell)]
    assert "image/png" in shown or "image/svg+xml" in shown


@each
def test_every_picture_has_an_alternative_text(path: Path) -> None:
    for cell in code_cells(json.loads(path.read_text())):
        for output in cell["outputs"]:
            for kind in set(PICTURES) & set(output.get("data", {})):
                assert output["metadata"][kind]["alt"], cell["source"]
            for tag in re.findall("<img[^>]*", text_of(output.get("data", {}).get("text/html", ""))):
                assert 'alt="' in tag


@each
def test_it_was_run_by_the_compiled_engine(path: Path) -> None:
    assert "not compiled ahead of time" not in path.read_text()


@each
def test_its_metadata_and_outputs_tell_nothing_of_a_machine(path: Path) -> None:
    notebook = json.loads(path.read_text())
    assert notebook["metadata"] == METADATA
    for cell in notebook["cells"]:
        assert set(cell["metadata"]) <= {"tags"}
    for cell in code_cells(notebook):
        for text in texts(cell).values():
            assert not TRACES.search(text), TRACES.search(text)


@each
def test_its_links_lead_somewhere(path: Path) -> None:
    for cell in json.loads(path.read_text())["cells"]:
        if cell["cell_type"] == "markdown":
            for target in re.findall(r"\]\(([^)#\s]+)\)", text_of(cell["source"])):
                assert "://" in target or (path.parent / target).exists(), target


def test_notebooks_are_small() -> None:
    sizes = {path.name: path.stat().st_size for path in NOTEBOOKS}
    assert max(sizes.values(), default=0) < 2 * MEGABYTE, sizes
    assert sum(sizes.values()) < 8 * MEGABYTE, sizes


@pytest.mark.slow
@each
def test_running_it_gives_what_is_stored(path: Path, tmp_path: Path) -> None:
    pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    stored = json.loads(path.read_text())
    for before, after in zip(code_cells(stored), code_cells(run(stored, tmp_path)), strict=True):
        assert kinds(before) == kinds(after), before["source"]
        if VARIES not in before["metadata"].get("tags", []):
            for kind, text in texts(before).items():
                assert_same(text, texts(after)[kind])


def assert_same(before: str, after: str) -> None:
    """The same text, and the same numbers but for the last digits, which depend on the processor.

    In a picture of a graph only the words count, in any order: the layout depends on fonts, and on who makes it.
    """
    if "<svg" in before:
        before, after = ("\n".join(sorted(words(text))) for text in (before, after))
    assert NUMBER.sub("#", before) == NUMBER.sub("#", after)
    for old, new in zip(numbers(before), numbers(after), strict=True):
        assert math.isclose(old, new, rel_tol=1e-6, abs_tol=1e-9), f"{old} is stored, but it is {new} now"


def words(picture: str) -> list[str]:
    return [html.unescape(text) for text in re.findall(r"<text[^>]*>([^<]*)</text>", picture)]


def numbers(text: str) -> list[float]:
    return [float(number.replace("\N{MINUS SIGN}", "-")) for number in NUMBER.findall(text)]


def run(notebook: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The notebook with fresh outputs, run by this interpreter, in an empty folder."""
    import nbformat
    from nbclient import NotebookClient

    fresh = nbformat.reads(json.dumps(notebook), as_version=4)
    for cell in code_cells(fresh):
        cell["outputs"], cell["execution_count"] = [], None
    fresh.metadata = nbformat.from_dict(METADATA)
    NotebookClient(
        fresh,
        timeout=SECONDS,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        coalesce_streams=True,
        record_timing=False,
        extra_arguments=[f"--IPKernelApp.exec_lines={STRICT}"],
    ).execute()
    fresh.metadata = nbformat.from_dict(METADATA)  # the kernel has added its version
    plain: dict[str, Any] = json.loads(nbformat.writes(fresh))
    for cell in code_cells(plain):
        described = ALTERNATIVE.search(text_of(cell["source"]))
        for output in cell["outputs"]:
            for kind in set(PICTURES) & set(output.get("data", {})):
                output["metadata"][kind] = {"alt": described[1]} if described else {}
            if "text/plain" in output.get("data", {}):  # as in <autograd.see.drawing.Picture at 0x7f8ed6ffdb10>
                output["data"]["text/plain"] = ADDRESS.sub("", text_of(output["data"]["text/plain"]))
    return plain


def store(path: Path) -> None:
    """Run a notebook, and put it back with its outputs."""
    with tempfile.TemporaryDirectory() as folder:
        notebook = run(json.loads(path.read_text()), Path(folder))
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        store(Path(name))
