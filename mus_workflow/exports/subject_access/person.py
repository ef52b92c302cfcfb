"""Who the person is to MUS: account, work, reporting lines, duties."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext as _

from mus_workflow.history.chains import Entry, Tally, open_entries
from mus_workflow.models import (
    POWERS,
    Delegation,
    Dialogue,
    Employment,
    HrPartner,
    LedgerEntry,
    ManagerRelation,
    person_name,
    preferred_language,
)

from .nodes import Facts, Group, Rows, Value
from .subject import Subject

COVERS = {
    "Employment": "user title job_family start_date end_date",
    "ManagerRelation": "employee manager start_date end_date made_by_key confirmed_at confirmed_by_key",
    "Delegation": "manager delegate start_date end_date",
    "HrPartner": "user",
}


def person(subject: Subject) -> Group:
    """Account, employments, reporting lines, delegations and duties."""
    user = subject.user
    account = [
        ("name", _("Name"), person_name(user)),
        ("username", _("Username"), user.get_username()),
        ("email", _("E-mail"), getattr(user, "email", "") or None),
        ("key", _("Number in the evidence"), subject.key),
        ("language", _("Language of mails"), preferred_language(user)),
        ("groups", _("Groups"), ", ".join(user.groups.order_by("name").values_list("name", flat=True)) or None),
    ]
    return Group(
        "person",
        _("You"),
        [
            Facts("account", _("Your account"), account),
            _employments(subject),
            _lines(subject),
            _proposals(subject),
            _delegations(subject),
            _partnerships(subject),
            _powers(subject),
        ],
        _("What MUS knows of you as a member of the organisation. Your account itself belongs to the intranet."),
    )


def _employments(subject: Subject) -> Rows:
    columns = [
        ("unit", _("Unit")),
        ("title", _("Job title")),
        ("job_family", _("Job family")),
        ("start_date", _("From")),
        ("end_date", _("To")),
    ]
    mine = Employment.objects.filter(user=subject.user).select_related("unit").order_by("start_date")
    rows = [[one.unit.name, one.title, one.job_family, one.start_date, one.end_date] for one in mine]
    return Rows("employments", _("Where you work"), columns, rows)


def _lines(subject: Subject) -> Rows:
    columns = [
        ("employee", _("Employee")),
        ("manager", _("Manager")),
        ("start_date", _("From")),
        ("end_date", _("To")),
        ("confirmed_at", _("Confirmed")),
    ]
    mine = ManagerRelation.objects.filter(Q(employee=subject.user) | Q(manager=subject.user))
    rows = [
        [person_name(one.employee), person_name(one.manager), one.start_date, one.end_date, one.confirmed_at]
        for one in mine.select_related("employee", "manager").order_by("start_date", "pk")
    ]
    return Rows("reporting_lines", _("Reporting lines"), columns, rows)


def _proposals(subject: Subject) -> Rows:
    """What the person did to others' reporting lines, without whose they are."""
    columns = [("what", _("What you did")), ("start_date", _("From")), ("confirmed_at", _("Confirmed"))]
    acted = ManagerRelation.objects.filter(Q(made_by_key=subject.key) | Q(confirmed_by_key=subject.key))
    rows = [
        [
            _("Proposed a manager") if one.made_by_key == subject.key else _("Confirmed a manager"),
            one.start_date,
            one.confirmed_at,
        ]
        for one in acted.order_by("start_date", "pk")
    ]
    return Rows("reporting_lines_decided", _("Reporting lines of others that you have decided on"), columns, rows)


def _delegations(subject: Subject) -> Rows:
    columns = [
        ("manager", _("Manager")),
        ("delegate", _("Arranges talks")),
        ("start_date", _("From")),
        ("end_date", _("To")),
    ]
    mine = Delegation.objects.filter(Q(manager=subject.user) | Q(delegate=subject.user))
    rows = [
        [person_name(one.manager), person_name(one.delegate), one.start_date, one.end_date]
        for one in mine.select_related("manager", "delegate").order_by("start_date", "pk")
    ]
    return Rows("delegations", _("Who arranges talks for whom"), columns, rows)


def _partnerships(subject: Subject) -> Rows:
    mine = HrPartner.objects.filter(user=subject.user).select_related("unit").order_by("unit__name")
    return Rows(
        "hr_partner_of", _("Units you follow as HR partner"), [("unit", _("Unit"))], [[one.unit.name] for one in mine]
    )


def _powers(subject: Subject) -> Rows:
    """What the person was given power to do, or lost it, out of what the ledger tells of everybody."""
    columns = [
        ("at", _("When")),
        ("given", _("Given")),
        ("powers", _("What it allows")),
        ("where", _("By being in")),
    ]
    entries = LedgerEntry.objects.filter(chain=POWERS).select_related("payload").order_by("n")
    rows: list[list[Value]] = []
    for entry in open_entries(list(entries), Tally()):
        if not isinstance(entry, Entry) or entry.value is None:
            continue
        if subject.key in {one["key"] for one in entry.value["people"]}:
            powers = ", ".join(_power(name) for name in entry.value["powers"])
            rows.append([entry.row.at, entry.value["given"], powers, entry.value["where"]])
    return Rows("powers", _("What you may do with others' dialogues"), columns, rows)


def _power(name: str) -> str:
    words = {**dict(Dialogue._meta.permissions), "follow_units": _("Follow units in counts")}
    return _(str(words.get(name, name)))
