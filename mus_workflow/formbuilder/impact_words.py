"""A change of a form in words: what it is called, what it said, what it says."""

import json
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mus_workflow.formbuilder.conditions import in_words, terms_of
from mus_workflow.formbuilder.impact import MISSING, Atom, Change, Kind
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.schema import questions
from mus_workflow.formbuilder.shapes import Json, Question, Schema
from mus_workflow.formbuilder.wording import FORM_ID, HTML_KEYS

KINDS: dict[Kind, Promise] = {
    Kind.WORDING: gettext_lazy("Wording"),
    Kind.HELP: gettext_lazy("Help"),
    Kind.ORDER: gettext_lazy("Order"),
    Kind.REQUIRED: gettext_lazy("Required or not"),
    Kind.OPTIONS: gettext_lazy("Options and limits"),
    Kind.MEANING: gettext_lazy("Meaning"),
    Kind.PRIVACY: gettext_lazy("Who may read it"),
    Kind.ADDED: gettext_lazy("Added"),
    Kind.REMOVED: gettext_lazy("Removed"),
    Kind.SECTION: gettext_lazy("Section"),
    Kind.TYPE: gettext_lazy("Kind of question"),
    Kind.FORM: gettext_lazy("The form itself"),
}
NAMES: dict[str, Promise] = {
    "label": gettext_lazy("Wording"),
    "mirrored": gettext_lazy("Wording for the manager"),
    "number": gettext_lazy("Number"),
    "help": gettext_lazy("Help"),
    "placeholder": gettext_lazy("Words in the empty field"),
    "example": gettext_lazy("Example"),
    "required": gettext_lazy("Must be answered"),
    "required_if": gettext_lazy("Must be answered if"),
    "visible_if": gettext_lazy("Asked if"),
    "audience": gettext_lazy("Who answers"),
    "sharing": gettext_lazy("Sharing"),
    "sensitive": gettext_lazy("Sensitive"),
    "countable": gettext_lazy("May be counted"),
    "type": gettext_lazy("Kind of question"),
    "heading": gettext_lazy("Heading"),
    "intro": gettext_lazy("Introduction"),
    "title": gettext_lazy("Title"),
    "language": gettext_lazy("Language"),
    "layout": gettext_lazy("Layout"),
    "retention": gettext_lazy("Kept"),
    "whole": gettext_lazy("Option"),
    "order": gettext_lazy("Order of the options"),
    "min": gettext_lazy("Lowest"),
    "max": gettext_lazy("Highest"),
    "min_label": gettext_lazy("Words at the low end"),
    "max_label": gettext_lazy("Words at the high end"),
    "best": gettext_lazy("Best answer"),
    "not_applicable": gettext_lazy("Offer “not applicable”"),
    "unit": gettext_lazy("Unit"),
    "decimals": gettext_lazy("Decimals"),
    "earliest": gettext_lazy("Earliest date"),
    "latest": gettext_lazy("Latest date"),
    "max_length": gettext_lazy("Most characters"),
    "min_choices": gettext_lazy("Fewest choices"),
    "max_choices": gettext_lazy("Most choices"),
    "yes_label": gettext_lazy("Word for yes"),
    "no_label": gettext_lazy("Word for no"),
    "display": gettext_lazy("Shown as"),
    "other": gettext_lazy("Offer “other”, with a line to write on"),
    "place": gettext_lazy("Stands after"),
    "parent": gettext_lazy("Stands under"),
}
VALUES: dict[tuple[str, str], Promise] = {
    ("audience", "EMPLOYEE"): gettext_lazy("The employee"),
    ("audience", "MANAGER"): gettext_lazy("The manager"),
    ("audience", "BOTH"): gettext_lazy("Each side its own answer"),
    ("audience", "AGREED"): gettext_lazy("Both together"),
    ("sharing", "SHARED"): gettext_lazy("Shared unless its author keeps it"),
    ("sharing", "PRIVATE"): gettext_lazy("Private unless its author shares it"),
    ("sharing", "ALWAYS"): gettext_lazy("Always shared"),
    ("best", "HIGHEST"): gettext_lazy("The highest"),
    ("best", "LOWEST"): gettext_lazy("The lowest"),
}


class Difference(NamedTuple):
    """One thing that changed: what it is called, what it said and says. Empty where there was, or is, nothing."""

    name: str
    old: str
    new: str


def differences(change: Change, old: Schema, new: Schema) -> Iterator[Difference]:
    """The differences of a change between two documents, in words of the active language."""
    if change.kind in (Kind.ADDED, Kind.REMOVED):
        atom = change.atoms[0]
        yield Difference(str(NAMES["label"]), _label(atom.old), _label(atom.new))
        return
    for atom in change.atoms:
        yield Difference(
            _name(atom), *(_words(atom, value, form) for value, form in ((atom.old, old), (atom.new, new)))
        )


def _label(question: Json) -> str:
    return "" if question is MISSING else str(question["label"])


def _name(atom: Atom) -> str:
    last = atom.path[-1]
    name = str(NAMES.get(last, last.replace("_", " ")))
    if atom.path[0] == "whole":
        return str(NAMES["heading"])
    if atom.path[0] == "translations":
        return _("%(name)s in the language “%(language)s”") % {"name": name, "language": atom.path[1]}
    if len(atom.path) == len(("settings", "options", "id", "label")) and last == "label":
        return str(NAMES["whole"])
    return name


def _words(atom: Atom, value: Json, form: Schema) -> str:
    last = atom.path[-1]
    if value is MISSING or value is None:
        return ""
    if last == "whole":
        return str(value.get("label", value.get("heading", "")))
    if last in ("visible_if", "required_if"):
        return _rule(value, form)
    if last == "order":
        return ", ".join(_part_labels(atom, form, value))
    if last in ("place", "parent"):
        return _places(form).get(value[1] if last == "place" else value, "")
    if last == "type" and value in registry:
        return str(registry.get(value).label)
    if (last, str(value)) in VALUES:
        return str(VALUES[last, str(value)])
    return _plain(value, is_html=last in HTML_KEYS)


def _plain(value: Json, *, is_html: bool) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, str):
        return strip_tags(value) if is_html else value
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (list, Mapping)) else str(value)


def _rule(rule: Json, form: Schema) -> str:
    by_id = {question["id"]: question for question in questions(form)}
    facts = [f"{term['fact']} {term['op']} {term['value']}" for term in terms_of(rule) if "fact" in term]
    return " ".join([in_words(rule, by_id), *facts]).strip()


def _part_labels(atom: Atom, form: Schema, ids: list[str]) -> list[str]:
    question: Question = next(one for one in questions(form) if one["id"] == atom.id)
    labels = {part["id"]: part.get("label", "") for part in question["settings"][atom.path[1]]}
    return [str(labels[one]) for one in ids]


def _places(form: Schema) -> dict[str, str]:
    names = {section["id"]: section["heading"] for section in form["sections"]}
    return {**names, **{question["id"]: question["label"] for question in questions(form)}, FORM_ID: form["title"]}
