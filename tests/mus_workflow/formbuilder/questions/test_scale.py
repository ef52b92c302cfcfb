"""Scales with words at any point, and scales too long for buttons."""

import pytest
from bs4 import BeautifulSoup

from mus_workflow.formbuilder.completeness import missing
from mus_workflow.formbuilder.fields import Asked, field_name, partial_clean
from mus_workflow.formbuilder.parts import assembled
from mus_workflow.formbuilder.projection import FormKey
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.rendering import render_form
from mus_workflow.formbuilder.schema import digest
from mus_workflow.formbuilder.wording import localised
from tests.mus_workflow.formbuilder.writing import asking, asks, ident, only_question, points

MOOD = ident("Mood")


def scale(**settings):
    return asking(asks("scale", "Mood", **settings))


def page(schema, answers=None, errors=None):
    return BeautifulSoup(render_form(FormKey(digest(schema), None, "en"), schema, answers or {}, errors), "html.parser")


def text(schema, value):
    return registry.get("scale").text(only_question(schema), value)


def saved(schema, raw):
    values, errors = partial_clean(schema, {MOOD: raw})
    return errors.get(MOOD) or values[MOOD]


WORDED = {"labels": points({1: "never", 2: "seldom", 3: "at times", 4: "often", 5: "always"})}
EVERY_TENTH = {"min": 0, "max": 10, "min_label": "not at all", "max_label": "fully", "labels": points({5: "half"})}
LONG = {"min": 0, "max": 100, "min_label": "nothing", "max_label": "all"}


def test_words_at_every_point_stand_at_their_points():
    soup = page(scale(**WORDED))
    labels = [found.get_text(strip=True) for found in soup.find_all("label")]
    assert labels == ["1: never", "2: seldom", "3: at times", "4: often", "5: always", "No answer"]
    assert not soup.find_all(class_="mus-visually-hidden")


def test_words_at_few_points_are_read_with_them_and_gathered_for_the_eye():
    soup = page(scale(**EVERY_TENTH))
    labels = [found.get_text(strip=True) for found in soup.find_all("label")]
    assert [labels[place] for place in (0, 1, 5, 10)] == ["0: not at all", "1", "5: half", "10: fully"]
    gathered = soup.find(class_="mus-scale__said")
    assert gathered["aria-hidden"] == "true"
    assert [item.get_text() for item in gathered.find_all("li")] == ["0 = not at all", "5 = half", "10 = fully"]


def test_a_point_is_told_with_its_own_words_and_the_ends():
    assert text(scale(**EVERY_TENTH), 5) == "5 = half (0 = not at all – 10 = fully)"
    assert text(scale(**EVERY_TENTH), 4) == "4 (0 = not at all – 10 = fully)"
    assert text(scale(**WORDED), 2) == "2 = seldom (1 = never – 5 = always)"


def test_words_at_a_point_are_translated_by_their_own_id():
    schema = asking(asks("scale", "Mood", **WORDED), translations={"da": {ident("never"): {"label": "aldrig"}}})
    labels = only_question(localised(schema, "da"))["settings"]["labels"]
    assert [one["label"] for one in labels][:2] == ["aldrig", "seldom"]


@pytest.mark.parametrize(("highest", "kind"), [(20, "radio"), (21, "number")])
def test_21_points_are_buttons_and_more_are_a_number_to_write(highest, kind):
    assert page(scale(min=0, max=highest)).find(id=field_name(MOOD))["type"] == kind


@pytest.mark.parametrize(
    ("raw", "stored"), [("0", 0), ("100", 100), (" 7 ", 7), ("007", 7), (0, 0), (50, 50), ("", None)]
)
def test_a_point_can_be_written(raw, stored):
    assert partial_clean(scale(**LONG), {MOOD: raw}) == ({MOOD: stored}, {})


@pytest.mark.parametrize("raw", ["101", "-1", "7.5", "many", "not_applicable", "1e1", "٣", 101, -1])
def test_what_is_no_point_of_a_long_scale_is_refused_with_its_ends(raw):
    assert saved(scale(**LONG), raw) == ["“Mood” must be a whole number from 0 to 100."]


def test_a_written_point_has_its_label_its_range_and_its_words():
    soup = page(scale(**LONG), {MOOD: 0})
    control = soup.find(id=field_name(MOOD))
    assert [control[name] for name in ("value", "min", "max", "step", "inputmode")] == ["0", "0", "100", "1", "numeric"]
    assert soup.find("label", attrs={"for": control["id"]}).get_text(strip=True) == "Mood"
    about = soup.find(id=control["aria-describedby"])
    assert about.get_text(" ", strip=True) == "A whole number from 0 to 100. 0 = nothing, 100 = all."


def test_not_applicable_is_a_box_beside_a_written_point():
    schema = scale(**LONG, not_applicable=True, required=True)
    beside = f"{MOOD}/na"
    assert partial_clean(schema, {beside: ["yes"]}) == ({beside: True}, {})
    assert assembled(schema, {beside: True, MOOD: 7}) == {MOOD: "not_applicable"}
    assert assembled(schema, {beside: None, MOOD: 7}) == {MOOD: 7}
    assert missing(schema, {MOOD: "not_applicable"}) == []
    assert [one.key for one in missing(schema, {})] == [MOOD]
    assert beside not in Asked(scale(**LONG))
    assert beside not in Asked(scale(not_applicable=True))


def test_the_box_beside_a_written_point_is_named_and_the_number_too():
    soup = page(scale(**LONG, not_applicable=True), {f"{MOOD}/na": True})
    box = soup.find(id=field_name(f"{MOOD}/na"))
    assert box.has_attr("checked")
    assert box.find_parent("label").get_text(strip=True) == "Not applicable"
    assert soup.find(id=field_name(MOOD))["aria-label"] == "Mood"
