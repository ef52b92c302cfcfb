"""All parts together, and the archive that the person takes home. Nothing of it touches the disk."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import Any

from django.template.loader import render_to_string
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mus_workflow.conf import app_settings
from mus_workflow.exports.pdf import PAPER, SCREEN, NoPdf, pdf_of, style_sheet, why_not
from mus_workflow.models import person_name

from . import account, agreements, dialogues, files, items, person, preparations, proof
from .nodes import Node, plain
from .subject import Subject

MODULES = (person, dialogues, preparations, agreements, items, files, proof, account)
# Columns about people that no part tells, and why.
NOT_TOLD: dict[str, dict[str, str]] = {
    "Payload": {"envelope": "a sealed copy of the texts and times that the other parts tell"},
}


@dataclass(frozen=True)
class Archive:
    """A ZIP for one person. ``sha256`` is of the structured part, hex; ``why_no_pdf`` is empty when there is a PDF."""

    name: str
    content: bytes = field(repr=False)
    sha256: str
    why_no_pdf: str


def covered() -> dict[str, set[str]]:
    """{model: columns} that the parts tell."""
    found: dict[str, set[str]] = {}
    for module in MODULES:
        for model, columns in module.COVERS.items():
            found.setdefault(model, set()).update(columns.split())
    return found


def parts_of(subject: Subject, own_files: Sequence[files.OwnFile]) -> list[Node]:
    """Everything about the person, in the order in which it is told, in the active language."""
    return [
        person.person(subject),
        dialogues.dialogues(subject),
        preparations.preparations(subject),
        agreements.agreements(subject),
        items.items(subject),
        items.follow_ups(subject),
        files.listed(own_files),
        proof.proof(subject),
        account.account(subject),
    ]


def archive_of(user: Any, *, at: datetime) -> Archive:
    """Everything about the person as JSON and as a document to read, with their files, in the active language."""
    subject = Subject(user, at)
    own_files = files.own_files(subject)
    parts = parts_of(subject, own_files)
    structured = _json(subject, parts)
    name = _("everything-about-me")
    document = _document(subject, parts)
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in [(f"{name}.json", structured), *_readable(name, document, at)]:
            _add(archive, path, content, at)
        for one in own_files:
            if one.path:
                _add(archive, one.path, one.content, at)
    sha256 = hashlib.sha256(structured).hexdigest()
    return Archive(f"{name}.zip", buffer.getvalue(), sha256, why_not())


def _json(subject: Subject, parts: Sequence[Node]) -> bytes:
    head = {"format": 1, "kind": "subject_access", "made_at": plain(subject.at), "language": get_language()}
    told = {**head, **{part.key: part.as_json() for part in parts}}
    return json.dumps(told, ensure_ascii=False, indent=2).encode()


def _document(subject: Subject, parts: Sequence[Node]) -> str:
    context = {
        "language": get_language(),
        "title": _("Everything about you in MUS"),
        "made_at": subject.at,
        "organisation": app_settings.ORGANISATION,
        "name": person_name(subject.user),
        "parts": parts,
    }
    return render_to_string("mus_workflow/papers/my_data.html", context)


def _readable(name: str, document: str, at: datetime) -> list[tuple[str, bytes]]:
    """(path, bytes) of the document: a PDF, or where none can be made a page with its style beside it."""
    try:
        return [(f"{name}.pdf", pdf_of(document, made_at=at))]
    except NoPdf:
        styled = document.replace("</head>", f'<link rel="stylesheet" href="{name}.css"></head>', 1)
        return [(f"{name}.html", styled.encode()), (f"{name}.css", (style_sheet(PAPER) + style_sheet(SCREEN)).encode())]


def _add(archive: zipfile.ZipFile, path: str, content: bytes, at: datetime) -> None:
    entry = zipfile.ZipInfo(path, localtime(at).timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, content)
