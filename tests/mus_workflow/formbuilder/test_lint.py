"""Advice to editors, on wordings as people write them."""

from __future__ import annotations

from typing import Any

import pytest

from mus_workflow.formbuilder.filling_time import minutes
from mus_workflow.formbuilder.library import starter_forms
from mus_workflow.formbuilder.lint import LONG_LABEL, MANY_QUESTIONS, Advice, Measures, advice_on
from mus_workflow.formbuilder.translating import Progress
from mus_workflow.formbuilder.wording import localised
from mus_workflow.readability import lix, plain_text
from tests.mus_workflow.formbuilder.writing import asking, asks, form, ident, options, section

MEASURES = Measures(lix, plain_text)
ENDS = {"min_label": "lav", "max_label": "høj"}


def advised(*questions: dict[str, Any], language: str = "da", **more: Any) -> list[Advice]:
    return advice_on(asking(*questions, language=language), MEASURES, **more)


def codes(*questions: dict[str, Any], language: str = "da", **more: Any) -> list[str]:
    return [one.code for one in advised(*questions, language=language, **more)]


GOOD = [
    "Hvad er du mest tilfreds med fra året?",
    "Hvad gik anderledes, end du havde håbet, og hvad lærte du af det?",
    "Hvad er du ikke enig i?",
    "Hvad vil du ikke gå på kompromis med?",
    "Hvad fungerer, og hvad gør ikke?",
    "Fortæl om en opgave, der lykkedes. Hvorfor lykkedes den?",
    "Hvordan går samarbejdet med sygeplejerskerne på afdelingen?",
    "Hvad kan vores personalepolitik hjælpe dig med?",
    "Hvilke opgaver på sygehuset vil du gerne have mere af?",
    "Hvad tror du, arbejdspladsen får brug for?",
    "Hvilke kurser i jura og økonomi kunne være nyttige?",
    "Hvem vil du gerne lære af?",
    "Er der noget, vi har glemt?",
    "Beskriv arbejdsmiljøet omkring dig.",
]
BAD = [
    ("Er du ikke enig i, at samarbejdet er blevet bedre?", "LEADING"),
    ("Synes du ikke også, at den nye struktur virker?", "LEADING"),
    ("Du har selvfølgelig læst vores værdier. Hvordan bruger du dem?", "LEADING"),
    ("Samarbejdet er godt, ikke?", "LEADING"),
    ("Mon ikke kurset gav dig nye redskaber?", "LEADING"),
    ("Hvor tit holder du møder og/eller rejser?", "DOUBLE"),
    ("Trives du? Og hvordan har din leder det?", "DOUBLE"),
    ("Hvad er det, hvem tager det videre, og hvad er målet?", "DOUBLE"),
    ("Hvordan er dit helbred?", "SENSITIVE"),
    ("Har du haft sygefravær i år, og hvorfor?", "SENSITIVE"),
    ("Har du en diagnose, vi skal kende?", "SENSITIVE"),
    ("Er du gravid eller planlægger du graviditet?", "SENSITIVE"),
    ("Hvilken fagforening er du medlem af?", "SENSITIVE"),
    ("Betyder din religion noget for dine vagter?", "SENSITIVE"),
    ("Er du politisk aktiv?", "SENSITIVE"),
    ("Hvad er din seksuelle orientering?", "SENSITIVE"),
    ("Hvilken etnisk baggrund har du?", "SENSITIVE"),
    ("Har du været straffet?", "SENSITIVE"),
    ("Skriv dit CPR-nummer.", "SENSITIVE"),
    ("Føler du dig stresset?", "SENSITIVE"),
]
GOOD_ENGLISH = [
    "What went differently from what you had hoped, and what did you learn from it?",
    "What do you not want to give up?",
    "How can the health and safety committee help you?",
    "Which policy is unclear to you?",
    "What still goes well?",
]
BAD_ENGLISH = [
    ("Don't you agree that cooperation has improved?", "LEADING"),
    ("Of course you know our values. How do you use them?", "LEADING"),
    ("How often do you travel and/or meet?", "DOUBLE"),
    ("What is it, who takes it further, and what is the goal?", "DOUBLE"),
    ("How is your health?", "SENSITIVE"),
    ("Have you been on sick leave?", "SENSITIVE"),
    ("Which trade union do you belong to?", "SENSITIVE"),
    ("Do you have a criminal record?", "SENSITIVE"),
]


@pytest.mark.parametrize("label", GOOD)
def test_a_good_danish_question_gets_no_advice(label: str) -> None:
    assert codes(asks("long_text", label)) == []


@pytest.mark.parametrize(("label", "code"), BAD)
def test_a_bad_danish_question_gets_its_advice_and_no_other(label: str, code: str) -> None:
    assert codes(asks("long_text", label)) == [code]


@pytest.mark.parametrize("label", GOOD_ENGLISH)
def test_a_good_english_question_gets_no_advice(label: str) -> None:
    assert codes(asks("long_text", label), language="en") == []


@pytest.mark.parametrize(("label", "code"), BAD_ENGLISH)
def test_a_bad_english_question_gets_its_advice(label: str, code: str) -> None:
    assert codes(asks("long_text", label), language="en") == [code]


def test_danish_rules_are_not_used_on_other_languages() -> None:
    assert codes(asks("long_text", "Er du ikke enig i, at dit helbred er godt?"), language="sv") == []


def test_advice_names_the_words_and_the_place() -> None:
    [one] = advised(asks("long_text", "Er du ikke enig i, at det går godt?"))
    assert "“Er du ikke enig”" in one.message
    assert one.question == ident("Er du ikke enig i, at det går godt?")
    assert one.section == ident("section Section")
    assert one.place == "Er du ikke enig i, at det går godt?"


@pytest.mark.parametrize(
    ("kind", "label", "more", "is_double"),
    [
        ("scale", "Hvor tilfreds er du med løn og arbejdstid?", ENDS, True),
        ("scale", "Hvor tilfreds er du med arbejdstiden?", ENDS, False),
        ("yes_no", "Ved du, hvem du spørger, og hvornår du kan spørge?", {}, True),
        ("number", "Hvor mange dage, og hvornår?", {}, True),
        ("long_text", "Hvad skal ændres, og hvorfor?", {}, False),
    ],
)
def test_one_point_on_a_scale_cannot_answer_two_things(
    kind: str, label: str, more: dict[str, str], is_double: bool
) -> None:
    assert ("DOUBLE" in codes(asks(kind, label, **more))) is is_double


def test_what_is_marked_as_sensitive_may_be_asked() -> None:
    assert codes(asks("long_text", "Hvordan er dit helbred?", sensitive=True)) == []


def test_an_option_and_an_example_can_invite_too_and_a_help_that_warns_does_not() -> None:
    choice = asks("single_choice", "Hvad fylder mest?", options=options("Opgaverne", "Sygdom"))
    assert codes(choice) == ["SENSITIVE"]
    assert codes(asks("long_text", "Hvad fylder mest?", example="Min religion")) == ["SENSITIVE"]
    assert codes(asks("long_text", "Hvad fylder mest?", help="<p>Skriv ikke om sygdom.</p>")) == []


def test_settings_that_work_against_their_purpose_are_told() -> None:
    assert codes(asks("long_text", "Hvad fylder?", required=True, sharing="PRIVATE")) == ["REQUIRED_PRIVATE"]
    assert codes(asks("long_text", "Hvad fylder?", countable=True)) == ["NOT_COUNTABLE"]
    assert codes(asks("yes_no", "Er der tid?", countable=True)) == []
    assert codes(asks("scale", "Hvor ofte?", min_label="aldrig")) == ["SCALE_WORDS"]
    rows, columns = options("Møder", "Pauser"), options("For få", "For mange")
    assert codes(asks("matrix", "Hvor ofte?", rows=rows)) == ["SCALE_WORDS"]
    assert codes(asks("matrix", "Hvor ofte?", rows=rows, answer="CHOICE", columns=columns)) == []
    assert codes(asks("scale", "Hvor ofte?", **ENDS)) == []
    assert codes(asks("short_text", "Mål", placeholder="Hvad er det vigtigste?")) == ["PLACEHOLDER"]
    assert codes(asks("short_text", "Mål", placeholder="Kort")) == []


def test_a_question_is_long_from_the_201st_character() -> None:
    assert codes(asks("long_text", "a" * LONG_LABEL)) == []
    assert codes(asks("long_text", "a" * (LONG_LABEL + 1))) == ["LONG_LABEL"]


def test_a_form_is_long_by_what_one_person_is_asked() -> None:
    mine = [asks("yes_no", f"Er {number} nået?", audience="EMPLOYEE") for number in range(MANY_QUESTIONS)]
    theirs = [asks("yes_no", f"Har {number} hjulpet?", audience="MANAGER") for number in range(MANY_QUESTIONS)]
    assert codes(*mine, *theirs) == []
    assert codes(*mine, *theirs, asks("yes_no", "Er vi klar?")) == ["MANY_QUESTIONS"]


def test_a_text_that_is_hard_to_read_is_told_with_its_lix() -> None:
    heavy = (
        "Medarbejderudviklingssamtalens organisatoriske forankring forudsætter tilvejebringelse af kompetencemæssige "
        "forudsætninger, herunder dokumentationsforpligtelser vedrørende udviklingsperspektiver, ressourceallokering, "
        "prioriteringsmuligheder samt tværorganisatoriske samarbejdsrelationer, hvorunder enhedernes selvstændige "
        "ansvarsområder afgrænses gennem lokalaftaler og retningslinjer"
    )
    found = advised(asks("long_text", "Hvad fylder?", help=f"<p>{heavy}.</p>"))
    assert {one.code for one in found} == {"HARD_TO_READ"}
    assert any("The help is very hard to read" in one.message for one in found)


def test_translations_that_lag_are_told_by_language() -> None:
    lagging = {"English": Progress(total=5, missing=2, stale=1, left_over=0), "Svenska": Progress(5, 5, 0, 0)}
    found = advised(asks("long_text", "Hvad fylder?"), translations=lagging)
    assert [one.code for one in found] == ["TRANSLATION_MISSING", "TRANSLATION_STALE"]
    assert found[0].message.startswith("English: 2 texts")


def test_a_question_that_nobody_is_asked_is_told_where_it_stands() -> None:
    question = asks("long_text", "Hvad fylder?")
    [one] = advised(question, unreachable={ident("Hvad fylder?"): "Nobody is asked this."})
    assert (one.code, one.message, one.question) == ("UNREACHABLE", "Nobody is asked this.", ident("Hvad fylder?"))


def test_the_minutes_are_those_of_one_side_and_grow_with_writing() -> None:
    schema = form(
        section(
            *(asks("long_text", f"Hvad {number}?", audience="EMPLOYEE") for number in range(4)),
            asks("yes_no", "Er der tid?", audience="MANAGER"),
        ),
        language="da",
    )
    # Four times 75 seconds and a few words to read; and for the manager a question at a glance.
    assert minutes(schema, "EMPLOYEE", plain_text) == 5
    assert minutes(schema, "MANAGER", plain_text) == 1


@pytest.mark.parametrize("language", ["da", "en"])
def test_the_starter_forms_get_little_advice_and_only_what_a_person_would_say(language: str) -> None:
    """Read one by one: each that is found puts two or three things into one answer. There is no false alarm."""
    found = [one for form in starter_forms() for one in advice_on(localised(form.content.schema, language), MEASURES)]
    assert {one.code for one in found} <= {"DOUBLE"}
    assert len(found) <= 4
