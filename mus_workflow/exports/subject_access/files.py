"""Files that the person added, as they were."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils.translation import gettext as _

from mus_workflow.documents.files import file_ids
from mus_workflow.history.opening import Gone, open_or_gone
from mus_workflow.models import Agreement, Erased, Participant, SealedFile

from .nodes import Rows, Value
from .subject import Subject

COVERS = {"SealedFile": "participant added_at removed_at envelope"}


@dataclass(frozen=True)
class OwnFile:
    """A file, and where it lies in the archive. Without a path it was erased by ``rule``."""

    row: SealedFile
    name: str = ""
    path: str = ""
    content: bytes = field(default=b"", repr=False)
    rule: str = ""


def own_files(subject: Subject) -> list[OwnFile]:
    """The files of the person's preparations, and those added together in dialogues about the person.

    Of a dialogue about somebody else a manager gets the joint files that stand in the manager's own answers.
    """
    joint = Q(participant=None, dialogue__in=[part.dialogue_id for part in subject.as_employee])
    mine = Q(participant__in=subject.parts) | joint | Q(pk__in=_in_own_answers(subject.as_manager))
    folder = _("files")
    rows = SealedFile.objects.filter(mine).select_related("dialogue").order_by("added_at", "pk")
    return [_opened(row, f"{folder}/{number:03d}") for number, row in enumerate(rows, 1)]


def listed(files: Collection[OwnFile]) -> Rows:
    """The list of them."""
    columns = [
        ("dialogue", _("Dialogue")),
        ("name", _("File")),
        ("bytes", _("Bytes")),
        ("added_at", _("Added")),
        ("removed_at", _("Removed")),
        ("path", _("In this archive")),
    ]
    rows = []
    for one in files:
        told: list[Value] = [Gone(one.rule), None] if one.rule else [one.name, len(one.content)]
        rows.append([one.row.dialogue.reference, *told, one.row.added_at, one.row.removed_at, one.path or None])
    return Rows("files", _("Your files"), columns, rows)


def _opened(row: SealedFile, prefix: str) -> OwnFile:
    try:
        name, content = row.opened()
    except Erased as erased:
        return OwnFile(row, rule=erased.rule)
    return OwnFile(row, name, f"{prefix}-{name}", content)


def _in_own_answers(parts: Collection[Participant]) -> set[str]:
    there = SealedFile.objects.filter(participant=None, dialogue__in=[part.dialogue_id for part in parts])
    me = {str(part.pk) for part in parts}
    rows = Agreement.history.model.objects.filter(dialogue__in=there.values("dialogue"))
    ids: set[str] = set()
    for document in open_or_gone([row.document for row in rows]):
        if not isinstance(document, Gone):
            sections = [
                {"answers": [answer for answer in section["answers"] if answer["by"] in me]}
                for section in document["sections"]
            ]
            ids |= file_ids({"sections": sections})
    return ids
