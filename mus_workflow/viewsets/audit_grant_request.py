"""Asking for permission to read the words of an agreement."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from mus_workflow.actions.give_grant import request_grant
from mus_workflow.conf import app_settings
from mus_workflow.models import GrantScope
from mus_workflow.policies.overview import can_request_grant
from mus_workflow.policies.verdict import Refused
from mus_workflow.responses import note_refusal

from .audit_gate import HISTORY, AuditorOnly


class GrantRequestForm(forms.Form):
    """Why an auditor needs to read the words, which of them, and for how long."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("The second person reads it before answering. It is kept sealed."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    scope = forms.ChoiceField(
        label=gettext_lazy("What may be read"),
        choices=GrantScope.choices,
        initial=GrantScope.AGREEMENT.value,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Ask for no more than you need."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        most = app_settings.GRANT_DAYS
        self.fields["days"] = forms.IntegerField(
            label=_("Days, from the approval"),
            help_text=_("At most %(most)s. It can be ended before its time.") % {"most": most},
            min_value=1,
            max_value=most,
            initial=most,
        )


class GrantRequestView(AuditorOnly, WagtailAdminTemplateMixin, FormView):
    """Ask to read the words of one agreement."""

    template_name = "mus_workflow/admin/audit_grant_request.html"
    form_class = GrantRequestForm
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

    def get_initial(self) -> dict[str, Any]:
        """What a link to this page asks for."""
        scope = self.request.GET.get("scope", "")
        return {"scope": scope} if scope in GrantScope.values else {}

    def form_valid(self, form: GrantRequestForm) -> HttpResponse:
        """Ask, or say why not."""
        dialogue = self.agreement.dialogue
        try:
            request_grant(dialogue_id=dialogue.pk, **form.cleaned_data, by=self.request.user, at=timezone.now())
        except Refused as refusal:
            note_refusal(self.request, "refused")
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, _("You have asked for a grant. It waits for a second person."))
        return redirect(HISTORY, dialogue_id=dialogue.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Adds the dialogue and whether asking is possible."""
        dialogue = self.agreement.dialogue
        may_ask = can_request_grant(
            user=self.request.user, dialogue=dialogue, at=timezone.now(), scope=GrantScope.COURSE
        )
        return {**super().get_context_data(**kwargs), "dialogue": dialogue, "may_ask": may_ask}

    def get_page_subtitle(self) -> str:
        """The reference of the dialogue."""
        return self.agreement.dialogue.reference

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """From the list of agreements and the history."""
        history = reverse(HISTORY, args=[self.dialogue_id])
        return self.trail((history, self.agreement.dialogue.reference), ("", str(self.page_title)))
