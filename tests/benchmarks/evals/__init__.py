"""The evals of GradBench (github.com/gradbench/gradbench), as a user of this library would write them.

A file for each: what is computed, in which sizes, in this library and in its peers. Facts and sizes are GradBench's;
where an eval asks for more than a gradient, or for files, its file says what is measured here instead. `python -m
tests.benchmarks.evals` prints a table of all, and `tests/program/test_evals.py` holds that all come to the same numbers.
"""

NAMES = ("hello", "det", "gmm", "kmeans", "lse", "llsq", "ode", "lstm", "ba", "ht", "particle", "saddle")
