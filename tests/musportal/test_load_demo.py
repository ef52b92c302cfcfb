"""The demo organisation, loaded once for this file."""

from collections import Counter
from collections.abc import Iterator
from io import StringIO

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.management import call_command
from django.db import transaction
from wagtail.models import Site

from mus_workflow.evidence import verify_chain
from mus_workflow.formbuilder.schema import questions
from mus_workflow.models import (
    AgreementItem,
    Concept,
    Dialogue,
    Employment,
    FormVersion,
    Grant,
    LedgerEntry,
    ManagerRelation,
    SharedPreparation,
    Unit,
    open_sealed,
    rules_of,
    schema_of,
)
from mus_workflow.policies.overview import can_answer_grant, can_read_words
from mus_workflow.stages import Stage
from musportal.demo.answers import names
from musportal.demo.organisation import LOGINS
from tests.plumbing.clock import NOW


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[str]:
    """Load the demo, and take it away after the last test of this file."""
    said = StringIO()
    with django_db_blocker.unblock(), transaction.atomic():
        forget_frozen()
        with time_machine.travel(NOW, tick=False):
            call_command("load_demo", stdout=said)
        yield said.getvalue()
        transaction.set_rollback(True)
    forget_frozen()


@pytest.fixture
def demo(loaded: str, db: None) -> str:
    """Return what the command said, with the database open."""
    return loaded


def forget_frozen() -> None:
    """Forget the frozen forms that are kept in memory: the next database gives their numbers to others."""
    schema_of.cache_clear()
    rules_of.cache_clear()


def user(login: str):
    """Find one of the demo's people."""
    return get_user_model().objects.get(username=login)


def dialogues_of(login: str):
    """List the dialogues a person has as employee, the newest first."""
    mine = Dialogue.objects.filter(participants__user__username=login, participants__role="EMPLOYEE")
    return list(mine.order_by("-created_at"))


def test_the_command_says_whom_one_can_log_in_as(demo: str) -> None:
    assert all(login in demo for login in LOGINS)


@pytest.mark.parametrize("login", LOGINS)
def test_every_login_has_a_danish_name_and_an_address_nobody_owns(demo: str, login: str) -> None:
    assert user(login).check_password("demo")
    assert user(login).email.endswith(".example")
    assert " " in user(login).get_full_name()
    assert user(login).is_superuser is (login == "admin")


def test_thirty_people_work_in_four_units_under_one_house(demo: str) -> None:
    assert Unit.objects.filter(depth=1).count() == 1
    assert Unit.objects.filter(depth=2).count() == 4
    assert 28 <= Employment.objects.count() <= 34


def test_this_year_stands_in_every_stage_and_two_years_lie_behind(demo: str) -> None:
    assert set(Dialogue.objects.values_list("stage", flat=True)) == set(Stage.values)
    oldest = Dialogue.objects.earliest("created_at").created_at
    assert (NOW - oldest).days > 700


def test_every_chain_holds_and_nothing_lies_in_the_future(demo: str) -> None:
    chains = LedgerEntry.objects.order_by().values_list("chain", flat=True).distinct()
    broken = [
        chain for chain in chains if list(verify_chain(LedgerEntry.objects.filter(chain=chain).order_by("n").links()))
    ]
    assert broken == []
    assert LedgerEntry.objects.filter(at_us__gt=NOW.timestamp() * 1_000_000).count() == 0


def test_the_employee_prepares_with_open_items_from_last_year(demo: str) -> None:
    now, last = dialogues_of("employee")[:2]
    assert (now.stage, last.stage, now.previous) == (Stage.PREPARING, Stage.FOLLOW_UP, last)
    assert AgreementItem.objects.open().filter(agreement__dialogue=last).count() == 4
    assert last.agreement.revision == 2
    shared = SharedPreparation.objects.filter(preparation__participant__dialogue=now)
    assert [copy.preparation.participant.role for copy in shared] == ["MANAGER"]


def test_the_employees_manager_changed_by_two_people(demo: str) -> None:
    lines = ManagerRelation.objects.filter(employee=user("employee")).order_by("start_date")
    assert [line.manager.username for line in lines] == ["former_manager", "manager"]
    assert lines[1].made_by_key == str(user("hr").pk)
    assert lines[1].confirmed_by_key == str(user("former_manager").pk)
    left = dialogues_of("employee")[1].participants.get(user=user("former_manager"))
    assert left.left_at is not None


def test_the_managers_people_are_in_as_many_places_as_there_are(demo: str) -> None:
    people = Employment.objects.managed_by(user("manager"), today=NOW.date()).values("user")
    newest = Counter(
        dialogues_of(login)[0].stage
        for login in get_user_model().objects.filter(pk__in=people).values_list("username", flat=True)
    )
    assert {Stage.TALK, Stage.SIGN_OFF, Stage.FOLLOW_UP, Stage.PREPARING, Stage.INVITED} <= set(newest)
    assert newest[Stage.NOT_HELD] == 1
    overdue = Dialogue.objects.get(stage=Stage.PLANNED, due_date__lt=NOW.date())
    assert overdue.participants.filter(user=user("manager")).exists()


def test_one_amendment_is_being_written_and_one_signature_is_the_managers(demo: str) -> None:
    amending = Dialogue.objects.get(stage=Stage.FOLLOW_UP, drafts__kind="AGREEMENT", drafts__envelope__isnull=False)
    assert amending.participants.filter(user=user("manager"), left_at=None).exists()
    waiting = Dialogue.objects.get(stage=Stage.SIGN_OFF, participants__user=user("manager"))
    assert [signature.participant.role for signature in waiting.agreement.signatures.all()] == ["EMPLOYEE"]


def test_a_live_grant_opens_an_agreement_with_revisions_that_differ(demo: str) -> None:
    grant = Grant.objects.live(at=NOW).get()
    assert grant.auditor == user("auditor")
    assert can_read_words(user=user("auditor"), dialogue=grant.dialogue, at=NOW)
    texts = {
        open_sealed(row.document)["sections"][0]["answers"][0]["text"] for row in grant.dialogue.agreement.history.all()
    }
    assert len(texts) == 4
    assert can_answer_grant(user=user("auditor2"), grant=Grant.objects.waiting().get())


def test_open_items_of_last_year_were_settled_and_some_are_tried_again(demo: str) -> None:
    assert AgreementItem.objects.filter(outcome_in__isnull=False).count() > 15
    assert AgreementItem.objects.filter(repeats=1).exists()


def test_the_dialogues_link_to_the_guide_and_its_editor_may_edit_it(demo: str) -> None:
    guide = Concept.objects.get().guide_root
    front = Site.objects.get(is_default_site=True).root_page
    assert guide.is_descendant_of(front)
    assert guide.permissions_for_user(user("editor")).can_publish()
    assert Dialogue.objects.filter(concept_version__document__guide_root=guide.pk).count() == Dialogue.objects.count()


def test_no_mail_was_sent(demo: str) -> None:
    assert getattr(mail, "outbox", []) == []


def test_a_second_run_changes_nothing(demo: str) -> None:
    said = StringIO()
    before = LedgerEntry.objects.count(), get_user_model().objects.count()
    call_command("load_demo", stdout=said)
    assert "loaded already" in said.getvalue()
    assert (LedgerEntry.objects.count(), get_user_model().objects.count()) == before


def test_the_demo_names_every_question_of_the_starter_forms(demo: str) -> None:
    for version in FormVersion.objects.select_related("form"):
        known = {value for name, value in names(version.form.purpose).items() if ":" not in name}
        assert known == {question["id"] for question in questions(version.schema)}
