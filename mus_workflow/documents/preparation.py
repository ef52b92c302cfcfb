"""The shared copy of a preparation."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from mus_workflow.models import FormVersion, SharedPreparation, open_sealed

from .answers import worded_sections


def shared_document(
    *, form_version: FormVersion, answers: Mapping[str, Any], chosen: Collection[str], language: str
) -> dict[str, Any]:
    """The chosen answers in words. Holds no trace of the others: not their ids, number, length or order."""
    return {
        "format": 1,
        "kind": "shared_preparation",
        "language": language,
        "form": {"title": form_version.schema["title"], "number": form_version.number, "digest": form_version.digest},
        "sections": worded_sections(form_version.schema, answers, language=language, only=chosen),
    }


def follow_up_document(*, form_version: FormVersion, answers: Mapping[str, Any], language: str) -> dict[str, Any]:
    """A recorded follow-up in words."""
    return {
        "format": 1,
        "kind": "follow_up",
        "language": language,
        "form": {"title": form_version.schema["title"], "number": form_version.number, "digest": form_version.digest},
        "sections": worded_sections(form_version.schema, answers, language=language),
    }


def shared_state(shared: SharedPreparation) -> dict[str, Any]:
    """Everything a shared copy says now, opened: the payload of its ledger entry and the measure of drift."""
    return shared_state_opened(shared, open_sealed(shared.document))


def shared_state_opened(shared: Any, document: Any) -> dict[str, Any]:
    """The same of a shared copy, or of one of its history rows, whose envelope the caller has opened."""
    return {
        "document": document,
        "revision": shared.revision,
        "withdrawn": shared.withdrawn_at is not None,
    }
