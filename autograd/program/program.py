"""`compile` and `Program`: a function of scalars, recorded once, that runs on whole batches."""

from __future__ import annotations

import pickle
from copy import copy, deepcopy
from functools import partial
from math import isfinite
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from autograd.engine.modes import refuse_to_read
from autograd.engine.recorder import current_recorder, ordinary
from autograd.program.backends import find_backend
from autograd.program.batches import Arguments
from autograd.program.bound import BoundProgram
from autograd.program.choice import Choice, Costs
from autograd.program.compiled import Compiled, array_work, pick
from autograd.program.faithfulness import UnfaithfulError, difference, difference_at, follow, random_state_put_back
from autograd.program.recording import BranchError, Recording, Run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from autograd.engine.value import Value
    from autograd.see.picture import Picture

    Array = np.ndarray[Any, np.dtype[np.float64]]

# What a function that takes sequences may raise when it is called with scalars.
_REFUSALS = (TypeError, ValueError, AttributeError, LookupError, ArithmeticError, AssertionError)


def compile(
    function: Callable[..., Any],
    *,
    backend: str = "auto",
    parameters: Iterable[Value] | None = None,
    widths: Sequence[int | None] | None = None,
    allow_nan: bool = False,
) -> Program:
    """Turn a function of scalars into array code that runs on a whole batch, with its gradient.

    The function is run once, on `Value`s, and its graph is recorded. The leaves that it reaches and that are not its
    arguments, such as a model's weights, are the program's parameters; their numbers are read at each call. All else
    is as it was when the function ran: plain numbers, lists, what a random generator gave. `Program.check` compares.
    `Program.value_and_grad` differentiates with respect to the parameters, `Program.jacobian` to the arguments.

    Args:
        function: takes scalars or sequences of scalars, and returns a `Value`, or a list or an array of them.
        backend: "numpy"; "python" for plain floats, quickest for single points of small expressions and for long
            calculations without any regularity; "native" for machine code, where llvmlite is installed; "jax"; or
            "auto": of the first three, by what was recorded, the one that is quickest for a batch.
        parameters: what gradients are with respect to, in this order; what the function does not reach has 0. If
            absent, all leaves, in the order in which a walk from the result meets them.
        widths: for each argument how many scalars its sequence has, or None for a scalar. If absent, the first batch
            tells, and until then a function that takes scalars only is recorded right away.
        allow_nan: accept batches with nan in them.

    Raises:
        BranchError: if the function branches on a `Value`; use `where`, `maximum` or `relu`.
        TypeError: if it returns anything but `Value`s.
        ValueError: if there is no such backend.
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
    return Program(function, backend, parameters, widths, allow_nan)


class _Gone:
    """Stands for a function that was not pickled."""

    def __init__(self, name: str) -> None:
        self.__name__ = name

    def __call__(self, *arguments: Any) -> Any:
        raise TypeError(
            f"{self.__name__} was not pickled with its program, so it cannot be recorded again; "
            "pickle programs of functions that can be imported, or give batches of the same widths"
        )


class Program:
    """A recorded function that runs on batches; made by `compile`."""

    def __init__(
        self,
        function: Callable[..., Any],
        backend: str,
        parameters: Iterable[Value] | None,
        widths: Sequence[int | None] | None,
        allow_nan: bool,
    ) -> None:
        if not callable(function):
            raise TypeError(f"compile() takes a function, but got {function!r}")
        if backend != "auto":
            find_backend(backend)
        self.function = function
        self.name = getattr(function, "__name__", type(function).__name__)
        self.arguments = Arguments(function, allow_nan)
        self._wanted = backend
        self._given = None if parameters is None else list(parameters)
        self._recording: Recording | None = None
        self._compiled: dict[str, Compiled] = {}
        self._costs: Costs | None = None
        # For points of floats, without any checks: the leaves, the Python function of the gradient, how many arguments.
        self._quick: tuple[list[Value], Callable[..., list[float]], int] | None = None
        self._backend = ""  # of the last call
        self._guessed = widths is None
        names = self.arguments.names
        if widths is not None:
            self._take(Run(self.function, widths))
        elif names is not None:
            self._guess([None] * len(names))

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

    def _take(self, run: Run) -> None:
        """Keep what a run of the function has recorded; a program computes with the numbers of its parameters only."""
        self._recording = Recording(run)
        refuse_to_read(self._recording.parameters)
        self._compiled, self._costs, self._quick = {}, None, None
        self._backend = self._choose(1000 if run.widths else 1)

    @property
    def _recorded(self) -> Recording:
        if self._recording is None:
            raise ValueError(
                f"{self.name} takes sequences, and how long they are shows only when the program first runs on a batch; "
                "run it once, or say so with compile(f, widths=[...]), with None for a scalar"
            )
        return self._recording

    # Copies and pickles: of what was recorded. The generated code is made again where it is wanted.

    def __getstate__(self) -> dict[str, Any]:
        state = {**vars(self), "_compiled": {}, "_quick": None}
        try:
            pickle.dumps(self.function)
        except (pickle.PicklingError, AttributeError, TypeError):  # as for a lambda: the recording does without it
            if self._recording is None:
                raise TypeError(
                    f"{self.name} takes sequences and was not run yet, so there is no recording to keep; "
                    "run it once before you pickle it, or say compile(f, widths=[...])"
                ) from None
            state["function"] = _Gone(self.name)
        return state

    def __copy__(self) -> Program:
        twin = object.__new__(Program)
        vars(twin).update(vars(self), _compiled={}, _quick=None)
        return twin

    def __deepcopy__(self, memo: dict[int, Any]) -> Program:
        twin = copy(self)
        memo[id(self)] = twin
        vars(twin).update((name, deepcopy(vars(self)[name], memo)) for name in ("_recording", "_given"))
        return twin

    # What it is.

    @property
    def parameters(self) -> list[Value]:
        """What gradients are with respect to, in their order."""
        return list(self._recorded.parameters if self._given is None else self._given)

    @property
    def widths(self) -> tuple[int | None, ...]:
        """For each argument how many scalars its sequence has; None for a scalar."""
        return self._recorded.widths

    @property
    def backend(self) -> str:
        """The backend of the last batch; before the first, that of a large one.

        With ``backend="auto"`` it is displayed with the reason for the choice.
        """
        failure = self._compiled[self._backend].failure if self._backend in self._compiled else ""
        return Choice("python", failure) if failure else self._backend or self._wanted

    @property
    def source(self) -> str:
        """The generated code: for the values, and for their sum and its gradient."""
        compiled = self._compile(self._backend or self._wanted)
        text = f"# The value at each point.\n{compiled.values.kernel.source}"
        if self._recorded.shape == ():
            text += f"\n\n# The sum over the points, and its gradient.\n{compiled.sum_and_gradient().kernel.source}"
        return text

    @property
    def graph(self) -> Picture:
        """A picture of the array operations that compute the value, with their shapes."""
        from autograd.program.drawing import picture

        return picture(self._compile("numpy").root, self.arguments.names or [])

    def __repr__(self) -> str:
        if self._recording is None:
            return f"<program {self.name}, not yet recorded>"
        count = len(self.parameters)
        return f"<program {self.name} with {count} parameter{'s' * (count != 1)}, backend {self.backend}>"

    # Running it.

    @overload
    def __call__(self, *batch: float) -> float: ...
    @overload
    def __call__(self, *batch: Any) -> Array: ...
    def __call__(self, *batch: Any) -> float | Array:
        """The value at each point of a batch: an array; or at one point, given without the leading axis: a float.

        Of a function that returns a list or an array, an array of that shape; for a batch with one more axis in front.

        Args:
            batch: for each argument of the function an array with one more axis, in front, for the points. An argument
                without that axis is the same at each point.

        Raises:
            TypeError: if the number of arguments is wrong, or one is not numbers.
            ValueError: if lengths or widths do not fit, or there is a nan and `allow_nan` is not set.
        """
        columns, points, single = self._columns(batch)
        shape = self._recorded.shape
        if not points:
            return np.empty((0, *shape))
        compiled = self._compile_for(points)
        (values,) = compiled.values(compiled.numbers(), columns, points)
        self._tell(columns, [values])
        if single:
            return values.reshape(shape) if shape else float(values[0, 0])
        return values.T.reshape(points, *shape)

    def value_and_grad(self, *batch: Any, reduce: str = "mean") -> tuple[float, Array]:
        """The mean (or the sum) of the values over a batch, and its gradient with respect to the parameters.

        `jacobian` differentiates with respect to the arguments. A program without parameters has an empty gradient.

        Args:
            batch: as for a call.
            reduce: "mean" or "sum".

        Raises:
            TypeError, ValueError: as for a call; also for an empty batch, and for a function of several results.
        """
        if self._quick is not None and (reduce == "mean" or reduce == "sum"):
            leaves, function, count = self._quick
            for number in batch:
                if type(number) is not float:
                    count = -1
            if count == len(batch):
                numbers = [leaf.data for leaf in leaves]
                results = function(numbers, *[[number] for number in batch]) if batch else function(numbers)
                if results is not None and isfinite(sum(results)):  # else with care, or once optimized
                    return results[0], np.array(results[1:])
        columns, points, single = self._columns(batch)
        scale = self._scale(reduce, points)
        compiled = self._compile_for(points)
        total, gradient = compiled.run(compiled.sum_and_gradient, columns, points)
        self._tell(columns, [total, gradient], self.parameters)
        if single and compiled.in_order and all(width is None for width in self.widths):
            quick = getattr(compiled.sum_and_gradient().kernel, "function", None)
            self._quick = None if quick is None else (compiled.leaves, quick, len(self.widths))
        return float(total[0, 0]) * scale, compiled.pick(gradient[:, 0]) * scale

    def jacobian(self, *batch: Any, of: str = "arguments") -> Array | tuple[Array, ...]:
        """The derivatives at each point of a batch, with respect to the arguments, or to the parameters.

        Args:
            batch: as for a call.
            of: "arguments" or "parameters".

        Returns:
            With respect to a single argument, an array: its axes are that of the points (not for a single point), those
            of the result, if it has any, and that of the argument, if it is a sequence. With respect to several
            arguments, a tuple of such arrays. With respect to the parameters, an array whose last axis is theirs.

        Raises:
            TypeError, ValueError: as for a call.

        Example:
            >>> import autograd
            >>> w = autograd.Value(3.0)
            >>> program = autograd.compile(lambda x: w * x**2)
            >>> program.jacobian([1.0, 2.0])
            array([ 6., 12.])
            >>> program.jacobian([1.0, 2.0], of="parameters")
            array([[1.],
                   [4.]])
        """
        if of not in ("arguments", "parameters"):
            raise ValueError(f"of must be 'arguments' or 'parameters', but got {of!r}")
        columns, points, single = self._columns(batch)
        recording, widths = self._recorded, self.widths
        positions = range(len(widths))
        if of == "parameters":
            compiled = self._compile_for_each_point(points)
            numbers = np.fromiter((each.data for each in recording.parameters), float)
            columns = [*columns, np.broadcast_to(numbers[:, np.newaxis], (len(numbers), points))]
            widths, positions = (*widths, len(numbers)), range(len(widths), len(widths) + 1)
        else:
            compiled = self._compile_for(points)
        tables = compiled.run(partial(compiled.jacobian, positions), columns, points)
        self._tell(columns[: len(self.widths)], tables, self.parameters)
        arrays = []
        for position, table in zip(positions, tables, strict=True):
            width = widths[position]
            shape = (*recording.shape, *(() if width is None else (width,)))
            arrays.append(table[:, 0].reshape(shape) if single else table.T.reshape(points, *shape))
        if of == "parameters":
            return pick(arrays[0], recording.parameters, self.parameters)
        return arrays[0] if len(arrays) == 1 else tuple(arrays)

    def bind(self, *batch: Any, reduce: str = "mean") -> BoundProgram:
        """The program on one batch, with its parameters in one flat array: for the inner loop of a training.

        Args:
            batch: as for a call.
            reduce: "mean" or "sum".

        Raises:
            TypeError, ValueError: as for `value_and_grad`.

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
        scale = self._scale(reduce, points)
        columns = [np.array(column) for column in columns]  # which are its own, whatever becomes of the batch
        return BoundProgram(self._compile_for(points), self.parameters, columns, points, scale)

    def check(self, *batch: Any) -> None:
        """Compare the program with its function: with a fresh recording, and at a few of the points given.

        What a function does besides arithmetic on its arguments is frozen when it is recorded: numbers that it draws,
        plain numbers that change, branches that it takes by them. Random generators are as they were afterwards.

        Args:
            batch: as for a call.

        Raises:
            UnfaithfulError: if they differ; the message says in what.
            TypeError, ValueError: as for a call.

        Example:
            >>> import autograd
            >>> settings = {"weight": 2.0}
            >>> program = autograd.compile(lambda x: x * settings["weight"])
            >>> program.check([1.0, 2.0])
            >>> settings["weight"] = 3.0
            >>> program.check([1.0, 2.0])
            Traceback (most recent call last):
            autograd.program.faithfulness.UnfaithfulError: <lambda> is not what was recorded: where it had the plain number 2, it now has the plain number 3; compile it again
        """
        columns, points, _ = self._columns(batch)
        reason = self.changes()
        with random_state_put_back():
            for i in sorted({0, points // 2, points - 1} if points else ()):
                reason = reason or self._difference_at([column[:, i].tolist() for column in columns])
        if reason:
            raise UnfaithfulError(f"{self.name} is not what was recorded: {reason}; compile it again")

    def changes(self) -> str:
        """In what a fresh recording of the function differs from this program, in words; "" if in nothing."""
        with random_state_put_back():
            try:
                return difference(self._recorded, Recording(Run(self.function, self.widths)))
            except _REFUSALS as error:
                return f"it now raises {type(error).__name__}: {error}"

    def _tell(
        self, columns: Sequence[Array], results: Sequence[Array], parameters: Sequence[Value] | None = None
    ) -> None:
        """Let a context that watches nodes see where a result that is not finite comes from."""
        recorder = current_recorder()
        if recorder is ordinary or all(np.isfinite(each).all() for each in results):
            return

        def again() -> None:
            if isinstance(self.function, _Gone):
                return
            for i in range(max((column.shape[1] for column in columns), default=1)):
                follow(self.function, parameters, self._point([column[:, i].tolist() for column in columns]))

        recorder.ran(self.name, again)

    def _point(self, rows: Sequence[list[float]]) -> list[Any]:
        """The numbers of one point as the function takes them."""
        return [row[0] if width is None else row for row, width in zip(rows, self.widths, strict=True)]

    def _difference_at(self, rows: Sequence[list[float]]) -> str:
        point = self._point(rows)
        gradient = self.value_and_grad(*point)[1] if self._recorded.shape == () else None
        return difference_at(self.function, self.parameters, point, np.asarray(self(*point)), gradient)

    def _scale(self, reduce: str, points: int) -> float:
        """What to multiply a sum over the points by."""
        if reduce not in ("mean", "sum"):
            raise ValueError(f"reduce must be 'mean' or 'sum', but got {reduce!r}")
        if not points:
            raise ValueError("an empty batch has no value and no gradient; give at least one point")
        if self._recorded.shape != ():
            raise ValueError(
                f"{self.name} returns an array of shape {self._recorded.shape}, and only a single number has a gradient; "
                "return one, or take program.jacobian(*batch)"
            )
        return 1.0 / points if reduce == "mean" else 1.0

    def _columns(self, batch: Sequence[Any]) -> tuple[list[Array], int, bool]:
        """A batch as one array for each argument, rows by points; how many points; whether it is a single point."""
        arrays = self.arguments.arrays(batch)
        if self._recording is None or (self._guessed and any(array.ndim > 1 for array in arrays)):
            if self.arguments.names is not None:
                self.arguments.check_count(len(batch), len(self.arguments.names))
            self._take(Run(self.function, [None if array.ndim < 2 else array.shape[1] for array in arrays]))
        self._guessed = False
        return self.arguments.columns(arrays, self.widths)

    # Backends.

    def _compile(self, backend: str) -> Compiled:
        if backend not in self._compiled:
            instead = "python" if self._wanted == "auto" and backend == "native" else ""
            self._compiled[backend] = Compiled(self._recorded, backend, self.parameters, instead)
        return self._compiled[backend]

    def _compile_for(self, points: int) -> Compiled:
        self._backend = self._choose(points)
        return self._compile(self._backend)

    def _compile_for_each_point(self, points: int) -> Compiled:
        """The program with its parameters as one more argument, so that each point has derivatives by them of its own."""
        key = f"{self._choose(points)}, point by point"
        if key not in self._compiled:
            self._compiled[key] = Compiled(self._recorded.with_parameters_as_argument(), self._choose(points), [])
        return self._compiled[key]

    def _choose(self, points: int) -> str:
        """The backend that the user asked for, or else the quickest one for so many points."""
        if self._wanted != "auto":
            return self._wanted
        if self._costs is None:
            self._costs = Costs(self._recorded.roots, lambda: array_work(self._compile("numpy").root))
        return self._costs.choose(points)
