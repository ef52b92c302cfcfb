"""A person who writes a new word of their own into every field of a page, and does not mind how the page answers."""

from __future__ import annotations

import uuid
from itertools import count
from typing import Any
from urllib.parse import urljoin

from bs4 import BeautifulSoup

from tests.host.visitor import Visitor, filled_in

NUMBERS = count(1)
PROSE = "textarea[name], input[type=text][name]:not([readonly])"


class Person(Visitor):
    """Logs in by name, and keeps what they wrote in ``wrote``."""

    def __init__(self, address: str, name: str) -> None:
        super().__init__(address)
        self.login = name
        self.wrote: list[str] = []
        self.status = 200
        self.body = b""
        self.go("/login/")
        self.come_back()

    def word(self) -> str:
        """A word that stands nowhere yet."""
        self.wrote.append(f"kanari{next(NUMBERS):04d}{uuid.uuid4().hex[:6]}")
        return self.wrote[-1]

    def write(self, *, at: str = "form#mus-writing", button: str = "", **more: str) -> None:
        """Put a new word into each field for prose of a form, say how each of last time's items went, and send it."""
        form = self.form(at)
        fields = {str(field["name"]): self.word() for field in form.select(PROSE) if not field.find_parent("template")}
        for radio in form.select('input[type=radio][name^="settle_"]'):
            fields.setdefault(str(radio["name"]), str(radio["value"]))
        self.send({**fields, **more}, at=at, button=button)

    def upload(self, control: str, *, at: str = "form#mus-writing") -> None:
        """Send a form with a file in it, as a browser does."""
        form, word = self.form(at), self.word()
        boundary = uuid.uuid4().hex
        parts = [f'name="{name}"\r\n\r\n{value}' for name, value in [*filled_in(form), ("action", "save")]]
        parts.append(f'name="{control}"; filename="{word}.pdf"\r\nContent-Type: application/pdf\r\n\r\n%PDF-1.7 {word}')
        body = "".join(f"--{boundary}\r\nContent-Disposition: form-data; {part}\r\n" for part in parts)
        kind = {"Content-Type": f"multipart/form-data; boundary={boundary}", "Referer": self.url}
        address = urljoin(self.url, str(form.get("action") or self.url))
        self.post(address, f"{body}--{boundary}--\r\n".encode(), kind)

    def come_back(self) -> None:
        """Log in on the page that one was sent to."""
        self.send({"username": self.login, "password": "demo"}, at="main form")

    def forget_who_i_am(self) -> None:
        """Lose the session, as when it has run out."""
        for handler in self.opener.handlers:
            if hasattr(handler, "cookiejar"):
                handler.cookiejar.clear()

    def words_on(self) -> set[str]:
        """Which of the person's words the page shows."""
        return {word for word in self.wrote if word in str(self.page)}

    def _open(self, request: Any) -> None:
        self.status, self.url, self.body = self._answer(request)
        self.page = BeautifulSoup(b"" if self.body[:2] in (b"PK", b"%P") else self.body, "html.parser")
