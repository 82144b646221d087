"""Terms: formulas of single numbers as LLVM sees them, and how they become its instructions.

A formula of the table is called with terms for its arguments and with `Module` in the place of NumPy; what comes out
is a graph of terms, and `write` prints it as a function. A choice between two sides that call something becomes a
branch, so that only the side that is taken costs anything.
"""

from __future__ import annotations

import ast
import builtins
import math
import operator
import re
import struct
import sys
from functools import cache, partialmethod
from typing import TYPE_CHECKING, Any

from autograd.engine import arithmetic, ops
from autograd.engine.arithmetic import Floats, lost_in_product
from autograd.engine.primitive import BUILT_IN
from autograd.program.backends.native.sums import FSUM

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from autograd.engine.primitive import Primitive

NUMBER, WHOLE, TRUTH = "double", "i32", "i1"

LIBM = (
    *("exp", "expm1", "log", "log2", "log10", "log1p", "cbrt", "sin", "cos", "tan", "asin", "acos", "atan"),
    *("sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "erf", "erfc"),
)
"""The functions of one number that C's library has and Python's `math` passes on."""

LIBM_OF_TWO = ("pow", "atan2", "fmod")
"""The same of two numbers."""

TABLES = ("roots.0", "roots.1", "sines.0", "sines.1", "sines.2", "sines.3")
"""What vectors look up in tables: columns, of which each number's row is the remainder of a whole number by 128."""

INSTRUCTIONS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "add": ("fadd double {}, {}", NUMBER, (NUMBER, NUMBER)),
    "subtract": ("fsub double {}, {}", NUMBER, (NUMBER, NUMBER)),
    "multiply": ("fmul double {}, {}", NUMBER, (NUMBER, NUMBER)),
    "divide": ("fdiv double {}, {}", NUMBER, (NUMBER, NUMBER)),
    "negative": ("fneg double {}", NUMBER, (NUMBER,)),
    "less": ("fcmp olt double {}, {}", TRUTH, (NUMBER, NUMBER)),
    "less_equal": ("fcmp ole double {}, {}", TRUTH, (NUMBER, NUMBER)),
    "greater": ("fcmp ogt double {}, {}", TRUTH, (NUMBER, NUMBER)),
    "greater_equal": ("fcmp oge double {}, {}", TRUTH, (NUMBER, NUMBER)),
    "equal": ("fcmp oeq double {}, {}", TRUTH, (NUMBER, NUMBER)),
    "not_equal": ("fcmp une double {}, {}", TRUTH, (NUMBER, NUMBER)),
    "logical_and": ("and i1 {}, {}", TRUTH, (TRUTH, TRUTH)),
    "logical_or": ("or i1 {}, {}", TRUTH, (TRUTH, TRUTH)),
    "logical_xor": ("xor i1 {}, {}", TRUTH, (TRUTH, TRUTH)),
    "logical_not": ("xor i1 {}, true", TRUTH, (TRUTH,)),
    "isnan": ("fcmp uno double {}, 0.0", TRUTH, (NUMBER,)),
    "add_whole": ("add i32 {}, {}", WHOLE, (WHOLE, WHOLE)),
    "subtract_whole": ("sub i32 {}, {}", WHOLE, (WHOLE, WHOLE)),
    "multiply_whole": ("mul i32 {}, {}", WHOLE, (WHOLE, WHOLE)),
    "abs": ("call double @llvm.fabs.f64(double {})", NUMBER, (NUMBER,)),
    "sqrt": ("call double @llvm.sqrt.f64(double {})", NUMBER, (NUMBER,)),
    "floor": ("call double @llvm.floor.f64(double {})", NUMBER, (NUMBER,)),
    "ceil": ("call double @llvm.ceil.f64(double {})", NUMBER, (NUMBER,)),
    "copysign": ("call double @llvm.copysign.f64(double {}, double {})", NUMBER, (NUMBER, NUMBER)),
    **{name: (f"call double @libm.{name}(double {{}})", NUMBER, (NUMBER,)) for name in LIBM},
    "power": ("call double @libm.pow(double {}, double {})", NUMBER, (NUMBER, NUMBER)),
    "fmod": ("call double @libm.fmod(double {}, double {})", NUMBER, (NUMBER, NUMBER)),
    "atan2": ("call double @libm.atan2(double {}, double {})", NUMBER, (NUMBER, NUMBER)),
    "ldexp": ("call double @libm.ldexp(double {}, i32 {})", NUMBER, (NUMBER, WHOLE)),
    "rint": ("call double @llvm.rint.f64(double {})", NUMBER, (NUMBER,)),
    "trunc": ("call double @llvm.trunc.f64(double {})", NUMBER, (NUMBER,)),
    "fma": ("call double @llvm.fma.f64(double {}, double {}, double {})", NUMBER, (NUMBER, NUMBER, NUMBER)),
    "scaled": ("call double @scaled(double {}, double {})", NUMBER, (NUMBER, NUMBER)),
    "turned": ("call double @turned(double {}, double {})", NUMBER, (NUMBER, NUMBER)),
    "power_below": ("call double @power_below(double {})", NUMBER, (NUMBER,)),
    **{name: (f"call double @{name}(double {{}})", NUMBER, (NUMBER,)) for name in TABLES},
    "mantissa": ("call double @mantissa(double {})", NUMBER, (NUMBER,)),
    "exponent": ("call i32 @exponent(double {})", WHOLE, (NUMBER,)),
}
"""How LLVM writes each function: the instruction, what it gives, and what it takes. Vectors alone have, for a
whole k: `scaled`, x times 2 to the k-th, and `turned`, x times -1 to the k-th; `power_below`, the power of 2 that is just
below; and tables."""

HEAD = "\n".join(
    [
        *(f"declare double @llvm.{name}.f64(double)" for name in ("fabs", "sqrt", "floor", "ceil")),
        "declare double @llvm.copysign.f64(double, double)",
        *(f"declare double @libm.{name}(double) memory(none) nounwind willreturn" for name in LIBM),
        *(f"declare double @libm.{name}(double, double) memory(none) nounwind willreturn" for name in LIBM_OF_TWO),
        "declare double @libm.ldexp(double, i32) memory(none) nounwind willreturn",
        "declare double @libm.frexp(double, ptr) nounwind willreturn",
        "",
        FSUM,
        "define internal double @mantissa(double %x) {",
        "  %place = alloca i32",
        "  %mantissa = call double @libm.frexp(double %x, ptr %place)",
        "  ret double %mantissa",
        "}",
        "",
        "define internal i32 @exponent(double %x) {",
        "  %place = alloca i32",
        "  %mantissa = call double @libm.frexp(double %x, ptr %place)",
        "  %exponent = load i32, ptr %place",
        "  ret i32 %exponent",
        "}",
    ]
)
"""What every module begins with."""

_OF_MANY = ("fsum", "fsum.overflows")
"""What takes any number of numbers."""

_NAMES = {
    **{f"arc{name}": f"a{name}" for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "tan2")},
    "fabs": "abs",
    "absolute": "abs",
    "pow": "power",
    "sub": "subtract",
    "mul": "multiply",
    "div": "divide",
    "neg": "negative",
    "true_divide": "divide",
}
"""What NumPy, Python's `math` and the table call differently."""


class Unwritable(Exception):
    """A formula is Python code that terms cannot follow."""


class Term:
    """A number, whole number or truth value that a formula computes: the name of a function, and its operands."""

    __slots__ = ("kind", "name", "operands")

    def __init__(self, name: str, kind: str, operands: tuple[Any, ...] = ()) -> None:
        self.name = name
        self.kind = kind
        self.operands = operands

    @staticmethod
    def apply_primitive(primitive: Primitive, operands: Sequence[Any]) -> Any:
        """Called by `Primitive`, for a formula that applies one to terms."""
        return follow(primitive, operands)

    def __bool__(self) -> bool:
        raise Unwritable("it branches on its argument")

    def __float__(self) -> float:
        raise Unwritable("it makes a plain number of its argument")

    def _operate(self, name: str, other: Any = None, *, turned: bool = False) -> Any:
        if self.kind == WHOLE:
            name += "_whole"
        return apply(name, *((other, self) if turned else (self,) if other is None else (self, other)))

    __add__, __radd__ = partialmethod(_operate, "add"), partialmethod(_operate, "add", turned=True)
    __sub__, __rsub__ = partialmethod(_operate, "subtract"), partialmethod(_operate, "subtract", turned=True)
    __mul__, __rmul__ = partialmethod(_operate, "multiply"), partialmethod(_operate, "multiply", turned=True)
    __truediv__, __rtruediv__ = partialmethod(_operate, "divide"), partialmethod(_operate, "divide", turned=True)
    __pow__, __rpow__ = partialmethod(_operate, "power"), partialmethod(_operate, "power", turned=True)
    __lt__, __le__ = partialmethod(_operate, "less"), partialmethod(_operate, "less_equal")
    __gt__, __ge__ = partialmethod(_operate, "greater"), partialmethod(_operate, "greater_equal")
    __eq__, __ne__ = partialmethod(_operate, "equal"), partialmethod(_operate, "not_equal")
    __and__, __rand__ = partialmethod(_operate, "logical_and"), partialmethod(_operate, "logical_and", turned=True)
    __or__, __ror__ = partialmethod(_operate, "logical_or"), partialmethod(_operate, "logical_or", turned=True)
    __xor__, __rxor__ = partialmethod(_operate, "logical_xor"), partialmethod(_operate, "logical_xor", turned=True)
    __invert__, __abs__ = partialmethod(_operate, "logical_not"), partialmethod(_operate, "abs")
    __hash__ = object.__hash__

    def __neg__(self) -> Any:
        return apply("subtract_whole", 0, self) if self.kind == WHOLE else apply("negative", self)

    def __pos__(self) -> Any:
        return self


def apply(name: str, *operands: Any) -> Any:
    """A function on terms and plain numbers; of plain numbers alone, a plain number."""
    name = _NAMES.get(name, name)
    if name not in INSTRUCTIONS:
        raise Unwritable(f"there is no instruction for {name}")
    _, kind, kinds = INSTRUCTIONS[name]
    if len(kinds) != len(operands):
        raise Unwritable(f"{name} takes {len(kinds)} operands")
    if not any(isinstance(each, Term) for each in operands):
        return _fold(name, operands)
    return Term(name, kind, tuple(_as_kind(each, kind) for each, kind in zip(operands, kinds, strict=True)))


def _as_kind(operand: Any, kind: str) -> Any:
    """An operand as what an instruction takes: Python computes with truth values as if they were 1 and 0."""
    if not isinstance(operand, Term):
        return bool(operand) if kind is TRUTH else int(operand) if kind is WHOLE else float(operand)
    if operand.kind == kind:
        return operand
    if kind is TRUTH and operand.kind is NUMBER:
        return Term("not_equal", TRUTH, (operand, 0.0))
    if kind is NUMBER and operand.kind is TRUTH:
        return Term("where", NUMBER, (operand, 1.0, 0.0))
    raise Unwritable(f"it takes a {operand.kind} for a {kind}")


def _fold(name: str, operands: Sequence[Any]) -> Any:
    """A function of plain numbers."""
    found = getattr(Floats, name, None) or getattr(operator, _PYTHON.get(name, name), None)
    if found is not None:
        return found(*operands)
    return getattr(ops, name).evaluate([float(each) for each in operands])


_PYTHON = {
    "add": "add",
    "subtract": "sub",
    "multiply": "mul",
    "negative": "neg",
    "less": "lt",
    "less_equal": "le",
    "greater": "gt",
    "greater_equal": "ge",
    "equal": "eq",
    "not_equal": "ne",
    "logical_and": "and_",
    "logical_or": "or_",
    "logical_xor": "xor",
    "logical_not": "not_",
    **{f"{name}_whole": name[:3] for name in ("add", "subtract", "multiply")},
}


class Module:
    """Stands for NumPy, or for Python's `math`, while a formula runs on terms."""

    __name__ = "numpy"
    inf, nan, pi, e = math.inf, math.nan, math.pi, math.e

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name not in INSTRUCTIONS and name not in _NAMES:
            raise AttributeError(f"there is no instruction for {name}")
        return lambda *operands: apply(name, *operands)

    def where(self, condition: Any, x: Any, y: Any) -> Any:
        """One of two, by a condition."""
        if not isinstance(condition, Term):
            return x if condition else y
        kind = next((each.kind for each in (x, y) if isinstance(each, Term)), NUMBER)
        return Term("where", kind, (_as_kind(condition, TRUTH), _as_kind(x, kind), _as_kind(y, kind)))

    def minimum(self, x: Any, y: Any) -> Any:
        """The smaller of two; nan if one is."""
        return self.where((x < y) | self.isnan(x), x, y)

    def maximum(self, x: Any, y: Any) -> Any:
        """The larger of two; nan if one is."""
        return self.where((x > y) | self.isnan(x), x, y)

    def sign(self, x: Any) -> Any:
        """1, -1, or 0 at 0."""
        return self.where(x > 0.0, 1.0, self.where(x < 0.0, -1.0, x))

    def isfinite(self, x: Any) -> Any:
        """Whether it is neither infinite nor nan."""
        return apply("abs", x) < math.inf

    def positive(self, x: Any) -> Any:
        """The number itself."""
        return x

    def exp2(self, x: Any) -> Any:
        """A power of two."""
        return apply("power", 2.0, x)

    def power(self, x: Any, y: Any) -> Any:
        """A power; an exponent that is chosen is mostly 0, where the power is 1."""
        power = apply("power", x, y)
        return self.where(y == 0.0, 1.0, power) if isinstance(y, Term) and y.name == "where" else power

    pow = power

    # What Python's `math` and its operators on floats, or the table, compute otherwise than C's library.

    def cbrt(self, x: Any) -> Any:
        """The cube root, with the step of Newton's that the table takes."""
        root = apply("cbrt", x)
        return self.where((x == 0.0) | ~self.isfinite(x), x, root + (x / (root * root) - root) / 3.0)

    def hypot(self, x: Any, y: Any) -> Any:
        """The length of a vector, with the squares' rounding errors, as CPython's ``vector_norm`` has it."""
        x, y = apply("abs", x), apply("abs", y)
        largest = self.where(x > y, x, y)
        unit = self.where(largest < _SMALLEST, _SMALLEST, 1.0)
        _, exponent = self.frexp(largest / unit)
        scale = self.ldexp(1.0, -exponent)
        total, lost_in_squares, lost_in_sums = 1.0, 0.0, 0.0
        for each in (x, y):
            side = each / unit * scale
            total, lost = _sum_and_rest(total, side * side)
            lost_in_squares = lost_in_squares + lost_in_product(side, side)
            lost_in_sums = lost_in_sums + lost
        length = apply("sqrt", total - 1.0 + (lost_in_squares + lost_in_sums))
        total, lost = _sum_and_rest(total, -length * length)
        lost_in_squares = lost_in_squares + lost_in_product(-length, length)
        lost_in_sums = lost_in_sums + lost
        length = length + (total - 1.0 + (lost_in_squares + lost_in_sums)) / (2.0 * length)
        is_infinite = (x == math.inf) | (y == math.inf)
        ordinary = self.where(self.isnan(x) | self.isnan(y) | (largest == 0.0), x + y, length / scale * unit)
        return self.where(is_infinite, math.inf, ordinary)

    def remainder(self, x: Any, y: Any) -> Any:
        """What is left when the quotient is rounded down; of the sign of y."""
        rest = apply("fmod", x, y)
        turned = self.where((y < 0.0) ^ (rest < 0.0), rest + y, rest)
        return self.where(y == 0.0, math.nan, self.where(rest == 0.0, self.copysign(0.0, y), turned))

    def floor_divide(self, x: Any, y: Any) -> Any:
        """The quotient rounded down, as Python rounds it."""
        rest = apply("fmod", x, y)
        quotient = (x - rest) / y
        quotient = self.where((rest != 0.0) & ((y < 0.0) ^ (rest < 0.0)), quotient - 1.0, quotient)
        down = apply("floor", quotient)
        whole = self.where(quotient - down > 0.5, down + 1.0, down)
        whole = self.where(quotient == 0.0, self.copysign(0.0, x / y), whole)
        return self.where(y == 0.0, x / y, whole)

    def sigmoid(self, x: Any) -> Any:
        """The logistic function, by one exponential."""
        e = apply("exp", -apply("abs", x))
        return self.where(x >= 0.0, 1.0, e) / (1.0 + e)

    def logaddexp(self, x: Any, y: Any) -> Any:
        """The logarithm of a sum of two exponentials."""
        lower, upper = self.minimum(x, y), self.maximum(x, y)
        rest = apply("log1p", arithmetic.exp_of_difference(self, lower, upper))
        return self.where(x == y, x + math.log(2.0), upper + rest)

    def fsum(self, xs: Sequence[Any]) -> Any:
        """The sum of numbers, rounded once."""
        return Term("fsum", NUMBER, tuple(_as_kind(x, NUMBER) for x in xs))

    def mean(self, xs: Sequence[Any]) -> Any:
        """The arithmetic mean; of what overflows when it is added up, the sum of the shares."""
        if not xs:
            return math.nan
        overflows = Term("fsum.overflows", TRUTH, tuple(_as_kind(x, NUMBER) for x in xs))
        return self.where(overflows, self.fsum([x / len(xs) for x in xs]), self.fsum(xs) / float(len(xs)))

    def logsumexp(self, xs: Sequence[Any]) -> Any:
        """The logarithm of the sum of exponentials, of which the first of the largest is exactly 1."""
        largest: Any = -math.inf
        for x in xs:
            largest = self.maximum(largest, x)
        others, is_met = [], False
        for x in xs:
            is_largest = x == largest
            skipped = is_largest & (True ^ is_met)
            others.append(self.where(skipped, 0.0, arithmetic.exp_of_difference(self, x, largest)))
            is_met = is_met | is_largest
        return self.where(self.isfinite(largest), largest + self.log1p(self.fsum(others)), largest)

    def frexp(self, x: Any) -> tuple[Any, Any]:
        """Mantissa and exponent."""
        return (apply("mantissa", x), apply("exponent", x)) if isinstance(x, Term) else math.frexp(x)

    def vectorize(self, function: Any, otypes: Any = None) -> Callable[..., Any]:
        """A function of `math` that NumPy lacks."""
        return lambda *operands: apply(function.__name__, *operands)


_SMALLEST = sys.float_info.min


def _sum_and_rest(x: Any, y: Any) -> tuple[Any, Any]:
    """A sum, and what its rounding lost, for an x that is larger."""
    total = x + y
    return total, (x - total) + y


MODULE = Module()


def follow(primitive: Primitive, operands: Sequence[Any]) -> Any:
    """The value of an operation on terms, by the first of its formulas that terms can follow."""
    for formula in formulas(primitive):
        try:
            return _as_kind(formula(*primitive.arguments(operands)), NUMBER)
        except (Unwritable, TypeError, AttributeError, ValueError, ArithmeticError, LookupError):
            continue
    raise Unwritable(f"{primitive.name} is code that terms cannot follow")


def formulas(primitive: Primitive) -> list[Callable[..., Any]]:
    """What may be the operation's value as a formula of terms: the nearest to the value on floats first."""
    named = getattr(arithmetic, primitive.name, None)
    found: list[Callable[..., Any]] = []
    if primitive.python:
        found.append(lambda *terms: _read(primitive, terms))
    if named is not None:
        found.append(lambda *terms: named(MODULE, *terms))
    if callable(primitive.array):
        form = primitive.array
        found.append(lambda *terms: form(MODULE, *terms))
    elif primitive.array:
        name = primitive.array
        found.append(lambda *terms: getattr(MODULE, name)(*terms))
    if primitive.name in BUILT_IN and hasattr(Module, primitive.name):
        found.insert(0, getattr(MODULE, primitive.name))
    found.append(lambda *terms: primitive.value(*terms))
    return found


def _read(primitive: Primitive, terms: Sequence[Any]) -> Any:
    """The value of an operation by the expression of Python that its entry gives."""
    count, names = 0, []
    namespace: dict[str, Any] = {"math": MODULE, "abs": MODULE.abs, "choose": MODULE.where}
    for argument in terms:
        listed = argument if isinstance(argument, list) else [argument]
        names.append([f"x{count + i}" for i in range(len(listed))])
        namespace.update(zip(names[-1], listed, strict=True))
        count += len(listed)
    arguments = names if primitive.sequences else [name for (name,) in names]
    text = primitive.python(*arguments) if callable(primitive.python) else primitive.python.format(*arguments)
    tree = ast.fix_missing_locations(_Choices().visit(ast.parse(text, mode="eval")))
    return eval(builtins.compile(tree, "<operation>", "eval"), namespace)


class _Choices(ast.NodeTransformer):
    """Turns what Python decides by a truth value into functions and operators of terms."""

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        self.generic_visit(node)
        return ast.Call(ast.Name("choose", ast.Load()), [node.test, node.body, node.orelse], [])

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        self.generic_visit(node)
        joined = node.values[0]
        for value in node.values[1:]:
            joined = ast.BinOp(joined, ast.BitAnd() if isinstance(node.op, ast.And) else ast.BitOr(), value)
        return joined

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        return ast.UnaryOp(ast.Invert(), node.operand) if isinstance(node.op, ast.Not) else node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        sides = [node.left, *node.comparators]
        pairs: list[ast.expr] = [
            ast.Compare(left, [op], [right]) for left, op, right in zip(sides, node.ops, sides[1:], strict=False)
        ]
        joined = pairs[0]
        for pair in pairs[1:]:
            joined = ast.BinOp(joined, ast.BitAnd(), pair)
        return joined


# Printing.


def literal(number: float) -> str:
    """A number as LLVM reads it: by its bits."""
    return f"0x{struct.unpack('<Q', struct.pack('<d', number))[0]:016X}"


def write(name: str, count: int, result: Any) -> str:
    """A function of so many numbers, by that name, that returns what a term says."""
    body = Body()
    register = body.emit(_as_kind(result, NUMBER), {})
    arguments = ", ".join(f"double %x{i}" for i in range(count))
    return f"define internal double @{name}({arguments}) {{\nentry:\n{body.text()}  ret double {register}\n}}\n"


_TOKEN = re.compile(
    r"(?P<type>(?<![%@\w.])(?:double|i1|i32|i64)\b(?!\*))"
    r"|(?P<literal>(?<![%@\w.])(?:0x[0-9A-F]{16}|-?\d+(?:\.\d+)?|true|false)(?![\w.]))"
    r"|@llvm\.(?P<intrinsic>\w+)\.f64|@(?P<function>[\w.]+)(?=\()"
)


@cache
def widened(line: str, count: int) -> str:
    """An instruction on numbers as one on vectors of so many lanes."""
    kind = NUMBER

    def change(match: re.Match[str]) -> str:
        nonlocal kind
        found = match.lastgroup
        if found == "type":
            kind = match[0]
            return f"<{count} x {kind}>"
        if found == "literal":
            return f"splat ({kind} {match[0]})"
        return f"@llvm.{match[found]}.v{count}f64" if found == "intrinsic" else f"@{match['function']}.v{count}"

    return _TOKEN.sub(change, line)


class Body:
    """The instructions of a function, each once on every way through it.

    Args:
        lanes: how many numbers each operand has; several are vectors.

    Attributes:
        lines: the instructions, and the labels of blocks.
    """

    def __init__(self, lanes: int = 1) -> None:
        self.lines: list[str] = []
        self._lanes = lanes
        self._block = "entry"
        self._count = 0

    def text(self) -> str:
        """The body of the function."""
        return "".join(f"  {line}\n" if line[-1] != ":" else f"{line}\n" for line in self.lines)

    def emit(self, term: Any, known: dict[Any, str]) -> str:
        """Print what a term needs that is not known yet, and tell the register that holds it."""
        if not isinstance(term, Term):
            return str(term).lower() if isinstance(term, bool) else str(term) if type(term) is int else literal(term)
        if term.name[0] == "%":
            return term.name
        if id(term) not in known:
            known[id(term)] = self._choice(term, known) if _is_choice(term) else self._instruction(term, known)
        return known[id(term)]

    def _instruction(self, term: Term, known: dict[Any, str]) -> str:
        for each in term.operands:
            if not _is_choice(each):  # what is needed in any case is known then, and a choice need not call it again
                self.emit(each, known)
        operands = [self.emit(each, known) for each in term.operands]
        if term.name in _OF_MANY:
            return self._of_many(term, operands)
        line = INSTRUCTIONS[term.name][0].format(*operands)
        if line not in known:
            known[line] = self._register(line)
        return known[line]

    def _of_many(self, term: Term, operands: Sequence[str]) -> str:
        """A call of a function of a list, which is laid out for it."""
        numbers = self._register(f"alloca [{max(1, len(operands))} x double]")
        for i, operand in enumerate(operands):
            place = self._register(f"getelementptr double, ptr {numbers}, i64 {i}")
            self.lines.append(f"store double {operand}, ptr {place}")
        return self._register(f"call {term.kind} @{term.name}(ptr {numbers}, i64 {len(operands)})")

    def _register(self, line: str) -> str:
        self._count += 1
        register = f"%t{self._count}"
        self.lines.append(f"{register} = {line if self._lanes == 1 else widened(line, self._lanes)}")
        return register

    def _choice(self, term: Term, known: dict[Any, str]) -> str:
        condition, *sides = term.operands
        decision = self.emit(condition, known)
        if not any(_calls(side, known) for side in sides):
            x, y = (f"{term.kind} {self.emit(side, known)}" for side in sides)
            return self._register(f"select i1 {decision}, {x}, {y}")
        if self._lanes > 1:
            x, y = (self._side(*each, term.kind, dict(known)) for each in self._wanted(decision, sides))
            return self._register(f"select i1 {decision}, {x}, {y}")
        self._count += 1
        labels = [f"{way}{self._count}" for way in ("yes", "no", "done")]
        self.lines.append(f"br i1 {decision}, label %{labels[0]}, label %{labels[1]}")
        ways = []
        for label, side in zip(labels, sides, strict=False):
            self._enter(label)
            ways.append((self.emit(side, dict(known)), self._block))
            self.lines.append(f"br label %{labels[2]}")
        self._enter(labels[2])
        return self._register(f"phi {term.kind} " + ", ".join(f"[ {value}, %{block} ]" for value, block in ways))

    def _wanted(self, decision: str, sides: Sequence[Any]) -> list[tuple[Any, str]]:
        """The two sides of a choice, each with a register that says whether any of the lanes takes it."""
        count, pairs = self._lanes, []
        for side, nobody in zip(sides, ("0", "-1"), strict=True):
            self._count += 1
            bits, wanted = f"%bits{self._count}", f"%wanted{self._count}"
            self.lines.append(f"{bits} = bitcast <{count} x i1> {decision} to i{count}")
            self.lines.append(f"{wanted} = icmp ne i{count} {bits}, {nobody}")
            pairs.append((side, wanted))
        return pairs

    def _side(self, side: Any, wanted: str, kind: str, known: dict[Any, str]) -> str:
        """One side of a choice, skipped where no lane takes it."""
        if not _calls(side, known):
            return f"{kind} {self.emit(side, known)}"
        self._count += 1
        taken, done, before = f"taken{self._count}", f"done{self._count}", self._block
        self.lines.append(f"br i1 {wanted}, label %{taken}, label %{done}")
        self._enter(taken)
        vector, value, block = f"<{self._lanes} x {kind}>", self.emit(side, known), self._block
        self.lines.append(f"br label %{done}")
        self._enter(done)
        self._count += 1
        value = value if value[0] == "%" else widened(f"{kind} {value}", self._lanes).removeprefix(vector)
        self.lines.append(f"%t{self._count} = phi {vector} [ {value}, %{block} ], [ zeroinitializer, %{before} ]")
        return f"{kind} %t{self._count}"

    def _enter(self, label: str) -> None:
        self.lines.append(f"{label}:")
        self._block = label


def _is_choice(term: Any) -> bool:
    return isinstance(term, Term) and term.name == "where"


def sums_up(term: Any) -> bool:
    """Whether a term calls what takes any number of numbers."""
    return _reaches(term, {}, lambda each: each.name in _OF_MANY)


def _calls(term: Any, known: dict[Any, str]) -> bool:
    """Whether a term calls something that was not called yet."""
    return _reaches(term, known, lambda each: each.name in _OF_MANY or "@libm" in INSTRUCTIONS.get(each.name, ("",))[0])


def _reaches(term: Any, known: dict[Any, str], is_one: Callable[[Term], bool]) -> bool:
    """Whether such a term is among those that a term needs and that are not known yet."""
    waiting, seen = [term], set()
    while waiting:
        each = waiting.pop()
        if isinstance(each, Term) and id(each) not in known and id(each) not in seen:
            seen.add(id(each))
            if is_one(each):
                return True
            waiting.extend(each.operands)
    return False
