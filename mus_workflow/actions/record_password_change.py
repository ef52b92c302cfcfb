"""Record who gave an account another password."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models.signals import post_save, pre_save
from django.utils import timezone

from mus_workflow.models import PasswordChange, user_key
from mus_workflow.policies.retention import old_password_changes
from mus_workflow.who_acts import who_acts


@transaction.atomic
def record_password_change(*, user: Any, at: datetime) -> PasswordChange:
    """Record that this account gets another password or mail address, and by whom, as far as anybody can say.

    Whoever sets the address can have a new password mailed to themself, so it counts as one. Old records go.

    Where nobody is logged in, a password is changed with a token that was mailed to the person: that is the person.
    Outside of a request, and where a host does not tell of its requests, nobody can say.
    """
    old_password_changes(at=at).delete()
    key, acting = user_key(user), who_acts()
    by = (acting.real or acting.user or key) if acting.in_request else ""
    return PasswordChange.objects.create(user_key=key, changed_at=at, changed_by_key=by)


def notice_password(sender: Any, instance: Any, update_fields: Any = None, **kwargs: Any) -> None:
    """Record the change before it is saved: one that cannot be recorded is not made."""
    watched = {"password", _mail_field(sender)} & {field.name for field in sender._meta.concrete_fields}
    written = watched if update_fields is None else watched & set(update_fields)
    if instance._state.adding or not written:
        return
    if getattr(instance, "_password", None) is None:
        # A rehash at login: the same password, and nothing else is saved.
        if update_fields is not None and set(update_fields) == {"password"}:
            return
        # Not the default manager: a host's may hide some accounts.
        before = sender._base_manager.filter(pk=instance.pk).values(*written).first()
        if before is None or all(before[name] == getattr(instance, name) for name in written):
            return
    record_password_change(user=instance, at=timezone.now())


def notice_account(sender: Any, instance: Any, created: bool = False, **kwargs: Any) -> None:
    """Record the first password of an account that one person makes for another: both know it.

    It has no key before it is saved, so this comes after; the forms of Django and Wagtail save in a transaction. Who
    registers is nobody yet, and an account made by a program, such as an import, waits for nobody.
    """
    acting = who_acts()
    if created and (acting.real or acting.user) and instance.has_usable_password():
        record_password_change(user=instance, at=timezone.now())


def _mail_field(model: Any) -> str:
    return str(model.get_email_field_name()) if hasattr(model, "get_email_field_name") else ""


def connect() -> None:
    """Notice new passwords and accounts of the host's users, however their model is called, and of its proxies."""
    for model in apps.get_models():
        if issubclass(model, get_user_model()):
            pre_save.connect(notice_password, sender=model, dispatch_uid=f"mus_password_{model._meta.label}")
            post_save.connect(notice_account, sender=model, dispatch_uid=f"mus_account_{model._meta.label}")
