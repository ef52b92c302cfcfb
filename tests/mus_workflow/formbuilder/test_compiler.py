import pytest
from wagtail.rich_text import RichText

from mus_workflow.formbuilder.compiler import CompileError, compile_form, problems_of
from mus_workflow.formbuilder.schema import digest, questions
from tests.mus_workflow.formbuilder.writing import (
    BODY,
    asking,
    asks,
    body,
    form,
    ident,
    only_if,
    options,
    points,
    section,
)


def refusal(*asked, **arguments):
    with pytest.raises(CompileError) as refused:
        asking(*asked, **arguments)
    return str(refused.value)


def rule(schema, label):
    whole = next(question for question in questions(schema) if question["label"] == label)["visible_if"]
    return whole and whole["terms"][0]


NEVER_FILLED_IN = {
    "number": "",
    "mirrored": "",
    "placeholder": "",
    "example": "",
    "parent": None,
    "required_if": None,
    "countable": False,
    "visible_if": None,
}


@pytest.fixture
def written():
    return form(
        section(
            asks(
                "long_text",
                "How was the year?",
                help="<p>Think of <i>good</i> days.</p>",
                required=True,
                audience="EMPLOYEE",
                sharing="PRIVATE",
                sensitive=True,
                max_length=500,
            ),
            heading="  The year  ",
            intro="<p>Hello</p>",
        ),
        title=" Preparation ",
        language="en",
        intro=RichText("<p>Welcome</p>"),
    )


def test_the_frozen_form_holds_what_the_editor_wrote(written):
    part = written["sections"][0]
    assert {key: value for key, value in written.items() if key != "sections"} == {
        "format": 2,
        "language": "en",
        "title": "Preparation",
        "intro": "<p>Welcome</p>",
        "layout": "PAGE",
        "retention": "STANDARD",
        "translations": {},
    }
    assert {key: value for key, value in part.items() if key != "questions"} == {
        "id": ident("section   The year  "),
        "number": "",
        "visible_if": None,
        "heading": "The year",
        "intro": "<p>Hello</p>",
    }
    assert part["questions"] == [
        {
            **NEVER_FILLED_IN,
            "id": ident("How was the year?"),
            "type": "long_text",
            "label": "How was the year?",
            "help": "<p>Think of <i>good</i> days.</p>",
            "required": True,
            "audience": "EMPLOYEE",
            "sharing": "PRIVATE",
            "sensitive": True,
            "settings": {"max_length": 500},
        }
    ]


def test_what_was_never_filled_in_has_its_default():
    schema = asking(asks("scale", "Well-being"), asks("number", "Days"), asks("date", "When"))
    scale, number, date = questions(schema)
    assert (scale["audience"], scale["sharing"], scale["required"], scale["sensitive"]) == (
        "BOTH",
        "SHARED",
        False,
        False,
    )
    assert scale["settings"] == {
        "min": 1,
        "max": 5,
        "min_label": "",
        "max_label": "",
        "best": "HIGHEST",
        "not_applicable": False,
        "labels": [],
    }
    assert number["settings"] == {"min": None, "max": None, "decimals": 0, "unit": ""}
    assert date["settings"] == {"earliest": None, "latest": None}


def test_compiling_twice_gives_the_same_digest():
    asked = [
        asks("single_choice", "Colour", options=options("Red", "Blue")),
        asks("number", "Days", min="0.50", decimals=1),
    ]
    assert digest(asking(*asked)) == digest(asking(*asked))


def test_rewording_and_moving_keeps_every_id():
    before = asking(asks("single_choice", "Colour", options=options("Red", "Blue")), asks("yes_no", "Sure?"))
    reworded = asks("single_choice", "Colour", options=list(reversed(options("Red", "Blue"))))
    reworded["value"]["label"] = "Hue"
    reworded["value"]["options"][0]["value"]["label"] = "Navy"
    after = asking(asks("yes_no", "Sure?"), reworded)
    assert {question["id"] for question in questions(after)} == {question["id"] for question in questions(before)}
    hue = list(questions(after))[1]
    assert [(option["id"], option["label"]) for option in hue["settings"]["options"]] == [
        (ident("Blue"), "Navy"),
        (ident("Red"), "Red"),
    ]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (asks("single_choice", "Q", options=options("Red", "Blue")), ("blue", ident("Blue"))),
        (asks("single_choice", "Q", options=options("Red", "Blue")), (ident("Red"), ident("Red"))),
        (asks("multiple_choice", "Q", options=options("Red", "Blue")), ("Red", ident("Red"))),
        (asks("yes_no", "Q"), ("yes", True)),
        (asks("yes_no", "Q", no_label="Never"), ("never", False)),
        (asks("scale", "Q", min=0), ("0", 0)),
        (asks("scale", "Q", not_applicable=True), ("not_applicable", "not_applicable")),
        (asks("number", "Q", decimals=2), ("2.50", "2.5")),
        (asks("date", "Q"), ("24-12-2026", "2026-12-24")),
    ],
)
def test_a_condition_is_written_in_words_and_stored_as_the_answer_is(written, value):
    words, stored = value
    schema = asking(written, asks("long_text", "Why?", condition=only_if("Q", "equals", words)))
    assert rule(schema, "Why?") == {"question": ident("Q"), "op": "equals", "value": stored}


def test_a_condition_finds_its_question_by_id_whatever_it_is_called_now():
    asked = asks("yes_no", "Reworded since")
    schema = asking(asked, asks("long_text", "Why?", condition=only_if(asked["id"], "answered")))
    assert rule(schema, "Why?") == {"question": asked["id"], "op": "answered", "value": None}


def test_an_answer_left_over_from_another_comparison_is_dropped():
    schema = asking(
        asks("yes_no", "Sure?"), asks("long_text", "Why?", condition=only_if("Sure?", "not_answered", "yes"))
    )
    assert rule(schema, "Why?")["value"] is None


def test_a_condition_reaches_across_sections_and_through_another_condition():
    schema = form(
        section(asks("yes_no", "A"), asks("yes_no", "B", condition=only_if("A", "equals", "yes")), heading="One"),
        section(asks("yes_no", "C", condition=only_if("B", "equals", "yes")), heading="Two"),
    )
    assert rule(schema, "C")["question"] == ident("B")


TARGETS = [
    asks("yes_no", "Sure?"),
    asks("short_text", "Name"),
    asks("scale", "Mood"),
    asks("information", "Read this", help="<p>Words</p>"),
    asks("yes_no", "Only the manager", audience="MANAGER"),
    asks("single_choice", "Colour", options=options("Red", "Blue")),
]


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        (only_if("Nobody asked this", "answered"), "no earlier question worded “Nobody asked this”"),
        (only_if(ident("deleted"), "answered"), "no longer in the form"),
        (only_if("Why?", "answered"), "cannot depend on itself"),
        (only_if(ident("Why?"), "answered"), "cannot depend on itself"),
        (only_if("Later", "answered"), "comes later"),
        (only_if("", "equals", "yes"), "Pick the earlier question"),
        (only_if("Read this", "answered"), "a text that nobody answers"),
        (only_if("Only the manager", "equals", "yes"), "is not asked of everyone who is asked “Why?”"),
        (only_if("Name", "equals", "Bo"), "cannot be compared in this way"),
        (only_if("Sure?", "at_least", "1"), "cannot be compared in this way"),
        (only_if("Sure?", "equals", ""), "Say which answer"),
        (only_if("Sure?", "equals", "maybe"), "“maybe” is neither yes nor no"),
        (only_if("Mood", "equals", "9"), "“9” is not a point on the scale"),
        (only_if("Mood", "at_least", "high"), "“high” is not a point on the scale"),
        (only_if("Colour", "equals", "Green"), "The options are “Red”, “Blue”"),
    ],
)
def test_a_condition_that_cannot_work_is_refused_where_it_stands(condition, reason):
    why = asks("long_text", "Why?", condition=condition)
    words = refusal(*TARGETS, why, asks("yes_no", "Later"))
    assert words.startswith("Section 1, question 7 “Why?”: ")
    assert reason in words


def test_a_question_for_both_can_depend_only_on_what_both_are_asked():
    manager_only = asks("yes_no", "Only the manager", audience="MANAGER")
    follow_up = asks("long_text", "Why?", audience="MANAGER", condition=only_if("Only the manager", "equals", "yes"))
    assert rule(asking(manager_only, follow_up), "Why?")["value"] is True


def test_two_questions_with_the_same_words_have_to_be_told_apart():
    twin = {**asks("yes_no", "Sure?"), "id": ident("twin")}
    by_words = asks("long_text", "Why?", condition=only_if("Sure?", "equals", "yes"))
    assert "Several earlier questions are worded “Sure?”" in refusal(asks("yes_no", "Sure?"), twin, by_words)
    by_id = asks("long_text", "Why?", condition=only_if(ident("twin"), "equals", "yes"))
    assert rule(asking(asks("yes_no", "Sure?"), twin, by_id), "Why?")["question"] == ident("twin")


def test_blocks_without_ids_are_refused_in_plain_words():
    no_id = asks("yes_no", "Sure?")
    del no_id["id"]
    assert "has no id yet: save the form as a draft first" in refusal(no_id)
    raw_options = ["Red", "Blue"]
    choice = asks("single_choice", "Colour", options=[{"label": label} for label in raw_options])
    assert "Its parts have no ids yet" in refusal(choice)
    half_saved = [{"type": "item", "id": "", "value": {"label": label}} for label in raw_options]
    assert "Its parts have no ids yet" in refusal(asks("single_choice", "Colour", options=half_saved))
    without = section(asks("yes_no", "Sure?"))
    del without["id"]
    with pytest.raises(CompileError, match="Section 1: This section has no id yet"):
        form(without)


def test_blocks_with_the_same_id_are_refused():
    twin = {**asks("yes_no", "Other"), "id": ident("Sure?")}
    assert "copied with its id" in refusal(asks("yes_no", "Sure?"), twin)
    shared = options("Red", "Blue")
    assert "copied with its id" in refusal(
        asks("single_choice", "One", options=shared), asks("single_choice", "Two", options=shared)
    )


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (asks("yes_no", ""), "has no wording"),
        (asks("scale", "Q", min=5, max=5), "must end higher than it starts"),
        (asks("scale", "Q", max=101), "must be a whole number from 0 to 100"),
        (asks("scale", "Q", labels=points({6: "off the end"})), "The scale has no point 6"),
        (asks("scale", "Q", labels=points({3: ""})), "must not be empty"),
        (asks("scale", "Q", min_label="low", labels=points({1: "lowest"})), "Point 1 has words twice"),
        (asks("scale", "Q", labels=[*points({3: "so"}), *points({3: "and so"})]), "Point 3 has words twice"),
        (asks("scale", "Q", labels=[{"point": 3, "label": "middle"}]), "Its parts have no ids yet"),
        (asks("time", "Q", earliest="12:00", latest="09:00"), "The latest time cannot be before the earliest"),
        (asks("date_range", "Q", earliest="2026-02-01", latest="2026-01-01"), "cannot be before the earliest"),
        (
            asks("multiple_choice", "Q", options=options("A", "B"), other=True, min_choices=4),
            "fewer options than must be chosen",
        ),
        (asks("single_choice", "Q", options=options("Red")), "needs from 2 to"),
        (asks("single_choice", "Q", options=options("Red", "Red ")), "Two options are called “Red”"),
        (
            asks("multiple_choice", "Q", options=options("Red", "Blue"), min_choices=3),
            "fewer options than must be chosen",
        ),
        (asks("multiple_choice", "Q", options=options("A", "B"), min_choices=2, max_choices=1), "cannot be fewer"),
        (asks("number", "Q", min="5", max="4"), "cannot be lower than the lowest"),
        (asks("date", "Q", earliest="2026-01-02", latest="2026-01-01"), "cannot be before the earliest"),
    ],
)
def test_settings_that_cannot_go_together_are_refused(asked, reason):
    with pytest.raises(CompileError, match=reason):
        asking(asked)


def test_all_problems_are_told_at_once():
    words = refusal(asks("yes_no", ""), asks("scale", "Mood", min=9, max=1), title=" ")
    assert len(words.splitlines()) == 3
    assert words.startswith("The form has no title.")


def test_a_form_that_asks_nothing_is_refused():
    assert "no questions yet" in refusal(asks("information", "Hello", help="<p>Words</p>"))
    with pytest.raises(CompileError, match="no questions yet"):
        compile_form("Title", "en", "", BODY.to_python([]), {})


def test_text_that_cannot_be_stored_is_refused():
    assert "cannot be shown" in refusal(asks("yes_no", "Sure\x00?"))


def test_problems_of_a_sound_form_are_none():
    assert problems_of(body(section(asks("yes_no", "Sure?")))) == []


def test_only_translations_of_what_is_still_there_are_frozen():
    schema = asking(
        asks("yes_no", "Sikker?", yes_label="Ja da"),
        language="da",
        translations={
            "en": {
                ident("Sikker?"): {
                    "label": " Sure? ",
                    "help": "<p>Hi</p><script>x</script>",
                    "yes_label": "Oh yes",
                    "x": "y",
                },
                ident("deleted"): {"label": "Gone"},
                "title": {"label": ""},
            },
            "da": {ident("Sikker?"): {"label": "its own language"}},
            "sv": {},
        },
    )
    assert schema["translations"] == {
        "en": {ident("Sikker?"): {"label": "Sure?", "help": "<p>Hi</p>", "yes_label": "Oh yes"}}
    }
