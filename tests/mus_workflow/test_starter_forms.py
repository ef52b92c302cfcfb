"""The forms and the concept that a new installation begins with."""

import uuid
from typing import Any

import pytest
from django.utils import translation

from mus_workflow.actions.load_starter_forms import FIRST, load_starter_concept, load_starter_forms, start_from
from mus_workflow.actions.plan_dialogue import newest_concept
from mus_workflow.formbuilder.blocks import FormBodyBlock
from mus_workflow.formbuilder.compiler import compile_form
from mus_workflow.formbuilder.decompiling import blocks_of, first_difference
from mus_workflow.formbuilder.exchange import as_text, exported
from mus_workflow.formbuilder.library import KINDS, MUS, STARTER, starter_form, starter_forms
from mus_workflow.formbuilder.lint_wording import HEALTH, WORDINGS
from mus_workflow.formbuilder.projection import for_audience
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.schema import part_ids, questions
from mus_workflow.formbuilder.sides import SIDES
from mus_workflow.formbuilder.wording import held_key, localised, texts
from mus_workflow.models import Concept, FormDefinition, FormVersion, Purpose
from mus_workflow.readability import lix, plain_text
from tests.plumbing.clock import NOW

PREPARATIONS = (FIRST[Purpose.EMPLOYEE_PREPARATION], FIRST[Purpose.MANAGER_PREPARATION])
EVERY = [form.slug for form in starter_forms()]
FOR_BOTH = [form.slug for form in starter_forms() if form.content.purpose == Purpose.PREPARATION]
ABSENCE = [form.slug for form in starter_forms() if form.kind == "fravaer"]
MEDIUM_TEXT = 45  # LIX: what an ordinary newspaper is below


def frozen(slug: str) -> dict[str, Any]:
    """The document of a starter form."""
    return starter_form(slug).content.schema


def asked(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """List what is asked, the texts between the questions left out."""
    return [question for question in questions(schema) if question["type"] != "information"]


@pytest.mark.parametrize("slug", EVERY)
def test_a_starter_form_is_named_for_its_file_and_written_as_it_would_be_exported(slug: str) -> None:
    content = starter_form(slug).content
    written = (STARTER / f"{slug}.json").read_text(encoding="utf-8")
    assert written == as_text(exported(slug, content.purpose, content.schema))
    assert content.schema["language"] == "da"


@pytest.mark.parametrize("slug", EVERY)
def test_a_starter_form_compiles_to_itself_from_the_editors_blocks(slug: str) -> None:
    schema = frozen(slug)
    body = FormBodyBlock()
    body.set_name("body")
    words = (schema["title"], schema["language"], schema["intro"])
    rules = {"layout": schema["layout"], "retention": schema["retention"]}
    compiled = compile_form(*words, body.to_python(blocks_of(schema)), schema["translations"], **rules)
    assert first_difference(schema, compiled) is None


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_talk_has_a_short_form_and_a_long_one(kind: str) -> None:
    lengths = {form.slug: form.length for form in starter_forms() if form.kind == kind}
    assert {lengths[slug] for slug in lengths if slug.endswith("-kort")} == {"SHORT"}
    assert {lengths[slug] for slug in lengths if slug.endswith("-lang")} == {"LONG"}


def test_there_are_eight_kinds_of_talk() -> None:
    assert {form.kind for form in starter_forms()} == set(KINDS)
    assert len(KINDS) == 8


@pytest.mark.parametrize("slug", FOR_BOTH)
@pytest.mark.parametrize("side", SIDES)
def test_both_sides_are_asked_something_in_a_preparation(slug: str, side: str) -> None:
    mine = for_audience(frozen(slug), side)
    assert any(registry.get(question["type"]).asks for question in questions(mine))


@pytest.mark.parametrize("slug", FOR_BOTH)
def test_what_the_manager_is_asked_never_says_you_of_the_employee(slug: str) -> None:
    """A question to both that speaks of “your manager” is put to the manager in other words."""
    told = [
        question["mirrored"] or question["label"]
        for question in asked(for_audience(frozen(slug), "MANAGER"))
        if question["audience"] in ("BOTH", "MANAGER")
    ]
    assert [label for label in told if "din leder" in label or "din egen leder" in label] == []


@pytest.mark.parametrize("slug", ABSENCE)
@pytest.mark.parametrize("language", ["da", "en"])
def test_an_absence_talk_asks_about_work_and_never_for_a_diagnosis(slug: str, language: str) -> None:
    health = next(pattern for pattern, topic in WORDINGS[language].sensitive if topic is HEALTH)
    schema = localised(frozen(slug), language)
    inviting = [slot.holder[held_key(slot)] for slot in texts(schema) if slot.key not in ("help", "intro")]
    assert [words for words in inviting if health.search(words)] == []


@pytest.mark.parametrize("purpose", FIRST)
def test_the_first_forms_serve_the_purposes_they_are_loaded_for(purpose: str) -> None:
    assert starter_form(FIRST[purpose]).purpose == purpose


def test_the_list_tells_what_each_form_is_for_and_how_long_it_takes() -> None:
    listed = {form.slug: form for form in starter_forms()}
    assert (listed["aftale"].kind, listed["opfoelgning"].kind) == (MUS, "opfoelgning")
    assert [list(KINDS).index(form.kind) for form in starter_forms()] == sorted(
        list(KINDS).index(form.kind) for form in starter_forms()
    )
    assert listed["forberedelse-medarbejder"].length == "LONG"
    assert listed["opfoelgning"].length == "SHORT"
    with translation.override("en"):
        assert listed["aftale"].title == "Agreement"
    with translation.override("da"):
        assert listed["aftale"].title == "Aftale"


@pytest.mark.parametrize("slug", EVERY)
def test_every_text_has_an_english_translation_and_none_is_left_over(slug: str) -> None:
    schema = frozen(slug)
    written = {(slot.id, slot.key) for slot in texts(schema) if slot.holder[held_key(slot)]}
    given = {(part, key) for part, words in frozen(slug)["translations"]["en"].items() for key in words}
    assert given == written


@pytest.mark.parametrize("slug", EVERY)
def test_ids_are_random_uuids_that_no_other_form_uses(slug: str) -> None:
    mine = {part_id for _path, part_id in part_ids(frozen(slug))}
    others = {part_id for other in EVERY if other != slug for _path, part_id in part_ids(frozen(other))}
    assert {uuid.UUID(part_id).version for part_id in mine} == {4}
    assert mine.isdisjoint(others)


def test_the_starter_forms_show_every_type_of_question_but_files() -> None:
    used = {question["type"] for slug in EVERY for question in questions(frozen(slug))}
    assert used == {question_type.type for question_type in registry} - {"file"}


@pytest.mark.parametrize("slug", PREPARATIONS)
def test_both_preparations_follow_the_same_four_themes(slug: str) -> None:
    headings = [section["heading"] for section in frozen(slug)["sections"]]
    assert headings[:4] == [
        "Året, der er gået",
        "Trivsel og samarbejde",
        "Ønsker til det kommende år",
        "Gensidig tilbagemelding",
    ]


@pytest.mark.parametrize("slug", PREPARATIONS)
def test_well_being_is_private_and_sensitive_until_the_author_shares_it(slug: str) -> None:
    section = frozen(slug)["sections"][1]
    answered = [question for question in section["questions"] if question["type"] != "information"]
    assert {(question["sharing"], question["sensitive"]) for question in answered} == {("PRIVATE", True)}


@pytest.mark.parametrize("slug", [*PREPARATIONS, *FOR_BOTH])
def test_any_question_of_a_preparation_can_be_skipped(slug: str) -> None:
    must = [one["label"] for one in asked(frozen(slug)) if one["required"] or one["required_if"]]
    assert must == []


@pytest.mark.parametrize("slug", EVERY)
def test_nothing_is_asked_about_pay(slug: str) -> None:
    assert [question["label"] for question in asked(frozen(slug)) if "løn" in question["label"].lower()] == []


@pytest.mark.parametrize("slug", EVERY)
def test_a_form_takes_at_most_25_minutes(slug: str) -> None:
    assert 1 < starter_form(slug).minutes <= 25


@pytest.mark.parametrize("slug", EVERY)
def test_the_danish_is_no_harder_to_read_than_a_newspaper(slug: str) -> None:
    words = "\n".join(plain_text(slot.holder[held_key(slot)]) for slot in texts(frozen(slug)))
    assert lix(words) < MEDIUM_TEXT


@pytest.mark.django_db
def test_forms_and_concept_are_published_once() -> None:
    assert len(load_starter_forms(by=None, at=NOW)) == len(FIRST)
    concept = load_starter_concept(by=None, at=NOW)
    assert newest_concept(at=NOW).concept == concept
    assert load_starter_forms(by=None, at=NOW) == []
    assert load_starter_concept(by=None, at=NOW) is None
    assert FormVersion.objects.count() == len(FIRST)
    assert [form.has_unpublished_changes for form in FormDefinition.objects.all()] == [False] * len(FIRST)


@pytest.mark.django_db
def test_a_purpose_that_an_editors_form_serves_gets_no_starter_form() -> None:
    FormDefinition.objects.create(title="Vores egen", slug="egen", purpose=Purpose.AGREEMENT, live=False)
    assert Purpose.AGREEMENT not in {form.purpose for form in load_starter_forms(by=None, at=NOW)}
    assert load_starter_concept(by=None, at=NOW) is None
    assert not Concept.objects.exists()


@pytest.mark.django_db
def test_an_editor_starts_from_a_starter_form_as_often_as_wanted() -> None:
    load_starter_forms(by=None, at=NOW)
    made = [start_from(slug="aftale", by=None, at=NOW) for _time in range(2)]
    assert [form.slug for form in made] == ["aftale-2", "aftale-3"]
    assert [form.live for form in made] == [False, False]
    documents = [form.get_latest_revision_as_object().compiled() for form in made]
    ids = [{part_id for _path, part_id in part_ids(schema)} for schema in [frozen("aftale"), *documents]]
    assert len(set.union(*ids)) == 3 * len(ids[0])
    assert [one["label"] for one in questions(documents[0])] == [one["label"] for one in questions(frozen("aftale"))]
    assert made[0].get_latest_revision_as_object().translations.get().texts["title"]["label"] == "Agreement"


@pytest.mark.django_db
def test_a_starter_form_that_does_not_exist_is_not_started_from() -> None:
    with pytest.raises(KeyError):
        start_from(slug="nowhere", by=None, at=NOW)
    assert not FormDefinition.objects.exists()
