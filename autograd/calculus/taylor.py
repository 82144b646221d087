"""`taylor`: the power series of a function, from the graph of one call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograd.calculus.call import Call
from autograd.calculus.containers import like
from autograd.calculus.functions import check_function
from autograd.calculus.series import Series, apply
from autograd.engine.value import Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from autograd.calculus.series import Memory


def taylor(f: Callable[..., Any], x: Any, n: int, direction: Any = None) -> list[Any]:
    """The Taylor coefficients f^(k)(x) / k! of a function, for k = 0, ..., n.

    They come from power series arithmetic on the graph of one call, in a time that grows with the square of n, where
    each further `grad` doubles it.

    Args:
        f: a function of a number, or of a container of them; it may return either.
        x: where: a number or a container.
        n: the order of the last coefficient.
        direction: for a container, in its shape: the coefficients are those of t -> f(x + t * direction).

    Returns:
        A list of n + 1 coefficients, each in the shape of what `f` returns: floats, or `Value`s where `grad` gives them.

    Raises:
        TypeError: as for `grad`; if n is no whole number, or a direction is needed and absent.
        ValueError: if n is negative, or the direction has not the shape of the input.

    Example:
        >>> from autograd import exp, taylor
        >>> taylor(exp, 0.0, 4)
        [1.0, 1.0, 0.5, 0.16666666666666666, 0.041666666666666664]
        >>> taylor(lambda x: x[0] ** 2 * x[1], [3.0, 5.0], 3, direction=[1.0, 2.0])
        [45.0, 48.0, 17.0, 2.0]
    """
    check_function(f, 0, "taylor")
    if type(n) is not int:
        raise TypeError(f"taylor() takes the order of the last coefficient as a whole number, but got {n!r}")
    if n < 0:
        raise ValueError(f"taylor() takes an order of 0 or more, but got {n}")
    call = Call(f, 0, (x,), {})
    if direction is None and (len(call.inputs) != 1 or call.selected is not x):
        raise TypeError(
            f"taylor() of a function of {len(call.inputs)} numbers needs the direction along which they move, as in "
            "taylor(f, x, n, direction)"
        )
    moves = call.weights(x, 1.0 if direction is None else direction, "the direction")
    with call.reading_numbers():
        columns = coefficients(call, moves, n)
    call.close()
    return [like(call.result, iter(call.given(column))) for column in zip(*columns, strict=True)]


def coefficients(call: Call, moves: list[Any], n: int) -> list[list[Any]]:
    """For each output of a call its coefficients, if the inputs move along a direction."""
    memory: Memory = {}
    found: dict[Value, Series] = {}
    for leaf, move in zip(call.inputs, moves, strict=True):
        moving = not (type(move) is float and move == 0.0)
        start = [leaf if call.gives_values else leaf.data]
        found[leaf] = Series([*start, move], memory, 1) if moving else Series(start, memory, 0)
    outputs = call.numbers()
    for node in call.order:
        if node not in found:
            found[node] = _series_of(node, found, node if call.gives_values else node.data, memory)
            found[node].first(n)  # now, so that no series waits for a long history of others
    return [found[output].first(n) if isinstance(output, Value) else [output, *[0.0] * n] for output in outputs]


def _series_of(node: Value, found: dict[Value, Series], value: Any, memory: Memory) -> Series:
    primitive = node.primitive
    if primitive is None:
        return Series([value], memory, 0)
    operands = [parent.data if parent.is_constant else found[parent] for parent in node.parents]
    return apply(primitive, operands, memory, value)
