"""`Module`: whatever has parameters.

A model is any object that computes with `Value`s. Deriving its class from `Module` finds those that can be trained:
every leaf that is kept in an attribute, in a list, tuple or dict, or in another module, however deeply. Nothing is
registered. The way to a parameter is its name, as in ``layers.0.neurons.3.w.1``.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd.engine.floats import as_float
from autograd.engine.value import Value

Array = NDArray[np.float64]


class Module:
    """The base class of models: derive from it, keep parameters in attributes, and write what it computes in `forward`.

    Example:
        >>> from autograd import Value
        >>> class Line(Module):
        ...     def __init__(self):
        ...         self.m, self.c = Value(5.0), Value(4.0)
        ...     def forward(self, x):
        ...         return self.m * x + self.c
        >>> line = Line()
        >>> line(1.0).data
        9.0
        >>> line.state_dict()
        {'m': 5.0, 'c': 4.0}
    """

    def __call__(self, *inputs: Any) -> Any:
        """What the model answers: `forward` of the same inputs; a NotImplementedError if the class has none."""
        return self.forward(*inputs)

    def forward(self, *inputs: Any) -> Any:
        """What the model computes; to be written by every class of models."""
        name = type(self).__name__
        raise NotImplementedError(f"{name} does not say what it computes; give it a method forward(self, x)")

    def predict(self, inputs: Any) -> Any:
        """The raw outputs at many points, without a graph, by array code: much quicker than point by point.

        Args:
            inputs: the points: an array of shape (n, d), or (n,) for a model that takes a float.

        Returns:
            an array of shape (n,) for one output, (n, k) for k.

        Raises:
            ValueError, TypeError: if the inputs are no such numbers, or not as many as the model takes.

        Example:
            >>> from nn import Linear
            >>> line = Linear(1, 1, seed=1)
            >>> line.predict([[0.0], [1.0], [2.0]]).shape
            (3,)
        """
        from nn.prediction import predict

        return predict(self, inputs)

    def __setattr__(self, name: str, item: Any) -> None:
        """Keep something in an attribute, and label the parameters in it with the way to them, as `state_dict` does."""
        object.__setattr__(self, name, item)
        for way, parameter in _parameters(name, item):
            if way.endswith(parameter.label):  # it has no label yet, or that of its way from a module inside
                parameter.label = way

    def named_parameters(self) -> list[tuple[str, Value]]:
        """All parameters, each once, with their names, in the order in which they are kept."""
        return _parameters("", self)

    def parameters(self) -> list[Value]:
        """All parameters, each once, in the order of `named_parameters`."""
        return [parameter for _, parameter in self.named_parameters()]

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to 0."""
        for parameter in self.parameters():
            parameter.grad = 0.0

    def label_parameters(self) -> None:
        """Label every parameter with its name, whatever its label was, so that pictures and formulas show it."""
        for name, parameter in self.named_parameters():
            parameter.label = name

    def state_dict(self) -> dict[str, float]:
        """The numbers of all parameters, by name; a ValueError if two have one, as the keys 1 and "1" of a dict."""
        numbers: dict[str, float] = {}
        for name, parameter in self.named_parameters():
            if name in numbers:
                raise ValueError(f"two parameters are both called {name!r}; keep them under different keys")
            numbers[name] = parameter.data
        return numbers

    def load_state_dict(self, numbers: Mapping[str, float]) -> None:
        """Set all parameters by name; if anything is wrong, none.

        Raises:
            ValueError, TypeError: if a number is missing or is none, or a name is that of no parameter.
        """
        named = dict(self.named_parameters())
        missing = [name for name in named if name not in numbers]
        unknown = [name for name in numbers if name not in named]
        if missing or unknown:
            wrong = [f"{_some(missing)} missing"] if missing else []
            wrong += [f"{_some(unknown)} no parameter of it"] if unknown else []
            raise ValueError(f"the numbers do not fit this {type(self).__name__}: {', and '.join(wrong)}")
        checked = {name: as_float(numbers[name], f"the parameter {name}") for name in named}
        for name, parameter in named.items():
            parameter.data = checked[name]


def numbers_of(parameters: Iterable[Value]) -> Array:
    """The numbers of parameters, in their order."""
    return np.array([parameter.data for parameter in parameters])


def set_numbers(parameters: Iterable[Value], numbers: Iterable[float]) -> None:
    """Give parameters these numbers, one for each."""
    for parameter, number in zip(parameters, numbers, strict=True):
        parameter.data = number


@contextmanager
def put_back(parameters: Sequence[Value], numbers: Iterable[float] | None = None) -> Iterator[None]:
    """Let parameters have other numbers meanwhile, if any are given, and afterwards all numbers and gradients again."""
    before = [(parameter, parameter.data, parameter.grad) for parameter in parameters]
    try:
        if numbers is not None:
            set_numbers(parameters, numbers)
        yield
    finally:
        for parameter, number, gradient in before:
            parameter.data, parameter.grad = number, gradient


def _parameters(name: str, item: Any) -> list[tuple[str, Value]]:
    """All parameters in a module, a container or a `Value`, each once, with names that begin with the item's."""
    found: list[tuple[str, Value]] = []
    seen: dict[int, Any] = {}  # holds on to what was seen, so that no id is used again
    stack: list[tuple[str, Any]] = [(name, item)]
    while stack:
        name, item = stack.pop()
        if id(item) in seen:
            continue
        if isinstance(item, Value):
            seen[id(item)] = item
            if item.primitive is None and not item.is_constant:
                found.append((name, item))
        elif (children := _children(item)) is not None:
            seen[id(item)] = item
            prefix = f"{name}." if name else ""
            stack.extend((f"{prefix}{key}", child) for key, child in reversed(list(children)))
    return found


def _children(item: Any) -> Iterable[tuple[Any, Any]] | None:
    """What a container holds, with the names to reach it by; None for what is no container."""
    if isinstance(item, Module):
        return vars(item).items()
    if isinstance(item, dict):
        return item.items()
    if isinstance(item, (list, tuple)) or (getattr(getattr(item, "dtype", None), "kind", "") == "O" and item.shape):
        return enumerate(item)
    return None


def _some(names: list[str]) -> str:
    return f"{names[0]} is" if len(names) == 1 else f"{names[0]} and {len(names) - 1} more are"
