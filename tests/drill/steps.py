"""The steps of the drill: write, erase, tidy up, restore, replay; and look for what should not be there."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import time_machine
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from mus_workflow.actions.erasure_journal import Journal, Line, read_journal
from mus_workflow.actions.replay_erasures import replay_erasures
from mus_workflow.history.verification import verify_everything
from mus_workflow.models import DataKey
from mus_workflow.models.sealed_field import SealedField
from mus_workflow.sealing import key_id_of
from tests.builders import make_cast, make_dialogue
from tests.erasing import YEARS_ON, erase, everybody_leaves, with_another_employee
from tests.matrix.canaries import CANARIES, tell
from tests.plumbing.clock import NOW

KEYS = DataKey._meta.db_table


def build(people: str) -> dict[str, Any]:
    """Write every canary through the actions, and so many dialogues more; then everybody leaves."""
    call_command("migrate", verbosity=0)
    with time_machine.travel(NOW, tick=False):
        cast = make_cast()
        tell(cast)
        for number in range(int(people)):
            make_dialogue(with_another_employee(cast, f"employee{number}"), "CLOSED")
        everybody_leaves()
    of_dialogues = DataKey.objects.filter(dialogue__isnull=False)
    return {"wrapped": [bytes(key.wrapped).hex() for key in of_dialogues], **read_all()}


def run(journal: str) -> dict[str, Any]:
    """Years later the rules are run, and it is tidied up."""
    told, _run = erase(YEARS_ON, Journal(journal))
    tidy()
    return {"told": len(told), **read_all()}


def replay(journal: str) -> dict[str, Any]:
    """After a restore the journal is replayed, twice."""
    lines = [line for line in read_journal(journal) if isinstance(line, Line)]
    with time_machine.travel(YEARS_ON, tick=False):
        first, again = (replay_erasures(lines=lines, at=YEARS_ON, journal=Journal(journal)) for _time in range(2))
    return {"replayed": first.by_rule.total(), "again": again.by_rule.total(), **read_all()}


def tidy() -> None:
    """The step of docs/how-to/operate.md, so that no file of the database holds a destroyed key."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _vacuum_alone(cursor)
            cursor.execute("CHECKPOINT")
        else:
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _vacuum_alone(cursor: Any) -> None:
    """VACUUM keeps what a transaction that is open elsewhere may still see, such as that of autovacuum."""
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    for _attempt in range(300):
        cursor.execute(others)
        if cursor.fetchone()[0] == 0:
            cursor.execute(f"VACUUM FULL {KEYS}")
            cursor.execute(others)
            if cursor.fetchone()[0] == 0:
                return
        time.sleep(0.1)


def key_file() -> str:
    """What lies in PostgreSQL's file of the data keys, hex."""
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute("SELECT pg_read_binary_file(pg_relation_filepath(%s))", [KEYS])
        return bytes(cursor.fetchone()[0]).hex()


def read_all() -> dict[str, Any]:
    """Try every envelope of every table with every key of the database; and verify."""
    live = {key.pk: key for key in DataKey.objects.filter(destroyed_at=None)}
    words, opened, gone = set(), 0, 0
    for envelope in _envelopes():
        key = live.get(key_id_of(envelope))
        if key is None:
            gone += 1
            continue
        opened += 1
        text = key.open(envelope).decode(errors="replace")
        words |= {canary for canary in CANARIES if canary in text}
    findings = [finding.problem for finding in verify_everything()]
    return {"words": sorted(words), "opened": opened, "gone": gone, "findings": findings}


def _envelopes() -> Iterator[bytes]:
    for model in apps.get_app_config("mus_workflow").get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, SealedField):
                for value in model._base_manager.exclude(**{field.name: None}).values_list(field.name, flat=True):
                    yield bytes(value)
