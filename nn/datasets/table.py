"""Reading a CSV file of the user's: columns by name, as numbers, and a sentence about the cell that cannot be one.

A column of numbers is taken as it is. Dates become days. Texts that repeat, as colours or species do, are categories,
and become a column of 0 and 1 for each of them. A `Column` keeps how that was done, so that another table can be read
in the same way.
"""

import csv
import io
import math
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import compress
from pathlib import Path
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from autograd.engine.choices import nearest
from autograd.engine.files import StrPath
from nn.datasets.dataset import Dataset
from nn.module import Array

MISSING = frozenset({"", "nan", "na", "n/a", "null", "none", "?"})  # what empty cells hold, in lower case
NOT_FINITE = "which is not a finite number"
EXACT = 2.0**53  # from here on, floats skip whole numbers
LARGEST = 1e150  # the square of a larger number overflows, and with it the scaling and the loss
GROUPED = re.compile(r"[+-]?\d{1,3}([.,' ]\d{3})+([.,]\d*)?")  # a number with its thousands apart
POINTED = re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3})+")  # one with points for that, before a decimal comma
DECIMAL = re.compile(r"[+-]?[\d.]*,\d+([eE][+-]?\d+)?")  # a number with a decimal comma
AMOUNT = re.compile(r"[+-]?[$€£¥] ?[+-]?\d[\d.,]*|[+-]?\d[\d.,]* ?[%$€£¥]")  # a number of money, or per cent
WHOLE = re.compile(r"[+-]?\d+")
DATE = re.compile(r"\d{1,4}([./-])\d{1,2}\1\d{1,4}([ T].*)?")  # in whatever order, perhaps with a time
UNCLEAR = (GROUPED, AMOUNT, DATE)  # what is no category, but a number or a date in some way of writing
CATEGORIES, CLASSES = 100, 20  # so many different texts at most are categories, and so many whole numbers classes


def first(names: Sequence[str], count: int = 10) -> str:
    """Names in a list; of many, the first."""
    return ", ".join([*names[:count], "..."] if len(names) > count else names)


@dataclass(frozen=True)
class Table:
    """A CSV file as read: the names in its first line, and the rows of text below, with their line numbers."""

    path: str
    names: Mapping[str, int]  # with their places
    rows: Sequence[Sequence[str]]
    lines: Sequence[int]
    delimiter: str = ","
    comma: bool = False  # whether there are numbers with a decimal comma
    known: dict[str, Array] = field(default_factory=dict)  # what was read as numbers

    def cells(self, name: str) -> list[str]:
        """The texts of one column, without spaces around them; a ValueError if there is none of that name."""
        if name not in self.names:
            near = nearest(name, self.names)
            hint = f"did you mean {near!r}?" if near else f"it has {first([*map(repr, self.names)], 20)}"
            raise ValueError(f"{self.path} has no column {name!r}; {hint}")
        place = self.names[name]
        return [row[place].strip() for row in self.rows]

    def numbers(self, name: str) -> Array:
        """What the texts of one column say as numbers; nan where they say none."""
        if name not in self.known:
            cells = self.cells(name)
            comma = self.delimiter != "," and any("," in cell for cell in cells)
            pointed = [cell for cell in cells if "." in cell] if self.comma and not comma else []
            try:
                if "_" in "".join(cells):  # which Python's numbers may have inside
                    raise ValueError
                numbers = np.array(cells, dtype=float)
            except ValueError:
                numbers = np.array([_number(cell, comma) for cell in cells])
            if pointed and all(map(POINTED.fullmatch, pointed)):  # 1.234 may be 1234, as 1,5 stands in another column
                numbers[["." in cell for cell in cells]] = math.nan
            numbers.flags.writeable = False
            self.known[name] = numbers
        return self.known[name]

    def days(self, name: str) -> Array:
        """What the texts of one column say as dates, in days since 1970 began; nan where they say none."""
        return np.array([_days(cell) for cell in self.cells(name)])

    def columns(self, names: Sequence[str]) -> Array:
        """The numbers of several columns, rows x columns; a ValueError if a cell is not a finite number."""
        return np.column_stack([self.checked(name, self.numbers(name)) for name in names])

    def missing(self, name: str) -> NDArray[np.bool_]:
        """For each row whether its cell in that column holds nothing."""
        return np.array([cell.lower() in MISSING for cell in self.cells(name)], dtype=bool)

    def select(self, chosen: NDArray[np.bool_]) -> "Table":
        """The rows that are chosen."""
        return replace(self, rows=list(compress(self.rows, chosen)), lines=list(compress(self.lines, chosen)), known={})

    def checked(self, name: str, numbers: Array, why: str = NOT_FINITE, largest: float = math.inf) -> Array:
        """The numbers that were read from a column; a ValueError where one cannot be used.

        It is not finite, or too large, or it is a whole number that becomes the same float as another one.
        """
        good = np.isfinite(numbers) & (np.abs(numbers) <= largest)
        if not good.all():
            row = int(np.argmin(good))
            self.refuse(name, row, "which is too large: use another unit" if np.isfinite(numbers[row]) else why)
        large = np.flatnonzero(np.abs(numbers) >= EXACT).tolist()
        cells, wholes = self.cells(name) if large else [], dict[float, str]()
        for row in large:
            if WHOLE.fullmatch(cells[row]):
                other = wholes.setdefault(numbers[row], cells[row])
                if int(other) != int(cells[row]):
                    self.refuse(name, row, f"which no float tells from {other}")
        return numbers

    def refuse(self, name: str, row: int, why: str) -> NoReturn:
        """Say which cell cannot be used, as a ValueError."""
        cell, gone = self.cells(name)[row], self.missing(name)
        what = f"column {name!r} has {f'{cell!r}, {why}' if cell else 'an empty cell'}"
        way_out = "mend it, remove the row, or choose other columns with --features"
        if gone[row]:
            what += f", the first of {gone.sum()} that are empty" if gone.sum() > 1 else ""
            way_out = "fill it in, or train with --missing drop or --missing mean, which leave out or fill such rows"
        raise ValueError(f"{self.path}, line {self.lines[row]}, {what}; {way_out}")


def read(path: StrPath) -> "Table":
    """Read a CSV file whose first line names the columns; commas, semicolons or tabs may separate them.

    Where semicolons or tabs do, numbers may have a decimal comma.

    Args:
        path: the file; "-" is standard input.

    Raises:
        OSError: if the file cannot be read.
        ValueError: if it is empty, is not text, has two columns of one name, a row of another length, or a quotation
            mark that is never closed.
    """
    where = "standard input" if str(path) == "-" else str(path)
    try:
        written = sys.stdin.buffer.read() if str(path) == "-" else Path(path).read_bytes()
        text = written.decode("utf-8-sig")
    except FileNotFoundError:
        raise FileNotFoundError(f"there is no table {where!r}; check the path") from None
    except UnicodeDecodeError as error:
        raise ValueError(f"{where} is not text in UTF-8 ({error.reason}); save it as CSV in UTF-8") from None
    delimiter = max(",;\t", key=lambda each: len(next(_rows(text, each, where, strict=False), ([], 0))[0]))
    found = list(_rows(text, delimiter, where))
    if not found:
        raise ValueError(f"{where} is empty; it needs a line with the names of the columns, and rows of numbers below")
    names: dict[str, int] = {}
    for place, name in enumerate(map(str.strip, found[0][0])):
        if names.setdefault(name, place) != place:
            raise ValueError(f"{where} has more than one column {name!r}; its first line must name each")
    for row, line in found[1:]:
        if len(row) != len(names):
            what = f"has {len(row)} cells, but the first line names {len(names)} columns"
            raise ValueError(f"{where}, line {line} {what}; write a cell that has {delimiter!r} in it in quotes")
    rows, lines = [row for row, _ in found[1:]], [line for _, line in found[1:]]
    comma = delimiter != "," and any(DECIMAL.fullmatch(cell.strip()) for row in rows for cell in row)
    return Table(where, names, rows, lines, delimiter, comma)


def _rows(text: str, delimiter: str, where: str, strict: bool = True) -> Iterator[tuple[list[str], int]]:
    """The rows that are not blank, with the lines that they begin in."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True, strict=strict)
    line = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield row, line
            line = reader.line_num + 1
    except csv.Error as error:
        hint = "is a quotation mark there that is never closed?"
        raise ValueError(f"{where}, line {line} cannot be read: {error}; {hint}") from None


@dataclass(frozen=True)
class Column:
    """How a column of a table becomes numbers."""

    name: str
    kind: str = "number"  # or "date", or "category"
    values: tuple[str, ...] = ()  # of a category, all that it can be, in order
    fill: float | str | None = None  # what stands in for a cell that is missing, if anything does

    @classmethod
    def of(cls, table: Table, name: str, fill: bool = False) -> "Column":
        """How a column of this table is to be taken; a ValueError if it is neither numbers nor dates nor categories.

        Cells that are missing are filled, if they are to be, with the mean or the commonest category.
        """
        finite = np.isfinite(table.numbers(name))
        there = table if finite.all() else table.select(~table.missing(name))
        cells = [] if finite.all() else there.cells(name)
        if not cells and not finite.all():
            raise ValueError(f"{table.path}, column {name!r} is empty; choose other columns with --features")
        if 2 * finite.sum() >= len(cells):  # where most are numbers or dates, another text is a slip
            column = cls(name)
        elif 2 * np.isfinite(there.days(name)).sum() >= len(cells):
            column = cls(name, "date")
        else:
            column = cls(name, "category", tuple(sorted(set(cells))))
            unclear = [cell for cell in cells if any(form.fullmatch(cell) for form in UNCLEAR)]
            if unclear and all(math.isfinite(_number(value, False)) for value in {*cells} - {*unclear}):
                what = f"column {name!r} has {unclear[0]!r}, which can be read in several ways"
                way_out = "write numbers as 1000.5 and dates as 2024-01-31, or choose other columns with --features"
                raise ValueError(f"{table.path}, {what}; {way_out}")
            kinds = len(column.values)
            if kinds > CATEGORIES or (kinds > CLASSES and 2 * kinds > len(cells)):
                what = f"{kinds} different texts, such as {cells[0]!r}, which are neither numbers nor categories"
                way_out = "write dates as 2024-01-31, or choose other columns with --features"
                raise ValueError(f"{table.path}, column {name!r} has {what}; {way_out}")
        if not fill:
            return column
        mean_or_commonest = Counter(cells).most_common(1)[0][0] if column.values else float(np.mean(column.code(there)))
        return replace(column, fill=mean_or_commonest)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the inputs that it becomes: of two categories one, of more one for each."""
        if self.kind != "category":
            return (self.name,)
        return tuple(f"{self.name}={value}" for value in (self.values[1:] if len(self.values) == 2 else self.values))

    def code(self, table: Table) -> Array:
        """The column as numbers, rows x inputs; a ValueError if a cell is not of this kind, or missing for good."""
        if self.kind == "category":
            indicators: Array = np.eye(len(self.values))[self.numbers(table).astype(int)]
            return indicators[:, 1:] if len(self.values) == 2 else indicators
        numbers = table.days(self.name) if self.kind == "date" else table.numbers(self.name)
        if not np.isfinite(numbers).all() and (missing := self._missing(table)).any():
            numbers = np.where(missing, np.float64(self.fill), numbers)
        why = "which is no date such as 2024-01-31" if self.kind == "date" else NOT_FINITE
        return table.checked(self.name, numbers, why, LARGEST)[:, np.newaxis]

    def numbers(self, table: Table) -> Array:
        """For each row the number of its category; a ValueError if a cell is none of them."""
        places: dict[str, float] = {value: i for i, value in enumerate(self.values)}
        missing = self._missing(table).tolist()
        cells = [self.fill if gone else cell for cell, gone in zip(table.cells(self.name), missing, strict=True)]
        strange = next((i for i, cell in enumerate(cells) if cell not in places), None)
        if strange is not None:
            table.refuse(self.name, strange, f"which is none of {first(self.values, 10)}")
        return np.array([places[str(cell)] for cell in cells], dtype=float)

    def _missing(self, table: Table) -> NDArray[np.bool_]:
        """Which cells are missing, of a column where something stands in for them."""
        missing = table.missing(self.name)
        if missing.any() and self.fill is None:
            table.refuse(self.name, int(np.argmax(missing)), NOT_FINITE)
        return missing


def _number(cell: str, comma: bool) -> float:
    """What a text says as a number, with a decimal comma or a point; nan if it says none."""
    if comma:  # then points set thousands apart, and do nothing else
        whole, mark, rest = cell.partition(",")
        if "." in whole and not POINTED.fullmatch(whole):
            return math.nan
        cell = whole.replace(".", "") + mark.replace(",", ".") + rest
    try:
        return math.nan if "_" in cell else float(cell)
    except ValueError:
        return math.nan


def _days(cell: str) -> float:
    """A date in days since 1970 began; nan for a text that is no date in ISO 8601, such as 2024-01-31."""
    try:
        moment = datetime.fromisoformat(cell)
    except ValueError:
        return math.nan
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() / 86400


def _target(table: Table, name: str, wanted: bool | None) -> tuple[Array, tuple[str, ...]]:
    """The target's numbers, and the classes that they number; none if it is measured."""
    column = Column.of(table, name)
    if column.kind == "category":
        return column.numbers(table), column.values
    numbers: Array = column.code(table)[:, 0]
    classes, which = np.unique(numbers, return_inverse=True)
    whole = (classes == np.floor(classes)).all() and 1 < len(classes) <= (CATEGORIES if wanted else CLASSES)
    if whole and (wanted or (wanted is None and 10 * len(classes) <= len(numbers))):
        return which.astype(float), tuple(f"{number:g}" for number in classes.tolist())
    return numbers, ()


def load_table(
    path: StrPath | Table,
    target: str,
    features: Sequence[str] | None = None,
    missing: str | None = None,
    classes: bool | None = False,
) -> Dataset:
    """Read a data set from a CSV file.

    Args:
        path: the file, whose first line names the columns; or a table that has been read.
        target: the column to predict. Texts are classes.
        features: the columns to predict it from; by default all the others.
        missing: what to do about cells that are missing: "drop" leaves their rows out, "mean" fills them in with the
            mean of the column or its commonest category; None refuses them.
        classes: whether whole numbers in the target are classes; None if they are few, with ten rows for each.

    Raises:
        OSError: if the file cannot be read.
        ValueError: if the file is not such a table, a column is missing, a cell is not a number, or there are fewer
            than two rows.

    Example:
        >>> import tempfile, pathlib
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = pathlib.Path(folder, "houses.csv")
        ...     _ = path.write_text("rooms,view,price\\n3,sea,250\\n4,lake,310\\n5,sea,330\\n")
        ...     data = load_table(path, "price")
        >>> data.targets, data.input_names, data.inputs[0]
        (array([250., 310., 330.]), ('rooms', 'view=sea'), array([3., 1.]))
    """
    table = path if isinstance(path, Table) else read(path)
    table.cells(target)  # an error if there is none, before any other
    if features is None and "" in table.names:
        raise ValueError(
            f"{table.path} has a column without a name, such as the row numbers that pandas writes; give it one, or "
            "choose columns with --features"
        )
    features = [name for name in table.names if name != target] if features is None else list(features)
    if target in features:
        raise ValueError(f"the target {target!r} is also among the features; leave it out there")
    if not features:
        raise ValueError(f"{table.path} has no column besides the target {target!r} to predict it from")
    gone = np.zeros(len(table.rows), dtype=bool)
    for name in [] if missing is None else [target] if missing == "mean" else [target, *features]:
        gone |= table.missing(name)
    table = table.select(~gone) if gone.any() else table
    if len(table.rows) < 2:
        rows = "a single row" if table.rows else "no rows"
        raise ValueError(f"{table.path} has {rows} of data; at least two are needed, one to train on and one to test")
    columns = tuple(Column.of(table, name, missing == "mean") for name in features)
    targets, found = _target(table, target, classes)
    inputs = np.column_stack([column.code(table) for column in columns])
    names, file = tuple(name for column in columns for name in column.names), Path(table.path)
    name, about = Path(file.name.lstrip(".")).stem or "table", f"{len(table.rows)} rows of {file.name}."
    return Dataset(name, inputs, targets, names, target, {}, about, table.path, found, columns)


@dataclass(frozen=True)
class Scaling:
    """What turns columns into standard scores: each column's mean and standard deviation.

    Example:
        >>> Scaling.of(np.array([[1.0], [3.0]])).apply(np.array([[1.0], [2.0], [3.0]])).ravel().tolist()
        [-1.0, 0.0, 1.0]
    """

    mean: Array
    deviation: Array

    @classmethod
    def of(cls, columns: Array) -> "Scaling":
        """The scaling that gives these columns mean 0 and standard deviation 1; a constant column is only moved."""
        size = np.abs(columns).max(axis=0, initial=0.0)
        size = np.where(size > 0, size, 1.0)  # the squares of what is divided by it neither overflow nor vanish
        deviation = (columns / size).std(axis=0) * size
        return cls(columns.mean(axis=0), np.where(deviation > 0, deviation, 1.0))

    def apply(self, columns: Array) -> Array:
        """The columns in standard scores."""
        return (columns - self.mean) / self.deviation


def hold_out(points: int, fraction: float, seed: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Split the indices of so many points at random, into a part to train on and a part to test on.

    The fraction is the share of the test part, which gets at least one point and never all.

    Example:
        >>> [len(part) for part in hold_out(10, 0.2, seed=0)]
        [8, 2]
    """
    order = np.random.default_rng(seed).permutation(points)
    held_out = min(max(round(points * fraction), 1), points - 1)
    return np.sort(order[held_out:]), np.sort(order[:held_out])
