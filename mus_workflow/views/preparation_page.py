"""The pages on which a person prepares and chooses what to share."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import HttpRequest, QueryDict
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from mus_workflow.documents.answers import worded_sections
from mus_workflow.documents.merge import Conflict, empty_body, plain_answers
from mus_workflow.documents.moves import no_longer_asked
from mus_workflow.formbuilder.fields import Asked, field_name, partial_clean, posted_answers
from mus_workflow.formbuilder.paper import with_numbers
from mus_workflow.formbuilder.projection import FormKey
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.rendering import render_form
from mus_workflow.formbuilder.schema import questions
from mus_workflow.formbuilder.shapes import Json, Schema
from mus_workflow.forms.agreement import as_typed, fingerprint
from mus_workflow.models import Draft, Erased, schema_of
from mus_workflow.policies.preparations import can_prepare
from mus_workflow.policies.verdict import Verdict

from .autosaving import clock
from .changed_form import as_read, as_the_page_had_it, changed_boxes, no_longer_asked_html
from .disputes import Dispute, boxes_at, dispute_links, dispute_of, kept_answer
from .framing import form_for, page_frame
from .gaps import fill_kept
from .gate import parked_fields
from .given import given_in
from .last_time import WordedItem, open_items_of
from .loading import Seat
from .next_step import share_by
from .placed import AGREED_ITEMS, CARRIED_ITEMS, nothing_here, place_of
from .share_switches import share_boxes
from .talk_context import opened, record_succession
from .turning import course_alone
from .who_reads import NOTHING_COPIED, Copied, copied_of, who_of_closed

PAGE = "mus_workflow/components/preparation_page.html"
VERSION = re.compile(r"\d{1,9}", re.ASCII)


@dataclass(frozen=True)
class Returned:
    """What a form brings back when it could not be taken as it was: nothing that was typed is lost."""

    answers: Mapping[str, Json] = field(default_factory=dict)
    sharing: Mapping[str, bool] = field(default_factory=dict)
    errors: Mapping[str, list[str]] = field(default_factory=dict)
    conflicts: Sequence[Conflict] = ()
    version: int | None = None
    seen: Mapping[str, str] = field(default_factory=dict)
    is_parked: bool = False
    onward: str = ""

    @property
    def is_open(self) -> bool:
        """Whether there is something to put right, wherever in the form it is."""
        return bool(self.errors or self.conflicts or self.is_parked)


@dataclass(frozen=True)
class Own:
    """A person's own preparation, opened. ``schema`` is the form as this person meets it now.

    ``erased`` is the rule by which what was written is gone; then the body is empty.
    """

    draft: Draft
    key: FormKey
    schema: Schema
    body: Mapping[str, Any]
    items: Sequence[WordedItem]
    erased: str = ""
    copied: Copied = NOTHING_COPIED
    is_numbered: bool = False

    @property
    def answers(self) -> dict[str, Json]:
        """What the draft holds, by key."""
        return plain_answers(self.body)


def open_own(frame: Mapping[str, Any], seat: Seat, draft: Draft) -> Own:
    """Open a person's preparation, and what was agreed earlier and is open, with one query for all keys."""
    key, schema = form_for(draft.form_version, seat)
    items, copied = open_items_of(frame["participants"], but=frame["dialogue"]), copied_of(frame, draft)
    copy = [copied.copy.document] if copied.copy else []
    body, *found = opened([draft.envelope, *copy, *[item.text for item in items]])
    document, texts = found[: len(copy)], found[len(copy) :]
    worded = [WordedItem(item, words) for item, words in zip(items, texts, strict=True)]
    erased = body.rule if isinstance(body, Erased) else ""
    copied = copied.opened_as(*document) if copy else copied
    return Own(draft, key, schema, empty_body() if erased or not body else body, worded, erased, copied)


def preparation_context(
    request: HttpRequest, seat: Seat, draft: Draft, returned: Returned | None = None
) -> dict[str, Any]:
    """Everything the preparation page shows: the form filled in, and beside it what was agreed last time."""
    # One token for all forms of the page, the host's too: each is masked afresh otherwise.
    frame = {**page_frame(request, seat, draft), "csrf_token": get_token(request)}
    parked = _parked_data(request)
    draft = as_the_page_had_it(draft, parked.get("form")) if parked else draft
    own = replace(open_own(frame, seat, draft), is_numbered="numbers" in request.GET)
    record_succession(request, seat, {one.item.agreement_id for one in own.items})
    returned = returned or _parked(parked, own.schema) or Returned()
    verdict = can_prepare(participant=seat.participant, stage=seat.dialogue.stage)
    context = {**frame, "form_title": own.schema["title"], "returned": returned}
    if not verdict:
        return {**context, **_closed_context(own, returned, verdict)}
    return {**context, "preparation_html": _page(request, frame, own, returned)}


def _page(request: HttpRequest, frame: Mapping[str, Any], own: Own, returned: Returned) -> SafeString:
    """The page round the form, and the form in it. What belongs to this person or this view of it goes into gaps."""
    version = own.draft.version if returned.version is None else returned.version
    disputes = disputes_in(own.schema, returned.conflicts)
    errors = _summary(returned, disputes)
    course = course_alone(own.schema, {**own.answers, **returned.answers})
    now = 0 if returned.is_open else course.at(request.GET.get("part", ""))
    gaps = {
        **{name: frame[name] for name in ("csrf_token", "author_token", "title", "other_name")},
        "dialogue_id": frame["dialogue"].pk,
        "errors": _component("error_summary", errors=errors) if errors else "",
        "erased": _component("erased", rule=own.erased, is_private=True) if own.erased else "",
        "version": version,
        "form_id": own.draft.form_version_id,
        "request_id": uuid.uuid4(),
        "seen": json.dumps(returned.seen or marks_of(own)),
        "form_html": _form_html(own, returned, disputes, frame["other_name"], _placed(request, frame, own), part=now),
        "readers": own.copied.names["readers"],
        "contents": course.contents(),
        "left": course.left_html(),
        **course.bar(now),
        "from_last_time": "" if place_of(own.schema, CARRIED_ITEMS) else _from_last_time(own),
        "no_longer_asked": no_longer_asked_html(own.body, own.schema, own.key.role, is_shared=False),
        "saved_time": clock(own.draft.saved_at),
    }
    says = {
        "shared_at": own.copied.copy and own.copied.copy.shared_at,
        "guide_url": frame["guide_url"],
        "share_by": share_by(frame),
        "stage": frame["dialogue"].stage,
        "is_saved": own.draft.saved_at is not None,
        "is_parked": returned.is_parked,
        "is_numbered": own.is_numbered,
    }
    key = (own.key, frame["dialogue"].concept_version_id, *says.values())
    return fill_kept(PAGE, key, gaps, lambda marks: {**says, **_page_context(frame, own, marks)})


def _page_context(frame: Mapping[str, Any], own: Own, marks: Mapping[str, str]) -> dict[str, Any]:
    """What follows from the form and the concept: asked for once, then kept with the page."""
    my_mus = frame["breadcrumbs"][0]
    return {
        "form_title": own.schema["title"],
        "form_intro": SafeString(own.schema["intro"]),  # cleaned when the form was frozen
        "is_paged": own.schema["layout"] != "PAGE",
        "has_contents": sum(bool(section["heading"]) for section in own.schema["sections"]) > 1,
        "breadcrumbs": [
            my_mus,
            (marks["title"], reverse("mus_workflow:dialogue_detail", args=[marks["dialogue_id"]])),
        ],
        "stage_label": frame["stage_label"],
        "pay_text": frame["pay_text"],
        "contact_text": frame["contact_text"],
    }


def _component(name: str, **context: Any) -> SafeString:
    return render_to_string(f"mus_workflow/components/{name}.html", context)


def _from_last_time(own: Own) -> SafeString | str:
    return _component("from_last_time", items=own.items) if own.items else ""


def _placed(request: HttpRequest, frame: Mapping[str, Any], own: Own) -> dict[str, SafeString]:
    """HTML for the places that the form has for lists and for what is known, by question id."""
    seat = Seat(frame["dialogue"], frame["participant"])
    placed = given_in(request, seat, frame["participants"], own.schema)
    if place := place_of(own.schema, CARRIED_ITEMS):
        listed = _component("from_last_time", items=own.items, in_place=True)
        placed[place] = listed if own.items else nothing_here(CARRIED_ITEMS)
    if place := place_of(own.schema, AGREED_ITEMS):
        placed[place] = nothing_here(AGREED_ITEMS)
    return placed


def _form_html(
    own: Own,
    returned: Returned,
    disputes: Mapping[str, Dispute],
    other_name: str,
    placed: Mapping[str, SafeString],
    *,
    part: int,
) -> SafeString:
    sharing = {**own.body["sharing"], **returned.sharing}
    version_id = own.draft.form_version_id
    key = own.key._replace(digest=f"{own.key.digest} numbered") if own.is_numbered else own.key
    return render_form(
        key,
        lambda: with_numbers(schema_of(version_id), own.schema) if own.is_numbered else schema_of(version_id),
        {**own.answers, **returned.answers},
        errors=returned.errors,
        extras={**_extras(own, sharing, other_name, disputes), **placed},
        part=part,
    )


def _closed_context(own: Own, returned: Returned, verdict: Verdict) -> dict[str, Any]:
    """One's own words, to read; and what could not be saved any more, to copy."""
    language = own.schema["language"]
    worded = [
        *worded_sections(own.schema, own.answers, language=language),
        *no_longer_asked(own.body, own.schema, lambda version: as_read(version, own.key.role), language),
    ]
    for answer in (answer for section in worded for answer in section["answers"]):
        answer["who"] = who_of_closed(own.copied, answer["id"])
    return {
        "reason": verdict.reason,
        "erased": own.erased,
        "worded": worded,
        "unsaved": worded_sections(own.schema, returned.answers, language=language),
    }


def chosen_ids(schema: Schema, sharing: Mapping[str, bool]) -> list[str]:
    """The ids of the answers that are to be shared: by the author's choice, or else as the form suggests."""
    return [
        question["id"]
        for question in questions(schema)
        if registry.get(question["type"]).asks
        and (question["sharing"] == "ALWAYS" or sharing.get(question["id"], question["sharing"] == "SHARED"))
    ]


def posted_sharing(schema: Schema, data: Mapping[str, Any]) -> dict[str, bool]:
    """The choice of each question in a whole form's POST: a switch that is off is not sent."""
    return {question_id: share_name(question_id) in data for question_id in choosable_ids(schema)}


def choosable_ids(schema: Schema) -> set[str]:
    """The ids of the questions whose author decides who reads the answer; some are always shared."""
    return {key for key, question in Asked(schema).questions.items() if question["sharing"] != "ALWAYS"}


def share_name(question_id: str) -> str:
    """The name of the switch that shares an answer."""
    return f"share_{question_id.replace('-', '')}"


def _extras(
    own: Own, sharing: Mapping[str, bool], other_name: str, disputes: Mapping[str, Dispute]
) -> dict[str, SafeString]:
    names = {"other": other_name, **own.copied.names}
    chosen = set(chosen_ids(own.schema, sharing))
    boxes = share_boxes(own.key, own.schema, chosen=chosen, copied=own.copied.ids, names=names)
    for question_id, box in changed_boxes(own.body, own.schema, own.key.role).items():
        boxes[question_id] = box + boxes[question_id]
    for question_id in boxes if disputes else ():
        boxes[question_id] = boxes_at(disputes, question_id) + boxes[question_id]
    return boxes


def disputes_in(schema: Schema, conflicts: Sequence[Conflict]) -> dict[str, Dispute]:
    """Conflicts with what the same person wrote in another window, in words, by the name of the control."""
    asked, by = Asked(schema), _("you, in another window")
    return {field_name(one.key): dispute_of(one, asked.at(one.key), by=by) for one in conflicts}


def kept_answers(own: Own, posted: Mapping[str, Json], data: Mapping[str, Any]) -> dict[str, Json]:
    """The posted answers, each of them in a dispute as its author chose to keep it."""
    asked, stored = Asked(own.schema), own.answers
    kept = {
        key: kept_answer(data, key, asked.at(key), mine=value, theirs=stored.get(key)) for key, value in posted.items()
    }
    return {key: value for key, value in kept.items() if value is not None}


def _summary(returned: Returned, disputes: Mapping[str, Dispute]) -> list[tuple[str, str]]:
    wrong = [(field_name(key), sentence) for key, sentences in returned.errors.items() for sentence in sentences]
    return wrong + dispute_links(disputes)


def _parked_data(request: HttpRequest) -> QueryDict | None:
    parked = parked_fields(request) if request.method == "GET" else None
    if parked is None:
        return None
    data = QueryDict(mutable=True)
    for name, values in parked.items():
        data.setlist(name, values)
    return data


def _parked(data: QueryDict | None, schema: Schema) -> Returned | None:
    if data is None:
        return None
    posted = posted_answers(schema, data)
    values, errors = partial_clean(schema, posted)
    return Returned(
        answers={**posted, **values},
        sharing=posted_sharing(schema, data),
        errors=errors,
        version=version_in(data),
        seen=marks_in(data),
        is_parked=True,
    )


def version_in(data: Mapping[str, Any]) -> int:
    """The version of the draft that a form was filled in from. Zero, so that nothing is overwritten, when unknown."""
    written = data.get("version", "")
    return int(written) if VERSION.fullmatch(written) else 0


def marks_of(own: Own) -> dict[str, str]:
    """A short mark of what each control holds as the page is made, by its name."""
    answers = own.answers
    return {
        field_name(key): fingerprint(as_typed(question, answers.get(key)))
        for key, question in Asked(own.schema).controls(answers)
    }


def marks_in(data: Mapping[str, Any]) -> dict[str, str]:
    """The marks that a posted form carries; none where they cannot be read."""
    try:
        marks = json.loads(data.get("seen", ""))
    except (ValueError, RecursionError):
        return {}
    return marks if isinstance(marks, dict) else {}


def touched(posted: Mapping[str, Json], marks: Mapping[str, str]) -> dict[str, Json]:
    """The answers that were changed on the page: what was left alone there must not overwrite a later save."""
    return {key: value for key, value in posted.items() if fingerprint(value) != marks.get(field_name(key))}
