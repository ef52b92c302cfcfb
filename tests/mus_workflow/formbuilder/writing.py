"""Writes forms as an editor does: blocks with ids, compiled. An id is known by the words it stands for."""

import uuid
from typing import Any

from django.http import QueryDict

from mus_workflow.formbuilder.blocks import FormBodyBlock
from mus_workflow.formbuilder.compiler import compile_form
from mus_workflow.formbuilder.fields import field_name, partial_clean, posted_answers

NAMESPACE = uuid.UUID("6f0d3c1e-55f0-4b0c-9c0a-3d1f5c1f7a10")
BODY = FormBodyBlock()
BODY.set_name("body")


def ident(name: str) -> str:
    """The id of the block that is called this in a test."""
    return str(uuid.uuid5(NAMESPACE, name))


def asks(kind: str, label: str, **value: Any) -> dict[str, Any]:
    """A question block with the id `ident(label)`."""
    return {"type": kind, "id": ident(label), "value": {"label": label, **value}}


def options(*labels: str) -> list[dict[str, Any]]:
    """Options with the ids `ident(label)`."""
    return [{"type": "item", "id": ident(label), "value": {"label": label}} for label in labels]


def points(words: dict[int, str]) -> list[dict[str, Any]]:
    """Words at points of a scale, with the ids `ident(words)`."""
    return [
        {"type": "item", "id": ident(label or str(point)), "value": {"point": point, "label": label}}
        for point, label in words.items()
    ]


def only_if(question: str, op: str, value: str = "") -> dict[str, str]:
    """A condition as an editor writes it."""
    return {"question": question, "op": op, "value": value}


def section(*questions: dict[str, Any], heading: str = "Section", intro: str = "") -> dict[str, Any]:
    value = {"heading": heading, "intro": intro, "questions": list(questions)}
    return {"type": "section", "id": ident(f"section {heading}"), "value": value}


def body(*sections: dict[str, Any]) -> Any:
    """The StreamField's value as it comes from the database."""
    return BODY.to_python(list(sections))


def form(*sections: dict[str, Any], **arguments: Any) -> dict[str, Any]:
    """The frozen form."""
    words = {"title": "A form", "language": "en", "intro": "", **arguments}
    rules = {key: words[key] for key in ("layout", "retention") if key in words}
    written = (words["title"], words["language"], words["intro"], body(*sections), words.get("translations"))
    return compile_form(*written, **rules)


def asking(*questions: dict[str, Any], **arguments: Any) -> dict[str, Any]:
    """A frozen form with one section."""
    return form(section(*questions), **arguments)


def only_question(schema: dict[str, Any]) -> dict[str, Any]:
    """The first question of a form that has just one, or has it first."""
    return schema["sections"][0]["questions"][0]


def post(answers: dict[str, str | list[str]]) -> QueryDict:
    """What a browser posts, by the labels of the questions."""
    data = QueryDict(mutable=True)
    for label, value in answers.items():
        data.setlist(field_name(ident(label)), value if isinstance(value, list) else [value])
    return data


def saved_from(schema: dict[str, Any], data: QueryDict) -> dict[str, Any]:
    """What is kept of a form that was sent by its button: the valid answers by key, cleared ones as None."""
    return partial_clean(schema, posted_answers(schema, data))[0]


def part(question: str, *places: str) -> str:
    """The key of one control of a question: its row, and its column where it has one, by the words they stand for."""
    return f"{ident(question)}/{'_'.join(ident(place).replace('-', '') for place in places)}"
