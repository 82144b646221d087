"""Where the arguments and the results of a program lie in flat arrays, and when its operations are computed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograd.program.graph import STACK, Graph, Node, reachable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BEFORE, EACH, AFTER = range(3)  # stages: once, for each point, once again


class Places:
    """The places of a program's numbers.

    Args:
        graph: where the results live.
        results: what to compute.
        widths: the number of rows of each argument.

    Attributes:
        first: of each argument the first row in the array ``arguments``.
        width: how many rows all arguments have.
        placed: each row of the results, in which array it lies, and where: in ``results`` what each point has, in
            ``summed`` all else.
        rows: how many rows these two have.
        order: all nodes that the results are computed from, operands first.
    """

    def __init__(self, graph: Graph, results: Sequence[Node], widths: Sequence[int]) -> None:
        self.first = [sum(widths[:i]) for i in range(len(widths))]
        self.width = sum(widths)
        self.placed: list[tuple[Node, str, int]] = []
        self.rows = {"results": 0, "summed": 0}
        for result in results:
            array = "results" if result.batched else "summed"
            for row in _single_rows(graph, result):
                self.placed.append((row, array, self.rows[array]))
                self.rows[array] += 1
        self.order = reachable(row for row, _, _ in self.placed)


def _single_rows(graph: Graph, result: Node) -> Iterator[Node]:
    """The rows of a result, one by one."""
    waiting = [result]
    while waiting:
        node = waiting.pop()
        if node.op is STACK:
            waiting.extend(reversed(node.operands))
        elif node.rows == 1:
            yield node
        else:
            yield from (graph.rows(node, (i,)) for i in range(node.rows))
