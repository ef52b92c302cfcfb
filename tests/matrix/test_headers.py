"""Every answer is for one person: no cache keeps it, whatever it is and however it ended."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import reverse

from mus_workflow.models import Dialogue
from mus_workflow.models.reading import ReadingQuerySet
from mus_workflow.stages import Stage
from mus_workflow.views import preparation
from tests.builders import Cast, qid
from tests.master_keys import ANOTHER
from tests.matrix.rows import AUDIT_MATRIX, AUDITORS, MATRIX
from tests.matrix.walk import address, ask, audit_address, dialogue_at
from tests.mus_workflow.views.sheets import field_of, form_fields

pytestmark = pytest.mark.django_db

NOT_TAKEN = "DELETE"


def faults(answer: HttpResponse) -> list[str]:
    """What is missing in the headers of an answer that is for one person."""
    wanted = {
        "Cache-Control": {"private", "no-store"},
        "X-Content-Type-Options": {"nosniff"},
        "Referrer-Policy": {"same-origin"},
        "Vary": {"Cookie"},
    }
    found = {name: {part.strip() for part in answer.headers.get(name, "").split(",")} for name in wanted}
    return [f"{name}: {answer.headers.get(name)}" for name, values in wanted.items() if not values <= found[name]]


def browser(user: Any = None, **kwargs: Any) -> Client:
    client = Client(raise_request_exception=False, **kwargs)
    if user is not None:
        client.force_login(user)
    return client


def test_every_address_by_every_method_for_whom_it_is_and_for_others(cast: Cast) -> None:
    dialogue = dialogue_at(cast, Stage.FOLLOW_UP)
    browsers = {"a party": browser(cast.employee), "a stranger": browser(cast.other_manager), "nobody": browser()}
    wrong, statuses = [], set()
    for name, row in MATRIX.items():
        where = address(name, dialogue)
        for who, client in browsers.items():
            for method in (*sorted(row.methods), NOT_TAKEN):
                answer = ask(client, method, where)
                statuses.add(answer.status_code)
                wrong += [f"{method} {name} by {who} ({answer.status_code}) {fault}" for fault in faults(answer)]
    assert wrong == []
    assert statuses >= {200, 302, 400, 404, 405, 422}


def test_every_address_of_the_auditors_section(cast: Cast) -> None:
    dialogue = dialogue_at(cast, Stage.FOLLOW_UP)
    wrong = []
    for name, row in AUDIT_MATRIX.items():
        for method in sorted(row.methods):
            answer = ask(browser(cast.auditor), method, audit_address(name, dialogue))
            wrong += [f"{method} {name} ({answer.status_code}) {fault}" for fault in faults(answer)]
    assert wrong == []


def test_for_everybody_else_nothing_of_that_section_is_kept_either(cast: Cast) -> None:
    dialogue = dialogue_at(cast, Stage.FOLLOW_UP)
    for name in AUDIT_MATRIX:
        for user in (cast.editor, cast.admin, cast.employee, None):
            answer = ask(browser(user), "GET", audit_address(name, dialogue))
            assert {"private", "no-store"} <= set(answer.headers["Cache-Control"].split(", ")), name
    assert cast.auditor.username in AUDITORS


def session_ran_out(cast: Cast, dialogue: Dialogue, monkeypatch: pytest.MonkeyPatch) -> HttpResponse:
    return browser().get(reverse("mus_workflow:talk", args=[dialogue.pk]), headers={"accept": "application/json"})


def old_page(cast: Cast, dialogue: Dialogue, monkeypatch: pytest.MonkeyPatch) -> HttpResponse:
    client = browser(cast.employee, enforce_csrf_checks=True)
    where = reverse("mus_workflow:agreement_autosave", args=[dialogue.pk])
    return client.post(where, "{}", "application/json", headers={"accept": "application/json"})


def collision(cast: Cast, dialogue: Dialogue, monkeypatch: pytest.MonkeyPatch) -> HttpResponse:
    client, where = browser(cast.employee), reverse("mus_workflow:preparation_edit", args=[dialogue.pk])
    sent = form_fields(client, where)
    client.post(where, {**sent, field_of("year"): "Det ene"})
    return client.post(where, {**sent, field_of("year"): "Det andet"})


def wrong_answer(cast: Cast, dialogue: Dialogue, monkeypatch: pytest.MonkeyPatch) -> HttpResponse:
    client, where = browser(cast.employee), reverse("mus_workflow:preparation_edit", args=[dialogue.pk])
    return client.post(where, {**form_fields(client, where), field_of("workload"): "9"})


def too_much(cast: Cast, dialogue: Dialogue, monkeypatch: pytest.MonkeyPatch) -> HttpResponse:
    where = reverse("mus_workflow:preparation_edit", args=[dialogue.pk])
    with override_settings(DATA_UPLOAD_MAX_NUMBER_FIELDS=2):
        return browser(cast.employee).post(where, {"a": "1", "b": "2", "c": "3"})


def without_key(cast: Cast, dialogue: Dialogue, monkeypatch: pytest.MonkeyPatch) -> HttpResponse:
    with override_settings(MUS={**django_settings.MUS, "MASTER_KEYS": ANOTHER}):
        return browser(cast.employee).get(reverse("mus_workflow:preparation_edit", args=[dialogue.pk]))


def fail(*args: Any, **kwargs: Any) -> None:
    raise OperationalError("disk I/O error")


def unrecorded(cast: Cast, dialogue: Dialogue, monkeypatch: pytest.MonkeyPatch) -> HttpResponse:
    monkeypatch.setattr(ReadingQuerySet, "bulk_create", fail)
    return browser(cast.manager).get(reverse("mus_workflow:talk", args=[dialogue.pk]))


def fault_of_ours(cast: Cast, dialogue: Dialogue, monkeypatch: pytest.MonkeyPatch) -> HttpResponse:
    monkeypatch.setattr(preparation, "save_preparation", fail)
    where = reverse("mus_workflow:preparation_autosave", args=[dialogue.pk])
    sent = {"request": "1", "version": 0, "answers": {qid("year"): "Godt"}}
    return browser(cast.employee).post(where, json.dumps(sent), "application/json")


@pytest.mark.parametrize(
    ("end", "status"),
    [
        (session_ran_out, 401),
        (old_page, 403),
        (collision, 409),
        (too_much, 413),
        (wrong_answer, 422),
        (fault_of_ours, 500),
        (without_key, 503),
        (unrecorded, 503),
    ],
)
def test_an_answer_that_ends_badly_is_as_private(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, end: Callable[..., HttpResponse], status: int
) -> None:
    answer = end(cast, dialogue_at(cast, Stage.TALK), monkeypatch)
    assert answer.status_code == status
    assert faults(answer) == []


def test_the_pages_carry_the_hosts_policy_for_scripts(cast: Cast) -> None:
    dialogue = dialogue_at(cast, Stage.TALK)
    for where in (reverse("mus_workflow:my_mus"), address("talk", dialogue), address("dialogue_close", dialogue)):
        policy = browser(cast.employee).get(where).headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
