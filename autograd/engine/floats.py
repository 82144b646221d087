"""Numbers as this package uses them: Python floats whose arithmetic follows IEEE 754 and never raises."""

from __future__ import annotations

import math

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def as_float(number: Any, what: str = "a Value") -> float:
    """Convert anything real to a float.

    Args:
        number: an int, float, Fraction, NumPy scalar, array of one element, or anything else with ``__float__``.
        what: what the number is for, for the error message.

    Raises:
        TypeError: if it is not one real number.
        OverflowError: if it is an integer beyond the range of floats.

    Example:
        >>> from fractions import Fraction
        >>> as_float(Fraction(1, 4))
        0.25
    """
    if type(number) is float:
        return number
    if isinstance(number, (float, int)):
        try:
            return float(number)
        except OverflowError:
            raise OverflowError(
                f"{what} must fit in a float, but an integer of {int(number).bit_length()} bits does not; scale it first"
            ) from None
    if number is None:
        raise TypeError(f"{what} must be a number, but got None; did a function forget to return?")
    if isinstance(number, (str, bytes)):
        raise TypeError(f"{what} must be a number, but got the text {number!r}; convert it with float(...) first")
    if isinstance(number, complex) or getattr(getattr(number, "dtype", None), "kind", "") == "c":
        raise TypeError(f"{what} must be real, but got the complex number {number!r}; take its .real or abs() first")
    shape = getattr(number, "shape", ())
    if isinstance(number, (list, tuple, set, dict)) or (shape and math.prod(shape) != 1):
        size = f"an array of shape {tuple(shape)}" if shape else f"{number!r}"
        way_out = "make one Value for each, [Value(x) for x in ...]"
        if shape and type(number).__module__ != "numpy":  # of pandas or PyTorch, which only NumPy can read
            way_out = "make an array of NumPy's of it, as np.asarray does"
        raise TypeError(f"{what} must be one number, but got {size}; {way_out}")
    if shape:
        number = number.item()
    if not hasattr(number, "__float__") and not hasattr(number, "__index__"):
        raise TypeError(f"{what} must be a number, but got {number!r} of type {type(number).__name__}")
    return float(number)


def held(number: Any) -> Any:
    """What an array of shape () holds, if it holds an object, such as a `Value`; anything else is itself."""
    is_box = getattr(number, "shape", None) == () and getattr(getattr(number, "dtype", None), "kind", "") == "O"
    return number.item() if is_box else number


def divide(x: float, y: float) -> float:
    """The quotient by IEEE 754: ``1/0`` is inf, ``-1/0`` is -inf and ``0/0`` is nan."""
    if y != 0.0:
        return x / y
    if x == 0.0 or math.isnan(x):
        return math.nan
    return math.copysign(math.inf, x) * math.copysign(1.0, y)


def power(x: float, y: float) -> float:
    """The power by IEEE 754: overflow is ±inf, ``0 ** -1`` is inf and a root of a negative number is nan."""
    try:
        return math.pow(x, y)
    except OverflowError:
        return -math.inf if x < 0.0 and math.fmod(y, 2.0) != 0.0 else math.inf
    except ValueError:
        if x != 0.0:
            return math.nan
        return math.copysign(math.inf, x) if math.fmod(y, 2.0) in (1.0, -1.0) else math.inf
