"""The copy of a master key is shown to work, or to be another key, before it is needed."""

from collections.abc import Callable
from typing import Any

import pytest

from mus_workflow.actions.check_key_backup import check_key_backup
from mus_workflow.actions.rotate_keys import rotate_batch
from mus_workflow.models import DataKey, Dialogue, KeyBackupCheck
from mus_workflow.policies.verdict import Refused
from tests.master_keys import ANOTHER, NEW, OLD, ROTATING, WRONG
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def dialogue(dialogue_at: Callable[..., Dialogue]) -> Dialogue:
    return dialogue_at()


@pytest.mark.parametrize("copy", [OLD, f"test:{OLD}", f"another name:{OLD}", f"  {OLD}\n"])
def test_a_right_copy_opens_every_key_and_is_recorded(copy: str) -> None:
    check = check_key_backup(copy=copy, at=NOW)
    assert (check.master_key, check.opened, check.checked_at) == ("test", DataKey.objects.count(), NOW)
    assert KeyBackupCheck.objects.get() == check


def test_the_copy_is_tried_on_what_it_wrapped_and_not_on_the_settings(settings: Any) -> None:
    settings.MUS = {**settings.MUS, "MASTER_KEYS": ANOTHER}
    assert check_key_backup(copy=OLD, at=NOW).opened == DataKey.objects.count()
    with pytest.raises(Refused, match="not the copy of any master key"):
        check_key_backup(copy=WRONG, at=NOW)


def test_each_of_two_keys_is_known_by_what_it_opens(settings: Any) -> None:
    settings.MUS = {**settings.MUS, "MASTER_KEYS": ROTATING}
    rotate_batch(size=2)
    assert (check_key_backup(copy=NEW, at=NOW).master_key, check_key_backup(copy=NEW, at=NOW).opened) == ("new", 2)
    assert check_key_backup(copy=OLD, at=NOW).opened == DataKey.objects.count() - 2


def test_a_new_key_that_has_wrapped_nothing_is_known_from_the_settings(settings: Any) -> None:
    settings.MUS = {**settings.MUS, "MASTER_KEYS": ROTATING}
    check = check_key_backup(copy=NEW, at=NOW)
    assert (check.master_key, check.opened) == ("new", 0)


@pytest.mark.parametrize("copy", [WRONG, NEW])
def test_another_key_is_refused_and_nothing_is_recorded(copy: str) -> None:
    with pytest.raises(Refused, match="not the copy of any master key"):
        check_key_backup(copy=copy, at=NOW)
    assert not KeyBackupCheck.objects.exists()


@pytest.mark.parametrize("copy", ["", "hemmelig", "c2hvcnQ=", OLD[:-5]])
def test_what_is_no_key_is_refused_and_not_repeated(copy: str) -> None:
    with pytest.raises(Refused, match="a key is 32 bytes") as refusal:
        check_key_backup(copy=copy, at=NOW)
    assert not copy or copy not in str(refusal.value)
    assert not KeyBackupCheck.objects.exists()


def test_a_copy_that_opens_only_some_is_no_backup() -> None:
    first = DataKey.objects.order_by("pk").first()
    DataKey.objects.filter(pk=first.pk).update(wrapped=bytes(40))
    with pytest.raises(Refused, match="of “test” opens"):
        check_key_backup(copy=OLD, at=NOW)
    assert not KeyBackupCheck.objects.exists()


def test_how_far_it_is_can_be_followed() -> None:
    told: list[tuple[int, int]] = []
    check_key_backup(copy=OLD, at=NOW, progress=lambda done, of: told.append((done, of)))
    count = DataKey.objects.count()
    assert told == [(n, count) for n in range(1, count + 1)]
