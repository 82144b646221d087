"""A real browser for the tests of pages."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.page.browser import NoBrowserError, start_browser

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Browser:
    """One page, opened from the disk."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def open(self, path: Path) -> None:
        self.driver.get_log("performance")
        self.driver.get(path.as_uri())

    def run(self, script: str, *arguments: Any) -> Any:
        """What a script in the page returns; it sees all that the page's own script has named."""
        return self.driver.execute_script(script, *arguments)

    def text(self, name: str) -> str:
        """The text of the element of that id."""
        return str(self.run("return document.getElementById(arguments[0]).innerText", name)).replace("\xa0", " ")

    def press(self, *keys: str) -> None:
        from selenium.webdriver.common.action_chains import ActionChains

        for key in keys:
            ActionChains(self.driver).send_keys(key).perform()

    def errors(self) -> list[str]:
        """What the console complained of."""
        return [each["message"] for each in self.driver.get_log("browser")]

    def requests(self) -> list[str]:
        """The addresses that the page asked for, itself left out."""
        events = [json.loads(each["message"])["message"] for each in self.driver.get_log("performance")]
        asked = [each["params"]["request"]["url"] for each in events if each["method"] == "Network.requestWillBeSent"]
        return [url for url in asked if not url.startswith(("file:", "data:", "chrome:"))]


@pytest.fixture(scope="session")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    try:
        driver = start_browser(tmp_path_factory.mktemp("browser"))
    except NoBrowserError as reason:
        pytest.skip(str(reason))
    yield driver
    driver.quit()


@pytest.fixture
def browser(driver: Any) -> Iterator[Browser]:
    browser = Browser(driver)
    browser.errors()
    yield browser
    assert browser.errors() == []
    assert browser.requests() == []
