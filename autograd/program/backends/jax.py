"""The JAX backend: prints the lowered graph as plain array code, which XLA fuses and runs on whatever device JAX has.

Numbers are doubles, by a setting that holds inside this backend only. With more than one device the points of a batch
are spread over all of them, and parameters are copied to each; JAX adds the gradients up. So does it over many
machines, once they have been joined with ``jax.distributed.initialize``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import sharding

from autograd.engine.primitive import Primitive
from autograd.program.backends import Backend
from autograd.program.backends.numpy import on_arrays
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
    reachable,
)
from autograd.program.loading import load
from autograd.program.lowering import lower

if TYPE_CHECKING:
    from collections.abc import Sequence

    Array = np.ndarray[Any, np.dtype[np.float64]]


def in_doubles() -> Any:
    """The context in which JAX computes with doubles, under the name that the installed version has for it."""
    if hasattr(jax, "enable_x64"):
        return jax.enable_x64(True)
    from jax import experimental

    return getattr(experimental, "enable_x64")()  # noqa: B009


class JaxKernel:
    """Computes results in JAX.

    Args:
        graph: where the results live.
        results: what to compute.
        widths: the number of rows of each argument.
        count: the number of parameters.
    """

    block, is_lean = 0, False

    def __init__(self, graph: Graph, results: Sequence[Node], widths: Sequence[int], count: int) -> None:
        writer = _Writer(len(widths))
        self.source = writer.write(lower(graph, results))
        load(self.source, writer.namespace)
        self.compute = jax.jit(writer.namespace["compute"], static_argnums=0)
        self.results, self.count = results, count
        spec: Any = sharding.PartitionSpec
        mesh = sharding.Mesh(np.array(jax.devices()), ("points",))
        self.devices = mesh.size
        self.spread = sharding.NamedSharding(mesh, spec(None, "points"))
        self.copied = sharding.NamedSharding(mesh, spec())

    def plan(self, points: int) -> JaxPlan:
        """Get ready for batches of one size."""
        return JaxPlan(self, points)


class JaxPlan:
    """A kernel and a batch, which stays on its devices."""

    def __init__(self, kernel: JaxKernel, points: int) -> None:
        self._kernel, self._points = kernel, points
        self._shares: list[tuple[int, list[Any]]] = [(points, [])]
        self.parameters: Array = np.empty(kernel.count)
        self.results = [np.empty((each.rows, points if each.batched else 1)) for each in kernel.results]

    def feed(self, columns: Sequence[Array]) -> None:
        """Take a batch: as many points as divide evenly among the devices, and apart from these the few that remain."""
        if not columns:
            return
        even = self._points - self._points % self._kernel.devices
        parts = ((slice(0, even), self._kernel.spread), (slice(even, self._points), self._kernel.copied))
        with in_doubles():
            self._shares = [
                (part.stop - part.start, [jax.device_put(column[:, part], where) for column in columns])
                for part, where in parts
                if part.stop > part.start
            ]

    def run(self) -> None:
        """Compute the results; sums over the points are added up over the shares."""
        first = 0
        with in_doubles():
            parameters = jax.device_put(self.parameters[:, np.newaxis], self._kernel.copied)
            for points, share in self._shares:
                found = map(np.asarray, self._kernel.compute(points, parameters, *share))
                for node, array, part in zip(self._kernel.results, self.results, found, strict=True):
                    if node.batched:
                        array[:, first : first + points] = part
                    else:
                        array[...] = part if first == 0 else array + part
                first += points


BACKEND = Backend(JaxKernel, arrays=True)


class _Writer:
    """Writes a function of the number of points, the parameters and the inputs, one array operation a line."""

    def __init__(self, inputs: int) -> None:
        self.inputs = [f"x{i}" for i in range(inputs)]
        self.namespace: dict[str, Any] = {"np": jnp}

    def write(self, results: Sequence[Node]) -> str:
        """The text of the function ``compute``, which returns the results, each of rows by points."""
        lines = [f"def compute({', '.join(['n', 'parameters', *self.inputs])}):"]
        names: dict[int, str] = {}
        for node in reachable(results):
            expression = self._expression(node, [names[operand.number] for operand in node.operands])
            if expression.isidentifier():
                names[node.number] = expression
            else:
                name = names[node.number] = f"{node.name}_{node.number}" if node.name.isascii() else f"v{node.number}"
                lines.append(f"    {name} = {expression}  # ({node.rows}, {'n' if node.batched else '1'})")
        returned = ", ".join(in_full(each, names[each.number]) for each in results)
        return "\n".join([*lines, f"    return [{returned}]", ""])

    def object(self, wanted: str, value: Any) -> str:
        """The name of an object that is no text."""
        name = f"{wanted}{len(self.namespace)}"
        self.namespace[name] = value
        return name

    def _expression(self, node: Node, names: list[str]) -> str:
        if node.op in _WRITTEN:
            return _WRITTEN[node.op](self, node, *names)
        if isinstance(node.op, Primitive):
            return f"{self.object('f', in_jax(node.op))}({', '.join(names)})"
        return f"np.{node.op}({', '.join(names)})"

    def rows(self, rows: Any) -> str:
        """An index of rows."""
        if isinstance(rows, range):
            return f"{rows.start}:{rows.stop}{f':{rows.step}' if rows.step != 1 else ''}"
        return self.object("index", np.array(rows))


def in_full(node: Node, name: str, batched: bool = False) -> str:
    """An array with all its rows and points."""
    return f"np.broadcast_to({name}, ({node.rows}, {'n' if node.batched or batched else 1}))"


def _stack(writer: _Writer, node: Node, *names: str) -> str:
    parts = (in_full(part, name, node.batched) for part, name in zip(node.operands, names, strict=True))
    return f"np.concatenate([{', '.join(parts)}])"


def _scatter(writer: _Writer, node: Node, *names: str) -> str:
    text = f"np.zeros(({node.rows}, {'n' if node.batched else 1}))"
    for rows, name in zip(node.attribute, names, strict=True):
        text += f".at[{writer.rows(rows)}].add({name})"
    return text


def _matmul_transposed(writer: _Writer, node: Node, matrix: str, adjoint: str) -> str:
    rows, columns, which = node.attribute
    return f"{matrix}.reshape({rows}, {columns})[:, {writer.rows(which)}].T @ {adjoint}"


_WRITTEN: dict[Any, Callable[..., str]] = {
    INPUT: lambda writer, node: writer.inputs[node.attribute],
    PARAMETERS: lambda writer, node: "parameters",
    CONSTANT: lambda writer, node: writer.object("constants", np.array(node.attribute).reshape(-1, 1)),
    POINTS: lambda writer, node: "np.full((1, 1), float(n))",
    ROWS: lambda writer, node, x: f"{x}[{writer.rows(node.attribute)}]",
    EXPAND: lambda writer, node, x: in_full(node, x),
    STACK: _stack,
    SCATTER: _scatter,
    MATMUL: lambda writer, node, a, x: f"{a}.reshape({node.attribute[0]}, {node.attribute[1]}) @ {x}",
    MATMUL_TRANSPOSED: _matmul_transposed,
    OUTER: lambda writer, node, x, y: f"({x} @ {y}.T).reshape({node.rows}, 1)",
    ADD_ROWS: lambda writer, node, x: f"{x}.sum(axis=0, keepdims=True)",
    LARGEST_ROW: lambda writer, node, x: f"{x}.max(axis=0, keepdims=True)",
    ADD_POINTS: lambda writer, node, x: f"{x}.sum(axis=1, keepdims=True)",
}
"""How JAX writes what is no function of `jax.numpy`."""


def in_jax(primitive: Primitive) -> Callable[..., Any]:
    """An operation of the table as a function of JAX's arrays; one that JAX lacks is called back in Python."""
    form = primitive.array
    if callable(form):
        if primitive.sequences:
            return lambda *stacks: jnp.reshape(form(jnp, *stacks), (1, -1))
        return lambda *arrays: form(jnp, *arrays)

    def function(*arrays: Any) -> Any:
        found = on_arrays(primitive)(*map(np.asarray, arrays))
        return found.reshape(1, -1) if primitive.sequences else found

    def call_back(*arrays: Any) -> Any:
        if primitive.sequences:
            shape = (1, max(array.shape[1] for array in arrays))
        else:
            shape = jnp.broadcast_shapes(*(each.shape for each in arrays))
        describe: Any = jax.ShapeDtypeStruct
        return jax.pure_callback(function, describe(shape, np.float64), *arrays, vmap_method="sequential")

    return call_back
