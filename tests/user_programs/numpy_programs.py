"""Programs on NumPy's arrays: formulas with a `Value` among numbers, and arrays whose elements are `Value`s."""

from __future__ import annotations

import io
import math

import numpy as np

import autograd

from .registry import loud, right

DATA = np.array([0.3, -1.2, 2.5, 0.8])
TARGETS = np.array([1.0, 0.0, 2.0, -1.0])
MATRIX = np.array([[2.0, -1.0], [0.5, 3.0]])


def vector(x):
    """An array whose elements depend on x."""
    return np.array([x, 2 * x, x * x, 1 - x])


def matrix(x):
    return np.array([[x, x * x], [1 - x, 3.0 + x]])


# A parameter among numbers.


@right()
def mean_squared_error(x):
    return np.mean((x * DATA - TARGETS) ** 2)


@right()
def sum_of_exponentials(x):
    return np.sum(np.exp(-x * DATA))


@right()
def logistic_loss(x):
    return np.sum(np.log(1 + np.exp(-TARGETS * (x * DATA))))


@right()
def softmax_entropy(x):
    scores = np.exp(x * DATA)
    shares = scores / np.sum(scores)
    return -np.sum(shares * np.log(shares))


@right()
def log_of_a_sum_shifted_by_the_largest(x):
    scores = x * DATA
    largest = np.max(scores)
    return largest + np.log(np.sum(np.exp(scores - largest)))


@right()
def ridge_penalty(x):
    return np.dot(x * DATA - TARGETS, x * DATA - TARGETS) + 0.1 * x**2


@right()
def matrix_vector_product(x):
    return np.sum(MATRIX @ np.array([x, 1.0]))


@right()
def quadratic_form(x):
    v = np.array([x, 1 - x])
    return v @ MATRIX @ v


@right()
def rotation(x):
    turn = np.array([[np.cos(x), -np.sin(x)], [np.sin(x), np.cos(x)]])
    return (turn @ np.array([1.0, 2.0]))[0]


@right()
def polynomial(x):
    return np.polyval([1.0, -2.0, 0.5, 3.0], x)


@right()
def polynomial_with_a_value_among_the_coefficients(x):
    return np.polyval([x, -2.0, x * x], 1.5)


@right()
def trapezoidal_integral(x):
    t = np.linspace(0.0, 1.0, 11)
    return np.trapezoid(np.sin(x * t), t)


@right()
def riemann_sum_up_to_a_value(x):
    t = np.linspace(0.0, x, 11)
    return np.sum(t[:-1] ** 2) * x / 10


@right()
def scalar_functions(x):
    return np.tanh(x) + np.arctan(x) * np.sqrt(x) + np.log1p(x) + np.expm1(x) - np.cbrt(x)


@right()
def inverse_functions(x):
    return np.arcsin(x) * np.arccos(x) + np.arcsinh(x) + np.arctanh(x) + np.arccosh(1 + x)


@right()
def logarithms_of_other_bases(x):
    return np.log2(x) * np.log10(x) + np.exp2(x)


@right()
def angle_of_a_point(x):
    return np.arctan2(x, 1 - x) + np.hypot(x, 2.0)


@right()
def degrees_and_radians(x):
    return np.sin(np.deg2rad(90 * x)) + np.degrees(x) * np.radians(x) + np.rad2deg(x)


@right()
def square_and_reciprocal(x):
    return np.square(x) * np.reciprocal(x + 1) + np.negative(x) + np.positive(x) * np.absolute(x) + np.fabs(x)


@right()
def power_of_numpys(x):
    return np.power(x, 3) + np.power(2.0, x) + np.float_power(x, 2)


@right()
def log_of_a_sum_of_exponentials(x):
    return np.logaddexp(x, 1.0) + np.logaddexp(0.0, -x)


@right()
def remainders(x):
    return np.mod(5 * x, 2) * np.remainder(x, 0.3) + np.floor_divide(x, 0.3) * x + np.divmod(x, 0.4)[1]


@right()
def floor_and_ceiling_of_one_value(x):
    return x * np.floor(3 * x) + x * np.ceil(3 * x)


@right()
def sign_of_numpys(x):
    return np.sign(x - 1) * x + np.sum(np.sign(x - DATA) * x)


@right()
def clipped(x):
    return np.clip(x, 0.0, 0.5) * x + np.clip(x, 0.0, 1.0) * x


@right()
def clipped_array(x):
    return np.sum(np.clip(x * DATA, -0.5, 0.5) * DATA)


@right()
def choice_with_where(x):
    return np.where(x > 0.5, x * x, -x) * 2


@right()
def choice_in_an_array(x):
    return np.sum(np.where(DATA > 0, x * DATA, x**2))


@right()
def choice_by_what_is_chosen_from(x):
    scores = x * DATA
    return np.sum(np.where(scores > 0.1, scores, 0.01 * scores))


@right()
def piecewise_by_select(x):
    return np.select([x < 0, x < 1], [-x, x**3], 1.0) * x


@right()
def largest_and_smallest(x):
    return np.maximum(x, 0.2) * np.minimum(x, 0.9) + np.fmax(x, np.nan) + np.fmin(x, 2.0)


@right()
def relu_of_an_array(x):
    return np.sum(np.maximum(0, x * DATA))


@right()
def numpy_numbers_on_the_left(x):
    return np.float64(2.0) * x + np.float64(0.5) / (1 + x) - np.int64(3) ** x + np.array(2.0) * x


@right()
def number_in_an_array_of_shape_0(x):
    box = np.array(x)
    return box * 2 + x * box + autograd.exp(box) + box**2


@right()
def squeezed_element(x):
    return np.array([x]).squeeze() * x


@right()
def item_of_an_array(x):
    return np.array([x, 2.0])[:1].item() * x


@right()
def vectorized_function(x):
    return np.vectorize(lambda t: t * t)(x) * x


@right()
def vectorized_over_an_array(x):
    return np.sum(np.vectorize(lambda t: x * t if t > 0 else x**2)(DATA))


@right()
def outer_product(x):
    return np.sum(np.outer(DATA, np.array([x, x * x])))


@right()
def broadcasting(x):
    return np.sum((x - DATA[:, None]) * (TARGETS[None, :] + x))


@right()
def einstein_sum(x):
    return np.einsum("i,ij,j", np.array([x, 1.0]), MATRIX, np.array([x, x]))


# Arrays of values.


@right()
def sums_along_axes(x):
    return np.sum(matrix(x).sum(axis=0) * matrix(x).mean(axis=1))


@right()
def cumulative(x):
    return np.cumsum(vector(x))[2] * np.cumprod(vector(x))[1]


@right()
def differences(x):
    return np.sum(np.diff(vector(x)) ** 2)


@right()
def standard_deviation(x):
    return np.std(vector(x)) + vector(x).var(ddof=1)


@right()
def normalized(x):
    v = vector(x)
    return ((v - np.mean(v)) / np.std(v))[0]


@right()
def average_with_weights(x):
    return np.average(vector(x), weights=[1, 2, 3, 4]) + np.average(DATA, weights=vector(x))


@right()
def median(x):
    return np.median(vector(x)) * x


@right()
def sorted_values(x):
    return np.sum(np.sort(vector(x)) * DATA)


@right()
def reordered_by_argsort(x):
    v = vector(x)
    return np.sum(v[np.argsort(v)] * DATA)


@right()
def chosen_by_argmax(x):
    return vector(x)[np.argmax(vector(x))] * x


@right()
def largest_of_an_array(x):
    return np.max(vector(x)) - np.min(vector(x)) * np.ptp(vector(x))


@right()
def chosen_by_a_mask(x):
    v = vector(x)
    return np.sum(v[v > 0.5] ** 2)


@right()
def norm_of_a_vector(x):
    return np.linalg.norm(vector(x))


@right()
def product_of_matrices(x):
    return np.trace(matrix(x) @ matrix(x).T)


@right()
def power_of_a_matrix(x):
    return np.linalg.matrix_power(matrix(x), 3)[0, 1]


@right()
def kronecker_and_tensor_products(x):
    return np.kron(vector(x), [1.0, 2.0]).sum() + np.tensordot(matrix(x), MATRIX, 2).item()


@right()
def convolution(x):
    return np.convolve(vector(x), [0.25, 0.5, 0.25])[2]


@right()
def cross_product(x):
    return np.cross([x, x * x, 1.0], [1.0, x, 2.0])[0]


@right()
def stacked_and_reshaped(x):
    both = np.concatenate([vector(x), DATA * x]).reshape(2, 4)
    return np.sum(both[0] * both[1]) + np.stack([vector(x), vector(x)]).sum()


@right()
def rolled_and_repeated(x):
    return np.sum(np.roll(vector(x), 1) * vector(x)) + np.repeat(np.array([x]), 3).prod() + np.tile(vector(x), 2)[4]


@right()
def elementwise_functions_on_objects(x):
    v = vector(x) + 2
    return np.sum(np.exp(v) + np.log(v) * np.sqrt(v) + np.tanh(v) + np.arctan(v) + np.log2(v) + np.cbrt(v))


@right()
def power_and_division_on_objects(x):
    return np.sum(vector(x) ** 2 / (1 + vector(x) ** 2)) + np.sum(np.power(vector(x), 3))


@right()
def remainders_on_objects(x):
    return np.sum(vector(x) % 0.33) + np.sum(vector(x) // 0.33)


@right()
def conjugate_and_real_part(x):
    return np.sum(np.conjugate(vector(x)) * vector(x).real) + np.sum(vector(x).imag)


@right()
def assignment_into_an_array_of_objects(x):
    out = np.empty(3, dtype=object)
    out[0], out[1], out[2] = x, x * x, 1.0
    return np.sum(out) * out[1]


@right()
def nan_aware_sums(x):
    return np.nansum(vector(x)) * np.nanmean(vector(x))


@right()
def product_of_an_array(x):
    return np.prod(vector(x) + 1)


@right()
def explicit_euler(x):
    y = np.array([1.0, 0.0])
    for _ in range(10):
        y = y + 0.1 * np.array([y[1], -x * y[0]])
    return y[0]


@right()
def power_iteration(x):
    v = np.array([1.0, 1.0])
    for _ in range(30):
        v = matrix(x) @ v
        v = v / np.sqrt(v @ v)
    return v @ matrix(x) @ v


@right()
def small_network(x):
    hidden = np.tanh(np.array([[x, 0.5], [-0.3, x]]) @ np.array([1.0, -2.0]) + np.array([0.1, x]))
    return hidden @ np.array([1.0, x])


@right()
def moving_average_by_slices(x):
    v = vector(x)
    return np.sum((v[1:] + v[:-1]) / 2)


@right()
def interpolated_by_hand(x):
    return np.sum(np.array([0.0, 1.0, 0.5]) * np.maximum(0.0, 1 - np.abs(x - np.array([0.0, 0.5, 1.0]))))


@right()
def in_place_on_objects(x):
    v = np.array([x, 1.0], dtype=object)
    v += x
    v *= 2
    return np.sum(v)


# Where numbers leave the graph.


@loud()
def array_of_floats(x):
    return np.array([x, 2 * x], dtype=float).sum() * x


@loud()
def as_an_array_of_floats(x):
    return np.asarray(vector(x), float) @ DATA + x


@loud()
def astype_float(x):
    return np.sum(vector(x).astype(float)) * x


@loud()
def filling_an_array_of_floats(x):
    out = np.zeros(3)
    for i in range(3):
        out[i] = x * i
    return out.sum() * x


@loud()
def in_place_on_floats(x):
    total = DATA.copy()
    total += x
    return total.sum() * x


@loud()
def filled_with_fill(x):
    out = np.empty(2)
    out.fill(x)
    return out.sum() * x


@loud()
def full_of_floats(x):
    return np.full(3, x, dtype=float).sum() + x


@loud()
def mean_as_a_float(x):
    return np.mean(vector(x), dtype=float) * x


@loud()
def gradient_of_an_array(x):
    return np.gradient(vector(x))[1] * x


@loud()
def interpolation(x):
    return np.interp(x, [0.0, 0.5, 1.0], [0.0, 2.0, 1.0]) * x


@loud()
def interpolation_of_values(x):
    return np.interp(0.3, [0.0, 1.0], [x, 2 * x])


@loud()
def solution_of_a_linear_system(x):
    return np.linalg.solve(matrix(x), [1.0, 2.0])[0] * x


@loud()
def determinant(x):
    return np.linalg.det(matrix(x)) * x


@loud()
def inverse_of_a_matrix(x):
    return np.linalg.inv(matrix(x))[0, 0] * x


@loud()
def eigenvalues(x):
    return np.linalg.eigvalsh(matrix(x) + matrix(x).T)[0] + x


@loud()
def least_squares(x):
    return np.linalg.lstsq(np.vstack([DATA, DATA * 0 + 1]).T, TARGETS * x, rcond=None)[0][0] + x


@loud()
def fourier_transform(x):
    return np.abs(np.fft.fft(vector(x))[1]) * x


@loud()
def percentile(x):
    return np.percentile(vector(x), 30) * x


@loud()
def covariance(x):
    return np.cov(vector(x), DATA)[0, 1] * x


@loud()
def rounded(x):
    return np.round(x, 1) * x + np.rint(x)


@loud()
def rounded_array(x):
    return np.sum(np.round(vector(x), 1)) * x


@loud()
def floor_of_objects(x):
    return np.sum(np.floor(3 * vector(x)) * x)


@right()
def histogram(x):
    return np.histogram(vector(x), bins=[0.0, 0.5, 1.0])[0].sum() * x * x


@loud()
def heaviside(x):
    return np.heaviside(x, 0.5) * x * x


@loud()
def sinc(x):
    return np.sinc(x) * x


@loud()
def piecewise(x):
    return float(np.piecewise(x, [x < 0, x >= 0], [lambda t: -t, lambda t: t**2])) * x


@loud()
def logarithm_of_sums_of_objects(x):
    return np.sum(np.logaddexp(vector(x), 0.0)) * x


@loud()
def polynomial_fit(x):
    return np.polyfit([0.0, 1.0, 2.0], [x, 1.0, x * x], 1)[0] * x


@loud()
def roots_of_a_polynomial(x):
    return np.roots([1.0, -3.0, x])[0] * x


@loud()
def indices_made_of_values(x):
    return DATA[int(2 * x)] * x


@loud()
def complex_exponential(x):
    return np.exp(1j * x).real * x


@loud(at=0.73)
def arange_up_to_a_value(x):
    return np.arange(0.0, x, 0.1).sum() * x


@loud()
def random_normal_around_a_value(x):
    return np.random.default_rng(0).normal(x, 1.0) * x


@loud()
def correlation_coefficient(x):
    return np.corrcoef(vector(x), DATA)[0, 1] + x


@right(at=0.6137)
def array_full_of_a_value(x):
    return np.full(3, x).sum() * x


@loud(at=0.6137)
def float_array_full_of_a_value(x):
    return np.full(3, x, dtype=float).sum() * x


@loud(at=0.6137)
def filled_in_place(x):
    a = np.empty(3)
    a.fill(x * 2)
    return a.sum() * x


@loud(at=0.6137)
def put_in_place(x):
    a = np.zeros(3)
    np.put(a, [1], x * 2)
    return a.sum() * x


@loud(at=0.6137)
def inserted_into_floats(x):
    return np.insert(np.zeros(2), 1, x * 2).sum() * x


@right(at=0.6137)
def cumulative_product(x):
    return np.cumprod(vector(x))[-1]


@right(at=0.6137)
def squared_differences(x):
    return (np.diff(vector(x)) ** 2).sum()


@right(at=0.6137)
def convolution_of_values(x):
    return np.convolve(vector(x), [1.0, 2.0])[1] * x


@right(at=0.6137)
def sum_by_einstein(x):
    return np.einsum("i,i->", vector(x), vector(x))


@right(at=0.6137)
def kronecker_product(x):
    return np.kron(vector(x), [1.0, 2.0]).sum()


@right(at=0.6137)
def weighted_average(x):
    return np.average(vector(x), weights=[1.0, 2.0, 3.0, 4.0]) * x


@loud(at=0.6137)
def fitted_polynomial(x):
    return np.polyfit([0.0, 1.0, 2.0, 3.0], vector(x), 1)[0] * x


@loud(at=0.6137)
def solved_system(x):
    return np.linalg.solve(np.array([[x, 1.0], [0.0, 1.0]]), np.array([1.0, 2.0]))[0]


@loud(at=0.6137)
def inverse(x):
    return np.linalg.inv(np.array([[x, 1.0], [2.0, x]]))[0, 0]


@right(at=0.6137)
def function_for_arrays(x):
    return np.frompyfunc(lambda t: t * t, 1, 1)(vector(x)).sum()


@loud(at=0.6137)
def vectorized_exponential_from_math(x):
    return np.vectorize(math.exp)(np.array([x, x * 2])).sum() * x


@right(at=0.6137)
def clipped_value(x):
    return np.clip(x * 2, 0.0, 1.0) * x


@loud(at=0.6137)
def normal_sample_of_a_generator(x):
    return np.random.default_rng(0).normal(x, 1.0) * x


# As others write them.


@loud(at=0.6137)
def array_math(x):
    return np.array([math.exp(x), x])[0] * x


@loud(at=0.6137)
def fromiter(x):
    return np.fromiter((x * k for k in range(3)), dtype=float).sum() * x


@right(at=0.6137)
def fromfunction(x):
    return np.fromfunction(lambda i: i * x, (4,)).sum() * x


@right(at=0.6137)
def apply_along(x):
    return np.apply_along_axis(lambda r: r.sum() * x, 1, np.ones((2, 3))).sum() * x


@right(at=0.6137)
def apply_along_obj(x):
    return np.apply_along_axis(lambda r: (r * r).sum(), 0, vector(x)).sum()


@loud(at=0.6137)
def vectorize_otypes(x):
    return np.vectorize(lambda t: t * x, otypes=[float])(np.arange(3.0)).sum() * x


@right(at=0.6137)
def vectorize_sig(x):
    return np.vectorize(lambda a: a.sum() * x, signature="(n)->()")(np.ones((2, 3))).sum()


@right(at=0.6137)
def where_float(x):
    return np.where(np.array([1, 0]) > 0, np.array([x, x]), 0.0).sum() * x


@right(at=0.6137)
def choose(x):
    return np.choose(1, [x, x * x]) * x


@right(at=0.6137)
def take(x):
    return np.take(vector(x), [0, 2]).sum() * x


@loud(at=0.6137)
def lexsort(x):
    return vector(x)[np.lexsort((vector(x).astype(float),))].sum() * x


@right(at=0.6137)
def partition(x):
    return np.partition(vector(x), 1)[0] * x


@right(at=0.6137)
def searchsorted(x):
    return np.searchsorted([0.0, 0.5, 1.0], x) * x * x


@right(at=0.6137)
def digitize(x):
    return np.digitize(x, [0.0, 0.5, 1.0]) * x * x


@right(at=0.6137)
def unique(x):
    return np.unique(vector(x))[0] * x


@right(at=0.6137)
def nanmax(x):
    return np.nanmax(vector(x)) * x


@right(at=0.6137)
def argsort_rank(x):
    return (np.argsort(vector(x)) * vector(x)).sum()


@right(at=0.6137)
def triu(x):
    return np.triu(np.array([[x, x * x], [1.0, x]])).sum() * x


@right(at=0.6137)
def diag(x):
    return np.diag([x, 2 * x]).sum() * x


@right(at=0.6137)
def eye_scaled(x):
    return (np.eye(2) * x).sum() * x


@right(at=0.6137)
def block(x):
    return np.block([[np.array([[x]]), np.ones((1, 1))], [np.ones((1, 2))]]).sum() * x


@right(at=0.6137)
def pad(x):
    return np.pad(vector(x), 1).sum() * x


@right(at=0.6137)
def meshgrid(x):
    a, b = np.meshgrid([x, 1.0], [x, 2.0])
    return (a * b).sum()


@right(at=0.6137)
def logspace(x):
    return np.logspace(0, x, 3)[1] * x


@right(at=0.6137)
def linspace_arr(x):
    return np.linspace(x, 2 * x, 5)[2] * x


@right(at=0.6137)
def empty_like(x):
    a = np.empty_like(vector(x))
    a[:] = x
    return a.sum() * x


@right(at=0.6137)
def zeros_like_obj(x):
    a = np.zeros_like(vector(x))
    a[1] = x
    return a.sum() * x


@loud(at=0.6137)
def full_like(x):
    return np.full_like(np.ones(3), x).sum() * x


@right(at=0.6137)
def full_like_obj(x):
    return np.full_like(vector(x), x).sum() * x


@right(at=0.6137)
def ones_like(x):
    return (np.ones_like(vector(x)) * x).sum()


@right(at=0.6137)
def ones_like_value(x):
    return np.ones_like(x) * x


@right(at=0.6137)
def zeros_like_value(x):
    return (np.zeros_like(x) + x) * x


@right(at=0.6137)
def array_equal(x):
    return x * x if np.array_equal(np.array([x]), np.array([x])) else x


@loud(at=0.6137)
def float64_ctor(x):
    return np.float64(x) * x


@loud(at=0.6137)
def array_ctor_float32(x):
    return np.array([x], dtype=np.float32)[0] * x


@right(at=0.6137)
def vdot(x):
    return np.vdot(vector(x), vector(x))


@right(at=0.6137)
def inner(x):
    return np.inner(vector(x), vector(x))


@right(at=0.6137)
def multi_dot(x):
    return np.linalg.multi_dot([np.array([[x, 1.0]]), np.array([[x], [2.0]]), np.array([[x]])])[0, 0]


@right(at=0.6137)
def norm_ord1(x):
    return np.linalg.norm(vector(x), 1) * x


@right(at=0.6137)
def norm_inf(x):
    return np.linalg.norm(vector(x), np.inf) * x


@right(at=0.6137)
def norm_fro(x):
    return np.linalg.norm(np.array([[x, 1.0], [2.0, x * x]])) * x


@loud(at=0.6137)
def qr(x):
    return np.linalg.qr(np.array([[x, 1.0], [2.0, x]]))[1][0, 0] * x


@loud(at=0.6137)
def random_scale(x):
    return np.random.default_rng(0).normal(0, x, 3).sum() * x


@loud(at=0.6137)
def random_choice_p(x):
    return np.random.default_rng(0).choice([1.0, 2.0], p=[float(x), 1 - float(x)]) * x * x


@right(at=0.6137)
def poly1d(x):
    return np.poly1d([1.0, x, 2.0])(x)


@right(at=0.6137)
def polynomial_of_numpys(x):
    return np.polynomial.Polynomial([1.0, 2.0, 3.0])(x) * x


@right(at=0.6137)
def polynomial_coefs(x):
    return np.polynomial.Polynomial([x, 2 * x])(0.3) * x


@right(at=0.6137)
def chebyshev(x):
    return np.polynomial.chebyshev.chebval(x, [1.0, 2.0, 3.0]) * x


@right(at=0.6137)
def legendre(x):
    return np.polynomial.legendre.legval(x, [1.0, 2.0, 3.0]) * x


@right(at=0.6137)
def unwrap(x):
    return np.unwrap(vector(x) * 4)[-1] * x


@right(at=0.6137)
def correlate(x):
    return np.correlate(vector(x), [1.0, 2.0])[0] * x


@loud(at=0.6137)
def cumsum_float(x):
    return np.cumsum([x, 2 * x], dtype=float)[-1] * x


@loud(at=0.6137)
def add_at(x):
    a = np.zeros(3)
    np.add.at(a, [0, 1], x)
    return a.sum() * x


@right(at=0.6137)
def add_at_obj(x):
    a = np.zeros(3, object)
    np.add.at(a, [0, 1], x)
    return a.sum() * x


@right(at=0.6137)
def add_reduce(x):
    return np.add.reduce(vector(x)) * np.multiply.reduce(vector(x))


@right(at=0.6137)
def maximum_accumulate(x):
    return np.maximum.accumulate(vector(x))[-1] * x


@right(at=0.6137)
def outer_ufunc(x):
    return np.subtract.outer(vector(x), vector(x)).sum() * x + np.multiply.outer(vector(x), vector(x)).sum()


@right(at=0.6137)
def where_kw(x):
    return np.add(vector(x), 1.0, where=np.array([True, True, False, True]), out=np.zeros(4, object)).sum() * x


@right(at=0.6137)
def nan_to_num(x):
    return np.nan_to_num(vector(x)).sum() * x


@right(at=0.6137)
def nan_to_num_value(x):
    return np.nan_to_num(x) * x


@loud(at=0.6137)
def fix(x):
    return np.fix(x * 3) * x


@loud(at=0.6137)
def trunc(x):
    return np.trunc(x * 3) * x


@loud(at=0.6137)
def i0(x):
    return np.i0(x) * x


@right(at=0.6137)
def real_if_close(x):
    return np.real_if_close(vector(x)).sum() * x


@right(at=0.6137)
def real(x):
    return np.real(x) * x


@right(at=0.6137)
def iscomplex(x):
    return x * x if np.isrealobj(x) else x


@loud(at=0.6137)
def structured(x):
    a = np.zeros(2, dtype=[("a", float)])
    a["a"][0] = x
    return a["a"].sum() * x


@right(at=0.6137)
def structured_obj(x):
    a = np.zeros(2, dtype=[("a", object)])
    a["a"][0] = x
    return a["a"].sum() * x


@right(at=0.6137)
def ma(x):
    return np.ma.array(vector(x), mask=[0, 1, 0, 0]).sum() * x


@loud(at=0.6137)
def memo_text(x):
    return float(np.array2string(np.array([float(x)]))[1:-1]) * x


@loud(at=0.6137)
def savetxt(x):
    s = io.StringIO()
    np.savetxt(s, [float(x)])
    s.seek(0)
    return float(np.loadtxt(s)) * x


@loud(at=0.6137)
def tobytes(x):
    return np.frombuffer(np.array([x], float).tobytes())[0] * x


@loud(at=0.6137)
def put_along(x):
    a = np.zeros(3)
    a[[0, 1]] = [x, 2 * x]
    return a.sum() * x


@loud(at=0.6137)
def slice_assign(x):
    a = np.zeros(3)
    a[1:] = x
    return (a * x).sum()


@loud(at=0.6137)
def iadd_elem(x):
    a = np.zeros(3)
    a[1] += x
    return (a * x).sum()


@right(at=0.6137)
def nditer(x):
    return sum(v.item() * x for v in np.nditer(np.arange(3.0)))


@right(at=0.6137)
def ndenumerate(x):
    return sum((i[0] * v for i, v in np.ndenumerate(vector(x))))


@right(at=0.6137)
def tolist(x):
    return sum(vector(x).tolist()) * x
