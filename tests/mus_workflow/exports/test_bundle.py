"""The bundle: what is in it and what never is, and that the verifier in it finds what was changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mus_workflow.actions.take_out_evidence import take_out_evidence
from mus_workflow.dashboards import control_totals
from mus_workflow.exports.bundle import Order, bundle
from mus_workflow.exports.pdf import NoPdf
from mus_workflow.models import (
    Artefact,
    ChainHead,
    Checkpoint,
    DataKey,
    Event,
    Grant,
    GrantScope,
    LedgerEntry,
    Payload,
    Reading,
)
from mus_workflow.policies.verdict import Refused
from tests.builders import Cast
from tests.ledger import events, payload_of, tear_down_the_wall
from tests.matrix.canaries import AUDITORS, CANARIES, GRANTED, PARTIES, Story, tell
from tests.mus_workflow.exports.bundling import (
    VERIFIER,
    Files,
    anchors_in,
    bundle_of,
    changed,
    check,
    checkpoint,
    file_of,
    made,
    of_others,
    packed,
    public_key,
    spread,
    told,
    unpacked,
    wrong,
)
from tests.mus_workflow.exports.reading import text_of
from tests.plumbing.clock import NOW
from tests.plumbing.programs import plain_python

pytestmark = pytest.mark.django_db

FOR_THE_GRANTED = {canary for canary, allowed in CANARIES.items() if allowed == PARTIES | GRANTED}
# Whoever audits sees why a change was made on the page; in a bundle it goes with the words.
AUDITED = FOR_THE_GRANTED | {canary for canary, allowed in CANARIES.items() if allowed == PARTIES | AUDITORS}
OF_THE_COURSE = {"kanarifremdrift", "kanariopfoelgning", "kanariudfald"}


@pytest.fixture
def cast(module_cast: Cast) -> Cast:
    return module_cast


@pytest.fixture(scope="module")
def story(module_cast: Cast) -> Story:
    """Every canary is written, the auditor has a grant for the earlier dialogue, and a checkpoint knows all of it."""
    story = tell(module_cast)
    checkpoint(NOW)
    return story


@pytest.fixture
def files(story: Story, cast: Cast) -> Files:
    """The auditor's bundle of the earlier dialogue, with its words."""
    return bundle_of([story.earlier], cast.auditor, with_words=True)


def canaries_in(files: Files) -> set[str]:
    """What a reader finds: in the files, and in the text of the certificates."""
    texts = [text_of(content) if name.endswith(".pdf") else content.decode() for name, content in files.items()]
    return {canary for canary in CANARIES for text in texts if canary in text}


def salts_in(files: Files) -> int:
    return sum(content.count(b'"salt"') for name, content in files.items() if name.startswith("dialogues/"))


def test_without_a_grant_no_word_and_no_salt_leaves(story: Story, cast: Cast) -> None:
    files = bundle_of([story.earlier], cast.auditor2)
    assert canaries_in(files) == set()
    assert salts_in(files) == 0
    missing = {entry["missing"] for entry in json.loads(files[file_of(story.earlier)])["entries"]}
    assert missing == {"NO_GRANT"}
    with pytest.raises(Refused):
        bundle_of([story.earlier], cast.auditor2, with_words=True)


def test_a_grant_opens_the_agreement_and_nothing_beside_it(story: Story, files: Files) -> None:
    assert canaries_in(files) == AUDITED
    entries = json.loads(files[file_of(story.earlier)])["entries"]
    closed = {entry["header"]["event"] for entry in entries if "payload" not in entry}
    assert {"PREPARATION_SHARED", "FOLLOWED_UP", "PROGRESS_RECORDED", "ITEM_SET", "GRANT_REQUESTED"} <= closed


def test_a_grant_for_the_course_opens_the_follow_up_too_and_still_no_preparation(story: Story, cast: Cast) -> None:
    Grant.objects.update(scope=GrantScope.COURSE)
    files = bundle_of([story.earlier], cast.auditor, with_words=True)
    assert canaries_in(files) == AUDITED | OF_THE_COURSE


def test_a_grant_for_one_dialogue_opens_no_other(story: Story, cast: Cast) -> None:
    (other,) = of_others(cast, 1)
    with pytest.raises(Refused):
        bundle_of([other], cast.auditor, with_words=True)
    files = bundle_of([other], cast.auditor)
    assert salts_in(files) == 0


def test_a_grant_brings_the_certificate_of_the_agreement_in_force(story: Story, files: Files, cast: Cast) -> None:
    (name,) = [name for name in files if name.startswith("certificates/")]
    assert name == f"certificates/{story.earlier.reference}.pdf"
    assert "kanariaftale" in text_of(files[name])
    without = bundle_of([story.earlier], cast.auditor2)
    assert not [name for name in without if name.startswith("certificates/")]


def test_a_certificate_that_cannot_be_made_holds_up_nothing(
    story: Story, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_library(*args: Any, **kwargs: Any) -> None:
        raise NoPdf

    monkeypatch.setattr("mus_workflow.exports.certificate.pdf_of", no_library)
    files = bundle_of([story.earlier], cast.auditor, with_words=True)
    assert file_of(story.earlier) in files
    assert not [name for name in files if name.startswith("certificates/")]


def test_taking_out_is_recorded_before_a_byte_of_the_dialogue_leaves(story: Story, cast: Cast) -> None:
    seen: list[int] = []

    def recorded() -> Any:
        yield take_out_evidence(dialogue_id=story.earlier.pk, auth_method="", by=cast.auditor2, at=NOW)
        seen.append(LedgerEntry.objects.filter(event=Event.EXPORTED).count())

    made(recorded(), [story.earlier.pk], cast.auditor2)
    assert seen == [1]
    assert events(story.earlier.pk)[-1] == "EXPORTED"
    entry = LedgerEntry.objects.get(event=Event.EXPORTED)
    assert payload_of(entry) == {"opened": []}
    reading = Reading.objects.get(purpose="EVIDENCE")
    assert (reading.dialogue, reading.reader, reading.reader_role) == (story.earlier, cast.auditor2, "AUDITOR")


def test_what_cannot_be_recorded_does_not_leave(story: Story, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: Any, **kwargs: Any) -> None:
        raise OSError("disk is full")

    monkeypatch.setattr("mus_workflow.actions.take_out_evidence.record_reading", full)
    taken = (
        take_out_evidence(dialogue_id=chain, auth_method="", by=cast.auditor2, at=NOW) for chain in [story.earlier.pk]
    )
    with pytest.raises(OSError, match="disk is full"):
        made(taken, [story.earlier.pk], cast.auditor2)
    assert not LedgerEntry.objects.filter(event=Event.EXPORTED).exists()


def test_only_a_dialogue_with_an_agreement_is_taken_out(story: Story, cast: Cast) -> None:
    with pytest.raises(Refused):
        take_out_evidence(dialogue_id=story.not_held.pk, auth_method="", by=cast.auditor, at=NOW)


def test_the_bundle_is_sent_a_file_at_a_time_and_tells_how_far_it_is(story: Story, cast: Cast) -> None:
    dialogues = [story.earlier, *of_others(cast, 1)]
    chains = [dialogue.pk for dialogue in dialogues]
    taken = (take_out_evidence(dialogue_id=chain, auth_method="", by=cast.auditor2, at=NOW) for chain in chains)
    progress: list[tuple[int, int]] = []
    totals = control_totals(user=cast.auditor2, unit=None, today=NOW.date())
    order = Order(chains=chains, totals=totals, totals_of="", by=cast.auditor2, at=NOW)
    chunks = list(bundle(order, taken, lambda done, of: progress.append((done, of))))
    assert progress == [(1, 2), (2, 2)]
    assert len(chunks) == len(unpacked(b"".join(chunks))) + 1


def test_the_same_state_gives_the_same_bytes(story: Story, cast: Cast) -> None:
    taken = [take_out_evidence(dialogue_id=story.earlier.pk, auth_method="", by=cast.auditor2, at=NOW)]
    assert made(taken, [story.earlier.pk], cast.auditor2) == made(taken, [story.earlier.pk], cast.auditor2)


def test_nothing_is_wrong_with_what_was_written(files: Files, tmp_path: Path) -> None:
    anchors = anchors_in(tmp_path / "anchors")
    code, found = check(files, tmp_path, anchors=anchors, key=public_key())
    assert (code, wrong(found)) == (0, [])
    assert any("its signature by the key" in line for line in told(found, "IN ORDER"))
    assert "checkpoints kept outside: 1: all their heads, and the last root" in told(found, "IN ORDER")
    # Never counted as in order: what no grant opens, and what is newer than the checkpoint.
    unchecked = told(found, "NOT CHECKED")
    assert any("not opened by the grant" in line for line in unchecked)
    assert any("entries newer than the checkpoint: 1" in line for line in unchecked)


def test_the_verifier_in_a_folder_checks_the_folder(files: Files, tmp_path: Path) -> None:
    done = plain_python("verify.py", ".", cwd=spread(files, tmp_path / "bundle"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("Nothing is wrong in what could be checked.\n")


def test_without_any_package_it_says_what_it_cannot_check(files: Files, tmp_path: Path) -> None:
    place = packed(files, tmp_path / "bundle.zip")
    done = plain_python("-I", "-S", str(VERIFIER), str(place), "--json", "--key", public_key())
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)["found"]
    assert any("the package cryptography is not installed" in line for line in told(found, "NOT CHECKED"))
    assert not any("signature by the key" in line for line in told(found, "IN ORDER"))


def test_the_verifier_ends_with_1_after_naming_what_is_wrong(story: Story, files: Files, tmp_path: Path) -> None:
    def another(chain: Any) -> None:
        chain["entries"][2]["header"]["at_us"] += 1

    place = packed(changed(files, file_of(story.earlier), another), tmp_path / "bundle.zip")
    done = plain_python(str(VERIFIER), str(place))
    assert done.returncode == 1
    assert f"WRONG        {story.earlier.reference}, entry 3: it was changed after it was written\n" in done.stdout
    assert done.stdout.endswith("Things that are wrong: 1\n")
    assert json.loads(plain_python(str(VERIFIER), str(place), "--json").stdout)["ok"] is False


def test_what_was_erased_is_told_by_its_rule_and_is_not_in_order(story: Story, cast: Cast, tmp_path: Path) -> None:
    keys = DataKey.objects.filter(dialogue=story.earlier, artefact=Artefact.AGREEMENT)
    keys.update(wrapped=None, destroyed_at=NOW, destroyed_rule="five years")
    files = bundle_of([story.earlier], cast.auditor, with_words=True)
    code, found = check(files, tmp_path)
    assert code == 0
    place = story.earlier.reference
    assert any(line.startswith(f"{place}: contents:") and "five years" in line for line in told(found, "NOT CHECKED"))
    assert not canaries_in(files) & FOR_THE_GRANTED


def test_a_payload_that_is_gone_without_a_rule_is_wrong(story: Story, cast: Cast, tmp_path: Path) -> None:
    tear_down_the_wall()
    entry = LedgerEntry.objects.filter(chain=story.earlier.pk, event=Event.SIGNED).earliest("n")
    Payload.objects.filter(entry=entry).delete()
    code, found = check(bundle_of([story.earlier], cast.auditor), tmp_path)
    assert code == 1
    assert wrong(found) == [(story.earlier.reference, entry.n, "its content is gone, and nothing says why")]


def test_before_the_first_checkpoint_it_says_what_cannot_be_seen(story: Story, cast: Cast, tmp_path: Path) -> None:
    tear_down_the_wall()
    ChainHead.objects.all().delete()
    Checkpoint.objects.all().delete()
    files = bundle_of([story.earlier], cast.auditor2)
    assert "checkpoint.json" not in files
    assert json.loads(files[file_of(story.earlier)])["head"] is None
    code, found = check(files, tmp_path)
    assert code == 0
    assert "checkpoint.json: there is none, so a chain that was cut short cannot be seen" in told(found, "NOT CHECKED")
