"""Rolling: a listing as a few bodies of code, which are run again and again on other places in the memory.

A piece of the listing is a run, or what lies between two runs. Pieces that are alike share a body: a function that
works its operations off for each of so many repetitions. Where an operand comes from is a column, one place in the
memory for each repetition: a number that is still in a register, or was in the repetition before; else the same place
each time, places at one distance, or, where there is no such rule, places that are listed in a table.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from autograd.program.backends.native.listing import Listing
from autograd.program.backends.native.pairing import find_words
from autograd.program.backends.native.periods import Piece, Repetition

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Whole = np.ndarray[Any, np.dtype[np.int64]]
    Truths = np.ndarray[Any, np.dtype[np.bool_]]


_PART = 400  # operations that nothing repeats are cut into bodies of this length
_FEW = 2000  # so many operations that nothing repeats are written out
_LEAST = 4  # repetitions of what has its own code
_MOST = 2000  # operations in all code together, about, as what is repeated still more seldom has none
_NEAR = 32  # up to this distance, operands tell operations apart when looking for words


class Register(NamedTuple):
    """An operand that another operation of the same repetition has just computed."""

    position: int


class Carried(NamedTuple):
    """An operand that an operation of the repetition before has computed; for the first one it lies in the memory."""

    position: int
    first: Column


class Column(NamedTuple):
    """Places in the memory, one for each repetition.

    Attributes:
        base: of the first; None where the pieces differ, and it is the number `slot` of what a piece is told.
        stride: to the next; None where the pieces differ, and it comes after the base in what a piece is told.
        slot: see there.
        table: the number of the column in the table of each piece, if there is no stride.
        constant: the number that is always there, if there is one.
        is_early: whether it is there, and in one place, before the first repetition begins.
    """

    base: int | None = 0
    stride: int | None = 0
    slot: int = -1
    table: int = -1
    constant: float | None = None
    is_early: bool = False


Source = Register | Carried | Column


class Body:
    """The code that some pieces share.

    Args:
        listing: what they are pieces of.
        pieces: all alike.

    Attributes:
        kinds: of its operations.
        sources: where the operands of each come from.
        targets: where each leaves its number at every repetition, if it does.
        lasts: where each leaves it after the last one only.
        count: how often it is repeated; None where the pieces differ.
        is_parallel: whether no repetition reads from the memory what another one has written.
        told: what each piece is told: bases and strides that are not the same for all of them.
        tables: for each repetition of every piece, one after the other, a row of places.
    """

    def __init__(self, listing: Listing, pieces: Sequence[Piece]) -> None:
        self.listing, self.pieces = listing, pieces
        self.period = period = pieces[0].period
        self.starts = np.array([piece.start for piece in pieces])
        self.counts = np.array([piece.count for piece in pieces])
        self.count = int(self.counts[0]) if (self.counts == self.counts[0]).all() else None
        self._owners = np.repeat(np.arange(len(pieces)), self.counts)
        ends = np.cumsum(self.counts)
        self._heads, self._turns = ends - self.counts, np.arange(ends[-1]) - np.repeat(ends - self.counts, self.counts)
        self._begins = self.starts[self._owners] + period * self._turns
        self._is_last = self._turns == self.counts[self._owners] - 1
        self.numbers = self._begins[:, None] + np.arange(period)
        self.kinds = [listing.kinds[label] for label in listing.labels[self.numbers[0]].tolist()]
        self._operands = listing.operands[self.numbers]
        self._find_sources()

    def _find_sources(self) -> None:
        """Which operands are in a register, now or from the repetition before."""
        begins, period = self._begins[:, None, None], self.period
        back = self.numbers[:, :, None] - self._operands
        is_even = (back == back[-1]).all(axis=0)
        inside = is_even & (self._operands >= begins).all(axis=0)
        later = self._operands[self._turns > 0]
        begins_later = begins[self._turns > 0]
        even_later = (back[self._turns > 0] == back[-1]).all(axis=0)
        before = even_later & ((later < begins_later) & (later >= begins_later - period)).all(axis=0)
        is_loop = len(later) > 0
        self._registers: dict[tuple[int, int], int] = {}
        self._carried: dict[tuple[int, int], int] = {}
        self._columns: list[tuple[int, int]] = []
        for position, kind in enumerate(self.kinds):
            for i in range(1 if kind.listed else kind.count):
                distance = int(back[-1, position, i])
                if inside[position, i] and not kind.listed:
                    self._registers[position, i] = position - distance
                elif is_loop and before[position, i] and not kind.listed:
                    self._carried[position, i] = period + position - distance
                else:
                    self._columns.append((position, i))

    def mark_needed(self, needed: Truths) -> None:
        """Note which operations have to leave their numbers in the memory for this code."""
        for position, i in self._columns:
            operands = self._operands[:, position, i]
            needed[operands[operands >= 0]] = True
        for position, i in self._carried:
            operands = self._operands[self._heads, position, i]
            needed[operands[operands >= 0]] = True

    def measure(self, needed: Truths) -> Whole:
        """Decide what is left in the memory, and tell how many numbers each piece leaves."""
        is_needed = needed[self.numbers]
        self._is_placed = self.listing.places[self.numbers[0]] >= 0
        self._is_left = self._is_placed | is_needed[~self._is_last].any(axis=0)
        self._is_left_last = ~self._is_left & is_needed.any(axis=0)
        every = int((self._is_left & ~self._is_placed).sum())
        return every * self.counts + int(self._is_left_last.sum())

    def place(self, places: Whole, firsts: Whole) -> None:
        """Give each number that is left its place, from the first one of each piece on."""
        at = firsts.copy()
        for position in np.flatnonzero(self._is_left & ~self._is_placed).tolist():
            places[self.numbers[:, position]] = at[self._owners] + self._turns
            at += self.counts
        for position in np.flatnonzero(self._is_left_last).tolist():
            places[self.numbers[self._is_last, position]] = at
            at += 1

    def find_columns(self, places: Whole, data: Data) -> None:
        """Find the rules by which places follow on each other."""
        self._told: list[Whole] = []
        self._tables: list[Whole] = []
        self.is_parallel = True
        starts = self.starts[self._owners]
        self.sources: list[list[Source]] = [[] for _ in self.kinds]
        for position, kind in enumerate(self.kinds):
            for i in range(1 if kind.listed else kind.count):
                if (position, i) in self._registers:
                    self.sources[position].append(Register(self._registers[position, i]))
                    continue
                operands = self._operands[:, position, i]
                found = np.where(operands >= 0, places[np.maximum(operands, 0)], ~operands)
                if (position, i) in self._carried:
                    first = self._base(found[self._heads])
                    self.sources[position].append(Carried(self._carried[position, i], first))
                    continue
                is_early = bool((operands < starts).all())
                self.is_parallel &= is_early
                if not kind.listed and data.holds(found) and self.count != 1:
                    if (found == found[0]).all():
                        self.sources[position].append(Column(constant=data.number(int(found[0]))))
                        continue
                    found = data.lay_out(found)
                self.sources[position].append(self._column(found, is_early))
        self.targets = [
            self._column(places[self.numbers[:, position]], False) if is_left else None
            for position, is_left in enumerate(self._is_left)
        ]
        self.lasts = [
            self._base(places[self.numbers[self._is_last, position]]) if is_left else None
            for position, is_left in enumerate(self._is_left_last)
        ]
        self.told = np.array(self._told, np.int64).reshape(len(self._told), len(self.pieces)).T
        self.tables = np.array(self._tables, np.int64).reshape(len(self._tables), len(self._owners)).T

    def _base(self, firsts: Whole) -> Column:
        """The column of what is in one place for each piece."""
        if (firsts == firsts[0]).all():
            return Column(int(firsts[0]), is_early=True)
        self._told.append(firsts)
        return Column(None, slot=len(self._told) - 1, is_early=True)

    def _column(self, found: Whole, is_early: bool) -> Column:
        firsts = found[self._heads]
        strides = np.zeros(len(self.pieces), np.int64)
        several = self.counts > 1
        strides[several] = found[self._heads[several] + 1] - firsts[several]
        if not (found == firsts[self._owners] + strides[self._owners] * self._turns).all():
            self._tables.append(found)
            return Column(table=len(self._tables) - 1)
        is_fixed = bool((strides[several] == 0).all())
        if (firsts == firsts[0]).all() and (strides == strides[0]).all():
            return Column(int(firsts[0]), int(strides[0]), is_early=is_early and is_fixed)
        self._told.append(firsts)
        slot, stride = len(self._told) - 1, int(strides[several][0]) if several.any() else 0
        if not (strides[several] == stride).all():
            self._told.append(strides)
            return Column(None, None, slot)
        return Column(None, stride, slot, is_early=is_early and is_fixed)

    def pack(self, offset: int) -> tuple[Whole, Whole]:
        """What each piece is told and its table, all in a row; and where that of each piece begins."""
        told, columns = self.told.shape[1], self.tables.shape[1]
        sizes = told + columns * self.counts
        offsets = np.cumsum(sizes) - sizes
        packed = np.zeros(int(sizes.sum()), np.int64)
        packed[offsets[:, None] + np.arange(told)] = self.told
        rows = (offsets + told)[self._owners] + columns * self._turns
        packed[rows[:, None] + np.arange(columns)] = self.tables
        return packed, offsets + offset


class Data:
    """Constants: those of the listing, and more behind all other numbers, laid out as loops read them."""

    def __init__(self, listing: Listing, size: int) -> None:
        self._constants = np.array(listing.constants)
        self._first = listing.first_constant
        self._parts: list[Any] = []
        self.first, self.size = size, size

    def holds(self, places: Whole) -> bool:
        """Whether there are constants at all these places."""
        return bool(((places >= self._first) & (places < self._first + len(self._constants))).all())

    def number(self, place: int) -> float:
        """The constant at a place."""
        return float(self._constants[place - self._first])

    def lay_out(self, places: Whole) -> Whole:
        """Where the same constants lie one after the other."""
        self._parts.append(self._constants[places - self._first])
        self.size += len(places)
        return np.arange(self.size - len(places), self.size)

    def numbers(self) -> Any:
        """Those that were laid out."""
        return np.concatenate([np.empty(0), *self._parts])


class Rolled:
    """A listing in bodies, and the order in which these are run on what.

    Args:
        listing: what the program computes.
        groups: its pieces, together those that share a body.

    Attributes:
        weight: how many operations the bodies have together.
        bodies: the code.
        entries: for each stage rows of: which body, how many repetitions, and where in `tables` it is told on what.
        tables: what the pieces are told.
        memory: how many numbers it takes.
        constants: places and numbers of the constants that lie there.
    """

    def __init__(self, listing: Listing, groups: Sequence[Sequence[Piece]]) -> None:
        self.listing = listing
        self.bodies = [Body(listing, pieces) for pieces in groups]
        self.weight = sum(body.period for body in self.bodies)

    def lay_out(self) -> None:
        """Give everything its place."""
        listing = self.listing
        needed = np.zeros(len(listing.labels), bool)
        for body in self.bodies:
            body.mark_needed(needed)
        sizes = [body.measure(needed) for body in self.bodies]
        which = np.concatenate([np.full(len(body.pieces), i) for i, body in enumerate(self.bodies)])
        starts = np.concatenate([body.starts for body in self.bodies])
        order = np.argsort(starts)
        all_sizes = np.concatenate(sizes)
        firsts = np.empty_like(all_sizes)
        firsts[order] = listing.size + np.cumsum(all_sizes[order]) - all_sizes[order]
        places = listing.places.copy()
        for i, body in enumerate(self.bodies):
            body.place(places, firsts[which == i])
        data = Data(listing, listing.size + int(all_sizes.sum()))
        packed, offsets, offset = [], [], 0
        for body in self.bodies:
            body.find_columns(places, data)
            part, begins = body.pack(offset)
            packed.append(part)
            offsets.append(begins)
            offset += len(part)
        self.tables = np.concatenate([*packed, [0]]).astype(np.int32)
        counts = np.concatenate([body.counts for body in self.bodies])
        rows = np.stack([which, counts, np.concatenate(offsets)], axis=1)[order].astype(np.int32)
        cuts = np.searchsorted(starts[order], listing.stages)
        self.entries = [np.ascontiguousarray(rows[first:last]) for first, last in pairwise(cuts)]
        self.memory = data.size
        self.constants = [(listing.first_constant, np.array(listing.constants)), (data.first, data.numbers())]


def group(listing: Listing, most: int) -> list[list[Piece]]:
    """The pieces of a listing, together those that share a body; what is repeated too seldom has none for itself.

    Args:
        listing: to be cut.
        most: how many pieces are worth while; if there are more, none.
    """
    least = max(_LEAST, len(listing.labels) // _MOST)
    groups: defaultdict[Any, list[Piece]] = defaultdict(list)
    for first, last in pairwise(listing.stages):
        stage = slice(first, last)
        for run in Repetition(listing.labels[stage], listing.operands[stage], first).find_runs():
            piece = run.moved(first)
            groups[_likeness(listing, piece)].append(piece)
    kept = [pieces for pieces in groups.values() if sum(piece.count for piece in pieces) >= least]
    gaps = list(_gaps(listing, sorted(piece for pieces in kept for piece in pieces)))
    if sum(gap.period for gap in gaps) <= _FEW:
        others = [[piece] for gap in gaps for piece in _parts(gap)]
    else:
        words = _words(listing, gaps, least, most)
        if not words:
            return []
        groups.clear()
        for word in words:
            groups[_likeness(listing, word)].append(word)
        others = list(groups.values())
    return kept + others if sum(map(len, kept + others)) <= most else []


def _gaps(listing: Listing, runs: Sequence[Piece]) -> Iterator[Piece]:
    """What lies between runs, stage by stage."""
    bounds = [(at, at) for at in listing.stages] + [(run.start, run.stop) for run in runs]
    for (_, start), (stop, _) in pairwise(sorted(bounds)):
        if stop > start:
            yield Piece(start, stop - start, 1)


def _parts(gap: Piece) -> Iterator[Piece]:
    """A gap, cut."""
    for start in range(gap.start, gap.stop, _PART):
        yield Piece(start, min(_PART, gap.stop - start), 1)


def _words(listing: Listing, gaps: Sequence[Piece], least: int, most: int) -> list[Piece]:
    """What lies between runs, cut into what recurs; nothing, if these are too many pieces."""
    numbers = np.concatenate([np.arange(gap.start, gap.stop) for gap in gaps])
    is_first = np.concatenate([[True], numbers[1:] != numbers[:-1] + 1])
    is_first |= np.isin(numbers, listing.stages)
    operands = listing.operands[numbers]
    back = np.where(operands >= 0, numbers[:, None] - operands, 0)
    letters = listing.labels[numbers].astype(np.int64)
    for column in np.where(back <= _NEAR, back, 0).T:
        letters = letters * (_NEAR + 1) + column
    starts, words = find_words(letters, is_first, least, most)
    lengths = np.diff(np.append(starts, len(numbers)))
    words = np.where(lengths == 1, -1 - listing.labels[numbers[starts]], words)
    again = (words[1:] == words[:-1]) & ~is_first[starts[1:]]
    heads = np.flatnonzero(np.concatenate([[True], ~again]))
    if len(heads) > most:
        return []
    counts = np.diff(np.append(heads, len(starts)))
    return list(map(Piece, numbers[starts[heads]].tolist(), lengths[heads].tolist(), counts.tolist()))


def _likeness(listing: Listing, piece: Piece) -> Any:
    """Pieces of equal likeness share a body."""
    start = piece.start + (piece.period if piece.count > 1 else 0)
    labels = listing.labels[start : start + piece.period]
    operands = listing.operands[start : start + piece.period]
    back = np.arange(start, start + piece.period)[:, None] - operands
    reach = piece.period if piece.count > 1 else 0
    known = np.where((operands >= piece.start) & (back <= np.arange(piece.period)[:, None] + reach), back, 0)
    return piece.period, piece.count > 1, labels.tobytes(), known.tobytes()
