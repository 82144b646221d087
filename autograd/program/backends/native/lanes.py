"""Several numbers at once: instructions, formulas and C's functions on the vectors of a processor.

A vector has one number of each of several points, its lanes. What is an instruction on a number is one on a vector, to
the same bits. Of C's functions some have formulas in `elementary`, which are taken if they come to the library's own
value wherever that is tried; where a formula is not sure, and for all other functions, the library is called lane by
lane.
"""

from __future__ import annotations

import ctypes
import math
import random
import re
from functools import cache
from typing import TYPE_CHECKING, Any

import llvmlite.binding as llvm
import numpy as np

from autograd.program.backends.native.elementary import BORDERS, ELEMENTARY, TABLES_OF
from autograd.program.backends.native.machine import Code
from autograd.program.backends.native.terms import (
    HEAD,
    LIBM,
    LIBM_OF_TWO,
    NUMBER,
    Body,
    Term,
    literal,
    sums_up,
    widened,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Formula = Callable[[Any], tuple[Any, Any]]

_TRIALS = 12_000
_OF_LIBRARY = re.compile(r"@libm\.(\w+)\.v(\d+)")


@cache
def lanes() -> int:
    """How many numbers a vector of this processor has; 1 where vectors are not worth while."""
    features = llvm.get_host_cpu_features()
    if features.get("avx512f") and features.get("avx512dq"):
        return 8
    return 4 if features.get("avx2") and features.get("fma") else 1


def write_lanes(name: str, operands: int, result: Any, count: int) -> str:
    """What `terms.write` writes, on vectors; a function that adds up an array of numbers is called lane by lane."""
    if sums_up(result):
        return by_lanes(name, NUMBER, [NUMBER] * operands, count)
    body = Body(count)
    register = body.emit(result, {})
    arguments = ", ".join(f"<{count} x double> %x{i}" for i in range(operands))
    returned = widened(f"ret double {register}", count)
    return (
        f"define internal <{count} x double> @{name}.v{count}({arguments}) {{\nentry:\n{body.text()}  {returned}\n}}\n"
    )


def by_lanes(name: str, kind: str, kinds: Sequence[str], count: int, linkage: str = "internal ") -> str:
    """A function on vectors that calls one on numbers, lane by lane."""
    arguments = ", ".join(f"<{count} x {each}> %x{i}" for i, each in enumerate(kinds))
    lines, whole = [], "poison"
    for lane in range(count):
        lines += [
            f"  %x{i}.{lane} = extractelement <{count} x {each}> %x{i}, i64 {lane}" for i, each in enumerate(kinds)
        ]
        passed = ", ".join(f"{each} %x{i}.{lane}" for i, each in enumerate(kinds))
        lines += [
            f"  %y.{lane} = call {kind} @{name}({passed})",
            f"  %y{lane} = insertelement <{count} x {kind}> {whole}, {kind} %y.{lane}, i64 {lane}",
        ]
        whole = f"%y{lane}"
    text = "\n".join(lines)
    return f"define {linkage}<{count} x {kind}> @{name}.v{count}({arguments}) {{\n{text}\n  ret <{count} x {kind}> {whole}\n}}\n"


def _elementary(name: str, formula: Formula, count: int) -> str:
    """A function of C's library by a formula, and by the library where that is not sure."""
    value, is_sure = formula(Term("%x0", NUMBER))
    body, known = Body(count), dict[Any, str]()
    value, is_sure = body.emit(value, known), body.emit(is_sure, known)
    vector, bits = f"<{count} x double>", f"i{count}"
    return f"""define {vector} @libm.{name}.v{count}({vector} %x0) {{
entry:
{body.text()}  %sure = bitcast <{count} x i1> {is_sure} to {bits}
  %is_done = icmp eq {bits} %sure, -1
  br i1 %is_done, label %done, label %others
others:
  %by_library = call {vector} @others.{name}({vector} %x0, {vector} {value}, {bits} %sure)
  ret {vector} %by_library
done:
  ret {vector} {value}
}}

define internal {vector} @others.{name}({vector} %x, {vector} %y, {bits} %sure) noinline {{
entry:
  %xs = alloca {vector}
  store {vector} %x, ptr %xs
  %unsure = xor {bits} %sure, -1
  br label %lane
lane:
  %left = phi {bits} [ %unsure, %entry ], [ %next, %lane ]
  %z = phi {vector} [ %y, %entry ], [ %z.next, %lane ]
  %i = call {bits} @llvm.cttz.{bits}({bits} %left, i1 true)
  %at = zext {bits} %i to i64
  %place = getelementptr double, ptr %xs, i64 %at
  %number = load double, ptr %place
  %value = call double @libm.{name}(double %number)
  %lower = sub {bits} %left, 1
  %next = and {bits} %left, %lower
  %bit = xor {bits} %left, %next
  %is_it = bitcast {bits} %bit to <{count} x i1>
  %first = insertelement {vector} poison, double %value, i64 0
  %values = shufflevector {vector} %first, {vector} poison, <{count} x i32> zeroinitializer
  %z.next = select <{count} x i1> %is_it, {vector} %values, {vector} %z
  %is_last = icmp eq {bits} %next, 0
  br i1 %is_last, label %end, label %lane
end:
  ret {vector} %z.next
}}
"""


def _trial(name: str, count: int) -> str:
    """A function that computes many numbers, to be compared."""
    vector = f"<{count} x double>"
    return f"""define void @try.{name}(ptr %from, ptr %to, i64 %count) {{
entry:
  br label %next
next:
  %i = phi i64 [ 0, %entry ], [ %after, %next ]
  %place = getelementptr double, ptr %from, i64 %i
  %x = load {vector}, ptr %place, align 8
  %y = call {vector} @libm.{name}.v{count}({vector} %x)
  %target = getelementptr double, ptr %to, i64 %i
  store {vector} %y, ptr %target, align 8
  %after = add i64 %i, {count}
  %is_more = icmp slt i64 %after, %count
  br i1 %is_more, label %next, label %done
done:
  ret void
}}
"""


class Function:
    """One of C's functions on vectors, compiled.

    Args:
        name: what C calls it.
        count: how many lanes a vector has.
        formula: what it is computed by; if absent, it is called lane by lane.
        thorough: whether to spend time on making it quicker.
    """

    def __init__(self, name: str, count: int, formula: Formula | None, *, thorough: bool = True) -> None:
        self.name, self.symbol = name, f"libm.{name}.v{count}"
        exported = [self.symbol]
        if formula is None:
            text = by_lanes(f"libm.{name}", NUMBER, [NUMBER] * (1 + (name in LIBM_OF_TWO)), count, "")
        else:
            text = _elementary(name, formula, count) + _trial(name, count)
            exported.append(f"try.{name}")
        used = [_table(each, rows(), count) for each, rows in TABLES_OF.items() if f"@{each}." in text]
        self.code = Code("\n".join([HEAD, head(count), *used, text]), exported, {}, thorough=thorough)
        self.address = self.code.address(self.symbol)

    def compute(self, numbers: Any) -> Any:
        """What the formula comes to at as many numbers as fill vectors."""
        found = np.empty_like(numbers)
        signature = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64)
        signature(self.code.address(f"try.{self.name}"))(numbers.ctypes.data, found.ctypes.data, len(numbers))
        return found

    def holds(self) -> bool:
        """Whether the formula comes to the library's value wherever it is tried."""
        numbers = _points()
        found, by_library = self.compute(numbers), np.array([_value(self.name, x) for x in numbers.tolist()])
        is_same = (found.view(np.int64) == by_library.view(np.int64)) | (np.isnan(found) & np.isnan(by_library))
        return bool(is_same.all())


def of_library(text: str) -> list[tuple[str, int]]:
    """The functions of C's library that a text calls on vectors, and of how many lanes."""
    return [(name, int(count)) for name, count in sorted({*_OF_LIBRARY.findall(text)}) if name in (*LIBM, *LIBM_OF_TWO)]


@cache
def called_by_lane(name: str, count: int) -> Function:
    """A function of C's on vectors of so many lanes that is made quickly, and calls the library lane by lane."""
    return Function(name, count, None, thorough=False)


@cache
def find_function(name: str, count: int) -> Function:
    """A function of C's on vectors of so many lanes: by the first of its formulas that holds, else lane by lane."""
    for formula in ELEMENTARY.get(name, ()):
        made = Function(name, count, formula)
        if made.holds():
            return made
    return Function(name, count, None)


def _value(name: str, x: float) -> float:
    try:
        return float(getattr(math, name)(x))
    except OverflowError:
        return math.inf
    except ValueError:
        return math.nan


@cache
def _points() -> Any:
    rng = random.Random(0)
    scales = [rng.uniform(-s, s) for s in (1.0, 2.0, 10.0, 30.0, 800.0, 1e5) for _ in range(_TRIALS // 8)]
    sizes = [rng.choice((-1.0, 1.0)) * 2.0 ** rng.uniform(-60.0, 20.0) for _ in range(_TRIALS // 8)]
    wide = [rng.choice((-1.0, 1.0)) * 2.0 ** rng.uniform(-1074.0, 1023.9) for _ in range(_TRIALS // 8)]
    beside = [border * rng.uniform(1.0 - 1e-6, 1.0 + 1e-6) for border in BORDERS for _ in range(_TRIALS // 8)]
    numbers = [*scales, *sizes, *wide, *beside, 0.0, -0.0, math.inf, -math.inf, math.nan, 1.0, -1.0, 0.5]
    return np.array(numbers + [0.5] * (-len(numbers) % 64))


@cache
def head(count: int) -> str:
    """What a module on vectors begins with, after what every module begins with."""
    vector = f"<{count} x double>"
    ones = [
        f"declare {vector} @llvm.{name}.v{count}f64({vector})"
        for name in ("fabs", "sqrt", "floor", "ceil", "rint", "trunc")
    ]
    lines = [
        *ones,
        f"declare {vector} @llvm.copysign.v{count}f64({vector}, {vector})",
        f"declare {vector} @llvm.fma.v{count}f64({vector}, {vector}, {vector})",
        f"declare i{count} @llvm.cttz.i{count}(i{count}, i1)",
        by_lanes("libm.ldexp", NUMBER, [NUMBER, "i32"], count),
        by_lanes("mantissa", NUMBER, [NUMBER], count),
        by_lanes("exponent", "i32", [NUMBER], count),
        _BITS.format(count=count, vector=vector, whole=f"<{count} x i64>"),
        _QUICK_TO_COMPILE.format(count=count, vector=vector),
    ]
    return "\n".join(lines)


@cache
def declarations(count: int) -> str:
    """C's functions on vectors, for modules that call them."""
    vector, attributes = f"<{count} x double>", "memory(none) nounwind willreturn"
    return "\n".join(
        f"declare {vector} @libm.{name}.v{count}({', '.join([vector] * (1 + (name in LIBM_OF_TWO)))}) {attributes}"
        for name in (*LIBM, *LIBM_OF_TWO)
    )


def _table(name: str, rows: Sequence[Sequence[float]], count: int) -> str:
    """The functions that look up a table's columns, ``name.0``, ...: lane by lane a whole row, which is then turned."""
    size = len(rows[0])
    vector, whole, row = f"<{count} x double>", f"<{count} x i64>", f"<{size} x double>"
    numbers = ", ".join(f"double {literal(number)}" for each in rows for number in each)
    lines = [
        f"  %biased = fadd {vector} %k, splat (double 0x4338000000000000)",
        f"  %bits = bitcast {vector} %biased to {whole}",
        f"  %index = and {whole} %bits, splat (i64 {len(rows) - 1})",
    ]
    for lane in range(count):
        lines += [
            f"  %index.{lane} = extractelement {whole} %index, i64 {lane}",
            f"  %place.{lane} = getelementptr [{size} x double], ptr @{name}, i64 %index.{lane}",
            f"  %row.{lane} = load {row}, ptr %place.{lane}, align {8 * size}",
        ]
    joined, width = [f"%row.{lane}" for lane in range(count)], size
    while len(joined) > 1:
        mask = ", ".join(f"i32 {i}" for i in range(2 * width))
        for i in range(0, len(joined), 2):
            lines.append(
                f"  {joined[i]}.{width} = shufflevector <{width} x double> {joined[i]}, "
                f"<{width} x double> {joined[i + 1]}, <{2 * width} x i32> <{mask}>"
            )
        joined, width = [f"{each}.{width}" for each in joined[::2]], 2 * width
    text = f"@{name} = internal constant [{len(rows) * size} x double] [{numbers}], align 64\n"
    for column in range(size):
        taken = ", ".join(f"i32 {size * lane + column}" for lane in range(count))
        of = f"<{width} x double> {joined[0]}, <{width} x double> poison, <{count} x i32> <{taken}>"
        body = "\n".join([*lines, f"  %found = shufflevector {of}", f"  ret {vector} %found"])
        text += f"define internal {vector} @{name}.{column}.v{count}({vector} %k) alwaysinline {{\n{body}\n}}\n"
    return text


@cache
def write_add_points(name: str, size: int, count: int) -> str:
    """A function that adds to some sums, which lie side by side, what each of several points has for them.

    The numbers come as a vector of the points for each sum. They are turned, like a table, into one of the sums for each
    point; so it takes one addition for each point, and not one for each number. A lane without a point adds -0, which
    changes nothing.

    Args:
        name: of the function.
        size: how many sums there are: a power of two, up to the number of lanes.
        count: how many lanes a vector has.
    """
    vector, whole, sums = f"<{count} x double>", f"<{count} x i64>", f"<{size} x double>"
    lanes, rows = range(count), [f"%row0.{i}" for i in range(size)]
    lines = [
        f"  %sums = load {sums}, ptr %place, align 8",
        f"  %first = insertelement {whole} poison, i64 %left, i64 0",
        f"  %all = shufflevector {whole} %first, {whole} poison, <{count} x i32> zeroinitializer",
        f"  %is_point = icmp sgt {whole} %all, <{_listed('i64', lanes)}>",
    ]
    for i, row in enumerate(rows):
        lines.append(f"  {row} = select <{count} x i1> %is_point, {vector} %x{i}, {vector} splat (double -0.0)")
    side = 1
    while side < size:  # squares of this side change places across the diagonal
        upper = _listed("i32", (count + lane - side if lane & side else lane for lane in lanes))
        lower = _listed("i32", (count + lane if lane & side else lane + side for lane in lanes))
        pairs = [f"{vector} {rows[i & ~side]}, {vector} {rows[i | side]}" for i in range(size)]
        rows = [f"%row{side}.{i}" for i in range(size)]
        for i, row in enumerate(rows):
            mask = lower if i & side else upper
            lines.append(f"  {row} = shufflevector {pairs[i]}, <{count} x i32> <{mask}>")
        side *= 2
    total = "%sums"
    for lane in lanes:
        part, first = rows[lane % size], lane - lane % size
        mask = _listed("i32", range(first, first + size))
        lines += [
            f"  %of.{lane} = shufflevector {vector} {part}, {vector} poison, <{size} x i32> <{mask}>",
            f"  %sums.{lane} = fadd {sums} {total}, %of.{lane}",
        ]
        total = f"%sums.{lane}"
    text = "\n".join([*lines, f"  store {sums} {total}, ptr %place, align 8", "  ret void"])
    vectors = ", ".join(f"{vector} %x{i}" for i in range(size))
    return f"define internal void @{name}(ptr %place, {vectors}, i64 %left) alwaysinline {{\n{text}\n}}\n"


def _listed(kind: str, numbers: Iterable[int]) -> str:
    return ", ".join(f"{kind} {number}" for number in numbers)


# Without an optimizer LLVM takes ten times as long for these instructions as for calls.
_QUICK_TO_COMPILE = """
define internal {vector} @spread.v{count}(double %x) alwaysinline {{
  %first = insertelement {vector} poison, double %x, i64 0
  %all = shufflevector {vector} %first, {vector} poison, <{count} x i32> zeroinitializer
  ret {vector} %all
}}

define internal {vector} @negated.v{count}({vector} %x) alwaysinline {{
  %y = fneg {vector} %x
  ret {vector} %y
}}
"""

_BITS = """
define internal {vector} @scaled.v{count}({vector} %x, {vector} %k) alwaysinline {{
  %biased = fadd {vector} %k, splat (double 0x43380000000003FF)
  %bits = bitcast {vector} %biased to {whole}
  %exponent = shl {whole} %bits, splat (i64 52)
  %power = bitcast {whole} %exponent to {vector}
  %y = fmul {vector} %x, %power
  ret {vector} %y
}}

define internal {vector} @power_below.v{count}({vector} %x) alwaysinline {{
  %bits = bitcast {vector} %x to {whole}
  %power = and {whole} %bits, splat (i64 9218868437227405312)
  %y = bitcast {whole} %power to {vector}
  ret {vector} %y
}}

define internal {vector} @turned.v{count}({vector} %x, {vector} %k) alwaysinline {{
  %whole = fadd {vector} %k, splat (double 0x4338000000000000)
  %bits = bitcast {vector} %whole to {whole}
  %sign = shl {whole} %bits, splat (i64 63)
  %x.bits = bitcast {vector} %x to {whole}
  %turned = xor {whole} %x.bits, %sign
  %y = bitcast {whole} %turned to {vector}
  ret {vector} %y
}}
"""
