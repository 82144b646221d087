"""Copies and pickles of graphs: they keep the graph's shape, and do not recurse however deep it is."""

from __future__ import annotations

from _thread import _local
from _weakref import ref

from autograd.engine.recorder import current_recorder
from autograd.engine.value import Value, attach, restore, topological_order

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def copy(value: Value) -> Value:
    """Copy a node alone, which keeps the parents; where a function is differentiated, the node itself."""
    return value if current_recorder().keeps_copies else restore(*value.state())


def deep_copy(value: Value, memo: dict[int, Any]) -> Value:
    """Copy a node and all that it was computed from, but what `memo` says has been copied already."""
    if current_recorder().keeps_copies:
        return value
    for old in topological_order(value):
        if id(old) not in memo:
            data, grad, extras, name, parents, partials = old.state()
            memo[id(old)] = restore(data, grad, extras, name, [memo[id(parent)] for parent in parents], partials)
    copied: Value = memo[id(value)]
    return copied


def reduce(value: Value, protocol: Any = None) -> tuple[Any, ...]:
    """How to pickle a node: by itself once its parents have been, else at the end of its ancestry."""
    if current_recorder().keeps_copies:
        float(value)  # which refuses to leave the graph, unless there is no derivative to lose
    emission = _emissions.stack[-1]() if _emissions.stack else None
    if value.primitive is None or (emission is not None and emission.takes(value)):
        data, grad, extras, name, parents, partials = value.state()
        # What a user has put on a node comes after the node itself, which it may refer to.
        return restore, (data, grad, {}, name, parents, partials), *([(None, extras)] if extras else [])
    return last, (Ancestry(value),)


class Ancestry:
    """A node and all that it was computed from, as pickle sees it: a list with parents before children.

    Pickle recurses from a node to its parents, so that a deep graph would overflow its stack. Emitted in this order,
    every node finds its parents pickled already.
    """

    def __init__(self, root: Value) -> None:
        self.nodes = topological_order(root)

    def __reduce__(self) -> tuple[Any, ...]:
        return list, (), None, _Emission(self.nodes, _emissions.stack)


class _Emission:
    """The nodes that a pickler is taking, one after the other. It lasts as long as the pickler holds on to it."""

    def __init__(self, nodes: list[Value], stack: list[ref[_Emission]]) -> None:
        self.nodes = nodes
        self.places = {id(node): place for place, node in enumerate(nodes)}
        self.emitted = 0
        self.taken = 0
        stack.append(ref(self, stack.remove))  # which takes it off again however the pickling ends

    def __iter__(self) -> _Emission:
        return self

    def __next__(self) -> Value:
        if self.emitted == len(self.nodes):
            raise StopIteration
        self.emitted += 1
        return self.nodes[self.emitted - 1]

    def takes(self, node: Value) -> bool:
        """Whether a node is asked for by the pickler of this emission: it has been emitted, and not been taken yet."""
        place = self.places.get(id(node), -1)
        if not self.taken <= place < self.emitted:
            return False
        self.taken = place + 1
        return True


class _Emissions(_local):
    """The emissions of a thread, the innermost last."""

    def __init__(self) -> None:
        self.stack: list[ref[_Emission]] = []


_emissions = _Emissions()


def last(nodes: list[Value]) -> Value:
    """The last of these nodes; what a pickled `Ancestry` stands for."""
    return nodes[-1]


attach(__copy__=copy, __deepcopy__=deep_copy, __reduce__=reduce, __reduce_ex__=reduce)
