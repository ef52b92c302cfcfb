"""Playwright on the system's Chromium."""

import os
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.plumbing.portal import Portal
from tools.find_chromium import ADVICE, find_chromium

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PASSWORD = "demo"

# Playwright keeps an event loop in this thread, and Django would refuse the database there.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = find_chromium()
    assert path, ADVICE
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def browser_context(chromium: Browser, portal: Portal) -> Iterator[BrowserContext]:
    """A private window at the portal, in Danish, 1280 px wide."""
    with new_window(chromium, portal) as context:
        yield context


@pytest.fixture
def page(browser_context: BrowserContext) -> Iterator[Page]:
    """A page that fails its test on a script error or a breach of the Content-Security-Policy."""
    page = browser_context.new_page()
    faults = watch(page)
    yield page
    assert faults == []


def new_window(chromium: Browser, portal: Portal, **options: object) -> BrowserContext:
    """Open a private window; options are Playwright's (`viewport`, `java_script_enabled`, `color_scheme`, …)."""
    defaults = {"base_url": portal.url, "locale": "da-DK", "timezone_id": "Europe/Copenhagen"}
    return chromium.new_context(**{**defaults, "viewport": {"width": 1280, "height": 900}, **options})


def watch(page: Page) -> list[str]:
    """Return a list that fills with the page's script errors and policy breaches."""
    faults: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            faults.append(message.text)

    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", note)
    return faults


def sign_in(page: Page, name: str) -> None:
    """Log one of the cast in through the login page."""
    page.goto("/login/")
    page.locator("input[name=username]").fill(name)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("form:has(input[name=password]) button").click()
    expect(page).not_to_have_url(re.compile("/login/"))
