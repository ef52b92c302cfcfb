"""Freeze a concept."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from mus_workflow.evidence import canonical_bytes
from mus_workflow.formbuilder.html import frozen_html
from mus_workflow.models import Concept, ConceptVersion, Event, Purpose, person_name, rules_chain, user_key

from .frame import record_outside

FORM_FIELDS = {
    Purpose.EMPLOYEE_PREPARATION: "employee_form",
    Purpose.MANAGER_PREPARATION: "manager_form",
    Purpose.AGREEMENT: "agreement_form",
    Purpose.FOLLOW_UP: "follow_up_form",
}


@transaction.atomic
def publish_concept(*, concept: Concept, by: Any, at: datetime) -> ConceptVersion:
    """Freeze the live state of a concept as its next version; the latest one when nothing has changed."""
    # The write that locks comes first: one writer at a time in the chain of the concept's rules.
    Concept.objects.filter(pk=concept.pk).update(is_default=F("is_default"))
    document = concept_document(concept)
    sha = hashlib.sha256(canonical_bytes(document)).hexdigest()
    latest = concept.versions.order_by("-number").first()
    if latest and latest.digest == sha:
        return latest
    version = ConceptVersion.objects.create(
        concept=concept,
        number=(latest.number if latest else 0) + 1,
        document=document,
        digest=sha,
        created_at=at,
        created_by_key=user_key(by) if by else "",
    )
    record_outside(
        chain=rules_chain(concept.pk),
        event=Event.RULE_CHANGED,
        obj=version,
        payload={
            "concept": concept.title,
            "number": version.number,
            "digest": sha,
            "by_name": person_name(by) if by else "",
        },
        by=by,
        at=at,
    )
    return version


def ensure_concept_version(*, concept: Concept, at: datetime) -> ConceptVersion | None:
    """The version that new dialogues begin under, frozen now where publishing left none behind. None: never live."""
    newest = concept.versions.order_by("-number").first()
    missed = newest is None or (concept.last_published_at is not None and concept.last_published_at > newest.created_at)
    return publish_concept(concept=concept, by=None, at=at) if concept.live and missed else newest


def concept_document(concept: Concept) -> dict[str, Any]:
    """The concept's rules as plain JSON: texts cleaned and expanded, forms by id."""
    return {
        "format": 2,
        "title": concept.title,
        "sector": concept.sector,
        "interval_months": concept.interval_months,
        "notice_days": concept.notice_days,
        "preparation_days": concept.preparation_days,
        "meeting_minutes": concept.meeting_minutes,
        "erasure": concept.erasure,
        "keep_preparation_days": concept.keep_preparation_days,
        "keep_shared_months": concept.keep_shared_months,
        "keep_agreement_years": concept.keep_agreement_years,
        "pay_text": frozen_html(concept.pay_text),
        "contact_text": frozen_html(concept.contact_text),
        "guide_root": concept.guide_root_id,
        "forms": {str(purpose): getattr(concept, f"{field}_id") for purpose, field in FORM_FIELDS.items()},
    }
