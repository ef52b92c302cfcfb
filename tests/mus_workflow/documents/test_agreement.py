"""The agreement as a document: in the dialogue's language, without what is hidden, one hash for one wording."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import translation

from mus_workflow.actions.write_revision import save_revision
from mus_workflow.documents.agreement import agreement_document, document_sha256, ordered_items
from mus_workflow.documents.answers import given_ids, worded_sections
from mus_workflow.documents.item import is_readable, item_state
from mus_workflow.evidence import canonical_bytes
from mus_workflow.models import Dialogue, FormVersion, open_sealed
from mus_workflow.stages import Stage
from tests.builders import ITEM, Cast, item_id_of, qid, write_agreement
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def schema(cast: Cast) -> dict[str, Any]:
    return FormVersion.objects.get(form__purpose="EMPLOYEE_PREPARATION").schema


def named(**answers: Any) -> dict[str, Any]:
    return {qid(name): value for name, value in answers.items()}


def test_the_document_is_written_in_the_dialogues_language_whoever_presents_it(
    cast: Cast, dialogue_at: Callable[..., Dialogue]
) -> None:
    dialogue = dialogue_at(Stage.TALK)
    write_agreement(dialogue, by=cast.manager)
    made = []
    for language in ("en", "da"):
        with translation.override(language):
            made.append(open_sealed(save_revision(dialogue_id=dialogue.pk, by=cast.manager, at=NOW).document))
    assert {**made[0], "revision": 0} == {**made[1], "revision": 0}
    assert made[0]["items"][0]["due_date_label"] == "1. september 2026"


def test_the_document_has_canonical_bytes_and_names_its_form(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    dialogue = dialogue_at(Stage.SIGN_OFF)
    document = open_sealed(dialogue.agreement.document)
    assert canonical_bytes(document)
    assert document["form"]["digest"] == dialogue.forms.get(purpose="AGREEMENT").form_version.digest
    assert (document["reference"], document["revision"]) == (dialogue.reference, 1)
    assert document["statement"]


def test_any_change_of_a_word_changes_the_hash(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    document = open_sealed(dialogue_at(Stage.SIGN_OFF).agreement.document)
    before = document_sha256(document)
    assert document_sha256(dict(reversed(document.items()))) == before
    document["items"][0]["support"] += " "
    assert document_sha256(document) != before


def test_an_empty_draft_is_a_document_without_answers(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    dialogue = dialogue_at(Stage.TALK)
    form_version = dialogue.forms.get(purpose="AGREEMENT").form_version
    document = agreement_document(
        dialogue=dialogue,
        parties=list(dialogue.participants.all()),
        form_version=form_version,
        draft={},
        revision=1,
        settled=[],
    )
    assert (document["sections"], document["items"], document["settled"]) == ([], [], [])


def test_items_come_in_their_order_without_the_blank_and_the_removed() -> None:
    draft = {
        "items": {
            "b": {"fields": {"what": "B"}, "position": 1},
            "a": {"fields": {"what": "A"}, "position": 1},
            "c": {"fields": {"what": "C"}, "position": 0},
            "d": {"fields": {"what": " "}, "position": 0},
            "e": {"fields": {"what": "E"}, "position": 0, "removed": True},
        }
    }
    assert [key for key, _item in ordered_items(draft)] == ["c", "a", "b"]


def test_only_given_visible_answers_are_worded(schema: dict[str, Any]) -> None:
    answers = named(year="Fint", well_being=" ", course="no", which_course="Keramik", workload=4, unknown="x")
    sections = worded_sections(schema, answers, language="da")
    assert [answer["id"] for section in sections for answer in section["answers"]] == [
        qid("year"),
        qid("course"),
        qid("workload"),
    ]
    assert given_ids(schema, answers) == [qid("year"), qid("course"), qid("workload")]


def test_the_order_is_the_forms_not_the_one_of_typing(schema: dict[str, Any]) -> None:
    answers = named(workload=4, year="Fint")
    first = worded_sections(schema, answers, language="da", only=[qid("workload"), qid("year")])
    second = worded_sections(
        schema, dict(reversed(answers.items())), language="da", only=[qid("year"), qid("workload")]
    )
    assert first == second


def test_a_section_without_an_answer_is_not_told_of(schema: dict[str, Any]) -> None:
    assert worded_sections(schema, {}, language="da") == []
    assert worded_sections(schema, named(year="Fint"), language="da", only=[]) == []


def test_the_state_of_an_item_is_plain_and_complete(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    dialogue = dialogue_at(Stage.FOLLOW_UP)
    state = item_state(dialogue.agreement.items.get())
    assert canonical_bytes(state)
    assert (state["id"], state["outcome"], state["progress"]) == (item_id_of(dialogue), "", "NOT_STARTED")
    assert state["text"] == {name: ITEM[name] for name in ("what", "support", "measure")}


@pytest.mark.parametrize(
    "fields", [{}, ITEM, {**ITEM, "due_date": ""}, {"what": "x" * 20_000}, {"removed": True}, {"position": 3}]
)
def test_what_a_page_sends_is_readable(fields: dict[str, Any]) -> None:
    assert is_readable("5f0c0f1e-0000-4000-8000-000000000001", fields)
