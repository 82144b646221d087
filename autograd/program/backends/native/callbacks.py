"""Operations that are Python code: called back from machine code."""

from __future__ import annotations

import ctypes
import math
from threading import local
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograd.engine.primitive import Primitive

_Callback = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.POINTER(ctypes.c_double), ctypes.c_int64)


class Callbacks:
    """The operations that some code calls back, and what they have raised.

    Machine code cannot pass an exception on: the operation is nan then, and the exception waits for `reraise`.

    Attributes:
        symbols: where each is, as ``callback.0``, ...
    """

    def __init__(self, operations: Sequence[Primitive]) -> None:
        self._raised = local()
        self._functions = [self._function(operation) for operation in operations]
        self.symbols = {
            f"callback.{i}": ctypes.cast(function, ctypes.c_void_p).value or 0
            for i, function in enumerate(self._functions)
        }

    def _function(self, operation: Primitive) -> Any:
        raised = self._raised

        def call(numbers: Any, count: int) -> float:
            if getattr(raised, "error", None) is not None:  # so nobody waits for what is of no use any more
                return math.nan
            try:
                return operation.evaluate(numbers[:count])
            except BaseException as error:  # noqa: BLE001 (raised again as soon as Python is back)
                raised.error = error
                return math.nan

        return _Callback(call)

    def reraise(self) -> None:
        """Raise what the last run has raised first, if anything."""
        error = getattr(self._raised, "error", None) if self._functions else None
        if error is not None:
            self._raised.error = None
            raise error
