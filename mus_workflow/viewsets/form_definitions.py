"""Forms in the Wagtail admin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList, Panel, PublishingPanel
from wagtail.admin.ui.tables import Column, UpdatedAtColumn
from wagtail.admin.widgets.button import Button
from wagtail.snippets.views.snippets import IndexView, SnippetViewSet, WorkflowActionView

from mus_workflow.actions.publish_form import compile_definition, orphans_in
from mus_workflow.formbuilder.compiler import CompileError, compile_form
from mus_workflow.models import FormDefinition
from mus_workflow.policies.forms import can_publish_form

from .form_exchange import ExchangesForms, OffersExchange, OffersExport
from .form_usage import tell_usage
from .impact import IMPACT, ImpactView
from .lint_panel import AdvicePanel
from .preview_fill import FormPreviewFillView, FormPreviewView
from .translations import TranslateView, progress_notes
from .versioned import ReportingEditView, VersionedCreateView


class FormDefinitionForm(WagtailAdminModelForm):
    """The editor's form. A draft may be half built; what is published must compile."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "language" in self.fields:
            self.fields["language"].widget = forms.Select(choices=settings.LANGUAGES)

    def clean(self) -> dict[str, Any]:
        """Refuses what cannot be frozen, in the words of the compiler."""
        cleaned = super().clean()
        if not (self.is_deferred_validation or self.errors):
            translations = {row.language: row.texts for row in self.instance.translations.all()}
            try:
                words = (cleaned["title"], cleaned["language"], cleaned["intro"])
                schema = compile_form(*words, cleaned["body"], translations)
                problems: list[Any] = orphans_in(self.instance, schema)
            except CompileError as error:
                problems = error.problems
            for problem in problems:
                self.add_error(None, str(problem))
        return cleaned


class TranslationsNote(Panel):
    """Says how far each language has come, and where it is translated."""

    class BoundPanel(Panel.BoundPanel):
        """The note for one form."""

        template_name = "mus_workflow/admin/translations_note.html"

        def get_context_data(self, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
            """Adds the languages."""
            return {**super().get_context_data(parent_context), "languages": progress_notes(self.instance)}


class FormIndexView(OffersExchange, IndexView):
    """The list of forms, with what the running dialogues use."""

    def paginate_queryset(self, queryset: Any, page_size: int) -> Any:
        """The forms of one page, each with its usage."""
        paginator, page, forms_of_page, more = super().paginate_queryset(queryset, page_size)
        page.object_list = forms_of_page = list(forms_of_page)
        tell_usage(forms_of_page)
        return paginator, page, forms_of_page, more

    def get_list_more_buttons(self, instance: FormDefinition) -> list[Any]:
        """Adds the report on what a new version changes for dialogues under way."""
        buttons = super().get_list_more_buttons(instance)
        if can_publish_form(user=self.request.user):
            url = reverse(IMPACT, args=[instance.pk])
            label = _("Decide for running dialogues")
            buttons.append(Button(label, url=url, icon_name="form", priority=60))
        return buttons


class FormEditView(OffersExport, ReportingEditView):
    """The editor of a form."""


class FormWorkflowActionView(WorkflowActionView):
    """Wagtail's approval, which refuses a draft that cannot be frozen: it may have been changed since it was sent."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Act on the moderation task."""
        if self.action_name == "approve":
            try:
                compile_definition(self.object.get_latest_revision_as_object())
            except CompileError as error:
                for problem in error.problems:
                    messages.error(request, str(problem))
                return redirect(self.redirect_url)
        return super().post(request, *args, **kwargs)


class FormDefinitionViewSet(ExchangesForms, SnippetViewSet):
    """Forms: drafted, previewed as each side, published, and frozen as versions."""

    model = FormDefinition
    icon = "form"
    menu_label = _("Forms")
    menu_name = "mus-forms"
    menu_order = 10
    add_to_admin_menu = False
    index_view_class = FormIndexView
    add_view_class = VersionedCreateView
    edit_view_class = FormEditView
    preview_on_edit_view_class = FormPreviewView
    workflow_action_view_class = FormWorkflowActionView
    list_filter = ["purpose", "live"]
    search_fields = ["title", "slug"]
    list_per_page = 50
    list_display = [
        "title",
        Column("get_purpose_display", label=_("Purpose"), sort_key="purpose"),
        Column("newest_version", label=_("Newest version")),
        Column("usage", label=_("Used by running dialogues")),
        UpdatedAtColumn(),
    ]
    edit_handler = ObjectList(
        [
            FieldPanel("title"),
            MultiFieldPanel(
                [FieldPanel(name) for name in ("purpose", "language", "layout", "retention", "slug")], heading=_("Use")
            ),
            FieldPanel("intro"),
            FieldPanel("body"),
            AdvicePanel(heading=_("Advice")),
            TranslationsNote(heading=_("Other languages")),
            PublishingPanel(),
        ],
        base_form_class=FormDefinitionForm,
    )

    def get_urlpatterns(self) -> list[URLPattern]:
        """Wagtail's addresses, and those beside the builder."""
        translate = self.construct_view(TranslateView)
        report = self.construct_view(ImpactView, edit_url_name=self.get_url_name("edit"))
        fill = self.construct_view(FormPreviewFillView, form_class=self.get_form_class(for_update=True))
        return [
            *super().get_urlpatterns(),
            path("preview/<int:pk>/fill/", fill, name="preview_fill"),
            path("translate/<int:pk>/", translate, name="translate"),
            path("translate/<int:pk>/<str:language>/", translate, name="translate"),
            path("impact/<int:pk>/", report, name="impact"),
        ]
