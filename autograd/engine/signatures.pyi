"""How operations are called and what they return, for type checkers alone.

An entry of the table is written as a function of floats, and that tells the rest: the operation takes a `Value` for
any of its numbers, and returns a `Value` as soon as one of them is.
"""

from collections.abc import Callable, Iterable
from typing import Protocol, overload

from autograd.engine.primitive import Primitive
from autograd.engine.value import Value

class Unary(Primitive):
    """An operation on one number."""

    @overload
    def __call__(self, x: Value, /) -> Value: ...
    @overload
    def __call__(self, x: float, /) -> float: ...

class Binary(Primitive):
    """An operation on two numbers."""

    @overload
    def __call__(self, x: Value, y: Value | float, /) -> Value: ...
    @overload
    def __call__(self, x: float, y: Value, /) -> Value: ...
    @overload
    def __call__(self, x: float, y: float, /) -> float: ...

class Ternary(Primitive):
    """An operation on three numbers."""

    @overload
    def __call__(self, x: Value, y: Value | float, z: Value | float, /) -> Value: ...
    @overload
    def __call__(self, x: float, y: Value, z: Value | float, /) -> Value: ...
    @overload
    def __call__(self, x: float, y: float, z: Value, /) -> Value: ...
    @overload
    def __call__(self, x: float, y: float, z: float, /) -> float: ...

class OfSequence(Primitive):
    """An operation on a sequence; one that may hold both kinds is taken to hold a `Value`."""

    @overload
    def __call__(self, xs: Iterable[float], /) -> float: ...  # type: ignore[overload-overlap]
    @overload
    def __call__(self, xs: Iterable[Value | float], /) -> Value: ...

class OfTwoSequences(Primitive):
    """An operation on two sequences of one length; those that may hold both kinds are taken to hold a `Value`."""

    @overload
    def __call__(self, xs: Iterable[float], ys: Iterable[float], /) -> float: ...  # type: ignore[overload-overlap]
    @overload
    def __call__(self, xs: Iterable[Value | float], ys: Iterable[Value | float], /) -> Value: ...

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
