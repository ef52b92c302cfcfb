"""About how many minutes it takes to fill in a form. A rule of thumb, the same for every form, so that they compare."""

from collections.abc import Callable

from mus_workflow.formbuilder.projection import for_audience
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.schema import questions
from mus_workflow.formbuilder.shapes import Question, Schema

# Silent reading of easy text, words a minute.
READING = 200
# Seconds to think and answer, by type; a type that is not here takes as long as a line of text.
ANSWERING = {
    "long_text": 75,
    "short_text": 25,
    "single_choice": 10,
    "multiple_choice": 15,
    "yes_no": 5,
    "scale": 8,
    "number": 10,
    "date": 10,
}
A_LINE = ANSWERING["short_text"]


def minutes(schema: Schema, role: str, plain: Callable[[str], str]) -> int:
    """Whole minutes for one side, if every question is asked and answered; past ten, to the nearest five."""
    mine = for_audience(schema, role)
    asked = list(questions(mine))
    if not asked:
        return 0
    texts = [mine["intro"], *(section["intro"] for section in mine["sections"])]
    texts += [part for one in asked for part in (one["label"], one["help"])]
    words = sum(len(plain(text).split()) for text in texts)
    exact = words / READING + sum(map(_seconds, asked)) / 60
    return max(1, round(exact)) if exact < 10 else 5 * round(exact / 5)


def _seconds(question: Question) -> int:
    question_type = registry.get(question["type"])
    if not question_type.asks:
        return 0
    if not question_type.has_parts(question):
        return ANSWERING.get(question["type"], A_LINE)
    kinds = [
        question_type.part_question(question, part)["type"] for part in question_type.fixed_parts(question) if part
    ]
    return sum(ANSWERING.get(kind, A_LINE) for kind in kinds) or A_LINE
