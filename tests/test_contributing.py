"""What is written for those who work on this library: the files that it sends them to, and the version that it tells of."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
NOTES = CHECKOUT / ".github"

if not NOTES.exists():
    pytest.skip("the tests are not in a checkout", allow_module_level=True)


def test_every_file_and_folder_that_contributing_names_is_there() -> None:
    text = NOTES.joinpath("CONTRIBUTING.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:\.ci|autograd|nn|tests)/[\w./]*)`", text)
    assert len(named) > 10
    assert [name for name in named if not CHECKOUT.joinpath(name).exists()] == []


def test_the_changelog_begins_with_this_version() -> None:
    version = tomllib.loads(CHECKOUT.joinpath("pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    first = re.search(r"^## (\S+)", NOTES.joinpath("CHANGELOG.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert first is not None and first[1] == version


def test_every_action_of_a_workflow_is_pinned_to_a_commit() -> None:
    for workflow in NOTES.joinpath("workflows").glob("*.yml"):
        for line in workflow.read_text(encoding="utf-8").splitlines():
            if "uses:" in line:
                assert re.search(r"@[0-9a-f]{40} # v", line), line
