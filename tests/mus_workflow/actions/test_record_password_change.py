"""Who gave an account another password: told by the request, and recorded before the password is."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.db import models

from mus_workflow.actions import record_password_change as recording
from mus_workflow.models import PasswordChange, user_key
from mus_workflow.who_acts import Acting, acting_as
from tests.builders import Cast
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db


class Broken(Exception):
    """The database failed."""


def recorded() -> list[tuple[str, str]]:
    return list(PasswordChange.objects.order_by("pk").values_list("user_key", "changed_by_key"))


def fresh(user: Any) -> Any:
    """The account as it is stored: the cast is made once for all these tests."""
    return get_user_model().objects.get(pk=user.pk)


def set_password(user: Any) -> None:
    user.set_password("another word")
    user.save()


CASES: dict[str, tuple[Callable[[Cast], Acting], Callable[[Cast], str]]] = {
    "their own": (lambda cast: acting(cast.employee), lambda cast: user_key(cast.employee)),
    "another's": (lambda cast: acting(cast.admin), lambda cast: user_key(cast.admin)),
    "under a mask": (
        lambda cast: Acting(user_key(cast.employee), user_key(cast.admin), in_request=True),
        lambda cast: user_key(cast.admin),
    ),
    "with a token that was mailed": (lambda cast: Acting(in_request=True), lambda cast: user_key(cast.employee)),
    "by a command, or where nobody can say": (lambda cast: Acting(), lambda cast: ""),
}


def acting(user: Any) -> Acting:
    return Acting(user_key(user), in_request=True)


@pytest.mark.parametrize("case", CASES)
def test_a_change_is_recorded_with_who_made_it(cast: Cast, case: str) -> None:
    who, by = CASES[case]
    with acting_as(who(cast)):
        set_password(fresh(cast.employee))
    assert recorded() == [(user_key(cast.employee), by(cast))]
    assert PasswordChange.objects.get().changed_at == NOW


@pytest.mark.parametrize("form", [SetPasswordForm, PasswordChangeForm])
def test_djangos_own_forms_are_noticed(cast: Cast, form: Any) -> None:
    typed = {"old_password": "demo", "new_password1": "et nyt og langt ord", "new_password2": "et nyt og langt ord"}
    filled = form(fresh(cast.employee), typed)
    assert filled.is_valid(), filled.errors
    with acting_as(acting(cast.employee)):
        filled.save()
    assert recorded() == [(user_key(cast.employee), user_key(cast.employee))]


def test_an_account_that_is_made_is_no_change(cast: Cast) -> None:
    get_user_model().objects.create_user(username="new", password="first")
    assert recorded() == []


def test_a_stronger_hash_of_the_same_password_at_login_is_no_change(cast: Cast, settings: Any) -> None:
    weak = make_password("demo", hasher="md5")
    get_user_model().objects.filter(pk=cast.employee.pk).update(password=weak)
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
    ]
    assert fresh(cast.employee).check_password("demo")
    assert fresh(cast.employee).password != weak
    assert recorded() == []


def test_a_save_of_other_columns_is_no_change(cast: Cast) -> None:
    user = fresh(cast.employee)
    user.first_name = "Emilie"
    user.save()
    user.set_password("not saved")
    user.save(update_fields=["last_login"])
    assert recorded() == []


def test_djangos_command_is_a_change_that_nobody_can_vouch_for(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getpass", lambda **kwargs: "et nyt og langt ord")
    call_command("changepassword", "employee", verbosity=0)
    assert recorded() == [(user_key(cast.employee), "")]


def test_a_proxy_of_the_user_model_is_noticed_too(cast: Cast) -> None:
    class Colleague(get_user_model()):  # type: ignore[misc]
        class Meta:
            proxy = True
            app_label = "mus_workflow"

    try:
        recording.connect()
        set_password(Colleague.objects.get(pk=cast.employee.pk))
        assert recorded() == [(user_key(cast.employee), "")]
    finally:
        models.signals.pre_save.disconnect(sender=Colleague, dispatch_uid="mus_password_mus_workflow.Colleague")
        Colleague._meta.apps.all_models["mus_workflow"].pop("colleague")
        Colleague._meta.apps.clear_cache()


def test_a_change_that_cannot_be_recorded_is_not_made(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**kwargs: Any) -> None:
        raise Broken

    before = fresh(cast.employee).password
    monkeypatch.setattr(PasswordChange.objects, "create", fail)
    with pytest.raises(Broken):
        set_password(fresh(cast.employee))
    assert fresh(cast.employee).password == before


@pytest.mark.parametrize(("hours", "kept"), [(24, 1), (24 * 60, 2)])
def test_old_records_go_when_new_ones_come_and_they_no_longer_matter(
    cast: Cast, settings: Any, hours: int, kept: int
) -> None:
    settings.MUS = {**settings.MUS, "RESET_HOURS": hours}
    PasswordChange.objects.create(user_key="1", changed_at=NOW - timedelta(days=32))
    set_password(fresh(cast.employee))
    assert PasswordChange.objects.count() == kept
