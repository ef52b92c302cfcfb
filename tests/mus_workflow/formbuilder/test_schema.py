import copy
import hashlib

import pytest

from mus_workflow.formbuilder.projection import FormKey, for_audience, projected
from mus_workflow.formbuilder.schema import SchemaError, digest, questions, validate
from mus_workflow.formbuilder.wording import localised, texts
from tests.mus_workflow.formbuilder.writing import asking, asks, form, ident, only_if, options, section

ENGLISH = {
    "title": {"label": "The form"},
    ident("Farve"): {"label": "Colour", "help": "<p>Pick one</p>"},
    ident("Rød"): {"label": "Red"},
    ident("Trivsel"): {"min_label": "Bad", "max_label": "Good"},
    ident("section Afsnit"): {"heading": "Part"},
}

RULE = ("sections", 0, "questions", 2, "visible_if", "terms", 0)


@pytest.fixture
def schema():
    return form(
        section(
            asks("single_choice", "Farve", options=options("Rød", "Blå")),
            asks("scale", "Trivsel", min_label="Dårlig", max_label="God", audience="EMPLOYEE"),
            asks("long_text", "Hvorfor", condition=only_if("Farve", "equals", "Blå"), audience="EMPLOYEE"),
            heading="Afsnit",
        ),
        section(asks("short_text", "Noter", audience="MANAGER"), heading="Kun lederen"),
        section(heading="Kun ord", intro="<p>Tak</p>"),
        title="Skemaet",
        language="da",
        translations={"en": ENGLISH},
    )


def test_a_compiled_form_is_valid(schema):
    validate(schema)


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        (("format",), 3, "format"),
        (("format",), True, "format"),
        (("title",), " ", "title"),
        (("extra",), 1, "extra"),
        (("intro",), "<script>x</script>", "intro"),
        (("sections",), {}, "sections"),
        (("sections", 0, "id"), "1", "sections[0].id"),
        (("sections", 0, "questions", 0, "type"), "mood", "sections[0].questions[0].type"),
        (("sections", 0, "questions", 0, "label"), "", "sections[0].questions[0].label"),
        (("sections", 0, "questions", 0, "required"), 1, "sections[0].questions[0].required"),
        (("sections", 0, "questions", 0, "audience"), "HR", "sections[0].questions[0].audience"),
        (("sections", 0, "questions", 0, "sharing"), None, "sections[0].questions[0].sharing"),
        (("sections", 0, "questions", 0, "settings"), [], "sections[0].questions[0].settings"),
        (("sections", 0, "questions", 0, "settings", "colour"), "red", "sections[0].questions[0].settings.colour"),
        (("sections", 0, "questions", 0, "settings", "options", 0, "label"), 3, "settings.options[0].label"),
        (("sections", 0, "questions", 1, "settings", "min"), 1.0, "sections[0].questions[1].settings.min"),
        (("sections", 0, "questions", 1, "settings", "max"), 1, "sections[0].questions[1].settings.max"),
        (
            ("sections", 0, "questions", 2, "visible_if", "terms", 0, "op"),
            "sounds_like",
            "terms[0].op",
        ),
        (
            ("sections", 0, "questions", 2, "visible_if", "terms", 0, "value"),
            "Blå",
            "terms[0].value",
        ),
        (
            ("sections", 0, "questions", 2, "visible_if", "terms", 0, "value"),
            0.5,
            "terms[0].value",
        ),
        (
            ("sections", 0, "questions", 2, "visible_if", "terms", 0, "extra"),
            1,
            "terms[0].extra",
        ),
        (("translations", "en", "title", "label"), 7, "translations.en.title.label"),
        (("translations", "en", "title", "colour"), "x", "translations.en.title.colour"),
        (("translations", "en", "nobody"), {"label": "x"}, "translations.en.nobody.label"),
        (("translations", "da"), [], "translations.da"),
    ],
)
def test_a_document_that_is_no_form_is_refused_with_its_path(schema, path, value, where):
    broken = copy.deepcopy(schema)
    holder = broken
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    with pytest.raises(SchemaError) as refused:
        validate(broken)
    assert refused.value.path.endswith(where)
    assert refused.value.reason


@pytest.mark.parametrize("key", ["id", "type", "label", "visible_if", "settings"])
def test_a_missing_key_is_named(schema, key):
    broken = copy.deepcopy(schema)
    del broken["sections"][0]["questions"][0][key]
    with pytest.raises(SchemaError, match=rf"questions\[0\]\.{key}: is missing"):
        validate(broken)


@pytest.mark.parametrize("document", [None, [], "form", 1])
def test_what_is_not_even_an_object_is_refused(document):
    with pytest.raises(SchemaError):
        validate(document)


def test_an_id_is_used_once(schema):
    broken = copy.deepcopy(schema)
    broken["sections"][1]["questions"][0]["id"] = ident("Rød")
    with pytest.raises(SchemaError, match="is used twice"):
        validate(broken)


@pytest.mark.parametrize("target", ["Hvorfor", "Noter"])
def test_a_condition_looks_back_only(schema, target):
    broken = copy.deepcopy(schema)
    broken["sections"][0]["questions"][2]["visible_if"]["terms"][0]["question"] = ident(target)
    with pytest.raises(SchemaError, match="is not an earlier question"):
        validate(broken)


def test_the_digest_depends_on_content_and_not_on_the_order_of_keys(schema):
    turned = dict(reversed(schema.items()))
    assert digest(turned) == digest(schema)
    assert digest({**schema, "title": "Et andet"}) != digest(schema)


def test_the_digest_is_that_of_the_canonical_bytes():
    canonical = '{"a":"æ","b":[1,true,null]}'
    assert digest({"b": [1, True, None], "a": "æ"}) == hashlib.sha256(canonical.encode()).hexdigest()


def test_questions_come_in_the_order_of_the_form(schema):
    assert [question["label"] for question in questions(schema)] == ["Farve", "Trivsel", "Hvorfor", "Noter"]


def test_each_text_can_be_translated_by_the_id_it_belongs_to(schema):
    slots = {(slot.id, slot.key) for slot in texts(schema)}
    assert {("title", "label"), ("title", "intro"), (ident("section Afsnit"), "heading")} <= slots
    assert {(ident("Farve"), "help"), (ident("Rød"), "label"), (ident("Trivsel"), "max_label")} <= slots


def test_localised_puts_each_translated_text_in_its_place(schema):
    english = localised(schema, "en")
    colour, scale, why, _notes = questions(english)
    assert (english["title"], english["language"]) == ("The form", "en")
    assert english["sections"][0]["heading"] == "Part"
    assert (colour["label"], colour["help"]) == ("Colour", "<p>Pick one</p>")
    assert [option["label"] for option in colour["settings"]["options"]] == ["Red", "Blå"]
    assert (scale["settings"]["min_label"], scale["settings"]["max_label"]) == ("Bad", "Good")
    assert why["label"] == "Hvorfor"


def test_localised_changes_words_and_nothing_else(schema):
    before = copy.deepcopy(schema)
    english = localised(schema, "en")
    assert schema == before
    assert [question["id"] for question in questions(english)] == [question["id"] for question in questions(schema)]
    validate(english)


@pytest.mark.parametrize("language", ["da", "sv"])
def test_a_language_without_texts_is_the_form_as_written(schema, language):
    assert localised(schema, language) == schema


def test_a_region_reads_what_is_translated_to_its_language(schema):
    assert localised(schema, "en-gb")["title"] == "The form"


@pytest.mark.parametrize(
    ("role", "labels"), [("EMPLOYEE", ["Farve", "Trivsel", "Hvorfor"]), ("MANAGER", ["Farve", "Noter"])]
)
def test_a_role_meets_only_its_own_questions(schema, role, labels):
    assert [question["label"] for question in questions(for_audience(schema, role))] == labels


def test_a_section_that_asks_the_role_nothing_is_absent_and_one_of_words_stays(schema):
    headings = [section["heading"] for section in for_audience(schema, "EMPLOYEE")["sections"]]
    assert headings == ["Afsnit", "Kun ord"]


def test_projecting_to_no_role_shows_every_question_in_the_language(schema):
    seen = projected(schema, FormKey(digest(schema), None, "en"))
    assert [question["label"] for question in questions(seen)] == ["Colour", "Trivsel", "Hvorfor", "Noter"]


def test_a_form_has_at_most_500_questions():
    question = next(questions(asking(asks("yes_no", "One"))))
    many = [{**question, "id": ident(str(number))} for number in range(501)]
    schema = asking(asks("yes_no", "One"))
    schema["sections"][0]["questions"] = many[:500]
    validate(schema)
    schema["sections"][0]["questions"] = many
    with pytest.raises(SchemaError, match="500"):
        validate(schema)
