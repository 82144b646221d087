"""Backends: each turns a graph into code and runs it. A backend is one file here, which defines its `BACKEND`.

A new one is a new file and its name in `BACKENDS`. It takes a graph and makes a `Kernel` of some results: the code, and
what is needed to run it. How it writes the operations of the intermediate form stands in one table of its file,
`_WRITTEN`; operations of the engine's table say themselves how they are written (`Primitive.array`, `Primitive.python`).

`javascript.py` is no such backend: it prints functions for pages, and nothing here can run them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np

    from autograd.program.graph import Graph, Node

    Array = np.ndarray[Any, np.dtype[np.float64]]

BACKENDS = ("numpy", "python", "native", "jax")
"""All backends, by the names of their files. What one needs beyond NumPy is installed by the extra of that name."""


class Kernel(Protocol):
    """The code that computes some results of a graph.

    A result is an array with its rows, and a column for each point, or one column for what is the same at each point.
    """

    @property
    def source(self) -> str:
        """The generated code."""

    @property
    def block(self) -> int:
        """How many points to compute at once where a batch has more; 0 for all."""

    @property
    def is_lean(self) -> bool:
        """Whether a plan holds nothing but a batch and its results."""

    def plan(self, points: int) -> Plan:
        """Get ready for batches of one size."""


class Plan(Protocol):
    """A kernel with all that it needs to run on batches of one size, for one thread at a time."""

    @property
    def parameters(self) -> Array:
        """Where to set the parameters' numbers: a flat array."""

    @property
    def results(self) -> Sequence[Array]:
        """What `run` leaves behind."""

    def feed(self, columns: Sequence[Array]) -> None:
        """Take a batch: for each argument an array of rows by points."""

    def run(self) -> None:
        """Compute the results."""


class Backend(NamedTuple):
    """One way of running a graph.

    Attributes:
        kernel: makes the code for results of a graph, given the number of rows of each argument and that of parameters.
        arrays: whether it computes with whole arrays; otherwise with single rows, one point after the other.
    """

    kernel: Callable[[Graph, Sequence[Node], Sequence[int], int], Kernel]
    arrays: bool


def find_backend(name: str) -> Backend:
    """The backend of that name.

    Raises:
        ValueError: if there is none.
        ImportError: if it needs a package that is not installed.
    """
    if name not in BACKENDS:
        raise ValueError(f"there is no backend {name!r}; choose one of 'auto', {', '.join(map(repr, BACKENDS))}")
    try:
        backend: Backend = import_module(f"{__name__}.{name}").BACKEND
    except ModuleNotFoundError as error:
        package = (error.name or name).partition(".")[0]
        raise ImportError(
            f"the backend {name!r} needs the package {package!r}, which is not installed; pip install {package}"
        ) from None
    return backend
