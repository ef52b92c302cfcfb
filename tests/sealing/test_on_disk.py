"""No word that a person writes ever lies in clear on the disk: looked for in every file while everything runs."""

from collections.abc import Iterator

import pytest

from tests.plumbing.mail import MailServer
from tests.sealing.conftest import Sealed
from tests.sealing.scanner import WORD
from tests.sealing.story import Story, people_to_invite

# Kept in clear: the place of the talk, which the delegate arranges and the calendar shows.
IN_CLEAR = {"kanaristed"}


def test_from_invitation_to_signature_no_word_reaches_the_disk(sealed: Sealed, mail_server: MailServer) -> None:
    with sealed.scanner:
        story = Story(sealed.portal, sealed.without, *people_to_invite(sealed.portal)[0])
        story.tell_the_beginning()
        sealed.dump()
    assert_only_the_place_was_found(sealed, mail_server, [story])


@pytest.mark.prove
def test_a_year_of_three_dialogues_with_all_that_is_taken_out_leaves_no_word_on_the_disk(
    sealed: Sealed, mail_server: MailServer
) -> None:
    with sealed.scanner:
        stories = [Story(sealed.portal, sealed.without, *one) for one in people_to_invite(sealed.portal)]
        for story in stories:
            story.tell()
            sealed.dump()
        for command in ("mus_checkpoint", "mus_verify"):
            sealed.portal.manage(command)
        sealed.dump()
    assert len(stories) > 1
    assert_only_the_place_was_found(sealed, mail_server, stories)


def assert_only_the_place_was_found(sealed: Sealed, mail_server: MailServer, stories: list[Story]) -> None:
    scanner = sealed.scanner
    wrote = {word for story in stories for person in (story.employee, story.manager) for word in person.wrote}
    assert len(wrote) > 25 * len(stories)
    # What lies in clear by decision is found, so the rest would be.
    assert set(scanner.found) == IN_CLEAR
    assert scanner.rounds > 5
    if not sealed.portal.database_url.startswith("postgres"):
        assert {"portal.sqlite3", "portal.sqlite3-wal", "portal.log"} <= scanner.seen
    mailed = set(words_in(mail_server))
    assert mailed <= IN_CLEAR
    assert any("error" in message["Subject"].lower() for message in mail_server.messages)


def words_in(mail_server: MailServer) -> Iterator[str]:
    for message in mail_server.messages:
        for part in message.walk():
            content = part.get_payload(decode=True) or b""
            yield from (word.decode() for word in WORD.findall(bytes(part) + content))
