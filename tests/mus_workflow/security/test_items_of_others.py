"""An item of one agreement cannot be taken into another, in whatever order they are written, presented and signed."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from mus_workflow.actions.sign_agreement import sign_agreement
from mus_workflow.actions.write_revision import present_agreement
from mus_workflow.history.verification import verify_dialogue
from mus_workflow.models import AgreementItem, Dialogue, Presentation
from mus_workflow.policies.verdict import Refused
from mus_workflow.stages import Stage
from tests.builders import Cast, item_id_of, make_dialogue, write_agreement
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def talk(cast: Cast, colleagues_talk: Dialogue) -> Dialogue:
    """The employee's talk, whose draft holds the same item as the colleague's: neither is signed yet."""
    dialogue = make_dialogue(cast, Stage.TALK)
    for one in (dialogue, colleagues_talk):
        write_agreement(one, by=cast.manager, item_id=item_id_of(dialogue))
    return dialogue


def present(dialogue: Dialogue, by: Any) -> Presentation:
    return present_agreement(dialogue_id=dialogue.pk, by=by, at=NOW)


def sign(shown: Presentation, *people: Any) -> None:
    for by in people:
        sign_agreement(
            dialogue_id=shown.agreement.dialogue_id,
            document_sha256=shown.document_sha256,
            remark="",
            auth_method="password",
            by=by,
            at=NOW,
        )


def test_what_has_been_signed_elsewhere_cannot_be_presented(
    cast: Cast, talk: Dialogue, colleague: Any, colleagues_talk: Dialogue
) -> None:
    sign(present(colleagues_talk, cast.manager), colleague, cast.manager)
    with pytest.raises(Refused):
        present(talk, cast.manager)
    assert AgreementItem.objects.get().agreement.dialogue == colleagues_talk
    assert verify_dialogue(colleagues_talk.pk) == []


def test_what_is_signed_elsewhere_in_between_is_not_taken_over(
    cast: Cast, talk: Dialogue, colleague: Any, colleagues_talk: Dialogue
) -> None:
    shown = present(talk, cast.manager)
    sign(present(colleagues_talk, cast.manager), colleague, cast.manager)
    with pytest.raises(IntegrityError), transaction.atomic():
        sign(shown, cast.employee, cast.manager)
    assert AgreementItem.objects.get().agreement.dialogue == colleagues_talk
    assert verify_dialogue(colleagues_talk.pk) == []
