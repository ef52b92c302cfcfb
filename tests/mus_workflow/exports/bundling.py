"""Making bundles, reading them, and checking them with the verifier as an outsider runs it."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from mus_workflow.actions.change_manager import appoint_manager, employ
from mus_workflow.actions.make_checkpoint import make_checkpoint
from mus_workflow.actions.take_out_evidence import Taken, take_out_evidence, take_out_words
from mus_workflow.conf import app_settings, checkpoint_name
from mus_workflow.dashboards import control_totals
from mus_workflow.documents.checkpoint_file import checkpoint_file_name, write_checkpoint_file
from mus_workflow.evidence import verifier_key
from mus_workflow.evidence import verify as offline
from mus_workflow.exports.bundle import Order, bundle
from mus_workflow.history.sampling import Sample
from mus_workflow.models import Checkpoint, Dialogue, Employment
from mus_workflow.sealing import SigningKey
from mus_workflow.stages import Stage
from tests.architecture.repository import ROOT
from tests.builders import Cast, make_dialogue, make_person
from tests.plumbing.clock import NOW

VERIFIER = ROOT / "mus_workflow" / "evidence" / "verify.py"

Files = dict[str, bytes]


def checkpoint(at: Any = NOW) -> Checkpoint:
    """Make the next checkpoint."""
    return make_checkpoint(key=SigningKey(app_settings.CHECKPOINT_KEY), name=checkpoint_name(), at=at)


def public_key() -> str:
    """The key that an auditor was given."""
    return verifier_key(checkpoint_name(), SigningKey(app_settings.CHECKPOINT_KEY).public_key)


def anchors_in(folder: Path) -> Path:
    """Put every checkpoint where an auditor keeps them."""
    folder.mkdir(exist_ok=True)
    for one in Checkpoint.objects.order_by("number"):
        with (folder / checkpoint_file_name(one.number)).open("w") as file:
            write_checkpoint_file(one, file)
    return folder


def of_others(cast: Cast, count: int, stage: str = Stage.FOLLOW_UP, at: Any = NOW) -> list[Dialogue]:
    """Dialogues of the manager with other people of the unit, walked to a stage."""
    unit, dialogues = Employment.objects.get(user=cast.employee).unit, []
    for _each in range(count):
        number = Employment.objects.count()
        person = make_person(f"other{number}", "Medarbejder", str(number))
        employ(user=person, unit=unit, title="", start_date=at.date())
        appoint_manager(employee=person, manager=cast.manager, start_date=at.date(), at=at)
        dialogues.append(make_dialogue(replace(cast, employee=person), stage, at=at))
    return dialogues


def made(taken: Iterable[Taken], chains: Iterable[Any], by: Any, sample: Sample | None = None, at: Any = NOW) -> bytes:
    """The bytes of a bundle."""
    totals = control_totals(user=by, unit=None, today=at.date())
    order = Order(chains=list(chains), totals=totals, totals_of="", by=by, at=at, sample=sample)
    return b"".join(bundle(order, taken))


def bundle_of(dialogues: Iterable[Dialogue], by: Any, *, with_words: bool = False, at: Any = NOW) -> Files:
    """A bundle of these dialogues, as its files."""
    chains = [dialogue.pk for dialogue in dialogues]
    take_out = take_out_words if with_words else take_out_evidence
    taken = [take_out(dialogue_id=chain, auth_method="", by=by, at=at) for chain in chains]
    return unpacked(made(taken, chains, by, at=at))


def unpacked(data: bytes) -> Files:
    """The files of a ZIP; fails where one is damaged."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files: Files, place: Path) -> Path:
    """Write the files as a ZIP."""
    with zipfile.ZipFile(place, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return place


def changed(files: Files, name: str, change: Any, *, covered: bool = True) -> Files:
    """The files with one JSON file changed; ``covered``: whoever did it has put the list of files right too."""
    value = json.loads(files[name])
    change(value)
    return with_file(files, name, json.dumps(value, ensure_ascii=False).encode(), covered=covered)


def with_file(files: Files, name: str, content: bytes | None, *, covered: bool = True) -> Files:
    """The files with one replaced, added, or (None) taken out."""
    found = {key: value for key, value in files.items() if key != name}
    if content is not None:
        found[name] = content
    if covered:
        manifest = json.loads(files["manifest.json"])
        manifest["files"].pop(name, None)
        if content is not None:
            manifest["files"][name] = hashlib.sha256(content).hexdigest()
        found["manifest.json"] = json.dumps(manifest).encode()
    return found


def file_of(dialogue: Dialogue) -> str:
    """The name of a dialogue's file."""
    return f"dialogues/{dialogue.reference}.json"


Found = list[dict[str, Any]]


def check(files: Files, folder: Path, *, anchors: Path | None = None, key: str = "") -> tuple[int, Found]:
    """How the verifier would end, and what it found, of the files in a folder."""
    checked = offline.Check(spread(files, folder / "bundle"), anchors, [key] if key else [])
    checked.guarded("bundle", checked.everything)
    return int(any(row["kind"] == "WRONG" for row in checked.found)), checked.found


def spread(files: Files, folder: Path) -> Path:
    """Write the files into a folder, and nothing else."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def wrong(found: Found) -> list[tuple[str, int | None, str]]:
    """What was found wrong: place, entry, and in what words."""
    return [(row["place"], row["entry"], row["problem"]) for row in found if row["kind"] == "WRONG"]


def told(found: list[dict[str, Any]], kind: str) -> list[str]:
    """What was said of one kind."""
    return [f"{row['place']}: {row['problem']}" for row in found if row["kind"] == kind]
