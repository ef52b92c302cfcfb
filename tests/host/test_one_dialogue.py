"""One dialogue on the foreign host, over HTTP: from the invitation to an agreement that both have signed, proved."""

import re
import uuid
from collections.abc import Iterator

import pytest

from tests.host.document import blocks
from tests.host.host import Host
from tests.host.visitor import Visitor

pytestmark = pytest.mark.host

HOME = "/intranet/mus/"
DIALOGUE = re.compile(r"/intranet/mus/dialogues/[0-9a-f-]{36}/")
ITEM = {
    "what": "Kursus i formidling",
    "responsible": "MANAGER",
    "due_date": "2030-09-01",
    "support": "To arbejdsdage",
    "measure": "Et arrangement er holdt",
    "category": "EDUCATION",
}


@pytest.fixture(scope="module")
def address(host: Host) -> Iterator[str]:
    """The served host, with the people that the guide registers."""
    host.shell(blocks()["people"])
    with host.served() as address:
        yield address


def arrive(address: str, name: str) -> Visitor:
    """Come to My MUS, be sent to the host's own login, and land on My MUS."""
    visitor = Visitor(address)
    visitor.go(HOME)
    assert visitor.path == "/log-ind/"
    visitor.log_in(name)
    assert visitor.path == HOME
    return visitor


def field_of(visitor: Visitor, kind: str, number: int = 0) -> str:
    """The name of a control of the page's form, by the type of its question."""
    question = visitor.page.select(f'[data-type="{kind}"]')[number]
    return f"q_{question['data-question'].replace('-', '')}"


def test_a_dialogue_is_held_signed_and_proved(address: str, host: Host):
    employee, manager = arrive(address, "emma"), arrive(address, "mikkel")
    assert employee.page.select_one(".host-navigation")

    invite(manager)
    accept(employee)
    prepare(employee, "Et godt år", "Flere besøg end nogensinde")
    prepare(manager, "Du har løftet børneområdet", "Tak for det")
    hold(manager)
    assert "Flere besøg end nogensinde" in manager.text
    write_and_present(manager)
    sign(manager)
    open_page(employee, "agreement/sign/")
    sign(employee)

    open_page(employee, "agreement/")
    assert ITEM["what"] in employee.text
    host.manage("mus_verify")
    mails = "\n".join(file.read_text() for file in (host.folder / "mail").iterdir())
    assert "/intranet/mus/dialogues/" in mails
    assert "Flere besøg" not in mails
    stored = (host.folder / "db.sqlite3").read_bytes()
    assert "Flere besøg end nogensinde".encode() not in stored
    log = (host.folder / "server.log").read_text()
    assert "Traceback" not in log
    assert "Flere besøg" not in log


def open_page(visitor: Visitor, page: str) -> None:
    """Open a page of the dialogue that My MUS leads to."""
    visitor.go(HOME)
    link = visitor.page.select_one('a[href*="/dialogues/"]')
    assert link, visitor.text
    dialogue = DIALOGUE.match(str(link["href"]))
    assert dialogue, link
    visitor.go(dialogue[0] + page)


def invite(manager: Visitor) -> None:
    manager.follow("/invite/")
    manager.send({"place": "Lokale 2"}, at="input[name=place]")
    assert "Emma Lund" in manager.text


def accept(employee: Visitor) -> None:
    employee.go(HOME)
    employee.send(at='form[action$="/accept/"]')


def prepare(visitor: Visitor, saved: str, typed: str) -> None:
    """Write one answer by the form and one by the script, and share both."""
    open_page(visitor, "preparation/")
    first, second = (field_of(visitor, "long_text", number) for number in range(2))
    question = str(uuid.UUID(second.removeprefix("q_")))
    visitor.send({first: saved}, at="form[data-mus-autosave]", button="save")
    answer = visitor.autosave({question: typed})
    assert answer["saved"] == [question]
    visitor.go(visitor.path)
    assert saved in visitor.text
    assert typed in visitor.text
    switches = {name.replace("q_", "share_"): "on" for name in (first, second)}
    visitor.send(switches, at="form[data-mus-autosave]", button="share")
    visitor.send(at='button[value="share"]', button="share")


def hold(manager: Visitor) -> None:
    open_page(manager, "talk/")
    manager.send(at='form[action$="/talk/hold/"]')
    assert manager.path.endswith("/talk/")


def write_and_present(manager: Visitor) -> None:
    manager.send(at='button[value="add_item"]', button="add_item")
    row = next(name for name, _value in rows(manager) if name.endswith("_what")).removesuffix("_what")
    texts = {field_of(manager, "long_text"): "Vi satser på formidling.", field_of(manager, "date"): "2030-03-01"}
    item = {f"{row}_{name}": value for name, value in ITEM.items()}
    manager.send({**texts, **item}, at="form[data-mus-autosave]", button="present")
    assert manager.path.endswith("/agreement/sign/")


def rows(visitor: Visitor) -> list[tuple[str, str]]:
    controls = visitor.form("form[data-mus-autosave]").select("[name^=item_]")
    return [(str(control["name"]), "") for control in controls]


def sign(visitor: Visitor) -> None:
    words = visitor.page.select_one('.mus-words[data-answer="AGREED"] strong')
    assert words
    answer = {"meaning": "AGREED", "acknowledgement": words.text, "password": "demo"}
    visitor.send(answer, at="input[name=document_sha256]")
