"""Trying a form out in its preview: answers are checked and told in words, and nothing is stored anywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from wagtail.snippets.views.snippets import PreviewOnEditView

from mus_workflow.documents.answers import given_ids, worded_sections
from mus_workflow.formbuilder.completeness import missing
from mus_workflow.formbuilder.conditions import Rule
from mus_workflow.formbuilder.fields import Asked, field_name, partial_clean, posted_answers
from mus_workflow.formbuilder.parts import assembled
from mus_workflow.formbuilder.schema import questions
from mus_workflow.formbuilder.shapes import Json, Schema

FILL = "wagtailsnippets_mus_workflow_formdefinition:preview_fill"


@dataclass
class PostedTrial:
    """One person's try: what the preview page sent, or nothing yet."""

    url: str
    data: QueryDict | None = None
    values: dict[str, Json] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)

    def supposed(self, terms: Sequence[Rule]) -> Sequence[Rule]:
        """Those that are ticked; before anything is sent, all of them, so that most of the form is seen."""
        if self.data is None:
            return terms
        ticked = set(self.data.getlist("suppose"))
        return [term for number, term in enumerate(terms) if str(number) in ticked]

    def filled_in(self, schema: Schema) -> tuple[dict[str, Json], dict[str, list[str]]]:
        """The answers, as typed where they are wrong, and the errors."""
        if self.data is None:
            return {}, {}
        posted = posted_answers(schema, self.data)
        self.values, self.errors = partial_clean(schema, posted)
        return {**posted, **self.values}, self.errors

    def told(self, schema: Schema, *, together: bool) -> dict[str, Any]:
        """The address, and once something was sent: what is wrong, what is missing, and the answers in words."""
        if self.data is None:
            return {"trial_url": self.url}
        answers = {key: value for key, value in self.values.items() if value is not None}
        lacking = missing(schema, assembled(schema, answers))
        return {
            "trial_url": self.url,
            "is_tried": True,
            "trial_errors": _with_names(self.errors),
            "trial_missing": [(field_name(one.key), one.sentence) for one in lacking],
            "trial_given": len(given_ids(schema, answers)),
            "trial_asked": len(Asked(schema).questions),
            **_in_words(schema, answers, together=together),
        }


def _with_names(errors: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    return [(field_name(key), sentence) for key, sentences in errors.items() for sentence in sentences]


def _in_words(schema: Schema, answers: Mapping[str, Json], *, together: bool) -> dict[str, Any]:
    """The answers as the other side reads them when they are shared as the form suggests, and those kept back."""
    language = schema["language"]
    private = {one["id"] for one in questions(schema) if one["sharing"] == "PRIVATE" and not together}
    shared = {one["id"] for one in questions(schema)} - private
    return {
        "trial_shared": worded_sections(schema, answers, language=language, only=shared),
        "trial_private": worded_sections(schema, answers, language=language, only=private),
        "is_together": together,
    }


class FormPreviewView(PreviewOnEditView):
    """Wagtail's preview, which can be filled in."""

    def bring_trial(self) -> None:
        """Give the form that is drawn a trial, for the mode that is asked for."""
        asked = {name: self.request.GET[name] for name in ("mode", "in_preview_panel") if name in self.request.GET}
        address = reverse(FILL, args=[self.object.pk])
        self.object.trial = PostedTrial(f"{address}?{urlencode(asked)}" if asked else address, self.posted())

    def posted(self) -> QueryDict | None:
        """What was filled in; nothing on the page as it is opened."""
        return None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page. No cache keeps it."""
        self.bring_trial()
        response = super().get(request, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        return response


@method_decorator([sensitive_post_parameters(), sensitive_variables()], name="dispatch")
class FormPreviewFillView(FormPreviewView):
    """The same page with what was filled in, checked. It reads the draft and writes nothing, not even a session."""

    http_method_names = ("post",)

    def posted(self) -> QueryDict | None:
        """What was filled in."""
        return self.request.POST

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Check it, and show it."""
        return self.get(request, *args, **kwargs)

    def error_response(self) -> HttpResponse:
        """Where Wagtail holds nothing of what stands in the editor, the form is tried as it was saved last."""
        self.object = self.get_object()
        self.bring_trial()
        mode = self.request.GET.get("mode", self.object.default_preview_mode)
        return self.object.make_preview_request(self.request, mode)
