"""A function at a point, as every check sees it: its graph, the numbers and names of its inputs, its derivatives."""

from __future__ import annotations

import inspect
import math
from typing import TYPE_CHECKING, Any

from autograd.calculus.call import as_number, name_of
from autograd.calculus.containers import leaves, like, names
from autograd.calculus.graph import differentiate, edges_as_numbers, push_forward
from autograd.check.exact_graph import EPSILON, live_nodes
from autograd.engine.floats import as_float
from autograd.engine.modes import differentiating, graph_recording
from autograd.engine.primitive import BUILT_IN
from autograd.engine.value import Value, constant, dependents, history, topological_order
from autograd.see.text import readable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Point:
    """A function at a point: its graph over fresh leaves, and the derivatives that are to be checked.

    Args:
        f: the function.
        inputs: the point, as `f` takes it.
        mode: "reverse" or "forward": the pass by which these derivatives are computed.
    """

    def __init__(self, f: Callable[..., Any], inputs: Sequence[Any], mode: str = "reverse") -> None:
        self.f = f
        self.mode = mode
        self.inputs = tuple(inputs)
        self.name = name_of(f)
        self.numbers = [as_float(x, f"an input of {self.name}") for x in leaves(self.inputs)]
        self.names = [name for i, tree in enumerate(inputs) for name in names(tree, _parameters(f, len(inputs))[i])]
        for name, number in zip(self.names, self.numbers, strict=True):
            if not math.isfinite(number):
                raise ValueError(f"the input {name} is {number!r}; derivatives can be checked at finite numbers only")
        self.root, self.leaves = self.graph(self.numbers)
        self.derivatives, self.rounding = self.differentiate(self.root)

    def differentiate(self, root: Value) -> tuple[list[float], float]:
        """The derivatives of a node of the graph, or of one that was made of it, and how far off rounding put it."""
        derivatives, rounding = differentiate_numerically(root, self.leaves)
        if self.mode == "forward":
            order = history([root], self.leaves)
            moved = (push_forward(order, {leaf: 1.0}, edges_as_numbers) for leaf in self.leaves)
            derivatives = [found.get(root, 0.0) for found in moved]
        return derivatives, rounding

    def graph(self, numbers: Sequence[float]) -> tuple[Value, list[Value]]:
        """The function's result at other numbers, and the leaves that stand for them."""
        leaves = [Value(number, name) for number, name in zip(numbers, self.names, strict=True)]
        with differentiating(leaves):
            result = as_number(self.f(*like(self.inputs, iter(leaves))), self.name)
        return (result if isinstance(result, Value) else constant(result)), leaves

    @property
    def expression(self) -> str:
        """The source text of the graph, with the numbers of the inputs."""
        at = ", ".join(f"{n} = {x!r}" for n, x in list(zip(self.names, self.numbers, strict=True))[:20])
        return f"{readable(self.root, 200)} at {at}" + (", ..." if len(self.names) > 20 else "")

    def check_domain(self) -> None:
        """Refuse a point outside an operation's domain, or where numbers overflow."""
        for node in live_nodes(self.root):
            primitive = node.primitive
            if primitive is None:
                continue
            numbers = [parent.data for parent in node.parents]
            shown = ", ".join(map(repr, numbers[:10])) + (", ..." if len(numbers) > 10 else "")
            if primitive.domain is not None and not primitive.is_defined(numbers):
                raise ValueError(
                    f"{primitive.title} is defined where {primitive.domain[0]}, but {self.name} takes it at ({shown}) "
                    f"in {self.expression}; check at a point inside the domain"
                )
            if not math.isfinite(node.data):
                raise ValueError(
                    f"{primitive.title}({shown}) is {node.data!r} in {self.expression}; derivatives can be checked "
                    "only where all values are finite"
                )

    def singularity(self) -> str:
        """The first built-in operation that has an infinite derivative here, in words; "" if there is none."""
        for node in topological_order(self.root):
            trusted = node.primitive is not None and node.primitive.name in BUILT_IN
            if trusted and not all(map(math.isfinite, node.partials)):
                return f"the derivative of {node.op} is infinite"
        return ""

    def held_fixed(self) -> str:
        """The first operation that has no derivative where its value varies, as `stop_gradient`, in words; "" if none.

        Finite differences see the value vary, so that they are no reference there.
        """
        varying = dependents(topological_order(self.root), self.leaves)
        for node in live_nodes(self.root):
            primitive, numbers = node.primitive, [parent.data for parent in node.parents]
            for i, (parent, is_cut) in enumerate(zip(node.parents, node.cuts, strict=True)):
                if primitive is not None and is_cut and parent in varying:
                    moved = [*numbers[:i], numbers[i] * (1.0 + 2.0**-30), *numbers[i + 1 :]]
                    if primitive.evaluate(moved) != node.data:
                        return f"{primitive.name} keeps a number as it is, which differences do not"
        return ""

    def second(self) -> list[tuple[Value, list[float], float]]:
        """The first derivatives as graphs, and for each its own derivatives, and how far off rounding put it."""
        with graph_recording():
            slopes = differentiate(self.root, self.leaves)
        return [(slope, *self.differentiate(slope)) for slope in slopes]


def differentiate_numerically(root: Value, leaves: Sequence[Value]) -> tuple[list[float], float]:
    """The derivatives with respect to the leaves, and how far off rounding may have put the result.

    The leaves that are not ours keep their gradients.
    """
    nodes = topological_order(root)
    kept = [(node, node.grad) for node in nodes if not node.parents and node not in leaves]
    for leaf in leaves:
        leaf.grad = 0.0
    root.backward()
    rounding = EPSILON * sum(abs(n.grad * n.data) for n in nodes if math.isfinite(n.grad * n.data))
    for node, gradient in kept:
        node.grad = gradient
    return [leaf.grad for leaf in leaves], rounding


def _parameters(f: Callable[..., Any], count: int) -> list[str]:
    """The names of a function's parameters, as far as they can be known."""
    fallback = ["x"] if count == 1 else [f"x{i}" for i in range(count)]
    names = getattr(f, "names", None)
    if isinstance(names, tuple) and len(names) == count:
        return list(names)
    try:
        parameters = list(inspect.signature(getattr(f, "value", f)).parameters.values())
    except (TypeError, ValueError):
        return fallback
    plain = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return plain[:count] if len(plain) >= count else fallback
