"""Who sees counts, and who may see metadata or words in an audit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from mus_workflow.models import Dialogue, Grant, HrPartner, user_key

from .verdict import Verdict, first_no

NOT_AN_AUDITOR = _("Only an auditor can do this.")


def is_auditor(user: Any) -> bool:
    """Whether the user audits. A superuser does not, however many permissions Django gives: nobody audits alone."""
    return bool(
        user.is_authenticated
        and user.is_active
        and not user.is_superuser
        and user.has_perm("mus_workflow.audit_agreements")
    )


def is_hr_partner(user: Any) -> bool:
    """Whether the user follows any unit in counts."""
    return bool(user.is_authenticated and user.is_active and HrPartner.objects.filter(user=user).exists())


def can_read_words(*, user: Any, dialogue: Dialogue, at: datetime) -> Verdict:
    """Whether an auditor may read the words of this dialogue's agreement now."""
    live = is_auditor(user) and Grant.objects.live(at=at).filter(dialogue=dialogue, auditor=user).exists()
    return first_no(
        (is_auditor(user), NOT_AN_AUDITOR),
        (live, _("The words need a grant: a reason, a second auditor's approval and a time limit.")),
    )


def can_request_grant(*, user: Any, dialogue: Dialogue, at: datetime) -> Verdict:
    """Whether an auditor may ask to read this agreement."""
    mine = Grant.objects.filter(dialogue=dialogue, auditor=user) if is_auditor(user) else Grant.objects.none()
    takes_part = is_auditor(user) and dialogue.participants.filter(user=user).exists()
    return first_no(
        (is_auditor(user), NOT_AN_AUDITOR),
        (
            not takes_part,
            _("You take part in this dialogue, so you cannot audit it."),
        ),
        (not mine.live(at=at).exists(), _("You have a grant for this agreement.")),
        (not mine.waiting().exists(), _("You have asked for a grant; it waits for a second auditor.")),
    )


def can_answer_grant(*, user: Any, grant: Grant) -> Verdict:
    """Whether the user may approve or refuse another auditor's request."""
    takes_part = is_auditor(user) and grant.dialogue.participants.filter(user=user).exists()
    return first_no(
        (is_auditor(user), NOT_AN_AUDITOR),
        (grant.auditor_key != user_key(user), _("A second auditor must answer; nobody approves their own request.")),
        (not takes_part, _("You take part in this dialogue, so you cannot audit it.")),
        (grant.approved_at is None and grant.refused_at is None, _("This request has been answered.")),
    )
