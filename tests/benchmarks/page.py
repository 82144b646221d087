"""Count the frames of pages that play, in a real browser: ``python -m tests.benchmarks.page``, in the checkout.

A page of 300 nodes is played, fast, and one of its sliders is dragged, and a page of a training trains, each for some
seconds. Beside the frames a second stand those of a page on which nothing happens; and how long the page's thread worked
for each frame, by the processor's clock, which other programs do not slow down. Then come the sizes of pages, and how many
epochs a second a page trains. It needs chromium with its chromedriver, and selenium.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import nn
from autograd import Value, play, tanh
from tests.page.browser import start_browser

SECONDS = 5

FRAMES = """
    const done = arguments[arguments.length - 1], started = performance.now();
    let frames = 0;
    (function next() {
        const milliseconds = performance.now() - started;
        if (milliseconds >= 1000 * SECONDS) { done([frames, milliseconds]); return; }
        frames += 1;
        DO
        requestAnimationFrame(next);
    })();
"""
"""Counts frames for some seconds, and does something in each."""

PLAY = "if (!timer) run();"

DRAG = """
    const slider = document.querySelector("input[type=range]");
    slider.value = 500 + 400 * Math.sin(frames / 20);
    slider.dispatchEvent(new Event("input"));
"""

TRAIN = "if (!isRunning) run();"

PARTS = {"all": "TaskDuration", "script": "ScriptDuration", "style": "RecalcStyleDuration", "layout": "LayoutDuration"}


def recurrent(count: int) -> Value:
    """A graph of so many nodes: tanh of weighted sums, one after the other."""
    x, w, b = Value(0.5, "x"), Value(0.9, "w"), Value(0.1, "b")
    value = x
    for _ in range((count - 3) // 4):
        value = tanh(w * value + b) + x
    return value


def network() -> Value:
    """A graph of 51 nodes: a small network at one point, and its squared error."""
    model = nn.MLP(2, [6, 1], seed=1)
    return (model([Value(0.5, "x0"), Value(-1.0, "x1")]) - 1.0) ** 2


def moons(path: Path) -> None:
    """The page of a training: 2-16-16-1 on 100 points, 200 epochs."""
    data = nn.datasets.load("moons")
    model = nn.MLP(2, [16, 16, 1], seed=1)
    options: dict[str, Any] = {"loss": "binary_cross_entropy", "optimizer": "adam", "lr": 0.02}
    history = nn.fit(model, data.inputs, data.targets, epochs=200, **options)
    nn.play(model, data.inputs, data.targets, history=history, path=path, **options)


def measure(driver: Any, path: Path, each: str) -> dict[str, float]:
    """Frames a second, and milliseconds of the processor's for each: all that the page's thread did, and parts of it."""
    driver.get(path.as_uri())
    driver.execute_cdp_cmd("Performance.enable", {"timeDomain": "threadTicks"})
    script = FRAMES.replace("DO", each).replace("SECONDS", str(SECONDS))
    driver.execute_async_script(script)  # until all is compiled
    before = metrics(driver)
    frames, milliseconds = driver.execute_async_script(script)
    after = metrics(driver)
    driver.execute_cdp_cmd("Performance.disable", {})
    spent = {name: 1000 * (after[key] - before[key]) / frames for name, key in PARTS.items()}
    return {"frames": 1000 * frames / milliseconds, **spent}


def metrics(driver: Any) -> dict[str, float]:
    found = driver.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
    return {each["name"]: each["value"] for each in found}


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        empty, large, training = (folder / f"{each}.html" for each in ("empty", "large", "training"))
        empty.write_text("<!DOCTYPE html><title>nothing</title>", encoding="utf-8")
        play(recurrent(300), large, max_nodes=300)
        moons(training)
        driver = start_browser(folder / "browser")
        driver.set_script_timeout(60)
        try:
            print("| page | frames a second | ms a frame | script | style | layout |\n|---|---|---|---|---|---|")
            for title, path, each in (
                ("an empty one", empty, ""),
                ("300 nodes, playing", large, PLAY),
                ("300 nodes, a slider dragged", large, DRAG),
                ("moons, training", training, TRAIN),
            ):
                found = measure(driver, path, each)
                spent = " | ".join(f"{found[part]:.2f}" for part in PARTS)
                print(f"| {title} | {found['frames']:.0f} | {spent} |", flush=True)
            driver.get(training.as_uri())
            rate = driver.execute_script(
                "const from = performance.now(); for (let k = 0; k < 500; k += 1) trainEpoch();"
                "return 500_000 / (performance.now() - from)"
            )
        finally:
            driver.quit()
        kilobytes = {
            "51 nodes": len(play(network()).html.encode()) / 1000,
            "300 nodes": large.stat().st_size / 1000,
            "moons, 200 epochs": training.stat().st_size / 1000,
        }
        print(f"\nSizes in kB: {', '.join(f'{title}: {size:.0f}' for title, size in kilobytes.items())}.")
        print(f"The page of moons trains {rate:,.0f} epochs a second by itself.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
