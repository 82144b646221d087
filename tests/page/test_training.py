"""The page of a training, in a real browser: it trains as `fit` does, and shows what was recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import nn
from autograd import Value
from autograd.program.backends.javascript import Printer
from nn.optim import OPTIMIZERS
from tests.page.conftest import Browser

if TYPE_CHECKING:
    from pathlib import Path

TRAIN = "for (let i = 0; i < arguments[0]; i += 1) trainEpoch(); paint(); return [trained, Array.from(p)]"


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return tmp_path / "play.html"


def points(count: int, width: int) -> Any:
    numbers = np.random.default_rng(1)
    return numbers.uniform(-1.0, 1.0, (count, width))


@pytest.mark.parametrize(
    ("optimizer", "options"),
    [
        ("sgd", {}),
        ("sgd", {"momentum": 0.9}),
        ("sgd", {"momentum": 0.5, "weight_decay": 0.3}),
        ("adam", {}),
        ("adam", {"weight_decay": 0.3}),
    ],
)
@pytest.mark.parametrize(
    ("model", "loss", "targets"),
    [
        (lambda: nn.MLP(2, [5, 3, 1], "tanh", seed=3), "mse", lambda x: x[:, 0] * x[:, 1]),
        (lambda: nn.MLP(2, [6, 1], seed=3), "binary_cross_entropy", lambda x: (x[:, 0] > x[:, 1]).astype(float)),
        (lambda: nn.MLP(2, [6, 1], seed=3), "hinge", lambda x: np.where(x[:, 0] > 0, 1.0, -1.0)),
        (
            lambda: nn.MLP(2, [4, 3], "tanh", seed=3),
            "cross_entropy",
            lambda x: (x[:, 0] > 0).astype(float) + (x[:, 1] > 0),
        ),
        (lambda: nn.MLP(2, [4, 2], "silu", seed=3), "sse", lambda x: x * 0.1),
    ],
)
def test_its_first_hundred_epochs_are_those_of_fit(
    model: Any, loss: str, targets: Any, optimizer: str, options: dict[str, float], browser: Browser, page: Path
) -> None:
    inputs = points(20, 2)
    answers = targets(inputs)
    rate = 0.01 if loss != "sse" else 0.002
    nn.play(model(), inputs, answers, loss=loss, optimizer=optimizer, lr=rate, path=page, **options)
    browser.open(page)
    losses, numbers = browser.run(TRAIN, 100)
    trained = model()
    rule = OPTIMIZERS[optimizer](trained.parameters(), rate, **options)
    history = nn.fit(trained, inputs, answers, loss=loss, optimizer=rule, epochs=100)
    assert losses == pytest.approx(history.losses, rel=1e-9)
    assert numbers == pytest.approx([parameter.data for parameter in trained.parameters()], rel=1e-9, abs=1e-12)


def test_batches_are_taken_in_order_as_fit_takes_them(browser: Browser, page: Path) -> None:
    inputs = points(10, 1)
    model, twin = nn.MLP(1, [3, 1], seed=1), nn.MLP(1, [3, 1], seed=1)
    nn.play(model, inputs, inputs[:, 0] ** 2, batch_size=4, path=page)
    browser.open(page)
    losses, numbers = browser.run(TRAIN, 5)
    history = nn.fit(twin, inputs, inputs[:, 0] ** 2, batch_size=4, epochs=5)
    assert losses == pytest.approx(history.losses, rel=1e-9)
    assert numbers == pytest.approx([parameter.data for parameter in twin.parameters()], rel=1e-9)


def test_the_epochs_that_were_recorded_can_be_looked_at(browser: Browser, page: Path) -> None:
    moons = nn.datasets.load("moons")
    model = nn.MLP(2, [8, 1], seed=1)
    history = nn.fit(
        model, moons.inputs, moons.targets, loss="binary_cross_entropy", optimizer="adam", lr=0.02, epochs=300
    )
    nn.play(model, moons.inputs, moons.targets, history=history, loss="binary_cross_entropy", path=page)
    browser.open(page)
    content = browser.run("return JSON.parse(find('content').textContent)")
    assert len(content["epochs"]) == 101
    assert (content["epochs"][0], content["epochs"][-1]) == (0, 300)
    assert browser.text("said").startswith("recorded: epoch 300")
    assert browser.run("return outputs(p, arguments[0])", list(moons.inputs[0]))[0] == pytest.approx(
        model(moons.inputs[0]).data
    )
    browser.run("find('epoch').value = 50; find('epoch').dispatchEvent(new Event('input'))")
    assert browser.run("return Array.from(p)") == pytest.approx(history.path[content["epochs"][50]], rel=1e-6)
    assert browser.text("said").startswith(f"recorded: epoch {content['epochs'][50]}")


def test_the_network_shows_the_activations_at_the_chosen_point(browser: Browser, page: Path) -> None:
    model = nn.MLP(2, [3, 1], "tanh", seed=1)
    nn.play(model, points(4, 2), [0.0, 1.0, 2.0, 3.0], path=page)
    browser.open(page)
    browser.run("chosen = 2; paint()")
    point = [float(x) for x in points(4, 2)[2]]
    hidden = [neuron(point).data for neuron in model.layers[0].neurons]
    assert browser.run("return neurons(p, inputs[chosen])") == pytest.approx([*point, *hidden, model(point).data])
    assert browser.run("return document.querySelectorAll('#net circle').length") == 6
    assert browser.run("return document.querySelectorAll('#net .weight').length") == 9


@pytest.mark.parametrize(("width", "kind"), [(1, "curve"), (2, "plane"), (3, "predictions")])
def test_what_is_drawn_depends_on_the_number_of_inputs(width: int, kind: str, browser: Browser, page: Path) -> None:
    nn.play(nn.MLP(width, [3, 1], seed=1), points(8, width), points(8, 1)[:, 0], path=page)
    browser.open(page)
    assert browser.run("return kind") == kind
    drawn = browser.run("return pen.getImageData(0, 0, plane.width, plane.height).data.some((each) => each > 0)")
    assert drawn


def test_points_can_be_added_moved_and_taken_away(browser: Browser, page: Path) -> None:
    from selenium.webdriver.common.action_chains import ActionChains

    nn.play(nn.MLP(1, [3, 1], seed=1), [[0.0], [1.0]], [0.0, 1.0], path=page)
    browser.open(page)
    canvas = browser.driver.find_element("id", "plane")
    ActionChains(browser.driver).move_to_element_with_offset(canvas, 30, -60).click().perform()
    assert browser.run("return inputs.length") == 3
    before = browser.run("return [inputs[2][0], targets[2][0]]")
    ActionChains(browser.driver).move_to_element_with_offset(canvas, 30, -60).click_and_hold().move_by_offset(
        40, 30
    ).release().perform()
    after = browser.run("return [inputs[2][0], targets[2][0]]")
    assert after[0] > before[0] and after[1] < before[1]
    ActionChains(browser.driver).move_to_element_with_offset(canvas, 70, -30).double_click().perform()
    assert browser.run("return inputs.length") == 2


def test_points_are_chosen_moved_added_and_taken_away_by_keys(browser: Browser, page: Path) -> None:
    from selenium.webdriver.common.keys import Keys

    nn.play(nn.MLP(2, [3, 1], seed=1), [[0.0, 0.0], [1.0, 1.0], [2.0, 0.0]], [0.0, 1.0, 0.0], path=page)
    browser.open(page)
    plane = browser.driver.find_element("id", "plane")
    plane.send_keys(Keys.ARROW_DOWN)
    assert browser.run("return chosen") == 1
    plane.send_keys(Keys.SHIFT, Keys.ARROW_RIGHT)
    assert browser.run("return inputs[1][0] > 1 && inputs[1][1] === 1")
    plane.send_keys(Keys.ENTER)
    assert browser.run("return [inputs.length, chosen, targets[3][0]]") == [4, 3, 1]
    plane.send_keys(Keys.DELETE)
    assert browser.run("return [inputs.length, chosen]") == [3, 2]
    assert browser.run("return trained.length") == 0


def test_a_new_point_is_of_the_class_of_the_chosen_one_or_with_shift_of_the_next(browser: Browser, page: Path) -> None:
    points = [[0.0, 0.0], [1.0, 1.0], [2.0, 0.0]]
    nn.play(nn.MLP(2, [3, 3], seed=1), points, [0.0, 1.0, 2.0], loss="cross_entropy", path=page)
    browser.open(page)
    browser.run("chosen = 1; addPoint(0, 1, false); chosen = 1; addPoint(0, 1, true); chosen = 2; addPoint(0, 1, true)")
    assert browser.run("return targets.slice(3).map(classOf)") == [1, 2, 0]


@pytest.mark.parametrize(
    ("name", "text"), [("rate", "fast"), ("rate", "0"), ("momentum", "1"), ("decay", "-1"), ("batch", "2.5")]
)
def test_a_setting_that_is_refused_says_so_and_changes_nothing(
    name: str, text: str, browser: Browser, page: Path
) -> None:
    nn.play(nn.MLP(1, [3, 1], seed=1), [[0.0], [1.0]], [0.0, 1.0], path=page)
    browser.open(page)
    field = browser.driver.find_element("id", name)
    field.clear()
    field.send_keys(f"{text}\n")
    assert field.get_attribute("aria-invalid") == "true"
    assert browser.text("said").startswith(f"{name} stays ")
    browser.run("trainEpoch()")
    assert browser.run("return Number.isFinite(trained[0]) && settings.rate === content.lr && settings.batch === 0")


def test_keys_train_pause_and_start_anew(browser: Browser, page: Path) -> None:
    from selenium.webdriver.common.keys import Keys

    nn.play(nn.MLP(1, [3, 1], seed=1), [[0.0], [1.0]], [0.0, 1.0], path=page)
    browser.open(page)
    browser.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    assert browser.run("return trained.length") == 2
    browser.press(" ")
    assert browser.run("return isRunning")
    browser.press(" ")
    assert not browser.run("return isRunning")
    browser.press(Keys.HOME)
    assert browser.run("return [trained.length, Array.from(p)]") == [0, browser.run("return content.start")]


def test_a_hostile_name_stays_text(browser: Browser, page: Path) -> None:
    class Odd(nn.Module):
        def __init__(self) -> None:
            self.w = Value(1.0, "</script><img src=x onerror=alert(1)>")

        def __repr__(self) -> str:
            return "<img src=x onerror=alert(1)>"

        def forward(self, x: Any) -> Any:
            return self.w * x[0]

        __call__ = forward

    nn.play(Odd(), [[1.0], [2.0]], [1.0, 2.0], path=page)
    browser.open(page)
    assert browser.run("return document.images.length") == 0
    assert browser.run("return find('network').hidden")


def test_a_loss_that_is_no_mean_or_sum_of_points_is_only_shown(browser: Browser, page: Path) -> None:
    def spread(predictions: Any, targets: Any) -> Any:
        return (predictions[0] - targets[0]) ** 2

    nn.play(nn.MLP(1, [3, 1], seed=1), [[0.0], [1.0]], [0.0, 1.0], loss=spread, path=page)
    browser.open(page)
    assert "cannot train" in browser.text("said")
    assert browser.run("return find('run').disabled && getComputedStyle(find('run')).opacity < 0.5")


@pytest.mark.parametrize(("low", "high"), [(5.0, 96.0), (-1.5, 2.4), (0.0, 2.49), (17.9, 80.1), (1e-9, 1.3e-9)])
def test_an_axis_has_a_few_numbers(low: float, high: float, browser: Browser, page: Path) -> None:
    nn.play(nn.MLP(1, [1], seed=1), [[0.0], [1.0]], [0.0, 1.0], path=page)
    browser.open(page)
    assert 3 <= len(browser.run("return ticks(arguments[0], arguments[1])", low, high)) <= 7


# Without a browser.


def test_the_page_of_moons_is_small(page: Path) -> None:
    moons = nn.datasets.load("moons")
    model = nn.MLP(2, [16, 16, 1], seed=1)
    history = nn.fit(
        model, moons.inputs, moons.targets, loss="binary_cross_entropy", optimizer="adam", lr=0.02, epochs=200
    )
    nn.play(model, moons.inputs, moons.targets, history=history, loss="binary_cross_entropy", path=page)
    assert page.stat().st_size < 400_000


def test_a_gradient_is_printed_as_one_function_of_a_point() -> None:
    w, x, t = Value(0.5, "w"), Value(2.0, "x"), Value(3.0, "t")
    text = Printer().gradient("point", (w * x - t) ** 2, {w: "p[0]", x: "x[0]", t: "t[0]"}, {w: "g[0]"})
    assert text.startswith("function point(p, x, t, g) {")
    assert "const v2 = p[0] * x[0];" in text
    assert "g[0] += x[0] *" in text or "g[0] += x[0] * a" in text


def test_wrong_arguments_are_named(tmp_path: Path) -> None:
    model = nn.MLP(1, [1], seed=1)
    with pytest.raises(ValueError, match="there must be a target for each point, but there are 2 points and 1 targets"):
        nn.play(model, [[0.0], [1.0]], [0.0])
    with pytest.raises(ValueError, match="there is no optimiser called 'sdg'; did you mean 'sgd'"):
        nn.play(model, [[0.0]], [0.0], optimizer="sdg")
    with pytest.raises(ValueError, match=r"must end in .html, but got 'play.svg'"):
        nn.play(model, [[0.0]], [0.0], path="play.svg")
