"""What cannot be recorded as read is not shown: the page that would have recorded it answers 503, without a word."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from mus_workflow.models import Reading
from mus_workflow.models.reading import ReadingQuerySet
from mus_workflow.stages import Stage
from tests.builders import Cast, change_manager, make_dialogue
from tests.ledger import everything
from tests.matrix.canaries import CANARIES, Story, tell
from tests.matrix.rows import AUDIT_MATRIX, MATRIX
from tests.matrix.walk import address, ask, audit_address, undone
from tests.mus_workflow.views.reading import says
from tests.mus_workflow.views.sheets import field_of, form_fields
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

READERS = ("employee", "manager", "other_manager", "auditor")


@contextmanager
def no_reading_can_be_written(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("disk I/O error")

    with monkeypatch.context() as patch:
        patch.setattr(ReadingQuerySet, "bulk_create", fail)
        patch.setattr(Reading, "save", fail)
        yield


def addresses(story: Story) -> Iterator[str]:
    for dialogue in (story.earlier, story.current):
        yield from (address(name, dialogue) for name, row in MATRIX.items() if row.content)
        for number in (1, 2):
            yield reverse("mus_workflow:agreement_revision", args=[dialogue.pk, number])
        yield reverse("mus_workflow:agreement_compare", args=[dialogue.pk, 1, 2])
    for name in AUDIT_MATRIX:
        yield audit_address(name, story.earlier)


def test_a_page_that_records_a_reading_shows_nothing_when_it_cannot(
    cast: Cast, enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = tell(cast)
    # Every page of theirs shows a successor what was agreed before they came.
    change_manager(cast.employee, cast.other_manager, by=cast.hr, confirmed_by=cast.manager, at=NOW)
    wrong, withheld = [], set()
    for name in READERS:
        client = enter(getattr(cast, name))
        for where in addresses(story):
            recorded = records(client, where)
            with no_reading_can_be_written(monkeypatch):
                answer = ask(client, "GET", where)
            if recorded:
                withheld.add(name)
                if answer.status_code != 503 or any(canary in answer.content.decode() for canary in CANARIES):
                    wrong.append((name, where, answer.status_code))
            elif answer.status_code >= 500:
                wrong.append((name, where, answer.status_code))
    assert wrong == []
    # The employee still reads what the former manager shared.
    assert withheld == {"employee", "other_manager", "auditor"}


def records(client: Client, where: str) -> bool:
    """Whether the page makes a reading where there is none."""
    with undone():
        before = Reading.objects.count()
        client.get(where)
        return Reading.objects.count() > before


def test_the_refusal_says_why_and_nothing_is_written(cast: Cast, enter, monkeypatch: pytest.MonkeyPatch) -> None:
    dialogue = make_dialogue(cast, Stage.TALK)
    client, before = enter(cast.manager), everything()
    with no_reading_can_be_written(monkeypatch):
        answer = client.get(reverse("mus_workflow:talk", args=[dialogue.pk]))
    assert answer.status_code == 503
    assert says(answer, "Try again in a little while.")
    assert everything() == before
    assert client.get(reverse("mus_workflow:talk", args=[dialogue.pk])).status_code == 200


def test_what_was_typed_is_kept_when_the_page_that_would_take_it_cannot_be_shown(
    cast: Cast, enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = reverse("mus_workflow:talk", args=[make_dialogue(cast, Stage.TALK).pk])
    client = enter(cast.manager)
    # A question that is wrong brings the page back, and with it the other side's words.
    sent = {**form_fields(client, where), field_of("summary"): "x" * 30_000}
    with no_reading_can_be_written(monkeypatch):
        answer = client.post(where, sent)
    assert answer.status_code == 503
    assert "besøg" not in answer.content.decode()
    assert "x" * 30_000 in client.get(answer.context["address"]).content.decode()
