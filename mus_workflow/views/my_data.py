"""Everything MUS holds about the person who asks, as an archive to take home."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from mus_workflow.actions.export_my_data import export_my_data
from mus_workflow.exports.pdf import why_not
from mus_workflow.exports.subject_access.collected import archive_of
from mus_workflow.models import Participant, rules_of
from mus_workflow.throttling import throttle

from .gate import author_token, personal_page
from .impersonation import for_oneself

# Making it opens and sets every text of a person: once a minute is enough for anybody.
ONCE_A_MINUTE = {"most": 1, "seconds": 60}


@personal_page("GET", "POST")
@for_oneself
def my_data(request: HttpRequest) -> HttpResponse:
    """What is in it and whom to ask; a POST gives the archive, made in memory."""
    if request.method == "GET":
        context = {
            "breadcrumbs": [(_("My MUS"), reverse("mus_workflow:my_mus"))],
            "author_token": author_token(request),
            "why_no_pdf": why_not(),
            "contact_text": _contact(request.user),
        }
        return render(request, "mus_workflow/my_data.html", context)
    throttle("my-data", request.user, **ONCE_A_MINUTE)
    now = timezone.now()
    archive = archive_of(request.user, at=now)
    export_my_data(by=request.user, at=now, sha256=archive.sha256)
    response = HttpResponse(archive.content, content_type="application/zip")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=archive.name)
    return response


def _contact(user: Any) -> SafeString:
    """Whom to ask, as the concept of the person's newest dialogue says it; empty without one."""
    newest = Participant.objects.present().filter(user=user).order_by("-dialogue__created_at")
    concept = newest.values_list("dialogue__concept_version", flat=True).first()
    return SafeString(rules_of(concept)["contact_text"] if concept else "")  # cleaned when the concept was frozen
