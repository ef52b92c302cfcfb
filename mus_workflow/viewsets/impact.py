"""What a new version of a form changes for dialogues under way: the report, and a choice for each change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.mixins import HookResponseMixin

from mus_workflow.actions.decide_moves import decide_moves, plan_moves, planned_choices, version_before
from mus_workflow.actions.publish_form import compile_definition, newest_version
from mus_workflow.documents.word_difference import Piece, word_difference
from mus_workflow.formbuilder.bridging import CannotGoTogether
from mus_workflow.formbuilder.compiler import CompileError
from mus_workflow.formbuilder.impact import Change, Choice, Kind, impact
from mus_workflow.formbuilder.impact_words import KINDS, differences
from mus_workflow.formbuilder.schema import digest
from mus_workflow.formbuilder.shapes import Schema
from mus_workflow.models import FormDefinition, FormMove, FormVersion
from mus_workflow.policies.forms import can_publish_form
from mus_workflow.policies.verdict import Refused

from .impact_counts import Touched, touched_by

IMPACT = "wagtailsnippets_mus_workflow_formdefinition:impact"
CHOICES: dict[Choice, Promise] = {
    Choice.STAY: gettext_lazy("They keep it as it was"),
    Choice.MOVE: gettext_lazy("They get the change when they are next opened"),
    Choice.CONFIRM: gettext_lazy("They get it, and the author says whether the answer still stands"),
}


@dataclass(frozen=True)
class Row:
    """One change as the page shows it."""

    change: Change
    kind: Promise
    differences: list[tuple[str, tuple[Piece, ...]]]
    touched: Touched
    offered: list[tuple[str, Promise]]
    chosen: str
    is_in_the_way: bool = False


@dataclass(frozen=True)
class Report:
    """Two documents to compare. ``version`` is the newer one where it is published already; None for a draft."""

    old: Schema
    new: Schema
    version: FormVersion | None
    chosen: Mapping[str, str]

    @cached_property
    def changes(self) -> list[Change]:
        """What the newer one changes."""
        return impact(self.old, self.new)


def changes_what_people_meet(form: FormDefinition) -> bool:
    """Whether publishing the form as it stands would freeze a version after another one."""
    newest = newest_version(form)
    try:
        return newest is not None and digest(form.compiled()) != newest.digest
    except CompileError:
        return False


class ImpactView(HookResponseMixin, WagtailAdminTemplateMixin, TemplateView):
    """The report on a draft, from which it is published, or on the newest version, for what was not decided yet."""

    template_name = "mus_workflow/admin/impact.html"
    page_title = gettext_lazy("What this changes for dialogues under way")
    header_icon = "form"
    edit_url_name = ""
    index_url_name = ""
    in_the_way: frozenset[str] = frozenset()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """For those who may publish forms. Wagtail's own check lets everybody in where a view has no policy."""
        if not can_publish_form(user=request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def form(self) -> FormDefinition:
        """The form that the report is about. The permission is for all of them."""
        return get_object_or_404(FormDefinition, pk=self.kwargs["pk"])

    @cached_property
    def report(self) -> Report | None:
        """The draft against the newest version; otherwise that one against the one before. None: nothing to compare."""
        newest = newest_version(self.form)
        if newest is None:
            return None
        draft = self.form.get_latest_revision_as_object()
        if "newest" not in self.request.GET and changes_what_people_meet(draft):
            new = draft.compiled()
            return Report(newest.schema, new, None, planned_choices(self.form, new))
        before = version_before(newest)
        return Report(before.schema, newest.schema, newest, _decided(before)) if before else None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Adds the changes, or that there are none."""
        report = self.report
        rows = self._rows(report) if report else []
        return {
            **super().get_context_data(**kwargs),
            "form": self.form,
            "rows": rows,
            "is_draft": bool(report and report.version is None),
            "digest": digest(report.new) if report else "",
            "language": report.new["language"] if report else "",
            "edit_url": self._edit_url(),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Keep the choices; publish the draft with them where that is asked for."""
        report = self.report
        if report is None or request.POST.get("digest") != digest(report.new):
            messages.warning(request, _("The form has changed since this page was shown. Look once more."))
            return redirect(request.get_full_path())
        try:
            return self._carry_out(report, self._posted(report))
        except CannotGoTogether as clash:
            self.in_the_way = frozenset(change.key for change in clash.changes)
            messages.error(
                request,
                _("The changes that are marked cannot be chosen like this: %(reason)s") % {"reason": clash.reason},
            )
        except (Refused, CompileError) as refusal:
            messages.error(request, str(refusal))
        return self.render_to_response(self.get_context_data())

    def _posted(self, report: Report) -> dict[str, str]:
        return {one.key: self.request.POST.get(f"choice_{one.key}", str(one.suggested)) for one in report.changes}

    def _carry_out(self, report: Report, choices: dict[str, str]) -> HttpResponse:
        given: dict[str, Any] = {"choices": choices, "by": self.request.user, "at": timezone.now()}
        if report.version is not None:
            decide_moves(version=report.version, **given)
            messages.success(self.request, _("Decided. Dialogues under way follow when they are next opened."))
            return redirect(self._edit_url())
        plan_moves(form=self.form, schema=report.new, **given)
        if "action-publish" in self.request.POST:
            return self._publish()
        messages.success(self.request, _("Your choices are kept, and count when this draft is published."))
        return redirect(self._edit_url())

    def _publish(self) -> HttpResponse:
        lock = self.form.get_lock()
        if lock and lock.for_user(self.request.user):
            raise Refused(_("The form is locked, so it cannot be published now."))
        draft = self.form.get_latest_revision_as_object()
        compile_definition(draft)
        if response := self.run_hook("before_publish", self.request, draft):
            return response
        self.form.latest_revision.publish(user=self.request.user, skip_permission_checks=True)
        if response := self.run_hook("after_publish", self.request, draft):
            return response
        newest = newest_version(self.form)
        said = _("Version %(number)s was frozen. New dialogues use it; dialogues under way do as you chose.")
        messages.success(self.request, said % {"number": newest.number if newest else 0})
        return redirect(reverse(self.index_url_name))

    def _rows(self, report: Report) -> list[Row]:
        touched = touched_by(self.form, report.changes, report.new)
        chosen = self._posted(report) if self.request.method == "POST" else report.chosen
        return [self._row(report, one, touched[one.key], chosen.get(one.key, "")) for one in report.changes]

    def _row(self, report: Report, change: Change, touched: Touched, chosen: str) -> Row:
        told = [(one.name, word_difference(one.old, one.new)) for one in differences(change, report.old, report.new)]
        return Row(
            change=change,
            kind=KINDS[change.kind],
            differences=[] if change.kind is Kind.ORDER else told,
            touched=touched,
            offered=[(str(one), CHOICES[one]) for one in change.offered],
            chosen=chosen if chosen in change.offered else str(_start(report, change)),
            is_in_the_way=change.key in self.in_the_way,
        )

    def _edit_url(self) -> str:
        return reverse(self.edit_url_name, args=[self.form.pk])

    def get_page_subtitle(self) -> str:
        """The form."""
        return self.form.title

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """From the list of forms and the form."""
        return [
            *self.breadcrumbs_items,
            {"url": reverse(self.index_url_name), "label": _("Forms")},
            {"url": self._edit_url(), "label": self.form.title},
            {"url": "", "label": str(self.page_title)},
        ]


def _start(report: Report, change: Change) -> Choice:
    """What is chosen before the editor chooses; for a version that is out already, what happens anyway."""
    return change.suggested if report.version is None else Choice.STAY


def _decided(before: FormVersion) -> Mapping[str, str]:
    newest = FormMove.objects.filter(from_version=before).order_by("-pk").first()
    return newest.choices if newest else {}
