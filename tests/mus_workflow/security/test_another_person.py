"""A page that was left open never writes in the name of whoever logs in next in the same browser."""

import json
import uuid

import pytest
from django.urls import reverse

from mus_workflow.formbuilder.fields import field_name
from mus_workflow.models import DraftKind, ParkedPost, open_sealed
from mus_workflow.stages import Stage
from tests.builders import Cast, make_dialogue, qid
from tests.mus_workflow.views.sheets import form_fields, url

pytestmark = pytest.mark.django_db

WORDS = "Det her har medarbejderen skrevet"


@pytest.fixture
def dialogue(cast: Cast):
    return make_dialogue(cast, Stage.TALK)


def written(dialogue) -> str:
    return json.dumps(open_sealed(dialogue.drafts.get(kind=DraftKind.AGREEMENT).envelope), ensure_ascii=False)


def test_a_script_is_told_to_log_in(cast: Cast, enter, dialogue) -> None:
    author = form_fields(enter(cast.employee), url("talk", dialogue))["mus_author"]
    body = {"request": str(uuid.uuid4()), "version": 0, "answers": {qid("summary"): WORDS}}
    sent = enter(cast.manager).post(
        reverse("mus_workflow:agreement_autosave", args=[dialogue.pk]),
        body,
        content_type="application/json",
        headers={"accept": "application/json", "x-mus-author": author},
    )
    assert sent.status_code == 401
    assert WORDS not in written(dialogue)


def test_a_form_waits_for_its_author(cast: Cast, enter, dialogue) -> None:
    typed = {**form_fields(enter(cast.employee), url("talk", dialogue)), field_name(qid("summary")): WORDS}
    sent = enter(cast.manager).post(url("talk", dialogue), typed)
    assert sent.url.startswith("/login/")
    assert WORDS not in written(dialogue)
    assert ParkedPost.objects.get().user_key == str(cast.employee.pk)


def test_ones_own_page_is_taken(cast: Cast, enter, dialogue) -> None:
    client = enter(cast.employee)
    client.post(
        url("talk", dialogue), {**form_fields(client, url("talk", dialogue)), field_name(qid("summary")): WORDS}
    )
    assert WORDS in written(dialogue)
