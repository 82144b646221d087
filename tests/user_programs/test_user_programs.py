"""Programs of users: right, or loud, and never silently wrong; in `grad`, by `backward`, checked and compiled."""

from __future__ import annotations

import math
import warnings
from importlib import import_module

import pytest

import autograd
from autograd import Value

from .registry import PROGRAMS, Program

LIBRARIES = {"python": (), "numpy": ("numpy",), "scipy": ("scipy",), "pandas": ("pandas",), "sympy": ("sympy",)}
ABSENT: list[str] = []
for library, needed in LIBRARIES.items():
    try:
        import_module(f".{library}_programs", __package__)
    except ModuleNotFoundError as error:
        if error.name not in needed:
            raise
        ABSENT.append(library)

every_program = pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
pytestmark = [
    pytest.mark.filterwarnings("ignore::RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning"),
]


def is_near(slope: float, program: Program) -> bool:
    return slope == pytest.approx(program.slope(), rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("library", LIBRARIES)
def test_the_programs_of_a_library_are_there(library: str) -> None:
    if library in ABSENT:
        pytest.skip(f"{library} is not installed")
    assert sum(program.library == library for program in PROGRAMS) >= 20


@every_program
def test_while_it_is_differentiated_a_program_is_right_or_raises(program: Program) -> None:
    gradient = autograd.grad(program.function)
    if program.is_right:
        assert is_near(gradient(program.at), program)
        return
    try:
        slope = gradient(program.at)
    except Exception as error:  # noqa: BLE001 (whatever is raised is loud)
        assert str(error)
    else:
        assert math.isnan(slope), "a number that says of itself that it is none is loud, too"


@pytest.mark.parametrize("program", [p for p in PROGRAMS if p.by_backward], ids=lambda program: program.name)
def test_by_backward_a_program_is_right_or_raises_or_warns(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograd.engine.detachment._warned", set())  # as if no line had been warned of before
    x = Value(program.at)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            program.function(x).backward()
        except Exception:  # noqa: BLE001
            assert not program.is_right
            return
    detached = [each for each in caught if issubclass(each.category, autograd.DetachedWarning)]
    if program.is_right:
        assert is_near(x.grad, program)
        assert not detached
    else:
        assert detached or math.isnan(x.grad) or is_near(x.grad, program)


@every_program
def test_a_program_that_is_checked_is_right_or_refused(program: Program) -> None:
    pytest.importorskip("mpmath")
    if program.is_right:
        autograd.check_gradients(program.function, program.at)
    else:
        with pytest.raises(Exception):  # noqa: B017
            autograd.check_gradients(program.function, program.at)


@every_program
def test_a_program_that_is_compiled_is_right_or_refused(program: Program) -> None:
    scale = Value(1.0)
    try:
        _, gradient = autograd.compile(lambda x: program.function(scale * x)).value_and_grad([program.at])
    except Exception:  # noqa: BLE001
        return
    slope = gradient.item() / program.at if program.at else 0.0
    assert is_near(slope, program) or (math.isnan(slope) and not program.is_right)
