"""Add a file to an answer, and take it out."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from mus_workflow.documents.merge import Typed, plain_answers
from mus_workflow.formbuilder.parts import key_of, split_key
from mus_workflow.formbuilder.questions.file import file_answer
from mus_workflow.formbuilder.shapes import Question
from mus_workflow.models import Artefact, DataKey, Dialogue, DraftKind, SealedFile, packed
from mus_workflow.policies.verdict import Refused

from .frame import acting
from .save_draft import Saved, save_agreement_draft, save_follow_up_draft, save_preparation

SAVES: Mapping[str, Callable[..., Saved]] = {
    DraftKind.PREPARATION: save_preparation,
    DraftKind.AGREEMENT: save_agreement_draft,
    DraftKind.FOLLOW_UP: save_follow_up_draft,
}
LONGEST_NAME = 150


@transaction.atomic
def add_file(
    *,
    dialogue: Dialogue,
    kind: DraftKind,
    question: Question,
    name: str,
    content: bytes,
    form: int | None = None,
    by: Any,
    at: datetime,
) -> SealedFile:
    """Seal a file and name it in the person's answer to ``question``. Raises Refused, in a sentence.

    ``form`` is the form version that asked; None stands for the draft's own.
    """
    file_id = uuid.uuid4()
    sha256 = hashlib.sha256(content).hexdigest()
    try:
        answer = file_answer(question, file_id=str(file_id), name=_plain(name), content=content, sha256=sha256)
    except ValidationError as error:
        raise Refused(error.messages[0]) from error
    key = key_of(question["id"], file_id.hex)
    # Saving holds the draft and asks the policy, so nobody else counts or adds meanwhile.
    answers = plain_answers(_save(dialogue, kind, {key: answer}, form=form, by=by, at=at).body)
    participant = acting(by, dialogue) if kind == DraftKind.PREPARATION else None
    named = [key for key, value in answers.items() if value and split_key(key)[0] == question["id"]]
    most = question["settings"]["max_files"]
    if len(named) > most:
        raise Refused(_("There are %(most)s files already: remove one before you add another.") % {"most": most})
    data_key = DataKey.objects.obtain(dialogue=dialogue, artefact=Artefact.FILE, participant=participant)
    return SealedFile.objects.create(
        id=file_id,
        dialogue=dialogue,
        participant=participant,
        question_id=question["id"],
        envelope=data_key.seal(packed(answer["name"], content)),
        added_at=at,
    )


@transaction.atomic
def remove_file(*, file: SealedFile, kind: DraftKind, by: Any, at: datetime) -> None:
    """Take a file out of the draft. One that was shared or recorded stays with that record; any other is deleted."""
    key = key_of(str(file.question_id), file.pk.hex)
    _save(file.dialogue, kind, {key: None}, form=None, by=by, at=at)
    if file.is_recorded:
        file.removed_at = at
        file.save()
    else:
        file.delete()


def keep_files(ids: Iterable[str]) -> None:
    """Mark files that a shared copy or a recorded document names. Part of an action."""
    for file in SealedFile.objects.filter(pk__in=list(ids), is_recorded=False):
        file.is_recorded = True
        file.save()


def _save(
    dialogue: Dialogue, kind: DraftKind, answers: dict[str, Any], *, form: int | None, by: Any, at: datetime
) -> Saved:
    typed = Typed(request=str(uuid.uuid4()), base=2**31 - 1, answers=answers, form=form)
    return SAVES[kind](dialogue_id=dialogue.pk, typed=typed, allowed=set(answers), by=by, at=at)


def _plain(name: str) -> str:
    """The name without a path and without what could break a line, its ending kept when it is cut."""
    last = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(character for character in last if character.isprintable()).strip()
    stem, dot, ending = shown.rpartition(".")
    return f"{stem[:LONGEST_NAME]}{dot}{ending[:20]}" if dot else shown[:LONGEST_NAME]
