"""Models in files: JSON that anybody can read, and that no reading can make run code.

The library's own models are kept with their architecture and come back by themselves. Of a module of the user's own a
file holds the parameters only, and `load` puts them into a model that the user's code has made: a file never names
code to import.
"""

from collections.abc import Mapping
from typing import Any, overload

from autograd.engine.files import StrPath
from autograd.engine.floats import as_float
from nn.files import read_document, write_document
from nn.layers import MLP, Activation, Layer, Linear, Neuron, Sequential
from nn.module import Module

VERSION = 1
BUILDABLE: dict[str, Any] = {each.__name__: each for each in (Neuron, Layer, Linear, MLP, Activation)}


def save(model: Module, path: StrPath, metadata: Mapping[str, Any] | None = None) -> None:
    """Write a model to a file, whole or not at all.

    Args:
        model: any `Module`.
        path: the file, replaced if there is one.
        metadata: anything else to keep with it that JSON can hold, such as how inputs were scaled.

    Raises:
        TypeError: if `model` is no `Module`, or JSON cannot hold the metadata.
        OSError: if the file cannot be written.

    Example:
        >>> import os, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = os.path.join(folder, "model.json")
        ...     save(MLP(2, [3, 1], "tanh", seed=1), path, metadata={"units": "cm"})
        ...     load(path), load_metadata(path)
        (MLP(2, [3, 1], 'tanh'), {'units': 'cm'})
    """
    if not isinstance(model, Module):
        raise TypeError(f"save takes a Module, but got {model!r} of type {type(model).__name__}")
    content = {**_described(model), "parameters": model.state_dict(), "metadata": dict(metadata or {})}
    write_document(path, "model", VERSION, content)


@overload
def load(path: StrPath, into: Module | None = None) -> Module: ...
@overload
def load(path: Module, into: StrPath) -> Module: ...
def load(path: Any, into: Any = None) -> Module:
    """Read a model from a file; ``load(model, path)``, in the order of `save`, is the same as ``load(path, model)``.

    Args:
        path: a file that `save` wrote.
        into: the model to put the parameters into; needed for a module of your own.

    Returns:
        The model.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it is truncated, damaged, of another format version or no model file, if the parameters do not
            fit the model, or if the model is of the user's own and `into` is missing. However it was made, a file
            never builds more than the parameters that are in it.
    """
    path, into = (into, path) if isinstance(path, Module) else (path, into)
    content = read_document(path, "model", VERSION)
    if into is None and content.get("arguments", ...) is None:
        made = "of which some part is not of this package's classes, or is in it twice"
        what = f"holds the parameters of a {content.get('class')}, {made}, and not how to make one"
        raise ValueError(f"{str(path)!r} {what}; make one and write load(path, into=model)")
    try:
        numbers = {name: as_float(number, name) for name, number in content["parameters"].items()}
        model = _built(content, _Zeros(len(numbers))) if into is None else into
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
        what = f"{type(error).__name__}: {error}".partition("\n")[0][:200]
        raise ValueError(f"{str(path)!r} is not a model file that this package wrote: {what}") from None
    model.load_state_dict(numbers)
    return model


class _Zeros:
    """What draws initial weights for a model that gets others from a file: so many, and no more."""

    def __init__(self, count: int) -> None:
        self.count = count

    def uniform(self, low: float, high: float) -> float:
        """A weight; it is 0."""
        self.count -= 1
        if self.count < 0:
            raise ValueError("the file's numbers do not fit its architecture: there are too few of them")
        return 0.0


def _described(module: Any) -> dict[str, Any]:
    """The class and the arguments that make a module; no arguments for one of the user's own."""
    arguments = None
    if type(module) is Sequential and len({*map(id, module.layers)}) == len(module.layers):
        layers = [_described(layer) for layer in module.layers]
        arguments = {"modules": layers} if all(layer["arguments"] is not None for layer in layers) else None
    elif BUILDABLE.get(type(module).__name__) is type(module):
        arguments = module.architecture()
    return {"class": type(module).__name__, "arguments": arguments}


def _built(description: Mapping[str, Any], rng: _Zeros) -> Module:
    """The module that `_described` described."""
    name, arguments = description["class"], description["arguments"]
    if name == "Sequential":
        return Sequential(*(_built(each, rng) for each in arguments["modules"]))
    model: Module = BUILDABLE[name](**arguments, **({} if name == "Activation" else {"rng": rng}))
    return model


def load_metadata(path: StrPath) -> dict[str, Any]:
    """Read what else was kept with a model; errors as for `load`."""
    metadata = read_document(path, "model", VERSION).get("metadata")
    if not isinstance(metadata, dict):
        what = "not a model file that this package wrote: it has no metadata"
        raise ValueError(f"{str(path)!r} is {what}")  # noqa: TRY004
    return metadata
