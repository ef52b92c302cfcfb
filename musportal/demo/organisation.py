"""The demo's people in their units, with their managers, their rights, and a change of manager on the way."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from mus_workflow.actions.change_manager import appoint_manager, confirm_manager, employ, propose_manager
from mus_workflow.actions.set_up_groups import AUDITORS, EDITORS
from mus_workflow.models import Delegation, Employment, HrPartner, Unit

from .diary import Clock, Story, moment_on
from .texts import Person

NAME = "Borgerhuset Egeborg"
WORD = "demo"  # everybody's password
DOMAIN = "egeborg.example"
LOGINS = (
    "employee",
    "manager",
    "other_manager",
    "former_manager",
    "delegate",
    "hr",
    "editor",
    "auditor",
    "auditor2",
    "admin",
)
GROUPS = {"editor": EDITORS, "auditor": AUDITORS, "auditor2": AUDITORS}
DAYS_OF_MONTH = 30.44
MUS_BEGAN = 900  # days ago
MANAGER_CHANGED = 150  # days ago
DANISH_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "ı": "i"})


@dataclass
class Organisation:
    """The users and employments by login, and the moment that counts as now."""

    now: datetime
    users: dict[str, Any] = field(default_factory=dict)
    employments: dict[str, Employment] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """Today on the organisation's own calendar."""
        return self.now.date()

    @property
    def began(self) -> datetime:
        """When the organisation began to hold its dialogues here."""
        return moment_on(self.today - timedelta(days=MUS_BEGAN), 8)


def build(people: Iterable[Person], now: datetime) -> Organisation:
    """Make units, users, employments and reporting lines."""
    people = list(people)
    organisation = Organisation(now=now)
    house = Unit.add_root(name=NAME)
    units = {"": house}
    for name in sorted({person.unit for person in people} - {""}):
        house.refresh_from_db()
        units[name] = house.add_child(name=name)
    password = make_password(WORD)
    for person in people:
        organisation.users[person.login] = _make_user(person, password)
    for person in people:
        _place(organisation, person, units[person.unit])
    _give_roles(organisation, house)
    return organisation


def manager_changes(organisation: Organisation, people: Iterable[Person]) -> Iterable[Story]:
    """The stories of those who got another manager: HR proposes, and the one who hands over confirms."""
    for number, person in enumerate(person for person in people if person.new_manager):
        yield _change(organisation, person, minute=number)


def _change(organisation: Organisation, person: Person, minute: int) -> Story:
    users, clock = organisation.users, Clock(organisation.now)
    start_date = organisation.today - timedelta(days=MANAGER_CHANGED)
    yield clock.on(start_date - timedelta(days=7), 9, minute)
    relation = propose_manager(
        employment=organisation.employments[person.login],
        manager=users[person.new_manager],
        start_date=start_date,
        by=users["hr"],
        at=clock.at,
    )
    yield clock.on(start_date, 10, minute)
    confirm_manager(relation_id=relation.pk, by=users[person.manager], at=clock.at)


def _make_user(person: Person, password: str) -> Any:
    first_name, _space, last_name = person.name.partition(" ")
    return get_user_model().objects.create(
        username=person.login,
        password=password,
        first_name=first_name,
        last_name=last_name,
        email=f"{_address(person.name)}@{DOMAIN}",
        is_superuser=person.login == "admin",
        is_staff=person.login == "admin",
    )


def _address(name: str) -> str:
    plain = name.lower().translate(DANISH_LETTERS).replace(" ", ".")
    return unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()


def _place(organisation: Organisation, person: Person, unit: Unit) -> None:
    user = organisation.users[person.login]
    start_date = organisation.today - timedelta(days=int(person.months * DAYS_OF_MONTH))
    organisation.employments[person.login] = employ(user=user, unit=unit, title=person.title, start_date=start_date)
    if person.manager:
        appoint_manager(
            employee=user,
            manager=organisation.users[person.manager],
            start_date=start_date,
            at=max(organisation.began, moment_on(start_date, 8)),
        )


def _give_roles(organisation: Organisation, house: Unit) -> None:
    users = organisation.users
    HrPartner.objects.create(user=users["hr"], unit=house)
    began = organisation.employments["manager"].start_date
    Delegation.objects.create(manager=users["manager"], delegate=users["delegate"], start_date=began)
    for login, group in GROUPS.items():
        users[login].groups.add(Group.objects.get(name=group))
