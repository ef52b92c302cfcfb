"""A page of an earlier form is taken as it asked, and never writes where the other side alone writes now."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from mus_workflow.documents.merge import plain_answers
from mus_workflow.models import Draft, DraftKind, Purpose, open_sealed
from mus_workflow.stages import Stage
from tests.builders import Cast, make_dialogue, qid
from tests.republishing import key, republish, row

pytestmark = pytest.mark.django_db


def test_a_page_of_an_earlier_form_does_not_write_what_is_the_other_sides_now(cast: Cast, enter: Any) -> None:
    dialogue = make_dialogue(cast, Stage.TALK)
    manager, employee = enter(cast.manager), enter(cast.employee)

    def draft() -> Draft:
        return Draft.objects.get(dialogue=dialogue, kind=DraftKind.AGREEMENT)

    def save(client: Client, form: int, words: str) -> int:
        answers = {qid("summary"): words}
        body = {"request": str(uuid.uuid4()), "version": 10_000, "form": str(form), "answers": answers, "items": {}}
        address = reverse("mus_workflow:agreement_autosave", args=[dialogue.pk])
        headers = {"accept": "application/json"}
        return client.post(address, json.dumps(body), content_type="application/json", headers=headers).status_code

    earlier = draft().form_version_id
    choices = {key("MEANING", "summary"): "CONFIRM"}
    republish(Purpose.AGREEMENT, lambda rows: row(rows, "summary").update(audience="EMPLOYEE"), choices)
    employee.get(reverse("mus_workflow:talk", args=[dialogue.pk]))
    today = draft().form_version_id
    assert today != earlier
    assert save(employee, today, "Medarbejderens ord") == 200
    assert [save(manager, form, "Lederens ord") for form in (today, earlier)] == [400, 422]
    assert plain_answers(open_sealed(draft().envelope))[qid("summary")] == "Medarbejderens ord"
    assert save(employee, earlier, "Mine sidste ord") == 200
