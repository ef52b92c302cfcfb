"""Who has looked at what a person wrote: when, in what role, and what for."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mus_workflow.conf import app_settings
from mus_workflow.models import Grant, Participant, Reading, Role, user_key

from .framing import title_of
from .gate import personal_page

PER_PAGE = 50
# Readers who take part in no dialogue have a role of their own.
ROLES = {**dict(Role.choices), "AUDITOR": gettext_lazy("Auditor")}


@dataclass(frozen=True)
class Look:
    """One reading as the person whose words they were is told of it. ``name`` only of a party of the dialogue."""

    reading: Reading
    role: str
    name: str
    title: str


@dataclass(frozen=True)
class Permission:
    """A grant as the parties of its dialogue are told of it. ``state`` is LIVE, ENDED or RAN_OUT."""

    grant: Grant
    title: str
    state: str


@personal_page("GET")
def who_looked(request: HttpRequest) -> HttpResponse:
    """Every opening by another person, newest first, and the permissions that auditors were given."""
    readings = Reading.objects.visible_to(request.user).select_related("dialogue").order_by("-read_at", "pk")
    page = Paginator(readings, PER_PAGE).get_page(request.GET.get("page"))
    grants = list(Grant.objects.told_to(request.user).select_related("dialogue").order_by("-approved_at", "pk"))
    parties = _parties_of({one.dialogue_id for one in (*page.object_list, *grants)})
    now = timezone.now()
    context = {
        "breadcrumbs": [(_("My MUS"), reverse("mus_workflow:my_mus"))],
        "page_obj": page,
        "looks": [_look(reading, parties[reading.dialogue_id], request.user) for reading in page.object_list],
        "grants": [
            Permission(grant, _title(parties[grant.dialogue_id], request.user), _state(grant, now)) for grant in grants
        ],
        "kept_for": _period(app_settings.READING_DAYS),
    }
    return render(request, "mus_workflow/who_looked.html", context)


def _parties_of(dialogues: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[Participant]]:
    """All who take or took part in these dialogues, one query."""
    found: dict[uuid.UUID, list[Participant]] = defaultdict(list)
    for party in Participant.objects.filter(dialogue__in=list(dialogues)).order_by("role", "joined_at"):
        found[party.dialogue_id].append(party)
    return found


def _look(reading: Reading, parties: Sequence[Participant], user: Any) -> Look:
    name = next((party.name for party in parties if party.user_key == reading.reader_key), "")
    return Look(reading, str(ROLES.get(reading.reader_role, "")), name, _title(parties, user))


def _state(grant: Grant, now: datetime) -> str:
    if grant.ended_at is not None:
        return "ENDED"
    return "LIVE" if grant.expires_at and grant.expires_at > now else "RAN_OUT"


def _title(parties: Sequence[Participant], user: Any) -> str:
    """What the dialogue is called: by who takes part in it now besides this person."""
    others = [party for party in parties if party.user_key != user_key(user)]
    return title_of([party for party in others if party.left_at is None] or others)


def _period(days: int) -> str:
    years, rest = divmod(days, 365)
    if years and not rest:
        return ngettext("%(count)s year", "%(count)s years", years) % {"count": years}
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
