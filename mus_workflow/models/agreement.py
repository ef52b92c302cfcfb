"""The agreement: one document, whose history are its revisions."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from .history_records import MusHistoricalRecords
from .sealed_field import SealedField


class Agreement(models.Model):
    """What the parties agreed. Holds the latest recorded revision; each history row is a revision."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dialogue = models.OneToOneField("Dialogue", models.PROTECT, related_name="agreement")
    document = SealedField()
    revision = models.PositiveIntegerField()
    change_note = SealedField(null=True)

    history = MusHistoricalRecords()

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")

    def __str__(self) -> str:
        return f"{_('agreement')} {str(self.pk)[:8]}"


class PresentationQuerySet(models.QuerySet["Presentation"]):
    """Presented revisions by how far their signing is."""

    def counted(self) -> models.QuerySet[Presentation, tuple[int, int]]:
        """How many of each one's parties have signed, and how many have answered at all."""
        signed = Coalesce(_number_of(Signature.objects.signing()), 0)
        return self.values_list(signed, Coalesce(_number_of(Signature.objects.all()), 0))

    def signed_by_all(self) -> PresentationQuerySet:
        """Those that each of the parties they were presented to has signed."""
        return self.annotate(signed=_number_of(Signature.objects.signing())).filter(signed=F("party_count"))

    def answered_by_all(self) -> PresentationQuerySet:
        """Those that each of the parties they were presented to has answered: signed, or declined to sign."""
        return self.annotate(answers=_number_of(Signature.objects.all())).filter(answers=F("party_count"))

    def waiting(self) -> PresentationQuerySet:
        """Those that were not taken back and that one of their parties has not answered yet."""
        answers = Coalesce(_number_of(Signature.objects.all()), 0)
        return self.filter(recall=None).alias(answers=answers).exclude(answers=F("party_count"))

    def in_force(self) -> PresentationQuerySet:
        """For each agreement the latest revision that all its parties signed."""
        later = Presentation.objects.filter(
            agreement=OuterRef("agreement"), revision__gt=OuterRef("revision")
        ).signed_by_all()
        return self.signed_by_all().filter(~Exists(later))


def _number_of(signatures: SignatureQuerySet) -> Subquery:
    # Counted apart, so that no other join of the query multiplies it.
    under = signatures.filter(presentation=OuterRef("pk"))
    return Subquery(under.order_by().values("presentation").annotate(number=Count("pk")).values("number"))


class Presentation(models.Model):
    """One revision put before its parties for signing. Never changed: what was presented stays as it was."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="presentations")
    revision = models.PositiveIntegerField()
    document_sha256 = models.CharField(max_length=64)
    parties = models.JSONField(help_text="Ids of the participants who are to sign.")
    party_count = models.PositiveSmallIntegerField()
    presented_at = models.DateTimeField()
    presented_by = models.ForeignKey("Participant", models.PROTECT, related_name="+")

    objects = PresentationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agreement", "revision"], name="mus_presentation_once"),
            models.CheckConstraint(condition=Q(party_count__gte=2), name="mus_presentation_two_parties"),
        ]

    def __str__(self) -> str:
        return f"revision {self.revision} of {str(self.agreement_id)[:8]}"


class Recall(models.Model):
    """A presented revision that a party took back to the table before all had answered it."""

    presentation = models.OneToOneField(Presentation, models.PROTECT, primary_key=True, related_name="recall")
    recalled_at = models.DateTimeField()
    recalled_by = models.ForeignKey("Participant", models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"recall of {self.presentation_id}"


class Meaning(models.TextChoices):
    """What a party answers to a presented revision."""

    AGREED = "AGREED", _("I agree")
    RECEIVED = "RECEIVED", _("I have received it, and do not agree")
    DECLINED = "DECLINED", _("I decline to sign")


SIGNS = (Meaning.AGREED, Meaning.RECEIVED)


class SignatureQuerySet(models.QuerySet["Signature"]):
    """Answers by what they say."""

    def signing(self) -> SignatureQuerySet:
        """Those that sign, with agreement or without."""
        return self.filter(meaning__in=SIGNS)

    def declining(self) -> SignatureQuerySet:
        """Those that decline to sign."""
        return self.filter(meaning=Meaning.DECLINED)


class Signature(models.Model):
    """One party's answer to one revision: a signature, or that the party will not sign. Never removed or altered."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="signatures")
    presentation = models.ForeignKey(Presentation, models.PROTECT, related_name="signatures")
    revision = models.PositiveIntegerField()
    participant = models.ForeignKey("Participant", models.PROTECT, related_name="signatures")
    meaning = models.CharField(max_length=10, choices=Meaning.choices, default=Meaning.AGREED)
    document_sha256 = models.CharField(max_length=64)
    remark = SealedField(null=True)
    auth_method = models.CharField(max_length=20)
    signed_at = models.DateTimeField()
    ledger_entry = models.OneToOneField("LedgerEntry", models.PROTECT, related_name="+")

    objects = SignatureQuerySet.as_manager()

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        ordering = ["signed_at"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "revision", "participant"], name="mus_signature_once"),
        ]

    def __str__(self) -> str:
        return f"{_('signature')} {str(self.pk)[:8]}"
