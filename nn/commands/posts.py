"""The main job: train every model of the five posts, and say what each post reports beside what was obtained."""

import argparse
import math
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import autograd
from autograd.engine.release import why_plain
from autograd.engine.value import Value
from nn.commands.arguments import columns
from nn.commands.folder import check_pictures, leave_graph, leave_model, leave_pictures, writable_folder
from nn.commands.index import write_index
from nn.posts import EXPRESSIONS, POSTS, RECIPES, Check, Recipe, Run
from nn.posts.figures import ORIGINS, OWN
from nn.training.fit import ENGINES


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which arguments there are."""
    parser.add_argument("--out", metavar="DIR", help="where to leave pictures, histories and models (runs)")


def run(args: argparse.Namespace) -> int:
    """Train all models, print the figures, and leave pictures, histories and models in a folder.

    Returns:
        0 if every figure agrees, else 1.
    """
    check_pictures()
    folder = writable_folder(args.out or "runs")
    start = time.perf_counter()
    if why_plain():
        print(why_plain())
    form = "compiled ahead of time" if autograd.native else "plain Python"
    print(f"Values run {form} (autograd.native is {autograd.native}).")
    print("Models are trained by the eager engine, which follows every scalar, and once more by each other one.")
    print("A figure agrees if it is the same to every digit reported.")
    checks: list[Check] = []
    seconds = dict.fromkeys(ENGINES, 0.0)
    for post, title in POSTS.items():
        print(f"\nPost {post}: {title}")
        for expression in EXPRESSIONS.get(post, ()):
            checks += run_expression(expression, folder)
        for recipe in RECIPES.values():
            if recipe.post == post:
                checks += run_recipe(recipe, folder, seconds)
    wrong = sum(not check.passed for check in checks)
    verdict = "all agree" if not wrong else f"{wrong} DIFFER"
    training = ", ".join(f"{engine} {taken:.1f} s" for engine, taken in seconds.items())
    print(f"\nOf {len(checks)} figures there are")
    for origin in ORIGINS:
        of_it = [check for check in checks if check.origin == origin]
        print(f"  {len(of_it):3} {origin}: {sum(check.passed for check in of_it)} agree")
    print(f"{len(checks)} figures, {verdict}. Training: {training}. All in all {time.perf_counter() - start:.1f} s.")
    print(f"Pictures, pages, histories and models are in {folder}/; open {write_index(folder)} in a browser.")
    return 1 if wrong else 0


def run_expression(expression: Callable[[], tuple[Value, list[Check]]], folder: Path) -> Sequence[Check]:
    """Differentiate, draw the graph, print the figures."""
    place = writable_folder(folder / expression.__name__)
    root, checks = expression()
    leave_graph(root, place)
    print(f"\n  {expression.__name__}: {str(expression.__doc__).splitlines()[0]}")
    print_checks(checks)
    return checks


def run_recipe(recipe: Recipe, folder: Path, seconds: dict[str, float]) -> Sequence[Check]:
    """Train with every engine, leave the files, print the figures, and count up the time that each engine takes."""
    place = writable_folder(folder / recipe.name)
    runs, times = {}, {}
    for engine in ENGINES:
        start = time.perf_counter()
        runs[engine] = recipe.train(progress=False, engine=engine)
        times[engine] = time.perf_counter() - start
        seconds[engine] += times[engine]
    run = runs.pop("eager")
    checks = [*recipe.checks(run), *(same_result(run, other, engine) for engine, other in runs.items())]
    leave_model(run, place)
    leave_pictures(run, place)
    epochs = f"{len(run.history):,} epoch{'' if len(run.history) == 1 else 's'}"
    print(f"\n  {recipe.name}: {recipe.title}")
    print(f"    {epochs}: {', '.join(f'{engine} {taken:.3f} s' for engine, taken in times.items())}")
    print_checks(checks)
    return checks


def same_result(eager: Run, other: Run, engine: str) -> Check:
    """Engines add up in different orders, so that last digits may differ; the loss that they reach may not."""
    expected, obtained = eager.history.losses[-1], other.history.losses[-1]
    agrees, note = math.isclose(expected, obtained, rel_tol=1e-6), "the eager engine's beside it"
    return Check(f"last loss, {engine} engine", f"{expected:.7g}", f"{obtained:.7g}", note, agrees, OWN)


def print_checks(checks: Sequence[Check]) -> None:
    """Print what is reported beside what was obtained, and a mark for each."""
    for origin in ORIGINS:
        rows = [("", "", "reported", "obtained", "")]
        rows += [(mark(c), c.what, c.reported, c.obtained, c.note) for c in checks if c.origin == origin]
        if len(rows) == 1:
            continue
        print(f"    {origin}:")
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        beside = sum(widths) + 13 <= columns()  # or else below, once for all rows that it says something of
        for (sign, what, reported, obtained, note), after in zip(rows, [*rows[1:], ("",) * 5], strict=True):
            line = f"    {sign:{widths[0]}} {what:{widths[1]}}  {reported:{widths[2]}}  {obtained:{widths[3]}}"
            print(f"{line}  ({note})" if note and beside else line.rstrip())
            if note and not beside and note != after[-1]:
                print(f"{'':{6 + widths[0]}}({note})")


def mark(check: Check) -> str:
    """A sign that the terminal can show."""
    good, bad = "✓", "✗ DIFFERS"
    try:
        f"{good}{bad}".encode(getattr(sys.stdout, "encoding", None) or "ascii")
    except UnicodeEncodeError:
        good, bad = "ok", "DIFFERS"
    return good if check.passed else bad
