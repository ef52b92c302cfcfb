"""Forms page by page, alone and by two at once, with and without scripts."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Route, expect

from tests.browser.accessible import FOR_AXE, dark_faults_of, faults_of
from tests.browser.conftest import Open
from tests.browser.paged import LOGIN, MANAGER, make_paged
from tests.browser.test_autosave import KEPT_NOWHERE, LONG, state
from tests.plumbing.portal import Portal

PLACE = "[data-mus-place]"
NEXT, BACK = ".mus-form__actions button[value=next]", ".mus-form__actions button[value=back]"
NAME = "input[type=text][name^=q_] >> visible=true"
TEXT = "textarea[name^=q_] >> visible=true"


@pytest.fixture(scope="module")
def paged(portal: Portal) -> str:
    return make_paged(portal)


def at_page(number: int, count: int) -> re.Pattern[str]:
    return re.compile(rf"\b{number}\b.*\b{count}\b")


def test_pages_turn_without_loading_and_the_address_follows(enter: Open, paged: str) -> None:
    visitor = enter(LOGIN)
    page = visitor.page
    visitor.open(f"{paged}preparation/")
    page.evaluate("window.loaded = 'once'")
    expect(page.locator(PLACE)).to_have_text(at_page(1, 3))
    page.locator(NAME).fill("Bibliotekar")
    page.locator(NAME).press("Enter")  # sends nothing
    page.locator(TEXT).fill("Et godt år.")
    visitor.touch(NEXT)
    expect(page.locator(PLACE)).to_be_focused()
    expect(page.locator(PLACE)).to_have_text(at_page(2, 3))
    expect(page).to_have_url(re.compile(r"part=2$"))
    page.locator("input[type=radio][value=yes] >> visible=true").check()
    expect(page.locator(PLACE)).to_have_text(at_page(2, 4))  # the answer asks for one page more
    page.locator("input[type=radio][value=no] >> visible=true").check()
    visitor.touch(NEXT)
    expect(page).to_have_url(re.compile(r"part=4$"))
    expect(page.locator("button[value=share]")).to_be_visible()
    page.go_back()
    expect(page.locator(PLACE)).to_have_text(at_page(2, 3))
    assert page.evaluate("window.loaded") == "once"
    state(page, "saved")
    page.reload()
    expect(page.locator(PLACE)).to_have_text(at_page(2, 3))
    visitor.touch(BACK)
    expect(page.locator(NAME)).to_have_value("Bibliotekar")
    expect(page.locator(TEXT)).to_have_value("Et godt år.")


def test_what_is_left_is_told_as_one_writes_and_leads_to_its_question(enter: Open, paged: str) -> None:
    visitor = enter(LOGIN)
    page = visitor.page
    visitor.open(f"{paged}preparation/")
    done, left = page.locator("[data-mus-done] >> nth=0"), page.locator("[data-mus-left-list] li")
    page.locator(NAME).fill("Bibliotekar")
    page.locator(TEXT).fill("")
    expect(done).to_have_text(re.compile(r"1\D+2"), timeout=LONG)
    expect(left).to_have_count(1, timeout=LONG)
    page.locator(".mus-toc__entry >> nth=3").click()
    expect(page).to_have_url(re.compile(r"part=4$"))
    expect(page.locator(".mus-toc__entry[aria-current]")).to_have_count(1)
    left.locator("button").click()
    expect(page).to_have_url(re.compile(r"part=1$"))
    expect(page.locator(TEXT)).to_be_focused()
    page.locator(TEXT).fill("Nu er der svaret.")
    expect(page.locator("[data-mus-left]")).to_be_hidden(timeout=LONG)
    expect(done).to_have_text(re.compile(r"2\D+2"))


def test_without_scripts_a_button_saves_everything_and_goes_on(enter: Open, paged: str) -> None:
    visitor = enter(LOGIN, java_script_enabled=False)
    visitor.open(f"{paged}preparation/?part=1")
    visitor.write(TEXT, "Uden script.")
    visitor.press(NEXT)
    expect(visitor.page).to_have_url(re.compile(r"part=2$"))
    visitor.press(".mus-toc__entry >> nth=3")
    visitor.write(TEXT, "Et ønske.")
    visitor.press(".mus-toc__entry >> nth=0")
    expect(visitor.find(TEXT)).to_have_value("Uden script.")
    visitor.open(f"{paged}preparation/?part=4")
    expect(visitor.find(TEXT)).to_have_value("Et ønske.")


def test_without_scripts_two_tabs_choose_between_both_texts(enter: Open, paged: str) -> None:
    first, second = (enter(LOGIN, java_script_enabled=False) for _tab in range(2))
    for visitor in (first, second):
        visitor.open(f"{paged}preparation/?part=4")
    first.write(TEXT, "Det ene.")
    first.press("button[value=save]:not(.mus-visually-hidden)")
    second.write(TEXT, "Det andet.")
    second.press("button[value=save]:not(.mus-visually-hidden)")
    expect(second.page.locator(".mus-conflict blockquote")).to_have_text("Det ene.")
    second.tick(".mus-conflict input[value=both]")
    second.press("button[value=save]:not(.mus-visually-hidden)")
    second.open(f"{paged}preparation/?part=4")
    expect(second.find(TEXT)).to_have_value("Det andet.\n\nDet ene.")


def test_the_keyboard_alone_walks_through_the_pages(enter: Open, paged: str) -> None:
    visitor = enter(LOGIN, by_keyboard=True)
    visitor.open(f"{paged}preparation/?part=1")
    visitor.write(NAME, "Med tastaturet")
    visitor.touch(NEXT)
    expect(visitor.page.locator(PLACE)).to_have_text(at_page(2, 3))
    visitor.touch(NEXT)
    visitor.write(TEXT, "Helt til slutningen")
    visitor.touch(BACK)
    visitor.touch(BACK)
    expect(visitor.page.locator(NAME)).to_have_value("Med tastaturet")
    state(visitor.page, "saved")


def test_two_in_the_talk_see_each_others_half_and_nothing_stays_in_the_browser(enter: Open, paged: str) -> None:
    employee, manager = enter(LOGIN), enter(MANAGER)
    for visitor in (employee, manager):
        visitor.open(f"{paged}talk/")
    employee.page.locator(".mus-pair textarea").fill("Jeg vil lære mere.")
    theirs = manager.page.locator(".mus-pair [data-mus-theirs] .mus-answer__text")
    # The pause in the writing, the save, and a poll within two seconds.
    expect(theirs).to_have_text("Jeg vil lære mere.", timeout=LONG)
    expect(manager.page.locator(".mus-pair textarea")).to_have_value("")
    for visitor in (employee, manager):
        assert visitor.page.evaluate(KEPT_NOWHERE) == 0


def test_presenting_what_is_incomplete_leads_to_the_fields(enter: Open, paged: str) -> None:
    manager = enter(MANAGER)
    manager.open(f"{paged}talk/?part=3")
    manager.press("button[value=present] >> nth=-1")
    links = manager.page.locator(".mus-error-summary a")
    expect(manager.page.locator(".mus-error-summary")).to_be_focused()
    assert links.count() >= 2
    links.last.click()
    expect(manager.page.locator(TEXT)).to_be_focused()  # on the second page, which the link opened
    expect(manager.page).to_have_url(re.compile(r"part=2$"))


def test_a_text_that_nears_its_limit_says_so_and_is_never_cut(enter: Open, paged: str) -> None:
    visitor = enter(LOGIN)
    page = visitor.page
    visitor.open(f"{paged}preparation/?part=4")
    page.locator(TEXT).fill("x" * 19_990)
    expect(page.locator(".mus-counter")).to_contain_text("10")
    page.locator(TEXT).fill("x" * 20_003)
    expect(page.locator(".mus-counter")).to_have_attribute("data-over", "")
    expect(page.locator(".mus-counter")).to_contain_text("3")
    state(page, "invalid")
    expect(page.locator(TEXT)).to_have_value("x" * 20_003)
    page.locator(TEXT).fill("Kort.")
    expect(page.locator(".mus-counter")).to_be_hidden()
    state(page, "saved")


def test_what_was_refused_is_not_called_saved_when_something_else_is(enter: Open, paged: str) -> None:
    visitor = enter(LOGIN)
    page = visitor.page
    visitor.open(f"{paged}preparation/?part=4")
    before = page.locator(TEXT).input_value()
    page.locator(TEXT).fill("x" * 20_003)
    state(page, "invalid")
    box = page.locator("input[type=checkbox][name^=share_]:visible").first
    with page.expect_response("**/autosave/") as saved:
        box.click()
    assert saved.value.json()["errors"] == {}
    state(page, "invalid")
    page.locator(TEXT).fill(before)  # which the server has already
    state(page, "saved")
    expect(page.locator(TEXT)).not_to_have_attribute("aria-invalid", "true")


def test_the_pages_of_a_form_are_accessible_in_every_state(enter: Open, paged: str) -> None:
    found: list[str] = []
    employee, manager = enter(LOGIN, **FOR_AXE), enter(MANAGER, **FOR_AXE)
    for part in (1, 2, 4):
        employee.open(f"{paged}preparation/?part={part}")
        found += faults_of(employee)
    employee.open(f"{paged}preparation/?numbers=1")
    found += faults_of(employee)
    employee.open(f"{paged}preparation/paper/")
    found += faults_of(employee)
    manager.open(f"{paged}talk/?part=1")
    found += faults_of(manager) + dark_faults_of(manager)
    manager.open(f"{paged}talk/?part=3")
    manager.press("button[value=present] >> nth=-1")
    found += faults_of(manager)
    assert found == []


FORM = """<!doctype html><html lang="da"><title>Tabel</title>
<form data-mus-autosave="/mus/fake/autosave/" data-mus-version="0">
<input type="hidden" name="csrfmiddlewaretoken" value="x"><p data-mus-save-state></p>
<input type="text" name="q_11111111111141118111111111111111__r1_c1">
<input type="text" name="q_11111111111141118111111111111111__r2_c1">
<template data-mus-panel="conflict"><div class="mus-conflict"><p data-mus-slot="by"></p><p data-mus-slot="at"></p>
<blockquote data-mus-slot="theirs"></blockquote><button type="button" data-mus-keep="mine"></button>
<button type="button" data-mus-keep="theirs"></button><button type="button" data-mus-keep="both"></button>
</div></template>
</form><script type="module" src="{script}"></script></html>"""


def test_each_cell_of_a_question_with_parts_is_saved_and_disputed_by_itself(enter: Open, paged: str) -> None:
    visitor = enter(LOGIN)
    page = visitor.page
    visitor.open(f"{paged}preparation/")
    script = page.locator("script[src*='js/autosave']").get_attribute("src")
    key = "11111111-1111-4111-8111-111111111111/r2_c1"
    sent: list[dict] = []

    def answer(route: Route) -> None:
        sent.append(json.loads(route.request.post_data or "{}"))
        theirs = {"id": key, "theirs": "Den andens", "by": "Emma", "at": "10.42", "version": 2}
        if key in sent[-1]["answers"] and sent[-1]["version"] < 2:
            route.fulfill(status=409, json={"version": 3, "saved": [], "conflicts": [theirs], "saved_at": "10.42"})
        else:
            route.fulfill(json={"version": 3 + len(sent), "saved_at": "10.42", "errors": {}})

    page.route(
        "**/mus/fake/",
        lambda route: route.fulfill(body=FORM.replace("{script}", script or ""), content_type="text/html"),
    )
    page.route("**/mus/fake/autosave/", answer)
    page.goto("/mus/fake/")
    first, second = page.locator("input[name$=__r1_c1]"), page.locator("input[name$=__r2_c1]")
    first.fill("Mit")
    expect(page.locator("[data-mus-save-state]")).to_have_attribute("data-state", "saved", timeout=LONG)
    assert [*sent[0]["answers"].items()] == [("11111111-1111-4111-8111-111111111111/r1_c1", "Mit")]
    second.fill("Mit også")
    expect(page.locator(".mus-conflict blockquote")).to_have_text("Den andens", timeout=LONG)
    page.locator("[data-mus-keep=both]").click()
    expect(second).to_have_value("Mit også Den andens")
    expect(page.locator("[data-mus-save-state]")).to_have_attribute("data-state", "saved", timeout=LONG)
    assert list(sent[-1]["answers"]) == [key]
    expect(first).to_have_value("Mit")
