"""Draw ``results.json`` in the folder given: how long each peer takes for each workload, on a logarithmic scale.

Dots, and not bars, since a logarithmic scale has no zero for a bar to begin at.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from autograd.see.plotting import ACCENT, DPI, GREY, INK, PALE, figure

TITLES = {
    "tiny": "tiny expression",
    "small": "20-operation example",
    "step": "MLP 2-16-16-1, 100 points, one step",
    "chain": "chain of additions, per addition",
}


def main(folder: Path) -> None:
    results = json.loads(folder.joinpath("results.json").read_text(encoding="utf-8"))
    page, panels = figure(columns=len(TITLES), width=3.6, height=1.2 + 0.3 * len(results))
    for axes, (name, title) in zip(panels, TITLES.items(), strict=True):
        axes.set_xscale("log")
        for row, (peer, measured) in enumerate(results.items()):
            colour = ACCENT if peer.startswith(("this engine", "its programs")) else INK
            if name in measured:
                axes.plot(1e6 * measured[name], row, marker="o", color=colour)
                axes.annotate(
                    in_microseconds(measured[name]),
                    (1e6 * measured[name], row),
                    (6, -3),
                    textcoords="offset points",
                    fontsize=8,
                    bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
                )
        axes.margins(x=0.35)
        axes.set_ylim(len(results) - 0.5, -0.5)
        for row, measured in enumerate(results.values()):
            if name not in measured:  # in the middle, in grey: why there is no dot
                axes.text(
                    0.5,
                    row,
                    reason(measured),
                    transform=axes.get_yaxis_transform(),
                    color=GREY,
                    fontsize=7,
                    ha="center",
                    va="center",
                    backgroundcolor="white",
                )
        axes.set_yticks(range(len(results)), results if axes is panels[0] else [""] * len(results))
        axes.grid(axis="y", color=PALE, linewidth=0.5)
        axes.set_title(title, fontsize=10)
        axes.set_xlabel("µs (logarithmic; left is faster)", fontsize=9)
    page.savefig(folder / "plot.png", dpi=DPI)


def in_microseconds(seconds: float) -> str:
    """Three digits, without a power of ten."""
    return f"{1e6 * seconds:,.0f}" if seconds >= 1e-4 else f"{1e6 * seconds:.3g}"


def reason(measured: dict[str, Any]) -> str:
    """Why there is no figure."""
    if "missing" in measured:
        return "not installed"
    return measured.get("problem", "not measured")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
