"""Programs with SymPy: formulas turned into functions, and numbers put into formulas."""

from __future__ import annotations

import sympy

import autograd

from .registry import loud, right

X, Y = sympy.symbols("x y")


def translated(expression, *symbols):
    """The formula as a function of `Value`s: SymPy is given this package for its functions."""
    return sympy.lambdify(symbols or (X,), expression, modules=autograd)


@right()
def polynomial(x):
    return translated(sympy.expand((X + 1) ** 4 - X / 3))(x)


@right()
def exponentials_and_logarithms(x):
    return translated(sympy.exp(-(X**2)) * sympy.log(X) + sympy.sqrt(X))(x)


@right()
def trigonometry(x):
    return translated(sympy.sin(X) * sympy.cos(2 * X) + sympy.tan(X / 2))(x)


@right()
def inverse_trigonometry(x):
    return translated(sympy.asin(X) + sympy.acos(X) * sympy.atan(X) + sympy.atan2(X, 2))(x)


@right()
def hyperbolic_functions(x):
    return translated(sympy.sinh(X) * sympy.cosh(X) + sympy.tanh(X))(x)


@right()
def inverse_hyperbolic_functions(x):
    return translated(sympy.asinh(X) + sympy.acosh(X + 2) * sympy.atanh(X / 2))(x)


@right()
def error_functions(x):
    return translated(sympy.erf(X) * sympy.erfc(X))(x)


@right()
def absolute_value(x):
    return translated(sympy.Abs(X - 1) * X)(x)


@loud()
def sign_by_copysign(x):
    return translated(sympy.sign(X - 1) * X)(x)


@right()
def floor_and_ceiling(x):
    return translated(X * sympy.floor(3 * X) + X * sympy.ceiling(3 * X))(x)


@right()
def remainder(x):
    return translated(sympy.Mod(5 * X, 2) * X)(x)


@right()
def larger_and_smaller(x):
    return translated(sympy.Max(X, X**2) * sympy.Min(X, 1))(x)


@right()
def cases(x):
    return translated(sympy.Piecewise((X**2, X > 0.5), (-X, True)))(x)


@right()
def symbolic_derivative(x):
    return translated(sympy.diff(sympy.exp(X) * sympy.sin(X), X))(x)


@right()
def two_arguments(x):
    return translated(sympy.exp(X * Y) / (X + Y), X, Y)(x, x * x)


@right()
def constants_of_sympys(x):
    return translated(sympy.pi * X**2 + sympy.E**X + sympy.Rational(1, 3) * X)(x)


@right()
def common_subexpressions(x):
    function = sympy.lambdify((X,), sympy.exp(sympy.sin(X)) + sympy.sin(X) ** 2, modules=autograd, cse=True)
    return function(x)


@right()
def formula_of_numpys(x):
    return sympy.lambdify((X,), sympy.exp(-X) * sympy.sin(X) ** 2 + sympy.Abs(X), modules="numpy")(x)


@right()
def formula_of_numpys_with_cases(x):
    return sympy.lambdify((X,), sympy.Piecewise((X**2, X > 0.5), (-X, True)), modules="numpy")(x) * 1.0


@right()
def polynomial_without_functions(x):
    return sympy.lambdify((X,), X**3 - 2 * X + 1)(x)


@loud()
def formula_of_maths(x):
    return sympy.lambdify((X,), sympy.exp(X) * X, modules="math")(x)


@loud()
def formula_of_mpmaths(x):
    return sympy.lambdify((X,), sympy.exp(X) * X, modules="mpmath")(x) * x


@loud()
def substituted_number(x):
    return float((X**2 * sympy.sin(X)).subs(X, x)) * x


@loud()
def evaluated_with_a_value(x):
    return float((sympy.exp(X) * X).evalf(subs={X: x})) * x


@loud()
def number_made_symbolic(x):
    return float(sympy.sympify(x) ** 2) * x


@loud()
def function_of_a_value(x):
    return float(sympy.sin(x)) * x


@loud()
def gamma_function(x):
    return sympy.lambdify((X,), sympy.gamma(X) * X, modules=autograd)(x)


@loud()
def solution_of_an_equation(x):
    return float(sympy.nsolve(X**3 + X - x, X, 0.5)) * x


# As others write them.

s = sympy.Symbol("s")


@loud(at=0.6137)
def subs_float(x):
    return float((s**2).subs(s, float(x))) * x


@loud(at=0.6137)
def subs(x):
    return float((s**2).subs(s, x)) * x


@loud(at=0.6137)
def evalf(x):
    return float(sympy.exp(s).evalf(subs={s: x})) * x


@loud(at=0.6137)
def lambdify_math(x):
    return sympy.lambdify(s, sympy.exp(s) * s, "math")(x) * x


@right(at=0.6137)
def lambdify_numpy(x):
    return sympy.lambdify(s, sympy.exp(s) * sympy.sin(s), "numpy")(x) * x


@right(at=0.6137)
def lambdify_default(x):
    return sympy.lambdify(s, sympy.exp(s) * sympy.sin(s))(x) * x


@right(at=0.6137)
def lambdify_ours(x):
    return sympy.lambdify(s, sympy.exp(s) * sympy.erf(s) * sympy.Max(s, 0), modules=[autograd])(x) * x


@right(at=0.6137)
def lambdify_poly(x):
    return sympy.lambdify(s, s**3 - 2 * s)(x)


@right(at=0.6137)
def lambdify_matrix(x):
    return sympy.lambdify(s, sympy.Matrix([[s, s**2]]))(x)[0, 1] * x


@right(at=0.6137)
def lambdify_piecewise(x):
    return sympy.lambdify(s, sympy.Piecewise((s**2, s > 0), (0, True)), modules=autograd)(x) * x


@right(at=0.6137)
def mul(x):
    return float(sympy.pi) * x * x


@loud(at=0.6137)
def pi_mul(x):
    return sympy.pi * x * x


@right(at=0.6137)
def rational(x):
    return x * sympy.Rational(1, 3) * x


@loud(at=0.6137)
def sympify(x):
    return sympy.sympify(x) * x


@loud(at=0.6137)
def nsolve(x):
    return float(sympy.nsolve(s**2 - float(x), 1)) * x


@right(at=0.6137)
def cse(x):
    return sympy.lambdify(s, [sympy.sin(s) ** 2 + sympy.cos(s) * s], modules=autograd, cse=True)(x)[0] * x


@right(at=0.6137)
def heaviside(x):
    return sympy.lambdify(s, sympy.Heaviside(s), "numpy")(x) * x * x


@right(at=0.6137)
def fsum(x):
    return sympy.lambdify(s, sympy.Sum(s ** sympy.Symbol("k"), (sympy.Symbol("k"), 0, 3)).doit())(x)
