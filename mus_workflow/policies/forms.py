"""Who may bring a form in from outside."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from mus_workflow.models import FormDefinition

from .verdict import YES, Verdict, first_no

ADD = "mus_workflow.add_formdefinition"
CHANGE = "mus_workflow.change_formdefinition"
PUBLISH = "mus_workflow.publish_formdefinition"


def can_make_form(*, user: Any) -> Verdict:
    """Whether the user may make a new form, by import, by copying or from a starter form. No user: the operator."""
    return first_no((user is None or user.has_perm(ADD), _("You may not make forms.")))


def can_export_form(*, user: Any) -> Verdict:
    """Whether the user may take a form out as a file."""
    return first_no((user.has_perm(ADD) or user.has_perm(CHANGE), _("You may not export forms.")))


def can_replace_draft(*, user: Any, form: FormDefinition) -> Verdict:
    """Whether the user may put another draft in the place of the form's own."""
    lock = form.get_lock()
    return first_no(
        (user is None or user.has_perm(CHANGE), _("You may not change this form.")),
        (not form.workflow_in_progress, _("The form is being approved. Wait until that has ended, or cancel it.")),
        (lock is None or (user is not None and not lock.for_user(user)), _("The form is locked. Unlock it first.")),
    )


def can_publish_form(*, user: Any) -> Verdict:
    """Whether the user may publish forms."""
    return YES if user is None else first_no((user.has_perm(PUBLISH), _("You may not publish forms.")))
