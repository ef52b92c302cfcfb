"""A form in another language, side by side with the language it is written in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import get_language_info, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import Button

from mus_workflow.actions.save_translation import SavedTranslation, save_translation, translation_in
from mus_workflow.formbuilder.translating import Line, Progress, left_over, lines, progress
from mus_workflow.models import FormDefinition, person_name
from mus_workflow.policies.forms import can_translate
from mus_workflow.policies.verdict import Refused

from .text_labels import labels_of
from .translation_form import Row, TranslationForm, field_of, rows

TRANSLATE = "wagtailsnippets_mus_workflow_formdefinition:translate"
EDIT = "wagtailsnippets_mus_workflow_formdefinition:edit"
LIST = "wagtailsnippets_mus_workflow_formdefinition:list"


def languages_for(form: FormDefinition) -> dict[str, str]:
    """{code: name} of the languages a form can be translated to: the site's, and any it has texts in already."""
    codes = dict.fromkeys([*dict(settings.LANGUAGES), *(row.language for row in form.translations.all())])
    return {code: language_name(code) for code in codes if code != form.language}


def language_name(code: str) -> str:
    """A language's name in the reader's own, as it stands in a sentence: “Oversæt til engelsk”."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def progress_by_language(form: FormDefinition) -> list[tuple[str, str, Progress]]:
    """(code, name, progress) for each language the draft can be translated to."""
    document, there = form.as_written(), {row.language: row for row in form.translations.all()}
    found = []
    for code, name in languages_for(form).items():
        row = there.get(code)
        found.append((code, name, progress(document, row.texts if row else {}, row.sources if row else {})))
    return found


# An action's transaction begins with a write; ATOMIC_REQUESTS would begin it with a read.
@method_decorator(transaction.non_atomic_requests, name="dispatch")
class TranslateView(WagtailAdminTemplateMixin, TemplateView):
    """Left the text as it is written, right the text in the other language. Saved in the form's draft."""

    template_name = "mus_workflow/admin/form_translate.html"
    page_title = gettext_lazy("Translate")
    header_icon = "globe"
    http_method_names = ["get", "post"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """For those who may change the form, and those who may approve the draft that waits for them."""
        self.form_definition = get_object_or_404(FormDefinition, pk=kwargs["pk"])
        self.verdict = can_translate(user=request.user, form=self.form_definition)
        if not (self.verdict or request.user.has_perm("mus_workflow.change_formdefinition")):
            raise PermissionDenied
        response = super().dispatch(request, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        return response

    @cached_property
    def draft(self) -> FormDefinition:
        """The form as it was saved last."""
        return self.form_definition.get_latest_revision_as_object()

    @cached_property
    def language(self) -> str:
        """The language asked for; without, the first there is."""
        offered = languages_for(self.draft)
        language = self.kwargs.get("language") or next(iter(offered), "")
        if language not in offered:
            raise Http404
        return language

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Save a draft; what somebody else has changed meanwhile is shown beside one's own text."""
        form = TranslationForm(self.lines_of(self.draft), request.POST)
        if not form.is_valid():
            messages.error(request, _("The translation could not be saved: some texts need another look."))
            return self.render_to_response(self.get_context_data(form=form))
        try:
            saved = self._save(form)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return self.render_to_response(self.get_context_data(form=form))
        if saved.conflicts:
            return self._show_both(form, saved)
        messages.success(request, self._saved_message(saved))
        return redirect(TRANSLATE, pk=self.form_definition.pk, language=self.language)

    def _save(self, form: TranslationForm) -> SavedTranslation:
        gone = left_over(self.draft.as_written(), translation_in(self.draft, self.language).texts)
        return save_translation(
            form=self.form_definition,
            language=self.language,
            written=form.written(),
            discarded=list(gone) if form.cleaned_data["discard"] else (),
            by=self.request.user,
            at=timezone.now(),
        )

    def _show_both(self, form: TranslationForm, saved: SavedTranslation) -> HttpResponse:
        """The page anew, with one's own text in each field that two have changed and the other's beside it."""
        by = self.form_definition.latest_revision.user if self.form_definition.latest_revision else None
        self.draft = saved.draft
        fresh = TranslationForm(self.lines_of(saved.draft))
        written = form.written()
        for slot in saved.conflicts:
            fresh.initial[field_of(slot)] = written[slot].text
        messages.warning(self.request, _("Somebody else has changed some of the same texts. Both stand below."))
        context = self.get_context_data(form=fresh, conflicts=saved.conflicts, other=person_name(by) if by else "")
        return self.render_to_response(context, status=409)

    def _saved_message(self, saved: SavedTranslation) -> str:
        if not saved.has_changed:
            return _("Nothing was changed.")
        row = translation_in(saved.draft, self.language)
        done = progress(saved.draft.as_written(), row.texts, row.sources)
        return _("Saved as a draft: %(written)s of %(total)s texts. They are shown when the form is published.") % {
            "written": done.written,
            "total": done.total,
        }

    def lines_of(self, draft: FormDefinition) -> list[Line]:
        """The draft's texts and what they are called in this language."""
        row = translation_in(draft, self.language)
        return lines(draft.as_written(), row.texts, row.sources)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Adds the texts, how far they have come, and whether they can be saved."""
        document, row = self.draft.as_written(), translation_in(self.draft, self.language)
        form = kwargs.get("form") or TranslationForm(self.lines_of(self.draft))
        unused = left_over(document, row.texts)
        context = super().get_context_data(**kwargs)
        return {
            **context,
            "form": form,
            "media": form.media,
            "parts": _parts(list(rows(form, labels_of(document, form.lines), kwargs.get("conflicts", {})))),
            "progress": progress(document, row.texts, row.sources),
            "left_over": list(unused.values()),
            "verdict": self.verdict,
            "source_language": self.draft.language,
            "source_name": language_name(self.draft.language),
            "language": self.language,
            "language_name": languages_for(self.draft)[self.language],
            "others": [
                (name, reverse(TRANSLATE, args=[self.form_definition.pk, code]))
                for code, name in languages_for(self.draft).items()
                if code != self.language
            ],
            "edit_url": reverse(EDIT, args=[self.form_definition.pk]),
        }

    def get_page_subtitle(self) -> str:
        """The form's title in its draft."""
        return self.draft.title

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """From the list of forms and the form."""
        name = languages_for(self.draft)[self.language]
        return [
            *self.breadcrumbs_items,
            {"url": reverse(LIST), "label": _("Forms")},
            {"url": reverse(EDIT, args=[self.form_definition.pk]), "label": self.draft.title},
            {"url": "", "label": _("“%(title)s” in %(language)s") % {"title": self.draft.title, "language": name}},
        ]


def _parts(found: list[Row]) -> list[tuple[Row, list[Row]]]:
    """The rows section by section, each with the row it begins with."""
    parts: list[tuple[Row, list[Row]]] = []
    for row in found:
        if row.line.heads in ("FORM", "SECTION") or not parts:
            parts.append((row, []))
        parts[-1][1].append(row)
    return parts


def translate_button(form: FormDefinition, user: Any) -> list[Button]:
    """The button in the list of forms; none for those who may not change a form."""
    # The site's languages only: a query for each row of the list would be too many.
    is_offered = any(code != form.language for code, _name in settings.LANGUAGES)
    if not (is_offered and user.has_perm("mus_workflow.change_formdefinition")):
        return []
    return [
        Button(
            _("Translate"),
            url=reverse(TRANSLATE, args=[form.pk]),
            icon_name="globe",
            priority=25,
            attrs={"aria-label": _("Translate “%(title)s”") % {"title": form.title}},
        )
    ]


def lacking_sentence(found: Progress) -> str:
    """How far a translation has come, in a sentence."""
    if not found.written:
        return _("not translated")
    said = [_("%(written)s of %(total)s texts") % {"written": found.written, "total": found.total}]
    if found.stale:
        said.append(
            ngettext(
                "%(count)s was made from words that have changed",
                "%(count)s were made from words that have changed",
                found.stale,
            )
            % {"count": found.stale}
        )
    return ", ".join(said)


def progress_notes(form: FormDefinition) -> list[dict[str, Mapping[str, Any] | str]]:
    """What the editor's page says of each language: name, sentence, and the address where it is translated."""
    return [
        {
            "name": name,
            "sentence": lacking_sentence(found),
            "url": reverse(TRANSLATE, args=[form.pk, code]) if form.pk else "",
        }
        for code, name, found in progress_by_language(form)
    ]
