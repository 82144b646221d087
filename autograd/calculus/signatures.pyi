"""What derived functions return, for type checkers alone: derivatives come in the shape of the input.

They are floats for floats. Where the function computes with `Value`s other than its inputs they are `Value`s, as in
``grad(lambda x: grad(lambda y: x * y)(2.0))`` within; no annotation can know that, and these say float.
"""

from typing import Any, Protocol, TypeAlias, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from autograd.engine.value import Value

_Inputs = TypeVar("_Inputs")
_Second = TypeVar("_Second")
Array: TypeAlias = NDArray[np.float64]
Numbers: TypeAlias = NDArray[np.floating[Any] | np.integer[Any]]

class Gradient(Protocol):
    """The gradient in the first argument."""

    @overload
    def __call__(self, x: float, /, *args: Any, **kwargs: Any) -> float: ...
    @overload
    def __call__(self, x: list[float], /, *args: Any, **kwargs: Any) -> list[float]: ...
    @overload
    def __call__(self, x: Numbers, /, *args: Any, **kwargs: Any) -> Array: ...
    @overload
    def __call__(self, x: _Inputs, /, *args: Any, **kwargs: Any) -> _Inputs: ...

class Gradients(Protocol):
    """The gradients in the first two arguments."""

    @overload
    def __call__(self, x: float, y: float, /, *args: Any, **kwargs: Any) -> tuple[float, float]: ...
    @overload
    def __call__(self, x: _Inputs, y: _Second, /, *args: Any, **kwargs: Any) -> tuple[_Inputs, _Second]: ...

class ValueAndGradient(Protocol):
    """The value, and the gradient in the first argument."""

    @overload
    def __call__(self, x: float, /, *args: Any, **kwargs: Any) -> tuple[float, float]: ...
    @overload
    def __call__(self, x: list[float], /, *args: Any, **kwargs: Any) -> tuple[float, list[float]]: ...
    @overload
    def __call__(self, x: Numbers, /, *args: Any, **kwargs: Any) -> tuple[float, Array]: ...
    @overload
    def __call__(self, x: Value, /, *args: Any, **kwargs: Any) -> tuple[Value, Value]: ...
    @overload
    def __call__(self, x: list[Value], /, *args: Any, **kwargs: Any) -> tuple[Value, list[Value]]: ...

class Hessian(Protocol):
    """The second derivatives in the first argument."""

    @overload
    def __call__(self, x: float, /, *args: Any, **kwargs: Any) -> float: ...
    @overload
    def __call__(self, x: list[float], /, *args: Any, **kwargs: Any) -> list[list[float]]: ...
    @overload
    def __call__(self, x: Numbers, /, *args: Any, **kwargs: Any) -> Array: ...
    @overload
    def __call__(self, x: Value, /, *args: Any, **kwargs: Any) -> Value: ...
    @overload
    def __call__(self, x: list[Value], /, *args: Any, **kwargs: Any) -> list[list[Value]]: ...

class Jacobian(Protocol):
    """The derivatives in the first argument of a function that returns a list or an array."""

    @overload
    def __call__(self, x: Numbers, /, *args: Any, **kwargs: Any) -> Array: ...
    @overload
    def __call__(self, x: list[float], /, *args: Any, **kwargs: Any) -> list[list[float]]: ...
    @overload
    def __call__(self, x: float, /, *args: Any, **kwargs: Any) -> list[float]: ...
    @overload
    def __call__(self, x: _Inputs, /, *args: Any, **kwargs: Any) -> list[_Inputs]: ...

class Product(Protocol):
    """The Hessian in the first argument times a vector."""

    @overload
    def __call__(self, x: float, vector: float, /, **kwargs: Any) -> float: ...
    @overload
    def __call__(self, x: list[float], vector: list[float], /, **kwargs: Any) -> list[float]: ...
    @overload
    def __call__(self, x: Numbers, vector: Numbers, /, **kwargs: Any) -> Array: ...
    @overload
    def __call__(self, x: _Inputs, vector: Any, /, **kwargs: Any) -> _Inputs: ...
