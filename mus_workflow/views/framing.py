"""What every page of a dialogue shows around its own content."""

from __future__ import annotations

import uuid
from functools import lru_cache, partial
from typing import Any

from django.core.cache import cache
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import SafeString
from django.utils.text import get_text_list
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.models import Page

from mus_workflow.documents.forms import asks_facts, met_in
from mus_workflow.formbuilder.projection import FormKey, beside, projected
from mus_workflow.formbuilder.shapes import Schema
from mus_workflow.models import (
    Dialogue,
    Draft,
    FormVersion,
    Participant,
    rules_of,
    schema_of,
)
from mus_workflow.policies.preparations import can_open_draft
from mus_workflow.policies.readers import parties_seen_by
from mus_workflow.stages import CAN_PREPARE, COURSE, Stage

from .gate import author_token
from .loading import Seat
from .next_step import next_step

GUIDE_KEPT_SECONDS = 60


def dialogue_frame(request: HttpRequest, seat: Seat, draft: Draft | None = None) -> dict[str, Any]:
    """The context that the pages of a dialogue share, with at most three queries at any stage.

    ``dialogue``, ``participant`` (the viewer), ``participants`` and ``others`` (each as `parties_seen_by` says),
    ``other_name`` (the others' names in a sentence), ``draft`` (the
    viewer's own preparation, while one can prepare; otherwise None) and ``shared_at`` (of what they share themselves),
    ``title``, ``breadcrumbs``, ``stage_label``, ``steps`` for the stepper, ``next_step``, ``rules`` with ``pay_text``,
    ``contact_text`` and ``guide_url``, and ``author_token``. The caller that has loaded the draft already passes it on.
    """
    dialogue, participant = seat.dialogue, seat.participant
    participants = parties_seen_by(participant)
    others = [other for other in participants if other.pk != participant.pk]
    rules = rules_of(dialogue.concept_version_id)
    if draft is None and dialogue.stage in CAN_PREPARE:
        draft = own_draft(participant)
    frame = {
        "dialogue": dialogue,
        "participant": participant,
        "participants": participants,
        "others": others,
        "other_name": names_of(others),
        "draft": draft,
        "shared_at": next((one.shared_at for one in participants if one.pk == participant.pk), None),
        "title": title_of(others),
        "breadcrumbs": SimpleLazyObject(_first_crumb),
        "stage_label": Stage(dialogue.stage).label,
        "steps": SimpleLazyObject(partial(steps_of, seat)),
        "rules": rules,
        "pay_text": SafeString(rules["pay_text"]),  # rich text, cleaned when the concept was frozen
        "contact_text": SafeString(rules["contact_text"]),
        "guide_url": guide_url(rules["guide_root"]),
        "author_token": author_token(request),
    }
    # Most pages show neither the steps nor the next one; some are kept with their breadcrumbs.
    return {**frame, "next_step": SimpleLazyObject(partial(next_step, frame))}


def page_frame(request: HttpRequest, seat: Seat, draft: Draft | None = None) -> dict[str, Any]:
    """The frame of a page below the dialogue's own: its breadcrumbs lead back through the dialogue."""
    frame = dialogue_frame(request, seat, draft)
    return {**frame, "breadcrumbs": SimpleLazyObject(partial(_crumbs_to, frame))}


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


def own_draft(participant: Participant) -> Draft | None:
    """The participant's own preparation as it is being written, with its form version (without the schema)."""
    return Draft.objects.of_participant(participant)


def own_draft_or_404(request: HttpRequest, dialogue_id: uuid.UUID) -> tuple[Seat, Draft]:
    """The viewer's part in a dialogue and their own preparation, with one query. Http404 for everybody else."""
    draft = Draft.objects.preparation_of(request.user, dialogue=dialogue_id)
    if draft is None or draft.participant is None or not can_open_draft(participant=draft.participant, draft=draft):
        raise Http404
    draft.participant.dialogue = draft.dialogue
    return Seat(draft.dialogue, draft.participant), draft


def own_form_or_404(request: HttpRequest, dialogue_id: uuid.UUID) -> tuple[uuid.UUID, int, Schema]:
    """The id of the viewer's part in a dialogue, the form version they prepare under, and the form as they meet it.

    Http404 for everybody else.
    """
    found = Draft.objects.form_of(request.user, dialogue=dialogue_id)
    if found is None:
        raise Http404
    participant_id, role, version_id, digest = found
    if asks_facts(version_id):
        seat, draft = own_draft_or_404(request, dialogue_id)
        return participant_id, version_id, form_for(draft.form_version, seat)[1]
    return participant_id, version_id, _form(FormKey(digest, role, get_language() or ""), version_id)


def form_for(version: FormVersion, seat: Seat) -> tuple[FormKey, Schema]:
    """A form version as the viewer meets it in this dialogue and the active language, and the key for drawing it.

    The schema comes from memory, so ``version`` may have been loaded without it.
    """
    return _form_for(version, seat.dialogue, seat.participant.role)


def whole_form_for(version: FormVersion, seat: Seat) -> Schema:
    """The same with everybody's questions in it."""
    return _form_for(version, seat.dialogue, None)[1]


def sheet_form_for(version: FormVersion, seat: Seat) -> Schema:
    """A form that two sides write together as the viewer meets it, the other side's questions in their place."""
    return _sheet_form(form_for(version, seat)[0], version.pk)


def _form_for(version: FormVersion, dialogue: Dialogue, role: str | None) -> tuple[FormKey, Schema]:
    met = met_in(dialogue, role, version.pk, today=timezone.localdate())
    key = FormKey(version.digest, role, get_language() or "", met)
    return key, _form(key, version.pk)


def guide_url(page_id: int | None) -> str:
    """The address of the guide in the active language, where it is translated; empty when there is none.

    A page that moves is found again within a minute.
    """
    if page_id is None:
        return ""
    key = f"mus-guide-{page_id}-{get_language()}"
    return cache.get_or_set(key, lambda: _find_guide(page_id), GUIDE_KEPT_SECONDS)


def _find_guide(page_id: int) -> str:
    family = Page.objects.filter(pk=page_id).values("translation_key")
    pages = list(Page.objects.live().filter(translation_key__in=family).select_related("locale"))
    language = get_language()
    best = sorted(pages, key=lambda page: (page.locale.language_code != language, page.pk != page_id))
    return (best[0].url or "") if best else ""


def names_of(participants: list[Participant]) -> str:
    """The names in a sentence: “Emma Lund”, “Emma Lund and Mikkel Holm”."""
    return get_text_list([participant.name for participant in participants], _("and")) or _("the other party")


def title_of(others: list[Participant]) -> str:
    """What the dialogue is called on the pages of one participant."""
    return _("Staff development dialogue with %(name)s") % {"name": names_of(others)}


def _first_crumb() -> list[tuple[str, str]]:
    return [(_("My MUS"), reverse("mus_workflow:my_mus"))]


def _crumbs_to(frame: dict[str, Any]) -> list[tuple[str, str]]:
    here = (frame["title"], reverse("mus_workflow:dialogue_detail", args=[frame["dialogue"].pk]))
    return [*_first_crumb(), here]


@lru_cache(maxsize=256)
def _form(key: FormKey, version_id: int) -> Schema:
    return projected(schema_of(version_id), key)


@lru_cache(maxsize=256)
def _sheet_form(key: FormKey, version_id: int) -> Schema:
    return beside(schema_of(version_id), key)
