"""How tests fill in the forms of the talk as a browser without scripts would."""

import uuid
from typing import Any

from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from mus_workflow.formbuilder.fields import field_name
from mus_workflow.models import Dialogue, Draft, DraftKind, open_sealed
from tests.builders import qid

ROW = uuid.UUID(int=7).hex


def url(name: str, dialogue: Dialogue, *args: Any) -> str:
    """The address of one of the plugin's pages."""
    return reverse(f"mus_workflow:{name}", args=[dialogue.pk, *args])


def field_of(question: str) -> str:
    """The name of the control of one of the builders' questions."""
    return field_name(qid(question))


def item_name(hexadecimal: str, field: str) -> str:
    """The name of the control of an item's field."""
    return f"item_{hexadecimal}_{field}"


SUMMARY = field_of("summary")


def form_fields(client: Client | None, where: Any) -> dict[str, Any]:
    """What a browser would send of the page's writing form, untouched. ``where`` is an address or a page."""
    page = client.get(where) if client else where
    soup = BeautifulSoup(page.content, "html.parser")
    for template in soup("template"):
        template.decompose()
    form = soup.select_one("form.mus-form")
    fields: dict[str, Any] = {}
    for control in form.select("input[name], textarea[name], select[name]"):
        name, kind = control["name"], control.get("type")
        if kind in ("radio", "checkbox") and not control.has_attr("checked"):
            continue
        if control.name == "select":
            chosen = control.select_one("option[selected]")
            fields[name] = chosen["value"] if chosen else ""
        elif control.name == "textarea":
            fields[name] = control.text.removeprefix("\n")
        else:
            fields[name] = control.get("value", "on")
    return fields


def words_of(page: Any, meaning: str = "AGREED") -> str:
    """The words that the signing page asks a person to write to give this answer."""
    return BeautifulSoup(page.content, "html.parser").select_one(f'.mus-words[data-answer="{meaning}"] strong').text


def filled_in(client: Client, dialogue: Dialogue, typed: dict[str, str], *, page: str = "talk") -> dict[str, Any]:
    """What a browser would send after a person typed into the page's form."""
    return {**form_fields(client, url(page, dialogue)), **typed}


def body_of(dialogue: Dialogue, kind: str = DraftKind.AGREEMENT) -> dict[str, Any]:
    """What the parties' draft holds now."""
    return open_sealed(Draft.objects.get(dialogue=dialogue, kind=kind, participant=None).envelope)


def is_present(request: Any, password: str) -> bool:
    """A single sign-on that always knows the person."""
    return True
