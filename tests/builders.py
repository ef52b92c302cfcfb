"""Builders: they walk the real actions, so no test starts from a situation production cannot reach."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction
from wagtail.models import Locale, Page

from mus_workflow.actions.change_manager import appoint_manager, confirm_manager, employ, propose_manager
from mus_workflow.actions.hold_talk import close_dialogue, hold_talk, mark_not_held
from mus_workflow.actions.invite import accept_invitation, invite
from mus_workflow.actions.plan_dialogue import plan_dialogue
from mus_workflow.actions.publish_concept import FORM_FIELDS, publish_concept
from mus_workflow.actions.publish_form import publish_form
from mus_workflow.actions.save_draft import save_agreement_draft, save_preparation
from mus_workflow.actions.set_up_groups import AUDITORS, EDITORS, set_up_groups
from mus_workflow.actions.share_preparation import share_preparation
from mus_workflow.actions.sign_agreement import sign_agreement
from mus_workflow.actions.write_revision import present_agreement
from mus_workflow.documents.merge import Typed
from mus_workflow.formbuilder.projection import for_audience
from mus_workflow.formbuilder.schema import questions
from mus_workflow.models import (
    Agreement,
    Concept,
    Delegation,
    Dialogue,
    Employment,
    FormDefinition,
    HrPartner,
    ManagerRelation,
    Meaning,
    Purpose,
    Signature,
    Unit,
)
from mus_workflow.stages import Stage
from tests.plumbing.clock import NOW

NAMES = {
    "employee": ("Emma", "Lund"),
    "manager": ("Mikkel", "Holm"),
    "other_manager": ("Olga", "Vestergaard"),
    "former_manager": ("Frode", "Kjær"),
    "delegate": ("Ditte", "Bang"),
    "hr": ("Hanne", "Riis"),
    "editor": ("Erik", "Dahl"),
    "auditor": ("Astrid", "Friis"),
    "auditor2": ("Aksel", "Munk"),
    "admin": ("Ada", "Winther"),
}


@dataclass(frozen=True)
class Cast:
    """The people every test knows, one for each role."""

    employee: Any
    manager: Any
    other_manager: Any
    former_manager: Any
    delegate: Any
    hr: Any
    editor: Any
    auditor: Any
    auditor2: Any
    admin: Any


def make_cast() -> Cast:
    """Make the ten people, their units, reporting lines, rights, and a published concept."""
    cast = Cast(**{name: make_person(name, *names) for name, names in NAMES.items()})
    house = make_unit("Borgernes Hus")
    library, archive = make_unit("Biblioteket", house), make_unit("Arkivet", house)
    began = date(2024, 2, 1)
    for user, unit in ((cast.employee, library), (cast.manager, library), (cast.other_manager, archive)):
        employ(user=user, unit=unit, title="", start_date=began)
    HrPartner.objects.create(user=cast.hr, unit=house)
    appoint_manager(employee=cast.employee, manager=cast.former_manager, start_date=began, at=NOW - timedelta(days=400))
    HrPartner.objects.create(user=cast.auditor2, unit=house)
    change_manager(cast.employee, cast.manager, by=cast.hr, confirmed_by=cast.auditor2, at=NOW - timedelta(days=100))
    HrPartner.objects.filter(user=cast.auditor2).delete()
    Delegation.objects.create(manager=cast.manager, delegate=cast.delegate, start_date=began)
    set_up_groups()
    Group.objects.get(name=AUDITORS).user_set.add(cast.auditor, cast.auditor2)
    Group.objects.get(name=EDITORS).user_set.add(cast.editor)
    make_concept()
    return cast


def change_manager(employee: Any, manager: Any, *, by: Any, confirmed_by: Any, at: datetime) -> ManagerRelation:
    """Give the employee another manager, by one person and a second."""
    employment = Employment.objects.get(user=employee)
    relation = propose_manager(employment=employment, manager=manager, start_date=at.date(), by=by, at=at)
    return confirm_manager(relation_id=relation.pk, by=confirmed_by, at=at)


def make_person(username: str, first_name: str = "", last_name: str = "") -> Any:
    """Make a user with an address on the reserved test domain and the demo password."""
    return get_user_model().objects.create_user(
        username=username,
        password="demo",
        email=f"{username}@example.test",
        first_name=first_name,
        last_name=last_name,
        is_superuser=username == "admin",
        is_staff=username == "admin",
    )


def make_unit(name: str, parent: Unit | None = None) -> Unit:
    """Make a unit, at the top or below another."""
    return parent.add_child(name=name) if parent else Unit.add_root(name=name)


def question(name: str, kind: str, label: str, **value: Any) -> dict[str, Any]:
    """A question as the editor's StreamField stores it; its id follows from its name."""
    return {"id": qid(name), "type": kind, "value": {"label": label, **value}}


def qid(name: str) -> str:
    """The id of a question of the builders' forms."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, name))


def make_form(purpose: str, title: str, rows: list[dict[str, Any]]) -> FormDefinition:
    """Make and publish a form with one section."""
    section = {"id": qid(title), "type": "section", "value": {"heading": title, "intro": "", "questions": rows}}
    form = FormDefinition(
        title=title, slug=purpose.lower().replace("_", "-"), purpose=purpose, language="da", live=True
    )
    form.body = form._meta.get_field("body").to_python([section])
    form.save()
    publish_form(form=form, by=None, at=NOW - timedelta(days=500))
    return form


def make_concept() -> Concept:
    """Make and publish the concept with four small forms."""
    Locale.objects.get_or_create(language_code="da")
    employee = make_form(
        Purpose.EMPLOYEE_PREPARATION,
        "Din forberedelse",
        [
            question("year", "long_text", "Hvad lykkedes i år?"),
            question("well_being", "long_text", "Hvordan trives du?", sharing="PRIVATE", sensitive=True),
            question("course", "yes_no", "Ønsker du et kursus?"),
            question(
                "which_course",
                "short_text",
                "Hvilket kursus?",
                condition={"question": qid("course"), "op": "equals", "value": "yes"},
            ),
            question("workload", "scale", "Hvor passende er din arbejdsmængde?", min=1, max=5, not_applicable=False),
        ],
    )
    manager = make_form(
        Purpose.MANAGER_PREPARATION, "Lederens forberedelse", [question("praise", "long_text", "Hvad vil du rose?")]
    )
    agreement = make_form(
        Purpose.AGREEMENT,
        "Aftale",
        [
            question("summary", "long_text", "Hvad er I enige om?", required=True, audience="AGREED"),
            question("employee_says", "long_text", "Medarbejderens bemærkning", audience="EMPLOYEE"),
        ],
    )
    how = question("how", "long_text", "Hvordan går det?", audience="AGREED")
    follow_up = make_form(Purpose.FOLLOW_UP, "Opfølgning", [how])
    forms = dict(zip(FORM_FIELDS.values(), (employee, manager, agreement, follow_up), strict=True))
    concept = Concept.objects.create(title="MUS i Borgernes Hus", guide_root=Page.objects.first(), live=True, **forms)
    publish_concept(concept=concept, by=None, at=NOW - timedelta(days=500))
    return concept


def typed(answers: dict[str, Any] | None = None, **kwargs: Any) -> Typed:
    """One save from a browser, by question name."""
    named = {qid(name): value for name, value in (answers or {}).items()}
    return Typed(**{"request": str(uuid.uuid4()), "base": 10_000, "answers": named, **kwargs})


def allowed_ids(dialogue: Dialogue, purpose: str, role: str) -> set[str]:
    """The ids of the questions this role is asked."""
    schema = dialogue.forms.select_related("form_version").get(purpose=purpose).form_version.schema
    return {question["id"] for question in questions(for_audience(schema, role))}


def item_id_of(dialogue: Dialogue) -> str:
    """The id of the item that the builders write into this dialogue's agreement."""
    return str(uuid.uuid5(dialogue.pk, "item"))


ITEM = {
    "what": "Kursus i formidling",
    "responsible": "MANAGER",
    "due_date": "2026-09-01",
    "support": "To arbejdsdage",
    "measure": "Et arrangement er holdt",
    "category": "EDUCATION",
}


def make_dialogue(cast: Cast, stage: str = Stage.FOLLOW_UP, *, at: datetime = NOW) -> Dialogue:
    """Walk one dialogue of the employee and the manager through the real actions, up to a stage."""
    walk = Walk(cast, at)
    for step in [walk.plan, walk.end] if stage == Stage.NOT_HELD else walk.steps():
        if walk.dialogue is not None and walk.dialogue.stage == stage:
            break
        step()
        walk.dialogue.refresh_from_db()
    return walk.dialogue


def each_stage(cast: Cast, *, at: datetime = NOW) -> Iterator[Dialogue]:
    """One dialogue at each step of its course, built once: what is done to it in between is rolled back."""
    walk = Walk(cast, at)
    for step in walk.steps():
        step()
        with transaction.atomic():
            yield Dialogue.objects.get(pk=walk.dialogue.pk)
            transaction.set_rollback(True)


class Walk:
    """One dialogue, step by step."""

    def __init__(self, cast: Cast, at: datetime) -> None:
        self.cast, self.at = cast, at
        self.dialogue: Any = None

    def steps(self) -> list[Callable[[], None]]:
        """What happens, in order."""
        return [
            self.plan,
            self.invite,
            self.accept,
            self.prepare_and_talk,
            self.agree_and_present,
            self.sign,
            self.close,
        ]

    def plan(self) -> None:
        employment = Employment.objects.get(user=self.cast.employee)
        due = self.at.date() + timedelta(days=60)
        self.dialogue = plan_dialogue(employment=employment, due_date=due, by=self.cast.manager, at=self.at)

    def invite(self) -> None:
        meeting_at = self.at + timedelta(days=21)
        invite(
            dialogue_id=self.dialogue.pk,
            meeting_at=meeting_at,
            minutes=90,
            place="Lokale 2",
            by=self.cast.manager,
            at=self.at,
        )

    def accept(self) -> None:
        accept_invitation(dialogue_id=self.dialogue.pk, by=self.cast.employee, at=self.at)

    def prepare_and_talk(self) -> None:
        prepare_and_share(self.dialogue, self.cast, at=self.at)
        hold_talk(dialogue_id=self.dialogue.pk, by=self.cast.manager, at=self.at)

    def agree_and_present(self) -> None:
        write_agreement(self.dialogue, by=self.cast.manager, at=self.at)
        present_agreement(dialogue_id=self.dialogue.pk, by=self.cast.manager, at=self.at)

    def sign(self) -> None:
        sign_by_both(self.dialogue, self.cast, at=self.at)

    def close(self) -> None:
        close_dialogue(dialogue_id=self.dialogue.pk, by=self.cast.manager, at=self.at)

    def end(self) -> None:
        mark_not_held(dialogue_id=self.dialogue.pk, reason="Stillingen er nedlagt.", by=self.cast.manager, at=self.at)


def prepare_and_share(dialogue: Dialogue, cast: Cast, *, at: datetime = NOW) -> None:
    """Both prepare; the employee keeps well-being private and shares the rest; the manager shares all."""
    save_preparation(
        dialogue_id=dialogue.pk,
        typed=typed({"year": "Et godt år med mange besøg.", "well_being": "Jeg er træt om fredagen.", "workload": 3}),
        allowed=allowed_ids(dialogue, Purpose.EMPLOYEE_PREPARATION, "EMPLOYEE"),
        by=cast.employee,
        at=at,
    )
    share_preparation(dialogue_id=dialogue.pk, chosen=[qid("year"), qid("workload")], by=cast.employee, at=at)
    save_preparation(
        dialogue_id=dialogue.pk,
        typed=typed({"praise": "Du har løftet børneområdet."}),
        allowed=allowed_ids(dialogue, Purpose.MANAGER_PREPARATION, "MANAGER"),
        by=cast.manager,
        at=at,
    )
    share_preparation(dialogue_id=dialogue.pk, chosen=[qid("praise")], by=cast.manager, at=at)


def write_agreement(
    dialogue: Dialogue, *, by: Any, at: datetime = NOW, item: dict[str, str] | None = None, item_id: str = ""
) -> None:
    """Type an answer and an item into the agreement."""
    save_agreement_draft(
        dialogue_id=dialogue.pk,
        typed=typed({"summary": "Vi satser på formidling."}, items={item_id or item_id_of(dialogue): item or ITEM}),
        allowed=allowed_ids(dialogue, Purpose.AGREEMENT, "MANAGER"),
        by=by,
        at=at,
    )


def sign_by_both(dialogue: Dialogue, cast: Cast, *, at: datetime = NOW) -> None:
    """Both parties sign the presented revision."""
    for party in (cast.employee, cast.manager):
        answer(dialogue, by=party, at=at)


def answer(
    dialogue: Dialogue, meaning: Meaning = Meaning.AGREED, *, by: Any, at: datetime = NOW, remark: str = ""
) -> Signature:
    """One party answers the presented revision."""
    sha = Agreement.objects.get(dialogue=dialogue).presentations.order_by("-revision").first().document_sha256
    given = {"document_sha256": sha, "meaning": meaning, "acknowledgement": "Sådan er det", "remark": remark}
    return sign_agreement(dialogue_id=dialogue.pk, **given, auth_method="password", by=by, at=at)
