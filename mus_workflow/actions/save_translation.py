"""Keep what an editor has translated, as part of the form's draft."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from mus_workflow.formbuilder.translating import comparable
from mus_workflow.models import FormDefinition, FormTranslation
from mus_workflow.policies.forms import can_translate

Slot = tuple[str, str]


@dataclass(frozen=True)
class Written:
    """One text as it was written, the text that stood there when it was opened, and the source that was translated."""

    text: str
    opened_with: str
    source: str


@dataclass(frozen=True)
class SavedTranslation:
    """What came of it: the draft, and the texts that somebody else had changed meanwhile, by id and name."""

    draft: FormDefinition
    conflicts: Mapping[Slot, str]
    has_changed: bool


@transaction.atomic
def save_translation(
    *,
    form: FormDefinition,
    language: str,
    written: Mapping[Slot, Written],
    by: Any,
    at: datetime,
    discarded: Collection[Slot] = (),
) -> SavedTranslation:
    """Put the texts into the form's draft as a new Wagtail revision; the live form stays as it is until published.

    ``written`` are the texts that were changed, and those left alone that stand for their source as it is now. One that
    somebody else has changed too is not saved: it is returned with the other's text, and the rest is saved.
    ``discarded`` texts are taken out.
    """
    # The write that locks: two editors' saves of one form come one after the other.
    FormDefinition.objects.filter(pk=form.pk).update(latest_revision=F("latest_revision"))
    live = FormDefinition.objects.get(pk=form.pk)
    can_translate(user=by, form=live).or_refuse()
    draft = live.get_latest_revision_as_object()
    row = translation_in(draft, language)
    before = (_copy(row.texts), _copy(row.sources))
    conflicts = _write(row, written)
    for slot_id, key in discarded:
        _put(row.texts, slot_id, key, "")
        _put(row.sources, slot_id, key, "")
    has_changed = before != (row.texts, row.sources)
    if has_changed:
        others = [one for one in draft.translations.all() if one.language != language]
        draft.translations.set([*others, row])
        draft.save_revision(user=by, log_action=True, clean=False)
    return SavedTranslation(draft, conflicts, has_changed)


def translation_in(draft: FormDefinition, language: str) -> FormTranslation:
    """The draft's translation to the language; an empty one where there is none."""
    return next(
        (row for row in draft.translations.all() if row.language == language),
        FormTranslation(form=draft, language=language, texts={}, sources={}),
    )


def _copy(texts: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    return {slot_id: dict(by_key) for slot_id, by_key in texts.items()}


def _write(row: FormTranslation, written: Mapping[Slot, Written]) -> dict[Slot, str]:
    conflicts: dict[Slot, str] = {}
    for (slot_id, key), one in written.items():
        text, opened_with = comparable(key, one.text), comparable(key, one.opened_with)
        stored = row.texts.get(slot_id, {}).get(key, "")
        there_now = comparable(key, stored)
        if text == opened_with:
            # Said to be right as it stands, though the source has changed.
            if text and text == there_now:
                _put(row.sources, slot_id, key, one.source)
        elif there_now not in (opened_with, text):
            conflicts[slot_id, key] = stored
        else:
            _put(row.texts, slot_id, key, one.text if text else "")
            _put(row.sources, slot_id, key, one.source if text else "")
    return conflicts


def _put(texts: dict[str, dict[str, str]], slot_id: str, key: str, text: str) -> None:
    """Write one text, or take it out when it is empty."""
    if text:
        texts.setdefault(slot_id, {})[key] = text
        return
    texts.get(slot_id, {}).pop(key, None)
    if slot_id in texts and not texts[slot_id]:
        del texts[slot_id]
