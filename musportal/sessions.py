"""Sessions in the database, as Django keeps them, read by a kept query: every page of a logged-in person reads one.

Each request still asks the database, so a logout ends the session at once, for every worker and copy of the cookie.
"""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import CharField, DateTimeField, QuerySet
from django.utils import timezone

from mus_workflow.models.kept_query import KeptQuery, Slot


class SessionStore(db.SessionStore):
    """Django's store with another way to read."""

    def load(self) -> dict[str, Any]:
        """What the session holds. Empty, and without its key, when it has ended or run out."""
        found = CURRENT.first(key=self.session_key, now=timezone.now())
        if found is None:
            self._session_key = None
            return {}
        return self.decode(found)


def _current() -> QuerySet[Session, str]:
    unexpired = Session.objects.filter(expire_date__gt=Slot("now", DateTimeField()))
    return unexpired.filter(session_key=Slot("key", CharField())).values_list("session_data", flat=True)


CURRENT: KeptQuery[str] = KeptQuery(_current)
