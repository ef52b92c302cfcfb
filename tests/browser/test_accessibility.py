"""Every page, in the stages and states that matter: nothing against WCAG 2.2 A and AA, and no fault in the console."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.accessible import FOR_AXE, dark_faults_of, faults_of
from tests.browser.conftest import Open
from tests.browser.directory import AUDIT, Directory
from tests.browser.visitor import Visitor

Pages = Callable[[Directory], list[str]]
WHO_LOOKED = "/mus/who-has-looked/"

GUIDE = [
    "/da/",
    "/da/?q=samtale",
    "/da/guide/",
    "/da/guide/faelder/",
    "/da/guide/lederens-stol/",
    "/da/guide/ord-paa-jobbet/",
    "/en/",
    "/en/guide/grus/",
    "/accessibility/",
]


def pages_of_employee(directory: Directory) -> list[str]:
    return ["/mus/", *(directory.dialogue("employee", rest) for rest in ("", "preparation/", "preparation/share/"))]


def pages_of_manager(directory: Directory) -> list[str]:
    """Every stage: planned, preparing, talk, sign-off, follow-up with a change, not held."""
    at = directory.dialogue
    return [
        "/mus/",
        directory.invite("laerke.winther"),
        at("ole.friis"),
        at("ole.friis", "invite/"),
        at("ole.friis", "not-held/"),
        at("delegate"),
        at("delegate", "invite/"),
        at("delegate", "preparation/"),
        at("employee"),
        at("employee", "talk/"),
        at("employee", "agreement/"),
        at("employee", "items/"),
        at("anders.moelgaard"),
        at("anders.moelgaard", "talk/"),
        at("anders.moelgaard", "items/"),
        at("fatma.yildiz"),
        at("fatma.yildiz", "talk/"),
        at("fatma.yildiz", "agreement/"),
        at("fatma.yildiz", "agreement/sign/"),
        at("karen.thygesen"),
        at("karen.thygesen", "agreement/"),
        at("karen.thygesen", "agreement/amend/"),
        at("karen.thygesen", "agreement/edit/"),
        at("karen.thygesen", "agreement/sign/"),
        at("karen.thygesen", "agreement/compare/1/2/"),
        at("karen.thygesen", "agreement/revisions/1/"),
        at("karen.thygesen", "follow-up/"),
        f"{directory.item('karen.thygesen')}progress/",
        at("laerke.winther"),
        at("laerke.winther", "preparation/"),
    ]


PEOPLE: dict[str, Pages] = {
    "employee": pages_of_employee,
    "manager": pages_of_manager,
    "karen.thygesen": lambda directory: ["/mus/", directory.dialogue("karen.thygesen", "items/"), WHO_LOOKED],
    "hr": lambda directory: ["/mus/", "/mus/overview/"],
    "delegate": lambda directory: ["/mus/"],
    "birgitte.skovgaard": lambda directory: ["/mus/"],
}


@pytest.mark.parametrize("name", PEOPLE)
def test_pages_of_one_person(name: str, enter: Open, directory: Directory) -> None:
    visitor, under_the_policy = enter(name, **FOR_AXE), enter(name)
    found: list[str] = []
    for number, path in enumerate(PEOPLE[name](directory)):
        under_the_policy.open(path)
        visitor.open(path)
        found += faults_of(visitor)
        if number % 5 == 0:
            found += dark_faults_of(visitor)
    assert found == [], "\n".join(found)


def test_guide_and_error_pages(enter: Open, directory: Directory) -> None:
    visitor, under_the_policy = enter(None, **FOR_AXE), enter(None)
    found: list[str] = []
    for path in GUIDE:
        under_the_policy.open(path)
        visitor.open(path)
        found += faults_of(visitor)
    visitor.open("/da/findes-ikke/", status=404)
    found += faults_of(visitor)
    assert found == [], "\n".join(found)


def test_forms_that_are_sent_back(enter: Open, directory: Directory) -> None:
    """The summary of errors has the focus, and each of its links reaches a field."""
    stranger = enter(None, **FOR_AXE)
    stranger.open("/login/?next=/mus/")
    found = faults_of(stranger)
    stranger.write("[name=username]", "employee")
    stranger.write("[name=password]", "forkert")
    stranger.press("form:has([name=password]) button")
    found += sent_back(stranger)
    manager = enter("manager", **FOR_AXE)
    manager.open(directory.dialogue("ole.friis", "invite/"))
    manager.write("[name=day]", "2020-01-01")
    manager.press("button.mus-button--primary")
    found += sent_back(manager)
    manager.open(directory.dialogue("fatma.yildiz", "agreement/sign/"))
    manager.page.locator("form:has([name=password])").evaluate("form => { form.noValidate = true; }")
    manager.press("form:has([name=password]) button.mus-button--primary")
    found += sent_back(manager)
    other = enter("other_manager", **FOR_AXE)
    other.open(directory.dialogue("hanne.brix", "agreement/amend/"))
    other.page.locator("form:has([name=change_note])").evaluate("form => { form.noValidate = true; }")
    other.press("form:has([name=change_note]) button.mus-button--primary")
    found += sent_back(other)
    assert found == [], "\n".join(found)


def sent_back(visitor: Visitor) -> list[str]:
    summary = visitor.find(".mus-error-summary")
    expect(summary).to_be_focused()
    for link in summary.locator("a").all():
        link.click()
        assert visitor.page.evaluate("document.activeElement.matches('input, select, textarea')"), link.inner_text()
    return faults_of(visitor)


def test_pages_of_the_auditor(enter: Open, directory: Directory) -> None:
    """In the administration we answer for our own part of the page."""
    found: list[str] = []
    for name, paths in {
        "auditor": [
            AUDIT,
            directory.audit("louise.ankersen", stage="FOLLOW_UP"),
            directory.audit("louise.ankersen", "compare/?from=1&to=2", stage="FOLLOW_UP"),
            directory.audit("hanne.brix", "compare/?from=1&to=1", stage="FOLLOW_UP"),
            directory.audit("hanne.brix", "grant/", stage="FOLLOW_UP"),
            directory.audit("louise.ankersen", "timeline/", stage="FOLLOW_UP"),
            directory.audit("louise.ankersen", "as-of/", stage="FOLLOW_UP"),
            directory.audit("louise.ankersen", "follow-up/", stage="FOLLOW_UP"),
            f"{AUDIT}?stage=FOLLOW_UP",
            f"{AUDIT}rules/",
            f"{AUDIT}bundle/",
            f"{AUDIT}bundle/?size=3&seed=prik",
        ],
        "auditor2": [f"{AUDIT}grants/"],
    }.items():
        visitor = enter(name, **FOR_AXE)
        for path in paths:
            answer = visitor.page.goto(path)
            assert answer is not None
            assert answer.ok, f"{path}: {answer.status}"
            found += faults_of(visitor, within="#main")
    assert found == [], "\n".join(found)
