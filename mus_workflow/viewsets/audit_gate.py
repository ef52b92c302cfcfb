"""What stands before every page of the auditor's section."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from mus_workflow.actions.record_reading import NotRecorded, record_reading
from mus_workflow.history.listing import agreements_for_audit
from mus_workflow.history.opening import LockedAway
from mus_workflow.models import Agreement, ReadingPurpose
from mus_workflow.policies.overview import answers_grants, is_auditor
from mus_workflow.responses import answer_too_often, answer_without_key, note_refusal, private
from mus_workflow.sealing import MasterKeyError
from mus_workflow.throttling import TooOften
from mus_workflow.who_acts import acting_in

INDEX = "mus_audit:index"
HISTORY = "mus_audit:history"
AUDITOR = "AUDITOR"


# An action's transaction begins with a write; ATOMIC_REQUESTS would begin it with a read.
@method_decorator(transaction.non_atomic_requests, name="dispatch")
# Below it run reasons and, under a grant, words: no error report may hold them.
@method_decorator([sensitive_post_parameters(), sensitive_variables()], name="dispatch")
class AuditorOnly:
    """A view that exists for auditors only, and is kept by no cache."""

    request: HttpRequest
    page_title = ""
    breadcrumbs_items: list[dict[str, Any]] = []

    def exists_for(self, user: Any) -> bool:
        """Whether the page exists for this person."""
        return is_auditor(user)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """404 for everybody else, the superuser too; 503 for what cannot be opened, or recorded as opened.

        429 for what was asked for too often.
        """
        try:
            with acting_in(request):
                if not self.exists_for(request.user):
                    raise Http404
                response = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        except Http404:
            note_refusal(request, "not there")
            # LocaleMiddleware would send them on to an address with the language in it, where nothing is either; asked
            # of the plugin's own addresses alone, it lets the 404 stand.
            request.urlconf = "mus_workflow.urls"
            raise
        except TooOften as wait:
            response = answer_too_often(request, wait)
        except (LockedAway, MasterKeyError) as error:
            response = answer_without_key(request, error)
        except NotRecorded:
            response = render(request, "mus_workflow/error.html", {"is_unrecorded": True}, status=503)
        return private(response)

    def agreement_or_404(self, dialogue_id: uuid.UUID) -> Agreement:
        """The agreement of a dialogue, with its metadata."""
        return get_object_or_404(agreements_for_audit(self.request.user), dialogue=dialogue_id)

    def record(self, agreement: Agreement, purpose: ReadingPurpose) -> None:
        """Record the opening. What cannot be recorded is not shown: NotRecorded ends the request."""
        record_reading(
            dialogue=agreement.dialogue, reader=self.request.user, role=AUDITOR, purpose=purpose, at=timezone.now()
        )

    def trail(self, *steps: tuple[str, str]) -> list[dict[str, Any]]:
        """Breadcrumbs from the list of agreements to here. The last step has no address, and says what it is about."""
        start = [*self.breadcrumbs_items, {"url": reverse(INDEX), "label": _("Agreements")}]
        crumbs: list[dict[str, Any]] = [*start, *({"url": url, "label": label} for url, label in steps)]
        about = self.get_page_subtitle()  # type: ignore[attr-defined]
        return [*crumbs[:-1], crumbs[-1] if crumbs[-1]["label"] == about else {**crumbs[-1], "sublabel": about}]


class ApproverOnly(AuditorOnly):
    """A view that exists for those who answer an auditor's requests: other auditors, the data protection officer."""

    def exists_for(self, user: Any) -> bool:
        """Whether the page exists for this person."""
        return answers_grants(user)
