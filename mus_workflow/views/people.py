"""The people a manager talks with, or a delegate arranges for: when each is due, and the one thing to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from mus_workflow.models import (
    ConceptVersion,
    Dialogue,
    Employment,
    ManagerRelation,
    Participant,
    Role,
    person_name,
    rules_of,
)
from mus_workflow.stages import BEFORE_TALK, ENDED, Stage

from .due_dates import DUE_SOON, due_words, next_due_date

USUAL_INTERVAL = 12


@dataclass(frozen=True)
class Person:
    """One person of the list, as its viewer may know them."""

    employment: Employment
    name: str
    is_mine: bool
    manager_name: str
    dialogue: Dialogue | None
    dialogue_url: str
    is_running: bool
    due_date: date
    due: str
    is_overdue: bool
    action: str
    url: str
    is_urgent: bool


def people_of(user: Any, *, today: date) -> list[Person]:
    """The people the user talks with as manager or arranges for as delegate, the most pressing first.

    Four queries at most, however many people there are.
    """
    employments = _employments(user, today)
    if not employments:
        return []
    latest = _dialogues(user, employments)
    managers = _manager_names(employments)
    interval = _interval(employments)
    people = [_person(employment, latest, managers, interval, today) for employment in employments]
    return sorted(people, key=lambda person: (not person.is_urgent, person.due_date, person.name))


def _employments(user: Any, today: date) -> list[Any]:
    lines = ManagerRelation.objects.on(today).confirmed().filter(employee=OuterRef("user"))
    newest = ConceptVersion.objects.filter(concept__live=True, concept__is_default=True).order_by(
        "-concept_id", "-number"
    )
    managed = Employment.objects.managed_by(user, today=today)
    arranged = Employment.objects.arranged_by(user, today=today)
    return list(
        (managed | arranged)
        .select_related("user", "unit")
        .annotate(
            is_mine=Exists(lines.filter(manager=user)),
            manager_key=Subquery(lines.values("manager")[:1]),
            concept_key=Subquery(newest.values("pk")[:1]),
        )
    )


def _dialogues(user: Any, employments: list[Any]) -> dict[Any, list[Any]]:
    """By employee, newest first: the dialogues of these people, each with whether the user takes part in it."""
    own = Participant.objects.present().filter(user=user, dialogue=OuterRef("dialogue"))
    parts = (
        Participant.objects.present()
        .filter(role=Role.EMPLOYEE, user__in=[employment.user_id for employment in employments])
        .annotate(is_visible=Exists(own))
        .select_related("dialogue")
        .order_by("-dialogue__created_at")
    )
    found: dict[Any, list[Any]] = {}
    for part in parts:
        found.setdefault(part.user_id, []).append(part)
    return found


def _manager_names(employments: list[Any]) -> dict[Any, str]:
    keys = {employment.manager_key for employment in employments if not employment.is_mine}
    users = get_user_model()._default_manager.in_bulk(keys) if keys else {}
    return {key: person_name(user) for key, user in users.items()}


def _interval(employments: list[Any]) -> int:
    key = employments[0].concept_key
    return rules_of(key)["interval_months"] if key else USUAL_INTERVAL


def _person(
    employment: Any, latest: dict[Any, list[Any]], managers: dict[Any, str], interval: int, today: date
) -> Person:
    parts = latest.get(employment.user_id, [])
    running = next((part for part in parts if part.dialogue.stage not in ENDED | {Stage.FOLLOW_UP}), None)
    held = max((part.dialogue for part in parts if part.dialogue.held_at), key=lambda one: one.held_at, default=None)
    due = (
        running.dialogue.due_date
        if running
        else next_due_date(employment=employment, last_held=held, interval_months=interval)
    )
    shown = running or (parts[0] if parts else None)
    has_page = shown is not None and shown.is_visible and employment.is_mine
    is_urgent = running is None and due <= today + DUE_SOON
    action, url = (_manager_action if employment.is_mine else _delegate_action)(employment, running)
    if has_page and not is_urgent and running is None and shown.dialogue.stage == Stage.FOLLOW_UP:
        action, url = _("Open"), _page(shown)
    return Person(
        employment=employment,
        name=person_name(employment.user),
        is_mine=employment.is_mine,
        manager_name=managers.get(employment.manager_key, ""),
        dialogue=shown.dialogue if shown else None,
        dialogue_url=_page(shown) if has_page else "",
        is_running=running is not None,
        due_date=due,
        due=due_words(due, today=today),
        is_overdue=due < today,
        action=action,
        url=url,
        is_urgent=is_urgent,
    )


def _page(part: Any) -> str:
    return reverse("mus_workflow:dialogue_detail", args=[part.dialogue.pk])


def _manager_action(employment: Any, running: Any) -> tuple[str, str]:
    if running is None:
        return _("Invite"), reverse("mus_workflow:employee_invite", args=[employment.pk])
    if not running.is_visible:
        return "", ""
    if running.dialogue.stage == Stage.PLANNED:
        return _("Invite"), reverse("mus_workflow:dialogue_invite", args=[running.dialogue.pk])
    return _("Open"), _page(running)


def _delegate_action(employment: Any, running: Any) -> tuple[str, str]:
    if running is None:
        return _("Invite"), reverse("mus_workflow:employee_invite", args=[employment.pk])
    if running.dialogue.stage not in BEFORE_TALK:
        return "", ""
    label = _("Invite") if running.dialogue.stage == Stage.PLANNED else _("Change the time")
    return label, reverse("mus_workflow:dialogue_invite", args=[running.dialogue.pk])
