"""The page that links all that runs have left in a folder: what a browser opens first."""

import html
from pathlib import Path

from autograd.engine.files import StrPath, write_whole

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src 'self' file:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 16px/1.45 Helvetica, Arial, sans-serif; max-width: 75rem; margin: 0 auto; padding: 0 1rem; }}
section {{ border-top: 1px solid #8885; padding: 0.5rem 0; }}
h2 {{ font-size: 1.1rem; margin: 0.3rem 0; }}
.pictures {{ display: flex; flex-wrap: wrap; gap: 0.8rem; align-items: flex-start; }}
img {{ height: 9rem; max-width: 20rem; object-fit: contain; background: white; border: 1px solid #8885; }}
</style>
</head>
<body>
<h1>{title}</h1>
{sections}
</body>
</html>
"""


def write_index(folder: StrPath) -> Path:
    """Write the index of a folder: for each run in it its pictures, and links to all its files."""
    place = Path(folder)
    runs = sorted(each for each in place.iterdir() if each.is_dir() and not each.name.startswith("."))
    sections = [_section(run) for run in runs if any(run.iterdir())]
    page = place / "index.html"
    write_whole(page, _PAGE.format(title=f"runs in {html.escape(place.name)}", sections="\n".join(sections)))
    return page


def _section(run: Path) -> str:
    files = sorted(each.name for each in run.iterdir() if each.is_file() and not each.name.startswith("."))
    name, *files = (html.escape(each, quote=True) for each in (run.name, *files))
    image = '<a href="{0}/{1}"><img src="{0}/{1}" alt="{2} of {0}" loading="lazy"></a>'
    pictures = "".join(image.format(name, each, each[:-4]) for each in files if each.endswith((".png", ".svg")))
    links = " · ".join(f'<a href="{name}/{each}">{each}</a>' for each in files)
    return f'<section><h2>{name}</h2><div class="pictures">{pictures}</div><p>{links}</p></section>'
