"""How good `nn train TABLE` is with its defaults, beside scikit-learn's networks with theirs.

    python tests/benchmarks/tables.py [--seeds 20] [iris wine ...]

For each of six tables that scikit-learn has (linnerud has three targets) and each seed, the command line's own recipe is
trained; `MLPClassifier` or `MLPRegressor` gets the same rows to train on, all that is not held out, once as they are and
once in standard scores. What counts is the mean over the seeds, on the rows held out: the share of right classes in per
cent, or the squared error as a share of the targets' variance.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas
from sklearn import datasets
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from nn.__main__ import make_parser
from nn.commands.training import prepared
from nn.datasets.table import hold_out
from nn.metrics import accuracy, r2
from nn.prediction import predict

TARGET = "the target"


def tables() -> dict[str, pandas.DataFrame]:
    """The tables, by name, each with its target in the last column: of texts if it has classes."""
    found = {}
    for name in ("iris", "wine", "breast_cancer", "digits", "diabetes", "linnerud"):
        loaded: Any = getattr(datasets, f"load_{name}")(as_frame=True)
        targets = pandas.DataFrame(loaded.target)
        for target in targets:
            values = targets[target]
            if "target_names" in loaded and name != "linnerud":
                values = values.map(lambda number, names=loaded.target_names: f"class {names[number]}")
            label = f"{name}, {target}" if len(targets.columns) > 1 else name
            found[label] = loaded.data.assign(**{TARGET: values})
    return found


def ours(path: Path, seed: int) -> float:
    """How good the command line's own network is on the rows held out."""
    args = make_parser().parse_args(["train", str(path), "--target", TARGET, "--seed", str(seed)])
    with contextlib.redirect_stdout(io.StringIO()):
        run, parts = prepared(args)
        run.train(progress=False, keep_path=False)
    test = parts["the test part"]
    outputs = predict(run.model, test.inputs)
    return 100 * accuracy(outputs, test.targets) if test.classes else 1 - r2(outputs, test.targets)


def theirs(table: pandas.DataFrame, seed: int, scaled: bool) -> float:
    """How good scikit-learn's network is on the same rows."""
    inputs, targets = table.drop(columns=TARGET).to_numpy(), table[TARGET].to_numpy()
    trained_on, held_out = hold_out(len(table), 0.2, seed)
    network = (MLPClassifier if targets.dtype.kind not in "if" else MLPRegressor)(random_state=seed)
    model = make_pipeline(StandardScaler(), network) if scaled else network
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it has not converged
        score = model.fit(inputs[trained_on], targets[trained_on]).score(inputs[held_out], targets[held_out])
    return 100 * score if isinstance(network, MLPClassifier) else 1 - score


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("tables", nargs="*", help="whose names begin so (all)")
    parser.add_argument("--seeds", type=int, default=20)
    args = parser.parse_args()
    print(f"| table, {args.seeds} seeds | `nn train` | scikit-learn | in standard scores |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name, table in tables().items():
            if args.tables and not name.startswith(tuple(args.tables)):
                continue
            path = Path(folder, "table.csv")
            table.to_csv(path, index=False)
            scores = [(ours(path, s), theirs(table, s, False), theirs(table, s, True)) for s in range(args.seeds)]
            unit = " %" if isinstance(table[TARGET].iloc[0], str) else " of the variance"
            print(f"| {name} | {' | '.join(f'{mean:.2f}{unit}' for mean in np.mean(scores, axis=0))} |", flush=True)


if __name__ == "__main__":
    main()
