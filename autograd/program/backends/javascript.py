"""The JavaScript printer: operations of the table as functions that a page can run, each with its derivatives.

Nothing is translated by hand. An operation's `array` form is run on symbols, with a stand-in for NumPy, and so are its
derivative rules; the expressions that come out are printed. A page therefore computes by the same table of operations
as everything else. `WRITTEN` says how JavaScript writes each function of NumPy, and `LIBRARY` holds the few that
JavaScript's `Math` lacks.
"""

from __future__ import annotations

import math
import operator
import re
from collections import Counter
from functools import reduce
from typing import TYPE_CHECKING, Any

from autograd.engine import arithmetic, ops
from autograd.engine.value import dependents, topological_order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from autograd.engine.primitive import Primitive
    from autograd.engine.value import Value

LONGEST = 400
"""How many operands an operation may have at most to be printed."""

TERNARY, OR, AND, RELATION, SUM, PRODUCT, SIGN, ATOM = range(8)
"""Precedences: the higher, the tighter a text binds."""

_OF_MATH = (
    *("abs", "floor", "ceil", "sqrt", "cbrt"),
    *("exp", "expm1", "log", "log1p", "log2", "log10"),
    *("sin", "cos", "tan", "sinh", "cosh", "tanh"),
)
"""What NumPy and JavaScript's `Math` call by the same name."""

WRITTEN: dict[str, tuple[str, int]] = {
    "add": ("{0} + {1}", SUM),
    "subtract": ("{0} - {1}", SUM),
    "multiply": ("{0} * {1}", PRODUCT),
    "divide": ("{0} / {1}", PRODUCT),
    "negative": ("-{0}", SIGN),
    "positive": ("{0}", ATOM),
    "less": ("{0} < {1}", RELATION),
    "less_equal": ("{0} <= {1}", RELATION),
    "greater": ("{0} > {1}", RELATION),
    "greater_equal": ("{0} >= {1}", RELATION),
    "equal": ("{0} === {1}", RELATION),
    "not_equal": ("{0} !== {1}", RELATION),
    "logical_and": ("{0} && {1}", AND),
    "logical_or": ("{0} || {1}", OR),
    "choose": ("{0} ? {1} : {2}", TERNARY),
    "isnan": ("Number.isNaN({0})", ATOM),
    "isfinite": ("Number.isFinite({0})", ATOM),
    **{name: (f"Math.{name}({{0}})", ATOM) for name in _OF_MATH},
    **{f"arc{name}": (f"Math.a{name}({{0}})", ATOM) for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
    "arctan2": ("Math.atan2({0}, {1})", ATOM),
    "maximum": ("Math.max({0}, {1})", ATOM),
    "minimum": ("Math.min({0}, {1})", ATOM),
    "hypot": ("Math.hypot({0}, {1})", ATOM),
    "sign": ("Math.sign({0})", ATOM),
    "exp2": ("power(2, {0})", ATOM),
    # In LIBRARY:
    **{name: (f"{name}({{0}})", ATOM) for name in ("erf", "erfc", "mantissa", "exponent")},
    **{
        name: (f"{name}({{0}}, {{1}})", ATOM)
        for name in ("power", "ldexp", "copysign", "logaddexp", "remainder", "floor_divide")
    },
}
"""How JavaScript writes NumPy's functions, and the precedence of that."""

LIBRARY = r"""
function power(x, y) { // as C has it: 1 to any power is 1, and so is -1 to an infinite one
  return x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : Math.pow(x, y);
}

function copysign(x, y) {
  const negative = y < 0 || Object.is(y, -0);
  return negative ? -Math.abs(x) : Math.abs(x);
}

function exponent(x) { // x = mantissa * 2 ** exponent, with a mantissa from 0.5 to 1
  if (x === 0 || !Number.isFinite(x)) return 0;
  let k = Math.max(-1023, Math.floor(Math.log2(Math.abs(x))) + 1);
  const m = ldexp(Math.abs(x), -k);
  if (m >= 1) k += 1;
  if (m < 0.5) k -= 1;
  return k;
}

function mantissa(x) {
  return ldexp(x, -exponent(x));
}

function ldexp(m, k) { // in steps, so that none is out of range and only the last may round
  for (; k > 1000; k -= 1000) m *= 2 ** 1000;
  for (; k < -1000; k += 960) m *= 2 ** -960;
  return m * 2 ** k;
}

function logaddexp(x, y) {
  if (x === y) return x + Math.LN2;
  return Math.max(x, y) + Math.log1p(Math.exp(-Math.abs(x - y)));
}

function remainder(x, y) { // of the sign of y
  const r = x % y;
  return r !== 0 && (r < 0) !== (y < 0) ? r + y : r;
}

function floor_divide(x, y) {
  return Math.round((x - remainder(x, y)) / y);
}

function gaussian(x) { // e ** (-x * x), with what the rounding of x * x lost
  const shifted = x * 134217729, high = shifted - (shifted - x), low = x - high, square = x * x;
  const lost = ((high * high - square) + 2 * high * low) + low * low;
  return Math.exp(-square) * (1 - lost);
}

function erf(x) { // by its series of positive terms (Abramowitz and Stegun, 7.1.6); far out by its complement
  if (Math.abs(x) > 2) return Math.sign(x) * (1 - erfc(Math.abs(x)));
  let term = x, sum = 0;
  const terms = [];
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(x) && n < 200; n += 1) {
    terms.push(term);
    term *= 2 * x * x / (2 * n + 1);
  }
  while (terms.length) sum += terms.pop();
  return 2 / Math.sqrt(Math.PI) * gaussian(x) * sum || x;
}

function erfc(x) { // by a continued fraction (7.1.14), from the far end of which one comes back
  if (x < 0.5 || Number.isNaN(x)) return 1 - erf(x);
  if (x > 27.3) return 0;
  let fraction = x;
  for (let n = Math.ceil(20 + 500 / (x * x)); n > 0; n -= 1) fraction = x + n / 2 / fraction;
  return gaussian(x) / (Math.sqrt(Math.PI) * fraction);
}
"""


FUNCTIONS = {name: text for text, name in re.findall(r"^(function (\w+)\(.*?^}\n)", LIBRARY, re.MULTILINE | re.DOTALL)}
"""The functions of the library, by their names."""


def _library(code: str) -> str:
    """The functions of the library that some code calls, and that these call."""
    needed: set[str] = set()
    waiting = [code]
    while waiting:
        called = set(re.findall(r"(?<![\w.])(\w+)\(", waiting.pop())) & FUNCTIONS.keys() - needed
        needed |= called
        waiting += [FUNCTIONS[name] for name in called]
    texts = [text for name, text in FUNCTIONS.items() if name in needed]
    return "\n".join(["", "// What Math lacks.", *texts]) if texts else ""


class Unprintable(Exception):
    """An operation is Python code that symbols cannot follow."""


def _operator(function: str, is_mirrored: bool = False) -> Any:
    def operate(*operands: Any) -> Any:
        return apply(function, *(reversed(operands) if is_mirrored else operands))

    return operate


class Symbol:
    """A piece of JavaScript: a function of `WRITTEN` and its operands, or text."""

    __slots__ = ("function", "operands")
    printer: Printer

    def __init__(self, function: str, operands: tuple[Symbol | float, ...] = ()) -> None:
        self.function = function
        self.operands = operands

    @property
    def is_condition(self) -> bool:
        """Whether it is true or false, rather than a number."""
        return WRITTEN.get(self.function, ("", ATOM))[1] in (OR, AND, RELATION) or self.function in (
            "isnan",
            "isfinite",
        )

    @staticmethod
    def apply_primitive(primitive: Primitive, operands: Sequence[Any]) -> Any:
        """Called by `Primitive`, for a rule that applies one to symbols."""
        return Symbol.printer.call(primitive, [each if isinstance(each, Symbol) else float(each) for each in operands])

    def __bool__(self) -> bool:
        raise Unprintable("it branches on its argument")

    def __float__(self) -> float:
        raise Unprintable("it makes a plain number of its argument")

    __add__, __radd__ = _operator("add"), _operator("add", True)
    __sub__, __rsub__ = _operator("subtract"), _operator("subtract", True)
    __mul__, __rmul__ = _operator("multiply"), _operator("multiply", True)
    __truediv__, __rtruediv__ = _operator("divide"), _operator("divide", True)
    __neg__, __pos__, __abs__ = _operator("negative"), _operator("positive"), _operator("abs")
    __lt__, __le__ = _operator("less"), _operator("less_equal")
    __gt__, __ge__ = _operator("greater"), _operator("greater_equal")
    __eq__, __ne__ = _operator("equal"), _operator("not_equal")
    __hash__ = object.__hash__

    def __pow__(self, other: Any) -> Any:
        return (
            apply("multiply", self, self)
            if not isinstance(other, Symbol) and other == 2
            else apply("power", self, other)
        )

    def __rpow__(self, other: Any) -> Any:
        return apply("power", other, self)

    def __and__(self, other: Any) -> Any:
        return apply("logical_and", self, other)

    def __or__(self, other: Any) -> Any:
        return apply("logical_or", self, other)

    def __rand__(self, other: Any) -> Any:
        return self if other else False

    def __ror__(self, other: Any) -> Any:
        return True if other else self


def apply(function: str, *operands: Any) -> Any:
    """A function of NumPy on symbols and numbers; what changes nothing is left out."""
    if function not in WRITTEN:
        raise Unprintable(f"JavaScript has no {function}")
    if not any(isinstance(each, Symbol) for each in operands):
        import numpy as np

        return float(getattr(np, function)(*operands))
    known = [None if isinstance(each, Symbol) else float(each) for each in operands]
    if (function in ("multiply", "divide") and known[1] == 1.0) or function == "positive":
        return operands[0]
    if function == "multiply" and known[0] == 1.0:
        return operands[1]
    return Symbol(function, tuple(each if isinstance(each, Symbol) else float(each) for each in operands))


class _Rows(list[Any]):
    """What an operation on sequences gets for an array: a row for each element, with arithmetic row by row."""

    def __add__(self, other: Any) -> _Rows:
        return _by_rows(operator.add, self, other)

    def __sub__(self, other: Any) -> _Rows:
        return _by_rows(operator.sub, self, other)

    def __mul__(self, other: Any) -> _Rows:
        return _by_rows(operator.mul, self, other)

    def __truediv__(self, other: Any) -> _Rows:
        return _by_rows(operator.truediv, self, other)


def _by_rows(operate: Callable[..., Any], *operands: Any) -> _Rows:
    length = max(len(each) for each in operands if isinstance(each, _Rows))
    columns = [each if isinstance(each, _Rows) else [each] * length for each in operands]
    return _Rows([operate(*row) for row in zip(*columns, strict=True)])


class _NumPy:
    """Stands for NumPy while an array form runs on symbols."""

    __name__ = "numpy"
    inf, nan, pi = math.inf, math.nan, math.pi

    def __getattr__(self, function: str) -> Callable[..., Any]:
        def call(*operands: Any) -> Any:
            if any(isinstance(each, _Rows) for each in operands):
                return _by_rows(call, *operands)
            return apply(function, *operands)

        return call

    def sum(self, rows: _Rows, axis: int) -> Any:
        """What `numpy.sum` does along the rows."""
        return reduce(operator.add, rows, 0.0)

    def max(self, rows: _Rows, axis: int) -> Any:
        """What `numpy.max` does along the rows."""
        return reduce(lambda x, y: apply("maximum", x, y), rows)

    def where(self, condition: Any, x: Any, y: Any) -> Any:
        """What `numpy.where` does."""
        if not isinstance(condition, Symbol):
            return x if condition else y
        return apply("choose", condition if condition.is_condition else apply("not_equal", condition, 0.0), x, y)

    def frexp(self, x: Any) -> tuple[Any, Any]:
        """Mantissa and exponent."""
        return math.frexp(x) if not isinstance(x, Symbol) else (apply("mantissa", x), apply("exponent", x))

    def vectorize(self, function: Any, otypes: Any = None) -> Callable[..., Any]:
        """A function of `math` that NumPy lacks."""
        return lambda *operands: apply(function.__name__, *operands)


class Printer:
    """Prints operations as JavaScript functions, and whatever operations their rules need.

    Example:
        >>> from autograd.engine.primitive import TABLE
        >>> printer = Printer()
        >>> printer.operation(TABLE["tanh"], 1)
        'tanh'
        >>> print(printer.source)  # doctest: +ELLIPSIS
        const operations = {
          "tanh": {
            value: (x) => Math.tanh(x),
            partials: (x, y) => [...
    """

    def __init__(self) -> None:
        self._operations: dict[str, str] = {}
        self._functions: dict[tuple[str, tuple[float | None, ...]], str] = {}
        self._texts: dict[str, str] = {}
        self._graphs: list[str] = []

    def operation(self, primitive: Primitive, count: int) -> str:
        """Print an operation on so many operands; returns the name by which ``operations`` knows it.

        Raises:
            Unprintable: if it is Python code that symbols cannot follow.
        """
        key = primitive.name if not primitive.sequences else f"{primitive.name}/{count}"
        if key in self._operations:
            return key
        if count > LONGEST:
            raise Unprintable(f"{primitive.name} has {count} operands")
        names = [f"x{i}" for i in range(count)] if count > 3 else ["x", "y", "z"][:count]
        result = Symbol("y" if count == 1 else "z" if count == 2 else "result")
        symbols: list[Any] = [Symbol(name) for name in names]
        Symbol.printer = self
        value = _lambda(names, [self._value(primitive, symbols)], "")
        partials = primitive.differentiate(symbols, result)
        parts = [f"    value: {value},", f"    partials: {_lambda([*names, result.function], partials, '[]')},"]
        if primitive.cut is not None:
            parts.append(f"    cuts: {_lambda(names, primitive.cut(*primitive.arguments(symbols)), '[]')},")
        self._operations[key] = "\n".join([f'  "{key}": {{', *parts, "  },"])
        return key

    @property
    def source(self) -> str:
        """The operations that were printed, and what these and the functions of graphs call: all can be read in the page."""
        functions = "".join(f"\n{text}\n" for text in self._texts.values())
        table = "\n".join(["const operations = {", *self._operations.values(), "};"])
        return f"{table}\n{functions}{_library(''.join([table, functions, *self._graphs]))}"

    def gradient(self, name: str, root: Value, leaves: Mapping[Value, str], gradients: Mapping[Value, str]) -> str:
        """Print a whole graph as one function, that of a point: it returns the root and adds up the gradient.

        Args:
            name: of the function, whose arguments are the lists ``p``, ``x``, ``t`` and ``g``.
            root: the result.
            leaves: what stands for each leaf that is no plain number.
            gradients: what each leaf's derivative is added to.

        Raises:
            Unprintable: if an operation is Python code that symbols cannot follow.
        """
        Symbol.printer = self
        order = topological_order(root)
        texts, lines = self._forward(order, leaves)
        lines += _backward(order, texts, gradients)
        return self._add_graph(f"{name}(p, x, t, g)", lines, _texts([texts[root]])[0])

    def values(self, name: str, results: Sequence[Value], leaves: Mapping[Value, str]) -> str:
        """Print a function ``NAME(p, x)`` that returns some results of a graph; arguments and errors as for `gradient`."""
        Symbol.printer = self
        order = dict.fromkeys(node for result in results for node in topological_order(result))
        texts, lines = self._forward(order, leaves)
        return self._add_graph(f"{name}(p, x)", lines, f"[{', '.join(_texts([texts[each] for each in results]))}]")

    def _forward(self, order: Iterable[Value], leaves: Mapping[Value, str]) -> tuple[dict[Value, Any], list[str]]:
        """What stands for each node of a graph, and the lines that compute those that are not leaves."""
        texts: dict[Value, Any] = {}
        lines: list[str] = []
        for i, node in enumerate(order):
            if node.primitive is None:
                texts[node] = Symbol(leaves[node]) if node in leaves else node.data
                continue
            value = self._value(node.primitive, [texts[parent] for parent in node.parents])
            steps, (text,) = _statements([value], f"v{i}_")
            lines += [*steps, f"const v{i} = {text};"]
            texts[node] = Symbol(f"v{i}")
        return texts, lines

    def _add_graph(self, head: str, lines: Sequence[str], result: str) -> str:
        body = "".join(f"  {line}\n" for line in [*lines, f"return {result};"])
        self._graphs.append(f"function {head} {{\n{body}}}\n")
        return self._graphs[-1]

    def call(self, primitive: Primitive, operands: list[Any]) -> Any:
        """An operation in a rule: a call of its function, which is printed with what is constant put in."""
        if primitive is ops.where:
            return _NumPy().where(*operands)
        if primitive.sequences or not primitive.helper:
            written = self._value(primitive, operands)
            if primitive.sequences or not callable(primitive.array):
                return written
        constants = tuple(None if isinstance(each, Symbol) else each for each in operands)
        key = (primitive.name, constants)
        if key not in self._functions:
            variants = sum(other == primitive.name for other, _ in self._functions)
            self._functions[key] = name = f"{primitive.name}_{variants + 1}" if variants else primitive.name
            names = [f"x{i + 1}" for i, each in enumerate(constants) if each is None]
            symbols: list[Any] = [Symbol(f"x{i + 1}") if each is None else each for i, each in enumerate(constants)]
            shown = ", ".join(f"x{i + 1}" if each is None else _number(each) for i, each in enumerate(constants))
            body = _lambda(names, [self._value(primitive, symbols)], "")
            self._texts[name] = f"// {primitive.name}({shown}): {_title(primitive)}\nconst {name} = {body};"
        return Symbol(f"call {self._functions[key]}", tuple(each for each in operands if isinstance(each, Symbol)))

    def _value(self, primitive: Primitive, operands: list[Any]) -> Any:
        value = self._follow(primitive, operands)
        return apply("choose", value, 1.0, 0.0) if isinstance(value, Symbol) and value.is_condition else value

    def _follow(self, primitive: Primitive, operands: list[Any]) -> Any:
        # A page computes a point at a time, so of two array forms it takes the accurate one and not the quick one.
        form = getattr(arithmetic, primitive.name, None) or primitive.array or primitive.name
        try:
            if primitive is ops.where:
                return _NumPy().where(*operands)
            if callable(form):
                arguments = primitive.arguments(operands)
                return form(_NumPy(), *(map(_Rows, arguments) if primitive.sequences else arguments))
            if form in WRITTEN:
                return apply(form, *operands)
            return primitive.value(*primitive.arguments(operands))
        except Unprintable:
            raise
        except (TypeError, AttributeError, ValueError) as error:
            raise Unprintable(f"{primitive.name} is code that symbols cannot follow: {error}") from None


def _backward(order: list[Value], texts: Mapping[Value, Any], gradients: Mapping[Value, str]) -> list[str]:
    """The lines of the reverse pass: an adjoint for each node that depends on a leaf with a gradient.

    Args:
        order: the nodes of a graph, operands first.
        texts: what stands for each.
        gradients: what each leaf's derivative is added to.
    """
    varying = dependents(order, gradients)
    lines: list[str] = []
    shares: dict[Value, list[Any]] = {order[-1]: [1.0]}
    for i, node in reversed(list(enumerate(order))):
        if node not in varying or node not in shares:
            continue
        total = reduce(lambda x, y: apply("add", x, y), shares[node])
        steps, (text,) = _statements([total], f"a{i}_")
        if node in gradients:
            lines += [*steps, f"{gradients[node]} += {text};"]
        if node.primitive is None:
            continue
        lines += [*steps, f"const a{i} = {text};"]
        operands = [texts[parent] for parent in node.parents]
        partials, cuts = node.primitive.differentiate(operands, texts[node]), node.primitive.cuts(operands)
        for parent, partial, cut in zip(node.parents, partials, cuts, strict=True):
            if parent in varying and cut is not True:
                share = apply("multiply", partial, Symbol(f"a{i}"))
                shares.setdefault(parent, []).append(
                    apply("choose", cut, 0.0, share) if isinstance(cut, Symbol) else share
                )
    return lines


def _title(primitive: Primitive) -> str:
    return (primitive.__doc__ or "").strip().partition("\n")[0]


# Text.


def _texts(results: Sequence[Any]) -> list[str]:
    """The texts of results that need no lines before them: names and numbers."""
    return _statements(results, "")[1]


def _lambda(names: Sequence[str], results: Iterable[Any], brackets: str) -> str:
    """An arrow function."""
    flat = [each for result in results for each in (result if isinstance(result, (list, tuple)) else [result])]
    lines, shown = _statements(flat, "t")
    result = f"[{', '.join(shown)}]" if brackets else shown[0]
    head = f"({', '.join(names)}) =>"
    if not lines:
        return f"{head} {result}"
    return "\n".join([f"{head} {{", *(f"      {line}" for line in [*lines, f"return {result};"]), "    }"])


def _statements(results: Sequence[Any], prefix: str) -> tuple[list[str], list[str]]:
    """Lines that name what is used twice, with names that begin alike, and the results' texts."""
    uses: Counter[int] = Counter()
    order: list[Symbol] = []
    seen: set[int] = set()
    stack: list[tuple[Any, bool]] = [(each, False) for each in reversed(results)]
    while stack:
        symbol, is_ready = stack.pop()
        if not isinstance(symbol, Symbol):
            continue
        if is_ready:
            order.append(symbol)
            continue
        uses[id(symbol)] += 1
        if id(symbol) not in seen:
            seen.add(id(symbol))
            stack.append((symbol, True))
            stack.extend((each, False) for each in reversed(symbol.operands))
    written: dict[int, tuple[str, int]] = {}
    lines: list[str] = []
    for symbol in order:
        text, precedence = _write(symbol, written)
        if symbol.operands and (uses[id(symbol)] > 1 or len(text) > 90):
            name = f"{prefix}{len(lines) + 1}"
            lines.append(f"const {name} = {text};")
            text, precedence = name, ATOM
        written[id(symbol)] = text, precedence
    return lines, [written[id(each)][0] if isinstance(each, Symbol) else _number(float(each)) for each in results]


def _write(symbol: Symbol, written: dict[int, tuple[str, int]]) -> tuple[str, int]:
    operands = [
        written[id(each)] if isinstance(each, Symbol) else _number_with_precedence(float(each))
        for each in symbol.operands
    ]
    if symbol.function.startswith("call "):
        return f"{symbol.function[5:]}({', '.join(text for text, _ in operands)})", ATOM
    if not operands:
        return symbol.function, ATOM
    form, precedence = WRITTEN[symbol.function]
    if "(" in form:
        return form.format(*(text for text, _ in operands)), precedence
    needed = [precedence, precedence + 1, precedence + 1] if precedence != TERNARY else [OR, TERNARY + 1, TERNARY]
    if precedence == SIGN:
        needed = [ATOM]
    return form.format(*(t if h >= n else f"({t})" for (t, h), n in zip(operands, needed, strict=False))), precedence


def _number_with_precedence(x: float) -> tuple[str, int]:
    text = _number(x)
    return text, SIGN if text.startswith("-") else ATOM


def _number(x: float) -> str:
    """A number as JavaScript reads it."""
    if math.isnan(x):
        return "NaN"
    if math.isinf(x):
        return "Infinity" if x > 0 else "-Infinity"
    return re.sub(r"\.0$", "", repr(x))
