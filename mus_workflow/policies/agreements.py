"""Who may write, present, sign and amend."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import Enum

from django.db.models import CharField, QuerySet, UUIDField
from django.utils.translation import gettext_lazy as _

from mus_workflow.models import Agreement, Dialogue, Draft, Participant, Presentation, Signature
from mus_workflow.models.kept_query import KeptQuery, Slot
from mus_workflow.stages import ENDED, Stage

from .acting import ANOTHERS_NAME, has_own_password, is_oneself
from .dialogues import NOT_TAKING_PART
from .verdict import Verdict, first_no

OVER = _("The dialogue is closed, and its agreement with it.")
AMENDMENT_FIRST = _("All have answered the agreement. To change it, begin a change and say why.")


def is_being_written(dialogue: Dialogue) -> bool:
    """Whether there is an open draft of the agreement: in the talk, or as a change of a signed one."""
    return dialogue.drafts.filter(kind="AGREEMENT", envelope__isnull=False).exists()


def waiting_presentation(agreement: Agreement | None) -> Presentation | None:
    """The revision that waits for signatures: the latest one, if presented, not taken back and not answered by all."""
    if agreement is None:
        return None
    return WAITING.first(agreement=agreement.pk, revision=agreement.revision)


class SigningOutcome(Enum):
    """What has become of a presented revision."""

    WAITING = "WAITING"  # a party has not answered
    IN_FORCE = "IN_FORCE"  # all have signed
    DECLINED = "DECLINED"  # all have answered, and one has declined


def outcome_of(presentation: Presentation) -> SigningOutcome:
    """What has become of this revision by the answers that are given."""
    signed, answers = COUNTED.first(presentation=presentation.pk) or (0, 0)
    if answers < presentation.party_count:
        return SigningOutcome.WAITING
    return SigningOutcome.IN_FORCE if signed == presentation.party_count else SigningOutcome.DECLINED


def can_write_agreement(*, participant: Participant | None, dialogue: Dialogue, draft: Draft | None) -> Verdict:
    """Whether the participant may type in the agreement now."""
    return first_no(
        (participant, NOT_TAKING_PART),
        (is_oneself(), ANOTHERS_NAME),
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


def can_sign(
    *, participant: Participant | None, dialogue: Dialogue, presentation: Presentation | None, at: datetime
) -> Verdict:
    """Whether the participant may answer this presented revision now: sign it, or decline to."""
    may = _can_answer(participant, dialogue, presentation)
    return has_own_password(participant.user_key, at=at) if may and participant else may


def _can_answer(participant: Participant | None, dialogue: Dialogue, presentation: Presentation | None) -> Verdict:
    waiting = waiting_presentation(getattr(dialogue, "agreement", None))
    answered = _answered_as(participant, presentation)
    return first_no(
        (participant, NOT_TAKING_PART),
        (is_oneself(), ANOTHERS_NAME),
        (presentation, _("No agreement waits for signatures.")),
        (participant and participant.pk not in answered, _("You have answered this revision.")),
        (not answered, _("You have answered this revision as another of its parties. Nobody signs for two.")),
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


def _answered_as(participant: Participant | None, presentation: Presentation | None) -> list[uuid.UUID]:
    """The parts in which the person behind this one has answered already."""
    if participant is None or presentation is None:
        return []
    return ANSWERS_OF.all(presentation=presentation.pk, user_key=participant.user_key)


def _parties_of(dialogue: Dialogue) -> set[str]:
    return {str(key) for key in PARTIES.all(dialogue=dialogue.pk)}


def can_amend(*, participant: Participant | None, dialogue: Dialogue) -> Verdict:
    """Whether the participant may begin a change of an agreement that all have answered."""
    return first_no(
        (participant, NOT_TAKING_PART),
        (
            dialogue.stage == Stage.FOLLOW_UP,
            _("An agreement can be changed when all have answered it, and until the dialogue is closed."),
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


def _counted() -> QuerySet[Presentation, tuple[int, int]]:
    this = Presentation.objects.filter(pk=Slot("presentation", UUIDField()))
    return this.counted()


def _answers_of() -> QuerySet[Signature, uuid.UUID]:
    of_presentation = Signature.objects.filter(presentation=Slot("presentation", UUIDField()))
    by_person = of_presentation.filter(participant__user_key=Slot("user_key", CharField()))
    return by_person.order_by().values_list("participant", flat=True)


def _parties() -> QuerySet[Participant, uuid.UUID]:
    present = Participant.objects.present().filter(dialogue=Slot("dialogue", UUIDField()))
    return present.values_list("pk", flat=True)


WAITING = KeptQuery(_waiting)
COUNTED = KeptQuery(_counted)
ANSWERS_OF = KeptQuery(_answers_of)
PARTIES = KeptQuery(_parties)
