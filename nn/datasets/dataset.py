"""What a data set is: two arrays, and what one must know to plot and to trust them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from nn.module import Array


@dataclass(frozen=True)
class Dataset:
    """Points to learn from: one row of `inputs` and one entry of `targets` for each.

    Args:
        name: what it is called.
        inputs: the inputs, points x features.
        targets: what the model should answer, one number a point.
        input_names: the names of the features, in order.
        target_name: the name of the target.
        units: by column name, the unit; a pure number has none.
        description: what the numbers are.
        source: where they come from.
        classes: the names of the classes, where the targets are their numbers.
        columns: how the columns of a table became the inputs, where they come from one.

    Raises:
        ValueError: if the shapes do not fit together.
    """

    name: str
    inputs: Array
    targets: Array
    input_names: tuple[str, ...]
    target_name: str
    units: Mapping[str, str] = field(default_factory=dict)
    description: str = ""
    source: str = ""
    classes: tuple[str, ...] = ()
    columns: tuple[Any, ...] = ()

    def __post_init__(self) -> None:
        """Turn what was given into arrays of floats, and check that they fit together."""
        inputs = np.asarray(self.inputs, dtype=float)
        if inputs.ndim == 1:
            inputs = inputs[:, np.newaxis]
        targets = np.asarray(self.targets, dtype=float)
        expected = (len(targets), len(self.input_names))
        if targets.ndim != 1 or inputs.shape != expected:
            wanted = f"inputs of shape {expected}, points x named features"
            found = f"they have shape {inputs.shape}, and the targets {targets.shape}"
            raise ValueError(f"data set {self.name!r} needs {wanted}, but {found}")
        object.__setattr__(self, "inputs", inputs)
        object.__setattr__(self, "targets", targets)

    def __len__(self) -> int:
        """How many points there are."""
        return len(self.targets)

    def __iter__(self) -> Iterator[Array]:
        """Unpack as ``inputs, targets = dataset``."""
        return iter((self.inputs, self.targets))

    def rows(self, chosen: Any) -> "Dataset":
        """Some of the points: those that an index of NumPy's says."""
        return replace(self, inputs=self.inputs[chosen], targets=self.targets[chosen])

    def axis_label(self, column: str) -> str:
        """The name of a column with its unit, as an axis of a picture shows it."""
        unit = self.units.get(column, "")
        return f"{column} ({unit})" if unit else column

    def inputs_in_words(self) -> str:
        """The names of the inputs with their units; of many, the first and the last."""
        labels = [self.axis_label(name) for name in self.input_names]
        return ", ".join(labels) if len(labels) <= 8 else f"{len(labels)} inputs, {labels[0]} to {labels[-1]}"
