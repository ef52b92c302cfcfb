"""Situations in which somebody asks who can read their answers, each with a canary in every answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from typing import Any

from mus_workflow.actions.add_file import add_file
from mus_workflow.actions.give_grant import approve_grant, request_grant
from mus_workflow.actions.hold_talk import close_dialogue, hold_talk, mark_not_held
from mus_workflow.actions.record_progress import record_follow_up, record_progress
from mus_workflow.actions.save_draft import save_agreement_draft, save_follow_up_draft, save_preparation
from mus_workflow.actions.share_preparation import share_preparation, withdraw_preparation
from mus_workflow.actions.write_revision import present_agreement, save_revision
from mus_workflow.documents.merge import Typed
from mus_workflow.formbuilder.schema import questions
from mus_workflow.formbuilder.sides import side_id
from mus_workflow.models import Dialogue, DraftKind, GrantScope, Progress, Purpose
from mus_workflow.policies.readers import Place
from mus_workflow.stages import Stage
from tests.builders import ITEM, Cast, change_manager, item_id_of, make_dialogue, qid, question, sign_by_both, typed
from tests.mus_workflow.views.forms import publish, section
from tests.plumbing.clock import NOW

STAGES = (Stage.PREPARING, Stage.TALK, Stage.SIGN_OFF, Stage.FOLLOW_UP, Stage.CLOSED, Stage.NOT_HELD)
SHARING = ("NOTHING", "SHARED", "WITHDRAWN")
SIGNED = (Stage.FOLLOW_UP, Stage.CLOSED)
RECORDED = (Stage.TALK, Stage.SIGN_OFF, *SIGNED)
BEFORE = NOW - timedelta(days=8)

# What the employee prepares: question -> canary; and what of it is shared where anything is.
PREPARED = {"always": "kanarialtid", "chosen": "kanarivalgt", "kept": "kanaribeholdt"}
FILE = "kanaribilag"
SHARED = {"kanarialtid", "kanarivalgt", FILE}
# What stands in the agreement: canary -> (question, who writes it). One is the employee's, one both sides' own.
AGREED = {
    "kanarifaelles": (qid("both"), "manager"),
    "kanariegen": (qid("own"), "employee"),
    "kanarihver": (side_id(qid("each"), "EMPLOYEE"), "employee"),
}
ITEM_WORDS, NOTE, FOLLOWED = "kanaripunkt", "kanarinote", "kanarifulgt"
CANARIES = (*PREPARED.values(), FILE, *AGREED, ITEM_WORDS, NOTE, FOLLOWED)


@dataclass(frozen=True)
class Situation:
    """Where a dialogue stands, what was shared, whether a new manager came since, and the scope of a live grant."""

    stage: Stage
    sharing: str
    successor: bool
    grant: str

    def __str__(self) -> str:
        return f"{self.stage}-{self.sharing}{'-successor' * self.successor}{'-' * bool(self.grant)}{self.grant}"

    def places(self, canary: str) -> set[Place]:
        """Where the text with this canary stands now."""
        if canary in (*PREPARED.values(), FILE):
            return {Place.PREPARATION} | ({Place.COPY} if canary in SHARED and self.sharing == "SHARED" else set())
        if canary == NOTE:
            return {Place.ITEMS} if self.stage in SIGNED else set()
        if canary == FOLLOWED:
            return {Place.FOLLOW_UP} if self.stage in SIGNED else set()
        found = {Place.AGREEMENT} if self.stage in RECORDED else set()
        return found | ({Place.SHEET} if self.stage == Stage.TALK else set())


def every_situation() -> Iterator[Situation]:
    """All that can come about: a grant is given for a recorded agreement only."""
    for stage, sharing, successor, grant in product(STAGES, SHARING, (False, True), ("", *GrantScope.values)):
        if not grant or stage in RECORDED:
            yield Situation(stage, sharing, successor, grant)


def publish_forms() -> None:
    """Forms with each sharing rule, and each kind of question on a sheet of two."""
    publish(
        Purpose.EMPLOYEE_PREPARATION,
        section(
            "Forberedelse",
            question("always", "long_text", "Altid?", sharing="ALWAYS"),
            question("chosen", "long_text", "Valgt?"),
            question("kept", "long_text", "Beholdt?", sharing="PRIVATE"),
            question("proof", "file", "Bilag?", max_files=1, max_megabytes=1, accept="DOCUMENTS"),
        ),
    )
    publish(
        Purpose.AGREEMENT,
        section(
            "Aftale",
            question("both", "long_text", "Sammen?", audience="AGREED"),
            question("own", "long_text", "Medarbejderen?", audience="EMPLOYEE"),
            question("each", "long_text", "Hver for sig?", mirrored="Og du?", audience="BOTH"),
        ),
    )
    publish(Purpose.FOLLOW_UP, section("Opfølgning", question("how", "long_text", "Hvordan?", audience="AGREED")))


def bring_about(cast: Cast, situation: Situation) -> Dialogue:
    """Walk a dialogue there by the real actions."""
    dialogue = make_dialogue(cast, Stage.PREPARING, at=NOW - timedelta(days=9))
    here = {"dialogue_id": dialogue.pk, "by": cast.manager, "at": NOW}
    _prepare(cast, dialogue, situation.sharing)
    if situation.stage == Stage.NOT_HELD:
        mark_not_held(**here, reason="Barsel")
    if situation.stage in RECORDED:
        hold_talk(**here)
        _write_agreement(cast, dialogue)
        save_revision(**here)
    if situation.stage in RECORDED[1:]:
        present_agreement(**here)
    if situation.stage in SIGNED:
        sign_by_both(Dialogue.objects.get(pk=dialogue.pk), cast)
        _follow_up(cast, dialogue)
    if situation.stage == Stage.CLOSED:
        close_dialogue(**here)
    if situation.grant:
        what = {"reason": "Stikprøve", "scope": situation.grant}
        asked = request_grant(dialogue_id=dialogue.pk, **what, by=cast.auditor, at=NOW)
        approve_grant(grant_id=asked.pk, by=cast.auditor2, at=NOW)
    if situation.successor:
        change_manager(cast.employee, cast.other_manager, by=cast.hr, confirmed_by=cast.manager, at=NOW)
    return Dialogue.objects.get(pk=dialogue.pk)


def _prepare(cast: Cast, dialogue: Dialogue, sharing: str) -> None:
    here = {"dialogue_id": dialogue.pk, "by": cast.employee}
    draft = dialogue.drafts.select_related("form_version").get(participant__user=cast.employee)
    proof = next(one for one in questions(draft.form_version.schema) if one["type"] == "file")
    what = {"name": f"{FILE}.pdf", "content": f"%PDF-1.7 {FILE}".encode()}
    add_file(dialogue=dialogue, kind=DraftKind.PREPARATION, question=proof, **what, by=cast.employee, at=BEFORE)
    save_preparation(**here, typed=typed(PREPARED), allowed=[qid(name) for name in PREPARED], at=BEFORE)
    if sharing != "NOTHING":
        share_preparation(**here, chosen=[qid("chosen"), qid("proof")], at=BEFORE)
    if sharing == "WITHDRAWN":
        withdraw_preparation(**here, at=BEFORE + timedelta(hours=1))


def _write_agreement(cast: Cast, dialogue: Dialogue) -> None:
    for canary, (key, writer) in AGREED.items():
        _save(dialogue, getattr(cast, writer), {key: canary})
    item = {**ITEM, "what": ITEM_WORDS}
    save_agreement_draft(
        dialogue_id=dialogue.pk,
        typed=typed(items={item_id_of(dialogue): item}),
        allowed=[],
        by=cast.employee,
        at=NOW,
    )


def _save(dialogue: Dialogue, by: Any, answers: dict[str, str]) -> None:
    sent = Typed(request=str(len(answers)) + next(iter(answers)), base=10_000, answers=answers)
    save_agreement_draft(dialogue_id=dialogue.pk, typed=sent, allowed=set(answers), by=by, at=NOW)


def _follow_up(cast: Cast, dialogue: Dialogue) -> None:
    here = {"dialogue_id": dialogue.pk, "at": NOW}
    item = Dialogue.objects.get(pk=dialogue.pk).agreement.items.get()
    record_progress(**here, item_id=item.pk, progress=Progress.UNDER_WAY, note=NOTE, by=cast.employee)
    save_follow_up_draft(**here, typed=typed({"how": FOLLOWED}), allowed=[qid("how")], by=cast.employee)
    record_follow_up(**here, by=cast.manager)
