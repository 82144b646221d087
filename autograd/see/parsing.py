"""An expression as text, turned into a graph: ``parse("tanh(w*x + b)", w=0.5, x=2, b=-1)``.

The text is read by Python's own parser and never evaluated by it. Its syntax tree goes through a whitelist: numbers,
names, arithmetic, comparisons and the operations of the table. So the text means what it would mean in Python, can be
pasted there, and can do nothing but arithmetic, wherever it comes from. What is left out is an error that points at it.

Python's parser recurses, hence its limits on nesting; this file walks the tree with a list, and limits the length of
a text so that every answer is quick.
"""

from __future__ import annotations

import ast
import keyword
import math
import operator
import re
import unicodedata
from typing import TYPE_CHECKING, Any, NoReturn, TypeGuard

from autograd.engine import ops
from autograd.engine.choices import nearest
from autograd.engine.floats import as_float
from autograd.engine.primitive import TABLE, public_operations
from autograd.engine.value import Value, constant

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from autograd.engine.primitive import Primitive

MAX_LENGTH = 10_000
"""How many characters an expression may have."""

CONSTANTS = {"pi": math.pi, "e": math.e, "inf": math.inf, "nan": math.nan}
"""Names that have a value unless another is given; ``inf`` and ``nan`` because numbers are printed like that."""

ELSEWHERE = {"ln": "log", "max": "maximum", "min": "minimum", "fabs": "abs", "logistic": "sigmoid"}
"""What other languages call some operations of the table."""

_OPERATORS: dict[type[ast.AST], tuple[Primitive, Callable[..., float | Value]]] = {
    ast.Add: (ops.add, operator.add),
    ast.Sub: (ops.sub, operator.sub),
    ast.Mult: (ops.mul, operator.mul),
    ast.Div: (ops.div, operator.truediv),
    ast.FloorDiv: (ops.floordiv, operator.floordiv),
    ast.Mod: (ops.mod, operator.mod),
    ast.Pow: (ops.pow, operator.pow),
    ast.USub: (ops.neg, operator.neg),
    ast.UAdd: (ops.pos, operator.pos),
}
_COMPARISONS: dict[type[ast.AST], tuple[Primitive, bool]] = {  # the operation, and whether its operands are swapped
    ast.Lt: (ops.less, False),
    ast.LtE: (ops.less_equal, False),
    ast.Gt: (ops.less, True),
    ast.GtE: (ops.less_equal, True),
}
_FORBIDDEN: dict[type[ast.AST], str] = {
    ast.Attribute: "an attribute",
    ast.Subscript: "a subscript",
    ast.Tuple: "a tuple",
    ast.Set: "a set",
    ast.Dict: "a dictionary",
    ast.Starred: "an argument with a star",
    ast.NamedExpr: "an assignment",
}
_WAYS_OUT = {
    "^": "write ** for a power",
    "if": "write where(condition, a, b)",
    "else": "write where(condition, a, b)",
    "and": "write where(condition, where(other_condition, a, b), b)",
    "or": "write where(condition, a, where(other_condition, a, b))",
    "not": "swap the second and third argument of where(...)",
    "=": "compare with <, <=, > or >=",
}
_GRAMMAR = (
    "an expression consists of numbers, names, + - * / // % **, comparisons, brackets and functions such as tanh(...)"
)


class ParseError(ValueError):
    """A text is no expression; the message shows where.

    Attributes:
        text: the text.
        column: where in the text, counted from 0.
    """

    def __init__(self, problem: str, text: str, column: int = 0, width: int = 1) -> None:
        self.problem, self.text, self.column, self.width = problem, text, column, width
        super().__init__(f"{problem}\n{_underline(text, column, width)}")

    def __reduce__(self) -> tuple[Any, ...]:
        return ParseError, (self.problem, self.text, self.column, self.width)


def parse(text: str, /, **values: Any) -> Value:
    """Turn an expression, written as text, into a graph.

    Args:
        text: numbers, names, ``+ - * / // % **``, comparisons, and operations of the table such as ``tanh(x)``,
            ``sum([x, y])`` or ``where(x > 0, x, y)``. The names ``pi`` and ``e`` are known.
        values: what the names stand for. A number becomes a `Value` labelled with the name; a `Value` is used itself.

    Raises:
        ParseError: if the text is anything else; a ValueError whose message points at the place.
        TypeError: if the text is not a str, or a name's value is not a real number.

    Example:
        >>> from autograd import parse
        >>> y = parse("tanh(w*x + b)", w=0.5, x=2, b=-1)
        >>> y
        Value(data=0.0, grad=0.0)
        >>> parse("w*x + c", w=0.5, x=2)
        Traceback (most recent call last):
        ...
        autograd.see.parsing.ParseError: 'c' has no value; add c=number
            w*x + c
                  ^
    """
    if not isinstance(text, str):
        raise TypeError(f"parse() takes an expression as text, but got {text!r}")
    variables = {}
    for name, value in values.items():
        variable = value if isinstance(value, Value) else Value(as_float(value, name), name)
        variables[unicodedata.normalize("NFKC", name)] = variable
    return _Reader(text, variables).read()


class _Reader:
    """One text on its way to a graph."""

    def __init__(self, text: str, variables: Mapping[str, Value]) -> None:
        self.text = text
        self.variables = variables
        self.line = re.sub(r"[\t\n\f\r]", " ", text)
        self.indent = len(self.line) - len(self.line.lstrip(" "))

    def read(self) -> Value:
        """Lay the operations out with each before its operands, then apply them from the last to the first."""
        order: list[ast.AST] = []
        pending: list[ast.AST] = [self.syntax_tree()]
        while pending:
            node = pending.pop()
            order.append(node)
            pending.extend(reversed(self.operands(node)))
        results: list[float | Value] = []
        for node in reversed(order):
            first = len(results) - len(self.operands(node))
            operands = results[first:][::-1]
            del results[first:]
            results.append(self.apply(node, operands))
        result = results.pop()
        return result if isinstance(result, Value) else constant(result)

    def syntax_tree(self) -> ast.expr:
        """Have Python's parser read the text, and refuse what its grammar knows but an expression does not."""
        if len(self.text) > MAX_LENGTH:
            long = f"the expression is {len(self.text):,} characters long, and {MAX_LENGTH:,} are the most"
            raise ParseError(f"{long}; build it with Values in Python", self.text)
        if not self.line.strip(" "):
            raise ParseError("the expression is empty; write one such as tanh(w*x + b)", self.text)
        foreign = re.search(r"[\"'#\\\ud800-\udfff\0]", self.line)
        if foreign:
            self.fail(f"the character {foreign[0]!r} cannot stand in an expression; {_GRAMMAR}", foreign.start())
        for word in re.finditer(r"[^\W\d]\w*", self.line):
            if keyword.iskeyword(word[0]):
                way_out = _WAYS_OUT.get(word[0], "if it names something, give it another name")
                problem = f"{word[0]!r} is a word of Python's that an expression cannot use; {way_out}"
                self.fail(problem, word.start(), len(word[0]))
        try:
            return ast.parse(self.line[self.indent :], mode="eval").body
        except SyntaxError as error:
            self.explain(error)
        except (RecursionError, MemoryError):
            raise ParseError(
                "the expression nests too deeply; write sum([a, b, ...]) for a long sum, or build it in Python",
                self.text,
            ) from None
        except (ValueError, OverflowError) as error:
            raise ParseError(f"the expression cannot be read: {error}", self.text) from None

    def explain(self, error: SyntaxError) -> NoReturn:
        """Say in this file's terms what Python's parser found."""
        column = self.indent + error.offset - 1 if error.offset else len(self.line)
        rest = self.line[column:].rstrip(" ")
        way_out = _WAYS_OUT.get(rest[:1])
        problem = error.msg or "invalid syntax"
        if not rest.strip("+-*/,(["):
            column = len(self.line.rstrip(" "))
            problem = "the expression ends where a number, a name or a function should follow"
        elif "too many nested parentheses" in problem:
            problem = "the expression nests too deeply; build it in Python"
        elif "digits" in problem:
            problem = "the number has too many digits; write it with an exponent, as in 1e300"
        elif "decimal literal" in problem:
            problem = "the number is not complete, or a name starts with a digit; write * for a product, as in 2*x"
        elif "Perhaps you forgot a comma" in problem or problem == "invalid syntax":
            problem = f"this is no expression; {way_out or 'is an operator such as * or a comma missing?'}"
        raise ParseError(problem, self.text, column) from None

    def operands(self, node: ast.AST) -> list[ast.expr]:
        """The operands of a node, if it is one that an expression may have."""
        match node:
            case ast.Constant() | ast.Name():
                return []
            case ast.UnaryOp(op=op, operand=operand) if type(op) in _OPERATORS:
                return [operand]
            case ast.BinOp(left=left, op=op, right=right):
                if type(op) not in _OPERATORS:
                    way_out = _WAYS_OUT["^"] if isinstance(op, ast.BitXor) else "write it with + - * / // % **"
                    self.reject(left, f"this operator is not known; {way_out}", after=True)
                return [left, right]
            case ast.Compare(left=left, ops=[comparison], comparators=[right]):
                if type(comparison) not in _COMPARISONS:
                    self.reject(left, "this comparison is not known; compare with <, <=, > or >=", after=True)
                return [left, right]
            case ast.Compare(left=left):
                self.reject(node, "comparisons cannot be chained; write where(a < b, where(b < c, x, y), y)")
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in TABLE:
                if not TABLE[name].sequences:
                    return args
                return [x for arg in args for x in (arg.elts if _is_list(arg) else [arg])]
            case ast.Call():
                self.reject_call(node)
            case ast.List():
                self.reject(node, "a list can only be an argument of an operation on lists, as in sum([a, b])")
            case ast.Attribute(attr=name) if name in TABLE:
                self.reject(node, f"an attribute cannot be evaluated; write {name}(...)")
            case _:
                self.reject(node, f"{_FORBIDDEN.get(type(node), 'this')} cannot be evaluated; {_GRAMMAR}")

    def apply(self, node: ast.AST, operands: list[float | Value]) -> float | Value:
        """Compute one node: a float as long as only numbers are written there, else a `Value`."""
        match node:
            case ast.Constant(value=number):
                return self.number(node, number)
            case ast.Name(id=name):
                return self.variable(node, name)
            case ast.UnaryOp(operand=ast.Constant()):
                return -float(operands[0]) if isinstance(node.op, ast.USub) else operands[0]
            case ast.UnaryOp(op=op) | ast.BinOp(op=op):
                primitive, operate = _OPERATORS[type(op)]
                if any(isinstance(x, Value) for x in operands) and not any(_is_constant(x) for x in operands):
                    return operate(*operands)
                return Value.apply_primitive(primitive, operands)
            case ast.Compare(ops=[comparison]):
                primitive, swapped = _COMPARISONS[type(comparison)]
                return Value.apply_primitive(primitive, operands[::-1] if swapped else operands)
            case ast.Call(func=ast.Name(id=name), args=args):
                return self.call(node, TABLE[name], args, operands)
        raise AssertionError(f"{node!r} has passed the whitelist")

    def number(self, node: ast.AST, number: Any) -> float:
        if type(number) not in (int, float):
            kind = "an imaginary number" if isinstance(number, complex) else "this"
            self.reject(node, f"{kind} is no real number; {_GRAMMAR}")
        try:
            return float(number)
        except OverflowError:
            self.reject(node, "the number is too large for a float; write inf if that is meant")

    def variable(self, node: ast.AST, name: str) -> Value:
        if name in self.variables:
            return self.variables[name]
        if name in CONSTANTS:
            number = constant(CONSTANTS[name])
            number.label = name if math.isfinite(number.data) else ""
            return number
        if name in TABLE:
            self.reject(node, f"{name!r} is a function; write {name}(...), or add {name}=number if it names a number")
        near = nearest(name, [*self.variables, *CONSTANTS])
        self.reject(node, f"{name!r} has no value; {near and f'did you mean {near!r}? else '}add {name}=number")

    def call(
        self, node: ast.AST, primitive: Primitive, args: list[ast.expr], operands: list[float | Value]
    ) -> float | Value:
        """Apply an operation of the table; what it says of its arguments' number and lengths becomes the error."""
        if primitive.sequences and not all(map(_is_list, args)):
            lists = ", ".join(["[a, b, ...]", "[c, d, ...]"][: primitive.sequences])
            self.reject(node, f"{primitive.name}() takes its numbers in brackets; write {primitive.name}({lists})")
        remaining = iter(operands)
        arguments = [[next(remaining) for _ in arg.elts] if _is_list(arg) else next(remaining) for arg in args]
        try:
            primitive.operands(tuple(arguments))
        except (TypeError, ValueError) as error:
            self.reject(node, str(error))
        return Value.apply_primitive(primitive, operands) if operands else float(primitive(*arguments))

    # Errors.

    def reject_call(self, node: ast.Call) -> NoReturn:
        match node.func:
            case ast.Name(id=name) if name in TABLE:
                self.reject(node.keywords[0], f"{name}() takes its arguments by position, without names")
            case ast.Name(id=name) if name in self.variables or name in CONSTANTS:
                self.reject(node, f"{name!r} is a number and not a function; write {name} * (...) for a product")
            case ast.Name(id=name):
                functions = public_operations()
                known = [*functions, *(p.array for p in TABLE.values() if isinstance(p.array, str)), *ELSEWHERE]
                near = nearest(name, known)
                near = ELSEWHERE.get(near, near)
                near = next((p.name for p in TABLE.values() if p.array == near != ""), near)
                way_out = f"did you mean {near}(...)?" if near else "functions are " + ", ".join(functions)
                self.reject(node.func, f"no function is called {name!r}; {way_out}")
            case ast.Attribute(attr=name) if name in TABLE:
                self.reject(node, f"an attribute cannot be called; write {name}(...)")
        self.reject(node, f"only functions can be called, by name; {_GRAMMAR}")

    def reject(self, node: ast.AST, problem: str, after: bool = False) -> NoReturn:
        """Point at a node, or at what follows it."""
        encoded = self.line[self.indent :].encode()  # Python counts columns in bytes
        start, end = getattr(node, "col_offset", 0), getattr(node, "end_col_offset", None) or 0
        column = self.indent + len(encoded[:start].decode())
        stop = self.indent + len(encoded[:end].decode())
        if after:
            column = len(self.line) - len(self.line[stop:].lstrip(" )"))
            stop = column + 1
        self.fail(problem, column, stop - column)

    def fail(self, problem: str, column: int, width: int = 1) -> NoReturn:
        raise ParseError(problem, self.text, column, width)


def _is_list(argument: ast.expr) -> TypeGuard[ast.List | ast.Tuple]:
    return isinstance(argument, (ast.List, ast.Tuple))


def _is_constant(operand: float | Value) -> bool:
    return isinstance(operand, Value) and operand.is_constant


def _underline(text: str, column: int, width: int) -> str:
    """The text around a column, on one line and safe to print, and carets below."""
    start = max(0, column - 60)
    shown = "".join(c if c.isprintable() else " " if c.isspace() else "�" for c in text[start : start + 90])
    lead = "…" if start else ""
    tail = "…" if len(text) > start + 90 else ""
    wide = [2 if unicodedata.east_asian_width(c) in "WF" else 0 if unicodedata.combining(c) else 1 for c in shown]
    before = len(lead) + sum(wide[: column - start])
    carets = max(1, sum(wide[column - start : column - start + width]))
    return f"    {lead}{shown}{tail}\n    {' ' * before}{'^' * carets}"
