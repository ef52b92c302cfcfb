"""What the talk shows: what each side shares, what was agreed last time, and the agreement being written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from mus_workflow.actions.record_reading import record_reading
from mus_workflow.actions.write_revision import carried_items
from mus_workflow.forms.agreement import OutcomeForm, hex_of
from mus_workflow.models import (
    AgreementItem,
    Dialogue,
    Draft,
    Erased,
    ReadingPurpose,
    Role,
    SharedPreparation,
    open_each,
    open_sealed,
)
from mus_workflow.policies.agreements import can_write_agreement
from mus_workflow.policies.dialogues import can_break_off, can_hold_talk
from mus_workflow.policies.items import can_record_outcome
from mus_workflow.policies.preparations import SHOWS_SHARED, shared_with
from mus_workflow.policies.readers import Place
from mus_workflow.stages import BEFORE_TALK, CAN_PREPARE

from .framing import page_frame
from .loading import Seat
from .who_reads import who_of_record, who_of_shared


@dataclass(frozen=True)
class Carried:
    """An item of an earlier dialogue that this talk must settle, with its words, comments and form."""

    item: AgreementItem
    words: dict[str, str]
    comments: dict[str, str]
    progress_note: str
    form: OutcomeForm

    @property
    def remarks(self) -> list[tuple[str, str]]:
        """(side, comment) of those who have commented."""
        return [(Role(role).label, comment) for role, comment in sorted(self.comments.items()) if comment]


@dataclass
class Side:
    """One participant's column."""

    name: str
    is_viewer: bool
    is_shared: bool = False
    erased: str = ""
    who: SafeString | str = ""
    document: dict[str, Any] = field(default_factory=lambda: {"sections": []})


def opened(envelopes: Sequence[bytes | None]) -> list[Any]:
    """The values in the envelopes with one query; an Erased in the place of one whose key was destroyed."""
    try:
        return open_each(envelopes)
    except Erased:
        return [_one(envelope) for envelope in envelopes]


def _one(envelope: bytes | None) -> Any:
    try:
        return open_sealed(envelope)
    except Erased as erased:
        return erased


@dataclass(frozen=True)
class Table:
    """All that lies on the table in the talk, opened together.

    ``former``: what is still shared by people who have left the dialogue.
    """

    frame: dict[str, Any]
    sides: list[Side]
    former: list[Side]
    carried: list[Carried]
    body: Any


def table_of(request: HttpRequest, seat: Seat, draft: Draft | None, posted: QueryDict | None = None) -> Table:
    """Record the reading, then open what is shared, the draft and last time's items, with one query for the keys."""
    frame = page_frame(request, seat)
    copies = _copies(request, seat)
    items = _items_to_settle(request, seat)
    envelopes = [copy.document for copy in copies] + [draft.envelope if draft else None]
    found = opened([*envelopes, *_texts(items)])
    count = len(copies)
    authors = [copy.preparation.participant for copy in copies]
    documents = dict(zip((author.pk for author in authors), found[:count], strict=True))
    sides = [_side(seat, participant, documents) for participant in frame["participants"]]
    former = [_side(seat, author, documents) for author in authors if author.left_at]
    for side in sides:
        side.who = who_of_shared(frame) if side.is_viewer and side.is_shared else ""
    return Table(frame, sides, former, _with_words(seat, items, found[count + 1 :], posted), found[count])


def carried_to(request: HttpRequest, seat: Seat, posted: QueryDict | None = None) -> list[Carried]:
    """Last time's items by themselves. The reading is recorded first where the viewer came after them."""
    items = _items_to_settle(request, seat)
    return _with_words(seat, items, opened(_texts(items)), posted)


def unsettled_in(carried: Sequence[Carried]) -> list[tuple[str, str]]:
    """(name of the control, sentence) for each of last time's items that has no outcome yet."""
    words = _("“%(what)s” from last time has no outcome yet.")
    return [
        (one.form.add_prefix("outcome"), words % {"what": Truncator(one.words.get("what", "–")).chars(80)})
        for one in carried
        if not one.item.outcome
    ]


def talk_context(table: Table, seat: Seat, draft: Draft | None) -> dict[str, Any]:
    """The context of the talk's page around the form."""
    dialogue, participant = seat.dialogue, seat.participant
    return {
        **table.frame,
        "sides": table.sides,
        "sections": side_by_side(table.sides),
        "former": table.former,
        "carried": table.carried,
        "who_items": who_of_record(table.frame, Place.ITEMS) if table.carried else "",
        "unsettled": sum(not one.item.outcome for one in table.carried),
        "shows_shared": dialogue.stage in SHOWS_SHARED,
        "is_before_talk": dialogue.stage in BEFORE_TALK,
        "hold": can_hold_talk(participant=participant, dialogue=dialogue),
        "write": can_write_agreement(
            participant=participant, dialogue=draft.dialogue if draft else dialogue, draft=draft
        ),
        "break_off": can_break_off(participant=participant, dialogue=dialogue),
        "settle": can_record_outcome(participant=participant, dialogue=dialogue),
    }


def side_by_side(sides: Sequence[Side]) -> list[dict[str, Any]]:
    """Sections that both sides have, question beside question; then, in one last block, what only one side has.

    Sections are the same by id, where both sides wrote in one form, or else by heading. A section is {heading, pairs,
    columns}: pairs of answers to the same question, then each side's other answers as [(side, [{heading, answers}])].
    """
    rows = [[section, *(_same(section, side) for side in sides[1:])] for section in sides[0].document["sections"]]
    common = [row for row in rows if None not in row]
    sections = [_common_section(sides, row) for row in common]
    left = [
        [one for one in side.document["sections"] if not any(one is row[number] for row in common)]
        for number, side in enumerate(sides)
    ]
    if any(left):
        sections.append({"heading": "", "pairs": [], "columns": list(zip(sides, left, strict=True))})
    return sections


def _same(section: Mapping[str, Any], side: Side) -> Mapping[str, Any] | None:
    """The side's section that is the same as this one."""
    for name in ("id", "heading"):
        found = [one for one in side.document["sections"] if one.get(name, "-") == section.get(name)]
        if found:
            return found[0]
    return None


def _common_section(sides: Sequence[Side], row: Sequence[Any]) -> dict[str, Any]:
    found = [{answer["id"]: answer for answer in section["answers"]} for section in row]
    both = [key for key in found[0] if all(key in answers for answers in found)]
    pairs = [
        {"label": _own(sides, found)[key]["label"], "cells": [(side, one[key]) for side, one in _beside(sides, found)]}
        for key in both
    ]
    rest = [[answer for key, answer in answers.items() if key not in both] for answers in found]
    columns = [
        (side, [{"heading": "", "answers": answers}] if answers else [])
        for side, answers in zip(sides, rest, strict=True)
    ]
    return {"heading": _own(sides, row)["heading"], "pairs": pairs, "columns": columns if any(rest) else []}


def _beside(sides: Sequence[Side], found: Sequence[Any]) -> list[tuple[Side, Any]]:
    return list(zip(sides, found, strict=True))


def _own(sides: Sequence[Side], found: Sequence[Any]) -> Any:
    """The viewer's own among what the sides have: the wording that was put to them."""
    return next((one for side, one in _beside(sides, found) if side.is_viewer), found[0])


def _copies(request: HttpRequest, seat: Seat) -> list[SharedPreparation]:
    copies = list(shared_with(seat.participant, stage=seat.dialogue.stage).select_related("preparation__participant"))
    if any(copy.preparation.participant_id != seat.participant.pk for copy in copies):
        _record(request, seat, seat.dialogue, ReadingPurpose.TALK)
    return copies


def _items_to_settle(request: HttpRequest, seat: Seat) -> list[AgreementItem]:
    if seat.dialogue.stage not in CAN_PREPARE:
        return []
    items = carried_items(seat.dialogue)
    record_succession(request, seat, {item.agreement_id for item in items})
    return items


def record_succession(request: HttpRequest, seat: Seat, agreements: Iterable[Any]) -> None:
    """Record that a manager reads from agreements that were made before they came."""
    if seat.participant.role == Role.EMPLOYEE or not agreements:
        return
    # Whoever took a dialogue over takes part in it too; only a party has signed its agreement.
    signed = Dialogue.objects.filter(agreement__signatures__participant__user=request.user)
    earlier = Dialogue.objects.filter(agreement__in=list(agreements)).exclude(pk__in=signed.values("pk"))
    for dialogue in earlier:
        _record(request, seat, dialogue, ReadingPurpose.SUCCESSION)


def _record(request: HttpRequest, seat: Seat, dialogue: Dialogue, purpose: ReadingPurpose) -> None:
    reader, role = request.user, seat.participant.role
    record_reading(dialogue=dialogue, reader=reader, role=role, purpose=purpose, at=timezone.now())


def _side(seat: Seat, participant: Any, documents: dict[Any, Any]) -> Side:
    side = Side(participant.name, participant.pk == seat.participant.pk, participant.pk in documents)
    document = documents.get(participant.pk)
    if isinstance(document, Erased):
        side.erased = document.rule
    elif document is not None:
        side.document = document
    return side


def _texts(items: Sequence[AgreementItem]) -> list[bytes | None]:
    return [envelope for item in items for envelope in (item.text, item.outcome_note, item.progress_note)]


def _with_words(
    seat: Seat, items: Sequence[AgreementItem], found: Sequence[Any], posted: QueryDict | None
) -> list[Carried]:
    return [_carried(seat, item, found[3 * n : 3 * n + 3], posted) for n, item in enumerate(items)]


def _carried(seat: Seat, item: AgreementItem, found: Sequence[Any], posted: QueryDict | None) -> Carried:
    words, comments, note = (None if isinstance(one, Erased) else one for one in found)
    return Carried(item, words or {}, comments or {}, note or "", outcome_form(seat, item, comments or {}, posted))


def outcome_form(seat: Seat, item: AgreementItem, comments: dict[str, str], posted: QueryDict | None) -> OutcomeForm:
    """The form that settles an item, as it stands for the viewer's side or as it was sent."""
    hexadecimal = hex_of(str(item.pk))
    initial = {"outcome": item.outcome, "comment": comments.get(seat.participant.role, "")}
    sent = OutcomeForm(hexadecimal, data=posted, initial=initial)
    if sent.is_bound and not sent.is_untouched():
        return sent
    return OutcomeForm(hexadecimal, initial=initial)
