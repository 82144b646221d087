"""The modules that the nodes of a graph belong to.

Nothing in a node says which module it belongs to, so it is read off the labels of the parameters, such as
``layers.0.neurons.3.w.1``, and off how results are computed from them.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from autograd.see.labels import levels_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from autograd.engine.value import Value


def modules_of(nodes: list[Value]) -> dict[Value, tuple[str, ...]]:
    """The modules of all nodes that belong to one: parameters by their names, results by what they are made of."""
    known = set(nodes)
    operands = {node: [parent for parent in node.parents if parent in known] for node in nodes}
    modules: dict[Value, tuple[str, ...]] = {}
    for node in operands_first(nodes):
        levels = levels_of(node.label) or _levels_by_operands(node, operands, modules)
        if levels:
            modules[node] = levels
    return modules


def operands_first(nodes: Collection[Value]) -> list[Value]:
    """These nodes, the result first, sorted so that operands come before what is computed from them, and in their order."""
    known = set(nodes)
    order: dict[Value, None] = {}
    stack = [(node, False) for node in reversed(list(nodes))]
    while stack:
        node, is_ready = stack.pop()
        if is_ready:
            order[node] = None
        elif node not in order:
            stack.append((node, True))
            stack.extend(
                (parent, False) for parent in reversed(node.parents) if parent in known and parent not in order
            )
    return list(order)


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


def fold(modules: dict[Value, tuple[str, ...]], folded: tuple[str, ...]) -> dict[Value, str]:
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
