"""Dialogues in their talk, and the windows in which their two people write; run as a program, what they hold now."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import Any

import django
from django.apps import apps
from django.utils.module_loading import import_string

WINDOWS_EACH = 2


def windows(dialogues: Iterable[Any]) -> list[dict[str, Any]]:
    """Two windows of each person on the sheet both write, and two on the preparation of whoever has the questions.

    A window is {url, session, own, shared}: where it saves, whose it is, and the places it writes in, each as the path
    of keys within a save's body. Nobody else writes in its own; all windows of the same url write in the shared one.
    """
    found: list[dict[str, Any]] = []
    for dialogue in dialogues:
        people = list(dialogue.participants.filter(left_at=None).select_related("user").order_by("role"))
        agreed = [one["id"] for one in _texts(dialogue.forms.get(purpose="AGREEMENT")) if one["audience"] == "AGREED"]
        for number, person in enumerate(person for person in people for _window in range(WINDOWS_EACH)):
            item = f"00000000-0000-4000-8000-{dialogue.pk.hex[:10]}{number:02}"
            own = ["items", item, "what"]
            found.append(_window(dialogue, "agreement", person, own, ["answers", agreed[0]]))
        for person in people:
            texts = [one["id"] for one in _texts(dialogue.forms.get(purpose=f"{person.role}_PREPARATION"))]
            own = texts[1 : 1 + WINDOWS_EACH] if len(texts) > WINDOWS_EACH else []
            shared = ["answers", texts[0]]
            found += [_window(dialogue, "preparation", person, ["answers", key], shared) for key in own]
    return found


def held(url: str) -> dict[str, Any]:
    """What the drafts of a dialogue hold, by the path of keys, joined by a space: answers and agreed items."""
    open_sealed = import_string("mus_workflow.models.open_sealed")
    drafts = apps.get_model("mus_workflow", "Draft").objects.filter(dialogue=url.split("/")[3])
    found: dict[str, Any] = {}
    for draft in drafts.exclude(envelope=None):
        body = open_sealed(draft.envelope)
        found |= {f"answers {key}": entry["value"] for key, entry in body["answers"].items()}
        found |= {f"items {key} what": item["fields"].get("what") for key, item in body["items"].items()}
    return found


def _texts(form: Any) -> list[dict[str, Any]]:
    return [
        one
        for part in form.form_version.schema["sections"]
        for one in part["questions"]
        if one["type"] == "long_text" and not one["visible_if"]
    ]


def _window(dialogue: Any, kind: str, person: Any, own: list[str], shared: list[str]) -> dict[str, Any]:
    client = import_string("django.test.Client")()
    client.force_login(person.user)
    session = client.cookies["sessionid"].value
    return {"url": f"/mus/dialogues/{dialogue.pk}/{kind}/autosave/", "session": session, "own": own, "shared": shared}


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(json.dumps({url: held(url) for url in sys.argv[1:]}))
