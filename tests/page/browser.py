"""Debian's chromium, or another of its kind, without a window; driven by Selenium."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--window-size=1300,1000"),
)


class NoBrowserError(Exception):
    """What is missing here."""


def start_browser(folder: Path) -> Any:
    """A driver of a browser that keeps its files in a folder, and a log of its console and its requests.

    Raises:
        NoBrowserError: if a program or a package that it needs is missing.
    """
    try:
        from selenium import webdriver
    except ModuleNotFoundError:
        raise NoBrowserError("pages are tested in a browser by selenium, which is missing") from None
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    service = shutil.which("chromedriver")
    if program is None or service is None:
        raise NoBrowserError("no chromium with its chromedriver is here: the page is not tested in a browser")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for flag in (*FLAGS, f"--user-data-dir={folder}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return webdriver.Chrome(options=options, service=webdriver.ChromeService(service))
