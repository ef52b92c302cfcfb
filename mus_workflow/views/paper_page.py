"""A person's own form on paper, for who has no computer at work."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString

from mus_workflow.formbuilder.paper import paper
from mus_workflow.models import Draft

from .framing import form_for, page_frame
from .loading import Seat


def paper_context(request: HttpRequest, seat: Seat, draft: Draft) -> dict[str, Any]:
    """What ``preparation_paper.html`` shows. Nothing that was written is opened."""
    _key, schema = form_for(draft.form_version, seat)
    return {
        **page_frame(request, seat, draft),
        "form_title": schema["title"],
        "form_intro": SafeString(schema["intro"]),  # cleaned when the form was frozen
        "reference": reference_of(seat, draft),
        "paper": paper(schema),
    }


def reference_of(seat: Seat, draft: Draft) -> str:
    """What tells this paper from others: the dialogue's and the form version's first digits, to be read aloud."""
    return f"{seat.participant.pk.hex[:4]}-{seat.dialogue.pk.hex[:4]}-{draft.form_version.digest[:4]}".upper()
