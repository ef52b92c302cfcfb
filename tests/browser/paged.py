"""A dialogue with forms that are turned page by page, made in the portal's database while it is served."""

from __future__ import annotations

from tests.plumbing.portal import Portal

LOGIN, MANAGER = "amalie.skytte", "tine.balle"

MAKE = """
from datetime import timedelta
from django.contrib.auth import get_user_model
from django.utils import timezone
from mus_workflow.actions.hold_talk import hold_talk
from mus_workflow.actions.invite import accept_invitation, invite
from mus_workflow.actions.plan_dialogue import plan_dialogue
from mus_workflow.actions.publish_concept import publish_concept
from mus_workflow.models import Concept, Employment, Purpose
from tests.builders import question
from tests.mus_workflow.views.forms import publish, qid, section
concept = Concept.objects.get()
before = {field.name: getattr(concept, field.name) for field in Concept._meta.fields if field.name.endswith("_form")}
dog = {"question": qid("pet"), "op": "equals", "value": "yes"}
publish(
    Purpose.EMPLOYEE_PREPARATION,
    section("Året", question("name", "short_text", "Hvad er din titel?"),
            question("year", "long_text", "Hvordan gik året?", required=True)),
    section("Hjemme", question("pet", "yes_no", "Har du hund?", sharing="ALWAYS")),
    section("Hunden", question("dog", "short_text", "Hvad hedder den?", condition=dog)),
    section("Ønsker", question("wish", "long_text", "Hvad ønsker du?", countable=True)),
    layout="SECTIONS",
)
publish(
    Purpose.AGREEMENT,
    section("Begge", question("want", "long_text", "Hvad vil du?", mirrored="Hvad vil din medarbejder?",
                              audience="BOTH", required=True)),
    section("Sammen", question("summary", "long_text", "Hvad er I enige om?", audience="AGREED", required=True)),
    layout="SECTIONS",
)
employment, at = Employment.objects.get(user__username="amalie.skytte"), timezone.now()
user = get_user_model().objects.get
employee, manager = user(username="amalie.skytte"), user(username="tine.balle")
dialogue = plan_dialogue(employment=employment, due_date=at.date() + timedelta(days=60), by=manager, at=at)
invite(dialogue_id=dialogue.pk, meeting_at=at + timedelta(days=9), minutes=60, place="Lokale 1", by=manager, at=at)
accept_invitation(dialogue_id=dialogue.pk, by=employee, at=at)
hold_talk(dialogue_id=dialogue.pk, by=manager, at=at)
concept = Concept.objects.get()
for name, form in before.items():
    setattr(concept, name, form)
concept.save()
publish_concept(concept=concept, by=None, at=at)
print("MADE" + str(dialogue.pk))
"""


def make_paged(portal: Portal) -> str:
    """Make the dialogue, in its talk; return its address. Whatever is planned later has the demo's forms again."""
    printed = portal.shell(MAKE)
    return f"/mus/dialogues/{printed[printed.index('MADE') + 4 :].strip()}/"
