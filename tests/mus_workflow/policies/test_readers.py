"""Who can read this? What the pages say is what the pages do, for everybody, in every situation."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import transaction
from django.test import Client
from django.urls import reverse

from mus_workflow.models import Dialogue, DraftKind, Participant, SealedFile
from mus_workflow.policies.readers import Place, parties_seen_by, readers_of, would_read
from mus_workflow.stages import Stage
from tests.builders import NAMES, Cast, qid
from tests.matrix.rows import AUDIT_MATRIX, MATRIX
from tests.matrix.walk import address, audit_address
from tests.mus_workflow.policies.situations import (
    AGREED,
    CANARIES,
    PREPARED,
    Situation,
    bring_about,
    every_situation,
    publish_forms,
)
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

ASKED = ("employee", "manager", "other_manager", "auditor", "auditor2", "hr", "admin")
FULL = {" ".join(name): persona for persona, name in NAMES.items()}
# One of each stage, of each kind of sharing, with a successor and without, with a grant and without.
FEW = [
    Situation(Stage.PREPARING, "SHARED", successor=True, grant=""),
    Situation(Stage.TALK, "SHARED", successor=False, grant="AGREEMENT"),
    Situation(Stage.SIGN_OFF, "WITHDRAWN", successor=False, grant=""),
    Situation(Stage.CLOSED, "SHARED", successor=True, grant="COURSE"),
    Situation(Stage.NOT_HELD, "SHARED", successor=False, grant=""),
]
# The page that shows the author an answer, and says beside it who can read it.
PAGES = {Place.PREPARATION: "preparation_edit", Place.SHEET: "talk"}


@pytest.fixture(scope="module")
def forms(module_cast: Cast) -> None:
    publish_forms()


@pytest.fixture
def cast(module_cast: Cast, forms: None) -> Cast:
    return module_cast


@pytest.mark.parametrize("situation", FEW, ids=str)
def test_what_is_said_is_what_is_so(cast: Cast, situation: Situation) -> None:
    compare(cast, situation)


@pytest.mark.prove
@pytest.mark.parametrize("situation", list(every_situation()), ids=str)
def test_what_is_said_is_what_is_so_in_every_situation(cast: Cast, situation: Situation) -> None:
    compare(cast, situation)


def compare(cast: Cast, situation: Situation) -> None:
    dialogue = bring_about(cast, situation)
    said = {canary: said_of(canary, situation, dialogue) for canary in CANARIES}
    with transaction.atomic():
        assert said == met_by(cast, dialogue)
        transaction.set_rollback(True)
    assert_pages_say(said, situation, cast, dialogue)


def viewer_of(dialogue: Dialogue) -> Participant:
    return dialogue.participants.get(role="EMPLOYEE")


def said_of(canary: str, situation: Situation, dialogue: Dialogue) -> set[str]:
    """Whom the policy names for a text, over all the places where it stands."""
    viewer = viewer_of(dialogue)
    named: set[str] = set()
    for place in situation.places(canary):
        readers = readers_of(
            place,
            dialogue=dialogue,
            viewer=viewer,
            present=parties_seen_by(viewer),
            at=NOW,
            draft=draft_in(dialogue, place, viewer),
        )
        named |= {FULL[one.name] for one in readers.people} | {grant.auditor.username for grant in readers.grants}
    return named


def draft_in(dialogue: Dialogue, place: Place, viewer: Participant) -> Any:
    if place is Place.PREPARATION:
        return dialogue.drafts.get(participant=viewer)
    return dialogue.drafts.get(kind=DraftKind.AGREEMENT) if place is Place.SHEET else None


def met_by(cast: Cast, dialogue: Dialogue) -> dict[str, set[str]]:
    """Who really meets each text, on any page at all."""
    addresses = list(every_page(dialogue))
    met: dict[str, set[str]] = {canary: set() for canary in CANARIES}
    for persona in ASKED:
        client = Client()
        client.force_login(getattr(cast, persona))
        for where in addresses:
            answer = client.get(where)
            # The name of a file stands in a header; its words, in a body of bytes.
            seen = answer.content.decode(errors="replace") + str(answer.headers)
            found(seen, persona, met)
        taken = client.post(reverse("mus_audit:bundle_file"), {"dialogue": dialogue.pk})
        if taken.streaming:
            archive = zipfile.ZipFile(io.BytesIO(b"".join(taken.streaming_content)))
            found("".join(archive.read(name).decode(errors="replace") for name in archive.namelist()), persona, met)
    return met


def found(seen: str, persona: str, met: dict[str, set[str]]) -> None:
    for canary in CANARIES:
        if canary in seen:
            met[canary].add(persona)


def every_page(dialogue: Dialogue) -> Iterator[str]:
    for name, row in MATRIX.items():
        if row.content and "GET" in row.methods:
            yield address(name, dialogue)
    for file in SealedFile.objects.filter(dialogue=dialogue):
        yield reverse("mus_workflow:file_detail", args=[file.pk])
    yield reverse("mus_workflow:agreement_revision", args=[dialogue.pk, 2])
    yield from (audit_address(name, dialogue) for name in AUDIT_MATRIX)


def assert_pages_say(said: dict[str, set[str]], situation: Situation, cast: Cast, dialogue: Dialogue) -> None:
    """Beside each answer that its author meets in a form stand the names of those that the policy names, no others."""
    client = Client()
    client.force_login(cast.employee)
    keys = {canary: qid(name) for name, canary in PREPARED.items()}
    if situation.stage == Stage.TALK:
        keys |= {canary: key for canary, (key, _writer) in AGREED.items()}
    soups = {
        name: BeautifulSoup(client.get(reverse(f"mus_workflow:{name}", args=[dialogue.pk])).content, "html.parser")
        for name in set(PAGES.values())
    }
    for canary, key in keys.items():
        page = soups["preparation_edit" if canary in PREPARED.values() else "talk"]
        if situation.stage == Stage.PREPARING or canary in AGREED or situation.stage == Stage.TALK:
            phrase = page.select_one(f'[data-question="{key}"] .mus-who summary').text
        else:
            answers = [one for one in page.select("main .mus-answer") if canary in one.text]
            phrase = answers[0].select_one(".mus-who summary").text
        named = {persona for name, persona in FULL.items() if name in phrase}
        # While an agreement is written, an auditor's grant opens what has been recorded of it.
        assert named == said[canary] - {"employee", "auditor"}, (canary, phrase)


def test_whoever_takes_part_would_read_what_is_shared_now(cast: Cast) -> None:
    situation = Situation(Stage.TALK, "NOTHING", successor=True, grant="")
    dialogue = bring_about(cast, situation)
    viewer = viewer_of(dialogue)
    would = {FULL[one.name] for one in would_read(present=parties_seen_by(viewer), dialogue=dialogue)}
    assert would == {"employee", "other_manager"}
    assert would_read(present=parties_seen_by(viewer), dialogue=Dialogue(stage=Stage.NOT_HELD)) == ()


def test_the_list_takes_two_queries_and_for_a_preparation_one(cast: Cast, django_assert_num_queries: Any) -> None:
    dialogue = bring_about(cast, Situation(Stage.TALK, "SHARED", successor=False, grant=""))
    viewer = viewer_of(dialogue)
    for place, queries in ((Place.COPY, 1), (Place.AGREEMENT, 2)):
        with django_assert_num_queries(queries):
            readers_of(place, dialogue=dialogue, viewer=viewer, present=parties_seen_by(viewer), at=NOW)
