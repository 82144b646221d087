"""Functions of Python out of machine code: as cheap to call as one that is written in C.

One takes numbers out of lists of floats and puts results into a list, through Python's C interface. The other, for a
training's inner loop, is bound to arrays: it takes nothing, leaves a gradient, and returns a sum. What `ctypes` would do
at each call, several times as long as a small program takes, is left out.
"""

from __future__ import annotations

import ctypes
import struct
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np

    from autograd.program.backends.native.machine import Code
    from autograd.program.backends.native.writer import Writer

    Array = np.ndarray[Any, np.dtype[np.float64]]

_LARGEST = 4096  # so many numbers at most are handed over on the stack
_INTERFACE = (
    *("PyErr_BadArgument", "PyErr_Occurred", "PyFloat_AsDouble", "PyFloat_FromDouble"),
    *("PyList_GetItem", "PyList_New", "PyList_SetItem", "PyList_Size", "Py_DecRef", "Py_IncRef", "PyBytes_AsString"),
)
HEAD = """
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
declare ptr @PyBytes_AsString(ptr)

define internal i1 @read(ptr %list, ptr noalias %numbers, i64 %count) {
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

define internal i1 @fill(ptr %list, i64 %first, ptr noalias %numbers, i64 %count) {
entry:
  br label %next
next:
  %i = phi i64 [ 0, %entry ], [ %after, %put ]
  %is_done = icmp eq i64 %i, %count
  br i1 %is_done, label %done, label %item
item:
  %place = getelementptr double, ptr %numbers, i64 %i
  %number = load double, ptr %place
  %object = call ptr @PyFloat_FromDouble(double %number)
  %is_made = icmp ne ptr %object, null
  br i1 %is_made, label %put, label %failed
put:
  %at = add i64 %first, %i
  %unused = call i32 @PyList_SetItem(ptr %list, i64 %at, ptr %object)
  %after = add i64 %i, 1
  br label %next
failed:
  ret i1 false
done:
  ret i1 true
}
"""


def is_callable(writer: Writer, count: int) -> bool:
    """Whether a program of so many parameters becomes a function of Python: a small one that calls nothing back."""
    numbers = count + writer.width + sum(writer.rows.values())
    return sys.implementation.name == "cpython" and writer.is_small and not writer.called_back and numbers <= _LARGEST


def write_call(writer: Writer, count: int, widths: Sequence[int], results: Sequence[tuple[int, bool]]) -> str:
    """The function ``call`` of the list of parameters and a list for each argument, which returns the list of results.

    Args:
        writer: what has written the module.
        count: the number of parameters.
        widths: of the arguments.
        results: for each its rows, and whether it is a result of each point.
    """
    sizes = {"parameters": count, "arguments": writer.width, **writer.rows}
    lines = ["", "define ptr @call(ptr %self, ptr %given, i64 %count) {", "entry:"]
    lines += [f"  %{name} = alloca [{max(1, size)} x double]" for name, size in sizes.items()]
    lines += [
        f"  %fits = icmp eq i64 %count, {1 + len(widths)}",
        "  br i1 %fits, label %read.0, label %wrong",
        "wrong:",
        "  %unused = call i32 @PyErr_BadArgument()",
        "  ret ptr null",
        "failed:",
        "  ret ptr null",
    ]
    reads = [("parameters", 0, count), *(("arguments", *each) for each in zip(writer.first, widths, strict=True))]
    for i, (array, first, size) in enumerate(reads):
        following = f"read.{i + 1}" if i + 1 < len(reads) else "run"
        lines += [
            f"read.{i}:",
            f"  %from.{i} = getelementptr ptr, ptr %given, i64 {i}",
            f"  %list.{i} = load ptr, ptr %from.{i}",
            f"  %to.{i} = getelementptr double, ptr %{array}, i64 {first}",
            f"  %is_read.{i} = call i1 @read(ptr %list.{i}, ptr %to.{i}, i64 {size})",
            f"  br i1 %is_read.{i}, label %{following}, label %failed",
        ]
    total = sum(rows for rows, _ in results)
    lines += [
        "run:",
        "  call void @compute(ptr %parameters, ptr %arguments, ptr %results, ptr %summed, ptr null, i64 1)",
        f"  %list = call ptr @PyList_New(i64 {total})",
        "  %is_made = icmp ne ptr %list, null",
        "  br i1 %is_made, label %fill.0, label %failed",
    ]
    at, first_of = 0, {"results": 0, "summed": 0}
    for i, (rows, batched) in enumerate(results):
        array = "results" if batched else "summed"
        lines += [
            f"fill.{i}:",
            f"  %numbers.{i} = getelementptr double, ptr %{array}, i64 {first_of[array]}",
            f"  %is_filled.{i} = call i1 @fill(ptr %list, i64 {at}, ptr %numbers.{i}, i64 {rows})",
            f"  br i1 %is_filled.{i}, label %fill.{i + 1}, label %unfilled",
        ]
        at, first_of[array] = at + rows, first_of[array] + rows
    lines += [
        f"fill.{len(results)}:",
        "  ret ptr %list",
        "unfilled:",
        "  call void @Py_DecRef(ptr %list)",
        "  ret ptr null",
        "}",
        "",
    ]
    return "\n".join(lines)


def write_step(size: int) -> str:
    """The function ``step``: the sum that a program comes to, times a factor; and its gradient, into an array.

    It returns None where a derivative is nan, and leaves the array as it was. Its ``self`` is an object of bytes: the
    addresses of the five arrays and the number of points, the address of the gradient, the factor, and that of None.

    Args:
        size: of the gradient, which comes after the sum among the results.
    """
    names = ("parameters", "arguments", "results", "summed", "memory", "gradient", "none")
    lines = ["", "define ptr @step(ptr %self, ptr %nothing) {", "entry:"]
    lines += ["  %block = call ptr @PyBytes_AsString(ptr %self)"]
    for i, name in enumerate(names):
        lines += [f"  %{name}.place = getelementptr i64, ptr %block, i64 {i}"]
        lines += [f"  %{name} = load ptr, ptr %{name}.place"]
    lines += [
        f"  %count.place = getelementptr i64, ptr %block, i64 {len(names)}",
        "  %count = load i64, ptr %count.place",
        f"  %factor.place = getelementptr double, ptr %block, i64 {len(names) + 1}",
        "  %factor = load double, ptr %factor.place",
        "  call void @compute(ptr %parameters, ptr %arguments, ptr %results, ptr %summed, ptr %memory, i64 %count)",
        "  br label %look",
        "look:",
        "  %i = phi i64 [ 0, %entry ], [ %i.next, %number ]",
        f"  %is_looked = icmp eq i64 %i, {size}",
        "  br i1 %is_looked, label %put, label %number",
        "number:",
        "  %i.next = add i64 %i, 1",
        "  %from = getelementptr double, ptr %summed, i64 %i.next",
        "  %derivative = load double, ptr %from",
        "  %is_nan = fcmp uno double %derivative, 0.0",
        "  br i1 %is_nan, label %careful, label %look",
        "careful:",
        "  call void @Py_IncRef(ptr %none)",
        "  ret ptr %none",
        "put:",
        "  %j = phi i64 [ 0, %look ], [ %j.next, %scale ]",
        f"  %is_put = icmp eq i64 %j, {size}",
        "  br i1 %is_put, label %done, label %scale",
        "scale:",
        "  %j.next = add i64 %j, 1",
        "  %source = getelementptr double, ptr %summed, i64 %j.next",
        "  %share = load double, ptr %source",
        "  %scaled = fmul double %share, %factor",
        "  %target = getelementptr double, ptr %gradient, i64 %j",
        "  store double %scaled, ptr %target",
        "  br label %put",
        "done:",
        "  %sum = load double, ptr %summed",
        "  %value = fmul double %sum, %factor",
        "  %object = call ptr @PyFloat_FromDouble(double %value)",
        "  ret ptr %object",
        "}",
        "",
    ]
    return "\n".join(lines)


def make_step(code: Code, arrays: Sequence[Array], gradient: Array, points: int, factor: float) -> Callable[[], Any]:
    """The function ``step`` of some code, bound to the five arrays that the code works on, and to one for the gradient."""
    addresses = [each.ctypes.data for each in (*arrays, gradient)]
    block = struct.pack("@7Nnd", *addresses, id(None), points, factor)
    return _make_function(code, b"step", _NO_ARGUMENTS, block, (*arrays, gradient))


def interface() -> dict[str, int]:
    """Where the functions of Python's C interface are."""
    return {name: ctypes.cast(getattr(ctypes.pythonapi, name), ctypes.c_void_p).value or 0 for name in _INTERFACE}


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


def make_function(code: Code) -> Callable[..., list[float]]:
    """The function ``call`` of some code."""
    return _make_function(code, b"call", _FASTCALL, None, ())


def _make_function(code: Code, name: bytes, flags: int, self: Any, kept: Any) -> Callable[..., Any]:
    """A function of some code as one of Python, which keeps the code in memory, and what else it needs."""
    method = _Method(name, code.address(name.decode()), flags, None)
    make = ctypes.pythonapi.PyCFunction_NewEx
    make.restype, make.argtypes = ctypes.py_object, [ctypes.POINTER(_Method), ctypes.py_object, ctypes.py_object]
    made: Callable[..., Any] = make(ctypes.byref(method), self, (code, method, kept))
    return made
