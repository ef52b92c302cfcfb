"""Who has given an account another password: a fresh one from somebody else must not sign."""

from __future__ import annotations

from django.db import models


class PasswordChange(models.Model):
    """One change of a password or mail address, or the first password that another gave.

    ``changed_by_key`` is empty where nobody can say who made it.
    """

    user_key = models.CharField(max_length=64)
    changed_at = models.DateTimeField()
    changed_by_key = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [models.Index(fields=["user_key", "changed_at"])]

    def __str__(self) -> str:
        return f"password change {self.pk}"
