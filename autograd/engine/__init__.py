"""Build: numbers that record how they were computed, the table of operations, and the reverse pass.

Imports nothing but the standard library. From the bottom up: `floats` and `ieee` are the numbers, `primitive` says
what an operation is, `ops` is the table of all of them with its formulas in `arithmetic`, `recorder` has the hooks by
which a context sees new nodes, and `value` the node itself with `backward`; `turns` keeps the passes of several
threads apart; `copying`, `modes`, `arrays` (NumPy's habits) and `linear` are built on it.

Numbers that leave the graph are the business of `detachment`, with `following` to find where they come back, by
`flow` through the bytecode, and `callers` to name the user's line. All rooms use `choices` (names that are nearly
right), `files`, `release` and `conflict`. `build_hook` compiles the engine by Cython, for which `uncompiled` stands
in elsewhere.
"""
