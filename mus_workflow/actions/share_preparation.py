"""Share from a preparation, and take it back."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from mus_workflow.documents.answers import given_ids
from mus_workflow.documents.files import file_ids
from mus_workflow.documents.forms import side_schema
from mus_workflow.documents.merge import empty_body
from mus_workflow.documents.moves import standing_answers
from mus_workflow.documents.preparation import shared_document, shared_state
from mus_workflow.formbuilder.schema import questions
from mus_workflow.models import (
    Artefact,
    Dialogue,
    Event,
    Participant,
    Preparation,
    SharedPreparation,
    open_sealed,
    seal,
)
from mus_workflow.notifications import after_commit, send_notice
from mus_workflow.policies.preparations import can_share, can_withdraw
from mus_workflow.policies.verdict import Refused

from .add_file import keep_files
from .frame import acting, locked, record_event, recorded_id, stamp_history


def share_preparation(
    *, dialogue_id: uuid.UUID, chosen: Collection[str], by: Any, at: datetime, seen: int | None = None
) -> SharedPreparation:
    """Give the other participants a copy of the chosen answers. What is typed later stays private until shared again.

    What the form says is always shared is part of it, chosen or not. Raises Refused when none of it has an answer, or
    when the draft is no longer at the version ``seen`` by its author.
    """
    with locked(dialogue_id) as dialogue:
        participant = acting(by, dialogue)
        can_share(participant=participant, stage=dialogue.stage).or_refuse()
        preparation = Preparation.objects.select_related("draft__form_version").get(participant=participant)
        if seen not in (None, preparation.draft.version):
            raise Refused(_("Your text has changed since this page was shown. Look once more before you share."))
        body = open_sealed(preparation.draft.envelope) or empty_body()
        answers = standing_answers(body)
        version = preparation.draft.form_version
        version.schema = side_schema(dialogue, participant, version.pk, today=localdate(at))
        chosen = {*chosen, *(one["id"] for one in questions(version.schema) if one["sharing"] == "ALWAYS")}
        if not chosen & set(given_ids(version.schema, answers)):
            raise Refused(_("Choose at least one answer to share."))
        document = shared_document(form_version=version, answers=answers, chosen=chosen, language=dialogue.language)
        shared = _write_copy(dialogue, participant, preparation, document, by=by, at=at)
        others = dialogue.participants.present().exclude(pk=participant.pk).values_list("pk", flat=True)
        after_commit(send_notice, str(dialogue.pk), "preparation_shared", *map(str, others))
    return shared


def withdraw_preparation(*, dialogue_id: uuid.UUID, by: Any, at: datetime) -> SharedPreparation:
    """End the others' sight of what was shared, at once."""
    with locked(dialogue_id) as dialogue:
        participant = acting(by, dialogue)
        shared = SharedPreparation.objects.filter(preparation__participant=participant, withdrawn_at=None).first()
        can_withdraw(participant=participant, shared=shared is not None, stage=dialogue.stage).or_refuse()
        if shared is None:
            raise Refused(_("Nothing of your preparation is shared."))
        shared.withdrawn_at = at
        _save_copy(dialogue, participant, shared, Event.PREPARATION_WITHDRAWN, by=by, at=at)
    return shared


def _write_copy(
    dialogue: Dialogue,
    participant: Participant,
    preparation: Preparation,
    document: dict[str, Any],
    *,
    by: Any,
    at: datetime,
) -> SharedPreparation:
    keep_files(file_ids(document))
    envelope = seal(document, dialogue=dialogue, artefact=Artefact.SHARED_PREPARATION, participant=participant)
    shared = SharedPreparation.objects.filter(preparation=preparation).first()
    if shared is None:
        shared = SharedPreparation(preparation=preparation, revision=0)
    shared.document, shared.revision = envelope, shared.revision + 1
    shared.shared_at, shared.withdrawn_at = at, None
    _save_copy(dialogue, participant, shared, Event.PREPARATION_SHARED, by=by, at=at)
    return shared


def _save_copy(
    dialogue: Dialogue, participant: Participant, shared: SharedPreparation, event: Event, *, by: Any, at: datetime
) -> None:
    stamp_history(obj=shared, by=by, role=participant.role, at=at, reason=event.value)
    shared.save()
    record_event(
        dialogue=dialogue,
        event=event,
        obj=shared,
        payload=shared_state(shared),
        by=by,
        at=at,
        artefact=Artefact.SHARED_PREPARATION,
        participant=participant,
        history_id=recorded_id(shared),
    )
