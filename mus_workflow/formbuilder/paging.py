"""How much of a form is on the screen at a time: all of it, a section, or one question with what is nested under it."""

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.shapes import Question, Schema


class Part(NamedTuple):
    """One page of a form: its number from 1, its section, and the ids of the questions on it."""

    number: int
    section: str
    questions: tuple[str, ...]


def parts_of(schema: Schema) -> list[Part]:
    """The pages of a form as its reader meets it, in order; none where all of it is one page."""
    return [Part(number, *rest) for number, rest in enumerate(_pages(schema), start=1)]


def _pages(schema: Schema) -> Iterator[tuple[str, tuple[str, ...]]]:
    layout = schema["layout"]
    for section in schema["sections"] if layout != "PAGE" else ():
        groups = _groups(section["questions"]) if layout == "QUESTIONS" else [section["questions"]]
        for group in groups or [[]]:
            yield section["id"], tuple(question["id"] for question in group)


def _groups(questions: Sequence[Question]) -> list[list[Question]]:
    """Each question with what is nested under it. A text that nobody answers stands with the question it leads to."""
    groups: list[list[Question]] = []
    for question in questions:
        if groups and _belongs(question, groups[-1]):
            groups[-1].append(question)
        else:
            groups.append([question])
    if len(groups) > 1 and not any(_asks(question) for question in groups[-1]):
        last = groups.pop()
        groups[-1].extend(last)
    return groups


def _belongs(question: Question, group: Sequence[Question]) -> bool:
    if question["parent"] is not None or not any(_asks(one) for one in group):
        return True
    pair = question.get("pair")
    return pair is not None and any(one.get("pair") == pair for one in group)


def _asks(question: Question) -> bool:
    return registry.get(question["type"]).asks


def asked_numbers(parts: Sequence[Part], shown: Collection[str]) -> list[int]:
    """The numbers of the pages that have something to show. `shown` are the ids that `conditions.shown_ids` gives."""
    return [
        part.number
        for part in parts
        if part.section in shown and (not part.questions or any(one in shown for one in part.questions))
    ]
