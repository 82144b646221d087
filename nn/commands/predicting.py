"""Let a saved model answer for the rows of a CSV file."""

from __future__ import annotations

import csv
import io
import sys
from typing import TYPE_CHECKING, Any

import numpy as np

import autograd
from autograd.engine.files import write_whole
from nn.commands.arguments import names
from nn.datasets.table import read
from nn.losses import LOSSES
from nn.plots import answers
from nn.serialization import load, load_metadata

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which arguments there are."""
    parser.add_argument("model", metavar="MODEL", help="the model.json of a training")
    parser.add_argument("table", metavar="data.csv", help="a CSV file with a column for each input")
    parser.add_argument("--features", type=names, metavar="A,B", help="the columns, if they have other names")
    parser.add_argument("--out", metavar="FILE", help="write a CSV file instead of printing")


def run(args: argparse.Namespace) -> int:
    """Let a saved model answer for a CSV file: print it with one more column.

    Where the target is known, print the loss as well.

    Raises:
        ValueError, OSError: if a file cannot be read, or table and model do not fit.
    """
    model_path, table_path, features, out = args.model, args.table, args.features, args.out
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
