"""Let a saved model answer for the rows of a CSV file."""

from __future__ import annotations

import csv
import io
import sys
from typing import TYPE_CHECKING, Any

import numpy as np

import autograd
from nn.datasets.table import read
from nn.files import write_whole
from nn.losses import LOSSES
from nn.plots import answers
from nn.serialization import load, load_metadata

if TYPE_CHECKING:
    from collections.abc import Sequence


def predict(model_path: str, table_path: str, features: Sequence[str] | None = None, out: str | None = None) -> int:
    """Print the table with one more column, the model's answers; where the target is known, also the loss.

    Args:
        model_path: a file that training saved.
        table_path: a CSV file with a column for each input of the model.
        features: the columns to use, in the order of the inputs; by default those of the same names as in training.
        out: the file to write instead of printing.

    Raises:
        ValueError, OSError: if a file cannot be read, or table and model do not fit.
    """
    model: Any = load(model_path)
    metadata, table = load_metadata(model_path), read(table_path)
    features = features or metadata.get("features")
    if features is None:
        raise ValueError(f"{model_path!r} does not say which columns it takes; name them with --features")
    if len(features) != model.nin:
        raise ValueError(f"{model!r} takes {model.nin} inputs, but --features names {len(features)}")
    if not table.rows:
        raise ValueError(f"{table_path} has no rows of data; add the rows to answer for")
    scores = answers(model, table.columns(features))
    target = metadata.get("target", "answer")
    classifies = metadata.get("loss") == "binary_cross_entropy"
    name = f"probability of {target}" if classifies else f"predicted {target}"
    shown = [autograd.sigmoid(float(score)) for score in scores] if classifies else scores.tolist()
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*table.names, name])
    writer.writerows([*row, f"{answer:.6g}"] for row, answer in zip(table.rows, shown, strict=True))
    if out is None:
        print(text.getvalue(), end="")
    else:
        write_whole(out, text.getvalue())
    if target in table.names and metadata.get("loss") == "cross_entropy":
        right = np.mean(scores == np.asarray(table.column(target)))
        print(f"{right:.1%} of the answers are those of the column {target!r}", file=sys.stderr)
    elif target in table.names and metadata.get("loss") in LOSSES:
        loss = LOSSES[metadata["loss"]](scores.tolist(), np.asarray(table.column(target)).tolist())
        print(f"{metadata['loss']} against the column {target!r}: {loss.data:.6g}", file=sys.stderr)
    return 0
