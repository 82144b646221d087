"""Forms of an expression that lose fewer digits, written with operations of the table: what `rounding` suggests.

A rule looks at one operation and says how else the same number could be computed. Most differences get better when the
terms that cancel are removed before anything is rounded; to find these, sums and products are expanded into polynomials,
in which equal terms drop out. Whether a form really is better at this point is measured: the whole expression is computed
with it, and the errors are compared.
"""

from __future__ import annotations

import operator
from functools import reduce
from typing import TYPE_CHECKING, Any

from autograd.engine import ops
from autograd.engine.modes import graph_recording
from autograd.engine.value import Value, constant, topological_order
from autograd.see.text import readable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from autograd.check.exact_graph import Number

    Form = Value | float
    Monomial = tuple[Any, ...]  # what identifies each factor, in order
    Polynomial = dict[Monomial, float]

WORTHWHILE = 1.0 / 16.0
MOST_TERMS = 12
DEEPEST = 12
"""How far down expressions are compared."""


def better_form(root: Value, exact: Number, culprits: Sequence[Value], error: float) -> tuple[str, float] | None:
    """The rewriting of some operation near the culprits that leaves the least error, in words, and that error.

    Args:
        root: the result.
        exact: what it would be without rounding.
        culprits: the operations to begin at.
        error: the error to improve on.
    """
    best: tuple[str, float] | None = None
    with graph_recording():
        for node in _neighborhood(root, culprits):
            for form in forms(node):
                made = _with(root, node, form)
                left = float(abs(type(exact)(made.data) - exact))
                if left <= error * WORTHWHILE and (best is None or left < best[1]):
                    shown = readable(form, 40) if isinstance(form, Value) else repr(form)
                    best = (f"{shown} in place of {readable(node, 40)}", left)
    return best


def _neighborhood(root: Value, culprits: Sequence[Value]) -> list[Value]:
    """The culprits, and what is computed from them or what they are computed from, at once."""
    near = dict.fromkeys(culprits)
    for node in topological_order(root):
        if any(parent in culprits for parent in node.parents):
            near[node] = None
    for culprit in culprits:
        near.update(dict.fromkeys(culprit.parents))
    for node in topological_order(root):
        if any(parent in near for parent in node.parents):
            near.setdefault(node)
    return [node for node in near if node.parents]


def _with(root: Value, node: Value, form: Form) -> Value:
    """The result, computed with another form of one node."""
    made: dict[Value, Any] = {node: form}
    for each in topological_order(root):
        if each not in made and any(parent in made for parent in each.parents):
            assert each.primitive is not None
            made[each] = each.primitive(
                *each.primitive.arguments([made.get(parent, parent) for parent in each.parents])
            )
    result = made[root]
    return result if isinstance(result, Value) else Value(result)


def forms(node: Value) -> Iterator[Form]:
    """Other forms of one operation, equal to it where both are defined."""
    difference = _difference(node)
    if difference is not None:
        yield from _of_difference(*difference)
    if _name(node) in ("add", "sub"):
        yield from _of_sum(_terms(node))
    rule = _BY_NAME.get(_name(node))
    if rule is not None:
        yield from rule(*node.parents)


# Sums and differences.


def _of_sum(terms: Sequence[tuple[float, Value]]) -> Iterator[Form]:
    """Other forms of a sum: over a common denominator; and of exp(x) + exp(-x) - 2."""
    signs = sorted(sign * term.data if term.is_constant else sign for sign, term in terms)
    exponents = [term.parents[0] for _, term in terms if _name(term) == "exp"]
    if len(exponents) == 2 and len(terms) == 3 and _is_negative_of(*exponents):
        if signs == [-2.0, 1.0, 1.0]:
            yield 4.0 * ops.sinh(exponents[0] / 2) ** 2
        if signs == [-1.0, -1.0, 2.0]:
            yield -4.0 * ops.sinh(exponents[0] / 2) ** 2
    fractions = [(sign, *_fraction(term)) for sign, term in terms]
    if any(bottom is not None for _, _, bottom in fractions) and len(fractions) <= 4:
        factors: dict[Any, Value] = {}
        bottoms = {_key(bottom): bottom for _, _, bottom in fractions if bottom is not None}
        total: Polynomial = {}
        for sign, top, bottom in fractions:
            part = {monomial: sign * factor for monomial, factor in _polynomial(top, factors).items()}
            for key, other in bottoms.items():
                if bottom is None or key != _key(bottom):
                    part = _times(part, _polynomial(other, factors), top, factors)
            for monomial, factor in part.items():
                total[monomial] = total.get(monomial, 0.0) + factor
        product = reduce(operator.mul, bottoms.values())
        yield _written({monomial: factor for monomial, factor in total.items() if factor}, factors) / product


def _terms(node: Value, sign: float = 1.0, depth: int = DEEPEST) -> list[tuple[float, Value]]:
    """What a sum adds up, each with its sign."""
    name = _name(node) if depth else ""
    if name == "neg":
        return _terms(node.parents[0], -sign, depth - 1)
    if name in ("add", "sub"):
        other = sign if name == "add" else -sign
        return [*_terms(node.parents[0], sign, depth - 1), *_terms(node.parents[1], other, depth - 1)]
    return [(sign, node)]


def _of_difference(a: Value, b: Value) -> Iterator[Form]:
    """Other forms of a - b."""
    rest = _subtract(a, b)
    if rest is not None:
        yield rest
    if _is(b, 1.0):
        yield from _less_one(a)
    if _is(a, 1.0):
        yield from map(_negative, _less_one(b))
    if "sqrt" in (_name(a), _name(b)):
        numerator = _subtract(_square(a), _square(b))
        yield (numerator if numerator is not None else _square(a) - _square(b)) / (a + b)
    if a.parents and _name(a) == _name(b):
        yield from _of_alike(a, b)


def _of_alike(a: Value, b: Value) -> Iterator[Form]:
    """Other forms of a - b, where both are the same operation."""
    p, q = a.parents[0], b.parents[0]
    match _name(a):
        case "exp":
            if _is_negative_of(p, q):
                yield 2.0 * ops.sinh(p)
            yield b * ops.expm1(_less(p, q))
        case "log":
            yield ops.log1p(_less(p, q) / q)
            yield ops.log(p / q)
        case "sin":
            yield 2.0 * ops.cos((p + q) / 2) * ops.sin(_less(p, q) / 2)
        case "cos":
            yield -2.0 * ops.sin((p + q) / 2) * ops.sin(_less(p, q) / 2)
        case "tan":
            yield ops.sin(_less(p, q)) / (ops.cos(p) * ops.cos(q))
        case "atan":
            yield ops.atan(_less(p, q) / (1.0 + p * q))
        case "cbrt":
            yield _less(p, q) / (a * a + a * b + b * b)
        case "pow" if _key(a.parents[1]) == _key(b.parents[1]):
            exponent = a.parents[1]
            yield b * ops.expm1(exponent * ops.log1p(_less(p, q) / q))
            if _is(exponent, 2.0):
                yield (p - q) * (p + q)
        case "mul" if _root_of_square(a) is not None and _root_of_square(b) is not None:
            yield (p - q) * (p + q)


def _less_one(x: Value) -> Iterator[Form]:
    """Other forms of x - 1."""
    match _name(x):
        case "exp":
            yield ops.expm1(x.parents[0])
        case "cos":
            yield -2.0 * ops.sin(x.parents[0] / 2) ** 2
        case "cosh":
            yield 2.0 * ops.sinh(x.parents[0] / 2) ** 2
        case "erf":
            yield -ops.erfc(x.parents[0])
        case "sigmoid":
            yield -ops.sigmoid(-x.parents[0])
        case "tanh":
            yield -2.0 / (ops.exp(2.0 * x.parents[0]) + 1.0)
        case "pow":
            yield ops.expm1(x.parents[1] * ops.log1p(_less(x.parents[0], constant(1.0))))
    root = _root_of_square(x)
    if root is None:
        return
    match _name(root):
        case "tanh":
            yield -1.0 / ops.cosh(root.parents[0]) ** 2
        case "sin":
            yield -(ops.cos(root.parents[0]) ** 2)
        case "cos":
            yield -(ops.sin(root.parents[0]) ** 2)


# Other operations.


def _of_log(x: Value) -> Iterator[Form]:
    if _name(x) == "add" and {_name(each) for each in x.parents} == {"exp"}:
        yield ops.logaddexp(*(each.parents[0] for each in x.parents))
    if _name(x) == "add" and any(_is(each, 1.0) for each in x.parents):
        other = x.parents[1] if _is(x.parents[0], 1.0) else x.parents[0]
        if _name(other) == "exp":
            yield ops.softplus(other.parents[0])
    if _name(x) == "sum" and {_name(each) for each in x.parents} == {"exp"}:
        yield ops.logsumexp([each.parents[0] for each in x.parents])
    top, bottom = _fraction(x)
    if bottom is not None:
        yield ops.log1p(_less(top, bottom) / bottom)
        yield ops.log1p(_less(top, constant(1.0))) - ops.log1p(_less(bottom, constant(1.0)))
    yield ops.log1p(_less(x, constant(1.0)))


def _of_sqrt(x: Value) -> Iterator[Form]:
    if _name(x) == "add":
        p, q = map(_root_of_square, x.parents)
        if p is not None and q is not None:
            yield ops.hypot(p, q)
        for one, other in ((p, x.parents[1]), (q, x.parents[0])):
            if one is not None and _is(other, 1.0):
                yield ops.hypot(one, 1.0)


def _of_quotient(x: Value, y: Value) -> Iterator[Form]:
    if _is(x, 1.0) and _name(y) == "add" and any(_is(each, 1.0) for each in y.parents):
        other = y.parents[1] if _is(y.parents[0], 1.0) else y.parents[0]
        if _name(other) == "exp":
            yield ops.sigmoid(-other.parents[0])


def _of_power(x: Value, n: Value) -> Iterator[Form]:
    yield ops.exp(n * ops.log1p(_less(x, constant(1.0))))


_BY_NAME: dict[str, Callable[..., Iterator[Form]]] = {
    "log": _of_log,
    "sqrt": _of_sqrt,
    "div": _of_quotient,
    "pow": _of_power,
}


# Reading a graph.


def _name(node: Value) -> str:
    return node.primitive.name if node.primitive is not None else ""


def _is(node: Value, number: float) -> bool:
    return node.primitive is None and node.is_constant and node.data == number


def _difference(node: Value) -> tuple[Value, Value] | None:
    """The two sides of a difference, however it is written."""
    if _name(node) == "sub":
        return node.parents[0], node.parents[1]
    if _name(node) == "add":
        a, b = node.parents
        if (a.data < 0.0) == (b.data < 0.0):
            return None
        for one, other in ((a, b), (b, a)):
            if _name(other) == "neg":
                return one, other.parents[0]
            if other.is_constant and other.data < 0.0:
                return one, constant(-other.data)
        return (a, -b) if b.data < 0.0 else (b, -a)
    return None


def _fraction(node: Value) -> tuple[Value, Value | None]:
    return (node.parents[0], node.parents[1]) if _name(node) == "div" else (node, None)


def _root_of_square(node: Value) -> Value | None:
    """The x of x * x or x ** 2."""
    if _name(node) == "pow" and _is(node.parents[1], 2.0):
        return node.parents[0]
    if _name(node) == "mul" and _key(node.parents[0]) == _key(node.parents[1]):
        return node.parents[0]
    return None


def _square(node: Value) -> Value:
    return node.parents[0] if _name(node) == "sqrt" else node * node


def _negative(form: Form) -> Form:
    """The negative of a form, without a sign before a sign."""
    if isinstance(form, Value):
        name, parents = _name(form), form.parents
        if name == "neg":
            return parents[0]
        if name in ("mul", "div") and parents[0].is_constant:
            return -parents[0].data * parents[1] if name == "mul" else -parents[0].data / parents[1]
    return -form


def _is_negative_of(p: Value, q: Value) -> bool:
    factors: dict[Any, Value] = {}
    total = _polynomial(p, factors)
    for monomial, factor in _polynomial(q, factors).items():
        total[monomial] = total.get(monomial, 0.0) + factor
    return not any(total.values())


def _less(a: Value, b: Value) -> Form:
    """The difference a - b, with what cancels taken out."""
    rest = _subtract(a, b)
    return a - b if rest is None else rest


def _subtract(a: Value, b: Value) -> Form | None:
    """The difference as a polynomial, if something cancels."""
    factors: dict[Any, Value] = {}
    one, other = _polynomial(a, factors), _polynomial(b, factors)
    rest = dict(one)
    for monomial, factor in other.items():
        rest[monomial] = rest.get(monomial, 0.0) - factor
    rest = {monomial: factor for monomial, factor in rest.items() if factor}
    if len(rest) >= len(one) + len(other) or len(one) + len(other) > MOST_TERMS:
        return None
    return _written(rest, factors)


def _written(polynomial: Polynomial, factors: dict[Any, Value]) -> Form:
    total: Form | None = None
    for monomial, coefficient in polynomial.items():
        term: Form | None = None if monomial and abs(coefficient) == 1.0 else abs(coefficient)
        for key in dict.fromkeys(monomial):
            power = monomial.count(key)
            factor = factors[key] if power == 1 else factors[key] ** power
            term = factor if term is None else term * factor
        assert term is not None
        if total is None:
            total = term if coefficient > 0.0 else -term
        else:
            total = total + term if coefficient > 0.0 else total - term
    return 0.0 if total is None else total


def _polynomial(node: Value, factors: dict[Any, Value] | None = None, depth: int = DEEPEST) -> Polynomial:
    """A graph as a sum of products; what is neither is a factor, known by its key."""
    factors = {} if factors is None else factors
    name = _name(node) if depth else ""
    depth -= 1
    if name in ("add", "sub"):
        total = _polynomial(node.parents[0], factors, depth)
        for monomial, factor in _polynomial(node.parents[1], factors, depth).items():
            total[monomial] = total.get(monomial, 0.0) + (factor if name == "add" else -factor)
        return total
    if name == "neg":
        return {monomial: -factor for monomial, factor in _polynomial(node.parents[0], factors, depth).items()}
    if name == "mul":
        return _times(
            _polynomial(node.parents[0], factors, depth), _polynomial(node.parents[1], factors, depth), node, factors
        )
    if name == "pow" and node.parents[1].is_constant and node.parents[1].data in (1.0, 2.0, 3.0, 4.0):
        base = _polynomial(node.parents[0], factors, depth)
        total = base
        for _ in range(int(node.parents[1].data) - 1):
            total = _times(total, base, node, factors)
        return total
    if node.parents or not node.is_constant:
        return _opaque(node, factors)
    return {(): node.data}


def _times(one: Polynomial, other: Polynomial, node: Value, factors: dict[Any, Value]) -> Polynomial:
    if len(one) * len(other) > MOST_TERMS:
        return _opaque(node, factors)
    total: Polynomial = {}
    rank = {key: i for i, key in enumerate(factors)}  # as they come, so that texts are the same each time
    for a, x in one.items():
        for b, y in other.items():
            monomial = tuple(sorted([*a, *b], key=rank.__getitem__))
            total[monomial] = total.get(monomial, 0.0) + x * y
    return total


def _opaque(node: Value, factors: dict[Any, Value]) -> Polynomial:
    key = _key(node)
    factors.setdefault(key, node)
    return {(key,): 1.0}


def _key(node: Value, depth: int = DEEPEST) -> Any:
    """What two graphs have in common that compute the same from the same leaves."""
    if not node.parents:
        return node.data if node.is_constant else ("leaf", id(node))
    return (_name(node), *(_key(parent, depth - 1) for parent in node.parents)) if depth else id(node)
