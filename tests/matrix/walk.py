"""Walking every address as everybody."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse

from mus_workflow.models import Artefact, DataKey, Dialogue, Employment, packed
from tests.builders import Cast, item_id_of, make_dialogue, qid
from tests.matrix.rows import EVERYBODY
from tests.plumbing.clock import NOW

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def url_names(namespace: str) -> list[str]:
    """Every URL name in a namespace, collected from the resolver."""
    return sorted(_names(get_resolver(), namespace))


def _names(resolver: Any, namespace: str, inside: bool = False) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if hasattr(pattern, "url_patterns"):
            yield from _names(pattern, namespace, inside or pattern.namespace == namespace)
        elif inside and pattern.name:
            yield pattern.name


def dialogue_at(cast: Cast, stage: str) -> Dialogue:
    """One dialogue at any stage, walked there by the actions a day ago, so that more can follow."""
    return make_dialogue(cast, stage, at=NOW - timedelta(days=1))


def file_in(dialogue: Dialogue) -> Any:
    """The id of a file that the parties of the dialogue have added together."""
    there = dialogue.files.filter(participant=None).first()
    if there is None:
        key = DataKey.objects.obtain(dialogue=dialogue, artefact=Artefact.FILE, participant=None)
        packed_file = key.seal(packed("aftale.txt", b"Ord"))
        there = dialogue.files.create(question_id=qid("file"), envelope=packed_file, added_at=NOW)
    return there.pk


def address(name: str, dialogue: Dialogue) -> str:
    """The address by its name, for this dialogue."""
    employee = dialogue.participants.get(role="EMPLOYEE", left_at=None)
    known: dict[str, Any] = {
        "dialogue_id": dialogue.pk,
        "employment_id": Employment.objects.get(user=employee.user).pk,
        "item_id": item_id_of(dialogue),
        "file_id": file_in(dialogue),
        "revision": 1,
        "old": 1,
        "new": 1,
    }
    _possibilities = get_resolver().namespace_dict["mus_workflow"][1].reverse_dict.getlist(name)
    wanted = _possibilities[0][0][0][1]
    return reverse(f"mus_workflow:{name}", kwargs={key: known[key] for key in wanted})


def audit_address(name: str, dialogue: Dialogue) -> str:
    """The address of an auditor's page, for this dialogue where it is about one."""
    try:
        return reverse(f"mus_audit:{name}")
    except NoReverseMatch:
        return reverse(f"mus_audit:{name}", args=[dialogue.pk])


def clients(cast: Cast) -> dict[str, Client]:
    """One browser each for everybody, logged in."""
    browsers = {}
    for name in EVERYBODY:
        browsers[name] = Client(raise_request_exception=True)
        browsers[name].force_login(getattr(cast, name))
    return browsers


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written inside is taken back to a savepoint."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def ask(client: Client, method: str, path: str, *, follow: bool = False) -> HttpResponse:
    """One request, undone afterwards."""
    with undone():
        return (
            client.generic(method, path)
            if method not in ("GET", "POST")
            else getattr(client, method.lower())(path, follow=follow)
        )
