"""What an eval gives to each library: a gradient to compute, ready to be called again and again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

import autograd
from autograd import Value
from autograd.program import Program

Work = Callable[[], Any]


class Problem(NamedTuple):
    """An eval as this library takes it.

    Attributes:
        function: of one point of the batch, or of nothing.
        parameters: with respect to what the gradient is, of the sum over the points; None for the derivatives of every
            result at every point with respect to the arguments.
        batch: an array for each argument, with a row for each point.
        wanted: with respect to the first how many arguments; the others are data.
    """

    function: Callable[..., Any]
    parameters: list[Value] | None
    batch: tuple[Any, ...] = ()
    wanted: int = 0

    def program(self, backend: str) -> Program:
        """The function as a program."""
        widths = [None if column.ndim == 1 else column.shape[1] for column in self.batch]
        return autograd.compile(self.function, backend=backend, parameters=self.parameters, widths=widths)

    def compiled(self, backend: str) -> Work:
        """The gradient by a compiled program."""
        return self.gradient(self.program(backend))

    def gradient(self, program: Program) -> Work:
        """The gradient by a program that is there."""
        if self.parameters is None:
            return lambda: program.jacobian(*self.batch)[: self.wanted]
        step = program.bind(*self.batch, reduce="sum")

        def work() -> Any:
            step()
            return step.gradient

        return work

    def eager(self) -> Work:
        """The gradient by the engine that follows every scalar."""
        points = (
            [[column[i].tolist() for column in self.batch] for i in range(len(self.batch[0]))] if self.batch else [[]]
        )
        return self._by_points(points) if self.parameters is None else self._by_sum(points, self.parameters)

    def _by_sum(self, points: list[list[Any]], parameters: list[Value]) -> Work:
        def work() -> Any:
            for parameter in parameters:
                parameter.grad = 0.0
            for point in points:
                self.function(*point).backward()
            return [parameter.grad for parameter in parameters]

        return work

    def _by_points(self, points: list[list[Any]]) -> Work:
        def derivatives(point: list[Any]) -> list[Any]:
            """For each argument, of each result."""
            given = [list(map(Value, x)) if isinstance(x, list) else Value(x) for x in point[: self.wanted]]
            tables: list[list[Any]] = [[] for _ in given]
            for result in self.function(*given, *point[self.wanted :]):
                for leaf in leaves(given):
                    leaf.grad = 0.0
                result.backward()
                for table, argument in zip(tables, given, strict=True):
                    table.append([leaf.grad for leaf in leaves(argument)])
            return tables

        return lambda: list(zip(*map(derivatives, points), strict=True))


def values(numbers: Any) -> Any:
    """Numbers in nested lists, or an array of them, as parameters."""
    return [values(each) for each in numbers] if np.ndim(numbers) else Value(float(numbers))


def leaves(nested: Any) -> list[Value]:
    """The parameters in nested lists, one after the other."""
    return [leaf for each in nested for leaf in leaves(each)] if isinstance(nested, list) else [nested]


def jax_gradient(function: Callable[..., Any], arguments: Sequence[Any], derivative: Any = None) -> Work:
    """The gradient of a function with respect to all its arguments, by JAX's jit; the arguments lie on the device."""
    import jax

    argnums = tuple(range(len(arguments)))
    gradient = jax.jit((derivative or jax.grad)(function, argnums))
    placed = [jax.device_put(np.asarray(argument, float)) for argument in arguments]
    return lambda: jax.block_until_ready(gradient(*placed))


def torch_gradient(function: Callable[..., Any], arguments: Sequence[Any]) -> Work:
    """The gradient of a function with respect to all its arguments, by PyTorch."""
    import torch

    tensors = [torch.tensor(np.asarray(argument, float), requires_grad=True) for argument in arguments]
    return lambda: torch.autograd.grad(function(*tensors), tensors)


def flat(result: Any) -> Any:
    """Whatever a library returned, as one row of numbers."""
    if isinstance(result, (tuple, list)):
        return np.concatenate([flat(each) for each in result])
    return np.asarray(result, float).ravel()
