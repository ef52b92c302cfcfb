"""What the plugin adds to the Wagtail admin."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.widgets.button import Button
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSetGroup

from .actions.import_form import IMPORTED
from .models import FormDefinition
from .policies.overview import ANSWER_GRANTS, AUDIT, HOLD
from .viewsets.audit import AuditViewSet
from .viewsets.audit_holds import HoldsViewSet
from .viewsets.concepts import ConceptViewSet
from .viewsets.form_definitions import FormDefinitionViewSet
from .viewsets.translations import translate_button
from .viewsets.versioned import refuse_deletion


class MusGroup(SnippetViewSetGroup):
    """The plugin's place in the menu. Only forms and concepts are snippets; the audit has views of its own."""

    items = (FormDefinitionViewSet, ConceptViewSet, AuditViewSet, HoldsViewSet)
    menu_label = _("MUS")
    menu_name = "mus"
    menu_icon = "group"
    menu_order = 300


register_snippet(MusGroup)


@hooks.register("before_delete_snippet")
def keep_published(request: HttpRequest, instances: list[Any]) -> HttpResponse | None:
    """Refuse to delete what dialogues point to."""
    return refuse_deletion(request, instances)


@hooks.register("register_snippet_listing_buttons")
def translate(snippet: Any, user: Any, next_url: str | None = None) -> list[Button]:
    """Offer a form's translations in the list of forms."""
    return translate_button(snippet, user) if isinstance(snippet, FormDefinition) else []


@hooks.register("register_permissions")
def permissions_of_the_audit() -> QuerySet[Permission]:
    """Let groups of auditors and of those who answer them be made in Wagtail's own screen for groups."""
    names = [name.partition(".")[2] for name in (AUDIT, ANSWER_GRANTS, HOLD)]
    return Permission.objects.filter(content_type__app_label="mus_workflow", codename__in=names)


@hooks.register("register_log_actions")
def log_of_imports(actions: Any) -> None:
    """Name in Wagtail's own reports what the plugin does to forms."""
    actions.register_action(IMPORTED, _("Import a form"), _("Imported as a file, or copied from another form"))
