"""Saving what was typed into a sheet: the whole form at once, a little at a time, and what the other has saved."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, JsonResponse, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from mus_workflow.actions.save_draft import Saved, save_agreement_draft, save_follow_up_draft
from mus_workflow.documents.merge import Typed
from mus_workflow.formbuilder.fields import Asked, UnknownQuestion, field_name, partial_clean, posted_answers
from mus_workflow.forms.agreement import (
    ItemForm,
    as_typed,
    clean_item,
    fingerprint,
    id_of,
    marks_in,
    note_problem,
    posted_items,
)
from mus_workflow.models import Draft, DraftKind
from mus_workflow.policies.verdict import Refused

from .autosaving import BadSave, Sent, bad_save, clock, number_in, read_sent
from .changed_form import as_the_page_had_it, posted_confirmed
from .disputes import Dispute, kept_answer, time_in_words
from .files import take_files
from .loading import Seat
from .writers import last_writer, names_in
from .writing import (
    Sheet,
    course_of,
    disputes_of,
    draft_of,
    item_control,
    mark_unfinished,
    read_only_cells,
    sheet_of,
    their_words,
)

SAVES: dict[str, Callable[..., Saved]] = {
    DraftKind.AGREEMENT: save_agreement_draft,
    DraftKind.FOLLOW_UP: save_follow_up_draft,
}


@dataclass
class Post:
    """A whole form that was sent, and what became of it."""

    typed: Typed
    has_errors: bool = False
    disputes: dict[str, Dispute] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None

    @property
    def is_saved(self) -> bool:
        """Whether all that was typed is saved."""
        return not self.has_errors and not self.disputes


def save_post(request: HttpRequest, sheet: Sheet) -> Post:
    """Save a whole form. What is wrong or disputed is left out of the draft, for the page to show again."""
    post = _read(request.POST, sheet)
    typed = post.typed
    if typed.answers or typed.items or typed.confirmed or typed.change_note is not None:
        saved = _save(request, sheet.seat, sheet.draft, post.typed, sheet.mine)
        post.disputes, post.body = disputes_of(sheet, saved.conflicts), saved.body
    take_files(request, sheet.seat, DraftKind(sheet.draft.kind), sheet.mine, form=sheet.draft.form_version_id)
    return post


def sheet_after(sheet: Sheet, post: Post) -> Sheet:
    """The sheet as it is now that the form is saved."""
    return sheet if post.body is None else sheet_of(sheet.seat, sheet.draft, post.body)


def _read(data: QueryDict, sheet: Sheet) -> Post:
    seen = marks_in(data.get("seen", ""))
    raw = {
        key: value
        for key, value in posted_answers(sheet.schema, data).items()
        if fingerprint(value) != seen.get(field_name(key), "")
    }
    kept = {key: one for key, value in raw.items() if (one := _kept(data, sheet, key, value)) is not None}
    values, errors = partial_clean(sheet.schema, kept)
    items, wrong = _read_items(data, sheet, seen)
    note = data.get("change_note", "").strip()
    # Only a change has a reason; an auditor may read it, and it stands in the history for ever.
    is_unfit = bool(note_problem(data))
    is_new_reason = bool(note) and not is_unfit and sheet.body["change_note"] not in ("", note)
    typed = Typed(
        request=str(uuid.uuid4()),
        base=number_in(data.get("version")),
        answers=values,
        items=items,
        confirmed=posted_confirmed(sheet.schema, data),
        form=sheet.draft.form_version_id,
        change_note=note if is_new_reason else None,
    )
    return Post(typed, has_errors=bool(errors) or wrong or is_unfit)


def _kept(data: QueryDict, sheet: Sheet, key: str, mine: Any) -> Any:
    """The answer that the person chose to keep; None where theirs stands."""
    return kept_answer(data, key, sheet.mine.at(key), mine=mine, theirs=sheet.answers.get(key))


def _read_items(data: QueryDict, sheet: Sheet, seen: Mapping[str, str]) -> tuple[dict[str, dict[str, Any]], bool]:
    items, wrong = {}, False
    for key in posted_items(data):
        form = ItemForm(key, data=data)
        values = {
            name: value
            for name, value in form.typed().items()
            if fingerprint(data.get(form.add_prefix(name), "")) != seen.get(form.add_prefix(name), fingerprint(""))
        }
        stored = sheet.body["items"].get(id_of(key), {"fields": {}})
        kept = _kept_fields(data, form, stored, values)
        if kept:
            items[id_of(key)] = kept
        wrong = wrong or mark_unfinished(form) or not form.is_valid()
    return items, wrong


def _kept_fields(
    data: QueryDict, form: ItemForm, stored: Mapping[str, Any], values: Mapping[str, Any]
) -> dict[str, Any]:
    kept = {}
    for name, value in values.items():
        choice = data.get(f"keep_{form.add_prefix(name)}", "mine")
        theirs = item_control(stored, name)
        if choice == "both" and theirs:
            kept[name] = f"{value}\n\n{theirs}"
        elif choice != "theirs":
            kept[name] = value
    return kept


def autosave(request: HttpRequest, seat: Seat, kind: DraftKind) -> JsonResponse:
    """Save what a script sends while the person types; 409 with both texts where another wrote in the same place."""
    draft = draft_of(seat, kind)
    if draft is None:
        raise Refused(_("There is no draft of yours to save in."))
    try:
        sent = read_sent(request)
        sheet = Sheet(seat, as_the_page_had_it(draft, sent.form), {})
        typed, errors = _from_script(sent, _items_sent(request), sheet)
    except (BadSave, UnknownQuestion):
        return bad_save()
    if not typed.answers and not typed.items and not typed.confirmed:
        return JsonResponse({"version": draft.version, "saved_at": clock(draft.saved_at), "errors": errors})
    saved = _save(request, seat, draft, typed, sheet.mine)
    now = sheet_of(seat, sheet.draft, saved.body)
    if not saved.conflicts:
        told = course_of(now).told()
        return JsonResponse({"version": saved.version, "saved_at": clock(saved.at), "errors": errors, **told})
    return _disagreed(now, typed, saved)


def _items_sent(request: HttpRequest) -> dict[str, dict[str, Any]]:
    items = json.loads(request.body).get("items", {})
    if not isinstance(items, dict) or not all(isinstance(fields, dict) for fields in items.values()):
        raise BadSave
    return items


def _from_script(sent: Sent, rows: Mapping[str, Mapping[str, Any]], sheet: Sheet) -> tuple[Typed, dict[str, list[str]]]:
    values, errors = partial_clean(sheet.schema, sent.answers)
    items = {}
    for key, fields in rows.items():
        items[key], wrong = clean_item(fields)
        if wrong:
            errors[key] = wrong
    items = {key: fields for key, fields in items.items() if fields}
    if not set(sent.confirmed) <= set(sheet.mine.questions):
        raise BadSave
    form = sheet.draft.form_version_id
    return (
        Typed(request=sent.request, base=sent.base, answers=values, items=items, confirmed=sent.confirmed, form=form),
        errors,
    )


def _disagreed(sheet: Sheet, typed: Typed, saved: Saved) -> JsonResponse:
    seat, names = sheet.seat, names_in(sheet.seat)
    places: dict[str, dict[str, Any]] = {}
    for conflict in saved.conflicts:
        place, _dot, name = conflict.key.partition(".")
        theirs = item_as_typed(sheet, place) if name else as_typed(sheet.mine.at(place), conflict.theirs)
        mine = conflict.by == str(seat.participant.pk)
        by = _("you, in another window") if mine else names.get(conflict.by, "")
        places.setdefault(place, {"id": place, "theirs": theirs, "by": by, "at": time_in_words(conflict.at)})
    done = [key for key in (*typed.answers, *typed.items) if key not in places]
    answer = {"version": saved.version, "saved": done, "conflicts": list(places.values())}
    return JsonResponse({**answer, **course_of(sheet).told(), "saved_at": clock(saved.at)}, status=409)


def changes(seat: Seat, kind: DraftKind, *, since: int) -> dict[str, Any]:
    """What was saved after a version, as poll.js takes it: one's own questions, the items, the other side's words."""
    sheet = _reopened(seat, kind)
    entries = sheet.body["answers"]
    answers = {
        key: as_typed(sheet.mine.at(key), entry["value"])
        for key, entry in entries.items()
        if entry["version"] > since and key in sheet.mine
    }
    items = {
        key: item_as_typed(sheet, key)
        for key, item in sheet.items
        if any(version > since for version in item.get("versions", {}).values())
    }
    regions = {field_name(key): text for key, text in their_words(sheet).items()} | read_only_cells(sheet)
    regions["last_writer"] = last_writer(sheet.body, seat, names_in(seat))
    told = course_of(sheet).told()
    return {"version": sheet.draft.version, "answers": answers, "items": items, "regions": regions, **told}


def item_as_typed(sheet: Sheet, item_id: str) -> dict[str, Any]:
    """An item's fields as the browser's form holds them."""
    fields = sheet.body["items"][item_id]["fields"]
    texts = {name: fields.get(name) or None for name in ItemForm.base_fields if name != "removed"}
    return {**texts, "removed": bool(fields.get("removed"))}


def _reopened(seat: Seat, kind: DraftKind, *, form: int | None = None) -> Sheet:
    draft = draft_of(seat, kind)
    if draft is None:
        raise Refused(_("There is no draft of yours to save in."))
    return sheet_of(seat, as_the_page_had_it(draft, form))


def _save(request: HttpRequest, seat: Seat, draft: Draft, typed: Typed, allowed: Asked) -> Saved:
    save = SAVES[draft.kind]
    return save(dialogue_id=seat.dialogue.pk, typed=typed, allowed=allowed, by=request.user, at=timezone.now())
