"""What is typed is saved while it is typed, and no fault of the network, the session or the server loses it."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.directory import Directory
from tests.browser.story import PROUD
from tests.browser.visitor import Visitor
from tests.plumbing.browser import PASSWORD

LONG = 15_000  # milliseconds, also on a busy machine
KEPT_NOWHERE = """
async () => {
  const databases = await indexedDB.databases();
  const caches = await globalThis.caches.keys();
  return localStorage.length + sessionStorage.length + databases.length + caches.length;
}
"""


def state(page: Page, name: str) -> None:
    """Wait until the page says how the saving goes."""
    expect(page.locator("[data-mus-save-state]")).to_have_attribute("data-state", name, timeout=LONG)


def test_typed_text_is_saved_and_stands_on_another_computer(enter: Open, directory: Directory) -> None:
    preparation = directory.dialogue("employee", "preparation/")
    here, elsewhere = enter("employee"), enter("employee")
    here.open(preparation)
    type_and_save(here, "Skrevet ved skrivebordet.")
    expect(here.page.locator("[data-mus-save-state]")).to_have_text(re.compile(r"^Gemt kl\. \d\d\.\d\d$"))
    elsewhere.open(preparation)
    expect(elsewhere.find(PROUD)).to_have_value("Skrevet ved skrivebordet.")
    assert here.page.evaluate(KEPT_NOWHERE) == 0


def test_lost_network_failing_server_and_new_token_lose_nothing(enter: Open, directory: Directory) -> None:
    visitor = enter("yusuf.rahmani")
    page, window = visitor.page, visitor.page.context
    visitor.open(directory.dialogue("yusuf.rahmani", "preparation/"))

    window.set_offline(True)
    visitor.find(PROUD).fill("Uden net.")
    state(page, "offline")
    window.set_offline(False)
    state(page, "saved")
    is_stored(visitor, "Uden net.")

    page.route("**/autosave/", lambda route: route.fulfill(status=500, body="<h1>500</h1>"))
    visitor.find(PROUD).fill("Serveren svarer ikke.")
    state(page, "failed")
    expect(visitor.find(PROUD)).to_have_value("Serveren svarer ikke.")
    page.unroute_all()
    state(page, "saved")
    is_stored(visitor, "Serveren svarer ikke.")

    cookies = [cookie for cookie in window.cookies() if cookie["name"] == "csrftoken"]
    window.add_cookies([{**cookies[0], "value": "x" * 32}])
    type_and_save(visitor, "Med et nyt mærke.")
    is_stored(visitor, "Med et nyt mærke.")
    assert page.evaluate(KEPT_NOWHERE) == 0


def test_text_outlives_the_session_and_is_saved_after_login_in_a_new_window(enter: Open, directory: Directory) -> None:
    visitor = enter("signe.holmgaard")
    page = visitor.page
    visitor.open(directory.dialogue("signe.holmgaard", "preparation/"))
    type_and_save(visitor, "Før.")
    page.context.clear_cookies(name="sessionid")
    visitor.find(PROUD).fill("Skrevet efter udlogning.")
    state(page, "expired")
    with page.context.expect_page() as opened:
        page.locator("[data-mus-login]").first.click()
    login = opened.value
    login.locator("input[name=username]").fill("signe.holmgaard")
    login.locator("input[name=password]").fill(PASSWORD)
    login.locator("form:has(input[name=password]) button").click()
    expect(login).to_have_url(re.compile("/preparation/$"), timeout=LONG)
    login.close()
    page.evaluate("dispatchEvent(new Event('focus'))")
    state(page, "saved")
    expect(page.locator("[data-mus-shown=expired]")).to_have_count(0)
    is_stored(visitor, "Skrevet efter udlogning.")


def test_two_tabs_show_both_texts_and_ask_which_to_keep(enter: Open, directory: Directory) -> None:
    first = enter("signe.holmgaard")
    second = Visitor(first.page.context.new_page())
    for visitor in (first, second):
        visitor.open(directory.dialogue("signe.holmgaard", "preparation/"))
    type_and_save(first, "Fra den første fane.")
    second.find(PROUD).fill("Fra den anden fane.")
    state(second.page, "conflict")
    panel = second.page.locator("[data-mus-shown=conflict]")
    expect(panel.locator("[data-mus-slot=theirs]")).to_have_text("Fra den første fane.")
    expect(second.find(PROUD)).to_have_value("Fra den anden fane.")
    panel.locator("[data-mus-keep=both]").click()
    state(second.page, "saved")
    is_stored(second, "Fra den anden fane.\n\nFra den første fane.")
    assert second.faults == []


def type_and_save(visitor: Visitor, text: str) -> None:
    """Type and wait until the server has it."""
    with visitor.page.expect_response(lambda answer: "/autosave/" in answer.url and answer.ok, timeout=LONG):
        visitor.find(PROUD).fill(text)
    state(visitor.page, "saved")


def is_stored(visitor: Visitor, text: str) -> None:
    """The text stands in the page as the server makes it anew."""
    visitor.page.reload()
    expect(visitor.find(PROUD)).to_have_value(text)


def test_the_scripts_keep_nothing_in_the_browser() -> None:
    folder = Path(__file__).resolve().parents[2] / "mus_workflow" / "static" / "mus_workflow" / "js"
    used = re.compile(r"localStorage|sessionStorage|indexedDB|document\.cookie\s*=|caches\.")
    assert [path.name for path in folder.glob("*.js") if used.search(path.read_text())] == []
