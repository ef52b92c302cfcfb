"""A person at a browser without JavaScript, and what the page's script would send for them."""

import json
import uuid
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

from bs4 import BeautifulSoup, Tag


class Visitor:
    """Keeps cookies, follows redirects, fills in the forms of the page it stands on."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.opener: OpenerDirector = build_opener(HTTPCookieProcessor(CookieJar()))
        self.url = address
        self.page = BeautifulSoup("", "html.parser")

    @property
    def path(self) -> str:
        """Where the visitor stands."""
        return urlsplit(self.url).path

    @property
    def text(self) -> str:
        """All that can be read on the page."""
        return " ".join(self.page.get_text(" ").split())

    def log_in(self, name: str) -> None:
        """Log in on the page that one was sent to."""
        self.send({"username": name, "password": "demo"}, at="form")

    def go(self, path: str) -> None:
        """Open a page."""
        self._open(Request(urljoin(self.address, path)))

    def post(self, address: str, body: bytes, headers: dict[str, str]) -> None:
        """Send these bytes."""
        self._open(Request(address, body, headers))

    def follow(self, part: str) -> None:
        """Follow the first link whose address holds this."""
        link = self.page.select_one(f'a[href*="{part}"]')
        assert link, f"No link to {part} on {self.url}:\n{self.text}"
        self.go(urljoin(self.url, str(link["href"])))

    def send(self, values: dict[str, str] | None = None, *, at: str, button: str = "") -> None:
        """Fill in the form that `at` selects, or that holds what it selects, and press a button by its value."""
        form = self.form(at)
        fields = [pair for pair in filled_in(form) if pair[0] not in (values or {})] + list((values or {}).items())
        if button:
            pressed = form.select_one(f'button[value="{button}"]')
            assert pressed, f"No button {button} in the form on {self.url}"
            fields.append((str(pressed["name"]), button))
        address = urljoin(self.url, str(form.get("action") or self.url))
        self._open(Request(address, urlencode(fields).encode(), {"Referer": self.url}))

    def form(self, at: str) -> Tag:
        """The form that a selector finds, or that holds what it finds."""
        found = self.page.select_one(at)
        form = found if found is None or found.name == "form" else found.find_parent("form")
        assert form, f"No form at {at} on {self.url}:\n{self.text}"
        return form

    def autosave(self, answers: dict[str, Any]) -> dict[str, Any]:
        """Save answers by question id, as the page's script does."""
        form = self.form("form[data-mus-autosave]")
        with self.opener.open(urljoin(self.url, str(form["data-mus-csrf-url"])), timeout=60) as response:
            token = json.load(response)["token"]
        body = {"request": str(uuid.uuid4()), "version": int(str(form["data-mus-version"])), "answers": answers}
        headers = {"Content-Type": "application/json", "Accept": "application/json", "X-CSRFToken": token}
        address = urljoin(self.url, str(form["data-mus-autosave"]))
        with self.opener.open(Request(address, json.dumps(body).encode(), headers), timeout=60) as response:
            return json.load(response)

    def _answer(self, request: Request) -> tuple[int, str, bytes]:
        """The status, the address one ends at, and the body, whatever the answer is."""
        try:
            with self.opener.open(request, timeout=60) as response:
                return response.status, response.url, response.read()
        except HTTPError as error:
            with error:
                return error.code, error.url, error.read()

    def _open(self, request: Request) -> None:
        status, self.url, body = self._answer(request)
        self.page = BeautifulSoup(body, "html.parser")
        assert status < 400, f"{status} on {self.url}:\n{self.page.get_text(' ', strip=True)}"
        refusal = self.page.select_one(".mus-notice[data-kind=error]")
        assert refusal is None, f"Refused on {self.url}: {refusal.get_text(' ', strip=True)}"


def filled_in(form: Tag) -> list[tuple[str, str]]:
    """What a browser would send of a form as it stands, its buttons aside."""
    fields = []
    for control in form.select("input[name], textarea[name], select[name]"):
        kind = control.get("type", "")
        if control.has_attr("disabled") or (kind in ("checkbox", "radio") and not control.has_attr("checked")):
            continue
        fields.append((str(control["name"]), value_of(control)))
    return fields


def value_of(control: Tag) -> str:
    if control.name == "textarea":
        return control.get_text().removeprefix("\n")
    if control.name == "select":
        chosen = control.select_one("option[selected]") or control.select_one("option")
        return str(chosen.get("value", chosen.get_text())) if chosen else ""
    return str(control.get("value", "on" if control.get("type") in ("checkbox", "radio") else ""))
