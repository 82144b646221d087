"""A graph as a network: neurons as circles in columns, weights as lines between them.

A large graph that computes a network cannot be read node by node. What its neurons are is read off the labels of its
parameters and off what each of these is multiplied with; where that makes no layers of neurons, as in a recurrent
network, there is nothing to draw here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from autograd.see.labels import levels_of
from autograd.see.modules import modules_of, operands_first
from autograd.see.numbers import format_number
from autograd.see.picture import Picture, field, plain
from autograd.see.style import CAPTION, EDGE, GRAPH, NETWORK, NEURON, NODE, STYLES, weight_style
from autograd.see.unfolding import columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from autograd.engine.value import Value

MOST = 16
"""How many neurons of a layer are drawn; of more, the first and the last."""

LARGEST = 200_000
"""Of how many nodes it is found out, at most, whether they make a network."""

Place = tuple[int, int]
"""A neuron: its column, and its number there."""


@dataclass
class Column:
    """A layer of neurons, or the inputs.

    Attributes:
        title: what stands above it.
        neurons: the tooltip of each.
    """

    title: str
    neurons: list[str]

    @property
    def shown(self) -> list[int]:
        """Which of its neurons are drawn."""
        size = len(self.neurons)
        return list(range(size)) if size <= MOST else [*range(MOST - 1), size - 1]


@dataclass
class Network:
    """What is drawn of a network.

    Attributes:
        title: what it is, in a line.
        columns: the inputs, then layer by layer.
        weights: from which neuron to which, how large, and the tooltip.
        result: what is said of the result, line by line, where that is not the only neuron of the last layer.
    """

    title: str
    columns: list[Column]
    weights: list[tuple[Place, Place, float, str]]
    result: list[str] = dataclass_field(default_factory=list)

    def picture(self, direction: str = "LR") -> Picture:
        """The network as a picture; a line is the wider, the larger its weight beside the others."""
        picture = Picture()
        picture.attr(rankdir=direction, **GRAPH)
        picture.attr(label=plain(self.title), **NETWORK)
        picture.attr("edge", **EDGE)
        for i, column in enumerate(self.columns):
            kind = "input" if i == 0 else "result" if i == len(self.columns) - 1 else "parameter"
            style = NEURON | {"fillcolor": STYLES[kind]["fillcolor"]}
            for j in column.shown:
                picture.node(f"c{i}n{j}", str(j), tooltip=plain(column.neurons[j]), **style)
            size = len(column.neurons)
            title = plain(column.title) + (rf"\n{MOST} of {size:,}" if size > MOST else "")
            picture.node(f"c{i}title", title, **CAPTION)
            if i:
                picture.edge(f"c{i - 1}title", f"c{i}title", style="invis")
        self._add_weights(picture)
        if self.result:
            last = len(self.columns) - 1
            lines = "|".join(map(field, self.result))
            record = f"{{{lines}}}" if direction in ("TB", "BT") else lines
            picture.node("result", record, **NODE, **STYLES["result"])
            for j in self.columns[last].shown:
                picture.edge(f"c{last}n{j}", "result")
        return picture

    def _add_weights(self, picture: Picture) -> None:
        largest = max((abs(weight) for _, _, weight, _ in self.weights), default=0.0) or 1.0
        shown = {(i, j) for i, column in enumerate(self.columns) for j in column.shown}
        for (i, k), (to, j), weight, tooltip in sorted(self.weights, key=lambda each: (each[1], each[0])):
            if (i, k) in shown and (to, j) in shown:
                style = weight_style(abs(weight) / largest, weight >= 0)
                picture.edge(f"c{i}n{k}", f"c{to}n{j}", tooltip=plain(tooltip), **style)


# A network in a graph.


def find_network(nodes: list[Value], digits: int) -> Network | None:
    """The network that a graph computes, at one point or at many; None if it computes none.

    Args:
        nodes: all nodes of the graph, the result first.
        digits: significant digits of numbers.
    """
    if len(nodes) > LARGEST or not any(node.primitive is None and levels_of(node.label) for node in nodes):
        return None
    try:
        return _Search(nodes, digits).network()
    except _NoNetworkError:
        return None


class _NoNetworkError(Exception):
    """What a graph computes is no network."""


class _Search:
    """Finds the neurons of a graph: modules in which each parameter is a bias, or the weight of one input."""

    def __init__(self, nodes: list[Value], digits: int) -> None:
        self.nodes = nodes
        self.digits = digits
        self.modules = modules_of(nodes)
        self.weights: dict[str, dict[Value, str | int]] = {}  # of each neuron, and whose output each multiplies
        self.outputs: dict[str, dict[Value, None]] = {}
        met: dict[Value, list[Value]] = {}  # what each weight is multiplied with
        for node in nodes:
            for weight, operand in _products(node):
                if weight.primitive is None and weight in self.modules:
                    met.setdefault(weight, []).append(operand)
            for parent in node.parents:
                if parent.primitive is not None and self._neuron(parent) not in ("", self._neuron(node)):
                    self.outputs.setdefault(self._neuron(parent), {})[parent] = None
        if self._neuron(nodes[0]):
            self.outputs.setdefault(self._neuron(nodes[0]), {})[nodes[0]] = None
        for weight in sorted(met, key=lambda each: _in_order(each.label)):
            self.weights.setdefault(self._neuron(weight), {})[weight] = self._source(weight, met[weight])
        self.inputs = self._same_inputs(met)
        self.layers = self._layers()
        for name, found in self.outputs.items():
            self._refuse_repeated(name, found)

    def _neuron(self, node: Value) -> str:
        return self.modules.get(node, ("",))[-1]

    def _source(self, weight: Value, operands: list[Value]) -> str | int:
        """The neuron whose output a weight multiplies, or else the number of the input."""
        sources = {self._neuron(operand) for operand in operands}
        if len(sources) > 1 or any(operand.primitive is None for operand in operands if operand in self.modules):
            raise _NoNetworkError
        return sources.pop() or _last_number(weight.label)

    def _same_inputs(self, met: dict[Value, list[Value]]) -> dict[int, list[Value]]:
        """What stands at each input, which has to be the same for all neurons that it goes to."""
        depending = _depending(self.nodes, self.modules)
        inputs: dict[int, list[Value]] = {}
        for weights in self.weights.values():
            for weight, source in weights.items():
                if isinstance(source, int):
                    first = inputs.setdefault(source, met[weight])
                    if _numbers(first) != _numbers(met[weight]) or any(each in depending for each in met[weight]):
                        raise _NoNetworkError
        return dict(sorted(inputs.items()))

    def _refuse_repeated(self, name: str, outputs: Iterable[Value]) -> None:
        """Refuse a module that uses a parameter more than once for one output, as convolutions do."""
        for output in outputs:
            inside = [output]
            used: set[Value] = set()
            for node in inside:  # which grows as we go
                for parent in node.parents:
                    if self._neuron(parent) != name:
                        continue
                    if parent not in used:
                        used.add(parent)
                        inside.append(parent)
                    elif parent.primitive is None:
                        raise _NoNetworkError

    def _layers(self) -> list[list[str]]:
        """The neurons, by how many others lie, at most, between each and the inputs."""
        parameters = [node for node in self.nodes if node.primitive is None and node in self.modules]
        if not self.weights or any(self._neuron(parameter) not in self.weights for parameter in parameters):
            raise _NoNetworkError
        before = {name: {s for s in weights.values() if isinstance(s, str)} for name, weights in self.weights.items()}
        depths: dict[str, int] = {}
        try:
            for name in TopologicalSorter(before).static_order():
                depths[name] = 1 + max((depths[each] for each in before.get(name, ())), default=0)
        except CycleError:
            raise _NoNetworkError from None
        if not self.inputs or depths.keys() != self.weights.keys():
            raise _NoNetworkError
        layers: list[list[str]] = [[] for _ in range(max(depths.values()))]
        for name in sorted(depths, key=_in_order):
            layers[depths[name] - 1].append(name)
        return layers

    def network(self) -> Network:
        """What is drawn of it."""
        columns = [Column("inputs", [self._say_input(k, found) for k, found in self.inputs.items()])]
        place: dict[str | int, Place] = {k: (0, j) for j, k in enumerate(self.inputs)}
        for i, names in enumerate(self.layers):
            place |= {name: (i + 1, j) for j, name in enumerate(names)}
            columns.append(Column(self._activation(names), [self._say_neuron(name) for name in names]))
        weights = [
            (place[source], place[name], weight.data, f"{weight.label}: {self._say(weight)}")
            for name, found in self.weights.items()
            for weight, source in found.items()
        ]
        root = self.nodes[0]
        is_neuron = self._neuron(root) and len(columns[-1].neurons) == 1
        result = [] if is_neuron else [*filter(None, [root.label]), *self._say(root).split(", ")]
        return Network(self._title(columns), columns, weights, result)

    def _title(self, columns: list[Column]) -> str:
        shape = "-".join(str(len(column.neurons)) for column in columns)
        count = sum(node.primitive is None and node in self.modules for node in self.nodes)
        points = max((len(found) for found in self.outputs.values()), default=1)
        where = f" at {points:,} points" if points > 1 else ""
        return f"a network {shape} with {count:,} parameters{where}: {len(self.nodes):,} nodes"

    def _activation(self, names: list[str]) -> str:
        outputs = [node for name in names for node in self.outputs.get(name, ())]
        found = {node.op if _is_function(node) else "linear" for node in outputs}
        return ", ".join(sorted(found))

    def _say_input(self, number: int, found: list[Value]) -> str:
        distinct = list(dict.fromkeys(found))
        return f"{distinct[0].label or f'input {number}'}: {self._say_some(distinct)}"

    def _say_neuron(self, name: str) -> str:
        return f"{name}: {self._say_some(list(self.outputs.get(name, ())))}"

    def _say_some(self, nodes: list[Value]) -> str:
        return self._say(nodes[0]) if len(nodes) == 1 else f"{len(nodes):,} values"

    def _say(self, node: Value) -> str:
        numbers = [f"value {format_number(node.data, self.digits)}"]
        return ", ".join(numbers if node.is_constant else [*numbers, f"grad {format_number(node.grad, self.digits)}"])


def _products(node: Value) -> Iterator[tuple[Value, Value]]:
    """What an operation multiplies, pair by pair, each either way round."""
    if node.op in ("*", "dot") and node.primitive is not None:
        sequences = (
            columns(node.primitive, node.parents) if node.primitive.sequences else [[each] for each in node.parents]
        )
        for left, right in zip(*sequences, strict=True):
            yield left, right
            yield right, left


def _depending(nodes: list[Value], modules: dict[Value, tuple[str, ...]]) -> set[Value]:
    """The operations that depend on the parameters of any module."""
    found: set[Value] = set()
    for node in operands_first(nodes):
        if any(parent in found or (parent.primitive is None and parent in modules) for parent in node.parents):
            found.add(node)
    return found


def _numbers(nodes: list[Value]) -> list[str]:
    return sorted(repr(node.data) for node in nodes)


def _is_function(node: Value) -> bool:
    return len(node.parents) == 1 and node.primitive is not None and node.primitive.precedence == 0


def _last_number(label: str) -> int:
    found = re.search(r"\d+$", label)
    return int(found[0]) if found else 0


def _in_order(label: str) -> list[tuple[bool, int, str]]:
    """What sorts labels as people do: by their numbers, not digit by digit."""
    parts = re.split(r"(\d+)", label)
    return [(part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in parts]
