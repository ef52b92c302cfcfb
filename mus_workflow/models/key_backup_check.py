"""When the copy of a master key was last shown to open what it should."""

from __future__ import annotations

from django.db import models


class KeyBackupCheck(models.Model):
    """One time that the copy of a master key, typed in from where it is kept, opened the keys that it had wrapped."""

    master_key = models.CharField(max_length=64)
    checked_at = models.DateTimeField()
    opened = models.PositiveIntegerField(help_text="Data keys that it opened.")

    class Meta:
        ordering = ["-checked_at"]

    def __str__(self) -> str:
        return f"backup of {self.master_key}"
