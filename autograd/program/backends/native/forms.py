"""How the operations of the table are written as machine code, each once and for all programs.

An operation has a formula (see `terms.formulas`), which is taken if it comes to the operation's own value, bit for
bit, wherever it is tried; so nothing depends on which library of C Python was built with. What has no such formula,
because it is code that terms cannot follow, is called back.
"""

from __future__ import annotations

import ctypes
import itertools
import math
import random
import struct
from collections.abc import Callable
from functools import cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd.engine import ops
from autograd.engine.primitive import BUILT_IN
from autograd.program.backends.native.lanes import write_lanes
from autograd.program.backends.native.machine import Code
from autograd.program.backends.native.terms import HEAD, INSTRUCTIONS, NUMBER, Term, Unwritable, follow, write

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from autograd.engine.primitive import Primitive

PLAIN = {
    ops.add: "add",
    ops.sub: "subtract",
    ops.mul: "multiply",
    ops.div: "divide",
    ops.neg: "negative",
    ops.less: "less",
    ops.less_equal: "less_equal",
    ops.equal: "equal",
    ops.not_equal: "not_equal",
    ops.abs: "abs",
    ops.sqrt: "sqrt",
}
"""The operations that are one instruction of a processor, by IEEE 754 to the last bit."""

_LONGEST = 100  # sequences are written out up to this many elements
_TRIALS = 300
_SPECIAL = (
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    2.0,
    -2.0,
    3.0,
    1e-300,
    -1e-310,
    1e300,
    -1e300,
    700.0,
    -745.0,
    math.inf,
    math.nan,
)


class Form(NamedTuple):
    """How an operation on so many numbers is written.

    Attributes:
        call: an instruction, with places for the operands.
        text: the function that it calls, if that has to be in the module.
        on_vectors: the same function on vectors of so many lanes.
    """

    call: str
    text: str
    on_vectors: Callable[[int], str]


_found: dict[tuple[Primitive, int], Form | None] = {}  # of what is built in; a user's own may change
_numbers = itertools.count()


def find_forms(wanted: Iterable[tuple[Primitive, int]]) -> dict[tuple[Primitive, int], Form | None]:
    """The forms of operations on so many operands; None for what has to be called back."""
    keys = list(dict.fromkeys(wanted))
    drafts = {key: _draft(*key) for key in keys if key not in _found}
    tried = [key for key, draft in drafts.items() if draft is not None and draft.text]
    held = _try(tried, [drafts[key] for key in tried]) if tried else set()
    found = {key: draft if draft is None or not draft.text or key in held else None for key, draft in drafts.items()}
    _found.update((key, form) for key, form in found.items() if key[0].name in BUILT_IN)
    return {key: found[key] if key in found else _found[key] for key in keys}


def _draft(primitive: Primitive, count: int) -> Form | None:
    """A form that is yet to be tried, unless it is a plain instruction."""
    if primitive in PLAIN:
        return Form(INSTRUCTIONS[PLAIN[primitive]][0], "", lambda lanes: "")
    if primitive.sequences and count > _LONGEST:
        return None
    name = f"{primitive.name if primitive.name.isascii() else 'operation'}.{next(_numbers)}"
    try:
        result = follow(primitive, [Term(f"%x{i}", NUMBER) for i in range(count)])
    except (Unwritable, RecursionError):
        return None
    places = ", ".join(["double {}"] * count)
    call = f"call double @{name}({places})"
    return Form(call, write(name, count, result), cache(partial(write_lanes, name, count, result)))


def _try(keys: Sequence[tuple[Primitive, int]], drafts: Sequence[Any]) -> set[tuple[Primitive, int]]:
    """Which drafts come to the same bits as the operations' values."""
    texts = [draft.text for draft in drafts]
    tried = [_wrapped(f"try.{i}", draft, count) for i, (draft, (_, count)) in enumerate(zip(drafts, keys, strict=True))]
    code = Code("\n".join([HEAD, *texts, *tried]), [f"try.{i}" for i in range(len(keys))], {}, thorough=False)
    held = set()
    for i, (primitive, count) in enumerate(keys):
        function = ctypes.CFUNCTYPE(ctypes.c_double, *[ctypes.c_double] * count)(code.address(f"try.{i}"))
        try:
            if all(_bits(function(*point)) == _bits(primitive.evaluate(point)) for point in _points(count)):
                held.add((primitive, count))
        except Exception:  # noqa: BLE001, S112 (a user's own that refuses some numbers: called back, it says so)
            continue
    return held


def _wrapped(name: str, form: Any, count: int) -> str:
    arguments = ", ".join(f"double %x{i}" for i in range(count))
    call = form.call.format(*(f"%x{i}" for i in range(count)))
    return f'define double @"{name}"({arguments}) {{\n  %y = {call}\n  ret double %y\n}}\n'


def _points(count: int) -> list[list[float]]:
    rng = random.Random(count)
    draws: list[Callable[[], float]] = [
        lambda: rng.choice(_SPECIAL),
        lambda: rng.gauss(0.0, 1.0),
        lambda: rng.uniform(-1.0, 1.0),
        lambda: rng.uniform(0.0, 30.0),
        lambda: rng.choice((-1.0, 1.0)) * 2.0 ** rng.uniform(-1070.0, 1020.0),
        lambda: float(rng.randint(-4, 4)),
    ]
    alike = [[draw() for _ in range(count)] for draw in draws for _ in range(_TRIALS // 6)]
    return alike + [[rng.choice(draws)() for _ in range(count)] for _ in range(_TRIALS)]


def _bits(number: float) -> bytes:
    return b"nan" if math.isnan(number) else struct.pack("<d", number)
