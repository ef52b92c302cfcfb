"""Saving a revision of an agreement, as the plugin does it and as simple-history alone does it, in turns."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from benchmarks.data import NEWEST, make_answer, make_dialogue, make_user
from mus_workflow.actions.frame import locked, record_event, recorded_id
from mus_workflow.actions.hold_talk import hold_talk
from mus_workflow.actions.invite import accept_invitation
from mus_workflow.actions.save_draft import save_agreement_draft
from mus_workflow.actions.write_revision import save_revision
from mus_workflow.documents.merge import Typed
from mus_workflow.formbuilder.schema import questions
from mus_workflow.models import Artefact, Event, Purpose, Unit, open_sealed, seal

TIMES = 60


def measure() -> dict[str, float]:
    """Milliseconds of one save, the medians of many.

    ``ours``: the whole action. ``evident``: the text sealed, row, history, ledger entry and sealed payload, under the
    lock. ``plain``: row and history.
    """
    manager, employee = get_user_model().objects.get(username="manager"), make_user("reviser")
    dialogue, now = make_dialogue(employee, Unit.objects.get(), manager), timezone.now()
    accept_invitation(dialogue_id=dialogue.pk, by=employee, at=now)
    hold_talk(dialogue_id=dialogue.pk, by=manager, at=now)
    schema = dialogue.forms.get(purpose=Purpose.AGREEMENT).form_version.schema
    answers = {row["id"]: make_answer(row) for row in questions(schema)}
    typed = Typed(request="filled in", base=NEWEST, answers=answers)
    save_agreement_draft(dialogue_id=dialogue.pk, typed=typed, allowed=set(answers), by=manager, at=now)
    agreement = save_revision(dialogue_id=dialogue.pk, by=manager, at=now)

    def ours() -> None:
        save_revision(dialogue_id=dialogue.pk, by=manager, at=timezone.now() + timedelta(seconds=1))

    document = open_sealed(agreement.document)

    def evident() -> None:
        with locked(dialogue.pk) as held:
            agreement.document = seal(document, dialogue=held, artefact=Artefact.AGREEMENT)
            agreement.save()
            record_event(
                dialogue=held,
                event=Event.REVISION_SAVED,
                obj=agreement,
                payload={"document": document, "change_note": ""},
                by=manager,
                at=timezone.now() + timedelta(seconds=1),
                artefact=Artefact.AGREEMENT,
                history_id=recorded_id(agreement),
            )

    def plain() -> None:
        with transaction.atomic():
            agreement.save()

    saves = {"ours": ours, "evident": evident, "plain": plain}
    taken = [{name: _milliseconds(save) for name, save in saves.items()} for _turn in range(TIMES)]
    return {name: statistics.median(turn[name] for turn in taken) for name in saves}


def _milliseconds(save: Callable[[], None]) -> float:
    start = time.perf_counter()
    save()
    return 1000 * (time.perf_counter() - start)
