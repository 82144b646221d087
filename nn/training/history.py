"""`History`: what happened while a model was trained."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograd.engine.files import write_whole
from nn import plots

if TYPE_CHECKING:
    import os


@dataclass
class History:
    """The loss of every epoch, and the way the parameters took.

    Attributes:
        names: the parameters' names.
        losses: one for each epoch, as met during it; that of an epoch of several batches is their mean by size.
        path: the parameters' numbers at the start and after each epoch, so one more than there are losses; empty if
            it was not kept.
        stopped: what ended the training: "epochs", "tolerance" or "callback"; empty while it goes on.

    Example:
        >>> history = History(["m"], losses=[18.0, 10.125], path=[[5.0], [3.5], [1.25]])
        >>> len(history), history.losses[-1]
        (2, 10.125)
    """

    names: list[str]
    losses: list[float] = field(default_factory=list)
    path: list[list[float]] = field(default_factory=list)
    stopped: str = ""

    def __len__(self) -> int:
        """How many epochs there were."""
        return len(self.losses)

    def __repr__(self) -> str:
        course = f", loss {self.losses[0]:.6g} -> {self.losses[-1]:.6g}" if self.losses else ""
        return f"<History of {len(self)} epoch{'' if len(self) == 1 else 's'}{course}>"

    def plot(self, axes: Any = None) -> Any:
        """Draw the loss curve; needs matplotlib.

        Args:
            axes: matplotlib's axes to draw on; if absent, those of a new figure.

        Returns:
            The axes.
        """
        if axes is None:
            import matplotlib.pyplot as plt

            _, axes = plt.subplots()
        plots.plot_losses(axes, self.losses)
        return axes

    def write_csv(self, path: str | os.PathLike[str]) -> None:
        """Write a table with a row for each epoch: its number, its loss, and the parameters at its start.

        One more row holds the parameters at the end, without a loss. Floats can be read back as they were.

        Raises:
            OSError: if the file cannot be written.
        """
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["epoch", "loss", *(self.names if self.path else [])])
        for epoch in range(max(len(self.losses), len(self.path))):
            loss = repr(self.losses[epoch]) if epoch < len(self.losses) else ""
            numbers = self.path[epoch] if epoch < len(self.path) else []
            writer.writerow([epoch, loss, *map(repr, numbers)])
        write_whole(path, text.getvalue())

    @classmethod
    def read_csv(cls, path: str | os.PathLike[str]) -> History:
        """Read what `write_csv` wrote.

        Raises:
            FileNotFoundError: if there is no such file.
            ValueError: if it is no such table.
        """
        with open(Path(path), newline="", encoding="utf-8") as file:
            rows = list(csv.reader(file))
        if not rows or rows[0][:2] != ["epoch", "loss"]:
            raise ValueError(f"{str(path)!r} is no history: its first line must begin with epoch,loss")
        history = cls(rows[0][2:])
        for line, row in enumerate(rows[1:], start=2):
            try:
                if len(row) != len(rows[0]) or int(row[0]) != line - 2:
                    raise ValueError(f"it has {len(row)} cells and not {len(rows[0])}, or epochs are missing before it")
                if row[1]:
                    history.losses.append(float(row[1]))
                if history.names:
                    history.path.append([float(cell) for cell in row[2:]])
            except ValueError as error:
                raise ValueError(f"{str(path)!r} is damaged in line {line}: {error}") from None
        return history
