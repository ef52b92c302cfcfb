"""Go on writing under another version of the form, as an editor decided."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from mus_workflow.documents.forms import sheet_schema, side_schema
from mus_workflow.documents.moves import changes_between, moved
from mus_workflow.formbuilder.shapes import Schema
from mus_workflow.models import (
    Dialogue,
    DialogueForm,
    Draft,
    DraftKind,
    Event,
    FormVersion,
    Purpose,
)
from mus_workflow.policies.moves import can_move_preparation, can_move_sheet
from mus_workflow.policies.verdict import Refused

from .decide_moves import destination
from .frame import acting, locked, record_event
from .save_draft import key_of, opened

PURPOSES = {DraftKind.AGREEMENT: Purpose.AGREEMENT, DraftKind.FOLLOW_UP: Purpose.FOLLOW_UP}


@dataclass(frozen=True)
class Moved:
    """Where a draft went on, and how many questions have changed for the one who opened it."""

    version: FormVersion
    changed: int


def move_preparation(*, dialogue_id: uuid.UUID, by: Any, at: datetime) -> Moved:
    """Let the person's own preparation go on under the version that was decided. Raises Refused when it stays.

    It leaves no trace but in the draft: whoever saw one would know that the preparation was opened. What is shared
    later says which form it was written under.
    """
    with locked(dialogue_id) as dialogue:
        participant = acting(by, dialogue)
        draft = Draft.objects.held_preparation_of(by, dialogue=dialogue_id)
        can_move_preparation(participant=participant, draft=draft, dialogue=dialogue).or_refuse()
        today = localdate(at)
        return _move(draft, lambda version: side_schema(dialogue, participant, version, today=today))


def move_sheet(*, dialogue_id: uuid.UUID, kind: DraftKind, by: Any, at: datetime) -> Moved:
    """Let what the parties write together go on under the version that was decided, and record it. Raises Refused."""
    with locked(dialogue_id) as dialogue:
        participant = acting(by, dialogue)
        draft = Draft.objects.held_in_common(kind, dialogue=dialogue_id)
        can_move_sheet(participant=participant, draft=draft, dialogue=dialogue).or_refuse()
        today = localdate(at)
        before = draft.form_version_id if draft else 0
        result = _move(draft, lambda version: sheet_schema(dialogue, version, today=today))
        _record(dialogue, PURPOSES[kind], before, result.version, by=by, at=at)
    return result


def _move(draft: Draft | None, schema_for: Callable[[int], Schema]) -> Moved:
    if draft is None:
        raise Refused(_("There is no draft of yours to save in."))
    left = draft.form_version_id
    target_id, confirm = destination(left)
    if target_id == left:
        raise Refused(_("The form has not changed for this dialogue."))
    old, new = schema_for(left), schema_for(target_id)
    draft.form_version = FormVersion.objects.defer("schema").get(pk=target_id)
    # Where nothing was typed too: a page that is open already must still be known.
    key = key_of(draft)
    body = opened(draft, key)
    draft.envelope = key.seal_value(moved(body, old=old, new=new, left=left, confirm=confirm))
    draft.version += 1
    draft.save(update_fields=["form_version", "version", "envelope"])
    return Moved(draft.form_version, len({change.id for change in changes_between(old, new)}))


def _record(
    dialogue: Dialogue,
    purpose: str,
    before: int,
    after: FormVersion,
    *,
    by: Any,
    at: datetime,
) -> None:
    bound = DialogueForm.objects.get(dialogue=dialogue, purpose=purpose)
    bound.form_version = after
    bound.save()
    left = FormVersion.objects.values_list("digest", flat=True).get(pk=before)
    record_event(
        dialogue=dialogue,
        event=Event.FORM_MOVED,
        obj=dialogue,
        payload={"purpose": str(purpose), "from": left, "to": after.digest},
        by=by,
        at=at,
    )
