"""Functions that differentiate functions: `grad`, `value_and_grad`, and the products `vjp` and `jvp`.

They follow the conventions of HIPS autograd and JAX. Inputs and results are numbers, or containers of them: lists,
tuples, named tuples, dictionaries, dataclasses and arrays, nested if need be. Derivatives come back in the shape of the
inputs. They are floats, unless the function was called with `Value`s or computes with some other than its inputs, such
as a model's weights: then they are `Value`s, so that they can be differentiated with respect to those; in ``with
no_grad():`` they are floats all the same, as SciPy and others want them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, overload

from autograd.calculus.call import Call, name_of
from autograd.calculus.containers import like
from autograd.engine.value import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from autograd.calculus.signatures import Gradient, Gradients, ValueAndGradient

    Function = Callable[..., Any]


@overload
def grad(f: Function, argnums: Literal[0] = 0, has_aux: Literal[False] = False) -> Gradient: ...
@overload
def grad(f: Function, argnums: tuple[Literal[0], Literal[1]], has_aux: Literal[False] = False) -> Gradients: ...
@overload
def grad(f: Function, argnums: int | Sequence[int] = 0, has_aux: bool = False) -> Function: ...
def grad(f: Function, argnums: int | Sequence[int] = 0, has_aux: bool = False) -> Function:
    """The gradient of a function: one that takes the same arguments and returns the derivatives.

    Args:
        f: a function of numbers or containers of them that returns one number. It must compute with operations of
            this package, not of `math`.
        argnums: which argument to differentiate with respect to; for several, the result is a tuple.
        has_aux: whether `f` returns a pair, of the number and of something else; then the gradient comes with that.

    Returns:
        A function. Its result has the shape of the argument, and holds floats; or `Value`s, if `f` was called with
        `Value`s or computes with some, so that it can be differentiated with respect to those, and this is not
        done in ``with no_grad():``.

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
        >>> grad(lambda model: model["slope"] * 3 + model["bias"])({"slope": 1.0, "bias": 0.0})
        {'slope': 3.0, 'bias': 1.0}
    """
    check_function(f, argnums, "grad")

    def gradient(*args: Any, **kwargs: Any) -> Any:
        call = Call(f, argnums, args, kwargs, has_aux)
        return call.finish(call.like_inputs(call.row(call.number())))

    return describe(gradient, "gradient", f)


@overload
def value_and_grad(f: Function, argnums: Literal[0] = 0, has_aux: Literal[False] = False) -> ValueAndGradient: ...
@overload
def value_and_grad(f: Function, argnums: int | Sequence[int] = 0, has_aux: bool = False) -> Function: ...
def value_and_grad(f: Function, argnums: int | Sequence[int] = 0, has_aux: bool = False) -> Function:
    """As `grad`, but the function returns the value and the gradient; or with `has_aux`, ``(value, aux), gradient``.

    Args:
        f, argnums, has_aux: as for `grad`.

    Raises:
        TypeError, ValueError: as for `grad`.

    Example:
        >>> from autograd import value_and_grad
        >>> value_and_grad(lambda x: x * x)(3.0)
        (9.0, 6.0)
        >>> value_and_grad(lambda x: (x * x, "said besides"), has_aux=True)(3.0)
        ((9.0, 'said besides'), 6.0)
    """
    check_function(f, argnums, "value_and_grad")

    def value_and_gradient(*args: Any, **kwargs: Any) -> Any:
        call = Call(f, argnums, args, kwargs, has_aux)
        number = call.number()
        slopes = call.like_inputs(call.row(number))
        (value,) = call.given([number])
        call.close()
        return ((value, call.aux()) if has_aux else value), slopes

    return describe(value_and_gradient, "value and gradient", f)


def vjp(f: Function, *primals: Any, has_aux: bool = False) -> Any:
    """The result of a function, and the function that pulls adjoints of the result back to the inputs.

    Args:
        f: a function that returns a number or a container of them.
        primals: its arguments, all of which are differentiated.
        has_aux: whether `f` returns a pair, of the result and of something else.

    Returns:
        The result of `f`, and a function that takes an adjoint for each number of it, in its shape, and returns a
        tuple with the derivatives for each argument: a vector times the Jacobian. With `has_aux`, what `f` returned
        besides comes third.

    Raises:
        TypeError, ValueError: as for `grad`; the function, if the adjoints have not the shape of the result.

    Example:
        >>> from autograd import vjp
        >>> result, pull_back = vjp(lambda x, y: [x * y, x + y], 2.0, 5.0)
        >>> result, pull_back([1.0, 10.0])
        ([10.0, 7.0], (15.0, 12.0))
    """
    check_function(f, 0, "vjp")
    if not primals:
        raise ValueError(f"vjp() needs arguments of {name_of(f)} to differentiate with respect to, as in vjp(f, x)")
    call = Call(f, range(len(primals)), primals, {}, has_aux)
    outputs = call.numbers()

    def pull_back(adjoints: Any) -> Any:
        row = call.pulled_back(outputs, call.weights(call.result, adjoints, "the adjoint"))
        if call.gives_values:
            call.close()
        return call.like_inputs(row)

    result = like(call.result, iter(call.given(outputs)))
    return (result, pull_back, call.aux()) if has_aux else (result, pull_back)


def jvp(f: Function, primals: Sequence[Any], tangents: Sequence[Any], has_aux: bool = False) -> Any:
    """The result of a function, and how it moves if the arguments move along a direction: one forward pass.

    Args:
        f: a function that returns a number or a container of them.
        primals: its arguments, in a list or tuple.
        tangents: the direction, in the shape of the arguments.
        has_aux: whether `f` returns a pair, of the result and of something else.

    Returns:
        The result, and its derivative along the direction, in the same shape: the Jacobian times a vector. With
        `has_aux`, what `f` returned besides comes third.

    Raises:
        TypeError: as for `grad`, or if the arguments or the direction are not in a list or tuple.
        ValueError: if the direction has not the shape of the arguments.

    Example:
        >>> from autograd import jvp
        >>> jvp(lambda x, y: [x * y, x + y], (2.0, 5.0), (1.0, 0.0))
        ([10.0, 7.0], [5.0, 1.0])
    """
    check_function(f, 0, "jvp")
    for each in (primals, tangents):
        if not isinstance(each, (list, tuple)):
            raise TypeError(f"jvp() takes the arguments, and the direction, in a list or tuple, but got {each!r}")
    if not primals:
        raise ValueError(f"jvp() needs arguments of {name_of(f)} to move, as in jvp(f, (x,), (1.0,))")
    call = Call(f, range(len(primals)), primals, {}, has_aux)
    outputs = call.numbers()
    moved = call.pushed_forward(outputs, call.weights(call.selected, tuple(tangents), "the direction"))
    result = [like(call.result, iter(each)) for each in (call.given(outputs), moved)]
    call.close()
    return (*result, call.aux()) if has_aux else tuple(result)


def check_function(f: Function, argnums: int | Sequence[int], what: str) -> None:
    """Refuse what is no function, or no number of an argument.

    Raises:
        TypeError: in a sentence that says how `what` is called.
    """
    if not callable(f):
        hint = "; for a graph that is built use gradients(y, xs)" if isinstance(f, Value) else f", as in {what}(f)(x)"
        raise TypeError(f"{what}() takes a function, but got {f!r}{hint}")
    places = [argnums] if isinstance(argnums, int) else argnums
    if not isinstance(places, (list, tuple)) or not places or not all(type(place) is int for place in places):
        raise TypeError(f"argnums must be the number of an argument, or several such, but got {argnums!r}")


def describe(derived: Function, what: str, f: Function) -> Function:
    """Give a function that was derived from another its name and its docstring."""
    derived.__name__ = f"{what.replace(' ', '_').replace('-', '_').lower()}_of_{getattr(f, '__name__', 'f')}"
    derived.__doc__ = f"The {what} of {name_of(f)}."
    return derived
