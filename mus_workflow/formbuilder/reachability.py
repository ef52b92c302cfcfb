"""Questions that nobody can ever be asked, and required ones that nobody can answer.

It never accuses a form that can be filled in; it does not find everything. Rules are written out as ways to meet them:
sets of things that must be so at once. A question is a dead end if each of its ways holds a contradiction.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from mus_workflow.formbuilder.conditions import fact_holds, holds, terms_of
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.questions.base import short_label
from mus_workflow.formbuilder.shapes import Json, Question, Schema

SIDES = ("EMPLOYEE", "MANAGER")
ANY_ROLE = "ANY_ROLE"
MOST_WAYS = 64  # beyond this nothing is claimed
SINGLE = ("STAGE", "REPORTS")

Rule = Mapping[str, Json]


class Claim(NamedTuple):
    """One thing that must be so: of an answer (`subject` a question's id) or of a fact (`subject` its name).

    `op` is a comparison, or “answered”, which may be claimed not to be so.
    """

    subject: str
    op: str
    value: Json
    truth: bool


Way = frozenset[Claim]
Ways = list[Way]
FREELY: Ways = [frozenset()]


class DeadEnd(NamedTuple):
    """What is wrong, and where: positions from zero, and `cause` RULES, PARENT or ANSWER. No question: the section."""

    section: int
    question: int | None
    cause: str
    sentence: str


def dead_ends(schema: Schema) -> list[DeadEnd]:
    """What can never be shown or never be answered, in the order of the form. The document must be valid."""
    search = _Search(schema)
    found = [
        end
        for index, section in enumerate(schema["sections"])
        for end in (*search.in_section(index, section), *search.in_questions(index, section))
    ]
    return list(dict.fromkeys(found))


@dataclass
class _Case:
    """One kind of reader: which role a rule about roles sees, on a sheet of one's own or a common one."""

    role: str | None
    is_sheet: bool = False
    ways: dict[str, Ways] = field(default_factory=dict)


class _Search:
    def __init__(self, schema: Schema) -> None:
        self._sections = {one["id"]: section for section in schema["sections"] for one in section["questions"]}
        self._questions = {one["id"]: one for section in schema["sections"] for one in section["questions"]}
        # The cases remember what they have found, so each is made once.
        self._cases = {(role, sheet): _Case(role, sheet) for role in SIDES for sheet in (False, True)}
        self._anybody = _Case(ANY_ROLE)

    def in_section(self, index: int, section: Mapping[str, Any]) -> Iterator[DeadEnd]:
        """The section itself, if no reader can see it."""
        if all(not self._section_ways(section, case, case.role) for case in self._cases.values()):
            yield DeadEnd(index, None, "RULES", self._why(section))

    def in_questions(self, index: int, section: Mapping[str, Any]) -> Iterator[DeadEnd]:
        """The dead ends among the section's questions."""
        for number, question in enumerate(section["questions"]):
            cases = self._cases_of(question)
            if self._is_unanswerable(question):
                sentence = _("It must be answered, and its bounds leave no answer that could be given.")
                yield DeadEnd(index, number, "ANSWER", sentence)
            elif any(self.ways_to(question["id"], case) for case in cases):
                continue
            elif not any(self._section_ways(section, case, self._role(question, case)) for case in cases):
                yield DeadEnd(index, None, "RULES", self._why(section))
            elif question["parent"] and not any(self.ways_to(question["parent"], case) for case in cases):
                yield DeadEnd(index, number, "PARENT", _("It can never be shown: the question above it never is."))
            else:
                yield DeadEnd(index, number, "RULES", self._why(question))

    def ways_to(self, question_id: str, case: _Case) -> Ways:
        """The ways in which this reader comes to be asked the question."""
        if question_id not in case.ways:
            case.ways[question_id] = self._find_ways(self._questions[question_id], case)
        return case.ways[question_id]

    def _find_ways(self, question: Question, case: _Case) -> Ways:
        needed = [self._section_ways(self._sections[question["id"]], case, self._role(question, case))]
        if question["parent"] is not None:
            needed.append(self.ways_to(question["parent"], case))
        if question["visible_if"] is not None:
            needed.append(self._ways(question["visible_if"], True, case, self._role(question, case)))
        return self._together(needed)

    def _section_ways(self, section: Mapping[str, Any], case: _Case, role: str | None) -> Ways:
        return FREELY if section["visible_if"] is None else self._ways(section["visible_if"], True, case, role)

    def _cases_of(self, question: Question) -> list[_Case]:
        role = question["audience"]
        return [case for case in self._cases.values() if role not in SIDES or case.role == role]

    def _role(self, question: Question, case: _Case) -> str | None:
        """The role that the question's rules see: on a common sheet only those of one side's questions see any."""
        return None if case.is_sheet and question["audience"] == "AGREED" else case.role

    def _ways(self, rule: Rule, truth: bool, case: _Case, role: str | None) -> Ways:
        if "fact" in rule:
            return _fact_ways(rule, truth, role)
        if "terms" not in rule:
            return self._answer_ways(rule, truth, case)
        inner = [self._ways(term, truth is (rule["match"] != "NONE"), case, role) for term in rule["terms"]]
        all_of_them = truth if rule["match"] == "ALL" else truth is (rule["match"] == "NONE")
        return self._together(inner) if all_of_them else _either(inner)

    def _answer_ways(self, term: Rule, truth: bool, case: _Case) -> Ways:
        target, op = term["question"], term["op"]
        blank: Ways = [frozenset({Claim(target, "answered", None, False)})]
        given = Claim(target, "answered", None, True)
        if op in ("answered", "not_answered"):
            is_given = truth is (op == "answered")
            return self._together([[frozenset({given})], self.ways_to(target, case)]) if is_given else blank
        # “Not equal” to one is the same as “equal”, denied, of what has an answer.
        compared = Claim(target, "equals" if op == "not_equals" else op, term["value"], truth is (op != "not_equals"))
        answered = self._together([[frozenset({given, compared})], self.ways_to(target, case)])
        return answered if truth else _either([blank, answered])

    def _together(self, needed: Iterable[Ways]) -> Ways:
        found = FREELY
        for ways in needed:
            merged = dict.fromkeys(one | other for one, other in product(found, ways))
            found = [way for way in merged if self._is_possible(way)]
            if len(found) > MOST_WAYS:
                found = FREELY
        return found

    def _is_possible(self, way: Way) -> bool:
        by_subject: dict[str, list[Claim]] = {}
        for claim in way:
            by_subject.setdefault(claim.subject, []).append(claim)
        return all(
            self._can_be_answered(self._questions[subject], claims) if subject in self._questions else _can_be(claims)
            for subject, claims in by_subject.items()
        )

    def _can_be_answered(self, question: Question, claims: list[Claim]) -> bool:
        given = {claim.truth for claim in claims if claim.op == "answered"}
        if given != {True}:
            return len(given) == 1
        compared = [claim for claim in claims if claim.op != "answered"]
        if any(claim._replace(truth=not claim.truth) in compared for claim in compared):
            return False
        specimens = registry.get(question["type"]).specimens(question, [claim.value for claim in compared])
        return specimens is None or any(_meets_all(question, one, compared) for one in specimens)

    def _is_unanswerable(self, question: Question) -> bool:
        is_needed = question["required"] or question["required_if"] is not None
        return bool(is_needed and registry.get(question["type"]).specimens(question, []) == [])

    def _why(self, part: Mapping[str, Any]) -> str:
        for target in dict.fromkeys(term["question"] for term in terms_of(part["visible_if"]) if "question" in term):
            question = self._questions[target]
            if not any(self.ways_to(target, case) for case in self._cases_of(question)):
                names = {"target": short_label(question)}
                return _("It can never be shown: its rules are about “%(target)s”, which can never be shown.") % names
        freed = self._ways(part["visible_if"], True, self._anybody, ANY_ROLE) if part["visible_if"] else []
        if freed and any(term.get("fact") == "ROLE" for term in terms_of(part["visible_if"])):
            return _("It can never be shown: its rules want another reader than those who are asked.")
        return _("It can never be shown: what its rules want cannot all be so at once.")


def _either(needed: Iterable[Ways]) -> Ways:
    found = list(dict.fromkeys(way for ways in needed for way in ways))
    return FREELY if len(found) > MOST_WAYS else found


def _fact_ways(term: Rule, truth: bool, role: str | None) -> Ways:
    if term["fact"] == "ROLE":
        if role == ANY_ROLE:
            return FREELY
        return FREELY if fact_holds(term, {"ROLE": role}) is truth else []
    return [frozenset({Claim(term["fact"], term["op"], term["value"], truth)})]


def _can_be(claims: list[Claim]) -> bool:
    """Whether these claims of one fact can go together. A fact that is unknown meets no comparison."""
    if any(claim._replace(truth=not claim.truth) in claims for claim in claims):
        return False
    if not any(claim.truth for claim in claims):
        return True
    among = {claim.value for claim in claims if claim.truth is (claim.op == "equals")}
    outside = {claim.value for claim in claims if claim.truth is not (claim.op == "equals")}
    is_single = claims[0].subject in SINGLE
    return not among & outside and not (is_single and len(among) > 1)


def _meets_all(question: Question, answer: Json, compared: list[Claim]) -> bool:
    return all(
        holds({"op": claim.op, "value": claim.value}, question["type"], answer) is claim.truth for claim in compared
    )
