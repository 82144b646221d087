"""A listing without any regularity, in another order: level by level, and on each level kind by kind.

An operation's level is one more than the highest of its operands', so that operations of one level need nothing of each
other. Those of one kind are a run then, whose period is a single operation, and a program of any length has no more code
than there are kinds of operations: where their operands lie is told by tables.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.program.backends.native.periods import Piece

if TYPE_CHECKING:
    from autograd.program.backends.native.listing import Listing

    Whole = np.ndarray[Any, np.dtype[np.int64]]


def group_by_kind(listing: Listing) -> list[list[Piece]]:
    """Put a listing in order of levels, and cut it into runs; together those of one kind."""
    levels = _levels(listing)
    stages = np.repeat(np.arange(len(listing.stages) - 1), np.diff(listing.stages))
    order = np.lexsort((listing.labels, levels, stages))
    listing.reorder(order)
    labels, levels, stages = listing.labels, levels[order], stages[order]
    is_first = np.ones(len(labels), bool)
    is_first[1:] = (labels[1:] != labels[:-1]) | (levels[1:] != levels[:-1]) | (stages[1:] != stages[:-1])
    starts = np.flatnonzero(is_first)
    counts = np.diff(np.append(starts, len(labels)))
    groups: defaultdict[int, list[Piece]] = defaultdict(list)
    for label, start, count in zip(labels[starts].tolist(), starts.tolist(), counts.tolist(), strict=True):
        groups[label].append(Piece(start, 1, count))
    return list(groups.values())


def _levels(listing: Listing) -> Whole:
    """The level of each operation."""
    levels = [0]  # of what is no operation, and then of the operations
    lists = {label: kind.count for label, kind in enumerate(listing.kinds) if kind.listed}
    columns = [column.tolist() for column in np.maximum(listing.operands + 1, 0).T]
    for label, a, b, c, d in zip(listing.labels.tolist(), *columns, strict=True):
        if label in lists:  # of numbers that were copied side by side, one after the other
            levels.append(1 + max(levels[a : a + lists[label]]))
        else:
            levels.append(1 + max(levels[a], levels[b], levels[c], levels[d]))
    return np.array(levels[1:])
