"""A layer library on the scalar engine: neurons, losses, optimisers, training, data, and files to keep models in."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from autograd.engine.conflict import refuse_mixture

refuse_mixture()

from nn.layers import MLP, Activation, Layer, Linear, Neuron, ReLU, Sequential, Sigmoid, Tanh, softmax
from nn.losses import binary_cross_entropy, cross_entropy, half_squared_error, hinge, huber, mae, mse, sse
from nn.module import Module
from nn.optim import SGD, Adam

_LAZY = {
    "check_gradients": "checking",
    "fit": "training.fit",
    "DivergenceError": "training.fit",
    "TrainingInterrupted": "training.fit",
    "History": "training.history",
    "save": "serialization",
    "draw": "drawing",
    "play": "playing",
    "load": "serialization",
}

__all__ = [
    "MLP",
    "SGD",
    "Activation",
    "Adam",
    "DivergenceError",
    "History",
    "Layer",
    "Linear",
    "Module",
    "Neuron",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "Tanh",
    "TrainingInterrupted",
    "binary_cross_entropy",
    "check_gradients",
    "cross_entropy",
    "datasets",
    "draw",
    "fit",
    "half_squared_error",
    "hinge",
    "huber",
    "load",
    "mae",
    "mse",
    "play",
    "save",
    "softmax",
    "sse",
]


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
