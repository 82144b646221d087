"""`IEEE`: floats whose arithmetic follows IEEE 754 where Python's raises, for the rules of the table to run on."""

from __future__ import annotations

from autograd.engine.floats import divide, power

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from autograd.engine.primitive import Primitive


class IEEE(float):
    """A float whose ``/`` and ``**`` give inf and nan where Python's raise.

    The rules of the table are written with ordinary operators and run on ordinary floats, for speed. Only where
    Python raises, as for ``1 / 0.0``, are they run again on these.
    """

    __slots__ = ()

    @staticmethod
    def apply_primitive(primitive: Primitive, operands: Sequence[Any]) -> IEEE:
        return IEEE(primitive.evaluate([float(operand) for operand in operands]))

    def __add__(self, other: float) -> IEEE:
        return IEEE(float(self) + float(other))

    def __sub__(self, other: float) -> IEEE:
        return IEEE(float(self) - float(other))

    def __rsub__(self, other: float) -> IEEE:
        return IEEE(float(other) - float(self))

    def __mul__(self, other: float) -> IEEE:
        return IEEE(float(self) * float(other))

    __radd__ = __add__
    __rmul__ = __mul__

    def __neg__(self) -> IEEE:
        return IEEE(-float(self))

    def __pos__(self) -> IEEE:
        return self

    def __abs__(self) -> IEEE:
        return IEEE(abs(float(self)))

    def __truediv__(self, other: float) -> IEEE:
        return IEEE(divide(float(self), float(other)))

    def __rtruediv__(self, other: float) -> IEEE:
        return IEEE(divide(float(other), float(self)))

    def __pow__(self, other: float, modulo: None = None) -> IEEE:
        return IEEE(power(float(self), float(other)))

    def __rpow__(self, other: float, modulo: None = None) -> IEEE:
        return IEEE(power(float(other), float(self)))
