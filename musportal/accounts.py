"""Accounts as Django keeps them, read by a kept query: every page of a logged-in person reads one."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.db.models import QuerySet

from mus_workflow.models.kept_query import KeptQuery, Slot


class AccountBackend(ModelBackend):
    """Django's backend with another way to find who is logged in."""

    def get_user(self, user_id: Any) -> Any:
        """The account as it is now; None when it is gone or may not log in any more."""
        user = BY_ID.first(pk=user_id)
        return user if user is not None and self.user_can_authenticate(user) else None


def _by_id() -> QuerySet[Any]:
    model = get_user_model()
    return model._default_manager.filter(pk=Slot("pk", model._meta.pk))


BY_ID: KeptQuery[Any] = KeptQuery(_by_id)
