"""System checks: what an operator should know before people trust the site."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.utils import timezone

from .conf import app_settings
from .evidence import NoteError, parse_verifier_key
from .models import Concept, DataKey, KeyBackupCheck
from .models.app_role import writable_evidence
from .models.data_key import key_ring
from .models.triggers import missing_triggers
from .policies.retention import erasing_concepts
from .sealing import KeyRing, MasterKeyError, SigningKey, SigningKeyError
from .sinks import SinkError, configured_sinks

WHO_ACTS = "mus_workflow.middleware.WhoActs"
A_YEAR = timedelta(days=366)
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
            id="mus.W007",
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
    """A cache that all processes share: attempts at a password, and requests for what is costly, are counted in it."""
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
def check_checkpoints(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A key that signs checkpoints, and a place outside to keep them."""
    hint = "See docs/how-to/operate.md."
    found: list[CheckMessage] = []
    try:
        SigningKey(app_settings.CHECKPOINT_KEY)
    except SigningKeyError as error:
        found.append(Warning(f"MUS['CHECKPOINT_KEY']: {error}.", hint=hint, id="mus.W012"))
    try:
        if not configured_sinks():
            text = "MUS['CHECKPOINT_SINKS'] names no place outside: who owns the database can hide what they changed."
            found.append(Warning(text, hint=hint, id="mus.W013"))
        for text in app_settings.CHECKPOINT_OLD_KEYS:
            parse_verifier_key(text)
    except SinkError as error:
        found.append(Error(f"MUS['CHECKPOINT_SINKS']: {error}.", hint=hint, id="mus.E012"))
    except NoteError as error:
        found.append(Error(f"MUS['CHECKPOINT_OLD_KEYS']: {error}.", hint=hint, id="mus.E013"))
    return found


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


@register("mus", deploy=True)
def check_key_backups(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Somebody has shown within a year that the copy of each master key opens what it should."""
    try:
        names = {*DataKey.objects.by_master_key(), key_ring().current}
        recent = KeyBackupCheck.objects.filter(checked_at__gte=timezone.now() - A_YEAR)
        checked = set(recent.values_list("master_key", flat=True))
    except (DatabaseError, MasterKeyError):  # said by other checks, or there is no database yet
        return []
    return [
        Warning(
            f"Nobody has shown within a year that the copy of the master key {name!r} works.",
            hint="Run mus_check_key_backup. See docs/how-to/operate.md.",
            id="mus.W010",
        )
        for name in sorted(names - checked)
    ]


@register(Tags.database)
def check_master_keys(app_configs: Any, databases: Sequence[str] | None, **kwargs: Any) -> list[CheckMessage]:
    """Each master key that wrapped something opens it: one that is missing, or another under its name, is found."""
    return [
        Error(
            f"{reason[0].upper()}{reason[1:]}. What it seals cannot be read or changed; nothing of it is lost.",
            hint="Put the right key into MUS['MASTER_KEYS'] under that name. See docs/how-to/operate.md.",
            id="mus.E010",
        )
        for using in databases or []
        if DataKey._meta.db_table in connections[using].introspection.table_names()
        for reason in DataKey.objects.using(using).unopened().values()
    ]


@register(Tags.database)
def check_triggers(app_configs: Any, databases: Sequence[str] | None, **kwargs: Any) -> list[CheckMessage]:
    """The wall round the evidence stands. A warning: an error would stop the ``migrate`` that puts it up again."""
    return [
        Warning(_told(missing), hint="Run mus_setup, which puts them up.", id="mus.W005")
        for missing in map(missing_triggers, databases or [])
        if missing
    ]


@register(Tags.database, deploy=True)
def check_wall(app_configs: Any, databases: Sequence[str] | None, **kwargs: Any) -> list[CheckMessage]:
    """In production the wall stands, and the site's own database role cannot take it down."""
    found: list[CheckMessage] = []
    for using in databases or []:
        if missing := missing_triggers(using):
            found.append(Error(_told(missing), hint="Run mus_setup, which puts them up.", id="mus.E004"))
        if tables := writable_evidence(using):
            found.append(
                Warning(
                    f"The site's database role may change or remove evidence in {len(tables)} tables.",
                    hint="Let it connect as a role without these rights: see mus_app_role in docs/how-to/operate.md.",
                    id="mus.W006",
                )
            )
    return found


@register(Tags.database, deploy=True)
def check_erasure_journal(app_configs: Any, databases: Sequence[str] | None, **kwargs: Any) -> list[CheckMessage]:
    """Where texts are erased, a restore must not bring them back."""
    there = databases and Concept._meta.db_table in connections[DEFAULT_DB_ALIAS].introspection.table_names()
    if app_settings.ERASURE_JOURNAL or not there:
        return []
    return [
        Warning(
            f"Texts are erased under the concept “{concept}” without a journal: a restore brings them back.",
            hint="Set MUS['ERASURE_JOURNAL'] to a file that is backed up apart. See docs/how-to/operate.md.",
            id="mus.W011",
        )
        for concept in erasing_concepts()
    ]


def _told(missing: list[str]) -> str:
    return f"{len(missing)} triggers are missing: {', '.join(missing)}."


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
