"""Text that the page says is saved is saved, and text that is refused comes back."""

import pytest
from django.urls import reverse

from mus_workflow.actions.hold_talk import break_off_talk
from mus_workflow.formbuilder.fields import field_name
from mus_workflow.models import Dialogue
from mus_workflow.stages import Stage
from tests.builders import Cast, make_dialogue, qid
from tests.mus_workflow.views.test_preparation import fields_in
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

WORDS = "Vi nåede det næsten, og resten følger i maj"


def test_a_form_that_is_sent_again_from_the_browsers_memory_is_saved_again(cast: Cast, enter) -> None:
    page = reverse("mus_workflow:preparation_edit", args=[make_dialogue(cast, Stage.PREPARING).pk])
    client, answer = enter(cast.employee), field_name(qid("year"))
    first = {**fields_in(client.get(page)), answer: "Et godt år."}
    client.post(page, first)
    sent = client.post(page, {**first, answer: "Et godt år. Og et travlt."})
    assert sent.status_code == 409 or fields_in(client.get(page))[answer] == "Et godt år. Og et travlt."
    assert sent.status_code == 302 or "Og et travlt." in sent.content.decode()


def test_a_comment_comes_back_when_the_outcome_is_refused(cast: Cast, enter) -> None:
    item = make_dialogue(cast, Stage.CLOSED).agreement.items.get()
    dialogue = make_dialogue(cast, Stage.TALK)
    client = enter(cast.employee)
    sent = _outcome(client, dialogue, item)
    break_off_talk(dialogue_id=dialogue.pk, by=cast.manager, at=NOW)
    back = client.post(reverse("mus_workflow:item_outcome", args=[dialogue.pk, item.pk]), sent, follow=True)
    assert back.redirect_chain[-1][0].startswith(reverse("mus_workflow:item_list", args=[dialogue.pk]))
    assert WORDS in back.content.decode()


def _outcome(client, dialogue: Dialogue, item) -> dict[str, str]:
    page = client.get(reverse("mus_workflow:item_list", args=[dialogue.pk]))
    prefix = f"settle_{item.pk.hex}_"
    return {"mus_author": fields_in(page)["mus_author"], f"{prefix}outcome": "PARTLY", f"{prefix}comment": WORDS}
