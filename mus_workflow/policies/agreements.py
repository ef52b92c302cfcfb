"""Who may write, present, sign and amend."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet, UUIDField
from django.utils.translation import gettext_lazy as _

from mus_workflow.models import Agreement, Dialogue, Draft, Participant, Presentation, Signature
from mus_workflow.models.kept_query import KeptQuery, Slot
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
    return WAITING.first(agreement=agreement.pk, revision=agreement.revision)


def is_signed_by_all(presentation: Presentation) -> bool:
    """Whether each of the parties it was presented to has signed this revision."""
    return SIGNED_BY_ALL.first(presentation=presentation.pk) is not None


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
        SIGNED_BY.first(presentation=presentation.pk, participant=participant.pk) is not None
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
    return {str(key) for key in PARTIES.all(dialogue=dialogue.pk)}


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


def _waiting() -> QuerySet[Presentation]:
    revision = Slot("revision", Presentation._meta.get_field("revision"))
    return Presentation.objects.filter(agreement=Slot("agreement", UUIDField()), revision=revision).waiting()


def _signed_by_all() -> QuerySet[Presentation]:
    return Presentation.objects.filter(pk=Slot("presentation", UUIDField())).signed_by_all()


def _signed_by() -> QuerySet[Signature]:
    of_presentation = Signature.objects.filter(presentation=Slot("presentation", UUIDField()))
    return of_presentation.filter(participant=Slot("participant", UUIDField())).order_by()[:1]


def _parties() -> QuerySet[Participant, uuid.UUID]:
    present = Participant.objects.present().filter(dialogue=Slot("dialogue", UUIDField()))
    return present.values_list("pk", flat=True)


WAITING = KeptQuery(_waiting)
SIGNED_BY_ALL = KeptQuery(_signed_by_all)
SIGNED_BY = KeptQuery(_signed_by)
PARTIES = KeptQuery(_parties)
