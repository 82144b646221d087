"""Copies and pickles of graphs: they keep the graph's shape, and do not recurse however deep it is."""

from __future__ import annotations

from _thread import get_ident
from typing import TYPE_CHECKING, Any

from autograd.engine.value import Value, restore, topological_order

if TYPE_CHECKING:
    from collections.abc import Callable


def deep_copy(value: Value, memo: dict[int, Any]) -> Value:
    """Copy a node and all that it was computed from, but what `memo` says has been copied already."""
    for old in topological_order(value):
        if id(old) not in memo:
            data, grad, label, name, parents, partials = old.state()
            memo[id(old)] = restore(data, grad, label, name, [memo[id(parent)] for parent in parents], partials)
    copied: Value = memo[id(value)]
    return copied


def reduce(value: Value) -> tuple[Callable[..., Value], tuple[Any, ...]]:
    """How to pickle a node: by itself once its parents have been, else at the end of its ancestry."""
    if value.primitive is None or id(value) in _emitting.get(get_ident(), ()):
        return restore, value.state()
    return last, (Ancestry(value),)


class Ancestry:
    """A node and all that it was computed from, as pickle sees it: a list with parents before children.

    Pickle recurses from a node to its parents, so that a deep graph would overflow its stack. Emitted in this order,
    every node finds its parents pickled already. The pickler holds on to this object until it is done.
    """

    def __init__(self, root: Value) -> None:
        self.nodes = topological_order(root)
        self.ids = {id(node) for node in self.nodes}
        self.thread = get_ident()
        _emitting.setdefault(self.thread, set()).update(self.ids)

    def __reduce__(self) -> tuple[Any, ...]:
        return list, (), None, iter(self.nodes)

    def __del__(self) -> None:
        emitting = _emitting[self.thread]
        emitting -= self.ids
        if not emitting:
            del _emitting[self.thread]


_emitting: dict[int, set[int]] = {}
"""By thread, the nodes whose parents pickle has seen, or will have seen when it comes to them."""


def last(nodes: list[Value]) -> Value:
    """The last of these nodes; what a pickled `Ancestry` stands for."""
    return nodes[-1]
