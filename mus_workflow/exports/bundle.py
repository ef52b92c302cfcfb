"""A bundle of evidence: a ZIP that an outsider checks with the verifier in it. Made as a stream; nothing on disk."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from mus_workflow.actions.take_out_evidence import Taken
from mus_workflow.conf import app_settings, checkpoint_name
from mus_workflow.dashboards import COUNTED_STAGES, ControlTotals, UnitCounts
from mus_workflow.evidence import parse_note, verifier_key
from mus_workflow.history.proofs import Proofs
from mus_workflow.history.sampling import Sample
from mus_workflow.models import Checkpoint, user_key
from mus_workflow.sealing import SigningKey, SigningKeyError

from .bundle_dialogue import FORMAT, certificate_content, dialogue_content

Progress = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class Order:
    """What a bundle is made of and for whom. ``chains``: those of the dialogues that will be taken out."""

    chains: Collection[UUID]
    totals: ControlTotals
    totals_of: str
    by: Any
    at: datetime
    sample: Sample | None = None


def bundle(order: Order, taken: Iterable[Taken], progress: Progress | None = None) -> Iterator[bytes]:
    """The bytes of the ZIP, a file at a time.

    ``taken`` comes from the actions that record the taking out, so nothing of a dialogue leaves before it is recorded;
    it may be read as slowly as it is made. ``progress`` is told (done, of how many) after each dialogue.
    """
    archive = _Archive(order.at)
    proofs = Proofs(order.chains)
    for name, content in _surroundings(order, proofs.checkpoint):
        yield archive.add(name, content)
    for done, one in enumerate(taken, start=1):
        yield archive.add(f"dialogues/{one.reference}.json", _json(dialogue_content(one, proofs)))
        certificate = certificate_content(one, order.at)
        if certificate:
            yield archive.add(f"certificates/{one.reference}.pdf", certificate)
        if progress:
            progress(done, len(order.chains))
    manifest = {"format": FORMAT, "made_at": _moment(order.at), "made_by": user_key(order.by)}
    yield archive.add("manifest.json", _json({**manifest, "files": archive.hashes}))
    yield archive.close()


def bundle_name(at: datetime) -> str:
    """What the file is called."""
    return f"mus-evidence-{at.astimezone(UTC):%Y%m%d-%H%M%S}.zip"


def _surroundings(order: Order, checkpoint: Checkpoint | None) -> Iterator[tuple[str, bytes]]:
    """The files that are not about one dialogue."""
    yield "README.txt", files("mus_workflow.exports").joinpath("bundle-readme.txt").read_bytes()
    for verifier in ("verify.py", "verify_certificate.py"):
        yield verifier, files("mus_workflow.evidence").joinpath(verifier).read_bytes()
    if checkpoint:
        said = {"format": FORMAT, "note": checkpoint.note, "key": _signer(checkpoint.note)}
        yield "checkpoint.json", _json(said)
    if order.sample:
        yield "sample.json", _json(_sample(order.sample))
        yield "population.txt", "".join(f"{chain}\n" for chain in order.sample.population).encode()
    yield "control-totals.json", _json(_totals(order))


def _signer(note: str) -> str:
    """The public key under a note, of those that this installation signs with or has signed with; empty for another."""
    ids = {line.key_id.hex() for line in parse_note(note).signatures}
    return next((key for key in _own_keys() if key.split("+")[1] in ids), "")


def _own_keys() -> Iterator[str]:
    with suppress(SigningKeyError):
        yield verifier_key(checkpoint_name(), SigningKey(app_settings.CHECKPOINT_KEY).public_key)
    yield from app_settings.CHECKPOINT_OLD_KEYS


def _sample(sample: Sample) -> dict[str, Any]:
    frame = sample.frame
    return {
        "format": FORMAT,
        "seed": sample.seed,
        "size": sample.size,
        "unit": str(frame.unit.pk) if frame.unit else "",
        "unit_name": frame.unit.name if frame.unit else "",
        "year": frame.year,
        "stages": list(frame.stages),
        "checkpoint": frame.checkpoint,
        "drawn": [str(chain) for chain in sample.drawn],
    }


def _totals(order: Order) -> dict[str, Any]:
    totals = order.totals
    return {
        "format": FORMAT,
        "at": _moment(order.at),
        "of": order.totals_of,
        "units": [_counts(unit) for unit in totals.units],
        "total": _counts(totals.total),
        "dialogues": totals.dialogues,
        "agreements": totals.agreements,
        "in_force": totals.in_force,
        "revisions": totals.revisions,
        "signatures": totals.signatures,
        "entries": totals.entries,
    }


def _counts(unit: UnitCounts) -> dict[str, Any]:
    return {
        "unit": str(unit.unit_id or ""),
        "name": unit.name,
        "employees": unit.employees,
        "stages": {str(stage): count for stage, count in zip(COUNTED_STAGES, unit.stages, strict=True)},
        "overdue": unit.overdue,
        "held": unit.held,
        "not_held": unit.not_held,
    }


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"


class _Archive:
    """A ZIP that hands out what was written since last time, and remembers each file's SHA-256."""

    def __init__(self, at: datetime) -> None:
        self._out = _Out()
        self._zip = ZipFile(self._out, "w", ZIP_DEFLATED)  # type: ignore[arg-type]
        self._at = at.astimezone(UTC).timetuple()[:6]
        self.hashes: dict[str, str] = {}

    def add(self, name: str, content: bytes) -> bytes:
        """Write one file; what there is to send."""
        info = ZipInfo(name, self._at)
        info.compress_type, info.external_attr = ZIP_DEFLATED, 0o600 << 16
        self._zip.writestr(info, content)
        self.hashes[name] = hashlib.sha256(content).hexdigest()
        return self._out.taken()

    def close(self) -> bytes:
        """Write the list of contents; the last that there is to send."""
        self._zip.close()
        return self._out.taken()


class _Out:
    """Where a ZIP is written that nobody can seek in."""

    def __init__(self) -> None:
        self._written = bytearray()

    def write(self, data: bytes) -> int:
        """Keep the data until it is taken."""
        self._written += data
        return len(data)

    def flush(self) -> None:
        """Nothing waits."""

    def taken(self) -> bytes:
        """What was written since last time."""
        data = bytes(self._written)
        self._written.clear()
        return data
