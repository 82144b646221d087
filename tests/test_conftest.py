"""How these tests are run: what ``conftest.py`` does about those that ran already."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

TESTS = """
import os, pytest
def test_a(): pass
def test_b():
    if "ALL_IS_HERE" not in os.environ:
        pytest.skip("something is missing")
@pytest.mark.slow
@pytest.mark.parametrize("i", range(3))
def test_c(i): assert i != 1
"""


def test_tests_that_passed_are_left_out_and_the_others_get_another_chance(tmp_path: Path) -> None:
    tests = tmp_path / "tests"
    tests.mkdir()
    shutil.copy(Path(__file__).with_name("conftest.py"), tests)
    tests.joinpath("test_it.py").write_text(TESTS, encoding="utf-8")
    passed = tmp_path / "passed"
    environment = {name: text for name, text in os.environ.items() if not name.startswith("PYTEST")}
    environment |= {"AUTOGRAD_PASSED": str(passed), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}

    def run(*options: str, **variables: str) -> str:
        command = [sys.executable, "-P", "-m", "pytest", "-q", "-p", "no:cacheprovider", *options, "tests"]
        variables = environment | variables
        return subprocess.run(command, cwd=tmp_path, env=variables, capture_output=True, text=True, check=False).stdout

    assert "1 passed, 4 skipped" in run()
    assert passed.read_text().splitlines() == ["tests/test_it.py::test_a"]
    assert "1 failed, 3 passed, 1 deselected" in run("--slow", ALL_IS_HERE="yes")
    assert "1 failed, 4 deselected" in run("--slow", ALL_IS_HERE="yes")
