"""Recording: run a function once on fresh `Value`s, and turn the graph that it leaves into the intermediate form.

While it runs, a comparison of `Value`s gives a `Value` that `where` can choose by. What cannot be recorded is a
branch of Python itself, since the other branch is never seen: that raises a `BranchError` which names the line.
"""

from __future__ import annotations

from sys import intern
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.engine import ops
from autograd.engine.callers import frame_of_user, line_of_user
from autograd.engine.detachment import Conversion, DetachedError
from autograd.engine.recorder import Recorder, recording
from autograd.engine.value import Value, constant, depends_on, topological_order
from autograd.program.graph import PARAMETER, Graph, Node, reachable
from autograd.program.loading import collector_paused

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_ANYWHERE = 0.5  # the point at which the function is run; what is recorded does not depend on it


CHOOSE = (
    "choose with autograd.where(condition, a, b), maximum, minimum or relu instead of if, max, bool and float, "
    "and write autograd.stop_gradient(v) for a number without a derivative"
)


class BranchError(DetachedError):
    """The function took a decision on a recorded value, so that one run does not show all that it may do."""


class _Branches(Recorder):
    """Turns comparisons into conditions that `where` takes, and decisions and plain numbers into errors."""

    keeps_copies = True

    def __init__(self, inputs: Sequence[Value]) -> None:
        self.inputs = inputs
        self.conditions: dict[int, Value] = {}
        self.error: BranchError | None = None

    def compare(self, symbol: str, left: Value, right: Any, outcome: bool) -> Any:
        if left.is_constant and not isinstance(right, Value):
            return outcome
        operation, is_swapped = COMPARISONS[symbol]
        condition: Value = operation(right, left) if is_swapped else operation(left, right)
        self.conditions[id(condition)] = condition
        return condition

    def decide(self, value: Value) -> None:
        what = "a comparison of values" if id(value) in self.conditions else "a value"
        self.refuse(value, f"{what} is turned into a decision")

    def convert(self, value: Value) -> None:
        instead = Conversion(value, frame_of_user()).instead
        self.refuse(value, "a value is turned into a plain number", f"write {instead}" if instead else CHOOSE)

    def read(self, value: Value) -> None:
        self.refuse(value, "the number of a value is read by .data")

    def elsewhere(self, value: Value, happening: str) -> None:
        if depends_on(value, self.inputs):
            self.refuse(value, f"in another thread, a value is {happening}")

    def refuse(self, value: Value, what: str, way_out: str = CHOOSE) -> None:
        """Raise, and remember it for the case that somebody catches it; what does not vary may do as it likes."""
        if value.is_constant:
            return
        file, line = line_of_user()
        why = "but a compiled program has its values only when it runs on a batch"
        error = BranchError(f"{what} at {file}:{line}, {why}; {way_out}")
        self.error = self.error or error
        raise error


COMPARISONS = {
    "<": (ops.less, False),
    "<=": (ops.less_equal, False),
    ">": (ops.less, True),
    ">=": (ops.less_equal, True),
    "==": (ops.equal, False),
    "!=": (ops.not_equal, False),
}
"""The operation for each comparison, and whether it takes the two sides the other way round."""


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
        self.branches = _Branches([each for column in self.columns for each in column])
        with recording(self.branches):
            self.result = function(
                *(column[0] if width is None else column for column, width in zip(self.columns, widths, strict=True))
            )
        if self.branches.error is not None:
            raise self.branches.error


class Recording:
    """What a run has shown: the function's graph of single rows, and the parameters that it met.

    Attributes:
        shape: of the result: () for one `Value`, and (k,) for a list of k.
        roots: the nodes of the result's numbers.
        parameters: the leaves that the function reaches and that are not its arguments, as they were met.

    Raises:
        TypeError: if the function returned anything but a `Value`, or a list or array of them.
    """

    widths: tuple[int | None, ...]
    shape: tuple[int, ...]
    roots: list[Node]

    def __init__(self, run: Run) -> None:
        self.widths = run.widths
        self.graph = Graph()
        self.parameters: list[Value] = []
        inputs = {}
        for position, column in enumerate(run.columns):
            rows = self.graph.input(position, len(column))
            inputs.update({id(value): self.graph.rows(rows, (i,)) for i, value in enumerate(column)})
        self.shape, results = check_result(run.result, run.name)
        with collector_paused():
            nodes = self._translate(results, inputs)
        self.roots = [self.graph.as_number(nodes[id(result)]) for result in results]

    def _translate(self, results: Sequence[Value], nodes: dict[int, Node]) -> dict[int, Node]:
        """The node of each `Value` that the results are computed from."""
        for value in topological_order(join(results)):
            primitive = value.primitive
            if id(value) in nodes:
                continue
            if primitive is not None:
                nodes[id(value)] = self.graph.apply(primitive, [nodes[id(parent)] for parent in value.parents])
            elif value.is_constant:
                nodes[id(value)] = self.graph.constant(value.data)
            else:
                nodes[id(value)] = self.graph.node(PARAMETER, (), len(self.parameters))
                self.parameters.append(value)
        return nodes

    def __getstate__(self) -> dict[str, Any]:
        """The recording as a flat list, so that a deep graph takes no deep recursion."""
        order = reachable(self.roots)
        place = {node.number: i for i, node in enumerate(order)}
        nodes = [
            (node.op, [place[each.number] for each in node.operands], node.attribute, node.rows, node.batched)
            for node in order
        ]
        return {**vars(self), "graph": nodes, "roots": [place[root.number] for root in self.roots]}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self.graph, made = Graph(), list[Node]()
        for op, operands, attribute, rows, batched in state["graph"]:
            name = intern(op) if isinstance(op, str) else op
            like = Node(0, name, tuple(made[i] for i in operands), attribute, rows, batched)
            made.append(self.graph.copy_of(like, like.operands))
        self.roots = [made[i] for i in state["roots"]]

    def with_parameters_as_argument(self) -> Recording:
        """The same with the parameters in one more argument, after the others, instead."""
        copy = Recording.__new__(Recording)
        copy.shape, copy.parameters = self.shape, []
        copy.widths = (*self.widths, len(self.parameters))
        copy.graph, new = Graph(), dict[int, Node]()
        column = copy.graph.input(len(self.widths), len(self.parameters))
        for node in reachable(self.roots):
            if node.op is PARAMETER:
                new[node.number] = copy.graph.rows(column, (node.attribute,))
            else:
                new[node.number] = copy.graph.copy_of(node, [new[operand.number] for operand in node.operands])
        copy.roots = [new[root.number] for root in self.roots]
        return copy


def join(values: Sequence[Value]) -> Value:
    """One `Value` that is computed from all of these, for walking over them together."""
    return values[0] if len(values) == 1 else ops.sum(values)


def check_result(result: Any, name: str) -> tuple[tuple[int, ...], list[Value]]:
    """The shape of a function's result, and the `Value`s that it holds.

    Raises:
        TypeError: if it is neither a `Value` nor a list or an array of them; the message says what to return instead.
    """
    if isinstance(result, (list, tuple, np.ndarray)):
        array = np.array(result, object)
        if array.size and all(isinstance(each, (Value, int, float)) for each in array.flat):
            return array.shape, [each if isinstance(each, Value) else constant(float(each)) for each in array.flat]
        raise TypeError(
            f"{name} must return a Value, or a list of them in rows of one length, but returned {result!r:.200}"
        )
    if isinstance(result, (Value, int, float)):
        return (), [result if isinstance(result, Value) else constant(float(result))]
    raise TypeError(f"{name} must return a Value, but returned {result!r:.200}; did it forget to return?")
