"""What there is to train, and to train on."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

from nn.commands.arguments import PROGRAM
from nn.commands.width import columns
from nn.datasets import DATASETS, load
from nn.posts import POSTS, RECIPES

if TYPE_CHECKING:
    import argparse

MARGIN = " " * 16


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """There are none."""


def run(args: argparse.Namespace) -> int:
    """Show the data sets and the models."""
    print(f"Data sets, for `{PROGRAM} train NAME` and `nn.datasets.load(NAME)`:\n")
    for name in DATASETS:
        data = load(name)
        target = data.axis_label(data.target_name)
        head = f"  {name:13} {len(data):4} points   "
        about = f"{data.description} Source: {data.source}."
        print(
            fill(
                f"{target} from {data.inputs_in_words()}",
                columns(),
                initial_indent=head,
                subsequent_indent=" " * len(head),
            )
        )
        print(fill(about, columns(), initial_indent=MARGIN, subsequent_indent=MARGIN) + "\n")
    print(f"Models, for `{PROGRAM} train NAME`:\n")
    for recipe in RECIPES.values():
        origin = f"post {recipe.post}, {POSTS[recipe.post]}" if recipe.post else "beside the posts"
        batch = "" if recipe.batch_size is None else f", batches of {recipe.batch_size}"
        epochs = f"{recipe.epochs:,} epoch{'' if recipe.epochs == 1 else 's'}"
        settings = f"{recipe.loss}, {recipe.optimizer} at rate {recipe.lr:g}, {epochs}{batch}"
        print(fill(recipe.title, columns(), initial_indent=f"  {recipe.name:13} ", subsequent_indent=MARGIN))
        print(fill(f"({origin}; {settings})", columns(), initial_indent=MARGIN, subsequent_indent=MARGIN))
    return 0
