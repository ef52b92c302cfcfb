"""What is measured: people with preparations of 20 and of 100 questions, and a stock form page of 20."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone, translation
from django.utils.text import slugify
from wagtail.models import Page, Site

from benchmarks.stock.models import StockField, StockFormPage
from benchmarks.tables import windows
from mus_workflow.actions.change_manager import appoint_manager, employ
from mus_workflow.actions.hold_talk import hold_talk
from mus_workflow.actions.invite import accept_invitation, invite
from mus_workflow.actions.plan_dialogue import plan_dialogue
from mus_workflow.actions.publish_concept import publish_concept
from mus_workflow.actions.publish_form import publish_form
from mus_workflow.actions.save_draft import save_agreement_draft, save_preparation
from mus_workflow.actions.write_revision import present_agreement
from mus_workflow.documents.merge import Typed
from mus_workflow.formbuilder.schema import questions
from mus_workflow.forms.signing import WORDS
from mus_workflow.models import Concept, Dialogue, FormDefinition, Meaning, Purpose, Unit
from tests.builders import qid, question

WRITERS = 50
MANY_WRITERS = 8
SIGNERS = 48
TABLES = 4
NEWEST = 2_000_000_000  # a base version that no other save is newer than
# Of twenty: eight long and four short texts, two each of numbers, dates, single and multiple choices.
KINDS = ["long_text", "short_text", "long_text", "number", "long_text", "single_choice", "date", "short_text"]
KINDS += ["long_text", "multiple_choice"]
OPTIONS = ["Slet ikke", "I nogen grad", "I høj grad", "Ved ikke"]
TEXT = "Jeg har haft et år med mange besøg og to nye kolleger. Det gik bedst, når vi planlagde sammen. " * 2
STOCK_TYPES = {
    "long_text": "multiline",
    "short_text": "singleline",
    "number": "number",
    "date": "date",
    "single_choice": "radio",
    "multiple_choice": "checkboxes",
}


def fill() -> dict[str, Any]:
    """Make it all; return addresses, sessions and question ids."""
    manager = make_user("manager")
    unit = Unit.add_root(name="Biblioteket")
    make_concept("Tyve", 20)
    writers = [make_writer(f"writer{number}", unit, manager) for number in range(WRITERS)]
    signers = [make_signer(f"signer{number}", unit, manager) for number in range(SIGNERS)]
    make_concept("Hundrede", 100)
    many = [make_writer(f"many{number}", unit, manager) for number in range(MANY_WRITERS)]
    tables = [make_table(f"table{number}", unit, manager) for number in range(TABLES)]
    people = {"writers": writers, "many": many, "signers": signers}
    return {"stock": make_stock_page(), **people, "tables": windows(tables)}


def make_user(name: str) -> Any:
    return get_user_model().objects.create_user(name, "", "demo", first_name=name.title(), last_name="Lund")


def session_of(user: Any) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value


def make_concept(title: str, size: int) -> None:
    """Publish a concept whose preparation for the employee has `size` questions."""
    rows = [make_question(f"{title} {number}", KINDS[number % len(KINDS)], number) for number in range(size)]
    forms = {
        "employee_form": make_form(Purpose.EMPLOYEE_PREPARATION, title, rows),
        "manager_form": small_form(Purpose.MANAGER_PREPARATION, title),
        "agreement_form": small_form(Purpose.AGREEMENT, title),
        "follow_up_form": small_form(Purpose.FOLLOW_UP, title),
    }
    concept = Concept.objects.create(title=title, guide_root=Page.objects.get(depth=2), live=True, **forms)
    publish_concept(concept=concept, by=None, at=timezone.now())


def small_form(purpose: Purpose, title: str) -> FormDefinition:
    audience = {"audience": "AGREED"} if purpose == Purpose.AGREEMENT else {}
    row = question(f"{title} {purpose}", "long_text", "Hvad er det vigtigste?", **audience)
    return make_form(purpose, title, [row])


def make_form(purpose: Purpose, title: str, rows: list[dict[str, Any]]) -> FormDefinition:
    """Make and publish a form of sections of ten questions."""
    tens = [rows[start : start + 10] for start in range(0, len(rows), 10)]
    sections = [
        {
            "id": qid(f"{title} {purpose} {number}"),
            "type": "section",
            "value": {"heading": f"Tema {number + 1}", "intro": "<p>Kort om temaet.</p>", "questions": ten},
        }
        for number, ten in enumerate(tens)
    ]
    slug = slugify(f"{title} {purpose}")
    form = FormDefinition(title=f"{title}: {purpose.label}", slug=slug, purpose=purpose, language="da", live=True)
    form.body = form._meta.get_field("body").to_python(sections)
    form.save()
    publish_form(form=form, by=None, at=timezone.now())
    return form


def make_question(name: str, kind: str, number: int) -> dict[str, Any]:
    options = [
        {"id": qid(f"{name} {label}"), "type": "item", "value": {"label": label}}
        for label in OPTIONS
        if kind.endswith("choice")
    ]
    more = {"options": options} if options else {}
    label = f"{number + 1}. Hvad har fyldt mest for dig i år?"
    return question(name, kind, label, help="<p>Tænk et år tilbage.</p>", **more)


def make_answer(row: dict[str, Any]) -> Any:
    answers = {"long_text": TEXT, "short_text": TEXT[:60], "number": "37", "date": "2026-03-10"}
    options = row["settings"].get("options", [{"id": ""}])
    return {**answers, "single_choice": options[0]["id"], "multiple_choice": [options[0]["id"]]}[row["type"]]


def make_writer(name: str, unit: Unit, manager: Any) -> dict[str, Any]:
    """A person whose preparation is filled in."""
    user, now = make_user(name), timezone.now()
    dialogue = make_dialogue(user, unit, manager)
    accept_invitation(dialogue_id=dialogue.pk, by=user, at=now)
    schema = dialogue.forms.get(purpose=Purpose.EMPLOYEE_PREPARATION).form_version.schema
    answers = {row["id"]: make_answer(row) for row in questions(schema)}
    typed = Typed(request="filled in", base=NEWEST, answers=answers)
    save_preparation(dialogue_id=dialogue.pk, typed=typed, allowed=set(answers), by=user, at=now)
    texts = [row["id"] for row in questions(schema) if row["type"] == "long_text"]
    return {"session": session_of(user), "dialogue": str(dialogue.pk), "texts": texts}


def make_signer(name: str, unit: Unit, manager: Any) -> dict[str, Any]:
    """A person who has an agreement to sign."""
    user, now = make_user(name), timezone.now()
    dialogue = make_dialogue(user, unit, manager)
    accept_invitation(dialogue_id=dialogue.pk, by=user, at=now)
    hold_talk(dialogue_id=dialogue.pk, by=manager, at=now)
    schema = dialogue.forms.get(purpose=Purpose.AGREEMENT).form_version.schema
    answers = {row["id"]: make_answer(row) for row in questions(schema)}
    typed = Typed(request="filled in", base=NEWEST, answers=answers)
    save_agreement_draft(dialogue_id=dialogue.pk, typed=typed, allowed=set(answers), by=manager, at=now)
    presented = present_agreement(dialogue_id=dialogue.pk, by=manager, at=now)
    with translation.override(settings.LANGUAGE_CODE):  # as a browser without a wish is answered
        words = str(WORDS[Meaning.AGREED])
    shown = {"sha256": presented.document_sha256, "words": words}
    return {"session": session_of(user), "dialogue": str(dialogue.pk), **shown}


def make_table(name: str, unit: Unit, manager: Any) -> Dialogue:
    """A talk in which two people write."""
    user, now = make_user(name), timezone.now()
    dialogue = make_dialogue(user, unit, manager)
    accept_invitation(dialogue_id=dialogue.pk, by=user, at=now)
    return hold_talk(dialogue_id=dialogue.pk, by=manager, at=now)


def make_dialogue(user: Any, unit: Unit, manager: Any) -> Dialogue:
    now = timezone.now()
    employment = employ(user=user, unit=unit, title="", start_date=date(2024, 2, 1))
    appoint_manager(employee=user, manager=manager, start_date=date(2024, 2, 1), at=now)
    dialogue = plan_dialogue(employment=employment, due_date=now.date() + timedelta(days=60), by=manager, at=now)
    meeting_at = now + timedelta(days=21)
    invite(dialogue_id=dialogue.pk, meeting_at=meeting_at, minutes=90, place="Lokale 2", by=manager, at=now)
    return dialogue


def make_stock_page() -> dict[str, Any]:
    """The same twenty questions as a stock form page; its address, and an answer to it."""
    page = Site.objects.get().root_page.add_child(instance=StockFormPage(title="Stock", slug="stock"))
    for number in range(20):
        kind = KINDS[number % len(KINDS)]
        StockField.objects.create(
            page=page,
            sort_order=number,
            label=f"{number + 1}. Hvad har fyldt mest for dig i år?",
            help_text="Tænk et år tilbage.",
            field_type=STOCK_TYPES[kind],
            choices=",".join(OPTIONS),
            required=False,
        )
    page.save_revision().publish()
    fields = page.specific.get_form_fields()
    answers = {"multiline": TEXT, "singleline": TEXT[:60], "number": "37", "date": "2026-03-10"}
    fill_in = {field.clean_name: answers.get(field.field_type, OPTIONS[0]) for field in fields}
    return {"path": page.get_url(), "answers": fill_in}
