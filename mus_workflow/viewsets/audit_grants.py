"""Asking for permission to read the words of an agreement, and answering another auditor's request."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic.base import BaseListingView, WagtailAdminTemplateMixin

from mus_workflow.actions.give_grant import approve_grant, refuse_grant, request_grant
from mus_workflow.history.opening import open_or_gone
from mus_workflow.history.revisions import in_words
from mus_workflow.models import Grant, Participant, person_name, user_key
from mus_workflow.policies.overview import can_request_grant
from mus_workflow.policies.verdict import Refused

from .audit_columns import AnswerColumn, TimeColumn
from .audit_gate import HISTORY, AuditorOnly


class ReasonForm(forms.Form):
    """Why an auditor needs to read the words."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("The second auditor reads it before answering."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class GrantRequestView(AuditorOnly, WagtailAdminTemplateMixin, FormView):
    """Ask to read the words of one agreement."""

    template_name = "mus_workflow/admin/audit_grant_request.html"
    form_class = ReasonForm
    page_title = gettext_lazy("Ask for a grant")
    header_icon = "key"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Nothing is read before the gate."""
        super().setup(request, *args, **kwargs)
        self.dialogue_id: uuid.UUID = kwargs["dialogue_id"]

    @cached_property
    def agreement(self) -> Any:
        """The agreement that the grant would open."""
        return self.agreement_or_404(self.dialogue_id)

    def form_valid(self, form: ReasonForm) -> HttpResponse:
        """Ask, or say why not."""
        dialogue = self.agreement.dialogue
        try:
            request_grant(
                dialogue_id=dialogue.pk, reason=form.cleaned_data["reason"], by=self.request.user, at=timezone.now()
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, _("You have asked for a grant. It waits for a second auditor."))
        return redirect(HISTORY, dialogue_id=dialogue.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Adds the dialogue and whether asking is possible."""
        dialogue = self.agreement.dialogue
        may_ask = can_request_grant(user=self.request.user, dialogue=dialogue, at=timezone.now())
        return {**super().get_context_data(**kwargs), "dialogue": dialogue, "may_ask": may_ask}

    def get_page_subtitle(self) -> str:
        """The reference of the dialogue."""
        return self.agreement.dialogue.reference

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """From the list of agreements and the history."""
        history = reverse(HISTORY, args=[self.dialogue_id])
        return self.trail((history, self.agreement.dialogue.reference), ("", str(self.page_title)))


class GrantsView(AuditorOnly, BaseListingView):
    """Every request with its answer; a second auditor answers here."""

    page_title = gettext_lazy("Grants")
    header_icon = "key"
    index_url_name = "mus_audit:grants"
    paginate_by = 50
    verbose_name = gettext_lazy("grant")
    verbose_name_plural = gettext_lazy("grants")

    @cached_property
    def columns(self) -> list[Column]:
        """What is told of a request."""
        return [
            TitleColumn(
                "reference",
                label=_("Reference"),
                accessor="dialogue.reference",
                get_url=lambda grant: reverse(HISTORY, args=[grant.dialogue_id]),
            ),
            Column("asked_by", label=_("Asked by")),
            TimeColumn("requested_at", label=_("Asked")),
            Column("reason_text", label=_("Reason")),
            AnswerColumn("answer", label=_("Answer")),
        ]

    def get_base_queryset(self) -> QuerySet[Grant]:
        """All requests, newest first."""
        return Grant.objects.select_related("dialogue", "auditor").order_by("-requested_at", "pk")

    def paginate_queryset(self, queryset: QuerySet[Grant], page_size: int) -> Any:
        """The requests of one page, opened and with names."""
        paginator, page, grants, more = super().paginate_queryset(queryset, page_size)
        page.object_list = grants = list(grants)
        tell_grants(grants, self.request.user)
        return paginator, page, grants, more

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Approve or refuse one request."""
        answer = {"approve": approve_grant, "refuse": refuse_grant}.get(request.POST.get("answer", ""))
        try:
            grant_id = uuid.UUID(request.POST.get("grant", ""))
            if answer is None or not Grant.objects.filter(pk=grant_id).exists():
                raise Http404
            grant = answer(grant_id=grant_id, by=request.user, at=timezone.now())
        except ValueError:
            raise Http404 from None
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            given = _("The grant was given. The employee is told.")
            messages.success(request, given if grant.approved_at else _("The request was refused."))
        return redirect("mus_audit:grants")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """From the list of agreements."""
        return self.trail(("", str(self.page_title)))


def tell_grants(grants: Iterable[Grant], user: Any) -> None:
    """Give each grant its reason in words, names, where it stands, and why the user may not answer it; four queries."""
    grants = list(grants)
    answered_by = get_user_model().objects.in_bulk([grant.approved_by_key for grant in grants if grant.approved_by_key])
    names = {user_key(person): person_name(person) for person in answered_by.values()}
    dialogues = {grant.dialogue_id for grant in grants}
    own = set(Participant.objects.filter(user=user, dialogue__in=dialogues).values_list("dialogue", flat=True))
    for grant, reason in zip(grants, open_or_gone([grant.reason for grant in grants]), strict=True):
        grant.reason_text = in_words(reason)
        grant.asked_by = person_name(grant.auditor) if grant.auditor else grant.auditor_key
        grant.answered_by = names.get(grant.approved_by_key, grant.approved_by_key)
        grant.state = _state(grant)
        grant.why_not = _why_not(grant, user, own)


def _state(grant: Grant) -> str:
    if grant.refused_at:
        return "REFUSED"
    if grant.approved_at is None:
        return "WAITING"
    return "LIVE" if grant.expires_at > timezone.now() else "RAN_OUT"


def _why_not(grant: Grant, user: Any, own: set[uuid.UUID]) -> str:
    if grant.auditor_key == user_key(user):
        return _("A second auditor must answer; nobody approves their own request.")
    if grant.dialogue_id in own:
        return _("You take part in this dialogue, so you cannot audit it.")
    return ""
