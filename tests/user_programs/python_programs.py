"""Programs in Python alone, and with its library: math, statistics, functools, itertools, copy, json, ..."""

from __future__ import annotations

import array
import bisect
import cmath
import collections
import copy
import dataclasses
import datetime
import decimal
import fractions
import functools
import heapq
import itertools
import json
import math
import operator
import random
import statistics
import struct
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
