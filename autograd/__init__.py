"""A scalar autograd engine: build expressions of `Value`s, see them, check them, differentiate them, train with them."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from autograd.engine.conflict import refuse_mixture

refuse_mixture()

from autograd.engine import arrays as arrays
from autograd.engine import copying as copying
from autograd.engine.detachment import DetachedError, DetachedWarning
from autograd.engine.primitive import TABLE, primitive, public_operations
from autograd.engine.value import Value, attach, native, variables

_ROOMS = {
    "engine.modes": ("no_grad",),
    "engine.linear": ("det", "inv", "solve"),
    "calculus.functions": ("grad", "value_and_grad", "vjp", "jvp"),
    "calculus.matrices": ("jacobian", "hessian", "hvp"),
    "calculus.graph": ("gradients",),
    "calculus.taylor": ("taylor",),
    "check.gradients": ("check_gradients", "GradientError"),
    "check.anomaly": ("detect_anomaly", "AnomalyError"),
    "check.enclosure": ("enclose",),
    "check.rounding": ("rounding",),
    "see.drawing": ("draw",),
    "see.tree": ("tree",),
    "see.text": ("source",),
    "see.latex": ("latex",),
    "see.narration": ("explain",),
    "see.parsing": ("parse", "ParseError"),
    "page.play": ("play",),
    "program": ("compile",),
}
_LAZY = {name: room for room, names in _ROOMS.items() for name in names}

_OPERATIONS = public_operations()
globals().update({name: TABLE[name] for name in _OPERATIONS})  # so that those who look into the module's dict find them

_PYTHONS_OWN = ("abs", "pow", "sum")  # which serve `Value`s as well, and more: what an asterisk imports leaves them be
_NAMES = [name for name in _OPERATIONS if name not in _PYTHONS_OWN]
__all__ = ["DetachedError", "DetachedWarning", "Value", "native", "primitive", "variables", *_NAMES, *_LAZY]  # noqa: PLE0604 (all are strings)


def __getattr__(name: str) -> Any:
    """Find the user's own operations, and enter the rooms above the engine only when they are asked for."""
    if name in public_operations():
        return TABLE[name]
    if name in _LAZY:
        value = getattr(import_module(f"autograd.{_LAZY[name]}"), name)
        globals()[name] = value
        return value
    if name == "strategies":
        return import_module("autograd.strategies")
    if name == "__version__":
        return import_module("autograd.engine.release").__version__
    if name in ("load_ipython_extension", "unload_ipython_extension"):
        return getattr(import_module("autograd.command.repl"), name)
    raise AttributeError(f"module 'autograd' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, *_PYTHONS_OWN]


def _repr_latex_(value: Value) -> str | None:
    """What notebooks show: the expression and its number."""
    notebook = import_module("autograd.see.latex").notebook
    shown: str | None = notebook(value)
    return shown


attach(_repr_latex_=_repr_latex_)
