"""Call everything that the engine offers with whatever there is, in the order of chance: ``python tests/api_fuzz.py``.

An error is welcome and a crash is not: the process must live, no result may be wrong afterwards, and what is raised must
be an `Exception`. ``--calls`` says how many calls (100,000), ``--seed`` repeats a run.
"""

from __future__ import annotations

import argparse
import copy
import gc
import math
import pickle
import random
import sys
import warnings
import weakref
from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import autograd
from autograd import Value
from autograd.engine import value as engine

if TYPE_CHECKING:
    from collections.abc import Callable


class Hostile:
    """A number that runs passes while it is converted, and when it goes."""

    def __init__(self, node: Value) -> None:
        self.node = node

    def __float__(self) -> float:
        self.node.backward()
        self.node.zero_grad()
        return 1.5

    def __del__(self) -> None:
        self.node.backward()


class Raising:
    """A number that is none after all."""

    def __float__(self) -> float:
        raise ArithmeticError("no number today")


def things(chance: random.Random, nodes: list[Value]) -> Any:
    """Something to hand over."""
    node = chance.choice(nodes)
    made: list[Callable[[], Any]] = [
        lambda: node,
        lambda: node,
        lambda: chance.choice(nodes) * node,
        lambda: chance.uniform(-3.0, 3.0),
        lambda: chance.choice([0.0, -0.0, math.inf, -math.inf, math.nan, 1e308, 5e-324]),
        lambda: chance.choice([0, 1, -1, True, 10**400, Fraction(1, 3)]),
        lambda: chance.choice([None, "x", b"x", 1j, ..., NotImplemented, type, Value]),
        lambda: chance.choice([[], (), {}, set(), [node, node], [1.0, 2.0], (node,), {"a": node}]),
        lambda: Hostile(node),
        lambda: Raising(),
        lambda: object(),
        lambda: autograd.tanh,
    ]
    return chance.choice(made)()


def calls(chance: random.Random, nodes: list[Value]) -> Callable[[], Any]:
    """Something to do."""
    node = chance.choice(nodes)
    arguments = [things(chance, nodes) for _ in range(chance.choice([0, 0, 1, 1, 1, 2, 3]))]
    name = chance.choice(NAMES)
    function = chance.choice(FUNCTIONS)
    done: list[Callable[[], Any]] = [
        lambda: getattr(node, name)(*arguments),
        lambda: getattr(node, name)(*arguments),
        lambda: function(*arguments),
        lambda: Value(*arguments),
        lambda: setattr(node, name, arguments[0]),
        lambda: delattr(node, name),
        lambda: repr(Value.__new__(Value)),
        lambda: Value.__new__(Value).backward(),
        lambda: copy.copy(node),
        lambda: copy.deepcopy(node),
        lambda: pickle.loads(pickle.dumps(node, chance.randrange(pickle.HIGHEST_PROTOCOL + 1))),
        lambda: weakref.ref(node)(),
        lambda: vars(engine)[chance.choice(INSIDE)](*arguments),
    ]
    return chance.choice(done)


NAMES = [
    name for name in dir(Value) if name not in ("__class__", "__init_subclass__", "__subclasshook__", "__sizeof__")
]
# What is private in the plain form is out of reach in the compiled one, most of it; and a hook keeps what it is given.
INSIDE = sorted(
    name
    for name in vars(engine)
    if name not in ("on_count", "on_definition") and (autograd.native or not name.startswith("_"))
)
FUNCTIONS = [getattr(autograd, name) for name in ("tanh", "exp", "pow", "where", "sum", "dot", "maximum", "variables")]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=100_000, help="how many calls (100,000)")
    parser.add_argument("--seed", type=int, default=0, help="of the order of chance")
    options = parser.parse_args()
    chance = random.Random(options.seed)
    warnings.simplefilter("ignore", autograd.DetachedWarning)
    sys.unraisablehook = lambda _: None  # what a finalizer may not do, it is told
    nodes = [Value(2.0, "x"), Value(-3.0)]
    raised: Counter[str] = Counter()
    for count in range(options.calls):
        try:
            made = calls(chance, nodes)()
        except Exception as error:  # noqa: BLE001 (which is what is counted)
            raised[type(error).__name__] += 1
        else:
            raised["nothing"] += 1
            if isinstance(made, Value):
                nodes.append(made)
        if len(nodes) > 40:
            nodes = [Value(2.0, "x"), Value(-3.0), *chance.sample(nodes, 5)]
        if count % 5000 == 0:
            gc.collect()
            x, y = Value(3.0), Value(4.0)
            (x * y + x.tanh() ** 2).backward()
            assert y.grad == 3.0, y
            assert math.isclose(x.grad, 4.0 + 2 * math.tanh(3.0) / math.cosh(3.0) ** 2), x
    print(
        f"{options.calls:,} calls on the {'compiled' if autograd.native else 'plain'} form, and no crash: raised were"
    )
    print("  " + ", ".join(f"{name} {times:,}" for name, times in raised.most_common()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
