"""The one thing a person does next in a dialogue, or why to wait. A hint: the policies decide."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from mus_workflow.models import Dialogue, Draft, DraftKind, Meaning, Participant, Presentation, Role
from mus_workflow.stages import Stage

Frame = dict[str, Any]
Step = dict[str, Any]


def next_step(frame: Frame) -> Step:
    """What this viewer does next, for ``components/next_step.html``.

    Keys: ``title``, ``text``; ``label`` with ``url`` (a page) or ``post_url`` (an action); ``due`` (a date);
    ``more_url`` and ``more_label`` for a second, quiet way. At most two queries, and only after the talk.
    """
    step = STEPS[Stage(frame["dialogue"].stage)](frame)
    return {"url": "", "post_url": "", "label": "", "due": None, "more_url": "", "more_label": "", **step}


def meeting_words(dialogue: Dialogue) -> str:
    """Time and place of the talk in words; empty while there is no time."""
    if dialogue.meeting_at is None:
        return ""
    start = timezone.localtime(dialogue.meeting_at)
    words = {
        "weekday": date_format(start, "l"),
        "date": date_format(start, "DATE_FORMAT"),
        "time": date_format(start, "TIME_FORMAT"),
        "place": dialogue.meeting_place,
    }
    if not dialogue.meeting_place:
        return _("%(weekday)s %(date)s at %(time)s") % words
    return _("%(weekday)s %(date)s at %(time)s, %(place)s") % words


def share_by(frame: Frame) -> date | None:
    """The day by which preparation should be shared."""
    meeting_at = frame["dialogue"].meeting_at
    if meeting_at is None:
        return None
    return timezone.localtime(meeting_at).date() - timedelta(days=frame["rules"]["preparation_days"])


def _planned(frame: Frame) -> Step:
    if frame["participant"].role == Role.MANAGER:
        return {
            "title": _("Invite %(name)s") % _names(frame),
            "text": _("Choose a time and a place. Both of you get a mail with a calendar entry."),
            "label": _("Choose a time"),
            "url": _url(frame, "dialogue_invite"),
        }
    return {
        "title": _("Wait for the invitation"),
        "text": _("%(name)s chooses a time and invites you. Meanwhile you can read the guide.") % _names(frame),
        **_guide(frame),
    }


def _invited(frame: Frame) -> Step:
    if _has_passed(frame["dialogue"]):
        return _new_time(frame)
    if _is_today_or_past(frame["dialogue"]):
        return _open_the_talk(frame)
    if frame["participant"].role == Role.EMPLOYEE:
        names = {**_names(frame), "meeting": meeting_words(frame["dialogue"])}
        return {
            "title": _("Answer the invitation"),
            "text": _("%(name)s suggests %(meeting)s. If it does not suit you, tell %(name)s, who can choose another.")
            % names,
            "label": _("Accept the time"),
            "post_url": _url(frame, "invitation_accept"),
            "more_url": _url(frame, "preparation_edit"),
            "more_label": _("Begin your preparation"),
        }
    return {
        **_prepare(frame),
        "more_url": _url(frame, "dialogue_invite"),
        "more_label": _("Suggest another time"),
    }


def _new_time(frame: Frame) -> Step:
    if frame["participant"].role == Role.MANAGER:
        return {
            "title": _("Choose a new time"),
            "text": _("The time has passed. What both of you have prepared is kept."),
            "label": _("Choose a time"),
            "url": _url(frame, "dialogue_invite"),
        }
    return {
        "title": _("Wait for a new time"),
        "text": _("The time has passed. %(name)s chooses a new one. What you have prepared is kept.") % _names(frame),
        "label": _("See your preparation"),
        "url": _url(frame, "preparation_edit"),
    }


def _preparing(frame: Frame) -> Step:
    return _open_the_talk(frame) if _is_today_or_past(frame["dialogue"]) else _prepare(frame)


def _prepare(frame: Frame) -> Step:
    if frame["shared_at"] is not None:
        names = {**_names(frame), "meeting": meeting_words(frame["dialogue"])}
        return {
            "title": _("You are ready for the talk"),
            "text": _("You have shared your preparation with %(name)s. The talk is %(meeting)s.") % names,
            "label": _("See your preparation"),
            "url": _url(frame, "preparation_edit"),
            **(_shared_by_others(frame) or _guide(frame)),
        }
    if frame["draft"].saved_at is not None:
        return {
            "title": _("Finish your preparation"),
            "text": _("When you are ready, choose what %(name)s may read. The rest stays yours alone.") % _names(frame),
            "label": _("Go on preparing"),
            "url": _url(frame, "preparation_edit"),
            "due": share_by(frame),
            "more_url": _url(frame, "preparation_share"),
            "more_label": _("See and share"),
        }
    return {
        "title": _("Prepare for the talk"),
        "text": _(
            "Write what you want to talk about. Only you can read it until you share it. A few topics are enough."
        ),
        "label": _("Begin your preparation"),
        "url": _url(frame, "preparation_edit"),
        "due": share_by(frame),
        **_guide(frame),
    }


def _open_the_talk(frame: Frame) -> Step:
    return {
        "title": _("Hold the talk"),
        "text": _("When you sit together, open the talk: you see what each of you shares, and write the agreement."),
        "label": _("Open the talk"),
        "post_url": _url(frame, "talk_hold"),
        "more_url": _url(frame, "preparation_edit"),
        "more_label": _("See your preparation"),
    }


def _talk(frame: Frame) -> Step:
    return {
        "title": _("Write the agreement together"),
        "text": _("Look at what each of you shares, agree on a few things, and put the agreement up for signing."),
        "label": _("Go to the talk"),
        "url": _url(frame, "talk"),
    }


def _sign_off(frame: Frame) -> Step:
    presentation = _waiting(frame)
    if presentation is None or presentation.mine:
        return _await_answers(frame, presentation)
    if presentation.declined:
        return {
            "title": _("Answer the agreement"),
            "text": _(
                "Another party has declined to sign this revision, so it does not come into force. You can answer it "
                "all the same, or take it back and talk about it."
            ),
            "label": _("Read and answer"),
            "url": _url(frame, "agreement_sign"),
            "more_url": _url(frame, "agreement_detail"),
            "more_label": _("See the agreement"),
        }
    return {
        "title": _("Sign the agreement"),
        "text": _("Read it through first. It is in force when both of you have signed the same revision."),
        "label": _("Read and sign"),
        "url": _url(frame, "agreement_sign"),
        "more_url": _url(frame, "agreement_detail"),
        "more_label": _("See the agreement"),
    }


def _await_answers(frame: Frame, presentation: Presentation | None) -> Step:
    text = _("You have signed. The agreement is in force when both of you have signed the same revision.")
    if presentation and presentation.declined:
        text = _("This revision does not come into force. It can be taken back and changed until all have answered.")
    return {
        "title": _("Wait for %(name)s to answer") % _names(frame),
        "text": text,
        "label": _("Read the agreement"),
        "url": _url(frame, "agreement_detail"),
    }


def _not_in_force(frame: Frame) -> Step:
    return {
        "title": _("No agreement is in force"),
        "text": _("It was not signed by all. You can change it and present it again, or end the dialogue as it is."),
        "label": _("Change the agreement"),
        "url": _url(frame, "agreement_amend"),
        "more_url": _url(frame, "agreement_detail"),
        "more_label": _("See who declined to sign"),
    }


def _follow_up(frame: Frame) -> Step:
    if _waiting(frame) is not None:
        return _sign_off_change(frame)
    if frame["is_changing"]:
        return _finish_the_change(frame)
    if frame["is_declined"]:
        return _not_in_force(frame)
    return {
        "title": _("Follow what you agreed"),
        "text": _("The agreement is signed. Say now and then how it goes with each item: both of you can see it."),
        "label": _("See the agreed items"),
        "url": _url(frame, "item_list"),
        "more_url": _url(frame, "agreement_detail"),
        "more_label": _("Read the agreement"),
    }


def _finish_the_change(frame: Frame) -> Step:
    text = _("A change is being written. The signed agreement is in force until both have signed the new one.")
    read = _("Read the agreement in force")
    if frame["is_declined"]:
        text = _("A change is being written. No agreement is in force until both have signed the new one.")
        read = _("See the agreement")
    return {
        "title": _("Finish the change of the agreement"),
        "text": text,
        "label": _("Go on with the change"),
        "url": _url(frame, "agreement_edit"),
        "more_url": _url(frame, "agreement_detail"),
        "more_label": read,
    }


def _sign_off_change(frame: Frame) -> Step:
    step, presentation = _sign_off(frame), _waiting(frame)
    if presentation is None or presentation.declined or frame["is_declined"]:
        return step
    return {
        **step,
        "text": _("The agreement has been changed. What is in force stays so until all of you have signed."),
    }


def _closed(frame: Frame) -> Step:
    return {
        "title": _("This dialogue is closed"),
        "text": _("The agreement stays here for you to read. What is still open goes with you to the next dialogue."),
        "label": _("Read the agreement"),
        "url": _url(frame, "agreement_detail"),
    }


def _not_held(frame: Frame) -> Step:
    return {
        "title": _("The talk was not held"),
        "text": _("This dialogue ended without a talk. A new one can be arranged at any time."),
        **_guide(frame),
    }


STEPS: dict[Stage, Callable[[Frame], Step]] = {
    Stage.PLANNED: _planned,
    Stage.INVITED: _invited,
    Stage.PREPARING: _preparing,
    Stage.TALK: _talk,
    Stage.SIGN_OFF: _sign_off,
    Stage.FOLLOW_UP: _follow_up,
    Stage.CLOSED: _closed,
    Stage.NOT_HELD: _not_held,
}


def _waiting(frame: Frame) -> Presentation | None:
    """The revision that waits for signatures, with whether the viewer has signed; looked up once a frame."""
    if "waiting" not in frame:
        frame |= _agreement_state(frame["dialogue"], frame["participant"])
    return frame["waiting"]


def _agreement_state(dialogue: Dialogue, participant: Participant) -> dict[str, Any]:
    """``waiting``; ``is_changing``: a change is being written; ``is_declined``: all have answered, none is in force."""
    drafts = Draft.objects.filter(dialogue=dialogue, kind=DraftKind.AGREEMENT, envelope__isnull=False)
    signed = Presentation.objects.signed_by_all()
    latest = (
        Presentation.objects.filter(agreement__dialogue=dialogue)
        .annotate(
            newest=F("agreement__revision"),
            is_recalled=Q(recall__isnull=False),
            answers=Count("signatures"),
            declined=Count("signatures", filter=Q(signatures__meaning=Meaning.DECLINED)),
            mine=Count("signatures", filter=Q(signatures__participant=participant)),
            is_changing=Exists(drafts.filter(dialogue=OuterRef("agreement__dialogue"))),
            has_force=Exists(signed.filter(agreement=OuterRef("agreement"))),
        )
        .order_by("-revision")
        .first()
    )
    if latest is None:
        return {"waiting": None, "is_changing": False, "is_declined": False}
    waits = latest.revision == latest.newest and not latest.is_recalled and latest.answers < latest.party_count
    return {
        "waiting": latest if waits else None,
        "is_changing": latest.is_changing and not waits,
        "is_declined": not latest.has_force,
    }


def _has_passed(dialogue: Dialogue) -> bool:
    return dialogue.meeting_at is not None and timezone.localtime(dialogue.meeting_at).date() < timezone.localdate()


def _is_today_or_past(dialogue: Dialogue) -> bool:
    return dialogue.meeting_at is not None and timezone.localtime(dialogue.meeting_at).date() <= timezone.localdate()


def _names(frame: Frame) -> dict[str, str]:
    return {"name": frame["other_name"]}


def _shared_by_others(frame: Frame) -> Step:
    if not any(other.shared_at for other in frame["others"]):
        return {}
    return {"more_url": _url(frame, "talk"), "more_label": _("Read what %(name)s shares") % _names(frame)}


def _guide(frame: Frame) -> Step:
    return {"more_url": frame["guide_url"], "more_label": _("Read the guide")} if frame["guide_url"] else {}


def _url(frame: Frame, name: str) -> str:
    return reverse(f"mus_workflow:{name}", args=[frame["dialogue"].pk])
