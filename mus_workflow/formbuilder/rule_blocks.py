"""From the rules of a document back to the blocks an editor has. `rule_compiler` is the way there."""

from collections.abc import Mapping, Sequence
from typing import Any

from mus_workflow.formbuilder.shapes import Json

Rule = Mapping[str, Json]
NO_CONDITION = {"question": "", "op": "equals", "value": ""}


def rule_blocks(visible_if: Rule | None, required_if: Rule | None) -> dict[str, Any]:
    """The values of the blocks `condition` and `rules`, as JSON, that compile to these two rules of a valid document.

    The condition takes the first term if it is about an answer; terms side by side become one rule.
    """
    terms = list(visible_if["terms"]) if visible_if else []
    first = [terms.pop(0)] if terms and "question" in terms[0] else []
    return {
        "condition": _answer(first[0]) if first else dict(NO_CONDITION),
        "rules": [
            *_showing(terms),
            *([_rule("REQUIRE", required_if["match"], required_if["terms"])] if required_if else []),
        ],
    }


def _showing(terms: Sequence[Rule]) -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = []
    side_by_side: list[Rule] = []
    for term in terms:
        if "terms" not in term:
            side_by_side.append(term)
            continue
        rules += [*_flat(side_by_side), _group_rule(term)]
        side_by_side = []
    return rules + _flat(side_by_side)


def _flat(terms: Sequence[Rule]) -> list[dict[str, Any]]:
    return [_rule("SHOW", "ALL", terms)] if terms else []


def _group_rule(group: Rule) -> dict[str, Any]:
    if group["match"] == "ANY":
        return _rule("SHOW", "ANY", group["terms"])
    inner = group["terms"]
    if len(inner) == 1 and inner[0].get("match") == "ALL":
        return _rule("SKIP", "ALL", inner[0]["terms"])
    return _rule("SKIP", "ANY", inner)


def _rule(effect: str, match: str, terms: Sequence[Rule]) -> dict[str, Any]:
    return {"effect": effect, "match": match, "terms": [_term(term) for term in terms]}


def _term(term: Rule) -> dict[str, Any]:
    if "terms" in term:
        value = {"match": term["match"], "terms": [_term(one) for one in term["terms"]]}
        return {"type": "group", "value": value}
    if "fact" in term:
        return {"type": term["fact"].lower(), "value": {"op": term["op"], "value": _written(term["value"])}}
    return {"type": "answer", "value": _answer(term)}


def _answer(term: Rule) -> dict[str, Any]:
    return {"question": term["question"], "op": term["op"], "value": _written(term["value"])}


def _written(value: Json) -> str:
    """The value as an editor writes it."""
    if value is None:
        return ""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
