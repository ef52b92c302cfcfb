"""Which questions are asked, given the answers. The server decides; `conditions.js` shows the same in the browser."""

from collections.abc import Iterator, Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.questions.base import short_label
from mus_workflow.formbuilder.shapes import Json, Question, Schema

WITHOUT_VALUE = ("answered", "not_answered")


def visible_ids(schema: Schema, answers: Mapping[str, Json]) -> set[str]:
    """The ids of the questions that are asked. An answer to a question that is not asked counts as no answer."""
    visible: set[str] = set()
    types: dict[str, str] = {}
    for section in schema["sections"]:
        for question in section["questions"]:
            rule = question["visible_if"]
            types[question["id"]] = question["type"]
            if rule is None or holds(rule, types.get(rule["question"], ""), _asked_answer(rule, visible, answers)):
                visible.add(question["id"])
    return visible


def _asked_answer(rule: dict[str, Json], visible: set[str], answers: Mapping[str, Json]) -> Json:
    return answers.get(rule["question"]) if rule["question"] in visible else None


def holds(rule: dict[str, Json], target_type: str, answer: Json) -> bool:
    """Whether the rule is met by the answer to its question. No answer meets only `not_answered`."""
    blank = answer is None or registry.get(target_type).is_blank(answer)
    if rule["op"] in WITHOUT_VALUE:
        return blank is (rule["op"] == "not_answered")
    if blank:
        return False
    if rule["op"] == "at_least":
        return registry.get(target_type).reaches(answer, rule["value"])
    matches = rule["value"] in answer if isinstance(answer, list) else _same(answer, rule["value"])
    return matches is (rule["op"] == "equals")


def _same(answer: Json, wanted: Json) -> bool:
    # In Python True equals 1; in an answer they are different things.
    return type(answer) is type(wanted) and answer == wanted


def conflicts(rule: dict[str, Json], question: Question, target: Question) -> Iterator[tuple[str, str]]:
    """(key of the rule, sentence) for everything that keeps `question` from depending on the earlier `target`."""
    names = {"target": short_label(target), "question": short_label(question)}
    target_type = registry.get(target["type"])
    if not target_type.asks:
        yield "question", _("“%(target)s” is a text that nobody answers.") % names
    elif target["audience"] not in ("BOTH", question["audience"]):
        yield "question", _("“%(target)s” is not asked of everyone who is asked “%(question)s”.") % names
    elif rule["op"] not in target_type.operators:
        yield "op", _("“%(target)s” cannot be compared in this way.") % names
    elif rule["op"] in WITHOUT_VALUE:
        if rule["value"] is not None:
            yield "value", _("This comparison takes no answer to compare with.")
    elif reason := _value_problem(rule, target):
        yield "value", reason


def _value_problem(rule: dict[str, Json], target: Question) -> str:
    try:
        value = registry.get(target["type"]).condition_value(target, rule["value"])
    except ValidationError as error:
        return error.messages[0]
    if not _same(value, rule["value"]):
        return _("The answer to compare with is not written as the form stores it.")
    if rule["op"] == "at_least" and not registry.get(target["type"]).reaches(value, value):
        return _("“At least” cannot be said of this answer.")
    return ""


def in_words(rule: dict[str, Json], target: Question) -> str:
    """The rule as a sentence to the person who fills in, for where no script hides the question."""
    answer = "" if rule["value"] is None else registry.get(target["type"]).condition_words(target, rule["value"])
    names = {"question": short_label(target), "answer": answer}
    sentences = {
        "equals": _("Answer this only if your answer to “%(question)s” is “%(answer)s”."),
        "not_equals": _("Answer this only if your answer to “%(question)s” is something other than “%(answer)s”."),
        "at_least": _("Answer this only if your answer to “%(question)s” is “%(answer)s” or more."),
        "answered": _("Answer this only if you have answered “%(question)s”."),
        "not_answered": _("Answer this only if you have not answered “%(question)s”."),
    }
    return sentences[rule["op"]] % names
