"""A unique string in every place where a person writes, and who may ever meet it.

To extend: one line in CANARIES, and one in the story that writes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from mus_workflow.actions.amend_agreement import amend_agreement
from mus_workflow.actions.give_grant import approve_grant, request_grant
from mus_workflow.actions.hold_talk import hold_talk, mark_not_held
from mus_workflow.actions.invite import invite
from mus_workflow.actions.legal_hold import lift_hold, place_hold
from mus_workflow.actions.park_post import park_post
from mus_workflow.actions.plan_dialogue import plan_dialogue
from mus_workflow.actions.record_progress import record_follow_up, record_outcome, record_progress
from mus_workflow.actions.save_draft import save_agreement_draft, save_follow_up_draft, save_preparation
from mus_workflow.actions.share_preparation import share_preparation
from mus_workflow.actions.sign_agreement import sign_agreement
from mus_workflow.actions.write_revision import present_agreement, save_revision
from mus_workflow.models import Dialogue, Employment, Meaning, Outcome, Presentation, Progress, Purpose, user_key
from tests.builders import ITEM, Cast, allowed_ids, item_id_of, make_person, qid, typed
from tests.erasing import let_hold
from tests.plumbing.clock import NOW

EMPLOYEE, MANAGER = frozenset({"employee"}), frozenset({"manager"})
PARTIES = EMPLOYEE | MANAGER
AUDITORS = frozenset({"auditor", "auditor2"})
GRANTED = frozenset({"auditor"})

# Canary -> those who may meet it on a page. The auditor of the story has a grant, the second one has not.
CANARIES: dict[str, frozenset[str]] = {
    "kanariprivatmedarbejder": EMPLOYEE,
    "kanaridelt": PARTIES,
    "kanariprivatleder": MANAGER,
    "kanarilederdelt": PARTIES,
    "kanariaftale": PARTIES | GRANTED,
    "kanarimedarbejdersiger": PARTIES | GRANTED,
    "kanaripunkt": PARTIES | GRANTED,
    "kanaristoette": PARTIES | GRANTED,
    "kanarimaal": PARTIES | GRANTED,
    "kanaribemaerkning": PARTIES | GRANTED,
    "kanariafslag": PARTIES | GRANTED,
    "kanariforslag": PARTIES | AUDITORS,
    "kanarihvorfor": PARTIES | AUDITORS,
    "kanarinytpunkt": PARTIES | GRANTED,
    "kanarifremdrift": PARTIES,
    "kanariopfoelgning": PARTIES,
    "kanariudfald": PARTIES,
    "kanarigrund": AUDITORS,
    "kanaristed": PARTIES | {"delegate"},
    "kanariikkeholdt": frozenset(),
    # Whoever decides on holds is none of the cast.
    "kanarisletteforbud": frozenset(),
    "kanariparkeret": frozenset(),
}

# Kept in clear: time and place of the talk, which the delegate arranges and the calendar shows.
IN_CLEAR = frozenset({"kanaristed"})
# What may stand in a mail to the parties: the place, in the calendar invitation.
IN_MAILS = frozenset({"kanaristed"})


@dataclass(frozen=True)
class Story:
    """Last year's dialogue with everything in it, this year's in the talk, and one that was not held."""

    earlier: Dialogue
    current: Dialogue
    not_held: Dialogue


def tell(cast: Cast) -> Story:
    """Write every canary through the real actions."""
    earlier = _signed_dialogue(cast)
    _through_the_year(cast, earlier)
    request = request_grant(dialogue_id=earlier.pk, reason="kanarigrund", by=cast.auditor, at=NOW)
    approve_grant(grant_id=request.pk, by=cast.auditor2, at=NOW)
    _hold_for_a_while(earlier)
    not_held = _planned(cast, NOW)
    mark_not_held(dialogue_id=not_held.pk, reason="kanariikkeholdt", by=cast.manager, at=NOW)
    current = _planned(cast, NOW)
    _prepare(cast, current, NOW)
    hold_talk(dialogue_id=current.pk, by=cast.employee, at=NOW)
    record_outcome(
        dialogue_id=current.pk,
        item_id=earlier.agreement.items.get().pk,
        outcome=Outcome.PARTLY,
        comment="kanariudfald",
        repeat=False,
        by=cast.employee,
        at=NOW,
    )
    park_post(key=user_key(cast.employee), path="/mus/", fields={"note": ["kanariparkeret"]}, at=NOW)
    return Story(earlier, Dialogue.objects.get(pk=current.pk), not_held)


def _hold_for_a_while(dialogue: Dialogue) -> None:
    keeper = make_person("keeper")
    let_hold(keeper)
    hold = place_hold(dialogue_id=dialogue.pk, reason="kanarisletteforbud", by=keeper, at=NOW)
    lift_hold(hold_id=hold.pk, by=keeper, at=NOW)


def _planned(cast: Cast, at: Any) -> Dialogue:
    employment = Employment.objects.get(user=cast.employee)
    dialogue = plan_dialogue(employment=employment, due_date=at.date(), by=cast.manager, at=at)
    invite(
        dialogue_id=dialogue.pk,
        meeting_at=at + timedelta(days=20),
        minutes=60,
        place="kanaristed",
        by=cast.manager,
        at=at,
    )
    return dialogue


def _prepare(cast: Cast, dialogue: Dialogue, at: Any) -> None:
    for person, purpose, role, answers, shared in (
        (
            cast.employee,
            Purpose.EMPLOYEE_PREPARATION,
            "EMPLOYEE",
            {"year": "kanaridelt", "well_being": "kanariprivatmedarbejder"},
            "year",
        ),
        (cast.manager, Purpose.MANAGER_PREPARATION, "MANAGER", {"praise": "kanarilederdelt"}, "praise"),
    ):
        save_preparation(
            dialogue_id=dialogue.pk,
            typed=typed(answers),
            allowed=allowed_ids(dialogue, purpose, role),
            by=person,
            at=at,
        )
        share_preparation(dialogue_id=dialogue.pk, chosen=[qid(shared)], by=person, at=at)
    # What the manager writes after sharing stays private until it is shared again.
    save_preparation(
        dialogue_id=dialogue.pk,
        typed=typed({"praise": "kanariprivatleder"}),
        allowed=allowed_ids(dialogue, Purpose.MANAGER_PREPARATION, "MANAGER"),
        by=cast.manager,
        at=at,
    )


def _signed_dialogue(cast: Cast) -> Dialogue:
    at = NOW - timedelta(days=90)
    dialogue = _planned(cast, at)
    _prepare(cast, dialogue, at)
    hold_talk(dialogue_id=dialogue.pk, by=cast.manager, at=at)
    item = {**ITEM, "what": "kanaripunkt", "support": "kanaristoette", "measure": "kanarimaal"}
    _write(cast.manager, "MANAGER", dialogue, {"summary": "kanariaftale"}, {item_id_of(dialogue): item}, at)
    _write(cast.employee, "EMPLOYEE", dialogue, {"employee_says": "kanarimedarbejdersiger"}, {}, at)
    save_revision(dialogue_id=dialogue.pk, by=cast.manager, at=at)
    shown = present_agreement(dialogue_id=dialogue.pk, by=cast.manager, at=at)
    for party, remark in ((cast.employee, "kanaribemaerkning"), (cast.manager, "")):
        _answer(party, dialogue, shown, Meaning.AGREED, remark, at)
    return Dialogue.objects.get(pk=dialogue.pk)


def _answer(person: Any, dialogue: Dialogue, shown: Presentation, meaning: Meaning, remark: str, at: Any) -> None:
    given = {"document_sha256": shown.document_sha256, "meaning": meaning, "acknowledgement": "", "remark": remark}
    sign_agreement(dialogue_id=dialogue.pk, **given, auth_method="password", by=person, at=at)


def _write(person: Any, role: str, dialogue: Dialogue, answers: Any, items: Any, at: Any) -> None:
    save_agreement_draft(
        dialogue_id=dialogue.pk,
        typed=typed(answers, items=items),
        allowed=allowed_ids(dialogue, Purpose.AGREEMENT, role),
        by=person,
        at=at,
    )


def _through_the_year(cast: Cast, dialogue: Dialogue) -> None:
    at = NOW - timedelta(days=30)
    record_progress(
        dialogue_id=dialogue.pk,
        item_id=dialogue.agreement.items.get().pk,
        progress=Progress.UNDER_WAY,
        note="kanarifremdrift",
        by=cast.employee,
        at=at,
    )
    save_follow_up_draft(
        dialogue_id=dialogue.pk,
        typed=typed({"how": "kanariopfoelgning"}),
        allowed=allowed_ids(dialogue, Purpose.FOLLOW_UP, "EMPLOYEE"),
        by=cast.employee,
        at=at,
    )
    record_follow_up(dialogue_id=dialogue.pk, by=cast.manager, at=at)
    amend_agreement(dialogue_id=dialogue.pk, change_note="kanariforslag", by=cast.manager, at=at)
    shown = present_agreement(dialogue_id=dialogue.pk, by=cast.manager, at=at)
    for party, meaning, remark in (
        (cast.manager, Meaning.RECEIVED, ""),
        (cast.employee, Meaning.DECLINED, "kanariafslag"),
    ):
        _answer(party, dialogue, shown, meaning, remark, at)
    amend_agreement(dialogue_id=dialogue.pk, change_note="kanarihvorfor", by=cast.manager, at=at)
    new_item = {**ITEM, "what": "kanarinytpunkt"}
    _write(cast.manager, "MANAGER", dialogue, {}, {"5f0c0f1e-0000-4000-8000-000000000002": new_item}, at)
    save_revision(dialogue_id=dialogue.pk, by=cast.manager, at=at)
