"""A recording compiled for one backend: it goes through the passes, and becomes kernels for values and derivatives."""

from __future__ import annotations

import math
from functools import cached_property, partial
from operator import attrgetter
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.program.adjoint import differentiate
from autograd.program.backends import find_backend
from autograd.program.blocks import Runner
from autograd.program.choice import ArrayWork
from autograd.program.graph import MATMUL, PARAMETER, ROWS, STACK, Node, reachable
from autograd.program.loading import collector_paused
from autograd.program.rerolling import reroll

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from autograd.engine.value import Value
    from autograd.program.backends import Kernel
    from autograd.program.recording import Recording

    Array = np.ndarray[Any, np.dtype[np.float64]]

_data = attrgetter("data")
_compiling = Lock()  # kernels are made when they are first wanted, and passes add to a graph


class Compiled:
    """A recording, compiled for one backend.

    Args:
        recording: what was recorded.
        backend: the name of a backend.
        trained: the parameters that gradients are with respect to, in their order.
        instead: the backend to fall back on if this one fails to compile, of single rows like it; without it, that is
            an error.

    Attributes:
        leaves: the recording's parameters in the order of the kernels' parameters.
        leaf_places, trained_places: which leaf is which trained parameter, as two arrays of indices of equal length.
        in_order: whether leaves and trained parameters are the same, in the same order.
        failure: why the other backend was taken, if it was.

    Raises:
        ValueError, ImportError: if there is no such backend, or it is not installed.
    """

    def __init__(self, recording: Recording, backend: str, trained: Sequence[Value], instead: str = "") -> None:
        self.failure, self._instead = "", instead
        self.backend = find_backend(backend)
        self.recording = recording
        self.graph = recording.graph
        self.rows = [1 if width is None else width for width in recording.widths]
        count = len(recording.parameters)
        if self.backend.arrays:
            with collector_paused():
                root, column, order = reroll(self.graph, recording.roots, count)
            self.leaves, self._columns = [recording.parameters[i] for i in order], [column]
        else:
            root = self.graph.stack([self.graph.expand(each, 1, bool(self.rows)) for each in recording.roots])
            self.leaves = recording.parameters
            self._columns = [self.graph.node(PARAMETER, (), i) for i in range(count)]
        self.root = self.graph.expand(root, root.rows, bool(self.rows))
        self._made: dict[tuple[Any, bool], Runner] = {}
        self._find_trained(trained)

    def _find_trained(self, trained: Sequence[Value]) -> None:
        """Match the trained parameters with the leaves; one that the function does not reach has no leaf."""
        found = {id(leaf): i for i, leaf in enumerate(self.leaves)}
        pairs = [(found[id(each)], j) for j, each in enumerate(trained) if id(each) in found]
        self.size = len(trained)
        self.leaf_places: Any = np.array([i for i, _ in pairs], int)
        self.trained_places: Any = np.array([j for _, j in pairs], int)
        self.in_order = len(self.leaves) == self.size and all(i == j for i, j in pairs)

    def numbers(self) -> Array:
        """The leaves' numbers, as they are now."""
        return np.fromiter(map(_data, self.leaves), float, len(self.leaves))

    def pick(self, gradient: Array) -> Array:
        """The derivatives with respect to the trained parameters, out of those with respect to all leaves."""
        if self.in_order:
            return gradient
        picked = np.zeros(self.size)
        picked[self.trained_places] = gradient[self.leaf_places]
        return picked

    # Kernels: made when they are first wanted.

    def _kernel(self, results: Sequence[Node]) -> Kernel:
        return self.backend.kernel(self.graph, results, self.rows, len(self.leaves))

    def _kernel_instead(self, results: Sequence[Node], error: Exception) -> Kernel:
        """The kernel of the other backend, where this one fails to compile."""
        with _compiling, collector_paused():
            self.failure = f"another backend could not compile it: {error}"
            self.backend = find_backend(self._instead)
            return self._kernel(results)

    def _runner(self, results: Sequence[Node]) -> Runner:
        shapes = [(result.rows, result.batched) for result in results]
        instead = partial(self._kernel_instead, results) if self._instead else None
        return Runner(self._kernel(results), shapes, instead)

    @cached_property
    def values(self) -> Runner:
        """Computes the results at each point."""
        with _compiling, collector_paused():
            return self._runner([self.root])

    def sum_and_gradient(self, *, careful: bool = False) -> Runner:
        """Computes the sum of the one result over the points, and its gradient with respect to all leaves."""
        return self._derivatives(("gradient", careful), self._make_gradient)

    def jacobian(self, positions: Sequence[int], *, careful: bool = False) -> Runner:
        """Computes the derivatives of the results at each point with respect to some arguments, result by result."""
        return self._derivatives((tuple(positions), careful), self._make_jacobian)

    def _derivatives(self, key: tuple[Any, bool], make: Callable[[Any, bool], list[Node]]) -> Runner:
        runner = self._made.get(key)
        if runner is None:
            with _compiling, collector_paused():
                runner = self._made[key] = self._runner(make(*key))
        return runner

    def _make_gradient(self, what: str, careful: bool) -> list[Node]:
        gradient = self.graph.stack(differentiate(self.graph, self.root, self._columns, careful=careful))
        return [self.graph.add_points(self.root), gradient]

    def _make_jacobian(self, positions: Sequence[int], careful: bool) -> list[Node]:
        graph = self.graph
        inputs = [self._leaves_of(graph.input(position, self.rows[position])) for position in positions]
        leaves = [leaf for column in inputs for leaf in column]
        roots = [graph.rows(self.root, (i,)) for i in range(self.root.rows)]
        table = [iter(differentiate(graph, root, leaves, careful=careful)) for root in roots]
        return [graph.stack([next(row) for row in table for _ in column]) for column in inputs]

    def _leaves_of(self, column: Node) -> list[Node]:
        """An argument as what derivatives are taken with respect to: whole, or row by row."""
        return [column] if self.backend.arrays else [self.graph.rows(column, (i,)) for i in range(column.rows)]

    def run(self, make: Callable[..., Runner], columns: Sequence[Array], points: int) -> list[Array]:
        """Derivatives at a batch: by the quick kernel, and if that gives a nan, again by the careful one."""
        numbers = self.numbers()
        results = make()(numbers, columns, points)
        if any(np.isnan(result).any() for result in results):
            return make(careful=True)(numbers, columns, points)
        return results


def pick(derivatives: Array, leaves: Sequence[Value], wanted: Sequence[Value]) -> Array:
    """The derivatives with respect to the wanted leaves, out of those with respect to `leaves`, along the last axis.

    A wanted leaf that is not among those has the derivative 0.
    """
    found = {id(leaf): i for i, leaf in enumerate(leaves)}
    picked = np.zeros((*derivatives.shape[:-1], len(wanted)))
    for j, each in enumerate(wanted):
        if id(each) in found:
            picked[..., j] = derivatives[..., found[id(each)]]
    return picked


def array_work(root: Node) -> ArrayWork:
    """The work of computing a root on arrays, as `choice` counts it; views and stacks cost nothing at run time."""
    nodes = [node for node in reachable([root]) if node.operands and node.op not in (ROWS, STACK)]
    at_points = [node for node in nodes if node.batched]
    products = sum(math.prod(node.attribute[:2]) for node in at_points if node.op is MATMUL)
    return ArrayWork(len(nodes), sum(node.rows for node in at_points), products)
