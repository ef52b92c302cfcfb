"""The sheet that the parties write together: the agreement, or a follow-up, as one of them sees it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from mus_workflow.documents.agreement import unfinished_items
from mus_workflow.documents.merge import Conflict, empty_body, plain_answers
from mus_workflow.formbuilder.completeness import missing
from mus_workflow.formbuilder.conditions import visible_ids
from mus_workflow.formbuilder.fields import Asked, field_name, partial_clean, posted_answers
from mus_workflow.formbuilder.parts import assembled, key_of, parts_of
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.rendering import OtherSide, render_form
from mus_workflow.formbuilder.schema import questions
from mus_workflow.formbuilder.shapes import Question, Schema
from mus_workflow.forms.agreement import ItemForm, as_typed, fingerprint, hex_of, note_problem, posted_items
from mus_workflow.models import Draft, DraftKind, Erased, Role, moves_to, open_sealed, schema_of
from mus_workflow.policies.preparations import can_open_draft
from mus_workflow.policies.verdict import Refused

from .changed_form import changed_boxes, no_longer_asked_html
from .disputes import Dispute, boxes_at, dispute_links, dispute_of, time_in_words
from .framing import form_for, sheet_form_for, whole_form_for
from .late_reading import record_late_reading
from .loading import Seat
from .placed import AGREED_ITEMS, component, place_of
from .turning import Course, Links
from .writers import last_writer, names_in

ITEM_TEXTS = frozenset({"what", "support", "measure"})
# An agreement that was presented once keeps its questions.
MAY_MOVE = {DraftKind.AGREEMENT: Q(dialogue__agreement__presentations=None)}


@dataclass(frozen=True)
class Sheet:
    """A shared draft, opened. ``schema`` holds the questions that are the viewer's to answer."""

    seat: Seat
    draft: Draft
    body: dict[str, Any]

    @cached_property
    def schema(self) -> Schema:
        return form_for(self.draft.form_version, self.seat)[1]

    @cached_property
    def drawn(self) -> Schema:
        """The whole form as the viewer meets it: the other side's questions in their place, marked `theirs`."""
        return sheet_form_for(self.draft.form_version, self.seat)

    @cached_property
    def answers(self) -> dict[str, Any]:
        return plain_answers(self.body)

    @cached_property
    def mine(self) -> Asked:
        """What is the viewer's to answer."""
        return Asked(self.schema)

    @property
    def items(self) -> list[tuple[str, Mapping[str, Any]]]:
        """(id, item) in the list's order, removed ones too."""
        return sorted(self.body["items"].items(), key=lambda pair: (pair[1].get("position", 0), pair[0]))


@dataclass
class Row:
    """One item in the form."""

    form: ItemForm
    number: int | str
    is_removed: bool = False
    disputes: dict[str, Dispute] = field(default_factory=dict)

    @property
    def fields(self) -> list[tuple[Any, Dispute | None]]:
        """(bound field, conflict) for each control but the tick that removes the row."""
        return [(bound, self.disputes.get(bound.name)) for bound in self.form if bound.name != "removed"]


def draft_of(seat: Seat, kind: DraftKind) -> Draft | None:
    """The parties' draft of this kind with its dialogue and agreement, one query; None before there is one."""
    found = (
        Draft.objects.filter(dialogue=seat.dialogue, kind=kind, participant=None)
        .annotate(moves_to=moves_to(MAY_MOVE.get(kind, Q(pk__isnull=False))))
        .select_related("form_version", "dialogue__agreement")
        .defer("form_version__schema", "dialogue__agreement__document", "dialogue__agreement__change_note")
        .first()
    )
    return found if found and can_open_draft(participant=seat.participant, draft=found) else None


def sheet_of(seat: Seat, draft: Draft, body: Mapping[str, Any] | None = None) -> Sheet:
    """The draft as a sheet; ``body`` where the caller has opened it already. Raises Refused for an erased text.

    That somebody who came later reads it is recorded first.
    """
    try:
        opened = body if body is not None else open_sealed(draft.envelope)
    except Erased as erased:
        raise Refused(_("The text has been erased, so nothing can be written in it.")) from erased
    record_late_reading(seat, opened or {})
    return Sheet(seat, draft, {**empty_body(), **(opened or {})})


def sheet_context(
    sheet: Sheet,
    *,
    names: Mapping[str, str],
    posted: QueryDict | None = None,
    disputes: Mapping[str, Dispute] | None = None,
    is_stale: bool = False,
    new_item: str = "",
    part: Any = "",
    more_left: Links = (),
    wanted: Links = (),
    placed: Mapping[str, SafeString] | None = None,
    who: SafeString | str = "",
) -> dict[str, Any]:
    """What ``components/agreement_form.html`` shows.

    ``names`` are the participants' by id. ``posted`` is what was typed and is shown again. ``is_stale``: it was typed
    on an earlier page, whose version counts. ``part`` is the page of the form that was asked for. ``more_left`` is what
    the screen adds to what is left; ``wanted``, what was missing when the person asked to go on. ``placed`` is HTML for
    the places in the form, by question id; ``who`` says beside each answer who can read it.
    """
    found = disputes or {}
    answers, errors = _shown_answers(sheet, posted)
    errors |= _lacking(sheet, wanted)
    rows = _rows(sheet, posted, found, new_item)
    links = list(wanted) or _error_links(errors, rows, found) + _note_error(posted)
    course = course_of(sheet, answers)
    # A page that was given back shows all of the form, so that what must be put right is in sight.
    now = 0 if posted is not None or wanted else course.at(course.count if new_item else part)
    listed = {**_listed(rows), "who": who}
    items_in_place = _items_in_place(sheet, listed)
    extras = _extras(sheet, found, {**(placed or {}), **items_in_place}, who)
    return {
        **listed,
        "items_in_place": bool(items_in_place),
        **_known(sheet, posted if is_stale else None),
        "form_id": sheet.draft.form_version_id,
        "is_parked": is_stale,
        "saved_at": sheet.draft.saved_at,
        "last_writer": last_writer(sheet.body, sheet.seat, names),
        "questions": _questions(sheet, answers, errors, extras, names, part=now),
        "no_longer_asked": _no_longer_asked(sheet),
        "contents": course.contents(),
        "left": course.left_html(more_left, is_sheet=True),
        "bar": course.bar(now),
        "errors": links,
        "note_error": note_problem(posted),
        "change_note": (posted or {}).get("change_note", sheet.body["change_note"]),
    }


def _known(sheet: Sheet, earlier: QueryDict | None) -> dict[str, Any]:
    """What the person has seen: of an earlier page, its own word for it counts."""
    keep = earlier or {}
    return {
        "version": keep.get("version", sheet.draft.version),
        "seen": keep.get("seen", json.dumps(seen(sheet))),
    }


def _listed(rows: Sequence[Row]) -> dict[str, Any]:
    return {
        "rows": [row for row in rows if not row.is_removed],
        "removed_rows": [row for row in rows if row.is_removed],
        "blank_row": Row(ItemForm("__id__"), ""),
    }


def _items_in_place(sheet: Sheet, listed: Mapping[str, Any]) -> dict[str, SafeString]:
    """The items, to write, in the place that the form has for them."""
    place = place_of(sheet.schema, AGREED_ITEMS) if sheet.draft.kind == DraftKind.AGREEMENT else ""
    return {place: component("items_editor", listed)} if place else {}


def seen(sheet: Sheet) -> dict[str, str]:
    """A short mark of what each control holds as the page is made, by its name."""
    controls = sheet.mine.controls(sheet.answers)
    marks = {field_name(key): fingerprint(as_typed(one, sheet.answers.get(key))) for key, one in controls}
    for item_id, item in sheet.items:
        form = ItemForm(hex_of(item_id))
        for name in form.fields:
            marks[form.add_prefix(name)] = fingerprint(item_control(item, name))
    return marks


def item_control(item: Mapping[str, Any], name: str) -> str:
    """What the control of an item's field holds."""
    value = item["fields"].get(name, "")
    return ("on" if value else "") if name == "removed" else str(value)


def their_words(sheet: Sheet) -> dict[str, str | None]:
    """The answers in words to the questions that only the other side answers, by id; None where it is not asked now."""
    answers = assembled(sheet.drawn, sheet.answers)
    visible = visible_ids(sheet.drawn, answers)
    return {
        question["id"]: _said(question, answers) if question["id"] in visible else None
        for question in questions(sheet.drawn)
        if question.get("theirs")
    }


def _said(question: Question, answers: Mapping[str, Any]) -> str:
    words = registry.get(question["type"]).text(question, answers.get(question["id"]))
    return words or _("Nothing is written here yet.")


def left_in(sheet: Sheet) -> list[tuple[str, str]]:
    """(name of the control, sentence) for everything that must be written before the sheet can be recorded."""
    whole = whole_form_for(sheet.draft.form_version, sheet.seat)
    found = []
    for one in missing(whole, assembled(whole, sheet.answers)):
        if one.question["id"] in sheet.mine.questions:
            found.append((field_name(one.key), one.sentence))
        else:
            side = Role(one.question["audience"]).label
            place = f"{field_name(one.question['id'])}_theirs"
            found.append((place, _("%(side)s: %(sentence)s") % {"side": side, "sentence": one.sentence}))
    return [*found, *_left_of_items(sheet)]


def _left_of_items(sheet: Sheet) -> list[tuple[str, str]]:
    lacking = unfinished_items(sheet.body) if sheet.draft.kind == DraftKind.AGREEMENT else []
    return [(ItemForm(hex_of(one.id)).add_prefix(one.fields[0]), one.sentence) for one in lacking]


def course_of(sheet: Sheet, answers: Mapping[str, Any] | None = None) -> Course:
    """The sheet's pages and progress. Agreed items without a place in the form have a page of their own after it."""
    more = int(sheet.draft.kind == DraftKind.AGREEMENT and not place_of(sheet.schema, AGREED_ITEMS))
    return Course(sheet.drawn, sheet.schema, sheet.answers if answers is None else answers, left_in(sheet), more)


def read_only_cells(sheet: Sheet) -> dict[str, str]:
    """The cells of the viewer's own questions that only the other side writes in: words by name of the place."""
    return {
        field_name(key_of(question_id, part)): words
        for question_id, parts in parts_of(sheet.answers).items()
        if (question := sheet.mine.questions.get(question_id))
        for part, words in registry.get(question["type"]).read_only(question, parts).items()
    }


def disputes_of(sheet: Sheet, conflicts: Sequence[Conflict]) -> dict[str, Dispute]:
    """Conflicts in words, by the name of the control."""
    names = names_in(sheet.seat) if conflicts else {}
    return {dispute.name: dispute for dispute in (_dispute(sheet, one, names) for one in conflicts)}


def _dispute(sheet: Sheet, conflict: Conflict, names: Mapping[str, str]) -> Dispute:
    mine = conflict.by == str(sheet.seat.participant.pk)
    by = _("you, in another window") if mine else names.get(conflict.by, _("the other party"))
    key, _dot, name = conflict.key.partition(".")
    if not name:
        return dispute_of(conflict, sheet.mine.at(key), by=by)
    form = ItemForm(hex_of(key), initial={name: conflict.theirs})
    control = form[name]
    words = dict(getattr(control.field, "choices", ())).get(conflict.theirs, conflict.theirs)
    if name == "removed":
        words = _("The item is removed.") if conflict.theirs else _("The item stays.")
    at, can_join = time_in_words(conflict.at), name in ITEM_TEXTS
    return Dispute(control.html_name, str(control.label), str(words), by, at, can_join)


def _shown_answers(sheet: Sheet, posted: QueryDict | None) -> tuple[dict[str, Any], dict[str, list[str]]]:
    if posted is None:
        return sheet.answers, {}
    raw = posted_answers(sheet.schema, posted)
    values, errors = partial_clean(sheet.schema, raw)
    return {**sheet.answers, **values, **{key: raw[key] for key in errors}}, errors


def _lacking(sheet: Sheet, wanted: Links) -> dict[str, list[str]]:
    """What is wanted at one's own controls, by key, to say it there too."""
    named = dict(wanted)
    keys = [key for key, _question in sheet.mine.controls(sheet.answers)] if named else []
    return {key: [named[field_name(key)]] for key in keys if field_name(key) in named}


def _questions(
    sheet: Sheet,
    answers: Mapping[str, Any],
    errors: Mapping[str, list[str]],
    extras: Mapping[str, SafeString],
    names: Mapping[str, str],
    *,
    part: int,
) -> SafeString:
    version = sheet.draft.form_version
    others = [name for key, name in names.items() if key != str(sheet.seat.participant.pk)]
    words = {key: text or "" for key, text in their_words(sheet).items()}
    other = OtherSide(get_text_list(others, _("and")) or str(_("The other party")), words)
    key = form_for(version, sheet.seat)[0]
    return render_form(key, lambda: schema_of(version.pk), answers, errors, extras, part=part, other=other)


def _extras(
    sheet: Sheet, disputes: Mapping[str, Dispute], placed: Mapping[str, SafeString], who: SafeString | str
) -> dict[str, SafeString]:
    changed = changed_boxes(sheet.body, sheet.schema, sheet.seat.participant.role)
    boxes = {
        one: SafeString("".join([changed.get(one, ""), boxes_at(disputes, one) if disputes else "", who]))
        for one in (sheet.mine.questions if disputes or changed or who else ())
    }
    return {**placed, **boxes}


def _no_longer_asked(sheet: Sheet) -> SafeString | str:
    if not sheet.body.get("gone"):
        return ""
    whole = whole_form_for(sheet.draft.form_version, sheet.seat)
    return no_longer_asked_html(sheet.body, whole, None, is_shared=True)


def _rows(sheet: Sheet, posted: QueryDict | None, disputes: Mapping[str, Dispute], new_item: str) -> list[Row]:
    stored = {hex_of(item_id): item for item_id, item in sheet.items}
    sent = posted_items(posted) if posted is not None else []
    rows: list[Row] = []
    for key in dict.fromkeys([*stored, *sent, *([new_item] if new_item else [])]):
        form = ItemForm(key, data=posted) if key in sent else ItemForm(key, initial=_initial(stored.get(key)))
        if key in sent:
            mark_unfinished(form)
        mine = {name: disputes[control] for name in form.fields if (control := form.add_prefix(name)) in disputes}
        is_removed = key not in sent and bool(stored.get(key, {}).get("removed"))
        rows.append(Row(form, sum(not row.is_removed for row in rows) + 1, is_removed, mine))
    return rows


def mark_unfinished(form: ItemForm) -> bool:
    """Say at the item itself that it lacks what was agreed; whether it does."""
    if form.is_blank() or not form.said_without_what():
        return False
    form.add_error("what", _("Say what you have agreed, or remove the item."))
    return True


def _note_error(posted: QueryDict | None) -> list[tuple[str, str]]:
    return [("change_note", problem)] if (problem := note_problem(posted)) else []


def _initial(item: Mapping[str, Any] | None) -> dict[str, Any]:
    return dict(item["fields"]) if item else {}


def _error_links(
    errors: Mapping[str, list[str]], rows: Sequence[Row], disputes: Mapping[str, Dispute]
) -> list[tuple[str, str]]:
    links = [(field_name(key), message) for key, messages in errors.items() for message in messages]
    for row in rows:
        links += [
            (row.form.add_prefix(name), _("Item %(number)s: %(error)s") % {"number": row.number, "error": message})
            for name, messages in row.form.errors.items()
            for message in messages
        ]
    return links + dispute_links(disputes)
