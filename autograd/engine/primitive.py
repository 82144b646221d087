"""A primitive operation: everything that is known about it, in one entry of one table.

A primitive is a name to which interpretations are attached. Called with floats, it computes a float. Called with
anything whose class has an ``apply_primitive`` method (a `Value`, a symbol of a program that is being compiled), it
hands itself over, and that class decides what applying an operation means. So a rule such as ``1 / cosh(x) ** 2`` is
written once, and yields a number, a differentiable graph or array code, whichever its ``x`` asks for.

This file knows no mathematics (that is `autograd.engine.ops`) and no engine (that is `autograd.engine.value`).
"""

from __future__ import annotations

from autograd.engine.floats import as_float, held
from autograd.engine.ieee import IEEE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from autograd.engine import uncompiled as cython
    from autograd.engine.signatures import Definition

    Rule = Any
else:
    try:
        import cython
    except ImportError:
        from autograd.engine import uncompiled as cython


@cython.cclass
class AtOnce:
    """What calls an operation's value, and calls it at once if all arguments are floats, which rules do most.

    One number that is a `node` goes to `on_node` at once; the engine sets both.
    """

    value = cython.declare(object, visibility="public")
    node = cython.declare(object, visibility="public")
    on_node = cython.declare(object, visibility="public")
    _count: cython.Py_ssize_t

    def __init__(self, value: Rule, count: Any) -> None:
        self.value = value
        self.node = self.on_node = None
        self._count = -1 if count is None else count

    def __call__(self, *args: Any) -> Any:
        """Apply the operation to numbers, to `Value`s, or to whatever else interprets primitives."""
        if len(args) != self._count:
            return self.apply(args)
        if type(args[0]) is self.node:
            return self.on_node(args[0])
        for arg in args:
            if type(arg) is not float:
                return self.apply(args)
        try:
            result = self.value(*args)
        except ArithmeticError:
            return self.apply(args)
        return result if type(result) is float else self.apply(args)

    def apply(self, args: tuple[Any, ...]) -> Any:
        """Apply it to whatever it may be; for subclasses."""
        raise NotImplementedError


class Primitive(AtOnce):
    """One operation: its value, its partial derivatives, how it is written, where it is defined and where it bends.

    Made by the decorator `primitive`; calling one applies it. The fields below say the rest; each has its default, so that
    an entry of the table names only what it needs.
    """

    symbol: str = ""
    """How pictures write it, if not by its name."""

    precedence: int = 0
    """How tightly an infix symbol binds: 1 as ``+``, 2 as ``*``, 3 as a sign, 4 as ``**``."""

    latex: str = ""
    """How formulas write it, with ``#1``, ``#2`` for its arguments, as in ``\\sqrt{#1}``; for sequences, with
    ``\\dots`` for more of the same, as in ``#1 + \\dots``."""

    symmetric: bool = False
    """Whether operands may change places, as in ``x + y``; those of sequences by pairs, as in a scalar product."""

    taught: tuple[Rule, ...] = ()
    """The partial derivatives as textbooks have them, where the rules that compute accurately are others: explanations
    show these."""

    sequences: int = 0
    """For an operation on this many sequences of equal length: the value takes lists, and the one rule returns as many
    lists of partial derivatives."""

    domain: tuple[str, Rule] | None = None
    """Where it is defined: in words and as a condition on the arguments, as in ``("x > 0", lambda x: x > 0)``."""

    kink: Rule | None = None
    """A function of the arguments that is 0 just where the derivative jumps."""

    cut: Rule | None = None
    """A function of the arguments that returns a condition for each operand: true where it was not chosen, or is never
    passed on, so that no adjoint flows to it whatever it is, as in ``lambda x: (x <= 0,)`` for ``relu``."""

    exact: Rule | None = None
    """The value in high-precision arithmetic, called with the module `mpmath` and the arguments; if absent, mpmath's
    function of that name, or else the value itself."""

    enclosed: Rule | None = None
    """The value in ball arithmetic, which encloses it with all roundings; called with a module that has mpmath's names,
    and with the arguments. If absent, what `exact` says serves here too."""

    array: str | Rule = ""
    """The value on arrays, called with a module like `numpy` and the arguments, or the name of a function of that
    module; if absent, the value one by one. For operations that are built in, the name is the operation's unless given.
    A sequence comes as one array with a row for each element; arguments that are plain numbers come as floats."""

    python: str | Rule = ""
    """The value as an expression of Python, with ``{0}``, ``{1}`` for the arguments, or as a function that makes it from
    their names; it may raise where IEEE 754 has inf or nan."""

    simpler: Sequence[tuple[Rule, Rule]] = ()
    """What it comes to in certain cases, exactly and for every IEEE number, such as ``x`` for ``x ** 1``: pairs of a
    condition on the arguments (nan for what is no plain number) and a rule for them."""

    cheaper: Sequence[tuple[Rule, Rule]] = ()
    """The same for what takes less time but has a longer derivative, such as ``x * x`` for ``x ** 2``."""

    series: Rule | None = None
    """The operation on power series, called with the arguments and written with operators and operations that have one;
    if absent, it follows from the partial derivatives. A helper needs it whose derivatives are ever new helpers."""

    helper: bool = False
    """Whether it is made for other rules, for the sake of accuracy; formulas show what it stands for."""

    def __init__(self, name: str, value: Rule, partials: tuple[Rule, ...], **fields: Any) -> None:
        for field in fields:
            if field not in FIELDS:
                raise TypeError(f"an operation has no field {field!r}; its fields are {', '.join(FIELDS)}")
        self.arity = None if fields.get("sequences") else len(partials)
        """How many numbers it takes; None: sequences of any length."""
        super().__init__(value, self.arity)
        self.name = name
        self.__name__ = name
        self.__doc__ = value.__doc__
        self.partials = partials
        vars(self).update(fields)
        self.symbol = self.symbol or name
        self.base = self

    @property
    def title(self) -> str:
        """What messages call it: its name, or what it stands for if it only helps the rules of others."""
        return self.symbol if self.helper else self.name

    def mirrored(self) -> Primitive:
        """This operation for a node that keeps its second operand first, because the first is a plain number."""
        mirror = Primitive(self.name, self.value, self.partials)
        mirror.base = self
        return mirror

    def __repr__(self) -> str:
        return f"<primitive {self.name}>"

    def __reduce__(self) -> tuple[Rule, tuple[str]]:
        return look_up, (self.name,)

    def apply(self, args: tuple[Any, ...]) -> Any:
        """Apply the operation to numbers, to `Value`s, or to whatever else interprets primitives."""
        operands = self.operands(args)
        for operand in operands:
            if type(operand) is not float:
                interpret = getattr(type(operand), "apply_primitive", None)
                if interpret is not None:
                    return interpret(self, operands)
                if held(operand) is not operand:
                    return self(*self.arguments([held(each) for each in operands]))
        return self.evaluate([as_float(operand, f"an argument of {self.name}()") for operand in operands])

    def operands(self, args: tuple[Any, ...]) -> Sequence[Any]:
        """Check the number of arguments, and lay sequences end to end: an operand is always one scalar."""
        if len(args) != (self.sequences or len(self.partials)):
            expected = self.sequences or len(self.partials)
            kind = "sequence" if self.sequences else "argument"
            plural = "" if expected == 1 else "s"
            example = f", as in {self.name}([x, y])" if self.sequences == 1 else ""
            raise TypeError(f"{self.name}() takes {expected} {kind}{plural}{example}, but {len(args)} were given")
        if not self.sequences:
            return args
        columns = [_column(arg, self.name) for arg in args]
        lengths = {len(column) for column in columns}
        if len(lengths) > 1:
            given = " and ".join(str(len(column)) for column in columns)
            raise ValueError(f"{self.name}() needs sequences of the same length, but got lengths {given}")
        return [operand for column in columns for operand in column]

    def arguments(self, operands: Sequence[Any]) -> Sequence[Any]:
        """The inverse of `operands`: what the operation's value and rules are called with."""
        if not self.sequences:
            return operands
        length = len(operands) // self.sequences
        return [operands[i * length : (i + 1) * length] for i in range(self.sequences)]

    def is_defined(self, operands: Sequence[Any]) -> bool:
        """Whether these operands lie within the operation's domain."""
        return self.domain is None or bool(self.domain[1](*self.arguments(operands)))

    def cuts(self, operands: Sequence[Any]) -> list[Any]:
        """For each operand whether its edge is cut at these numbers (conditions, if they are symbols)."""
        if self.cut is None:
            return [False] * len(operands)
        found = self.cut(*self.arguments(operands))
        return [each for column in found for each in column] if self.sequences else list(found)

    def evaluate(self, operands: Sequence[float]) -> float:
        """The value at these floats. Follows IEEE 754: overflow gives inf, ``1/0`` gives inf, and nothing raises."""
        arguments = self.arguments(operands) if self.sequences else operands
        try:
            result = self.value(*arguments)
        except ArithmeticError:
            result = float(self.value(*_as_ieee(arguments)))
        return result if type(result) is float else as_float(result, f"the value of {self.name}()")

    def differentiate(self, operands: Sequence[Any], result: Any) -> list[Any]:
        """All partial derivatives, one per operand: floats for floats, differentiable graphs for `Value`s."""
        if self.sequences:
            lists = self.partials[0](*self.arguments(operands), result)
            is_right = hasattr(lists, "__len__") and all(hasattr(each, "__len__") for each in lists)
            partials = [partial for each in lists for partial in each] if is_right else []
            if len(partials) != len(operands):
                raise TypeError(
                    f"the rule of {self.name}() must return a list of partial derivatives for each of its sequences, "
                    f"{len(operands)} in all, but returned {lists!r:.80}"
                )
            return partials
        return [self.partial(i, operands, result) for i in range(len(self.partials))]

    def partial(self, i: int, operands: Sequence[Any], result: Any) -> Any:
        """The partial derivative with respect to operand `i` alone (not for operations on sequences)."""
        try:
            return self.partials[i](*operands, result)
        except ArithmeticError:
            return float(self.partials[i](*_as_ieee(operands), IEEE(result)))

    def as_partial(self, partial: Any) -> float:
        """What a rule gave as a derivative, as a float; a TypeError that names the operation if it is no number."""
        return as_float(partial, f"a derivative of {self.name}()")


FIELDS = tuple(name for name in Primitive.__annotations__)
"""What an entry of the table can say of an operation, besides its name, value and partial derivatives."""


def _as_ieee(arguments: Sequence[Any]) -> list[Any]:
    return [[IEEE(x) for x in arg] if isinstance(arg, list) else IEEE(arg) for arg in arguments]


def _column(arg: Any, name: str) -> list[Any]:
    try:
        return list(arg)
    except TypeError:
        raise TypeError(
            f"{name}() takes a sequence of values, but got {arg!r}; write {name}([...]) around the values"
        ) from None


TABLE: dict[str, Primitive] = {}
"""Every operation there is, by name: the built-in ones of `autograd.engine.ops`, and the user's own."""

BUILT_IN: set[str] = set()
"""The names of the operations of `autograd.engine.ops`, which are taken."""


def public_operations() -> list[str]:
    """The names of the operations that users call: of all but those that were made for the rules of others."""
    return [name for name, operation in TABLE.items() if not operation.helper]


_adopters: list[Callable[[Primitive], None]] = []


def look_up(name: str) -> Primitive:
    """The operation of that name.

    Raises:
        KeyError: if there is none, as when a pickled graph uses an operation that is not defined here.
    """
    try:
        return TABLE[name]
    except KeyError:
        raise KeyError(f"no operation is called {name!r} here; define it with @autograd.primitive first") from None


def on_definition(adopt: Callable[[Primitive], None]) -> None:
    """Call `adopt` with every operation of the table, those that are yet to be defined included."""
    _adopters.append(adopt)
    for operation in TABLE.values():
        adopt(operation)


def seal() -> None:
    """Declare the operations defined so far built in: their names are taken, and mean NumPy's functions of that name."""
    BUILT_IN.update(TABLE)
    for operation in TABLE.values():
        operation.array = operation.array or operation.name


def _check_arguments(name: str, rules: Sequence[Rule], count: int) -> None:
    """Refuse rules that cannot be called with so many arguments, the result included, as far as functions tell."""
    for rule in rules:
        code: Any = getattr(rule, "__code__", None)
        if code is None or code.co_flags & 0x04:  # it is no function of Python's, or takes any number
            continue
        most = code.co_argcount - hasattr(rule, "__self__")
        if not most - len(rule.__defaults__ or ()) <= count <= most:
            plural = "" if count == 2 else "s"
            raise TypeError(
                f"a rule of {name}() is called with its {count - 1} argument{plural} and then the result, "
                f"as in lambda x, y: 2 * x, but takes {most}"
            )


def primitive(*partials: Rule, name: str = "", **fields: Any) -> Definition:
    """Define an operation from its value (the decorated function) and its partial derivatives.

    Everything else follows from this one definition: the function becomes an operation on numbers and on `Value`s and
    a method of `Value`; it can be differentiated to any order, drawn, explained, checked and compiled.

    Args:
        partials: one rule for each argument, called with all the arguments and then the result. Write rules with
            ordinary operators and with operations of this package, never with `math`, so that they serve floats and
            `Value`s alike; for a choice use `autograd.where`.
        name: the operation's name, if it is not the function's.
        fields: what else is known of it, each explained in `Primitive`: ``symbol``, ``precedence``, ``latex``,
            ``symmetric``, ``taught``, ``sequences``, ``domain``, ``kink``, ``cut``, ``exact``, ``enclosed``,
            ``array``, ``python``, ``simpler``, ``cheaper``, ``series``, ``helper``.

    Raises:
        TypeError: if a rule is not callable or does not take the result, or there is none, or there is no such field.
        ValueError: if the name is that of a built-in operation or no name that Python code could use.

    Example:
        >>> import autograd
        >>> @autograd.primitive(lambda x, y: 3 * x**2, latex="#1^3")
        ... def cube(x):
        ...     return x * x * x
        >>> a = autograd.Value(2.0)
        >>> a.cube().backward()
        >>> a.grad
        12.0
        >>> cube(2.0)
        8.0
    """
    if not partials or not all(callable(rule) for rule in partials):
        given = ", ".join(map(repr, partials)) or "none"
        raise TypeError(
            "primitive() takes the partial derivatives as functions, one for each argument, "
            f"as in @primitive(lambda x, y: 2 * x); got {given}"
        )
    if fields.get("sequences") and len(partials) != 1:
        raise TypeError(f"an operation on sequences has one rule that returns lists, but {len(partials)} were given")

    def define(value: Rule) -> Any:
        if BUILT_IN:
            _check_arguments(name or value.__name__, partials, (fields.get("sequences") or len(partials)) + 1)
        operation = Primitive(name or value.__name__, value, partials, **fields)
        if not operation.name.isidentifier():
            raise ValueError(f"{operation.name!r} cannot name an operation; give one with primitive(..., name='...')")
        if operation.name in BUILT_IN:
            raise ValueError(f"{operation.name!r} is a built-in operation; give yours another name")
        for adopt in _adopters:
            adopt(operation)
        TABLE[operation.name] = operation
        return operation

    return define
