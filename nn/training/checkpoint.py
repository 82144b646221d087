"""Checkpoints: all that a training needs to go on as if it had never stopped."""

import base64
import hashlib
import os
import time
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd.engine.files import StrPath
from nn.files import read_document, write_document
from nn.module import Array
from nn.training.history import History

VERSION = 1
_KINDS: dict[str, type] = {"epoch": int, "path": str, "stopped": str}
_KINDS |= dict.fromkeys(["names", "losses", "validation_losses", "numbers", "best"], list)
_KINDS |= dict.fromkeys(["metrics", "settings", "optimizer"], dict)


@dataclass(frozen=True)
class Snapshot:
    """A training at the end of an epoch. Shuffling has no state: the order follows from seed and epoch."""

    epoch: int  # how many are done
    numbers: Array  # the parameters'
    best: Array  # those after the epoch with the least validation loss
    optimizer: dict[str, Any]  # what it remembers
    stopped: str  # what ended the training, if that has happened


class Checkpoint:
    """A file that a training is kept in while it runs, written after so many epochs or seconds, where they are given.

    The settings are what must be the same for the training to go on to the same result.
    """

    def __init__(self, path: StrPath, epochs: int | None, seconds: float | None, settings: dict[str, Any]) -> None:
        for name, every in (("checkpoint_epochs", epochs), ("checkpoint_seconds", seconds)):
            if every is not None and not every > 0:
                raise ValueError(f"{name} must be positive, or None, but got {every!r}")
        self.path, self.epochs, self.seconds, self.settings = path, epochs, seconds, settings
        self.written_epoch, self.written_at = 0, time.monotonic()

    def due(self, epoch: int) -> bool:
        """Whether it is time to write."""
        if self.epochs is not None and epoch - self.written_epoch >= self.epochs:
            return True
        return self.seconds is not None and time.monotonic() - self.written_at >= self.seconds

    def write(self, snapshot: Snapshot, history: History) -> None:
        """Replace the file; an OSError if it cannot be written."""
        content = {**vars(history), **vars(snapshot), "path": _encode(history.path), "settings": self.settings}
        write_document(self.path, "checkpoint", VERSION, content)
        self.written_epoch, self.written_at = snapshot.epoch, time.monotonic()

    def read(self) -> tuple[Snapshot, History]:
        """Read what a training left; a ValueError if the file is damaged or foreign, or the settings were others."""
        content, where = read_document(self.path, "checkpoint", VERSION), repr(os.fspath(self.path))
        try:
            for name, kind in _KINDS.items():
                if not isinstance(content.get(name, kind()), kind):
                    raise TypeError(f"{name} is {content[name]!r}")
            settings = content["settings"]
            content["path"] = _decode(content["path"], len(content["names"]))
            content["numbers"] = np.array(content["numbers"], dtype=float)
            content["best"] = np.array(content.get("best", content["numbers"]), dtype=float)  # which 0.1.0 did not keep
            snapshot = Snapshot(**{field.name: content[field.name] for field in fields(Snapshot)})
            history = History(**{field.name: content[field.name] for field in fields(History) if field.name in content})
            shapes = {snapshot.numbers.shape, snapshot.best.shape, (len(history.names),)}
            if len(shapes) > 1 or len(history) != snapshot.epoch:
                raise ValueError("its parts are not of one training")
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            what = f"none that a training wrote ({error}); start anew without it"
            raise ValueError(f"the checkpoint {where} is {what}") from None
        for name in {**self.settings, **settings}:
            before, now = settings.get(name, 0.0), self.settings.get(name, 0.0)
            if before != now:
                short = len(f"{before}{now}") < 80
                was = f" with {name}={before!r}, and now it is {now!r}" if short else f" with other {name}"
                way_out = "give the same again, or start anew, without resuming"
                raise ValueError(f"the checkpoint {where} was made{was}; {way_out}")
        return snapshot, history


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
