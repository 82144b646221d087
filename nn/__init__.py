"""A layer library on the scalar engine: neurons, losses, optimisers, training, data, and files to keep models in."""

from importlib import import_module
from typing import Any

from autograd.engine.conflict import refuse_mixture

refuse_mixture()

from nn.layers import MLP, Activation, Layer, Linear, Neuron, ReLU, Sequential, Sigmoid, Tanh, softmax
from nn.losses import binary_cross_entropy, cross_entropy, half_squared_error, hinge, huber, mae, mse, sse
from nn.module import Module
from nn.optim import SGD, Adam

_LAZY = {"check_gradients": "checking", "draw": "drawing", "play": "playing", "History": "training.history"}
_LAZY |= dict.fromkeys(["save", "load"], "serialization")
_LAZY |= dict.fromkeys(["fit", "DivergenceError", "TrainingInterrupted"], "training.fit")

__all__ = ["MLP", "Activation", "Layer", "Linear", "Neuron", "ReLU", "Sequential", "Sigmoid", "Tanh", "softmax"]
__all__ += ["binary_cross_entropy", "cross_entropy", "half_squared_error", "hinge", "huber", "mae", "mse", "sse"]
__all__ += ["SGD", "Adam", "DivergenceError", "History", "TrainingInterrupted", "check_gradients", "fit"]
__all__ += ["Module", "datasets", "draw", "load", "play", "save"]


def __getattr__(name: str) -> Any:
    """Enter the rooms above the layers only when they are asked for."""
    if name in _LAZY:
        value = getattr(import_module(f"nn.{_LAZY[name]}"), name)
        globals()[name] = value
        return value
    if name in ("datasets", "strategies"):
        return import_module(f"nn.{name}")
    raise AttributeError(f"module 'nn' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
