"""After a party has declined: every page says plainly where the agreement stands, and what can be done."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from mus_workflow.actions.amend_agreement import amend_agreement
from mus_workflow.actions.write_revision import present_agreement, take_back_agreement
from mus_workflow.models import Dialogue
from mus_workflow.stages import Stage
from tests.builders import Cast, answer, make_dialogue, sign_by_both
from tests.mus_workflow.views.sheets import url
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def cast(module_cast: Cast) -> Cast:
    return module_cast


@pytest.fixture(scope="module")
def presented(module_cast: Cast):
    return make_dialogue(module_cast, Stage.SIGN_OFF)


@pytest.fixture
def dialogue(presented):
    """The manager has declined; the employee has not answered."""
    dialogue = Dialogue.objects.get(pk=presented.pk)
    manager = dialogue.participants.get(role="MANAGER").user
    answer(dialogue, "DECLINED", by=manager, remark="Fristen er for kort.")
    return dialogue


@pytest.fixture
def read(enter):
    """Read a page as a person, in English: `read(employee, url)` gives its text."""

    def text(person, where):
        soup = BeautifulSoup(enter(person, headers=ENGLISH).get(where).content, "html.parser")
        return " ".join(soup.select_one("main, body").get_text(" ").split())

    return text


@pytest.fixture
def over(cast: Cast, dialogue):
    """All have answered."""
    answer(dialogue, by=cast.employee)
    return dialogue


def amend_and_present(dialogue, cast: Cast) -> None:
    amend_agreement(dialogue_id=dialogue.pk, change_note="Længere frist", by=cast.manager, at=NOW)
    present_agreement(dialogue_id=dialogue.pk, by=cast.manager, at=NOW)


def test_the_one_who_has_not_answered_is_led_to_answer_or_talk(cast: Cast, read, dialogue):
    for page in (url("dialogue_detail", dialogue), reverse("mus_workflow:my_mus")):
        text = read(cast.employee, page)
        assert "Another party has declined to sign this revision, so it does not come into force" in text
        assert "Read and answer" in text


def test_the_one_who_declined_waits(cast: Cast, read, dialogue):
    text = read(cast.manager, url("dialogue_detail", dialogue))
    assert "Wait for Emma Lund to answer" in text
    assert "You have signed" not in text


def test_the_agreement_says_who_declined_why_and_that_it_can_be_taken_back(cast: Cast, read, dialogue):
    text = read(cast.employee, url("agreement_detail", dialogue))
    assert "Mikkel Holm Leder Declined to sign 10 March 2026" in text
    assert "Reason: Fristen er for kort." in text
    assert "Yes, take it back" in text
    assert "Has not answered yet" in text


@pytest.mark.parametrize("who", ["employee", "manager"])
def test_when_all_have_answered_the_agreement_says_who_declined_and_when(cast: Cast, read, over, who):
    text = read(getattr(cast, who), url("agreement_detail", over))
    assert (
        "Mikkel Holm declined on 10 March 2026 to sign revision 1. No agreement is in force. "
        "It can be changed and presented again, or the dialogue can be closed."
    ) in text
    assert "Not signed by all" in text
    assert "Yes, take it back" not in text
    assert "Change the agreement" in text
    assert "How it goes with the items" not in text


def test_when_all_have_answered_the_next_step_says_that_nothing_is_in_force(cast: Cast, read, over):
    for page in (url("dialogue_detail", over), reverse("mus_workflow:my_mus")):
        text = read(cast.employee, page)
        assert "No agreement is in force" in text
        assert "The agreement is signed" not in text


def test_there_are_no_items_to_follow(cast: Cast, read, over):
    assert "No agreed items yet" in read(cast.employee, url("item_list", over))


def test_a_follow_up_can_be_held_without_an_agreement(cast: Cast, read, over):
    assert "Record the follow-up" in read(cast.manager, url("follow_up_edit", over))


def test_a_change_of_it_begins_with_the_words_that_were_declined(cast: Cast, enter, read, over):
    assert "Begin the change" in read(cast.manager, url("agreement_amend", over))
    enter(cast.manager).post(url("agreement_amend", over), {"change_note": "Længere frist"})
    assert "Vi satser på formidling." in enter(cast.manager).get(url("agreement_edit", over)).content.decode()
    text = read(cast.employee, url("dialogue_detail", over))
    assert "No agreement is in force until both have signed the new one" in text


def test_the_change_waits_and_then_is_in_force(cast: Cast, read, over):
    amend_and_present(over, cast)
    text = read(cast.employee, url("agreement_detail", over))
    assert "No agreement is in force" not in text
    assert "Revision 2 Waits for signatures" in text
    sign_by_both(over, cast)
    text = read(cast.employee, url("agreement_detail", over))
    assert "Revision 2 In force" in text
    assert "declined on" not in text
    assert "How it goes with the items" in text


def test_a_change_that_was_taken_back_leaves_nothing_in_force(cast: Cast, read, over):
    amend_and_present(over, cast)
    take_back_agreement(dialogue_id=over.pk, by=cast.employee, at=NOW)
    assert "No agreement is in force" in read(cast.employee, url("agreement_detail", over))


def test_a_declined_change_leaves_in_force_what_was(cast: Cast, read, presented):
    dialogue = Dialogue.objects.get(pk=presented.pk)
    sign_by_both(dialogue, cast)
    amend_and_present(dialogue, cast)
    answer(dialogue, "DECLINED", by=cast.employee)
    answer(dialogue, by=cast.manager)
    text = read(cast.manager, url("agreement_detail", dialogue))
    assert "Emma Lund declined on 10 March 2026 to sign revision 2. Revision 1 stays in force." in text
    assert "Revision 1 In force" in text
    assert "The agreement is signed" in read(cast.manager, url("dialogue_detail", dialogue))
    assert "Revision 1 stays in force" in read(cast.manager, url("agreement_sign", dialogue))


def test_a_closed_dialogue_still_says_it(cast: Cast, enter, read, over):
    enter(cast.manager).post(url("dialogue_close", over))
    assert Dialogue.objects.get(pk=over.pk).stage == Stage.CLOSED
    assert "Mikkel Holm declined on 10 March 2026" in read(cast.employee, url("agreement_detail", over))


def test_the_auditor_sees_that_it_was_declined_and_not_why(cast: Cast, enter, over):
    page = enter(cast.auditor, headers=ENGLISH).get(reverse("mus_audit:history", args=[over.pk])).content.decode()
    assert "I decline to sign" in page
    assert "Fristen er for kort" not in page
    assert "1 of 2 have signed" in page
