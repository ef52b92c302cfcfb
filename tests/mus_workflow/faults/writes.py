"""Every page that writes, with a form as a browser would send it: a word of the person's in each that takes text."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from mus_workflow.actions.amend_agreement import amend_agreement
from mus_workflow.actions.save_draft import save_follow_up_draft
from mus_workflow.formbuilder.fields import field_name
from mus_workflow.models import Dialogue
from mus_workflow.stages import Stage
from mus_workflow.views.preparation_page import share_name
from tests.builders import Cast, item_id_of, make_dialogue, prepare_and_share, qid, typed, write_agreement
from tests.mus_workflow.views.sheets import form_fields, words_of
from tests.plumbing.clock import NOW

WORD = "Mærkeordet, som ikke må gå tabt"
JSON = {"Accept": "application/json"}
Fields = dict[str, Any]


def of(name: str, dialogue: Dialogue, *more: Any) -> str:
    return reverse(f"mus_workflow:{name}", args=[dialogue.pk, *more])


@dataclass(frozen=True)
class Write:
    """One address that is posted to. ``fields`` fills in the form on its page; a bare one is a button and no more."""

    name: str
    arrange: Callable[[Cast], Dialogue]
    who: str = "employee"
    fields: Callable[[Dialogue, HttpResponse], Fields] = lambda dialogue, page: {}
    is_bare: bool = False
    is_json: bool = False
    has_words: bool = False

    def prepared(self, cast: Cast, client: Client) -> Callable[[], HttpResponse]:
        """Everything ready for the button: what is left is the request that writes."""
        dialogue = self.arrange(cast)
        item = [item_id_of(dialogue)] if self.name.startswith("item_") else []
        address = of(self.name, dialogue, *item)
        if self.is_json:
            body = self.fields(dialogue, HttpResponse())
            return lambda: client.post(address, body, content_type="application/json", headers=JSON)
        if self.is_bare:
            return lambda: client.post(address, {})
        page = client.get(address)
        given = {**form_fields(None, page), **self.fields(dialogue, page)}
        return lambda: client.post(address, given)


def at(stage: str) -> Callable[[Cast], Dialogue]:
    return lambda cast: make_dialogue(cast, stage)


def shared(cast: Cast) -> Dialogue:
    dialogue = make_dialogue(cast, Stage.PREPARING)
    prepare_and_share(dialogue, cast)
    return dialogue


def written(cast: Cast) -> Dialogue:
    dialogue = make_dialogue(cast, Stage.TALK)
    write_agreement(dialogue, by=cast.manager)
    return dialogue


def amended(cast: Cast) -> Dialogue:
    dialogue = make_dialogue(cast)
    amend_agreement(dialogue_id=dialogue.pk, change_note="Ny frist", by=cast.manager, at=NOW)
    return dialogue


def followed(cast: Cast) -> Dialogue:
    dialogue = make_dialogue(cast)
    words = {"typed": typed({"how": "Det går"}), "allowed": [qid("how")]}
    save_follow_up_draft(dialogue_id=dialogue.pk, by=cast.manager, at=NOW, **words)
    return dialogue


def answered(question: str) -> Callable[[Dialogue, HttpResponse], Fields]:
    return lambda dialogue, page: {field_name(qid(question)): WORD, "action": "save"}


def saved(question: str) -> Callable[[Dialogue, HttpResponse], Fields]:
    return lambda dialogue, page: {"request": str(uuid.uuid4()), "version": 0, "answers": {qid(question): WORD}}


def signed(dialogue: Dialogue, page: HttpResponse) -> Fields:
    return {"meaning": "AGREED", "acknowledgement": words_of(page, "AGREED"), "password": "demo", "remark": WORD}


def invited(dialogue: Dialogue, page: HttpResponse) -> Fields:
    day = (NOW + timedelta(days=30)).date().isoformat()
    return {"day": day, "hour": "10:00", "minutes": "60", "place": WORD[:30], "short_notice": day}


WRITES = [
    Write("dialogue_invite", at(Stage.PLANNED), "manager", fields=invited),
    Write("invitation_accept", at(Stage.INVITED), is_bare=True),
    Write("dialogue_not_held", at(Stage.INVITED), "manager", fields=lambda *_: {"reason": WORD}, has_words=True),
    Write("preparation_edit", at(Stage.PREPARING), fields=answered("year"), has_words=True),
    Write("preparation_autosave", at(Stage.PREPARING), fields=saved("year"), is_json=True, has_words=True),
    Write("preparation_share", shared, fields=lambda *_: {share_name(qid("year")): "on"}),
    Write("preparation_withdraw", shared, is_bare=True),
    Write("talk_hold", at(Stage.PREPARING), is_bare=True),
    Write("talk", at(Stage.TALK), fields=answered("summary"), has_words=True),
    Write("talk_break_off", at(Stage.TALK), is_bare=True),
    Write("agreement_autosave", at(Stage.TALK), fields=saved("summary"), is_json=True, has_words=True),
    Write("agreement_save", written, is_bare=True),
    Write("agreement_present", written, is_bare=True),
    Write("agreement_take_back", at(Stage.SIGN_OFF), is_bare=True),
    Write("agreement_sign", at(Stage.SIGN_OFF), fields=signed, has_words=True),
    Write("agreement_amend", at(Stage.FOLLOW_UP), fields=lambda *_: {"change_note": WORD}, has_words=True),
    Write("agreement_edit", amended, fields=answered("summary"), has_words=True),
    Write("agreement_drop", amended, is_bare=True),
    Write(
        "item_progress",
        at(Stage.FOLLOW_UP),
        fields=lambda *_: {"progress": "UNDER_WAY", "note": WORD},
        has_words=True,
    ),
    Write("follow_up_edit", at(Stage.FOLLOW_UP), fields=answered("how"), has_words=True),
    Write("follow_up_autosave", at(Stage.FOLLOW_UP), fields=saved("how"), is_json=True, has_words=True),
    Write("follow_up_record", followed, is_bare=True),
    Write("dialogue_close", at(Stage.FOLLOW_UP), "manager", is_bare=True),
]
