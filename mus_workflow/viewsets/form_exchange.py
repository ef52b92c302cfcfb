"""Forms as files in the Wagtail admin: export, import, copy, and a library to start from."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import Button

from mus_workflow.actions.import_form import copy_form, free_slug, import_form
from mus_workflow.actions.load_starter_forms import start_from
from mus_workflow.exports.form import exchange_of, file_of
from mus_workflow.formbuilder.compiler import CompileError
from mus_workflow.formbuilder.exchange import MAX_SLUG, Exchange, read
from mus_workflow.formbuilder.library import starter_forms
from mus_workflow.formbuilder.schema import SchemaError
from mus_workflow.formbuilder.strict_json import MAX_BYTES
from mus_workflow.models import FormDefinition
from mus_workflow.policies.forms import CHANGE, can_export_form, can_make_form
from mus_workflow.policies.verdict import Refused

MAX_TITLE = 200


def address(name: str, *arguments: Any) -> str:
    """The address of one of the forms' pages in the admin."""
    return reverse(FormDefinition.snippet_viewset.get_url_name(name), args=arguments)


class FormFileField(forms.FileField):
    """An uploaded file that holds a form, and is refused whole when it does not."""

    def clean(self, data: UploadedFile | None, initial: Any = None) -> Any:
        """The form in the file."""
        uploaded = super().clean(data, initial)
        try:
            return read(uploaded.read(MAX_BYTES + 1))
        except SchemaError as error:
            raise forms.ValidationError(str(error)) from error


class ImportForm(forms.Form):
    """The file."""

    file = FormFileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("A form that was exported here or elsewhere, as JSON."),
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
    )


class CopyForm(forms.Form):
    """What the copy is called."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=MAX_TITLE)
    slug = forms.SlugField(
        label=gettext_lazy("Short name"),
        max_length=MAX_SLUG,
        help_text=gettext_lazy("Used when the form is exported. No other form may have it."),
    )


class StartForm(forms.Form):
    """Which starter form to begin with."""

    slug = forms.ChoiceField(
        choices=lambda: [(form.slug, form.title) for form in starter_forms()],
        error_messages={"required": gettext_lazy("Choose a form to start from.")},
    )


class MakesForm(WagtailAdminTemplateMixin, FormView):
    """A page that makes a draft and opens it in the editor."""

    template_name = "mus_workflow/admin/form_make.html"
    header_icon = "form"
    breadcrumbs_items: list[dict[str, Any]] = []
    explanation = ""
    button = ""
    # The field at which an action's refusal is shown; none: above the form.
    field_of_refusal: str | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """For those who may make forms."""
        if not can_make_form(user=request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def make(self, cleaned: dict[str, Any]) -> FormDefinition:
        """The draft. Raises SchemaError or Refused."""
        raise NotImplementedError

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Make the draft, or say why not."""
        try:
            made = self.make(form.cleaned_data)
        except (SchemaError, Refused, CompileError) as refusal:
            form.add_error(self.field_of_refusal, str(refusal))
            return self.form_invalid(form)
        messages.success(
            self.request, _("“%(title)s” is a draft now. Look it through and publish it.") % {"title": made}
        )
        # Who may make forms, and not change them, has no editor to come to.
        return redirect(address("edit", made.pk) if self.request.user.has_perm(CHANGE) else address("list"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Adds what is said above the form and on its button."""
        words = {"explanation": self.explanation, "button": self.button}
        return {**super().get_context_data(**kwargs), **words}

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """From the list of forms."""
        forms_label = str(FormDefinition._meta.verbose_name_plural).capitalize()
        here = {"url": "", "label": str(self.get_page_title())}
        return [*self.breadcrumbs_items, {"url": address("list"), "label": forms_label}, here]


class FormImportView(MakesForm):
    """Upload a file."""

    form_class = ImportForm
    page_title = gettext_lazy("Import a form")
    explanation = gettext_lazy(
        "The form becomes a draft. If there is a form with its short name already, that one gets a new draft, and what "
        "people meet stays as it is until you publish. A file that is not wholly right changes nothing."
    )
    button = gettext_lazy("Import")
    field_of_refusal = "file"

    def make(self, cleaned: dict[str, Any]) -> FormDefinition:
        """The draft of the form in the file."""
        return import_form(content=cleaned["file"], by=self.request.user, at=timezone.now())


class FormCopyView(MakesForm):
    """Copy a form under another name."""

    form_class = CopyForm
    page_title = gettext_lazy("Copy the form")
    explanation = gettext_lazy(
        "The copy is a form of its own: answers to one are never taken for answers to the other."
    )
    button = gettext_lazy("Copy")
    field_of_refusal = "slug"

    @cached_property
    def original(self) -> FormDefinition:
        """The form that is copied."""
        return get_object_or_404(FormDefinition, pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        """The title of the original."""
        return self.original.title

    def get_initial(self) -> dict[str, Any]:
        """A title and a short name that are free."""
        title = _("Copy of %(title)s") % {"title": self.original.title}
        return {"title": title[:MAX_TITLE], "slug": free_slug(self.original.slug)}

    def make(self, cleaned: dict[str, Any]) -> FormDefinition:
        """The draft of the copy."""
        content: Exchange = exchange_of(self.original)
        return copy_form(original=content, **cleaned, by=self.request.user, at=timezone.now())


class FormStartView(MakesForm):
    """Choose a form of the library to start from."""

    template_name = "mus_workflow/admin/form_start.html"
    form_class = StartForm
    page_title = gettext_lazy("Start from a starter form")
    explanation = gettext_lazy("You get a copy of your own as a draft. Change what you like.")
    button = gettext_lazy("Make a draft")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Adds the library."""
        return {**super().get_context_data(**kwargs), "starters": [_told(form) for form in starter_forms()]}

    def make(self, cleaned: dict[str, Any]) -> FormDefinition:
        """The draft of the copy."""
        return start_from(slug=cleaned["slug"], by=self.request.user, at=timezone.now())


class FormExportView(View):
    """The form as a file to keep."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Download the newest version, or the draft of a form that was never published."""
        if not can_export_form(user=request.user):
            raise PermissionDenied
        form = get_object_or_404(FormDefinition, pk=pk)
        try:
            written = file_of(form)
        except CompileError as error:
            messages.error(request, _("The draft cannot be exported yet. %(problems)s") % {"problems": error})
            return redirect(address("edit", form.pk))
        headers = {
            "Content-Disposition": f'attachment; filename="{form.slug}.json"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        }
        return HttpResponse(written, content_type="application/json", headers=headers)


def _told(form: Any) -> dict[str, Any]:
    purposes = dict(FormDefinition._meta.get_field("purpose").choices)
    return {"form": form, "purpose": purposes[form.purpose]}


class OffersExchange:
    """A list of forms with the buttons for files."""

    request: HttpRequest

    @cached_property
    def header_more_buttons(self) -> list[Any]:
        """Adds import and the library."""
        found = list(super().header_more_buttons)  # type: ignore[misc]
        if can_make_form(user=self.request.user):
            found += [
                Button(_("Start from a starter form"), url=address("start"), icon_name="clipboard-list", priority=10),
                Button(_("Import"), url=address("import"), icon_name="upload", priority=20),
            ]
        return found

    def get_list_more_buttons(self, instance: FormDefinition) -> list[Any]:
        """Adds the export of each form."""
        found = list(super().get_list_more_buttons(instance))  # type: ignore[misc]
        return [*found, export_button(instance)] if can_export_form(user=self.request.user) else found


class OffersExport:
    """The editor of a form with the button for its file."""

    request: HttpRequest
    object: Any

    @cached_property
    def header_more_buttons(self) -> list[Any]:
        """Adds the export."""
        found = list(super().header_more_buttons)  # type: ignore[misc]
        return [*found, export_button(self.object)] if can_export_form(user=self.request.user) else found


def export_button(form: FormDefinition) -> Button:
    """Downloads the form."""
    return Button(_("Export"), url=address("export", form.pk), icon_name="download", priority=25)


class ExchangesForms:
    """The addresses, for the forms' viewset."""

    copy_view_class = FormCopyView
    pk_path_converter: str

    def get_copy_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Nothing of Wagtail's own copying, which keeps the ids."""
        return kwargs

    def get_urlpatterns(self) -> list[Any]:
        """Adds export, import and the library to Wagtail's own."""
        conv = self.pk_path_converter
        return [
            *super().get_urlpatterns(),  # type: ignore[misc]
            path("import/", self.construct_view(FormImportView), name="import"),  # type: ignore[attr-defined]
            path("start/", self.construct_view(FormStartView), name="start"),  # type: ignore[attr-defined]
            path(f"export/<{conv}:pk>/", FormExportView.as_view(), name="export"),
        ]
