"""What an editor can pick: units and steps in a rule, and answers of the agreement to show again next time."""

from mus_workflow.formbuilder.formats import upgraded
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.questions.fact_choices import Choices, offer
from mus_workflow.stages import Stage

from .form_definition import FormDefinition, Purpose
from .unit import Unit

INDENT = "– "


def connect() -> None:
    """Let the form builder offer them, each time its page is shown."""
    offer("STAGE", lambda: Stage.choices)
    offer("UNIT", units)
    offer("LAST_ANSWER", agreement_questions)


def units() -> Choices:
    """(id, name) of every unit in the order of the tree, set in under those above it; one query."""
    rows = Unit.objects.order_by("path").values_list("pk", "name", "depth")
    return [(str(key), f"{INDENT * (depth - 1)}{name}") for key, name, depth in rows]


def agreement_questions() -> Choices:
    """(id, form and wording) of what the newest version of each agreement form asks; one query for each form."""
    forms = FormDefinition.objects.filter(purpose=Purpose.AGREEMENT).order_by("title")
    newest = [(form, form.versions.published().order_by("-number").first()) for form in forms]
    return [
        (question["id"], f"{form.title}: {question['label']}")
        for form, version in newest
        if version is not None
        for section in upgraded(version.schema)["sections"]
        for question in section["questions"]
        if registry.get(question["type"]).asks
    ]
