"""Database settings from one address."""

from typing import Any

import dj_database_url

OPTIONS: dict[str, dict[str, Any]] = {
    "django.db.backends.sqlite3": {
        "init_command": "PRAGMA journal_mode=WAL;",
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
    },
    # A statement that comes for the fifth time is planned for the last time. A pooler that hands each transaction
    # another connection must know prepared statements; where it does not, add `?server_side_binding=false`.
    "django.db.backends.postgresql": {
        "server_side_binding": True,
        "prepare_threshold": 5,
    },
}


def database_from_url(url: str) -> dict[str, Any]:
    """Return the settings for `url` (`sqlite:///path` or `postgres://user:password@host/name?option=value`)."""
    database: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=600, conn_health_checks=True))
    database["OPTIONS"] = {**OPTIONS.get(database["ENGINE"], {}), **database.get("OPTIONS", {})}
    return database
