"""Write scalars, run arrays: a recorded graph, compiled into code that runs on a whole batch.

A function of scalars goes through these rooms: `recording` runs it once and keeps its graph, in the form that `graph`
describes; `rerolling` finds the arrays in it; `adjoint` adds the derivative, by the table's rules; `lowering` and the
backends print it as code. `program` ties them together and meets the user.
"""

from __future__ import annotations

from autograd.program.program import Program, Step, compile
from autograd.program.recording import BranchError

__all__ = ["BranchError", "Program", "Step", "compile"]
