"""Invite, give another time, accept; and the calendar entry. A delegate may arrange, and sees nothing else."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from mus_workflow.actions.invite import accept_invitation, invite
from mus_workflow.actions.plan_dialogue import newest_concept, plan_dialogue
from mus_workflow.documents.calendar import invitation_calendar as calendar_of
from mus_workflow.forms.invitation import InvitationForm
from mus_workflow.models import Dialogue, Employment, Role, person_name, rules_of
from mus_workflow.policies.dialogues import can_arrange, can_plan, participant_of
from mus_workflow.policies.verdict import Verdict

from .due_dates import last_held_of, next_due_date, working_day_from
from .gate import author_token, parked_fields, personal_page
from .loading import arranged_or_404, seat_or_404

USUAL_HOUR = "10:00"


@personal_page("GET", "POST")
def employee_invite(request: HttpRequest, employment_id: uuid.UUID) -> HttpResponse:
    """Plan a dialogue with a person who has none under way, and invite to it."""
    employment = _employment_or_404(request, employment_id)
    can_plan(user=request.user, employment=employment, today=timezone.localdate()).or_refuse()
    rules = newest_concept(at=timezone.now()).document
    form = _form(request, rules, initial=_suggestion(rules))
    if request.method == "POST" and form.is_valid() and not _should_warn(form, rules):
        _plan_and_invite(request, employment, rules, form)
        return _invited(request, person_name(employment.user))
    return _page(request, "mus_workflow/employee_invite.html", form, rules, name=person_name(employment.user))


@personal_page("GET", "POST")
def dialogue_invite(request: HttpRequest, dialogue_id: uuid.UUID) -> HttpResponse:
    """Invite to a planned dialogue, or suggest another time for one that was invited to."""
    dialogue = arranged_or_404(request, dialogue_id)
    verdict = can_arrange(user=request.user, dialogue=dialogue, today=timezone.localdate())
    if not verdict:
        return _too_late(request, dialogue, verdict)
    rules = rules_of(dialogue.concept_version_id)
    form = _form(request, rules, initial=_standing(dialogue) or _suggestion(rules))
    name = dialogue.participants.present().filter(role=Role.EMPLOYEE).values_list("name", flat=True).first() or ""
    if request.method == "POST" and form.is_valid() and not _should_warn(form, rules):
        invite(dialogue_id=dialogue.pk, **_chosen(form), by=request.user, at=timezone.now())
        return _invited(request, name, dialogue=dialogue)
    return _page(request, "mus_workflow/dialogue_invite.html", form, rules, name=name, dialogue=dialogue)


@personal_page("POST")
def invitation_accept(request: HttpRequest, dialogue_id: uuid.UUID) -> HttpResponse:
    """Accept the time that was suggested."""
    seat = seat_or_404(request, dialogue_id)
    accept_invitation(dialogue_id=seat.dialogue.pk, by=request.user, at=timezone.now())
    messages.success(request, _("You have accepted the time. Now you can prepare in peace."))
    return redirect("mus_workflow:dialogue_detail", dialogue_id=dialogue_id)


@personal_page("GET")
def invitation_calendar(request: HttpRequest, dialogue_id: uuid.UUID) -> HttpResponse:
    """The talk as a calendar entry: time, place and a neutral title."""
    dialogue = arranged_or_404(request, dialogue_id)
    if dialogue.meeting_at is None:
        raise Http404
    present = dialogue.participants.present().select_related("user")
    body = calendar_of(
        dialogue=dialogue,
        organiser=settings.DEFAULT_FROM_EMAIL,
        attendees=[person.user.email for person in present if person.user and person.user.email],
        url=request.build_absolute_uri(reverse("mus_workflow:dialogue_detail", args=[dialogue.pk])),
        now=timezone.now(),
    )
    headers = {"Content-Disposition": f'attachment; filename="{dialogue.reference}.ics"'}
    return HttpResponse(body, content_type="text/calendar; charset=utf-8", headers=headers)


def _employment_or_404(request: HttpRequest, employment_id: uuid.UUID) -> Employment:
    today = timezone.localdate()
    seen = Employment.objects.managed_by(request.user, today=today) | Employment.objects.arranged_by(
        request.user, today=today
    )
    return get_object_or_404(seen.select_related("user", "unit"), pk=employment_id)


@transaction.atomic
def _plan_and_invite(request: HttpRequest, employment: Employment, rules: dict[str, Any], form: InvitationForm) -> None:
    """Both or neither: a time that is refused must not leave a planned dialogue behind."""
    at = timezone.now()
    due = next_due_date(
        employment=employment, last_held=last_held_of(employment), interval_months=rules["interval_months"]
    )
    dialogue = plan_dialogue(employment=employment, due_date=due, by=request.user, at=at)
    invite(dialogue_id=dialogue.pk, **_chosen(form), by=request.user, at=at)


def _form(request: HttpRequest, rules: dict[str, Any], *, initial: dict[str, Any]) -> InvitationForm:
    at = timezone.now()
    if request.method == "POST":
        return InvitationForm(request.POST, at=at)
    parked = parked_fields(request)
    typed = {name: values[-1] for name, values in (parked or {}).items() if values}
    return InvitationForm(initial={**initial, **typed}, at=at)


def _suggestion(rules: dict[str, Any]) -> dict[str, Any]:
    day = working_day_from(timezone.localdate() + timedelta(days=rules["notice_days"]))
    return {"day": day, "hour": USUAL_HOUR, "minutes": rules["meeting_minutes"]}


def _standing(dialogue: Dialogue) -> dict[str, Any] | None:
    if dialogue.meeting_at is None:
        return None
    start = timezone.localtime(dialogue.meeting_at)
    return {
        "day": start.date(),
        "hour": start.time(),
        "minutes": dialogue.meeting_minutes,
        "place": dialogue.meeting_place,
    }


def _should_warn(form: InvitationForm, rules: dict[str, Any]) -> bool:
    """Whether the notice is short and the person has not yet said that this day is meant."""
    day: date = form.cleaned_data["day"]
    is_short = day < timezone.localdate() + timedelta(days=rules["notice_days"])
    return is_short and form.data.get("short_notice") != day.isoformat()


def _chosen(form: InvitationForm) -> dict[str, Any]:
    return {
        "meeting_at": form.meeting_at(),
        "minutes": form.cleaned_data["minutes"],
        "place": form.cleaned_data["place"],
    }


def _too_late(request: HttpRequest, dialogue: Dialogue, verdict: Verdict) -> HttpResponse:
    if participant_of(request.user, dialogue):
        verdict.or_refuse()
    messages.error(request, str(verdict.reason))
    return redirect("mus_workflow:my_mus")  # a delegate has no page of the dialogue to go back to


def _invited(request: HttpRequest, name: str, dialogue: Dialogue | None = None) -> HttpResponse:
    said = _("%(name)s has been invited. Both get a mail with a calendar entry.") % {"name": name}
    messages.success(request, said)
    if dialogue is not None and participant_of(request.user, dialogue):
        return redirect("mus_workflow:dialogue_detail", dialogue_id=dialogue.pk)
    return redirect("mus_workflow:my_mus")


def _page(
    request: HttpRequest,
    template: str,
    form: InvitationForm,
    rules: dict[str, Any],
    *,
    name: str,
    dialogue: Dialogue | None = None,
) -> HttpResponse:
    warned = form.is_bound and form.is_valid()
    context = {
        "form": form,
        "name": name,
        "dialogue": dialogue,
        "notice_days": rules["notice_days"],
        "short_notice": form.cleaned_data["day"].isoformat() if warned else "",
        "author_token": author_token(request),
        "breadcrumbs": [(_("My MUS"), reverse("mus_workflow:my_mus"))],
    }
    return render(request, template, context, status=200 if warned or not form.is_bound else 422)
