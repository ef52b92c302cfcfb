"""What is sent, and to whom. Sends, never decides; called after the commit. No mail holds content."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django_tasks import task

from .conf import app_settings, base_url
from .documents.calendar import invitation_calendar
from .models import Dialogue, Grant, Participant, Signature, preferred_language

logger = logging.getLogger("mus_workflow.notifications")


def after_commit(send: Callable[..., None], *args: str) -> None:
    """Call a sender when the transaction has committed. A mail that fails never undoes what was done."""

    @wraps(send)  # Django names it in the log when it fails
    def later() -> None:
        send(*args)

    transaction.on_commit(later, robust=True)


def send_invitation(dialogue_id: str) -> None:
    """Tell the participants of the time and place, with a calendar invitation."""
    deliver_invitation.enqueue(dialogue_id)


def send_notice(dialogue_id: str, kind: str, *participant_ids: str) -> None:
    """Tell some participants that something happened. ``kind`` names the mail's template."""
    deliver_notice.enqueue(dialogue_id, kind, list(participant_ids))


def send_receipt(signature_id: str, outcome: str) -> None:
    """Tell every party that one of them has answered the agreement, and what follows from it.

    ``outcome`` is WAITING, IN_FORCE or DECLINED.
    """
    deliver_receipt.enqueue(signature_id, outcome)


def send_grant_notice(grant_id: str) -> None:
    """Tell the employee that an auditor may read the agreement."""
    deliver_grant_notice.enqueue(grant_id)


@task()
def deliver_invitation(dialogue_id: str) -> None:
    """Mail the invitation to each participant, in that person's language."""
    dialogue = Dialogue.objects.get(pk=dialogue_id)
    present = list(dialogue.participants.present().select_related("user"))
    addresses = [person.user.email for person in present if person.user and person.user.email]
    for person in present:
        with translation.override(_language(person)):
            url = dialogue_url(dialogue)
            calendar = invitation_calendar(
                dialogue=dialogue,
                organiser=settings.DEFAULT_FROM_EMAIL,
                attendees=addresses,
                url=url,
                now=timezone.now(),
            )
            _mail(
                person, dialogue, "invitation", attachment=("invitation.ics", calendar, "text/calendar; method=REQUEST")
            )


@task()
def deliver_notice(dialogue_id: str, kind: str, participant_ids: list[str]) -> None:
    """Mail a notice to these participants, in each one's language."""
    dialogue = Dialogue.objects.get(pk=dialogue_id)
    for person in dialogue.participants.filter(pk__in=participant_ids).select_related("user"):
        with translation.override(_language(person)):
            _mail(person, dialogue, kind)


@task()
def deliver_receipt(signature_id: str, outcome: str) -> None:
    """Mail each party which document was answered and when, so that nobody can answer in another's name unseen."""
    found = Signature.objects.select_related("presentation", "agreement__dialogue")
    signature = found.get(pk=signature_id)
    dialogue = signature.agreement.dialogue
    for person in dialogue.participants.filter(pk__in=signature.presentation.parties).select_related("user"):
        receipt = {
            "reference": dialogue.reference,
            "revision": signature.revision,
            "sha256": signature.document_sha256,
            "answered_at": signature.signed_at,
            "is_theirs": person.pk == signature.participant_id,
            "outcome": outcome,
        }
        with translation.override(_language(person)):
            _mail(person, dialogue, "signature_receipt", **receipt)


@task()
def deliver_grant_notice(grant_id: str) -> None:
    """Mail the employee of the dialogue that a grant was given."""
    grant = Grant.objects.select_related("dialogue").get(pk=grant_id)
    for person in grant.dialogue.participants.present().filter(role="EMPLOYEE").select_related("user"):
        with translation.override(_language(person)):
            _mail(person, grant.dialogue, "grant_given", scope=grant.get_scope_display(), until=grant.expires_at)


def dialogue_url(dialogue: Dialogue) -> str:
    """The dialogue's address for a mail. It carries no authority: the reader logs in."""
    return base_url() + reverse("mus_workflow:dialogue_detail", args=[dialogue.pk])


def _language(person: Participant) -> str:
    return preferred_language(person.user) if person.user else settings.LANGUAGE_CODE


def _mail(
    person: Participant,
    dialogue: Dialogue,
    kind: str,
    *,
    attachment: tuple[str, bytes, str] | None = None,
    **more: Any,
) -> None:
    if person.user is None or not person.user.email:
        logger.info("no address for participant %s of dialogue %s", person.pk, dialogue.pk)
        return
    context = {
        "url": dialogue_url(dialogue),
        "organisation": app_settings.ORGANISATION,
        "meeting_at": dialogue.meeting_at,
        "place": dialogue.meeting_place,
        **more,
    }
    subject = " ".join(render_to_string(f"mus_workflow/emails/{kind}_subject.txt", context).split())
    mail = EmailMultiAlternatives(
        subject, render_to_string(f"mus_workflow/emails/{kind}.txt", context), to=[person.user.email]
    )
    if attachment:
        mail.attach(*attachment)
    try:
        mail.send()
    except OSError as error:  # refused, unreachable or timed out: smtplib's errors are OSErrors
        logger.warning("mail %s about dialogue %s was not sent: %s", kind, dialogue.pk, type(error).__name__)
