"""Who may change a form, and why not."""

from __future__ import annotations

from typing import Any

from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _

from mus_workflow.models import FormDefinition

from .verdict import Verdict, first_no


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
