"""The build backend: setuptools, with the engine compiled ahead of time where that can be done.

``pyproject.toml`` names this file, and pip asks it for wheels. It has mypyc turn the modules in `COMPILED` into C, amends
that C where mypyc leaves something to be desired, compiles it, and has setuptools pack the result. Whatever goes wrong
on the way, from a missing C compiler to an amendment that no longer fits, costs speed only: the wheel is then the
plain Python form, and one line in the build's output says why. An editable install and an sdist are always plain.

Nothing in the package imports this file. It runs by itself, in an environment in which only setuptools is sure to be.
"""

from __future__ import annotations

import ast
import re
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import setuptools
from setuptools import build_meta
from setuptools._distutils.ccompiler import new_compiler
from setuptools._distutils.sysconfig import customize_compiler
from setuptools.build_meta import (  # the hooks that need nothing of ours
    build_editable,
    build_sdist,
    get_requires_for_build_editable,
    get_requires_for_build_sdist,
    prepare_metadata_for_build_editable,
    prepare_metadata_for_build_wheel,
)

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_editable",
    "prepare_metadata_for_build_wheel",
]

COMPILED = ("autograd/engine/value.py", "autograd/engine/floats.py", "autograd/engine/recorder.py")
MYPYC = "mypy[mypyc]==2.4.1"  # exactly: the amendments below are to this version's C
GROUP = "autograd_native"
C_STRING = r'"(?:[^"\\]|\\.)*"'


class CannotCompile(Exception):
    """Why there is no compiled form."""


class Backend(build_meta._BuildMetaBackend):
    """setuptools, told here rather than by a ``setup.py`` what to compile and where to work."""

    def __init__(self) -> None:
        super().__init__()
        self.options: dict[str, Any] = {}

    def run_setup(self, setup_script: str = "setup.py") -> None:
        setuptools.setup(**self.options)


def get_requires_for_build_wheel(config_settings: Any = None) -> list[str]:
    """Ask for mypyc only where its C can be compiled."""
    try:
        check_compiler()
    except CannotCompile:
        return []
    return [MYPYC]


def build_wheel(wheel_directory: str, config_settings: Any = None, metadata_directory: str | None = None) -> str:
    """Build the compiled wheel, or else the plain one."""
    # In a folder of its own, so that nothing left over from an earlier build gets into this one.
    with tempfile.TemporaryDirectory() as work:
        backend = Backend()
        backend.options = {"options": {"build": {"build_base": work}}}
        try:
            backend.options["ext_modules"] = compile_engine(work)
        except CannotCompile as reason:
            print(f"scalar-autograd: building the plain Python form, because {reason}", file=sys.stderr)
        name: str = backend.build_wheel(wheel_directory, config_settings, metadata_directory)
        return name


def compile_engine(work: str) -> list[setuptools.Extension]:
    """Compile the engine into the folder `work`, where setuptools will find it done."""
    check_compiler()
    try:
        extensions = translate(work)
        options = {"build": {"build_base": work}}
        setuptools.Distribution({"ext_modules": extensions, "options": options}).run_command("build_ext")
    except CannotCompile:
        raise
    except SystemExit as error:
        raise CannotCompile("mypyc found an error in it, printed above") from error
    except Exception as error:
        reason = (str(error).strip().splitlines() or [""])[0]
        raise CannotCompile(f"compiling it failed ({type(error).__name__}: {reason})") from error
    return extensions


def check_compiler() -> None:
    """Try the C compiler on a file that needs Python's headers."""
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        raise CannotCompile("the compiled form needs an interpreter with a global lock")
    with tempfile.TemporaryDirectory() as work:
        source = Path(work, "probe.c")
        source.write_text("#include <Python.h>\n")
        try:
            compiler = new_compiler()
            customize_compiler(compiler)
            include = [sysconfig.get_path("include"), sysconfig.get_path("platinclude")]
            compiler.compile([str(source)], output_dir=work, include_dirs=include)
        except Exception as error:
            raise CannotCompile("no C compiler that works was found") from error


def translate(work: str) -> list[setuptools.Extension]:
    """Have mypyc write the C, and amend it."""
    try:
        from mypyc.build import mypycify
    except ImportError as error:
        raise CannotCompile(f"{MYPYC} is not installed") from error
    settings = ["--config-file=", "--follow-imports=silent", "--always-true=COMPILING"]
    settings.append(f"--cache-dir={Path(work, 'mypy')}")
    extensions = mypycify([*settings, *COMPILED], opt_level="3", debug_level="0", group_name=GROUP, target_dir=work)
    for extension in extensions:  # a later compiler's new warning is no reason to give up
        extension.extra_compile_args = [option for option in extension.extra_compile_args if option != "-Werror"]
    code, header = Path(work, f"__native_{GROUP}.c"), Path(work, f"__native_{GROUP}.h")
    sources = {Path(path).stem: Path(path).read_text(encoding="utf-8") for path in COMPILED}
    amended = amend(code.read_text(encoding="utf-8"), header.read_text(encoding="utf-8"), sources)
    code.write_text(amended[0], encoding="utf-8")
    header.write_text(amended[1], encoding="utf-8")
    return [extension for extension in extensions if isinstance(extension, setuptools.Extension)]


# What is amended in mypyc's C. Each amendment has to fit exactly once, or there is no compiled form at all.


def amend(code: str, header: str, sources: dict[str, str]) -> tuple[str, str]:
    """All amendments to the C of these modules, which are given by name with their Python source."""
    for module, source in sources.items():
        tree = ast.parse(source)
        code = document_module(code, f"autograd.engine.{module}", ast.get_docstring(tree))
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                code = document_function(code, f"{module}___{node.name}", ast.get_docstring(node))
            elif isinstance(node, ast.ClassDef):
                name = f"{module}___{node.name}"
                if (
                    f"autograd___engine___{name}Object;" not in header
                ):  # not a native class: mypyc leaves it to the interpreter
                    continue
                if is_acyclic(node):
                    code = free_without_recursion(code, name)
                if "__weakref__" in slots(node):
                    code, header = allow_weak_references(code, header, name)
                code = document_class(code, name, node)
    return code, header


def free_without_recursion(code: str, name: str) -> str:
    """Free chains of any length, and without CPython's trashcan.

    For a class that the garbage collector does not track (``acyclic=True``), mypyc uses the trashcan all the same. That
    keeps its list of postponed objects in their collector's header, which these do not have, and so overwrites the
    memory in front of them. Here the objects wait in a list that is threaded through their `vtable`, which a dead
    object has no more use for. The global interpreter lock guards the list; if a destructor hands the lock to another
    thread in between, whichever of them gets back to depth 0 last frees what waits.
    """
    return substitute(
        code,
        f"""
            CPy_TRASHCAN_BEGIN(self, {name}_dealloc)
            CPyDef_{name}_clear((PyObject *)self);
            Py_TYPE(self)->tp_free((PyObject *)self);
            CPy_TRASHCAN_END(self)
            done: ;
        """,
        f"""
            static int depth = 0;
            static PyObject *waiting = NULL;
            if (depth >= 50) {{
                *(PyObject **)&self->vtable = waiting;
                waiting = (PyObject *)self;
                return;
            }}
            for (;;) {{
                depth++;
                CPyDef_{name}_clear((PyObject *)self);
                Py_TYPE(self)->tp_free((PyObject *)self);
                depth--;
                if (depth > 0 || waiting == NULL)
                    break;
                self = (void *)waiting;
                waiting = *(PyObject **)&self->vtable;
            }}
        """,
    )


def allow_weak_references(code: str, header: str, name: str) -> tuple[str, str]:
    """Give a class the list of weak references that mypyc's native classes lack.

    Allocation zeroes it. It is cleared before anything else is, and before an object is made to wait, so that nobody
    can get hold of a dead object.
    """
    struct = f"autograd___engine___{name}Object"
    header = substitute(header, f"}} {struct};", f"    PyObject *weak_references;\n}} {struct};")
    size = f".tp_basicsize = sizeof({struct}),"
    code = substitute(code, size, f"{size}\n.tp_weaklistoffset = offsetof({struct}, weak_references),")
    start = f"{name}_dealloc({struct} *self) {{"
    clear = "if (self->weak_references != NULL) PyObject_ClearWeakRefs((PyObject *)self);"
    return substitute(code, start, f"{start}\n{clear}"), header


def document_module(code: str, name: str, text: str | None) -> str:
    """Put back a module's docstring; mypyc drops them all."""
    return document(code, rf'"{re.escape(name)}",\s+NULL(?=, /\* docstring \*/)', text)


def document_function(code: str, name: str, text: str | None) -> str:
    """Put back the docstring of a function or method, after the signature that mypyc has written."""
    return document(code, rf"\(PyCFunction\)CPyPy_{name},[\sA-Z_|,]+PyDoc_STR\({C_STRING}(?=\))", text)


def document_property(code: str, name: str, text: str | None) -> str:
    """Put back a property's docstring."""
    return document(code, rf"\(getter\){name},\s+(?:\(setter\)\w+,\s+|NULL, )NULL(?=, NULL\}})", text)


def document_class(code: str, name: str, node: ast.ClassDef) -> str:
    """Put back the docstrings of a class and all that is in it."""
    size = rf"\.tp_basicsize = sizeof\(autograd___engine___{name}Object\)"
    code = document(code, rf"{size},[^\"]*\.tp_doc = PyDoc_STR\({C_STRING}(?=\))", ast.get_docstring(node))
    for member in node.body:
        if isinstance(member, ast.FunctionDef):
            decorators = [ast.unparse(decorator) for decorator in member.decorator_list]
            if "property" in decorators:
                code = document_property(code, f"{name}_get_{member.name}", ast.get_docstring(member))
            elif not any(decorator.endswith(".setter") for decorator in decorators):
                code = document_function(code, f"{name}___{member.name}", ast.get_docstring(member))
    return code


def is_acyclic(node: ast.ClassDef) -> bool:
    """Whether the class is declared with ``@mypyc_attr(acyclic=True)``."""
    return any(ast.unparse(decorator) == "mypyc_attr(acyclic=True)" for decorator in node.decorator_list)


def slots(node: ast.ClassDef) -> tuple[str, ...]:
    """The names in the ``__slots__`` of a class."""
    for statement in node.body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "__slots__":
            return tuple(ast.literal_eval(statement.value))
    return ()


def c_string(text: str) -> str:
    """A C string literal, in plain ASCII."""
    quoted = (chr(byte) if 32 <= byte < 127 and chr(byte) not in '"\\?' else f"\\{byte:03o}" for byte in text.encode())
    return f'"{"".join(quoted)}"'


def document(code: str, pattern: str, text: str | None) -> str:
    """Add a docstring after what matches the pattern, or in place of the NULL at its end."""
    if text is None:
        return code
    return once(code, pattern, lambda match: f"{match[0].removesuffix('NULL')} {c_string(text)}")


def substitute(code: str, old: str, new: str) -> str:
    """Replace a piece of C, however it is indented."""
    pattern = r"\s+".join(re.escape(word) for word in old.split())
    return once(code, pattern, lambda match: new.strip())


def once(code: str, pattern: str, replacement: Callable[[re.Match[str]], str]) -> str:
    """Replace what matches a pattern, and insist that it is there exactly once."""
    code, times = re.subn(pattern, replacement, code)
    if times != 1:
        raise CannotCompile(f"this version of mypyc is not {MYPYC} ({times} matches for {pattern[:60]!r}...)")
    return code
