"""The page that plays a graph, in a real browser: it says what `explain` says, and computes what the engine computes."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

import autograd
from autograd import Value, explain, play, tanh, variables
from autograd.__main__ import main
from autograd.engine.primitive import TABLE
from autograd.see.style import STYLES
from tests.page.conftest import Browser


def neuron() -> Value:
    w, x, b = variables(w=0.5, x=2.0, b=-1.2)
    return tanh(w * x + b) * x + (x - 3).relu() ** 2


def powers() -> Value:
    x = Value(-1.5, "x")
    return x * x * x + x**-2 - abs(-x)


def slope() -> Value:
    """A derivative, with operations that were made for accuracy."""
    x, y = variables(x=0.7, y=1.3)
    first = autograd.gradients(tanh(x) * x**3 / y, x)
    return first * y


def constant_result() -> Value:
    with autograd.no_grad():
        return tanh(Value(1.0, "x"))


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return tmp_path / "page.html"


def story(browser: Browser) -> dict[str, list[str]]:
    """All that the page says, by its headings; a heading comes back for each step."""
    steps = browser.run("return steps.map((step, i) => tell(i))")
    said: dict[str, list[str]] = {}
    for heading, *lines in steps:
        said.setdefault(heading, []).extend(line.strip() for line in lines)
    return said


def sections(text: str) -> dict[str, list[str]]:
    blocks = [block.splitlines() for block in text.split("\n\n")]
    return {lines[0]: [line.strip() for line in lines[1:]] for lines in blocks}


def close(x: float, y: float, ulps: float = 16) -> bool:
    return x == y or (math.isnan(x) and math.isnan(y)) or abs(x - y) <= ulps * max(math.ulp(x), math.ulp(y))


@pytest.mark.parametrize(
    "build",
    [
        neuron,
        lambda: autograd.dot(variables(a=1.0, b=-2.0), variables(c=0.5, d=-3.0)) / Value(7.0, "e"),
        lambda: (
            autograd.where(Value(1.0, "x") < 2, Value(3.0, "y"), 4.0)
            * autograd.maximum(Value(1.0, "u"), Value(1.0, "v"))
        ),
        powers,
        slope,
        lambda: autograd.logsumexp(variables(p=1 / 3, q=1e9)) - Value(12345678.9, "large"),
        lambda: Value(0.0, "zero").log() * 2,
        lambda: Value(2.0, "alone"),
        constant_result,
        lambda: autograd.maximum(autograd.acos(x := Value(1.0, "x")), x),
    ],
)
def test_every_sentence_and_figure_is_that_of_explain(build, browser: Browser, page: Path) -> None:  # type: ignore[no-untyped-def]
    value = build()
    play(value, page)
    browser.open(page)
    said, told = story(browser), sections(str(explain(value)))
    inputs = said["The inputs are given."]
    assert sorted(inputs + said.get("Forward", [])) == sorted(told.get("Forward", []))
    assert said["Backward"] == told["Backward"]
    assert said["Gradients"] == told["Gradients"]


def test_a_changed_input_gives_the_engines_numbers(browser: Browser, page: Path) -> None:
    play(neuron(), page)
    browser.open(page)
    for w, x, b in ((1.25, 0.7, 3.0), (-2.0, 4.5, 0.0), (0.5, 2.0, -1.2)):
        names = {"w": w, "x": x, "b": b}
        for name, number in names.items():
            browser.run(
                "change(leaves.find((leaf) => leaf.name === arguments[0]), arguments[1]); update()", name, number
            )
        leaves = variables(**names)
        value = tanh(leaves[0] * leaves[1] + leaves[2]) * leaves[1] + (leaves[1] - 3).relu() ** 2
        value.backward()
        got = browser.run("return [state.values[root], ...leaves.map((leaf) => state.adjoints[nodes.indexOf(leaf)])]")
        by_name = dict(zip(browser.run("return leaves.map((leaf) => leaf.name)"), got[1:], strict=True))
        assert close(got[0], value.data)
        assert all(close(by_name[leaf.label], leaf.grad) for leaf in leaves)


@pytest.mark.parametrize("name", ["w", "x", "b"])
def test_the_plotted_function_is_the_engines_along_that_input(name: str, browser: Browser, page: Path) -> None:
    play(neuron(), page)
    browser.open(page)
    places = [-2.5, -1.0, 0.0, 0.3, 4.0]
    browser.run("change(leaves[0], 1.25); update()")  # from wherever the others stand
    plotted = browser.run(
        "return follow(leaves.find((leaf) => leaf.name === arguments[0]), arguments[1])", name, places
    )
    recorded = {"w": 1.25, "x": 2.0, "b": -1.2}
    for at, result in zip(places, plotted, strict=True):
        w, x, b = variables(**recorded | {name: at})
        assert close(result, (tanh(w * x + b) * x + (x - 3).relu() ** 2).data)


def test_an_input_can_be_typed_and_what_is_no_number_is_marked(browser: Browser, page: Path) -> None:
    play(neuron(), page)
    browser.open(page)
    field = browser.driver.find_element("css selector", "input[aria-label='value of w']")
    field.clear()
    field.send_keys("2\n")
    browser.run("update()")
    assert browser.run("return numbers.get(nodes.findIndex((node) => node.name === 'w'))") == 2
    field.clear()
    field.send_keys("two\n")
    assert field.get_attribute("aria-invalid") == "true"
    assert browser.text("refused") == "w stays 2: “two” is no number"
    browser.driver.find_element("id", "reset").click()
    browser.run("update()")
    assert (field.get_attribute("value"), browser.text("refused")) == ("0.5", "")


def test_the_formula_that_holds_changes_with_the_side_of_a_kink(browser: Browser, page: Path) -> None:
    play(Value(2.0, "x").relu() * 3, page)
    browser.open(page)
    assert "∂v1/∂x = 1, as x > 0" in story(browser)["Backward"]
    browser.run("change(leaves[0], -2); update()")
    assert "∂v1/∂x = 0, as x <= 0" in story(browser)["Backward"]


def test_keys_step_through_both_passes(browser: Browser, page: Path) -> None:
    from selenium.webdriver.common.keys import Keys

    play(neuron(), page)
    browser.open(page)
    last = browser.run("return steps.length - 1")
    assert browser.run("return current") == last
    for key, expected in (
        (Keys.HOME, 0),
        (Keys.ARROW_RIGHT, 1),
        (Keys.ARROW_RIGHT, 2),
        (Keys.ARROW_LEFT, 1),
        (Keys.END, last),
    ):
        browser.press(key)
        assert browser.run("return current") == expected
    browser.press(Keys.HOME, " ")
    assert browser.run("return timer !== 0")
    browser.press(" ")
    assert browser.run("return timer === 0")


def test_nothing_is_shown_before_its_step(browser: Browser, page: Path) -> None:
    play(neuron(), page)
    browser.open(page)
    browser.run("go(0)")
    shown = browser.run(
        "return nodes.map((node) => [Boolean(node.operands), node.figures && node.figures[0].text.textContent])"
    )
    assert all((text == "value") == is_computed for is_computed, text in shown if text is not None)
    browser.run("go(steps.length - 1)")
    texts = browser.run("return nodes.filter((node) => node.figures).map((node) => node.figures[1].text.textContent)")
    assert all(re.fullmatch(r"grad \S+", text) for text in texts)


@pytest.mark.parametrize(
    "label",
    [
        "<img src=x onerror=alert(1)>",
        "</script><script>alert(1)</script>",
        "{{ script }}",
        "&lt;b&gt;",
        "\u2028'\"`${1}",
    ],
)
def test_a_hostile_label_stays_text(label: str, browser: Browser, page: Path) -> None:
    play(Value(2.0, label) * 3, page)
    browser.open(page)
    shown = label if label.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in label)
    assert browser.run("return leaves[0].name") == shown
    assert shown in browser.run("return [...document.querySelectorAll('tbody th')].map((head) => head.textContent)")
    assert browser.run("return document.images.length + document.scripts.length") == 2


def test_a_label_that_is_no_text_is_written_too(page: Path) -> None:
    play(Value(2.0, "\ud800") * 3, page)
    assert r'"label":"\ud800"' in page.read_text(encoding="utf-8")


def test_a_large_graph_is_shown_in_part_and_what_that_hides_stays_as_it_was(browser: Browser, page: Path) -> None:
    x = value = Value(0.5, "x")
    y = Value(2.0, "y")
    for _ in range(300):
        value = value * 0.99 + x
    play(value * y, page, max_nodes=40)
    browser.open(page)
    assert "Shown are the 40 nodes nearest to the result; 863 others are left out" in browser.text("note")
    fixed = dict(browser.run("return leaves.map((leaf) => [leaf.name, Boolean(leaf.fixed)])"))
    assert fixed == {"x": True, "y": False}
    assert browser.run("return tell(1)[1]") == "v1 = 46.7613 + x = 46.7613 + 0.5 = 47.2613"
    browser.run("change(leaves.find((leaf) => leaf.name === 'y'), 3); update()")
    assert close(browser.run("return state.values[root]"), value.data * 3)


def test_an_operation_that_is_python_code_keeps_its_numbers(browser: Browser, page: Path) -> None:
    @autograd.primitive(lambda x, y: 2.0, name="page_branching")
    def branching(x: float) -> float:
        return 2 * x if x > 0 else x

    del TABLE["page_branching"]
    play(branching(Value(2.0, "x")) * Value(5.0, "y"), page)
    browser.open(page)
    assert dict(browser.run("return leaves.map((leaf) => [leaf.name, Boolean(leaf.fixed)])")) == {"x": True, "y": False}
    browser.run("change(leaves.find((leaf) => leaf.name === 'y'), 7); update()")
    assert browser.run("return state.values[root]") == 28


def network() -> Value:
    import nn

    return (nn.MLP(2, [6, 1], seed=1)([Value(0.5, "x0"), Value(-1.0, "x1")]) - 1.0) ** 2


def test_the_page_of_fifty_nodes_is_small_and_shows_each_with_its_edges(browser: Browser, page: Path) -> None:
    play(network(), page)
    assert page.stat().st_size < 75_000
    browser.open(page)
    assert browser.run("return nodes.length") == 51
    assert browser.run("return nodes.every((node) => node.group)")
    assert browser.run(
        "return nodes.filter((node) => node.operands).every((node) => edgesInto(node.place).every(Boolean))"
    )


def test_edges_lead_from_operands_to_operations_and_boxes_hold_their_texts(browser: Browser, page: Path) -> None:
    play(network(), page)
    browser.open(page)
    assert browser.run("""
        const isNear = ({ x, y }, { x: left, y: top, width, height }) =>
            x > left - 9 && x < left + width + 9 && y > top - 9 && y < top + height + 9;
        return nodes.filter((node) => node.operands).every((node) => edgesInto(node.place).every((edge, j) => {
            const start = edge.getPointAtLength(0), end = edge.getPointAtLength(edge.getTotalLength());
            return isNear(start, nodes[node.operands[j]].group.getBBox()) && isNear(end, groups.get(`${node.id}op`).getBBox());
        }));
    """)
    assert browser.run("""
        return nodes.every(({ group, figures }) => {
            const box = group.querySelector("path").getBBox();
            const texts = [...group.querySelectorAll("text"), ...(figures || []).map(({ text }) => text)];
            return texts.every((text) => {
                const { x, y, width, height } = text.getBBox();
                return x > box.x && x + width < box.x + box.width && y > box.y - 2 && y + height < box.y + box.height + 2;
            });
        });
    """)


def test_nothing_moves_where_less_motion_is_asked_for(browser: Browser, page: Path) -> None:
    play(neuron(), page)
    media = [{"name": "prefers-reduced-motion", "value": "reduce"}]
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": media})
    browser.open(page)
    browser.run("go(0); go(1)")
    assert browser.run("return document.querySelectorAll('.token').length") == 0
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_the_picture_fits_a_narrow_screen_or_is_scrolled(browser: Browser, page: Path) -> None:
    play(neuron(), page)
    browser.open(page)
    size = {"width": 380, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    browser.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    assert browser.run("fit(); return document.documentElement.scrollWidth <= 380")
    assert browser.run("return scene.clientWidth >= Number(stage.getAttribute('width'))")
    browser.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_numbers_travel_along_the_edges_of_a_step(browser: Browser, page: Path) -> None:
    play(neuron(), page)
    browser.open(page)
    browser.run("go(0); go(1)")
    moving = "return [...document.querySelectorAll('.token')].map((token) => token.textContent)"
    assert browser.run(moving) == ["0.5", "2"]
    assert browser.run("return document.getAnimations().length") == 2
    browser.run("document.getAnimations().forEach((each) => each.finish())")
    assert (
        browser.driver.execute_async_script(
            "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame("
            "() => done(document.querySelectorAll('.token').length)))"
        )
        == 0
    )


def test_numbers_out_of_view_follow_when_they_are_scrolled_to(browser: Browser, page: Path) -> None:
    x = value = Value(0.5, "x")
    for _ in range(40):
        value = tanh(value + x)
    play(value, page)
    browser.open(page)
    shown = "return nodes[1].figures[0].text.textContent"
    before = browser.run(shown)
    browser.run("change(leaves[0], 0.75); update()")
    assert browser.run(shown) == before
    browser.driver.execute_async_script(
        "frame.scrollTo(0, 0); const wait = requestAnimationFrame; wait(() => wait(() => wait(() => arguments[0]())))"
    )
    assert browser.run(shown) == browser.run("return `value ${show(state.values[1])}`") != before


@pytest.mark.parametrize(
    ("build", "reason"),
    [
        (lambda: Value(-1.0, "x") ** 0.5 * Value(0.0, "b"), "y is not finite anywhere near"),
        (lambda: Value(math.inf, "x") * 2, "there is no tangent where x is inf"),
    ],
)
def test_where_nothing_can_be_drawn_the_plot_says_why(build, reason: str, browser: Browser, page: Path) -> None:  # type: ignore[no-untyped-def]
    play(build(), page)
    browser.open(page)
    browser.run("chosen = leaves.at(-1); plot()")
    assert browser.run("return axes.textContent") == reason


def test_numbers_beside_the_axes_are_not_cut_off(browser: Browser, page: Path) -> None:
    play(Value(1.0, "x") * 1.2345e8, page)
    browser.open(page)
    assert browser.run("return [...axes.querySelectorAll('text')].every((text) => text.getBBox().x >= 0)")


def test_numbers_beside_the_axes_have_as_many_digits_as_tell_them_apart(browser: Browser, page: Path) -> None:
    play(Value(1.0, "x"), page)
    browser.open(page)
    texts = "return labelled(arguments[0]).map(([x, text]) => text)"
    assert browser.run(texts, [0, 0.5, 1]) == ["0", "0.5", "1"]
    assert browser.run(texts, [2e8, 4e8]) == ["2e8", "4e8"]
    assert browser.run(texts, [41279, 41280]) == ["41279", "41280"]


def test_a_long_formula_is_cut_to_a_title(page: Path) -> None:
    html = play(network()).html
    title = re.findall("<title>(.*?)</title>", html)[0]
    assert title.startswith("y = (dot([layers.1.neurons.0.w.0, ...]") and len(title) < 140


def test_numbers_are_written_as_python_writes_them(browser: Browser, page: Path) -> None:
    from autograd.see.numbers import format_number

    play(Value(1.0, "x"), page)
    browser.open(page)
    numbers = [
        0.0,
        -0.0,
        1e-5,
        123456.0,
        1234567.8,
        1e15,
        1e16,
        1.5e22,
        1e-7,
        0.0001,
        1 / 3,
        -2.5e-10,
        1e100,
        999999.5,
        5e-324,
    ]
    for digits in (3, 6):
        shown = browser.run(
            "return arguments[0].map((x) => show(Number(x), arguments[1]))", [repr(x) for x in numbers], digits
        )
        assert shown == [format_number(x, digits) for x in numbers]
    assert browser.run("return arguments[0].map((x) => repr(Number(x)))", [repr(x) for x in numbers]) == [
        format_number(x) for x in numbers
    ]


# Without a browser.


def test_a_notebook_shows_the_page_in_a_frame_of_its_own() -> None:
    shown = play(Value(1.0, "<x>") * 2)._repr_html_()
    assert shown.startswith("<iframe srcdoc=")
    assert "<x>" not in shown and shown.count("<iframe") == 1


def test_the_command_line_writes_the_page(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tanh(w*x + b)", "w=0.5", "x=2", "b=-1.2", "--play", str(page)]) == 0
    assert "wrote" in capsys.readouterr().err
    assert page.read_text().startswith("<!DOCTYPE html>")


def test_a_wrong_path_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"must end in .html, but got 'y.svg'"):
        play(Value(1.0), "y.svg")
    with pytest.raises(FileNotFoundError, match="the folder .*nowhere' for the page 'y.html' does not exist"):
        play(Value(1.0), tmp_path / "nowhere" / "y.html")


def test_playing_changes_nothing() -> None:
    value = neuron()
    value.backward()
    before = [(node.data, node.grad) for node in autograd.engine.value.topological_order(value)]
    play(value)
    assert [(node.data, node.grad) for node in autograd.engine.value.topological_order(value)] == before


def test_marks_stand_beside_the_names_of_their_nodes(tmp_path: Path) -> None:
    x = Value(1e-4, "x")
    found = autograd.rounding((1 - autograd.cos(x)) / x**2)
    html = play(found.value, tmp_path / "marked.html", marks=found.marks).html
    assert html.count("◆ ") == sum(not node.is_constant for node in found.marks)
    assert " marked" in html


@pytest.mark.parametrize("kind", ["input", "parameter", "value", "result", "operation"])
def test_by_light_a_page_has_the_colours_of_pictures(kind: str) -> None:
    sheet = (Path(autograd.__file__).parent / "page" / "common.css").read_text(encoding="utf-8")
    color = STYLES[kind]["fillcolor"].replace("white", "#ffffff")
    assert f"--{kind}: {color};" in sheet.partition("prefers-color-scheme: dark")[0]


def test_a_wide_graph_opens_at_its_result_and_shows_each_step(browser: Browser, page: Path) -> None:
    x = Value(0.5, "x")
    value = x
    for _ in range(40):
        value = tanh(value + x)
    play(value, page)
    browser.open(page)
    in_view = """
        const box = nodes[arguments[0]].group.getBoundingClientRect(), frame = find("graph").getBoundingClientRect();
        return box.left >= frame.left && box.right <= frame.right && box.top >= frame.top && box.bottom <= frame.bottom;
    """
    assert browser.run(f"const root_ = nodes.length - 1; {in_view.replace('arguments[0]', 'root_')}")
    for step in (0, 1, 40):
        browser.run("go(arguments[0])", step)
        node = browser.run("return steps[arguments[0]].node ?? 0", step)
        assert step == 0 or browser.run(in_view, node)
