"""A master key that is missing, or another one under its name: a plain refusal, nothing lost, nothing overwritten."""

import json
import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.conf import settings as django_settings
from django.test import Client, override_settings
from django.urls import reverse

from mus_workflow.actions.save_draft import save_preparation
from mus_workflow.models import Artefact, DataKey, Dialogue, ParkedPost, seal
from mus_workflow.sealing import MasterKeyError
from mus_workflow.stages import Stage
from tests.builders import Cast, make_dialogue, qid, typed
from tests.ledger import everything
from tests.master_keys import ANOTHER, GONE, NEW, ROTATED
from tests.matrix.rows import AUDIT_MATRIX, MATRIX
from tests.matrix.walk import address, ask, audit_address
from tests.mus_workflow.views.reading import says
from tests.mus_workflow.views.sheets import field_of, form_fields
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

RINGS = {"none at all": GONE, "another by its name": ANOTHER, "only the next one": ROTATED}
SECRET = "En hemmelig sætning, som ingen andre må læse"


@pytest.fixture(params=RINGS.values(), ids=list(RINGS))
def ring(request: pytest.FixtureRequest) -> dict[str, str]:
    return request.param


@pytest.fixture(params=["none at all", "another by its name"])
def sealing_nothing(request: pytest.FixtureRequest) -> dict[str, str]:
    """A ring under which not even what was typed can be kept."""
    return RINGS[request.param]


@pytest.fixture
def begun(cast: Cast) -> Dialogue:
    """A dialogue in which the employee has begun to prepare."""
    dialogue = make_dialogue(cast, Stage.PREPARING)
    save_preparation(
        dialogue_id=dialogue.pk, typed=typed({"year": "Godt"}), allowed=[qid("year")], by=cast.employee, at=NOW
    )
    return dialogue


@contextmanager
def held_by(ring: dict[str, str]) -> Iterator[None]:
    """The site runs with this ring, as after a restart with other settings."""
    with override_settings(MUS={**django_settings.MUS, "MASTER_KEYS": ring}):
        yield


@pytest.mark.parametrize(
    ("ring", "stage"), [(ANOTHER, Stage.TALK), (ROTATED, Stage.FOLLOW_UP), (GONE, Stage.FOLLOW_UP)], ids=str
)
def test_no_page_fails_and_nothing_is_written(cast: Cast, enter, ring: dict[str, str], stage: str) -> None:
    dialogue = make_dialogue(cast, stage)
    browsers = [enter(cast.employee), enter(cast.manager)]
    addresses = {name: address(name, dialogue) for name in MATRIX}
    before, statuses = _words_of(everything()), {}
    with held_by(ring):
        for name, row in MATRIX.items():
            for method in sorted(row.methods):
                statuses[name, method] = {ask(browser, method, addresses[name]).status_code for browser in browsers}
    assert [where for where, found in statuses.items() if 500 in found] == []
    assert statuses["preparation_edit", "GET"] == {503}
    assert statuses["my_mus", "GET"] <= {200, 503}
    assert _words_of(everything()) == before


@pytest.mark.parametrize(("page", "question"), [("preparation_edit", "year"), ("talk", "employee_says")])
def test_what_was_typed_stands_in_the_answer_and_can_be_sent_again(
    cast: Cast, enter, ring: dict[str, str], page: str, question: str
) -> None:
    where = reverse(f"mus_workflow:{page}", args=[make_dialogue(cast, Stage.TALK).pk])
    client = enter(cast.employee)
    sent = {**form_fields(client, where), field_of(question): SECRET}
    before = everything()
    with held_by(ring):
        answer = client.post(where, sent)
    assert answer.status_code == 503
    assert SECRET in answer.content.decode()
    assert says(answer, "What you have just written is not saved")
    assert everything() == before
    form = BeautifulSoup(answer.content, "html.parser").select_one("main form")
    again = {field["name"]: field["value"] for field in form.select("input[type=hidden]")}
    assert client.post(form["action"], again).status_code == 302
    assert SECRET in client.get(where).content.decode()


def test_the_marks_of_a_form_are_not_shown_as_if_they_were_words(cast: Cast, enter, ring: dict[str, str]) -> None:
    where = reverse("mus_workflow:talk", args=[make_dialogue(cast, Stage.TALK).pk])
    client = enter(cast.manager)
    sent = {**form_fields(client, where), field_of("summary"): SECRET}
    with held_by(ring):
        answer = client.post(where, sent)
    shown = [one.text for one in BeautifulSoup(answer.content, "html.parser").select("main blockquote")]
    assert shown
    assert all(SECRET in text or " " in text.strip() or text.strip().isalpha() for text in shown)


def test_a_script_is_told_to_leave_the_page_open(cast: Cast, enter, begun: Dialogue, ring: dict[str, str]) -> None:
    where = reverse("mus_workflow:preparation_autosave", args=[begun.pk])
    sent = {"request": str(uuid.uuid4()), "version": 0, "answers": {qid("year"): SECRET}}
    before = everything()
    with held_by(ring):
        answer = enter(cast.employee).post(where, json.dumps(sent), "application/json", HTTP_ACCEPT="application/json")
    assert answer.status_code == 503
    assert answer.json()["reason"]
    assert everything() == before


def test_a_session_that_ran_out_at_the_same_time_loses_nothing(
    cast: Cast, enter, begun: Dialogue, sealing_nothing
) -> None:
    where = reverse("mus_workflow:preparation_edit", args=[begun.pk])
    sent = {**form_fields(enter(cast.employee), where), field_of("year"): SECRET}
    with held_by(sealing_nothing):
        answer = Client().post(where, sent)
    assert answer.status_code == 503
    assert SECRET in answer.content.decode()
    assert not ParkedPost.objects.exists()


def test_a_fault_at_the_same_time_loses_nothing(
    cast: Cast, enter, monkeypatch, begun: Dialogue, sealing_nothing
) -> None:
    where = reverse("mus_workflow:preparation_edit", args=[begun.pk])
    client = enter(cast.employee)
    sent = {**form_fields(client, where), field_of("year"): SECRET}
    monkeypatch.setattr("mus_workflow.views.preparation.own_draft_or_404", lambda *args: 1 / 0)
    with held_by(sealing_nothing):
        answer = client.post(where, sent)
    assert answer.status_code == 503
    assert SECRET in answer.content.decode()


def test_neither_page_nor_log_shows_a_key_or_what_was_typed(cast: Cast, enter, caplog, begun: Dialogue, ring) -> None:
    where = reverse("mus_workflow:preparation_edit", args=[begun.pk])
    client = enter(cast.employee)
    sent = {**form_fields(client, where), field_of("year"): SECRET}
    with held_by(ring), caplog.at_level(logging.DEBUG):
        answer = client.post(where, sent)
    assert answer.context["reference"] in caplog.text
    assert SECRET not in caplog.text
    for key in ring.values():
        assert key not in answer.content.decode() + caplog.text


def test_a_password_is_never_given_back(cast: Cast, enter, ring: dict[str, str]) -> None:
    where = reverse("mus_workflow:agreement_sign", args=[make_dialogue(cast, Stage.SIGN_OFF).pk])
    client = enter(cast.employee)
    sent = {**form_fields(client, where), "password": "demo-password", "remark": SECRET}
    with held_by(ring):
        answer = client.post(where, sent)
    assert "demo-password" not in answer.content.decode()


def test_the_auditors_pages_refuse_as_plainly(cast: Cast, enter, ring: dict[str, str]) -> None:
    dialogue = make_dialogue(cast, Stage.FOLLOW_UP)
    client = enter(cast.auditor)
    before = _words_of(everything())
    with held_by(ring):
        statuses = {
            name: client.get(audit_address(name, dialogue)).status_code
            for name, row in AUDIT_MATRIX.items()
            if "GET" in row.methods
        }
    assert set(statuses.values()) <= {200, 503}
    assert statuses["compare"] == 503
    assert _words_of(everything()) == before


class TestNewKeys:
    """None is made under a master key that is not the one its name says."""

    @pytest.fixture
    def dialogue(self, cast: Cast) -> Dialogue:
        return make_dialogue(cast, Stage.TALK)

    def test_under_another_key_by_the_same_name(self, dialogue: Dialogue) -> None:
        count = DataKey.objects.count()
        with held_by(ANOTHER), pytest.raises(MasterKeyError, match="'test' is not the one"):
            seal("x", dialogue=dialogue, artefact=Artefact.GRANT)
        assert DataKey.objects.count() == count

    def test_under_a_new_name_it_is(self, dialogue: Dialogue) -> None:
        with held_by(ROTATED):
            seal("x", dialogue=dialogue, artefact=Artefact.GRANT)
        assert DataKey.objects.get(artefact=Artefact.GRANT).master_key == "new"

    def test_the_first_key_of_all_is_made_without_proof(self) -> None:
        with held_by({"first": NEW}):
            seal("x", dialogue=None, artefact=Artefact.PARKED)
        with held_by({"first": ANOTHER["test"]}), pytest.raises(MasterKeyError):
            seal("x", dialogue=None, artefact=Artefact.GRANT)

    def test_the_proof_costs_one_question_for_each_process(self, dialogue: Dialogue, django_assert_num_queries) -> None:
        ring = {"test": django_settings.MUS["MASTER_KEYS"]["test"], "unused": NEW}
        with held_by(ring):
            with django_assert_num_queries(6):
                seal("x", dialogue=dialogue, artefact=Artefact.GRANT)
            with django_assert_num_queries(5):
                seal("x", dialogue=dialogue, artefact=Artefact.FILE)


def _words_of(rows: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Everything but the readings, which are recorded before anything is opened."""
    return {table: found for table, found in rows.items() if not table.endswith("_reading")}
