"""The workflow app."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class MusWorkflowConfig(AppConfig):
    """Forms, people, dialogues, agreements and their evidence."""

    name = "mus_workflow"
    verbose_name = _("Staff development dialogues")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Guard the evidence, hear of logins and passwords, register checks and what the form builder picks."""
        # Models, and what imports them, can be loaded only now.
        from . import checks  # checks register themselves
        from .actions import record_password_change
        from .models import fact_choices
        from .models.triggers import guard_plan, raise_wall
        from .views import reauthentication
        from .viewsets import powers, publishing

        def guard(plan: Any = (), **kwargs: Any) -> None:
            guard_plan(plan)

        def restore(using: str, **kwargs: Any) -> None:
            raise_wall(using)

        pre_migrate.connect(guard, sender=self, weak=False, dispatch_uid="mus_guard_plan")
        post_migrate.connect(restore, sender=self, weak=False, dispatch_uid="mus_raise_wall")
        publishing.connect()
        record_password_change.connect()
        reauthentication.connect()
        powers.connect()
        autodiscover_modules("mus_questions")  # question types that other apps add
        fact_choices.connect()
        self.checks = checks
