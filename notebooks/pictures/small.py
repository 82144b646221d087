"""Take the README's small picture of each notebook from its stored outputs: ``python notebooks/pictures/small.py``."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path

from PIL import Image

HERE = Path(__file__).parent
WIDTH = 400
CHOSEN = {
    "00": [0],
    "01": [1],
    "02": [2],
    "03": [0],
    "04": [4],
    "05": [8],
    "06": [5],
    "07": [0],
    "08": [0, 2],
    "09": [0],
}
"""For each notebook, which of its PNG outputs; several are put one below the other."""


def outputs(notebook: Path) -> list[Image.Image]:
    """All PNG outputs of a notebook, in order."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    found = [output.get("data", {}).get("image/png") for cell in cells for output in cell.get("outputs", [])]
    return [Image.open(io.BytesIO(base64.b64decode("".join(each)))).convert("RGB") for each in found if each]


def small(images: list[Image.Image]) -> Image.Image:
    """The images, one below the other, as wide as `WIDTH`."""
    images = [
        each.resize((WIDTH, round(each.height * WIDTH / each.width)), Image.Resampling.LANCZOS) for each in images
    ]
    page = Image.new("RGB", (WIDTH, sum(each.height for each in images)), "white")
    top = 0
    for each in images:
        page.paste(each, (0, top))
        top += each.height
    return page.quantize(64)


if __name__ == "__main__":
    for number, places in CHOSEN.items():
        (notebook,) = HERE.parent.glob(f"{number}_*.ipynb")
        found = outputs(notebook)
        small([found[place] for place in places]).save(HERE / f"{number}.png", optimize=True)
