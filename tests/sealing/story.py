"""A year of one dialogue over HTTP: a word of its own in every field, and every way in which a save can fail."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager

from tests.plumbing.portal import Portal
from tests.sealing.person import Person

# Publish forms with a file in them, and find somebody of the manager's to invite; all in one process.
SET_UP = """
import json
from django.contrib.auth import get_user_model
from django.utils import timezone
from mus_workflow.models import Employment
from mus_workflow.policies.dialogues import can_plan
from tests.mus_workflow.policies.situations import publish_forms
publish_forms()
manager = get_user_model().objects.get(username="manager")
found = [
    (one.user.username, str(one.pk))
    for one in Employment.objects.managed_by(manager, today=timezone.localdate()).select_related("user")
    if can_plan(user=manager, employment=one, today=timezone.localdate())
]
print("FOUND" + json.dumps(found))
"""

Broken = Callable[[str], AbstractContextManager[None]]


class Story:
    """One employee of the demo's manager, from the invitation to the auditor's bundle of evidence."""

    def __init__(self, portal: Portal, broken: Broken, login: str, employment: str) -> None:
        self.portal, self.broken, self.employment = portal, broken, employment
        self.employee = Person(portal.url, login)
        self.manager = Person(portal.url, "manager")
        self.here = ""

    def tell(self) -> None:
        """All of it, in order."""
        self.tell_the_beginning()
        self.follow_up()
        self.amend()
        self.audit()
        self.take_out()

    def tell_the_beginning(self) -> None:
        """From the invitation to the signatures."""
        self.invite()
        self.prepare()
        self.fail()
        self.agree()

    def invite(self) -> None:
        self.manager.go(f"/mus/people/{self.employment}/invite/")
        when = {"day": "2026-04-14", "hour": "10:00", "minutes": "60", "place": "kanaristed"}
        self.manager.send(when, at="form.mus-form")
        self.employee.go("/mus/")
        self.here = str(self.employee.form('form[action$="accept/"]')["action"]).removesuffix("accept/")
        self.employee.send(at='form[action$="accept/"]')

    def prepare(self) -> None:
        for person in (self.employee, self.manager):
            person.go(f"{self.here}preparation/")
            person.write(button="save")
            assert person.words_on(), person.url
            person.autosave({person.page.select_one("[data-question]:has(textarea)")["data-question"]: person.word()})
            if file := person.page.select_one("input[type=file]"):
                person.go(f"{self.here}preparation/")
                person.upload(str(file["name"]))
            person.go(f"{self.here}preparation/share/")
            person.send(at="form.mus-form", button="share")
        self.employee.go(f"{self.here}preparation/share/")
        self.employee.send(at='form[action$="withdraw/"]')
        self.employee.go(f"{self.here}preparation/share/")
        self.employee.send(at="form.mus-form", button="share")

    def fail(self) -> None:
        """Saves that fail in each way: no database, no record of a reading, too much, no session, a damaged form."""
        person = self.employee
        for table in ("mus_workflow_draft", "mus_workflow_datakey", "mus_workflow_parkedpost"):
            person.go(f"{self.here}preparation/")
            with self.broken(table):
                person.write(button="save")
            assert person.status in (200, 500), person.status
        with self.broken("mus_workflow_reading"):
            self.manager.go(f"{self.here}talk/")
            assert self.manager.status == 503
        person.go(f"{self.here}preparation/")
        person.write(button="save", version="none", seen="{", form="x")
        person.go(f"{self.here}preparation/")
        person.send({f"q_{n}": person.word() for n in range(20)}, at="form#mus-writing", button="save")
        person.go(f"{self.here}preparation/")
        person.forget_who_i_am()
        person.write(button="save")
        assert "/login/" in person.url
        person.come_back()
        assert person.words_on()
        person.write(button="save")

    def agree(self) -> None:
        self.employee.go(f"{self.here}talk/")
        self.employee.send(at='form[action$="hold/"]')
        for person in (self.employee, self.manager):
            person.go(f"{self.here}talk/")
            row = uuid.uuid4().hex
            item = {"what": person.word(), "responsible": "EMPLOYEE", "due_date": "2026-12-01", "category": "EDUCATION"}
            person.write(button="save_revision", **{f"item_{row}_{name}": value for name, value in item.items()})
            assert person.status == 200
            assert person.words_on(), person.url
        self.manager.write(button="present")
        assert self.manager.url.endswith("/agreement/sign/"), self.manager.text
        self.sign()

    def sign(self) -> None:
        for person in (self.employee, self.manager):
            person.go(f"{self.here}agreement/sign/")
            words = person.page.select_one('.mus-words[data-answer="AGREED"] strong').text
            answer = {"meaning": "AGREED", "acknowledgement": words, "password": "demo", "remark": person.word()}
            person.send({**answer, "password": "wrong"}, at="form.mus-form")
            person.go(f"{self.here}agreement/sign/")
            person.send(answer, at="form.mus-form")
            person.go(f"{self.here}agreement/")
            assert answer["remark"] in str(person.page), person.text

    def follow_up(self) -> None:
        self.employee.go(f"{self.here}items/")
        self.employee.follow("/progress/")
        self.employee.send({"progress": "UNDER_WAY", "note": self.employee.word()}, at="form.mus-form")
        self.manager.go(f"{self.here}follow-up/")
        self.manager.write(button="save")
        self.manager.write(button="record")
        assert self.manager.words_on()

    def amend(self) -> None:
        self.manager.go(f"{self.here}agreement/amend/")
        self.manager.send({"change_note": self.manager.word()}, at="form.mus-form")
        self.manager.go(f"{self.here}agreement/edit/")
        self.manager.write(button="save_revision")
        self.manager.write(button="present")
        self.sign()

    def audit(self) -> None:
        """A request with its reason, an approval, the words, and a bundle of evidence."""
        auditor, second = Person(self.portal.url, "auditor"), Person(self.portal.url, "auditor2")
        one = self.here.replace("/mus/dialogues/", "/admin/mus/audit/")
        auditor.go(f"{one}grant/")
        auditor.send({"reason": auditor.word()}, at="form:has(textarea[name=reason])")
        second.go("/admin/mus/audit/grants/")
        second.send(at="form:has(button[value=approve])", button="approve")
        auditor.go(f"{one}compare/?from=1&to=2")
        assert any(word in str(auditor.page) for word in self.manager.wrote), auditor.text
        auditor.go(f"/admin/mus/audit/bundle/?dialogue={self.here.split('/')[3]}")
        auditor.send(at='form[action$="bundle/file/"]')
        assert auditor.body[:2] == b"PK"

    def take_out(self) -> None:
        """All about the employee, and the certificate."""
        self.employee.go("/mus/my-data/")
        self.employee.send(at="main form")
        assert self.employee.body[:2] == b"PK"
        self.employee.go(f"{self.here}agreement/certificate/3/")
        assert self.employee.status == 200


def people_to_invite(portal: Portal) -> list[tuple[str, str]]:
    """(login, employment) of those of the manager's who have no dialogue before its end."""
    printed = portal.shell(SET_UP)
    return json.loads(printed[printed.index("FOUND") + 5 :])
