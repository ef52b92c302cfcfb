"""The certificate of a signed revision, as a file."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from mus_workflow.exports.certificate import certificate_of
from mus_workflow.exports.pdf import NoPdf
from mus_workflow.policies.verdict import Refused
from mus_workflow.throttling import throttle

from .gate import personal_page
from .loading import seat_or_404
from .revisions import certifiable, record_or_404

# It checks the whole dialogue and sets a PDF. Enough for a manager who takes out those of a unit, and no more.
SOME_IN_FIVE_MINUTES = {"most": 20, "seconds": 300}


@personal_page("GET")
def agreement_certificate(request: HttpRequest, dialogue_id: uuid.UUID, revision: int) -> HttpResponse:
    """The PDF as a download; where none can be made, the same words as a page to print."""
    seat = seat_or_404(request, dialogue_id)
    record = record_or_404(request, seat, revision)
    shown = record.numbered(revision)
    certifiable(seat, shown).or_refuse()
    if shown.erased or shown.presentation is None:
        raise Refused(_("The text of this revision has been erased, so no certificate can be made of it."))
    throttle("certificate", request.user, **SOME_IN_FIVE_MINUTES)
    certificate = certificate_of(shown.presentation, at=timezone.now())
    try:
        content = certificate.pdf()
    except NoPdf as reason:
        return HttpResponse(certificate.page(str(reason)))
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=certificate.name)
    return response
