"""What whoever rules the server can write anew, the checkpoints kept outside show."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mus_workflow.actions.take_out_evidence import take_out_evidence
from mus_workflow.conf import app_settings, checkpoint_name
from mus_workflow.evidence import parse_checkpoint, parse_note, signed_note, verifier_key
from mus_workflow.evidence import verify as offline
from mus_workflow.history.sampling import Frame, draw_sample, drawn
from mus_workflow.models import Dialogue, LedgerEntry
from mus_workflow.sealing import SigningKey, new_signing_key
from tests.builders import Cast
from tests.matrix.canaries import Story, tell
from tests.mus_workflow.exports.bundling import (
    Files,
    anchors_in,
    bundle_of,
    changed,
    check,
    checkpoint,
    file_of,
    made,
    of_others,
    public_key,
    spread,
    told,
    unpacked,
    with_file,
    wrong,
)
from tests.mus_workflow.exports.changes import Chain, entry, head_of, number, relabelled, reworded
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(module_cast: Cast) -> Cast:
    return module_cast


@pytest.fixture(scope="module")
def story(module_cast: Cast) -> Story:
    """Every canary is written, and a checkpoint knows all of it."""
    story = tell(module_cast)
    checkpoint(NOW)
    return story


@pytest.fixture(scope="module")
def files(story: Story, module_cast: Cast) -> Files:
    """The auditor's bundle of the earlier dialogue, with its words."""
    return bundle_of([story.earlier], module_cast.auditor, with_words=True)


@pytest.fixture
def earlier(story: Story) -> Dialogue:
    return story.earlier


@pytest.fixture
def anchors(story: Story, tmp_path: Path) -> Path:
    """The checkpoints that the auditor keeps outside."""
    return anchors_in(tmp_path / "anchors")


def forged(files: Files, dialogue: Dialogue, change: Callable[[Chain], None]) -> Files:
    """What whoever rules the server can make: a chain rewritten, and a checkpoint over it with a true signature."""
    tampered = changed(files, file_of(dialogue), change)
    chain = json.loads(tampered[file_of(dialogue)])
    n = chain["head"]["n"]
    end = entry(chain, n)["hash"]
    leaf = offline.head_leaf(chain["chain"], n, end)
    old = parse_checkpoint(parse_note(json.loads(files["checkpoint.json"])["note"]).text)
    key = SigningKey(app_settings.CHECKPOINT_KEY)
    text = replace(old, chains=1, root=leaf).text()
    note = signed_note(text, name=old.name, public_key=key.public_key, signature=key.sign(text))
    tampered = changed(tampered, "checkpoint.json", lambda said: said.update(note=note))
    return changed(tampered, file_of(dialogue), lambda said: said["head"].update(hash=end, index=0, path=[]))


def test_a_rewrite_with_a_checkpoint_of_its_own_is_found_only_by_those_kept_outside(
    files: Files, earlier: Dialogue, anchors: Path, tmp_path: Path
) -> None:
    n = number(json.loads(files[file_of(earlier)]), "SIGNED")
    lie = forged(files, earlier, lambda chain: reworded(chain, n, lambda said: said.update(remark="")))
    assert wrong(check(lie, tmp_path, key=public_key())[1]) == []
    code, found = check(lie, tmp_path, key=public_key(), anchors=anchors)
    assert code == 1
    assert ("checkpoint.json", None, "it is not checkpoint 1, which was kept outside") in wrong(found)
    (row,) = [one for one in wrong(found) if one[0] == earlier.reference]
    assert row[1:] == (
        head_of(files, earlier),
        "it is not the entry that checkpoint 1 kept outside names; the one before named entry none",
    )


def test_a_rewrite_is_narrowed_down_to_what_came_after_the_last_entry_alike(
    story: Story, cast: Cast, tmp_path: Path
) -> None:
    known = LedgerEntry.objects.filter(chain=story.earlier.pk).count()
    checkpoint(NOW + timedelta(days=1))
    take_out_evidence(dialogue_id=story.earlier.pk, auth_method="", by=cast.auditor2, at=NOW + timedelta(days=1))
    checkpoint(NOW + timedelta(days=2))
    outside = anchors_in(tmp_path / "anchors")
    files = bundle_of([story.earlier], cast.auditor, with_words=True, at=NOW + timedelta(days=2))
    lie = forged(files, story.earlier, lambda chain: relabelled(chain, known + 1))
    code, found = check(lie, tmp_path, anchors=outside)
    assert code == 1
    problem = f"it is not the entry that checkpoint 3 kept outside names; the one before named entry {known}"
    assert (story.earlier.reference, known + 1, problem) in wrong(found)


def test_a_tail_that_was_cut_off_with_its_checkpoint_is_found_by_those_kept_outside(
    files: Files, earlier: Dialogue, anchors: Path, tmp_path: Path
) -> None:
    def cut(chain: Chain) -> None:
        chain["entries"] = chain["entries"][:-4]

    bare = with_file(changed(files, file_of(earlier), cut), "checkpoint.json", None)
    assert check(bare, tmp_path)[0] == 0
    # Its date is no excuse: whoever cut it off could have written any.
    older = changed(bare, "manifest.json", lambda said: said.update(made_at="2020-01-01T00:00:00Z"), covered=False)
    code, found = check(older, tmp_path, anchors=anchors)
    assert code == 1
    assert (earlier.reference, head_of(files, earlier), "it was cut off: checkpoint 1 kept outside names it") in wrong(
        found
    )
    assert ("checkpoint.json", None, "it is not checkpoint 1, which was kept outside") in wrong(found)


def test_an_older_bundle_agrees_with_newer_checkpoints(files: Files, story: Story, cast: Cast, tmp_path: Path) -> None:
    take_out_evidence(dialogue_id=story.earlier.pk, auth_method="", by=cast.auditor2, at=NOW)
    checkpoint(NOW + timedelta(days=1))
    outside = anchors_in(tmp_path / "anchors")
    assert wrong(check(files, tmp_path, anchors=outside)[1]) == []


def test_checkpoints_kept_outside_are_checked_too(files: Files, story: Story, cast: Cast, tmp_path: Path) -> None:
    checkpoint(NOW + timedelta(days=1))
    outside = anchors_in(tmp_path / "anchors")
    first, second = sorted(outside.iterdir())
    said = json.loads(first.read_text())
    grown = {chain for chain, _n, _end in json.loads(second.read_text())["heads"]}
    fewer = [head for head in said["heads"] if head[0] in grown]
    assert len(fewer) < len(said["heads"])
    first.write_text(json.dumps(said | {"heads": fewer}))
    problems = [problem for _place, _n, problem in wrong(check(files, tmp_path, anchors=outside)[1])]
    assert problems == ["2: all their heads, and the last root"]
    first.unlink()
    found = check(files, tmp_path, anchors=outside)[1]
    assert wrong(found) == []
    assert "checkpoints kept outside: given: 1, not all from the first (--anchors)" in told(found, "NOT CHECKED")
    second.write_text("{}")
    found = check(files, tmp_path, anchors=outside)[1]
    assert [place for place, _n, _problem in wrong(found)] == [str(second)]


def test_a_checkpoint_by_another_key_is_found(files: Files, anchors: Path, tmp_path: Path) -> None:
    code, found = check(files, tmp_path, key=stranger(), anchors=anchors)
    assert code == 1
    assert [place.rpartition("/")[2] for place, _n, _problem in wrong(found)] == [
        "checkpoint.json",
        "checkpoint-000001.json",
    ]


def test_a_key_that_was_renewed_is_given_beside_the_old_one(files: Files, anchors: Path, tmp_path: Path) -> None:
    checked = offline.Check(spread(files, tmp_path / "bundle"), anchors, [public_key(), stranger()])
    checked.everything("bundle")
    signed = [line for line in told(checked.found, "IN ORDER") if "its signature by the key" in line]
    assert len(signed) == 2
    assert all(public_key() in line for line in signed)
    assert wrong(checked.found) == []


def stranger() -> str:
    """A key that has signed nothing."""
    return verifier_key(checkpoint_name(), SigningKey(new_signing_key()).public_key)


def test_a_note_that_was_changed_is_found(files: Files, tmp_path: Path) -> None:
    def earlier_time(said: Any) -> None:
        assert "\nentries " in said["note"]
        said["note"] = said["note"].replace("\nentries ", "\nentries 1")

    code, found = check(changed(files, "checkpoint.json", earlier_time), tmp_path)
    assert code == 1
    assert [place for place, _n, _problem in wrong(found)] == ["checkpoint.json"]


def test_a_sample_that_the_seed_does_not_draw_is_found(story: Story, cast: Cast, tmp_path: Path) -> None:
    of_others(cast, 3)
    checkpoint(NOW + timedelta(days=1))
    sample = draw_sample(user=cast.auditor, frame=Frame(checkpoint=2), seed="frø", size=2)
    at = NOW + timedelta(days=1)
    taken = [take_out_evidence(dialogue_id=chain, auth_method="", by=cast.auditor, at=at) for chain in sample.drawn]
    files = unpacked(made(taken, sample.drawn, cast.auditor, sample, at=at))
    code, found = check(files, tmp_path)
    assert code == 0
    assert "sample.json: 2 of 4 drawn by the seed frø" in told(found, "IN ORDER")
    seeds = (f"frø{number}" for number in range(100))
    other = next(seed for seed in seeds if set(drawn(sample.population, seed, 2)) != set(sample.drawn))
    chosen = changed(files, "sample.json", lambda said: said.update(seed=other))
    assert ("sample.json", None, f"2 of 4 drawn by the seed {other}") in wrong(check(chosen, tmp_path)[1])
