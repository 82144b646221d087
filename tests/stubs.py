"""Write what type checkers read where names are found only when they are asked for: stubs of the two faces, and a list
of the methods that `Value` has from the table.

    python tests/stubs.py

Run it after a change of the table, of ``autograd/__init__.py`` or ``nn/__init__.py``; a test says so, too.
"""

from __future__ import annotations

import ast
import re
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
    heading = f"# The names of {package}, for type checkers; written by tests/stubs.py.\n\n"
    return heading + "".join(sorted(lines))


METHODS = re.compile(r"(    # The operations of the table that are methods, .*\n)(?:    \w+ = _later .*\n)*")
KINDS = {1: "Unary", 2: "Binary"}


def with_methods(source: str) -> str:
    """The source of `Value` with the table's operations on one and two numbers declared."""
    table = import_module("autograd.engine.primitive").TABLE
    defined = set(re.findall(r"^    def (\w+)", source, flags=re.MULTILINE))
    lines = [
        f"    {name} = _later  # type: ClassVar[{KINDS[table[name].arity]}]\n"
        for name in import_module("autograd.engine.primitive").public_operations()
        if table[name].arity in KINDS and name not in defined
    ]
    return METHODS.sub(lambda found: found[1] + "".join(lines), source)


if __name__ == "__main__":
    sys.path.insert(0, str(CHECKOUT))
    value = CHECKOUT / "autograd" / "engine" / "value.py"
    texts = {CHECKOUT / package / "__init__.pyi": stub(package) for package in MODULES}
    for path, text in {**texts, value: with_methods(value.read_text())}.items():
        if path.read_text() != text:
            path.write_text(text)
            print(f"wrote {path.relative_to(CHECKOUT)}")
