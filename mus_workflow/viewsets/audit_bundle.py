"""The evidence of a random sample of agreements, or of one, as a file for an outsider."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from mus_workflow.actions.take_out_evidence import Taken, take_out_evidence, take_out_words
from mus_workflow.conf import app_settings
from mus_workflow.dashboards import COUNTED_STAGES, ControlTotals, control_totals
from mus_workflow.exports.bundle import Order, bundle, bundle_name
from mus_workflow.history.listing import agreements_for_audit
from mus_workflow.history.sampling import MAX_SEED, Frame, Sample, draw_sample, new_seed, newest_checkpoint
from mus_workflow.models import Agreement, Checkpoint, Grant, Meaning, Unit
from mus_workflow.policies.verdict import Refused
from mus_workflow.responses import note_refusal
from mus_workflow.stages import BEFORE_TALK, Stage
from mus_workflow.throttling import throttle

from .audit_gate import HISTORY, AuditorOnly

BUNDLE = "mus_audit:bundle"
# Drawing reads the ledger of every agreement, and a bundle is long to make: enough for work, and not for a script.
DRAWS = {"most": 30, "seconds": 300}
BUNDLES = {"most": 10, "seconds": 300}


class SampleForm(forms.Form):
    """How many agreements to draw, from which, and with which seed."""

    size = forms.IntegerField()
    seed = forms.CharField(
        label=gettext_lazy("Seed"),
        required=False,
        max_length=MAX_SEED,
        help_text=gettext_lazy("The same seed draws the same agreements again. Leave it empty, and one is made."),
    )
    unit = forms.ModelChoiceField(
        label=gettext_lazy("Unit"),
        queryset=Unit.objects.order_by("path"),
        required=False,
        empty_label=gettext_lazy("All units"),
        help_text=gettext_lazy("With the units below it."),
    )
    year = forms.IntegerField(
        label=gettext_lazy("Year"),
        required=False,
        min_value=2000,
        max_value=2200,
        help_text=gettext_lazy("The year in which the first revision was recorded."),
    )
    stage = forms.MultipleChoiceField(
        label=gettext_lazy("Step"),
        choices=[(stage.value, stage.label) for stage in Stage if stage not in BEFORE_TALK],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Where they stood at the checkpoint."),
    )
    checkpoint = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        most = app_settings.BUNDLE_AGREEMENTS
        self.fields["size"] = forms.IntegerField(
            label=_("How many agreements"),
            min_value=1,
            max_value=most,
            initial=min(25, most),
            error_messages={"max_value": _("At most %(limit_value)s agreements can be taken out at once.")},
        )

    def clean_checkpoint(self) -> int | None:
        """A checkpoint that there is; the field is hidden, so what is wrong with it is said of the whole."""
        number: int | None = self.cleaned_data["checkpoint"]
        if number and not Checkpoint.objects.filter(number=number).exists():
            self.add_error(None, _("There is no such checkpoint."))
        return number

    def frame(self) -> Frame:
        """What is drawn from: as the checkpoint knows it that was drawn by before, or the newest one."""
        given = self.cleaned_data
        checkpoint = given["checkpoint"] or newest_checkpoint()
        stages = tuple(given["stage"])
        return Frame(unit=given["unit"], year=given["year"], stages=stages, checkpoint=checkpoint)


@dataclass(frozen=True)
class Choice:
    """The agreements that a bundle would hold, how they were drawn, and the unit that its totals are of."""

    agreements: list[Agreement]
    sample: Sample | None = None
    unit: Unit | None = None

    @property
    def chains(self) -> tuple[uuid.UUID, ...]:
        """The ids of their dialogues."""
        return tuple(agreement.dialogue_id for agreement in self.agreements)


class Chooses(AuditorOnly):
    """A view that is about a sample, or about the agreement of one dialogue."""

    def choice_of_one(self, text: str) -> Choice:
        """The agreement of the dialogue with this id; 404 where there is none."""
        try:
            dialogue_id = uuid.UUID(text)
        except ValueError:
            raise Http404 from None
        return Choice([self.agreement_or_404(dialogue_id)])

    def choice_by(self, form: SampleForm) -> Choice:
        """The agreements that a valid form draws, in the order they were drawn. Raises Refused and TooOften."""
        throttle("audit-draws", self.request.user, **DRAWS)
        frame, given = form.frame(), form.cleaned_data
        sample = draw_sample(
            user=self.request.user,
            frame=frame,
            seed=given["seed"] or new_seed(),
            size=given["size"],
            most_moves=app_settings.BUNDLE_MOVES,
        )
        found = agreements_for_audit(self.request.user).filter(dialogue__in=sample.drawn)
        by_chain = {agreement.dialogue_id: agreement for agreement in found}
        return Choice([by_chain[chain] for chain in sample.drawn], sample, frame.unit)

    def granted(self, choice: Choice, at: datetime) -> set[uuid.UUID]:
        """The dialogues of a choice whose words the auditor may read now."""
        live = Grant.objects.live(at=at).filter(auditor=self.request.user, dialogue__in=choice.chains)
        return set(live.values_list("dialogue", flat=True))

    def totals(self, choice: Choice) -> ControlTotals:
        """The control totals that belong to a choice."""
        return control_totals(user=self.request.user, unit=choice.unit, today=timezone.localdate())


class BundleView(Chooses, WagtailAdminTemplateMixin, TemplateView):
    """What a bundle would hold, before anything is taken out."""

    template_name = "mus_workflow/admin/audit_bundle.html"
    page_title = gettext_lazy("Evidence bundle")
    header_icon = "download"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form; and once it is sent, what it draws, and the totals."""
        context = super().get_context_data(**kwargs)
        asked: Mapping[str, Any] = self.request.GET
        form = SampleForm(asked if "size" in asked else None)
        if self.choice_of_asked:
            return {**context, **self._told(self.choice_of_asked)}
        if form.is_valid():
            try:
                context |= self._told(self.choice_by(form))
            except Refused as refusal:
                form.add_error(None, str(refusal))
        return {**context, "form": form}

    @cached_property
    def choice_of_asked(self) -> Choice | None:
        """The one dialogue that the address names; None where it names none."""
        asked = self.request.GET.get("dialogue")
        return self.choice_of_one(asked) if asked else None

    def get_page_subtitle(self) -> str:
        """The reference, where the bundle is of one agreement."""
        return self.choice_of_asked.agreements[0].dialogue.reference if self.choice_of_asked else ""

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """From the list of agreements."""
        steps = [("", str(self.page_title))]
        if self.choice_of_asked:
            dialogue = self.choice_of_asked.agreements[0].dialogue
            steps.insert(0, (reverse(HISTORY, args=[dialogue.pk]), dialogue.reference))
        return self.trail(*steps)

    def _told(self, choice: Choice) -> dict[str, Any]:
        granted = self.granted(choice, timezone.now())
        rows = [(agreement.dialogue, agreement.dialogue_id in granted) for agreement in choice.agreements]
        totals = self.totals(choice)
        return {
            "choice": choice,
            "rows": rows,
            "with_words": any(opened for _dialogue, opened in rows),
            "fields": _fields(choice),
            "totals": totals,
            "counts": _counts(totals),
            "checkpoint": newest_checkpoint(),
        }


class BundleFileView(Chooses, View):
    """Take the bundle out: each dialogue is recorded before the first byte leaves."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse | StreamingHttpResponse:
        """Draw again by what the page says, record, and stream."""
        throttle("audit-bundles", request.user, **BUNDLES)
        form, at = SampleForm(request.POST), timezone.now()
        one = request.POST.get("dialogue")
        if not one and not form.is_valid():
            messages.error(request, " ".join([_("Say how many agreements to draw."), *_told_of(form)]))
            return redirect(BUNDLE)
        try:
            choice = self.choice_of_one(one) if one else self.choice_by(form)
            taken = self._taken(choice, at)
        except Refused as refusal:
            note_refusal(self.request, "refused")
            messages.error(self.request, str(refusal))
            return redirect(BUNDLE)
        return self._sent(choice, taken, at)

    def _sent(self, choice: Choice, taken: list[Taken], at: datetime) -> StreamingHttpResponse:
        order = Order(
            chains=choice.chains,
            totals=self.totals(choice),
            totals_of=choice.unit.name if choice.unit else "",
            by=self.request.user,
            at=at,
            sample=choice.sample,
        )
        headers = {
            "Content-Disposition": f'attachment; filename="{bundle_name(at)}"',
            "X-Content-Type-Options": "nosniff",
        }
        return StreamingHttpResponse(bundle(order, taken), content_type="application/zip", headers=headers)

    def _taken(self, choice: Choice, at: datetime) -> list[Taken]:
        granted = self.granted(choice, at)
        return [
            (take_out_words if chain in granted else take_out_evidence)(
                dialogue_id=chain, auth_method="", by=self.request.user, at=at
            )
            for chain in choice.chains
        ]


def _told_of(form: SampleForm) -> list[str]:
    """What is wrong with how many were asked for, and with the whole."""
    too_many = form.errors.get("size", []) if form.data.get("size") else []
    return [str(error) for error in (*too_many, *form.non_field_errors())]


def _fields(choice: Choice) -> list[tuple[str, Any]]:
    """What the button sends, so that the file holds what the page shows."""
    sample = choice.sample
    if sample is None:
        return [("dialogue", choice.chains[0])]
    frame = sample.frame
    one = {"size": sample.size, "seed": sample.seed, "unit": frame.unit.pk if frame.unit else ""}
    one |= {"year": frame.year or "", "checkpoint": frame.checkpoint or ""}
    return [*one.items(), *(("stage", stage) for stage in frame.stages)]


def _counts(totals: ControlTotals) -> list[tuple[str, int | None]]:
    """The totals in words, for a table."""
    total = totals.total
    stages = zip(COUNTED_STAGES, total.stages, strict=True)
    return [
        (_("Employees"), total.employees),
        *((str(stage.label), count) for stage, count in stages),
        (_("Overdue"), total.overdue),
        (_("Held in the last 12 months"), total.held),
        (_("Ended without a talk"), total.not_held),
        (_("Dialogues ever"), totals.dialogues),
        (_("Agreements ever"), totals.agreements),
        (_("Agreements in force"), totals.in_force),
        (_("Revisions"), totals.revisions),
        *(
            (_("Signatures: %(meaning)s") % {"meaning": Meaning(meaning).label}, count)
            for meaning, count in totals.signatures.items()
        ),
        (_("Entries in the ledger"), totals.entries),
    ]
