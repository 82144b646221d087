"""A scalar autograd engine: write an expression as with floats; see it, check it, differentiate it, train with it.

>>> from autograd import tanh, tree, variables
>>> w, x, b = variables(w=0.5, x=2.0, b=-1.2)
>>> y = tanh(w * x + b)
>>> y.backward()  # from now on w.grad is the derivative of y by w
>>> print(tree(y))
tanh        -0.197375   grad 1
└─ +        -0.2        grad 0.961043
   ├─ *      1          grad 0.961043
   │  ├─ w   0.5        grad 1.92209
   │  └─ x   2          grad 0.480521
   └─ b     -1.2        grad 0.961043

- **Build**: `Value`, `variables`, operators, and functions such as `tanh`, `where`,
  `logsumexp` or `solve`; `primitive` makes your own. `stop_gradient` and `no_grad`
  leave something out.
- **See**: `draw` (a picture), `tree` (text), `latex`, `explain` (the chain rule with
  its numbers), `play` (a page that moves).
- **Check**: `check_gradients`, `rounding` (which digits are true, and who lost the
  rest), `enclose` (bounds that are proven), `detect_anomaly`, and
  `autograd.strategies` for Hypothesis.
- **Differentiate**: `grad`, `value_and_grad`, `jacobian`, `hessian`, `hvp`, `vjp`,
  `jvp`, `taylor`; `gradients` of a graph that is there.
- **Run**: `compile` turns a function of scalars into array code for batches, and the
  package `nn` trains networks with it.

`help(autograd.draw)`, and so on, tells of each, with an example. In a terminal,
`autograd "tanh(w*x)" w=0.5 x=2` does all this, and `autograd` alone starts a session.
`autograd.native` says whether the engine that runs is the compiled one.
"""

from __future__ import annotations

from importlib import import_module

from autograd.engine.conflict import refuse_mixture

refuse_mixture()

from autograd.engine import arrays as arrays
from autograd.engine import copying as copying
from autograd.engine.detachment import DetachedError, DetachedWarning
from autograd.engine.primitive import TABLE, primitive, public_operations
from autograd.engine.value import Value, attach, attributes, native, variables

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

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
_OPERATORS = (
    ("add", "sub", "mul", "div", "floordiv", "mod", "neg", "pos")  # + - * / // % - +
    + ("less", "less_equal", "equal", "not_equal")
)
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
    return [*__all__, *_PYTHONS_OWN, "__doc__", "__version__"]


def _repr_latex_(value: Value) -> str | None:
    """What notebooks show: the expression and its number."""
    notebook = import_module("autograd.see.latex").notebook
    shown: str | None = notebook(value)
    return shown


def _dir_of_value(value: Value) -> list[str]:
    """What a prompt completes: what users call. What else there is serves NumPy, the rooms above, and operators."""
    own = ("backward", "data", "grad", "is_constant", "label", "op", "parents", "zero_grad")
    methods = [name for name in public_operations() if name not in _OPERATORS and hasattr(value, name)]
    return [*own, *methods, *attributes(value)]


attach(_repr_latex_=_repr_latex_, __dir__=_dir_of_value)
