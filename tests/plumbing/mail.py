"""A real mail server on loopback that keeps what it is sent."""

import email
import email.policy
import socket
from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from musportal.mail import mail_settings

HOST = "127.0.0.1"


class Keeper:
    """Receives messages and keeps them, parsed, in the order they came."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.messages.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"


class MailServer:
    def __init__(self) -> None:
        self.keeper = Keeper()
        self.port = free_port()
        self.controller = Controller(self.keeper, hostname=HOST, port=self.port)

    @property
    def messages(self) -> list[EmailMessage]:
        return self.keeper.messages


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def mail_server() -> Iterator[MailServer]:
    """The server that the portal's mails go to."""
    server = MailServer()
    server.controller.start()
    yield server
    server.controller.stop()


@pytest.fixture
def mailbox(mail_server: MailServer, settings: pytest.FixtureRequest) -> list[EmailMessage]:
    """What was sent during this test, by this process over SMTP and by the portal."""
    for name, value in mail_settings("smtp", host=HOST, port=mail_server.port, timeout=5).items():
        setattr(settings, name, value)
    mail_server.messages.clear()
    return mail_server.messages
