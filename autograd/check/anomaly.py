"""`detect_anomaly`: the first value or gradient that is not finite becomes an error that says where it comes from."""

from __future__ import annotations

import linecache
import math
from typing import TYPE_CHECKING

from autograd.engine.callers import line_of_user
from autograd.engine.modes import Mode
from autograd.engine.recorder import PassingRecorder
from autograd.engine.value import Value, topological_order
from autograd.see.text import readable

if TYPE_CHECKING:
    from collections.abc import Callable


class AnomalyError(RuntimeError):
    """The first value or gradient that is not finite; raised in `detect_anomaly`."""


class _Anomaly(PassingRecorder):
    def __init__(self) -> None:
        self.lines: dict[int, tuple[str, int]] = {}  # by the id of a node, which overwrites that of a dead one
        self.gradients: list[tuple[Value, float]] = []

    def node(self, node: Value) -> None:
        self.passes_to.node(node)
        self.lines[id(node)] = line_of_user()
        if not math.isfinite(node.data):
            raise AnomalyError(self.report(f"the value of {_call(node)} is {node.data!r}", node))

    def before_backward(self, root: Value) -> None:
        self.passes_to.before_backward(root)
        self.gradients = [(each, each.grad) for each in topological_order(root) if not each.parents]

    def after_backward(self, root: Value) -> None:
        self.passes_to.after_backward(root)
        leaves, self.gradients = self.gradients, []
        problem = self.find_problem(root, dict(leaves))
        if problem:
            for leaf, gradient in leaves:
                leaf.grad = gradient
            raise AnomalyError(problem)

    def ran(self, name: str, again: Callable[[], object]) -> None:
        again()
        raise AnomalyError(
            f"the program {name} came to what is not finite, and following its function shows no operation"
        )

    def find_problem(self, root: Value, leaves: dict[Value, float]) -> str:
        """Walk as the pass did, from the result down, to where a gradient is first not finite; "" if none is."""
        if not math.isfinite(root.grad) and root not in leaves:
            return self.report(f"the gradient that backward() starts with is {root.grad!r}", root)
        for node in reversed(topological_order(root)):
            for i, (parent, partial) in enumerate(zip(node.parents, node.partials, strict=True)):
                if not (math.isfinite(partial * node.grad) or parent.is_constant):
                    what = f"the derivative of {_call(node)} with respect to operand {i + 1} is {partial!r}"
                    return self.report(f"{what}, so its gradient is {partial * node.grad!r}", node)
        for node in reversed(topological_order(root)):
            if not (math.isfinite(node.grad) or node.is_constant) and math.isfinite(leaves.get(node, 0.0)):
                return self.report(f"the gradient of {_name(node)} adds up to {node.grad!r}", node)
        return ""

    def report(self, what: str, node: Value) -> str:
        """What is wrong, the expression, and the line that made it."""
        report = f"{what}\n  expression: {readable(node, 100)}"
        if id(node) in self.lines and node.parents:
            file, number = self.lines[id(node)]
            report += f"\n  made in {file}, line {number}: {linecache.getline(file, number).strip()}"
        return report


class detect_anomaly(Mode):
    """A context in which the first value or gradient that is not finite is an error that says where it comes from.

    A value is refused when it is computed, a gradient at the end of the `backward` in which it arises; that leaves
    the gradients of the leaves as they were. Where a program comes to what is not finite, its function is followed at
    each point, to see where. It costs time and memory: use it to find a mistake.

    Raises:
        AnomalyError: in the context, with the operation, its operands, the expression and the line of code.

    Example:
        >>> from autograd import Value, detect_anomaly
        >>> x = Value(0.0, label="x")
        >>> with detect_anomaly():
        ...     x.log()  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        autograd.check.anomaly.AnomalyError: the value of log(0.0) is -inf
          expression: log(x)
          made in ...
    """

    recorder = _Anomaly


def _call(node: Value) -> str:
    """The operation with its operands' numbers, such as ``log(0.0)``."""
    primitive, parents = node.primitive, node.parents
    if primitive is None:
        return repr(node.data)
    numbers = [repr(parent.data) for parent in parents[:10]] + ["..."] * (len(parents) > 10)
    if primitive.precedence and len(parents) == 2:
        return f"{numbers[0]} {primitive.symbol} {numbers[1]}"
    return f"{primitive.title}({', '.join(numbers)})"


def _name(node: Value) -> str:
    return node.label or (_call(node) if node.parents else f"the leaf {node.data!r}")
