"""Operations that were made for accuracy, spelled out: ``1 / cosh(x) ** 2`` in place of ``scaled_sech_squared(1, x)``.

The rules for derivatives use such operations, which keep the last digits, but whose names tell a reader nothing
(`Primitive.helper`). Their entries say already what they compute, as the value in exact arithmetic (`Primitive.exact`).
Applied to symbols, that is the expression to show.
"""

from __future__ import annotations

import math
from contextvars import Context
from typing import TYPE_CHECKING, Any

from autograd.engine import ops
from autograd.engine.primitive import TABLE, Primitive
from autograd.engine.value import Value, constant, topological_order

if TYPE_CHECKING:
    from collections.abc import Sequence


def spelled(node: Value) -> tuple[Value, dict[Value, int]] | None:
    """The expression that a node of such an operation stands for, and the number of the operand that each leaf of it is.

    Operands that are constants become numbers in it, unless all are. None for a node of any other operation.

    Example:
        >>> from autograd.engine.ops import scaled_sech_squared
        >>> root, leaves = spelled(scaled_sech_squared(1.0, Value(0.5)))
        >>> root.op, root.parents[0].data, [leaves[each] for each in root.parents[1].parents[0].parents]
        ('/', 1.0, [1])
    """
    primitive = node.primitive
    if primitive is None or not primitive.helper or primitive.exact is None:
        return None
    numbers = [parent.data if parent.is_constant else None for parent in node.parents]
    known = numbers if None in numbers else [None] * len(numbers)
    return Context().run(_spelled, primitive, known)  # where no recorder of the caller's sees the new nodes


def _spelled(primitive: Primitive, numbers: Sequence[float | None]) -> tuple[Value, dict[Value, int]]:
    operands = [Value(math.nan) if x is None else constant(x) for x in numbers]
    assert primitive.exact is not None
    root = simplified(primitive.exact(_Symbolic(), *primitive.arguments(operands)))
    return root, {operand: i for i, operand in enumerate(operands) if not operand.is_constant}


class _Symbolic:
    """Stands for the module `mpmath` in exact formulas: its functions make nodes."""

    def __getattr__(self, function: str) -> Any:
        known = TABLE.get(function)
        return known if known is not None else lambda *args: Value.apply_primitive(_unknown(function, len(args)), args)


def _unknown(function: str, count: int) -> Primitive:
    return Primitive(function, lambda *_: math.nan, (lambda *_: math.nan,) * count)


def simplified(root: Value) -> Value:
    """A graph with constants folded, and without factors and exponents of 1."""
    made: dict[Value, Value] = {}
    for node in topological_order(root):
        operands = [made[each] for each in node.parents]
        made[node] = node if node.primitive is None else _simplest(node.primitive, operands)
    return made[root]


def _simplest(primitive: Primitive, operands: list[Value]) -> Value:
    if primitive is ops.where:
        return operands[1] if operands[0].data else operands[2]
    whole = Value.apply_primitive(primitive, operands)
    if all(operand.is_constant for operand in operands) and math.isfinite(whole.data):
        return constant(whole.data)
    is_one = [operand.is_constant and operand.data == 1.0 for operand in operands]
    if primitive is ops.mul and any(is_one):
        return operands[is_one.index(False)]
    if primitive in (ops.div, ops.pow) and is_one[1]:
        return operands[0]
    return whole
