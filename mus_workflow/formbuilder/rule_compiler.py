"""From the conditions and rules an editor writes to the rules of the document. `rule_blocks` is the way back."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from mus_workflow.formbuilder import conditions
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.questions.rules_block import MOST_TERMS
from mus_workflow.formbuilder.shapes import Json, Question

Path = tuple[str | int, ...]
Term = dict[str, Json]

ID_LENGTH = len("00000000-0000-0000-0000-000000000000")


@dataclass(frozen=True)
class Part:
    """A question or a section with its block's value, and where it stands among all questions.

    `readers` are the questions that its rules decide about, `start` how many questions stand before it, `name` what
    the editor knows it by.
    """

    value: Mapping[str, Any]
    readers: Sequence[Question]
    start: int
    note: Callable[[str, Path], None]
    name: str = ""
    is_section: bool = False

    @property
    def own(self) -> range:
        """The places of its own questions."""
        return range(self.start, self.start + len(self.readers))


class RuleCompiler:
    """Compiles the rules of one form; what cannot be is noted at the block that causes it."""

    def __init__(self, everyone: Sequence[Question], parts: Iterable[Part]) -> None:
        self._everyone = everyone
        self._parts = list(parts)

    def shown_if(self, part: Part) -> Term | None:
        """The rule that decides whether the question or section is shown; None for always."""
        terms: list[Json] = []
        if any(trimmed(part.value["condition"].get(key)) for key in ("question", "value")):
            terms += self._answer(part, part.value["condition"], ("condition",))
        for path, rule in _rules(part):
            if rule["effect"] != "REQUIRE" and (inner := self._terms(part, rule, path)):
                terms += _as_shown(rule["effect"], rule["match"], inner)
                if conditions.depth({"terms": terms}) > conditions.DEPTH:
                    part.note(_("A rule that leaves out when all is so can hold no group."), (*path, "terms"))
        if len(terms) > MOST_TERMS:
            part.note(_("There are too many rules: at most %(most)s parts fit.") % {"most": MOST_TERMS}, ("rules",))
        return {"match": "ALL", "terms": terms} if terms else None

    def required_if(self, part: Part) -> Term | None:
        """The rule that decides whether the question must be answered; None where no rule says."""
        found = [(path, rule) for path, rule in _rules(part) if rule["effect"] == "REQUIRE"]
        for path, _rule in found[1:]:
            part.note(_("Another rule says already when it must be answered: write both as one."), (*path, "effect"))
        for path, rule in found[:1]:
            if part.is_section or not registry.get(part.readers[0]["type"]).asks:
                part.note(_("Nobody can answer this, so it cannot be required."), (*path, "effect"))
            elif terms := self._terms(part, rule, path):
                return {"match": rule["match"], "terms": _spread(rule["match"], terms)}
        return None

    def _terms(self, part: Part, rule: Mapping[str, Any], path: Path) -> list[Term]:
        """The terms of a rule or group, as far as they make sense."""
        found: list[Term] = []
        if not len(rule["terms"]):
            part.note(_("Nothing is said here: add what must be so, or delete this."), (*path, "terms"))
        for number, child in enumerate(rule["terms"]):
            here: Path = (*path, "terms", number)
            if child.block_type == "group":
                if inner := self._terms(part, child.value, here):
                    match = child.value["match"]
                    found.append({"match": match, "terms": inner})
            elif child.block_type == "answer":
                found += self._answer(part, child.value, here)
            else:
                found += _fact(part, child.block_type.upper(), child.value, here)
        return found

    def _answer(self, part: Part, written: Mapping[str, Any], path: Path) -> list[Term]:
        try:
            target = self._target(part, trimmed(written.get("question")))
            if _unsound(target):
                return []
            term = _term(written, target)
        except ValidationError as error:
            part.note(error.messages[0], (*path, error.code or "question"))
            return []
        for reader in part.readers or [{"audience": "BOTH", "label": part.name}]:
            for key, reason in conditions.conflicts(term, reader, target):
                part.note(reason, (*path, key))
        return [term]

    def _target(self, part: Part, wanted: str) -> Question:
        if not wanted:
            raise ValidationError(_("Pick the earlier question that the condition is about."), code="question")
        found = self._places(wanted)
        earlier = [place for place in found if place < part.start]
        if len(earlier) == 1:
            return self._everyone[earlier[0]]
        raise ValidationError(self._why_no_target(part, wanted, found, earlier), code="question")

    def _places(self, wanted: str) -> list[int]:
        """The places of the questions with this id, or else with this wording."""
        found = [place for place, question in enumerate(self._everyone) if question["id"] == wanted.lower()]
        return found or [place for place, one in enumerate(self._everyone) if is_alike(one["label"], wanted)]

    def _why_no_target(self, part: Part, wanted: str, found: Sequence[int], earlier: Sequence[int]) -> str:
        if len(earlier) > 1:
            return _("Several earlier questions are worded “%(label)s”: pick the right one in the list.") % {
                "label": Truncator(wanted).chars(80)
            }
        if set(part.own).intersection(found):
            if part.is_section:
                return _("A section cannot depend on what is asked in it.")
            return _("A question cannot depend on itself.")
        if found:
            return self._why_later(part, found[0])
        if looks_like_id(wanted):
            return _("The condition is about a question that is no longer in the form.")
        return _("There is no earlier question worded “%(label)s”.") % {"label": Truncator(wanted).chars(80)}

    def _why_later(self, part: Part, place: int) -> str:
        """Why a later question cannot decide: two that wait for each other are both named."""
        later = next(one for one in self._parts if place in one.own and not one.is_section)
        if not self._waits_for(place, part.own):
            return _("The condition is about a question that comes later. Move one of the two.")
        return _("%(here)s and %(there)s wait for each other: neither can be shown first.") % {
            "here": part.name,
            "there": later.name,
        }

    def _waits_for(self, place: int, own: range) -> bool:
        """Whether the question there depends, however indirectly, on one of these."""
        seen: set[int] = set()
        left = [place]
        while left:
            here = left.pop()
            if here in seen:
                continue
            seen.add(here)
            left += [found for part in self._parts if here in part.own for found in self._referred(part)]
        return bool(seen.intersection(own))

    def _referred(self, part: Part) -> Iterator[int]:
        for wanted in _wanted(part.value["condition"], part.value["rules"]):
            yield from self._places(wanted)


def _rules(part: Part) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    for number, rule in enumerate(part.value["rules"]):
        yield ("rules", number), rule


def _wanted(condition: Mapping[str, Any], rules: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """What the questions that the rules are about are called there, by id or wording."""
    if written := trimmed(condition.get("question")):
        yield written
    for rule in rules:
        for child in rule["terms"]:
            if child.block_type == "group":
                yield from _wanted({}, [child.value])
            elif child.block_type == "answer":
                yield from _wanted(child.value, [])


def _as_shown(effect: str, match: str, terms: list[Term]) -> list[Term]:
    """The terms that a rule adds to those that must all be met."""
    inner = _spread(match, terms)
    if effect == "SKIP":
        return [{"match": "NONE", "terms": inner if match == "ANY" else [{"match": "ALL", "terms": inner}]}]
    return inner if match == "ALL" else [{"match": "ANY", "terms": inner}]


def _spread(match: str, terms: list[Term]) -> list[Term]:
    """The terms, those of a group that says the same as what it stands in written out."""
    return [one for term in terms for one in (term["terms"] if term.get("match") == match else [term])]


def _fact(part: Part, fact: str, written: Mapping[str, Any], path: Path) -> list[Term]:
    value: Json = trimmed(written.get("value"))
    if not value:
        part.note(_("Say what to compare with."), (*path, "value"))
        return []
    if fact == "REPORTS":
        value = value == "yes"
    return [{"fact": fact, "op": written.get("op") or "equals", "value": value}]


def trimmed(value: Any) -> str:
    """What an editor wrote, without the white space around it."""
    return str(value or "").strip()


def is_alike(label: str, wanted: str) -> bool:
    """Whether a question with this label is the one an editor names by these words."""
    return bool(label) and label.casefold() == wanted.casefold()


def looks_like_id(wanted: str) -> bool:
    """Whether an editor picked a question in the list, which writes its id, and not its words."""
    return len(wanted) == ID_LENGTH and wanted.count("-") == len("----")


def _unsound(target: Question) -> bool:
    # Its own problem is noted where it stands, and says nothing about the condition.
    return any(registry.get(target["type"]).problems(target["settings"]))


def _term(written: Mapping[str, Any], target: Question) -> Term:
    op, value = written.get("op") or "equals", trimmed(written.get("value"))
    term: Term = {"question": target["id"], "op": op, "value": None}
    target_type = registry.get(target["type"])
    # What is left from a comparison the editor has given up says nothing.
    if op in conditions.WITHOUT_VALUE or op not in target_type.operators:
        return term
    if not value:
        raise ValidationError(_("Say which answer to compare with."), code="value")
    if conditions.is_about_words(op, target):
        return {**term, "value": value}
    try:
        return {**term, "value": target_type.condition_value(target, value)}
    except ValidationError as error:
        raise ValidationError(error.messages[0], code="value") from error
