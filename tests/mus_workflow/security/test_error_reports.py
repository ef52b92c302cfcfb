"""An error in the auditor's section leaves no reason and no words in Django's reports, whatever the host has set."""

from typing import Any

import pytest
from django.core.signals import got_request_exception
from django.urls import reverse
from django.views.debug import SafeExceptionReporterFilter

from mus_workflow.stages import Stage
from mus_workflow.viewsets import audit_grant_request
from tests.builders import Cast, make_dialogue

pytestmark = pytest.mark.django_db

REASON = "Klagesag nr. 17 om chikane"


def test_the_reason_for_a_grant_is_blanked(cast: Cast, enter, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**kwargs: Any) -> None:
        raise RuntimeError

    told: list[dict[str, Any]] = []

    def report(request: Any, **kwargs: Any) -> None:
        told.append(SafeExceptionReporterFilter().get_post_parameters(request))

    monkeypatch.setattr(audit_grant_request, "request_grant", fail)
    settings.DEBUG = False
    dialogue = make_dialogue(cast, Stage.FOLLOW_UP)
    client = enter(cast.auditor, raise_request_exception=False)
    got_request_exception.connect(report)
    try:
        client.post(
            reverse("mus_audit:grant_request", args=[dialogue.pk]),
            {"reason": REASON, "scope": "AGREEMENT", "days": "3"},
        )
    finally:
        got_request_exception.disconnect(report)
    assert told
    assert all(REASON not in str(value) for one in told for value in one.values())
