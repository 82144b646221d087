"""The JAX backend: prints the lowered graph as plain array code, which XLA fuses and runs on whatever device JAX has.

Numbers are doubles, by a setting that holds inside this backend only. With more than one device the points of a batch
are spread over all of them, and parameters are copied to each; JAX adds the gradients up. So does it over many
machines, once they have been joined with ``jax.distributed.initialize``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import sharding

from autograd.engine.primitive import Primitive
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
    from collections.abc import Callable, Sequence

    Array = np.ndarray[Any, np.dtype[np.float64]]


def in_doubles() -> Any:
    """The context in which JAX computes with doubles, under the name that the installed version has for it."""
    if hasattr(jax, "enable_x64"):
        return jax.enable_x64(True)
    from jax import experimental

    return getattr(experimental, "enable_x64")()  # noqa: B009


class JaxBackend:
    """Runs a program in JAX.

    Args:
        graph: where the nodes live.
        root: the result, one row.
        gradient: the derivative of the result's sum over the points with respect to all parameters.
        widths: the number of rows of each input.
    """

    def __init__(self, graph: Graph, root: Node, gradient: Node, widths: Sequence[int]) -> None:
        printer = _Printer(widths)
        self.source = "\n".join(
            (
                printer.function("value", lower(graph, [root])),
                printer.function("sum_and_gradient", lower(graph, [graph.add_points(root), gradient])),
            )
        )
        load(self.source, printer.namespace)
        self._value = jax.jit(printer.namespace["value"], static_argnums=0)
        self._sum_and_gradient = jax.jit(printer.namespace["sum_and_gradient"], static_argnums=0)
        self.size = gradient.rows
        spec: Any = sharding.PartitionSpec
        mesh = sharding.Mesh(np.array(jax.devices()), ("points",))
        self._devices = mesh.size
        self._spread = sharding.NamedSharding(mesh, spec(None, "points"))
        self._copied = sharding.NamedSharding(mesh, spec())

    def shares(self, columns: Sequence[Array], points: int) -> list[tuple[int, list[Any]]]:
        """The batch in one share that all devices divide evenly, and the few points that remain."""
        even = points - points % self._devices if columns else 0
        shares = []
        if even:
            shares.append((even, [jax.device_put(column[:, :even], self._spread) for column in columns]))
        if even < points:
            shares.append((points - even, [jax.device_put(column[:, even:], self._copied) for column in columns]))
        return shares

    def values(self, parameters: Array, columns: Sequence[Array], points: int) -> Array:
        """The value at each point."""
        with in_doubles():
            theta = jax.device_put(parameters[:, np.newaxis], self._copied)
            found = [np.asarray(self._value(n, theta, *share)[0])[0] for n, share in self.shares(columns, points)]
        return np.concatenate([np.empty(0), *found])

    def sum_and_gradient(self, parameters: Array, columns: Sequence[Array], points: int) -> tuple[float, Array]:
        """The sum of the values over the points, and its gradient with respect to the parameters."""
        with in_doubles():
            return self.add_up(parameters, self.shares(columns, points))

    def add_up(self, parameters: Array, shares: Sequence[tuple[int, list[Any]]]) -> tuple[float, Array]:
        theta = jax.device_put(parameters[:, np.newaxis], self._copied)
        total, gradient = 0.0, np.zeros(self.size)
        for points, share in shares:
            value, part = self._sum_and_gradient(points, theta, *share)
            total += float(value[0, 0])
            gradient += np.asarray(part)[:, 0]
        return total, gradient

    def bind(self, points: int) -> BoundJax:
        """The program for batches of one size."""
        return BoundJax(self, points)


class BoundJax:
    """A program that is bound to a batch, which stays on its devices."""

    def __init__(self, backend: JaxBackend, points: int) -> None:
        self._backend, self._points = backend, points
        self.parameters: Array = np.zeros(backend.size)
        self.gradient: Array = np.zeros(backend.size)

    def feed(self, columns: Sequence[Array]) -> None:
        """Take a batch, one array of rows for each argument."""
        with in_doubles():
            self._shares = self._backend.shares(columns, self._points)

    def run(self) -> float:
        """Compute the sum, and leave its gradient in `gradient`."""
        with in_doubles():
            total, self.gradient[:] = self._backend.add_up(self.parameters, self._shares)
        return total


class _Printer:
    """Prints functions of the number of points, the parameters and the inputs, one array operation a line."""

    def __init__(self, widths: Sequence[int]) -> None:
        self.widths = widths
        self.namespace: dict[str, Any] = {"np": jnp}

    def function(self, name: str, results: Sequence[Node]) -> str:
        """The text of a function that returns the results, each of rows by points."""
        inputs = "".join(f", x{i}" for i in range(len(self.widths)))
        lines = [f"def {name}(n, parameters{inputs}):"]
        names: dict[int, str] = {}
        for node in reachable(results):
            expression = self._expression(node, [names[operand.number] for operand in node.operands])
            if expression.isidentifier():
                names[node.number] = expression
            else:
                variable = names[node.number] = f"v{node.number}"
                lines.append(f"    {variable} = {expression}  # ({node.rows}, {'n' if node.batched else '1'})")
        results_text = ", ".join(
            f"np.broadcast_to({names[each.number]}, ({each.rows}, {'n' if each.batched else 1}))" for each in results
        )
        return "\n".join([*lines, f"    return ({results_text},)"]) + "\n"

    def _object(self, prefix: str, value: Any) -> str:
        name = f"{prefix}{len(self.namespace)}"
        self.namespace[name] = value
        return name

    def _expression(self, node: Node, names: list[str]) -> str:
        op, attribute = node.op, node.attribute
        if op is INPUT:
            return f"x{attribute}"
        if op is PARAMETERS:
            return "parameters"
        if op is CONSTANT:
            return self._object("c", np.array(attribute).reshape(-1, 1))
        if op is POINTS:
            return "float(n)"
        if op is ROWS:
            if isinstance(attribute, range):
                return f"{names[0]}[{attribute.start}:{attribute.stop}:{attribute.step}]"
            return f"{names[0]}[{self._object('i', np.array(attribute))}]"
        if op is STACK:
            return f"np.concatenate([{', '.join(map(self._in_full, node.operands, names, [node] * len(names)))}])"
        if op is SCATTER:
            return self._scatter(node, names)
        if op is EXPAND:
            return f"np.broadcast_to({names[0]}, ({node.rows}, {'n' if node.batched else 1}))"
        if isinstance(op, Primitive):
            return f"{self._object('f', in_jax(op))}({', '.join(names)})"
        return self._linear(node, names) or f"np.{op}({', '.join(names)})"

    def _in_full(self, part: Node, name: str, stack: Node) -> str:
        if stack.batched and not part.batched:
            return f"np.broadcast_to({name}, ({part.rows}, n))"
        return name

    def _scatter(self, node: Node, names: list[str]) -> str:
        text = f"np.zeros(({node.rows}, {'n' if node.batched else 1}))"
        for which, name in zip(node.attribute, names, strict=True):
            index = (
                f"{which.start}:{which.stop}:{which.step}"
                if isinstance(which, range)
                else self._object("i", np.array(which))
            )
            text += f".at[{index}].add({name})"
        return text

    def _linear(self, node: Node, names: list[str]) -> str:
        op, attribute = node.op, node.attribute
        if op is MATMUL:
            return f"{names[0]}.reshape({attribute[0]}, {attribute[1]}) @ {names[1]}"
        if op is MATMUL_TRANSPOSED:
            rows, columns, which = attribute
            return f"{names[0]}.reshape({rows}, {columns})[:, {which.start}:{which.stop}].T @ {names[1]}"
        if op is OUTER:
            return f"({names[0]} @ {names[1]}.T).reshape({node.rows}, 1)"
        if op in (ADD_ROWS, ADD_POINTS, LARGEST_ROW):
            function = "max" if op is LARGEST_ROW else "sum"
            return f"{names[0]}.{function}(axis={1 if op is ADD_POINTS else 0}, keepdims=True)"
        return ""


def in_jax(primitive: Primitive) -> Callable[..., Any]:
    """An operation of the table as a function of JAX's arrays; one that JAX lacks is called back in Python."""
    form = primitive.array
    if callable(form):
        if primitive.sequences:
            return lambda *stacks: jnp.reshape(form(jnp, *(list(stack) for stack in stacks)), (1, -1))
        return lambda *arrays: form(jnp, *arrays)

    def function(*arrays: Any) -> Any:
        found = on_arrays(primitive)(*map(np.asarray, arrays))
        return found.reshape(1, -1) if primitive.sequences else found

    def call_back(*arrays: Any) -> Any:
        shape = (
            (1, arrays[0].shape[1]) if primitive.sequences else jnp.broadcast_shapes(*(each.shape for each in arrays))
        )
        describe: Any = jax.ShapeDtypeStruct
        return jax.pure_callback(function, describe(shape, np.float64), *arrays, vmap_method="sequential")

    return call_back
