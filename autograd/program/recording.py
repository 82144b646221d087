"""Recording: run a function once on fresh `Value`s, and turn the graph that it leaves into the intermediate form.

While it runs, a comparison of `Value`s gives a `Value` that `where` can choose by. What cannot be recorded is a
branch of Python itself, since the other branch is never seen: that raises a `BranchError` which names the line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograd.engine import ops
from autograd.engine.callers import line_of_user
from autograd.engine.recorder import Recorder, recording
from autograd.engine.value import Value, topological_order
from autograd.program.graph import CONDITIONS, LESS, LESS_EQUAL, PARAMETER, Graph, Node

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_ANYWHERE = 0.5  # the point at which the function is run; what is recorded does not depend on it


class BranchError(TypeError):
    """The function took a decision on a recorded value, so that one run does not show all that it may do."""


class _Branches(Recorder):
    """Turns comparisons into conditions that `where` takes, and decisions into errors."""

    def __init__(self) -> None:
        self.conditions: dict[int, Value] = {}

    def compare(self, symbol: str, left: Value, right: Any, outcome: bool) -> Any:
        operation = ops.less if symbol in ("<", ">") else ops.less_equal
        condition: Value = operation(left, right) if symbol in ("<", "<=") else operation(right, left)
        self.conditions[id(condition)] = condition
        return condition

    def number(self, value: Value) -> float:
        file, line = line_of_user()
        what = "a comparison of values" if id(value) in self.conditions else "a value"
        raise BranchError(
            f"{what} is turned into a plain number or a decision at {file}:{line}, "
            "but a compiled program has its values only when it runs on a batch; "
            "choose with autograd.where(condition, a, b), maximum, minimum or relu instead of if, max, bool and float"
        )


class Run:
    """One run of a function on fresh `Value`s.

    Args:
        function: takes scalars or sequences of scalars.
        widths: for each argument the length of the sequence, or None for a scalar.

    Raises:
        BranchError: if it branches on a `Value`.
        Exception: whatever the function itself raises.
    """

    def __init__(self, function: Callable[..., Any], widths: Sequence[int | None]) -> None:
        self.widths = tuple(widths)
        self.name = getattr(function, "__name__", type(function).__name__)
        self.columns = [[Value(_ANYWHERE) for _ in range(1 if width is None else width)] for width in widths]
        self.branches = _Branches()
        with recording(self.branches):
            self.result = function(
                *(column[0] if width is None else column for column, width in zip(self.columns, widths, strict=True))
            )


class Recording:
    """What a run has shown: the function's graph of single rows, and the parameters that it met.

    Raises:
        TypeError: if the function returned anything but one `Value`.
        ValueError: if what it returned does not depend on its arguments.
    """

    def __init__(self, run: Run) -> None:
        self.widths = run.widths
        self.graph = Graph()
        self.parameters: list[Value] = []
        inputs = {}
        for position, column in enumerate(run.columns):
            rows = self.graph.input(position, len(column))
            inputs.update({id(value): self.graph.rows(rows, (i,)) for i, value in enumerate(column)})
        order = topological_order(check_result(run.result, run.name))
        if inputs and not any(id(value) in inputs for value in order):
            raise ValueError(
                f"the result of {run.name} does not depend on its arguments, so there is nothing to run on a batch; "
                "did it make plain numbers of them, with .data or inside no_grad()?"
            )
        self.root = self._translate(order, inputs, run.branches)

    def _translate(self, order: list[Value], inputs: dict[int, Node], branches: _Branches) -> Node:
        graph, nodes = self.graph, dict(inputs)
        for value in order:
            primitive = value.primitive
            if id(value) in nodes:
                continue
            if primitive is not None:
                if id(value) in branches.conditions:
                    primitive = LESS if primitive is ops.less else LESS_EQUAL
                node = graph.apply(primitive, [nodes[id(parent)] for parent in value.parents])
            elif value.is_constant:
                node = graph.constant(value.data)
            else:
                node = graph.node(PARAMETER, (), len(self.parameters))
                self.parameters.append(value)
            nodes[id(value)] = node
        root = nodes[id(order[-1])]
        return graph.apply(ops.where, (root, graph.constant(1.0), graph.constant(0.0))) if is_condition(root) else root


def is_condition(node: Node) -> bool:
    """True for a node that decides a `where`."""
    return node.op in CONDITIONS


def check_result(result: Any, name: str) -> Value:
    """The function's result, if it is one `Value`.

    Raises:
        TypeError: if it is anything else; the message says what to return instead.
    """
    if isinstance(result, Value):
        return result
    if isinstance(result, (int, float)):
        raise TypeError(
            f"{name} must return a Value, but returned the plain number {result!r}, which no batch would change"
        )
    if hasattr(result, "__len__") and not isinstance(result, str):
        raise TypeError(
            f"{name} must return one Value, but returned {len(result)} in a {type(result).__name__}; "
            "return one of them, or a combination such as their sum"
        )
    raise TypeError(f"{name} must return a Value, but returned {result!r}; did it forget to return?")
