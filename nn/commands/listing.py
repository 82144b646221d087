"""What there is to train, and to train on."""

import argparse
from textwrap import fill

from nn.commands.arguments import PROGRAM, columns
from nn.datasets import DATASETS, load
from nn.posts import POSTS, RECIPES

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
        show(f"{target} from {data.inputs_in_words()}", head, " " * len(head))
        show(f"{data.description} Source: {data.source}.")
        print()
    print(f"Models, for `{PROGRAM} train NAME`:\n")
    for recipe in RECIPES.values():
        origin = f"post {recipe.post}, {POSTS[recipe.post]}" if recipe.post else "beside the posts"
        fit = recipe.fit
        batch = "" if fit.batch_size is None else f", batches of {fit.batch_size}"
        epochs = f"{fit.epochs:,} epoch{'' if fit.epochs == 1 else 's'}"
        show(recipe.title, f"  {recipe.name:13} ")
        show(f"({origin}; {fit.loss}, {fit.optimizer} at rate {fit.lr:g}, {epochs}{batch})")
    return 0


def show(text: str, first: str = MARGIN, others: str = MARGIN) -> None:
    """Print a text that fits into the terminal."""
    print(fill(text, columns(), initial_indent=first, subsequent_indent=others))
