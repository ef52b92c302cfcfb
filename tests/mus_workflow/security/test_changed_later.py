"""A signed agreement that is changed, and a follow-up after another, begin with all that was there and no more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from mus_workflow.actions.amend_agreement import amend_agreement
from mus_workflow.actions.publish_concept import publish_concept
from mus_workflow.actions.publish_form import publish_form
from mus_workflow.actions.save_draft import save_agreement_draft
from mus_workflow.actions.write_revision import present_agreement
from mus_workflow.documents.merge import Typed, plain_answers
from mus_workflow.formbuilder.fields import Asked
from mus_workflow.formbuilder.parts import assembled
from mus_workflow.models import Concept, Dialogue, Draft, DraftKind, FormDefinition, Purpose, SealedFile, open_sealed
from mus_workflow.stages import Stage
from tests.builders import Cast, make_dialogue, qid, question, sign_by_both, write_agreement
from tests.mus_workflow.views.sheets import form_fields
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

ROWS = ("01" * 16, "02" * 16)
COLUMN = qid("goal").replace("-", "")
PROOF = f"file_q_{qid('proof').replace('-', '')}"


def also_asks(purpose: str, *rows: dict[str, Any]) -> None:
    """The builders' form for a purpose, with more questions, for dialogues that are planned from now on."""
    form = FormDefinition.objects.get(purpose=purpose)
    stored = form.body.get_prep_value()
    stored[0]["value"]["questions"] += rows
    form.body = form._meta.get_field("body").to_python(stored)
    form.save()
    publish_form(form=form, by=None, at=NOW - timedelta(days=1))
    publish_concept(concept=Concept.objects.get(), by=None, at=NOW - timedelta(days=1))


def draft_of(dialogue: Dialogue, kind: DraftKind = DraftKind.AGREEMENT) -> Draft:
    return Draft.objects.select_related("form_version").get(dialogue=dialogue, kind=kind, participant=None)


def test_a_table_is_whole_in_the_change_and_after_one_cell_is_written(cast: Cast, enter: Any) -> None:
    columns = [{"type": "item", "id": qid("goal"), "value": {"label": "Mål", "type": "long_text"}}]
    also_asks(Purpose.AGREEMENT, question("goals", "table", "Mål", audience="AGREED", grows=True, columns=columns))
    dialogue = make_dialogue(cast, Stage.TALK)
    first, second = (f"{qid('goals')}/{row}_{COLUMN}" for row in ROWS)

    def save(request: str, answers: dict[str, Any]) -> None:
        allowed = Asked(draft_of(dialogue).form_version.schema)
        typed = Typed(request=request, base=10_000, answers=answers)
        save_agreement_draft(dialogue_id=dialogue.pk, typed=typed, allowed=allowed, by=cast.manager, at=NOW)

    write_agreement(dialogue, by=cast.manager)
    save("one", {first: "Fransk", second: "Tysk"})
    present_agreement(dialogue_id=dialogue.pk, by=cast.manager, at=NOW)
    sign_by_both(dialogue, cast)
    amend_agreement(dialogue_id=dialogue.pk, change_note="Ny frist", by=cast.manager, at=NOW)
    page = enter(cast.manager).get(reverse("mus_workflow:agreement_edit", args=[dialogue.pk])).content.decode()
    assert "Fransk" in page
    assert "Tysk" in page
    save("two", {first: "Spansk"})
    draft = draft_of(dialogue)
    whole = assembled(draft.form_version.schema, plain_answers(open_sealed(draft.envelope)))[qid("goals")]
    assert sorted(cell for row in whole.values() for cell in row.values()) == ["Spansk", "Tysk"]


def test_each_follow_up_takes_as_many_files_as_the_first(cast: Cast, enter: Any) -> None:
    also_asks(Purpose.FOLLOW_UP, question("proof", "file", "Bilag", audience="AGREED", max_files=1))
    dialogue = make_dialogue(cast, Stage.FOLLOW_UP)
    client = enter(cast.manager)
    page = reverse("mus_workflow:follow_up_edit", args=[dialogue.pk])
    for number in (1, 2):
        chosen = SimpleUploadedFile(f"{number}.pdf", b"%PDF-1")
        client.post(page, {**form_fields(client, page), PROOF: chosen, "action": "record"})
        assert SealedFile.objects.count() == number
    assert dialogue.follow_ups.count() == 2
