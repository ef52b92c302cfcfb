"""What is missing, stale and left over in a translation."""

from __future__ import annotations

from typing import Any

from mus_workflow.formbuilder.translating import Progress, State, left_over, lines, progress, sources_of

SECTION, QUESTION, OPTION, SECOND = (f"00000000-0000-4000-8000-00000000000{number}" for number in range(1, 5))


def document(label: str = "Hvad glæder dig?", explained: str = "<p>Et eksempel er nok.</p>") -> dict[str, Any]:
    """A form with one choice: title, heading, question, help and two options, and nothing else that says anything."""
    empty = {"number": "", "mirrored": "", "placeholder": "", "example": "", "parent": None, "required": False}
    rules = {"required_if": None, "audience": "BOTH", "sharing": "SHARED", "sensitive": False, "countable": False}
    options = [{"id": OPTION, "label": "Opgaverne", "help": ""}, {"id": SECOND, "label": "Kollegerne", "help": ""}]
    question = {
        **empty,
        **rules,
        "id": QUESTION,
        "type": "single_choice",
        "label": label,
        "help": explained,
        "visible_if": None,
        "settings": {"options": options, "other": False},
    }
    section = {"id": SECTION, "number": "", "heading": "Året", "intro": "", "visible_if": None, "questions": [question]}
    return {"title": "Forberedelse", "intro": "", "language": "da", "sections": [section], "translations": {}}


def states(written: dict[str, Any], sources: dict[str, Any]) -> dict[str, State]:
    return {line.source: line.state for line in lines(document(), written, sources)}


def test_only_texts_that_say_something_are_to_be_translated() -> None:
    found = [(line.heads, line.key, line.source) for line in lines(document(), {}, {})]
    assert found == [
        ("FORM", "label", "Forberedelse"),
        ("SECTION", "heading", "Året"),
        ("QUESTION", "label", "Hvad glæder dig?"),
        ("", "help", "<p>Et eksempel er nok.</p>"),
        ("", "label", "Opgaverne"),
        ("", "label", "Kollegerne"),
    ]


def test_a_text_is_missing_done_or_stale() -> None:
    written = {QUESTION: {"label": "What makes you glad?"}, OPTION: {"label": "The tasks"}}
    sources = {QUESTION: {"label": "Hvad gør dig glad?"}, OPTION: {"label": "Opgaverne"}}
    found = states(written, sources)
    assert found["Hvad glæder dig?"] == State.STALE
    assert found["Opgaverne"] == State.DONE
    assert found["Kollegerne"] == State.MISSING


def test_a_translation_whose_source_was_never_recorded_counts_as_done() -> None:
    assert states({OPTION: {"label": "The tasks"}}, {})["Opgaverne"] == State.DONE


def test_white_space_and_an_empty_paragraph_are_no_translation() -> None:
    found = states({QUESTION: {"label": "  ", "help": "<p> </p>"}}, {})
    assert found["Hvad glæder dig?"] == found["<p>Et eksempel er nok.</p>"] == State.MISSING


def test_what_stands_for_a_text_that_is_gone_or_empty_is_left_over() -> None:
    written = {QUESTION: {"label": "What?", "help": "<p>One.</p>"}, "gone": {"label": "Gone"}, OPTION: {"label": " "}}
    assert left_over(document(explained=""), written) == {(QUESTION, "help"): "<p>One.</p>", ("gone", "label"): "Gone"}


def test_progress_counts_texts() -> None:
    written = {QUESTION: {"label": "What makes you glad?"}, OPTION: {"label": "The tasks"}, "gone": {"label": "Gone"}}
    found = progress(document(), written, {QUESTION: {"label": "Noget andet"}})
    assert found == Progress(total=6, missing=4, stale=1, left_over=1)
    assert found.written == 2


def test_sources_are_told_for_what_is_translated_and_for_nothing_else() -> None:
    written = {QUESTION: {"label": "What makes you glad?"}, "gone": {"label": "Gone"}}
    assert sources_of(document(), written) == {QUESTION: {"label": "Hvad glæder dig?"}}
