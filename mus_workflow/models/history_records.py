"""The one configuration of django-simple-history in this project."""

from __future__ import annotations

from typing import Any

from django.db import models
from simple_history.models import HistoricalRecords
from simple_history.signals import post_create_historical_record, pre_create_historical_record

from .people import person_name, user_key


class ActorSnapshot(models.Model):
    """Who made the revision, as they were called then: the trail outlives the account."""

    actor_label = models.CharField(max_length=200, blank=True)
    actor_role = models.CharField(max_length=20, blank=True)

    class Meta:
        abstract = True


def _no_user(history: Any) -> str:
    return history.history_user_id


def _set_user(history: Any, user: Any) -> None:
    history.history_user_id = "" if user is None else user_key(user)


class MusHistoricalRecords(HistoricalRecords):
    """History rows whose columns do not follow the host's settings: actors by key, ids of 64 bits, reasons as text."""

    def __init__(self, **kwargs: Any) -> None:
        defaults: dict[str, Any] = {
            "history_id_field": models.BigAutoField(),
            "history_change_reason_field": models.CharField(max_length=40, blank=True, null=True),
            "history_user_id_field": models.CharField(max_length=64, blank=True),
            "history_user_getter": _no_user,
            "history_user_setter": _set_user,
            "bases": [ActorSnapshot],
        }
        super().__init__(**{**defaults, **kwargs})

    @property
    def _date_indexing(self) -> bool:
        return True

    def get_meta_options(self, model: Any) -> dict[str, Any]:
        """Plain names, so that no translation of ours or of simple-history's reaches a migration."""
        plain = f"revision of {model._meta.object_name}"
        return {**super().get_meta_options(model), "verbose_name": plain, "verbose_name_plural": f"{plain}s"}


def _snapshot_actor(sender: Any, instance: Any, history_instance: Any, history_user: Any, **kwargs: Any) -> None:
    if isinstance(history_instance, ActorSnapshot):
        history_instance.actor_label = person_name(history_user) if history_user else ""
        history_instance.actor_role = getattr(instance, "_history_role", "")


def _remember(sender: Any, instance: Any, history_instance: Any, **kwargs: Any) -> None:
    # The ledger names the row: asking for the latest one would cost a query at every save.
    instance.latest_history_id = history_instance.pk


pre_create_historical_record.connect(_snapshot_actor, dispatch_uid="mus_actor_snapshot")
post_create_historical_record.connect(_remember, dispatch_uid="mus_latest_history_id")
