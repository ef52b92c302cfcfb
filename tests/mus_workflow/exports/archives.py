"""What a person takes out, as a test reads it."""

from __future__ import annotations

import json
import zipfile
from io import BytesIO
from typing import Any

from django.utils import translation

from mus_workflow.exports.subject_access.collected import archive_of, parts_of
from mus_workflow.exports.subject_access.files import own_files
from mus_workflow.exports.subject_access.subject import Subject
from tests.plumbing.clock import NOW


def archive(person: Any, language: str = "en") -> dict[str, bytes]:
    """The files of a person's archive, by their ending; those the person added, by their path."""
    with translation.override(language):
        made = archive_of(person, at=NOW)
    with zipfile.ZipFile(BytesIO(made.content)) as within:
        assert within.testzip() is None
        names = within.namelist()
        return {name if "/" in name else name.rpartition(".")[2]: within.read(name) for name in names}


def structured(person: Any) -> dict[str, Any]:
    """The part for programs, without the document that is made of the same."""
    subject = Subject(person, NOW)
    with translation.override("en"):
        return {part.key: part.as_json() for part in parts_of(subject, own_files(subject))}


def words_of(person: Any) -> str:
    """The same as text."""
    return json.dumps(structured(person), ensure_ascii=False)
