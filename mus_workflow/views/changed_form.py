"""A page whose form has changed since it was written in: what it was, what is not asked any more, what still stands."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from mus_workflow.documents.merge import plain_answers
from mus_workflow.documents.moves import (
    can_stand,
    differences_of,
    earlier_versions,
    no_longer_asked,
    unconfirmed_ids,
)
from mus_workflow.formbuilder.fields import Asked
from mus_workflow.formbuilder.impact_words import differences
from mus_workflow.formbuilder.parts import assembled
from mus_workflow.formbuilder.projection import for_audience
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.schema import questions
from mus_workflow.formbuilder.shapes import Schema
from mus_workflow.formbuilder.wording import localised
from mus_workflow.models import Draft, Erased, FormVersion, open_sealed, schema_of

from .autosaving import number_in
from .framing import form_for, own_draft_or_404


def as_the_page_had_it(draft: Draft, form: Any) -> Draft:
    """The draft under the form version that the page named, where it has been under that one earlier.

    A page may be open while its draft moves: everything typed on it is taken as the page asked for it.
    """
    named = number_in(form)
    if named in (0, draft.form_version_id):
        return draft
    with suppress(Erased):
        if named in earlier_versions(open_sealed(draft.envelope) or {}):
            draft.form_version = FormVersion.objects.defer("schema").get(pk=named)
    return draft


def earlier_form(request: HttpRequest, dialogue_id: uuid.UUID, form: str) -> tuple[int, Schema]:
    """The form that a page of one's own preparation was made from: its version, and as the viewer met it."""
    seat, draft = own_draft_or_404(request, dialogue_id)
    draft = as_the_page_had_it(draft, form)
    return draft.form_version_id, form_for(draft.form_version, seat)[1]


def changed_boxes(body: Mapping[str, Any], schema: Schema, role: str | None) -> dict[str, SafeString]:
    """By question id: a box that says how the question has changed, and asks whether the answer still stands."""
    waiting, asked = unconfirmed_ids(body), Asked(schema)
    boxes = {}
    for question_id in waiting & set(asked.questions):
        under = as_read(body["unconfirmed"][question_id]["under"], role)
        changes = differences_of(question_id, under, schema)
        boxes[question_id] = render_to_string(
            "mus_workflow/components/changed_question.html",
            {
                "hex": question_id.replace("-", ""),
                "question": asked.questions[question_id]["label"],
                "was": [one for change in changes for one in differences(change, under, schema) if one.old],
                "answer": _answer_under(body, question_id, under),
                "can_stand": can_stand(question_id, plain_answers(body), asked),
            },
        )
    return boxes


def no_longer_asked_html(
    body: Mapping[str, Any], schema: Schema, role: str | None, *, is_shared: bool
) -> SafeString | str:
    """The answers to what is not asked any more, to read and to copy; empty when there are none."""
    if not body.get("gone"):
        return ""
    language = get_language() or schema["language"]
    sections = no_longer_asked(body, schema, lambda version: as_read(version, role), language)
    if not sections:
        return ""
    return render_to_string(
        "mus_workflow/components/no_longer_asked.html", {"sections": sections, "is_shared": is_shared}
    )


def as_read(version: int, role: str | None) -> Schema:
    """A version as one side reads it in the active language; everybody's questions for no role."""
    worded = localised(schema_of(version), get_language() or "")
    return worded if role is None else for_audience(worded, role)


def confirm_name(question_id: str) -> str:
    """The name of the tick that says that an answer still stands."""
    return f"confirm_{question_id.replace('-', '')}"


def posted_confirmed(schema: Schema, data: Mapping[str, Any]) -> dict[str, bool]:
    """The answers that a whole form says still stand."""
    return {one: True for one in Asked(schema).questions if confirm_name(one) in data}


def _answer_under(body: Mapping[str, Any], question_id: str, under: Schema) -> str:
    question = next((one for one in questions(under) if one["id"] == question_id), None)
    value = assembled(under, plain_answers(body)).get(question_id)
    return registry.get(question["type"]).text(question, value) if question and value is not None else ""
