"""Mails say that something happened and where to see it; never what."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.template.loader import render_to_string
from django.utils.translation import override

KINDS = [
    "invitation",
    "preparation_shared",
    "talk_broken_off",
    "agreement_presented",
    "agreement_taken_back",
    "signature_receipt",
    "amendment_begun",
    "manager_changed",
    "grant_given",
]
CONTEXT = {
    "url": "https://intranet.example/mus/dialogues/1/?a=1&b=2",
    "organisation": "Egehøj & Omegn",
    "meeting_at": datetime(2026, 3, 31, 9, 0, tzinfo=ZoneInfo("Europe/Copenhagen")),
    "place": "Lokale <2> & 3",
}


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_mail_has_a_subject_in_one_line_and_a_link(kind, language):
    with override(language):
        subject = render_to_string(f"mus_workflow/emails/{kind}_subject.txt", CONTEXT).strip()
        body = render_to_string(f"mus_workflow/emails/{kind}.txt", CONTEXT)
    assert subject
    assert "\n" not in subject
    assert CONTEXT["url"] in body
    assert CONTEXT["organisation"] in body


@pytest.mark.parametrize("kind", KINDS[1:])
def test_only_the_invitation_says_where(kind):
    assert CONTEXT["place"] not in render_to_string(f"mus_workflow/emails/{kind}.txt", CONTEXT)


def test_the_invitation_says_when_and_where_in_plain_characters():
    with override("da"):
        body = render_to_string("mus_workflow/emails/invitation.txt", CONTEXT)
    assert "31. marts 2026" in body
    assert CONTEXT["place"] in body
