"""What there is to train, and to train on."""

from __future__ import annotations

from textwrap import fill

from nn.datasets import DATASETS, load
from nn.posts import POSTS, RECIPES

MARGIN = " " * 16


def list_everything() -> int:
    """Print the data sets and the models."""
    print("Data sets, for `python -m nn train NAME` and `nn.datasets.load(NAME)`:\n")
    for name in DATASETS:
        data = load(name)
        target = data.axis_label(data.target_name)
        print(f"  {name:13} {len(data):4} points   {target} from {data.inputs_in_words()}")
        about = f"{data.description} Source: {data.source}."
        print(fill(about, 100, initial_indent=MARGIN, subsequent_indent=MARGIN) + "\n")
    print("Models, for `python -m nn train NAME`:\n")
    for recipe in RECIPES.values():
        origin = f"post {recipe.post}, {POSTS[recipe.post]}" if recipe.post else "beside the posts"
        batch = "" if recipe.batch_size is None else f", batches of {recipe.batch_size}"
        settings = f"{recipe.loss}, {recipe.optimizer} at rate {recipe.lr:g}, {recipe.epochs:,} epochs{batch}"
        print(f"  {recipe.name:13} {recipe.title}\n{MARGIN}({origin}; {settings})")
    return 0
