"""Write scalars, run arrays: a recorded graph is compiled into code that runs on a whole batch.

A function of scalars passes through these files. `recording` runs it once and keeps its graph, in the intermediate form
of `graph`; `rerolling` finds arrays in that, with `sums` for what becomes a matrix product; `adjoint` adds the
derivatives, by the rules of the table; `lowering` and the `backends` print code. `compiled` calls them one after the
other, `batches` checks what the user passes, `blocks` runs the code on it, `choice` picks the backend, and `program` is
what the user sees. `faithfulness` tells whether a program still computes what its function does.
"""

from __future__ import annotations

from autograd.program.bound import BoundProgram
from autograd.program.faithfulness import UnfaithfulError
from autograd.program.program import Program, compile
from autograd.program.recording import BranchError

__all__ = ["BoundProgram", "BranchError", "Program", "UnfaithfulError", "compile"]
