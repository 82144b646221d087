"""Reading a CSV file of the user's: columns of numbers by name, and a sentence about the cell that is not one."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from autograd.engine.choices import nearest
from nn.datasets.dataset import Dataset

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True)
class Table:
    """A CSV file as read: the names in its first line, and the rows of text below, with their line numbers."""

    path: Path
    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]

    def index(self, name: str) -> int:
        """Where the column of that name is.

        Raises:
            ValueError: if there is none.
        """
        if name in self.names:
            return self.names.index(name)
        near = nearest(name, self.names)
        hint = f"did you mean {near!r}?" if near else f"it has {', '.join(map(repr, self.names))}"
        raise ValueError(f"{self.path} has no column {name!r}; {hint}")

    def column(self, name: str) -> NDArray[np.float64]:
        """The numbers of one column.

        Raises:
            ValueError: if there is no such column, or a cell is not a finite number.
        """
        index = self.index(name)
        return np.array([self._number(row[index], line, name) for row, line in zip(self.rows, self.lines, strict=True)])

    def columns(self, names: Sequence[str]) -> NDArray[np.float64]:
        """The numbers of several columns, rows x columns."""
        return np.column_stack([self.column(name) for name in names])

    def _number(self, text: str, line: int, name: str) -> float:
        try:
            number = math.nan if "_" in text else float(text)
        except ValueError:
            number = math.nan
        if math.isfinite(number):
            return number
        found = f"{text!r}, which is not a finite number" if text.strip() else "an empty cell"
        raise ValueError(
            f"{self.path}, line {line}, column {name!r} has {found}; "
            "mend it, remove the row, or choose other columns with --features"
        )


def read(path: str | os.PathLike[str]) -> Table:
    """Read a CSV file whose first line names the columns; commas, semicolons or tabs may separate them.

    Raises:
        OSError: if the file cannot be read.
        ValueError: if it is empty, is not text, has two columns of one name, or a row of another length.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise FileNotFoundError(f"there is no table {str(path)!r}; check the path") from None
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not text in UTF-8 ({error.reason}); save it as CSV in UTF-8") from None
    header = text.lstrip().partition("\n")[0]
    delimiter = max(",;\t", key=header.count)
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter, skipinitialspace=True)
    found = [(row, reader.line_num) for row in reader if any(cell.strip() for cell in row)]
    if not found:
        raise ValueError(f"{path} is empty; it needs a line with the names of the columns, and rows of numbers below")
    names = tuple(name.strip() for name in found[0][0])
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"{path} has more than one column {twice!r}; give each column a name of its own")
    for row, line in found[1:]:
        if len(row) != len(names):
            raise ValueError(f"{path}, line {line} has {len(row)} cells, but the first line names {len(names)} columns")
    return Table(path, names, tuple(tuple(row) for row, _ in found[1:]), tuple(line for _, line in found[1:]))


def load_table(path: str | os.PathLike[str], target: str, features: Sequence[str] | None = None) -> Dataset:
    """Read a data set from a CSV file.

    Args:
        path: the file. Its first line names the columns.
        target: the column to predict.
        features: the columns to predict it from; by default all the others.

    Raises:
        OSError: if the file cannot be read.
        ValueError: if the file is not such a table, a column is missing, a cell is not a number, or there are fewer
            than two rows.

    Example:
        >>> import tempfile, pathlib
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = pathlib.Path(folder, "houses.csv")
        ...     _ = path.write_text("rooms,price\\n3,250\\n4,310\\n")
        ...     load_table(path, "price").targets
        array([250., 310.])
    """
    table = read(path)
    table.index(target)
    features = [name for name in table.names if name != target] if features is None else list(features)
    if target in features:
        raise ValueError(f"the target {target!r} is also among the features; leave it out there")
    if not features:
        raise ValueError(f"{table.path} has no column besides the target {target!r} to predict it from")
    if len(table.rows) < 2:
        raise ValueError(
            f"{table.path} has {'a single row' if table.rows else 'no rows'} of data; "
            "at least two are needed, one to train on and one to test"
        )
    return Dataset(
        name=table.path.stem,
        inputs=table.columns(features),
        targets=table.column(target),
        input_names=tuple(features),
        target_name=target,
        description=f"{len(table.rows)} rows of {table.path.name}.",
        source=str(table.path),
    )


@dataclass(frozen=True)
class Scaling:
    """What turns columns into standard scores, and back: each column's mean and standard deviation.

    Example:
        >>> scaling = Scaling.of(np.array([[1.0], [3.0]]))
        >>> scaling.apply(np.array([[1.0], [2.0], [3.0]])).ravel().tolist()
        [-1.0, 0.0, 1.0]
        >>> scaling.undo(np.array([[2.0]])).item()
        4.0
    """

    mean: NDArray[np.float64]
    deviation: NDArray[np.float64]

    @classmethod
    def of(cls, columns: NDArray[np.float64]) -> Scaling:
        """The scaling that gives these columns mean 0 and standard deviation 1; a constant column is only moved."""
        deviation = columns.std(axis=0)
        return cls(columns.mean(axis=0), np.where(deviation > 0, deviation, 1.0))

    def apply(self, columns: NDArray[np.float64]) -> NDArray[np.float64]:
        """The columns in standard scores."""
        return (columns - self.mean) / self.deviation

    def undo(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """The columns that have these standard scores."""
        return scores * self.deviation + self.mean


def hold_out(points: int, fraction: float, seed: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Split the indices of so many points at random, into a part to train on and a part to test on.

    Args:
        points: how many points there are, at least two.
        fraction: the share of the test part, which gets at least one point and never all.
        seed: the generator's seed.

    Example:
        >>> train, test = hold_out(10, 0.2, seed=0)
        >>> len(train), len(test)
        (8, 2)
    """
    order = np.random.default_rng(seed).permutation(points)
    held_out = min(max(round(points * fraction), 1), points - 1)
    return np.sort(order[held_out:]), np.sort(order[:held_out])
