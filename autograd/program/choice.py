"""Choosing a backend: by what a gradient would take on each, for so many points, as measured on many programs.

What is compared is a call's time. Machine code takes longest to make; so it is chosen where it has made up for that
after a hundred thousand calls. The same program on a batch of the same size always runs on the same backend, so that its
results are the same, to the last bit, whenever it is called.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import NamedTuple, Self

from autograd.engine import ops
from autograd.engine.primitive import Primitive
from autograd.program.graph import Node, reachable

# In microseconds, for a gradient. Python: a call, and an operation. NumPy: a call, a number that it computes while the
# caches hold all numbers, and one beyond; how much more a function takes, or a number of a sequence that is added up
# without rounding; and a product that is part of a matrix product.
_PYTHON_CALL, _PYTHON = 0.9, 0.12
_CALL, _NUMBER, _FAR_NUMBER, _PRODUCT = 1.8, 0.0009, 0.0018, 0.00015
_MORE = {"quick": 0.002, "function": 0.002, "term": 0.01}
_CACHED, _BLOCK = 500_000, 4096  # so many numbers, of so many points at once at most
# Machine code, for one point after the other and for several at once: a call; an operation that is an instruction, in
# programs of up to so many operations, and in loops; a function that vectors have, another one, a number of such a
# sequence, and a call back into Python.
_NATIVE_CALL = 0.15
_PLAIN = ((1300, (0.0005, 0.00017)), (3000, (0.0008, 0.00025)), (10_000, (0.0013, 0.0008)), (math.inf, (0.004, 0.001)))
_PLAIN_IN_LOOPS = 0.0017
_QUICK, _FUNCTION, _TERM, _CALLBACK = (0.012, 0.005), (0.02, 0.022), (0.02, 0.02), (0.3, 0.3)
_SEVERAL = (32, 256)  # points that are computed several at once, by programs of up to so many operations and by others
# So many operations are written as loops, of one point after the other, if NumPy takes so many of them with each call.
_ROLLED, _GAIN = 13_000, 4
# What it takes to make machine code, in all and for an operation, and after how many calls it has to have paid.
_MAKING, _MAKING_AN_OPERATION, _CALLS = 60_000.0, 15.0, 100_000
_MOST = 20_000  # operations, beyond which looking for arrays in them takes too long

_PLAIN_OPERATIONS = (
    *(ops.add, ops.sub, ops.mul, ops.div, ops.neg, ops.abs, ops.sqrt, ops.where, ops.sum, ops.dot, ops.relu),
    *(ops.less, ops.less_equal, ops.equal, ops.not_equal, ops.maximum, ops.minimum),
)
_QUICK_FUNCTIONS = (ops.exp, ops.sin, ops.cos, ops.tanh, ops.sigmoid)
_LONGEST = 100  # operands of an operation that has to be written out
_OF_LISTS = (ops.logsumexp, ops.mean)  # which do not have to be


class Choice(str):
    """The name of a backend, and why it was chosen, in a sentence.

    Example:
        >>> choice = Choice("python", "it takes about 1 µs a call")
        >>> choice == "python", choice
        (True, 'python'  # it takes about 1 µs a call)
    """

    reason: str

    def __new__(cls, name: str, reason: str) -> Self:
        choice = super().__new__(cls, name)
        choice.reason = reason
        return choice

    def __repr__(self) -> str:
        return f"{str(self)!r}  # {self.reason}"

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]  # str has one
        return str(self), self.reason


class ArrayWork(NamedTuple):
    """What a function takes on arrays: calls of NumPy's; rows that they compute at each point, and products in matrix
    products there."""

    calls: int
    rows: int
    products: int


class Costs:
    """What a recorded function takes on each backend.

    Args:
        roots: of its graph of single rows.
        arrays: finds out what it takes on arrays.
    """

    def __init__(self, roots: Sequence[Node], arrays: Callable[[], ArrayWork]) -> None:
        nodes = [node for node in reachable(roots) if isinstance(node.op, Primitive)]
        self.operations = sum(max(1, len(node.operands) - 1) for node in nodes)
        self._kinds = {True: Counter[str](), False: Counter[str]()}  # by whether they are computed at each point
        for node in nodes:
            self._kinds[node.batched][_kind(node)] += max(1, len(node.operands) - 1)
        self.arrays = arrays() if len(nodes) <= _MOST or not has_native() else None

    def choose(self, points: int) -> Choice:
        """The backend for so many points."""
        times = {"python": _PYTHON_CALL + points * self.operations * _PYTHON}
        if self.arrays:
            calls, rows, products = self.arrays
            number = _NUMBER if rows * min(points, _BLOCK) <= _CACHED else _FAR_NUMBER
            more = sum(count * _MORE.get(kind, 0.0) for kind, count in self._kinds[True].items())
            times["numpy"] = calls * _CALL + points * (rows * number + more + products * _PRODUCT)
        best = min(times, key=lambda name: times[name])
        others = times[best]
        if not has_native():
            return Choice(best, f"it takes about {_shown(others)} a call; machine code needs llvmlite, not installed")
        native = self._native(points)
        making = _MAKING + _MAKING_AN_OPERATION * self.operations
        if (others - native) * _CALLS > making:
            failure = failure_of_native()
            if failure:
                return Choice(best, f"it takes about {_shown(others)} a call; no machine code can be made: {failure}")
            return Choice("native", f"it takes about {_shown(native)} a call, and {best} {_shown(others)}")
        why = f"machine code, with {_shown(native)}, would take long to make up for {_shown(making)} of compiling"
        return Choice(best, f"it takes about {_shown(others)} a call" + (f"; {why}" if native < others else ""))

    def _native(self, points: int) -> float:
        """What it takes in machine code."""
        is_rolled = self.arrays is not None and self.operations > max(_ROLLED, _GAIN * self.arrays.calls)
        is_wide = not is_rolled and points >= _SEVERAL[self.operations > _PLAIN[0][0]]

        def total(kinds: Counter[str], wide: bool) -> float:
            plain = next(costs[wide] for most, costs in _PLAIN if kinds.total() <= most)
            of = {"quick": _QUICK, "function": _FUNCTION, "term": _TERM, "callback": _CALLBACK}
            others = sum(count * of[kind][wide] for kind, count in kinds.items() if kind != "plain")
            return kinds["plain"] * (_PLAIN_IN_LOOPS if is_rolled else plain) + others

        return _NATIVE_CALL + points * total(self._kinds[True], is_wide) + total(self._kinds[False], False)


def _kind(node: Node) -> str:
    """How an operation is computed in machine code."""
    if node.op in _PLAIN_OPERATIONS or node.is_square:
        return "plain"
    if node.op in _QUICK_FUNCTIONS:
        return "quick"
    if isinstance(node.op, Primitive) and node.op.sequences:
        return "term" if len(node.operands) <= _LONGEST or node.op in _OF_LISTS else "callback"
    return "function"


@cache
def has_native() -> bool:
    """Whether what makes machine code is installed."""
    return find_spec("llvmlite") is not None


@cache
def failure_of_native() -> str:
    """Why no machine code can be made here, as where a system lets nothing be executed that it has not loaded."""
    try:
        import_module("autograd.program.backends.native.machine").try_out()
    except (ImportError, OSError, RuntimeError) as error:
        return str(error) or type(error).__name__
    return ""


def _shown(microseconds: float) -> str:
    for unit, size in (("s", 1e6), ("ms", 1e3)):
        if microseconds >= size:
            return (
                f"{microseconds / size:.2g} {unit}"
                if microseconds < 100 * size
                else f"{microseconds / size:.0f} {unit}"
            )
    return f"{microseconds:.2g} µs" if microseconds < 100 else f"{microseconds:.0f} µs"
