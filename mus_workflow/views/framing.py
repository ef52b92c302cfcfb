"""What every page of a dialogue shows around its own content."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import get_text_list
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.models import Page

from mus_workflow.formbuilder.schema import FormKey, projected
from mus_workflow.formbuilder.shapes import Schema
from mus_workflow.models import (
    FormVersion,
    Participant,
    Preparation,
    SharedPreparation,
    rules_of,
    schema_of,
)
from mus_workflow.stages import CAN_PREPARE, COURSE, Stage

from .gate import author_token
from .loading import Seat
from .next_step import next_step


def dialogue_frame(request: HttpRequest, seat: Seat) -> dict[str, Any]:
    """The context that the pages of a dialogue share, with at most four queries at any stage.

    ``dialogue``, ``participant`` (the viewer), ``participants`` and ``others`` (each with ``is_shared``: whether the
    viewer may read something of theirs now), ``other_name`` (the others' names in a sentence), ``preparation`` (the
    viewer's own, while one can prepare; otherwise None), ``title``, ``breadcrumbs``, ``stage_label``, ``steps`` for
    the stepper, ``next_step``, ``rules`` with ``pay_text``, ``contact_text`` and ``guide_url``, and ``author_token``.
    """
    dialogue, participant = seat.dialogue, seat.participant
    participants = _participants(seat)
    others = [other for other in participants if other.pk != participant.pk]
    rules = rules_of(dialogue.concept_version_id)
    frame = {
        "dialogue": dialogue,
        "participant": participant,
        "participants": participants,
        "others": others,
        "other_name": names_of(others),
        "preparation": own_preparation(seat.participant) if dialogue.stage in CAN_PREPARE else None,
        "title": title_of(others),
        "breadcrumbs": [(_("My MUS"), reverse("mus_workflow:my_mus"))],
        "stage_label": dialogue.get_stage_display(),
        "steps": steps_of(seat),
        "rules": rules,
        "pay_text": SafeString(rules["pay_text"]),  # rich text, cleaned when the concept was frozen
        "contact_text": SafeString(rules["contact_text"]),
        "guide_url": guide_url(rules["guide_root"]),
        "author_token": author_token(request),
    }
    return {**frame, "next_step": next_step(frame)}


def page_frame(request: HttpRequest, seat: Seat) -> dict[str, Any]:
    """The frame of a page below the dialogue's own: its breadcrumbs lead back through the dialogue."""
    frame = dialogue_frame(request, seat)
    here = (frame["title"], reverse("mus_workflow:dialogue_detail", args=[seat.dialogue.pk]))
    return {**frame, "breadcrumbs": [*frame["breadcrumbs"], here]}


def steps_of(seat: Seat) -> list[dict[str, Any]]:
    """The course as the stepper shows it. A dialogue that was not held stands beside the course: no step is current."""
    stage = Stage(seat.dialogue.stage)
    current = COURSE.index(stage) if stage in COURSE else -1
    dates = {Stage.TALK: seat.dialogue.meeting_at}
    return [
        {
            "label": step.label,
            "state": "done" if index < current else "current" if index == current else "ahead",
            "date": dates.get(step),
        }
        for index, step in enumerate(COURSE)
    ]


def own_preparation(participant: Participant) -> Preparation:
    """The participant's own preparation with its draft, form version (without its schema) and shared copy."""
    return (
        Preparation.objects.select_related("draft__form_version", "shared")
        .defer("draft__form_version__schema", "shared__document")
        .get(participant=participant)
    )


def form_for(version: FormVersion, role: str) -> tuple[FormKey, Schema]:
    """A form version as this role meets it in the active language, and the key for drawing it.

    The schema comes from memory, so ``version`` may have been loaded without it.
    """
    key = FormKey(version.digest, role, get_language() or "")
    return key, _form(key, version.pk)


def guide_url(page_id: int | None) -> str:
    """The address of the guide in the active language, where it is translated; empty when there is none."""
    family = Page.objects.filter(pk=page_id).values("translation_key")
    pages = list(Page.objects.live().filter(translation_key__in=family).select_related("locale")) if page_id else []
    language = get_language()
    best = sorted(pages, key=lambda page: (page.locale.language_code != language, page.pk != page_id))
    return (best[0].url or "") if best else ""


def names_of(participants: list[Participant]) -> str:
    """The names in a sentence: “Emma Lund”, “Emma Lund and Mikkel Holm”."""
    return get_text_list([participant.name for participant in participants], _("and")) or _("the other party")


def title_of(others: list[Participant]) -> str:
    """What the dialogue is called on the pages of one participant."""
    return _("Staff development dialogue with %(name)s") % {"name": names_of(others)}


@lru_cache(maxsize=256)
def _form(key: FormKey, version_id: int) -> Schema:
    return projected(schema_of(version_id), key)


def _participants(seat: Seat) -> list[Participant]:
    readable = SharedPreparation.objects.readable_by(seat.participant)
    return list(
        Participant.objects.present()
        .filter(dialogue=seat.dialogue)
        .annotate(is_shared=Exists(readable.filter(preparation__participant=OuterRef("pk"))))
        .order_by("role", "joined_at")
    )
