"""What one person writes reaches nobody it is not for: no page, mail, log, index or column."""

import logging

import pytest
from django.core import mail
from django.db import connection
from django.urls import reverse

from tests.builders import Cast
from tests.matrix.canaries import CANARIES, IN_CLEAR, IN_MAILS, tell
from tests.matrix.rows import AUDIT_MATRIX, EVERYBODY, MATRIX
from tests.matrix.walk import address, ask, audit_address, clients

pytestmark = pytest.mark.django_db

ADMIN_PAGES = (
    "/admin/",
    "/admin/reports/site-history/",
    "/admin/pages/",
    "/admin/pages/search/?q=kanari",
    "/admin/snippets/",
    "/admin/reports/",
    "/admin/users/",
    "/admin/mus/holds/",
)


def test_a_canary_is_met_only_by_those_it_is_for(cast: Cast) -> None:
    story = tell(cast)
    browsers = clients(cast)
    met = {canary: set() for canary in CANARIES}
    leaks = []
    for persona in sorted(EVERYBODY):
        for where in _addresses(story):
            answer = ask(browsers[persona], "GET", where)
            seen = _whole(answer)
            for canary, allowed in CANARIES.items():
                if canary in seen:
                    met[canary].add(persona)
                    if persona not in allowed:
                        leaks.append(f"{canary} to {persona} at {where}")
    assert leaks == []
    # A canary that nobody meets would prove nothing.
    assert {canary: sorted(met[canary]) for canary in CANARIES} == {
        canary: sorted(allowed) for canary, allowed in CANARIES.items()
    }


def test_no_canary_is_stored_in_clear(cast: Cast) -> None:
    tell(cast)
    found = {
        canary
        for table in connection.introspection.table_names()
        for row in _rows(table)
        for canary in CANARIES
        if any(canary in value for value in row)
    }
    assert found == IN_CLEAR


def test_no_canary_is_mailed_or_logged(cast: Cast, caplog, django_capture_on_commit_callbacks) -> None:
    caplog.set_level(logging.DEBUG)
    with django_capture_on_commit_callbacks(execute=True):
        story = tell(cast)
    browsers = clients(cast)
    for where in _addresses(story):
        ask(browsers["employee"], "GET", where)
    logged = "\n".join(record.getMessage() for record in caplog.records if record.name != "django.db.backends")
    assert mail.outbox
    mailed = "\n".join(str(message.message()) for message in mail.outbox)
    assert {canary for canary in CANARIES if canary in mailed} <= IN_MAILS
    assert {canary for canary in CANARIES if canary in logged} == set()


def _addresses(story):
    for dialogue in (story.earlier, story.current, story.not_held):
        for name, row in MATRIX.items():
            if "GET" in row.methods:
                yield address(name, dialogue)
    item = story.earlier.agreement.items.get().pk
    for name in ("item_progress",):
        for dialogue in (story.earlier, story.current):
            yield reverse(f"mus_workflow:{name}", args=[dialogue.pk, item])
    yield from ADMIN_PAGES
    for name in AUDIT_MATRIX:
        where = audit_address(name, story.earlier)
        yield where
        yield f"{where}?from=1&to=2"
        yield f"{where}?from=2&to=3"
        yield f"{where}?from=3&to=4"


def _whole(answer):
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return body.decode(errors="replace") + str(answer.headers)


def _rows(table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
        for row in cursor.fetchall():
            yield [
                bytes(value).decode(errors="replace") if isinstance(value, bytes | memoryview) else str(value)
                for value in row
            ]
