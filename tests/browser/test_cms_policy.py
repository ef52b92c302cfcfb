"""The CMS works under the Content-Security-Policy that the portal sends with it: a breach ends the test."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import Open

FORMS = "/admin/snippets/mus_workflow/formdefinition/"


def test_an_editor_meets_no_breach_of_the_policy(enter: Open) -> None:
    page = enter("editor").page
    answer = page.goto("/admin/")
    assert answer is not None
    assert "script-src 'self' 'unsafe-inline'" in answer.headers["content-security-policy"]
    page.goto(FORMS)
    page.locator("#main tbody a[href*='/edit/']").first.click()
    expect(page).to_have_url(re.compile("/edit/"))
    expect(page.locator("[data-streamfield-child]").first).to_be_visible()
    expect(page.locator(".DraftEditor-root").first).to_be_attached()
