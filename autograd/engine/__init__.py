"""Build: numbers that record how they were computed, the table of operations, and the reverse pass.

Imports nothing but the standard library. From the bottom up: `floats` and `ieee` are the numbers, `primitive` says what
an operation is, `ops` is the table of all of them with its formulas in `arithmetic`, `recorder` what becomes of a new node,
and `value` the node itself with `backward`; `copying`, `modes`, `arrays` (NumPy's habits) and `linear` are built on it.
"""
