"""A program as a picture: its array operations, with their shapes, in the style of `autograd.draw`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograd.engine.primitive import Primitive
from autograd.program.graph import (
    CONSTANT,
    INPUT,
    MATMUL,
    MATMUL_TRANSPOSED,
    PARAMETERS,
    ROWS,
    Node,
    reachable,
)
from autograd.see.picture import Picture, plain
from autograd.see.style import EDGE, GRAPH, NODE, STYLES

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAVES: dict[Any, str] = {INPUT: "input", PARAMETERS: "parameter", CONSTANT: "constant"}
_MOST_NODES = 400


def picture(root: Node, names: Sequence[str]) -> Picture:
    """Draw what a root is computed from; views of rows are drawn as edges.

    Args:
        root: the result.
        names: of the inputs.
    """
    drawn = Picture(graph_attr={"rankdir": "LR", **GRAPH}, node_attr=NODE, edge_attr=EDGE)
    nodes = [node for node in reachable([root]) if node.op is not ROWS]
    kept = nodes[-_MOST_NODES:]
    shown = {node.number for node in kept}
    for node in kept:
        style = {**STYLES[LEAVES.get(node.op, "value")], "shape": "box"}
        if node is root:
            style = {**STYLES["result"], "shape": "box"}
        drawn.node(f"n{node.number}", r"\n".join(map(plain, (caption(node, names), shape(node)))), **style)
        for operand in node.operands:
            base, rows = (operand.operands[0], _listed(operand.attribute)) if operand.op is ROWS else (operand, "")
            if base.number in shown:
                drawn.edge(f"n{base.number}", f"n{node.number}", label=plain(rows))
    if len(kept) < len(nodes):
        drawn.node("more", f"… {len(nodes) - len(kept):,} more", **STYLES["omission"])
    return drawn


def caption(node: Node, names: Sequence[str]) -> str:
    """What a node does, in a word."""
    if node.op is INPUT:
        position: int = node.attribute
        return names[position] if position < len(names) else f"argument {position + 1}"
    if node.op is CONSTANT:
        return f"{node.attribute[0]:.6g}" + (", ..." if node.rows > 1 else "")
    if node.op in (MATMUL, MATMUL_TRANSPOSED):
        return f"matrix {node.attribute[0]} x {node.attribute[1]} times"
    return node.op.title if isinstance(node.op, Primitive) and node.op.helper else node.name.replace("_", " ")


def shape(node: Node) -> str:
    """Rows by points."""
    return f"({node.rows}, n)" if node.batched else f"({node.rows},)"


def _listed(which: Any) -> str:
    if isinstance(which, range) and which.step == 1:
        return str(which.start) if len(which) == 1 else f"{which.start}:{which.stop}"
    return f"{which[0]}, {which[1]}, ..."
