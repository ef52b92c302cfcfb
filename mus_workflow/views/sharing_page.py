"""The page on which a person sees what the other side will read before it is shared."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language, get_language_info

from mus_workflow.documents.answers import given_ids, worded_sections
from mus_workflow.documents.forms import side_schema
from mus_workflow.documents.moves import standing_answers, unconfirmed_ids
from mus_workflow.documents.preparation import shared_document
from mus_workflow.formbuilder.conditions import terms_of
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.schema import questions
from mus_workflow.formbuilder.shapes import Schema
from mus_workflow.models import Draft

from .framing import page_frame
from .loading import Seat
from .preparation_page import Own, choosable_ids, chosen_ids, open_own, share_name


def sharing_context(request: HttpRequest, seat: Seat, draft: Draft) -> dict[str, Any]:
    """What the others will read, what stays with its author, and what the one gives away of the other."""
    frame = page_frame(request, seat, draft)
    own = open_own(frame, seat, draft)
    version = own.draft.form_version
    standing, waiting = standing_answers(own.body), unconfirmed_ids(own.body)
    version.schema = side_schema(seat.dialogue, seat.participant, version.pk, today=timezone.localdate())
    chosen, language = chosen_ids(own.schema, own.body["sharing"]), seat.dialogue.language
    document = shared_document(form_version=version, answers=standing, chosen=chosen, language=language)
    kept = set(given_ids(version.schema, standing)) - set(chosen)
    kept_sections = worded_sections(version.schema, standing, language=language, only=kept)
    return {
        **frame,
        "sections": _with_names(document["sections"], choosable_ids(own.schema)),
        "kept_sections": _only_choosable(_with_names(kept_sections, choosable_ids(own.schema))),
        "given_away": list(_given_away(own, chosen)),
        "unconfirmed": [question["label"] for question in questions(own.schema) if question["id"] in waiting],
        "version": own.draft.version,
        "request_id": uuid.uuid4(),
        "other_language": "" if language == get_language() else get_language_info(language)["name_translated"],
    }


def posted_choice(data: Mapping[str, Any], schema: Schema, listed: Collection[str]) -> dict[str, bool]:
    """The choice for each answer the page listed; the others keep theirs."""
    choosable = choosable_ids(schema)
    return {key: share_name(key) in data for key in listed if key in choosable}


def _with_names(sections: list[dict[str, Any]], choosable: Collection[str]) -> list[dict[str, Any]]:
    """The sections, each answer that can be chosen with the name of its switch; a computed one follows the others."""
    return [{**one, "answers": [_with_name(answer, choosable) for answer in one["answers"]]} for one in sections]


def _with_name(answer: dict[str, Any], choosable: Collection[str]) -> dict[str, Any]:
    if not registry.get(answer["type"]).asks:
        return answer
    return {**answer, "name": share_name(answer["id"]), "is_always": answer["id"] not in choosable}


def _only_choosable(sections: list[dict[str, Any]]) -> list[dict[str, Any]]:
    left = [{**one, "answers": [answer for answer in one["answers"] if "name" in answer]} for one in sections]
    return [section for section in left if section["answers"]]


def _given_away(own: Own, chosen: Collection[str]) -> Iterator[tuple[str, str]]:
    """(label of a chosen answer, label of the private one that decided that it is asked, or what in it is)."""
    labels = {question["id"]: question["label"] for question in questions(own.schema)}
    deciding = _deciding(own.schema)
    for one in given_ids(own.schema, standing_answers(own.body)):
        if one in chosen:
            yield from (
                (labels[one], labels[other]) for other in deciding[one] if other in labels and other not in chosen
            )


def _deciding(schema: Schema) -> dict[str, list[str]]:
    """By question id, the earlier questions whose answers decide whether it is asked and which rows it has.

    Also those that decide whether these are asked: an answer that is told tells of all of them.
    """
    found: dict[str, list[str]] = {}
    for section in schema["sections"]:
        for question in section["questions"]:
            terms = [*terms_of(section["visible_if"]), *terms_of(question["visible_if"])]
            links = [question["settings"][name] for name in registry.get(question["type"]).links]
            direct = [*(term["question"] for term in terms), *(one for one in links if one)]
            before = [earlier for one in direct for earlier in found.get(one, ())]
            found[question["id"]] = list(dict.fromkeys([*direct, *before, *found.get(question["parent"], ())]))
    return found
