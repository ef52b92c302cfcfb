import json

import pytest
from bs4 import BeautifulSoup
from django.utils import translation
from django.utils.safestring import SafeString

from mus_workflow.formbuilder import drawing, rendering
from mus_workflow.formbuilder.fields import field_name
from mus_workflow.formbuilder.projection import FormKey
from mus_workflow.formbuilder.schema import digest
from tests.mus_workflow.formbuilder.writing import asking, asks, form, ident, only_if, options, section

EVERY_TYPE = [
    asks("short_text", "Name", required=True),
    asks("long_text", "Story", help="<p>Take <b>time</b></p>", sensitive=True),
    asks("single_choice", "Colour", options=options("Red", "Blue")),
    asks("multiple_choice", "Colours", options=options("Green", "Grey")),
    asks("yes_no", "Sure?"),
    asks("scale", "Mood", min=0, max=3, min_label="low", max_label="high", not_applicable=True),
    asks("number", "Days", unit="days", decimals=1),
    asks("date", "When"),
    asks("information", "Read", help="<p>Words</p>"),
]


def page(schema, answers=None, *, role="EMPLOYEE", language="en", errors=None, extras=None):
    """The rendered form, parsed; answers, errors and extras by label."""
    key = FormKey(digest(schema), role, language)
    by_id = [{ident(label): value for label, value in (given or {}).items()} for given in (answers, errors, extras)]
    return BeautifulSoup(rendering.render_form(key, schema, *by_id), "html.parser")


def box(soup, label):
    return soup.find(attrs={"data-question": ident(label)})


def control(soup, label):
    return soup.find(id=field_name(ident(label)))


def checked(soup, label):
    return [found["value"] for found in box(soup, label).find_all("input", checked=True)]


@pytest.fixture
def schema():
    return asking(*EVERY_TYPE)


def test_every_question_has_a_box_with_its_id_and_type(schema):
    boxes = page(schema).find_all(class_="mus-question")
    assert [(found["data-question"], found["data-type"]) for found in boxes] == [
        (block["id"], block["type"]) for block in EVERY_TYPE
    ]


def test_answers_stand_in_their_controls(schema):
    soup = page(
        schema,
        {
            "Name": "Bo",
            "Story": "a\nb",
            "Colour": ident("Blue"),
            "Colours": [ident("Green"), ident("Grey")],
            "Sure?": False,
            "Mood": 0,
            "Days": "2.5",
            "When": "2026-12-24",
        },
    )
    assert control(soup, "Name")["value"] == "Bo"
    assert control(soup, "Story").get_text() == "a\nb"
    assert checked(soup, "Colour") == [ident("Blue")]
    assert checked(soup, "Colours") == [ident("Green"), ident("Grey")]
    assert checked(soup, "Sure?") == ["no"]
    assert checked(soup, "Mood") == ["0"]
    assert control(soup, "Days")["value"] == "2.5"
    assert control(soup, "When")["value"] == "2026-12-24"


def test_one_persons_answers_are_not_in_the_next_ones_page(schema):
    page(schema, {"Name": "the first person's words", "Sure?": True})
    again = page(schema, {})
    assert "the first person's words" not in str(again)
    assert checked(again, "Sure?") == []


def test_what_editors_and_people_write_is_never_markup():
    schema = asking(
        asks("short_text", "<script>label</script>"),
        asks("single_choice", "Pick", options=options("<i>one</i>", "two")),
        asks("long_text", "Story"),
    )
    soup = page(schema, {"<script>label</script>": '"><script>x</script>', "Story": "</textarea><script>y</script>"})
    assert soup.find("script") is None
    assert soup.find("i") is None
    assert control(soup, "<script>label</script>")["value"] == '"><script>x</script>'
    assert control(soup, "Story").get_text() == "</textarea><script>y</script>"


def test_answers_that_look_like_gaps_stay_text(schema):
    tricky = "{{ gap.value }} {% now 'Y' %} <value:0:>"
    assert control(page(schema, {"Name": tricky}), "Name")["value"] == tricky


def test_no_gap_is_left_unfilled(schema):
    assert drawing.TOKEN not in str(page(schema))


def test_help_notice_and_error_describe_the_control(schema):
    name = field_name(ident("Story"))
    assert control(page(schema), "Story")["aria-describedby"] == f"{name}-help {name}-notice"
    soup = page(schema, errors={"Story": ["“Story” is too long."]})
    described = control(soup, "Story")["aria-describedby"].split()
    assert described == [f"{name}-help", f"{name}-notice", f"{name}-error"]
    assert all(soup.find(id=part) for part in described)
    assert control(soup, "Story")["aria-invalid"] == "true"
    assert soup.find(id=f"{name}-error").get_text(" ", strip=True) == "Error: “Story” is too long."


def test_a_question_without_help_or_error_is_not_described(schema):
    assert "aria-describedby" not in control(page(schema), "Name").attrs


def test_a_unit_describes_its_number(schema):
    soup = page(schema)
    assert soup.find(id=control(soup, "Days")["aria-describedby"]).get_text() == "days"


@pytest.mark.parametrize("label", ["Colour", "Colours", "Sure?", "Mood"])
def test_several_controls_are_a_fieldset_with_a_legend_and_the_error_is_its_own(schema, label):
    soup = page(schema, errors={label: ["Wrong."]})
    group = box(soup, label)
    assert group.name == "fieldset"
    assert group.legend.get_text(strip=True) == label
    assert group["aria-describedby"] == f"{field_name(ident(label))}-error"
    assert all(found.find_parent("label") for found in group.find_all("input", type=["radio", "checkbox"]))


@pytest.mark.parametrize("label", ["Name", "Story", "Days", "When"])
def test_one_control_has_a_label_of_its_own(schema, label):
    soup = page(schema)
    assert soup.find("label", attrs={"for": control(soup, label)["id"]}).get_text(strip=True).startswith(label)


def test_a_link_in_the_error_summary_reaches_every_question(schema):
    soup = page(schema)
    for block in EVERY_TYPE[:-1]:
        assert soup.find(id=field_name(block["id"])).name in {"input", "textarea"}


def test_required_is_said_in_words(schema):
    soup = page(schema)
    assert "(must be answered)" in box(soup, "Name").label.get_text()
    assert "must be answered" not in box(soup, "Story").get_text()


def test_a_choice_can_be_taken_back_unless_it_must_be_answered():
    soup = page(asking(asks("yes_no", "May"), asks("yes_no", "Must", required=True)))
    assert [found["value"] for found in box(soup, "May").find_all("input")] == ["yes", "no", ""]
    assert [found["value"] for found in box(soup, "Must").find_all("input")] == ["yes", "no"]


def test_the_ends_of_a_scale_are_read_with_their_points(schema):
    labels = [found.get_text(strip=True) for found in box(page(schema), "Mood").find_all("label")]
    assert labels == ["0: low", "1", "2", "3: high", "Not applicable", "No answer"]


def test_a_hidden_question_is_hidden_and_says_why_to_who_has_no_script():
    schema = asking(asks("yes_no", "Sure?"), asks("long_text", "Why?", condition=only_if("Sure?", "equals", "no")))
    hidden, shown = page(schema, {"Sure?": True}), page(schema, {"Sure?": False})
    assert "hidden" in box(hidden, "Why?").attrs
    assert "hidden" not in box(shown, "Why?").attrs
    term = {"question": ident("Sure?"), "op": "equals", "value": False}
    assert json.loads(box(hidden, "Why?")["data-mus-visible-if"]) == {"match": "ALL", "terms": [term]}
    assert box(shown, "Why?").noscript.get_text(strip=True) == "Answer this only if your answer to “Sure?” is “No”."


def test_what_was_typed_wrongly_is_shown_as_typed(schema):
    soup = page(schema, {"Days": "many", "Colour": "no such option", "Mood": "99", "When": "soon"})
    assert control(soup, "Days")["value"] == "many"
    assert control(soup, "When")["value"] == "soon"
    assert checked(soup, "Colour") == []


def test_an_extra_stands_at_the_end_of_its_question(schema):
    soup = page(schema, extras={"Name": SafeString('<p class="mus-share">Shared</p>')})
    assert box(soup, "Name").find_all(True)[-1]["class"] == ["mus-share"]
    assert len(soup.find_all(class_="mus-share")) == 1


def test_an_extra_that_is_not_marked_safe_is_escaped(schema):
    assert box(page(schema, extras={"Name": "<b>plain</b>"}), "Name").find("b") is None


def test_each_role_meets_its_own_form():
    schema = asking(asks("yes_no", "Employee's", audience="EMPLOYEE"), asks("yes_no", "Manager's", audience="MANAGER"))
    assert box(page(schema, role="EMPLOYEE"), "Manager's") is None
    assert box(page(schema, role="MANAGER"), "Employee's") is None
    assert len(page(schema, role=None).find_all(class_="mus-question")) == 2


def test_a_section_is_named_by_its_heading():
    schema = form(section(asks("yes_no", "Sure?"), heading="The year", intro="<p>Hello</p>"))
    found = page(schema).section
    assert found.find(id=found["aria-labelledby"]).get_text() == "The year"
    assert found.find(class_="mus-section__intro").p.get_text() == "Hello"


def test_a_section_without_a_heading_names_nothing():
    found = page(form(section(asks("yes_no", "Sure?"), heading=""))).section
    assert "aria-labelledby" not in found.attrs
    assert found.h2 is None


def test_a_form_in_another_language_than_the_page_says_so_and_keeps_to_it():
    schema = asking(asks("yes_no", "Sikker?"), language="da")
    with translation.override("en"):
        assert page(schema).section["lang"] == "da"
    with translation.override("da"):
        assert "lang" not in page(schema).section.attrs


def test_a_translated_form_is_shown_in_the_language_asked_for():
    words = {"en": {ident("Sikker?"): {"label": "Sure?"}}}
    soup = page(asking(asks("yes_no", "Sikker?"), language="da", translations=words))
    assert box(soup, "Sikker?").legend.get_text(strip=True) == "Sure?"
    assert "lang" not in soup.section.attrs


def test_a_number_is_shown_with_the_decimal_mark_of_the_page(schema):
    with translation.override("da"):
        days = control(page(schema, {"Days": "2.5"}), "Days")
    assert (days["value"], days["data-mus-decimal-mark"]) == ("2,5", ",")


def test_a_second_page_runs_no_template_and_does_not_ask_for_the_form(schema, monkeypatch):
    key = FormKey(digest(schema), "EMPLOYEE", "en")
    first = rendering.render_form(key, lambda: schema, {ident("Name"): "Bo"})
    monkeypatch.setattr(drawing, "render_to_string", None)
    assert rendering.render_form(key, None, {ident("Name"): "Bo"}) == first


def test_a_text_that_begins_with_an_empty_line_keeps_it(schema):
    assert "<textarea" in str(page(schema, {"Story": "\nx"}))
    # A browser drops the first line break after the tag, so there have to be two.
    assert control(page(schema, {"Story": "\nx"}), "Story").get_text() == "\n\nx"


def test_nothing_is_kept_by_the_browser_for_the_next_person(schema):
    soup = page(schema)
    assert all(control(soup, label)["autocomplete"] == "off" for label in ("Name", "Days", "When"))


def test_the_page_has_no_inline_script_or_style(schema):
    soup = page(schema)
    assert not soup.find_all(["script", "style"])
    assert not [
        tag for tag in soup.find_all(True) if any(name.startswith("on") or name == "style" for name in tag.attrs)
    ]
