"""Every action, arranged where it is lawful: one table for the promises that all actions make."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from mus_workflow.actions.amend_agreement import amend_agreement, drop_amendment
from mus_workflow.actions.change_manager import confirm_manager, propose_manager
from mus_workflow.actions.give_grant import approve_grant, end_grant, refuse_grant, request_grant
from mus_workflow.actions.hold_talk import break_off_talk, close_dialogue, hold_talk, mark_not_held
from mus_workflow.actions.invite import accept_invitation, invite
from mus_workflow.actions.legal_hold import lift_hold, place_hold
from mus_workflow.actions.move_draft import move_preparation, move_sheet
from mus_workflow.actions.plan_dialogue import plan_dialogue
from mus_workflow.actions.record_progress import record_follow_up, record_outcome, record_progress
from mus_workflow.actions.save_draft import save_agreement_draft, save_follow_up_draft, save_preparation
from mus_workflow.actions.share_preparation import share_preparation, withdraw_preparation
from mus_workflow.actions.sign_agreement import sign_agreement
from mus_workflow.actions.take_out_evidence import take_out_evidence, take_out_words
from mus_workflow.actions.write_revision import present_agreement, save_revision, take_back_agreement
from mus_workflow.models import Dialogue, DraftKind, Employment, FormDefinition, Meaning, Outcome, Progress
from mus_workflow.stages import Stage
from tests.builders import Cast, make_dialogue, qid, question, typed, write_agreement
from tests.erasing import let_hold
from tests.plumbing.clock import NOW
from tests.republishing import key, republish

LAST_YEAR = NOW - timedelta(days=60)
LATER = NOW + timedelta(hours=1)


@dataclass
class Scene:
    """The cast, the dialogue they are in, and what the arrangement made besides."""

    cast: Cast
    dialogue: Any
    made: Any = None

    @property
    def here(self) -> dict[str, Any]:
        return {"dialogue_id": self.dialogue.pk, "at": LATER}


@dataclass(frozen=True)
class Verb:
    """One action: how to arrange it, how to do it, who may, what the dialogue's chain says then, who hears of it."""

    name: str
    arrange: Callable[[Cast], Scene]
    act: Callable[[Scene, Any], Any]
    allowed: tuple[str, ...]
    ledgered: tuple[str, ...] = ()
    mail: str = ""
    told: tuple[str, ...] = field(default=())


def at(stage: str) -> Callable[[Cast], Scene]:
    return lambda cast: Scene(cast, make_dialogue(cast, stage))


def republished(stage: str) -> Callable[[Cast], Scene]:
    """Every form has a new question since, and an editor decided that running dialogues get it."""

    def arrange(cast: Cast) -> Scene:
        scene = at(stage)(cast)
        for form in FormDefinition.objects.all():
            extra = question("extra", "long_text", "Andet?")
            republish(form.purpose, lambda rows, extra=extra: rows.append(extra), {key("ADDED", "extra"): "MOVE"})
        return scene

    return arrange


def nothing_planned(cast: Cast) -> Scene:
    return Scene(cast, None, Employment.objects.get(user=cast.employee))


def proposed(cast: Cast) -> Scene:
    scene = at(Stage.PREPARING)(cast)
    employment = Employment.objects.get(user=cast.employee)
    scene.made = propose_manager(
        employment=employment, manager=cast.other_manager, start_date=NOW.date(), by=cast.hr, at=NOW
    )
    return scene


def asked(cast: Cast) -> Scene:
    scene = at(Stage.FOLLOW_UP)(cast)
    scene.made = request_grant(dialogue_id=scene.dialogue.pk, reason="Stikprøve", by=cast.auditor, at=NOW)
    return scene


def granted(cast: Cast) -> Scene:
    scene = asked(cast)
    approve_grant(grant_id=scene.made.pk, by=cast.auditor2, at=NOW)
    return scene


def to_be_held(cast: Cast) -> Scene:
    let_hold(cast.auditor)
    return at(Stage.FOLLOW_UP)(cast)


def held(cast: Cast) -> Scene:
    scene = to_be_held(cast)
    scene.made = place_hold(dialogue_id=scene.dialogue.pk, reason="Klagesag", by=cast.auditor, at=NOW)
    return scene


def amended(cast: Cast) -> Scene:
    scene = at(Stage.FOLLOW_UP)(cast)
    amend_agreement(dialogue_id=scene.dialogue.pk, change_note="Ny frist", by=cast.manager, at=NOW)
    return scene


def followed_up(cast: Cast) -> Scene:
    scene = at(Stage.FOLLOW_UP)(cast)
    save_follow_up_draft(
        dialogue_id=scene.dialogue.pk, typed=typed({"how": "Det går"}), allowed=[qid("how")], by=cast.manager, at=NOW
    )
    return scene


def written(cast: Cast) -> Scene:
    scene = at(Stage.TALK)(cast)
    write_agreement(scene.dialogue, by=cast.manager)
    return scene


def next_year(cast: Cast) -> Scene:
    """The talk of this year, with the agreement of last year still followed."""
    last = make_dialogue(cast, at=LAST_YEAR)
    return Scene(cast, make_dialogue(cast, Stage.TALK), last.agreement.items.get())


def shown(dialogue: Dialogue) -> str:
    """The hash of the newest presented revision."""
    return dialogue.agreement.presentations.latest("revision").document_sha256


def sign(scene: Scene, by: Any, **changes: Any) -> Any:
    given = {"document_sha256": shown(scene.dialogue), "remark": "", "auth_method": "password", **changes}
    return sign_agreement(**scene.here, **given, by=by)


def propose(scene: Scene, by: Any) -> Any:
    return propose_manager(
        employment=scene.made, manager=scene.cast.other_manager, start_date=NOW.date(), by=by, at=LATER
    )


def say_progress(scene: Scene, by: Any) -> Any:
    item = scene.dialogue.agreement.items.get()
    return record_progress(**scene.here, item_id=item.pk, progress=Progress.UNDER_WAY, note="Tilmeldt", by=by)


def say_outcome(scene: Scene, by: Any) -> Any:
    return record_outcome(
        **scene.here, item_id=scene.made.pk, outcome=Outcome.PARTLY, comment="Næsten", repeat=True, by=by
    )


def prepare(scene: Scene, by: Any) -> Any:
    return save_preparation(**scene.here, typed=typed({"year": "Nyt"}), allowed=[qid("year")], by=by)


def type_follow_up(scene: Scene, by: Any) -> Any:
    return save_follow_up_draft(**scene.here, typed=typed({"how": "Fint"}), allowed=[qid("how")], by=by)


def type_agreement(scene: Scene, by: Any) -> Any:
    return save_agreement_draft(**scene.here, typed=typed({"summary": "Nyt"}), allowed=[qid("summary")], by=by)


PARTIES = ("employee", "manager")
ARRANGERS = ("manager", "delegate")

VERBS = [
    Verb(
        "plan_dialogue",
        nothing_planned,
        lambda scene, by: plan_dialogue(employment=scene.made, due_date=NOW.date(), by=by, at=LATER),
        ARRANGERS,
        ("CREATED", *["FORM_BOUND"] * 4),
    ),
    Verb(
        "invite",
        at(Stage.PLANNED),
        lambda scene, by: invite(**scene.here, meeting_at=NOW + timedelta(days=9), minutes=60, place="Lokale 4", by=by),
        ARRANGERS,
        ("STAGE_CHANGED", "MEETING_SET"),
        "invitation",
        PARTIES,
    ),
    Verb(
        "accept_invitation",
        at(Stage.INVITED),
        lambda scene, by: accept_invitation(**scene.here, by=by),
        ("employee",),
        ("STAGE_CHANGED",),
    ),
    Verb("save_preparation", at(Stage.PREPARING), prepare, PARTIES),
    Verb(
        "move_preparation",
        republished(Stage.PREPARING),
        lambda scene, by: move_preparation(**scene.here, by=by),
        PARTIES,
    ),
    Verb(
        "move_sheet",
        republished(Stage.TALK),
        lambda scene, by: move_sheet(**scene.here, kind=DraftKind.AGREEMENT, by=by),
        PARTIES,
        ("FORM_MOVED",),
    ),
    Verb(
        "share_preparation",
        at(Stage.TALK),
        lambda scene, by: share_preparation(**scene.here, chosen=[qid("year"), qid("praise")], by=by),
        PARTIES,
        ("PREPARATION_SHARED",),
        "preparation_shared",
        ("others",),
    ),
    Verb(
        "withdraw_preparation",
        at(Stage.TALK),
        lambda scene, by: withdraw_preparation(**scene.here, by=by),
        PARTIES,
        ("PREPARATION_WITHDRAWN",),
    ),
    Verb(
        "hold_talk", at(Stage.PREPARING), lambda scene, by: hold_talk(**scene.here, by=by), PARTIES, ("STAGE_CHANGED",)
    ),
    Verb(
        "break_off_talk",
        at(Stage.TALK),
        lambda scene, by: break_off_talk(**scene.here, by=by),
        PARTIES,
        ("STAGE_CHANGED",),
        "talk_broken_off",
        ("others",),
    ),
    Verb(
        "mark_not_held",
        at(Stage.INVITED),
        lambda scene, by: mark_not_held(**scene.here, reason="Barsel", by=by),
        ("manager",),
        ("STAGE_CHANGED", "NOT_HELD_BECAUSE"),
    ),
    Verb("save_agreement_draft", at(Stage.TALK), type_agreement, PARTIES),
    Verb("save_revision", written, lambda scene, by: save_revision(**scene.here, by=by), PARTIES, ("REVISION_SAVED",)),
    Verb(
        "present_agreement",
        written,
        lambda scene, by: present_agreement(**scene.here, by=by),
        PARTIES,
        ("PRESENTED", "STAGE_CHANGED"),
        "agreement_presented",
        PARTIES,
    ),
    Verb(
        "take_back_agreement",
        at(Stage.SIGN_OFF),
        lambda scene, by: take_back_agreement(**scene.here, by=by),
        PARTIES,
        ("STAGE_CHANGED", "TAKEN_BACK"),
        "agreement_taken_back",
        ("others",),
    ),
    Verb("sign_agreement", at(Stage.SIGN_OFF), sign, PARTIES, ("SIGNED",), "signature_receipt", PARTIES),
    Verb(
        "sign_agreement",
        at(Stage.SIGN_OFF),
        lambda scene, by: sign(scene, by, meaning=Meaning.DECLINED, acknowledgement="I decline"),
        PARTIES,
        ("DECLINED",),
        "signature_receipt",
        PARTIES,
    ),
    Verb(
        "amend_agreement",
        at(Stage.FOLLOW_UP),
        lambda scene, by: amend_agreement(**scene.here, change_note="Ny frist", by=by),
        PARTIES,
        ("AMENDMENT_BEGUN",),
        "amendment_begun",
        ("others",),
    ),
    Verb(
        "drop_amendment",
        amended,
        lambda scene, by: drop_amendment(**scene.here, by=by),
        PARTIES,
        ("AMENDMENT_DROPPED",),
    ),
    Verb("record_progress", at(Stage.FOLLOW_UP), say_progress, PARTIES, ("PROGRESS_RECORDED",)),
    Verb("record_outcome", next_year, say_outcome, PARTIES),
    Verb("save_follow_up_draft", at(Stage.FOLLOW_UP), type_follow_up, PARTIES),
    Verb(
        "record_follow_up",
        followed_up,
        lambda scene, by: record_follow_up(**scene.here, by=by),
        PARTIES,
        ("FOLLOWED_UP",),
    ),
    Verb(
        "close_dialogue",
        at(Stage.FOLLOW_UP),
        lambda scene, by: close_dialogue(**scene.here, by=by),
        ("manager",),
        ("STAGE_CHANGED",),
    ),
    Verb(
        "place_hold",
        to_be_held,
        lambda scene, by: place_hold(**scene.here, reason="Klagesag", by=by),
        ("auditor",),
        ("HOLD_PLACED",),
    ),
    Verb(
        "lift_hold",
        held,
        lambda scene, by: lift_hold(hold_id=scene.made.pk, by=by, at=LATER),
        ("auditor",),
        ("HOLD_LIFTED",),
    ),
    Verb("propose_manager", nothing_planned, propose, ("hr",)),
    Verb(
        "confirm_manager",
        proposed,
        lambda scene, by: confirm_manager(relation_id=scene.made.pk, by=by, at=LATER),
        ("manager",),
        ("ROLE_CHANGED",),
        "manager_changed",
        ("employee", "other_manager"),
    ),
    Verb(
        "request_grant",
        at(Stage.FOLLOW_UP),
        lambda scene, by: request_grant(**scene.here, reason="Stikprøve", by=by),
        ("auditor", "auditor2"),
        ("GRANT_REQUESTED",),
    ),
    Verb(
        "approve_grant",
        asked,
        lambda scene, by: approve_grant(grant_id=scene.made.pk, by=by, at=LATER),
        ("auditor2",),
        ("GRANT_APPROVED",),
        "grant_given",
        ("employee",),
    ),
    Verb(
        "refuse_grant",
        asked,
        lambda scene, by: refuse_grant(grant_id=scene.made.pk, by=by, at=LATER),
        ("auditor2",),
        ("GRANT_REFUSED",),
    ),
    Verb(
        "take_out_evidence",
        at(Stage.FOLLOW_UP),
        lambda scene, by: take_out_evidence(**scene.here, auth_method="", by=by),
        ("auditor", "auditor2"),
        ("EXPORTED",),
    ),
    Verb(
        "take_out_words",
        granted,
        lambda scene, by: take_out_words(**scene.here, auth_method="", by=by),
        ("auditor",),
        ("EXPORTED",),
    ),
    Verb(
        "end_grant",
        granted,
        lambda scene, by: end_grant(grant_id=scene.made.pk, by=by, at=LATER),
        ("auditor", "auditor2"),
        ("GRANT_ENDED",),
    ),
]
