"""Answers, from the demo's words to what the form stores."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from mus_workflow.formbuilder.schema import questions
from mus_workflow.models import Dialogue, Purpose, schema_of

from .texts import Answers

NAMES = Path(__file__).parent / "questions.json"


@cache
def names(purpose: str) -> dict[str, str]:
    """The ids of a form's questions by name, and of their options by "question:option"."""
    return json.loads(NAMES.read_text(encoding="utf-8"))[purpose]


@dataclass(frozen=True)
class Sheet:
    """One form of one dialogue, as the demo fills it in."""

    dialogue: Dialogue
    purpose: Purpose
    day: date  # days in answers count from here

    def answers(self, written: Answers, role: str) -> dict[str, Any]:
        """The answers among these that the role is to type, by question id."""
        ids = names(self.purpose)
        asked = {question["id"]: question for question in self._questions()}
        found = {name: asked[ids[name]] for name in written if ids.get(name) in asked}
        unknown = set(written) - set(found) - {"day"}
        if unknown:
            raise KeyError(f"{self.purpose} has no question named {sorted(unknown)}")
        return {
            question["id"]: self._stored(name, question, written[name])
            for name, question in found.items()
            if question["audience"] in ("BOTH", "AGREED", role)
        }

    def allowed(self, role: str) -> set[str]:
        """The ids of the questions that are the role's to answer."""
        return {question["id"] for question in self._questions() if question["audience"] in ("BOTH", "AGREED", role)}

    def to_share(self, written: Answers, chosen: list[str] | None) -> list[str]:
        """The ids to share: those named, or what the form shares by default."""
        if chosen is not None:
            return [names(self.purpose)[name] for name in chosen]
        answered = {names(self.purpose)[name] for name in written}
        return [each["id"] for each in self._questions() if each["sharing"] == "SHARED" and each["id"] in answered]

    def _questions(self) -> Iterable[dict[str, Any]]:
        form = self.dialogue.forms.get(purpose=self.purpose)
        return questions(schema_of(form.form_version_id))

    def _stored(self, name: str, question: dict[str, Any], value: Any) -> Any:
        ids = names(self.purpose)
        if question["type"] == "single_choice":
            return ids[f"{name}:{value}"]
        if question["type"] == "multiple_choice":
            return [ids[f"{name}:{each}"] for each in value]
        if question["type"] == "date":
            return (self.day + timedelta(days=value)).isoformat()
        return value
