"""Functions that give all derivatives of a function: `jacobian`, `hessian`, and `hvp`, the product with a vector."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

from autograd.calculus.call import Call
from autograd.calculus.containers import nest
from autograd.calculus.functions import check_function, describe
from autograd.calculus.sparse import Edges, as_matrix, hessian_entries, jacobian_entries
from autograd.engine.modes import graph_recording
from autograd.engine.value import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np

    from autograd.calculus.signatures import Gradient, Hessian, Jacobian, Product

    Function = Callable[..., Any]


@overload
def jacobian(f: Callable[..., Value | float], argnums: Literal[0] = 0, has_aux: Literal[False] = False) -> Gradient: ...
@overload
def jacobian(
    f: Callable[..., Sequence[Value | float] | np.ndarray[Any, Any]],
    argnums: Literal[0] = 0,
    has_aux: Literal[False] = False,
) -> Jacobian: ...
@overload
def jacobian(
    f: Function, argnums: int | Sequence[int] = 0, has_aux: bool = False, *, sparse: bool = False
) -> Function: ...
def jacobian(f: Function, argnums: int | Sequence[int] = 0, has_aux: bool = False, *, sparse: bool = False) -> Function:
    """The Jacobian of a function: the derivatives of every number it returns with respect to every input.

    There is one reverse pass for each number that `f` returns, or one forward pass for each input if these are fewer.

    Args:
        f: a function that returns a number or a container of them.
        argnums, has_aux: as for `grad`.
        sparse: whether the result is a sparse matrix of floats, with a row for each number of `f`'s result and a column
            for each number of its inputs: a SciPy array where SciPy is installed, otherwise a named tuple of rows,
            columns and values. It holds what is not 0 by the graph, and costs what that costs.

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
    check_function(f, argnums, "jacobian")

    def jacobian_of_f(*args: Any, **kwargs: Any) -> Any:
        call = Call(f, argnums, args, kwargs, has_aux)
        outputs = call.numbers()
        if sparse:
            return call.finish(_sparse_jacobian(call, outputs))
        if len(call.inputs) < len(outputs):
            count = len(call.inputs)
            columns = [call.pushed_forward(outputs, unit(i, count)) for i in range(count)]
            rows: list[Any] = list(zip(*columns, strict=True))
        else:
            rows = [call.row(output) for output in outputs]
        return call.finish(nest(call.result, call.selected, iter(rows)))

    return describe(jacobian_of_f, "Jacobian", f)


@overload
def hessian(f: Function, argnums: Literal[0] = 0, has_aux: Literal[False] = False) -> Hessian: ...
@overload
def hessian(
    f: Function, argnums: int | Sequence[int] = 0, has_aux: bool = False, *, sparse: bool = False
) -> Function: ...
def hessian(f: Function, argnums: int | Sequence[int] = 0, has_aux: bool = False, *, sparse: bool = False) -> Function:
    """The Hessian of a function: its second derivatives.

    The function runs once, its gradient is built once, and that is differentiated with one pass for each input. Of two
    derivatives that should be the same number only one is computed, so that they are.

    Args:
        f: a function that returns one number.
        argnums, has_aux: as for `grad`; for several arguments, the result holds a block for each pair.
        sparse: whether the result is a sparse matrix, as for `jacobian`, with a row and a column for each input.

    Returns:
        A function. For an array its result is a matrix, for a sequence a sequence of sequences.

    Raises:
        TypeError, ValueError: as for `grad`.

    Example:
        >>> from autograd import hessian
        >>> hessian(lambda x: x[0] ** 2 * x[1])([3.0, 5.0])
        [[10.0, 6.0], [6.0, 0.0]]
    """
    check_function(f, argnums, "hessian")

    def hessian_of_f(*args: Any, **kwargs: Any) -> Any:
        call = Call(f, argnums, args, kwargs, has_aux)
        if sparse:
            return call.finish(_sparse_hessian(call))
        slopes, order = call.gradient_as_graph()
        rows = [list(call.row(slope, order)) for slope in slopes]
        for i, row in enumerate(rows):
            row[:i] = [rows[j][i] for j in range(i)]
        return call.finish(nest(call.selected, call.selected, iter(rows)))

    return describe(hessian_of_f, "Hessian", f)


@overload
def hvp(f: Function, argnums: Literal[0] = 0) -> Product: ...
@overload
def hvp(f: Function, argnums: int) -> Function: ...
def hvp(f: Function, argnums: int = 0) -> Function:
    """The product of a function's Hessian and a vector, at the cost of two gradients.

    Args:
        f: a function that returns one number.
        argnums: which argument to differentiate with respect to.

    Returns:
        A function that takes the arguments of `f` and then the vector, in the shape of that argument.

    Raises:
        TypeError: when called, as for `grad`.
        ValueError: when called, as for `grad`, or if the vector has not the shape of the argument.

    Example:
        >>> from autograd import hvp
        >>> hvp(lambda x: x[0] ** 2 * x[1])([3.0, 5.0], [1.0, 0.0])
        [10.0, 6.0]
    """
    check_function(f, argnums, "hvp")

    def product(*args: Any, **kwargs: Any) -> Any:
        if len(args) < 2:
            raise TypeError("the function that hvp() returns takes the arguments of f, and then the vector")
        *args_of_f, vector = args
        call = Call(f, argnums, args_of_f, kwargs)
        weights = call.weights(call.selected, vector, "the vector")
        slopes, order = call.gradient_as_graph()
        return call.finish(call.like_inputs(call.pulled_back(slopes, weights, order)))

    return describe(product, "Hessian-vector product", f)


def unit(i: int, count: int) -> list[float]:
    """The unit vector along one of the inputs."""
    return [1.0 if j == i else 0.0 for j in range(count)]


def _sparse_jacobian(call: Call, outputs: Sequence[Any]) -> Any:
    edges = _edges(call, "jacobian")
    numbers = [edges.number[id(output)] if isinstance(output, Value) else None for output in outputs]
    with call.reading_numbers():
        found = jacobian_entries(edges, [number for number in numbers if number is not None])
    column = {number: place for place, number in enumerate(edges.inputs)}
    entries = [
        (row, column[i], slope)
        for row, number in enumerate(numbers)
        if number is not None
        for i, slope in (found.get(number) or ({number: 1.0} if number in column else {})).items()
    ]
    return as_matrix(entries, (len(outputs), len(call.inputs)))


def _sparse_hessian(call: Call) -> Any:
    edges = _edges(call, "hessian")
    result, count = call.number(), len(call.inputs)
    # The second derivatives of operations come from small graphs of their own, which have to be recorded.
    with call.reading_numbers(), graph_recording():
        found = hessian_entries(edges, edges.number[id(result)]) if isinstance(result, Value) else {}
    column = {number: place for place, number in enumerate(edges.inputs)}
    entries = [(column[i], column[j], slope) for i, row in found.items() for j, slope in row.items()]
    return as_matrix(entries, (count, count))


def _edges(call: Call, what: str) -> Edges:
    if call.gives_values:
        raise TypeError(
            f"{what}(f, sparse=True) gives floats, which could not be differentiated further, but {call.name} was called "
            f"with Values or computes with some other than its inputs; call it in no_grad(), or take {what}(f)"
        )
    return Edges(call.order, call.inputs)
