"""The certificate: what it says, to whom it is given, and when it is refused."""

from __future__ import annotations

import json
import sys
import uuid
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from mus_workflow.actions.amend_agreement import amend_agreement
from mus_workflow.actions.sign_agreement import sign_agreement
from mus_workflow.actions.write_revision import present_agreement, save_revision
from mus_workflow.evidence import Header, link_hash
from mus_workflow.evidence.verify_certificate import WRONG, Check
from mus_workflow.exports import pdf as pdf_module
from mus_workflow.exports.certificate import Certificate, certificate_of
from mus_workflow.exports.seal import seal_key
from mus_workflow.models import Artefact, ChainHead, DataKey, Dialogue, LedgerEntry, Meaning, Presentation, Reading
from mus_workflow.policies.certificates import can_certify
from mus_workflow.policies.verdict import Refused
from tests.builders import ITEM, Cast, change_manager, sign_by_both, write_agreement
from tests.ledger import tear_down_the_wall
from tests.mus_workflow.exports.reading import opened, tags_of, text_of
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db


def address(dialogue: Dialogue, revision: int = 1) -> str:
    return reverse("mus_workflow:agreement_certificate", args=[dialogue.pk, revision])


def test_it_says_what_was_signed_by_whom_when_and_how(signed_dialogue: Dialogue, pdf: bytes) -> None:
    said = text_of(pdf)
    presentation = Presentation.objects.get(agreement__dialogue=signed_dialogue)
    for words in (
        signed_dialogue.reference,
        "Vi satser på formidling.",
        "Kursus i formidling",
        "Emma Lund (Medarbejder)",
        "Mikkel Holm (Leder)",
        "Jeg er enig",
        "2026-03-08 08:00:00 UTC",
        "8. marts 2026 kl. 09.00",
        "Vi mangler at tale om løn.",
    ):
        assert words in said
    # Where each thing stands in the evidence, in full.
    form = signed_dialogue.forms.get(purpose="AGREEMENT").form_version
    for number in (presentation.document_sha256, form.digest, str(signed_dialogue.pk)):
        assert number in said
    for entry in LedgerEntry.objects.filter(chain=signed_dialogue.pk, event__in=["PRESENTED", "SIGNED"]):
        assert bytes(entry.hash).hex() in said


def test_it_can_be_read_aloud_in_the_language_of_the_agreement(pdf: bytes, certificate: Certificate) -> None:
    root = opened(pdf).trailer["/Root"]
    assert root["/Lang"] == "da"
    assert root["/MarkInfo"]["/Marked"]
    assert certificate.name.removesuffix("-1.pdf") in opened(pdf).metadata.title
    tags = tags_of(pdf)
    assert tags.count("/H1") == 1
    assert {"/H2", "/H3", "/Table", "/Caption", "/TH", "/L"} <= set(tags)


def test_the_same_moment_gives_the_same_file(signed_dialogue: Dialogue, pdf: bytes) -> None:
    presentation = Presentation.objects.get(agreement__dialogue=signed_dialogue)
    assert certificate_of(presentation, at=NOW).pdf() == pdf


def test_of_other_entries_only_the_headers_are_in_it(certificate: Certificate) -> None:
    told = json.loads(certificate.evidence)
    opened_events = [entry["header"]["event"] for entry in told["entries"] if "payload" in entry]
    assert opened_events == ["PRESENTED", "SIGNED", "SIGNED"]
    others = [entry for entry in told["entries"] if "payload" not in entry]
    assert others
    assert all(entry["missing"] == "NOT_CONCERNED" and "salt" not in entry for entry in others)
    assert "shared_preparation" not in certificate.evidence.decode()


def test_it_says_what_it_tells_of_the_other_entries(signed_dialogue: Dialogue, certificate: Certificate) -> None:
    others = [entry for entry in json.loads(certificate.evidence)["entries"] if "payload" not in entry]
    # The hash is over the header, so without it the chain would end there.
    for told in others:
        header = Header(**told["header"])
        commitment, previous = bytes.fromhex(told["commitment"]), bytes.fromhex(told["previous"])
        assert link_hash(header, commitment, previous).hex() == told["hash"]
    assert "nummeret på den konto" in certificate.page("")


def test_it_is_a_download_for_the_parties(cast: Cast, client, signed_dialogue: Dialogue) -> None:
    client.force_login(cast.employee)
    answer = client.get(address(signed_dialogue))
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="{signed_dialogue.reference}-1.pdf"'
    assert answer["Cache-Control"] == "private, no-store"
    assert Reading.objects.count() == 0
    page = client.get(reverse("mus_workflow:agreement_detail", args=[signed_dialogue.pk])).content.decode()
    assert f'href="{address(signed_dialogue)}"' in page
    page = client.get(reverse("mus_workflow:agreement_revision", args=[signed_dialogue.pk, 1])).content.decode()
    assert f'href="{address(signed_dialogue)}"' in page


@pytest.mark.parametrize("who", ["former_manager", "other_manager", "hr", "auditor", "admin"])
def test_for_others_there_is_none(cast: Cast, client, signed_dialogue: Dialogue, who: str) -> None:
    client.force_login(getattr(cast, who))
    assert client.get(address(signed_dialogue)).status_code == 404


def test_a_successor_gets_it_and_the_reading_is_recorded(cast: Cast, client, signed_dialogue: Dialogue) -> None:
    change_manager(cast.employee, cast.other_manager, by=cast.hr, confirmed_by=cast.manager, at=NOW)
    client.force_login(cast.other_manager)
    assert client.get(address(signed_dialogue)).status_code == 200
    assert Reading.objects.get().purpose == "SUCCESSION"


def test_before_all_have_answered_the_reason_is_told(cast: Cast, client, signed_dialogue: Dialogue) -> None:
    key, by = signed_dialogue.pk, cast.manager
    amend_agreement(dialogue_id=key, change_note="Ny frist", by=by, at=NOW)
    save_revision(dialogue_id=key, by=by, at=NOW)
    present_agreement(dialogue_id=key, by=by, at=NOW)
    client.force_login(cast.employee)
    for revision, reason in ((2, "was not presented for signing"), (3, "when all parties have answered")):
        answer = client.get(address(signed_dialogue, revision), follow=True, HTTP_ACCEPT_LANGUAGE="en")
        assert reason in answer.content.decode()
    assert client.get(address(signed_dialogue, 4)).status_code == 404
    # The one in force still has its own.
    assert client.get(address(signed_dialogue, 1))["Content-Type"] == "application/pdf"


def test_a_change_has_a_certificate_of_its_own_with_its_reason(cast: Cast, signed_dialogue: Dialogue) -> None:
    key, by = signed_dialogue.pk, cast.manager
    amend_agreement(dialogue_id=key, change_note="Ny frist", by=by, at=NOW)
    write_agreement(signed_dialogue, by=by, item={**ITEM, "what": "Et andet kursus"})
    present_agreement(dialogue_id=key, by=by, at=NOW)
    sign_by_both(signed_dialogue, cast)
    certificates = [certificate_of(one, at=NOW) for one in Presentation.objects.order_by("revision")]
    first, second = (certificate.page("") for certificate in certificates)
    assert "Ny frist" in second
    assert "Et andet kursus" in second
    assert "Ny frist" not in first
    assert "Et andet kursus" not in first
    # No checkpoint covers the second yet.
    assert [json.loads(one.evidence)["head"] is None for one in certificates] == [False, True]


def test_each_reason_why_not(signed_dialogue: Dialogue) -> None:
    presentation = Presentation.objects.get(agreement__dialogue=signed_dialogue)
    party = signed_dialogue.participants.first()
    assert can_certify(participant=party, presentation=presentation, answered=2)
    assert not can_certify(participant=None, presentation=presentation, answered=2)
    assert not can_certify(participant=party, presentation=None, answered=0)
    assert not can_certify(participant=party, presentation=presentation, answered=1)


def test_an_erased_text_cannot_be_certified(cast: Cast, client, signed_dialogue: Dialogue) -> None:
    key = DataKey.objects.get(dialogue=signed_dialogue, artefact=Artefact.AGREEMENT)
    key.wrapped, key.destroyed_at, key.destroyed_rule = None, NOW, "agreement_years"
    key.save()
    client.force_login(cast.employee)
    answer = client.get(address(signed_dialogue), follow=True, HTTP_ACCEPT_LANGUAGE="en")
    assert answer["Content-Type"].startswith("text/html")
    assert "has been erased" in answer.content.decode()


def test_what_does_not_hold_is_not_certified(signed_dialogue: Dialogue) -> None:
    tear_down_the_wall()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE mus_workflow_signature SET auth_method = 'sso'")
    presentation = Presentation.objects.get(agreement__dialogue=signed_dialogue)
    with pytest.raises(Refused):
        certificate_of(presentation, at=NOW)


def test_without_pdf_libraries_it_is_a_page_that_says_why(cast: Cast, client, signed_dialogue, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    pdf_module._imported.cache_clear()
    client.force_login(cast.employee)
    answer = client.get(address(signed_dialogue))
    pdf_module._imported.cache_clear()
    page = answer.content.decode()
    assert answer["Content-Type"].startswith("text/html")
    assert "Vi satser på formidling." in page
    assert 'class="doc-aside"' in page
    assert '<html lang="da">' in page


def test_a_declined_revision_has_one_that_says_it_is_not_in_force(cast: Cast, signed_dialogue: Dialogue) -> None:
    key, by = signed_dialogue.pk, cast.manager
    amend_agreement(dialogue_id=key, change_note="Ny frist", by=by, at=NOW)
    shown = present_agreement(dialogue_id=key, by=by, at=NOW)
    for party, meaning, remark in (
        (by, Meaning.RECEIVED, "Ser det anderledes."),
        (cast.employee, Meaning.DECLINED, ""),
    ):
        sign_agreement(
            dialogue_id=key,
            document_sha256=shown.document_sha256,
            meaning=meaning,
            acknowledgement="kanaribekraeftet",
            remark=remark,
            auth_method="sso",
            by=party,
            at=NOW,
        )
    certificate = certificate_of(Presentation.objects.get(pk=shown.pk), at=NOW)
    page = certificate.page("")
    assert "så denne revision gælder ikke" in page
    for words in (Meaning.RECEIVED.label, Meaning.DECLINED.label):
        with translation.override("da"):
            assert str(words) in page
    assert "Ser det anderledes." in page
    assert page.count("kanaribekraeftet") == 2
    check = Check(certificate.pdf(), [seal_key()], None)
    check.guarded("the certificate", check.everything)
    assert [row for row in check.found if row["kind"] == WRONG] == []
    assert any("DECLINED" in row["said"] for row in check.found)


def test_it_stays_the_same_when_more_happens_later(cast: Cast, signed_dialogue: Dialogue, certificate) -> None:
    presentation = Presentation.objects.get(agreement__dialogue=signed_dialogue)
    change_manager(cast.employee, cast.other_manager, by=cast.hr, confirmed_by=cast.manager, at=NOW)
    later = certificate_of(presentation, at=NOW + timedelta(days=1))
    assert later.evidence == certificate.evidence


def test_the_path_to_the_checkpoint_is_found_once(signed_dialogue: Dialogue) -> None:
    presentation = Presentation.objects.get(agreement__dialogue=signed_dialogue)

    def heads_read() -> int:
        """How often all heads were read; the evidence is the same each time."""
        with CaptureQueriesContext(connection) as captured:
            told = json.loads(certificate_of(presentation, at=NOW).evidence)
        assert told["head"] == known
        return sum("NOT EXISTS" in query["sql"] and "chainhead" in query["sql"] for query in captured)

    known = json.loads(certificate_of(presentation, at=NOW).evidence)["head"]
    head = ChainHead.objects.get(chain=signed_dialogue.pk)
    key = f"mus-place-{head.checkpoint.number}-{head.chain}"
    assert heads_read() == 0
    # What somebody else has put into the cache, or what is of another checkpoint, proves nothing and is found anew.
    path = ["00" * 32, *known["path"]]
    for wrong in ({**known, "path": path}, {**known, "n": known["n"] + 1}, {**known, "index": known["index"] + 1}):
        cache.set(key, wrong)
        assert heads_read() == 1
    assert heads_read() == 0


def test_a_certificate_asks_as_many_queries_whatever_the_checkpoint_covers(
    cast: Cast, signed_dialogue: Dialogue
) -> None:
    presentation = Presentation.objects.get(agreement__dialogue=signed_dialogue)

    def queries() -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            certificate_of(presentation, at=NOW)
        return len(captured)

    queries()
    before = queries()
    checkpoint = ChainHead.objects.get(chain=signed_dialogue.pk).checkpoint
    ChainHead.objects.bulk_create(
        ChainHead(checkpoint=checkpoint, chain=uuid.uuid4(), n=1, hash=bytes(32)) for _number in range(40)
    )
    assert queries() == before


def test_after_many_in_a_row_a_person_is_told_when_to_come_back(
    cast: Cast, client, signed_dialogue: Dialogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mus_workflow.views.certificate.SOME_IN_FIVE_MINUTES", {"most": 2, "seconds": 300})
    client.force_login(cast.employee)
    for _time in range(2):
        assert client.get(address(signed_dialogue)).status_code == 200
    made = []
    monkeypatch.setattr("mus_workflow.views.certificate.certificate_of", lambda *given, **more: made.append(given))
    answer = client.get(address(signed_dialogue), HTTP_ACCEPT_LANGUAGE="en")
    assert (answer.status_code, answer["Retry-After"], made) == (429, "300", [])
    assert "Ask again at 09:05." in answer.content.decode()
    assert answer["Cache-Control"] == "private, no-store"
    told = client.get(address(signed_dialogue), HTTP_ACCEPT="application/json", HTTP_ACCEPT_LANGUAGE="en")
    assert (told.status_code, "Ask again at 09:05." in told.json()["reason"]) == (429, True)
    # What a person may not have at all costs nothing, and is not counted.
    client.force_login(cast.hr)
    for _time in range(3):
        assert client.get(address(signed_dialogue)).status_code == 404
