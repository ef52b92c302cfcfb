"""The whole course through the actions."""

import pytest

from mus_workflow.evidence import verify_chain
from mus_workflow.models import AgreementItem, LedgerEntry, Presentation
from mus_workflow.stages import Stage
from tests.builders import Cast, make_dialogue

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("stage", Stage.values)
def test_every_stage_is_reached_by_its_actions(cast: Cast, stage: str) -> None:
    assert make_dialogue(cast, stage).stage == stage


def test_a_signed_agreement_is_in_force_and_its_items_are_rows(cast: Cast) -> None:
    dialogue = make_dialogue(cast)
    assert Presentation.objects.filter(agreement=dialogue.agreement).in_force().get().revision == 1
    assert AgreementItem.objects.get(agreement__dialogue=dialogue).responsible == "MANAGER"
    links = LedgerEntry.objects.filter(chain=dialogue.pk).order_by("n").links()
    assert list(verify_chain(links)) == []
