"""The NumPy backend: prints a graph as straight array code that writes to buffers made beforehand.

For each size of batch the generated function ``prepare`` makes the buffers and every view that the code needs, and
returns the function that does the work: one NumPy call a line, each with ``out=``. A buffer is used again as soon as
nobody needs what it holds. The parts of a stack are computed in place, which is how a layer's outputs come to lie
above the row of ones that carries the next layer's bias, and how a gradient lands where it is wanted.
"""

from __future__ import annotations

import math
from copy import copy
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.engine.primitive import Primitive
from autograd.program.graph import (
    ADD_POINTS,
    ADD_ROWS,
    CONSTANT,
    EXPAND,
    INPUT,
    LARGEST_ROW,
    MATMUL,
    MATMUL_TRANSPOSED,
    OUTER,
    PARAMETERS,
    POINTS,
    ROWS,
    SCATTER,
    STACK,
    Graph,
    Node,
    Ufunc,
    reachable,
)
from autograd.program.loading import load
from autograd.program.lowering import WHERE, is_truth, lower

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Array = np.ndarray[Any, np.dtype[np.float64]]


_BLOCK = 2**20  # so many numbers in all buffers together; more points than that are worked off in blocks
_LEAST = 8192  # but never fewer points at once, so that calls cost little beside the work that they do
_KEPT = 8  # for so many sizes of batch the buffers are kept


class NumpyBackend:
    """Runs a program in NumPy.

    Args:
        graph: where the nodes live.
        root: the result, one row.
        gradient: the derivative of the result's sum over the points with respect to all parameters.
        widths: the number of rows of each input.
    """

    def __init__(self, graph: Graph, root: Node, gradient: Node, widths: Sequence[int]) -> None:
        self.codes = {
            False: Code(graph, [graph.expand(root, 1, root.batched)], widths),
            True: Code(graph, [graph.add_points(root), gradient], widths),
        }
        self._prepare = {wanted: code.load() for wanted, code in self.codes.items()}
        self._plans: dict[Any, Plan] = {}
        self.parameters: Array = np.zeros((gradient.rows, 1))

    @property
    def source(self) -> str:
        """The generated code: for the values, and for their sum and its gradient."""
        return f"# The value at each point.\n{self.codes[False].source}\n\n# The sum over the points, and its gradient.\n{self.codes[True].source}"

    def copy(self) -> NumpyBackend:
        """The same code with parameters and buffers of its own."""
        twin = copy(self)
        twin._plans = {}
        twin.parameters = np.zeros_like(self.parameters)
        return twin

    def bind(self, points: int) -> BoundBlocks | BoundPlan:
        """The program for batches of one size, with parameters and buffers of its own."""
        twin = self.copy()
        return BoundPlan(twin, points) if self.block(points, True) == points else BoundBlocks(twin, points)

    def plan(self, points: int, differentiate: bool) -> Plan:
        """The buffers and the code for so many points."""
        key = (points, differentiate)
        plan = self._plans.get(key)
        if plan is None:
            while len(self._plans) >= _KEPT:
                del self._plans[next(iter(self._plans))]
            plan = self._plans[key] = Plan(*self._prepare[differentiate](points, self.parameters))
        return plan

    def block(self, points: int, differentiate: bool) -> int:
        """How many points to work on at once: what the caches hold, in blocks of one size."""
        most = max(_LEAST, _BLOCK // max(1, self.codes[differentiate].rows))
        return -(-points // -(-points // most)) if points else 0

    def values(self, parameters: Array, columns: Sequence[Array], points: int) -> Array:
        """The value at each point."""
        values = np.empty(points)
        self.parameters[:, 0] = parameters
        block = self.block(points, False)
        for first in range(0, points, block or 1):
            last = min(first + block, points)
            plan = self.plan(last - first, False)
            plan.feed([column[:, first:last] for column in columns])
            plan.run()
            values[first:last] = plan.outputs[0][0]
        return values

    def sum_and_gradient(self, parameters: Array, columns: Sequence[Array], points: int) -> tuple[float, Array]:
        """The sum of the values over the points, and its gradient."""
        total, gradient = 0.0, np.zeros(len(self.parameters))
        self.parameters[:, 0] = parameters
        block = self.block(points, True)
        for first in range(0, points, block or 1):
            last = min(first + block, points)
            plan = self.plan(last - first, True)
            plan.feed([column[:, first:last] for column in columns] if block < points else columns)
            plan.run()
            total += float(plan.outputs[0][0, 0])
            gradient += plan.outputs[1][:, 0]
        return total, gradient


class Plan:
    """Buffers for batches of one size, and the code that works in them."""

    __slots__ = ("inputs", "outputs", "run")

    def __init__(self, inputs: Sequence[Array], outputs: Sequence[Array], run: Callable[[], None]) -> None:
        self.inputs = inputs
        self.outputs = outputs
        self.run = run

    def feed(self, columns: Sequence[Array]) -> None:
        """Copy a batch in, one array of rows for each argument."""
        for buffer, column in zip(self.inputs, columns, strict=True):
            buffer[...] = column


class BoundPlan:
    """A program that is bound to the buffers for one size of batch."""

    def __init__(self, backend: NumpyBackend, points: int) -> None:
        plan = backend.plan(points, True)
        self.parameters = backend.parameters[:, 0]
        self.gradient = plan.outputs[1][:, 0]
        self.feed = plan.feed
        self._work = plan.run
        self._total = plan.outputs[0]

    def run(self) -> float:
        """Compute the sum, and leave its gradient in `gradient`."""
        self._work()
        return self._total.item()


class BoundBlocks:
    """A program that is bound to a batch so large that it is worked off in blocks."""

    def __init__(self, backend: NumpyBackend, points: int) -> None:
        self._backend, self._points = backend, points
        self.parameters = backend.parameters[:, 0]
        self.gradient: Array = np.zeros(len(backend.parameters))

    def feed(self, columns: Sequence[Array]) -> None:
        """Take a batch, one array of rows for each argument."""
        self._columns = columns

    def run(self) -> float:
        """Compute the sum, and leave its gradient in `gradient`."""
        total, self.gradient[:] = self._backend.sum_and_gradient(self.parameters, self._columns, self._points)
        return total


class Code:
    """The generated function ``prepare`` for some results of a graph.

    Args:
        graph: where the results live.
        results: what to compute: arrays that ``prepare``'s result leaves in `outputs` each time it is called.
        widths: the number of rows of each input.
    """

    def __init__(self, graph: Graph, results: Sequence[Node], widths: Sequence[int]) -> None:
        self.namespace: dict[str, Any] = {"np": np}
        self.constants: list[str] = []
        self.prelude: list[str] = []
        self.body: list[str] = []
        self.names: dict[int, str] = {}
        self.buffers: dict[int, tuple[Any, str]] = {}
        self.free: dict[Any, list[str]] = {}
        self.views: dict[str, str] = {}
        self.functions: set[str] = set()
        self.count = 0
        self.rows = 0  # of all buffers that have a column for each point
        roots = lower(graph, results)
        self.order = reachable(roots)
        self.last_use = self._find_last_uses(roots)
        for node in reversed(self.order):
            self._lay_out(node)
        for position, width in enumerate(widths):
            self._name_input(position, width)
        for moment, node in enumerate(self.order):
            self._print(node, moment)
        self.outputs = [
            f"np.broadcast_to({self._name(root)}, ({root.rows}, 1)).copy()"
            if root.op in (CONSTANT, POINTS)
            else self._name(root)
            for root in roots
        ]
        self.source = self._assemble(widths)

    # What lies where.

    def _find_last_uses(self, roots: Sequence[Node]) -> dict[int, int]:
        """When each buffer is read for the last time; a view reads the buffer that it shows."""
        last: dict[int, int] = {}
        for moment, node in enumerate(self.order):
            for operand in node.operands:
                last[base(operand).number] = moment
        last.update({base(root).number: len(self.order) for root in roots})
        return last

    def _lay_out(self, node: Node) -> None:
        """Let the parts of a stack that have no place of their own be computed right where the stack has them."""
        if node.op is not STACK:
            return
        if node.number not in self.names:
            self._allot(node, permanent=True)
        first = 0
        for part in node.operands:
            place = self._view(f"{self.names[node.number]}[{first}:{first + part.rows}]")
            if part.op is CONSTANT:
                self.prelude.append(f"{place}[...] = {self._constant(part)}")
            elif (
                part.number not in self.names
                and part.batched == node.batched
                and part.op not in (ROWS, PARAMETERS, POINTS)
            ):
                self.names[part.number] = place
            first += part.rows

    def _name_input(self, position: int, width: int) -> None:
        node = next((node for node in self.order if node.op is INPUT and node.attribute == position), None)
        if node is None or node.number not in self.names:
            self.prelude.append(f"x{position} = empty(({width}, n))")
        else:
            self.prelude.append(f"x{position} = {self.names[node.number]}")
        if node is not None:
            self.names[node.number] = f"x{position}"

    def _allot(self, node: Node, *, permanent: bool = False) -> str:
        """Give a node a buffer: one that has become free, or a new one."""
        truth = is_truth(node)
        shape = (node.rows, node.batched, truth)
        if self.free.get(shape) and not permanent:
            name = self.free[shape].pop()
        else:
            name = self._new("t" if truth else "b")
            points = "n" if node.batched else "1"
            self.rows += node.rows if node.batched else 0
            self.prelude.append(f"{name} = empty(({node.rows}, {points}){', bool' if truth else ''})")
        self.names[node.number] = name
        if not permanent:
            self.buffers[node.number] = (shape, name)
        return name

    def _release(self, node: Node, moment: int) -> None:
        """Take back the buffers that this moment was the last to read."""
        for operand in {base(operand).number for operand in node.operands}:
            if self.last_use[operand] == moment and operand in self.buffers:
                shape, name = self.buffers.pop(operand)
                self.free.setdefault(shape, []).append(name)

    # Names.

    def _new(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}{self.count}"

    def _view(self, expression: str) -> str:
        if expression not in self.views:
            self.views[expression] = name = self._new("v")
            self.prelude.append(f"{name} = {expression}")
        return self.views[expression]

    def _object(self, prefix: str, value: Any) -> str:
        name = self._new(prefix)
        self.namespace[name] = value
        return name

    def _function(self, name: str) -> str:
        self.functions.add(name)
        return name

    def _constant(self, node: Node) -> str:
        if node.number not in self.names:
            number = node.constant
            if number is not None and math.isfinite(number):
                name = self._new("c")
                self.constants.append(f"{name} = np.array({number!r})")
            else:
                name = self._object("c", np.array(node.attribute).reshape((node.rows, 1) if node.rows > 1 else ()))
            self.names[node.number] = name
        return self.names[node.number]

    def _name(self, node: Node) -> str:
        """The expression for a node: a buffer, or a view that was made beforehand."""
        if node.op is CONSTANT:
            return self._constant(node)
        if node.op is PARAMETERS:
            return "parameters"
        if node.op is POINTS:
            return "points"
        if node.op is ROWS and isinstance(node.attribute, range):
            rows = node.attribute
            step = f":{rows.step}" if rows.step != 1 else ""
            return self._view(f"{self._name(node.operands[0])}[{rows.start}:{rows.stop}{step}]")
        return self.names[node.number]

    def _matrix(self, node: Node, shape: tuple[int, int]) -> str:
        return self._view(f"{self._name(node)}.reshape({shape[0]}, {shape[1]})")

    # Code, one node at a time.

    def _print(self, node: Node, moment: int) -> None:
        if node.op in (INPUT, PARAMETERS, CONSTANT, POINTS) or (node.op is ROWS and isinstance(node.attribute, range)):
            return
        if isinstance(node.op, Ufunc) and node.number not in self.names:
            self._release(node, moment)  # so that the result may take the place of an operand
            self._allot(node)
        else:
            if node.number not in self.names:
                self._allot(node)
            self._release(node, moment)
        out = self.names[node.number]
        points = "n" if node.batched else "1"
        for line in self._lines(node, out):
            self.body.append(f"{line}  # ({node.rows}, {points})")

    def _lines(self, node: Node, out: str) -> list[str]:
        call = self._function
        if node.op is STACK:
            return self._copy_parts(node, out)
        if node.op is SCATTER:
            return self._scatter(node, out)
        if node.op is MATMUL:
            matrix, vectors = node.operands
            return [f"{call('matmul')}({self._matrix(matrix, node.attribute)}, {self._name(vectors)}, out={out})"]
        if node.op is MATMUL_TRANSPOSED:
            return [self._transposed(node, out)]
        if node.op is OUTER:
            x, y = map(self._name, node.operands)
            shaped = self._view(f"{out}.reshape({node.attribute[0]}, {node.attribute[1]})")
            return [f"{call('matmul')}({x}, {self._view(f'{y}.T')}, out={shaped})"]
        if node.op is ADD_ROWS:
            ones = self._view(f"ones((1, {node.operands[0].rows}))")
            return [f"{call('matmul')}({ones}, {self._name(node.operands[0])}, out={out})"]
        if node.op is LARGEST_ROW:
            return [f"{call('maximum')}.reduce({self._name(node.operands[0])}, axis=0, keepdims=True, out={out})"]
        if node.op is ADD_POINTS:
            return [f"{call('matmul')}({self._name(node.operands[0])}, {self._view('ones((n, 1))')}, out={out})"]
        names = [self._name(operand) for operand in node.operands]
        if node.op is WHERE:
            condition, x, y = names
            return [f"{call('copyto')}({out}, {y})", f"{call('copyto')}({out}, {x}, where={condition})"]
        if node.op is EXPAND:
            return [f"{call('copyto')}({out}, {names[0]})"]
        if node.op is ROWS:
            index = self._object("i", np.array(node.attribute))
            return [f"{names[0]}.take({index}, axis=0, out={out}, mode='clip')"]
        if isinstance(node.op, Primitive):
            shapes = ", ".join(names)
            return [f"{call('copyto')}({out}, {self._object('f', on_arrays(node.op))}({shapes}))"]
        return [f"{call(str(node.op))}({', '.join(names)}, out={out})"]

    def _transposed(self, node: Node, out: str) -> str:
        rows, columns, which = node.attribute
        matrix = self._matrix(node.operands[0], (rows, columns))
        adjoint = self._name(node.operands[1])
        transposed = self._view(f"{matrix}[:, {which.start}:{which.stop}].T")
        function = "multiply" if rows == 1 else "matmul"  # a column times a row is their products, quicker
        return f"{self._function(function)}({transposed}, {adjoint}, out={out})"

    def _copy_parts(self, node: Node, out: str) -> list[str]:
        lines, first = [], 0
        for part in node.operands:
            place = self._view(f"{out}[{first}:{first + part.rows}]")
            if part.op is not CONSTANT and self._name(part) != place and not self._same_input(part, place):
                lines.append(f"{self._function('copyto')}({place}, {self._name(part)})")
            first += part.rows
        return lines

    def _same_input(self, part: Node, place: str) -> bool:
        return part.op is INPUT and f"x{part.attribute} = {place}" in self.prelude

    def _scatter(self, node: Node, out: str) -> list[str]:
        lines = [f"{out}.fill(0.0)"]
        for which, part in zip(node.attribute, node.operands, strict=True):
            if isinstance(which, range):
                place = self._view(f"{out}[{which.start}:{which.stop}:{which.step}]")
                lines.append(f"{self._function('add')}({place}, {self._name(part)}, out={place})")
            else:
                index = self._object("i", np.array(which))
                lines.append(f"{self._function('add')}.at({out}, {index}, {self._name(part)})")
        return lines

    def _assemble(self, widths: Sequence[int]) -> str:
        inputs = "".join(f"x{i}, " for i in range(len(widths)))
        functions = sorted(self.functions | {"empty", "ones"})
        lines = [
            f"from numpy import {', '.join(functions)}",
            "",
            "def prepare(n, parameters):",
            "    points = np.array(float(n))",
            *(f"    {line}" for line in self.constants),
            *(f"    {line}" for line in self.prelude),
            "",
            "    def run():",
            *(f"        {line}" for line in self.body or ["pass"]),
            "",
            f"    return ({inputs}), ({''.join(f'{name}, ' for name in self.outputs)}), run",
        ]
        return "\n".join(lines) + "\n"

    def load(self) -> Callable[..., Any]:
        """The function ``prepare``, compiled."""
        load(self.source, self.namespace)
        prepare: Callable[..., Any] = self.namespace["prepare"]
        return prepare


def base(node: Node) -> Node:
    """The node whose buffer a view shows."""
    while node.op is ROWS and isinstance(node.attribute, range):
        node = node.operands[0]
    return node


def on_arrays(primitive: Primitive) -> Callable[..., Any]:
    """An operation of the table as a function of whole arrays."""
    if callable(primitive.array):
        form = primitive.array
        if primitive.sequences:
            return lambda *stacks: form(np, *(list(stack) for stack in stacks))
        return lambda *arrays: form(np, *arrays)

    def one_by_one(*arrays: Array) -> Array:
        rows = [row for stack in arrays for row in stack] if primitive.sequences else arrays
        function = np.frompyfunc(lambda *numbers: primitive.evaluate(numbers), len(rows), 1)
        return np.asarray(function(*rows), float)

    return one_by_one
