"""Who sees counts, and who may see metadata or words in an audit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from mus_workflow.models import Dialogue, Grant, GrantScope, HrPartner, user_key

from .acting import is_oneself
from .verdict import Verdict, first_no

AUDIT = "mus_workflow.audit_agreements"
ANSWER_GRANTS = "mus_workflow.answer_grants"
HOLD = "mus_workflow.hold_dialogues"

NOT_AN_AUDITOR = _("Only an auditor can do this.")
NOT_AN_APPROVER = _("Only an auditor or the data protection officer can do this.")
TAKES_PART = _("You take part in this dialogue, so you cannot audit it.")


def is_auditor(user: Any) -> bool:
    """Whether the user audits. A superuser does not, however many permissions Django gives: nobody audits alone."""
    return _has(user, AUDIT)


def answers_grants(user: Any) -> bool:
    """Whether the user may be the second person behind a grant: an auditor or the data protection officer."""
    return is_auditor(user) or _has(user, ANSWER_GRANTS)


def is_hr_partner(user: Any) -> bool:
    """Whether the user follows any unit in counts."""
    return bool(user.is_authenticated and user.is_active and HrPartner.objects.filter(user=user).exists())


def live_grant(*, user: Any, dialogue: Dialogue, at: datetime) -> Grant | None:
    """The grant by which an auditor reads words of this dialogue now: the widest one; None for nobody else."""
    if not is_auditor(user):
        return None
    # "COURSE" sorts after "AGREEMENT".
    live = Grant.objects.live(at=at).filter(dialogue=dialogue, auditor=user)
    return live.order_by("-scope", "-expires_at").first()


def can_read_words(*, user: Any, dialogue: Dialogue, at: datetime) -> Verdict:
    """Whether an auditor may read the words of this dialogue's agreement now."""
    return first_no(
        (is_auditor(user), NOT_AN_AUDITOR),
        (
            live_grant(user=user, dialogue=dialogue, at=at),
            _("The words need a grant: a reason, a second person's approval and a time limit."),
        ),
    )


def can_read_course(*, user: Any, dialogue: Dialogue, at: datetime) -> Verdict:
    """Whether an auditor may read what was written in the dialogue's follow-up now."""
    grant = live_grant(user=user, dialogue=dialogue, at=at)
    return first_no(
        (is_auditor(user), NOT_AN_AUDITOR),
        (
            grant is not None and grant.scope == GrantScope.COURSE,
            _("What was written in the follow-up needs a grant that covers it."),
        ),
    )


def can_request_grant(*, user: Any, dialogue: Dialogue, at: datetime, scope: str = GrantScope.AGREEMENT) -> Verdict:
    """Whether an auditor may ask to read this much: more than a live grant of theirs covers already."""
    mine = Grant.objects.filter(dialogue=dialogue, auditor=user) if is_auditor(user) else Grant.objects.none()
    # What covers the follow-up covers the agreement.
    covering = mine.live(at=at).filter(scope__in={scope, GrantScope.COURSE})
    return first_no(
        (is_auditor(user), NOT_AN_AUDITOR),
        (not (is_auditor(user) and _takes_part(user, dialogue)), TAKES_PART),
        (not covering.exists(), _("You have a grant for this agreement.")),
        (not mine.waiting().exists(), _("You have asked for a grant; it waits for a second person.")),
    )


def can_answer_grant(*, user: Any, grant: Grant) -> Verdict:
    """Whether the user may approve or refuse another's request."""
    return first_no(
        (answers_grants(user), NOT_AN_APPROVER),
        (grant.auditor_key != user_key(user), _("A second person must answer; nobody approves their own request.")),
        (not _takes_part(user, grant.dialogue), TAKES_PART),
        (grant.approved_at is None and grant.refused_at is None, _("This request has been answered.")),
    )


def can_end_grant(*, user: Any, grant: Grant, at: datetime) -> Verdict:
    """Whether the user may end a grant before its time: whoever has it, and whoever could have approved it."""
    mine = grant.auditor_key == user_key(user)
    return first_no(
        (answers_grants(user), NOT_AN_APPROVER),
        (mine or not _takes_part(user, grant.dialogue), TAKES_PART),
        (
            grant.approved_at is not None and grant.ended_at is None and grant.expires_at and grant.expires_at > at,
            _("This grant is not live."),
        ),
    )


def _has(user: Any, permission: str) -> bool:
    may = user.is_authenticated and user.is_active and not user.is_superuser and user.has_perm(permission)
    # In another's name nobody audits, is a second person, or reads by a grant.
    return bool(may and is_oneself())


def _takes_part(user: Any, dialogue: Dialogue) -> bool:
    return dialogue.participants.filter(user=user).exists()
