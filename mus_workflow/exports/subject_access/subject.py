"""The person whom it is all about, and their parts in dialogues."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from mus_workflow.models import Dialogue, Event, Participant, Role, user_key

from .nodes import Coded

# Who does such a thing, where it is not one of the parties: the duty, never the name.
DUTIES = {
    Event.RELATION_CHANGED: "HR",
    Event.ROLE_CHANGED: "HR",
    Event.GRANT_REQUESTED: "AUDITOR",
    Event.GRANT_APPROVED: "SECOND",
    Event.GRANT_REFUSED: "SECOND",
    Event.GRANT_ENDED: "SECOND",
    Event.OPENED: "AUDITOR",
    Event.EXPORTED: "AUDITOR",
}


@dataclass(frozen=True)
class Subject:
    """A person, and the moment for which everything about them is told."""

    user: Any
    at: datetime

    @cached_property
    def key(self) -> str:
        """The key under which evidence knows the person."""
        return user_key(self.user)

    @cached_property
    def parts(self) -> list[Participant]:
        """Every part the person has or had in a dialogue, the newest dialogue first."""
        mine = Participant.objects.filter(user_key=self.key).select_related("dialogue__unit")
        return list(mine.order_by("-dialogue__created_at", "-joined_at"))

    @cached_property
    def as_employee(self) -> list[Participant]:
        """The parts in dialogues that are about the person."""
        return [part for part in self.parts if part.role == Role.EMPLOYEE]

    @cached_property
    def as_manager(self) -> list[Participant]:
        """The parts in dialogues that are about somebody else."""
        return [part for part in self.parts if part.role != Role.EMPLOYEE]

    @cached_property
    def parties(self) -> dict[str, str]:
        """{user key: name} of everybody who takes or took part in a dialogue with the person."""
        others = Participant.objects.filter(dialogue__in=[part.dialogue_id for part in self.parts])
        return dict(others.order_by("joined_at").values_list("user_key", "name"))

    @cached_property
    def references(self) -> dict[uuid.UUID, str]:
        """{id: reference} of the person's dialogues."""
        return {part.dialogue_id: part.dialogue.reference for part in self.parts}

    def who(self, actor: str, event: str = "") -> str:
        """Who did something, as the person may know it: themselves, a party by name, anybody else by their duty."""
        if actor == self.key:
            return _("You")
        if actor in self.parties:
            return self.parties[actor]
        duty = "SYSTEM" if actor in ("", "system") else DUTIES.get(Event(event)) if event in Event.values else ""
        words = {
            "SYSTEM": _("The system"),
            "HR": _("HR"),
            "AUDITOR": _("An auditor"),
            "SECOND": _("An auditor or the data protection officer"),
        }
        return words.get(duty or "", _("Somebody in the course of their work"))


def proved_by(method: str) -> Coded | None:
    """How a person proved to be present, in words; None where nothing was asked."""
    words = {"password": _("Password"), "sso": _("Single sign-on")}
    return Coded(method, words.get(method, method)) if method else None


def title_of(dialogue: Dialogue) -> str:
    """The heading of a dialogue: its day and its reference."""
    day = localtime(dialogue.held_at or dialogue.created_at)
    return f"{date_format(day, 'DATE_FORMAT')} · {dialogue.reference}"
