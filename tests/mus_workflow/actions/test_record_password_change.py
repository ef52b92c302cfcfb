"""Who gave an account another password: told by the request, and recorded before the password is."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
from mus_workflow.policies.acting import has_own_password
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


@pytest.mark.parametrize("case", ["another's", "under a mask"])
def test_the_first_password_of_an_account_that_another_makes_is_anothers(cast: Cast, case: str) -> None:
    who, by = CASES[case]
    with acting_as(who(cast)):
        made = get_user_model().objects.create_user(username="new", password="first")
    assert recorded() == [(user_key(made), by(cast))]
    assert not has_own_password(user_key(made), at=NOW)
    assert has_own_password(user_key(made), at=NOW + timedelta(hours=24))


@pytest.mark.parametrize("case", ["with a token that was mailed", "by a command, or where nobody can say"])
def test_an_account_that_a_program_makes_or_a_stranger_registers_may_sign(cast: Cast, case: str) -> None:
    who, _by = CASES[case]
    with acting_as(who(cast)):
        made = get_user_model().objects.create_user(username="new", password="first")
    assert recorded() == []
    assert has_own_password(user_key(made), at=NOW)


def test_an_account_without_a_password_is_no_change(cast: Cast) -> None:
    with acting_as(acting(cast.admin)):
        get_user_model().objects.create_user(username="new", email="new@example.org")
    assert recorded() == []


def set_hash(user: Any) -> None:
    user.password = make_password("another word")
    user.save()


def set_mail(user: Any) -> None:
    user.email = "elsewhere@example.org"
    user.save()


@pytest.mark.parametrize("change", [set_hash, set_mail, lambda user: user.save(update_fields=["email"])])
def test_a_hash_or_a_mail_address_that_another_sets_counts(cast: Cast, change: Callable[[Any], None]) -> None:
    user = fresh(cast.employee)
    user.email = "new@example.org"
    with acting_as(acting(cast.admin)):
        change(user)
    assert recorded() == [(user_key(cast.employee), user_key(cast.admin))]
    assert not has_own_password(user_key(cast.employee), at=NOW)


def test_a_mail_address_that_stays_is_no_change(cast: Cast) -> None:
    user = fresh(cast.employee)
    with acting_as(acting(cast.admin)):
        user.save()
        user.save(update_fields=["email"])
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


@contextmanager
def colleagues(**members: Any) -> Iterator[Any]:
    """A proxy of the user model, until the end of the block."""
    meta = type("Meta", (), {"proxy": True, "app_label": "mus_workflow"})
    proxy: Any = type("Colleague", (get_user_model(),), {"__module__": __name__, "Meta": meta, **members})
    label = "mus_workflow.Colleague"
    try:
        recording.connect()
        yield proxy
    finally:
        models.signals.pre_save.disconnect(sender=proxy, dispatch_uid=f"mus_password_{label}")
        models.signals.post_save.disconnect(sender=proxy, dispatch_uid=f"mus_account_{label}")
        proxy._meta.apps.all_models["mus_workflow"].pop("colleague")
        proxy._meta.apps.clear_cache()


def test_a_proxy_of_the_user_model_is_noticed_too(cast: Cast) -> None:
    with colleagues() as proxy:
        set_password(proxy.objects.get(pk=cast.employee.pk))
        assert recorded() == [(user_key(cast.employee), "")]
        with acting_as(acting(cast.admin)):
            made = proxy.objects.create_user(username="new", password="first")
        assert recorded()[1:] == [(user_key(made), user_key(cast.admin))]


class NobodyHere(models.Manager[Any]):
    """A host's manager that hides accounts."""

    def get_queryset(self) -> models.QuerySet[Any]:
        return super().get_queryset().none()


def test_an_account_that_the_hosts_manager_hides_is_noticed_too(cast: Cast) -> None:
    with colleagues(objects=NobodyHere()) as proxy:
        set_mail(proxy._base_manager.get(pk=cast.employee.pk))
    assert recorded() == [(user_key(cast.employee), "")]


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
