"""When a certificate of a signed revision can be made."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from mus_workflow.models import Participant, Presentation

from .dialogues import NOT_TAKING_PART
from .verdict import Verdict, first_no


def can_certify(*, participant: Participant | None, presentation: Presentation | None, answered: int) -> Verdict:
    """Whether the participant may take out a certificate of this revision. ``answered``: how many parties have signed.

    A party that received it without agreeing, or declined to sign, has answered too; the certificate says which.
    """
    return first_no(
        (participant, NOT_TAKING_PART),
        (presentation, _("This revision was not presented for signing, so there is nothing to certify.")),
        (
            presentation is not None and answered >= presentation.party_count,
            _("A certificate can be made when all parties have answered."),
        ),
    )
