"""Who stands behind entries of the ledger, as they were called then: the ledger itself holds keys of accounts only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mus_workflow.models import Event, LedgerEntry, Participant, Reading, Role, person_name, user_key

AUDITOR = gettext_lazy("Auditor")
ROLES = {**{role.value: role.label for role in Role}, "AUDITOR": AUDITOR}
SYSTEM = "system"


@dataclass(frozen=True)
class Actor:
    """A name, the part it was played in, and the name of whoever acted under it where that was somebody else."""

    name: str
    role: str = ""
    behind: str = ""


class Actors:
    """The participants of a dialogue, and the accounts that these keys name; two queries, or three."""

    def __init__(self, participants: Iterable[Participant], keys: Iterable[str]) -> None:
        self._participants = sorted(participants, key=lambda one: one.joined_at)
        self._named = {str(one.pk): one for one in self._participants}
        known = {one.user_key for one in self._participants}
        self._accounts = _names_of(set(keys) - known - {"", SYSTEM})

    def of_entry(self, entry: LedgerEntry, said: Mapping[str, Any] | None) -> Actor:
        """Who made an entry. What its payload says of the name and the part comes first: it was written then."""
        said = said or {}
        part = self._part(entry.actor, entry.at)
        name = said.get("by_name") or (part.name if part else "") or self._name(entry.actor)
        role = said.get("by_role") or (part.role if part else "")
        behind = self._name(entry.real_actor) if entry.real_actor else ""
        return Actor(str(name), str(ROLES.get(role, "") or _role_by_event(entry, said)), behind)

    def of_reading(self, reading: Reading) -> Actor:
        """Who opened what another wrote."""
        part = self._part(reading.reader_key, reading.read_at)
        name = part.name if part else self._name(reading.reader_key)
        return Actor(name, str(ROLES.get(reading.reader_role, "")))

    def participant(self, key: str) -> Participant | None:
        """The participant with this id."""
        return self._named.get(key)

    def _part(self, key: str, at: Any) -> Participant | None:
        """The part that this account had then: the last one it came into, or else the first."""
        theirs = [one for one in self._participants if one.user_key == key]
        return next((one for one in reversed(theirs) if one.joined_at <= at), theirs[0] if theirs else None)

    def _name(self, key: str) -> str:
        if key == SYSTEM:
            return _("The system")
        part = next((one for one in reversed(self._participants) if one.user_key == key), None)
        return part.name if part else self._accounts.get(key, _("Account %(key)s, which is gone") % {"key": key})


def _role_by_event(entry: LedgerEntry, said: Mapping[str, Any]) -> Any:
    """The part of somebody who has none in the dialogue, as far as what they did tells it."""
    if entry.event in (Event.GRANT_REQUESTED, Event.EXPORTED):
        return AUDITOR
    if entry.event in (Event.GRANT_APPROVED, Event.GRANT_REFUSED):
        return _("Second person")
    if entry.event == Event.GRANT_ENDED:
        return AUDITOR if said.get("auditor") == entry.actor else _("Second person")
    if entry.event in (Event.MEETING_SET, Event.CREATED, Event.FORM_BOUND, Event.STAGE_CHANGED):
        return "" if entry.actor == SYSTEM else _("Arranges talks for the manager")
    return ""


def _names_of(keys: set[str]) -> dict[str, str]:
    users = get_user_model()
    readable = []
    for key in keys:
        try:
            readable.append(users._meta.pk.to_python(key))
        except ValidationError:
            continue  # of a user model that the site had before
    return {user_key(user): person_name(user) for user in users.objects.in_bulk(readable).values()}
