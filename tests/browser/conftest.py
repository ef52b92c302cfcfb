"""What the browser tests share: addresses, and a window for each person that stays logged in."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.directory import Directory, look_up
from tests.browser.visitor import Visitor
from tests.plumbing.browser import new_window, sign_in
from tests.plumbing.portal import Portal

Open = Callable[..., Visitor]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever is in this folder needs the browser."""
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def directory(portal: Portal) -> Directory:
    return look_up(portal)


@pytest.fixture
def enter(chromium: Browser, portal: Portal) -> Iterator[Open]:
    """Open a private window for a person and log them in; every window must end without faults.

    Options are the visitor's own (`by_keyboard`) and Playwright's (`viewport`, `java_script_enabled`, …).
    """
    opened: list[Visitor] = []

    def enter(name: str | None, *, by_keyboard: bool = False, **options: object) -> Visitor:
        page = new_window(chromium, portal, **options).new_page()
        visitor = Visitor(page, by_keyboard=by_keyboard, has_script=bool(options.get("java_script_enabled", True)))
        opened.append(visitor)
        if name:
            sign_in(visitor.page, name)
        return visitor

    yield enter
    faults = {fault for visitor in opened for fault in visitor.faults}
    for visitor in opened:
        visitor.page.context.close()
    assert faults == set()
