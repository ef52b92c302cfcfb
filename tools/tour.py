"""Take the pictures of docs/tour/: the nine steps of one year, in the demo organisation on the tests' day."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.directory import AUDIT, Directory, look_up
from tests.plumbing.browser import ARGUMENTS, new_window, sign_in
from tests.plumbing.databases import build
from tests.plumbing.mail import MailServer
from tests.plumbing.portal import Portal, serve
from tools.find_chromium import ADVICE, find_chromium

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "tour"
FORM = "/admin/snippets/mus_workflow/formdefinition/"
WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
SETTLED = "Promise.all(document.getAnimations().map((one) => one.finished.catch(() => null)))"


@dataclass(frozen=True)
class Picture:
    """One picture: what it is called, who looks, at what, from which place on, and at most how much of it."""

    name: str
    login: str
    path: str
    at: str = ""
    height: int = 900
    is_phone: bool = False


def pictures(directory: Directory) -> list[Picture]:
    """The nine steps; where one is mostly done on a phone, it is shown there too."""
    preparing = directory.dialogue("employee", "preparation/")
    talking = directory.dialogue("anders.moelgaard", "talk/")
    signing = directory.dialogue("fatma.yildiz", "agreement/sign/")
    agreed = directory.dialogue("karen.thygesen", "agreement/", stage="FOLLOW_UP")
    compared = directory.audit("louise.ankersen", "compare/?from=1&to=2", stage="FOLLOW_UP")
    return [
        Picture("1-form-preview", "editor", FORM, height=1000),
        Picture("2-my-mus", "manager", "/mus/", height=1350),
        Picture("2-invited", "bo.lassen", directory.dialogue("bo.lassen")),
        Picture("3-my-mus", "employee", "/mus/", height=1100),
        Picture("3-prepare", "employee", preparing, height=1300),
        Picture("3-prepare-phone", "employee", preparing, at="[data-question]", height=844, is_phone=True),
        Picture("4-talk", "manager", talking, at="#shared", height=1400),
        Picture("4-agreement", "manager", talking, at="#agreement", height=1300),
        Picture("5-sign", "manager", signing, height=1300),
        Picture("5-sign-phone", "manager", signing, at="[aria-labelledby=sign-heading]", height=844, is_phone=True),
        Picture("5-change", "manager", agreed, height=1300),
        Picture(
            "5-signed",
            "louise.ankersen",
            directory.dialogue("louise.ankersen", "agreement/", stage="FOLLOW_UP"),
            height=1500,
        ),
        Picture("6-items", "karen.thygesen", directory.dialogue("karen.thygesen", "items/", stage="FOLLOW_UP")),
        Picture("6-outcomes", "manager", talking, at="#last-time", height=1000),
        Picture("6-who-looked", "louise.ankersen", "/mus/who-has-looked/", height=1000),
        Picture("6-my-data", "louise.ankersen", "/mus/my-data/", height=1000),
        Picture("7-agreements", "auditor", AUDIT, height=1000),
        Picture(
            "7-timeline", "auditor", directory.audit("louise.ankersen", "timeline/", stage="FOLLOW_UP"), height=1300
        ),
        Picture("7-audit", "auditor", compared, height=1300),
        Picture("7-bundle", "auditor", f"{AUDIT}bundle/?size=3&seed=2026", height=1300),
        Picture("8-overview", "hr", "/mus/overview/", height=1300),
        Picture("9-nobody-else", "other_manager", talking, height=600),
    ]


def main() -> None:
    """Build a demo of its own, serve it, and take every picture."""
    path = find_chromium()
    if path is None:
        raise SystemExit(ADVICE)
    with served() as portal, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        take(browser, portal)
        browser.close()


@contextmanager
def served() -> Iterator[Portal]:
    """The demo in a folder that goes away, with a mail server that keeps what is sent to itself."""
    mail = MailServer()
    mail.controller.start()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/tour.sqlite3"
        print("Building the demo organisation …", flush=True)
        build(url)
        with serve(url, mail.port) as portal:
            yield portal
    mail.controller.stop()


def take(browser: Browser, portal: Portal) -> None:
    """Take every picture, with one window for each person and width."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    windows: dict[tuple[str, bool], Page] = {}
    for picture in pictures(look_up(portal)):
        key = (picture.login, picture.is_phone)
        if key not in windows:
            windows[key] = _log_in(browser, portal, picture)
        _take(windows[key], picture)
        print(f"  docs/tour/{picture.name}.png", flush=True)


def _log_in(browser: Browser, portal: Portal, picture: Picture) -> Page:
    window = new_window(browser, portal, viewport=PHONE if picture.is_phone else WIDE, reduced_motion="reduce")
    page = window.new_page()
    sign_in(page, picture.login)
    return page


def _take(page: Page, picture: Picture) -> None:
    size = PHONE if picture.is_phone else WIDE
    page.set_viewport_size({**size, "height": picture.height})
    page.goto(picture.path)
    if picture.path == FORM:
        _open_preview(page)
    page.wait_for_load_state("networkidle")
    if picture.at:
        page.locator(picture.at).first.evaluate("element => scrollTo(0, element.getBoundingClientRect().top - 16)")
    page.evaluate(SETTLED)
    page.screenshot(path=FOLDER / f"{picture.name}.png")


def _open_preview(page: Page) -> None:
    """From the list of forms to the employee's preparation, with its preview beside it."""
    page.get_by_role("link", name="Forberedelse – medarbejder").first.click()
    page.locator("[data-side-panel-toggle=preview]").click()
    page.wait_for_load_state("networkidle")


if __name__ == "__main__":
    main()
