"""The promises that every action makes: all or nothing, the lock first, refusals change nothing, mail after commit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

import pytest
from django.core import mail
from django.db import connection, transaction
from pytest_django import DjangoCaptureOnCommitCallbacks

from mus_workflow.models import Dialogue, user_key
from mus_workflow.policies.verdict import Refused
from musportal.mail import mail_settings
from tests.architecture.test_actions import actions
from tests.builders import NAMES, Cast
from tests.ledger import assert_chain_holds, entries, events, everything
from tests.mus_workflow.actions.verbs import LATER, VERBS, Scene, Verb

pytestmark = pytest.mark.django_db

WRITES = ("INSERT", "UPDATE", "DELETE")

# What an action on people and their dialogues is called with.
SUBJECTS = {"dialogue_id", "employment", "grant_id", "hold_id", "relation_id"}


class Broken(Exception):
    """The database failed in the middle."""


@pytest.fixture(scope="module", params=VERBS, ids=lambda verb: verb.name)
def staged(request: pytest.FixtureRequest, module_cast: Cast) -> Iterator[tuple[Verb, Scene]]:
    """Each action in turn, arranged once for all its tests."""
    here = transaction.savepoint()
    try:
        yield request.param, request.param.arrange(module_cast)
    finally:
        transaction.savepoint_rollback(here)


@pytest.fixture
def verb(staged: tuple[Verb, Scene]) -> Verb:
    return staged[0]


@pytest.fixture
def scene(staged: tuple[Verb, Scene]) -> Scene:
    """The arrangement, read anew: the last test's objects in memory say what was rolled back."""
    _verb, scene = staged
    if scene.dialogue is None:
        return scene
    return Scene(scene.cast, Dialogue.objects.get(pk=scene.dialogue.pk), scene.made)


@pytest.fixture
def do(verb: Verb, scene: Scene) -> Callable[..., Any]:
    """Perform the action, as the first of those who may unless told otherwise."""
    return lambda name=verb.allowed[0]: verb.act(scene, getattr(scene.cast, name))


def test_every_action_by_a_person_is_in_the_table() -> None:
    named = {where.rpartition(" ")[2]: {argument.arg for argument in node.args.kwonlyargs} for where, node in actions()}
    asked = {name for name, arguments in named.items() if "by" in arguments and arguments & SUBJECTS}
    assert asked == {verb.name for verb in VERBS}


def test_those_who_may_can(verb: Verb, do: Callable[..., Any]) -> None:
    for name in verb.allowed:
        here = transaction.savepoint()
        assert do(name) is not None
        transaction.savepoint_rollback(here)


def test_all_others_are_refused_with_a_reason_and_nothing_changes(verb: Verb, do: Callable[..., Any]) -> None:
    before = everything()
    for name in set(NAMES) - set(verb.allowed):
        with pytest.raises(Refused) as refusal:
            do(name)
        assert str(refusal.value).endswith("."), name
    assert everything() == before


def test_whichever_write_fails_nothing_stays(do: Callable[..., Any]) -> None:
    before = everything()
    for number in range(1, count_writes(do) + 1):
        with pytest.raises(Broken), connection.execute_wrapper(Breaker(number)):
            do()
        assert everything() == before, f"after write {number}"


def test_the_transaction_begins_with_a_write_or_a_lock(do: Callable[..., Any]) -> None:
    seen: list[str] = []

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        seen.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        do()
    begin = next(number for number, sql in enumerate(seen) if sql.startswith("SAVEPOINT"))
    first = seen[begin + 1]
    assert first.startswith(WRITES) or "FOR UPDATE" in first, first


def test_the_chain_says_what_happened_and_who_did_it(verb: Verb, scene: Scene, do: Callable[..., Any]) -> None:
    known = len(entries(scene.dialogue.pk)) if scene.dialogue else 0
    made = do()
    dialogue = scene.dialogue or (made if isinstance(made, Dialogue) else None)
    if dialogue is None:
        assert verb.ledgered == ()
        return
    assert tuple(events(dialogue.pk)[known:]) == verb.ledgered
    for entry in entries(dialogue.pk)[known:]:
        assert entry.actor == user_key(getattr(scene.cast, verb.allowed[0]))
        assert entry.at == LATER
    assert_chain_holds(dialogue.pk)


def test_mail_goes_out_after_the_commit_and_not_before(
    verb: Verb,
    scene: Scene,
    do: Callable[..., Any],
    settings: Any,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    for name, value in mail_settings("locmem").items():
        setattr(settings, name, value)
    with django_capture_on_commit_callbacks(execute=False) as callbacks:
        do()
    assert mail.outbox == []
    for callback in callbacks:
        callback()
    by = verb.allowed[0]
    told = {"employee", "manager"} - {by} if verb.told == ("others",) else set(verb.told)
    assert sorted(mail.outbox[n].to[0] for n in range(len(mail.outbox))) == sorted(
        f"{name}@example.test" for name in told
    )


def count_writes(do: Callable[..., Any]) -> int:
    counter = Breaker(0)
    here = transaction.savepoint()
    with connection.execute_wrapper(counter):
        do()
    transaction.savepoint_rollback(here)
    return counter.seen


class Breaker:
    """Fails the write with this number."""

    def __init__(self, number: int) -> None:
        self.number, self.seen = number, 0

    def __call__(self, execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith(WRITES):
            self.seen += 1
            if self.seen == self.number:
                raise Broken
        return execute(sql, *rest)


def test_the_cast_is_complete(module_cast: Cast) -> None:
    assert set(asdict(module_cast)) == set(NAMES)
