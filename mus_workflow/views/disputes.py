"""Two texts for one place: shown with names and times, and either or both can be kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from mus_workflow.documents.merge import Conflict
from mus_workflow.formbuilder.fields import field_name
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.shapes import Json, Question

JOINABLE = frozenset({"short_text", "long_text"})


@dataclass(frozen=True)
class Dispute:
    """A conflict in words: both texts, who wrote theirs, and when."""

    name: str
    label: str
    theirs: str
    by: str
    at: str
    can_join: bool

    @property
    def box(self) -> SafeString:
        """The dispute as it stands at its control, with the choice of what to keep."""
        return render_to_string("mus_workflow/components/dispute.html", {"dispute": self})


def dispute_of(conflict: Conflict, question: Question, *, by: str) -> Dispute:
    """A conflict about an answer, in words."""
    words = registry.get(question["type"]).text(question, conflict.theirs)
    can_join = question["type"] in JOINABLE
    return Dispute(field_name(conflict.key), question["label"], words, by, time_in_words(conflict.at), can_join)


def boxes_at(disputes: Mapping[str, Dispute], question_id: str) -> SafeString:
    """The disputes about one question, or about parts of it, for the end of its box. They are by control name."""
    start = field_name(question_id)
    found = (dispute.box for name, dispute in disputes.items() if name.partition("__")[0] == start)
    return SafeString("".join(found))


def dispute_links(disputes: Mapping[str, Dispute]) -> list[tuple[str, str]]:
    """(name of the control, sentence) for the summary of errors."""
    changed = _("“%(label)s” was changed by %(by)s while you wrote. Choose which text to keep.")
    return [(name, changed % {"label": one.label, "by": one.by}) for name, one in disputes.items()]


def kept_answer(data: Mapping[str, Any], key: str, question: Question, *, mine: Json, theirs: Json) -> Json:
    """The answer that the person chose to keep, as it was posted; None where theirs stands."""
    choice = data.get(f"keep_{field_name(key)}", "mine")
    if choice == "theirs":
        return None
    if choice == "both" and theirs and question["type"] in JOINABLE:
        return f"{mine}\n\n{theirs}"
    return mine if mine is not None else ""


def time_in_words(written: str) -> str:
    """A moment in ISO as a person says it: the time today, otherwise date and time."""
    if not written:
        return ""
    moment = timezone.localtime(datetime.fromisoformat(written))
    if moment.date() == timezone.localdate():
        return date_format(moment, "TIME_FORMAT")
    return _("%(date)s at %(time)s") % {
        "date": date_format(moment, "DATE_FORMAT"),
        "time": date_format(moment, "TIME_FORMAT"),
    }
