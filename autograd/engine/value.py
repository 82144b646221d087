"""`Value`: a number that remembers how it was computed, and the reverse pass that differentiates it.

Every operation on `Value`s makes a node. A node holds its number, the operation, its parents (the operands) and the
local derivative with respect to each of them, computed right away. `backward` then needs no mathematics: from the
result back to the leaves, it multiplies adjoints by local derivatives and adds up where paths meet.

Three things keep this fast without making it long. Nodes have slots, and room for two parents in place; an operation
on sequences keeps its parents in an `Operands`. The hot operators write out their rule from `autograd.engine.ops`, and all
other operations go through the table. And the file is compiled ahead of time where that is possible: it is typed
Python that runs unchanged without (`native` tells which one runs).
"""

from __future__ import annotations

import math
import numbers
import sys
from _thread import allocate_lock
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeAlias

from autograd.engine import ops
from autograd.engine.compiling import COMPILING, mypyc_attr
from autograd.engine.floats import as_float, divide, held
from autograd.engine.primitive import TABLE, Primitive, look_up, on_definition
from autograd.engine.recorder import census, current_recorder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    if not COMPILING:
        Result: TypeAlias = "Value"
    else:
        Result: TypeAlias = Any  # mypyc must not check the type of what an operator returns: it may be NotImplemented
    Unary = Callable[["Value"], "Value"]
    Binary = Callable[["Value", Any], "Value"]

native: Final[bool] = not __file__.endswith(".py")
"""True when the engine that runs was compiled ahead of time."""

ADD: Final = ops.add
SUB: Final = ops.sub
MUL: Final = ops.mul
DIV: Final = ops.div
FLOORDIV: Final = ops.floordiv
MOD: Final = ops.mod
POW: Final = ops.pow
NEG: Final = ops.neg
RELU: Final = ops.relu
DOT: Final = ops.dot
SUM: Final = ops.sum
ABS: Final = ops.abs
# For a plain number on the left of a `Value`, as in 1 - x.
ADD_TO: Final = ADD.mirrored()
SUB_FROM: Final = SUB.mirrored()
MUL_BY: Final = MUL.mirrored()
DIV_INTO: Final = DIV.mirrored()
CONSTANT: Final = Primitive("constant", as_float, ())
# Beyond these, an operator leaves to the table what its own short rule would get wrong in the last digits.
TINY: Final = 1e-290
HUGE: Final = 1e290


@mypyc_attr(acyclic=True)
class Operands:
    """The parents of an operation on sequences, and the local derivatives, in the same order."""

    __slots__ = ("parents", "partials")

    def __init__(self, parents: list[Value], partials: list[float]) -> None:
        self.parents = parents
        self.partials = partials


@mypyc_attr(acyclic=True)
class Value:
    """A number that records how it was computed, so that it can be differentiated.

    Args:
        data: anything real: int, float, Fraction, NumPy scalar, array of one element.
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
        "__weakref__",
        "_data",
        "_grad",
        "_label",
        "_left",
        "_left_partial",
        "_mark",
        "_operands",
        "_primitive",
        "_right",
        "_right_partial",
    )

    # The operations of the table that become methods, for type checkers.
    exp: ClassVar[Unary]
    expm1: ClassVar[Unary]
    log: ClassVar[Unary]
    log1p: ClassVar[Unary]
    sqrt: ClassVar[Unary]
    sin: ClassVar[Unary]
    cos: ClassVar[Unary]
    tan: ClassVar[Unary]
    asin: ClassVar[Unary]
    acos: ClassVar[Unary]
    atan: ClassVar[Unary]
    sinh: ClassVar[Unary]
    cosh: ClassVar[Unary]
    tanh: ClassVar[Unary]
    sigmoid: ClassVar[Unary]
    softplus: ClassVar[Unary]
    leaky_relu: ClassVar[Unary]
    silu: ClassVar[Unary]
    gelu: ClassVar[Unary]
    erf: ClassVar[Unary]
    abs: ClassVar[Unary]
    pow: ClassVar[Binary]
    atan2: ClassVar[Binary]
    hypot: ClassVar[Binary]
    maximum: ClassVar[Binary]
    minimum: ClassVar[Binary]
    logaddexp: ClassVar[Binary]

    def __init__(
        self,
        data: Any,
        label: Any = "",  # text, or else the user gets a sentence from here
        _number: float = 0.0,
        _primitive: Primitive | None = None,
        _left: Value | None = None,
        _right: Value | None = None,
        _left_partial: float = 0.0,
        _right_partial: float = 0.0,
        _operands: Operands | None = None,
    ) -> None:
        if _primitive is None:  # a call by a user; the other arguments are the engine's own
            _number = data if type(data) is float else as_float(data)
            if not isinstance(label, str):
                raise TypeError(f"a label must be text, but got {label!r}; write Value({data!r}, label='...')")
        self._data = _number
        self._grad = 0.0
        self._label: str = label
        self._primitive = _primitive
        self._left = _left
        self._right = _right
        self._left_partial = _left_partial
        self._right_partial = _right_partial
        self._operands = _operands
        self._mark = 0
        if census.recorders and _left is not None:
            current_recorder().node(self)

    # What a node knows.

    @property
    def data(self) -> float:
        """The number."""
        return self._data

    @data.setter
    def data(self, number: Any) -> None:
        self._data = as_float(number, "data")

    @property
    def grad(self) -> float:
        """The derivative of the last result of `backward` with respect to this node; in a leaf, their sum."""
        return self._grad

    @grad.setter
    def grad(self, number: Any) -> None:
        self._grad = as_float(number, "grad")

    @property
    def label(self) -> str:
        """The name under which pictures and formulas show this node, or the empty string."""
        return self._label

    @label.setter
    def label(self, text: Any) -> None:
        if not isinstance(text, str):
            raise TypeError(f"a label must be text, but got {text!r}")
        self._label = text

    @property
    def primitive(self) -> Primitive | None:
        """The operation that made this node; None for a leaf or a constant."""
        return self._primitive.base if self._left is not None and self._primitive is not None else None

    @property
    def op(self) -> str:
        """How the operation is written, such as ``+`` or ``tanh``; the empty string for a leaf."""
        primitive = self.primitive
        return "" if primitive is None else primitive.symbol

    @property
    def parents(self) -> tuple[Value, ...]:
        """The operands, in order; empty for a leaf."""
        if self._operands is not None:
            return tuple(self._operands.parents)
        if self._left is None:
            return ()
        if self._right is None:
            primitive = self._primitive
            if primitive is None or len(primitive.partials) == 1:
                return (self._left,)
            return self._unpack_constant(primitive)
        return (self._left, self._right)

    @property
    def partials(self) -> tuple[float, ...]:
        """The local derivatives with respect to `parents`, in the same order."""
        if self._operands is not None:
            return tuple(self._operands.partials)
        parents = self.parents
        return (self._left_partial, self._right_partial)[: len(parents)]

    def _unpack_constant(self, primitive: Primitive) -> tuple[Value, ...]:
        """Make a node of the plain number that an operator met, and kept where its local derivative would be."""
        number = constant(self._right_partial)
        variable = self._left
        if variable is None:
            return ()
        if primitive.base is primitive:
            self._right, self._right_partial = number, 0.0
            return variable, number
        self._right, self._right_partial = variable, self._left_partial
        self._left, self._left_partial = number, 0.0
        self._primitive = primitive.base
        return number, variable

    @property
    def is_constant(self) -> bool:
        """True for a plain number that an operation took in, as the 2 in ``2 * x``."""
        return self._primitive is CONSTANT

    # Names that users of micrograd know.

    @property
    def _op(self) -> str:
        return self.op

    @property
    def _prev(self) -> set[Value]:
        return set(self.parents)

    # Operators. Each writes out the rule that the table has for it.

    def __add__(self, other: Any) -> Result:
        if isinstance(other, Value):
            return Value(None, "", self._data + other._data, ADD, self, other, 1.0, 1.0)
        number = as_operand(other)
        if number is None:
            return NotImplemented
        return Value(None, "", self._data + number, ADD, self, None, 1.0, number)

    def __radd__(self, other: Any) -> Result:
        number = as_operand(other)
        if number is None:
            return NotImplemented
        return Value(None, "", number + self._data, ADD_TO, self, None, 1.0, number)

    def __sub__(self, other: Any) -> Result:
        if isinstance(other, Value):
            return Value(None, "", self._data - other._data, SUB, self, other, 1.0, -1.0)
        number = as_operand(other)
        if number is None:
            return NotImplemented
        return Value(None, "", self._data - number, SUB, self, None, 1.0, number)

    def __rsub__(self, other: Any) -> Result:
        number = as_operand(other)
        if number is None:
            return NotImplemented
        return Value(None, "", number - self._data, SUB_FROM, self, None, -1.0, number)

    def __mul__(self, other: Any) -> Result:
        if isinstance(other, Value):
            return Value(None, "", self._data * other._data, MUL, self, other, other._data, self._data)
        number = as_operand(other)
        if number is None:
            return NotImplemented
        return Value(None, "", self._data * number, MUL, self, None, number, number)

    def __rmul__(self, other: Any) -> Result:
        number = as_operand(other)
        if number is None:
            return NotImplemented
        return Value(None, "", number * self._data, MUL_BY, self, None, number, number)

    def __truediv__(self, other: Any) -> Result:
        if isinstance(other, Value):
            if other._data == 0.0:
                return record_binary(DIV, self, other)
            data = self._data / other._data
            if 0.0 < abs(data) < TINY:
                return record_binary(DIV, self, other)
            return Value(None, "", data, DIV, self, other, 1.0 / other._data, -data / other._data)
        number = as_operand(other)
        if number is None:
            return NotImplemented
        if number == 0.0:
            return record_binary(DIV, self, constant(number))
        return Value(None, "", self._data / number, DIV, self, None, 1.0 / number, number)

    def __rtruediv__(self, other: Any) -> Result:
        number = as_operand(other)
        if number is None:
            return NotImplemented
        data = divide(number, self._data)
        if 0.0 < abs(data) < TINY:
            return record_binary(DIV, constant(number), self)
        return Value(None, "", data, DIV_INTO, self, None, -divide(data, self._data), number)

    def __floordiv__(self, other: Any) -> Result:
        return operate(FLOORDIV, self, other)

    def __rfloordiv__(self, other: Any) -> Result:
        return operate(FLOORDIV, other, self)

    def __mod__(self, other: Any) -> Result:
        return operate(MOD, self, other)

    def __rmod__(self, other: Any) -> Result:
        return operate(MOD, other, self)

    def __divmod__(self, other: Any) -> tuple[Result, Result]:
        return self // other, self % other

    def __rdivmod__(self, other: Any) -> tuple[Result, Result]:
        return other // self, other % self

    def __pow__(self, other: Any) -> Result:
        if isinstance(other, Value):
            return record_binary(POW, self, other)
        number = as_operand(other)
        if number is None:
            return NotImplemented
        x = self._data
        if number == 2.0:
            return Value(None, "", x * x, POW, self, None, 2.0 * x, number)
        try:
            data, lower = math.pow(x, number), math.pow(x, number - 1.0)
        except (OverflowError, ValueError):
            return record_binary(POW, self, constant(number))
        if TINY < abs(lower) < HUGE and number - 1.0 + 1.0 == number and abs(number) < 1e15:
            return Value(None, "", data, POW, self, None, number * lower, number)
        return record_binary(POW, self, constant(number))

    def __rpow__(self, other: Any) -> Result:
        number = as_operand(other)
        if number is None:
            return NotImplemented
        return record_binary(POW, constant(number), self)

    def __neg__(self) -> Value:
        return Value(None, "", -self._data, NEG, self, None, -1.0, 0.0)

    def __pos__(self) -> Value:
        return self

    def __abs__(self) -> Value:
        return record_unary(ABS, self)

    def relu(self) -> Value:
        """The positive part: the number itself where it is positive, else 0."""
        if self._data > 0.0:
            return Value(None, "", self._data, RELU, self, None, 1.0, 0.0)
        return Value(None, "", 0.0 if self._data == self._data else self._data, RELU, self, None, 0.0, 0.0)

    @staticmethod
    def apply_primitive(primitive: Primitive, operands: Sequence[Any]) -> Value:
        """Record any operation of the table; called by `Primitive`."""
        return record(primitive, [x if isinstance(x, Value) else as_constant(x) for x in operands])

    # Comparisons are of numbers; equality is identity, so that nodes can be keys.

    def __hash__(self) -> int:  # inherited in Python, but the compiled class would lose it
        return id(self) >> 4

    def __lt__(self, other: Any) -> Any:
        return compare("<", self, other)

    def __le__(self, other: Any) -> Any:
        return compare("<=", self, other)

    def __gt__(self, other: Any) -> Any:
        return compare(">", self, other)

    def __ge__(self, other: Any) -> Any:
        return compare(">=", self, other)

    def __float__(self) -> float:
        return current_recorder().number(self) if census.recorders else self._data

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

    def __bool__(self) -> bool:
        return float(self) != 0.0

    def __format__(self, spec: str) -> str:
        return format(float(self), spec) if spec else repr(self)

    def __repr__(self) -> str:
        label = f", label={self._label!r}" if self._label else ""
        return f"Value(data={self._data!r}, grad={self._grad!r}{label})"

    def _repr_latex_(self) -> str | None:
        """What notebooks show: the expression and its number."""
        from autograd.see.latex import notebook

        return notebook(self)

    # The reverse pass.

    def backward(self, gradient: Any = 1.0) -> None:
        """Differentiate this node with respect to every node that it was computed from.

        Each leaf's `grad` grows by its derivative; each other node's `grad` is replaced by this pass's adjoint. So
        call `zero_grad` on the leaves, or set their `grad` to 0, between passes that should not add up.

        Args:
            gradient: the adjoint of this node itself, by which all derivatives are multiplied.

        Raises:
            TypeError: if `gradient` is not a number.

        Example:
            >>> from autograd import Value
            >>> x = Value(3.0)
            >>> (x * x).backward()
            >>> x.grad
            6.0
        """
        seed = gradient if type(gradient) is float else as_float(gradient, "gradient")
        if census.recorders:
            recorder = current_recorder()
            recorder.before_backward(self)
            _push_adjoints(self, seed)
            recorder.after_backward(self)
        else:
            _push_adjoints(self, seed)

    def zero_grad(self) -> None:
        """Set the gradient of this node and of all that it was computed from to 0."""
        for each in topological_order(self):
            each._grad = 0.0

    # Copies and pickles; see `autograd.engine.copying`.

    def state(self) -> tuple[float, float, str, str, list[Value], list[float]]:
        """All that the node holds: data, grad, label, the operation's name, parents and local derivatives."""
        parents, partials = list(self.parents), list(self.partials)
        name = "" if self._primitive is None else self._primitive.name
        return self._data, self._grad, self._label, name, parents, partials

    def __copy__(self) -> Value:
        return restore(*self.state())

    def __deepcopy__(self, memo: dict[int, Any]) -> Value:
        from autograd.engine.copying import deep_copy

        return deep_copy(self, memo)

    def __reduce__(self) -> tuple[Any, ...]:
        from autograd.engine.copying import reduce

        return reduce(self)

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return self.__reduce__()

    def __init_subclass__(cls) -> None:
        raise TypeError("Value cannot be subclassed; keep a Value in an attribute of your class instead")


def constant(number: float) -> Value:
    """Make the node of a plain number that is no variable."""
    return Value(None, "", number, CONSTANT)


def as_constant(number: Any) -> Value:
    """Make the node of a plain number; what an array of shape () holds may be a `Value` already."""
    inside = held(number)
    return inside if isinstance(inside, Value) else constant(as_float(inside))


def forget(value: Value) -> None:
    """Make a constant of a node: its number stays, how it was computed goes."""
    value._primitive = CONSTANT
    value._left = None
    value._right = None
    value._operands = None


def as_operand(number: Any) -> float | None:
    """A plain number that meets a `Value`; None for what knows better how to combine with one, such as an array."""
    if type(number) is float:
        return number
    if type(number) is int:
        try:
            return float(number)
        except OverflowError:
            return as_float(number, "an operand")  # which says what is wrong
    if getattr(number, "shape", ()) or not (hasattr(number, "__float__") or isinstance(number, _NEVER_OPERANDS)):
        return None
    if held(number) is not number:
        return None
    return as_float(number, "an operand")


_NEVER_OPERANDS: Final = (str, bytes, complex, type(None), list, tuple, set, dict)


def as_node(operand: Any) -> Value | None:
    """A `Value` itself, or the constant of a plain number; None for what knows better how to combine with one."""
    if isinstance(operand, Value):
        return operand
    number = as_operand(operand)
    return None if number is None else constant(number)


def operate(primitive: Primitive, left: Any, right: Any) -> Result:
    """Apply an operator that has no rule of its own here, to a `Value` and whatever it meets."""
    x, y = as_node(left), as_node(right)
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
    numbers = [operand._data for operand in operands]
    data = primitive.evaluate(numbers)
    partials = [as_float(partial) for partial in primitive.differentiate(numbers, data)]
    return record_many(primitive, data, operands, partials)


def record_unary(primitive: Primitive, operand: Value) -> Value:
    """Record an operation on one number, by its entry in the table."""
    operands = (operand._data,)
    data = primitive.evaluate(operands)
    return Value(None, "", data, primitive, operand, None, as_float(primitive.partial(0, operands, data)))


def record_binary(primitive: Primitive, left: Value, right: Value) -> Value:
    """Record an operation on two numbers; a constant needs no local derivative."""
    operands = (left._data, right._data)
    data = primitive.evaluate(operands)
    left_partial = 0.0 if left._primitive is CONSTANT else as_float(primitive.partial(0, operands, data))
    right_partial = 0.0 if right._primitive is CONSTANT else as_float(primitive.partial(1, operands, data))
    return Value(None, "", data, primitive, left, right, left_partial, right_partial)


def record_many(primitive: Primitive, data: float, parents: list[Value], partials: list[float]) -> Value:
    """Record an operation on any number of operands."""
    return Value(None, "", data, primitive, parents[0], None, 0.0, 0.0, Operands(parents, partials))


def record_dot(operands: list[Value]) -> Value:
    """Record a scalar product: each factor is the local derivative of the other."""
    length = len(operands) // 2
    total = 0.0
    for i in range(length):
        total += operands[i]._data * operands[i + length]._data
    numbers = [operand._data for operand in operands]
    return record_many(DOT, total, operands, numbers[length:] + numbers[:length])


def record_sum(operands: list[Value]) -> Value:
    """Record a sum: every local derivative is 1."""
    total = 0.0
    for operand in operands:
        total += operand._data
    return record_many(SUM, total, operands, [1.0] * len(operands))


def compare(symbol: str, left: Value, other: Any) -> Any:
    """Compare numbers."""
    number = as_operand(other) if not isinstance(other, Value) else other._data
    if number is None:
        return NotImplemented
    x, y = left._data, number
    outcome = x < y if symbol == "<" else x <= y if symbol == "<=" else x > y if symbol == ">" else x >= y
    return current_recorder().compare(symbol, left, other, outcome) if census.recorders else outcome


def restore(data: float, grad: float, label: str, name: str, parents: list[Value], partials: list[float]) -> Value:
    """Make a node from its `state`."""
    made = Value(data, label)
    made._grad = grad
    if name:
        primitive = CONSTANT if name == CONSTANT.name else look_up(name)
        made._primitive = primitive
        if primitive.sequences or len(parents) > 2:
            made._operands = Operands(parents, partials)
            made._left = parents[0]
        elif parents:
            made._left, made._left_partial = parents[0], partials[0]
            if len(parents) == 2:
                made._right, made._right_partial = parents[1], partials[1]
    return made


# Passes over a graph, which may be a million nodes deep: with a stack of their own, and never recursive. They know
# where they have been by marks in the nodes. Each pass makes marks higher than any there were, so none are cleared.


class _Passes:
    """What all passes share."""

    def __init__(self) -> None:
        self.last_mark = 0  # no node has a mark above this


_passes: Final = _Passes()
_one_pass: Final = allocate_lock()
# Compiled code does not give way to another thread in the midst of a pass; only interpreted code must be kept alone.
_interruptible: Final[bool] = not native or not getattr(sys, "_is_gil_enabled", lambda: True)()


def topological_order(root: Value) -> list[Value]:
    """All nodes that `root` is computed from, parents before children, `root` last.

    Example:
        >>> from autograd import Value
        >>> a = Value(2.0, label="a")
        >>> [node.op or node.label for node in topological_order(a.exp() * a)]
        ['a', 'exp', '*']
    """
    order: list[Value] = []
    stack = [root]
    with _one_pass:
        entered = _passes.last_mark + 1  # the mark of a node whose parents have been put on the stack
        _passes.last_mark = entered + 1
        while stack:
            node = stack[-1]
            if node._mark < entered:
                node._mark = entered
                for parent in reversed(node.parents):
                    if parent._mark < entered:
                        stack.append(parent)
            else:
                stack.pop()
                if node._mark == entered:
                    node._mark = entered + 1
                    order.append(node)
    return order


def _push_adjoints(root: Value, seed: float) -> None:
    if root._left is None:
        root._grad += seed
    elif _interruptible:
        with _one_pass:
            _push_from(root, seed, [root], _count_consumers(root, [root]))
    else:
        _push_from(root, seed, [root], _count_consumers(root, [root]))


def _count_consumers(root: Value, found: list[Value]) -> int:
    """Mark every inner node with how many nodes use it, its consumers, and set its adjoint to 0.

    Returns the mark of a node with one consumer left.
    """
    one = _passes.last_mark + 1
    edges = 0
    try:
        for node in found:  # which grows as we go
            operands = node._operands
            if operands is not None:
                edges += len(operands.parents)
                for parent in operands.parents:
                    if parent._left is not None:
                        if parent._mark < one:
                            parent._mark = one
                            parent._grad = 0.0
                            found.append(parent)
                        else:
                            parent._mark += 1
                continue
            left = node._left
            if left is not None and left._left is not None:
                if left._mark < one:
                    left._mark = one
                    left._grad = 0.0
                    found.append(left)
                else:
                    left._mark += 1
            right = node._right
            if right is not None and right._left is not None:
                if right._mark < one:
                    right._mark = one
                    right._grad = 0.0
                    found.append(right)
                else:
                    right._mark += 1
    finally:
        _passes.last_mark = one + edges + 2 * len(found)
    return one


def _push_from(root: Value, seed: float, ready: list[Value], one: int) -> None:
    """Push adjoints towards the leaves; a node is ready once all its consumers have pushed their share.

    What stands first is walked first, so a leaf's shares add up in the order in which the terms were written, just as
    a loop over them would add them: rounding is the same, to the last bit.
    """
    root._grad = seed
    while ready:
        node = ready.pop()
        adjoint = node._grad
        operands = node._operands
        if operands is not None:
            for parent, partial in zip(reversed(operands.parents), reversed(operands.partials)):
                parent._grad += partial * adjoint
                if parent._left is not None:
                    if parent._mark == one:
                        ready.append(parent)
                    else:
                        parent._mark -= 1
            continue
        right = node._right
        if right is not None:
            right._grad += node._right_partial * adjoint
            if right._left is not None:
                if right._mark == one:
                    ready.append(right)
                else:
                    right._mark -= 1
        left = node._left
        if left is not None:
            left._grad += node._left_partial * adjoint
            if left._left is not None:
                if left._mark == one:
                    ready.append(left)
                else:
                    left._mark -= 1


def _add_method(primitive: Primitive) -> None:
    """Make a method of an operation, under its own name and the one that NumPy looks for in object arrays."""

    def method(self: Value, *others: Any) -> Value:
        if others or primitive.arity != 1:
            result: Value = primitive(self, *others)
            return result
        return record_unary(primitive, self)

    if primitive.name in _OWN_NAMES and primitive.name not in TABLE:
        raise ValueError(f"{primitive.name!r} is an attribute of Value; give yours another name")
    if primitive.helper:
        return
    method.__name__ = primitive.name
    method.__doc__ = primitive.__doc__
    for name in (primitive.name, primitive.array):
        if isinstance(name, str) and name and name not in _OWN_NAMES:
            setattr(Value, name, method)


_OWN_NAMES: Final = frozenset(dir(Value))
on_definition(_add_method)
numbers.Real.register(Value)


def variables(**numbers: Any) -> tuple[Value, ...]:
    """Make one labelled `Value` for each keyword, in the order given.

    Raises:
        TypeError: if one is not a real number.

    Example:
        >>> from autograd import variables
        >>> a, b = variables(a=2.0, b=-3.0)
        >>> a
        Value(data=2.0, grad=0.0, label='a')
    """
    return tuple(Value(number, label) for label, number in numbers.items())
