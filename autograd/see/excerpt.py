"""The part of a graph that a picture shows, and the modules that its nodes belong to.

Nothing in a node says which module it belongs to, so it is read off the names of the parameters, such as
``layers.0.neurons.3.w.1``, and off how results are computed from them.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from autograd.engine.value import Value

COUNTED = 1_000_000
"""How many nodes are counted at most, so that a picture of a huge graph does not keep one waiting."""

MAX_LEVELS = 8
"""How many frames are drawn in each other at most."""


class Excerpt:
    """The nodes nearest to a result, the modules that they belong to, and the modules folded into one box each."""

    def __init__(self, root: Value, folded: tuple[str, ...], max_nodes: int) -> None:
        found = nearest_first(root)
        nodes = found[: 100 * max_nodes if folded else max_nodes]
        self.root = root
        self.modules = _modules(nodes)
        self.box = _fold(self.modules, folded) if folded else {}
        self.contents: dict[Value | str, list[Value]] = {}
        self.nodes = []
        for node in nodes:
            item = self.item(node)
            if item in self.contents or len(self.contents) < max_nodes:
                self.contents.setdefault(item, []).append(node)
                self.nodes.append(node)
        self.left_out = len(found) - len(self.nodes)
        self.is_counted = len(found) < COUNTED
        self._shown = set(self.nodes)

    def item(self, node: Value) -> Value | str:
        """What stands for a node in the picture: itself, or the name of the box that it is folded into."""
        return self.box.get(node) or node

    def frame(self, item: Value | str) -> tuple[str, ...]:
        """The modules that are framed around an item, outermost first."""
        levels = self.modules.get(self.contents[item][0], ())
        return levels[: levels.index(item)] if isinstance(item, str) else levels

    def operands(self, node: Value) -> list[Value | str | None]:
        """What stands for each operand of a node in the picture; None for what is left out."""
        return [self.item(parent) if parent in self._shown else None for parent in node.parents]

    def outputs(self) -> dict[str, list[Value]]:
        """The nodes of each box that others use."""
        used = {(self.box[self.root], self.root): None} if self.root in self.box else {}
        for node in self.nodes:
            for parent in node.parents:
                box = self.box.get(parent)
                if box and box != self.box.get(node):
                    used[box, parent] = None
        outputs: dict[str, list[Value]] = {}
        for box, node in used:
            outputs.setdefault(box, []).append(node)
        return outputs


def nearest_first(root: Value) -> list[Value]:
    """The nodes of a graph, breadth first from the result; of a huge one, only so many."""
    found = [root]
    seen = {root}
    for node in found:  # which grows as we go
        for parent in node.parents:
            if parent not in seen:
                seen.add(parent)
                found.append(parent)
        if len(found) >= COUNTED:
            break
    return found


def levels_of(label: str) -> tuple[str, ...]:
    """The modules that a parameter belongs to by its name, outermost first.

    Example:
        >>> levels_of("layers.0.neurons.3.w.1")
        ('layers.0', 'layers.0.neurons.3')
        >>> levels_of("layers.0.neurons.3.b")
        ('layers.0', 'layers.0.neurons.3')
        >>> levels_of("x"), levels_of("x.1")
        ((), ())
    """
    parts = label.split(".")
    if len(parts) < 2 or not all(part.isidentifier() or part.isdecimal() for part in parts) or parts[0].isdecimal():
        return ()
    while parts[-1].isdecimal():
        parts.pop()
    parts.pop()
    ends = [i for i in range(1, len(parts) + 1) if i == len(parts) or not parts[i].isdecimal()]
    return tuple(".".join(parts[:end]) for end in ends[:MAX_LEVELS])


def _modules(nodes: list[Value]) -> dict[Value, tuple[str, ...]]:
    """The modules of all nodes that belong to one: parameters by their names, results by what they are made of."""
    known = set(nodes)
    operands = {node: [parent for parent in node.parents if parent in known] for node in nodes}
    modules: dict[Value, tuple[str, ...]] = {}
    for node in _operands_first(nodes, operands):
        levels = levels_of(node.label) or _levels_by_operands(node, operands, modules)
        if levels:
            modules[node] = levels
    return modules


def _operands_first(nodes: list[Value], operands: dict[Value, list[Value]]) -> Iterator[Value]:
    """These nodes, of which the first is the result, in an order in which each comes after its operands."""
    waiting = dict.fromkeys(nodes, 0)
    for node in nodes:
        for operand in operands[node]:
            waiting[operand] += 1
    order = [nodes[0]]
    for node in order:  # which grows as we go
        for operand in operands[node]:
            waiting[operand] -= 1
            if not waiting[operand]:
                order.append(operand)
    return reversed(order)


def _levels_by_operands(
    node: Value, operands: dict[Value, list[Value]], modules: dict[Value, tuple[str, ...]]
) -> tuple[str, ...]:
    """The modules of a node that uses their parameters, or combines or activates what only they computed."""
    used = _parameters(operands[node], modules)
    if used:
        first = modules[used[0]]
        return tuple(level for level in first if all(level in modules[other] for other in used))
    distinct = set(operands[node])
    computed = {modules.get(operand, ()) for operand in distinct}
    if len(computed) != 1:
        return ()
    if len(distinct) == 1:
        is_function = node.primitive is not None and node.primitive.precedence == 0
        if not is_function or not _parameters(operands[distinct.pop()], modules):
            return ()
    return computed.pop()


def _parameters(operands: list[Value], modules: dict[Value, tuple[str, ...]]) -> list[Value]:
    return [operand for operand in operands if operand.primitive is None and operand in modules]


def _fold(modules: dict[Value, tuple[str, ...]], folded: tuple[str, ...]) -> dict[Value, str]:
    """The outermost module around each node that is to be folded into a box."""
    known = sorted({level for levels in modules.values() for level in levels})
    boxes = {level for level in known if any(_is_called(level, pattern) for pattern in folded)}
    for pattern in folded:
        if not any(_is_called(level, pattern) for level in known):
            names = ", ".join(known[:10]) + (", ..." if len(known) > 10 else "")
            reason = f"it has {names}" if known else "no parameter of it has a name such as 'layers.0.w'"
            raise ValueError(f"collapse names no module of this graph: {pattern!r}; {reason}")
    return {node: box for node, levels in modules.items() for box in [level for level in levels if level in boxes][:1]}


def _is_called(level: str, pattern: str) -> bool:
    kind = [part for part in level.split(".") if not part.isdecimal()][-1]
    return pattern == kind or fnmatchcase(level, pattern)
