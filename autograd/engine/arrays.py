"""How a `Value` meets NumPy: as an array of shape () does.

NumPy asks the class of what it is given before it starts, so this file need not import it: `__array_ufunc__` before a
function that works number by number, such as ``np.exp``, and `__array_function__` before any other, such as ``np.sum``.
The answer is an operation of the table where there is one, else NumPy's own way, on a `Value` put into an array of
shape () and taken out again. Inside arrays NumPy does not ask: there it calls the operators and methods of the elements,
so the few that it looks for and that are no operations are here, too.
"""

from __future__ import annotations

import math
import operator
import sys

from autograd.engine.floats import as_float
from autograd.engine.primitive import BUILT_IN, TABLE, on_definition
from autograd.engine.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from autograd.engine.primitive import Primitive

OPERATORS: dict[str, Callable[..., Any]] = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "divide": operator.truediv,
    "floor_divide": operator.floordiv,
    "remainder": operator.mod,
    "divmod": divmod,
    "power": operator.pow,
    "less": operator.lt,
    "less_equal": operator.le,
    "greater": operator.gt,
    "greater_equal": operator.ge,
    "equal": operator.eq,
    "not_equal": operator.ne,
    "positive": operator.pos,
    "negative": operator.neg,
    "square": lambda x: x * x,
    "reciprocal": lambda x: 1 / x,
    "conjugate": operator.pos,
    "fmax": lambda x, y: _unless_nan(x, y, "maximum"),
    "fmin": lambda x, y: _unless_nan(x, y, "minimum"),
}
"""Functions of NumPy that are no operations of the table, but written with operators."""

ALIASES = {"absolute": "abs", "fabs": "abs", "float_power": "pow", "expit": "sigmoid", "ndtr": "normal_cdf"}
"""What NumPy and `scipy.special` call some operations of the table."""

_number_by_number: dict[str, Callable[..., Any]] = {
    **OPERATORS,
    **{alias: TABLE[name] for alias, name in ALIASES.items()},
}


def _adopt(operation: Primitive) -> None:
    """Let NumPy's name of an operation mean it; of the user's own, only where the entry says so."""
    if not (operation.sequences or operation.helper):
        names = [operation.array] + [operation.name] * (operation.name in BUILT_IN)
        _number_by_number.update({name: operation for name in names if name and name not in OPERATORS})


def _unless_nan(x: Any, y: Any, name: str) -> Any:
    """What an operation gives, or of two numbers the one that is not nan."""
    where, isnan = TABLE["where"], TABLE["isnan"]
    return where(isnan(x), y, where(isnan(y), x, TABLE[name](x, y)))


def array_ufunc(value: Value, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
    """Answer a function of NumPy or SciPy that works number by number (NEP 13).

    Raises:
        TypeError: if neither the table nor NumPy knows how.
    """
    name = ufunc.__name__
    function = _number_by_number.get(name)
    if function is not None and method == "__call__" and not options:
        if all(type(each) in _PLAIN or _is_one_number(each) for each in inputs):
            return function(*[each if type(each) in _PLAIN else _unboxed(each) for each in inputs])
        if name not in OPERATORS:
            return sys.modules["numpy"].frompyfunc(function, ufunc.nin, ufunc.nout)(*map(_boxed, inputs))
    return _in_numpys_own_way(name, getattr(ufunc, method), inputs, options)


def array_function(value: Value, function: Any, types: Any, args: Sequence[Any], options: dict[str, Any]) -> Any:
    """Answer any other function of NumPy (NEP 18).

    Raises:
        TypeError: if it does not work on numbers that are objects.
    """
    ours = _FUNCTIONS.get(function.__name__)
    if ours is not None and not options and all(map(_is_one_number, args)):
        result = ours(*map(_unboxed, args))
        if result is not NotImplemented:
            return result
    return _in_numpys_own_way(function.__name__, function, args, options)


def _in_numpys_own_way(name: str, function: Any, args: Sequence[Any], options: dict[str, Any]) -> Any:
    try:
        return _unboxed(function(*_boxed(args), **{option: _boxed(given) for option, given in options.items()}))
    except (TypeError, AttributeError) as error:
        if type(error) not in (TypeError, AttributeError) and not type(error).__module__.startswith("numpy"):
            raise  # as one of this package's own does
        raise TypeError(
            f"{name}() does not work on a Value; write it with operations of autograd, define one with "
            "@autograd.primitive, or give it the number, .data, where no derivative is meant"
        ) from error


def _where(condition: Any, *choices: Any) -> Any:
    return TABLE["where"](condition, *choices) if len(choices) == 2 else NotImplemented


def _clip(x: Any, lowest: Any, highest: Any) -> Any:
    x = x if lowest is None else TABLE["maximum"](x, lowest)
    return x if highest is None else TABLE["minimum"](x, highest)


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "where": _where,
    "clip": _clip,
    "std": lambda x: x - x,
    "var": lambda x: x - x,
}
"""Functions of NumPy that decide, which a recording has to see, and those that fail on a single object."""


# Boxes.

_PLAIN = frozenset((Value, float, int))


def _is_one_number(given: Any) -> bool:
    return not getattr(given, "shape", ()) and not isinstance(given, (list, tuple))


def _boxed(given: Any) -> Any:
    """The same with each `Value`, also in lists, in an array of shape (): which NumPy does not ask about."""
    if isinstance(given, Value):
        box = sys.modules["numpy"].empty((), object)
        box[()] = given
        return box
    if type(given) in (list, tuple):
        return type(given)(map(_boxed, given))
    return given


def _unboxed(given: Any) -> Any:
    """The same with each array of shape (), and each scalar of NumPy, as what it holds."""
    if type(given) is tuple:
        return tuple(map(_unboxed, given))
    if getattr(given, "shape", None) != ():
        return given
    inside = given.item()
    return as_float(inside) if hasattr(inside, "dtype") else inside  # numbers longer than a double stay what they are


# What NumPy looks for in the elements of arrays.

_ATTRIBUTES = {
    "__array_ufunc__": array_ufunc,
    "__array_function__": array_function,
    "real": property(lambda value: value, doc="The number itself, which is real."),
    "imag": property(lambda value: 0.0, doc="The number 0."),
    "conjugate": lambda value: value,
    "fabs": lambda value: abs(value),
    "radians": lambda value: value * (math.pi / 180.0),
    "deg2rad": lambda value: value * (math.pi / 180.0),
    "degrees": lambda value: value * (180.0 / math.pi),
    "rad2deg": lambda value: value * (180.0 / math.pi),
}


for _name, _attribute in _ATTRIBUTES.items():
    setattr(Value, _name, _attribute)
on_definition(_adopt)
