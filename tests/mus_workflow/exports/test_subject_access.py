"""Everything about a person, for that person: complete, and nothing private of others."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps

from mus_workflow.actions.add_file import add_file
from mus_workflow.actions.record_reading import record_reading
from mus_workflow.actions.save_draft import save_preparation
from mus_workflow.actions.share_preparation import share_preparation, withdraw_preparation
from mus_workflow.exports.subject_access.collected import NOT_TOLD, covered
from mus_workflow.exports.subject_access.proof import event_words
from mus_workflow.models import (
    Artefact,
    DataKey,
    DraftKind,
    Event,
    FormVersion,
    LegalHold,
    PasswordChange,
    Purpose,
    ReadingPurpose,
    seal,
    user_key,
)
from mus_workflow.models.data_map import DATA_MAP
from mus_workflow.stages import Stage
from tests.builders import Cast, allowed_ids, change_manager, make_dialogue, make_form, qid, question, typed
from tests.mus_workflow.exports.archives import archive, structured, words_of
from tests.mus_workflow.exports.reading import text_of
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

IN_UTC = "2026-03-10T08:00:00+00:00"  # the frozen moment
ABOUT_PEOPLE = ("personal", "sealed", "private")


def test_every_column_about_people_is_told_or_excused() -> None:
    told = covered()
    missing = {
        f"{model}.{column}"
        for model, kept in DATA_MAP.items()
        for column, kind in kept.columns().items()
        if kind in ABOUT_PEOPLE and column not in told.get(model, ()) and column not in NOT_TOLD.get(model, {})
    }
    assert missing == set()


def test_nothing_is_told_or_excused_that_is_not_there_and_about_people() -> None:
    named = [*covered().items(), *((model, set(columns)) for model, columns in NOT_TOLD.items())]
    wrong = {
        f"{model}.{column}"
        for model, columns in named
        for column in columns
        if DATA_MAP[model].columns().get(column) not in ABOUT_PEOPLE
    }
    assert wrong == set()
    assert set(DATA_MAP) == {model.__name__ for model in apps.get_app_config("mus_workflow").get_models()}


def test_every_event_of_the_ledger_has_words() -> None:
    assert set(event_words()) == set(Event)


def test_a_shared_text_that_was_taken_back_is_only_its_authors(cast: Cast) -> None:
    dialogue = make_dialogue(cast, Stage.PREPARING)
    _prepare(dialogue, cast.manager, Purpose.MANAGER_PREPARATION, "MANAGER", "praise", "kanarilederdelt")
    share_preparation(dialogue_id=dialogue.pk, chosen=[qid("praise")], by=cast.manager, at=NOW)
    assert "kanarilederdelt" in words_of(cast.employee)
    withdraw_preparation(dialogue_id=dialogue.pk, by=cast.manager, at=NOW)
    assert "kanarilederdelt" not in words_of(cast.employee)
    mine = structured(cast.manager)["preparations"][0]["shared_copies"]
    assert [bool(one["about"]["withdrawn_at"]) for one in mine] == [False, True]


def test_a_hidden_answer_is_still_the_persons(cast: Cast) -> None:
    dialogue = make_dialogue(cast, Stage.PREPARING)
    save_preparation(
        dialogue_id=dialogue.pk,
        typed=typed({"course": "yes", "which_course": "kanariskjult"}),
        allowed=allowed_ids(dialogue, Purpose.EMPLOYEE_PREPARATION, "EMPLOYEE"),
        by=cast.employee,
        at=NOW,
    )
    save_preparation(
        dialogue_id=dialogue.pk,
        typed=typed({"course": "no"}),
        allowed=allowed_ids(dialogue, Purpose.EMPLOYEE_PREPARATION, "EMPLOYEE"),
        by=cast.employee,
        at=NOW,
    )
    [told] = structured(cast.employee)["preparations"]
    answers = [answer for section in told["draft"]["sections"] for answer in section["answers"]]
    assert [answer["text"] for answer in answers] == ["Nej", "kanariskjult"]


def test_a_manager_who_left_takes_out_their_own_words_and_no_more(cast: Cast) -> None:
    dialogue = make_dialogue(cast, Stage.FOLLOW_UP, at=NOW - timedelta(days=10))
    change_manager(cast.employee, cast.other_manager, by=cast.hr, confirmed_by=cast.manager, at=NOW)
    left, came = structured(cast.manager), words_of(cast.other_manager)
    assert "Du har løftet børneområdet." in words_of(cast.manager)
    assert "Vi satser på formidling." in json.dumps(left["agreements"], ensure_ascii=False)
    assert "Et godt år med mange besøg." not in words_of(cast.manager)
    assert "stage" not in left["dialogues"][0]["course"]
    assert left["dialogues"][0]["course"]["reference"] == dialogue.reference
    assert "Du har løftet" not in came
    assert "Vi satser på formidling." not in came


def test_the_course_is_told_with_its_steps_times_and_people(cast: Cast) -> None:
    make_dialogue(cast, Stage.FOLLOW_UP)
    [told] = structured(cast.employee)["dialogues"]
    assert told["course"]["stage"] == {"code": "FOLLOW_UP", "words": "Follow-up"}
    assert [step["to"]["code"] for step in told["steps"]] == ["INVITED", "PREPARING", "TALK", "SIGN_OFF", "FOLLOW_UP"]
    assert told["steps"][1]["by"] == "You"
    assert told["steps"][0]["by"] == "Mikkel Holm"
    assert told["meetings_set"][0]["meeting_at"] == "2026-03-31T07:00:00+00:00"
    assert {one["name"] for one in told["participants"]} == {"Emma Lund", "Mikkel Holm"}


def test_signatures_are_told_with_what_they_say(cast: Cast) -> None:
    dialogue = make_dialogue(cast, Stage.FOLLOW_UP)
    [told] = structured(cast.employee)["agreements"]
    assert [(one["name"], one["meaning"]["code"], one["method"]["code"]) for one in told["signatures"]] == [
        ("Emma Lund", "AGREED", "password"),
        ("Mikkel Holm", "AGREED", "password"),
    ]
    assert told["signatures"][0]["document_sha256"] == dialogue.agreement.presentations.get().document_sha256
    # Of the employee's agreement the manager takes out their own signature only.
    assert [one["name"] for one in structured(cast.manager)["agreements"][0]["signatures"]] == ["Mikkel Holm"]


def test_readings_tell_date_role_and_purpose_and_no_name(cast: Cast) -> None:
    dialogue = make_dialogue(cast, Stage.FOLLOW_UP)
    record_reading(dialogue=dialogue, reader=cast.auditor, role="AUDITOR", purpose=ReadingPurpose.AUDIT, at=NOW)
    proof = structured(cast.employee)["proof"]
    [reading] = proof["readings"]
    assert (reading["dialogue"], reading["read_at"]) == (dialogue.reference, IN_UTC)
    assert (reading["role"]["words"], reading["purpose"]["code"]) == ("Auditor", "AUDIT")
    assert "Astrid" not in words_of(cast.employee)
    [own] = structured(cast.auditor)["proof"]["readings_by_you"]
    assert own["dialogue"] == dialogue.reference


def test_a_hold_is_told_without_its_reason(cast: Cast) -> None:
    dialogue = make_dialogue(cast, Stage.FOLLOW_UP)
    reason = seal("kanarisag", dialogue=dialogue, artefact=Artefact.GRANT)
    LegalHold.objects.create(dialogue=dialogue, reason=reason, placed_at=NOW, placed_by_key=user_key(cast.hr))
    mine = structured(cast.employee)
    assert [one["dialogue"] for one in mine["proof"]["legal_holds"]] == [dialogue.reference]
    assert "kanarisag" not in json.dumps(mine)
    assert structured(cast.hr)["proof"]["legal_holds_by_you"][0]["reason"] == "kanarisag"


def test_what_was_erased_is_told_with_its_rule(cast: Cast) -> None:
    dialogue = make_dialogue(cast, Stage.FOLLOW_UP)
    for key in DataKey.objects.filter(dialogue=dialogue, artefact__in=[Artefact.AGREEMENT, Artefact.DRAFT]):
        key.wrapped, key.destroyed_at, key.destroyed_rule = None, NOW, "agreement_years"
        key.save()
    told = structured(cast.employee)
    assert told["agreements"][0]["revisions"][0]["document"] == {"erased_by_rule": "agreement_years"}
    assert told["preparations"][0]["draft"] == {"erased_by_rule": "agreement_years"}
    # Their own draft, the one they wrote together, and the agreement; not the manager's draft.
    assert [one["rule"]["code"] for one in told["proof"]["erased"]] == ["agreement_years"] * 3


def test_powers_are_told_of_oneself_alone(cast: Cast) -> None:
    told = structured(cast.auditor)["person"]["powers"]
    assert [one["given"] for one in told] == [True]
    assert "Can audit the history of agreements" in told[0]["powers"]
    assert "Aksel" not in words_of(cast.auditor)
    assert structured(cast.employee)["person"]["powers"] == []


def test_a_change_of_password_is_told_without_a_name(cast: Cast) -> None:
    PasswordChange.objects.create(user_key=user_key(cast.employee), changed_at=NOW, changed_by_key=user_key(cast.admin))
    [mine] = structured(cast.employee)["account"]["passwords"]
    assert mine == {"at": IN_UTC, "whose": "Yours", "by": "Somebody else"}
    [done] = structured(cast.admin)["account"]["passwords"]
    assert (done["whose"], done["by"]) == ("Somebody else's", "You")


def test_files_come_as_they_were(cast: Cast) -> None:
    dialogue = make_dialogue(cast, Stage.PREPARING)
    asks = question("proof", "file", "Bilag", max_files=2, max_megabytes=1, accept="DOCUMENTS")
    version = FormVersion.objects.get(form=make_form("PREPARATION", "Med bilag", [asks]))
    for draft in dialogue.drafts.filter(kind="PREPARATION"):
        draft.form_version = version
        draft.save()
    asked = version.schema["sections"][0]["questions"][0]
    for person, name, content in (
        (cast.employee, "mit bevis.pdf", b"%PDF-1.7 mit"),
        (cast.manager, "b.pdf", b"%PDF-1.7 b"),
    ):
        add_file(
            dialogue=dialogue, kind=DraftKind.PREPARATION, question=asked, name=name, content=content, by=person, at=NOW
        )
    files = archive(cast.employee)
    assert files["files/001-mit bevis.pdf"] == b"%PDF-1.7 mit"
    assert len(files) == 3
    assert "mit bevis.pdf" in text_of(files["pdf"])
    [listed] = json.loads(files["json"])["files"]
    assert (listed["path"], listed["bytes"]) == ("files/001-mit bevis.pdf", 12)


def _prepare(dialogue: Any, person: Any, purpose: str, role: str, question_name: str, text: str) -> None:
    save_preparation(
        dialogue_id=dialogue.pk,
        typed=typed({question_name: text}),
        allowed=allowed_ids(dialogue, purpose, role),
        by=person,
        at=NOW,
    )
