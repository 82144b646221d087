"""Models in files: JSON that anybody can read, and that no reading can make run code.

The library's own models are kept with their architecture and come back by themselves. Of a module of the user's own a
file holds the parameters only, and `load` puts them into a model that the user's code has made: a file never names
code to import.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nn.files import read_document, write_document
from nn.layers import MLP, Layer, Neuron
from nn.module import Module

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

VERSION = 1
BUILDABLE: dict[str, type[Neuron | Layer | MLP]] = {"Neuron": Neuron, "Layer": Layer, "MLP": MLP}


def save(model: Module, path: str | os.PathLike[str], metadata: Mapping[str, Any] | None = None) -> None:
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
        >>> folder = tempfile.TemporaryDirectory()
        >>> path = os.path.join(folder.name, "model.json")
        >>> model = MLP(2, [3, 1], "tanh", seed=1)
        >>> save(model, path, metadata={"units": "cm"})
        >>> load(path)
        MLP(2, [3, 1], 'tanh')
        >>> load(path).state_dict() == model.state_dict(), load_metadata(path)
        (True, {'units': 'cm'})
        >>> folder.cleanup()
    """
    if not isinstance(model, Module):
        raise TypeError(f"save takes a Module, but got {model!r} of type {type(model).__name__}")
    known = BUILDABLE.get(type(model).__name__)
    arguments = model.architecture() if isinstance(model, (Neuron, Layer, MLP)) and type(model) is known else None
    content = {
        "class": type(model).__name__,
        "arguments": arguments,
        "parameters": model.state_dict(),
        "metadata": dict(metadata or {}),
    }
    write_document(path, "model", VERSION, content)


def load(path: str | os.PathLike[str], into: Module | None = None) -> Module:
    """Read a model from a file.

    Args:
        path: a file that `save` wrote.
        into: the model to put the parameters into; needed for a module of your own.

    Returns:
        The model.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it is truncated, damaged, of another format version or no model file, if the parameters do not
            fit the model, or if the model is of the user's own and `into` is missing.
    """
    content = _read(path)
    if into is None:
        known, arguments = BUILDABLE.get(content["class"]), content["arguments"]
        if known is None or arguments is None:
            raise ValueError(
                f"{str(path)!r} holds the parameters of a {content['class']}, which is no class of this package; "
                f"make one and write load(path, into=model)"
            )
        into = known(**arguments, seed=0)
    into.load_state_dict(content["parameters"])
    return into


def load_metadata(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Read what else was kept with a model; errors as for `load`."""
    metadata: dict[str, Any] = _read(path)["metadata"]
    return metadata


def _read(path: str | os.PathLike[str]) -> dict[str, Any]:
    return read_document(path, "model", VERSION)
