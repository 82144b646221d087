"""Optimisers: how parameters move once their gradients are known.

A rule is written once, in `move`, on flat arrays of all parameters and of their gradients. `step` applies it to
`Value`s; `nn.fit` applies it to the arrays that an engine computes with.

To add one, derive a class from `Optimizer` here, with the names of its `own` arguments, and put it into `OPTIMIZERS`.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from autograd.engine.floats import as_float
from autograd.engine.value import Value
from nn.module import Array, Module, numbers_of, set_numbers


class Optimizer(ABC):
    """What all optimisers have in common.

    Args:
        parameters: the `Value`s to train, as from ``model.parameters()``; each counts once.
        lr: the learning rate; it can be set again at any time, to 0 as well, which stops all movement.
        weight_decay: how fast parameters shrink beside that, by lr times weight_decay of themselves in each step:
            decoupled from the gradient (Loshchilov and Hutter 2019, arXiv:1711.05101).

    Raises:
        ValueError, TypeError: if the learning rate is not a positive number, there are no parameters, or one is no
            `Value`, or the result of an operation.
    """

    own: tuple[str, ...] = ()
    """The names of the arguments that not every optimiser has."""

    def __init__(self, parameters: Iterable[Value], lr: float, weight_decay: float = 0.0) -> None:
        if isinstance(parameters, Module):
            raise TypeError(f"{type(self).__name__} takes the parameters of a model; write model.parameters()")
        given = list(parameters)
        for parameter in given:
            if not isinstance(parameter, Value):
                raise TypeError(f"a parameter must be a Value, but got {parameter!r}")
            if parameter.primitive is not None:
                raise ValueError(f"a parameter must not be the result of an operation, but {parameter!r} is")
        self.parameters = list(dict.fromkeys(given))
        if not self.parameters:
            raise ValueError(f"{type(self).__name__} needs parameters to train, but got none; give the model Values")
        self.lr = lr
        if not self.lr:
            raise _bad_rate(lr)
        self.weight_decay = as_float(weight_decay, "weight_decay")
        if not 0.0 <= self.weight_decay < math.inf:
            raise ValueError(f"weight_decay must be 0 or a positive number, but got {weight_decay!r}; try 0.01")
        self.steps = 0
        self.moments: dict[str, Array] = {}

    @property
    def lr(self) -> float:
        """The learning rate."""
        return self._lr

    @lr.setter
    def lr(self, rate: Any) -> None:
        number = as_float(rate, "the learning rate lr")
        if not 0.0 <= number < math.inf:
            raise _bad_rate(rate)
        self._lr = number

    def update(self, numbers: Array, gradient: Array) -> None:
        """Make one step: shrink the parameters' numbers and move them, in place, given the gradient."""
        self.steps += 1
        if self.weight_decay:
            numbers *= 1.0 - self.lr * self.weight_decay
        self.move(numbers, gradient)

    @abstractmethod
    def move(self, numbers: Array, gradient: Array) -> None:
        """Move the parameters' numbers, in place, given the gradient; `steps` counts this step already."""

    def settings(self) -> dict[str, float]:
        """The arguments besides `parameters` and `lr`, those that are 0 left out."""
        numbers = {name: getattr(self, name) for name in (*self.own, "weight_decay")}
        return {name: number for name, number in numbers.items() if number}

    def step(self) -> None:
        """Move the parameters, given their gradients."""
        numbers = numbers_of(self.parameters)
        with np.errstate(all="ignore"):
            self.update(numbers, np.array([parameter.grad for parameter in self.parameters]))
        set_numbers(self.parameters, numbers.tolist())

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to 0."""
        for parameter in self.parameters:
            parameter.grad = 0.0

    def state_dict(self) -> dict[str, Any]:
        """All that the optimiser remembers, as numbers and arrays."""
        return {"lr": self.lr, "steps": self.steps, **{name: moment.copy() for name, moment in self.moments.items()}}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from where another optimiser was; a ValueError if it was of another kind or of other parameters."""
        expected = {"lr", "steps", *self.moments}
        if set(state) != expected:
            kind = type(self).__name__
            raise ValueError(f"this is no state of {kind}: it has {sorted(state)} and not {sorted(expected)}")
        moments = {name: np.array(state[name], dtype=float) for name in self.moments}
        for name, moment in moments.items():
            if moment.shape != self.moments[name].shape:
                raise ValueError(f"the state's {name} is for {moment.size} parameters, not {len(self.parameters)}")
        self.lr, self.steps, self.moments = state["lr"], int(state["steps"]), moments


class SGD(Optimizer):
    """Gradient descent: each parameter moves by -lr times its gradient.

    Args:
        parameters: the `Value`s to train.
        lr: the learning rate.
        momentum: how much of the last move is made again, as in PyTorch: the move is -lr times v, where v is the
            gradient plus momentum times the last v.
        weight_decay: as for every `Optimizer`.

    Raises:
        ValueError, TypeError: as every `Optimizer`; also if the momentum is not from 0 up to 1.

    Example:
        >>> x = Value(5.0)
        >>> (x**2).backward()
        >>> SGD([x], lr=0.25).step()
        >>> x.data
        2.5
    """

    own = ("momentum",)

    def __init__(
        self, parameters: Iterable[Value], lr: float = 0.01, momentum: float = 0.0, weight_decay: float = 0.0
    ) -> None:
        super().__init__(parameters, lr, weight_decay)
        self.momentum = _fraction(momentum, "momentum")
        if self.momentum:
            self.moments["velocity"] = np.zeros(len(self.parameters))

    def move(self, numbers: Array, gradient: Array) -> None:
        if self.momentum:
            velocity = self.moments["velocity"]
            velocity *= self.momentum
            velocity += gradient
            gradient = velocity
        numbers -= self.lr * gradient


class Adam(Optimizer):
    """Adam: gradient descent with a rate of its own for each parameter (Kingma and Ba 2015, arXiv:1412.6980).

    Args:
        parameters: the `Value`s to train.
        lr: the learning rate, about how far a parameter moves in a step.
        beta1, beta2: how slowly the means of gradients and of their squares forget.
        epsilon: what keeps the quotient of the two finite.
        weight_decay: as for every `Optimizer`; with it this is AdamW.

    Raises:
        ValueError, TypeError: as every `Optimizer`; also if a beta is not from 0 up to 1.

    Example:
        >>> x = Value(5.0)
        >>> (x**2).backward()
        >>> Adam([x], lr=0.25).step()
        >>> round(x.data, 6)
        4.75
    """

    own = ("beta1", "beta2", "epsilon")

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, lr, weight_decay)
        self.beta1 = _fraction(beta1, "beta1")
        self.beta2 = _fraction(beta2, "beta2")
        self.epsilon = as_float(epsilon, "epsilon")
        self.moments = {"mean": np.zeros(len(self.parameters)), "square": np.zeros(len(self.parameters))}

    def move(self, numbers: Array, gradient: Array) -> None:
        mean, square = self.moments["mean"], self.moments["square"]
        mean *= self.beta1
        mean += (1.0 - self.beta1) * gradient
        square *= self.beta2
        square += (1.0 - self.beta2) * gradient**2
        # Both means start at 0; dividing by the weight they have gathered since undoes that.
        rate = self.lr / (1.0 - self.beta1**self.steps)
        numbers -= rate * mean / (np.sqrt(square / (1.0 - self.beta2**self.steps)) + self.epsilon)


OPTIMIZERS: dict[str, Callable[..., Optimizer]] = {"sgd": SGD, "adam": Adam}
"""All optimisers, by name."""


def _bad_rate(rate: Any) -> ValueError:
    return ValueError(f"the learning rate lr must be a positive number, but got {rate!r}; try 0.01")


def _fraction(number: Any, what: str) -> float:
    fraction = as_float(number, what)
    if not 0.0 <= fraction < 1.0:
        raise ValueError(f"{what} must be from 0 up to but not including 1, but got {number!r}")
    return fraction
