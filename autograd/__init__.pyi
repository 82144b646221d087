"""The names of `autograd`, for type checkers; written by tests/stubs.py."""

from autograd import strategies as strategies
from autograd.calculus.functions import grad as grad
from autograd.calculus.functions import jvp as jvp
from autograd.calculus.functions import value_and_grad as value_and_grad
from autograd.calculus.functions import vjp as vjp
from autograd.calculus.graph import gradients as gradients
from autograd.calculus.matrices import hessian as hessian
from autograd.calculus.matrices import hvp as hvp
from autograd.calculus.matrices import jacobian as jacobian
from autograd.calculus.taylor import taylor as taylor
from autograd.check.anomaly import AnomalyError as AnomalyError
from autograd.check.anomaly import detect_anomaly as detect_anomaly
from autograd.check.enclosure import enclose as enclose
from autograd.check.gradients import GradientError as GradientError
from autograd.check.gradients import check_gradients as check_gradients
from autograd.check.rounding import rounding as rounding
from autograd.engine.modes import no_grad as no_grad
from autograd.engine.ops import *
from autograd.engine.primitive import primitive as primitive
from autograd.engine.release import __version__ as __version__
from autograd.engine.value import Value as Value
from autograd.engine.value import native as native
from autograd.engine.value import variables as variables
from autograd.program import compile as compile
from autograd.see.drawing import draw as draw
from autograd.see.latex import latex as latex
from autograd.see.narration import explain as explain
from autograd.see.parsing import ParseError as ParseError
from autograd.see.parsing import parse as parse
from autograd.see.text import source as source
from autograd.see.tree import tree as tree
