"""What each entry of the ledger says happened, in a sentence: of whom, what and when, and never a word of anybody's.

An entry whose payload is erased or cannot be read still says what happened, without the particulars.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mus_workflow.documents.retention import class_in_words, rule_in_words
from mus_workflow.models import Event, GrantScope, Meaning, Outcome, Purpose, ReadingPurpose, Role
from mus_workflow.stages import Stage

Said = Mapping[str, Any]

PLAIN: dict[str, str | Promise] = {
    Event.CREATED: gettext_lazy("The dialogue was planned."),
    Event.STAGE_CHANGED: gettext_lazy("The dialogue came to another step."),
    Event.MEETING_SET: gettext_lazy("Time and place of the talk were set."),
    Event.NOT_HELD_BECAUSE: gettext_lazy("The reason why no talk was held was written down."),
    Event.ROLE_CHANGED: gettext_lazy("Somebody took over a part in the dialogue."),
    Event.FORM_BOUND: gettext_lazy("A form was chosen for the dialogue."),
    Event.FORM_MOVED: gettext_lazy("The dialogue went on under another version of a form."),
    Event.PREPARATION_SHARED: gettext_lazy("Answers from the preparation were shared."),
    Event.PREPARATION_WITHDRAWN: gettext_lazy("What was shared from the preparation was taken back."),
    Event.REVISION_SAVED: gettext_lazy("A revision of the agreement was saved."),
    Event.PRESENTED: gettext_lazy("A revision of the agreement was presented for signing."),
    Event.TAKEN_BACK: gettext_lazy("The presented revision was taken back."),
    Event.AMENDMENT_BEGUN: gettext_lazy("A change of the signed agreement was begun."),
    Event.AMENDMENT_DROPPED: gettext_lazy("The change that was being written was dropped."),
    Event.SIGNED: gettext_lazy("The agreement was signed."),
    Event.DECLINED: gettext_lazy("A party declined to sign."),
    Event.ITEM_SET: gettext_lazy("An item of the agreement was settled by the signing."),
    Event.PROGRESS_RECORDED: gettext_lazy("Progress was recorded on an item."),
    Event.OUTCOME_RECORDED: gettext_lazy("An outcome was recorded for an item."),
    Event.FOLLOWED_UP: gettext_lazy("A follow-up was recorded."),
    Event.RELATION_CHANGED: gettext_lazy("A reporting line was changed."),
    Event.GRANT_REQUESTED: gettext_lazy("An auditor asked for a grant."),
    Event.GRANT_APPROVED: gettext_lazy("The grant was approved."),
    Event.GRANT_REFUSED: gettext_lazy("The request for a grant was refused."),
    Event.GRANT_ENDED: gettext_lazy("The grant was ended before its time."),
    Event.OPENED: gettext_lazy("It was opened by somebody who was not there when it was written."),
    Event.EXPORTED: gettext_lazy("A copy was taken out."),
    Event.ERASED: gettext_lazy("Words were erased."),
    Event.HOLD_PLACED: gettext_lazy("The dialogue was kept from being erased."),
    Event.HOLD_LIFTED: gettext_lazy("The dialogue is no longer kept from being erased."),
    Event.RULE_CHANGED: gettext_lazy("A rule was changed."),
}

# Readings that are rows only: those who were there, and auditors without the words.
READ: dict[str, str | Promise] = {
    ReadingPurpose.TALK: gettext_lazy("What the other side shares was opened."),
    ReadingPurpose.SUCCESSION: PLAIN[Event.OPENED],
    ReadingPurpose.HISTORY: gettext_lazy("The history was opened, without the words."),
    ReadingPurpose.AUDIT: gettext_lazy("The words were opened under a grant."),
    ReadingPurpose.EVIDENCE: gettext_lazy("Evidence was taken out."),
}


def sentence_of(event: str, said: Said | None) -> str:
    """What an entry says happened, in the active language. ``said`` is its payload; None where it cannot be read."""
    if said is not None:
        try:
            told = DETAILED[event](said) if event in DETAILED else ""
        except (KeyError, TypeError, ValueError, AttributeError):
            told = ""  # written by an earlier version, with other particulars
        if told:
            return told
    return str(PLAIN.get(event, event))


def reason_in(event: str, said: Said | None) -> str:
    """Why, in the words of whoever gave the reason to be read by others; empty for what an auditor may not read."""
    name = {Event.AMENDMENT_BEGUN: "change_note", Event.GRANT_REQUESTED: "reason"}.get(event)  # type: ignore[call-overload]
    return str((said or {}).get(name, "")) if name else ""


def extent_of(event: str, said: Said | None) -> str:
    """How much a revision says, in counts of questions and items; empty for every other entry."""
    if said is None or event not in (Event.REVISION_SAVED, Event.PRESENTED):
        return ""
    document = said["document"]
    answers = sum(len(section["answers"]) for section in document["sections"])
    items = len(document["items"])
    return ", ".join(
        [
            ngettext("%(count)s answer", "%(count)s answers", answers) % {"count": answers},
            ngettext("%(count)s item", "%(count)s items", items) % {"count": items},
        ]
    )


def _created(said: Said) -> str:
    due = parse_date(said["due_date"])
    return _("The dialogue was planned, to be held by %(date)s.") % {"date": date_format(due, "DATE_FORMAT")}


def _stage_changed(said: Said) -> str:
    steps = {"before": Stage(said["from"]).label, "after": Stage(said["to"]).label}
    return _("The dialogue came from the step “%(before)s” to “%(after)s”.") % steps


def _meeting_set(said: Said) -> str:
    return _("The talk was set for %(time)s.") % {"time": _moment(said["meeting_at"])}


def _role_changed(said: Said) -> str:
    words = {"name": said["name"], "role": Role(said["role"]).label}
    return _("%(name)s took over as: %(role)s.") % words


def _form_bound(said: Said) -> str:
    words = {"purpose": Purpose(said["purpose"]).label, "title": said["title"], "number": said["number"]}
    return _("The form “%(title)s”, version %(number)s, was chosen for: %(purpose)s.") % words


def _form_moved(said: Said) -> str:
    words = {"purpose": Purpose(said["purpose"]).label}
    return _("The dialogue went on under another version of its form for: %(purpose)s.") % words


def _revision_saved(said: Said) -> str:
    return _("Revision %(number)s was saved.") % {"number": said["document"]["revision"]}


def _presented(said: Said) -> str:
    return _("Revision %(number)s was presented for signing.") % {"number": said["document"]["revision"]}


def _taken_back(said: Said) -> str:
    return _("Revision %(number)s was taken back.") % {"number": said["taken_back"]}


def _amendment_begun(said: Said) -> str:
    return _("A change was begun after revision %(number)s.") % {"number": said["amending"]}


def _signed(said: Said) -> str:
    sentences = {
        Meaning.AGREED: _("Revision %(number)s was signed."),
        Meaning.RECEIVED: _("Revision %(number)s was signed as received, not agreed."),
        Meaning.DECLINED: _("A party declined to sign revision %(number)s."),
    }
    return sentences[Meaning(said["meaning"])] % {"number": said["revision"]}


def _item_set(said: Said) -> str:
    if said["outcome"] == Outcome.WITHDRAWN:
        return _("Item %(number)s was withdrawn from the agreement.") % {"number": said["position"] + 1}
    return _("Item %(number)s stands as revision %(revision)s says.") % {
        "number": said["position"] + 1,
        "revision": said["revision"],
    }


def _progress(said: Said) -> str:
    return _("Progress was recorded on item %(number)s.") % {"number": said["position"] + 1}


def _outcome(said: Said) -> str:
    return _("An outcome was recorded for item %(number)s.") % {"number": said["position"] + 1}


def _grant_requested(said: Said) -> str:
    words = {"days": said["days"], "scope": GrantScope(said["scope"]).label}
    return _("A grant for %(days)s days was asked for: %(scope)s.") % words


def _grant_approved(said: Said) -> str:
    return _("The grant was approved, until %(time)s.") % {"time": _moment(said["expires_at"])}


def _opened(said: Said) -> str:
    return str(READ[said["purpose"]])


def _erased(said: Said) -> str:
    words = {"what": class_in_words(said["artefact"]), "rule": rule_in_words(said["rule"])}
    return _("Erased: %(what)s, by the rule “%(rule)s”.") % words


def _exported(said: Said) -> str:
    return _("A copy was taken out, with the words.") if said["opened"] else _("A copy was taken out, without a word.")


def _rule_changed(said: Said) -> str:
    if "concept" in said:
        words = {"title": said["concept"], "number": said["number"]}
        return _("The concept “%(title)s” was published as version %(number)s.") % words
    words = {
        "people": ", ".join(person["name"] for person in said["people"]),
        "powers": ", ".join(str(POWERS[name]) for name in said["powers"]),
    }
    told = _("%(people)s may from now on: %(powers)s.") if said["given"] else _("%(people)s may no more: %(powers)s.")
    told %= words
    return _("%(told)s Through: %(where)s.") % {"told": told, "where": said["where"]} if said["where"] else told


POWERS = {
    "audit_agreements": gettext_lazy("audit agreements"),
    "answer_grants": gettext_lazy("answer an auditor's requests"),
    "hold_dialogues": gettext_lazy("keep dialogues from being erased"),
    "follow_units": gettext_lazy("follow units in counts"),
}

DETAILED: dict[str, Callable[[Said], str]] = {
    Event.CREATED: _created,
    Event.STAGE_CHANGED: _stage_changed,
    Event.MEETING_SET: _meeting_set,
    Event.ROLE_CHANGED: _role_changed,
    Event.FORM_BOUND: _form_bound,
    Event.FORM_MOVED: _form_moved,
    Event.REVISION_SAVED: _revision_saved,
    Event.PRESENTED: _presented,
    Event.TAKEN_BACK: _taken_back,
    Event.AMENDMENT_BEGUN: _amendment_begun,
    Event.SIGNED: _signed,
    Event.DECLINED: _signed,
    Event.ITEM_SET: _item_set,
    Event.PROGRESS_RECORDED: _progress,
    Event.OUTCOME_RECORDED: _outcome,
    Event.GRANT_REQUESTED: _grant_requested,
    Event.GRANT_APPROVED: _grant_approved,
    Event.OPENED: _opened,
    Event.EXPORTED: _exported,
    Event.ERASED: _erased,
    Event.RULE_CHANGED: _rule_changed,
}


def _moment(text: str) -> str:
    at: datetime | None = parse_datetime(text)
    return date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT")
