# mypy: disable-error-code="assignment"
"""`Value`: a number that remembers how it was computed, and the reverse pass that differentiates it.

Every operation on `Value`s makes a node. A node holds its number, the operation, its parents (the operands) and the
local derivative with respect to each of them, computed right away. `backward` then needs no mathematics: from the
result back to the leaves, it multiplies adjoints by local derivatives and adds up where paths meet.

Three things keep this fast without making it long. Nodes have slots, and room for two parents in place; what few nodes
have, such as more parents or a label, is in `Extras`. The hot operators write out their rule from `autograd.engine.ops`, and
all other operations go through the table. And Cython compiles this file where there is a C compiler: it is typed Python
that runs unchanged without (`native` tells which one runs), and what is written ``cython.`` speaks to the compiler only.
"""

from __future__ import annotations

import math
import numbers

from autograd.engine import ops
from autograd.engine.departed import watched
from autograd.engine.detachment import lost, note_number, noted, warn_of_conversion
from autograd.engine.floats import as_float, held
from autograd.engine.primitive import TABLE, Primitive, look_up, on_definition
from autograd.engine.recorder import current_recorder, on_count

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any, ClassVar, Final, Never, TypeAlias  # noqa: F401 (for comments)

    from autograd.engine import uncompiled as cython
    from autograd.engine.signatures import Number

    Operand: TypeAlias = "Value | Number"
    Truth: TypeAlias = bool  # or, while a function is recorded, a condition that `where` takes
    Unary = Callable[["Value"], "Value"]
    Binary = Callable[["Value", Operand], "Value"]
else:
    try:
        import cython
    except ImportError:
        from autograd.engine import uncompiled as cython

if cython.compiled:
    from cython.cimports.libc.math import pow as power  # C's power follows IEEE 754 by itself
else:
    from math import pow as power

native: Final[bool] = cython.compiled
"""True when the engine that runs was compiled ahead of time."""

ADD = cython.declare(object, ops.add)
SUB = cython.declare(object, ops.sub)
MUL = cython.declare(object, ops.mul)
DIV = cython.declare(object, ops.div)
FLOORDIV = cython.declare(object, ops.floordiv)
MOD = cython.declare(object, ops.mod)
POW = cython.declare(object, ops.pow)
NEG = cython.declare(object, ops.neg)
POS = cython.declare(object, ops.pos)
RELU = cython.declare(object, ops.relu)
DOT = cython.declare(object, ops.dot)
SUM = cython.declare(object, ops.sum)
ABS = cython.declare(object, ops.abs)
# For a plain number on the left of a `Value`, as in 1 - x: the node keeps its second operand first.
ADD_TO = cython.declare(object, ADD.mirrored())
SUB_FROM = cython.declare(object, SUB.mirrored())
MUL_BY = cython.declare(object, MUL.mirrored())
DIV_INTO = cython.declare(object, DIV.mirrored())
CONSTANT = cython.declare(object, Primitive("constant", as_float, ()))
MADE = cython.declare(cython.longlong, 1)  # the mark of a node that no pass has met
# The flags of a node: which edges are cut, and whether its number was set by its user.
LEFT_IS_CUT = cython.declare(cython.uchar, 1)
RIGHT_IS_CUT = cython.declare(cython.uchar, 2)
WAS_SET = cython.declare(cython.uchar, 4)
# Beyond these, an operator leaves to the table what its own short rule would get wrong in the last digits.
TINY = cython.declare(cython.double, 1e-290)
HUGE = cython.declare(cython.double, 1e290)

WATCHED = cython.declare(dict, watched)  # numbers that left a graph and may come back

# How many recorders see comparisons and passes, new nodes, and what is read; told by `autograd.engine.recorder`.
_seeing_passes = cython.declare(cython.int, 0)
_seeing_nodes = cython.declare(cython.int, 0)
_seeing_data = cython.declare(cython.int, 0)
_looks_at_nodes = cython.declare(cython.int, native)  # whether a recorder sees new nodes, or their depth is counted


@cython.no_gc
@cython.final
@cython.auto_pickle(False)
@cython.cclass
class Extras:
    """What few nodes have: more than two parents, a label, attributes of one's own.

    A node with extras keeps all its parents here, and the local derivatives, in the same order; None for a cut edge.
    """

    __slots__ = ("attributes", "parents", "partials")

    parents: list[Value]
    partials: list[float | None]
    attributes: dict[str, Any]  # or None, and the label is among them

    def __dealloc__(self) -> None:  # of the compiled class alone; Python itself frees chains of any length
        _waiting.append(self.parents)
        self.parents = None
        _free_waiting()


@cython.cfunc
def _extras(parents: list[Value], partials: list[float | None]) -> Extras:
    made: Extras = Extras.__new__(Extras)  # not called, which would take longer than all the rest
    made.parents = parents
    made.partials = partials
    made.attributes = None
    return made


_later: Any = None


@cython.no_gc
@cython.final
@cython.auto_pickle(False)
@cython.cclass
class Value:
    """A number that records how it was computed, so that it can be differentiated.

    Args:
        data: anything real: int, float, Fraction, NumPy scalar, array of one element; of a `Value`, the node ``+data``.
        label: the name under which pictures and formulas show it.

    Raises:
        TypeError: if `data` is not one real number.

    Example:
        >>> from autograd import Value
        >>> a, b = Value(2.0), Value(-3.0)
        >>> c = a * b + a**2
        >>> c
        Value(data=-2.0, grad=0.0)
        >>> c.backward()
        >>> a.grad, b.grad
        (1.0, 2.0)
    """

    __slots__ = (
        "__dict__",
        "__weakref__",
        "_data",
        "_flags",
        "_grad",
        "_left",
        "_left_partial",
        "_mark",
        "_primitive",
        "_right",
        "_right_partial",
    )

    # The operations of the table that are methods, for type checkers; written by tests/stubs.py.
    add = _later  # type: ClassVar[Binary]
    sub = _later  # type: ClassVar[Binary]
    mul = _later  # type: ClassVar[Binary]
    div = _later  # type: ClassVar[Binary]
    floordiv = _later  # type: ClassVar[Binary]
    mod = _later  # type: ClassVar[Binary]
    pow = _later  # type: ClassVar[Binary]
    neg = _later  # type: ClassVar[Unary]
    pos = _later  # type: ClassVar[Unary]
    abs = _later  # type: ClassVar[Unary]
    less = _later  # type: ClassVar[Binary]
    less_equal = _later  # type: ClassVar[Binary]
    isnan = _later  # type: ClassVar[Unary]
    isfinite = _later  # type: ClassVar[Unary]
    equal = _later  # type: ClassVar[Binary]
    not_equal = _later  # type: ClassVar[Binary]
    maximum = _later  # type: ClassVar[Binary]
    minimum = _later  # type: ClassVar[Binary]
    floor = _later  # type: ClassVar[Unary]
    ceil = _later  # type: ClassVar[Unary]
    sign = _later  # type: ClassVar[Unary]
    stop_gradient = _later  # type: ClassVar[Unary]
    exp = _later  # type: ClassVar[Unary]
    exp2 = _later  # type: ClassVar[Unary]
    expm1 = _later  # type: ClassVar[Unary]
    log = _later  # type: ClassVar[Unary]
    log2 = _later  # type: ClassVar[Unary]
    log10 = _later  # type: ClassVar[Unary]
    log1p = _later  # type: ClassVar[Unary]
    sqrt = _later  # type: ClassVar[Unary]
    cbrt = _later  # type: ClassVar[Unary]
    logaddexp = _later  # type: ClassVar[Binary]
    sin = _later  # type: ClassVar[Unary]
    cos = _later  # type: ClassVar[Unary]
    tan = _later  # type: ClassVar[Unary]
    asin = _later  # type: ClassVar[Unary]
    acos = _later  # type: ClassVar[Unary]
    atan = _later  # type: ClassVar[Unary]
    atan2 = _later  # type: ClassVar[Binary]
    hypot = _later  # type: ClassVar[Binary]
    sinh = _later  # type: ClassVar[Unary]
    cosh = _later  # type: ClassVar[Unary]
    tanh = _later  # type: ClassVar[Unary]
    asinh = _later  # type: ClassVar[Unary]
    acosh = _later  # type: ClassVar[Unary]
    atanh = _later  # type: ClassVar[Unary]
    sigmoid = _later  # type: ClassVar[Unary]
    softplus = _later  # type: ClassVar[Unary]
    leaky_relu = _later  # type: ClassVar[Unary]
    silu = _later  # type: ClassVar[Unary]
    gelu = _later  # type: ClassVar[Unary]
    erf = _later  # type: ClassVar[Unary]
    erfc = _later  # type: ClassVar[Unary]
    normal_cdf = _later  # type: ClassVar[Unary]

    __weakref__: object
    _data: cython.double
    _grad: cython.double
    _primitive: Primitive  # this and the next two are None where there is none; no pass shall have to ask twice
    _left: Value  # the first parent
    _right: Any  # the second one, or else the `Extras` of a node that has some
    _left_partial: cython.double
    _right_partial: cython.double
    _mark: cython.longlong
    _depth: cython.int  # in the compiled form: how many nodes lie below one another since the last with `Extras`
    _flags: cython.uchar

    def __init__(self, data: Any, label: Any = "") -> None:  # text, or else the user gets a sentence from here
        operand: Value = None
        number: cython.double
        if type(data) is float:
            number = data
        else:
            inside = held(data)
            if isinstance(inside, Value):
                if self._mark != 0 if cython.compiled else hasattr(self, "_mark"):
                    raise TypeError("a Value that was made already cannot become a copy of another; make a new one")
                operand = inside
                number = operand._data
            else:
                number = as_float(inside)
        self._data = number
        self._grad = 0.0
        self._primitive = None
        self._left = None
        self._right = None
        self._left_partial = 0.0
        self._right_partial = 0.0
        self._mark = MADE
        self._flags = 0
        if operand is not None:
            self._primitive, self._left, self._left_partial = POS, operand, 1.0
            if _counts_depth:
                _note_depth(self)
            if _seeing_nodes:
                current_recorder().node(self)
        if type(label) is not str or label:
            self.label = label

    # What a node knows.

    @property
    def data(self) -> float:
        """The number."""
        if _seeing_data:
            current_recorder().read(self)
        return self._data

    @data.setter
    def data(self, number: Any) -> None:
        self._data = as_float(number, "data")
        self._flags |= WAS_SET

    @data.deleter
    def data(self) -> None:
        raise AttributeError("the data of a Value cannot be deleted")

    @property
    def grad(self) -> float:
        """The derivative of the last result of `backward` with respect to this node; in a leaf, their sum."""
        return self._grad

    @grad.setter
    def grad(self, number: Any) -> None:
        self._grad = as_float(number, "grad")

    @grad.deleter
    def grad(self) -> None:
        raise AttributeError("the grad of a Value cannot be deleted")

    @property
    def primitive(self) -> Primitive | None:
        """The operation that made this node; None for a leaf or a constant."""
        return self._primitive.base if self._left is not None else None

    @property
    def label(self) -> str:
        """The name under which pictures and formulas show this node, or the empty string."""
        return str(_attributes(self).get("label", ""))

    @label.setter
    def label(self, text: Any) -> None:
        if not isinstance(text, str):
            raise TypeError(f"a label must be text, but got {text!r}; write label='...'")
        _set_extra(self, "label", text)

    @label.deleter
    def label(self) -> None:
        raise AttributeError("the label of a Value cannot be deleted")

    @property
    def op(self) -> str:
        """How the operation is written, such as ``+`` or ``tanh``; the empty string for a leaf."""
        return "" if self._left is None else self._primitive.base.symbol

    @property
    def parents(self) -> tuple[Value, ...]:
        """The operands, in order; empty for a leaf."""
        if self._left is None:
            return ()
        if type(self._right) is Extras:
            extras: Extras = self._right
            return tuple(extras.parents)
        if self._right is None:
            if len(self._primitive.partials) == 1:
                return (self._left,)
            _unpack_constant(self)
        return (self._left, self._right) if self._primitive.base is self._primitive else (self._right, self._left)

    @property
    def partials(self) -> tuple[float, ...]:
        """The local derivatives with respect to `parents`, in the same order; 0 where an edge is cut."""
        if type(self._right) is Extras:
            extras: Extras = self._right
            return tuple([0.0 if partial is None else partial for partial in extras.partials])
        parents = self.parents
        if len(parents) < 2:
            return (self._left_partial,)[: len(parents)]
        both = (self._left_partial, self._right_partial)
        return both if self._primitive.base is self._primitive else both[::-1]

    @property
    def cuts(self) -> tuple[bool, ...]:
        """For each of `parents`, whether its edge is cut: it was not chosen, or is never passed on, and gets nothing."""
        if type(self._right) is Extras:
            extras: Extras = self._right
            return tuple([partial is None for partial in extras.partials])
        both = (self._flags & LEFT_IS_CUT != 0, self._flags & RIGHT_IS_CUT != 0)[: len(self.parents)]
        return both if self._left is None or self._primitive.base is self._primitive else both[::-1]

    @property
    def is_constant(self) -> bool:
        """True for a plain number that an operation took in, as the 2 in ``2 * x``."""
        return self._primitive is CONSTANT

    @property
    def is_stale(self) -> bool:
        """Whether the number of an operand was changed since this node was computed from it."""
        return _is_stale(self)

    # Names that users of micrograd know.

    @property
    def _op(self) -> str:
        if self._left is None:
            return ""
        if self._primitive.base is POW and self.parents[1].is_constant:
            return f"**{self.parents[1].data:g}"
        return "ReLU" if self._primitive is RELU else self.op

    @property
    def _prev(self) -> set[Value]:
        return set(self.parents)

    def _backward(self) -> None:
        for parent, partial, is_cut in zip(self.parents, self.partials, self.cuts):
            if not is_cut:
                parent.grad += partial * self._grad

    # Operators. Each writes out the rule that the table has for it.

    def __add__(self, other: Operand) -> Value:
        if type(other) is Value:
            right: Value = other
            return _node(self._data + right._data, ADD, self, right, 1.0, 1.0)
        number = other if type(other) is float else as_operand(other)
        if number is None:
            return NotImplemented
        y: cython.double = number
        return _node(self._data + y, ADD, self, None, 1.0, y)

    def __radd__(self, other: Operand) -> Value:
        number = other if type(other) is float else as_operand(other)
        if number is None:
            return NotImplemented
        x: cython.double = number
        return _node(x + self._data, ADD_TO, self, None, 1.0, x)

    def __sub__(self, other: Operand) -> Value:
        if type(other) is Value:
            right: Value = other
            return _node(self._data - right._data, SUB, self, right, 1.0, -1.0)
        number = other if type(other) is float else as_operand(other)
        if number is None:
            return NotImplemented
        y: cython.double = number
        return _node(self._data - y, SUB, self, None, 1.0, y)

    def __rsub__(self, other: Operand) -> Value:
        number = other if type(other) is float else as_operand(other)
        if number is None:
            return NotImplemented
        x: cython.double = number
        return _node(x - self._data, SUB_FROM, self, None, -1.0, x)

    def __mul__(self, other: Operand) -> Value:
        if type(other) is Value:
            right: Value = other
            return _node(self._data * right._data, MUL, self, right, right._data, self._data)
        number = other if type(other) is float else as_operand(other)
        if number is None:
            return NotImplemented
        y: cython.double = number
        return _node(self._data * y, MUL, self, None, y, y)

    def __rmul__(self, other: Operand) -> Value:
        number = other if type(other) is float else as_operand(other)
        if number is None:
            return NotImplemented
        x: cython.double = number
        return _node(x * self._data, MUL_BY, self, None, x, x)

    def __truediv__(self, other: Operand) -> Value:
        data: cython.double
        if type(other) is Value:
            right: Value = other
            if right._data == 0.0:
                return record_binary(DIV, self, right)
            data = self._data / right._data
            if 0.0 < abs(data) < TINY:
                return record_binary(DIV, self, right)
            return _node(data, DIV, self, right, 1.0 / right._data, -data / right._data)
        number = other if type(other) is float else as_operand(other)
        if number is None:
            return NotImplemented
        y: cython.double = number
        if y == 0.0:
            return record_binary(DIV, self, constant(y))
        return _node(self._data / y, DIV, self, None, 1.0 / y, y)

    def __rtruediv__(self, other: Operand) -> Value:
        number = other if type(other) is float else as_operand(other)
        if number is None:
            return NotImplemented
        x: cython.double = number
        if self._data == 0.0:
            return record_binary(DIV, constant(x), self)
        data: cython.double = x / self._data
        if 0.0 < abs(data) < TINY:
            return record_binary(DIV, constant(x), self)
        return _node(data, DIV_INTO, self, None, -data / self._data, x)

    def __floordiv__(self, other: Operand) -> Value:
        return _operate(FLOORDIV, self, other)  # type: ignore[no-any-return]

    def __rfloordiv__(self, other: Operand) -> Value:
        return _operate(FLOORDIV, other, self)  # type: ignore[no-any-return]

    def __mod__(self, other: Operand) -> Value:
        return _operate(MOD, self, other)  # type: ignore[no-any-return]

    def __rmod__(self, other: Operand) -> Value:
        return _operate(MOD, other, self)  # type: ignore[no-any-return]

    def __divmod__(self, other: Operand) -> tuple[Value, Value]:
        return self // other, self % other

    def __rdivmod__(self, other: Operand) -> tuple[Value, Value]:
        return other // self, other % self

    def __pow__(self, other: Operand, modulus: None = None) -> Value:
        if modulus is not None:
            raise TypeError("a power of a Value cannot be taken modulo a number; write (x ** y) % m")
        if type(other) is Value:
            return record_binary(POW, self, other)
        number = other if type(other) is float else as_operand(other)
        if number is None:
            return NotImplemented
        x: cython.double = self._data
        y: cython.double = number
        if y == 2.0:
            return _node(x * x, POW, self, None, 2.0 * x, y)
        try:
            data: cython.double = power(x, y)
            lower: cython.double = power(x, y - 1.0)
        except (ArithmeticError, ValueError):  # by Python's power alone
            return record_binary(POW, self, constant(y))
        if (TINY < lower < HUGE or -HUGE < lower < -TINY) and y - 1.0 + 1.0 == y and -1e15 < y < 1e15:
            return _node(data, POW, self, None, y * lower, y)
        return record_binary(POW, self, constant(y))

    def __rpow__(self, other: Operand, modulus: None = None) -> Value:
        number = as_operand(other)
        if number is None or modulus is not None:
            return NotImplemented
        return record_binary(POW, constant(number), self)

    def __neg__(self) -> Value:
        return _node(-self._data, NEG, self, None, -1.0, 0.0)

    def __pos__(self) -> Value:
        return self

    def __abs__(self) -> Value:
        return record_unary(ABS, self)

    def relu(self) -> Value:
        """The positive part: the number itself where it is positive, else 0."""
        if self._data > 0.0:
            return _node(self._data, RELU, self, None, 1.0, 0.0)
        made: Value = _node(0.0 if self._data == self._data else self._data, RELU, self, None, 0.0, 0.0)
        if self._data <= 0.0:
            made._flags = LEFT_IS_CUT
        return made

    @staticmethod
    def apply_primitive(primitive: Primitive, operands: Sequence[Any]) -> Value:
        """Record any operation of the table; called by `Primitive`."""
        return record(primitive, [x if isinstance(x, Value) else as_constant(x) for x in operands])

    # Comparisons are of numbers, but two `Value`s are equal only if they are one node, so that nodes can be keys.

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> Truth:
        return self is other if isinstance(other, Value) else _compare("==", self, other)

    def __ne__(self, other: object) -> Truth:
        return self is not other if isinstance(other, Value) else _compare("!=", self, other)

    def __lt__(self, other: Operand) -> Truth:
        return _compare("<", self, other)

    def __le__(self, other: Operand) -> Truth:
        return _compare("<=", self, other)

    def __gt__(self, other: Operand) -> Truth:
        return _compare(">", self, other)

    def __ge__(self, other: Operand) -> Truth:
        return _compare(">=", self, other)

    def __bool__(self) -> bool:
        if _seeing_passes:
            current_recorder().decide(self)
        return self._data != 0.0

    # Becoming a plain number, which may lose a derivative; see `autograd.engine.detachment`.

    def __float__(self) -> float:
        if self._primitive is not CONSTANT:
            current_recorder().convert(self)
        return self._data

    def __int__(self) -> int:
        return int(float(self))

    def __trunc__(self) -> int:
        return int(float(self))

    def __floor__(self) -> int:
        return math.floor(float(self))

    def __ceil__(self) -> int:
        return math.ceil(float(self))

    def __round__(self, digits: int | None = None) -> float:
        return round(float(self), digits)

    def __format__(self, spec: str) -> str:
        return format(self._data, spec) if spec else repr(self)

    def __repr__(self) -> str:
        label = f", label={self.label!r}" if self.label else ""
        return f"Value(data={self._data!r}, grad={self._grad!r}{label})"

    # The reverse pass.

    def backward(self, gradient: Any = 1.0) -> None:
        """Differentiate this node with respect to every node that it was computed from.

        Each leaf's `grad` grows by its derivative; each other node's `grad` is replaced by this pass's adjoint. So
        call `zero_grad` on the leaves, or set their `grad` to 0, between passes that should not add up.

        Args:
            gradient: the adjoint of this node itself, by which all derivatives are multiplied.

        Raises:
            TypeError: if `gradient` is not a number.
            RuntimeError: if it is called in the midst of another pass, as from a finalizer or a signal's handler.

        Warns:
            DetachedWarning: if a number had left the graph on the way to this node, as in ``math.exp(x)``.

        Example:
            >>> from autograd import Value
            >>> x = Value(3.0)
            >>> (x * x).backward()
            >>> x.grad
            6.0
        """
        seed: cython.double = gradient if type(gradient) is float else as_float(gradient, "gradient")
        if _seeing_passes:
            recorder = current_recorder()
            recorder.before_backward(self)
            _push_adjoints(self, seed)
            recorder.after_backward(self)
        else:
            _push_adjoints(self, seed)

    def zero_grad(self) -> None:
        """Set the gradient of this node and of all that it was computed from to 0."""
        each: Value
        for each in topological_order(self):
            each._grad = 0.0

    # Copies and pickles; see `autograd.engine.copying`.

    def state(self) -> tuple[float, float, dict[str, Any], str, list[Value], list[float | None]]:
        """All that the node holds: data, grad, label and the like, the operation's name, parents, local derivatives."""
        partials = [None if is_cut else partial for partial, is_cut in zip(self.partials, self.cuts)]
        name = "" if self._primitive is None else self._primitive.name
        return self._data, self._grad, attributes(self), name, list(self.parents), partials


# Freeing the last node of a chain frees the one before, and so on, and would overflow C's stack. So every 500th node of
# a chain gets `Extras`; when these die, the parents wait in a list until what died first has come back. Python itself
# sees to that in the plain form.
_counts_depth = cython.declare(cython.int, native)
_is_freeing = cython.declare(cython.int, 0)
_waiting = cython.declare(list, [])


@cython.cfunc
def _free_waiting() -> None:
    global _is_freeing
    if not _is_freeing:
        _is_freeing = True
        while _waiting:
            _waiting.pop()
        _is_freeing = False


@cython.cfunc
def _note_depth(node: Value) -> None:
    """Count the nodes below one another that a new one adds to, and break the chain where they are many."""
    parent: Value = node._left
    if parent._depth == 500:
        _extras_of(parent)
        parent._depth = 0
    node._depth = parent._depth + 1
    if node._right is not None:
        parent = node._right
        if parent._depth == 500:
            _extras_of(parent)
            parent._depth = 0
        if parent._depth >= node._depth:
            node._depth = parent._depth + 1


@cython.cfunc
def _extras_of(node: Value) -> Extras:
    """The extras of a node, which gets some if it has none: then its parents move there."""
    if type(node._right) is not Extras:
        partials = [None if is_cut else partial for partial, is_cut in zip(node.partials, node.cuts)]
        parents = list(node.parents)
        if type(node._right) is not Extras:  # nor has a finalizer given it some meanwhile
            node._right = _extras(parents, partials)
    extras: Extras = node._right
    return extras


@cython.cfunc
def _blank(kind: type[Value]) -> Value:
    return Value.__new__(Value)


if not cython.compiled:
    _blank = object.__new__  # by a name of its own, which takes a fifth off an operation


@cython.cfunc
def _node(
    data: cython.double,
    primitive: Primitive,
    left: Value | None,
    right: Value | None,
    left_partial: cython.double,
    right_partial: cython.double,
) -> Value:
    """Make a node; a plain number as the second operand is kept where its local derivative would be."""
    made: Value = _blank(Value)
    made._data = data
    made._grad = 0.0
    made._primitive = primitive
    made._left = left
    made._right = right
    made._left_partial = left_partial
    made._right_partial = right_partial
    made._mark = MADE
    made._flags = 0
    if (_looks_at_nodes or WATCHED) and left is not None:
        if _counts_depth:
            _note_depth(made)
        if (
            right is None
            and WATCHED
            and (right_partial in WATCHED or (None in WATCHED and len(primitive.partials) == 2))
        ):
            note_number(made, right_partial)
        if _seeing_nodes:
            current_recorder().node(made)
    return made


def constant(number: float) -> Value:
    """Make the node of a plain number that is no variable."""
    made: Value = _node(number, CONSTANT, None, None, 0.0, 0.0)
    if WATCHED and number in WATCHED:
        note_number(made, number)
    return made


def as_constant(number: Any, what: str = "a Value") -> Value:
    """Make the node of a plain number; what an array of shape () holds may be a `Value` already."""
    inside = held(number)
    return inside if isinstance(inside, Value) else constant(as_float(inside, what))


def as_node(value: Any, function: str) -> Value:
    """The `Value` that a function was called with; one in an array of shape () is taken out.

    Raises:
        TypeError: if it is none.
    """
    inside = held(value)
    if isinstance(inside, Value):
        return inside
    if isinstance(inside, (list, tuple)) or getattr(inside, "shape", None):
        raise TypeError(
            f"{function}() takes one Value, but got {type(inside).__name__}; give it one of them, or their sum"
        )
    raise TypeError(f"{function}() takes a Value, but got {inside!r} of type {type(inside).__name__}")


def forget(value: Value) -> None:
    """Make a constant of a node: its number stays, how it was computed goes."""
    value._primitive = CONSTANT
    value._left = None
    attributes = _attributes(value)
    value._right = None
    if attributes:
        extras: Extras = _extras_of(value)
        extras.attributes = attributes


@cython.cfunc
def _unpack_constant(node: Value) -> None:
    """Make a node of the plain number that an operator met, which nobody has asked for until now."""
    number: Value = _node(node._right_partial, CONSTANT, None, None, 0.0, 0.0)
    node._right_partial = 0.0
    node._right = number


@cython.ccall
def as_operand(number: Any) -> Any:
    """A plain number that meets a `Value`; None for what knows better how to combine with one, such as an array."""
    if type(number) is int:
        try:
            return number + 0.0  # in half the time of float(number)
        except OverflowError:
            return as_float(number, "an operand")  # which says what is wrong
    if type(number) is float:
        return number
    if getattr(number, "shape", ()) or not (hasattr(number, "__float__") or isinstance(number, _NEVER_OPERANDS)):
        return None
    if held(number) is not number:
        return None
    return as_float(number, "an operand")


_NEVER_OPERANDS = cython.declare(tuple, (str, bytes, complex, type(None), list, tuple, set, dict))


@cython.cfunc
def _as_node(operand: Any) -> Any:
    """A `Value` itself, or the constant of a plain number; None for what knows better how to combine with one."""
    if isinstance(operand, Value):
        return operand
    number = as_operand(operand)
    return None if number is None else constant(number)


@cython.cfunc
def _operate(primitive: Primitive, left: Any, right: Any) -> Any:
    """Apply an operator that has no rule of its own here, to a `Value` and whatever it meets."""
    x, y = _as_node(left), _as_node(right)
    return NotImplemented if x is None or y is None else record_binary(primitive, x, y)


def record(primitive: Primitive, operands: list[Value]) -> Value:
    """Apply any operation of the table, and record it."""
    if primitive.sequences == 0 and len(operands) == 1:
        return record_unary(primitive, operands[0])
    if primitive.sequences == 0 and len(operands) == 2:
        return record_binary(primitive, operands[0], operands[1])
    if primitive is DOT:
        return record_dot(operands)
    if primitive is SUM:
        return record_sum(operands)
    numbers = [each._data for each in operands]
    data = primitive.evaluate(numbers)
    partials: list[float | None]
    if primitive.sequences:
        partials = [primitive.as_partial(partial) for partial in primitive.differentiate(numbers, data)]
    else:  # a constant needs no local derivative
        partials = [
            0.0 if each.is_constant else primitive.as_partial(primitive.partial(i, numbers, data))
            for i, each in enumerate(operands)
        ]
    if primitive.cut is not None:
        cuts = primitive.cuts(numbers)
        partials = [None if is_cut else partial for partial, is_cut in zip(partials, cuts)]
    return _record_many(primitive, data, operands, partials)


def record_unary(primitive: Primitive, operand: Value) -> Value:
    """Record an operation on one number, by its entry in the table."""
    method: Unary = primitive.on_node or _unary(primitive)
    return method(operand)


def _unary(primitive: Primitive) -> Unary:
    """The method of an operation on one number: what `evaluate` and `partial` do, with all that the entry says at hand."""
    value, partial, cut = primitive.value, primitive.partials[0], primitive.cut

    def method(self: Value) -> Value:
        number: Any = self._data  # a Python float, made once
        try:
            data = value(number)
            if type(data) is not float:
                data = as_float(data, f"the value of {primitive.name}()")
            slope = partial(number, data)
        except ArithmeticError:
            data = primitive.evaluate((number,))
            slope = primitive.partial(0, (number,), data)
        made: Value = _node(
            data, primitive, self, None, slope if type(slope) is float else primitive.as_partial(slope), 0.0
        )
        if cut is not None:
            made._flags = LEFT_IS_CUT * bool(cut(number)[0])
        return made

    return method


@cython.ccall
def record_binary(primitive: Primitive, left: Value, right: Value) -> Value:
    """Record an operation on two numbers; a constant needs no local derivative."""
    operands = (left._data, right._data)
    data = primitive.evaluate(operands)
    left_partial: cython.double = 0.0
    right_partial: cython.double = 0.0
    if left._primitive is not CONSTANT:
        partial = primitive.partial(0, operands, data)
        left_partial = partial if type(partial) is float else primitive.as_partial(partial)
    if right._primitive is not CONSTANT:
        partial = primitive.partial(1, operands, data)
        right_partial = partial if type(partial) is float else primitive.as_partial(partial)
    made: Value = _node(data, primitive, left, right, left_partial, right_partial)
    if primitive.cut is not None:
        cuts = primitive.cut(left._data, right._data)
        made._flags = LEFT_IS_CUT * bool(cuts[0]) | RIGHT_IS_CUT * bool(cuts[1])
    return made


@cython.cfunc
def _record_many(
    primitive: Primitive, data: cython.double, parents: list[Value], partials: list[float | None]
) -> Value:
    """Record an operation on any number of operands."""
    made: Value = _node(data, primitive, None, None, 0.0, 0.0)
    made._left = parents[0]
    made._right = _extras(parents, partials)
    if _seeing_nodes:
        current_recorder().node(made)
    return made


@cython.ccall
def record_dot(operands: list[Value]) -> Value:
    """Record a scalar product: each factor is the local derivative of the other."""
    length: cython.Py_ssize_t = len(operands) // 2
    i: cython.Py_ssize_t
    x: Value
    y: Value
    total: cython.double = 0.0
    partials: list[float | None] = [0.0] * len(operands)
    for i in range(length):
        x = operands[i]
        y = operands[i + length]
        total += x._data * y._data
        partials[i] = y._data
        partials[i + length] = x._data
    return _record_many(DOT, total, operands, partials)


@cython.ccall
def record_sum(operands: list[Value]) -> Value:
    """Record a sum: every local derivative is 1."""
    total: cython.double = 0.0
    each: Value
    for each in operands:
        total += each._data
    return _record_many(SUM, total, operands, [1.0] * len(operands))


@cython.cfunc
def _compare(symbol: str, left: Value, other: object) -> Truth:
    """Compare numbers; what is no number is neither less nor equal."""
    y: cython.double
    x: cython.double = left._data
    if isinstance(other, Value):
        right: Value = other
        y = right._data
    else:
        try:
            number = as_operand(other)
        except (TypeError, OverflowError):
            if symbol != "==" and symbol != "!=":
                raise
            number = None
        if number is None:
            return NotImplemented  # type: ignore[no-any-return]
        y = number
    outcome: bool
    if symbol == "<":
        outcome = x < y
    elif symbol == "<=":
        outcome = x <= y
    elif symbol == ">":
        outcome = x > y
    elif symbol == ">=":
        outcome = x >= y
    elif symbol == "==":
        outcome = x == y
    else:
        outcome = x != y
    if _seeing_passes:
        condition: Truth = current_recorder().compare(symbol, left, other, outcome)
        return condition
    return outcome


def restore(
    data: float,
    grad: float,
    attributes: dict[str, Any],
    name: str,
    parents: list[Value],
    partials: list[float | None],
) -> Value:
    """Make a node from its `state`."""
    made: Value = Value(data)
    made._grad = grad
    if name:
        _restore_operation(made, name, parents, partials)
    for attribute, thing in attributes.items():
        setattr(made, attribute, thing)
    return made


@cython.cfunc
def _restore_operation(made: Value, name: str, parents: list[Value], partials: list[float | None]) -> None:
    primitive = CONSTANT if name == CONSTANT.name else look_up(name)
    made._primitive = primitive
    if primitive.sequences or len(parents) > 2:
        made._left = parents[0]
        made._right = _extras(parents, partials)
    elif parents:
        made._left = parents[0]
        made._flags |= LEFT_IS_CUT * (partials[0] is None)
        made._left_partial = 0.0 if partials[0] is None else partials[0]
        if len(parents) == 2:
            made._right = parents[1]
            made._flags |= RIGHT_IS_CUT * (partials[1] is None)
            made._right_partial = 0.0 if partials[1] is None else partials[1]
        if _counts_depth:
            _note_depth(made)


# Passes over a graph, which may be a million nodes deep: with a stack of their own, and never recursive. They know
# where they have been by marks in the nodes. Each pass makes marks higher than any there were, so none are cleared.

_last_mark = cython.declare(cython.longlong, MADE)  # no node has a mark above this


@cython.cfunc
def _new_marks() -> cython.longlong:
    """Return a mark that no node has; nor has any the mark above it."""
    global _last_mark
    mark: cython.longlong = _last_mark + 1
    _last_mark = mark + 1
    return mark


def topological_order(root: Value) -> list[Value]:
    """All nodes that `root` is computed from, parents before children, `root` last.

    Example:
        >>> from autograd import Value
        >>> a = Value(2.0, label="a")
        >>> [node.op or node.label for node in topological_order(a.exp() * a)]
        ['a', 'exp', '*']
    """
    return _operands_first([root], [], False)


def history(outputs: Iterable[Value], stops: Iterable[Value] = ()) -> list[Value]:
    """The nodes that some are computed from, parents before children, back to where it does not matter.

    Reversed, they are in the order of `backward`, so that sums of shares are rounded alike.

    Args:
        outputs: the nodes to start from.
        stops: where to stop: nodes whose own history does not matter, such as the variables of a call; these come
            first. So a loop of steps that each take a derivative walks each step once, and not all those before it, too.

    Example:
        >>> from autograd import Value
        >>> x = Value(2.0).exp()
        >>> [node.op for node in history([x.sin() * x], stops=[x])]
        ['exp', 'sin', '*']
    """
    return _operands_first(list(outputs), list(dict.fromkeys(stops)), True)


def dependents(order: list[Value], inputs: Iterable[Value]) -> set[Value]:
    """The nodes of a graph, given parents before children, that depend on one of these, these included.

    Example:
        >>> from autograd import Value
        >>> x, y = Value(2.0), Value(3.0)
        >>> sorted(node.op for node in dependents(topological_order(x.exp() * y.sin()), [y]))
        ['', '*', 'sin']
    """
    return _dependents(order, set(inputs))


def backward_order(root: Value) -> list[Value]:
    """The nodes that `root` is computed from, leaves left out, in the order in which `backward` walks: `root` first.

    No node comes before one that was computed from it; and what stands first in an expression is walked first, so that
    a leaf's shares add up just as a loop over the terms would add them: rounding is the same, to the last bit.

    Example:
        >>> from autograd import Value
        >>> a = Value(2.0)
        >>> [node.op for node in backward_order(a.exp() * a.sin())]
        ['*', 'exp', 'sin']
    """
    return _backward_order(root)


@cython.cfunc
def _operands_first(stack: list[Value], order: list[Value], last_first: cython.int) -> list[Value]:
    """All nodes, operands before results, after those of `order`, where the walk stops; which operand first is asked."""
    entered: cython.longlong = _new_marks()  # the mark of a node whose parents have been put on the stack
    listed: cython.longlong = entered + 1
    node: Value
    parent: Value
    for node in order:
        node._mark = listed
    while stack:
        node = stack[-1]
        if node._mark >= entered:
            stack.pop()
            if node._mark == entered:
                node._mark = listed
                order.append(node)
            continue
        node._mark = entered
        if node._left is None:
            continue
        if node._right is None and len(node._primitive.partials) == 2:
            _unpack_constant(node)
        right = node._right
        if right is None:
            stack.append(node._left)
        elif type(right) is Extras:
            extras: Extras = right
            if last_first:
                stack.extend(extras.parents)
            else:
                for parent in reversed(extras.parents):
                    stack.append(parent)  # noqa: PERF402 (a reversed copy could wake the collector of garbage)
        else:
            parent = right
            if last_first == (node._primitive.base is node._primitive):
                stack.append(node._left)
                stack.append(parent)
            else:
                stack.append(parent)
                stack.append(node._left)
    return order


@cython.cfunc
def _dependents(order: list[Value], active: set[Value]) -> set[Value]:
    """The nodes that depend on some, added to these."""
    mark: cython.longlong = _new_marks()
    node: Value
    parent: Value
    for node in active:
        node._mark = mark
    for node in order:
        if node._mark == mark or node._left is None:
            continue
        right = node._right
        if type(right) is Extras:
            extras: Extras = right
            for parent in extras.parents:
                if parent._mark == mark:
                    node._mark = mark
        else:
            parent = right
            if node._left._mark == mark or (parent is not None and parent._mark == mark):
                node._mark = mark
        if node._mark == mark:
            active.add(node)
    return active


@cython.cfunc
def _operands_last_first(root: Value, order: list[Value], entered: cython.longlong) -> None:
    """Add `root`, which is no leaf, and all that it comes from but leaves: operands before results, the last one first.

    What has the mark `entered` already is left out, with what it comes from.
    """
    path: list[Value | None] = []  # from `root` to `node`, with None after each node that has extras
    waiting: list[Value | None] = []  # of each of these, after None, the parents that may not have been entered yet
    node: Value = root
    parent: Value
    while True:
        node._mark = entered
        right = node._right
        if right is not None and type(right) is Extras:
            extras: Extras = right
            path.append(node)
            path.append(None)
            waiting.append(None)
            for parent in extras.parents:
                if parent._mark < entered and parent._left is not None:
                    waiting.append(parent)
        else:
            if right is not None:
                parent = right
                if parent._mark < entered and parent._left is not None:
                    path.append(node)
                    node = parent
                    continue
            parent = node._left
            if parent._mark < entered and parent._left is not None:
                path.append(node)
                node = parent
                continue
            order.append(node)
        while path:  # what is before the last parent, and then the node itself
            node = path.pop()
            if node is not None:
                parent = node._left
                if parent._mark < entered and parent._left is not None:
                    path.append(node)
                    node = parent
                    break
            else:
                parent = waiting.pop()
                while parent is not None and parent._mark >= entered:
                    parent = waiting.pop()
                if parent is not None:
                    path.append(None)
                    node = parent
                    break
                node = path.pop()
            order.append(node)
        else:
            return


@cython.cfunc
def _backward_order(root: Value) -> list[Value]:
    order: list[Value] = []
    if root._left is not None:
        _operands_last_first(root, order, _new_marks())
    order.reverse()
    return order


@cython.cfunc
def _push_adjoints(root: Value, seed: cython.double) -> None:
    """The reverse pass, and a warning if it met a node whose number had left the graph."""
    if root._left is None:
        root._grad += seed
        return
    reached: cython.longlong = _push_in_order(root, seed)
    if noted:
        value: Value
        for reference, conversion, leaves in lost():
            found = reference()
            if found is not None and (leaves or found is not root):
                value = found
                if value._mark == reached and (not leaves or _has_reached(leaves, reached)):
                    warn_of_conversion(value, conversion)


@cython.cfunc
def _has_reached(references: tuple[Any, ...], reached: cython.longlong) -> bool:
    """Whether an adjoint has reached any of these nodes."""
    value: Value
    for reference in references:
        found = reference()
        if found is not None:
            value = found
            if value._mark == reached:
                return True
    return False


@cython.cfunc
def _push_in_order(root: Value, seed: cython.double) -> cython.longlong:
    """Push adjoints from the result towards the leaves; returns the mark of the nodes that one has reached.

    A cut edge carries nothing, so what lies behind cut edges only keeps the adjoint 0, and pushes nothing on.
    """
    order: list[Value] = []
    entered: cython.longlong = _new_marks()
    _operands_last_first(root, order, entered)
    reached: cython.longlong = entered + 1
    node: Value
    parent: Value
    adjoint: cython.double
    share: cython.double
    flags: cython.uchar
    i: cython.Py_ssize_t
    for node in order:
        node._grad = 0.0
    if seed != 0.0:
        root._grad = seed
        root._mark = reached
    for node in reversed(order):
        if node._mark != reached:
            continue
        adjoint = node._grad
        right = node._right
        if right is not None and type(right) is Extras:
            extras: Extras = right
            partials: list[float | None] = extras.partials
            i = 0
            for parent in extras.parents:
                partial = partials[i]
                i += 1  # noqa: SIM113 (faster, compiled)
                if partial is not None:
                    share = partial
                    parent._grad += share * adjoint
                    parent._mark = reached
            continue
        flags = node._flags
        if flags == 0:  # as mostly, and Python takes its time for `&`
            parent = node._left
            parent._grad += node._left_partial * adjoint
            parent._mark = reached
            if right is not None:
                parent = right
                parent._grad += node._right_partial * adjoint
                parent._mark = reached
            continue
        if not flags & LEFT_IS_CUT:
            parent = node._left
            parent._grad += node._left_partial * adjoint
            parent._mark = reached
        if right is not None and not flags & RIGHT_IS_CUT:
            parent = right
            parent._grad += node._right_partial * adjoint
            parent._mark = reached
    return reached


# What is asked of a graph before it is trusted.


@cython.cfunc
def _is_stale(node: Value) -> bool:
    """Whether an operand's number was changed since; told by computing the node again, only if one ever was set."""
    if node._left is None:
        return False
    was_set = node._flags & WAS_SET != 0
    parent: Value
    for parent in node.parents:
        was_set = was_set or parent._flags & WAS_SET != 0
    if not was_set:
        return False
    again: Value = record(node._primitive.base, list(node.parents))
    was, now = (node._data, *node.partials), (again._data, *again.partials)
    for x, y in zip(was, now):
        if not _is_near(x, y):
            return True
    return False


@cython.cfunc
def _is_near(x: cython.double, y: cython.double) -> bool:
    """Whether two numbers are one but for rounding: an operator's short rule and the table differ in the last places."""
    return x == y or (math.isnan(x) and math.isnan(y)) or math.isclose(x, y, rel_tol=1e-14, abs_tol=1e-300)


def depends_only_on(outputs: Iterable[Value], inputs: Iterable[Value]) -> bool:
    """Whether nodes were computed from no leaves but these, and from plain numbers.

    Example:
        >>> from autograd import Value
        >>> x, y = Value(2.0), Value(3.0)
        >>> depends_only_on([x * 3.0], [x]), depends_only_on([x * y], [x])
        (True, False)
    """
    return _depends_only_on(list(outputs), list(inputs))


@cython.cfunc
def _depends_only_on(roots: list[Value], leaves: list[Value]) -> bool:
    node: Value
    order: list[Value] = []
    entered: cython.longlong = _new_marks()
    for node in roots:
        if node._left is not None and node._mark < entered:
            _operands_last_first(node, order, entered)
    known: cython.longlong = entered + 1
    for node in leaves:
        node._mark = known
    for node in order:
        if type(node._right) is Extras:
            extras: Extras = node._right
            roots += extras.parents
        elif _is_another_leaf(node._left, known) or _is_another_leaf(node._right, known):
            return False
    for node in roots:
        if _is_another_leaf(node, known):
            return False
    return True


if not cython.compiled:  # compiled code gives way to nobody in the midst of a pass
    from autograd.engine.turns import in_turn

    _operands_first, _dependents, _backward_order = (
        in_turn(_operands_first),
        in_turn(_dependents),
        in_turn(_backward_order),
    )
    _push_in_order, _depends_only_on = in_turn(_push_in_order), in_turn(_depends_only_on)


@cython.cfunc
def _is_another_leaf(node: Value | None, known: cython.longlong) -> bool:
    """Whether this is a variable without the mark of those that are known."""
    return node is not None and node._left is None and node._primitive is None and node._mark != known


def depends_on(value: Value, inputs: Sequence[Value]) -> bool:
    """Whether a node was computed from one of these, on a way that carries a derivative: no edge of it is cut."""
    wanted = {id(each) for each in inputs}
    seen: set[int] = set()
    waiting = [value]
    while waiting:
        node = waiting.pop()
        if id(node) in wanted:
            return True
        if id(node) not in seen:
            seen.add(id(node))
            waiting += [parent for parent, is_cut in zip(node.parents, node.cuts) if not is_cut]
    return False


# What other files add to the class.


def attach(**methods: Any) -> None:
    """Give `Value` methods that are written elsewhere, such as those that make copies."""
    for name, method in methods.items():
        setattr(Value, name, method)


def attributes(value: Value) -> dict[str, Any]:
    """The label of a node, if it has one, and the attributes that its user has given it."""
    return _attributes(value).copy() if native else _attributes(value) | value.__dict__


@cython.cfunc
def _attributes(value: Value) -> dict[str, Any]:
    """What extras hold by name."""
    if type(value._right) is Extras:
        extras: Extras = value._right
        if extras.attributes is not None:
            return extras.attributes
    return {}


def _find_attribute(value: Value, name: str) -> Any:
    found = _attributes(value)
    if name in found and name != "label":
        return found[name]
    raise AttributeError(f"a Value has no attribute {name!r}")


def _set_attribute(value: Value, name: str, thing: Any) -> None:
    if name in _OWN_NAMES:
        object.__setattr__(value, name, thing)
    else:
        if not hasattr(Value, "__getattr__"):  # only now, since with it every attribute and method is found more slowly
            attach(__getattr__=_find_attribute)
        _set_extra(value, name, thing)


@cython.cfunc
def _set_extra(value: Value, name: str, thing: Any) -> None:
    extras: Extras = _extras_of(value)
    if extras.attributes is None:
        extras.attributes = {}
    extras.attributes[name] = thing


def _delete_attribute(value: Value, name: str) -> None:
    if name in _OWN_NAMES or name not in _attributes(value):
        raise AttributeError(f"the attribute {name!r} of a Value cannot be deleted")
    del _attributes(value)[name]


class _Signature:
    """How the class is called, for `inspect` and for those who ask it, such as IPython."""

    def __get__(self, instance: object, owner: type) -> Any:
        import inspect

        def make(data: Any, label: str = "") -> None:
            """Take what the class takes."""

        return inspect.signature(make).replace(return_annotation=inspect.Signature.empty)


def _refuse_subclass(subclass: type) -> None:
    raise TypeError("type 'Value' is not an acceptable base type; keep a Value in an attribute of your class instead")


def _add_method(primitive: Primitive) -> None:
    """Make a method of an operation, under its own name and the one that NumPy looks for in object arrays."""
    if primitive.name in _OWN_NAMES and primitive.name not in TABLE:
        raise ValueError(f"{primitive.name!r} is an attribute of Value; give yours another name")
    method: Any
    if primitive.arity == 1:
        method = primitive.on_node = _unary(primitive)
        primitive.node = Value
    else:

        def method(self: Value, *others: Any) -> Value:
            return primitive(self, *others)  # type: ignore[no-any-return]

    if primitive.helper:
        return
    method.__name__ = primitive.name
    method.__doc__ = primitive.__doc__
    for name in (primitive.name, primitive.array):
        if isinstance(name, str) and name and name not in _OWN_NAMES:
            setattr(Value, name, method)


def _count_recorders(seeing_passes: int, seeing_nodes: int, seeing_data: int) -> None:
    global _seeing_passes, _seeing_nodes, _seeing_data, _looks_at_nodes
    _seeing_passes, _seeing_nodes, _seeing_data = seeing_passes, seeing_nodes, seeing_data
    _looks_at_nodes = native or seeing_nodes > 0


_OWN_NAMES: Final = frozenset([name for name in dir(Value) if getattr(Value, name) is not _later])
if native:  # instead of a dictionary for each node, one for those that have something to keep in it
    attach(__setattr__=_set_attribute, __delattr__=_delete_attribute)
    attach(__signature__=_Signature(), __hash__=object.__hash__)
else:  # as the compiled class is by itself
    attach(__init_subclass__=classmethod(_refuse_subclass))
on_definition(_add_method)
on_count(_count_recorders)
numbers.Real.register(Value)


def variables(*unnamed: Never, **numbers: Any) -> tuple[Value, ...]:
    """Make one labelled `Value` for each keyword, in the order given.

    Raises:
        TypeError: if one is not a real number, or has no name.

    Example:
        >>> from autograd import variables
        >>> a, b = variables(a=2.0, b=-3.0)
        >>> a
        Value(data=2.0, grad=0.0, label='a')
    """
    if unnamed:
        raise TypeError(f"variables() labels each number by its name, as in a=2.0, but {unnamed[0]!r} has none")
    return tuple([Value(number, label) for label, number in numbers.items()])
