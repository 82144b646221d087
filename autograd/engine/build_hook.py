"""The build backend: setuptools, with the engine compiled ahead of time where that can be done.

``pyproject.toml`` names this file, and pip asks it for wheels. It has Cython translate the modules in `COMPILED` to C,
compiles that, and has setuptools pack the result. Whatever goes wrong on the way, such as a missing C compiler, costs
speed only: the wheel is then the plain Python form, and says why, in the build's output and in a file that the command
line reads. An editable install and an sdist are always plain. No module imports this one: only setuptools is sure to be
where it runs.
"""

from __future__ import annotations

import os
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

import setuptools
from setuptools import build_meta
from setuptools._distutils.ccompiler import new_compiler
from setuptools._distutils.sysconfig import customize_compiler

# The hooks that need nothing of ours.
build_editable, build_sdist = build_meta.build_editable, build_meta.build_sdist
get_requires_for_build_editable = get_requires_for_build_sdist = build_meta.get_requires_for_build_sdist
prepare_metadata_for_build_editable = prepare_metadata_for_build_wheel = build_meta.prepare_metadata_for_build_wheel

# By rooms. What the engine says of types, it says to the compiler too; the other rooms are compiled as they would run.
COMPILED = {
    "engine": ("value", "primitive", "ops", "floats", "recorder", "modes"),
    "calculus": ("containers", "graph", "call", "functions", "series", "sparse"),
    "program": ("graph", "symbols", "adjoint", "recording"),
}
CYTHON = "cython>=3.2,<4"


class CannotCompile(Exception):
    """Why there is no compiled form."""


class Backend(build_meta._BuildMetaBackend):
    """setuptools, told here rather than by a ``setup.py`` what to compile and where to work."""

    def __init__(self, **options: Any) -> None:
        super().__init__()
        self.options = options

    def run_setup(self, setup_script: str = "setup.py") -> None:
        setuptools.setup(**self.options)


def get_requires_for_build_wheel(config_settings: Any = None) -> list[str]:
    """Ask for Cython only where its C can be compiled."""
    try:
        check_compiler()
    except CannotCompile:
        return []
    return [CYTHON]


def build_wheel(wheel_directory: str, config_settings: Any = None, metadata_directory: str | None = None) -> str:
    """Build the compiled wheel, or else the plain one."""
    # In a folder of its own, so that nothing left over from an earlier build gets into this one.
    with tempfile.TemporaryDirectory() as work:
        options: dict[str, Any] = {"options": {"build": {"build_base": work}}}
        try:
            options["ext_modules"] = compile_engine(work)
        except CannotCompile as reason:
            print(f"scalar-autograd: building the plain Python form, because {reason}", file=sys.stderr)
            packed = Path(work, "lib", "autograd", "engine")
            packed.mkdir(parents=True)
            packed.joinpath("why_plain.txt").write_text(str(reason), encoding="utf-8")
        return str(Backend(**options).build_wheel(wheel_directory, config_settings, metadata_directory))


def compile_engine(work: str) -> list[setuptools.Extension]:
    """Compile the engine into the folder `work`, where setuptools will find it done."""
    check_compiler()
    try:
        from Cython.Build import cythonize
    except ImportError as error:
        raise CannotCompile(f"{CYTHON} is not installed") from error
    made: list[setuptools.Extension] = []
    try:
        for room, names in COMPILED.items():
            found = [extension_of(f"autograd/{room}/{name}.py") for name in names]
            directives = {"language_level": 3, "annotation_typing": room == "engine"}
            made += cythonize(found, build_dir=work, compiler_directives=directives, quiet=True)
        options = {"build": {"build_base": work}, "build_ext": {"parallel": os.cpu_count() or 1}}
        setuptools.Distribution({"ext_modules": made, "options": options}).run_command("build_ext")
    except Exception as error:
        reason = str(error).strip().partition("\n")[0]
        raise CannotCompile(f"compiling it failed ({type(error).__name__}: {reason})") from error
    return made


def extension_of(path: str) -> setuptools.Extension:
    """How a file is compiled: all for speed where there is arithmetic, quickly elsewhere."""
    made = setuptools.Extension(path.removesuffix(".py").replace("/", "."), sources=[path])
    made.define_macros = [("CYTHON_USE_TYPE_SPECS", "1")]  # of which a class is made that takes methods
    if sys.platform != "win32":
        made.extra_compile_args = ["-g0", "-O3" if "value" in path or "graph" in path else "-O1"]
    return made


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
