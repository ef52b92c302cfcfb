"""When Wagtail has published a form or a concept, what people will meet is frozen.

Wagtail tells it for every way of publishing: the editor's button, an approval, a schedule. It tells it also when a
publication is merely scheduled, and then the form is not live yet, or live in an earlier state.
"""

from __future__ import annotations

import logging
from typing import Any

from django.utils import timezone
from wagtail.models import Revision
from wagtail.signals import published

from mus_workflow.actions.decide_moves import carry_out_plan
from mus_workflow.actions.publish_concept import publish_concept
from mus_workflow.actions.publish_form import publish_form
from mus_workflow.formbuilder.bridging import CannotGoTogether
from mus_workflow.formbuilder.compiler import CompileError
from mus_workflow.models import Concept, FormDefinition

logger = logging.getLogger("mus_workflow.publishing")


def connect() -> None:
    """Listen to Wagtail. Called once, when the app is ready, so that scheduled publications are heard too."""
    published.connect(freeze_form, sender=FormDefinition, dispatch_uid="mus_freeze_form")
    published.connect(freeze_concept, sender=Concept, dispatch_uid="mus_freeze_concept")


def freeze_form(sender: type, instance: FormDefinition, revision: Revision, **kwargs: Any) -> None:
    """Freeze the next version of a form that has just gone live."""
    if not _is_live(instance, revision):
        return
    at = timezone.now()
    try:
        version = publish_form(form=instance, by=revision.user, at=at)
        if version.created_at == at:
            carry_out_plan(version=version, at=at)
    except CannotGoTogether:
        # Another version came in between. Dialogues under way keep theirs until somebody decides.
        logger.warning("what was chosen for form %s before it was published makes no form any more", instance.pk)
    except CompileError:
        # The editor refuses such a form. One that gets here by another way must not stop the host's other publications:
        # the version people meet stays the one they meet now.
        logger.exception("form %s is live, but cannot be frozen", instance.pk)


def freeze_concept(sender: type, instance: Concept, revision: Revision, **kwargs: Any) -> None:
    """Freeze the next version of a concept that has just gone live."""
    if _is_live(instance, revision):
        publish_concept(concept=instance, by=revision.user, at=timezone.now())


def _is_live(instance: FormDefinition | Concept, revision: Revision) -> bool:
    return instance.live and instance.live_revision_id == revision.pk
