"""An outsider who has the page `docs/how-to/audit.md` and follows it to the letter finds what was planted."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from mus_workflow.actions.give_grant import approve_grant, request_grant
from mus_workflow.actions.take_out_evidence import take_out_evidence, take_out_words
from mus_workflow.history.sampling import Frame, draw_sample
from mus_workflow.models import Dialogue
from tests.architecture.repository import ROOT
from tests.builders import Cast
from tests.mus_workflow.exports.bundling import (
    VERIFIER,
    Files,
    anchors_in,
    changed,
    checkpoint,
    file_of,
    made,
    of_others,
    packed,
    public_key,
    unpacked,
)
from tests.plumbing.clock import NOW
from tests.plumbing.programs import shell

pytestmark = pytest.mark.django_db

PAGE = (ROOT / "docs" / "how-to" / "audit.md").read_text(encoding="utf-8")
SECTION = "## Checking a bundle on your own computer\n"


@pytest.fixture(scope="module")
def dialogues(module_cast: Cast) -> list[Dialogue]:
    """Four signed agreements that a checkpoint knows; the auditor has a grant for the second."""
    made = of_others(module_cast, 4)
    asked = request_grant(dialogue_id=made[1].pk, reason="Stikprøve", by=module_cast.auditor, at=NOW)
    approve_grant(grant_id=asked.pk, by=module_cast.auditor2, at=NOW)
    checkpoint(NOW)
    return made


@pytest.fixture(scope="module")
def files(dialogues: list[Dialogue], module_cast: Cast) -> Files:
    """A bundle of three that a seed drew, the second with its words."""
    chosen = {dialogue.pk for dialogue in dialogues[:3]}
    auditor, frame = module_cast.auditor, Frame(checkpoint=1)
    samples = (draw_sample(user=auditor, frame=frame, seed=f"{number}", size=3) for number in range(1000))
    sample = next(sample for sample in samples if set(sample.drawn) == chosen)
    taken = [
        (take_out_words if chain == dialogues[1].pk else take_out_evidence)(
            dialogue_id=chain, auth_method="", by=auditor, at=NOW
        )
        for chain in sample.drawn
    ]
    return unpacked(made(taken, sample.drawn, auditor, sample))


@pytest.fixture
def desk(dialogues: list[Dialogue], tmp_path: Path) -> Path:
    """What the page tells an outsider to put into one folder, but for the bundle."""
    anchors_in(tmp_path / "anchors")
    (tmp_path / "key.txt").write_text(f"{public_key()}\n")
    for verifier in (VERIFIER, VERIFIER.with_name("verify_certificate.py")):
        shutil.copy(verifier, tmp_path)
    return tmp_path


def commands() -> list[str]:
    """The blocks of commands in the page's section, in order."""
    section = PAGE[PAGE.index(SECTION) :].split("\n## ")[0]
    return re.findall(r"```sh\n(.*?)```", section, re.S)


def followed(files: Files, desk: Path) -> tuple[list[int], str]:
    """How each block of the page ends, and all that is printed, when somebody follows it."""
    packed(files, desk / "bundle.zip")
    ended = [shell(block, cwd=desk) for block in commands()]
    return [one.returncode for one in ended], "".join(one.stdout + one.stderr for one in ended)


def another_time(chain: Any) -> None:
    chain["entries"][4]["header"]["at_us"] -= 3_600_000_000


def swapped_payloads(chain: Any) -> None:
    entries = {entry["header"]["event"]: entry for entry in chain["entries"] if "payload" in entry}
    ours, theirs = entries["PRESENTED"], entries["SIGNED"]
    for name in ("payload", "salt"):
        ours[name], theirs[name] = theirs[name], ours[name]


def cut_off(chain: Any) -> None:
    """The last three entries that the checkpoint knew, and what is newer; and the head, to fit."""
    chain["entries"] = chain["entries"][: chain["head"]["n"] - 3]
    last = chain["entries"][-1]
    chain["head"] |= {"n": last["header"]["n"], "hash": last["hash"]}


def test_the_page_has_commands() -> None:
    assert sum("verify.py bundle.zip" in block for block in commands()) == 1


def test_whoever_follows_the_page_finds_the_three_planted_changes_and_nothing_else(
    dialogues: list[Dialogue], files: Files, desk: Path
) -> None:
    first, second, third = dialogues[:3]
    tampered = changed(files, file_of(first), another_time)
    tampered = changed(tampered, file_of(second), swapped_payloads)
    tampered = changed(tampered, file_of(third), cut_off)
    _codes, said = followed(tampered, desk)
    wrong = [line.removeprefix("WRONG").strip() for line in said.splitlines() if line.startswith("WRONG")]
    numbers = {dialogue: json.loads(files[file_of(dialogue)]) for dialogue in (second, third)}
    presented, signed = (
        [entry["header"]["n"] for entry in numbers[second]["entries"] if entry["header"]["event"] == event][-1]
        for event in ("PRESENTED", "SIGNED")
    )
    head = numbers[third]["head"]["n"]
    assert sorted(wrong) == sorted(
        [
            f"{first.reference}, entry 5: it was changed after it was written",
            f"{second.reference}, entry {presented}: its content is not what it was written for",
            f"{second.reference}, entry {signed}: its content is not what it was written for",
            f"{third.reference}, entry {head - 3}: it is not the entry that checkpoint 1 names",
            f"{third.reference}, entry {head}: it was cut off: checkpoint 1 kept outside names it",
        ]
    )


def test_whoever_follows_the_page_finds_nothing_where_nothing_was_changed(files: Files, desk: Path) -> None:
    codes, said = followed(files, desk)
    assert codes == [0] * len(codes), said
    assert "WRONG" not in said
    assert "Nothing is wrong in what could be checked." in said
    assert said.count("IN ORDER") > 5
    # By hand: the agreements of the sample come first.
    drawn = json.loads(files["sample.json"])["drawn"]
    by_hand = re.findall(r"^[0-9a-f]{64}  ([0-9a-f-]{36})$", said, re.M)
    assert (by_hand[:3], len(by_hand)) == (drawn, 4)


def test_the_page_names_the_verifier_that_is_published() -> None:
    assert f"`{hashlib.sha256(VERIFIER.read_bytes()).hexdigest()}`" in PAGE
