"""Advice stands beside the builder and on the preview, and never in the way."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from mus_workflow.models import FormDefinition, Purpose
from tests.builders import Cast
from tests.mus_workflow.formbuilder.writing import asks, ident
from tests.mus_workflow.viewsets.test_form_editing import asked, posted, save
from tests.mus_workflow.viewsets.test_preview_fill import preparation, tried

pytestmark = pytest.mark.django_db

EDIT = "wagtailsnippets_mus_workflow_formdefinition:edit"
ADD = "wagtailsnippets_mus_workflow_formdefinition:add"
LEADING = "Er du ikke enig i, at det går godt?"


def danish(*questions: dict[str, object]) -> FormDefinition:
    form = preparation(*questions)
    form.language = "da"
    form.save_revision(clean=False)
    return form


def test_the_builders_page_links_advice_to_its_block(as_editor: Client, office: Cast) -> None:
    form = danish(asks("long_text", LEADING))
    soup = BeautifulSoup(as_editor.get(reverse(EDIT, args=[form.pk])).content.decode(), "html.parser")
    [advice] = soup.select("[data-advice]")
    assert advice["data-advice"] == "LEADING"
    assert advice.a["href"] == f"#block-{ident(LEADING)}-section"
    assert advice.a.text == LEADING


def test_a_good_form_gets_its_minutes_and_no_remark(as_editor: Client, office: Cast) -> None:
    page = as_editor.get(reverse(EDIT, args=[danish(asks("long_text", "Hvad fylder?")).pk])).content.decode()
    assert "There is nothing to remark on." in page
    assert "<strong>1 minute</strong>" in page


def test_a_form_that_cannot_be_frozen_is_told_what_is_in_the_way(as_editor: Client, office: Cast) -> None:
    page = as_editor.get(reverse(EDIT, args=[danish(asks("long_text", "")).pk])).content.decode()
    assert "The question has no wording." in page
    assert as_editor.get(reverse(ADD)).status_code == 200


def test_advice_blocks_no_publication(as_editor: Client, office: Cast) -> None:
    form = FormDefinition.objects.get(purpose=Purpose.EMPLOYEE_PREPARATION)
    save(as_editor, form, posted(form, asked(LEADING)), **{"action-publish": "1"})
    assert form.versions.latest("number").schema["sections"][0]["questions"][0]["label"] == LEADING


def test_the_preview_has_the_same_advice_with_links_within_it(as_editor: Client, office: Cast) -> None:
    page = tried(as_editor, danish(asks("long_text", LEADING)), {}).soup
    link = page.select_one("details a")
    assert link.text == LEADING
    assert page.find(id=link["href"].removeprefix("#")).name == "textarea"
