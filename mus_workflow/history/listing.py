"""The agreements as an auditor finds them: metadata, and not a word or a name."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from mus_workflow.models import SIGNS, Agreement, Meaning, Presentation, Signature
from mus_workflow.policies.overview import is_auditor

History = Agreement.history.model


def agreements_for_audit(user: Any) -> QuerySet[Agreement]:
    """Every agreement, for an auditor; none for anybody else."""
    found = Agreement.objects.select_related("dialogue__unit").defer("document", "change_note")
    return found if is_auditor(user) else found.none()


def latest_revisions_for_audit(user: Any) -> QuerySet[Any]:
    """The latest history row of every agreement with its dialogue and unit, for an auditor; none for anybody else.

    The rows carry what a list is ordered by (``history_date``, the reference), so that an index finds a page. What they
    cannot say by themselves, `standings` says of a page of them.
    """
    if not is_auditor(user):
        return History.objects.none()
    return (
        History.objects.filter(revision=F("dialogue__agreement__revision"))
        .select_related("dialogue__unit")
        .only(
            "id",
            "revision",
            "history_date",
            "dialogue__reference",
            "dialogue__stage",
            "dialogue__held_at",
            "dialogue__unit__name",
        )
    )


@dataclass(frozen=True)
class Standing:
    """How far the signing of an agreement is. ``parties`` is 0 until its latest revision is presented."""

    parties: int = 0
    signed: int = 0
    declined: int = 0
    taken_back: bool = False
    in_force: int | None = None


def standings(revisions: dict[uuid.UUID, int]) -> dict[uuid.UUID, Standing]:
    """The standing of each of these agreements, {agreement id: latest revision}, with two queries."""
    presented: dict[uuid.UUID, dict[int, Presentation]] = defaultdict(dict)
    found = Presentation.objects.filter(agreement__in=revisions).select_related("recall")
    for presentation in found.only("agreement", "revision", "party_count", "recall__presentation"):
        presented[presentation.agreement_id][presentation.revision] = presentation
    signed, declined = _signed(revisions)
    return {key: _standing(key, latest, presented[key], signed, declined) for key, latest in revisions.items()}


def standing_of(agreement: Agreement) -> Standing:
    """The standing of one agreement."""
    return standings({agreement.pk: agreement.revision})[agreement.pk]


def by_signing(revisions: QuerySet[Any], state: str) -> QuerySet[Any]:
    """Those of `latest_revisions_for_audit` whose signing is in one of the states of SIGNING."""
    presented = Presentation.objects.filter(agreement=OuterRef("id"), revision=OuterRef("revision"))
    refused = Signature.objects.filter(agreement=OuterRef("id"), revision=OuterRef("revision")).exclude(
        meaning=Meaning.AGREED
    )
    conditions = {
        "signed": Exists(presented.signed_by_all()),
        "unsigned": ~Exists(presented.signed_by_all()),
        "waiting": Exists(presented.waiting()),
        "saved": ~Exists(presented),
        "taken_back": Exists(presented.filter(recall__isnull=False)),
        "refused": Exists(refused),
    }
    return revisions.filter(conditions[state])


def _signed(revisions: Collection[uuid.UUID]) -> tuple[Counter[Any], Counter[Any]]:
    """{(agreement, revision): how many} of those who signed, and of those who declined to."""
    of_page = Signature.objects.filter(agreement__in=revisions).order_by().values_list("agreement", "revision")
    rows = of_page.annotate(signs=Count("pk", filter=Q(meaning__in=SIGNS)), all=Count("pk"))
    signed: Counter[Any] = Counter()
    declined: Counter[Any] = Counter()
    for agreement, revision, signs, every in rows:
        signed[agreement, revision] = signs
        declined[agreement, revision] = every - signs
    return signed, declined


def _standing(
    key: uuid.UUID, latest: int, presented: dict[int, Presentation], signed: Counter[Any], declined: Counter[Any]
) -> Standing:
    in_force = [number for number, one in presented.items() if signed[key, number] == one.party_count]
    newest = presented.get(latest)
    return Standing(
        parties=newest.party_count if newest else 0,
        signed=signed[key, latest] if newest else 0,
        declined=declined[key, latest] if newest else 0,
        taken_back=newest is not None and hasattr(newest, "recall"),
        in_force=max(in_force, default=None),
    )
