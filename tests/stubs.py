"""Write what type checkers read in place of the two faces, which find most of their names only when they are asked for.

    python tests/stubs.py

Run it after a change of ``autograd/__init__.py`` or ``nn/__init__.py``; a test says so, too.
"""

from __future__ import annotations

import ast
import sys
from importlib import import_module
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
MODULES = {"autograd": ["strategies"], "nn": ["datasets", "strategies"]}  # found when asked for, as names are


def stub(package: str) -> str:
    """The stub of a package: each public name, taken from the room where it is defined."""
    face = import_module(package)
    public_operations = import_module("autograd.engine.primitive").public_operations
    source = CHECKOUT.joinpath(package, "__init__.py").read_text()
    homes = {name: f"{package}.{room}" for name, room in face._LAZY.items()}
    homes |= dict.fromkeys(MODULES[package], package)
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.ImportFrom) and statement.module:
            homes |= {alias.name: statement.module for alias in statement.names if alias.name in face.__all__}
    if package == "autograd":
        homes |= dict.fromkeys(public_operations(), "autograd.engine.ops")
        homes["__version__"] = "autograd.engine.release"
    lines = [f"from {home} import {name} as {name}\n" for name, home in homes.items()]
    heading = f'"""The names of `{package}`, for type checkers; written by tests/stubs.py."""\n\n'
    return heading + "".join(sorted(lines))


if __name__ == "__main__":
    sys.path.insert(0, str(CHECKOUT))
    for package in MODULES:
        CHECKOUT.joinpath(package, "__init__.pyi").write_text(stub(package))
