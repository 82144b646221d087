"""Does a program still compute what its function does? Its recording is compared with a fresh one, and with the function."""

from __future__ import annotations

import random
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.engine.primitive import Primitive
from autograd.engine.value import Value
from autograd.program.graph import CONSTANT, INPUT, PARAMETER, ROWS, Node, reachable
from autograd.program.recording import Recording, check_result, join

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Array = np.ndarray[Any, np.dtype[np.float64]]

_TOLERANCE = 1e-9


class UnfaithfulError(RuntimeError):
    """A program is not, or no longer, what its function does."""


@contextmanager
def random_state_put_back() -> Iterator[None]:
    """A context in which random generators give other numbers than just before, and after which they are as they were."""
    states = random.getstate(), np.random.get_state()
    try:
        random.random()
        np.random.random()
        yield
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])


def difference(old: Recording, new: Recording) -> str:
    """In what a fresh recording differs from the old one, in words; "" if they are the same."""
    if old.shape != new.shape:
        return f"its result had the shape {old.shape}, and now has {new.shape}"
    before, after = _lines(old), _lines(new)
    for line, other in zip(before, after, strict=False):
        if line != other:
            return f"where it had {_describe(line, old)}, it now has {_describe(other, new)}"
    if len(before) != len(after):
        return f"it was made of {len(before)} operations, and now is of {len(after)}"
    changed = [i for i, (a, b) in enumerate(zip(old.parameters, new.parameters, strict=False)) if a is not b]
    if changed or len(old.parameters) != len(new.parameters):
        i = changed[0] if changed else min(len(old.parameters), len(new.parameters))
        name = next((each[i].label for each in (old.parameters, new.parameters) if i < len(each) and each[i].label), "")
        return f"its parameters are others, from number {i} on{f' ({name})' if name else ''}"
    return ""


_Line = tuple[Any, tuple[int, ...], Any]


def _lines(recording: Recording) -> list[_Line]:
    """The operations of a recording, and what each is of; comparable among recordings."""
    order = reachable(recording.roots)
    place = {node.number: i for i, node in enumerate(order)}
    lines = [(node.op, tuple(place[each.number] for each in node.operands), _bits(node)) for node in order]
    return [*lines, ("result", tuple(place[root.number] for root in recording.roots), None)]


def _bits(node: Node) -> Any:
    return tuple(number.hex() for number in node.attribute) if node.op is CONSTANT else node.attribute


def _describe(line: _Line, recording: Recording) -> str:
    op, _, attribute = line
    if op is CONSTANT:
        return f"the plain number {float.fromhex(attribute[0]):.9g}"
    if op is PARAMETER:
        return f"the parameter {recording.parameters[attribute].label or attribute}"
    if op in (INPUT, ROWS):
        return "an argument"
    return f"the operation {op.title}" if isinstance(op, Primitive) else f"a {op}"


def difference_at(
    function: Callable[..., Any],
    parameters: Sequence[Value],
    point: Sequence[Any],
    values: Array,
    gradient: Array | None,
) -> str:
    """In what the program differs from its function, run by the eager engine at one point, in words; "" if in nothing.

    Args:
        function: the function itself.
        parameters: the `Value`s that `gradient` is with respect to.
        point: for each argument a float, or a list of floats if it is a sequence.
        values: the program's values.
        gradient: the program's gradient; None if it has several results.
    """
    exact, derivatives = follow(function, parameters if gradient is not None else None, point)
    if not _near(values, exact):
        return f"at {_shown(point)} it comes to {_shown(exact)}, and the program to {_shown(values)}"
    if gradient is not None:
        exact = derivatives
        if not _near(gradient, exact):
            worst = int(np.nanargmax(np.abs(np.nan_to_num(gradient) - np.nan_to_num(exact))))
            name = parameters[worst].label or f"parameter {worst}"
            return (
                f"at {_shown(point)} its derivative with respect to {name} is {exact[worst]:.9g}, "
                f"and that of the program {gradient[worst]:.9g}"
            )
    return ""


def follow(
    function: Callable[..., Any], parameters: Sequence[Value] | None, point: Sequence[Any]
) -> tuple[Array, Array]:
    """What a function comes to by the eager engine at one point, and the gradient with respect to parameters, if any."""
    result = function(*(Value(x) if isinstance(x, float) else [Value(each) for each in x] for x in point))
    shape, results = check_result(result, "the function")
    exact = np.reshape([each.data for each in results], shape)
    if parameters is None:
        return exact, np.empty(0)
    kept = [parameter.grad for parameter in parameters]
    try:
        for parameter in parameters:
            parameter.grad = 0.0
        join(results).backward()
        return exact, np.array([parameter.grad for parameter in parameters])
    finally:
        for parameter, number in zip(parameters, kept, strict=True):
            parameter.grad = number


def _near(obtained: Array, exact: Array) -> bool:
    size = float(np.max(np.abs(exact), initial=0.0, where=np.isfinite(exact)))
    return obtained.shape == exact.shape and bool(
        np.allclose(obtained, exact, rtol=_TOLERANCE, atol=_TOLERANCE * size, equal_nan=True)
    )


def _shown(numbers: Any) -> str:
    return f"{np.asarray(numbers).tolist() if not isinstance(numbers, (list, tuple)) else list(numbers)!r:.80}"
