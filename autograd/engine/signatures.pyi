"""How operations are called and what they return, for type checkers alone.

An entry of the table is written as a function of floats, and that tells the rest: the operation takes a `Value` for
any of its numbers, and returns a `Value` as soon as one of them is.
"""

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any, Protocol, TypeAlias, overload

import numpy as np

from autograd.engine.primitive import Primitive
from autograd.engine.value import Value

Number: TypeAlias = float | Fraction | np.floating[Any] | np.integer[Any]
"""A plain number. Whatever else has ``__float__`` would do, but arrays have that too."""

class Unary(Primitive):
    """An operation on one number."""

    @overload
    def __call__(self, x: Value, /) -> Value: ...
    @overload
    def __call__(self, x: Number, /) -> float: ...

class Binary(Primitive):
    """An operation on two numbers."""

    @overload
    def __call__(self, x: Value, y: Value | Number, /) -> Value: ...
    @overload
    def __call__(self, x: Number, y: Value, /) -> Value: ...
    @overload
    def __call__(self, x: Number, y: Number, /) -> float: ...

class Ternary(Primitive):
    """An operation on three numbers."""

    @overload
    def __call__(self, x: Value, y: Value | Number, z: Value | Number, /) -> Value: ...
    @overload
    def __call__(self, x: Number, y: Value, z: Value | Number, /) -> Value: ...
    @overload
    def __call__(self, x: Number, y: Number, z: Value, /) -> Value: ...
    @overload
    def __call__(self, x: Number, y: Number, z: Number, /) -> float: ...

class OfSequence(Primitive):
    """An operation on a sequence; one that may hold both kinds is taken to hold a `Value`."""

    @overload
    def __call__(self, xs: Iterable[Number], /) -> float: ...  # type: ignore[overload-overlap]
    @overload
    def __call__(self, xs: Iterable[Value | Number], /) -> Value: ...

class OfTwoSequences(Primitive):
    """An operation on two sequences of one length; those that may hold both kinds are taken to hold a `Value`."""

    @overload
    def __call__(self, xs: Iterable[Number], ys: Iterable[Number], /) -> float: ...  # type: ignore[overload-overlap]
    @overload
    def __call__(self, xs: Iterable[Value | Number], ys: Iterable[Value | Number], /) -> Value: ...

class Definition(Protocol):
    """What ``@primitive(...)`` does with the function below it."""

    @overload
    def __call__(self, value: Callable[[float], float], /) -> Unary: ...
    @overload
    def __call__(self, value: Callable[[float, float], float], /) -> Binary: ...
    @overload
    def __call__(self, value: Callable[[float, float, float], float], /) -> Ternary: ...
    @overload
    def __call__(self, value: Callable[[list[float]], float], /) -> OfSequence: ...
    @overload
    def __call__(self, value: Callable[[list[float], list[float]], float], /) -> OfTwoSequences: ...
    @overload
    def __call__(self, value: Callable[..., float], /) -> Primitive: ...
