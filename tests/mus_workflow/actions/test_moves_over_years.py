"""Years of changing forms over dialogues at every stage: no answer is orphaned, and what is signed or shared stands."""

from __future__ import annotations

import random
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from django.utils.timezone import localdate

from mus_workflow.actions.change_manager import appoint_manager, employ
from mus_workflow.actions.decide_moves import decide_moves, version_before
from mus_workflow.actions.hold_talk import hold_talk
from mus_workflow.actions.invite import invite
from mus_workflow.actions.move_draft import move_preparation, move_sheet
from mus_workflow.actions.plan_dialogue import plan_dialogue
from mus_workflow.actions.publish_form import orphans_in, publish_form
from mus_workflow.actions.save_draft import save_agreement_draft, save_preparation
from mus_workflow.actions.share_preparation import share_preparation
from mus_workflow.actions.sign_agreement import sign_agreement
from mus_workflow.actions.write_revision import present_agreement
from mus_workflow.documents.forms import sheet_schema, side_schema
from mus_workflow.documents.merge import Typed
from mus_workflow.documents.moves import no_longer_asked, standing_answers
from mus_workflow.formbuilder.bridging import CannotGoTogether
from mus_workflow.formbuilder.fields import Asked
from mus_workflow.formbuilder.impact import impact
from mus_workflow.formbuilder.parts import split_key
from mus_workflow.formbuilder.schema import validate
from mus_workflow.models import (
    Agreement,
    Dialogue,
    Draft,
    DraftKind,
    Employment,
    FormDefinition,
    FormVersion,
    Purpose,
    SharedPreparation,
    Unit,
    open_sealed,
)
from mus_workflow.policies.verdict import Refused
from tests.builders import Cast, make_person, question
from tests.plumbing.clock import NOW
from tests.republishing import Rows, rewrite

pytestmark = pytest.mark.django_db

VERSIONS = 12
WORDS = ["mål", "trivsel", "opgaver", "samarbejde", "læring", "næste år", "ikke", "ro", "tid", "kolleger"]
TYPES = {"long_text": {}, "scale": {"min": 1, "max": 5}, "yes_no": {}, "number": {}}
PURPOSES = (Purpose.EMPLOYEE_PREPARATION, Purpose.MANAGER_PREPARATION, Purpose.AGREEMENT)
HOW_FAR = ("planned", "preparing", "shared", "talking", "signed")


class Years:
    """An organisation whose forms change while its dialogues run."""

    def __init__(self, cast: Cast, draw: Any) -> None:
        self.cast, self.draw = cast, draw
        self.at, self.made = NOW, 0
        self.dialogues: list[tuple[Dialogue, Any, str]] = []

    def begin(self, how_far: str) -> None:
        """One more employee's dialogue, as far as it goes."""
        self.made += 1
        person = make_person(f"medarbejder{self.made}")
        employ(user=person, unit=Unit.objects.first(), title="", start_date=date(2024, 2, 1))
        appoint_manager(employee=person, manager=self.cast.manager, start_date=date(2024, 2, 1), at=self.at)
        employment = Employment.objects.get(user=person)
        due = localdate(self.at) + timedelta(days=60)
        dialogue = plan_dialogue(employment=employment, due_date=due, by=self.cast.manager, at=self.at)
        self.dialogues.append((dialogue, person, how_far))
        if how_far == "planned":
            return
        meeting = {"meeting_at": self.at + timedelta(days=9), "minutes": 60, "place": "Her"}
        invite(dialogue_id=dialogue.pk, **meeting, by=self.cast.manager, at=self.at)
        self.write(dialogue, person)
        if how_far in ("shared", "signed"):
            self.share(dialogue, person)
        if how_far in ("talking", "signed"):
            hold_talk(dialogue_id=dialogue.pk, by=self.cast.manager, at=self.at)
            self.write(dialogue, person)
        if how_far == "signed":
            self.sign(dialogue, person)

    def write(self, dialogue: Dialogue, person: Any) -> None:
        """Everybody answers what their drafts ask, some of it."""
        for user in (person, self.cast.manager):
            draft = Draft.objects.preparation_of(user, dialogue=dialogue.pk)
            schema = side_schema(dialogue, draft.participant, draft.form_version_id, today=localdate(self.at))
            given = {"dialogue_id": dialogue.pk, "by": user, "at": self.at, "allowed": Asked(schema)}
            save_preparation(typed=self.some(schema), **given)
        sheet = Draft.objects.filter(dialogue=dialogue, kind=DraftKind.AGREEMENT).first()
        if sheet is not None:
            schema = sheet_schema(dialogue, sheet.form_version_id, today=localdate(self.at))
            given = {"dialogue_id": dialogue.pk, "by": self.cast.manager, "at": self.at, "allowed": Asked(schema)}
            save_agreement_draft(typed=self.some(schema, all_of_it=True), **given)

    def some(self, schema: Any, *, all_of_it: bool = False) -> Typed:
        """Answers to some of the questions, as they are saved."""
        values: dict[str, Any] = {
            "long_text": "Ord om " + self.draw.choice(WORDS),
            "scale": self.draw.randint(1, 4),
            "yes_no": self.draw.random() < 0.5,
            "number": str(self.draw.randint(1, 9)),
            "short_text": "Kort om " + self.draw.choice(WORDS),
        }
        asked = Asked(schema).questions
        answers = {one: values[asked[one]["type"]] for one in asked if all_of_it or self.draw.random() < 0.8}
        return Typed(request=str(self.draw.random()), base=10_000, answers=answers)

    def share(self, dialogue: Dialogue, person: Any) -> None:
        draft = Draft.objects.preparation_of(person, dialogue=dialogue.pk)
        chosen = [split_key(one)[0] for one in standing_answers(open_sealed(draft.envelope))]
        share_preparation(dialogue_id=dialogue.pk, chosen=chosen, by=person, at=self.at)

    def sign(self, dialogue: Dialogue, person: Any) -> None:
        presentation = present_agreement(dialogue_id=dialogue.pk, by=self.cast.manager, at=self.at)
        given = {"document_sha256": presentation.document_sha256, "remark": "", "auth_method": "password"}
        for party in (person, self.cast.manager):
            sign_agreement(dialogue_id=dialogue.pk, **given, by=party, at=self.at)

    def publish(self, purpose: str) -> None:
        """A new version of a form, with whatever choices go together."""
        form = rewrite(purpose, self.edit)
        if orphans_in(form, form.compiled()):
            return
        version = publish_form(form=form, by=None, at=self.at)
        base = version_before(version)
        if base is None:
            return
        for _try in range(5):
            choices = {one.key: self.draw.choice(one.offered) for one in impact(base.schema, version.schema)}
            try:
                decide_moves(version=version, choices=choices, by=self.cast.editor, at=self.at)
            except CannotGoTogether:
                continue
            return

    def edit(self, rows: Rows) -> None:
        for _edit in range(self.draw.randint(1, 4)):
            what = self.draw.choice(["reword", "reword", "add", "drop", "turn", "rescale", "require"])
            one = self.draw.choice(rows)
            if what == "reword":
                one["value"]["label"] = " ".join(self.draw.sample(WORDS, 3)) + "?"
            elif what == "add":
                kind = self.draw.choice(list(TYPES))
                label = " ".join(self.draw.sample(WORDS, 2)) + "?"
                audience = self.draw.choice(["BOTH", "AGREED", "EMPLOYEE", "MANAGER"])
                added = question(str(self.draw.random()), kind, label, audience=audience, **TYPES[kind])
                rows.insert(self.draw.randint(0, len(rows)), added)
            elif what == "drop" and len(rows) > 2 and not any(_points_to(other, one["id"]) for other in rows):
                rows.remove(one)
            elif what == "turn" and not any(other["value"].get("condition", {}).get("question") for other in rows):
                self.draw.shuffle(rows)
            elif what == "rescale" and one["type"] == "scale":
                one["value"]["max"] = self.draw.randint(2, 7)
            elif what == "require":
                one["value"]["required"] = not one["value"].get("required")

    def open_everything(self) -> None:
        """Everybody opens what they have, and writes some more in half of it."""
        for dialogue, person, _how_far in self.dialogues:
            for user in (person, self.cast.manager):
                _try(partial(move_preparation, dialogue_id=dialogue.pk, by=user, at=self.at))
            sheet = {"dialogue_id": dialogue.pk, "kind": DraftKind.AGREEMENT, "by": person, "at": self.at}
            _try(partial(move_sheet, **sheet))
            dialogue.refresh_from_db()
            if self.draw.random() < 0.5:
                _try(partial(self.write, dialogue, person))


def _points_to(row: dict[str, Any], question_id: str) -> bool:
    return row["value"].get("condition", {}).get("question") == question_id


def _try(act: Any) -> None:
    try:
        act()
    except Refused:
        return


def orphans(draft: Draft) -> set[str]:
    """Keys of answers that the draft's version does not ask, and its author is not shown either."""
    body = open_sealed(draft.envelope) if draft.envelope else {"answers": {}}
    dialogue, today = draft.dialogue, localdate(NOW)

    def as_met(version: int) -> Any:
        if draft.participant:
            return side_schema(dialogue, draft.participant, version, today=today)
        return sheet_schema(dialogue, version, today=today)

    schema = as_met(draft.form_version_id)
    shown = {answer["id"] for part in no_longer_asked(body, schema, as_met, "da") for answer in part["answers"]}
    given = {key for key, entry in body["answers"].items() if entry["value"] is not None}
    return {key for key in given if key not in Asked(schema) and split_key(key)[0] not in shown}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_years_of_changes_orphan_nothing_and_leave_what_is_shared_and_signed_alone(cast: Cast, seed: int) -> None:
    years = Years(cast, random.Random(seed))
    for how_far in HOW_FAR:
        years.begin(how_far)
    signed = {one.pk: bytes(one.document) for one in Agreement.objects.all()}
    shared = dict(SharedPreparation.objects.values_list("preparation__draft", "preparation__draft__form_version"))
    assert signed
    assert shared
    for number in range(VERSIONS):
        years.at += timedelta(days=150)
        for purpose in PURPOSES:
            years.publish(purpose)
        if number % 2:
            years.begin(years.draw.choice(["planned", "preparing", "talking"]))
        if years.draw.random() < 0.7:
            years.open_everything()
        for draft in Draft.objects.select_related("dialogue__unit", "participant"):
            assert orphans(draft) == set(), (number, draft.kind)
    assert {one.pk: bytes(one.document) for one in Agreement.objects.filter(pk__in=signed)} == signed
    now = dict(Draft.objects.filter(pk__in=shared).values_list("pk", "form_version"))
    assert now == shared
    bridges = list(FormVersion.objects.exclude(bridges=None))
    assert bridges
    for one in bridges:
        validate(one.schema)
    assert Draft.objects.exclude(form_version__number=1).exists()


def test_new_dialogues_never_get_a_version_that_was_not_published(cast: Cast) -> None:
    years = Years(cast, random.Random(4))
    for how_far in ("preparing", "talking"):
        years.begin(how_far)
    for _number in range(6):
        years.at += timedelta(days=150)
        for purpose in PURPOSES:
            years.publish(purpose)
        years.begin("planned")
        dialogue = years.dialogues[-1][0]
        assert not dialogue.forms.exclude(form_version__bridges=None).exists()
        for form in FormDefinition.objects.filter(purpose__in=PURPOSES):
            newest = form.versions.published().latest("number")
            assert dialogue.forms.get(purpose=form.purpose).form_version == newest
