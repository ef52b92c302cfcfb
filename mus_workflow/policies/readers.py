"""Who can read a text now: the guards that stand before its pages, asked for one person after another.

Nothing here says who may read what. It is the rows that `readable_by` and `present` give, `can_open_draft`, and
`opened_events` that say it, here as where the text is loaded.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, QuerySet, Subquery

from mus_workflow.models import Dialogue, Draft, Event, Grant, Participant, SharedPreparation
from mus_workflow.models.kept_query import KeptQuery, Slot

from .evidence import opened_events
from .preparations import SHOWS_SHARED, can_open_draft


class Place(Enum):
    """Where a text stands."""

    PREPARATION = auto()  # as its author types it
    COPY = auto()  # what its author has shared of it
    SHEET = auto()  # an agreement or a follow-up, as all of them type it together
    AGREEMENT = auto()  # recorded, as a revision
    ITEMS = auto()  # an agreed item with the notes on it
    FOLLOW_UP = auto()  # recorded


@dataclass(frozen=True)
class Readers:
    """Those who can read a text now; nobody else can. ``grants`` are auditors', and say until when."""

    people: tuple[Participant, ...]
    grants: tuple[Grant, ...] = ()

    def but(self, viewer: Participant) -> list[Participant]:
        """The people besides the one who asks."""
        return [one for one in self.people if one.pk != viewer.pk]

    @property
    def until(self) -> datetime | None:
        """When the last auditor's permission ends; None where there is none."""
        return max((grant.expires_at for grant in self.grants if grant.expires_at), default=None)


# The event whose words are these: an auditor reads what their grant opens.
AUDITED = {
    Place.AGREEMENT: Event.PRESENTED,
    Place.ITEMS: Event.PROGRESS_RECORDED,
    Place.FOLLOW_UP: Event.FOLLOWED_UP,
}


def parties_seen_by(viewer: Participant) -> list[Participant]:
    """All who take part in the dialogue now, with one query.

    Each with ``shared_at``, since when the viewer may read what they share, or None; and ``reads_viewer``, whether they
    may read what the viewer shares.
    """
    return PARTIES.all(dialogue=viewer.dialogue_id, viewer=viewer.pk, joined_at=viewer.joined_at)


def readers_of(
    place: Place,
    *,
    dialogue: Dialogue,
    viewer: Participant,
    present: Iterable[Participant],
    at: datetime,
    draft: Draft | None = None,
) -> Readers:
    """Who can read a text of this dialogue now. ``present`` are from `parties_seen_by`; ``draft``, what is typed in.

    A copy is the viewer's own.
    """
    people = tuple(one for one in present if _may_read(place, one, dialogue=dialogue, viewer=viewer, draft=draft))
    return Readers(people, _grants(place, dialogue, at))


def would_read(*, present: Iterable[Participant], dialogue: Dialogue) -> tuple[Participant, ...]:
    """Who could read a copy that is shared now: all who take part, for it is shared after each of them came."""
    return tuple(present) if dialogue.stage in SHOWS_SHARED else ()


def _may_read(place: Place, one: Any, *, dialogue: Dialogue, viewer: Participant, draft: Draft | None) -> bool:
    if draft is not None:
        return bool(can_open_draft(participant=one, draft=draft))
    if place is Place.COPY:
        return one.pk == viewer.pk or (one.reads_viewer and dialogue.stage in SHOWS_SHARED)
    return one.left_at is None and one.dialogue_id == dialogue.pk


def _grants(place: Place, dialogue: Dialogue, at: datetime) -> tuple[Grant, ...]:
    if place not in AUDITED:
        return ()
    live = Grant.objects.live(at=at).filter(dialogue=dialogue, auditor__isnull=False).select_related("auditor")
    opened = ((grant, opened_events(user=grant.auditor, dialogue=dialogue, at=at)) for grant in live)
    return tuple(grant for grant, events in opened if AUDITED[place].value in events)


def _parties() -> QuerySet[Participant]:
    dialogue: Any = Slot("dialogue", models.UUIDField())
    viewer = Participant(dialogue_id=dialogue, joined_at=Slot("joined_at", models.DateTimeField()))
    shared = SharedPreparation.objects.readable_by(viewer).filter(preparation__participant=OuterRef("pk"))
    other = Participant(dialogue_id=dialogue, joined_at=OuterRef("joined_at"))
    mine = SharedPreparation.objects.readable_by(other)
    mine = mine.filter(preparation__participant=Slot("viewer", models.UUIDField()))
    in_dialogue = Participant.objects.present().filter(dialogue=dialogue)
    seen = in_dialogue.annotate(shared_at=Subquery(shared.values("shared_at")[:1]), reads_viewer=Exists(mine))
    return seen.order_by("role", "joined_at")


PARTIES = KeptQuery(_parties)
