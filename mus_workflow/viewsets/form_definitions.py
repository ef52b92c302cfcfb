"""Forms in the Wagtail admin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList, Panel, PublishingPanel
from wagtail.admin.ui.tables import Column, UpdatedAtColumn
from wagtail.snippets.views.snippets import IndexView, SnippetViewSet, WorkflowActionView

from mus_workflow.formbuilder.compiler import CompileError, compile_form
from mus_workflow.models import FormDefinition

from .form_exchange import ExchangesForms, OffersExchange, OffersExport
from .form_usage import tell_usage
from .lint_panel import AdvicePanel
from .preview_fill import FormPreviewFillView, FormPreviewView
from .translations import TranslateView, progress_notes
from .versioned import VersionedCreateView, VersionedEditView


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
                compile_form(cleaned["title"], cleaned["language"], cleaned["intro"], cleaned["body"], translations)
            except CompileError as error:
                self.add_error(None, [str(problem) for problem in error.problems])
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


class FormEditView(OffersExport, VersionedEditView):
    """The editor of a form."""


class FormWorkflowActionView(WorkflowActionView):
    """Wagtail's approval, which refuses a draft that cannot be frozen: it may have been changed since it was sent."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Act on the moderation task."""
        if self.action_name == "approve":
            try:
                self.object.get_latest_revision_as_object().compiled()
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
        fill = self.construct_view(FormPreviewFillView, form_class=self.get_form_class(for_update=True))
        return [
            *super().get_urlpatterns(),
            path("preview/<int:pk>/fill/", fill, name="preview_fill"),
            path("translate/<int:pk>/", translate, name="translate"),
            path("translate/<int:pk>/<str:language>/", translate, name="translate"),
        ]
