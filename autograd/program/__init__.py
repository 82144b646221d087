"""Write scalars, run arrays: a recorded graph, compiled into code that runs on a whole batch.

A function of scalars goes through these files: `recording` runs it once and keeps its graph, in the form that `graph`
describes; `rerolling` finds the arrays in it, with `sums` for what is a matrix product; `adjoint` adds the derivative, by
the table's rules; `lowering` and the `backends` print it as code. `compiled` strings them together, `blocks` runs the
code on a batch, `choice` says on which backend, and `program` meets the user; `faithfulness` tells whether a program still is its function.
"""

from __future__ import annotations

from autograd.program.bound import BoundProgram
from autograd.program.faithfulness import UnfaithfulError
from autograd.program.program import Program, compile
from autograd.program.recording import BranchError

__all__ = ["BoundProgram", "BranchError", "Program", "UnfaithfulError", "compile"]
