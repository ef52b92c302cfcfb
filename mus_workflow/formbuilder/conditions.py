"""Which questions are asked and must be answered. The server decides; `conditions.js` shows the same in the browser.

A rule is `{"match": "ALL" | "ANY" | "NONE", "terms": [...]}`. A term is about an earlier answer (`question`, `op`,
`value`), about a fact of the dialogue (`fact`, `op`, `value`), or a rule itself.
"""

from collections.abc import Collection, Iterator, Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.questions.base import short_label
from mus_workflow.formbuilder.shapes import Json, Question, Schema
from mus_workflow.formbuilder.sides import is_asked_with

WITHOUT_VALUE = ("answered", "not_answered")
MATCHES = ("ALL", "ANY", "NONE")
FACTS = ("ROLE", "STAGE", "REPORTS", "UNIT", "JOB_FAMILY")
FACT_OPS = ("equals", "not_equals")
DECIDED = "DECIDED"  # stands in a form that was settled in part; never in a document
DEPTH = 3

Rule = Mapping[str, Json]


def visible_ids(schema: Schema, answers: Mapping[str, Json]) -> set[str]:
    """The ids of the questions that are asked. An answer to a question that is not asked counts as no answer.

    `answers` are by question id (see `parts.assembled`). A question under a hidden one is hidden too.
    """
    return shown_ids(schema, answers).difference(section["id"] for section in schema["sections"])


def shown_ids(schema: Schema, answers: Mapping[str, Json]) -> set[str]:
    """The same, and the ids of the sections that are shown."""
    return _walked(schema, answers)[0]


def derived_values(schema: Schema, answers: Mapping[str, Json]) -> dict[str, Json]:
    """The values that follow from the answers, by question id; of those that are not shown or have none, nothing."""
    if not any(registry.get(one["type"]).derives for section in schema["sections"] for one in section["questions"]):
        return {}
    return _walked(schema, answers)[1]


def derived_among(schema: Schema, visible: Collection[str], answers: Mapping[str, Json]) -> dict[str, Json]:
    """The values that follow from these answers alone, of what is `visible` for other reasons as well."""
    known = {question["id"]: question for section in schema["sections"] for question in section["questions"]}
    given = {one: value for one, value in answers.items() if one in visible}
    derived: dict[str, Json] = {}
    for one, question in known.items():
        question_type = registry.get(question["type"])
        if question_type.derives and one in visible:
            value = question_type.derived(question, known, {**given, **derived})
            derived |= {} if value is None else {one: value}
    return derived


def _walked(schema: Schema, answers: Mapping[str, Json]) -> tuple[set[str], dict[str, Json]]:
    """What is shown, and the values derived on the way: a later condition may look at them."""
    visible: set[str] = set()
    known: dict[str, Question] = {}
    derived: dict[str, Json] = {}
    for section in schema["sections"]:
        shown = section["visible_if"] is None or _meets(section["visible_if"], visible, known, answers)
        if shown:
            visible.add(section["id"])
        for question in section["questions"]:
            known[question["id"]] = question
            if not shown or (question["parent"] is not None and question["parent"] not in visible):
                continue
            if question["visible_if"] is None or _meets(question["visible_if"], visible, known, answers):
                visible.add(question["id"])
                question_type = registry.get(question["type"])
                if question_type.derives:
                    asked = {one: value for one, value in answers.items() if one in visible}
                    derived[question["id"]] = question_type.derived(question, known, asked)
                    answers = {**answers, **derived}
    return visible, {one: value for one, value in derived.items() if value is not None}


def required_ids(schema: Schema, answers: Mapping[str, Json]) -> set[str]:
    """The ids of the questions that are asked and must be answered, given the answers."""
    visible, derived = _walked(schema, answers)
    known = {question["id"]: question for section in schema["sections"] for question in section["questions"]}
    answers = {**answers, **derived}
    return {
        question["id"]
        for section in schema["sections"]
        for question in section["questions"]
        if question["id"] in visible
        and (
            question["required"]
            or (question["required_if"] is not None and _meets(question["required_if"], visible, known, answers))
        )
    }


def _meets(rule: Rule, visible: set[str], known: Mapping[str, Question], answers: Mapping[str, Json]) -> bool:
    if "terms" in rule:
        return _matches(rule["match"], (_meets(term, visible, known, answers) for term in rule["terms"]))
    if "fact" in rule:
        # Facts are settled when a form is projected for its reader; one that nobody knows is not met.
        return False
    target = rule["question"]
    if target not in visible:
        return bool(rule["op"] == "not_answered")
    return holds(rule, known[target]["type"], answers.get(target))


def _matches(match: str, terms: Iterator[bool]) -> bool:
    if match == "ALL":
        return all(terms)
    return any(terms) is (match == "ANY")


def holds(rule: Rule, target_type: str, answer: Json) -> bool:
    """Whether one term is met by the answer to its question. No answer meets only `not_answered`."""
    blank = answer is None or registry.get(target_type).is_blank(answer)
    if rule["op"] in WITHOUT_VALUE:
        return blank is (rule["op"] == "not_answered")
    if blank:
        return False
    question_type = registry.get(target_type)
    if rule["op"] == "at_least":
        return question_type.reaches(answer, rule["value"])
    if rule["op"] == "contains":
        return question_type.contains(answer, rule["value"])
    return question_type.equals(answer, rule["value"]) is (rule["op"] == "equals")


def depth(rule: Rule) -> int:
    """How many groups stand within each other, the rule itself counted."""
    return 1 + max((depth(term) for term in rule["terms"] if "terms" in term), default=0)


def is_about_words(op: str, target: Question) -> bool:
    """Whether the comparison looks for words that a person may have written."""
    return op == "contains" and "equals" not in registry.get(target["type"]).operators


def terms_of(rule: Rule | None) -> Iterator[Rule]:
    """The terms about answers and facts, however deep."""
    for term in rule["terms"] if rule else ():
        if "terms" in term:
            yield from terms_of(term)
        else:
            yield term


def settled(rule: Rule, facts: Mapping[str, Json]) -> Rule | bool:
    """The rule with its terms about facts decided: True or False where nothing else is left to ask."""
    if "fact" in rule:
        return fact_holds(rule, facts)
    if "terms" not in rule:
        return rule
    left = [settled(term, facts) for term in rule["terms"]]
    decided = {term for term in left if isinstance(term, bool)}
    open_terms = [term for term in left if not isinstance(term, bool)]
    match = rule["match"]
    if match == "ALL" and False in decided:
        return False
    if match in ("ANY", "NONE") and True in decided:
        return match == "ANY"
    if not open_terms:
        return match != "ANY"
    return {"match": match, "terms": open_terms}


def fact_holds(term: Rule, facts: Mapping[str, Json]) -> bool:
    """Whether a term about a fact is met. A fact may have several values (a unit and those above it); an unknown one
    meets nothing."""
    if term["fact"] == DECIDED:
        return bool(term["value"])
    known = facts.get(term["fact"])
    if known is None:
        return False
    among = term["value"] in known if isinstance(known, (tuple, list, set, frozenset)) else known == term["value"]
    return among is (term["op"] == "equals")


def conflicts(rule: Rule, question: Question, target: Question) -> Iterator[tuple[str, str]]:
    """(key of the term, sentence) for everything that keeps `question` from depending on the earlier `target`."""
    names = {"target": short_label(target), "question": short_label(question)}
    target_type = registry.get(target["type"])
    if not target_type.operators:
        yield "question", _("“%(target)s” is a text that nobody answers.") % names
    elif not is_asked_with(target, question):
        yield "question", _("“%(target)s” is not asked of everyone who is asked “%(question)s”.") % names
    elif rule["op"] not in target_type.operators:
        yield "op", _("“%(target)s” cannot be compared in this way.") % names
    elif rule["op"] in WITHOUT_VALUE:
        if rule["value"] is not None:
            yield "value", _("This comparison takes no answer to compare with.")
    elif reason := _value_problem(rule, target):
        yield "value", reason


def _value_problem(rule: Rule, target: Question) -> str:
    target_type = registry.get(target["type"])
    if is_about_words(rule["op"], target):
        said = isinstance(rule["value"], str) and rule["value"].strip()
        return "" if said and said == rule["value"] else _("Say which words to look for.")
    try:
        value = target_type.condition_value(target, rule["value"])
    except ValidationError as error:
        return error.messages[0]
    if type(value) is not type(rule["value"]) or value != rule["value"]:
        return _("The answer to compare with is not written as the form stores it.")
    if rule["op"] == "at_least" and not target_type.reaches(value, value):
        return _("“At least” cannot be said of this answer.")
    return ""


def in_words(rule: Rule, targets: Mapping[str, Question]) -> str:
    """The rule as a sentence to the person who fills in, for where no script hides the question."""
    terms = [one for term in rule["terms"] if (one := _term_in_words(term, targets))]
    if not terms:
        return ""
    joined = (_(" and ") if rule["match"] == "ALL" else _(" or ")).join(terms)
    if rule["match"] == "NONE":
        return _("Leave this out if %(terms)s.") % {"terms": joined}
    return _("Answer this only if %(terms)s.") % {"terms": joined}


def _term_in_words(rule: Rule, targets: Mapping[str, Question]) -> str:
    if "terms" in rule:
        terms = [one for term in rule["terms"] if (one := _term_in_words(term, targets))]
        if not terms:
            return ""
        joined = (_(" and ") if rule["match"] == "ALL" else _(" or ")).join(terms)
        return (_("it is not so that (%(terms)s)") if rule["match"] == "NONE" else "(%(terms)s)") % {"terms": joined}
    if rule.get("question") not in targets:
        # A fact, or a question that the dialogue's facts have ruled out: nothing the person can do about it.
        return ""
    target = targets[rule["question"]]
    target_type = registry.get(target["type"])
    answer = (
        ""
        if rule["value"] is None
        else rule["value"]
        if is_about_words(rule["op"], target)
        else target_type.condition_words(target, rule["value"])
    )
    sentences = {
        "equals": _("your answer to “%(question)s” is “%(answer)s”"),
        "not_equals": _("your answer to “%(question)s” is something other than “%(answer)s”"),
        "at_least": _("your answer to “%(question)s” is “%(answer)s” or more"),
        "contains": _("your answer to “%(question)s” has “%(answer)s” in it"),
        "answered": _("you have answered “%(question)s”"),
        "not_answered": _("you have not answered “%(question)s”"),
    }
    return sentences[rule["op"]] % {"question": short_label(target), "answer": answer}
