"""A new master key takes the place of an old one, and no text is touched."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.apps import apps

from mus_workflow.actions import rotate_keys
from mus_workflow.actions.rotate_keys import rotate_batch
from mus_workflow.models import Agreement, DataKey, Dialogue, Draft, Erased, Payload, open_sealed
from mus_workflow.models.sealed_field import SealedField
from mus_workflow.sealing import MasterKeyError
from tests.ledger import assert_chain_holds, everything
from tests.master_keys import ANOTHER, AS_BUILT, NEW, ROTATED, ROTATING, WRONG
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

KEYS = DataKey._meta.db_table


@pytest.fixture
def dialogue(dialogue_at: Callable[..., Dialogue]) -> Dialogue:
    return dialogue_at()


def rotate_all(size: int = 500) -> int:
    done, batch = 0, rotate_batch(size=size)
    while batch.last is not None:
        done, batch = done + batch.rewrapped, rotate_batch(after=batch.last, size=size)
    return done + batch.rewrapped


def envelopes() -> Iterator[bytes]:
    """Every envelope there is but those of payloads, which are bytes and no JSON."""
    for model in apps.get_app_config("mus_workflow").get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, SealedField) and model is not Payload:
                yield from model._default_manager.exclude(**{field.name: None}).values_list(field.name, flat=True)


def master_keys(settings: Any, ring: dict[str, str]) -> None:
    settings.MUS = {**settings.MUS, "MASTER_KEYS": ring}


def test_everything_opens_with_the_new_key_alone(dialogue: Dialogue, settings: Any) -> None:
    before = [open_sealed(envelope) for envelope in envelopes()]
    assert len(before) > 10
    master_keys(settings, ROTATING)
    assert rotate_all() == DataKey.objects.count() > 5
    master_keys(settings, ROTATED)
    assert [open_sealed(envelope) for envelope in envelopes()] == before
    assert_chain_holds(dialogue.pk)


def test_nothing_but_the_wrapping_changes(dialogue: Dialogue, settings: Any) -> None:
    before = everything()
    master_keys(settings, ROTATING)
    rotate_all()
    after = everything()
    assert after.pop(KEYS) != before.pop(KEYS)
    assert after == before


@pytest.mark.parametrize("size", [1, 2, 3, 500])
def test_batches_of_any_size_take_each_key_once(dialogue: Dialogue, settings: Any, size: int) -> None:
    master_keys(settings, ROTATING)
    assert rotate_all(size) == DataKey.objects.count()
    assert DataKey.objects.by_master_key() == {"new": DataKey.objects.count()}


def test_it_goes_on_where_it_was_stopped(dialogue: Dialogue, settings: Any) -> None:
    master_keys(settings, ROTATING)
    count = DataKey.objects.count()
    assert rotate_batch(size=2).rewrapped == 2
    assert DataKey.objects.by_master_key() == {"new": 2, "test": count - 2}
    assert rotate_all() == count - 2
    assert rotate_all() == 0


def test_halfway_everything_opens(dialogue: Dialogue, settings: Any) -> None:
    master_keys(settings, ROTATING)
    rotate_batch(size=3)
    assert [open_sealed(envelope) for envelope in envelopes()]


def test_a_destroyed_key_stays_destroyed(dialogue: Dialogue, settings: Any) -> None:
    envelope = Agreement.objects.get(dialogue=dialogue).document
    key = DataKey.objects.that_sealed(envelope)
    DataKey.objects.filter(pk=key.pk).update(wrapped=None, destroyed_at=NOW, destroyed_rule="RETENTION")
    master_keys(settings, ROTATING)
    rotate_all()
    with pytest.raises(Erased):
        open_sealed(envelope)


def test_a_key_that_is_destroyed_in_the_meantime_is_left_alone(
    dialogue: Dialogue, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    envelope = Agreement.objects.get(dialogue=dialogue).document
    key, write = DataKey.objects.that_sealed(envelope), rotate_keys._write

    def erased_first(one: DataKey, *wrapped: Any) -> int:
        if one == key:
            DataKey.objects.filter(pk=key.pk).update(wrapped=None, destroyed_at=NOW, destroyed_rule="RETENTION")
        return write(one, *wrapped)

    monkeypatch.setattr(rotate_keys, "_write", erased_first)
    master_keys(settings, ROTATING)
    assert rotate_all() == DataKey.objects.count() - 1
    with pytest.raises(Erased):
        open_sealed(envelope)


def test_a_key_that_does_not_open_is_named_and_left_as_it_is(dialogue: Dialogue, settings: Any) -> None:
    before = everything()[KEYS]
    master_keys(settings, {"new": NEW, "test": WRONG})
    batch = rotate_batch()
    assert batch.rewrapped == 0
    assert set(batch.problems) == set(DataKey.objects.values_list("pk", flat=True))
    assert everything()[KEYS] == before


def test_nothing_is_wrapped_by_a_key_that_is_not_what_its_name_says(dialogue: Dialogue, settings: Any) -> None:
    master_keys(settings, ROTATING)
    rotate_batch(size=1)
    before = everything()[KEYS]
    master_keys(settings, {"new": WRONG, **AS_BUILT})
    with pytest.raises(MasterKeyError, match="'new' is not the one"):
        rotate_batch()
    assert everything()[KEYS] == before


def test_a_text_that_is_saved_halfway_has_the_key_it_had(dialogue: Dialogue, settings: Any) -> None:
    draft = Draft.objects.exclude(envelope=None).first()
    key = DataKey.objects.that_sealed(draft.envelope)
    master_keys(settings, ROTATING)
    rotate_all()
    # Read before the rotation, used after it: the old wrapping opens as long as the old key is on the ring.
    assert open_sealed(key.seal_value({"answers": {}})) == {"answers": {}}
    master_keys(settings, ANOTHER)
    with pytest.raises(MasterKeyError):
        key.seal_value({})
