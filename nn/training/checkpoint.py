"""Checkpoints: all that a training needs to go on as if it had never stopped."""

from __future__ import annotations

import base64
import hashlib
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nn.files import read_document, write_document
from nn.training.history import History

if TYPE_CHECKING:
    from numpy.typing import NDArray

VERSION = 1


@dataclass(frozen=True)
class Snapshot:
    """A training at the end of an epoch.

    Shuffling has no state of its own: an epoch's order follows from the seed and the epoch's number.

    Attributes:
        epoch: how many are done.
        numbers: the parameters'.
        best: those after the epoch with the least validation loss; without validation the same.
        optimizer: what it remembers.
        stopped: what ended the training, if that has happened.
    """

    epoch: int
    numbers: NDArray[np.float64]
    best: NDArray[np.float64]
    optimizer: dict[str, Any]
    stopped: str


class Checkpoint:
    """A file that a training is kept in while it runs.

    Args:
        path: the file.
        epochs: write it after so many epochs, if given.
        seconds: write it when so many seconds have gone by, if given.
        settings: what must be the same for the training to go on to the same result.

    Raises:
        ValueError: if `epochs` or `seconds` is not positive.
    """

    def __init__(
        self, path: str | os.PathLike[str], epochs: int | None, seconds: float | None, settings: dict[str, Any]
    ) -> None:
        for name, every in (("checkpoint_epochs", epochs), ("checkpoint_seconds", seconds)):
            if every is not None and not every > 0:
                raise ValueError(f"{name} must be positive, or None, but got {every!r}")
        self.path = path
        self.epochs = epochs
        self.seconds = seconds
        self.settings = settings
        self.written_epoch = 0
        self.written_at = time.monotonic()

    def due(self, epoch: int) -> bool:
        """Whether it is time to write."""
        if self.epochs is not None and epoch - self.written_epoch >= self.epochs:
            return True
        return self.seconds is not None and time.monotonic() - self.written_at >= self.seconds

    def write(self, snapshot: Snapshot, history: History) -> None:
        """Replace the file.

        Raises:
            OSError: if it cannot be written.
        """
        content = {
            "settings": self.settings,
            "epoch": snapshot.epoch,
            "numbers": snapshot.numbers,
            "best": snapshot.best,
            "optimizer": snapshot.optimizer,
            "names": history.names,
            "losses": history.losses,
            "validation_losses": history.validation_losses,
            "metrics": history.metrics,
            "path": _encode(history.path),
            "stopped": snapshot.stopped,
        }
        write_document(self.path, "checkpoint", VERSION, content)
        self.written_epoch, self.written_at = snapshot.epoch, time.monotonic()

    def read(self) -> tuple[Snapshot, History]:
        """Read what a training with the same settings left.

        Raises:
            FileNotFoundError: if there is no such file.
            ValueError: if it is damaged or foreign, or the settings were others.
        """
        content = read_document(self.path, "checkpoint", VERSION)
        for name in {**self.settings, **content["settings"]}:
            before, now = content["settings"].get(name, 0.0), self.settings.get(name, 0.0)
            if before != now:
                was = (
                    f" with {name}={before!r}, and now it is {now!r}"
                    if len(f"{before}{now}") < 80
                    else f" other {name}"
                )
                raise ValueError(
                    f"the checkpoint {os.fspath(self.path)!r} was made{was}; "
                    "give the same again, or start anew with resume=False"
                )
        try:
            names, stopped = content["names"], content["stopped"]
            history = History(names, content["losses"], _decode(content["path"], len(names)), stopped)
            history.validation_losses = content.get("validation_losses", [])  # which 0.1.0 did not keep
            history.metrics = content.get("metrics", {})
            numbers = np.array(content["numbers"], dtype=float)
            best = np.array(content.get("best", numbers), dtype=float)
            if not numbers.shape == best.shape == (len(names),) or len(history) != content["epoch"]:
                raise ValueError("its parts are not of one training")
            return Snapshot(content["epoch"], numbers, best, content["optimizer"], stopped), history
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ValueError(
                f"the checkpoint {os.fspath(self.path)!r} is none that a training wrote ({error}); start anew without it"
            ) from None


def digest(*arrays: NDArray[Any]) -> str:
    """A fingerprint of data, to tell whether they are the same again."""
    hashed = hashlib.sha256()
    for array in arrays:
        hashed.update(f"{array.shape}".encode())
        hashed.update(np.ascontiguousarray(array, dtype=float).tobytes())
    return hashed.hexdigest()[:16]


def _encode(path: list[list[float]]) -> str:
    # As bytes: a path can hold millions of numbers, and the file is written again and again.
    return base64.b64encode(np.array(path, dtype="<f8").tobytes()).decode()


def _decode(text: str, width: int) -> list[list[float]]:
    rows: list[list[float]] = np.frombuffer(base64.b64decode(text), dtype="<f8").reshape(-1, width).tolist()
    return rows
