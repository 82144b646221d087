"""Choosing a backend: by what a gradient would take on each, for so many points, as measured on many programs.

What is compared is a call's time. Machine code takes longest to make; so it is chosen where it has made up for that
after ten thousand calls. The same program on a batch of the same size always runs on the same backend, so that its
results are the same, to the last bit, whenever it is called.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from importlib.util import find_spec
from typing import Self

from autograd.engine import ops
from autograd.engine.primitive import Primitive
from autograd.program.graph import Node, reachable

# In microseconds: an operation of Python's, a call of NumPy's and a number that it computes; an operation in machine
# code, one that calls a function, and a call back into Python; what it takes to make machine code, in all and for an
# operation.
_PYTHON = 0.12
_CALL, _NUMBER = 1.4, 0.002
_PLAIN, _FUNCTION, _CALLBACK = 0.0009, 0.003, 0.15
_MAKING, _MAKING_AN_OPERATION = 60_000.0, 15.0
_CALLS = 10_000  # after so many it has to have paid
_MOST = 20_000  # operations, beyond which looking for arrays in them takes too long

_PLAIN_OPERATIONS = (
    *(ops.add, ops.sub, ops.mul, ops.div, ops.neg, ops.abs, ops.sqrt, ops.where, ops.sum, ops.dot, ops.relu),
    *(ops.less, ops.less_equal, ops.equal, ops.not_equal, ops.maximum, ops.minimum),
)
_LONGEST = 100  # operands of an operation that has to be written out


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


class Costs:
    """What a recorded function takes on each backend.

    Args:
        roots: of its graph of single rows.
        arrays: finds out how many operations on arrays it takes, and how many rows they compute.
    """

    def __init__(self, roots: Sequence[Node], arrays: Callable[[], tuple[int, int]]) -> None:
        nodes = [node for node in reachable(roots) if isinstance(node.op, Primitive)]
        self.operations = sum(max(1, len(node.operands) - 1) for node in nodes)
        self.machine = sum(map(_in_machine_code, nodes))
        self.calls, self.rows = arrays() if len(nodes) <= _MOST or not has_native() else (0, 0)

    def choose(self, points: int) -> Choice:
        """The backend for so many points."""
        times = {"python": points * self.operations * _PYTHON}
        if self.calls:
            times["numpy"] = self.calls * _CALL + self.rows * points * _NUMBER
        best = min(times, key=lambda name: times[name])
        others = times[best]
        if not has_native():
            return Choice(best, f"it takes about {_shown(others)} a call; machine code needs llvmlite, not installed")
        native = 1.0 + points * self.machine
        making = _MAKING + _MAKING_AN_OPERATION * self.operations
        if (others - native) * _CALLS > making:
            return Choice("native", f"it takes about {_shown(native)} a call, and {best} {_shown(others)}")
        why = f"machine code, with {_shown(native)}, would take long to make up for {_shown(making)} of compiling"
        return Choice(best, f"it takes about {_shown(others)} a call" + (f"; {why}" if native < others else ""))


def _in_machine_code(node: Node) -> float:
    """What an operation takes in machine code."""
    count = max(1, len(node.operands) - 1)
    if node.op in _PLAIN_OPERATIONS or (node.op is ops.pow and node.operands[1].constant == 2.0):
        return count * _PLAIN
    return (_FUNCTION if len(node.operands) <= _LONGEST else _CALLBACK) * count


@cache
def has_native() -> bool:
    """Whether machine code can be made here."""
    return find_spec("llvmlite") is not None


def _shown(microseconds: float) -> str:
    for unit, size in (("s", 1e6), ("ms", 1e3)):
        if microseconds >= size:
            return (
                f"{microseconds / size:.2g} {unit}"
                if microseconds < 100 * size
                else f"{microseconds / size:.0f} {unit}"
            )
    return f"{microseconds:.2g} µs" if microseconds < 100 else f"{microseconds:.0f} µs"
