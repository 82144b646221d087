"""The NumPy backend: prints a graph as straight-line array code that writes to buffers made beforehand.

The generated code runs once for each size of batch. It makes the buffers and all views that are needed, and defines the
function ``compute`` that does the work: one NumPy call a line, each with ``out=``. A buffer is reused as soon as nobody
needs what it holds. The parts of a stack are computed in place: so the outputs of a layer come to lie above the row of
ones that carries the bias of the next layer, and a gradient is written where the caller wants it.

A graph of thousands of single rows would be as many lines, which nobody reads and which take Python seconds to compile.
There, rows are numbered and calls are listed in a table, which a loop works off.
"""

from __future__ import annotations

import keyword
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from autograd.engine.primitive import Primitive
from autograd.program.backends import Backend
from autograd.program.blocks import fitting
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
    depth_first,
)
from autograd.program.loading import collector_paused, parse, run
from autograd.program.lowering import WHERE, is_truth, lower

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Array = np.ndarray[Any, np.dtype[np.float64]]

_LONG = 3000  # with more operations than this, the code is loops over tables
_FEW = 8  # fewer calls in a row than this are lines even there
_POOLS = {(True, False): "rows", (False, False): "numbers", (True, True): "choices", (False, True): "conditions"}
"""Names for the buffers of single rows in a long program: by whether they are batched, and whether they are truth values."""
_READY = frozenset((INPUT, PARAMETERS, CONSTANT, POINTS))  # what needs no code, since it is there beforehand
_RESERVED = frozenset(dir(np)) | frozenset(keyword.kwlist)
_NAME = re.compile(r"[A-Za-z_]\w*")


class NumpyKernel:
    """Computes results in NumPy.

    Args:
        graph: where the results live.
        results: what to compute.
        widths: the number of rows of each argument.
        count: the number of parameters.
    """

    is_lean = False

    def __init__(self, graph: Graph, results: Sequence[Node], widths: Sequence[int], count: int) -> None:
        writer = _Writer(lower(graph, results), widths, count)
        self.source = writer.source
        self.block = fitting(writer.rows)
        self._code, self._namespace = parse(self.source), writer.namespace

    def plan(self, points: int) -> NumpyPlan:
        """Get ready for batches of one size."""
        with collector_paused():
            made = run(self._code, {**self._namespace, "n": points})
        return NumpyPlan(made["parameters"], made["arguments"], made["results"], made["compute"])


class NumpyPlan:
    """Buffers for batches of one size, and the code that works in them."""

    __slots__ = ("inputs", "parameters", "results", "run")

    def __init__(
        self, parameters: Array, inputs: Sequence[Array], results: Sequence[Array], run: Callable[[], None]
    ) -> None:
        self.parameters = parameters
        self.inputs = inputs
        self.results = results
        self.run = run

    def feed(self, columns: Sequence[Array]) -> None:
        """Copy a batch in, one array of rows for each argument."""
        for buffer, column in zip(self.inputs, columns, strict=True):
            buffer[...] = column


BACKEND = Backend(NumpyKernel, arrays=True)


class _Call(NamedTuple):
    """A call of a function that writes its result somewhere, as a line or as a row of a table."""

    function: str
    arguments: tuple[str, ...]
    out: str

    def __str__(self) -> str:
        if self.function == "copyto":
            x, *condition = self.arguments
            return f"copyto({self.out}, {x}{f', where={condition[0]}' if condition else ''})"
        return f"{self.function}({', '.join(self.arguments)}, out={self.out})"


_Line = str | _Call


class _Writer:
    """Writes the text: first what lies where, then the code, one node at a time."""

    def __init__(self, results: Sequence[Node], widths: Sequence[int], count: int) -> None:
        self.namespace: dict[str, Any] = {"np": np}
        self.functions = {"empty"}  # of NumPy, that the code calls
        self.allocation = [f"parameters = empty({count})"]
        self.body: list[tuple[_Line, Node]] = []
        self.names: dict[int, str] = {}
        self.made: dict[str, str] = {}  # the names of expressions that are evaluated once, beforehand
        self.taken = dict.fromkeys(("parameters", "arguments", "results", "compute", "n", "np"), 1)
        self.lies_at: dict[
            str, str
        ] = {}  # for the buffer of an input that is part of a stack: the view of its place there
        self.free: defaultdict[Any, list[str]] = defaultdict(list)  # buffers that nobody needs any more, by shape
        self.buffers: dict[int, list[str]] = {}  # for each node with a buffer: the list of free ones that it returns to
        self.rows = 0  # of all buffers that have a column for each point
        self.order = depth_first(results)
        self.is_long = len(self.order) > _LONG
        self.pools: dict[tuple[bool, bool], list[Any]] = {kind: [name, 0] for kind, name in _POOLS.items()}
        if self.is_long:
            self.taken.update(dict.fromkeys((*_POOLS.values(), "arrays"), 1))
        self.last_reads = self._find_last_reads(results)
        for node in reversed(self.order):
            if node.op is STACK:
                self._lay_out(node)
        self.inputs = [self._place_input(position, width) for position, width in enumerate(widths)]
        for moment, node in enumerate(self.order):
            self._write(node, moment)
        self.results = [self.array(root) for root in results]
        self.source = self._assemble()

    # What lies where.

    def _find_last_reads(self, results: Sequence[Node]) -> list[list[int]]:
        """The buffers that each moment is the last to read; a view reads the buffer that it shows."""
        read = {base(root).number for root in results}
        last: list[list[int]] = []
        for node in reversed(self.order):
            unread = []
            for operand in node.operands:
                number = base(operand).number if operand.op is ROWS else operand.number
                if number not in read:
                    read.add(number)
                    unread.append(number)
            last.append(unread)
        return last[::-1]

    def _lay_out(self, stack: Node) -> None:
        """Let the parts of a stack that have no place of their own be computed right where the stack has them."""
        if stack.number not in self.names:
            self._allot(stack, permanent=True)
        for part, place in self.places(stack):
            if part.op is CONSTANT:
                self.allocation.append(f"{place}[...] = {self.array(part)}")
            elif (
                part.number not in self.names
                and part.batched == stack.batched
                and part.op not in (ROWS, PARAMETERS, POINTS)
            ):
                self.names[part.number] = place

    def places(self, stack: Node) -> Iterator[tuple[Node, str]]:
        """The parts of a stack, and the views of where they belong."""
        first = 0
        for part in stack.operands:
            yield part, self.view(self.names[stack.number], f"[{first}:{first + part.rows}]")
            first += part.rows

    def _place_input(self, position: int, width: int) -> str:
        node = next((node for node in self.order if node.op is INPUT and node.attribute == position), None)
        name = self._new_name(f"x{position}")
        place = f"empty(({width}, n))" if node is None else self.names.get(node.number, f"empty(({width}, n))")
        self.allocation.append(f"{name} = {place}")
        self.lies_at[name] = place
        if node is not None:
            self.names[node.number] = name
        return name

    def _allot(self, node: Node, *, permanent: bool = False) -> str:
        """Give a node a buffer: one that has become free, or a new one."""
        truth = is_truth(node)
        free = self.free[node.rows, node.batched, truth]
        if self.is_long and node.rows == 1 and not permanent:
            name = free.pop() if free else self._new_row(node.batched, truth)
        else:
            name = self._new_name(node.name)
            if free and not permanent:
                self.allocation.append(f"{name} = {free.pop()}")
            else:
                self.rows += node.rows if node.batched else 0
                points = "n" if node.batched else "1"
                self.allocation.append(f"{name} = empty(({node.rows}, {points}){', bool' if truth else ''})")
        self.names[node.number] = name
        if not permanent:
            self.buffers[node.number] = free
        return name

    def _new_row(self, batched: bool, truth: bool) -> str:
        """A buffer for single rows in a long program, in which these have numbers for names."""
        pool = self.pools[batched, truth]
        pool[1] += 1
        self.rows += batched
        return f"{pool[0]}[{pool[1] - 1}]"

    def _release(self, moment: int) -> None:
        """Take back the buffers that this moment was the last to read."""
        for number in self.last_reads[moment]:
            free = self.buffers.pop(number, None)
            if free is not None:
                free.append(self.names[number])

    # Names.

    def _new_name(self, wanted: str) -> str:
        """A name for what something holds; numbered if there are several."""
        wanted = wanted if wanted.isascii() else "operation"
        name = wanted
        while name in self.taken or name in _RESERVED:
            count = self.taken[wanted] = self.taken.get(wanted, 0) + 1
            name = f"{wanted}_{count}"
        self.taken[name] = 1
        return name

    def once(self, wanted: str, expression: str) -> str:
        """The name of what is made once, beforehand."""
        if expression not in self.made:
            self.made[expression] = name = self._new_name(wanted)
            self.allocation.append(f"{name} = {expression}")
        return self.made[expression]

    def view(self, name: str, how: str) -> str:
        """The name of a view of an array."""
        numbers = "_".join([*re.findall(r"\d+", how), *(["transposed"] if how.endswith(".T") else [])])
        called = name.replace("[", "_").replace("]", "")  # a row in a pool
        return self.once(f"{called}_{numbers or 'view'}", name + how)

    def object(self, wanted: str, value: Any) -> str:
        """The name of an object that is no text."""
        name = self._new_name(wanted)
        self.namespace[name] = value
        return name

    def function(self, name: str) -> str:
        """A function of NumPy."""
        self.functions.add(name)
        return name

    def array(self, node: Node) -> str:
        """The array of a node, of rows by points: a buffer, or a view that was made beforehand."""
        if node.number in self.names:
            return self.names[node.number]
        if node.op is CONSTANT:
            name = self.names[node.number] = self.object("constants", np.array(node.attribute).reshape(node.rows, 1))
            return name
        if node.op is PARAMETERS:
            return self.once("column", "parameters.reshape(-1, 1)")
        if node.op is POINTS:
            return self.once("points", "np.full((1, 1), float(n))")
        if node.op is ROWS and isinstance(node.attribute, range):
            return self._rows(node, self.array(node.operands[0]))
        raise KeyError(node)

    def operand(self, node: Node) -> str:
        """A node as an operand that goes with every row and point: a single number has no axes, which is quicker."""
        if node.rows > 1 or node.batched:
            return self.names.get(node.number) or self.array(node)
        if node.op is CONSTANT:
            number = node.attribute[0]
            text = f"np.array({number!r})" if math.isfinite(number) else f"np.array(float('{number}'))"
            return self.once("number_" + re.sub(r"\W", "_", f"{number:.6g}".replace("-", "minus_")), text)
        return self.view(self.array(node), ".reshape(())")

    def matrix(self, node: Node, rows: int, columns: int) -> str:
        """A column as the matrix that it holds row by row."""
        shaped = f".reshape({rows}, {columns})"
        if node.op is PARAMETERS:
            return self.once("weights", f"parameters{shaped}")
        if node.op is ROWS and node.operands[0].op is PARAMETERS and isinstance(node.attribute, range):
            return self.once("weights", f"parameters{_slice(node.attribute)}{shaped}")
        return self.view(self.array(node), shaped)

    def _rows(self, node: Node, name: str) -> str:
        return self.view(name, _slice(node.attribute))

    # Code, one node at a time.

    def _write(self, node: Node, moment: int) -> None:
        if node.op in _READY or (node.op is ROWS and isinstance(node.attribute, range)):
            return
        function = node.op if isinstance(node.op, Ufunc) else None
        if function is not None and node.number not in self.names:
            self._release(moment)  # so that the result may take the place of an operand
            self._allot(node)
        else:
            if node.number not in self.names:
                self._allot(node)
            self._release(moment)
        out = self.names[node.number]
        if function is not None:
            self.body.append((self.call(function, *map(self.operand, node.operands), out=out), node))
        elif isinstance(node.op, Primitive):
            names = map(self.array if node.op.sequences else self.operand, node.operands)
            form = self.object(node.name, on_arrays(node.op))
            self.body.append((f"{self.function('copyto')}({out}, {form}({', '.join(names)}))", node))
        else:
            self.body += [(line, node) for line in _WRITTEN[node.op](self, node, out)]

    def call(self, function: str, *arguments: str, out: str) -> _Call:
        """A call of a function of NumPy that writes its result somewhere."""
        return _Call(self.function(function), arguments, out)

    def copy(self, out: str, *x: str) -> _Call:
        """A copy; of all, or where something is true."""
        return _Call(self.function("copyto"), x, out)

    def _assemble(self) -> str:
        body = self._in_loops() if self.is_long else [self._line(line, node) for line, node in self.body]
        lines = [
            f"from numpy import {', '.join(sorted(self.functions))}",
            "",
            *_laid_out(self.allocation, [*body, *self.inputs, *self.results]),
            f"arguments = [{', '.join(self.inputs)}]",
            f"results = [{', '.join(self.results)}]",
            "",
            "",
            "def compute():",
            *(f"    {line}" for line in body or ["pass"]),
        ]
        return "\n".join(lines) + "\n"

    def _line(self, line: _Line, node: Node) -> str:
        return f"{line}  # ({node.rows}, {'n' if node.batched else '1'})"

    def _in_loops(self) -> list[str]:
        """The body of a long program: calls that follow each other become a table, and a loop that works it off."""
        places: defaultdict[str, int] = defaultdict()  # of the arrays, by their names, in one list of all
        places.default_factory = places.__len__
        pools = self._number_pools(places)
        in_pools = len(places)
        body, steps = [], []
        for is_call, group in groupby(self.body, key=lambda entry: isinstance(entry[0], _Call)):
            lines = list(group)
            if not is_call or len(lines) < _FEW:
                body += [self._line(*entry) for entry in lines]
                continue
            table = self._table([call for call, _ in lines if isinstance(call, _Call)], places)
            name = self._new_name("steps")
            steps.append(f"{name} = [(call, [arrays[i] for i in which], arrays[out]) for call, which, out in {table}]")
            body += [
                f"for function, operands, out in {name}:  # {len(lines):,} calls, as {lines[0][0]}",
                "    function(*operands, out=out)",
            ]
        arrays = [f"*{pool}" for pool, count in self.pools.values() if count] + list(places)[in_pools:]
        self.allocation = [*pools, *self.allocation, f"arrays = [{', '.join(arrays)}]", *steps]
        return body

    def _number_pools(self, places: dict[str, int]) -> list[str]:
        """Give the buffers of single rows the first places; returns the lines that make these buffers."""
        lines = []
        for (batched, truth), (pool, count) in self.pools.items():
            if count:
                first = len(places)
                places.update((f"{pool}[{i}]", first + i) for i in range(count))
                points, kind = "n" if batched else "1", ", bool" if truth else ""
                lines.append(f"{pool} = list(empty(({count}, 1, {points}){kind}))")
        return lines

    def _table(self, calls: Sequence[_Call], places: defaultdict[str, int]) -> str:
        """The name of a table of calls: of each the function, the places of its arguments, and that of its result."""
        functions = {name: _copy if name == "copyto" else getattr(np, name) for name in self.functions}
        rows = [
            (functions[each.function], [places[name] for name in each.arguments], places[each.out]) for each in calls
        ]
        return self.object("table", rows)


def _laid_out(allocation: Sequence[str], used: Sequence[str]) -> list[str]:
    """What is made beforehand: buffers first, then their views. A view that only another view uses is merged into that."""
    buffers = [line for line in allocation if "empty((" in line or line.startswith("parameters = ")]
    others = dict(enumerate(line for line in allocation if line not in buffers))
    uses = Counter(name for line in (*others.values(), *used) for name in set(_NAME.findall(line)))
    made = {line.partition(" = ")[0]: i for i, line in others.items() if " = " in line}
    for i, line in list(others.items()):
        name, _, expression = line.partition(" = ")
        start = _NAME.match(expression)
        if start is not None and start[0] in made and uses[start[0]] == 2:  # where it is made, and here
            before = others.pop(made[start[0]]).partition(" = ")[2]
            others[i] = f"{name} = {before}{expression[start.end() :]}"
    return ["# Buffers.", *buffers, "", "# What shows them, or uses them again for something else.", *others.values()]


def _copy(x: Array, where: Any = True, *, out: Array) -> None:
    np.copyto(out, x, where=where)


def _slice(rows: range) -> str:
    return f"[{rows.start}:{rows.stop}{f':{rows.step}' if rows.step != 1 else ''}]"


def _rows(writer: _Writer, node: Node, out: str) -> Sequence[_Line]:
    index = writer.object("index", np.array(node.attribute))
    return [f"{writer.array(node.operands[0])}.take({index}, axis=0, out={out}, mode='clip')"]


def _stack(writer: _Writer, node: Node, out: str) -> Sequence[_Line]:
    parts = [(writer.array(part), place) for part, place in writer.places(node) if part.op is not CONSTANT]
    return [writer.copy(place, part) for part, place in parts if place not in (part, writer.lies_at.get(part))]


def _scatter(writer: _Writer, node: Node, out: str) -> Sequence[_Line]:
    lines: list[_Line] = [f"{out}.fill(0.0)"]
    for rows, part in zip(node.attribute, map(writer.array, node.operands), strict=True):
        if isinstance(rows, range):
            place = writer.view(out, _slice(rows))
            lines.append(writer.call("add", place, part, out=place))
        else:
            lines.append(f"{writer.function('add')}.at({out}, {writer.object('index', np.array(rows))}, {part})")
    return lines


def _matmul(writer: _Writer, node: Node, out: str) -> Sequence[_Line]:
    matrix, vectors = node.operands
    return [writer.call("matmul", writer.matrix(matrix, *node.attribute), writer.array(vectors), out=out)]


def _matmul_transposed(writer: _Writer, node: Node, out: str) -> Sequence[_Line]:
    rows, columns, which = node.attribute
    matrix, adjoint = node.operands
    transposed = writer.view(writer.matrix(matrix, rows, columns), f"[:, {which.start}:{which.stop}].T")
    function = "multiply" if rows == 1 else "matmul"  # a column times a row is their products, quicker
    return [writer.call(function, transposed, writer.array(adjoint), out=out)]


def _outer(writer: _Writer, node: Node, out: str) -> Sequence[_Line]:
    x, y = map(writer.array, node.operands)
    rows, columns = node.attribute
    return [writer.call("matmul", x, writer.view(y, ".T"), out=writer.view(out, f".reshape({rows}, {columns})"))]


def _add_rows(writer: _Writer, node: Node, out: str) -> Sequence[_Line]:
    (x,) = node.operands
    ones = writer.once("ones", f"np.ones((1, {x.rows}))")
    return [writer.call("matmul", ones, writer.array(x), out=out)]


def _add_points(writer: _Writer, node: Node, out: str) -> Sequence[_Line]:
    ones = writer.once("ones", "np.ones((n, 1))")
    return [writer.call("matmul", writer.array(node.operands[0]), ones, out=out)]


def _largest_row(writer: _Writer, node: Node, out: str) -> Sequence[_Line]:
    return [f"{writer.function('maximum')}.reduce({writer.array(node.operands[0])}, axis=0, keepdims=True, out={out})"]


def _where(writer: _Writer, node: Node, out: str) -> Sequence[_Line]:
    condition, x, y = map(writer.operand, node.operands)
    return [writer.copy(out, y), writer.copy(out, x, condition)]


def _expand(writer: _Writer, node: Node, out: str) -> Sequence[_Line]:
    return [writer.copy(out, writer.operand(node.operands[0]))]


_WRITTEN: dict[str, Callable[[_Writer, Node, str], Sequence[_Line]]] = {
    ROWS: _rows,
    STACK: _stack,
    SCATTER: _scatter,
    MATMUL: _matmul,
    MATMUL_TRANSPOSED: _matmul_transposed,
    OUTER: _outer,
    ADD_ROWS: _add_rows,
    ADD_POINTS: _add_points,
    LARGEST_ROW: _largest_row,
    WHERE: _where,
    EXPAND: _expand,
}
"""How NumPy writes what is no function of its own: the lines that leave a node's array in its buffer."""


def base(node: Node) -> Node:
    """The node whose buffer a view shows."""
    while node.op is ROWS and isinstance(node.attribute, range):
        node = node.operands[0]
    return node


def on_arrays(primitive: Primitive) -> Callable[..., Any]:
    """An operation of the table as a function of whole arrays; a sequence comes as an array with a row for each element."""
    form = primitive.array
    if callable(form):
        return lambda *arrays: form(np, *arrays)

    def one_by_one(*arrays: Array) -> Array:
        rows = [row for stack in arrays for row in stack] if primitive.sequences else arrays
        function = np.frompyfunc(lambda *numbers: primitive.evaluate(numbers), len(rows), 1)
        return np.asarray(function(*rows), float)

    return one_by_one
