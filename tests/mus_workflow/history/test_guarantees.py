"""docs/guarantees.md, row by row: what is found by which means, and what none of them finds.

The wall is down in all of these: what it refuses is shown in ``tests/mus_workflow/models/test_triggers.py``.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mus_workflow.actions.deliver_checkpoints import deliver_checkpoints
from mus_workflow.history.anchors import check_anchors
from mus_workflow.history.chains import Tally
from mus_workflow.history.verification import verify_everything
from mus_workflow.models import (
    Agreement,
    AgreementItem,
    ChainHead,
    Checkpoint,
    DataKey,
    Delivery,
    Dialogue,
    DialogueForm,
    DialogueLock,
    Draft,
    FollowUp,
    Grant,
    LedgerEntry,
    Participant,
    Payload,
    Preparation,
    Presentation,
    Reading,
    Recall,
    SharedPreparation,
    Signature,
)
from mus_workflow.sinks import FileSink
from tests.builders import Cast
from tests.ledger import put_the_wall_back, tear_down_the_wall
from tests.mus_workflow.history.attacked import hash_anew, seal_anew
from tests.mus_workflow.history.rewriting import checkpoint, rewrite
from tests.mus_workflow.history.test_checkpoints import go_on, read
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

BY_DIALOGUE: dict[Any, str] = {
    Signature: "agreement__dialogue",
    Recall: "presentation__agreement__dialogue",
    Presentation: "agreement__dialogue",
    AgreementItem: "agreement__dialogue",
    Agreement: "dialogue",
    SharedPreparation: "preparation__participant__dialogue",
    Preparation: "participant__dialogue",
    Draft: "dialogue",
    FollowUp: "dialogue",
    Grant: "dialogue",
    Reading: "dialogue",
    DataKey: "dialogue",
    Participant: "dialogue",
    DialogueForm: "dialogue",
    DialogueLock: "dialogue",
    Dialogue: "pk",
}


@dataclass(frozen=True)
class Seen:
    """What each means said."""

    chain: list[str]
    checkpoints: list[str]
    anchor: list[str]


@pytest.fixture
def seen(dialogue: Dialogue, cast: Cast, tmp_path: Path) -> Callable[..., Seen]:
    """Do something, and look at it with each means: without checkpoints, with them, and with files kept outside."""

    def look(do: Callable[[Dialogue], None], *, with_the_key: bool = False) -> Seen:
        read(dialogue, cast.manager, hours=1)
        checkpoint()
        deliver_checkpoints(sinks=[FileSink(str(tmp_path))], at=NOW)
        tear_down_the_wall()
        do(dialogue)
        if with_the_key:
            without_checkpoints()
            checkpoint()
        put_the_wall_back()
        checkpoints = everything()
        anchor = [str(finding) for finding in check_anchors(tmp_path, Tally(), at=NOW)]
        without_checkpoints()
        put_the_wall_back()
        return Seen(everything(), checkpoints, anchor)

    return look


def everything() -> list[str]:
    return [str(finding) for finding in verify_everything(at=NOW)]


def without_checkpoints() -> None:
    tear_down_the_wall()
    for model in (Delivery, ChainHead, Checkpoint):
        model.objects.all().delete()


def remove(dialogue: Dialogue) -> None:
    """Everything of it, in every table."""
    entries = LedgerEntry.objects.filter(chain=dialogue.pk)
    theirs = {model: model.objects.filter(**{path: dialogue.pk}) for model, path in BY_DIALOGUE.items()}
    kept = {model: list(rows.values_list("pk", flat=True)) for model, rows in theirs.items()}
    for model in (Agreement, AgreementItem, SharedPreparation):
        history = model.history.model.objects
        history.filter(id__in=kept[model])._raw_delete("default")
    Payload.objects.filter(entry__in=entries)._raw_delete("default")
    for model, keys in kept.items():
        model.objects.filter(pk__in=keys)._raw_delete("default")
    entries._raw_delete("default")


def cut_the_end(dialogue: Dialogue) -> None:
    """The approval of the grant, and the grant with it."""
    last = LedgerEntry.objects.filter(chain=dialogue.pk).latest("n")
    assert last.event == "GRANT_APPROVED"
    Grant.objects.filter(dialogue=dialogue).update(approved_at=None, approved_by_key="", expires_at=None)
    last.payload.delete()
    last.delete()


def write_anew(dialogue: Dialogue) -> None:
    """The grant was approved by another person."""
    last = LedgerEntry.objects.filter(chain=dialogue.pk).latest("n")
    rewrite(dialogue.pk, last.n, real_actor="999")


def date_back(dialogue: Dialogue) -> None:
    """A reporting line that was never there, a year old."""
    entry = LedgerEntry.objects.filter(event="RELATION_CHANGED").order_by("seq").first()
    payload, chain = entry.payload, uuid.uuid4()
    entry.pk, entry.chain, entry.n = None, chain, 1
    entry.save(force_insert=True)
    Payload.objects.create(entry=entry, envelope=payload.envelope)
    seal_anew(entry)
    hash_anew(chain)


def forget_a_reading(dialogue: Dialogue) -> None:
    Reading.objects.all().delete()


@pytest.mark.parametrize("do", [cut_the_end, remove, write_anew, date_back, forget_a_reading])
def test_what_the_chain_alone_does_not_see_a_checkpoint_does(
    dialogue: Dialogue, seen: Callable[..., Seen], do: Callable[[Dialogue], None]
) -> None:
    found = seen(do)
    assert found.chain == []
    assert found.checkpoints != []


@pytest.mark.parametrize("do", [cut_the_end, remove, write_anew, forget_a_reading])
def test_with_the_key_only_what_was_kept_outside_shows_it(
    dialogue: Dialogue, seen: Callable[..., Seen], do: Callable[[Dialogue], None]
) -> None:
    found = seen(do, with_the_key=True)
    assert found.chain == found.checkpoints == []
    assert found.anchor != []


@pytest.mark.parametrize("do", [cut_the_end, remove, write_anew])
def test_what_was_kept_outside_names_the_chain(
    dialogue: Dialogue, seen: Callable[..., Seen], do: Callable[[Dialogue], None]
) -> None:
    assert any(one.startswith(str(dialogue.pk)) for one in seen(do, with_the_key=True).anchor)


def test_what_happens_before_the_next_checkpoint_leaves_is_not_seen(
    dialogue: Dialogue, cast: Cast, tmp_path: Path
) -> None:
    checkpoint()
    deliver_checkpoints(sinks=[FileSink(str(tmp_path))], at=NOW)
    go_on(dialogue, cast.manager)
    write_anew(dialogue)
    put_the_wall_back()
    assert everything() == []
    assert list(check_anchors(tmp_path, Tally(), at=NOW)) == []
