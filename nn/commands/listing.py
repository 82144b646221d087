"""What there is to train, and to train on."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

from nn.commands.arguments import PROGRAM
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
        print(f"  {name:13} {len(data):4} points   {target} from {data.inputs_in_words()}")
        about = f"{data.description} Source: {data.source}."
        print(fill(about, 100, initial_indent=MARGIN, subsequent_indent=MARGIN) + "\n")
    print(f"Models, for `{PROGRAM} train NAME`:\n")
    for recipe in RECIPES.values():
        origin = f"post {recipe.post}, {POSTS[recipe.post]}" if recipe.post else "beside the posts"
        batch = "" if recipe.batch_size is None else f", batches of {recipe.batch_size}"
        settings = f"{recipe.loss}, {recipe.optimizer} at rate {recipe.lr:g}, {recipe.epochs:,} epochs{batch}"
        print(f"  {recipe.name:13} {recipe.title}\n{MARGIN}({origin}; {settings})")
    return 0
