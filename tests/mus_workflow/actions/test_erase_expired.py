"""What a run of the rules erases, when, and what it leaves behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction

from mus_workflow.actions.amend_agreement import amend_agreement
from mus_workflow.actions.erase_expired import erase_dialogue
from mus_workflow.actions.give_grant import request_grant
from mus_workflow.actions.hold_talk import mark_not_held
from mus_workflow.actions.park_post import park_post, take_parked
from mus_workflow.actions.publish_form import publish_form
from mus_workflow.actions.share_preparation import withdraw_preparation
from mus_workflow.actions.write_revision import present_agreement
from mus_workflow.models import (
    Artefact,
    Concept,
    ConceptVersion,
    DataKey,
    Dialogue,
    Erased,
    ErasureRun,
    FormDefinition,
    LedgerEntry,
    Meaning,
    ParkedPost,
    PasswordChange,
    Purpose,
    Reading,
    ReadingPurpose,
    SealedFile,
    open_sealed,
    packed,
    rules_of,
    user_key,
)
from mus_workflow.policies.retention import all_due
from mus_workflow.stages import Stage
from tests.builders import Cast, answer, make_dialogue, prepare_and_share, qid, sign_by_both, write_agreement
from tests.erasing import (
    A_MONTH_ON,
    NOT_NOTED,
    YEARS_ON,
    erase,
    everybody_leaves,
    leave,
    rules,
    with_another_employee,
)
from tests.ledger import entries, everything, payload_of, tear_down_the_wall
from tests.mus_workflow.actions.test_every_action import Breaker, Broken
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def rules_told(told: list[Any]) -> set[tuple[str, str, str]]:
    return {(str(one.rule), one.artefact, one.role) for one in told}


def test_a_preparation_goes_on_its_day_and_not_the_day_before(cast: Cast) -> None:
    make_dialogue(cast)
    assert erase(A_MONTH_ON - DAY)[0] == []
    told, _run = erase(A_MONTH_ON)
    assert rules_told(told) == {
        ("PREPARATION_AFTER_SIGNING", "DRAFT", "EMPLOYEE"),
        ("PREPARATION_AFTER_SIGNING", "DRAFT", "MANAGER"),
        ("DRAFT_AFTER_SIGNING", "DRAFT", ""),
    }
    assert erase(A_MONTH_ON)[0] == []
    assert erase(A_MONTH_ON + DAY)[0] == []


def test_a_preparation_goes_on_the_same_day_where_a_party_declined(cast: Cast) -> None:
    dialogue = make_dialogue(cast, Stage.SIGN_OFF)
    answer(dialogue, by=cast.employee)
    assert erase(A_MONTH_ON)[0] == []
    answer(dialogue, Meaning.DECLINED, by=cast.manager)
    assert erase(A_MONTH_ON - DAY)[0] == []
    assert ("PREPARATION_AFTER_SIGNING", "DRAFT", "EMPLOYEE") in rules_told(erase(A_MONTH_ON)[0])


def test_what_was_shared_goes_after_its_months_and_what_was_taken_back_with_the_preparation(cast: Cast) -> None:
    dialogue = make_dialogue(cast, Stage.TALK)
    withdraw_preparation(dialogue_id=dialogue.pk, by=cast.manager, at=NOW)
    write_agreement(dialogue, by=cast.manager)
    present_agreement(dialogue_id=dialogue.pk, by=cast.manager, at=NOW)
    sign_by_both(dialogue, cast)
    told, _run = erase(A_MONTH_ON)
    assert ("PREPARATION_AFTER_SIGNING", "SHARED_PREPARATION", "MANAGER") in rules_told(told)
    told, _run = erase(NOW + timedelta(days=731))
    assert rules_told(told) == {("SHARED_AFTER_SIGNING", "SHARED_PREPARATION", "EMPLOYEE")}


def test_all_of_it_goes_years_after_the_employee_has_left_and_no_day_sooner(cast: Cast) -> None:
    dialogue = make_dialogue(cast, Stage.CLOSED)
    leave(cast.employee)
    day = NOW.replace(year=NOW.year + 5)
    erase(day - DAY)
    assert open_sealed(dialogue.agreement.document)
    told, _run = erase(day)
    assert {rule for rule, _what, _role in rules_told(told)} == {"AGREEMENT_AFTER_LEAVING"}
    assert not DataKey.objects.filter(dialogue=dialogue, destroyed_at=None).exists()
    for envelope in (dialogue.agreement.document, dialogue.agreement.items.get().text):
        with pytest.raises(Erased, match="AGREEMENT_AFTER_LEAVING"):
            open_sealed(envelope)
    assert Dialogue.objects.get(pk=dialogue.pk).meeting_place == ""


def test_who_is_back_at_work_has_not_left(cast: Cast) -> None:
    dialogue = make_dialogue(cast, Stage.CLOSED)
    leave(cast.employee, YEARS_ON.date())
    erase(YEARS_ON)
    assert open_sealed(dialogue.agreement.document)


def test_of_a_deleted_account_the_years_count_from_the_last_thing_that_happened(cast: Cast) -> None:
    """What is done about the dialogue afterwards, such as an audit, puts nothing off."""
    dialogue = make_dialogue(cast, Stage.CLOSED)
    get_user_model().objects.get(pk=cast.employee.pk).delete()
    erase(A_MONTH_ON)
    request_grant(dialogue_id=dialogue.pk, reason="Stikprøve", by=cast.auditor, at=A_MONTH_ON)
    day = NOW.replace(year=NOW.year + 5)
    erase(day - DAY)
    assert open_sealed(dialogue.agreement.document)
    erase(day)
    assert not DataKey.objects.filter(dialogue=dialogue, destroyed_at=None).exists()


def test_an_open_change_keeps_the_draft_and_a_running_talk_keeps_everything(cast: Cast) -> None:
    dialogue = make_dialogue(cast)
    amend_agreement(dialogue_id=dialogue.pk, change_note="Ny frist", by=cast.manager, at=NOW)
    assert ("DRAFT_AFTER_SIGNING", "DRAFT", "") not in rules_told(erase(A_MONTH_ON)[0])
    running = make_dialogue(with_another_employee(cast), Stage.TALK)
    assert running.pk not in {one.dialogue for one in erase(NOW + timedelta(days=2000))[0]}


def test_what_was_written_for_a_talk_that_was_not_held_goes(cast: Cast) -> None:
    dialogue = make_dialogue(cast, Stage.PREPARING)
    prepare_and_share(dialogue, cast)
    mark_not_held(dialogue_id=dialogue.pk, reason="Orlov", by=cast.manager, at=NOW)
    assert {rule for rule, _what, _role in rules_told(erase(A_MONTH_ON)[0])} == {"NOT_HELD"}
    assert DataKey.objects.filter(dialogue=dialogue, destroyed_at=None, artefact=Artefact.EVENT).exists()


@pytest.mark.parametrize(
    ("changed", "erases"),
    [
        ({}, True),
        ({"sector": "PRIVATE"}, True),
        ({"sector": "STATE"}, False),
        ({"sector": "STATE", "erasure": "ALWAYS"}, True),
        ({"erasure": "NEVER"}, False),
        ({"keep_preparation_days": 31}, True),  # they were told thirty
        ({"keep_preparation_days": 29}, True),
    ],
)
def test_todays_rules_are_asked_too(cast: Cast, changed: dict[str, Any], erases: bool) -> None:
    make_dialogue(cast)
    leave(cast.employee)
    rules(**changed)
    assert bool(erase(A_MONTH_ON)[0]) is erases
    assert bool(erase(YEARS_ON)[0]) is erases


@pytest.mark.parametrize(
    ("pinned", "now", "erased_at_once", "erased_in_a_month"),
    [
        ("STANDARD", "STANDARD", False, True),
        ("UNTIL_SIGNED", "UNTIL_SIGNED", True, True),
        ("UNTIL_SIGNED", "WITH_AGREEMENT", True, True),
        ("STANDARD", "UNTIL_SIGNED", True, True),
        ("WITH_AGREEMENT", "STANDARD", False, True),
        ("WITH_AGREEMENT", "WITH_AGREEMENT", False, False),
    ],
)
def test_what_the_form_says_of_its_answers_is_done(
    cast: Cast, pinned: str, now: str, erased_at_once: bool, erased_in_a_month: bool
) -> None:
    keep(pinned)
    make_dialogue(cast)
    keep(now)
    told = rules_told(erase(NOW)[0])
    assert (("PREPARATION_AFTER_SIGNING", "DRAFT", "EMPLOYEE") in told) is erased_at_once
    assert (("SHARED_AFTER_SIGNING", "SHARED_PREPARATION", "EMPLOYEE") in told) is erased_at_once
    told |= rules_told(erase(A_MONTH_ON)[0])
    assert (("PREPARATION_AFTER_SIGNING", "DRAFT", "EMPLOYEE") in told) is erased_in_a_month
    # The manager's form says nothing of its own.
    assert ("PREPARATION_AFTER_SIGNING", "DRAFT", "MANAGER") in told


def test_a_state_body_erases_nothing_even_before_it_has_published_that_it_is_one(cast: Cast) -> None:
    make_dialogue(cast)
    Concept.objects.update(sector="STATE")
    assert erase(A_MONTH_ON)[0] == []


@pytest.mark.parametrize(("sector", "erases"), [("PUBLIC", True), ("STATE", False)])
def test_a_version_frozen_before_it_knew_retention_is_read_as_its_sector_says(
    cast: Cast, sector: str, erases: bool
) -> None:
    dialogue = make_dialogue(cast)
    document = {
        name: value
        for name, value in dialogue.concept_version.document.items()
        if name != "erasure" and not name.startswith("keep_")
    }
    tear_down_the_wall()
    ConceptVersion.objects.update(document={**document, "format": 1, "sector": sector})
    rules_of.cache_clear()
    assert bool(erase(A_MONTH_ON)[0]) is erases


def test_an_erasure_is_told_in_the_ledger_and_its_receipt_outlives_it(cast: Cast) -> None:
    dialogue = make_dialogue(cast, Stage.CLOSED)
    leave(cast.employee)
    before = len(entries(dialogue.pk))
    told, run = erase(YEARS_ON)
    erased = entries(dialogue.pk)[before:]
    assert {entry.event for entry in erased} == {"ERASED"}
    assert {entry.actor for entry in erased} == {"system"}
    assert [payload_of(entry) for entry in erased] == [
        {
            "key": str(one.key),
            "artefact": one.artefact,
            "participant": str(one.participant or ""),
            "rule": str(one.rule),
        }
        for one in told
    ]
    assert [entry.object_id for entry in erased] == [str(one.key) for one in told]
    receipt = ErasureRun.objects.get()
    assert run.receipt == receipt
    assert (receipt.keys, receipt.replayed, receipt.ran_at) == (len(told), False, YEARS_ON)
    assert sum(receipt.by_rule.values()) == len(told)
    for key in DataKey.objects.filter(dialogue=dialogue):
        assert (key.wrapped, key.destroyed_at, key.destroyed_rule != "") == (None, YEARS_ON, True)


def test_chain_hashes_are_as_before_after_an_erasure(cast: Cast) -> None:
    dialogue = make_dialogue(cast, Stage.CLOSED)
    leave(cast.employee)
    before = [bytes(entry.hash) for entry in entries(dialogue.pk)]
    erase(YEARS_ON)
    assert [bytes(entry.hash) for entry in entries(dialogue.pk)][: len(before)] == before
    assert list(LedgerEntry.objects.filter(chain=dialogue.pk).order_by("n").links())


def test_a_shared_file_is_kept_as_long_as_its_copy_and_a_private_one_goes_with_the_preparation(cast: Cast) -> None:
    dialogue = make_dialogue(cast)
    shared, private = add_files(dialogue, cast)
    told, _run = erase(A_MONTH_ON)
    assert ("PREPARATION_AFTER_SIGNING", "FILE", "EMPLOYEE") in rules_told(told)
    assert not SealedFile.objects.filter(pk=private.pk).exists()
    assert SealedFile.objects.get(pk=shared.pk).opened() == ("delt.txt", b"delt")
    erase(NOW + timedelta(days=731))
    with pytest.raises(Erased, match="SHARED_AFTER_SIGNING"):
        SealedFile.objects.get(pk=shared.pk).opened()


def test_readings_passwords_and_parked_forms_go_after_their_time(cast: Cast) -> None:
    dialogue = make_dialogue(cast)
    for age in (729, 731):
        moment = A_MONTH_ON - timedelta(days=age)
        key = str(age)
        Reading.objects.create(
            dialogue=dialogue, reader_key=key, purpose=ReadingPurpose.TALK, quarter=moment, read_at=moment
        )
    for age in (30, 32):
        PasswordChange.objects.create(user_key=str(age), changed_at=A_MONTH_ON - timedelta(days=age))
    park_post(key=user_key(cast.employee), path="/mus/", fields={"note": ["x"]}, at=NOW)
    _told, run = erase(A_MONTH_ON)
    assert [row.reader_key for row in Reading.objects.all()] == ["729"]
    assert [row.user_key for row in PasswordChange.objects.all()] == ["30"]
    assert not ParkedPost.objects.exists()
    assert not DataKey.objects.filter(artefact=Artefact.PARKED, destroyed_at=None).exists()
    assert (run.leftovers.readings, run.leftovers.parked, run.leftovers.password_changes) == (1, 1, 1)
    assert (ErasureRun.objects.get().readings, ErasureRun.objects.get().by_rule["PARKED"]) == (1, 1)


def test_readings_of_what_is_not_erased_are_kept(cast: Cast) -> None:
    dialogue = make_dialogue(cast)
    Reading.objects.create(dialogue=dialogue, reader_key="1", purpose=ReadingPurpose.TALK, quarter=NOW, read_at=NOW)
    rules(erasure="NEVER")
    erase(YEARS_ON)
    assert Reading.objects.exists()
    rules(erasure="ALWAYS")
    erase(YEARS_ON)
    assert not Reading.objects.exists()


def test_a_form_that_waits_for_its_author_keeps_its_key(cast: Cast) -> None:
    fields = {"note": ["Min tekst"]}
    parked = park_post(key=user_key(cast.employee), path="/mus/", fields=fields, at=NOW)
    erase(NOW + timedelta(minutes=29))
    here = {"by": cast.employee, "path": "/mus/", "at": NOW + timedelta(minutes=29)}
    assert take_parked(parked_id=parked.pk, **here) == fields
    erase(NOW + timedelta(minutes=29))
    # The next one is sealed under a new key.
    again = park_post(key=user_key(cast.employee), path="/mus/", fields=fields, at=NOW + timedelta(minutes=29))
    assert take_parked(parked_id=again.pk, **here) == fields
    assert DataKey.objects.filter(artefact=Artefact.PARKED).count() == 2


def test_whichever_write_fails_nothing_of_the_dialogue_is_erased(cast: Cast) -> None:
    dialogue = make_dialogue(cast)
    add_files(dialogue, cast)
    leave(cast.employee)

    def do() -> None:
        erase_dialogue(dialogue_id=dialogue.pk, journal=NOT_NOTED, at=YEARS_ON)

    counter, here = Breaker(0), transaction.savepoint()
    with connection.execute_wrapper(counter):
        do()
    transaction.savepoint_rollback(here)
    before = everything()
    assert counter.seen > 10
    for number in range(1, counter.seen + 1):
        with pytest.raises(Broken), connection.execute_wrapper(Breaker(number)):
            do()
        assert everything() == before, f"after write {number}"


def test_a_dialogue_whose_clock_ran_ahead_is_named_and_the_others_are_erased(cast: Cast) -> None:
    ahead = make_dialogue(cast, Stage.CLOSED)
    other = make_dialogue(with_another_employee(cast), Stage.CLOSED)
    request_grant(dialogue_id=ahead.pk, reason="Fra fremtiden", by=cast.auditor, at=YEARS_ON + DAY)
    everybody_leaves()
    told, run = erase(YEARS_ON)
    assert run.problems == [ahead.reference]
    assert {one.dialogue for one in told} == {other.pk}
    assert open_sealed(ahead.agreement.document)


def test_a_run_takes_up_what_an_earlier_one_left(cast: Cast) -> None:
    """A run that was killed between two dialogues is simply run again."""
    first = make_dialogue(cast, Stage.CLOSED)
    second = make_dialogue(with_another_employee(cast), Stage.CLOSED)
    everybody_leaves()
    planned = {one.key for batch in all_due(today=YEARS_ON.date()) for one in batch}
    done = {one.key for one in erase_dialogue(dialogue_id=first.pk, journal=NOT_NOTED, at=YEARS_ON)}
    told, _run = erase(YEARS_ON)
    assert {one.dialogue for one in told} == {second.pk}
    assert done | {one.key for one in told} == planned


def test_planning_takes_as_many_queries_for_twenty_dialogues_as_for_two(
    cast: Cast, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    counts = []
    for number in range(3):
        make_dialogue(with_another_employee(cast, f"employee{number}"), Stage.CLOSED)
        everybody_leaves()
        rules_of.cache_clear()
        with django_assert_max_num_queries(20) as queries:
            planned = list(all_due(today=YEARS_ON.date()))
        assert len(planned[0]) > 8 * number
        counts.append(len(queries))
    assert len(set(counts)) == 1


def keep(retention: str) -> None:
    """Publish the employee's form with this class of retention."""
    form = FormDefinition.objects.get(purpose=Purpose.EMPLOYEE_PREPARATION)
    form.retention = retention
    form.save()
    publish_form(form=form, by=None, at=NOW - timedelta(days=100))


def add_files(dialogue: Dialogue, cast: Cast) -> tuple[SealedFile, SealedFile]:
    """A file of the employee's that was shared, and one that was not."""
    owner = dialogue.participants.get(user=cast.employee)
    key = DataKey.objects.obtain(dialogue=dialogue, artefact=Artefact.FILE, participant=owner)

    def made(name: str, content: bytes, *, is_recorded: bool) -> SealedFile:
        return SealedFile.objects.create(
            dialogue=dialogue,
            participant=owner,
            question_id=qid("file"),
            envelope=key.seal(packed(name, content)),
            added_at=NOW,
            is_recorded=is_recorded,
        )

    return made("delt.txt", b"delt", is_recorded=True), made("privat.txt", b"privat", is_recorded=False)
