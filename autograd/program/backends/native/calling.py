"""Functions of Python that go straight into machine code: as cheap to call as one that is written in C.

One takes numbers out of lists of floats and puts results into a list, through Python's C interface. The other, for a
training's inner loop, is bound to arrays: it takes nothing, leaves a gradient, and returns a sum. What `ctypes` would do
at each call, several times as long as a small program takes, is left out.

Each is compiled once, for all programs. Which program to run, and on what, each reads from a block of numbers that is
bound to it; so it can go on with better code when there is some.
"""

from __future__ import annotations

import ctypes
import struct
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

from autograd.program.backends.native.machine import Code

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np

    from autograd.program.backends.native.writer import Writer

    Array = np.ndarray[Any, np.dtype[np.float64]]

_LARGEST = 4096  # so many numbers at most are handed over on the stack
_NAMES = (
    *("PyErr_BadArgument", "PyErr_Occurred", "PyFloat_AsDouble", "PyFloat_FromDouble", "PyList_GetItem", "PyList_New"),
    *("PyList_SetItem", "PyList_Size", "Py_DecRef", "Py_IncRef", "PyByteArray_AsString"),
)
_HEAD = """
declare i32 @PyErr_BadArgument()
declare ptr @PyErr_Occurred()
declare double @PyFloat_AsDouble(ptr)
declare ptr @PyFloat_FromDouble(double)
declare ptr @PyList_GetItem(ptr, i64)
declare ptr @PyList_New(i64)
declare i32 @PyList_SetItem(ptr, i64, ptr)
declare i64 @PyList_Size(ptr)
declare void @Py_DecRef(ptr)
declare void @Py_IncRef(ptr)
declare ptr @PyByteArray_AsString(ptr)

define internal i1 @is_spent(ptr %budget, i64 %points) alwaysinline {
  %before = load i64, ptr %budget
  %after = sub i64 %before, %points
  store i64 %after, ptr %budget
  %is_spent = icmp slt i64 %after, 0
  ret i1 %is_spent
}
"""
_CALL = """
define internal i1 @read(ptr %list, ptr noalias %numbers, i64 %count) alwaysinline {
entry:
  %size = call i64 @PyList_Size(ptr %list)
  %fits = icmp eq i64 %size, %count
  br i1 %fits, label %next, label %wrong
next:
  %i = phi i64 [ 0, %entry ], [ %after, %item ], [ %after, %check ]
  %is_done = icmp eq i64 %i, %count
  br i1 %is_done, label %done, label %item
item:
  %object = call ptr @PyList_GetItem(ptr %list, i64 %i)
  %number = call double @PyFloat_AsDouble(ptr %object)
  %place = getelementptr double, ptr %numbers, i64 %i
  store double %number, ptr %place
  %after = add i64 %i, 1
  %may_be_error = fcmp oeq double %number, -1.0
  br i1 %may_be_error, label %check, label %next
check:
  %error = call ptr @PyErr_Occurred()
  %is_fine = icmp eq ptr %error, null
  br i1 %is_fine, label %next, label %failed
wrong:
  %unused = call i32 @PyErr_BadArgument()
  br label %failed
failed:
  ret i1 false
done:
  ret i1 true
}

define internal ptr @listed(ptr noalias %numbers, i64 %count) alwaysinline {
entry:
  %list = call ptr @PyList_New(i64 %count)
  %is_list = icmp ne ptr %list, null
  br i1 %is_list, label %next, label %failed
next:
  %i = phi i64 [ 0, %entry ], [ %after, %put ]
  %is_done = icmp eq i64 %i, %count
  br i1 %is_done, label %done, label %item
item:
  %place = getelementptr double, ptr %numbers, i64 %i
  %number = load double, ptr %place
  %object = call ptr @PyFloat_FromDouble(double %number)
  %is_made = icmp ne ptr %object, null
  br i1 %is_made, label %put, label %unfilled
put:
  %unused = call i32 @PyList_SetItem(ptr %list, i64 %i, ptr %object)
  %after = add i64 %i, 1
  br label %next
unfilled:
  call void @Py_DecRef(ptr %list)
  br label %failed
failed:
  ret ptr null
done:
  ret ptr %list
}

%call.block = type { ptr, ptr, ptr, i64, i64, i64, [0 x i64] }

define ptr @call(ptr %self, ptr %given, i64 %count) {
entry:
  %block = call ptr @PyByteArray_AsString(ptr %self)
  %told = load %call.block, ptr %block
  %compute = extractvalue %call.block %told, 0
  %budget = extractvalue %call.block %told, 1
  %none = extractvalue %call.block %told, 2
  %all = extractvalue %call.block %told, 3
  %results = extractvalue %call.block %told, 4
  %lists = extractvalue %call.block %told, 5
  %numbers = alloca double, i64 %all
  %found = alloca double, i64 %results
  %fits = icmp eq i64 %count, %lists
  br i1 %fits, label %next, label %wrong
wrong:
  %unused = call i32 @PyErr_BadArgument()
  br label %failed
failed:
  ret ptr null
next:
  %i = phi i64 [ 0, %entry ], [ %i.next, %taken ]
  %to = phi ptr [ %numbers, %entry ], [ %to.next, %taken ]
  %is_read = icmp eq i64 %i, %lists
  br i1 %is_read, label %look, label %item
item:
  %from = getelementptr ptr, ptr %given, i64 %i
  %object = load ptr, ptr %from
  %size.place = getelementptr %call.block, ptr %block, i64 0, i32 6, i64 %i
  %size = load i64, ptr %size.place
  %is_taken = call i1 @read(ptr %object, ptr %to, i64 %size)
  br i1 %is_taken, label %taken, label %failed
taken:
  %to.next = getelementptr double, ptr %to, i64 %size
  %i.next = add i64 %i, 1
  br label %next
look:
  %is_spent = call i1 @is_spent(ptr %budget, i64 1)
  br i1 %is_spent, label %nothing, label %run
nothing:
  call void @Py_IncRef(ptr %none)
  ret ptr %none
run:
  %first.place = getelementptr %call.block, ptr %block, i64 0, i32 6, i64 0
  %first = load i64, ptr %first.place
  %arguments = getelementptr double, ptr %numbers, i64 %first
  call void %compute(ptr %numbers, ptr %arguments, ptr null, ptr %found, ptr null, i64 1)
  %list = call ptr @listed(ptr %found, i64 %results)
  ret ptr %list
}
"""
_STEP = """
%step.block = type { ptr, ptr, ptr, ptr, ptr, ptr, ptr, ptr, ptr, i64, i64, double }

define ptr @step(ptr %self, ptr %unused) {
entry:
  %block = call ptr @PyByteArray_AsString(ptr %self)
  %told = load %step.block, ptr %block
  %compute = extractvalue %step.block %told, 0
  %budget = extractvalue %step.block %told, 1
  %none = extractvalue %step.block %told, 2
  %parameters = extractvalue %step.block %told, 3
  %arguments = extractvalue %step.block %told, 4
  %results = extractvalue %step.block %told, 5
  %summed = extractvalue %step.block %told, 6
  %memory = extractvalue %step.block %told, 7
  %gradient = extractvalue %step.block %told, 8
  %points = extractvalue %step.block %told, 9
  %size = extractvalue %step.block %told, 10
  %factor = extractvalue %step.block %told, 11
  %is_spent = call i1 @is_spent(ptr %budget, i64 %points)
  br i1 %is_spent, label %nothing, label %run
nothing:
  call void @Py_IncRef(ptr %none)
  ret ptr %none
run:
  call void %compute(ptr %parameters, ptr %arguments, ptr %results, ptr %summed, ptr %memory, i64 %points)
  br label %look
look:
  %i = phi i64 [ 0, %run ], [ %i.next, %number ]
  %is_looked = icmp eq i64 %i, %size
  br i1 %is_looked, label %put, label %number
number:
  %i.next = add i64 %i, 1
  %from = getelementptr double, ptr %summed, i64 %i.next
  %derivative = load double, ptr %from
  %is_nan = fcmp uno double %derivative, 0.0
  br i1 %is_nan, label %nothing, label %look
put:
  %j = phi i64 [ 0, %look ], [ %j.next, %scale ]
  %is_put = icmp eq i64 %j, %size
  br i1 %is_put, label %done, label %scale
scale:
  %j.next = add i64 %j, 1
  %source = getelementptr double, ptr %summed, i64 %j.next
  %share = load double, ptr %source
  %scaled = fmul double %share, %factor
  %target = getelementptr double, ptr %gradient, i64 %j
  store double %scaled, ptr %target
  br label %put
done:
  %sum = load double, ptr %summed
  %value = fmul double %sum, %factor
  %object = call ptr @PyFloat_FromDouble(double %value)
  ret ptr %object
}
"""
_TEXTS = {"call": _CALL, "step": _STEP}


@cache
def _compiled(name: str) -> Code:
    """The code of one of the functions."""
    symbols = {each: ctypes.cast(getattr(ctypes.pythonapi, each), ctypes.c_void_p).value or 0 for each in _NAMES}
    return Code(_HEAD + _TEXTS[name], [name], symbols, thorough=True)


def is_callable(writer: Writer, count: int) -> bool:
    """Whether a program of so many parameters becomes a function of Python: a small one that calls nothing back."""
    numbers = count + writer.width + sum(writer.rows.values())
    return sys.implementation.name == "cpython" and writer.is_small and not writer.called_back and numbers <= _LARGEST


class _Method(ctypes.Structure):
    """What CPython calls a ``PyMethodDef``."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("function", ctypes.c_void_p),
        ("flags", ctypes.c_int),
        ("doc", ctypes.c_char_p),
    )


_NO_ARGUMENTS = 0x04  # METH_NOARGS
_FASTCALL = 0x80  # METH_FASTCALL: arguments come as an array


class _Function:
    """One of the functions, bound to a block of its own.

    Attributes:
        function: as Python calls it; it keeps the block in memory, and what that points to.
    """

    name: str
    flags: int

    def __init__(self, layout: str) -> None:
        self._layout, self._block = layout, bytearray(struct.calcsize(layout))
        self._kept: list[Any] = []
        method = _Method(self.name.encode(), _compiled(self.name).address(self.name), self.flags, None)
        make = ctypes.pythonapi.PyCFunction_NewEx
        make.restype, make.argtypes = ctypes.py_object, [ctypes.POINTER(_Method), ctypes.py_object, ctypes.py_object]
        self.function: Callable[..., Any] = make(ctypes.byref(method), self._block, (method, self._kept))

    def _tell(self, code: Code, budget: ctypes.c_int64, *numbers: Any, kept: Any = ()) -> None:
        """Fill the block anew: what to run, how many points it is good for, and on what."""
        first = code.address("compute"), ctypes.addressof(budget), id(None)
        struct.pack_into(self._layout, self._block, 0, *first, *numbers)
        self._kept[:] = code, budget, kept


class Call(_Function):
    """A function of the list of parameters and a list for each argument, which returns the list of what is summed.

    It returns None where the budget of points is spent.

    Args:
        widths: of the parameters, and of each argument.
        results: how many numbers come out.
    """

    name, flags = "call", _FASTCALL

    def __init__(self, widths: Sequence[int], results: int) -> None:
        super().__init__(f"=3Q{3 + len(widths)}q")
        self._sizes = sum(widths), results, len(widths), *widths

    def use(self, code: Code, budget: ctypes.c_int64) -> None:
        """Run some code from now on, for as many points as a budget has."""
        self._tell(code, budget, *self._sizes)


class Step(_Function):
    """A function of nothing: it returns the sum that a program comes to, times a factor, and leaves the gradient.

    The gradient is in an array then, times the factor. Where a derivative is nan, or the budget of points is spent, it
    returns None, and leaves the array as it was.
    """

    name, flags = "step", _NO_ARGUMENTS

    def __init__(self, gradient: Array, points: int, factor: float) -> None:
        super().__init__("=9Q2qd")
        self._gradient, self._points, self._factor = gradient, points, factor

    def use(self, code: Code, budget: ctypes.c_int64, arrays: Sequence[Array]) -> None:
        """Run some code from now on, on five arrays, for as many points as a budget has."""
        kept = (*arrays, self._gradient)
        addresses = (each.ctypes.data for each in kept)
        self._tell(code, budget, *addresses, self._points, len(self._gradient), self._factor, kept=kept)
