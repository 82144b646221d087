"""Programs in Python alone, and with its library: math, statistics, functools, itertools, copy, json, ..."""

from __future__ import annotations

import array
import ast
import bisect
import cmath
import collections
import concurrent.futures
import contextlib
import contextvars
import copy
import dataclasses
import datetime
import decimal
import enum
import fractions
import functools
import heapq
import io
import itertools
import json
import logging
import math
import operator
import queue
import random
import statistics
import struct
import threading
import types
import typing
from collections import namedtuple

import autograd

from .registry import loud, right

# Arithmetic and control flow.


@right()
def horner(x):
    total = 0
    for coefficient in (2, -3, 0.5, 1):
        total = total * x + coefficient
    return total


@right()
def newtons_square_root(x):
    y = 1.0
    for _ in range(20):
        y = 0.5 * (y + x / y)
    return y


@right()
def branch(x):
    if x > 0.5:
        return x**3
    return -x


@right(at=0.0)
def branch_on_equality(x):
    return 1.0 + 0 * x if x == 0 else autograd.sin(x) / x


@right(at=2.0)
def early_return_in_a_loop(x):
    power = 1.0
    for _ in range(10):
        power = power * x
        if power > 100:
            return power
    return power


@right()
def continued_fraction(x):
    value = x
    for k in range(8, 0, -1):
        value = k / (x + value)
    return value


@right()
def sum_of_a_generator(x):
    return sum(x**k / (k + 1) for k in range(6))


@right()
def sum_with_a_start(x):
    return sum([x, x * x], start=3 * x)


@right()
def largest_of_a_list(x):
    return max([x, x * x, 1 - x])


@right()
def smallest_by_key(x):
    return min([x, 2 * x, -x], key=lambda value: abs(value - 1))


@right()
def sorted_and_weighted(x):
    return sum(k * value for k, value in enumerate(sorted([x, 1 - x, x * x])))


@right()
def absolute_value_and_sign(x):
    return abs(x - 1) * (1 if x > 0 else -1)


@right()
def remainder_and_quotient(x):
    quotient, remainder = divmod(5.3 * x, 0.9)
    return quotient * remainder + (7 * x) % 2 + (3 // x) * x


@right()
def power_with_builtin(x):
    return pow(x, 3) + pow(2, x) + x ** (-x)


@right()
def chained_comparison(x):
    return x * 2 if 0 < x < 1 else x * 3


@right()
def dictionary_of_terms(x):
    terms = {"linear": x, "square": x**2}
    terms["both"] = terms["linear"] * terms["square"]
    return sum(terms.values())


@right()
def compound_assignment(x):
    total = x
    total += 2
    total *= x
    total -= x / 3
    total /= 2
    total **= 2
    return total


@right()
def while_above_a_tolerance(x):
    term, total, k = x, x, 1
    while abs(term) > 1e-12:
        term = -term * x * x / ((2 * k) * (2 * k + 1))
        total = total + term
        k += 1
    return total


@right()
def a_value_in_an_fstring(x):
    label = f"{x:.3f}"
    return x * x * len(label)


@right()
def a_value_as_a_key(x):
    seen = {x: 2 * x}
    return seen[x] * x


@loud()
def rounding(x):
    return x * round(x * 10, 1)


@loud(at=0.73)
def truncation(x):
    return x * x + int(x * 10)


@loud()
def percent_format(x):
    return x * float("%.12f" % x)  # noqa: UP031 (it is what is tested)


@loud()
def conversion_with_float(x):
    return float(x) * x


@loud()
def a_complex_number(x):
    return abs(complex(x, 1.0)) * x


# math.


@loud()
def exponential_from_math(x):
    return x * math.exp(x)


@loud()
def sine_from_math(x):
    return math.sin(x) + x


@loud()
def gaussian_from_math(x):
    return math.exp(-(x**2) / 2) / math.sqrt(2 * math.pi) * x


@loud()
def hypotenuse_from_math(x):
    return math.hypot(x, 1.0) * x


@loud()
def logarithm_to_a_base(x):
    return math.log(x, 3) * x


@loud()
def power_from_math(x):
    return math.pow(x, 3) + x


@loud()
def sum_from_math(x):
    return math.fsum([x, x * x, 1.0]) * x


@loud()
def product_from_math(x):
    return math.prod([x, math.e, x]) + math.atan2(x, 1.0)


@loud()
def gamma_from_math(x):
    return math.lgamma(x) * x


@loud()
def distance_from_math(x):
    return math.dist([x, 1.0], [0.0, x]) * x


@right()
def product_of_values_from_math(x):
    return math.prod([x, x + 1, 3])


@right()
def ours_for_maths(x):
    return autograd.exp(-x) * autograd.sin(x) + autograd.log(x) * autograd.hypot(x, 1.0)


@right()
def gaussian_with_ours(x):
    return autograd.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)


@loud()
def complex_exponential(x):
    return cmath.exp(1j * x).real * x


@loud()
def floor_from_math(x):
    return (x - math.floor(3 * x)) * math.ceil(x) * x


# statistics.


@loud()
def mean_from_statistics(x):
    return statistics.fmean([x, 2 * x, 1.0]) * x


@loud()
def deviation_from_statistics(x):
    return statistics.pstdev([x, x * x, 1.0]) * x


@loud()
def geometric_mean_from_statistics(x):
    return statistics.geometric_mean([x, 2.0]) * x


@right()
def median_from_statistics(x):
    return statistics.median([x, x * x, 3 * x]) * x


@right()
def median_of_four_from_statistics(x):
    return statistics.median([x, x * x, 3 * x, 1.0]) * x


@loud()
def normal_distribution_from_statistics(x):
    return statistics.NormalDist(0.0, 1.0).cdf(x) * x


@loud()
def correlation_from_statistics(x):
    return statistics.correlation([x, 2.0, 3.0], [1.0, x, 5.0]) * x


@loud()
def regression_from_statistics(x):
    return statistics.linear_regression([0.0, 1.0, 2.0], [x, 1.0, x * x]).slope * x


# Other modules.


@right()
def reduced_product(x):
    return functools.reduce(operator.mul, [x, x + 1, x + 2])


@right()
def accumulated_sums(x):
    return sum(itertools.accumulate([x, x * x, 1.0]))


@right()
def pairs_of_points(x):
    points = [x, 2 * x, x**2]
    return sum((a - b) ** 2 for a, b in itertools.combinations(points, 2))


@right()
def cached_recursion(x):
    @functools.cache
    def legendre(n):
        if n < 2:
            return x if n else 1.0
        return ((2 * n - 1) * x * legendre(n - 1) - (n - 1) * legendre(n - 2)) / n

    return legendre(6)


@right()
def heap_of_values(x):
    heap = [x * x, x, 2 - x]
    heapq.heapify(heap)
    return heapq.heappop(heap) * 2 + heapq.heappop(heap)


@right()
def table_look_up(x):
    knots, values = [0.0, 0.5, 1.0], [1.0, 3.0, 2.0]
    i = bisect.bisect_right(knots, x) - 1
    return values[i] + (x - knots[i]) * (values[i + 1] - values[i]) / (knots[i + 1] - knots[i])


@right()
def fractions_as_coefficients(x):
    return fractions.Fraction(1, 3) * x**2 + x / fractions.Fraction(7, 2)


@loud()
def fraction_of_a_value(x):
    return x * float(fractions.Fraction(x))


@loud()
def decimal_of_a_value(x):
    return x * float(decimal.Decimal(x))


@loud()
def array_module(x):
    return array.array("d", [x, 1.0])[0] * x


@loud()
def packed_bytes(x):
    return struct.unpack("<d", struct.pack("<d", x))[0] * x


@loud()
def json_text(x):
    return json.loads(json.dumps({"x": x}))["x"] * x


@right(by_backward=False)
def shallow_copy(x):
    return copy.copy(x) * x


@right(by_backward=False)
def deep_copy_of_a_list(x):
    return sum(copy.deepcopy([x, 2 * x])) * x


@dataclasses.dataclass
class Circle:
    radius: object


@right()
def attribute_of_a_dataclass(x):
    return 3.14 * Circle(x).radius ** 2


@right(by_backward=False)
def dataclass_as_a_dictionary(x):
    return dataclasses.asdict(Circle(x))["radius"] ** 3


@right()
def dataclass_replaced(x):
    return dataclasses.replace(Circle(1.0), radius=x * x).radius * x


@right()
def named_tuple(x):
    point = namedtuple("Point", "x y")(x, x * x)
    return point.x * point.y


@right()
def seeded_noise(x):
    noise = random.Random(0)
    return sum((x - noise.gauss(0, 1)) ** 2 for _ in range(5))


@loud()
def normal_sample_around_a_value(x):
    return x * random.Random(0).gammavariate(x, 1.0)


@loud(at=0.73)
def range_up_to_a_value(x):
    return sum(x for _ in range(int(x * 10)))


@right()
def two_closures(x):
    def outer(a):
        return lambda b: a * b + x

    return outer(x * 2)(x + 1)


@loud(at=0.6137)
def logarithm_kept_under_a_name(x):
    l = math.log(x + 1)
    return l * x


@loud(at=0.6137)
def root_kept_in_a_dataclass(x):
    @dataclasses.dataclass
    class C:
        r: float

    c = C(r=math.sqrt(x * x))
    return c.r * x


@loud(at=0.6137)
def sine_kept_in_a_named_tuple(x):
    Pt = collections.namedtuple("Pt", "a b")
    q = Pt(math.sin(x * 2), x)
    return q.a * q.b


@loud(at=0.6137)
def json_by_float(x):
    return json.loads(json.dumps({"v": x * 2}, default=float))["v"] * x


@right(at=0.6137)
def reduced_by_an_operator(x):
    return functools.reduce(operator.mul, [x, x, x])


@right(at=0.6137)
def accumulated_maximum(x):
    return list(itertools.accumulate([x, 2 * x, x], max))[-1] * x


@right(at=0.6137)
def partial_of_pow(x):
    return functools.partial(pow, x)(3)


@right(at=0.6137)
def quotient_and_rest(x):
    a, b = divmod(x * 3, 1.0)
    return a * x + b


@right(at=0.6137)
def power_of_a_fraction(x):
    return fractions.Fraction(2) ** x


@loud(at=0.6137)
def seconds_of_a_timedelta(x):
    return datetime.timedelta(seconds=x * 2).total_seconds() * x


@right(at=0.6137)
def counter_of_values(x):
    c = collections.Counter({"a": 1})
    c["a"] += x
    return c["a"] * x


@right(at=0.6137)
def sum_of_a_deque(x):
    return sum(collections.deque([x, x * x], 2))


@right(at=0.6137)
def chained_dictionaries(x):
    return collections.ChainMap({"a": x}, {"b": 2})["a"] ** 2


@loud(at=0.6137)
def scaled_by_ldexp(x):
    return math.ldexp(x * 2, 1) * x


@loud(at=0.6137)
def mantissa_from_math(x):
    mantissa, _ = math.frexp(x * 2)
    return mantissa * x


@loud(at=0.6137)
def fraction_from_math(x):
    fraction, _ = math.modf(x * 2)
    return fraction * x


@loud(at=0.6137)
def rest_from_math(x):
    return math.fmod(x * 3, 1.0) * x


@loud(at=0.6137)
def sign_copied_by_math(x):
    return math.copysign(x * 2, -1) * x


@loud(at=0.6137)
def remainder_from_math(x):
    return math.remainder(x * 3, 1.0) * x


@loud(at=0.6137)
def appended_to_an_array(x):
    a = array.array("d")
    a.append(x * 2)
    return a[0] * x


@right(at=0.6137)
def matched_number(x):
    match x:
        case 0.7:
            return x * 2
        case _:
            return x * 3


@right(at=0.6137)
def quantiles_from_statistics(x):
    return statistics.quantiles([x, 2 * x, 1.0], n=2)[0] * x


@loud(at=0.6137)
def harmonic_mean_from_statistics(x):
    return statistics.harmonic_mean([x, 2 * x]) * x


# A number that is kept, and used long after it left the graph; and other ways through the library.


def after_a_hundred_nodes(x):
    total = x
    for _ in range(100):
        total = total + 0.001 * x
    return total


@loud(at=0.6137)
def rounded_then_used(x):
    n = round(x, 3)
    return n * x * x


@right(at=0.6137)
def lru_cached_function(x):

    @functools.cache
    def f(a):
        return a * a

    return f(x) * f(x) + f(2 * x)


@right(at=0.6137)
def thread_pool(x):
    with concurrent.futures.ThreadPoolExecutor(2) as ex:
        return sum(ex.map(lambda t: t * t, [x, 2 * x])) * x


@loud(at=0.6137)
def thread_pool_math(x):
    with concurrent.futures.ThreadPoolExecutor(2) as ex:
        return sum(ex.map(math.exp, [x, 2 * x])) * x


@loud(at=0.6137)
def in_a_thread_kept(x):
    out = []
    t = threading.Thread(target=lambda: out.append(math.sin(x)))
    t.start()
    t.join()
    return out[0] * x


@loud(at=0.6137)
def generator_pipeline(x):

    def g():
        for k in range(4):
            yield math.cos(x * k)

    return sum(g()) * x


@right(at=0.6137)
def generator_send(x):

    def g():
        t = 0.0
        while True:
            v = yield t
            t = t + v * x

    i = g()
    next(i)
    i.send(1.0)
    return i.send(2.0)


@loud(at=0.6137)
def walrus(x):
    return (y := math.exp(x)) * x + y


@right(at=0.6137)
def walrus_right(x):
    return (y := (x * x)) * x + y


@loud(at=0.6137)
def ternary_on_float(x):
    return x * x if float(x) > 0.5 else x


@loud(at=0.6137)
def star_args(x):

    def f(*a, **k):
        return a[0] * k["b"]

    return f(*[x], b=math.sqrt(x))


@right(at=0.6137)
def enum_value(x):

    class E(enum.Enum):
        A = x

    return E.A.value * x


@loud(at=0.6137)
def simple_namespace(x):
    n = types.SimpleNamespace(a=x, b=math.log(x))
    return n.a * n.b


@loud(at=0.6137)
def property_conversion(x):

    class C:
        def __init__(s, v):
            s.v = v

        @property
        def e(s):
            return math.exp(s.v)

    return C(x).e * x


@loud(at=0.6137)
def cached_property(x):

    class C:
        def __init__(s, v):
            s.v = v

        @functools.cached_property
        def e(s):
            return math.exp(s.v)

    c = C(x)
    return c.e * c.e * x


@loud(at=0.6137)
def slots_class(x):

    class C:
        __slots__ = ("v",)

        def __init__(s, v):
            s.v = math.exp(v)

    return C(x).v * x


@loud(at=0.6137)
def float_subclass(x):

    class F(float):
        pass

    return F(x) * x


@loud(at=0.6137)
def decimal_context(x):
    with decimal.localcontext() as c:
        c.prec = 30
        return float(decimal.Decimal(float(x)).exp()) * x


@loud(at=0.6137)
def fraction_limit(x):
    return float(fractions.Fraction(float(x)).limit_denominator(1000)) * x


@right(at=0.6137)
def fraction_power(x):
    return x ** fractions.Fraction(1, 2) * fractions.Fraction(3, 7)


@loud(at=0.6137)
def logging_format(x):
    s = io.StringIO()
    h = logging.StreamHandler(s)
    l = logging.Logger("a")  # noqa: LOG001
    l.addHandler(h)
    l.warning("%f", x)
    return x * x


@loud(at=0.6137)
def literal_eval(x):
    return ast.literal_eval("%r" % float(x)) * x  # noqa: UP031


@right(at=0.6137)
def accumulate_lambda(x):
    return list(itertools.accumulate([1.0, 2.0, 3.0], lambda a, b: a * x + b))[-1]


@right(at=0.6137)
def starmap(x):
    return sum(itertools.starmap(operator.mul, [(x, 2), (x, x)]))


@right(at=0.6137)
def groupby_sign(x):
    return sum((sum(g) for k, g in itertools.groupby([x, x * x, -x], key=lambda v: v > 0) if k)) * x


@right(at=0.6137)
def product_iter(x):
    return sum((a * b for a, b in itertools.product([x, 1.0], [x * x, 2.0])))


@loud(at=0.6137)
def sorted_key_float(x):
    return sorted([x, 2 * x, 1.0], key=float)[1] * x


@right(at=0.6137)
def max_key_abs(x):
    return max([x, -2 * x], key=abs) * x


@right(at=0.6137)
def max_default(x):
    return max(x, 0.5) * min(x, 3) * x


@right(at=0.6137)
def index_in_list(x):
    return [x, 2 * x].index(x) * x + x


@right(at=0.6137)
def count_in_list(x):
    return [x, 2 * x, x].count(x) * x


@right(at=0.6137)
def set_of_values(x):
    return sum({x, x, 2 * x})


@right(at=0.6137)
def dict_merge(x):
    return sum(({"a": x} | {"b": x * x}).values())


@right(at=0.6137)
def sum_of_bools(x):
    return sum(v > 0 for v in [x, -x]) * x


@loud(at=0.6137)
def math_sumprod(x):
    return math.fsum((a * b for a, b in zip([x, x], [1.0, 2.0]))) * x


@loud(at=0.6137)
def math_trunc(x):
    return (x * 3 - math.trunc(x * 3)) * x


@right(at=0.6137)
def math_comb(x):
    return math.comb(5, 2) * x


@right(at=0.6137)
def math_factorial_series(x):
    return sum(x**k / math.factorial(k) for k in range(15))


@loud(at=0.6137)
def math_erf(x):
    return math.erf(x) * x


@loud(at=0.6137)
def math_degrees(x):
    return math.degrees(x) * x


@loud(at=0.6137)
def math_nextafter(x):
    return math.nextafter(x, 2.0) * x


@loud(at=0.6137)
def math_ulp(x):
    return (x + math.ulp(x)) * x


@loud(at=0.6137)
def math_gcd(x):
    return math.gcd(int(x * 100), 10) * x


@loud(at=0.6137)
def cmath_sqrt(x):
    return cmath.sqrt(x - 1).imag * x


@loud(at=0.6137)
def complex_ctor(x):
    return complex(x).real * x


@right(at=0.6137)
def random_choice(x):
    r = random.Random(1)
    return r.choice([x, 2 * x, 3 * x]) * x


@right(at=0.6137)
def random_shuffle(x):
    r = random.Random(1)
    l = [x, 2 * x, 3.0]
    r.shuffle(l)
    return l[0] * l[1]


@right(at=0.6137)
def random_gauss_reparam(x):
    r = random.Random(1)
    return sum((x * r.gauss(0, 1)) ** 2 for _ in range(3))


@right(at=0.6137)
def random_gauss(x):
    return random.Random(1).gauss(x, 1.0) * x


@right(at=0.6137)
def random_expovariate(x):
    return random.Random(1).expovariate(x) * x


@loud(at=0.6137)
def random_choices_weights(x):
    return random.Random(1).choices([1.0, 2.0], weights=[x, 1 - x])[0] * x * x


@loud(at=0.6137)
def random_triangular(x):
    return random.Random(1).triangular(0, 1, x) * x


@right(at=0.6137)
def statistics_mode(x):
    return statistics.mode([x, x, 1.0]) * x


@right(at=0.6137)
def statistics_medianlow(x):
    return statistics.median_low([x, 2 * x, 3 * x]) * x


@loud(at=0.6137)
def statistics_normaldist(x):
    return statistics.NormalDist(x, 1.0).pdf(0.3) * x


@loud(at=0.6137)
def statistics_covariance(x):
    return statistics.covariance([x, 2.0, 3.0], [1.0, x, 2.0]) * x


@loud(at=0.6137)
def statistics_weighted(x):
    return statistics.fmean([1.0, 2.0], weights=[x, 1 - x]) * x


@loud(at=0.6137)
def kept_for_long_math(x):
    e = math.exp(x)
    return after_a_hundred_nodes(x) * e


@loud(at=0.6137)
def kept_for_long_dict(x):
    d = {"a": math.exp(x)}
    return after_a_hundred_nodes(x) * d["a"]


@loud(at=0.6137)
def kept_for_long_derived_late(x):
    e = math.exp(x)
    y = after_a_hundred_nodes(x)
    w = e * 3.0 + 1
    return after_a_hundred_nodes(y) * w


@loud(at=0.6137)
def kept_for_long_attr(x):

    class C:
        pass

    c = C()
    c.a = math.exp(x)
    return after_a_hundred_nodes(x) * c.a


@loud(at=0.6137)
def kept_for_long_slots(x):

    class C:
        __slots__ = "a"  # noqa: PLC0205

    c = C()
    c.a = math.exp(x)
    return after_a_hundred_nodes(x) * c.a


@loud(at=0.6137)
def kept_for_long_decimal(x):
    c = decimal.Decimal(float(x)).exp()
    return after_a_hundred_nodes(x) * float(c)


@loud(at=0.6137)
def kept_for_long_text(x):
    c = json.dumps(float(x) * 3)
    return after_a_hundred_nodes(x) * json.loads(c)


@loud(at=0.6137)
def kept_for_long_partial(x):
    f = functools.partial(operator.mul, math.exp(x))
    return f(after_a_hundred_nodes(x))


@loud(at=0.6137)
def kept_for_long_lambda_default(x):
    f = lambda t, c=math.exp(x): t * c  # noqa: B008
    return f(after_a_hundred_nodes(x))


@loud(at=0.6137)
def kept_for_long_closure_of_closure(x):

    def make(c):
        return lambda t: t * c

    f = make(math.exp(x))
    return f(after_a_hundred_nodes(x))


@loud(at=0.6137)
def kept_for_long_generator(x):

    def g(c):
        while True:
            yield c

    it = g(math.exp(x))
    return after_a_hundred_nodes(x) * next(it)


@loud(at=0.6137)
def kept_for_long_nested_list(x):
    c = [[math.exp(x)], [1.0]]
    return after_a_hundred_nodes(x) * c[0][0]


@loud(at=0.6137)
def kept_for_long_namedtuple_obj(x):
    Pt = typing.NamedTuple("Pt", [("a", float)])  # noqa: UP014
    c = Pt(math.exp(x))
    return after_a_hundred_nodes(x) * c.a


@loud(at=0.6137)
def kept_for_long_frozen(x):

    @dataclasses.dataclass(frozen=True)
    class C:
        a: float

    c = C(math.exp(x))
    return after_a_hundred_nodes(x) * c.a


@loud(at=0.6137)
def kept_for_long_dc_slots(x):

    @dataclasses.dataclass(slots=True)
    class C:
        a: float

    c = C(math.exp(x))
    return after_a_hundred_nodes(x) * c.a


@loud(at=0.6137)
def kept_for_long_queue(x):
    q = queue.Queue()
    q.put(math.exp(x))
    y = after_a_hundred_nodes(x)
    return y * q.get()


@loud(at=0.6137)
def kept_for_long_heap(x):
    h = []
    heapq.heappush(h, math.exp(x))
    y = after_a_hundred_nodes(x)
    return y * h[0]


@loud(at=0.6137)
def kept_for_long_array(x):
    a = array.array("d", [math.exp(x)])
    return after_a_hundred_nodes(x) * a[0]


@loud(at=0.6137)
def kept_for_long_set(x):
    a = {math.exp(x)}
    return after_a_hundred_nodes(x) * a.pop()


@loud(at=0.6137)
def kept_for_long_setattr(x):
    c = types.SimpleNamespace()
    c.a = math.exp(x)
    return after_a_hundred_nodes(x) * c.a


@loud(at=0.6137)
def kept_for_long_contextvar(x):
    v = contextvars.ContextVar("v")
    v.set(math.exp(x))
    return after_a_hundred_nodes(x) * v.get()


@loud(at=0.6137)
def kept_for_long_class_attr(x):

    class C:
        a = math.exp(x)

    return after_a_hundred_nodes(x) * C.a


@loud(at=0.6137)
def kept_for_long_func_attr(x):

    def f():
        pass

    f.a = math.exp(x)
    return after_a_hundred_nodes(x) * f.a


@loud(at=0.6137)
def kept_for_long_unpack(x):
    a, *b = (math.exp(x), 2.0, 3.0)
    return after_a_hundred_nodes(x) * a * b[0]


@loud(at=0.6137)
def kept_for_long_loop_accum(x):
    t = 0.0
    for k in range(3):
        t += math.exp(k * x)
    return after_a_hundred_nodes(x) * t


@loud(at=0.6137)
def kept_for_long_max(x):
    m = max(math.exp(x), 0.1)
    return after_a_hundred_nodes(x) * m


@loud(at=0.6137)
def kept_for_long_try(x):
    try:
        c = math.exp(x)
    finally:
        pass
    return after_a_hundred_nodes(x) * c


@loud(at=0.6137)
def kept_for_long_with(x):
    with contextlib.suppress(ValueError):
        c = math.exp(x)
    return after_a_hundred_nodes(x) * c


@loud(at=0.6137)
def kept_for_long_returned_tuple(x):

    def f(x):
        return (x * x, math.exp(x))

    a, b = f(x)
    return after_a_hundred_nodes(a) * b


@loud(at=0.6137)
def kept_for_long_method_chain(x):

    class C:
        def set(s, v):
            s.v = v
            return s

    c = C().set(math.exp(x))
    return after_a_hundred_nodes(x) * c.v
