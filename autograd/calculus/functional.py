"""Functions that differentiate functions: `grad`, `jacobian`, `hessian` and their kin; and `gradients` of a graph.

They follow the conventions of HIPS autograd and JAX, and rest on one idea: the function is called once with fresh
leaves in place of its inputs, and what it returns is a graph like any other. If that graph depends on nothing else, an
ordinary reverse pass gives plain numbers. If it does, as in ``grad(grad(f))``, where an outer function's inputs are in
it too, `gradients` builds the derivatives as graphs, which can be differentiated again. Variables of inner and outer
functions are different nodes, so they cannot be confused.

Inputs and results are numbers, NumPy arrays, or lists and tuples of these, nested if need be: trees, with numbers as
their leaves. Derivatives come back in the shape of the inputs.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from autograd.engine.floats import as_float
from autograd.engine.modes import graph_recording
from autograd.engine.primitive import TABLE
from autograd.engine.value import Value, constant, forget, topological_order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    Function = Callable[..., Any]
    Row = Sequence[Any]  # the derivatives of one number with respect to each leaf


def grad(f: Function, argnums: int | Sequence[int] = 0) -> Function:
    """The gradient of a function: one that takes the same arguments and returns the derivatives.

    Args:
        f: a function of numbers, sequences or arrays that returns one number. It must compute with operations of
            this package, not of `math`.
        argnums: which argument to differentiate with respect to; for several, the result is a tuple.

    Returns:
        A function. Its result has the shape of the argument, and holds floats; or `Value`s, if `f` was called with
        `Value`s or computes with some, so that it can be differentiated with respect to those.

    Raises:
        TypeError: when called, if an input is no number, or the result is not one number.
        ValueError: when called, if `argnums` is out of range.

    Example:
        >>> from autograd import grad, tanh
        >>> grad(tanh)(0.0)
        1.0
        >>> grad(grad(grad(lambda x: x**4)))(2.0)
        48.0
        >>> grad(lambda x, ws: x * ws[0] + ws[1] ** 2, argnums=(0, 1))(2.0, [3.0, 4.0])
        (3.0, [2.0, 8.0])
    """
    _check_function(f, argnums, "grad")
    value_and_gradient = value_and_grad(f, argnums)

    def gradient(*args: Any, **kwargs: Any) -> Any:
        return value_and_gradient(*args, **kwargs)[1]

    return _describe(gradient, "gradient", f)


def value_and_grad(f: Function, argnums: int | Sequence[int] = 0) -> Function:
    """As `grad`, but the function returns the value and the gradient.

    Args:
        f, argnums: as for `grad`.

    Raises:
        TypeError, ValueError: as for `grad`.

    Example:
        >>> from autograd import value_and_grad
        >>> value_and_grad(lambda x: x * x)(3.0)
        (9.0, 6.0)
    """
    _check_function(f, argnums, "value_and_grad")

    def value_and_gradient(*args: Any, **kwargs: Any) -> Any:
        call = _Call(f, argnums, args, kwargs)
        result = _as_number(call.result, call.name)
        (row,) = call.differentiate([result])
        return (result if call.is_nested else _number(result)), call.like_inputs(row)

    return _describe(value_and_gradient, "value and gradient", f)


def jacobian(f: Function, argnums: int | Sequence[int] = 0) -> Function:
    """The Jacobian of a function: the derivatives of every number it returns with respect to every input.

    Args:
        f: a function that returns a number, a sequence or an array.
        argnums: as for `grad`.

    Returns:
        A function. For arrays its result is the matrix with a row for each number of `f`'s result; otherwise the
        shape of `f`'s result, with the shape of the input in place of each number.

    Raises:
        TypeError, ValueError: as for `grad`.

    Example:
        >>> from autograd import jacobian
        >>> import numpy as np
        >>> jacobian(lambda x: x**2 * 3)(np.array([1.0, 2.0]))
        array([[ 6.,  0.],
               [ 0., 12.]])
        >>> jacobian(lambda x, y: [x * y, x - y], argnums=(0, 1))(2.0, 5.0)
        [(5.0, 2.0), (1.0, -1.0)]
    """
    _check_function(f, argnums, "jacobian")

    def jacobian_of_f(*args: Any, **kwargs: Any) -> Any:
        call = _Call(f, argnums, args, kwargs)
        outputs = [_as_number(leaf, call.name) for leaf in _leaves(call.result)]
        return _nest(call.result, call.selected, iter(call.differentiate(outputs)))

    return _describe(jacobian_of_f, "Jacobian", f)


def hessian(f: Function, argnums: int | Sequence[int] = 0) -> Function:
    """The Hessian of a function: its second derivatives.

    The function runs once, its gradient is built once, and that is differentiated with one pass for each input.

    Args:
        f: a function that returns one number.
        argnums: as for `grad`; for several, the result holds a block for each pair.

    Returns:
        A function. For an array its result is a matrix, for a sequence a sequence of sequences.

    Raises:
        TypeError, ValueError: as for `grad`.

    Example:
        >>> from autograd import hessian
        >>> hessian(lambda x: x[0] ** 2 * x[1])([3.0, 5.0])
        [[10.0, 6.0], [6.0, 0.0]]
    """
    _check_function(f, argnums, "hessian")
    return _describe(jacobian(grad(f, argnums), argnums), "Hessian", f)


def hvp(f: Function, argnums: int = 0) -> Function:
    """The product of a function's Hessian and a vector, at the cost of two gradients.

    Args:
        f: a function that returns one number.
        argnums: which argument to differentiate with respect to.

    Returns:
        A function that takes the arguments of `f` and then the vector, in the shape of that argument.

    Raises:
        TypeError: when called, as for `grad`.
        ValueError: when called, as for `grad`, or if the vector has not as many numbers as the argument.

    Example:
        >>> from autograd import hvp
        >>> hvp(lambda x: x[0] ** 2 * x[1])([3.0, 5.0], [1.0, 0.0])
        [10.0, 6.0]
    """
    _check_function(f, argnums, "hvp")
    gradient = grad(f, argnums)

    def product(*args: Any, **kwargs: Any) -> Any:
        if len(args) < 2:
            raise TypeError("the function that hvp() returns takes the arguments of f, and then the vector")
        *args_of_f, vector = args
        weights = _leaves(vector)

        def slope(*args: Any) -> Any:
            slopes = _leaves(gradient(*args, **kwargs))
            if len(slopes) != len(weights):
                raise ValueError(
                    f"the vector must have {len(slopes)} numbers as the input does, but has {len(weights)}"
                )
            return TABLE["dot"](slopes, weights)

        return grad(slope, argnums)(*args_of_f)

    return _describe(product, "Hessian-vector product", f)


def gradients(y: Value, xs: Any) -> Any:
    """The derivatives of a graph that is already built, as graphs that can be differentiated again.

    Nobody's `grad` changes.

    Args:
        y: the result.
        xs: the nodes to differentiate with respect to, leaves or not: a `Value`, or a sequence or array of them.

    Returns:
        `Value`s in the shape of `xs`, with the number 0 for what `y` does not depend on.

    Raises:
        TypeError: if `y` is no `Value`, or something in `xs` is none.

    Example:
        >>> from autograd import gradients, variables
        >>> x, y = variables(x=3.0, y=2.0)
        >>> slope, _ = gradients(x**2 * y, [x, y])
        >>> slope, gradients(slope, y)
        (Value(data=12.0, grad=0.0), Value(data=6.0, grad=0.0))
    """
    if not isinstance(y, Value):
        raise TypeError(f"gradients() takes the Value to differentiate, but got {y!r}; for a function use grad")
    nodes = _leaves(xs)
    for x in nodes:
        if not isinstance(x, Value):
            raise TypeError(f"gradients() differentiates with respect to Values, but got {x!r}")
    return _like(xs, iter(differentiate(y, nodes)))


def differentiate(y: Value, xs: Sequence[Value]) -> list[Value]:
    """The reverse pass, with graphs for numbers; see `gradients`."""
    order = topological_order(y)
    active = set(xs)  # the nodes that depend on one of `xs`
    for node in order:
        if node not in active and any(parent in active for parent in node.parents):
            active.add(node)
    adjoints: dict[Value, Any] = {y: 1.0}
    for node in reversed(order):
        adjoint = adjoints.get(node)
        if adjoint is None or node not in active or not node.parents:
            continue
        for parent, partial in zip(node.parents, _partials(node, active), strict=True):
            # A partial that is a plain 0 is 0 whatever the inputs are, as for the branch that was not taken.
            if partial is None or (type(partial) is float and partial == 0.0):
                continue
            share = adjoint if _is_one(partial) else partial if _is_one(adjoint) else partial * adjoint
            adjoints[parent] = adjoints[parent] + share if parent in adjoints else share
    return [_as_value(adjoints.get(x, 0.0)) for x in xs]


def _partials(node: Value, active: set[Value]) -> list[Any]:
    """The local derivatives as graphs; None for operands that do not matter. Constants take part as plain numbers."""
    primitive = node.primitive
    assert primitive is not None
    parents = node.parents
    operands = [parent.data if parent.is_constant else parent for parent in parents]
    if primitive.sequences:
        return list(primitive.differentiate(operands, node))
    return [primitive.partial(i, operands, node) if parent in active else None for i, parent in enumerate(parents)]


def _is_one(x: Any) -> bool:
    return type(x) is float and x == 1.0


def _as_value(x: Any) -> Value:
    return x if isinstance(x, Value) else constant(float(x))


class _Call:
    """One call of a function with leaves of its own in place of the inputs that matter."""

    def __init__(
        self, f: Function, argnums: int | Sequence[int], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        self.name = _name(f)
        places = _places(argnums, len(args), self.name)
        self.selected: Any = args[places[0]] if isinstance(argnums, int) else tuple(args[place] for place in places)
        inputs = [leaf for place in places for leaf in _leaves(args[place])]
        self.has_values = any(isinstance(each, Value) for each in inputs)
        self.inputs = [self.make_leaf(each) for each in inputs]
        supply = iter(self.inputs)
        with graph_recording():
            replaced = {place: _like(args[place], supply) for place in places}
            self.result = f(*(replaced.get(i, arg) for i, arg in enumerate(args)), **kwargs)
        self.is_nested = self.has_values

    def make_leaf(self, number: Any) -> Value:
        """A fresh leaf; or for a `Value`, which an outer function differentiates, a node that stands for it."""
        if isinstance(number, Value):
            with graph_recording():
                node: Value = TABLE["pos"](number)
            return node
        return Value(as_float(number, f"an input of {self.name}"))

    def differentiate(self, outputs: Sequence[Any]) -> list[Row]:
        """The derivatives of each output with respect to each input."""
        self.is_nested = self.has_values or not self.is_closed(outputs)
        rows = [self.row(output) for output in outputs]
        if self.is_nested:  # whoever differentiates on shall see numbers, not variables of ours
            for leaf in self.inputs:
                if not leaf.parents:
                    forget(leaf)
        return rows

    def row(self, output: Any) -> Row:
        """The derivatives of one output, as plain numbers where that is enough."""
        if not isinstance(output, Value):
            return [constant(0.0) if self.is_nested else 0.0 for _ in self.inputs]
        if self.is_nested:
            return differentiate(output, self.inputs)
        output.backward()
        row = [leaf.grad for leaf in self.inputs]
        for leaf in self.inputs:
            leaf.grad = 0.0
        return row

    def is_closed(self, outputs: Sequence[Any]) -> bool:
        """Whether the outputs depend on no leaves but these inputs."""
        seen = set(self.inputs)
        stack = [output for output in outputs if isinstance(output, Value)]
        while stack:
            node = stack.pop()
            if node not in seen:
                seen.add(node)
                parents = node.parents
                if not parents and not node.is_constant:
                    return False
                stack.extend(parents)
        return True

    def like_inputs(self, row: Row) -> Any:
        """The derivatives in the shape of the inputs."""
        return _like(self.selected, iter(row))


# Trees of numbers.


def _leaves(tree: Any) -> list[Any]:
    """The numbers of a tree, in order."""
    if isinstance(tree, (list, tuple)):
        return list(chain.from_iterable(_leaves(part) for part in tree))
    return list(tree.flat) if _is_array(tree) else [tree]


def _like(tree: Any, supply: Iterator[Any]) -> Any:
    """A tree of the same shape, with other numbers."""
    if isinstance(tree, (list, tuple)):
        return _like_sequence(tree, [_like(part, supply) for part in tree])
    return _array([next(supply) for _ in range(tree.size)], tree.shape) if _is_array(tree) else next(supply)


def _nest(outer: Any, inner: Any, rows: Iterator[Row]) -> Any:
    """A tree like `outer`, with a tree like `inner`, made of the next row, in place of each number."""
    if isinstance(outer, (list, tuple)):
        return _like_sequence(outer, [_nest(part, inner, rows) for part in outer])
    if _is_array(outer):
        matrix = [next(rows) for _ in range(outer.size)]
        return _stack(outer.shape, inner, iter(zip(*matrix, strict=True)))
    return _like(inner, iter(next(rows)))


def _stack(shape: tuple[int, ...], inner: Any, columns: Iterator[Row]) -> Any:
    """A tree like `inner`, with an array of this shape, made of the next column, in place of each number."""
    if isinstance(inner, (list, tuple)):
        return _like_sequence(inner, [_stack(shape, part, columns) for part in inner])
    if not _is_array(inner):
        return _array(next(columns), shape)
    stacked = [next(columns) for _ in range(inner.size)]
    return _array([number for row in zip(*stacked, strict=True) for number in row], shape + inner.shape)


def _like_sequence(sequence: Any, parts: list[Any]) -> Any:
    return type(sequence)(*parts) if hasattr(sequence, "_fields") else type(sequence)(parts)


def _is_array(tree: Any) -> bool:
    return hasattr(tree, "flat") and hasattr(tree, "shape") and tree.shape != ()


def _array(numbers: Iterable[Any], shape: tuple[int, ...]) -> Any:
    """An array of floats; of objects, if there are `Value`s among them."""
    import numpy as np

    numbers = list(numbers)
    dtype = object if any(isinstance(number, Value) for number in numbers) else float
    return np.array(numbers, dtype=dtype).reshape(shape)


# What is said about functions.


def _as_number(result: Any, name: str) -> Any:
    """The one number that a function returned: a `Value`, or a float if it does not depend on any."""
    if isinstance(result, Value):
        return result
    if isinstance(result, (list, tuple, dict, set)) or (_is_array(result) and result.size != 1):
        what = f"an array of shape {result.shape}" if _is_array(result) else f"a {type(result).__name__}"
        raise TypeError(
            f"{name} must return one number to have a gradient, but it returned {what}; return one of its numbers, "
            "or use jacobian"
        )
    if hasattr(result, "item") and isinstance(result.item(), Value):
        return result.item()
    return as_float(result, f"the result of {name}")


def _number(value: Any) -> float:
    return value.data if isinstance(value, Value) else float(value)


def _check_function(f: Function, argnums: int | Sequence[int], what: str) -> None:
    if not callable(f):
        hint = "; for a graph that is built use gradients(y, xs)" if isinstance(f, Value) else f", as in {what}(f)(x)"
        raise TypeError(f"{what}() takes a function, but got {f!r}{hint}")
    places = [argnums] if isinstance(argnums, int) else argnums
    if not isinstance(places, (list, tuple)) or not places or not all(type(place) is int for place in places):
        raise TypeError(f"argnums must be the number of an argument, or several such, but got {argnums!r}")


def _places(argnums: int | Sequence[int], count: int, name: str) -> list[int]:
    places = []
    for place in [argnums] if isinstance(argnums, int) else argnums:
        if not -count <= place < count:
            given = f"only {count} positional argument{'s' if count > 1 else ''}" if count else "no positional argument"
            raise ValueError(f"argnums is {place}, but {name} was called with {given}; arguments count from 0")
        places.append(place % count)
    if len(set(places)) < len(places):
        raise ValueError(f"argnums must name different arguments of {name}, but got {argnums!r}")
    return places


def _name(f: Function) -> str:
    name = getattr(f, "__name__", "") or type(f).__name__
    return "the function" if name == "<lambda>" else f"{name}()"


def _describe(derived: Function, what: str, f: Function) -> Function:
    derived.__name__ = f"{what.replace(' ', '_').replace('-', '_').lower()}_of_{getattr(f, '__name__', 'f')}"
    derived.__doc__ = f"The {what} of {_name(f)}."
    return derived
