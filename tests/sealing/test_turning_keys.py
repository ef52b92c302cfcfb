"""Master keys are changed while people write, and the site is started with the wrong ones: no word is lost."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin

import pytest

from tests.browser.directory import look_up
from tests.master_keys import ANOTHER, NEW, OLD, ROTATED
from tests.plumbing.databases import Template, run_python
from tests.plumbing.mail import MailServer
from tests.plumbing.portal import Portal, serve
from tests.sealing.conftest import environment_of
from tests.sealing.person import Person

pytestmark = pytest.mark.prove

NEW_FIRST = {"new": NEW, "test": OLD}
OLD_FIRST = {"test": OLD, "new": NEW}
PREPARING = ("employee", "bo.lassen", "anders.moelgaard")


def as_text(ring: Mapping[str, str]) -> str:
    return ",".join(f"{name}:{key}" for name, key in ring.items())


@pytest.fixture
def url(template: Template) -> Iterator[str]:
    copied = template.copy()
    yield copied
    template.drop(copied)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("tmp", "cache", "media", "checkpoints"):
        (tmp_path / name).mkdir()
    return tmp_path


@contextmanager
def served(url: str, mail: MailServer, folder: Path, ring: Mapping[str, str]) -> Iterator[Portal]:
    with serve(url, mail.port, **environment_of(folder), SEALING_MASTER_KEYS=as_text(ring)) as portal:
        yield portal


def command(portal: Portal, ring: Mapping[str, str], *arguments: str) -> str:
    """Run a command on the portal's database under another ring than the portal's own."""
    variables = {**portal.environment, "SEALING_MASTER_KEYS": as_text(ring)}
    return run_python("-m", "tests.plumbing.manage", *arguments, **variables)


class Writer(threading.Thread):
    """Saves one answer over and over, and keeps the last that was acknowledged."""

    def __init__(self, person: Person, stop: threading.Event) -> None:
        super().__init__()
        self.person, self.stop = person, stop
        self.key = str(person.page.select_one("[data-question]:has(textarea)")["data-question"])
        self.said, self.saves, self.error = "", 0, None

    def run(self) -> None:
        try:
            while not self.stop.is_set():
                word = self.person.word()
                saved = self.person.autosave({self.key: word})
                self.person.form("form[data-mus-autosave]")["data-mus-version"] = str(saved["version"])
                self.said, self.saves = word, self.saves + 1
        except Exception as error:  # told by the test's own thread
            self.error = error
            raise


def test_keys_are_turned_to_and_fro_while_people_write(url: str, mail_server: MailServer, folder: Path) -> None:
    with served(url, mail_server, folder, NEW_FIRST) as portal:
        places = look_up(portal)
        writers, stop = [], threading.Event()
        for login in PREPARING:
            person = Person(portal.url, login)
            person.go(places.dialogue(login, "preparation/"))
            writers.append(Writer(person, stop))
        for writer in writers:
            writer.start()
        told = [command(portal, ring, "mus_rotate_keys") for ring in (NEW_FIRST, OLD_FIRST) * 2 + (NEW_FIRST,)]
        stop.set()
        for writer in writers:
            writer.join()
        assert [writer.error for writer in writers] == [None] * len(writers)
        assert all(writer.saves > 5 for writer in writers)
        for writer in writers:
            writer.person.go(urljoin(portal.url, writer.person.url))
            assert writer.said in writer.person.text
        assert "“test”" in told[-1]
        assert command(portal, ROTATED, "mus_verify")
    with served(url, mail_server, folder, ROTATED) as portal:
        for writer in writers:
            person = Person(portal.url, writer.person.login)
            person.go(places.dialogue(writer.person.login, "preparation/"))
            assert writer.said in person.text


def test_a_site_that_is_started_with_another_key_loses_nothing(url: str, mail_server: MailServer, folder: Path) -> None:
    with served(url, mail_server, folder, ANOTHER) as portal:
        place = look_up(portal).dialogue("employee", "preparation/")
        person = Person(portal.url, "employee")
        person.go(place)
        assert person.status == 503
        with pytest.raises(AssertionError, match=r"mus\.E010"):
            portal.manage("check", "--database", "default")
    with served(url, mail_server, folder, {"test": OLD}) as portal:
        person = Person(portal.url, "employee")
        person.go(place)
        assert person.status == 200
        assert "mus.E010" not in portal.manage("check", "--database", "default")
