"""Do the tests notice a changed line? Small changes of the source, by cosmic-ray, and the tests that should fail for each.

    python tests/mutants.py                                 # 100 of each part, drawn by chance
    python tests/mutants.py autograd/engine/ops.py --sample 50 --seed 3

Each mutant is put in place of its module in a forked child, which runs the part's tests up to the first failure. Those
that nothing notices are printed, unless `HARMLESS` says why they change nothing. Needs cosmic-ray, and a system that
forks.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import importlib.abc
import importlib.util
import os
import random
import sys
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

TOP = Path(__file__).resolve().parents[1]

DERIVATIVES = ("test_functional", "test_sparse", "test_taylor", "roads_not_taken")
ENGINE = (
    "test_value",
    "test_backward",
    "test_copying",
    "test_modes",
    "test_numpy",
    "test_primitive",
    "test_functional",
)
TABLE = (
    *("test_ops", "test_domains_and_kinks", "test_properties"),
    *("test_narration", "test_number_format", "test_text_and_latex"),
)
PARTS = {
    "autograd/engine/ops.py": (
        *TABLE, "test_taylor", "test_check", "test_enclosure", "test_faithfulness", "test_linear", "roads_not_taken",
        "accuracy", "program/test_passes", "program/test_properties",
    ),
    "autograd/engine/value.py": (*ENGINE, "test_properties", "test_interruptions", "roads_not_taken"),
    **{
        f"autograd/calculus/{file}.py": DERIVATIVES
        for file in ("call", "containers", "functions", "graph", "matrices", "series", "sparse", "taylor")
    },
    "nn/optim.py": ("test_optim",),
}  # fmt: skip
"""What is changed, and the tests that should notice."""

SKIPPED = ("Bit", "Shift", "Decorator", "AddNot", "_Is")
"""Changes that make no sense in this code: it has no bits, and a Value is compared by identity."""

HARMLESS = {
    "if y <= 0.0:": "a quotient may always go by the table, which is slower",
    'return hasattr(tree, "flat") and getattr(tree, "shape", ()) > ()': "every other shape is longer",
    "for field, part in zip(parts_of(tree) or (), parts, strict=False):": "they are of one length",
    "if len(call.inputs) != len(outputs):": "forward or reverse, the Jacobian is the same",
    "if len(xs) != 8:": "both ways give the same products, and one is linear in their number",
    'check_function(f, -1, "jvp")': "all that counts there is that it is a number",
    "for parameter, number in zip(self.parameters, numbers.tolist(), strict=False):": "they are of one length",
    "(lambda x, y, n: n <= 1, lambda x, y, n: x / y),": "n is a whole number from 1 on",
    "if not 0.0 <= number != math.inf:": "0 <= number leaves inf alone that is not below inf",
    "if not 0.0 <= self.weight_decay != math.inf:": "the same",
}
"""Changed lines that behave as before, and why."""

LIMIT = 200
"""Seconds of processor time after which a mutant counts as noticed, for it runs in circles; or ten times that waiting."""


class Mutant(importlib.abc.MetaPathFinder, importlib.abc.SourceLoader):
    """The finder and loader of one module's changed source."""

    def __init__(self, module: str, path: Path, text: str) -> None:
        self.module, self.path, self.text = module, path, text

    def find_spec(self, name: str, path: object, target: ModuleType | None = None) -> ModuleSpec | None:
        return importlib.util.spec_from_loader(name, self, origin=str(self.path)) if name == self.module else None

    def get_data(self, path: object) -> bytes:
        return self.text.encode()

    def get_filename(self, name: str) -> str:
        return str(self.path)

    def path_stats(self, path: object) -> dict[str, float]:
        raise OSError  # so that no bytecode is written, nor any that is there read


def mutants_of(source: str) -> list[tuple[str, int, int]]:
    """All changes of a source: the operator's name, the how-manieth place where it applies, and its line."""
    import parso
    from cosmic_ray.ast import ast_nodes
    from cosmic_ray.plugins import get_operator, operator_names

    dull, found = dull_lines(source), []
    nodes = list(ast_nodes(parso.parse(source)))
    for name in sorted(operator_names()):
        if any(word in name for word in SKIPPED):
            continue
        try:
            operator = get_operator(name)()
        except TypeError:  # it asks for arguments, which say what to rename
            continue
        places = (start for node in nodes for start, _ in operator.mutation_positions(node))
        found += [(name, i, start[0]) for i, start in enumerate(places) if start[0] not in dull]
    return found


def dull_lines(source: str) -> set[int]:
    """The numbers of those lines that speak to readers and type checkers only."""
    dull = set()
    for node in ast.walk(ast.parse(source)):
        is_overload = isinstance(node, ast.FunctionDef) and ast.unparse(node.body[-1]) == "..."
        is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if is_overload or is_text or isinstance(node, (ast.Import, ast.ImportFrom)):
            dull |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return dull


@cache
def prepare() -> None:
    """Import once what every child needs, but nothing of this project."""
    os.environ |= {"HYPOTHESIS_PROFILE": "quick", "HYPOTHESIS_NO_PLUGINS": "1"}
    os.chdir(TOP)
    sys.path.insert(0, str(TOP))
    import _hypothesis_pytestplugin
    import hypothesis.extra.numpy
    import mpmath
    import numpy
    import pytest

    del _hypothesis_pytestplugin, hypothesis, mpmath, numpy, pytest
    if loaded := [name for name in sys.modules if name.split(".")[0] in ("autograd", "nn")]:
        raise RuntimeError(f"{loaded[0]} is imported already, so that no mutant could take its place")


def is_noticed(file: str, text: str, tests: Sequence[str]) -> bool:
    """Whether the tests fail, or hang, with this text in place of the file's."""
    prepare()
    child = os.fork()
    if child == 0:
        os._exit(run(file, text, tests))
    end = time.monotonic() + 10 * LIMIT
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status != 0
        time.sleep(0.02)
    os.kill(child, 9)
    os.waitpid(child, 0)
    return True


def run(file: str, text: str, tests: Sequence[str]) -> int:
    """What pytest ends with, in a child whose output is dropped."""
    import resource

    import pytest

    resource.setrlimit(resource.RLIMIT_CPU, (LIMIT, LIMIT))
    with tempfile.TemporaryFile() as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
        sys.meta_path.insert(0, Mutant(file.removesuffix(".py").replace("/", "."), TOP / file, text))
        plugins = ("no:cacheprovider", "no:benchmark", "no:xdist")
        options = ["-q", "-x", *(word for plugin in plugins for word in ("-p", plugin))]
        paths = [
            str(path if path.is_dir() else path.with_suffix(".py")) for path in (TOP / "tests" / name for name in tests)
        ]
        return int(pytest.main([*options, "-k", "not jax and not torch and not million and not threads", *paths]))


def changes(before: str, after: str) -> Iterator[str]:
    """The lines that differ, marked by - and +."""
    for line in difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0):
        if line[0] in "+-" and not line.startswith(("+++", "---")):
            yield line


def measure(file: str, sample: int, seed: int) -> tuple[int, int]:
    """How many of a sample of mutants are noticed, and how many there were that are not harmless; the others printed."""
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator

    source, tests = (TOP / file).read_text(encoding="utf-8"), PARTS[file]
    if is_noticed(file, source, tests):
        raise SystemExit(f"the tests of {file} fail before anything is changed")
    mutants = mutants_of(source)
    random.Random(seed).shuffle(mutants)
    noticed = total = 0
    for name, place, line in mutants[:sample]:
        text = mutate_code(source, get_operator(name)(), place)
        difference = list(changes(source, text or source))
        if not difference or difference[-1][1:].strip() in HARMLESS:
            continue
        total += 1
        if is_noticed(file, text, tests):
            noticed += 1
        else:
            print(f"{file}:{line}", *difference, sep="\n    ", flush=True)
    print(f"{file}: {noticed} of {total} noticed; there are {len(mutants)}", flush=True)
    return noticed, total


def main() -> None:
    """Measure the parts that are named, or all."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("files", nargs="*", metavar="FILE", help=f"of: {', '.join(PARTS)} (all)")
    parser.add_argument("--sample", type=int, default=100, metavar="N", help="mutants of each file (100)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="which mutants are drawn (0)")
    arguments = parser.parse_args()
    if unknown := [file for file in arguments.files if file not in PARTS]:
        parser.error(f"{unknown[0]} is none of: {', '.join(PARTS)}")
    counts = [measure(file, arguments.sample, arguments.seed) for file in arguments.files or PARTS]
    noticed, total = (sum(column) for column in zip(*counts, strict=True))
    print(f"all: {noticed} of {total} mutants noticed, {noticed / max(total, 1):.0%}")


if __name__ == "__main__":
    main()
