"""The main job, end to end, in the browser: from the invitation to the auditor, as seven people."""

from __future__ import annotations

from email.message import EmailMessage

from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.directory import AUDIT, Directory
from tests.browser.story import EMPLOYEE_DOES, SUMMARY, Story

SOON = 12_000  # milliseconds, on a busy machine, for what takes two seconds on an idle one
CONTENT = ("", "preparation/", "preparation/share/", "talk/", "agreement/", "agreement/sign/", "items/", "follow-up/")


def test_one_dialogue_from_invitation_to_audit(enter: Open, directory: Directory, mailbox: list[EmailMessage]) -> None:
    employee, manager = enter("laerke.winther"), enter("manager")
    story = Story(employee, manager, invite=directory.invite("laerke.winther"))
    story.invite()
    the_invitation_is_mailed(mailbox)
    story.accept()
    employee.press("main a[href*='/guide/']")
    employee.open(story.dialogue)
    story.prepare()
    story.talk()
    assert story.settle() > 0
    both_write_at_once(story)
    story.add_items()
    story.present()
    story.sign(revision=1)
    story.amend()
    story.record_progress()
    assert all(story.words.summary not in str(message) for message in mailbox)
    the_auditor_follows(story, enter)
    hr_counts(story, enter)
    for name in ("other_manager", "former_manager", "admin", "hr", "auditor"):
        nobody_else(story, enter, name)
    next_year(story, directory)


def the_invitation_is_mailed(mailbox: list[EmailMessage]) -> None:
    """Both get a mail with the calendar entry and without a word of what the talk is about."""
    assert len(mailbox) == 2
    for message in mailbox:
        kinds = [part.get_content_type() for part in message.walk()]
        assert "text/calendar" in kinds
        body = message.get_body(("plain",))
        assert body is not None
        assert "/mus/dialogues/" in body.get_content()


def both_write_at_once(story: Story) -> None:
    """What one types appears at the other within seconds, and nothing is lost."""
    employee, manager, words = story.employee, story.manager, story.words
    story.refresh(employee)
    manager.write(SUMMARY, words.summary)
    expect(employee.find(SUMMARY)).to_have_value(words.summary, timeout=SOON)
    employee.write(EMPLOYEE_DOES, words.employee_does)
    expect(manager.find(EMPLOYEE_DOES)).to_have_value(words.employee_does, timeout=SOON)
    expect(manager.find(SUMMARY)).to_have_value(words.summary)
    manager.date("form[data-mus-autosave] input[type=date][name^=q_]", 9, 2026)
    story.save(manager)


def the_auditor_follows(story: Story, enter: Open) -> None:
    """First which question changed, by whom and why; the words only with another auditor's approval."""
    auditor, second = enter("auditor").page, enter("auditor2").page
    history = f"{AUDIT}{story.dialogue.split('/')[3]}/"
    compare = f"{history}compare/?from=1&to=2"
    auditor.goto(history)
    expect(auditor.locator("main")).to_contain_text(story.words.reason)
    auditor.goto(compare)
    assert story.words.amended_item not in auditor.content()
    assert story.words.first_item not in auditor.content()
    auditor.goto(f"{history}grant/")
    auditor.locator("textarea[name=reason]").fill("Stikprøve: er ændringen begrundet?")
    auditor.locator("form:has([name=reason]) button[type=submit]").click()
    auditor.wait_for_load_state()
    second.goto(f"{AUDIT}grants/")
    for _request in range(second.locator("button[value=approve]").count()):
        with second.expect_navigation():
            second.locator("button[value=approve]").first.click()
        second.goto(f"{AUDIT}grants/")
    auditor.goto(compare)
    expect(auditor.locator("main del, main ins").first).to_be_visible()
    expect(auditor.locator("main")).to_contain_text("torsdag")


def hr_counts(story: Story, enter: Open) -> None:
    """A chart and its table, and nobody's name or words."""
    hr = enter("hr")
    hr.must_not_see += [story.words.summary, story.words.first_item, "Lærke Winther"]
    hr.open("/mus/overview/")
    expect(hr.page.locator("figure[data-mus-chart] canvas").first).to_be_visible()
    expect(hr.page.locator("figure[data-mus-chart] table").first).to_be_visible()


def nobody_else(story: Story, enter: Open, name: str) -> None:
    """For everybody else there is no such dialogue."""
    stranger = enter(name).page
    for rest in CONTENT:
        answer = stranger.request.get(f"{story.dialogue}{rest}", max_redirects=0)
        assert answer.status == 404, f"{name}: {rest}"


def next_year(story: Story, directory: Directory) -> None:
    """The next dialogue opens with what is still open, and its talk asks how each item went."""
    manager, employee, words = story.manager, story.employee, story.words
    manager.open(directory.invite("laerke.winther"))
    manager.write("[name=place]", "Lokale 4")
    manager.press("button.mus-button--primary")
    story.accept()
    expect(employee.page.locator("main")).to_contain_text(words.amended_item)
    manager.open(f"{story.dialogue}talk/")
    manager.press("form[action$='/hold/'] button")
    manager.open(f"{story.dialogue}talk/")
    expect(manager.page.locator("#last-time")).to_contain_text(words.amended_item)
    expect(manager.page.locator("#last-time input[type=radio]").first).to_be_visible()
