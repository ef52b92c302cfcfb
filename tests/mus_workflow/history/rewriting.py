"""What the owner of the database can do with this program's own code."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

from mus_workflow.actions.make_checkpoint import make_checkpoint
from mus_workflow.conf import app_settings, checkpoint_name
from mus_workflow.evidence import GENESIS, link_hash
from mus_workflow.history.chains import Tally
from mus_workflow.history.checkpoints import check_checkpoints
from mus_workflow.models import ChainHead, Checkpoint, LedgerEntry, Payload, Signature
from mus_workflow.sealing import SigningKey
from tests.ledger import tear_down_the_wall
from tests.plumbing.clock import NOW


def checkpoint(days: float = 0, key: str = "") -> Checkpoint:
    """Make the next checkpoint, so many days from now."""
    signing = SigningKey(key or app_settings.CHECKPOINT_KEY)
    return make_checkpoint(key=signing, name=checkpoint_name(), at=NOW + timedelta(days=days))


def problems(days: float = 30, **options: Any) -> list[str]:
    """What is wrong with the checkpoints, in the words that are told."""
    return [str(finding) for finding in check_checkpoints(Tally(), at=NOW + timedelta(days=days), **options)]


def rewrite(chain: uuid.UUID, n: int, **changed: Any) -> None:
    """Change an entry, and hash it and all that follow anew: a perfect chain."""
    tear_down_the_wall()
    previous = GENESIS
    for entry in LedgerEntry.objects.filter(chain=chain).order_by("n"):
        link = entry.link()
        header = replace(link.header, **changed) if entry.n == n else link.header
        digest = link_hash(header, link.commitment, previous)
        columns = changed if entry.n == n else {}
        LedgerEntry.objects.filter(pk=entry.pk).update(previous=previous, hash=digest, **columns)
        previous = digest


def cut(chain: uuid.UUID, after: int) -> None:
    """Take the end of a chain away, or all of it (0)."""
    tear_down_the_wall()
    gone = LedgerEntry.objects.filter(chain=chain, n__gt=after)
    Signature.objects.filter(ledger_entry__in=gone).delete()
    Payload.objects.filter(entry__in=gone).delete()
    gone.delete()


def follow_the_rewriting() -> None:
    """Let the heads in this database say what the rewritten ledger says."""
    for head in ChainHead.objects.all():
        entry = LedgerEntry.objects.filter(chain=head.chain, n=head.n).first()
        if entry is None:
            ChainHead.objects.filter(pk=head.pk).delete()
        else:
            ChainHead.objects.filter(pk=head.pk).update(hash=entry.hash)
