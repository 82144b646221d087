"""Contexts of the engine: `no_grad`, in which nothing is recorded, and `differentiating`, in which nothing may get lost."""

from __future__ import annotations

from contextlib import nullcontext
from functools import wraps
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from autograd.engine.callers import frame_of_user
from autograd.engine.detachment import Conversion, DetachedError
from autograd.engine.recorder import PassingRecorder, Recorder, current_recorder, recording
from autograd.engine.value import Value, depends_on, forget

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from contextlib import AbstractContextManager
    from types import TracebackType

    F = TypeVar("F", bound=Callable[..., Any])


class Mode:
    """A context manager that is a decorator, too: of functions, of generators and of coroutines."""

    recorder: ClassVar[type[Recorder]]

    def __init__(self) -> None:
        self._entered: list[recording] = []

    def __enter__(self) -> None:
        context = recording(self.recorder())
        context.__enter__()
        self._entered.append(context)

    def __exit__(self, *exception: object) -> None:
        self._entered.pop().__exit__(*exception)

    def __call__(self, function: F) -> F:
        """Let the whole of a function run in this mode; of a generator or a coroutine the body, and nobody else."""
        import inspect

        make = type(self)
        if inspect.isasyncgenfunction(function):
            raise TypeError(
                f"{make.__name__}() cannot decorate the asynchronous generator {function.__name__}(); write "
                f"'with {make.__name__}():' around what it computes between two yields"
            )
        if inspect.isgeneratorfunction(function):
            decorated = _resumed_in(make, function)
        elif inspect.iscoroutinefunction(function):
            decorated = _awaited_in(make, function)
        else:
            decorated = _called_in(make, function)
        return cast("F", decorated)


def _called_in(make: type[Mode], function: Any) -> Any:
    @wraps(function)
    def called_inside(*args: Any, **kwargs: Any) -> Any:
        with make():
            return function(*args, **kwargs)

    return called_inside


def _awaited_in(make: type[Mode], function: Any) -> Any:
    @wraps(function)
    async def awaited_inside(*args: Any, **kwargs: Any) -> Any:
        with make():
            return await function(*args, **kwargs)

    return awaited_inside


def _resumed_in(make: type[Mode], function: Any) -> Any:
    """A generator that is in the mode while it runs, and out of it while it is suspended."""

    @wraps(function)
    def resumed_inside(*args: Any, **kwargs: Any) -> Any:
        generator = function(*args, **kwargs)
        given: tuple[Any, ...] = (None,)
        resume = generator.send
        try:
            while True:
                with make():
                    made = resume(*given)
                try:
                    resume, given = generator.send, ((yield made),)
                except GeneratorExit:
                    raise
                except BaseException as error:  # noqa: BLE001 (it is the generator's)
                    resume, given = generator.throw, (error,)
        except StopIteration as end:
            return end.value
        finally:
            with make():
                generator.close()

    return resumed_inside


class _NoGrad(PassingRecorder):
    def node(self, node: Value) -> None:
        self.passes_to.node(node)
        if not is_recording():
            self.passes_to.forget(node)
            forget(node)

    def convert(self, value: Value) -> None:
        if type(self.passes_to) is not Recorder:  # nobody differentiates, so nothing gets lost here
            self.passes_to.convert(value)


class no_grad(Mode):
    """A context in which operations compute numbers and record nothing, to save time and memory.

    It is also a decorator, for a whole function: write ``@no_grad()`` above it.

    Example:
        >>> from autograd import Value, no_grad
        >>> a = Value(2.0)
        >>> with no_grad():
        ...     b = a * 3
        >>> b.data, b.parents
        (6.0, ())
    """

    recorder = _NoGrad


class _Awake(PassingRecorder):
    """Marks a context inside `no_grad` in which nodes are recorded again."""


def graph_recording() -> AbstractContextManager[Any]:
    """A context in which nodes are recorded even inside `no_grad`, for a function that is to be differentiated."""
    return nullcontext() if is_recording() else recording(_Awake())


def is_recording() -> bool:
    """Whether nodes are recorded: False inside `no_grad`, unless something is differentiated there."""
    recorder = current_recorder()
    while isinstance(recorder, PassingRecorder):
        if isinstance(recorder, (_NoGrad, _Awake)):
            return isinstance(recorder, _Awake)
        recorder = recorder.passes_to
    return True


class differentiating:
    """A context in which a function is differentiated, so that what depends on its inputs must stay in the graph.

    A conversion to a plain number raises a `DetachedError`; if somebody catches that, it is raised again at the end.
    Nodes are recorded even inside `no_grad`.

    Args:
        inputs: the nodes with respect to which the function is differentiated.

    Raises:
        DetachedError: in the context or at its end.

    Example:
        >>> import math
        >>> from autograd import Value
        >>> x = Value(1.0, "x")
        >>> with differentiating([x]):
        ...     math.exp(x)  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        autograd.engine.detachment.DetachedError: Value(data=1.0, grad=0.0, label='x') became a plain number at ...
    """

    def __init__(self, inputs: Iterable[Value]) -> None:
        self._recorder = _Differentiating(inputs)
        self._recording = recording(self._recorder)

    def __enter__(self) -> None:
        self._recording.__enter__()

    def __exit__(self, kind: object, error: BaseException | None, traceback: TracebackType | None) -> None:
        self._recording.__exit__()
        if type(error).__module__.startswith("numpy") and "linalg" in _origin_of(traceback):
            error.add_note(  # type: ignore[union-attr]
                "numpy.linalg and scipy.linalg take no arrays of Values; autograd.solve, autograd.det and autograd.inv do"
            )
        lost = self._recorder.lost
        if lost is not None and error is not lost and (error is None or isinstance(error, Exception)):
            raise lost from error


def refuse_to_read(values: Iterable[Value]) -> None:
    """Before the numbers of values are read for good: raise if somebody differentiates with respect to one of them.

    Raises:
        DetachedError: in the words of a conversion to a plain number.
    """
    recorder = current_recorder()
    while isinstance(recorder, PassingRecorder):
        if isinstance(recorder, _Differentiating):
            for value in values:
                recorder.refuse(value)
        recorder = recorder.passes_to


def _origin_of(traceback: TracebackType | None) -> str:
    """The file that the innermost frame of a traceback is in."""
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    return "" if traceback is None else traceback.tb_frame.f_code.co_filename


class _Differentiating(_Awake):
    keeps_copies = True

    def __init__(self, inputs: Iterable[Value]) -> None:
        self.inputs = list(inputs)
        self.lost: DetachedError | None = None

    def convert(self, value: Value) -> None:
        self.refuse(value)
        self.passes_to.convert(value)

    def elsewhere(self, value: Value, happening: str) -> None:
        if happening == "turned into a plain number":
            self.refuse(value)

    def refuse(self, value: Value) -> None:
        """Raise, and remember it, if the derivative of a value would be lost."""
        if depends_on(value, self.inputs):
            lost = DetachedError(Conversion(value, frame_of_user()).describe())
            self.lost = self.lost or lost
            raise lost
