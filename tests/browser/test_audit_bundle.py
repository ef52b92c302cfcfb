"""Taking a bundle out in the browser: with a bar that moves, and without JavaScript."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.directory import AUDIT
from tests.mus_workflow.exports.bundling import VERIFIER, unpacked
from tests.plumbing.portal import Portal
from tests.plumbing.programs import plain_python

SAMPLE = f"{AUDIT}bundle/?size=3&seed=prik"
BUTTON = "[data-mus-download] button"
STATUS = "[data-mus-download-status]"


@pytest.fixture(scope="module")
def checkpointed(portal: Portal) -> None:
    portal.manage("mus_checkpoint")


@pytest.mark.parametrize("has_script", [True, False])
def test_a_bundle_is_taken_out_and_checked(has_script: bool, checkpointed: None, enter: Open, tmp_path: Path) -> None:
    page = enter("auditor", java_script_enabled=has_script, accept_downloads=True).page
    page.goto(SAMPLE)
    references = page.locator("#main tbody th a").all_inner_texts()
    assert references
    place = tmp_path / "bundle.zip"
    with page.expect_download() as coming:
        page.locator(BUTTON).click()
    coming.value.save_as(place)
    assert coming.value.suggested_filename.startswith("mus-evidence-")
    files = unpacked(place.read_bytes())
    assert sorted(name[10:-5] for name in files if name.startswith("dialogues/")) == sorted(references)
    done = plain_python(str(VERIFIER), str(place), "--json")
    assert (done.returncode, json.loads(done.stdout)["ok"]) == (0, True), done.stdout
    if has_script:
        the_bar_is_full(page, len(references))


def the_bar_is_full(page: Page, count: int) -> None:
    expect(page.locator(STATUS)).to_have_text(page.locator(STATUS).get_attribute("data-done") or "?")
    expect(page.locator("progress")).to_have_js_property("value", count)
    expect(page.locator("[data-mus-download-count]")).to_have_text(str(count))
    expect(page.locator(BUTTON)).to_be_enabled()


def test_a_bundle_that_does_not_arrive_whole_is_not_saved(checkpointed: None, enter: Open) -> None:
    page = enter("auditor").page
    page.goto(SAMPLE)
    page.route("**/bundle/file/", lambda route: route.abort())
    page.locator(BUTTON).click()
    expect(page.locator(STATUS)).to_have_text(page.locator(STATUS).get_attribute("data-failed") or "?")
    expect(page.locator(BUTTON)).to_be_enabled()
