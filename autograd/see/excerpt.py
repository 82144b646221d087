"""The part of a graph that is shown: the nodes nearest to the result, with some modules folded into boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograd.see.modules import fold, modules_of, operands_first

if TYPE_CHECKING:
    from autograd.engine.value import Value

COUNTED = 1_000_000
"""How many nodes are counted at most, so that a picture of a huge graph does not keep one waiting."""


class Excerpt:
    """The nodes nearest to a result, the modules that they belong to, and the modules folded into one box each."""

    def __init__(self, root: Value, folded: tuple[str, ...], max_nodes: int) -> None:
        found = nearest_first(root)
        nodes = found[: 100 * max_nodes if folded else max_nodes]
        self.root = root
        self.modules = modules_of(nodes)
        self.box = fold(self.modules, folded) if folded else {}
        self.ids: dict[Value | str, str] = {}  # of the items of the picture; the result's is n0
        self.nodes = []
        for node in nodes:
            item = self.item(node)
            if item in self.ids or len(self.ids) < max_nodes:
                self.ids.setdefault(item, f"n{len(self.ids)}")
                self.nodes.append(node)
        self.contents: dict[Value | str, list[Value]] = {}  # operands first
        for node in operands_first(self.nodes):
            self.contents.setdefault(self.item(node), []).append(node)
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
