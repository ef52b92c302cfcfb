"""Who may write, present, sign and amend."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from mus_workflow.models import Agreement, Dialogue, Draft, Participant, Presentation, Role, Signature
from mus_workflow.stages import ENDED, Stage

from .dialogues import NOT_TAKING_PART
from .verdict import Verdict, first_no

OVER = _("The dialogue is closed, and its agreement with it.")
AMENDMENT_FIRST = _("The agreement is signed. To change it, begin a change and say why.")


def is_being_written(dialogue: Dialogue) -> bool:
    """Whether there is an open draft of the agreement: in the talk, or as a change of a signed one."""
    return dialogue.drafts.filter(kind="AGREEMENT", envelope__isnull=False).exists()


def waiting_presentation(agreement: Agreement | None) -> Presentation | None:
    """The revision that waits for signatures: the latest one, if presented, not taken back and not signed by all."""
    if agreement is None:
        return None
    latest = agreement.presentations.filter(revision=agreement.revision, recall=None).first()
    if latest is None or Presentation.objects.filter(pk=latest.pk).signed_by_all().exists():
        return None
    return latest


def can_write_agreement(*, participant: Participant | None, dialogue: Dialogue, draft: Draft | None) -> Verdict:
    """Whether the participant may type in the agreement now."""
    return first_no(
        (participant, NOT_TAKING_PART),
        (dialogue.stage != Stage.SIGN_OFF, _("The agreement waits for signatures. Take it back first, to change it.")),
        (
            dialogue.stage in (Stage.TALK, Stage.FOLLOW_UP),
            _("The agreement is written in the talk, which is not open."),
        ),
        (draft is not None and draft.envelope is not None, AMENDMENT_FIRST),
        (
            waiting_presentation(getattr(dialogue, "agreement", None)) is None,
            _("The agreement waits for signatures. Take it back first, to change it."),
        ),
    )


def can_present(*, participant: Participant | None, dialogue: Dialogue, draft: Draft | None) -> Verdict:
    """Whether the participant may put the agreement before the parties."""
    return can_write_agreement(participant=participant, dialogue=dialogue, draft=draft)


def can_revise(*, participant: Participant | None, dialogue: Dialogue) -> Verdict:
    """Whether the participant may take a presented agreement back to the table."""
    waiting = waiting_presentation(getattr(dialogue, "agreement", None))
    return first_no(
        (participant, NOT_TAKING_PART),
        (waiting, _("No agreement waits for signatures.")),
        (dialogue.stage not in ENDED, OVER),
    )


def can_sign(*, participant: Participant | None, dialogue: Dialogue, presentation: Presentation | None) -> Verdict:
    """Whether the participant may sign this presented revision now."""
    agreement = getattr(dialogue, "agreement", None)
    waiting = waiting_presentation(agreement)
    mine = (
        Signature.objects.filter(presentation=presentation, participant=participant).exists()
        if presentation and participant
        else False
    )
    return first_no(
        (participant, NOT_TAKING_PART),
        (presentation, _("No agreement waits for signatures.")),
        (not mine, _("You have signed this revision.")),
        (
            waiting and presentation == waiting,
            _("This revision is no longer the latest one. Read the newest before you sign."),
        ),
        (dialogue.stage not in ENDED, OVER),
        (
            presentation and _parties_of(dialogue) == set(presentation.parties),
            _("The parties have changed since this revision was presented. It must be presented again."),
        ),
    )


def _parties_of(dialogue: Dialogue) -> set[str]:
    return {str(key) for key in dialogue.participants.present().values_list("pk", flat=True)}


def can_amend(*, participant: Participant | None, dialogue: Dialogue) -> Verdict:
    """Whether the participant may begin a change of the signed agreement."""
    return first_no(
        (participant, NOT_TAKING_PART),
        (
            dialogue.stage == Stage.FOLLOW_UP,
            _("Only a signed agreement of a dialogue that is not closed can be changed."),
        ),
        (
            waiting_presentation(getattr(dialogue, "agreement", None)) is None,
            _("A change of the agreement waits for signatures already."),
        ),
        (not is_being_written(dialogue), _("A change of the agreement is being written already.")),
    )


def owns_answer(*, participant: Participant, audience: str) -> bool:
    """Whether a question of the agreement is this participant's to answer."""
    return audience == "BOTH" or audience == Role(participant.role).value
