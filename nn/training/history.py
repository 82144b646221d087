"""`History`: what happened while a model was trained."""

import csv
import io
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

from autograd.engine.files import StrPath, write_whole
from autograd.see.plotting import SIZE, dress
from nn import plots

VALIDATION, METRIC = "validation loss", "metric "
"""What begins the names of a history's columns that are no parameters."""


@dataclass
class History:
    """The loss of every epoch, and the way the parameters took.

    Attributes:
        names: the parameters' names.
        losses: one for each epoch, as met during it; that of an epoch of several batches is their mean by size.
        path: the parameters' numbers at the start and after each epoch, so one more than there are losses; empty if
            it was not kept.
        stopped: what ended the training: "epochs", "tolerance", "patience" or "callback"; empty while it goes on.
        validation_losses: after each epoch's steps, on the validation points, where there are any.
        metrics: by name, one for each epoch, after its steps: on the validation points if there are any, else on those
            of the training.

    Example:
        >>> history = History(["m"], losses=[18.0, 10.125], path=[[5.0], [3.5], [1.25]])
        >>> len(history), history.losses[-1]
        (2, 10.125)
    """

    names: list[str]
    losses: list[float] = field(default_factory=list)
    path: list[list[float]] = field(default_factory=list)
    stopped: str = ""
    validation_losses: list[float] = field(default_factory=list)
    metrics: dict[str, list[float]] = field(default_factory=dict)

    @property
    def best_epoch(self) -> int | None:
        """After how many epochs the validation loss was least, for the first time; None without validation."""
        losses = self.validation_losses
        return losses.index(min(losses)) + 1 if losses else None

    def keep_epochs(self, count: int) -> None:
        """Forget what came after so many epochs."""
        del self.losses[count:], self.path[count + 1 :], self.validation_losses[count:]
        for numbers in self.metrics.values():
            del numbers[count:]

    def __len__(self) -> int:
        """How many epochs there were."""
        return len(self.losses)

    def __repr__(self) -> str:
        course = f", loss {self.losses[0]:.6g} -> {self.losses[-1]:.6g}" if self.losses else ""
        return f"<History of {len(self)} epoch{'' if len(self) == 1 else 's'}{course}>"

    def plot(self, axes: Any = None) -> Any:
        """Draw the loss curve, on matplotlib's axes or those of a new figure, and return the axes.

        Raises:
            ImportError: if matplotlib is not installed.
        """
        if axes is None:
            try:
                import matplotlib.pyplot as plt
            except ModuleNotFoundError:
                raise ImportError("plots need matplotlib; install it with: pip install matplotlib") from None
            _, axes = plt.subplots(figsize=SIZE, layout="constrained")
            dress(axes)
        plots.plot_losses(axes, self.losses, validation=self.validation_losses)
        if self.metrics:
            plots.plot_metrics(axes, self.metrics)
        return axes

    def write_csv(self, path: StrPath) -> None:
        """Write a table with a row for each epoch: its number, its loss, and the parameters at its start.

        One more row holds the parameters at the end, without a loss. Floats can be read back as they were. The
        validation loss and the metrics after an epoch follow its loss, where there are any.
        """
        after = {VALIDATION: self.validation_losses, **{f"{METRIC}{name}": each for name, each in self.metrics.items()}}
        after = {name: numbers for name, numbers in after.items() if numbers}
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["epoch", "loss", *after, *(self.names if self.path else [])])
        rows = zip_longest(self.losses, *after.values(), *zip(*self.path, strict=True), fillvalue="")
        writer.writerows([epoch, *row] for epoch, row in enumerate(rows))
        write_whole(path, text.getvalue())

    @classmethod
    def read_csv(cls, path: StrPath) -> "History":
        """Read what `write_csv` wrote; a FileNotFoundError if there is no file, a ValueError if it is no such table."""
        with open(Path(path), newline="", encoding="utf-8") as file:
            rows = list(csv.reader(file))
        if not rows or rows[0][:2] != ["epoch", "loss"]:
            raise ValueError(f"{str(path)!r} is no history: its first line must begin with epoch,loss")
        history = cls([])
        columns: list[list[float]] = [history.losses]
        for name in rows[0][2:]:
            if name == VALIDATION:
                columns.append(history.validation_losses)
            elif name.startswith(METRIC):
                columns.append(history.metrics.setdefault(name.removeprefix(METRIC), []))
            else:
                history.names.append(name)
        for line, row in enumerate(rows[1:], start=2):
            try:
                if len(row) != len(rows[0]) or int(row[0]) != line - 2:
                    raise ValueError(f"it has {len(row)} cells and not {len(rows[0])}, or epochs are missing before it")
                for column, cell in zip(columns, row[1:], strict=False):
                    if cell:
                        column.append(float(cell))
                if history.names:
                    history.path.append([float(cell) for cell in row[1 + len(columns) :]])
            except ValueError as error:
                raise ValueError(f"{str(path)!r} is damaged in line {line}: {error}") from None
        return history
