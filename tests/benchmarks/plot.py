"""Draw ``results.json`` in the folder given: how long each peer takes for each workload, on a logarithmic scale."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt

TITLES = {
    "tiny": "tiny expression",
    "small": "20-operation example",
    "step": "MLP 2-16-16-1, 100 points, one step",
    "chain": "chain of additions, per addition",
}


def main(folder: Path) -> None:
    results = json.loads(folder.joinpath("results.json").read_text(encoding="utf-8"))
    figure, grid = plt.subplots(2, 2, figsize=(11, 6.5), layout="constrained")
    for axes, (name, title) in zip(grid.flat, TITLES.items(), strict=True):
        peers = list(reversed(results))
        times = [1e6 * results[peer].get(name, math.nan) for peer in peers]
        colours = ["tab:orange" if peer.startswith("this engine") else "tab:blue" for peer in peers]
        bars = axes.barh(peers, times, color=colours)
        axes.bar_label(bars, [f"{each:,.3g}" if math.isfinite(each) else "" for each in times], padding=3)
        axes.set_xscale("log")
        axes.margins(x=0.15)
        axes.set(title=title, xlabel="µs (logarithmic; shorter is faster)")
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(folder / "plot.png", dpi=120)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
