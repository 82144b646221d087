"""Hypothesis strategies: random `Value`s, expression graphs and small networks, to test one's own code with.

Installing this package registers them, so ``from_type(Value)`` works wherever Hypothesis does. A complete test of
one's own, that a rewriting of an expression leaves its derivatives as they were:

    from hypothesis import given
    from autograd import check_gradients
    from autograd.strategies import expressions

    @given(expressions(variables=("x", "y"), operations=["add", "mul", "tanh", "log"]))
    def test_rewrite(expression):
        rewritten = my_rewrite(expression)                       # called like the expression: with x and y
        assert rewritten(*expression.point) == expression(*expression.point)
        check_gradients(rewritten, *expression.point)            # against 50-digit arithmetic

When it fails, Hypothesis shows the smallest expression that it finds, as source that can be pasted into a REPL after
``from autograd import *`` and ``from autograd.strategies import Expression``:

    Expression(lambda x, y: log(a := x * y) + a, x=1.0, y=0.5)
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd.engine.choices import choose
from autograd.engine.primitive import BUILT_IN, TABLE, Primitive, public_operations
from autograd.engine.value import Value, constant
from autograd.engine.value import variables as make_variables
from autograd.see.text import function

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from hypothesis.strategies import SearchStrategy


def register() -> None:
    """Tell Hypothesis how to make a `Value`; Hypothesis calls this when it is imported."""
    from hypothesis import strategies

    strategies.register_type_strategy(Value, lambda _: values())


# Below `register`, which Hypothesis calls in the middle of the next line if this module is imported first.
try:
    from hypothesis import assume
    from hypothesis import strategies as st
except ImportError:
    raise ImportError("autograd.strategies needs Hypothesis; install it with: pip install hypothesis") from None

NOT_DRAWN = frozenset(
    ["where", "less", "less_equal", "equal", "not_equal", "isnan", "isfinite"]
    + ["floordiv", "mod", "floor", "ceil", "sign", "stop_gradient"]
    + ["pos", "normal_cdf"]
)
"""Operations that `expressions` leaves out unless asked for, besides those that only serve others' rules."""


def values(
    min_value: float | None = -1e3,
    max_value: float | None = 1e3,
    *,
    allow_nan: bool = False,
    allow_infinity: bool = False,
    label: str = "",
) -> SearchStrategy[Value]:
    """Leaves: `Value`s that are not computed from others.

    Args:
        min_value, max_value: bounds; None for none.
        allow_nan, allow_infinity: whether nan and ±inf may be drawn; bounds must be None for that.
        label: the label they bear.

    Raises:
        InvalidArgument: when drawn from, if the bounds exclude everything.

    Example:
        >>> from hypothesis import find
        >>> find(values(min_value=0.5), lambda value: True)
        Value(data=1.0, grad=0.0)
    """
    numbers = st.floats(min_value, max_value, allow_nan=allow_nan, allow_infinity=allow_infinity)
    return numbers.map(lambda number: Value(number, label))


class Step(NamedTuple):
    """One operation of an expression: its operands are numbers, or places among the variables and earlier steps."""

    primitive: Primitive
    operands: tuple[int | float, ...]


class Expression:
    """A function of named variables, and a point at which to look at it.

    Args:
        function: called with as many arguments as there are variables, `Value`s or floats.
        point: the variables' names and numbers.

    Example:
        >>> expression = Expression(lambda x, y: (a := x * y) + a, x=2.0, y=-3.0)
        >>> expression.names, expression.point
        (('x', 'y'), (2.0, -3.0))
        >>> result, (x, y) = expression.build()
        >>> result.backward()
        >>> result.data, x.grad, y.grad
        (-12.0, -6.0, 4.0)
    """

    def __init__(self, function: Callable[..., Any], /, **point: float) -> None:
        self.function = function
        self.names = tuple(point)
        self.point = tuple(point.values())

    def __call__(self, *arguments: Any) -> Any:
        """The expression at other arguments: `Value`s or floats, one for each variable."""
        return self.function(*arguments)

    def build(self) -> tuple[Value, tuple[Value, ...]]:
        """Make the graph at the point: the result, and the variables it is computed from."""
        leaves = make_variables(**dict(zip(self.names, self.point, strict=True)))
        result = self.function(*leaves)
        return result if isinstance(result, Value) else constant(result), leaves

    def __repr__(self) -> str:
        source = self.function.source(self.names) if isinstance(self.function, Recipe) else repr(self.function)
        point = "".join(f", {name}={number!r}" for name, number in zip(self.names, self.point, strict=True))
        return f"Expression({source}{point})"


class Recipe:
    """The function of an expression that was drawn: steps to take one after the other; the last is the result."""

    def __init__(self, arity: int, steps: Sequence[Step]) -> None:
        self.arity = arity
        self.steps = steps

    def __call__(self, *arguments: Any) -> Any:
        """Take the steps, on `Value`s or floats."""
        if len(arguments) != self.arity:
            raise TypeError(f"the expression takes {self.arity} arguments, but {len(arguments)} were given")
        known = list(arguments)
        for primitive, operands in self.steps:
            known.append(apply(primitive, [known[x] if isinstance(x, int) else x for x in operands]))
        return known[-1]

    def source(self, names: Sequence[str]) -> str:
        """The function in Python: what is used twice gets a name where it is computed first."""
        variables = [_Node() for _ in names]
        known: list[_Node] = list(variables)
        for primitive, operands in self.steps:
            known.append(_Node(primitive, tuple(known[x] if isinstance(x, int) else _Node(data=x) for x in operands)))
        return function(known[-1], dict(zip(variables, names, strict=True)))


@dataclass(frozen=True, eq=False)
class _Node:
    """What the writer of source has to know of a node that has not been computed."""

    primitive: Primitive | None = None
    parents: tuple[_Node, ...] = ()
    data: float = 0.0


def apply(primitive: Primitive, operands: Sequence[Any]) -> Any:
    """Apply an operation to operands that are laid end to end."""
    return primitive(*primitive.arguments(operands))


def expressions(
    variables: int | Sequence[str] = ("x", "y"),
    operations: Iterable[str | Primitive] | None = None,
    max_nodes: int = 12,
    *,
    in_domain: bool = True,
    numbers: SearchStrategy[float] | None = None,
) -> SearchStrategy[Expression]:
    """Random expressions: graphs, where what was computed once may be used several times.

    Args:
        variables: their names, or how many there are (then x, y, z, u, v, w, x1, ...).
        operations: names of operations, or operations of your own; by default all that are built in and have a slope.
        max_nodes: how many operations an expression has at most.
        in_domain: whether to keep every operation within its domain, and every number finite.
        numbers: what the variables' numbers and the constants are drawn from; by default floats from -10 to 10.

    Raises:
        ValueError: if there are no operations or variables, or an operation does not exist.
        TypeError: if an argument is of the wrong type.

    Example:
        >>> from hypothesis import find
        >>> find(expressions("xy", ["mul", "tanh"]), lambda e: e.build()[0].op == "tanh")
        Expression(lambda x, y: tanh(x), x=0.0, y=0.0)
    """
    names = _variable_names(variables)
    table = _operations(operations)
    if not isinstance(max_nodes, int) or max_nodes < 1:
        raise ValueError(f"max_nodes must be a whole number of at least 1, but got {max_nodes!r}")
    drawn = st.floats(-10.0, 10.0) if numbers is None else numbers
    point = st.tuples(*[drawn.map(float) for _ in names])
    constants = st.tuples(drawn.map(float), drawn.map(float))
    # An operand is drawn as how far to look back; half of the numbers mean what was computed last, for long chains.
    # A step takes few draws, and constants are drawn apart, because Hypothesis deletes no more than five at once.
    back = st.integers(0, 2 * (len(names) + max_nodes))
    steps = st.tuples(st.sampled_from(table), back, back, back)
    plans = st.lists(steps, min_size=1, max_size=max_nodes)

    @st.composite
    def draw_expression(draw: Callable[..., Any]) -> Expression:
        there, others, plan = draw(point), draw(constants), draw(plans)
        recipe = _take(plan, there, others, len(names) + max_nodes, in_domain)
        assume(recipe.steps)
        return Expression(recipe, **dict(zip(names, there, strict=True)))

    return draw_expression()


def _variable_names(variables: int | Sequence[str]) -> list[str]:
    if isinstance(variables, int):
        names = [(letter + (str(k) if k else "")) for k in range(variables // 6 + 1) for letter in "xyzuvw"][:variables]
    else:
        names = list(variables)
    if not names or len(set(names)) < len(names) or not all(isinstance(n, str) and n.isidentifier() for n in names):
        raise ValueError(f"variables must be different names such as ('x', 'y'), or how many, but got {variables!r}")
    return names


def _operations(operations: Iterable[str | Primitive] | None) -> list[Primitive]:
    if operations is None:
        return [TABLE[name] for name in sorted(BUILT_IN) if name not in NOT_DRAWN and not TABLE[name].helper]
    if isinstance(operations, (str, Primitive)):
        raise TypeError(f"operations must be a list of names or operations, but got {operations!r}; put it in a list")
    known = {name: TABLE[name] for name in public_operations()}
    chosen = [each if isinstance(each, Primitive) else choose(each, known, "operation") for each in operations]
    if not chosen:
        raise ValueError("expressions() has no operations to draw from; name some, as in operations=['add', 'tanh']")
    return chosen


def _take(
    plan: Sequence[tuple[Any, ...]], point: Sequence[float], constants: Sequence[float], reach: int, in_domain: bool
) -> Recipe:
    """Make of a plan what can be made: a step that would leave an operation's domain looks for other operands."""
    arity = len(point)
    known = list(point)
    steps: list[Step] = []
    for primitive, *wanted in plan:
        count = {0: len(primitive.partials), 1: 3, 2: 4}[primitive.sequences]
        back = [each if each < reach else 0 for each in wanted * 2][:count]
        # What was computed last comes first, then the variables; a constant is never the first operand.
        variable = [*range(len(known) - 1, arity - 1, -1), *range(arity)]
        places = [*variable, *constants]
        for shift in range(len(variable) if in_domain else 1):
            first = variable[(back[0] + shift) % len(variable)]
            operands = (first, *(places[(each + shift) % len(places)] for each in back[1:]))
            numbers = [known[x] if isinstance(x, int) else x for x in operands]
            if not in_domain or is_in_domain(primitive, numbers):
                steps.append(Step(primitive, operands))
                known.append(primitive.evaluate(numbers))
                break
    return Recipe(arity, _needed_steps(arity, steps))


def is_in_domain(primitive: Primitive, operands: Sequence[float]) -> bool:
    """Whether an operation is defined at these numbers, and its value finite."""
    return primitive.is_defined(operands) and math.isfinite(primitive.evaluate(operands))


def _needed_steps(arity: int, steps: list[Step]) -> list[Step]:
    """Leave out the steps on which the last one does not depend."""
    needed = {arity + len(steps) - 1}
    for place in range(len(steps) - 1, -1, -1):
        if arity + place in needed:
            needed.update(x for x in steps[place].operands if isinstance(x, int))
    kept = [place for place in range(arity + len(steps)) if place < arity or place in needed]
    renamed = {old: new for new, old in enumerate(kept)}
    return [
        Step(primitive, tuple(renamed[x] if isinstance(x, int) else x for x in operands))
        for place, (primitive, operands) in enumerate(steps, arity)
        if place in needed
    ]
