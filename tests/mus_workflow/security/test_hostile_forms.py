"""What an editor, or an imported file, puts into any text of a form is shown as text, wherever the form is drawn."""

from __future__ import annotations

import copy
from html.parser import HTMLParser
from typing import Any

import pytest
from django.utils.translation import override

from mus_workflow.formbuilder.paper import paper
from mus_workflow.formbuilder.projection import FormKey, projected
from mus_workflow.formbuilder.questions.base import TextSlot
from mus_workflow.formbuilder.rendering import OtherSide, render_form
from mus_workflow.formbuilder.schema import SchemaError, digest, questions, validate
from mus_workflow.formbuilder.wording import HTML_KEYS, held_key, texts
from tests.mus_workflow.formbuilder.every_type import IN_ROWS, READ, SIMPLE, WITH_PARTS
from tests.mus_workflow.formbuilder.writing import asking

TRAP = """'"><script>alert(1)</script><img src=x onerror=alert(2)></textarea></template></svg>{{ 7 }}"""


class Traps(HTMLParser):
    """Gathers what would run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Any] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        runs = any(name.startswith("on") or "javascript:" in (value or "") for name, value in attrs)
        is_ours = tag == "script" and (dict(attrs).get("src") or "").startswith("/static/mus_workflow/js/")
        if runs or (tag in ("script", "img", "iframe", "style") and not is_ours):
            self.found.append((tag, attrs))


def traps_in(html: str) -> list[Any]:
    parser = Traps()
    parser.feed(html)
    return parser.found


def is_rich(slot: TextSlot) -> bool:
    """Whether the text is HTML. An option's help is not: it is shown as it is written."""
    return slot.key in HTML_KEYS and not {"settings", "questions", "sections"}.isdisjoint(slot.holder)


def trapped(schema: dict[str, Any]) -> dict[str, Any]:
    """The form with a trap in each of its plain texts."""
    made = copy.deepcopy(schema)
    for number, slot in enumerate(texts(made)):
        if not is_rich(slot):
            slot.holder[held_key(slot)] = f"{number}{TRAP}"
    for question in questions(made):
        question["number"] = TRAP[:20]
    return made


@pytest.fixture
def schema() -> dict[str, Any]:
    return asking(*SIMPLE, *WITH_PARTS, *IN_ROWS, *READ)


@pytest.mark.parametrize("is_sheet", [True, False])
def test_no_text_of_a_form_runs_on_its_pages(schema: dict[str, Any], is_sheet: bool) -> None:
    made = trapped(schema)
    key = FormKey(digest(made), "EMPLOYEE", "en")
    other = OtherSide(TRAP, {one["id"]: TRAP for one in questions(made)}) if is_sheet else None
    answers = {one["id"]: TRAP for one in questions(made)}
    errors = {one["id"]: [TRAP] for one in questions(made)}
    page = render_form(key, made, answers, errors, other=other)
    assert "alert(1)" in page
    assert traps_in(page) == []


def test_no_text_of_a_form_runs_on_paper(schema: dict[str, Any]) -> None:
    page = paper(projected(trapped(schema), FormKey("x", "EMPLOYEE", "en")))
    assert "alert(1)" in page
    assert traps_in(page) == []


def test_a_form_with_markup_in_a_rich_text_is_refused(schema: dict[str, Any]) -> None:
    rich = [number for number, slot in enumerate(texts(schema)) if is_rich(slot)]
    assert len(rich) > len(schema["sections"]) + 1
    for number in rich:
        made = copy.deepcopy(schema)
        slot = list(texts(made))[number]
        slot.holder[held_key(slot)] = f"<p>x</p>{TRAP}"
        with override("en"), pytest.raises(SchemaError, match="markup"):
            validate(made)


def test_a_translation_with_markup_in_a_rich_text_is_refused(schema: dict[str, Any]) -> None:
    made = {**schema, "translations": {"da": {"title": {"intro": f"<p>{TRAP}</p>"}}}}
    with override("en"), pytest.raises(SchemaError, match="markup"):
        validate(made)
