"""Whoever meets what another wrote is written down in the same request: on every page, as everybody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest
from django.test import Client
from django.urls import reverse

from mus_workflow.models import LEDGERED, LedgerEntry, Reading, user_key
from tests.builders import Cast, change_manager
from tests.matrix.canaries import CANARIES, Story, tell
from tests.matrix.rows import AUDIT_MATRIX, EVERYBODY, MATRIX
from tests.matrix.walk import address, audit_address, clients, undone
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

# What the parties write in common, and what an auditor writes; time and place are for whoever arranges the talk.
OF_AUDITORS, IN_CLEAR = {"kanarigrund"}, {"kanaristed"}
# Of the two parties each reads the other's shared preparation by the other's leave; the rest is both of theirs.
ANOTHERS = {"employee": {"kanarilederdelt"}, "manager": {"kanaridelt"}}


def anothers(persona: str) -> set[str]:
    """The canaries that are another's to this person."""
    return ANOTHERS.get(persona, set(CANARIES) - OF_AUDITORS - IN_CLEAR)


def addresses(story: Story) -> Iterator[str]:
    for dialogue in (story.earlier, story.current):
        yield from (address(name, dialogue) for name, row in MATRIX.items() if "GET" in row.methods)
        for old in (1, 2):
            yield reverse("mus_workflow:agreement_revision", args=[dialogue.pk, old])
            yield reverse("mus_workflow:agreement_compare", args=[dialogue.pk, old, old + 1])
    item = story.earlier.agreement.items.get().pk
    yield from (reverse("mus_workflow:item_progress", args=[one.pk, item]) for one in (story.earlier, story.current))
    for name, row in AUDIT_MATRIX.items():
        if "GET" in row.methods:
            where = audit_address(name, story.earlier)
            yield from (where, f"{where}?from=1&to=2", f"{where}?from=2&to=3")


def unrecorded(browser: Client, persona: str, key: str, where: str) -> tuple[set[str], list[str]]:
    """The canaries of others on a page, and what is wrong with how that was recorded."""
    with undone():
        known = set(Reading.objects.values_list("pk", flat=True))
        answer = browser.get(where)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        met = {canary for canary in anothers(persona) if canary in body.decode(errors="replace")}
        new = Reading.objects.exclude(pk__in=known)
        wrong = []
        if met and not new.filter(reader_key=key).exists():
            wrong.append(f"{sorted(met)} to {persona} at {where}")
        for reading in new.filter(purpose__in=LEDGERED):
            told = LedgerEntry.objects.filter(chain=reading.dialogue_id, event="OPENED", object_id=str(reading.pk))
            if told.count() != 1:
                wrong.append(f"{reading.purpose} of {persona} at {where} is not in the ledger")
    return met, wrong


def test_every_page_that_shows_what_another_wrote_has_it_recorded_who_reads(cast: Cast) -> None:
    story = tell(cast)
    walked(cast, story, EVERYBODY, expected={"employee", "manager", "auditor", "auditor2"})


def test_so_has_every_page_that_a_new_manager_opens(cast: Cast) -> None:
    story = tell(cast)
    change_manager(cast.employee, cast.other_manager, by=cast.hr, confirmed_by=cast.manager, at=NOW)
    # The employee still reads what the former manager shared.
    changed = {"employee", "manager", "other_manager", "auditor"}
    walked(cast, story, changed, expected={"employee", "other_manager", "auditor"})


def walked(cast: Cast, story: Story, personas: Iterable[str], expected: set[str]) -> None:
    """Walk every page as these people; those who are expected to meet what others wrote must do so."""
    browsers, readers, wrong = clients(cast), set(), []
    for persona in sorted(personas):
        for where in addresses(story):
            met, found = unrecorded(browsers[persona], persona, user_key(getattr(cast, persona)), where)
            wrong += found
            if met:
                readers.add(persona)
    assert wrong == []
    assert readers == expected
