"""Keeping dialogues from being erased: which ones, why, since when; placing a hold and lifting it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

import django_filters
from django import forms
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.base import ViewSet

from mus_workflow.actions.legal_hold import lift_hold, place_hold
from mus_workflow.history.opening import open_or_gone
from mus_workflow.history.revisions import in_words
from mus_workflow.models import Dialogue, LegalHold, Participant, person_name, user_key
from mus_workflow.policies.holds import OWN_DIALOGUE, may_hold
from mus_workflow.policies.verdict import Refused
from mus_workflow.responses import note_refusal

from .audit_columns import HoldColumn, TimeColumn
from .audit_gate import AuditorOnly
from .keyset_listing import KeysetListing

HOLDS = "mus_holds:index"
STANDING, LIFTED = "STANDING", "LIFTED"


class HoldForm(forms.Form):
    """Which dialogue is to be kept, and why."""

    reference = forms.CharField(
        label=gettext_lazy("Reference"),
        help_text=gettext_lazy("Such as MUS-7FK2-QW9H. It stands on the pages of the dialogue."),
        max_length=16,
    )
    reason = forms.CharField(
        label=gettext_lazy("Why it must be kept"),
        help_text=gettext_lazy(
            "It is sealed, for those who decide on holds. Those who take part see that there is a hold, and not why."
        ),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_reference(self) -> Dialogue:
        """The dialogue with this reference."""
        reference = self.cleaned_data["reference"].strip().upper()
        found = Dialogue.objects.filter(reference=reference).first()
        if found is None:
            raise forms.ValidationError(_("There is no dialogue with this reference."))
        return found


class HoldFilterSet(WagtailFilterSet):
    """By whether it still holds."""

    state = django_filters.ChoiceFilter(
        choices=[(STANDING, gettext_lazy("Kept")), (LIFTED, gettext_lazy("Lifted"))],
        label=gettext_lazy("Hold"),
        method="in_state",
    )

    class Meta:
        model = LegalHold
        fields: list[str] = []

    def in_state(self, queryset: Any, name: str, value: str) -> QuerySet[LegalHold]:
        """Those that stand, or those that were lifted."""
        return queryset.standing() if value == STANDING else queryset.filter(lifted_at__isnull=False)


class HoldsView(AuditorOnly, KeysetListing):
    """Every hold, and the form that places one. It leads to no dialogue and shows no word of one."""

    template_name = "mus_workflow/admin/audit_holds.html"
    page_title = gettext_lazy("Holds")
    header_icon = "lock"
    index_url_name = HOLDS
    index_results_url_name = "mus_holds:index_results"
    filterset_class = HoldFilterSet
    paginate_by = 50
    default_ordering = "-placed_at"
    orders = {"placed_at": ("placed_at", "id")}
    verbose_name = gettext_lazy("legal hold")
    verbose_name_plural = gettext_lazy("legal holds")
    form: HoldForm | None = None

    def exists_for(self, user: Any) -> bool:
        """Whether the page exists for this person."""
        return may_hold(user)

    @cached_property
    def columns(self) -> list[Column]:
        """What is told of a hold."""
        return [
            Column("reference", label=_("Reference"), accessor="dialogue.reference"),
            TimeColumn("placed_at", label=_("Since"), sort_key="placed_at"),
            Column("placed_by", label=_("Placed by")),
            Column("reason_text", label=_("Reason")),
            HoldColumn("state", label=_("Hold")),
        ]

    def get_base_queryset(self) -> QuerySet[LegalHold]:
        """All holds."""
        return LegalHold.objects.select_related("dialogue")

    def paginate_queryset(self, queryset: QuerySet[LegalHold], page_size: int) -> Any:
        """The holds of one page, with their reasons opened and with names."""
        paginator, page, holds, more = super().paginate_queryset(queryset, page_size)
        tell_holds(holds, self.request.user)
        return paginator, page, holds, more

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Adds the form."""
        return {**super().get_context_data(*args, **kwargs), "form": self.form or HoldForm()}

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Nothing lies above this page that everybody here may see."""
        return [*self.breadcrumbs_items, {"url": "", "label": str(self.page_title)}]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Place a hold, or lift one."""
        if "hold" in request.POST:
            return self._lift(request.POST["hold"])
        self.form = HoldForm(request.POST)
        if self.form.is_valid():
            dialogue, reason = self.form.cleaned_data["reference"], self.form.cleaned_data["reason"]
            try:
                place_hold(dialogue_id=dialogue.pk, reason=reason, by=request.user, at=timezone.now())
            except Refused as refusal:
                note_refusal(request, "refused")
                self.form.add_error(None, str(refusal))
            else:
                said = _("%(reference)s is kept until the hold is lifted.") % {"reference": dialogue.reference}
                messages.success(request, said)
                return redirect(HOLDS)
        return self.get(request, *args, **kwargs)

    def _lift(self, text: str) -> HttpResponse:
        try:
            hold = LegalHold.objects.select_related("dialogue").get(pk=uuid.UUID(text))
        except (ValueError, LegalHold.DoesNotExist):
            raise Http404 from None
        try:
            lift_hold(hold_id=hold.pk, by=self.request.user, at=timezone.now())
        except Refused as refusal:
            note_refusal(self.request, "refused")
            messages.error(self.request, str(refusal))
        else:
            said = _("The hold on %(reference)s is lifted. What is due is erased the next time the rules are run.")
            messages.success(self.request, said % {"reference": hold.dialogue.reference})
        return redirect(HOLDS)


class HoldsMenuItem(MenuItem):
    """Shown to those who decide on holds."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether this person does."""
        return may_hold(request.user)


class HoldsViewSet(ViewSet):
    """Holds have an address of their own: who decides on them need not be an auditor."""

    name = "mus_holds"
    url_prefix = "mus/holds"
    url_namespace = "mus_holds"
    icon = "lock"
    menu_label = gettext_lazy("Holds")
    menu_name = "mus-holds"
    menu_order = 40
    menu_item_class = HoldsMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        """The page, and its rows alone."""
        return [
            path("", self.construct_view(HoldsView), name="index"),
            path("results/", self.construct_view(HoldsView, results_only=True), name="index_results"),
        ]


def tell_holds(holds: Iterable[LegalHold], user: Any) -> None:
    """Give each hold its reason in words, names, and why the user may not lift it; three queries."""
    holds = list(holds)
    keys = {key for hold in holds for key in (hold.placed_by_key, hold.lifted_by_key) if key}
    people = get_user_model()._default_manager.in_bulk(list(keys))
    names = {user_key(person): person_name(person) for person in people.values()}
    dialogues = [hold.dialogue_id for hold in holds]
    own = set(Participant.objects.filter(user=user, dialogue__in=dialogues).values_list("dialogue", flat=True))
    for hold, reason in zip(holds, open_or_gone([hold.reason for hold in holds]), strict=True):
        hold.reason_text = in_words(reason)
        hold.placed_by = names.get(hold.placed_by_key, hold.placed_by_key)
        hold.lifted_by = names.get(hold.lifted_by_key, hold.lifted_by_key)
        hold.why_not = OWN_DIALOGUE if hold.dialogue_id in own else ""
