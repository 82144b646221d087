"""Programs with SciPy: special functions, distributions, integrals, interpolation, optimization."""

from __future__ import annotations

import numpy as np
import scipy
from scipy import integrate, interpolate, linalg, ndimage, optimize, signal, spatial, special, stats

from .registry import loud, right


@right()
def logistic_function(x):
    return special.expit(3 * x) * x


@right()
def error_functions(x):
    return special.erf(x) * x + special.erfc(x)


@right()
def normal_distribution_function(x):
    return special.ndtr(x) * x


@right()
def exponentials_and_logarithms(x):
    return special.exp2(x) + special.expm1(x) * special.log1p(x) + special.cbrt(x)


@right()
def value_given_to_an_integrand_of_ours(x):
    nodes, weights = np.polynomial.legendre.leggauss(8)
    return np.sum(weights * np.exp(-x * (nodes + 1) / 2)) / 2


@right()
def simpsons_rule(x):
    t = np.linspace(0.0, 1.0, 11)
    return integrate.simpson(np.exp(-x * t), x=t)


@right()
def trapezoid_rule(x):
    t = np.linspace(0.0, 1.0, 11)
    return integrate.trapezoid(np.sin(x * t), t)


@right()
def softmax_by_hand_with_special_shift(x):
    scores = np.array([x, 2 * x, 1.0])
    return (np.exp(scores - scores.max()) / np.exp(scores - scores.max()).sum())[0]


@loud()
def log_of_a_sum_of_exponentials(x):
    return special.logsumexp(np.array([x, 2 * x, 1.0])) * x


@right()
def softmax_of_scipys(x):
    return special.softmax(np.array([x, 2 * x, 1.0]))[0] * x


@loud()
def gamma_function(x):
    return special.gamma(x) * x


@loud()
def log_gamma_function(x):
    return special.gammaln(x + 1) * x


@loud()
def bessel_function(x):
    return special.jv(0, x) * x


@loud()
def x_log_y(x):
    return special.xlogy(x, x) * x


@loud()
def logit(x):
    return special.logit(x) * x


@loud()
def logistic_function_of_an_array(x):
    return special.expit(np.array([x, 2 * x])).sum() * x


@loud()
def normal_density(x):
    return stats.norm.pdf(x) * x


@loud()
def normal_log_density(x):
    return stats.norm.logpdf(x, loc=0.3, scale=2.0) * x


@loud()
def normal_with_a_value_for_its_scale(x):
    return stats.norm.logpdf(0.3, loc=0.0, scale=x) * x


@loud()
def quantile_of_a_distribution(x):
    return stats.norm.ppf(x) * x


@loud()
def numerical_integral(x):
    return integrate.quad(lambda t: np.exp(-x * t), 0.0, 1.0)[0] * x


@loud()
def numerical_integral_up_to_a_value(x):
    return integrate.quad(np.cos, 0.0, x)[0] * x


@loud()
def differential_equation(x):
    return integrate.solve_ivp(lambda t, y: -x * y, (0.0, 1.0), [1.0], rtol=1e-10, atol=1e-12).y[0, -1] * x


@loud()
def minimum_of_a_function(x):
    return (
        optimize.minimize_scalar(lambda t: (t - x) ** 2, bounds=(0, 2), method="bounded", options={"xatol": 1e-12}).x
        * x
    )


@loud()
def root_of_a_function(x):
    return optimize.brentq(lambda t: t**3 + t - x, 0.0, 2.0, xtol=1e-14) * x


@loud()
def cubic_spline(x):
    return interpolate.CubicSpline([0.0, 1.0, 2.0, 3.0], [0.0, 1.0, 0.5, 2.0])(x) * x


@loud()
def cubic_spline_through_values(x):
    return interpolate.CubicSpline([0.0, 1.0, 2.0], [0.0, x, 2 * x])(0.5) * 1.0


@loud()
def solution_of_a_linear_system(x):
    return linalg.solve(np.array([[x, 1.0], [0.0, 2.0]]), np.array([1.0, x]))[0] * x


@loud()
def matrix_exponential(x):
    return linalg.expm(np.array([[0.0, x], [-x, 0.0]]))[0, 1] * x


@right()
def norm_of_scipys(x):
    return linalg.norm(np.array([x, 2.0])) * x


@loud()
def filtered_signal(x):
    return signal.lfilter([x], [1.0, -0.5], np.array([1.0, 2.0, 3.0]))[-1] * x


@loud()
def z_scores(x):
    return stats.zscore(np.array([x, 2 * x, 1.0]))[0] * x


@loud()
def linear_regression(x):
    return stats.linregress([0.0, 1.0, 2.0], [x, 1.0, x * x]).slope * x


@loud()
def least_squares_with_a_value_as_datum(x):
    return optimize.curve_fit(lambda t, a: a * t, [1.0, 2.0], [x, 2 * x])[0][0] * x


@loud(at=0.6137)
def logarithm_of_a_sum(x):
    return special.logsumexp([x, 2 * x]) * x


@right(at=0.6137)
def softmax_of_values(x):
    return special.softmax([x, 2 * x])[0] * x


@loud(at=0.6137)
def regression_slope(x):
    return stats.linregress([0.0, 1.0, 2.0], np.array([x, x * x, 1 - x])).slope * x


@loud(at=0.6137)
def root_by_fsolve(x):
    return optimize.fsolve(lambda t: t - x, [0.1])[0] * x


@loud(at=0.6137)
def least_squares_of_residuals(x):
    return optimize.least_squares(lambda t: [t[0] - x, t[0] - 2 * x], [0.0]).x[0] * x


@loud(at=0.6137)
def differential_equation_by_odeint(x):
    return integrate.odeint(lambda y, t: -x * y, 1.0, [0.0, 1.0])[1, 0] * x


@loud(at=0.6137)
def smoothed_values(x):
    return ndimage.gaussian_filter1d(np.array([x, x * x, 1 - x]), 1.0)[0] * x


# As others write them.


def vector(x):
    return np.array([x, 2 * x, x * x, 1 - x])


@right(at=0.6137)
def softplus(x):
    return special.log1p(special.exp2(x)) * x


@right(at=0.6137)
def factorial(x):
    return special.factorial(3) * x


@loud(at=0.6137)
def sinc_cosine(x):
    return spatial.distance.cosine([float(x), 1.0], [1.0, 2.0]) * x


@right(at=0.6137)
def euclid(x):
    return spatial.distance.euclidean([x, 1.0], [1.0, 2.0]) * x


@loud(at=0.6137)
def kdtree(x):
    return spatial.KDTree([[0.0], [1.0]]).query([float(x)])[0] * x


@loud(at=0.6137)
def pchip(x):
    return interpolate.PchipInterpolator([0.0, 0.5, 1.0], [1.0, 3.0, 2.0])(x) * x


@loud(at=0.6137)
def bspline(x):
    return interpolate.make_interp_spline([0.0, 0.5, 1.0, 2.0], [1.0, 3.0, 2.0, 5.0])(x) * x


@loud(at=0.6137)
def rbf(x):
    return interpolate.Rbf([0.0, 0.5, 1.0], [1.0, 3.0, 2.0])(x) * x


@loud(at=0.6137)
def quad_param(x):
    return integrate.quad(lambda t: np.exp(-x * t), 0, 1)[0] * x


@loud(at=0.6137)
def quad_args(x):
    return integrate.quad(lambda t, a: t * a, 0, 1, args=(x,))[0] * x


@right(at=0.6137)
def fixed_quad(x):
    return integrate.fixed_quad(lambda t: np.exp(-x * t), 0, 1, n=5)[0] * x


@right(at=0.6137)
def cumtrapz(x):
    return integrate.cumulative_trapezoid(vector(x))[-1] * x


@right(at=0.6137)
def romb(x):
    return integrate.romb(np.array([x, x * x, 1.0, 2 * x, x])) * x


@loud(at=0.6137)
def solve_ivp(x):
    return integrate.solve_ivp(lambda t, y: -x * y, (0, 1), [1.0]).y[0, -1] * x


@loud(at=0.6137)
def brentq(x):
    return optimize.brentq(lambda t: t * t - x, 0, 2) * x


@loud(at=0.6137)
def minimize(x):
    return optimize.minimize(lambda t: (t[0] - x) ** 2, [0.0]).x[0] * x


@loud(at=0.6137)
def curve_fit(x):
    return optimize.curve_fit(lambda t, a: a * t, [1.0, 2.0, 3.0], [x, 2 * x, 3.1 * x])[0][0] * x


@loud(at=0.6137)
def linprog(x):
    return optimize.linprog([x], bounds=[(1, 2)]).fun * x


@loud(at=0.6137)
def approx_fprime(x):
    return optimize.approx_fprime([float(x)], lambda t: t[0] ** 2)[0] * x


@right(at=0.6137)
def rosen(x):
    return optimize.rosen([x, x * x])


@right(at=0.6137)
def rosen_arr(x):
    return optimize.rosen(np.array([x, 1.0, x * x]))


@loud(at=0.6137)
def lu(x):
    return linalg.lu_factor(np.array([[x, 1.0], [2.0, x]]))[0][0, 0] * x


@right(at=0.6137)
def toeplitz(x):
    return linalg.toeplitz([x, 1.0, 2 * x]).sum() * x


@right(at=0.6137)
def block_diag(x):
    return linalg.block_diag([[x]], [[1.0]]).sum() * x


@right(at=0.6137)
def circulant(x):
    return linalg.circulant(vector(x)).sum() * x


@loud(at=0.6137)
def stats_pdf(x):
    return stats.norm.pdf(0.3, loc=x) * x


@loud(at=0.6137)
def stats_expon(x):
    return stats.expon(scale=x).cdf(0.3) * x


@right(at=0.6137)
def stats_gmean(x):
    return stats.gmean([x, 2 * x]) * x


@right(at=0.6137)
def stats_hmean(x):
    return stats.hmean([x, 2 * x]) * x


@right(at=0.6137)
def stats_sem(x):
    return stats.sem(vector(x)) * x


@right(at=0.6137)
def stats_rank(x):
    return stats.rankdata(vector(x)).sum() * x


@right(at=0.6137)
def stats_trim(x):
    return stats.trim_mean(vector(x), 0.1) * x


@right(at=0.6137)
def convolve(x):
    return signal.convolve(vector(x), [1.0, 2.0])[1] * x


@right(at=0.6137)
def lfilter(x):
    return signal.lfilter([1.0, x], [1.0], [1.0, 2.0])[1] * x


@loud(at=0.6137)
def detrend(x):
    return signal.detrend(vector(x))[0] * x


@loud(at=0.6137)
def fft(x):
    return abs(scipy.fft.fft(vector(x))[1]) * x


@right(at=0.6137)
def const(x):
    return scipy.constants.g * x * x if hasattr(scipy, "constants") else 9.8 * x * x
