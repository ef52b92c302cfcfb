"""What holds for every form an editor can build and every answer a person can give."""

import json

import pytest
from bs4 import BeautifulSoup, Tag
from django.http import QueryDict
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from mus_workflow.formbuilder.conditions import visible_ids
from mus_workflow.formbuilder.drawing import TOKEN
from mus_workflow.formbuilder.fields import Asked, field_name, partial_clean, posted_answers
from mus_workflow.formbuilder.parts import assembled, flattened
from mus_workflow.formbuilder.projection import FormKey, for_audience
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.rendering import render_form
from mus_workflow.formbuilder.schema import digest, questions, validate
from mus_workflow.formbuilder.wording import localised, texts
from mus_workflow.forms.agreement import as_typed
from tests.mus_workflow.formbuilder.strategies import SCHEMAS, answered

ROLES = st.sampled_from(["EMPLOYEE", "MANAGER"])
unhurried = settings(deadline=None)


def page(schema, role, answers):
    flat = flattened(for_audience(schema, role), answers)
    return BeautifulSoup(render_form(FormKey(digest(schema), role, "en"), schema, flat), "html.parser")


def posted_from(soup: Tag) -> QueryDict:
    """What a browser would post from the page."""
    data = QueryDict(mutable=True)
    for template in soup.find_all("template"):
        template.decompose()
    for control in soup.find_all(["input", "textarea", "select"]):
        if control.name == "select":
            data.appendlist(control["name"], (control.find("option", selected=True) or control.option)["value"])
        elif control.name == "textarea":
            data.appendlist(control["name"], control.get_text().removeprefix("\n"))
        elif control["type"] != "file" and (
            control["type"] not in ("radio", "checkbox") or control.has_attr("checked")
        ):
            data.appendlist(control["name"], control["value"])
    return data


def without_floats(value) -> bool:
    if isinstance(value, dict):
        return all(without_floats(item) for item in value.values())
    if isinstance(value, list):
        return all(without_floats(item) for item in value)
    return not isinstance(value, float)


@unhurried
@given(SCHEMAS)
def test_what_compiles_is_valid_and_plain_json(schema):
    validate(schema)
    again = json.loads(json.dumps(schema))
    validate(again)
    assert digest(again) == digest(schema)
    assert without_floats(schema)


@unhurried
@given(SCHEMAS, ROLES)
def test_a_role_has_exactly_the_fields_of_its_questions(schema, role):
    mine = for_audience(schema, role)
    validate(mine)
    expected = [
        question["id"]
        for question in questions(schema)
        if question["audience"] in ("BOTH", "AGREED", role) and registry.get(question["type"]).asks
    ]
    assert list(Asked(mine).questions) == expected


@pytest.mark.parametrize("language", ["en", "da"])
@unhurried
@given(st.data())
def test_what_is_rendered_is_what_comes_back(language, data):
    schema, role = data.draw(SCHEMAS), data.draw(ROLES)
    mine = for_audience(schema, role)
    answers = data.draw(answered(mine))
    with translation.override(language):
        posted = posted_from(page(schema, role, answers))
        saved, errors = partial_clean(mine, posted_answers(mine, posted))
        assert errors == {}
        kept = {key: value for key, value in saved.items() if value is not None}
        assert assembled(mine, kept) == answers


@unhurried
@given(st.data())
def test_the_page_shows_a_role_its_own_questions_and_hides_what_is_not_asked(data):
    schema, role = data.draw(SCHEMAS), data.draw(ROLES)
    mine = for_audience(schema, role)
    answers = data.draw(answered(schema))
    soup = page(schema, role, answers)
    boxes = soup.find_all(attrs={"data-question": True})
    assert [box["data-question"] for box in boxes] == [question["id"] for question in questions(mine)]
    shown = {box["data-question"] for box in boxes if not box.has_attr("hidden")}
    assert shown == visible_ids(mine, answers)
    assert TOKEN not in str(soup)


@unhurried
@given(st.data())
def test_every_id_the_page_points_to_is_there_and_no_id_twice(data):
    schema, role = data.draw(SCHEMAS), data.draw(ROLES)
    key = FormKey(digest(schema), role, "en")
    controls = [control for control, _question in Asked(for_audience(schema, role)).controls({})]
    errors = {control: ["Wrong."] for control in controls if data.draw(st.booleans())}
    soup = BeautifulSoup(render_form(key, schema, {}, errors), "html.parser")
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    assert len(ids) == len(set(ids))
    pointed = {
        part
        for tag in soup.find_all(True)
        for name in ("aria-describedby", "aria-labelledby", "for")
        for part in tag.attrs.get(name, "").split()
    }
    assert pointed <= set(ids)
    # And the error summary, which links to each control that is wrong, reaches it.
    assert {field_name(control) for control in controls} <= set(ids)


@unhurried
@given(st.data())
def test_an_answer_survives_being_stored_read_and_shown(data):
    schema = data.draw(SCHEMAS)
    for question_id, value in data.draw(answered(schema)).items():
        question = next(question for question in questions(schema) if question["id"] == question_id)
        question_type = registry.get(question["type"])
        assert question_type.assemble(question, question_type.parts(question, value)) == value
        assert not question_type.is_blank(value)
        assert question_type.text(question, value).strip()
        assert without_floats(json.loads(json.dumps(value)))


@unhurried
@given(st.data())
def test_saving_while_typing_stores_the_same_as_posting_the_form(data):
    schema = data.draw(SCHEMAS)
    answers = data.draw(answered(schema))
    asked, flat = Asked(schema), flattened(schema, answers)
    typed = {key: as_typed(asked.at(key), value) for key, value in flat.items()}
    assert partial_clean(schema, typed) == (flat, {})


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@unhurried
@given(st.data())
def test_junk_is_refused_in_sentences_and_never_stored(data):
    schema = data.draw(SCHEMAS)
    controls = [key for key, _question in Asked(schema).controls({})]
    raw = data.draw(st.dictionaries(st.sampled_from(controls), JUNK))
    values, errors = partial_clean(schema, raw)
    assert values.keys() | errors.keys() == raw.keys()
    assert values.keys().isdisjoint(errors)
    again, refused = partial_clean(schema, {key: raw[key] for key, value in values.items() if value is not None})
    assert refused == {}
    assert again == {key: value for key, value in values.items() if value is not None}
    assert all(message.endswith((".", "?")) for messages in errors.values() for message in messages)


@unhurried
@given(st.data())
def test_foreign_keys_in_a_post_change_nothing(data):
    schema, role = data.draw(SCHEMAS), data.draw(ROLES)
    mine = for_audience(schema, role)
    posted = posted_from(page(schema, role, data.draw(answered(mine))))
    extra = posted.copy()
    for question in questions(schema):
        if question["audience"] not in ("BOTH", "AGREED", role):
            extra[field_name(question["id"])] = "x"
    for name in data.draw(st.lists(st.text(min_size=1, max_size=40).filter(lambda name: not name.startswith("q_")))):
        extra[name] = "x"
    assert posted_answers(mine, extra) == posted_answers(mine, posted)


@unhurried
@given(SCHEMAS, st.data())
def test_translating_changes_words_and_never_the_structure(schema, data):
    words = {}
    for number, slot in enumerate(texts(schema)):
        if slot.key not in ("help", "intro") and data.draw(st.booleans()):
            words.setdefault(slot.id, {})[slot.key] = f"word {number}"
    translated = localised({**schema, "translations": {"sv": words}}, "sv")
    validate(translated)
    assert [(q["id"], q["type"], q["visible_if"]) for q in questions(translated)] == [
        (q["id"], q["type"], q["visible_if"]) for q in questions(schema)
    ]
    found = {(slot.id, slot.key): slot.holder for slot in texts(translated)}
    for slot_id, by_key in words.items():
        for key, written in by_key.items():
            holder_key = "title" if (slot_id, key) == ("title", "label") else key
            assert found[slot_id, key][holder_key] == written
