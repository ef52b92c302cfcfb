"""A form as one reader meets it: in their language, with their questions, the facts of the dialogue settled."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from mus_workflow.formbuilder.conditions import DECIDED, Rule, fact_holds, settled, terms_of
from mus_workflow.formbuilder.linking import with_rows
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.shapes import Json, Question, Schema
from mus_workflow.formbuilder.sides import SIDES, side_id
from mus_workflow.formbuilder.wording import localised

RULES = ("visible_if", "required_if")


class FormKey(NamedTuple):
    """What one reader's view of a form version depends on. The role may be None: everybody's questions.

    `met` are the form's terms about facts that are met, each as canonical JSON (see `met_terms`).
    """

    digest: str
    role: str | None
    language: str
    met: frozenset[str] = frozenset()


def fact_terms(schema: Schema) -> dict[str, Rule]:
    """The terms about facts that the form's rules hold, by their canonical JSON."""
    rules = (part[key] for part in _with_rules(schema) for key in RULES if part.get(key))
    return {_canonical(term): term for rule in rules for term in terms_of(rule) if "fact" in term}


def _with_rules(schema: Schema) -> Iterator[Mapping[str, Any]]:
    for section in schema["sections"]:
        yield section
        yield from section["questions"]


def _canonical(term: Rule) -> str:
    return json.dumps(term, sort_keys=True, ensure_ascii=False)


def met_terms(schema: Schema, facts: Mapping[str, Json]) -> frozenset[str]:
    """The form's terms about facts that are met, for a FormKey. `facts` are {name: value, or a collection of them}."""
    return frozenset(name for name, term in fact_terms(schema).items() if fact_holds(term, facts))


def for_audience(schema: Schema, role: str) -> dict[str, Json]:
    """The document with only the questions asked of the role, worded for it. A section that asks nothing is absent."""
    schema = with_rows(schema)
    sections = [
        {**section, "questions": [_worded_for(one, role) for one in section["questions"] if _is_asked(one, role)]}
        for section in schema["sections"]
    ]
    kept = [
        mine
        for mine, whole in zip(sections, schema["sections"], strict=True)
        if mine["questions"] or not whole["questions"]
    ]
    return {**schema, "sections": kept}


def _is_asked(question: Question, role: str) -> bool:
    return question["audience"] in ("BOTH", "AGREED", role)


def _worded_for(question: Question, role: str) -> Question:
    question_type = registry.get(question["type"])
    mine = {**question, "settings": question_type.settings_for(question["settings"], role)}
    return {**mine, "label": mine["mirrored"]} if role == "MANAGER" and mine["mirrored"] else mine


def joint(schema: Schema) -> Schema:
    """The form as two sides fill it in on one sheet: a question that each side answers is there once for each side.

    Each has an id of its own, and differs in nothing else from other questions: what handles those handles these.
    """
    is_twofold = any(one["audience"] == "BOTH" for section in schema["sections"] for one in section["questions"])
    if not is_twofold and not any(term["fact"] == "ROLE" for term in fact_terms(schema).values()):
        return schema
    sections = [_joint_section(section, schema) for section in schema["sections"]]
    return {**schema, "sections": sections, "translations": _joint_translations(schema)}


def _joint_section(section: Mapping[str, Any], schema: Schema) -> dict[str, Any]:
    twice = {one["id"] for part in schema["sections"] for one in part["questions"] if one["audience"] == "BOTH"}
    rule = section["visible_if"]
    if rule is None or not any(term.get("fact") == "ROLE" or term.get("question") in twice for term in terms_of(rule)):
        asked = section["questions"]
    else:
        # It holds for one side and not for the other: each question has it for its own, the heading for either.
        asked = [{**question, "visible_if": _both(rule, question["visible_if"])} for question in section["questions"]]
        rule = {"match": "ANY", "terms": [_aimed(rule, role, twice) for role in SIDES]}
    return {
        **section,
        "visible_if": rule,
        "questions": [one for question in asked for one in _sides(question, schema)],
    }


def _both(rule: Rule, own: Rule | None) -> Rule:
    return {"match": "ALL", "terms": [rule, own]} if own else rule


def _sides(question: Question, schema: Schema) -> list[Question]:
    twice = {one["id"] for section in schema["sections"] for one in section["questions"] if one["audience"] == "BOTH"}
    roles = SIDES if question["id"] in twice else (None,)
    return [_side(question, role, twice) for role in roles]


def _side(question: Question, role: str | None, twice: set[str]) -> Question:
    reader = role or question["audience"]
    mine: dict[str, Any] = {
        **question,
        "settings": registry.get(question["type"]).linked(question["settings"], twice, reader),
    }
    if role is not None:
        mine = {
            **_worded_for(mine, role),
            "id": side_id(question["id"], role),
            "audience": role,
            "pair": question["id"],
        }
    if mine["parent"] in twice:
        mine["parent"] = side_id(mine["parent"], reader if reader in SIDES else "EMPLOYEE")
    for key in RULES:
        if mine[key] is not None:
            mine[key] = _aimed(mine[key], reader, twice)
    return mine


def _aimed(rule: Rule, role: str, twice: set[str]) -> Rule:
    if "terms" in rule:
        return {**rule, "terms": [_aimed(term, role, twice) for term in rule["terms"]]}
    if rule.get("fact") == "ROLE" and role in SIDES:
        return {**rule, "fact": DECIDED, "value": fact_holds(rule, {"ROLE": role})}
    return {**rule, "question": side_id(rule["question"], role)} if rule.get("question") in twice else rule


def _joint_translations(schema: Schema) -> dict[str, Json]:
    twice = [one["id"] for section in schema["sections"] for one in section["questions"] if one["audience"] == "BOTH"]
    return {
        language: {
            **by_id,
            **{side_id(one, role): _mirrored(by_id[one], role) for one in twice if one in by_id for role in SIDES},
        }
        for language, by_id in schema["translations"].items()
    }


def _mirrored(words: Mapping[str, str], role: str) -> dict[str, str]:
    return {**words, "label": words["mirrored"]} if role == "MANAGER" and words.get("mirrored") else dict(words)


def with_facts(schema: Schema, met: frozenset[str]) -> dict[str, Json]:
    """The document with its terms about facts settled: what they rule out is absent, and no such term is left."""
    if not fact_terms(schema):
        return dict(schema)
    facts = {name: name in met for name in fact_terms(schema)}
    sections = []
    for section in schema["sections"]:
        rule = _decided(section["visible_if"], facts)
        if rule is not False:
            kept = _settled_questions(section["questions"], facts)
            sections.append({**section, "visible_if": None if rule is True else rule, "questions": kept})
    return {**schema, "sections": sections}


def _settled_questions(questions: list[Question], facts: Mapping[str, bool]) -> list[Question]:
    kept: list[Question] = []
    gone: set[str] = set()
    for question in questions:
        shown = _decided(question["visible_if"], facts)
        if shown is False or question["parent"] in gone:
            gone.add(question["id"])
            continue
        needed = _decided(question["required_if"], facts) if question["required_if"] else False
        kept.append(
            {
                **question,
                "visible_if": None if shown is True else shown,
                "required": question["required"] or needed is True,
                "required_if": None if isinstance(needed, bool) else needed,
            }
        )
    return kept


def _decided(rule: Rule | None, facts: Mapping[str, bool]) -> Rule | bool:
    return True if rule is None else settled(_as_decided(rule, facts), {})


def _as_decided(rule: Rule, facts: Mapping[str, bool]) -> Rule:
    if "terms" in rule:
        return {**rule, "terms": [_as_decided(term, facts) for term in rule["terms"]]}
    if "fact" in rule:
        return {**rule, "fact": DECIDED, "value": facts[_canonical(rule)]}
    return rule


def projected(schema: Schema, key: FormKey) -> dict[str, Json]:
    """The document as one reader sees it."""
    in_language = localised(with_rows(schema), key.language)
    mine = in_language if key.role is None else for_audience(in_language, key.role)
    return with_facts(mine, key.met)


def beside(schema: Schema, key: FormKey) -> dict[str, Json]:
    """The same for a sheet that two sides write: what only the other side answers stays in its place, as `theirs`."""
    in_language = localised(schema, key.language)
    if key.role is None:
        return with_facts(in_language, key.met)
    sections = [
        {**section, "questions": list(_mine_and_theirs(section["questions"], key.role))}
        for section in in_language["sections"]
    ]
    kept = [
        one
        for one, whole in zip(sections, in_language["sections"], strict=True)
        if one["questions"] or not whole["questions"]
    ]
    return with_facts({**in_language, "sections": kept}, key.met)


def _mine_and_theirs(questions: list[Question], role: str) -> Iterator[Question]:
    theirs = {question["id"] for question in questions if not _is_asked(question, role)}
    for question in questions:
        worded = _worded_for(question, role)
        if question["id"] not in theirs:
            # What hangs on the other side's answer cannot be nested under it: only the words are here.
            yield {**worded, "parent": None} if question["parent"] in theirs else worded
        elif registry.get(question["type"]).asks or registry.get(question["type"]).derives:
            # Read, not answered: only the wording is the reader's.
            yield {**question, "label": worded["label"], "theirs": True}
