"""The certificate of one signed revision: what was shown, who signed it, and how anybody can check it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from mus_workflow.conf import app_settings
from mus_workflow.documents.agreement import document_sha256
from mus_workflow.documents.named import with_names
from mus_workflow.history.chains import Tally, open_entries
from mus_workflow.history.verification import verify_dialogue
from mus_workflow.models import Event, LedgerEntry, Meaning, Presentation, Signature, open_sealed
from mus_workflow.policies.verdict import Refused

from .certificate_evidence import evidence_of
from .pdf import Attached, pdf_of
from .seal import sealed

EVIDENCE = "mus-evidence.json"


@dataclass(frozen=True)
class Signed:
    """One party's answer: what it says, when, how the person proved to be present, and its place in the ledger.

    ``typed`` is what the person wrote to say so; empty where nothing was asked.
    """

    name: str
    role: str
    meaning: str
    at: datetime
    utc: str
    method: str
    typed: str
    remark: str
    entry: LedgerEntry

    @property
    def hash(self) -> str:
        """The hash of its entry, hex."""
        return bytes(self.entry.hash).hex()


@dataclass(frozen=True)
class Certificate:
    """A certificate, not yet set. The same revision at the same moment gives the same bytes."""

    name: str
    language: str
    made_at: datetime
    context: dict[str, Any] = field(repr=False)
    evidence: bytes = field(repr=False)

    def pdf(self) -> bytes:
        """The sealed PDF, with the evidence in it. Raises NoPdf."""
        attached = Attached(EVIDENCE, str(self.context["attachment_label"]), self.evidence)
        return sealed(pdf_of(self._html(), made_at=self.made_at, attached=[attached]))

    def page(self, why_no_pdf: str) -> str:
        """The same words as a page to print, for where no PDF can be made."""
        return self._html(on_screen=True, why_no_pdf=why_no_pdf)

    def _html(self, **more: Any) -> str:
        with translation.override(self.language):
            return render_to_string("mus_workflow/papers/certificate.html", {**self.context, **more})


def certificate_of(presentation: Presentation, *, at: datetime) -> Certificate:
    """The certificate of a revision that all its parties have answered, in the language of the document.

    Raises Erased, and Refused where the stored evidence is not as it was written: what does not hold is not certified.
    """
    agreement, dialogue = presentation.agreement, presentation.agreement.dialogue
    row = agreement.history.filter(revision=presentation.revision).latest()
    document = open_sealed(row.document)
    if verify_dialogue(dialogue.pk) or document_sha256(document) != presentation.document_sha256:
        raise Refused(
            _("The evidence of this agreement is not as it was written, so no certificate is made. Tell the operator.")
        )
    presented = LedgerEntry.objects.get(
        chain=dialogue.pk, event=Event.PRESENTED, object_type="Agreement", history_id=str(row.history_id)
    )
    with translation.override(document["language"]):
        signed = _signed(presentation, document)
        evidence = evidence_of(presented, [one.entry for one in signed], document=document)
        context = {
            "language": document["language"],
            "title": _("Certificate of agreement %(reference)s, revision %(revision)s")
            % {"reference": document["reference"], "revision": document["revision"]},
            "made_at": at,
            "organisation": app_settings.ORGANISATION,
            "words": with_names(document),
            "sha256": presentation.document_sha256,
            "change_note": open_sealed(row.change_note),
            "presentation": presentation,
            "presented_utc": utc(presentation.presented_at),
            "presented_entry": presented,
            "presented_hash": bytes(presented.hash).hex(),
            "signed": signed,
            "in_force_since": _in_force_since(presentation, signed),
            "checkpoint": evidence.checkpoint,
            "checkpoint_root": bytes(evidence.checkpoint.root).hex() if evidence.checkpoint else "",
            "seal": evidence.key,
            "attachment": EVIDENCE,
            "attachment_label": _("The signed document and its evidence, for programs"),
        }
    name = f"{document['reference']}-{document['revision']}.pdf"
    return Certificate(name, document["language"], at, context, evidence.content)


def utc(at: datetime) -> str:
    """A moment as evidence names it."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _signed(presentation: Presentation, document: dict[str, Any]) -> list[Signed]:
    rows = list(
        Signature.objects.filter(presentation=presentation)
        .select_related("ledger_entry__payload")
        .order_by("ledger_entry__n")
    )
    payloads = [entry.value for entry in open_entries([row.ledger_entry for row in rows], Tally())]
    parties = {party["id"]: party for party in document["parties"]}
    return [
        Signed(
            name=parties[str(row.participant_id)]["name"],
            role=parties[str(row.participant_id)]["role_label"],
            meaning=str(Meaning(row.meaning).label),
            at=localtime(row.signed_at),
            utc=utc(row.signed_at),
            method=proof_of_presence(row.auth_method),
            typed=said.get("acknowledgement", ""),
            remark=said["remark"],
            entry=row.ledger_entry,
        )
        for row, said in zip(rows, payloads, strict=True)
    ]


def proof_of_presence(method: str) -> str:
    """How the person proved to be present just before, in words."""
    words = {
        "password": _("The person's own password, typed just before"),
        "sso": _("The organisation's login, renewed just before"),
    }
    return words.get(method, method)


def _in_force_since(presentation: Presentation, signed: Sequence[Signed]) -> datetime | None:
    """When the last party signed; None where one of them declined."""
    by_all = Presentation.objects.signed_by_all().filter(pk=presentation.pk).exists()
    return max(one.at for one in signed) if by_all else None
