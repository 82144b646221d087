"""What of a listing recurs, though not at a period: the words that it is made of.

Letters that often follow on each other are made one, again and again (Larsson and Moffat, Off-line dictionary-based
compression, Proceedings of the IEEE 88, 2000), many pairs at a time: those that are more frequent than the pairs that
they overlap. Words that turn out to be rare are taken apart again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    Whole = np.ndarray[Any, np.dtype[np.int64]]
    Truths = np.ndarray[Any, np.dtype[np.bool_]]

_LONGEST = 512  # letters in a word
_ROUNDS = 40


def find_words(letters: Whole, is_first: Truths, least: int, most: int) -> tuple[Whole, Whole]:
    """Cut a text into words that are each there so often, or are single letters.

    Args:
        letters: whole numbers, of each place in the text.
        is_first: where no word goes on from the place before.
        least: how often a word has to be there.
        most: how many words are of use; where it is clear that there will be more, they may be short ones.

    Returns:
        where words begin, and for each a number that is the same for the same words.
    """
    _, symbols = np.unique(letters, return_inverse=True)
    symbols = symbols.astype(np.int64)
    starts, first = np.arange(len(letters)), is_first.copy()
    lengths = np.ones(len(letters), np.int64)
    size = int(symbols.max(initial=-1)) + 1
    halves: list[tuple[int, Whole, Whole]] = []  # of the words of each round: the first one's number, and their halves
    for _ in range(_ROUNDS):
        pairs = symbols[:-1] * size + symbols[1:]
        _, inverse, counts = np.unique(pairs, return_inverse=True, return_counts=True)
        frequencies = counts[inverse]
        if np.count_nonzero(frequencies < least) > most:  # between these two words will always end
            break
        chosen = _choose(pairs, frequencies, lengths, first, least)
        if not len(chosen):
            break
        codes, numbers = np.unique(pairs[chosen], return_inverse=True)
        halves.append((size, codes // size, codes % size))
        symbols[chosen] = size + numbers
        lengths[chosen] += lengths[chosen + 1]
        size += len(codes)
        kept = np.ones(len(symbols), bool)
        kept[chosen + 1] = False
        symbols, starts, lengths, first = symbols[kept], starts[kept], lengths[kept], first[kept]
    for begin, left, right in reversed(halves):
        counts = np.bincount(symbols, minlength=size)
        is_rare = (symbols >= begin) & (counts[symbols] < least)
        where = np.flatnonzero(is_rare)
        if len(where):
            symbols, starts = _take_apart(symbols, starts, where, begin, left, right, halves, size)
    return starts, symbols


def _choose(codes: Whole, frequencies: Whole, lengths: Whole, first: Truths, least: int) -> Whole:
    """Where pairs are made one that do not overlap."""
    is_allowed = (frequencies >= least) & ~first[1:] & (lengths[:-1] + lengths[1:] <= _LONGEST)
    mixed = (codes.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(40)
    rank = np.where(is_allowed, (frequencies << 24) + mixed.astype(np.int64), -1)
    before, after = np.concatenate([[-1], rank[:-1]]), np.concatenate([rank[1:], [-1]])
    same = np.concatenate([[False], (codes[1:] == codes[:-1]) & is_allowed[1:] & is_allowed[:-1]])
    numbers = np.arange(len(codes))
    begin = np.maximum.accumulate(np.where(same, 0, numbers))
    chosen = is_allowed & (rank >= before) & (rank >= after) & ((numbers - begin) % 2 == 0)
    chosen[1:] &= ~chosen[:-1]
    return np.flatnonzero(chosen)


def _take_apart(
    symbols: Whole,
    starts: Whole,
    where: Whole,
    begin: int,
    left: Whole,
    right: Whole,
    halves: list[tuple[int, Whole, Whole]],
    size: int,
) -> tuple[Whole, Whole]:
    """Put the halves of some words in their places."""
    lengths = np.ones(size, np.int64)
    for first, lefts, rights in halves:
        lengths[first : first + len(lefts)] = lengths[lefts] + lengths[rights]
    which = symbols[where] - begin
    symbols, starts = symbols.copy(), starts.copy()
    symbols[where] = left[which]
    symbols = np.insert(symbols, where + 1, right[which])
    starts = np.insert(starts, where + 1, starts[where] + lengths[left[which]])
    return symbols, starts
