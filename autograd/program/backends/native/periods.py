"""Where a listing repeats itself: runs of a period, each of which can become a loop.

Two operations match at a distance if they are of one kind and their operands match: they lie as far back, or further
back than the distance (data, or what was computed before), or are the same. Where an operation and its match go on
matching for two periods and more, that is a run. Which distances to try is what the listing itself shows: how far back
the same few operations in a row were met before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Whole = np.ndarray[Any, np.dtype[np.int64]]
    Truths = np.ndarray[Any, np.dtype[np.bool_]]

_FAR = 2**30  # the distance of what is no operation of the listing
_NEAR = 32  # up to this distance, operands tell operations apart when looking for periods
_WINDOWS = (4, 32, 256)  # so many operations in a row: powers of 2
_CANDIDATES = 48
_BODY = 512  # up to so many operations a body is best written out, with the loops in it
_REPEATS, _LENGTH = 3, 32  # of a run at least


class Piece(NamedTuple):
    """Operations that lie in a row, the first `period` of them repeated."""

    start: int
    period: int
    count: int  # type: ignore[assignment]  # tuples have a method of this name

    @property
    def stop(self) -> int:
        """Where the next one begins."""
        return self.start + self.period * self.count

    def moved(self, by: int) -> Piece:
        """The same, further on."""
        return Piece(self.start + by, self.period, self.count)


class Repetition:
    """What a listing, or a stage of it, repeats.

    Args:
        labels: of the operations.
        operands: of each, where they are operations of the listing; negative for all else.
        first: the number of the first operation.
    """

    def __init__(self, labels: Whole, operands: Whole, first: int) -> None:
        self.labels = labels
        self.first = first
        numbers = np.arange(first, first + len(labels))
        distances = np.where(operands >= 0, numbers[:, None] - operands, _FAR).astype(np.int32)
        used = [column for column in distances.T if (column != _FAR).any()]
        self.distances = [np.ascontiguousarray(column) for column in used]
        self.free: Truths = np.ones(len(labels), bool)

    def find_runs(self) -> list[Piece]:
        """Runs that do not overlap: of the longest periods that are short enough to be written out, then of others."""
        found: list[Piece] = []
        candidates = self._candidates()
        for period in (
            *sorted((each for each in candidates if each <= _BODY), reverse=True),
            *sorted(each for each in candidates if each > _BODY),
        ):
            for start, stop in self._matching(period):
                if stop - start >= max((_REPEATS - 1) * period, _LENGTH - period):
                    shortest = self._shortest(start, stop, period, candidates)
                    piece = self._in_phase(start, stop + period, shortest)
                    if piece.count >= _REPEATS:
                        self.free[piece.start : piece.stop] = False
                        found.append(piece)
        return sorted(found)

    def _candidates(self) -> list[int]:
        """Distances at which operations recur, the most frequent."""
        letters = self.labels.astype(np.uint64) + np.uint64(1)
        for column in self.distances:
            letters = letters * np.uint64(0x9E3779B97F4A7C15) + np.where(column <= _NEAR, column, 0).astype(np.uint64)
        totals: dict[int, int] = {}
        words, length, power = letters, 1, 0x100000001B3  # hashes of so many letters in a row
        for window in _WINDOWS:
            while length < window:
                words = words[:-length] * np.uint64(power) + words[length:]
                length, power = 2 * length, power**2 % 2**64
            order = np.argsort(words, kind="stable")
            again = words[order[1:]] == words[order[:-1]]
            distances, counts = np.unique((order[1:] - order[:-1])[again], return_counts=True)
            for distance, count in zip(distances.tolist(), counts.tolist(), strict=True):
                totals[distance] = totals.get(distance, 0) + count
        frequent = sorted(totals, key=lambda each: totals[each], reverse=True)
        return [each for each in frequent if totals[each] >= _REPEATS][:_CANDIDATES]

    def _match(self, start: int, stop: int, period: int) -> Truths:
        """For each operation from one number to another whether that a period later matches it."""
        matching: Truths = self.labels[start:stop] == self.labels[start + period : stop + period]
        for column in self.distances:
            here, there = column[start:stop], column[start + period : stop + period]
            matching &= (here == there) | ((here > period) & (there > period)) | (there - here == period)
        return matching

    def _matching(self, period: int) -> Iterator[tuple[int, int]]:
        """Where operations that are still free match those a period later: from, and up to where."""
        size = len(self.labels) - period
        if size <= 0:
            return
        matching = self._match(0, size, period) & self.free[:size] & self.free[period:]
        edges = np.flatnonzero(np.diff(np.concatenate([[False], matching, [False]]).astype(np.int8)))
        starts, stops = edges[::2], edges[1::2]
        long = stops - starts >= max((_REPEATS - 1) * period, _LENGTH - period)
        yield from zip(starts[long].tolist(), stops[long].tolist(), strict=True)

    def _shortest(self, start: int, stop: int, period: int, candidates: Sequence[int]) -> int:
        """The shortest period of a run."""
        for shorter in sorted(each for each in candidates if each < period and period % each == 0):
            if self._match(start, stop + period - shorter, shorter).all():
                return shorter
        return period

    def _in_phase(self, start: int, stop: int, period: int) -> Piece:
        """The run that begins where least is passed on from one repetition to the next, and reaches back to the first."""
        crossing = np.zeros(2 * period + 1, np.int64)
        numbers = np.arange(period, 2 * period)
        for column in self.distances:
            near = column[start + period : start + 2 * period]
            inside = near <= period
            np.add.at(crossing, numbers[inside] - near[inside] + 1, 1)
            np.add.at(crossing, numbers[inside] + 1, -1)
        crossing = np.cumsum(crossing[:-1])
        start += int(np.argmin(crossing[:period] + crossing[period:]))
        if self._is_first(start - period, period):
            start -= period
        return Piece(start, period, (stop - start) // period)

    def _is_first(self, start: int, period: int) -> bool:
        """Whether a run goes on before it, but for what the first repetition has got from elsewhere."""
        if start < 0 or not self.free[start : start + period].all():
            return False
        here, there = slice(start, start + period), slice(start + period, start + 2 * period)
        if not (self.labels[here] == self.labels[there]).all():
            return False
        numbers = np.arange(period)
        return all(
            ((column[here] == column[there]) | ((column[here] > numbers) & (column[there] > numbers))).all()
            for column in self.distances
        )
