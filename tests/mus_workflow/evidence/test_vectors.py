"""The published vectors: the package, the offline verifier and a browser compute the same, each with its own code."""

from __future__ import annotations

import ast
import importlib.util
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from mus_workflow.evidence import canonical_bytes, commit, head_leaf, is_included, leaf_hash, merkle_root
from mus_workflow.evidence.chain import Header, link_hash
from mus_workflow.evidence.note import parse_checkpoint, parse_note, parse_verifier_key
from mus_workflow.sealing import is_signed
from tests.architecture.repository import ROOT
from tools.evidence_vectors import COUNTS, FILE, text

VERIFIER = ROOT / "mus_workflow" / "evidence" / "verify.py"
PAGE = "https://vectors.example/"
COMPUTED = """async ([module, file]) => {
  const { vectors } = await (await fetch(file)).json();
  return (await import(module)).computed(vectors);
}"""

Computing = dict[str, Callable[[Any], Any]]


@pytest.fixture(scope="module")
def vectors() -> list[dict[str, Any]]:
    return json.loads(FILE.read_text(encoding="utf-8"))["vectors"]


@pytest.fixture(scope="module")
def verifier() -> ModuleType:
    """The file itself, as an outsider runs it: not as a part of the package."""
    spec = importlib.util.spec_from_file_location("offline_verifier", VERIFIER)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A secure page that has the two published files and nothing else."""
    page = chromium.new_page()

    def answer(route: Route) -> None:
        name = route.request.url.removeprefix(PAGE)
        if not name:
            route.fulfill(body="<!doctype html><title>Vectors</title>", content_type="text/html")
        else:
            route.fulfill(path=FILE.parent / name)

    page.route(f"{PAGE}**", answer)
    page.goto(PAGE)
    yield page
    page.close()


def test_there_are_a_thousand_of_every_kind_and_both_outcomes(vectors: list[dict[str, Any]]) -> None:
    assert Counter(vector["kind"] for vector in vectors) == COUNTS
    assert sum(COUNTS.values()) == 1000
    proofs = Counter(vector["expected"] for vector in vectors if vector["kind"] == "inclusion")
    notes = Counter(vector["expected"]["signed"] for vector in vectors if vector["kind"] == "note")
    for outcomes in (proofs, notes):
        assert min(outcomes[True], outcomes[False]) >= 10, outcomes


def test_the_tool_writes_the_published_file_again() -> None:
    assert text() == FILE.read_text(encoding="utf-8")


def test_the_package_computes_what_is_published(vectors: list[dict[str, Any]]) -> None:
    computing: Computing = {
        "canonical": lambda given: canonical_bytes(given).decode(),
        "commitment": lambda given: commit(bytes.fromhex(given["salt"]), given["payload"].encode()).hex(),
        "link": lambda given: link_hash(
            Header(**given["header"]), bytes.fromhex(given["commitment"]), bytes.fromhex(given["previous"])
        ).hex(),
        "root": lambda given: merkle_root(
            leaf_hash(head_leaf(bytes.fromhex(chain.replace("-", "")), n, bytes.fromhex(end)))
            for chain, n, end in given
        ).hex(),
        "inclusion": lambda given: is_included(
            bytes.fromhex(given["leaf"]),
            index=given["index"],
            size=given["size"],
            path=[bytes.fromhex(one) for one in given["path"]],
            root=bytes.fromhex(given["root"]),
        ),
        "note": _note_by_package,
    }
    assert_agrees(vectors, [computing[vector["kind"]](vector["given"]) for vector in vectors])


def test_the_offline_verifier_computes_what_is_published(vectors: list[dict[str, Any]], verifier: ModuleType) -> None:
    def note(given: Any) -> Any:
        said = verifier.read_note(given["note"])
        signed = verifier.is_signed(said, given["key"])
        return {"number": said["number"], "chains": said["chains"], "root": said["root"].hex(), "signed": signed}

    computing: Computing = {
        "canonical": lambda given: verifier.canonical(given).decode(),
        "commitment": lambda given: verifier.commit(bytes.fromhex(given["salt"]), given["payload"].encode()).hex(),
        "link": lambda given: verifier.link(
            given["header"], bytes.fromhex(given["commitment"]), bytes.fromhex(given["previous"])
        ).hex(),
        "root": lambda given: verifier.root_of([verifier.head_leaf(*head) for head in given]).hex(),
        "inclusion": lambda given: (
            verifier.root_by_path(
                bytes.fromhex(given["leaf"]),
                given["index"],
                given["size"],
                [bytes.fromhex(one) for one in given["path"]],
            ).hex()
            == given["root"]
        ),
        "note": note,
    }
    assert_agrees(vectors, [computing[vector["kind"]](vector["given"]) for vector in vectors])


@pytest.mark.browser
def test_a_browser_computes_what_is_published(vectors: list[dict[str, Any]], page: Page) -> None:
    assert_agrees(vectors, page.evaluate(COMPUTED, [f"{PAGE}evidence.js", f"{PAGE}{FILE.name}"]))


def test_the_offline_verifier_is_one_short_file_of_the_standard_library() -> None:
    source = VERIFIER.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 300
    imported = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(source, feature_version=(3, 11)))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or "."] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names])
    }
    assert imported <= sys.stdlib_module_names


def assert_agrees(vectors: list[dict[str, Any]], computed: list[Any]) -> None:
    """Fail with the first vector that was computed otherwise."""
    differs = [
        (number, vector, value)
        for number, (vector, value) in enumerate(zip(vectors, computed, strict=True))
        if value != vector["expected"]
    ]
    assert differs[:1] == []


def _note_by_package(given: Any) -> Any:
    note, (name, key) = parse_note(given["note"]), parse_verifier_key(given["key"])
    said = parse_checkpoint(note.text)
    signed = any(is_signed(note.text, signature=one, public_key=key) for one in note.by(name, key))
    return {"number": said.number, "chains": said.chains, "root": said.root.hex(), "signed": signed}
