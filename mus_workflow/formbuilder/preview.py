"""A form that is still a draft, as each side will meet it."""

from collections.abc import Callable
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from mus_workflow.formbuilder.compiler import CompileError
from mus_workflow.formbuilder.conditions import in_words
from mus_workflow.formbuilder.linking import unlinked
from mus_workflow.formbuilder.projection import FormKey, for_audience
from mus_workflow.formbuilder.rendering import render_form
from mus_workflow.formbuilder.schema import digest, questions
from mus_workflow.formbuilder.shapes import Schema


def preview(compiled: Callable[[], Schema], role: str) -> dict[str, Any]:
    """What a preview page shows: `schema`, `questions` as HTML with every question in it, or `problems` in sentences.

    Questions with a condition are all shown, each with its rule in words: in a preview nobody answers anything.
    """
    try:
        whole = compiled()
    except CompileError as error:
        return {"problems": [str(problem) for problem in error.problems]}
    mine = for_audience(whole, role)
    open_to_all = _without_conditions(mine)
    key = FormKey(digest(open_to_all), role, whole["language"])
    return {"schema": mine, "questions": render_form(key, open_to_all, {}, extras=_rules(whole, mine)), "problems": []}


def _without_conditions(schema: Schema) -> dict[str, Any]:
    sections = [
        {
            **section,
            "visible_if": None,
            "questions": [{**unlinked(question), "visible_if": None} for question in section["questions"]],
        }
        for section in schema["sections"]
    ]
    return {**schema, "sections": sections}


def _rules(whole: Schema, mine: Schema) -> dict[str, SafeString]:
    by_id = {question["id"]: question for question in questions(whole)}
    return {
        question["id"]: format_html('<p class="mus-meta">{}</p>', in_words(rule, by_id))
        for question in questions(mine)
        if (rule := question["visible_if"])
    }
