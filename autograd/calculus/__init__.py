"""Differentiate: functions that turn functions into their derivatives, and the derivatives of a graph as graphs.

`graph` has `gradients` and the two passes, reverse and forward, behind everything here. `call` calls a user's
function on fresh leaves and runs these passes on what it returns; on that stand `functions` (`grad`,
`value_and_grad`, `vjp`, `jvp`), `matrices` (`jacobian`, `hessian`, `hvp`) with `sparse`, and `taylor` with its power
`series`. `containers` knows the lists, dictionaries, dataclasses and arrays that inputs and results come in, and
`signatures` what type checkers are told.
"""
