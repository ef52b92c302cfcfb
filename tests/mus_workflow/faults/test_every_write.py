"""Whatever fails below a page that writes: all of it is done or nothing, and no word of the person's is lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from mus_workflow.history.verification import check_wall, verify_dialogue
from mus_workflow.models import Dialogue, schema_of
from tests.builders import Cast
from tests.ledger import everything
from tests.matrix.rows import MATRIX
from tests.mus_workflow.faults.faults import FAULTS, HARMLESS
from tests.mus_workflow.faults.writes import WORD, WRITES, Write

pytestmark = pytest.mark.django_db

# What a refused form leaves behind is kept apart, and is nobody's evidence.
BESIDE = {"mus_workflow_parkedpost", "mus_workflow_datakey"}
OFTEN = {"database gone", "database read-only", "master key missing", "worker gone"}
# Addresses that write and are not a step of the dialogue; they have tests of their own.
ELSEWHERE = {"employee_invite", "item_outcome", "my_data"}


def crossed() -> Iterator[Any]:
    """Every write with every fault; in each run of the tests those that are likeliest to lose something."""
    for write in WRITES:
        for fault in FAULTS:
            often = fault in OFTEN if write.has_words else fault == "database locked"
            yield pytest.param(write, fault, id=f"{write.name}-{fault}", marks=() if often else pytest.mark.prove)


@pytest.fixture(autouse=True)
def fresh_schemas() -> Iterator[None]:
    schema_of.cache_clear()
    yield
    schema_of.cache_clear()


@pytest.fixture
def client(module_cast: Cast) -> Client:
    # Django's own page for an error is the host's; ours must never need it.
    return Client(raise_request_exception=True)


def test_every_address_that_writes_is_in_the_table() -> None:
    posted = {name for name, row in MATRIX.items() if "POST" in row.methods}
    assert posted - ELSEWHERE == {write.name for write in WRITES}


@pytest.mark.parametrize("write", WRITES, ids=lambda write: write.name)
def test_without_a_fault_it_is_done(module_cast: Cast, client: Client, write: Write) -> None:
    client.force_login(getattr(module_cast, write.who))
    send = write.prepared(module_cast, client)
    before = evidence()
    assert is_done(send())
    assert evidence() != before


@pytest.mark.parametrize(("write", "fault"), list(crossed()))
def test_a_fault_leaves_all_or_nothing_and_the_words(
    module_cast: Cast,
    client: Client,
    write: Write,
    fault: str,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    client.force_login(getattr(module_cast, write.who))
    send = write.prepared(module_cast, client)
    before = evidence()
    with FAULTS[fault](), django_capture_on_commit_callbacks(execute=True):
        answer = send()
    if is_done(answer):
        assert evidence() != before
    else:
        assert fault not in HARMLESS, f"{fault} hindered {write.name}: {answer.status_code}"
        assert evidence() == before
        assert answer.status_code < 500 or says_how_to_go_on(answer, write)
        # What was kept on the server waits for half an hour by the server's own clock.
        with FAULTS[fault]() if fault == "clock an hour back" else nullcontext():
            assert not write.has_words or write.is_json or keeps_the_words(client, answer)
    found = [str(finding) for key in Dialogue.objects.values_list("pk", flat=True) for finding in verify_dialogue(key)]
    assert found == []
    assert bool(list(check_wall())) == (fault == "wall down")


def evidence() -> dict[str, Any]:
    return {table: rows for table, rows in everything().items() if table not in BESIDE}


def is_done(answer: HttpResponse) -> bool:
    """Whether the person is told that it is done: saved, or sent on to what comes next."""
    return answer.status_code == 200 or (answer.status_code == 302 and "parked=" not in answer.url)


def says_how_to_go_on(answer: HttpResponse, write: Write) -> bool:
    if write.is_json:
        return bool(answer.json()["reason"])
    return bool(answer.context["reference"]) and answer.context["reference"] in answer.content.decode()


def keeps_the_words(client: Client, answer: HttpResponse) -> bool:
    """On the page itself, or on the one that it leads back to."""
    if WORD in answer.content.decode():
        return True
    address = answer.url if answer.status_code == 302 else answer.context["address"]
    parts = urlsplit(address)
    return WORD in client.get(f"{parts.path}?{parts.query}", follow=True).content.decode()


@pytest.fixture(autouse=True)
def taken_back() -> Iterator[None]:
    """A fault may break the transaction that Django's tests run in."""
    with transaction.atomic():
        yield
        connection.needs_rollback = False
        transaction.set_rollback(True)
