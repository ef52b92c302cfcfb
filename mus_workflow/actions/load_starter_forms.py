"""Give a new installation its first forms and its first concept."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from mus_workflow.models import Concept, FormDefinition, FormTranslation, FormVersion, Purpose

from .publish_concept import FORM_FIELDS, publish_concept
from .publish_form import publish_form

STARTER = Path(__file__).resolve().parents[1] / "starter"
FILES = {
    Purpose.EMPLOYEE_PREPARATION: "forberedelse-medarbejder.json",
    Purpose.MANAGER_PREPARATION: "forberedelse-leder.json",
    Purpose.AGREEMENT: "aftale.json",
    Purpose.FOLLOW_UP: "opfoelgning.json",
}


def starter_file(name: str) -> dict[str, Any]:
    """The content of one of the plugin's starter files."""
    content: dict[str, Any] = json.loads((STARTER / name).read_text(encoding="utf-8"))
    return content


@transaction.atomic
def load_starter_forms(*, by: Any, at: datetime) -> list[FormDefinition]:
    """Make and publish the starter form of every purpose that no form serves yet; return those that were made.

    A form of an editor is never touched: not even a draft, and not one that began as a starter form.
    """
    return [
        _load_form(starter_file(name), by=by, at=at)
        for purpose, name in FILES.items()
        if not FormDefinition.objects.filter(purpose=purpose).exists()
    ]


@transaction.atomic
def load_starter_concept(*, by: Any, at: datetime) -> Concept | None:
    """Make and publish the starter concept when there is no concept; None when there is one, or a form is missing."""
    forms = {purpose: _published_form(purpose) for purpose in FORM_FIELDS}
    if Concept.objects.exists() or None in forms.values():
        return None
    fields = {FORM_FIELDS[purpose]: form for purpose, form in forms.items()}
    concept = Concept(**starter_file("concept.json"), **fields)
    go_live(content=concept, by=by, at=at)
    publish_concept(concept=concept, by=by, at=at)
    return concept


def go_live(*, content: FormDefinition | Concept, by: Any, at: datetime) -> None:
    """Save the content as live from this moment, with a revision that editors can go back to. Part of an action.

    Wagtail's own publishing would take the time from the clock, and what is frozen would seem older than what is live.
    """
    content.live = True
    content.first_published_at = content.first_published_at or at
    content.last_published_at = at
    content.save()
    content.live_revision = content.save_revision(user=by)
    content.has_unpublished_changes = False
    content.save()


def _load_form(content: dict[str, Any], *, by: Any, at: datetime) -> FormDefinition:
    body = FormDefinition._meta.get_field("body").to_python(content["body"])
    form = FormDefinition(
        **{name: content[name] for name in ("title", "slug", "purpose", "language", "intro")}, body=body
    )
    form.translations = [
        FormTranslation(language=language, texts=texts) for language, texts in content["translations"].items()
    ]
    go_live(content=form, by=by, at=at)
    publish_form(form=form, by=by, at=at)
    return form


def _published_form(purpose: Purpose) -> FormDefinition | None:
    frozen = (
        FormVersion.objects.published()
        .filter(form__purpose=purpose, form__live=True)
        .order_by("form", "number")
        .first()
    )
    return frozen.form if frozen else None
