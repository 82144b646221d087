"""Networks of neurons: `Neuron`, `Layer`, `MLP` and what to build others from, written scalar by scalar.

A neuron computes ``activation(w . x + b)``, a layer is neurons side by side, a multilayer perceptron is layers one
after the other, the last one linear. `Sequential` puts any modules one after the other. They are called with one point,
as ``model([0.5, 1.0])``; its numbers become nodes once, so that a picture shows each input once.

Initial weights are uniform in ±sqrt(6 / nin) before a rectifier (He et al. 2015, arXiv:1502.01852) and ±sqrt(3 / nin)
elsewhere (LeCun et al. 1998, "Efficient BackProp"), which keeps the size of signals from layer to layer. Biases are
uniform in ±1 / sqrt(nin): if they were 0, all rectifiers of one input would bend at the same place. Each neuron draws
its weights, then its bias. They are drawn from a generator of the caller's, or one with the seed given, or else
Python's own `random`, so that `random.seed` decides.
"""

import math
import operator
import random
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from autograd.engine import ops
from autograd.engine.choices import choose
from autograd.engine.primitive import TABLE, Primitive, public_operations
from autograd.engine.value import Value, as_constant, record_dot, record_unary
from nn.module import Module

RECTIFIERS = ("relu", "leaky_relu", "silu", "gelu")


class Feedforward(Module):
    """What takes one point of `nin` numbers at a time: the base class of the library's own layers.

    Their `forward` gets the numbers as checked `Value`s, so that each is one node however many neurons read it.
    """

    nin: int

    def __call__(self, x: Any) -> Value | list[Value]:
        """The outputs for one point: a list of `Value`s, or the `Value` itself if there is one output.

        Raises:
            ValueError, TypeError: if the number of inputs is wrong, or one is not a number.
        """
        numbers = as_list(x)
        if len(numbers) != self.nin:
            many = numbers and hasattr(numbers[0], "__len__")
            hint = "; call it with one point at a time, [model(x) for x in points]" if many else f": {x!r}"
            hint += "" if hasattr(x, "__len__") else "; give each point as a list, as in [[1.0, 2.0]]"
            raise ValueError(f"{self!r} takes {self.nin} input{'s' * (self.nin > 1)}, but got {len(numbers)}{hint}")
        outputs: Value | list[Value] = self.forward(as_values(numbers))
        return outputs[0] if isinstance(outputs, list) and len(outputs) == 1 else outputs

    def architecture(self) -> dict[str, Any]:
        """The arguments that make another module like this one."""
        raise NotImplementedError

    def __repr__(self) -> str:
        made = self.architecture()
        shown = [repr(made[name]) for name in ("nin", "nout", "nouts", "activation") if name in made]
        unusual = (("bias", True), ("output", "linear"))
        shown += [f"{name}={made[name]!r}" for name, usual in unusual if made.get(name, usual) != usual]
        return f"{type(self).__name__}({', '.join(shown)})"


class Neuron(Feedforward):
    """One neuron: a weighted sum of its inputs, plus a bias, through an activation.

    Args:
        nin: how many inputs it has.
        activation: "linear", or the name of any operation on one number, such as "relu", "tanh" or one of your own.
        bias: whether it has a bias.
        nonlin: False makes it linear, as in micrograd.
        seed: of the generator that draws the initial weights.
        rng: that generator itself, a `random.Random` or a NumPy generator.

    Raises:
        ValueError: if there is no such activation, `nin` is less than 1, or both a seed and a generator are given.
        TypeError: if an argument is of the wrong type.

    Example:
        >>> neuron = Neuron(2, "tanh", seed=1)
        >>> neuron.load_state_dict({"w.0": 0.5, "w.1": -1.0, "b": 0.25})
        >>> neuron([1.5, 1.0])
        Value(data=0.0, grad=0.0)
    """

    if TYPE_CHECKING:

        def __call__(self, x: Any) -> Value: ...

    def __init__(
        self,
        nin: int,
        activation: str | Primitive | bool = "relu",
        bias: bool = True,
        *,
        nonlin: bool | None = None,
        seed: int | None = None,
        rng: Any = None,
    ) -> None:
        if isinstance(activation, bool):  # micrograd's second argument is nonlin
            nonlin, activation = activation, "relu"
        self.nin = as_whole(nin, "nin")
        self.activation = "linear" if nonlin is False else _activation_name(activation)
        self.operation = TABLE.get(self.activation)  # none for "linear"
        rng = as_generator(seed, rng)
        weight_limit = math.sqrt((6.0 if self.activation in RECTIFIERS else 3.0) / self.nin)
        bias_limit = 1.0 / math.sqrt(self.nin)
        self.w = [Value(rng.uniform(-weight_limit, weight_limit)) for _ in range(self.nin)]
        self.b = Value(rng.uniform(-bias_limit, bias_limit)) if bias else None

    def forward(self, x: list[Value]) -> Value:
        """The neuron's output for inputs that have been checked."""
        total = record_dot(self.w + x)
        if self.b is not None:
            total = total + self.b
        if self.operation is None:
            return total
        return total.relu() if self.operation is TABLE["relu"] else record_unary(self.operation, total)

    def architecture(self) -> dict[str, Any]:
        return {"nin": self.nin, "activation": self.activation, "bias": self.b is not None}


class Layer(Feedforward):
    """Neurons side by side, all with the same inputs.

    Args:
        nin: how many inputs each neuron has.
        nout: how many neurons there are.
        activation, bias, nonlin, seed, rng, and errors: as for `Neuron`.

    Example:
        >>> layer = Layer(2, 3, "linear", seed=1)
        >>> len(layer([1.0, 2.0])), len(layer.parameters())
        (3, 9)
    """

    def __init__(
        self,
        nin: int,
        nout: int,
        activation: str | Primitive | bool = "relu",
        bias: bool = True,
        *,
        nonlin: bool | None = None,
        seed: int | None = None,
        rng: Any = None,
    ) -> None:
        rng = as_generator(seed, rng)
        count = as_whole(nout, "nout")
        self.neurons = [Neuron(nin, activation, bias, nonlin=nonlin, rng=rng) for _ in range(count)]
        self.nin = self.neurons[0].nin

    def forward(self, x: list[Value]) -> list[Value]:
        """The neurons' outputs for inputs that have been checked."""
        return [neuron.forward(x) for neuron in self.neurons]

    def architecture(self) -> dict[str, Any]:
        return {**self.neurons[0].architecture(), "nout": len(self.neurons)}


class Linear(Layer):
    """A layer that only adds up, unless it is given an activation: PyTorch's name for it.

    Args:
        nin, nout, activation, bias, seed, rng, and errors: as for `Layer`.

    Example:
        >>> class Bell(Module):
        ...     def __init__(self):
        ...         self.hidden, self.relu, self.output = Linear(1, 20, seed=1), ReLU(), Linear(20, 1, seed=2)
        ...     def forward(self, x):
        ...         return self.output(self.relu(self.hidden(x)))
        >>> list(Bell().state_dict())[:2]
        ['hidden.neurons.0.w.0', 'hidden.neurons.0.b']
    """

    def __init__(
        self,
        nin: int,
        nout: int,
        activation: str | Primitive = "linear",
        bias: bool = True,
        *,
        seed: int | None = None,
        rng: Any = None,
    ) -> None:
        super().__init__(nin, nout, activation, bias, seed=seed, rng=rng)


class Activation(Module):
    """An operation on each number that it is called with: what stands between layers that only add up.

    Args:
        activation, and errors: as for `Neuron`.

    Example:
        >>> Activation("relu")([Value(-1.0), 2.0])
        [Value(data=0.0, grad=0.0), Value(data=2.0, grad=0.0)]
    """

    def __init__(self, activation: str | Primitive) -> None:
        self.activation = _activation_name(activation)
        self.operation = TABLE.get(self.activation)  # none for "linear"

    def forward(self, x: Any) -> Any:
        """Each number through the operation: a list of `Value`s, or a `Value` if one number is given."""
        outputs = [value if self.operation is None else record_unary(self.operation, value) for value in as_values(x)]
        return outputs if getattr(x, "shape", None) != () and hasattr(x, "__iter__") else outputs[0]

    def architecture(self) -> dict[str, Any]:
        """The arguments that make another one like this."""
        return {"activation": self.activation}

    def __repr__(self) -> str:
        return f"Activation({self.activation!r})"


def ReLU() -> Activation:
    """The module that applies `relu`, by PyTorch's name."""
    return Activation("relu")


def Tanh() -> Activation:
    """The module that applies `tanh`, by PyTorch's name."""
    return Activation("tanh")


def Sigmoid() -> Activation:
    """The module that applies `sigmoid`, by PyTorch's name."""
    return Activation("sigmoid")


class Sequential(Module):
    """Modules one after the other: each gets what the one before it answers.

    Args:
        modules: layers, or anything else that can be called with a point.

    Raises:
        ValueError, TypeError: if there are none, or one of them cannot be called.

    Example:
        >>> model = Sequential(Linear(2, 16, "tanh", seed=1), Linear(16, 1, seed=2))
        >>> len(model.parameters()), model.named_parameters()[0][0]
        (65, 'layers.0.neurons.0.w.0')
    """

    def __init__(self, *modules: Any) -> None:
        if not modules:
            raise ValueError("Sequential needs modules to put one after the other; as in Sequential(Linear(2, 1))")
        for module in modules:
            if not callable(module):
                raise TypeError(f"Sequential takes modules, each as an argument of its own, but got {module!r}")
        self.layers = list(modules)

    def forward(self, x: Any) -> Any:
        """What the last one answers."""
        for layer in self.layers:
            x = layer(x)
        return x

    def __repr__(self) -> str:
        return f"Sequential({', '.join(map(repr, self.layers))})"


class MLP(Feedforward):
    """A multilayer perceptron: layers one after the other, the last one linear.

    Args:
        nin: how many inputs it has.
        nouts: how many neurons each layer has.
        activation: of all layers but the last, as for `Neuron`; or a list with one for each layer, the last included.
        bias: whether the neurons have a bias.
        output: the last layer's activation.
        seed, rng: as for `Neuron`.

    Raises:
        ValueError, TypeError: as for `Neuron`; also for `nouts` or activations that do not say it of each layer.

    Example:
        >>> model = MLP(2, [16, 16, 1], seed=1)
        >>> len(model.parameters()), model.named_parameters()[6][0]
        (337, 'layers.0.neurons.2.w.0')
        >>> model([1.0])
        Traceback (most recent call last):
        ValueError: MLP(2, [16, 16, 1], 'relu') takes 2 inputs, but got 1: [1.0]
        >>> MLP(2, [16, 16, 1], ["tanh", "relu", "sigmoid"])
        MLP(2, [16, 16, 1], ['tanh', 'relu', 'sigmoid'])
    """

    def __init__(
        self,
        nin: int,
        nouts: Sequence[int],
        activation: str | Primitive | Sequence[str | Primitive] = "relu",
        bias: bool = True,
        *,
        output: str | Primitive = "linear",
        seed: int | None = None,
        rng: Any = None,
    ) -> None:
        try:
            sizes = [as_whole(size, "nouts") for size in nouts]
        except TypeError:
            wanted = "whole numbers, one for each layer"
            raise TypeError(f"nouts must be {wanted}, but got {nouts!r}; as in [16, 1]") from None
        if not sizes:
            raise ValueError("nouts must have a number for each layer, but is empty; as in [16, 1]")
        rng = as_generator(seed, rng)
        self.activation: str | list[str]
        if not isinstance(activation, (list, tuple)):
            self.activation = _activation_name(activation)
            activations = [self.activation] * (len(sizes) - 1) + [_activation_name(output)]
        elif len(activation) == len(sizes) and output == "linear":
            self.activation = activations = [_activation_name(each) for each in activation]
        else:
            wanted = f"one for each of the {len(sizes)} layers, the last included, and leaves output= out"
            raise ValueError(f"a list of activations has {wanted}, but got {activation!r}")
        shapes = zip([nin, *sizes], sizes, activations, strict=False)
        self.layers = [Layer(inputs, outputs, name, bias, rng=rng) for inputs, outputs, name in shapes]
        self.nin = self.layers[0].nin

    def forward(self, x: list[Value]) -> list[Value]:
        """The outputs for inputs that have been checked."""
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def architecture(self) -> dict[str, Any]:
        last = self.layers[-1].neurons[0]
        return {
            "nin": self.nin,
            "nouts": [len(layer.neurons) for layer in self.layers],
            "activation": self.activation,
            "bias": last.b is not None,
            "output": "linear" if isinstance(self.activation, list) else last.activation,
        }


def softmax(scores: Any) -> list[Value]:
    """The probabilities of classes, from their scores: e to the power of each, divided by the sum of all of them.

    Args:
        scores: of one point, a number or `Value` for each class.

    Raises:
        ValueError, TypeError: if there are none, or one is no number.

    Example:
        >>> [p.data for p in softmax([1000.0, 1000.0])]
        [0.5, 0.5]
    """
    values = as_values(scores)
    if not values:
        raise ValueError("softmax needs at least one score, but got none")
    total = ops.logsumexp(values)
    shares = [(value - total).exp() for value in values]  # whose sum is off by as much as the logarithm was rounded
    whole = ops.sum(shares)
    return [each / whole for each in shares]


def as_values(x: Any) -> list[Value]:
    """Make one node of each number of a point; of one number alone, one node. A TypeError for what is no number."""
    return [number if isinstance(number, Value) else as_constant(number, "an input") for number in as_list(x)]


def as_list(x: Any) -> list[Any]:
    """The numbers of a point, or of what a model answers; of one number alone, that."""
    try:
        return list(x)
    except TypeError:
        return [x]


def as_generator(seed: int | None, rng: Any) -> Any:
    """The generator to draw initial weights from: the one given, or one of that seed, or Python's own."""
    if rng is None:
        return random if seed is None else random.Random(operator.index(seed))
    if seed is not None:
        raise ValueError("give a seed or a generator rng, not both")
    if not callable(getattr(rng, "uniform", None)):
        raise TypeError(f"rng must be a random.Random or a NumPy generator, but got {rng!r}; for a number use seed=")
    return rng


def as_whole(number: Any, what: str, least: int = 1) -> int:
    """A whole number; a TypeError if it is none, a ValueError if it is less than the least."""
    if isinstance(number, bool) or not hasattr(number, "__index__"):
        raise TypeError(f"{what} must be a whole number, but got {number!r}")
    if number < least:
        raise ValueError(f"{what} must be at least {least}, but got {number!r}")
    return operator.index(number)


def _activation_name(activation: Any) -> str:
    if isinstance(activation, Primitive):
        activation = activation.name
    activations = {"linear", *(name for name in public_operations() if TABLE[name].arity == 1)}
    return choose(activation, {name: name for name in activations}, "activation")
