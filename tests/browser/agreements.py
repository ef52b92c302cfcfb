"""Generated agreements that wait for signatures, made by the real actions in the database of a portal.

Run in its shell: ``make(12, seed=1)`` prints, for each, how to see it and the exact bytes that are signed.
"""

from __future__ import annotations

import json
import sys
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from mus_workflow.actions.change_manager import appoint_manager, employ
from mus_workflow.actions.hold_talk import hold_talk
from mus_workflow.actions.invite import invite
from mus_workflow.actions.plan_dialogue import plan_dialogue
from mus_workflow.actions.publish_form import publish_form
from mus_workflow.actions.record_progress import record_outcome
from mus_workflow.actions.save_draft import save_agreement_draft
from mus_workflow.actions.write_revision import present_agreement
from mus_workflow.documents.forms import sheet_schema
from mus_workflow.documents.merge import Typed
from mus_workflow.evidence import canonical_bytes
from mus_workflow.formbuilder.completeness import missing
from mus_workflow.formbuilder.linking import with_rows
from mus_workflow.formbuilder.parts import flattened
from mus_workflow.formbuilder.projection import joint
from mus_workflow.models import (
    AgreementItem,
    Category,
    Dialogue,
    DialogueForm,
    FormDefinition,
    FormVersion,
    LedgerEntry,
    Outcome,
    Purpose,
    Responsible,
    Unit,
)
from musportal.mail import mail_settings
from tests.builders import answer, make_person
from tests.ledger import payload_of
from tests.mus_workflow.formbuilder.strategies import DATES, LABELS, PARAGRAPHS, answered, bodies
from tests.mus_workflow.formbuilder.writing import form

LANGUAGES = ("da", "en")
SETTLES = (Outcome.REACHED, Outcome.PARTLY, Outcome.NOT_REACHED)
NAMES = LABELS.map(lambda text: " ".join(text.split())[:30]).filter(bool)
OR_NOTHING = st.just("")
ITEMS = st.fixed_dictionaries(
    {
        "what": PARAGRAPHS,
        "responsible": st.sampled_from(Responsible.values),
        "category": st.sampled_from(Category.values),
        "due_date": OR_NOTHING | DATES,
        "support": OR_NOTHING | PARAGRAPHS,
        "measure": OR_NOTHING | PARAGRAPHS,
    }
)
QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example, HealthCheck.filter_too_much]


@dataclass(frozen=True)
class Written:
    """A form, and what two people write under it; ``by_employee`` are the questions whose answer the employee types."""

    title: str
    body: list[dict[str, Any]]
    answers: dict[str, Any]
    by_employee: set[str]
    items: list[dict[str, str]]


@st.composite
def writings(draw: st.DrawFn) -> Written:
    body = draw(bodies())
    for block in (block for section in body for block in section["value"]["questions"]):
        block["value"].pop("required", None)  # what must be answered is another test's
    schema = with_rows(joint(form(*body)))
    answers = draw(answered(schema))
    while lacking := [one.question["id"] for one in missing(schema, answers) if one.question["id"] in answers]:
        answers = {key: value for key, value in answers.items() if key not in lacking}
    theirs = draw(st.sets(st.sampled_from(sorted(answers)))) if answers else set()
    return Written(draw(LABELS), body, answers, theirs, draw(st.lists(ITEMS, max_size=3)))


PEOPLE = st.tuples(NAMES, NAMES, NAMES, NAMES)
COMMENTS = st.tuples(st.sampled_from(SETTLES), OR_NOTHING | PARAGRAPHS, OR_NOTHING | PARAGRAPHS)
EXAMPLES = st.tuples(PEOPLE, writings(), writings(), COMMENTS)


def make(count: int, *, seed: int) -> None:
    """Make so many agreements, and print them as JSON; the same ones for the same seed."""
    for name, value in mail_settings("dummy").items():
        setattr(django_settings, name, value)
    unit = Unit.add_root(name=f"Generated {seed}")
    examples = generated(count, seed)
    made = [Making(unit, f"generated{seed}x{number}", number, *one).carry_out() for number, one in enumerate(examples)]
    sys.stdout.write("MADE" + json.dumps(made))


def generated(count: int, number: int) -> list[Any]:
    """What Hypothesis makes of a seed."""
    found: list[Any] = []

    @seed(number)
    @settings(max_examples=count, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=QUIET)
    @given(EXAMPLES)
    def keep(example: Any) -> None:
        found.append(example)

    keep()
    return found


class Making:
    """One agreement, from two people who have just met to the page on which it is signed."""

    def __init__(
        self, unit: Unit, slug: str, number: int, people: Any, written: Written, earlier: Written, comments: Any
    ) -> None:
        first, last, *rest = people
        self.employee, self.manager = make_person(f"{slug}e", first, last), make_person(f"{slug}m", *rest)
        self.slug, self.number = slug, number
        self.written, self.earlier, self.comments = written, earlier, comments
        self.language = LANGUAGES[number % 2]
        today = timezone.localdate()
        self.employment = employ(user=self.employee, unit=unit, title="", start_date=today)
        appoint_manager(employee=self.employee, manager=self.manager, start_date=today, at=timezone.now())

    def carry_out(self) -> dict[str, Any]:
        """The agreement waits; some settle what was agreed in an earlier one."""
        if self.number % 3 == 2:
            before = self._talk(self.earlier, f"{self.slug}b")
            self._present(before, self.earlier)
            for by in (self.employee, self.manager):
                answer(before, by=by, at=timezone.now())
        dialogue = self._talk(self.written, self.slug)
        self._settle(dialogue)
        document = self._present(dialogue, self.written)
        client = Client()
        client.force_login(self.employee)
        return {
            "path": f"/mus/dialogues/{dialogue.pk}/agreement/sign/",
            "session": client.cookies["sessionid"].value,
            "reader": LANGUAGES[(self.number // 2) % 2],
            "signed": canonical_bytes(document).decode(),
        }

    def _talk(self, written: Written, slug: str) -> Dialogue:
        at = timezone.now()
        dialogue = plan_dialogue(employment=self.employment, due_date=at.date(), by=self.manager, at=at)
        # Planned under the portal's concept: the form of its agreement is exchanged for a generated one.
        version = self._form(written, slug)
        DialogueForm.objects.filter(dialogue=dialogue, purpose=Purpose.AGREEMENT).update(form_version=version)
        Dialogue.objects.filter(pk=dialogue.pk).update(language=self.language)
        meeting = {"meeting_at": at + timedelta(days=1), "minutes": 60, "place": "Lokale 4"}
        invite(dialogue_id=dialogue.pk, **meeting, by=self.manager, at=at)
        return hold_talk(dialogue_id=dialogue.pk, by=self.manager, at=at)

    def _form(self, written: Written, slug: str) -> FormVersion:
        made = FormDefinition(title=written.title, slug=slug, purpose=Purpose.AGREEMENT, language="en")
        made.body = made._meta.get_field("body").to_python(written.body)
        made.save()
        return publish_form(form=made, by=None, at=timezone.now())

    def _settle(self, dialogue: Dialogue) -> None:
        outcome, *comments = self.comments
        for item in AgreementItem.objects.of_employee(self.employee).open():
            for by, comment in zip((self.employee, self.manager), comments, strict=True):
                said = {"outcome": outcome, "comment": comment, "repeat": False}
                record_outcome(dialogue_id=dialogue.pk, item_id=item.pk, **said, by=by, at=timezone.now())

    def _present(self, dialogue: Dialogue, written: Written) -> Mapping[str, Any]:
        """Write it, each side some of it, and present it; the document that was recorded in the ledger."""
        bound = dialogue.forms.get(purpose=Purpose.AGREEMENT)
        schema = sheet_schema(dialogue, bound.form_version_id, today=timezone.localdate())
        theirs = {key: value for key, value in written.answers.items() if key in written.by_employee}
        ours = {key: value for key, value in written.answers.items() if key not in theirs}
        items = {str(uuid.uuid4()): one for one in written.items}
        for by, said, agreed in ((self.employee, theirs, {}), (self.manager, ours, items)):
            answers = flattened(schema, said)
            typed = Typed(request=str(uuid.uuid4()), base=10_000, answers=answers, items=agreed)
            save_agreement_draft(dialogue_id=dialogue.pk, typed=typed, allowed=set(answers), by=by, at=timezone.now())
        present_agreement(dialogue_id=dialogue.pk, by=self.manager, at=timezone.now())
        entries = LedgerEntry.objects.filter(chain=dialogue.pk, event="PRESENTED").select_related("payload")
        document: Mapping[str, Any] = payload_of(entries.latest("n"))["document"]
        return document
