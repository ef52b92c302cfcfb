"""Give a new installation its first forms and its first concept, and editors a form to start from."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from mus_workflow.formbuilder.library import starter_concept, starter_form
from mus_workflow.models import Concept, FormDefinition, FormVersion, Purpose

from .go_live import go_live
from .import_form import copy_form, free_slug, import_form
from .publish_concept import FORM_FIELDS, publish_concept

# The starter form that serves each purpose of the first concept, by its short name.
FIRST = {
    Purpose.EMPLOYEE_PREPARATION: "forberedelse-medarbejder",
    Purpose.MANAGER_PREPARATION: "forberedelse-leder",
    Purpose.AGREEMENT: "aftale",
    Purpose.FOLLOW_UP: "opfoelgning",
}


@transaction.atomic
def load_starter_forms(*, by: Any, at: datetime) -> list[FormDefinition]:
    """Make and publish the starter form of every purpose that no form serves yet; return those that were made.

    A form of an editor is never touched: not even a draft, and not one that began as a starter form.
    """
    return [
        import_form(content=starter_form(slug).content, by=by, at=at, publish=True)
        for purpose, slug in FIRST.items()
        if not FormDefinition.objects.filter(purpose=purpose).exists()
    ]


@transaction.atomic
def load_starter_concept(*, by: Any, at: datetime) -> Concept | None:
    """Make and publish the starter concept when there is no concept; None when there is one, or a form is missing."""
    forms = {purpose: _published_form(purpose) for purpose in FORM_FIELDS}
    if Concept.objects.exists() or None in forms.values():
        return None
    fields = {FORM_FIELDS[purpose]: form for purpose, form in forms.items()}
    concept = Concept(**starter_concept(), **fields)
    go_live(content=concept, by=by, at=at)
    publish_concept(concept=concept, by=by, at=at)
    return concept


@transaction.atomic
def start_from(*, slug: str, by: Any, at: datetime) -> FormDefinition:
    """Make a draft from the starter form with this short name: a copy, with ids and a short name of its own.

    KeyError for a form that the library does not have; Refused.
    """
    content = starter_form(slug).content
    return copy_form(original=content, slug=free_slug(slug), title=content.schema["title"], by=by, at=at)


def _published_form(purpose: Purpose) -> FormDefinition | None:
    frozen = (
        FormVersion.objects.published()
        .filter(form__purpose=purpose, form__live=True)
        .order_by("form", "number")
        .first()
    )
    return frozen.form if frozen else None
