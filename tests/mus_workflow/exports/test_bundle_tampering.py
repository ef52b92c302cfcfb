"""Whoever changes a bundle, or the database before it is made, is found out; and the entry is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mus_workflow.models import Dialogue
from tests.builders import Cast
from tests.matrix.canaries import Story, tell
from tests.mus_workflow.exports.bundling import (
    VERIFIER,
    Files,
    bundle_of,
    changed,
    check,
    checkpoint,
    file_of,
    told,
    with_file,
    wrong,
)
from tests.mus_workflow.exports.changes import CHANGES, Chain, number, reworded
from tests.plumbing.clock import NOW
from tests.plumbing.programs import plain_python

pytestmark = pytest.mark.django_db


ANSWERS = ("SIGNED", "DECLINED")


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


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_change_of_a_dialogue_is_found_and_its_entry_named(
    change: Callable[[Chain], int], files: Files, earlier: Dialogue, tmp_path: Path
) -> None:
    named: list[int] = []
    tampered = changed(files, file_of(earlier), lambda chain: named.append(change(chain)))
    code, found = check(tampered, tmp_path)
    assert code == 1
    assert (earlier.reference, named[0]) in [(place, n) for place, n, _problem in wrong(found)]


def test_a_changed_file_is_found_by_the_list_of_files_alone(files: Files, earlier: Dialogue, tmp_path: Path) -> None:
    tampered = with_file(files, "control-totals.json", b"{}", covered=False)
    assert wrong(check(tampered, tmp_path)[1]) == [
        ("control-totals.json", None, "it was changed after the bundle was made")
    ]
    extra = with_file(files, "note.txt", b"Se her", covered=False)
    assert wrong(check(extra, tmp_path)[1]) == [("note.txt", None, "it is not in the list of files")]
    fewer = with_file(files, file_of(earlier), None, covered=False)
    assert wrong(check(fewer, tmp_path)[1]) == [(file_of(earlier), None, "it is missing")]


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff", b'{"format": 1}', b"null"])
@pytest.mark.parametrize("name", ["manifest.json", "checkpoint.json", "dialogue"])
def test_a_damaged_file_is_a_finding_and_stops_nothing(
    name: str, content: bytes, files: Files, earlier: Dialogue, tmp_path: Path
) -> None:
    name = file_of(earlier) if name == "dialogue" else name
    code, found = check(with_file(files, name, content, covered=name != "manifest.json"), tmp_path)
    assert code == 1
    assert name in [place for place, _n, _problem in wrong(found)]


def test_a_bundle_that_is_no_zip_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "bundle.zip").write_bytes(b"PK nothing")
    done = plain_python(str(VERIFIER), str(tmp_path / "bundle.zip"))
    assert done.returncode == 1
    assert "it cannot be read" in done.stdout
    assert done.stderr == ""


def test_a_signature_under_what_was_never_presented_is_found_even_in_a_chain_that_holds(
    files: Files, earlier: Dialogue, tmp_path: Path
) -> None:
    bare = with_file(files, "checkpoint.json", None)
    place, problem = earlier.reference, "it signs what was not presented to them, or signs it twice"

    def found(change: Callable[[Chain], None]) -> list[Any]:
        return wrong(check(changed(bare, file_of(earlier), change), tmp_path)[1])

    n = number(json.loads(bare[file_of(earlier)]), "SIGNED")
    assert found(lambda chain: reworded(chain, n, lambda said: said.update(document_sha256="0" * 64))) == [
        (place, n, problem)
    ]
    assert found(lambda chain: reworded(chain, n, lambda said: said.update(participant="somebody"))) == [
        (place, n, problem)
    ]
    presented = number(json.loads(bare[file_of(earlier)]), "PRESENTED")
    elsewhere = found(lambda chain: reworded(chain, presented, lambda said: said["document"].update(reference="MUS-X")))
    assert (place, presented, "its document is of another dialogue") in elsewhere
    assert (place, n, problem) in elsewhere


def test_a_signature_whose_document_is_closed_is_not_checked_and_not_in_order(
    files: Files, earlier: Dialogue, tmp_path: Path
) -> None:
    def close(chain: Chain) -> None:
        for one in chain["entries"]:
            if one["header"]["event"] == "PRESENTED":
                del one["payload"], one["salt"]
                one.update(missing="ERASED", rule="five years")

    answers = [one for one in json.loads(files[file_of(earlier)])["entries"] if one["header"]["event"] in ANSWERS]
    code, found = check(changed(files, file_of(earlier), close), tmp_path)
    assert code == 0
    unchecked = told(found, "NOT CHECKED")
    assert unchecked.count(f"{earlier.reference}: what it signs is not open") == len(answers) > 2
    (line,) = [line for line in told(found, "IN ORDER") if line.startswith(earlier.reference)]
    assert line.endswith("signatures: 0")
