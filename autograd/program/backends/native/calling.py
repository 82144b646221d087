"""A function of Python out of machine code: as cheap to call as one that is written in C.

The code takes numbers out of lists of floats, and puts results into one, through Python's C interface. What `ctypes`
would do at each call, several times as long as a small program takes, is left out.
"""

from __future__ import annotations

import ctypes
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from autograd.program.backends.native.machine import Code
    from autograd.program.backends.native.writer import Writer

_LARGEST = 4096  # so many numbers at most are handed over on the stack
_INTERFACE = (
    *("PyErr_BadArgument", "PyErr_Occurred", "PyFloat_AsDouble", "PyFloat_FromDouble"),
    *("PyList_GetItem", "PyList_New", "PyList_SetItem", "PyList_Size", "Py_DecRef"),
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
    return _HEAD + "\n".join(lines)


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


_FASTCALL = 0x80  # METH_FASTCALL: arguments come as an array


def make_function(code: Code) -> Callable[..., list[float]]:
    """The function ``call`` of some code as a function of Python, which keeps the code in memory."""
    method = _Method(b"compute", code.address("call"), _FASTCALL, None)
    make = ctypes.pythonapi.PyCFunction_NewEx
    make.restype, make.argtypes = ctypes.py_object, [ctypes.POINTER(_Method), ctypes.py_object, ctypes.py_object]
    made: Any = make(ctypes.byref(method), (code, method), None)
    return made  # type: ignore[no-any-return]
