"""Containers of numbers: what functions take and return besides single numbers, and derivatives come back in.

A tree is a number, or a container whose parts are trees: a list, a tuple, a named tuple, a dictionary, a dataclass, or
a NumPy array of any dimension. Its numbers are its leaves, in the order in which they stand there. A field of a
dataclass that is no number is marked as such, as JAX has it: ``field(metadata={"static": True})``.

A function is called with a copy of its container, with `Value`s for the leaves. What a container keeps beside them, as a
dataclass keeps what its ``__post_init__`` computed, would be numbers of old in that copy, so it is refused.
"""

from __future__ import annotations

import sys
from copy import copy
from dataclasses import fields, is_dataclass
from functools import cached_property
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

from autograd.engine.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    Row = Sequence[Any]  # a number for each leaf of some tree

PLAIN_ARRAYS = ("ndarray", "memmap")
"""The classes of arrays that mean what their numbers mean; others add a mask, a unit or another product."""


def leaves(tree: Any) -> list[Any]:
    """The numbers of a tree, in order.

    Example:
        >>> leaves({"weights": [1.0, 2.0], "bias": 3.0})
        [1.0, 2.0, 3.0]
    """
    if isinstance(tree, (float, Value)):  # the case that is met most
        return [tree]
    if is_array(tree):
        return list(tree.flat)
    parts = tree if isinstance(tree, (list, tuple)) else parts_of(tree)
    if parts is None:
        return [tree]
    found: list[Any] = []
    for part in parts.values() if isinstance(parts, dict) else parts:
        if isinstance(part, (float, Value)):
            found.append(part)
        else:
            found += leaves(part)
    return found


def like(tree: Any, supply: Iterator[Any]) -> Any:
    """A tree of the same shape, with the next numbers of the supply.

    Raises:
        TypeError: if there is a container in it of which no copy can be made that does what the container does.

    Example:
        >>> like({"weights": [1.0, 2.0], "bias": 3.0}, iter("abc"))
        {'weights': ['a', 'b'], 'bias': 'c'}
    """
    if isinstance(tree, (float, Value)):
        return next(supply)
    if is_array(tree):
        if type(tree).__name__ not in PLAIN_ARRAYS:
            raise TypeError(
                f"an array of class {type(tree).__name__} would become an ordinary array, with which a function may "
                "compute something else; make an ordinary array of it first, as np.asarray does"
            )
        return array([next(supply) for _ in range(tree.size)], tree.shape)
    if isinstance(tree, (list, tuple)):
        return with_parts(tree, [like(part, supply) for part in tree])
    parts = parts_of(tree)
    return next(supply) if parts is None else with_parts(tree, [like(part, supply) for part in parts.values()])


def nest(outer: Any, inner: Any, rows: Iterator[Row]) -> Any:
    """A tree like `outer`, with a tree like `inner`, made of the next row, in place of each number.

    Arrays in arrays become one, with the axes of the outer one first.

    Example:
        >>> nest([7.0, 8.0], (5.0, 6.0), iter([[1.0, 2.0], [3.0, 4.0]]))
        [(1.0, 2.0), (3.0, 4.0)]
    """
    if is_array(outer):
        matrix = [next(rows) for _ in range(outer.size)]
        return _stack(outer.shape, inner, iter(zip(*matrix, strict=True)))
    parts = parts_of(outer)
    if parts is None:
        return like(inner, iter(next(rows)))
    return with_parts(outer, [nest(part, inner, rows) for part in parts.values()])


def _stack(shape: tuple[int, ...], inner: Any, columns: Iterator[Row]) -> Any:
    """A tree like `inner`, with an array of this shape, made of the next column, in place of each number."""
    if is_array(inner):
        stacked = [next(columns) for _ in range(inner.size)]
        return array([number for row in zip(*stacked, strict=True) for number in row], shape + inner.shape)
    parts = parts_of(inner)
    if parts is None:
        return array(next(columns), shape)
    return with_parts(inner, [_stack(shape, part, columns) for part in parts.values()])


def names(tree: Any, name: str) -> list[str]:
    """What to call each number of a tree that is called `name`.

    Example:
        >>> names({"weights": [1.0, 2.0], "bias": 3.0}, "model")
        ["model['weights'][0]", "model['weights'][1]", "model['bias']"]
    """
    if is_array(tree):
        return [f"{name}[{', '.join(map(str, place))}]" for place in _places(tree.shape)]
    parts = parts_of(tree)
    if parts is None:
        return [name]
    by_attribute = not isinstance(tree, (list, dict)) and type(tree) is not tuple
    return [
        each
        for key, part in parts.items()
        for each in names(part, f"{name}.{key}" if by_attribute and isinstance(key, str) else f"{name}[{key!r}]")
    ]


def _places(shape: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """The indices of an array, in order."""
    if not shape:
        yield ()
        return
    for i in range(shape[0]):
        for rest in _places(shape[1:]):
            yield i, *rest


def matched(tree: Any, other: Any, what: str) -> list[Any]:
    """The numbers of another tree, in the order of this one; dictionaries are matched by their keys.

    A list, a tuple and an array of one dimension may stand for each other.

    Args:
        tree: says which shape is wanted.
        other: the tree that has it, such as the vector of a product.
        what: what the other one is, for the error message.

    Raises:
        ValueError: if it has not that shape.

    Example:
        >>> matched({"a": 1.0, "b": 2.0}, {"b": 5.0, "a": 6.0}, "the vector")
        [6.0, 5.0]
    """
    if is_array(tree) and isinstance(other, (list, tuple)) and tree.shape == (len(other),):
        return list(other)
    if is_array(other) and isinstance(tree, (list, tuple)) and other.ndim == 1:
        other = list(other)
    if is_array(tree) and is_array(other) and tree.shape == other.shape:
        return list(other.flat)
    parts, others = parts_of(tree), parts_of(other)
    if parts is not None and others is not None and parts.keys() == others.keys():
        return [leaf for key, part in parts.items() for leaf in matched(part, others[key], what)]
    if not is_array(tree) and not is_array(other) and parts is others:
        return [other]
    wanted, given = len(leaves(tree)), len(leaves(other))
    if wanted != given:
        raise ValueError(f"{what} must have {wanted} number{'s' * (wanted != 1)} as the input does, but has {given}")
    raise ValueError(f"{what} must be like the input, {_described(tree)}, but is {_described(other)}")


def _described(tree: Any) -> str:
    if is_array(tree):
        return f"an array of shape {tree.shape}"
    parts = parts_of(tree)
    if parts is None:
        return f"the number {tree!r}"
    return f"a {type(tree).__name__} of {', '.join(map(repr, parts))}" if isinstance(tree, dict) else f"{tree!r}"


def is_array(tree: Any) -> bool:
    """Whether this is an array of NumPy's; one of shape ``()`` is a number."""
    ndarray: Any = getattr(sys.modules.get("numpy"), "ndarray", ())
    return isinstance(tree, ndarray) and tree.shape != ()


def array(numbers: Iterable[Any], shape: tuple[int, ...]) -> Any:
    """An array of floats; of objects, if there are `Value`s among them."""
    import numpy as np

    numbers = list(numbers)
    kind = object if any(isinstance(number, Value) for number in numbers) else float
    return np.array(numbers, dtype=kind).reshape(shape)


def parts_of(tree: Any) -> dict[Any, Any] | None:
    """The parts of a container by key, place or field; None for a number, or for an array."""
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return dict(zip(tree._fields, tree, strict=True))
    if isinstance(tree, (list, tuple)):
        return dict(enumerate(tree))
    if isinstance(tree, dict):
        return tree
    if is_dataclass(tree) and not isinstance(tree, type):
        return {field.name: getattr(tree, field.name) for field in fields(tree) if not field.metadata.get("static")}
    return None


def with_parts(tree: Any, parts: list[Any]) -> Any:
    """A container like this one, with other parts; nothing of its class but `copy` is called.

    Raises:
        TypeError: if it keeps numbers beside its parts, which would not follow them.
    """
    if isinstance(tree, (list, tuple)):
        return type(tree)(*parts) if hasattr(tree, "_fields") else type(tree)(parts)
    made = copy(tree)
    if isinstance(tree, dict):
        dict.update(made, zip(tree, parts, strict=True))  # where a `Counter` would count
        own: set[Any] = set()
        if getattr(tree, "__dict__", None) is tree:  # its items are its attributes
            made.__dict__ = made
            own.update(made)
    else:
        own = {field.name for field in fields(tree)}
        for field, part in zip(parts_of(tree) or (), parts, strict=True):
            object.__setattr__(made, field, part)  # which frozen dataclasses let pass
    _forget_results(made, own)
    return made


def _forget_results(container: Any, own: set[Any]) -> None:
    """Forget what a container computed of its former parts and kept; refuse what it would not compute again.

    Args:
        container: to be changed.
        own: the attributes that are its parts or static.
    """
    attributes = getattr(container, "__dict__", {})
    for name in [name for name in attributes if name not in own]:
        if isinstance(getattr(type(container), name, None), cached_property):
            del attributes[name]
        elif any(
            isinstance(leaf, (Real, Value)) and not isinstance(leaf, Integral) for leaf in leaves(attributes[name])
        ):
            kind = type(container).__name__
            raise TypeError(
                f"a {kind} keeps numbers in its attribute {name!r} that would not follow what is differentiated; make "
                f"{name!r} a property, or leave it out"
            )
