"""Who can read this? The readers that the policy names, in words beside each answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mus_workflow.documents.answers import answer_ids
from mus_workflow.models import Draft, DraftKind, Participant, SharedPreparation
from mus_workflow.policies.preparations import can_withdraw
from mus_workflow.policies.readers import Place, Readers, readers_of

from .placed import component

Lines = Sequence[tuple[Any, Any]]
NEITHER_OF = gettext_lazy("No HR partner, other manager or administrator.")


@dataclass(frozen=True)
class Copied:
    """What others can read of a preparation now: who, since when, and which answers. Empty where nobody can."""

    readers: Sequence[Participant] = ()
    copy: SharedPreparation | None = None
    ids: frozenset[str] = frozenset()

    def opened_as(self, document: Any) -> Copied:
        """The same with the copy opened; a text that was erased can be read by nobody."""
        if not isinstance(document, dict):
            return NOTHING_COPIED
        return Copied(self.readers, self.copy, frozenset(answer_ids(document)))

    @property
    def names(self) -> dict[str, str]:
        """``readers`` in a sentence, and ``at``, since when."""
        if self.copy is None:
            return {"readers": "", "at": ""}
        at = timezone.localtime(self.copy.shared_at)
        day, time = date_format(at, "DATE_FORMAT"), date_format(at, "TIME_FORMAT")
        return {"readers": names_of(self.readers), "at": _("%(date)s at %(time)s") % {"date": day, "time": time}}


NOTHING_COPIED = Copied()


def copied_of(frame: Mapping[str, Any], draft: Draft) -> Copied:
    """Who can read a copy of this preparation, its author's own page being made. The copy is not opened yet."""
    copy = getattr(getattr(draft, "preparation", None), "shared", None)
    viewer = frame["participant"]
    readers = readers_of(Place.COPY, viewer=viewer, **_of(frame)).but(viewer)
    return Copied(readers, copy) if copy and readers else NOTHING_COPIED


def who_of_closed(copied: Copied, question_id: str) -> SafeString:
    """Who can read an answer of a preparation that can no longer be changed, shared or taken back."""
    is_copied = question_id in copied.ids
    if is_copied:
        now = _("%(readers)s can read the answer as you shared it on %(at)s.") % copied.names
    else:
        now = _("Only you. Nobody else can see the answer, nor whether you have given one.")
    return who(_you_and(names_of(copied.readers) if is_copied else ""), [(_("Now"), now), _nobody_else()])


def who_of_shared(frame: Mapping[str, Any]) -> SafeString:
    """Who can read what the viewer shares, beside it in the talk."""
    viewer = frame["participant"]
    others = names_of(readers_of(Place.COPY, viewer=viewer, **_of(frame)).but(viewer))
    can_take_back = can_withdraw(participant=viewer, shared=True, stage=frame["dialogue"].stage)
    back = _("Only you can read it, from that moment. You can do so until the agreement is presented.")
    lines = [
        (_("Now"), _now(others)),
        *([(_("When you take back"), back)] if can_take_back else []),
        (_("When the agreement is signed"), _("Nothing changes: it does not become part of the agreement.")),
        _nobody_else(),
    ]
    return who(_you_and(others), lines)


def who_of_sheet(frame: Mapping[str, Any], draft: Draft) -> SafeString:
    """Who can read what the parties write together, while they write it."""
    viewer = frame["participant"]
    others = names_of(readers_of(Place.SHEET, viewer=viewer, draft=draft, **_of(frame)).but(viewer))
    is_agreement = draft.kind == DraftKind.AGREEMENT
    recorded = readers_of(Place.AGREEMENT if is_agreement else Place.FOLLOW_UP, viewer=viewer, **_of(frame))
    when = _("When it is saved as a revision") if is_agreement else _("When it is recorded")
    signed = _(
        "It stays as both of you signed it. Whoever becomes the manager later can read it, and that is recorded."
    )
    kept = _("It stays in the history, also when it is changed later.")
    now = _("You and %(readers)s, as soon as it is saved: you write it together.") % {"readers": others}
    lines = [
        (_("Now"), now if others else _now("")),
        (when, f"{kept} {_auditors(recorded)}"),
        *([(_("When the agreement is signed"), signed)] if is_agreement else []),
        (_("Nobody else"), NEITHER_OF),
    ]
    return who(_you_and(others), lines)


def who_of_record(frame: Mapping[str, Any], place: Place) -> SafeString:
    """Who can read what is recorded: an agreement, an item with its notes, or a follow-up."""
    viewer = frame["participant"]
    readers = readers_of(place, viewer=viewer, **_of(frame))
    others = names_of(readers.but(viewer))
    next_time = _("It opens with the items that are still open: you and the manager you have then can read them.")
    lines = [
        (_("Now"), _now(others)),
        (_("Auditors"), _auditors(readers)),
        *([(_("In the next dialogue"), next_time)] if place is Place.ITEMS else []),
        (
            _("When the manager changes"),
            _("The new manager can read it, and that is recorded. The former one no longer can."),
        ),
        (_("Nobody else"), NEITHER_OF),
    ]
    return who(_you_and(others, has_auditor=bool(readers.grants)), lines)


def who(phrase: str, lines: Lines) -> SafeString:
    """A short line that opens."""
    return component("who", {"phrase": phrase, "is_private": phrase == _("Only you"), "lines": lines})


def names_of(people: Sequence[Participant]) -> str:
    """The names in a sentence; empty for nobody."""
    return get_text_list([one.name for one in people], _("and"))


def _of(frame: Mapping[str, Any]) -> dict[str, Any]:
    return {"dialogue": frame["dialogue"], "present": frame["participants"], "at": timezone.now()}


def _you_and(others: str, *, has_auditor: bool = False) -> str:
    if has_auditor:
        return _("You, %(readers)s and an auditor") % {"readers": others} if others else _("You and an auditor")
    return _("You and %(readers)s") % {"readers": others} if others else _("Only you")


def _now(others: str) -> str:
    return _("You and %(readers)s.") % {"readers": others} if others else _("Only you.")


def _auditors(readers: Readers) -> str:
    """Whether an auditor may read it now, and what it takes."""
    needed = _("An auditor can read it only with a permission that a second person gives, and the employee is told.")
    if readers.until is None:
        return " ".join([needed, _("Nobody has one now.")])
    day = date_format(timezone.localtime(readers.until), "DATE_FORMAT")
    return " ".join([needed, _("An auditor has one until %(day)s.") % {"day": day}])


def _nobody_else() -> tuple[str, Any]:
    return _("Nobody else"), _("No HR partner, auditor, other manager or administrator, and no later manager.")
