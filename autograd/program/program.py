"""`compile` and `Program`: a function of scalars, recorded once, that runs on whole batches."""

from __future__ import annotations

import inspect
from importlib.util import find_spec
from operator import attrgetter
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from autograd.program.adjoint import differentiate
from autograd.program.recording import BranchError, Recording, Run
from autograd.program.rerolling import reroll

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from autograd.engine.value import Value
    from autograd.program.graph import Graph, Node
    from autograd.see.drawing import Picture

    Array = np.ndarray[Any, np.dtype[np.float64]]

_data = attrgetter("data")
# What functions raise that want sequences and are given scalars.
_REFUSALS = (TypeError, ValueError, AttributeError, LookupError, ArithmeticError, AssertionError)


class Backend(Protocol):
    """What runs a program. A batch comes as one array for each argument, of rows by points."""

    @property
    def source(self) -> str:
        """The generated code."""

    def values(self, parameters: Array, columns: Sequence[Array], points: int) -> Array:
        """The value at each point."""

    def sum_and_gradient(self, parameters: Array, columns: Sequence[Array], points: int) -> tuple[float, Array]:
        """The sum of the values over the points, and its gradient with respect to the parameters."""

    def bind(self, points: int) -> Bound:
        """The program for batches of one size, with parameters of its own."""


class Bound(Protocol):
    """A program that is bound to one size of batch."""

    parameters: Array
    gradient: Array

    def feed(self, columns: Sequence[Array]) -> None:
        """Take a batch, one array of rows for each argument."""

    def run(self) -> float:
        """Compute the sum, and leave its gradient in `gradient`."""


def compile(
    function: Callable[..., Any],
    *,
    backend: str = "numpy",
    widths: Sequence[int | None] | None = None,
    allow_nan: bool = False,
) -> Program:
    """Turn a function of scalars into array code that runs on a whole batch, with its gradient.

    The function is run once, on `Value`s, and its graph is recorded. The leaves that it reaches and that are not its
    arguments, such as a model's weights, are the program's parameters.

    Args:
        function: takes scalars or sequences of scalars, and returns one `Value`.
        backend: "numpy"; "python" for plain floats, fastest for single points of small expressions; or "jax".
        widths: for each argument how many scalars its sequence has, or None for a scalar. If absent, the first batch
            tells, and until then a function that takes scalars only is recorded right away.
        allow_nan: accept batches with nan in them.

    Raises:
        BranchError: if the function branches on a `Value`; use `where`, `maximum` or `relu`.
        TypeError: if it returns anything but one `Value`.
        ValueError: if its result does not depend on its arguments, or there is no such backend.
        ImportError: if the backend needs a package that is not installed.

    Example:
        >>> import autograd
        >>> w, b = autograd.variables(w=2.0, b=1.0)
        >>> program = autograd.compile(lambda x, y: (w * x + b - y) ** 2)
        >>> program([1.0, 2.0], [3.0, 4.0])
        array([0., 1.])
        >>> program.value_and_grad([1.0, 2.0], [3.0, 4.0])
        (0.5, array([2., 1.]))
        >>> w.data = 1.5
        >>> program([1.0, 2.0], [3.0, 4.0])
        array([0.25, 0.  ])
    """
    return Program(function, backend, widths, allow_nan)


class Program:
    """A recorded function that runs on batches; made by `compile`."""

    def __init__(
        self, function: Callable[..., Any], backend: str, widths: Sequence[int | None] | None, allow_nan: bool
    ) -> None:
        if not callable(function):
            raise TypeError(f"compile() takes a function, but got {function!r}")
        check_backend(backend)
        self.function = function
        self.name = getattr(function, "__name__", type(function).__name__)
        self.backend = backend
        self.allow_nan = allow_nan
        self._lock = Lock()
        self._names = argument_names(function)
        self._recorded: _Recorded | None = None
        self._direct: Callable[..., tuple[float, Any]] | None = None  # at one point of floats, without further checks
        self._guessed = widths is None
        if widths is not None:
            self._record(widths)
        elif self._names is not None:
            self._guess([None] * len(self._names))

    def _guess(self, widths: list[None]) -> None:
        """Record a function that takes scalars; one that fails on scalars waits for the shapes of its first batch."""
        try:
            run = Run(self.function, widths)
        except BranchError:
            raise
        except _REFUSALS:
            if not widths:
                raise
        else:
            self._take(run)

    def _record(self, widths: Sequence[int | None]) -> None:
        self._take(Run(self.function, widths))

    def _take(self, run: Run) -> None:
        """Keep what a run has shown."""
        self._recorded = _Recorded(Recording(run), self.backend)
        self._direct, self._count = self._recorded.direct, len(run.widths)

    @property
    def _ready(self) -> _Recorded:
        if self._recorded is None:
            raise ValueError(
                f"{self.name} takes sequences, and how long they are shows only when the program first runs on a batch; "
                "run it once, or say so with compile(f, widths=[...]), with None for a scalar"
            )
        return self._recorded

    @property
    def parameters(self) -> list[Value]:
        """The leaves that the function reaches and that are not its arguments, in the order of the gradient."""
        return list(self._ready.parameters)

    @property
    def widths(self) -> tuple[int | None, ...]:
        """For each argument how many scalars its sequence has; None for a scalar."""
        return self._ready.widths

    @property
    def source(self) -> str:
        """The generated code."""
        return self._ready.backend.source

    @property
    def graph(self) -> Picture:
        """A picture of the array operations that compute the value, with their shapes."""
        from autograd.program.drawing import picture

        ready = self._ready
        return picture(ready.root, self._names or [])

    def __call__(self, *batch: Any) -> Any:
        """The value at each point of a batch: an array; or at one point, given without the leading axis: a float.

        Args:
            batch: for each argument of the function an array with one more axis, in front, for the points.

        Raises:
            TypeError: if the number of arguments is wrong, or one is not numbers.
            ValueError: if lengths or widths do not fit, or there is a nan and `allow_nan` is not set.
        """
        columns, points, single = self._columns(batch)
        ready = self._ready
        with self._lock, np.errstate(all="ignore"):
            values = ready.backend.values(ready.numbers(), columns, points)
        return float(values[0]) if single else values

    def value_and_grad(self, *batch: Any, reduce: str = "mean") -> tuple[float, Any]:
        """The mean (or the sum) of the values over a batch, and its gradient with respect to the parameters.

        Args:
            batch: as for a call.
            reduce: "mean" or "sum".

        Raises:
            TypeError, ValueError: as for a call; also for an empty batch.
        """
        if self._direct is not None and (reduce == "mean" or reduce == "sum"):
            for number in batch:
                if type(number) is not float or number != number:  # noqa: PLR0124
                    break
            else:
                if len(batch) == self._count:
                    return self._direct(*batch)
        columns, points, _ = self._columns(batch)
        scale = scale_of(reduce, points)
        ready = self._ready
        with self._lock, np.errstate(all="ignore"):
            total, gradient = ready.backend.sum_and_gradient(ready.numbers(), columns, points)
            return (total, gradient) if scale == 1.0 else (total * scale, gradient * scale)

    def bind(self, *batch: Any, reduce: str = "mean") -> Step:
        """The program on one batch, with its parameters in one flat array: for the inner loop of a training.

        Example:
            >>> import autograd
            >>> w = autograd.Value(0.0, "w")
            >>> step = autograd.compile(lambda x, y: (w * x - y) ** 2).bind([1.0, 2.0], [2.0, 4.0])
            >>> for _ in range(100):
            ...     loss = step()
            ...     step.parameters -= 0.1 * step.gradient
            >>> step.store()
            >>> round(w.data, 6)
            2.0
        """
        columns, points, _ = self._columns(batch)
        return Step(self._ready, columns, points, reduce)

    # Batches.

    def _columns(self, batch: Sequence[Any]) -> tuple[list[Array], int, bool]:
        """A batch as one array for each argument, rows by points; how many points; whether it is a single point."""
        arrays = [self._array(i, each) for i, each in enumerate(batch)]
        if self._recorded is None or (self._guessed and not self._fits(arrays)):
            self._check_count(batch)
            self._record([None if array.ndim < 2 else array.shape[1] for array in arrays])
        self._guessed = False
        widths = self._ready.widths
        if len(arrays) != len(widths):
            self._count_error(len(widths), len(arrays))
        axes = {self._axes(i, array, width) for i, (array, width) in enumerate(zip(arrays, widths, strict=True))}
        if len(axes) > 1:
            raise ValueError(f"either all arguments of {self.name} have a leading axis for the points, or none has")
        if axes == {False} or not arrays:
            return [array.reshape(-1, 1) for array in arrays], 1, True
        lengths = [len(array) for array in arrays]
        if len(set(lengths)) > 1:
            listed = ", ".join(f"{self._argument(i)} has {length}" for i, length in enumerate(lengths))
            raise ValueError(f"all arguments need the same number of points, but {listed}")
        return [array.T if array.ndim == 2 else array[np.newaxis] for array in arrays], lengths[0], False

    def _array(self, i: int, given: Any) -> Array:
        try:
            array = np.asarray(given)
        except ValueError:
            raise ValueError(
                f"{self._argument(i)} has rows of unequal length; give each point as many numbers"
            ) from None
        if array.dtype.kind not in "fiub":
            raise TypeError(f"{self._argument(i)} must be an array of real numbers, but its dtype is {array.dtype}")
        array = np.asarray(array, float)
        if not self.allow_nan and np.isnan(array).any():
            where = np.argwhere(np.isnan(np.atleast_1d(array)))[0]
            raise ValueError(
                f"{self._argument(i)} has a nan at point {where[0]}; clean the batch, or compile with allow_nan=True"
            )
        return array

    def _axes(self, i: int, array: Array, width: int | None) -> bool:
        """Whether an argument has a leading axis.

        Raises:
            ValueError: if its shape is neither that of a batch nor that of a point.
        """
        shape = () if width is None else (width,)
        if array.shape == shape:
            return False
        if array.ndim == len(shape) + 1 and array.shape[1:] == shape:
            return True
        wanted = "(n,)" if width is None else f"(n, {width})"
        raise ValueError(
            f"{self._argument(i)} must have shape {wanted}, one row for each point, but it has {array.shape}"
        )

    def _fits(self, arrays: Sequence[Array]) -> bool:
        return all(array.ndim < 2 for array in arrays)

    def _argument(self, i: int) -> str:
        return f"argument {self._names[i]!r}" if self._names and i < len(self._names) else f"argument {i + 1}"

    def _check_count(self, batch: Sequence[Any]) -> None:
        if self._names is not None and len(batch) != len(self._names):
            self._count_error(len(self._names), len(batch))

    def _count_error(self, wanted: int, given: int) -> None:
        raise TypeError(f"{self.name} takes {wanted} argument{'' if wanted == 1 else 's'}, but got a batch of {given}")

    def __repr__(self) -> str:
        if self._recorded is None:
            return f"<program {self.name}, not yet recorded>"
        return f"<program {self.name} with {len(self._recorded.parameters)} parameters, backend {self.backend}>"


class _Recorded:
    """A recording that went through the passes, ready to run."""

    def __init__(self, recording: Recording, backend: str) -> None:
        self.widths = recording.widths
        rows = [1 if width is None else width for width in recording.widths]
        self.direct: Callable[..., tuple[float, Any]] | None = None
        self.backend: Backend
        if backend == "python":
            from autograd.program.backends.python import PythonBackend

            made = PythonBackend(recording.graph, recording.root, recording.parameters, recording.widths)
            self.root, self.parameters = recording.root, made.parameters
            self.backend, self.direct = made, made.direct
            return
        self.root, column, order = reroll(recording.graph, recording.root, len(recording.parameters))
        if rows:
            self.root = recording.graph.expand(self.root, 1, True)
        self.parameters = [recording.parameters[i] for i in order]
        (gradient,) = differentiate(recording.graph, self.root, [column])
        self.backend = _array_backend(backend)(recording.graph, self.root, gradient, rows)

    def numbers(self) -> Array:
        """The parameters' numbers, as they are now."""
        return np.fromiter(map(_data, self.parameters), float, len(self.parameters))


def _array_backend(name: str) -> Callable[[Graph, Node, Node, Sequence[int]], Backend]:
    if name == "jax":
        from autograd.program.backends.jax import JaxBackend

        return JaxBackend
    from autograd.program.backends.numpy import NumpyBackend

    return NumpyBackend


class Step:
    """A program on one batch: each call computes the value and writes the gradient; nothing is copied or checked.

    `parameters` and `gradient` are flat arrays, in the order of the program's parameters. The `Value`s keep their
    numbers until `store`; `load` takes them over again.
    """

    def __init__(self, recorded: _Recorded, columns: Sequence[Array], points: int, reduce: str) -> None:
        self._scale = scale_of(reduce, points)
        self._values = recorded.parameters
        self._bound = recorded.backend.bind(points)
        self._run = self._bound.run
        self.parameters = self._bound.parameters
        self.gradient: Array = np.zeros(len(self.parameters))
        self.feed(columns)
        self.load()

    def __call__(self) -> float:
        """Compute the value, and leave the gradient in `gradient`."""
        with np.errstate(all="ignore"):
            total = self._run()
            np.multiply(self._bound.gradient, self._scale, out=self.gradient)
            return total * self._scale

    def feed(self, columns: Sequence[Array]) -> None:
        """Take another batch of the same size: for each argument a float array with a column for each point."""
        self._bound.feed(columns)

    def load(self) -> None:
        """Take the numbers of the `Value`s."""
        self.parameters[:] = np.fromiter(map(_data, self._values), float, len(self._values))

    def store(self) -> None:
        """Give the numbers to the `Value`s."""
        for value, number in zip(self._values, self.parameters.tolist(), strict=True):
            value.data = number


def scale_of(reduce: str, points: int) -> float:
    """What to multiply a sum over the points by.

    Raises:
        ValueError: if `reduce` is not known, or there is no point.
    """
    if reduce not in ("mean", "sum"):
        raise ValueError(f"reduce must be 'mean' or 'sum', but got {reduce!r}")
    if not points:
        raise ValueError("an empty batch has no value and no gradient; give at least one point")
    return 1.0 / points if reduce == "mean" else 1.0


def check_backend(name: str) -> None:
    """Refuse a backend that does not exist or is not installed.

    Raises:
        ValueError: if there is no such backend.
        ImportError: if it needs a package that is not installed.
    """
    if name not in ("numpy", "python", "jax"):
        raise ValueError(f"there is no backend {name!r}; choose 'numpy', 'python' or 'jax'")
    if name == "jax" and find_spec("jax") is None:
        raise ImportError("the backend 'jax' needs JAX, which is not installed; pip install 'scalar-autograd[jax]'")


def argument_names(function: Callable[..., Any]) -> list[str] | None:
    """The names of a function's arguments; None where they cannot be told, or their number varies."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return None
    if any(each.kind is each.VAR_POSITIONAL for each in parameters):
        return None
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [each.name for each in parameters if each.kind in positional and each.default is each.empty]
