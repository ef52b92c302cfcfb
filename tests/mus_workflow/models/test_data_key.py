"""Keys: one for each class of text, gone for good when destroyed; and a column that takes envelopes only."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from mus_workflow.models import Agreement, Artefact, DataKey, Dialogue, Draft, Erased, open_each, open_sealed, seal
from mus_workflow.sealing import EnvelopeError, MasterKeyError, key_id_of
from mus_workflow.stages import Stage
from tests.builders import Cast
from tests.ledger import entries, payload_of
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def dialogue(dialogue_at: Callable[..., Dialogue]) -> Dialogue:
    return dialogue_at(Stage.TALK)


def test_each_class_and_person_has_a_key_of_its_own(dialogue: Dialogue) -> None:
    one, other = dialogue.participants.all()
    made = [
        seal("x", dialogue=dialogue, artefact=artefact, participant=person)
        for artefact in (Artefact.DRAFT, Artefact.SHARED_PREPARATION)
        for person in (None, one, other)
    ]
    assert len({key_id_of(envelope) for envelope in made}) == 6
    again = seal("y", dialogue=dialogue, artefact=Artefact.DRAFT, participant=one)
    assert key_id_of(again) in {key_id_of(envelope) for envelope in made}


@pytest.mark.parametrize("value", [{"a": [1, None, True]}, "æ 🍎 \u2028", "", [], 0, False])
def test_a_value_comes_back_as_it_was(dialogue: Dialogue, value: Any) -> None:
    assert open_sealed(seal(value, dialogue=dialogue, artefact=Artefact.AGREEMENT)) == value


def test_no_envelope_opens_to_nothing() -> None:
    assert open_sealed(None) is None
    assert open_each([]) == []


def test_many_envelopes_cost_one_query(dialogue: Dialogue) -> None:
    artefacts = [Artefact.AGREEMENT, Artefact.ITEM, Artefact.FOLLOW_UP]
    envelopes = [seal(n, dialogue=dialogue, artefact=artefacts[n % 3]) for n in range(20)]
    with CaptureQueriesContext(connection) as queries:
        assert open_each([*envelopes, None]) == [*range(20), None]
    assert len(queries) == 1


def destroy(key: DataKey, rule: str = "RETENTION") -> None:
    key.wrapped, key.destroyed_at, key.destroyed_rule = None, NOW, rule
    key.save()


def test_a_destroyed_key_opens_nothing_and_names_the_rule(dialogue: Dialogue) -> None:
    envelope = seal("væk", dialogue=dialogue, artefact=Artefact.AGREEMENT)
    destroy(DataKey.objects.get(pk=key_id_of(envelope)), "GDPR_17")
    with pytest.raises(Erased, match="erased by GDPR_17") as erased:
        open_sealed(envelope)
    assert erased.value.rule == "GDPR_17"


def test_what_is_sealed_after_the_erasure_has_a_new_key(dialogue: Dialogue) -> None:
    before = seal("før", dialogue=dialogue, artefact=Artefact.AGREEMENT)
    destroy(DataKey.objects.get(pk=key_id_of(before)))
    after = seal("efter", dialogue=dialogue, artefact=Artefact.AGREEMENT)
    assert key_id_of(before) != key_id_of(after)
    assert open_sealed(after) == "efter"


def test_erasing_one_class_leaves_the_others_and_the_chain(dialogue_at: Callable[..., Dialogue]) -> None:
    dialogue = dialogue_at(Stage.FOLLOW_UP)
    destroy(DataKey.objects.get(dialogue=dialogue, artefact=Artefact.AGREEMENT, participant=None))
    with pytest.raises(Erased):
        open_sealed(Agreement.objects.get(dialogue=dialogue).document)
    assert open_sealed(dialogue.agreement.items.get().text)["what"]
    readable = [entry for entry in entries(dialogue.pk) if entry.event == "ITEM_SET"]
    assert payload_of(readable[0])["text"]["what"]


@pytest.mark.parametrize(
    "changes",
    [
        {"wrapped": None},
        {"destroyed_at": NOW},
    ],
    ids=["gone without a date", "destroyed but there"],
)
def test_the_database_refuses_half_an_erasure(dialogue: Dialogue, changes: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        DataKey.objects.filter(dialogue=dialogue).update(**changes)


def test_there_is_one_live_key_for_each_class(dialogue: Dialogue) -> None:
    for key in DataKey.objects.filter(dialogue=dialogue):
        with pytest.raises(IntegrityError), transaction.atomic():
            DataKey.objects.create(
                dialogue=dialogue,
                participant=key.participant,
                artefact=key.artefact,
                master_key="test",
                wrapped=b"x",
            )


def test_without_master_keys_nothing_is_sealed_and_the_reason_is_plain(dialogue: Dialogue, settings: Any) -> None:
    settings.MUS = {}
    with pytest.raises(MasterKeyError, match="there is no master key"):
        seal("x", dialogue=dialogue, artefact=Artefact.GRANT)
    assert not DataKey.objects.filter(dialogue=dialogue, artefact=Artefact.GRANT).exists()


def test_another_master_key_opens_nothing_and_says_which_is_missing(dialogue: Dialogue, settings: Any) -> None:
    envelope = seal("x", dialogue=dialogue, artefact=Artefact.AGREEMENT)
    settings.MUS = {"MASTER_KEYS": {"new": "bmV3IG1hc3RlciBrZXksIDMyIGJ5dGVzIGxvbmchISE="}}
    with pytest.raises(MasterKeyError, match="'test' is not in MUS"):
        open_sealed(envelope)


def test_a_new_master_key_opens_the_old_text_beside_the_old_one(dialogue: Dialogue, settings: Any) -> None:
    envelope = seal("x", dialogue=dialogue, artefact=Artefact.AGREEMENT)
    old = settings.MUS["MASTER_KEYS"]
    settings.MUS = {"MASTER_KEYS": {"new": "bmV3IG1hc3RlciBrZXksIDMyIGJ5dGVzIGxvbmchISE=", **old}}
    assert open_sealed(envelope) == "x"
    later = seal("y", dialogue=dialogue, artefact=Artefact.GRANT)
    assert DataKey.objects.get(pk=key_id_of(later)).master_key == "new"


@pytest.mark.parametrize("clear", [b"", b"klartekst", "Jeg er træt".encode() * 9, bytes(60)])
def test_a_sealed_column_takes_no_clear_text(dialogue: Dialogue, clear: bytes) -> None:
    draft = dialogue.drafts.first()
    draft.envelope = clear
    with pytest.raises(EnvelopeError):
        draft.save()
    with pytest.raises(EnvelopeError):
        Draft.objects.filter(pk=draft.pk).update(envelope=clear)
    with pytest.raises(EnvelopeError):
        Draft.objects.bulk_update([draft], ["envelope"])


def test_a_sealed_column_gives_bytes_on_every_database(cast: Cast, dialogue: Dialogue) -> None:
    read = [Draft.objects.get(pk=draft.pk).envelope for draft in dialogue.drafts.exclude(envelope=None)]
    assert {type(envelope) for envelope in read} == {bytes}


def test_no_word_of_anybody_lies_in_clear_in_any_table(dialogue_at: Callable[..., Dialogue]) -> None:
    dialogue_at(Stage.FOLLOW_UP)
    words = ["besøg", "fredagen", "børneområdet", "formidling", "arbejdsdage"]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            rows = [b" ".join(as_bytes(cell) for cell in row) for row in cursor.fetchall()]
            assert [word for word in words for row in rows if word.encode() in row] == [], table


def as_bytes(cell: Any) -> bytes:
    return bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode()
