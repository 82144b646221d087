"""Draw the README's pictures: ``python -m notebooks.pictures.make``, in the checkout, writes them beside this file."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from PIL import Image, ImageChops

import nn
from autograd import draw, play, tanh, variables
from nn import plots
from tests.page.browser import start_browser

HERE = Path(__file__).parent


def neuron() -> None:
    """The expression that the README begins with."""
    w, x, b = variables(w=0.5, x=2.0, b=-1.2)
    y = tanh(w * x + b)
    y.label = "y"
    y.backward()
    draw(y, HERE / "neuron.svg")


def network() -> None:
    """A small network, framed by layer and neuron."""
    model = nn.MLP(2, [2, 1], "tanh", seed=3)
    score = model(variables(x1=0.5, x2=-1.0))
    score.label = "score"
    score.backward()
    draw(score, HERE / "network.svg", digits=3)


def moons() -> None:
    """A classifier before, while and after it learns."""
    data = nn.datasets.load("moons")
    model = nn.MLP(2, [16, 16, 1], seed=1)
    page, panels = plots.figure(columns=3, width=3.2, height=2.8)
    done = 0
    for axes, epochs in zip(panels, (0, 20, 200), strict=True):
        if epochs:
            options = {"loss": "binary_cross_entropy", "optimizer": "adam", "lr": 0.02}
            nn.fit(model, data.inputs, data.targets, epochs=epochs - done, **options)
        plots.plot_decision(axes, data, model)
        axes.set_title(f"{epochs} epochs" if epochs else "before training", fontsize=10, pad=22)
        done = epochs
    plots.save_picture(page, HERE / "moons.png")


def page_that_plays() -> None:
    """The page of `play`, with all gradients there, as a browser shows it."""
    w, x, b = variables(w=0.5, x=2.0, b=-1.2)
    with tempfile.TemporaryDirectory() as folder, start_browser(Path(folder) / "browser") as browser:
        browser.set_window_size(900, 1000)
        page = Path(folder) / "y.html"
        y = tanh(w * x + b)
        y.label = "y"
        play(y, page)
        browser.get(page.as_uri())
        content = browser.get_screenshot_as_png()
    image = Image.open(io.BytesIO(content)).convert("RGB")
    background = Image.new("RGB", image.size, image.getpixel((0, image.height - 1)))
    left, top, right, bottom = ImageChops.difference(image, background).getbbox()
    image = image.crop((max(left - 12, 0), max(top - 12, 0), right + 12, bottom + 12))
    image.quantize(64).save(HERE / "play.png", optimize=True)


if __name__ == "__main__":
    neuron()
    page_that_plays()
    network()
    moons()
