"""The timeline: everything that the ledger and the readings tell, in sentences, once, and without a word of content."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from mus_workflow.actions.record_reading import record_reading
from mus_workflow.history.keyset import NoSuchPosition
from mus_workflow.history.sentences import DETAILED, PLAIN, READ, sentence_of
from mus_workflow.history.timeline import KINDS, READINGS, Line, kind_of, timeline
from mus_workflow.models import Artefact, DataKey, Dialogue, Event, LedgerEntry, Reading, ReadingPurpose
from tests.builders import Cast, change_manager
from tests.ledger import entries
from tests.matrix.canaries import AUDITORS, CANARIES, Story, tell
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

EVERYTHING = 10_000


@pytest.fixture(autouse=True)
def in_english() -> Any:
    with override("en"):
        yield


@pytest.fixture
def story(cast: Cast) -> Story:
    """Last year's dialogue with everything in it, its readings, and a change of manager."""
    story = tell(cast)
    for minutes in range(4):
        for reader, role, purpose in (
            (cast.manager, "MANAGER", ReadingPurpose.TALK),
            (cast.auditor, "AUDITOR", ReadingPurpose.HISTORY),
            (cast.auditor, "AUDITOR", ReadingPurpose.AUDIT),
        ):
            at = NOW + timedelta(minutes=20 * minutes)
            record_reading(dialogue=story.earlier, reader=reader, role=role, purpose=purpose, at=at)
    at = NOW + timedelta(hours=2)
    change_manager(cast.employee, cast.other_manager, by=cast.hr, confirmed_by=cast.manager, at=at)
    return story


def lines(dialogue: Dialogue, *kinds: str) -> list[Line]:
    return timeline(dialogue, kinds, "", EVERYTHING).rows


def test_every_entry_and_every_reading_is_told_once_the_newest_first(story: Story) -> None:
    told = lines(story.earlier)
    numbers = [line.number for line in told if line.number is not None]
    assert numbers == [entry.n for entry in reversed(entries(story.earlier.pk))]
    only_rows = Reading.objects.filter(dialogue=story.earlier, purpose__in=["TALK", "HISTORY", "EVIDENCE"])
    assert sum(line.number is None for line in told) == only_rows.count() == 8
    assert [line.at for line in told] == sorted((line.at for line in told), reverse=True)


def test_no_word_of_the_dialogue_is_told(story: Story) -> None:
    told = repr(lines(story.earlier))
    allowed = {canary for canary, who in CANARIES.items() if who >= AUDITORS}
    assert {canary for canary in CANARIES if canary in told} == allowed
    assert "kanarihvorfor" in allowed


@pytest.mark.parametrize("size", [1, 4, 7])
def test_page_by_page_it_is_the_same_as_a_whole(story: Story, size: int) -> None:
    met, text = [], ""
    while True:
        page = timeline(story.earlier, [], text, size)
        met += page.rows
        text = page.next
        if not text:
            break
    assert met == lines(story.earlier)
    back = [*page.rows]
    while page.previous:
        page = timeline(story.earlier, [], page.previous, size)
        back = [*page.rows, *back]
    assert back == met


def test_it_is_filtered_by_what_sort_of_thing_happened(story: Story) -> None:
    whole = lines(story.earlier)
    for kind in KINDS:
        assert lines(story.earlier, kind) == [line for line in whole if line.kind == kind]
        assert kind in {"KEEPING"} or lines(story.earlier, kind), kind
    assert lines(story.earlier, "GRANTS", READINGS) == [line for line in whole if line.kind in ("GRANTS", READINGS)]


def told_of(dialogue: Dialogue, event: str) -> list[Line]:
    """The lines of the entries of one event."""
    numbers = set(LedgerEntry.objects.filter(chain=dialogue.pk, event=event).values_list("n", flat=True))
    return [line for line in lines(dialogue) if line.number in numbers]


@pytest.mark.parametrize(
    ("event", "what", "who", "role"),
    [
        ("CREATED", "The dialogue was planned, to be held by 10 December 2025.", "Mikkel Holm", "Manager"),
        ("PREPARATION_SHARED", "Answers from the preparation were shared.", "Mikkel Holm", "Manager"),
        ("REVISION_SAVED", "Revision 4 was saved.", "Mikkel Holm", "Manager"),
        ("PRESENTED", "Revision 3 was presented for signing.", "Mikkel Holm", "Manager"),
        ("SIGNED", "Revision 3 was signed as received, not agreed.", "Mikkel Holm", "Manager"),
        ("DECLINED", "A party declined to sign revision 3.", "Emma Lund", "Employee"),
        ("PROGRESS_RECORDED", "Progress was recorded on item 1.", "Emma Lund", "Employee"),
        ("OUTCOME_RECORDED", "An outcome was recorded for item 1.", "Emma Lund", "Employee"),
        ("AMENDMENT_BEGUN", "A change was begun after revision 3.", "Mikkel Holm", "Manager"),
        ("ROLE_CHANGED", "Olga Vestergaard took over as: Manager.", "Mikkel Holm", "Manager"),
        ("OPENED", "The words were opened under a grant.", "Astrid Friis", "Auditor"),
        ("GRANT_APPROVED", "The grant was approved, until 24/03/2026 09:00.", "Aksel Munk", "Second person"),
        ("FORM_BOUND", "The form “Opfølgning”, version 1, was chosen for: Follow-up.", "Mikkel Holm", "Manager"),
    ],
)
def test_it_says_what_happened_and_who_did_it_as_what(story: Story, event: str, what: str, who: str, role: str) -> None:
    line = told_of(story.earlier, event)[0]
    assert (line.what, line.actor.name, line.actor.role) == (what, who, role)


def test_a_revision_tells_how_much_it_says_and_a_change_tells_why(story: Story) -> None:
    assert told_of(story.earlier, "PRESENTED")[0].extent == "2 answers, 1 item"
    assert told_of(story.earlier, "AMENDMENT_BEGUN")[0].why == "kanarihvorfor"
    assert told_of(story.earlier, "GRANT_REQUESTED")[0].why == "kanarigrund"


def test_people_are_called_as_they_were_called_then(cast: Cast, story: Story) -> None:
    users = get_user_model().objects
    users.update(first_name="Ny", last_name="Navn")
    # A reading that is a row only names the account, as it is called now.
    assert [line for line in lines(story.earlier) if line.number and line.actor.name == "Ny Navn"] == []
    users.get(pk=cast.auditor2.pk).delete()
    assert told_of(story.earlier, "GRANT_APPROVED")[0].actor.name == "Aksel Munk"


def test_where_the_words_are_erased_the_sentences_are_short_and_stand(story: Story) -> None:
    keys = DataKey.objects.filter(dialogue=story.earlier)
    keys.update(wrapped=None, destroyed_at=NOW, destroyed_rule="five years")
    told = lines(story.earlier)
    assert len(told) == len(entries(story.earlier.pk)) + 8
    assert told_of(story.earlier, "SIGNED")[0].what == "The agreement was signed."
    assert told_of(story.earlier, "GRANT_APPROVED")[0].actor.name == "Aksel Munk"
    assert {line.why for line in told} == {""}


def test_it_takes_as_many_queries_for_5_events_as_for_all(story: Story) -> None:
    counted = []
    for size in (5, EVERYTHING):
        with CaptureQueriesContext(connection) as captured:
            timeline(story.earlier, [], "", size)
        counted.append(len(captured))
    assert counted[0] == counted[1]


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "a,1,2",
        "a,x,1,2",
        "a,1,1,x",
        "a,1,0,7",
        "a,99999999999999999999,1,1",
        "b,-1,1,1",
        "a,999999999999999999,0,x",
    ],
)
def test_a_place_where_nothing_could_lie_is_refused(story: Story, text: str) -> None:
    with pytest.raises(NoSuchPosition):
        timeline(story.earlier, [], text, 5)


def test_every_event_and_every_purpose_has_a_sentence_and_a_kind() -> None:
    assert set(PLAIN) == set(Event)
    assert set(READ) == set(ReadingPurpose)
    assert {kind_of(event) for event in Event} <= set(KINDS)
    assert set(DETAILED) <= set(Event)


@pytest.mark.parametrize("event", list(Event))
def test_an_entry_with_other_particulars_says_no_less_than_what_happened(event: str) -> None:
    for said in (None, {}, {"scope": "?", "purpose": "?", "meaning": "?", "document": 3}):
        assert sentence_of(event, said) == str(PLAIN[event])


def test_a_dialogues_erased_agreement_key_hides_no_signature(story: Story) -> None:
    keys = DataKey.objects.filter(dialogue=story.earlier, artefact=Artefact.AGREEMENT)
    keys.update(wrapped=None, destroyed_at=NOW, destroyed_rule="five years")
    signed = LedgerEntry.objects.filter(chain=story.earlier.pk, event="SIGNED").count()
    assert len(told_of(story.earlier, "SIGNED")) == signed
