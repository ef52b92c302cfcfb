"""A draft of a form as each reader will meet it at each step, tried out with answers that go nowhere."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import override

from mus_workflow.formbuilder.compiler import CompileError
from mus_workflow.formbuilder.conditions import Rule, fact_holds, in_words
from mus_workflow.formbuilder.linking import unlinked, with_rows
from mus_workflow.formbuilder.projection import FormKey, fact_terms, joint, projected
from mus_workflow.formbuilder.rendering import render_form
from mus_workflow.formbuilder.schema import digest, questions
from mus_workflow.formbuilder.shapes import Json, Schema
from mus_workflow.formbuilder.sides import SIDES

TOGETHER = "TOGETHER"
EVERYTHING = "EVERYTHING"
ROLES = (*SIDES, TOGETHER, EVERYTHING)
KNOWN_FACTS = ("ROLE", "STAGE")

Choices = Iterable[tuple[str, Any]]


class Viewpoint(NamedTuple):
    """From where a form is looked at: who, at which step of the dialogue, in which language ("" is the form's own)."""

    role: str
    stage: str = ""
    language: str = ""

    @property
    def mode(self) -> str:
        """Its name in Wagtail's list of preview modes."""
        return ".".join(self).rstrip(".")


def viewpoint(mode: str) -> Viewpoint:
    """The viewpoint that a preview mode names; the employee's for a name we do not know."""
    role, stage, language = [*mode.split("."), "", "", ""][:3]
    return Viewpoint(role if role in ROLES else SIDES[0], stage, language)


def preview_modes(document: Schema, *, together: bool, stages: Choices, languages: Choices) -> list[tuple[str, str]]:
    """Wagtail's preview modes: each audience, at each step that the form's rules tell apart, in each language.

    `together`: both sides write on one sheet. `stages` are all there are, in order; `languages` those besides the
    form's own that it has texts in. Last comes everything at once, each question with its rule.
    """
    audiences = [(TOGETHER, _("Both, on one sheet"))] if together else _sides()
    modes = [
        (Viewpoint(role, stage, language).mode, " · ".join(name for name in (who, when, named) if name))
        for language, named in [("", ""), *languages]
        for role, who in audiences
        for stage, when in _told_apart(document, list(stages))
    ]
    return [*modes, (EVERYTHING, _("Every question, with its rule"))]


def _sides() -> list[tuple[str, str]]:
    return list(zip(SIDES, (_("As employee"), _("As manager")), strict=True))


def _told_apart(document: Schema, stages: list[tuple[str, Any]]) -> list[tuple[str, str]]:
    """The steps that rules name, and one that stands for all others."""
    named = {term["value"] for term in fact_terms(document).values() if term["fact"] == "STAGE"}
    if not named:
        return [("", "")]
    other = next((stage for stage, _label in stages if stage not in named), None)
    told = [(stage, str(label)) for stage, label in stages if stage in named]
    return told if other is None else [*told, (other, _("other steps"))]


class Trial(Protocol):
    """Answers that somebody tries a form out with. They are in the request, and are kept nowhere."""

    def supposed(self, terms: Sequence[Rule]) -> Sequence[Rule]:
        """Those of the terms about the employee that are taken to be met."""

    def filled_in(self, schema: Schema) -> tuple[dict[str, Json], dict[str, list[str]]]:
        """The answers, as typed where they are wrong, and the errors, both by key."""

    def told(self, schema: Schema, *, together: bool) -> dict[str, Any]:
        """What the page says of the answers, and the address they are sent to."""


def preview(compiled: Callable[[], Schema], point: Viewpoint, trial: Trial | None = None) -> dict[str, Any]:
    """What a preview page shows: `schema`, `questions` as HTML, `supposed`; or `problems` in sentences."""
    try:
        whole = compiled()
    except CompileError as error:
        return {"problems": [str(problem) for problem in error.problems]}
    if point.role == EVERYTHING:
        return _everything(whole)
    document = joint(whole) if point.role == TOGETHER else whole
    role = None if point.role == TOGETHER else point.role
    asked = [term for term in fact_terms(document).values() if term["fact"] not in KNOWN_FACTS]
    met = trial.supposed(asked) if trial else asked
    key = FormKey(digest(document), role, point.language or whole["language"], _met(document, point, met))
    schema = projected(document, key)
    # The words around the questions are in the form's language, as they are for those who fill it in.
    with override(schema["language"]):
        answers, errors = trial.filled_in(schema) if trial else ({}, {})
        shown = render_form(key, document, answers, errors)
        told = trial.told(schema, together=role is None) if trial else {}
    supposed = [(number, _supposition(term), term in met) for number, term in enumerate(asked)]
    return {"schema": schema, "questions": shown, "supposed": supposed, "problems": [], **told}


def _met(document: Schema, point: Viewpoint, supposed: Sequence[Rule]) -> frozenset[str]:
    facts = {"STAGE": point.stage or None, "ROLE": point.role if point.role in SIDES else None}
    return frozenset(
        name
        for name, term in fact_terms(document).items()
        if (fact_holds(term, facts) if term["fact"] in KNOWN_FACTS else term in supposed)
    )


def _supposition(term: Rule) -> str:
    """A term about the employee as a sentence."""
    value = term["value"]
    if term["fact"] == "REPORTS":
        leads = value is (term["op"] == "equals")
        return _("The employee has people reporting to them") if leads else _("Nobody reports to the employee")
    sentences = {
        ("UNIT", "equals"): _("The employee is in the unit %(value)s"),
        ("UNIT", "not_equals"): _("The employee is in another unit than %(value)s"),
        ("JOB_FAMILY", "equals"): _("The employee belongs to the job family %(value)s"),
        ("JOB_FAMILY", "not_equals"): _("The employee belongs to another job family than %(value)s"),
    }
    return sentences[term["fact"], term["op"]] % {"value": value}


def _everything(whole: Schema) -> dict[str, Any]:
    """Every question, each with its rule in words: nobody answers anything here."""
    free = {"visible_if": None, "required_if": None}
    sections = [
        {
            **section,
            "visible_if": None,
            "questions": [{**unlinked(question), **free} for question in section["questions"]],
        }
        for section in with_rows(whole)["sections"]
    ]
    open_to_all = {**whole, "sections": sections}
    key = FormKey(digest(open_to_all), None, whole["language"])
    shown = render_form(key, open_to_all, {}, extras=_rules(whole))
    return {"schema": open_to_all, "questions": shown, "is_everything": True, "problems": []}


def _rules(whole: Schema) -> Mapping[str, SafeString]:
    by_id = {question["id"]: question for question in questions(whole)}
    return {
        question["id"]: format_html('<p class="mus-meta">{}</p>', words)
        for question in questions(whole)
        if question["visible_if"] and (words := in_words(question["visible_if"], by_id))
    }
