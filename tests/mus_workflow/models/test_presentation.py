"""What is in force is derived, and stays right whatever it is asked together with."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Count

from mus_workflow.actions.amend_agreement import amend_agreement
from mus_workflow.actions.write_revision import present_agreement
from mus_workflow.models import Dialogue, Presentation, Recall, Signature
from mus_workflow.stages import Stage
from tests.builders import Cast, make_dialogue, sign_by_both
from tests.ledger import entries
from tests.mus_workflow.actions.verbs import LAST_YEAR
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed(dialogue_at: Callable[..., Dialogue]) -> Dialogue:
    return dialogue_at(Stage.FOLLOW_UP)


def amend_and_sign(dialogue: Dialogue, cast: Cast) -> None:
    amend_agreement(dialogue_id=dialogue.pk, change_note="Frist", by=cast.manager, at=NOW)
    present_agreement(dialogue_id=dialogue.pk, by=cast.manager, at=NOW)
    sign_by_both(dialogue, cast)


def test_the_latest_of_several_signed_revisions_is_in_force(cast: Cast, signed: Dialogue) -> None:
    amend_and_sign(signed, cast)
    amend_and_sign(signed, cast)
    assert [row.revision for row in Presentation.objects.in_force()] == [3]
    assert [row.revision for row in Presentation.objects.signed_by_all().order_by("revision")] == [1, 2, 3]


def test_each_agreement_has_its_own(cast: Cast) -> None:
    first = make_dialogue(cast, Stage.CLOSED, at=LAST_YEAR)
    amend = make_dialogue(cast, Stage.TALK)
    assert [row.agreement.dialogue for row in Presentation.objects.in_force()] == [first]
    assert amend.stage == Stage.TALK


@pytest.mark.parametrize(
    "narrowed",
    [
        lambda rows: rows.filter(agreement__dialogue__participants__role="EMPLOYEE"),
        lambda rows: rows.filter(agreement__items__isnull=False),
        lambda rows: rows.filter(signatures__participant__role="MANAGER"),
        lambda rows: rows.filter(agreement__dialogue__participants__left_at=None).distinct(),
    ],
    ids=["by participant", "by items", "by signer", "by presence"],
)
def test_asking_for_more_at_once_does_not_miscount_signatures(
    cast: Cast, signed: Dialogue, narrowed: Callable[..., object]
) -> None:
    amend_and_sign(signed, cast)
    narrow = set(narrowed(Presentation.objects.all()).in_force().values_list("revision", flat=True))
    after = set(narrowed(Presentation.objects.in_force()).values_list("revision", flat=True))
    assert (narrow, after) == ({2}, {2})


def test_one_party_alone_signs_nothing_for_two(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    """Two signatures of the same person are refused by the database, so counting them is enough."""
    dialogue = dialogue_at(Stage.SIGN_OFF)
    presentation = dialogue.agreement.presentations.get()
    person = dialogue.participants.get(role="MANAGER")
    entry_of = entries(dialogue.pk)

    def sign(number: int) -> None:
        Signature.objects.create(
            agreement=dialogue.agreement,
            presentation=presentation,
            revision=1,
            participant=person,
            document_sha256=presentation.document_sha256,
            auth_method="",
            signed_at=NOW,
            ledger_entry=entry_of[number],
        )

    sign(0)
    with pytest.raises(IntegrityError), transaction.atomic():
        sign(1)
    assert not Presentation.objects.in_force().exists()


def test_a_declined_signature_does_not_count(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    dialogue = dialogue_at(Stage.SIGN_OFF)
    presentation = dialogue.agreement.presentations.get()
    for number, (role, meaning) in enumerate((("EMPLOYEE", "DECLINED"), ("MANAGER", "AGREED"))):
        Signature.objects.create(
            agreement=dialogue.agreement,
            presentation=presentation,
            revision=1,
            participant=dialogue.participants.get(role=role),
            meaning=meaning,
            document_sha256=presentation.document_sha256,
            auth_method="",
            signed_at=NOW,
            ledger_entry=entries(dialogue.pk)[number],
        )
    assert not Presentation.objects.in_force().exists()


@pytest.mark.parametrize("changes", [{"revision": 1}, {"revision": 2, "party_count": 1}])
def test_the_database_refuses_a_second_presentation_and_a_lonely_one(
    cast: Cast, signed: Dialogue, changes: dict[str, int]
) -> None:
    given = {"revision": 2, "party_count": 2, **changes}
    with pytest.raises(IntegrityError), transaction.atomic():
        Presentation.objects.create(
            agreement=signed.agreement,
            document_sha256="0" * 64,
            parties=[],
            presented_at=NOW,
            presented_by=signed.participants.first(),
            **given,
        )


def test_nothing_names_content(cast: Cast, signed: Dialogue) -> None:
    said = [str(signed.agreement), str(signed.agreement.presentations.get()), str(Signature.objects.first())]
    assert not [text for text in said if "formidling" in text or "Emma" in text]
    assert Recall.objects.aggregate(Count("pk")) == {"pk__count": 0}
