"""Let a saved model answer for the rows of a CSV file."""

import argparse
import csv
import io
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from autograd.engine.files import write_whole
from nn.commands.arguments import names
from nn.datasets.table import Column, Table, read
from nn.losses import CLASSIFIERS, LOSSES
from nn.metrics import metric
from nn.module import Array
from nn.prediction import predict
from nn.serialization import load, load_metadata


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which arguments there are."""
    parser.add_argument("model", metavar="MODEL", help="the folder of a training, or the model.json in it")
    parser.add_argument(
        "table", metavar="data.csv", help="a CSV file with a column for each input; - for standard input"
    )
    parser.add_argument("--features", type=names, metavar="A,B", help="the columns, if they have other names")
    parser.add_argument("--probabilities", action="store_true", help="of a classifier: add each class's probability")
    parser.add_argument("--out", metavar="FILE", help="write a CSV file instead of printing")


def run(args: argparse.Namespace) -> int:
    """Let a saved model answer for a CSV file: print it with one more column.

    Where the target is known, print the loss as well.
    """
    file = str(Path(args.model, "model.json") if Path(args.model).is_dir() else args.model)
    model: Any = load(file)
    metadata, table = load_metadata(file), read(args.table)
    columns = inputs_of(metadata, args.features, file)
    width = sum(len(column.names) for column in columns)
    if width != model.nin:
        raise ValueError(f"{model!r} takes {model.nin} inputs, but --features names {width}")
    if not table.rows:
        raise ValueError(f"{table.path} has no rows of data; add the rows to answer for")
    outputs = predict(model, np.column_stack([column.code(table) for column in columns]))
    target, loss = metadata.get("target", "answer"), metadata.get("loss")
    classes = metadata.get("classes") or [str(i) for i in range(outputs.shape[1] if outputs.ndim == 2 else 2)]
    text = io.StringIO()
    writer = csv.writer(text, delimiter=table.delimiter, lineterminator="\n")
    answers = answers_of(outputs, target, loss, classes, args.probabilities)
    writer.writerow([*table.names, *answers])
    writer.writerows([*row, *more] for row, *more in zip(table.rows, *answers.values(), strict=True))
    comparison = compared(outputs, table, target, loss, classes)
    if args.out is None or args.out == "-":
        print(text.getvalue(), end="")
    else:
        write_whole(args.out, text.getvalue())
    if comparison:
        print(comparison, file=sys.stderr)
    return 0


def inputs_of(metadata: dict[str, Any], features: Sequence[str] | None, model: str) -> list[Column]:
    """How the columns become the model's inputs: as in training, maybe under other names."""
    kept = metadata.get("columns") or [{"name": name} for name in metadata.get("features", features) or ()]
    if not all(isinstance(column, dict) and isinstance(column.get("name"), str) for column in kept):
        raise ValueError(f"{model!r} is not a model file that this package wrote: its columns have no names")
    if not kept:
        raise ValueError(f"{model!r} does not say which columns it takes; name them with --features")
    if features is None:
        features = [column["name"] for column in kept]
    if len(features) != len(kept):
        raise ValueError(f"{model!r} takes {len(kept)} inputs, but --features names {len(features)}")
    return [
        Column(name, column.get("kind", "number"), tuple(column.get("values", ())), column.get("fill"))
        for name, column in zip(features, kept, strict=True)
    ]


def answers_of(
    outputs: Array, target: str, loss: str | None, classes: Sequence[str], probabilities: bool
) -> dict[str, list[str]]:
    """What is written beside each row, by the names of the columns: an answer, and probabilities if they are wanted."""
    if loss not in CLASSIFIERS:
        return {f"predicted {target}": [f"{answer:.6g}" for answer in outputs.tolist()]}
    scores = np.column_stack([np.zeros(len(outputs)), outputs]) if outputs.ndim == 1 else outputs
    powers = np.exp(scores - scores.max(axis=1, keepdims=True)).T
    shares = [[f"{share:.6g}" for share in column] for column in (powers / powers.sum(axis=0)).tolist()]
    if loss == "binary_cross_entropy" and list(classes) == ["0", "1"]:
        return {f"probability of {target}": shares[1]}
    found = {f"predicted {target}": [classes[i] for i in scores.argmax(axis=1).tolist()]}
    if probabilities and loss != "hinge":  # whose scores say nothing about that
        found |= {f"probability of {name}": share for name, share in zip(classes, shares, strict=True)}
    return found


def compared(outputs: Array, table: Table, target: str, loss: str | None, classes: Sequence[str]) -> str:
    """How the answers compare with the target; empty if the table does not have it in every row."""
    if target not in table.names or loss not in LOSSES or table.missing(target).any():
        return ""
    column = Column.of(table, target)
    if loss in CLASSIFIERS:
        found = outputs.argmax(axis=1) if outputs.ndim == 2 else (outputs > 0).astype(int)
        texts = column.kind == "category"
        cells = table.cells(target) if texts else [f"{x:g}" for x in column.code(table)[:, 0].tolist()]
        right = np.mean([classes[i] == cell for i, cell in zip(found.tolist(), cells, strict=True)])
        return f"{right:.1%} of the answers are those of the column {target!r}"
    if column.kind == "category":
        return f"the column {target!r} has texts and no numbers to compare with"
    return f"{loss} against the column {target!r}: {metric(loss)(outputs, column.code(table)[:, 0]):.6g}"
