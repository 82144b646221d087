"""What all tests share: which engine they run on, how thoroughly, ``--slow``, and which ran already.

AUTOGRAD_EXPECT names the form of the engine without which nothing is tested. AUTOGRAD_PASSED names a file of tests that
passed: those are left out, and those that pass now are added, so that one run goes on where another could not.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
PASSED = Path(os.environ["AUTOGRAD_PASSED"]) if "AUTOGRAD_PASSED" in os.environ else None


def installed_from_a_wheel() -> bool:
    """Whether this interpreter has the package itself, and not only a link to a checkout."""
    for found in distributions(name="scalar-autograd"):
        if Path(str(found.locate_file(""))).resolve() != CHECKOUT:  # where a build leaves its notes
            origin = json.loads(found.read_text("direct_url.json") or "{}")
            return not origin.get("dir_info", {}).get("editable", False)
    return False


# ``python -m pytest`` in a checkout would import the plain source that lies there, whatever is installed.
if installed_from_a_wheel():
    sys.path[:] = [entry for entry in sys.path if Path(entry).resolve() != CHECKOUT]

import hypothesis

import autograd

# Without a time limit on one example, so that a run does not hang on the load. "ci" and "quick" show the same examples
# each time; "thorough" draws new ones, and says of one that fails how to replay it, with @reproduce_failure.
_settings = {"deadline": None, "database": None}
hypothesis.settings.register_profile("ci", derandomize=True, **_settings)
hypothesis.settings.register_profile("quick", derandomize=True, max_examples=20, **_settings)
hypothesis.settings.register_profile("thorough", derandomize=False, max_examples=250, print_blob=True, **_settings)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def form() -> str:
    """Which form of the engine is being tested."""
    return "compiled" if autograd.native else "plain"


def pytest_report_header() -> str:
    return f"engine: {form()}, from {sys.modules['autograd.engine.value'].__file__}"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="run the tests marked as slow, too")


def pytest_configure(config: pytest.Config) -> None:
    expected = os.environ.get("AUTOGRAD_EXPECT")
    if expected not in (None, "compiled", "plain"):
        raise pytest.UsageError(f"AUTOGRAD_EXPECT is 'compiled' or 'plain', but got {expected!r}")
    if expected not in (None, form()):
        raise pytest.UsageError(
            f"AUTOGRAD_EXPECT={expected}, but the engine that runs is {form()}: {autograd.__file__}"
        )
    if installed_from_a_wheel() and CHECKOUT in Path(autograd.__file__).parents:
        venv = Path(sys.prefix).resolve()  # which may lie in the checkout
        if venv not in Path(autograd.__file__).resolve().parents:
            raise pytest.UsageError(
                f"the tests would run on the checkout, {autograd.__file__}, and not on what is installed; "
                "was it imported before pytest started, or is PYTHONPATH set?"
            )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if PASSED and PASSED.exists():
        passed = set(PASSED.read_text(encoding="utf-8").splitlines())
        config.hook.pytest_deselected(items=[item for item in items if item.nodeid in passed])
        items[:] = [item for item in items if item.nodeid not in passed]
    if not config.getoption("--slow"):
        for item in items:
            if item.get_closest_marker("slow"):
                item.add_marker(pytest.mark.skip(reason="slow; runs with --slow"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say why tests were skipped, once for each reason, and note what passed."""
    if PASSED:
        with PASSED.open("a", encoding="utf-8") as file:
            file.writelines(f"{each.nodeid}\n" for each in terminalreporter.stats.get("passed", []))
    reports = terminalreporter.stats.get("skipped", [])
    reasons = Counter(str(each.longrepr[-1]).removeprefix("Skipped: ") for each in reports)
    if reasons:
        terminalreporter.section("skipped, and why")
    for reason, count in reasons.most_common():
        terminalreporter.line(f"{count:5}  {reason}")


@pytest.fixture
def no_line_warned_of(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As if no number had ever left a graph."""
    from autograd.engine import detachment, following

    monkeypatch.setattr(detachment, "_warned", set())
    following.forget_all()
    yield
    following.forget_all()
