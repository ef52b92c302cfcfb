"""Who may make, change and publish forms, and bring them in from outside; and why not."""

from __future__ import annotations

from typing import Any

from django.utils.html import strip_tags
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


def can_translate(*, user: Any, form: FormDefinition) -> Verdict:
    """Whether the user may write a form's translations now: as with its other words, unless Wagtail has locked it."""
    task = form.current_workflow_task
    may_edit = user.has_perm("mus_workflow.change_formdefinition") or (
        task is not None and task.user_can_access_editor(form, user)
    )
    lock = form.get_lock()
    is_locked = lock is not None and lock.for_user(user)
    reason = strip_tags(lock.get_message(user) or "") if is_locked else ""
    return first_no(
        (may_edit, _("You may not change this form.")),
        (not is_locked, reason or _("The form is locked.")),
    )
