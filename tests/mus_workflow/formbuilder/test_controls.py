"""Every control has a name, alone and in a cell; what a page saves is what the form stores."""

import json
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.contrib.staticfiles import finders
from playwright.sync_api import expect

from mus_workflow.formbuilder.fields import Asked, field_name, partial_clean
from mus_workflow.formbuilder.parts import assembled, key_of
from mus_workflow.formbuilder.projection import FormKey
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.rendering import render_form
from mus_workflow.formbuilder.schema import digest, questions
from tests.browser.accessible import AXE, CHECK, LEVELS, OVERFLOW, RUN
from tests.mus_workflow.formbuilder.every_type import IN_ROWS, READ, SIMPLE, WITH_PARTS, Cells, in_cells
from tests.mus_workflow.formbuilder.writing import asking, ident

IMPORT = re.compile(r'@import url\("(\w[\w-]*\.css)"\) layer\(([\w.]+)\);')
ORIGIN = "http://localhost"  # a page that may use the browser's cryptography


@pytest.fixture
def grid(monkeypatch):
    """The form in which every simple question stands in a cell."""
    schema = asking(*SIMPLE)
    monkeypatch.setitem(registry._types, "cells", Cells(list(questions(schema))))
    return in_cells(schema)


def html(schema, errors=None):
    return render_form(FormKey(digest(schema), None, "en"), schema, {}, errors)


def style():
    """The stylesheet of a page, in one."""
    source = Path(finders.find("mus_workflow/css/mus.css")).read_text()
    found = Path(finders.find("mus_workflow/css/mus.css")).parent
    return IMPORT.sub(lambda match: f"@layer {match[2]} {{ {(found / match[1]).read_text()} }}", source)


def document(body, *scripts):
    links = "".join(f'<script type="module" src="/{name}"></script>' for name in scripts)
    head = f"<title>Form</title><style>{style()}</style>"
    main = f'<main class="mus-main"><h1>Form</h1>{body}</main>'
    return f'<!doctype html><html lang="en"><head>{head}</head><body class="mus-page">{main}{links}</body></html>'


def test_the_form_asks_every_kind_of_question():
    kinds = {question["type"] for question in questions(asking(*SIMPLE, *WITH_PARTS, *IN_ROWS, *READ))}
    assert kinds == {question_type.type for question_type in registry}


def test_in_a_cell_every_control_carries_its_own_name(grid):
    soup = BeautifulSoup(html(grid), "html.parser")
    for question in questions(asking(*SIMPLE)):
        part = question["id"].replace("-", "")
        name = field_name(key_of(ident("grid"), part))
        control = soup.find(id=name)
        named = control.get("aria-label") or control.find_parent(attrs={"role": True, "aria-label": True})
        if question["type"] == "consent":
            assert question["label"] in control.find_parent("label").get_text()
        else:
            assert question["label"] in (named if isinstance(named, str) else named["aria-label"])


@pytest.mark.browser
@pytest.mark.parametrize("wrong", [False, True])
@pytest.mark.parametrize("place", ["alone", "cell"])
def test_every_control_is_accessible(chromium, grid, place, wrong):
    schema = asking(*SIMPLE, *WITH_PARTS, *IN_ROWS, *READ) if place == "alone" else grid
    errors = {key: ["It is wrong."] for key, _question in Asked(schema).controls({})} if wrong else {}
    page = chromium.new_page(reduced_motion="reduce")
    page.set_content(document(f'<form class="mus-form" novalidate>{html(schema, errors)}</form>'))
    found = page.evaluate(CHECK, "")
    page.evaluate(AXE)
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        found += page.evaluate(RUN, [LEVELS, ""])
    page.set_viewport_size({"width": 320, "height": 900})
    assert (found, page.evaluate(OVERFLOW)) == ([], 0)
    page.close()


def serve(page, form, sent):
    """Let the page be served, and gather in `sent` the answers that it saves."""

    def answer(route):
        name = route.request.url.removeprefix(ORIGIN)
        if name == "/save/":
            body = json.loads(route.request.post_data)
            sent.update(body["answers"])
            route.fulfill(json={"version": body["version"] + 1, "errors": {}, "saved_at": "10.42"})
        elif name.endswith(".js"):
            route.fulfill(path=finders.find(f"mus_workflow/js{name}"), content_type="text/javascript")
        else:
            route.fulfill(body=document(form, "autosave.js"), content_type="text/html; charset=utf-8")

    page.route(f"{ORIGIN}/**", answer)
    page.goto(f"{ORIGIN}/")


def fill_in(page):
    """Answer most questions, as a person does."""

    def box(label):
        return page.locator(f"[data-question='{ident(label)}']")

    for label, text in (("Write to", "bo@example.dk"), ("Page", "www.example.dk"), ("Hour", "9.30"), ("Share", "0")):
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_label("List", exact=True).select_option("list blue")
    page.get_by_label("I agree to it all").check()
    page.get_by_label("I confirm").check()
    assert not box("Other colour").get_by_label("write what").is_visible()
    for label in ("Other colour", "Other colours"):
        box(label).get_by_label("Other", exact=True).check()
        box(label).get_by_label("write what").fill("Grey")
    box("Other list").get_by_role("combobox").select_option("Other")
    box("Other list").get_by_label("write what").fill("Green")
    box("Other share").get_by_label("Not applicable").check()
    with page.expect_request(lambda sent: "2026-03-01" in (sent.post_data or "")):
        box("Leave").get_by_label("To").fill("2026-03-01")


STORED = {
    ident("Write to"): "bo@example.dk",
    ident("Page"): "https://www.example.dk",
    ident("Hour"): "09:30",
    ident("Share"): 0,
    ident("List"): ident("list blue"),
    ident("I agree to it all"): True,
    ident("Talked it over"): True,
    ident("Other colour"): {"chosen": "other", "other": "Grey"},
    ident("Other colours"): {"chosen": ["other"], "other": "Grey"},
    ident("Other list"): {"chosen": "other", "other": "Green"},
    ident("Other share"): "not_applicable",
    ident("Leave"): {"from": None, "to": "2026-03-01"},
}


@pytest.mark.browser
def test_what_a_page_saves_while_one_fills_it_in_is_what_the_form_stores(chromium):
    schema = asking(*SIMPLE, *WITH_PARTS)
    page, sent = chromium.new_page(), {}
    saves = 'class="mus-form" data-mus-autosave="/save/" data-mus-version="0"'
    serve(page, f"<form {saves}>{html(schema)}<p data-mus-save-state></p></form>", sent)
    fill_in(page)
    expect(page.locator("[data-mus-save-state]")).to_have_attribute("data-state", "saved")
    values, errors = partial_clean(schema, sent)
    assert (errors, assembled(schema, values)) == ({}, STORED)
    page.close()
