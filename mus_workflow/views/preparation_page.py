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
from mus_workflow.formbuilder.fields import Asked, field_name, partial_clean, posted_answers
from mus_workflow.formbuilder.paper import with_numbers
from mus_workflow.formbuilder.projection import FormKey
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.rendering import render_form
from mus_workflow.formbuilder.schema import questions
from mus_workflow.formbuilder.shapes import Json, Schema
from mus_workflow.forms.agreement import as_typed, fingerprint
from mus_workflow.models import Draft, open_each, schema_of
from mus_workflow.policies.preparations import can_prepare
from mus_workflow.policies.verdict import Verdict

from .autosaving import clock
from .disputes import Dispute, boxes_at, dispute_links, dispute_of, kept_answer
from .framing import form_for, page_frame
from .gaps import fill, fill_kept, keep
from .gate import parked_fields
from .last_time import WordedItem, open_items_of
from .loading import Seat
from .next_step import share_by
from .talk_context import record_succession
from .turning import course_alone

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
    """A person's own preparation, opened. ``schema`` is the form as this person meets it now."""

    draft: Draft
    key: FormKey
    schema: Schema
    body: Mapping[str, Any]
    items: Sequence[WordedItem]
    is_numbered: bool = False

    @property
    def answers(self) -> dict[str, Json]:
        """What the draft holds, by key."""
        return plain_answers(self.body)


def open_own(frame: Mapping[str, Any], seat: Seat, draft: Draft) -> Own:
    """Open a person's preparation, and what was agreed earlier and is open, with one query for all keys."""
    key, schema = form_for(draft.form_version, seat)
    items = open_items_of(frame["participants"], but=frame["dialogue"])
    body, *texts = open_each([draft.envelope, *[item.text for item in items]])
    worded = [WordedItem(item, words) for item, words in zip(items, texts, strict=True)]
    return Own(draft, key, schema, body or empty_body(), worded)


def preparation_context(
    request: HttpRequest, seat: Seat, draft: Draft, returned: Returned | None = None
) -> dict[str, Any]:
    """Everything the preparation page shows: the form filled in, and beside it what was agreed last time."""
    frame = page_frame(request, seat, draft)
    own = replace(open_own(frame, seat, draft), is_numbered="numbers" in request.GET)
    record_succession(request, seat, {one.item.agreement_id for one in own.items})
    returned = returned or _parked(request, own.schema) or Returned()
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
        "csrf_token": get_token(request),
        "author_token": frame["author_token"],
        "dialogue_url": frame["breadcrumbs"][-1][1],
        "autosave_url": reverse("mus_workflow:preparation_autosave", args=[frame["dialogue"].pk]),
        "share_url": reverse("mus_workflow:preparation_share", args=[frame["dialogue"].pk]),
        "errors": _component("error_summary", errors=errors) if errors else "",
        "version": version,
        "request_id": uuid.uuid4(),
        "seen": json.dumps(returned.seen or marks_of(own)),
        "form_html": _form_html(own, returned, disputes, frame["other_name"], part=now),
        "contents": course.contents(),
        "left": course.left_html(),
        **course.bar(now),
        "paper_url": reverse("mus_workflow:preparation_paper", args=[frame["dialogue"].pk]),
        "from_last_time": _component("from_last_time", items=own.items) if own.items else "",
        "saved_time": clock(own.draft.saved_at),
    }
    names = ("other_name", "title", "shared_at", "guide_url")
    says = {
        **{name: frame[name] for name in names},
        "share_by": share_by(frame),
        "stage": frame["dialogue"].stage,
        "is_saved": own.draft.saved_at is not None,
        "is_parked": returned.is_parked,
        "is_numbered": own.is_numbered,
    }
    key = (own.key, frame["dialogue"].concept_version_id, *says.values())
    return fill_kept(PAGE, key, gaps, lambda marks: {**says, **_page_context(frame, own, marks)})


def _page_context(frame: Mapping[str, Any], own: Own, marks: Mapping[str, str]) -> dict[str, Any]:
    """What follows from the form, the concept and the names: asked for once, then kept with the page."""
    my_mus, (title, _url) = frame["breadcrumbs"]
    return {
        "form_title": own.schema["title"],
        "form_intro": SafeString(own.schema["intro"]),  # cleaned when the form was frozen
        "is_paged": own.schema["layout"] != "PAGE",
        "has_contents": sum(bool(section["heading"]) for section in own.schema["sections"]) > 1,
        "breadcrumbs": [my_mus, (title, marks["dialogue_url"])],
        "stage_label": frame["stage_label"],
        "pay_text": frame["pay_text"],
        "contact_text": frame["contact_text"],
    }


def _component(name: str, **context: Any) -> SafeString:
    return render_to_string(f"mus_workflow/components/{name}.html", context)


def _form_html(
    own: Own, returned: Returned, disputes: Mapping[str, Dispute], other_name: str, *, part: int
) -> SafeString:
    sharing = {**own.body["sharing"], **returned.sharing}
    version_id = own.draft.form_version_id
    key = own.key._replace(digest=f"{own.key.digest} numbered") if own.is_numbered else own.key
    return render_form(
        key,
        lambda: with_numbers(schema_of(version_id), own.schema) if own.is_numbered else schema_of(version_id),
        {**own.answers, **returned.answers},
        errors=returned.errors,
        extras=_extras(own.schema, sharing, other_name, disputes),
        part=part,
    )


def _closed_context(own: Own, returned: Returned, verdict: Verdict) -> dict[str, Any]:
    """One's own words, to read; and what could not be saved any more, to copy."""
    language = own.schema["language"]
    return {
        "reason": verdict.reason,
        "worded": worded_sections(own.schema, own.answers, language=language),
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
    schema: Schema, sharing: Mapping[str, bool], other_name: str, disputes: Mapping[str, Dispute]
) -> dict[str, SafeString]:
    chosen = set(chosen_ids(schema, sharing))
    boxes = {}
    for question in Asked(schema).questions.values():
        is_always = question["sharing"] == "ALWAYS"
        pieces = _share_box(other_name, is_shared=question["id"] in chosen, is_always=is_always)
        box = fill(pieces, {"hex": question["id"].replace("-", ""), "question": question["label"]})
        boxes[question["id"]] = boxes_at(disputes, question["id"]) + box if disputes else box
    return boxes


def _share_box(other_name: str, *, is_shared: bool, is_always: bool) -> Sequence[str]:
    """The switch that shares an answer. Its template runs once per name and language, not once per question."""
    context = {"other": other_name, "shared": is_shared, "always": is_always}
    return keep("mus_workflow/components/share.html", (*context.values(),), ("hex", "question"), lambda marks: context)


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


def _parked(request: HttpRequest, schema: Schema) -> Returned | None:
    parked = parked_fields(request) if request.method == "GET" else None
    if parked is None:
        return None
    data = QueryDict(mutable=True)
    for name, values in parked.items():
        data.setlist(name, values)
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
    except ValueError:
        return {}
    return marks if isinstance(marks, dict) else {}


def touched(posted: Mapping[str, Json], marks: Mapping[str, str]) -> dict[str, Json]:
    """The answers that were changed on the page: what was left alone there must not overwrite a later save."""
    return {key: value for key, value in posted.items() if fingerprint(value) != marks.get(field_name(key))}
