"""System checks: what an operator should know before people trust the site."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections

from .conf import app_settings
from .models.triggers import missing_triggers
from .sealing import KeyRing, MasterKeyError

WHO_ACTS = "mus_workflow.middleware.WhoActs"
FIELDS_OF_THE_LONGEST_FORM = 5_000  # 500 questions with their switches, and a table of 200 rows


@register("mus")
def check_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Unknown settings, master keys, and a database that many people will find slow."""
    found: list[CheckMessage] = [
        Warning(f"MUS has no setting {name!r}.", hint="Is it misspelt?", id="mus.W001")
        for name in app_settings.unknown()
    ]
    found += [
        Warning(message, hint="See docs/how-to/install-in-your-intranet.md.", id="mus.W002")
        for message in _slow_sqlite(settings.DATABASES["default"])
    ]
    try:
        KeyRing(app_settings.MASTER_KEYS)
    except MasterKeyError as error:
        found.append(
            Error(f"MUS['MASTER_KEYS']: {error}.", hint="See docs/how-to/install-in-your-intranet.md.", id="mus.E001")
        )
    if not getattr(settings, "SIMPLE_HISTORY_ENABLED", True):
        found.append(Error("SIMPLE_HISTORY_ENABLED is off: agreements would have no history.", id="mus.E002"))
    return found


@register("mus")
def check_middleware(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """That the plugin can tell who changes a password."""
    if WHO_ACTS in settings.MIDDLEWARE:
        return []
    return [
        Warning(
            f"{WHO_ACTS} is not in MIDDLEWARE, so nobody can say who changes a password.",
            hint="Add it: until then nobody can sign for a day after any change of their password.",
            id="mus.W005",
        )
    ]


@register("mus", deploy=True)
def check_deployment(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Database settings under which many people can save at once."""
    return [
        Error(message, hint="See docs/how-to/install-in-your-intranet.md.", id="mus.E003")
        for message in _slow_sqlite(settings.DATABASES["default"])
    ]


@register("mus", deploy=True)
def check_cache(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A cache that all processes share: the attempts at a password before signing are counted in it."""
    backend = settings.CACHES["default"]["BACKEND"]
    if backend.rpartition(".")[2] not in ("LocMemCache", "DummyCache"):
        return []
    return [
        Warning(
            "Each process has a default cache of its own, so attempts at a password before signing are counted apart.",
            hint="Set CACHES to a cache that all processes share.",
            id="mus.W003",
        )
    ]


@register("mus", deploy=True)
def check_form_size(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Room for the longest form, where it is sent by its button: Django refuses a form with too many fields whole."""
    most = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    if most is None or most >= FIELDS_OF_THE_LONGEST_FORM:
        return []
    return [
        Warning(
            f"Django takes at most {most} fields in a form, and a long one of ours has more.",
            hint=f"Set DATA_UPLOAD_MAX_NUMBER_FIELDS to {FIELDS_OF_THE_LONGEST_FORM:_} or more.",
            id="mus.W004",
        )
    ]


@register(Tags.database)
def check_triggers(app_configs: Any, databases: Sequence[str] | None, **kwargs: Any) -> list[CheckMessage]:
    """The wall round the evidence stands."""
    found: list[CheckMessage] = []
    for using in databases or []:
        if "mus_workflow_ledgerentry" not in connections[using].introspection.table_names():
            continue
        missing = missing_triggers(using)
        if missing:
            found.append(
                Error(f"{len(missing)} triggers are missing: {', '.join(missing)}.", hint="Run migrate.", id="mus.E004")
            )
    return found


def _slow_sqlite(database: dict[str, Any]) -> list[str]:
    if not database["ENGINE"].endswith("sqlite3"):
        return []
    options = database.get("OPTIONS", {})
    missing = []
    if options.get("transaction_mode") != "IMMEDIATE":
        missing.append("SQLite without transaction_mode IMMEDIATE refuses some of the saves that happen at once.")
    if "wal" not in str(options.get("init_command", "")).lower():
        missing.append("SQLite without WAL lets readers wait for writers.")
    return missing
