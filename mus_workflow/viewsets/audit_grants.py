"""Requests for permission to read words: answering them, and ending what was given."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

import django_filters
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn

from mus_workflow.actions.give_grant import approve_grant, end_grant, refuse_grant
from mus_workflow.history.opening import open_or_gone
from mus_workflow.history.revisions import in_words
from mus_workflow.models import Grant, Participant, person_name, user_key
from mus_workflow.policies.overview import is_auditor
from mus_workflow.policies.verdict import Refused
from mus_workflow.responses import note_refusal

from .audit_columns import AnswerColumn, TimeColumn
from .audit_gate import HISTORY, ApproverOnly
from .keyset_listing import KeysetListing

GRANTS = "mus_audit:grants"
WAITING, LIVE, RAN_OUT, ENDED, REFUSED = "WAITING", "LIVE", "RAN_OUT", "ENDED", "REFUSED"
STATES = [
    (WAITING, gettext_lazy("Waiting")),
    (LIVE, pgettext_lazy("grant", "Live")),
    ("OVER", gettext_lazy("Over or refused")),
]


class GrantFilterSet(WagtailFilterSet):
    """By how a request stands."""

    state = django_filters.ChoiceFilter(choices=STATES, label=gettext_lazy("Answer"), method="in_state")

    class Meta:
        model = Grant
        fields: list[str] = []

    def in_state(self, queryset: Any, name: str, value: str) -> QuerySet[Grant]:
        """Those that wait, open something now, or are over."""
        now = timezone.now()
        if value == WAITING:
            return queryset.waiting()
        if value == LIVE:
            return queryset.live(at=now)
        return queryset.filter(Q(refused_at__isnull=False) | Q(ended_at__isnull=False) | Q(expires_at__lte=now))


class GrantsView(ApproverOnly, KeysetListing):
    """Every request with its answer; a second person answers here. It leads to no agreement but for auditors."""

    page_title = gettext_lazy("Grants")
    header_icon = "key"
    index_url_name = GRANTS
    index_results_url_name = "mus_audit:grants_results"
    filterset_class = GrantFilterSet
    paginate_by = 50
    default_ordering = "-requested_at"
    orders = {"requested_at": ("requested_at", "id")}
    verbose_name = gettext_lazy("grant")
    verbose_name_plural = gettext_lazy("grants")

    @cached_property
    def columns(self) -> list[Column]:
        """What is told of a request: to the data protection officer no more than what the answer needs."""
        return [
            TitleColumn("reference", label=_("Reference"), accessor="dialogue.reference", get_url=self._history),
            Column("asked_by", label=_("Asked by")),
            TimeColumn("requested_at", label=_("Asked"), sort_key="requested_at"),
            Column("reason_text", label=_("Reason")),
            Column("scope", label=_("What may be read"), accessor="get_scope_display"),
            Column("days", label=_("Days")),
            AnswerColumn("answer", label=_("Answer")),
        ]

    def get_base_queryset(self) -> QuerySet[Grant]:
        """All requests."""
        return Grant.objects.select_related("dialogue", "auditor")

    def paginate_queryset(self, queryset: QuerySet[Grant], page_size: int) -> Any:
        """The requests of one page, opened and with names."""
        paginator, page, grants, more = super().paginate_queryset(queryset, page_size)
        tell_grants(grants, self.request.user)
        return paginator, page, grants, more

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Approve, refuse or end one."""
        answers = {
            "approve": (approve_grant, _("The grant was given. The employee is told.")),
            "refuse": (refuse_grant, _("The request was refused.")),
            "end": (end_grant, _("The grant was ended. It opens nothing any more.")),
        }
        try:
            grant_id = uuid.UUID(request.POST.get("grant", ""))
            action, said = answers[request.POST.get("answer", "")]
        except (ValueError, KeyError):
            raise Http404 from None
        if not Grant.objects.filter(pk=grant_id).exists():
            raise Http404
        try:
            action(grant_id=grant_id, by=request.user, at=timezone.now())
        except Refused as refusal:
            note_refusal(request, "refused")
            messages.error(request, str(refusal))
        else:
            messages.success(request, said)
        return redirect(GRANTS)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """From the list of agreements, for those who have one."""
        here = ("", str(self.page_title))
        if is_auditor(self.request.user):
            return self.trail(here)
        return [*self.breadcrumbs_items, {"url": "", "label": here[1]}]

    def _history(self, grant: Grant) -> str | None:
        return reverse(HISTORY, args=[grant.dialogue_id]) if is_auditor(self.request.user) else None


def tell_grants(grants: Iterable[Grant], user: Any) -> None:
    """Give each grant its reason in words, names, where it stands, and why the user may not answer it; four queries."""
    grants = list(grants)
    keys = {key for grant in grants for key in (grant.approved_by_key, grant.ended_by_key) if key}
    names = {user_key(person): person_name(person) for person in get_user_model().objects.in_bulk(keys).values()}
    dialogues = {grant.dialogue_id for grant in grants}
    own = set(Participant.objects.filter(user=user, dialogue__in=dialogues).values_list("dialogue", flat=True))
    for grant, reason in zip(grants, open_or_gone([grant.reason for grant in grants]), strict=True):
        grant.reason_text = in_words(reason)
        grant.asked_by = person_name(grant.auditor) if grant.auditor else grant.auditor_key
        grant.answered_by = names.get(grant.approved_by_key, grant.approved_by_key)
        grant.was_ended_by = names.get(grant.ended_by_key, grant.ended_by_key)
        grant.state = state_of(grant)
        grant.is_own = grant.auditor_key == user_key(user)
        grant.why_not = _why_not(grant, own)


def state_of(grant: Grant) -> str:
    """How a request stands now."""
    if grant.refused_at:
        return REFUSED
    if grant.approved_at is None or grant.expires_at is None:
        return WAITING
    if grant.ended_at:
        return ENDED
    return LIVE if grant.expires_at > timezone.now() else RAN_OUT


def _why_not(grant: Any, own: set[uuid.UUID]) -> str:
    if grant.is_own and grant.state == WAITING:
        return _("A second person must answer; nobody approves their own request.")
    if grant.dialogue_id in own and not grant.is_own:
        return _("You take part in this dialogue, so you cannot audit it.")
    return ""
