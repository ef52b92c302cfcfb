"""The story of one dialogue, told by two people at two browsers; each way of using a browser tells it once."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, expect

from tests.browser.visitor import Visitor
from tests.plumbing.browser import PASSWORD

PROUD = "textarea[name^=q_] >> nth=0"
LEARNED = "textarea[name^=q_] >> nth=1"
SHARED_SWITCH = "[data-question] input[name^=share_] >> nth={}"
SUMMARY = "form[data-mus-autosave] textarea[name^=q_] >> nth=0"
EMPLOYEE_DOES = "form[data-mus-autosave] textarea[name^=q_] >> nth=1"
NEXT_DATE = "form[data-mus-autosave] input[type=date][name^=q_]"
NEWEST_ITEM = "[data-mus-item] >> nth=-1 >> "


@dataclass
class Words:
    """What is written; ``private`` is never shown to the other."""

    proud: str = "Åbningen af værkstedet lykkedes, og naboerne kom."
    private: str = "HEMMELIGT-9Q: Jeg overvejer at gå ned i tid."
    praise: str = "Du har holdt sammen på holdet."
    kept: str = "FORTROLIGT-7Z: Jeg vil spørge til samarbejdet."
    summary: str = "Vi er enige om at åbne værkstedet hver uge."
    employee_does: str = "Skriver en plan for værkstedet."
    first_item: str = "Åbne værkstedet hver tirsdag"
    second_item: str = "Finde to frivillige"
    amended_item: str = "Åbne værkstedet hver torsdag"
    reason: str = "Tirsdag er optaget af et andet hold."


class Story:
    """Two visitors and their dialogue. Each method is one step, done in the pages as they are shown."""

    def __init__(self, employee: Visitor, manager: Visitor, *, invite: str, words: Words | None = None) -> None:
        self.employee, self.manager = employee, manager
        self.invite_at = invite
        self.words = words or Words()
        self.dialogue = ""
        manager.must_not_see.append(self.words.private)
        employee.must_not_see.append(self.words.kept)

    def tell(self) -> None:
        """Everything from the invitation to the progress of the first item."""
        self.invite()
        self.accept()
        self.prepare()
        self.talk()
        self.write()
        self.add_items()
        self.present()
        self.sign(revision=1)
        self.amend()
        self.record_progress()

    def invite(self) -> None:
        """The manager finds the employee on My MUS and invites; no place is told so first."""
        self.manager.open("/mus/")
        self.manager.press(f"a[href$='{self.invite_at}']")
        self.manager.press("button.mus-button--primary")
        summary = self.manager.find(".mus-error-summary")
        expect(summary.locator("a[href='#id_place']")).to_be_visible()
        self.manager.write("[name=place]", "Lokale 4")
        self.manager.press("button.mus-button--primary")
        expect(self.manager.find("[data-kind=success]")).to_be_visible()

    def accept(self) -> None:
        """The employee sees the invitation on My MUS and accepts it."""
        self.employee.open("/mus/")
        self.employee.press("form[action$='/accept/'] button")
        match = re.search(r"/mus/dialogues/[0-9a-f-]{36}/", self.employee.page.url)
        assert match
        self.dialogue = match[0]

    def prepare(self) -> None:
        """Both prepare, keep one answer to themselves and share the rest."""
        for visitor, shared, kept in (
            (self.employee, self.words.proud, self.words.private),
            (self.manager, self.words.praise, self.words.kept),
        ):
            visitor.open(f"{self.dialogue}preparation/")
            visitor.write(PROUD, shared)
            visitor.write(LEARNED, kept)
            visitor.tick(SHARED_SWITCH.format(0))
            visitor.untick(SHARED_SWITCH.format(1))
            visitor.press("button[value=share]")
            expect(visitor.page).to_have_url(re.compile("/preparation/share/$"))
            expect(visitor.page.locator("main")).to_contain_text(kept)
            visitor.press("button[value=share]")
            expect(visitor.find("[data-kind=success]")).to_be_visible()

    def talk(self) -> None:
        """The manager opens the talk; both see what both shared, and nothing else."""
        self.manager.open(f"{self.dialogue}talk/")
        self.manager.press("form[action$='/hold/'] button")
        for visitor in (self.manager, self.employee):
            visitor.open(f"{self.dialogue}talk/")
            shared = visitor.page.locator("[aria-labelledby=shared-heading]")
            expect(shared).to_contain_text(self.words.proud)
            expect(shared).to_contain_text(self.words.praise)

    def settle(self) -> int:
        """Say how last year's items went; return how many there were."""
        count = self.manager.page.locator("[id^=settle-][role=group]").count()
        for number in range(count):
            self.manager.tick(f"[id^=settle-][role=group] >> nth={number} >> input[type=radio] >> nth=0")
        if count:
            self.manager.press("button[value=outcomes]")
        return count

    def write(self) -> None:
        """The manager writes what they agree on; the employee writes another answer."""
        self.settle()
        self.manager.write(SUMMARY, self.words.summary)
        self.manager.date(NEXT_DATE, 9, 2026)
        self.save(self.manager)
        self.refresh(self.employee)
        self.employee.write(EMPLOYEE_DOES, self.words.employee_does)
        self.save(self.employee)

    def add_items(self) -> None:
        """Each adds an item."""
        self.refresh(self.manager)
        self.add_item(self.manager, self.words.first_item, responsible="EMPLOYEE")
        self.refresh(self.employee)
        self.add_item(self.employee, self.words.second_item, responsible="BOTH")

    def add_item(self, visitor: Visitor, what: str, *, responsible: str) -> None:
        """Add one item and save it."""
        count = visitor.page.locator("[data-mus-item]").count()
        (visitor.touch if visitor.has_script else visitor.press)("[data-mus-item-add]")
        expect(visitor.page.locator("[data-mus-item]")).to_have_count(count + 1)
        visitor.write(f"{NEWEST_ITEM}[name$=_what]", what)
        visitor.select(f"{NEWEST_ITEM}[name$=_responsible]", responsible)
        visitor.date(f"{NEWEST_ITEM}[name$=_due_date]", 10, 2026)
        self.save(visitor)

    def present(self) -> None:
        """The manager presents the agreement; before the items are complete the page says what they lack."""
        self.refresh(self.manager)
        self.manager.press("button[value=present] >> nth=-1")
        expect(self.manager.page.locator("main")).to_contain_text("Aftalepunkt 2 mangler: Emne.")
        for number in range(2):
            self.manager.select(f"[data-mus-item] >> nth={number} >> [name$=_category]", "TASKS")
        self.manager.press("button[value=present] >> nth=-1")
        expect(self.manager.page).not_to_have_url(re.compile("/(talk|edit)/$"))

    def sign(self, *, revision: int) -> None:
        """Both read and sign; a wrong password signs nothing and keeps the remark."""
        for visitor in (self.employee, self.manager):
            visitor.open(f"{self.dialogue}agreement/sign/")
            expect(visitor.page.locator("main")).to_contain_text(self.words.summary)
            self.confirm(visitor, "et forkert ord")
            expect(visitor.find(".mus-error-summary, [role=alert]")).to_be_visible()
            self.confirm(visitor, PASSWORD)
            expect(visitor.page.locator("main")).to_contain_text(f"revision {revision}")
            expect(visitor.page.locator("[name=password]")).to_have_count(0)

    def confirm(self, visitor: Visitor, password: str) -> None:
        """Fill in the signature's form and send it."""
        visitor.tick("[name=meaning][value=AGREED]")
        visitor.write(
            "[name=acknowledgement]", visitor.page.locator(".mus-words[data-answer=AGREED] strong").inner_text()
        )
        visitor.write("[name=password]", password)
        visitor.press("form:has([name=password]) button.mus-button--primary")

    def amend(self) -> None:
        """One item is changed: what was signed stays in force until both have signed again."""
        self.employee.open(f"{self.dialogue}agreement/amend/")
        self.employee.write("[name=change_note]", self.words.reason)
        self.employee.press("form:has([name=change_note]) button.mus-button--primary")
        self.employee.open(f"{self.dialogue}agreement/edit/")
        self.employee.write("[data-mus-item] >> nth=0 >> [name$=_what]", self.words.amended_item)
        self.employee.press("button[value=present] >> nth=-1")
        self.employee.open(f"{self.dialogue}agreement/revisions/1/")
        expect(self.in_force(self.employee)).to_contain_text(self.words.first_item)
        self.sign(revision=2)
        expect(self.in_force(self.employee)).to_contain_text(self.words.amended_item)

    def in_force(self, visitor: Visitor) -> Locator:
        """The agreed items that are in force."""
        visitor.open(f"{self.dialogue}items/")
        return visitor.page.locator("main")

    def record_progress(self) -> None:
        """The employee records how the first item goes, and the manager reads it."""
        self.employee.open(f"{self.dialogue}items/")
        self.employee.press("a[href$='/progress/']")
        self.employee.tick("[name=progress][value=UNDER_WAY]")
        self.employee.write("[name=note]", "To torsdage er holdt.")
        self.employee.press("form:has([name=note]) button.mus-button--primary")
        self.manager.open(f"{self.dialogue}items/")
        expect(self.manager.page.locator("main")).to_contain_text("To torsdage er holdt.")

    def save(self, visitor: Visitor) -> None:
        """Press Save."""
        visitor.press("button[value=save]:not(.mus-visually-hidden)")
        expect(visitor.page.locator("[data-mus-save-state]")).to_have_attribute("data-state", "saved")
        expect(visitor.page.locator(".mus-error-summary")).to_have_count(0)

    def refresh(self, visitor: Visitor) -> None:
        """See what the other has saved."""
        visitor.open(f"{self.dialogue}talk/")
