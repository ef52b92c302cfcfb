"""The commands that turn and check master keys, and what they say."""

import io
import sys
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from mus_workflow.models import DataKey, Dialogue, KeyBackupCheck
from tests.master_keys import ANOTHER, AS_BUILT, NEW, OLD, ROTATED, ROTATING, WRONG

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def dialogue(dialogue_at: Callable[..., Dialogue]) -> Dialogue:
    return dialogue_at()


def said(command: str) -> str:
    out = io.StringIO()
    with translation.override("en"):
        call_command(command, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def type_in(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def with_ring(settings: Any, ring: dict[str, str]) -> None:
    settings.MUS = {**settings.MUS, "MASTER_KEYS": ring}


def test_the_rotation_says_when_the_old_key_may_go(settings: Any) -> None:
    with_ring(settings, ROTATING)
    count = DataKey.objects.count()
    told = said("mus_rotate_keys")
    assert f"{count} data keys are now wrapped by “new”." in told
    assert "“test” is needed by no data key: it may leave" in told
    assert "0 data keys are now wrapped" in said("mus_rotate_keys")


def test_it_never_says_so_while_a_key_needs_it(settings: Any) -> None:
    with_ring(settings, {"new": NEW, "test": WRONG})
    out = io.StringIO()
    with translation.override("en"), pytest.raises(CommandError, match="could not be opened, and were left"):
        call_command("mus_rotate_keys", stdout=out, stderr=io.StringIO())
    assert f"“test” must stay: {DataKey.objects.count()} data keys need it." in out.getvalue()
    assert "may leave" not in out.getvalue()


def test_a_key_that_is_not_on_the_ring_is_named_too(settings: Any) -> None:
    with_ring(settings, ROTATED)
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("mus_rotate_keys", stdout=out, stderr=io.StringIO())
    assert "“test”" in out.getvalue()


def test_with_one_key_there_is_nothing_to_do() -> None:
    before = list(DataKey.objects.order_by("pk").values_list("wrapped"))
    assert "may leave" not in said("mus_rotate_keys")
    assert list(DataKey.objects.order_by("pk").values_list("wrapped")) == before


def test_a_wrong_first_key_changes_nothing(settings: Any) -> None:
    with_ring(settings, ROTATING)
    call_command("mus_rotate_keys", stdout=io.StringIO())
    before = list(DataKey.objects.order_by("pk").values_list("master_key", "wrapped"))
    with_ring(settings, {"new": WRONG, **AS_BUILT})
    with translation.override("en"), pytest.raises(CommandError, match="Nothing was changed"):
        call_command("mus_rotate_keys", stdout=io.StringIO())
    assert list(DataKey.objects.order_by("pk").values_list("master_key", "wrapped")) == before


@pytest.mark.parametrize("command", ["mus_rotate_keys", "mus_verify"])
def test_without_any_key_a_command_says_so_plainly(settings: Any, command: str) -> None:
    with_ring(settings, {})
    with pytest.raises(CommandError, match="master key"):
        call_command(command, stdout=io.StringIO(), stderr=io.StringIO())


def test_the_proof_is_not_called_broken_where_only_the_key_is(settings: Any) -> None:
    with_ring(settings, ANOTHER)
    with pytest.raises(CommandError, match="'test' is not the one that wrapped"):
        call_command("mus_verify", stdout=io.StringIO(), stderr=io.StringIO())


def test_the_copy_of_a_key_is_asked_for_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    type_in(monkeypatch, f"{OLD}\n")
    told = said("mus_check_key_backup")
    assert f"This is the master key “test”, and it opens all {DataKey.objects.count()} data keys" in told
    assert OLD not in told
    assert KeyBackupCheck.objects.get().master_key == "test"


def test_a_wrong_copy_ends_with_an_error_that_does_not_show_it(monkeypatch: pytest.MonkeyPatch) -> None:
    type_in(monkeypatch, WRONG)
    with pytest.raises(CommandError) as refusal:
        said("mus_check_key_backup")
    assert WRONG not in str(refusal.value)
    assert not KeyBackupCheck.objects.exists()


def test_the_copy_is_never_an_argument() -> None:
    with pytest.raises(CommandError, match="unrecognized arguments"):
        call_command("mus_check_key_backup", OLD)
