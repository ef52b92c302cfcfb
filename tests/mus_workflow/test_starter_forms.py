"""The forms and the concept that a new installation begins with."""

import uuid
from typing import Any

import pytest

from mus_workflow.actions.load_starter_forms import FILES, load_starter_concept, load_starter_forms, starter_file
from mus_workflow.actions.plan_dialogue import newest_concept
from mus_workflow.formbuilder.compiler import compile_form
from mus_workflow.formbuilder.schema import part_ids, questions
from mus_workflow.formbuilder.wording import held_key, texts
from mus_workflow.models import Concept, FormDefinition, FormVersion, Purpose
from mus_workflow.readability import lix, plain_text
from tests.plumbing.clock import NOW

PREPARATIONS = (Purpose.EMPLOYEE_PREPARATION, Purpose.MANAGER_PREPARATION)
MEDIUM_TEXT = 45  # LIX: what an ordinary newspaper is below
MINUTES = {"long_text": 1.4, "short_text": 0.7, "information": 0.3}
OTHER_MINUTES = 0.4


def compiled(purpose: str) -> dict[str, Any]:
    """Compile a starter form."""
    content = starter_file(FILES[purpose])
    body = FormDefinition._meta.get_field("body").to_python(content["body"])
    return compile_form(content["title"], content["language"], content["intro"], body, content["translations"])


def asked(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """List what is asked, the texts between the questions left out."""
    return [question for question in questions(schema) if question["type"] != "information"]


@pytest.mark.parametrize("purpose", FILES)
def test_a_starter_form_compiles_for_its_purpose(purpose: str) -> None:
    assert compiled(purpose)["language"] == "da"
    assert starter_file(FILES[purpose])["purpose"] == purpose


@pytest.mark.parametrize("purpose", FILES)
def test_every_text_has_an_english_translation_and_none_is_left_over(purpose: str) -> None:
    schema = compiled(purpose)
    written = {(slot.id, slot.key) for slot in texts(schema) if slot.holder[held_key(slot)]}
    given = {(part, key) for part, words in starter_file(FILES[purpose])["translations"]["en"].items() for key in words}
    assert given == written


@pytest.mark.parametrize("purpose", FILES)
def test_ids_are_random_uuids_that_no_other_form_uses(purpose: str) -> None:
    mine = {part_id for _path, part_id in part_ids(compiled(purpose))}
    others = {part_id for other in FILES if other != purpose for _path, part_id in part_ids(compiled(other))}
    assert {uuid.UUID(part_id).version for part_id in mine} == {4}
    assert mine.isdisjoint(others)


def test_the_starter_forms_show_every_common_type_of_question() -> None:
    used = {question["type"] for purpose in FILES for question in questions(compiled(purpose))}
    texts_and_figures = {"short_text", "long_text", "number", "date", "information"}
    choices = {"single_choice", "multiple_choice", "yes_no", "scale"}
    assert texts_and_figures | choices <= used


@pytest.mark.parametrize("purpose", PREPARATIONS)
def test_both_preparations_follow_the_same_four_themes(purpose: str) -> None:
    headings = [section["heading"] for section in compiled(purpose)["sections"]]
    assert headings[:4] == [
        "Året, der er gået",
        "Trivsel og samarbejde",
        "Ønsker til det kommende år",
        "Gensidig tilbagemelding",
    ]


@pytest.mark.parametrize("purpose", PREPARATIONS)
def test_well_being_is_private_and_sensitive_until_the_author_shares_it(purpose: str) -> None:
    section = compiled(purpose)["sections"][1]
    answered = [question for question in section["questions"] if question["type"] != "information"]
    assert {(question["sharing"], question["sensitive"]) for question in answered} == {("PRIVATE", True)}


@pytest.mark.parametrize("purpose", PREPARATIONS)
def test_any_question_of_a_preparation_can_be_skipped(purpose: str) -> None:
    assert [question["label"] for question in asked(compiled(purpose)) if question["required"]] == []


@pytest.mark.parametrize("purpose", FILES)
def test_nothing_is_asked_about_pay(purpose: str) -> None:
    assert [question["label"] for question in asked(compiled(purpose)) if "løn" in question["label"].lower()] == []


@pytest.mark.parametrize("purpose", FILES)
def test_a_form_takes_at_most_25_minutes(purpose: str) -> None:
    minutes = sum(MINUTES.get(question["type"], OTHER_MINUTES) for question in questions(compiled(purpose)))
    assert minutes <= 25


@pytest.mark.parametrize("purpose", FILES)
def test_the_danish_is_no_harder_to_read_than_a_newspaper(purpose: str) -> None:
    words = "\n".join(plain_text(slot.holder[held_key(slot)]) for slot in texts(compiled(purpose)))
    assert lix(words) < MEDIUM_TEXT


@pytest.mark.django_db
def test_forms_and_concept_are_published_once() -> None:
    assert len(load_starter_forms(by=None, at=NOW)) == len(FILES)
    concept = load_starter_concept(by=None, at=NOW)
    assert newest_concept(at=NOW).concept == concept
    assert load_starter_forms(by=None, at=NOW) == []
    assert load_starter_concept(by=None, at=NOW) is None
    assert FormVersion.objects.count() == len(FILES)
    assert [form.has_unpublished_changes for form in FormDefinition.objects.all()] == [False] * len(FILES)


@pytest.mark.django_db
def test_a_purpose_that_an_editors_form_serves_gets_no_starter_form() -> None:
    FormDefinition.objects.create(title="Vores egen", slug="egen", purpose=Purpose.AGREEMENT, live=False)
    assert Purpose.AGREEMENT not in {form.purpose for form in load_starter_forms(by=None, at=NOW)}
    assert load_starter_concept(by=None, at=NOW) is None
    assert not Concept.objects.exists()
