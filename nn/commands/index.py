"""The page that links all that runs have left in a folder: what a browser opens first."""

import html
from pathlib import Path

from autograd.engine.files import StrPath, write_whole
from autograd.page.assembling import fill

FRAME = Path(__file__).parent.parent / "page" / "index.html"


def write_index(folder: StrPath) -> Path:
    """Write the index of a folder: for each run in it its pictures, and links to all its files."""
    place = Path(folder)
    runs = sorted(each for each in place.iterdir() if each.is_dir() and not each.name.startswith("."))
    sections = [_section(run) for run in runs if any(run.iterdir())]
    page = place / "index.html"
    write_whole(page, fill(FRAME, title=f"runs in {html.escape(place.name)}", sections="\n".join(sections)))
    return page


def _section(run: Path) -> str:
    files = sorted(each.name for each in run.iterdir() if each.is_file() and not each.name.startswith("."))
    name, *files = (html.escape(each, quote=True) for each in (run.name, *files))
    image = '<a href="{0}/{1}"><img src="{0}/{1}" alt="{2} of {0}" loading="lazy"></a>'
    pictures = "".join(image.format(name, each, each[:-4]) for each in files if each.endswith((".png", ".svg")))
    links = " · ".join(f'<a href="{name}/{each}">{each}</a>' for each in files)
    return f'<section><h2>{name}</h2><div class="pictures">{pictures}</div><p>{links}</p></section>'
