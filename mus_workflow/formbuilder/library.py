"""The forms that come with the plugin: a file each in `starter/`, in the exchange format, named for its short name.

The list is read from the files. What a form is for in the organisation is told by how its file's name begins.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.functional import Promise
from django.utils.html import strip_tags
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from mus_workflow.formbuilder.exchange import Exchange, read
from mus_workflow.formbuilder.filling_time import minutes
from mus_workflow.formbuilder.sides import SIDES
from mus_workflow.formbuilder.wording import localised

STARTER = Path(__file__).resolve().parents[1] / "starter"
CONCEPT = "concept.json"
# Ten minutes and more is long: a person needs to find the time for it.
SHORT_MINUTES = 9

MUS = "mus"
KINDS: dict[str, Promise] = {
    MUS: _("Staff development dialogue (MUS)"),
    "grus": _("Group development dialogue (GRUS)"),
    "lus": _("Leadership development dialogue (LUS)"),
    "opfoelgning": _("Follow-up"),
    "senior": _("Senior talk"),
    "fravaer": _("Absence talk"),
    "proevetid": _("Talk in the probation period"),
    "tilbage": _("Return from leave"),
}


@dataclass(frozen=True)
class StarterForm:
    """One form of the library. `kind` is a key of `KINDS`, `length` SHORT or LONG by its `minutes`."""

    content: Exchange
    kind: str
    minutes: int

    @property
    def slug(self) -> str:
        return self.content.slug

    @property
    def purpose(self) -> str:
        return self.content.purpose

    @property
    def title(self) -> str:
        """The title in the active language, where it is translated."""
        return str(localised(self.content.schema, get_language() or "")["title"])

    @property
    def kind_label(self) -> str:
        return str(KINDS[self.kind])

    @property
    def length(self) -> str:
        return "SHORT" if self.minutes <= SHORT_MINUTES else "LONG"


@lru_cache(maxsize=1)
def starter_forms() -> tuple[StarterForm, ...]:
    """Every form of the library, by kind and name. Read once: the files come with the program."""
    files = sorted(file for file in STARTER.glob("*.json") if file.name != CONCEPT)
    places = list(KINDS)
    return tuple(sorted((_read(file) for file in files), key=lambda form: (places.index(form.kind), form.slug)))


def starter_form(slug: str) -> StarterForm:
    """The form of the library with this short name; KeyError if there is none."""
    return {form.slug: form for form in starter_forms()}[slug]


def starter_concept() -> dict[str, Any]:
    """The concept that a new installation begins with, as the fields of a Concept."""
    fields: dict[str, Any] = json.loads((STARTER / CONCEPT).read_text(encoding="utf-8"))
    return fields


def _read(file: Path) -> StarterForm:
    content = read(file.read_bytes())
    kind = next((kind for kind in KINDS if file.stem.startswith(kind)), MUS)
    return StarterForm(content, kind, max(minutes(content.schema, side, strip_tags) for side in SIDES))
