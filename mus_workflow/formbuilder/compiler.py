"""From the editor's blocks to the frozen document."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from mus_workflow.formbuilder import conditions
from mus_workflow.formbuilder.formats import FORMAT
from mus_workflow.formbuilder.html import frozen_html
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.questions.base import short_label
from mus_workflow.formbuilder.schema import SchemaError, validate
from mus_workflow.formbuilder.shapes import MAX_QUESTIONS, Json, Question
from mus_workflow.formbuilder.wording import HTML_KEYS, texts

Translations = Mapping[str, Mapping[str, Mapping[str, str]]]

UNDER_THE_ONE_ABOVE = "above"


@dataclass(frozen=True)
class Problem:
    """Something the editor must change. `section` and `question` are positions from zero, `block` a block's path."""

    message: str
    section: int | None = None
    question: int | None = None
    block: tuple[str, ...] = ()
    place: str = ""

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


class CompileError(ValueError):
    """The form cannot be frozen. Its text says why, a line for each problem."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def compile_form(
    title: str,
    language: str,
    intro: Any,
    stream_value: Any,
    translations: Translations | None = None,
    *,
    layout: str = "PAGE",
    retention: str = "STANDARD",
) -> dict[str, Json]:
    """The frozen document of a form. `stream_value` is a FormBodyBlock's value, `intro` rich text, `translations`
    texts by language, id and name. CompileError says in plain words what stands in the way.
    """
    compilation = _Compilation(stream_value)
    problems = list(compilation.problems)
    if not title.strip():
        problems.insert(0, Problem(_("The form has no title.")))
    if problems:
        raise CompileError(problems)
    words = _document(title.strip(), language, frozen_html(intro), compilation.sections)
    schema = {**words, "layout": layout, "retention": retention}
    schema["translations"] = _known_translations(schema, translations or {})
    if unfit := _unfit(schema):
        raise CompileError(unfit)
    return schema


def problems_of(stream_value: Any) -> list[Problem]:
    """What an editor must change before the blocks can be published."""
    compilation = _Compilation(stream_value)
    return compilation.problems or _unfit(_document("-", "-", "", compilation.sections))


def as_written(title: str, language: str, intro: Any, stream_value: Any) -> dict[str, Json]:
    """The document of a form that may be half built, for reading its texts. It may be no document to freeze."""
    return _document(title.strip(), language, frozen_html(intro), _Compilation(stream_value).sections)


def _document(title: str, language: str, intro: str, sections: list[dict[str, Json]]) -> dict[str, Json]:
    words = {"title": title, "language": language, "intro": intro}
    rules = {"layout": "PAGE", "retention": "STANDARD"}
    return {"format": FORMAT, **words, **rules, "sections": sections, "translations": {}}


def _unfit(schema: dict[str, Json]) -> list[Problem]:
    """What the walk through the blocks has not noticed, in the document's own terms."""
    try:
        validate(schema)
    except SchemaError as error:
        return [Problem(str(error))]
    return []


class _Compilation:
    """One walk through the blocks, which gathers sections and problems."""

    def __init__(self, stream_value: Any) -> None:
        self.problems: list[Problem] = []
        self._where: list[tuple[int, int, dict[str, Json], Mapping[str, Any]]] = []
        self.sections = [self._section(index, child) for index, child in enumerate(stream_value)]
        self._find_repeated_ids()
        for position, _entry in enumerate(self._where):
            self._connect(position)
        self._check_size()

    def _section(self, index: int, child: Any) -> dict[str, Json]:
        value = _whole(child)
        if not child.id:
            self._note(_("This section has no id yet: save the form as a draft first."), index)
        questions = [self._question(index, number, part) for number, part in enumerate(value["questions"])]
        return {
            "id": _canonical(child.id),
            "number": _words(value["number"]),
            "heading": _words(value["heading"]),
            "intro": frozen_html(value["intro"]),
            "visible_if": None,
            "questions": _nested(questions),
        }

    def _question(self, index: int, number: int, child: Any) -> dict[str, Json]:
        question_type = registry.get(child.block_type)
        value = _whole(child)
        question = {
            "id": _canonical(child.id),
            "type": question_type.type,
            "label": _words(value["label"]),
            "help": frozen_html(value["help"]),
            **{key: _words(value.get(key)) for key in ("number", "mirrored", "placeholder", "example")},
            "parent": UNDER_THE_ONE_ABOVE if value.get("nested") else None,
            "required": bool(value.get("required", False)),
            "required_if": None,
            "audience": value["audience"],
            "sharing": value.get("sharing", "SHARED"),
            "sensitive": bool(value.get("sensitive", False)),
            "countable": bool(value.get("countable", False)),
            "visible_if": None,
            "settings": question_type.settings(value),
        }
        self._where.append((index, number, question, value["condition"]))
        self._check(index, number, child, question)
        return question

    def _check(self, index: int, number: int, child: Any, question: Question) -> None:
        question_type = registry.get(question["type"])
        if not child.id:
            self._note(_("This question has no id yet: save the form as a draft first."), index, number)
        for block in question_type.missing_ids(_whole(child)):
            self._note(_("Its parts have no ids yet: save the form as a draft first."), index, number, (block,))
        for key, reason in question_type.problems(question["settings"]):
            self._note(reason, index, number, (_block_name(key),))
        if question_type.asks and not question["label"]:
            self._note(_("The question has no wording."), index, number, ("label",))

    def _find_repeated_ids(self) -> None:
        seen = {section["id"] for section in self.sections}
        for index, number, question, _condition in self._where:
            parts = [question["id"], *registry.get(question["type"]).part_ids(question["settings"])]
            if any(part and (part in seen or parts.count(part) > 1) for part in parts):
                self._note(_("It was copied with its id: delete it and add it again."), index, number)
            seen.update(parts)

    def _check_size(self) -> None:
        if not any(registry.get(question["type"]).asks for _i, _n, question, _c in self._where):
            self._note(_("The form has no questions yet."))
        if len(self._where) > MAX_QUESTIONS:
            self._note(_("A form can have at most %(most)s questions.") % {"most": MAX_QUESTIONS})

    def _connect(self, position: int) -> None:
        """Give the question at the position its condition, or note why it cannot have it."""
        index, number, question, condition = self._where[position]
        if not (_words(condition.get("question")) or _words(condition.get("value"))):
            return
        try:
            target = self._target(position, _words(condition.get("question")))
            if _unsound(target):
                return
            term = _term(condition, target)
        except ValidationError as error:
            self._note(error.messages[0], index, number, ("condition", error.code or "question"))
            return
        question["visible_if"] = {"match": "ALL", "terms": [term]}
        for key, reason in conditions.conflicts(term, question, target):
            self._note(reason, index, number, ("condition", key))

    def _target(self, position: int, wanted: str) -> Question:
        if not wanted:
            raise ValidationError(_("Pick the earlier question that the condition is about."), code="question")
        everyone = [question for _index, _number, question, _condition in self._where]
        found = [place for place, question in enumerate(everyone) if question["id"] == wanted.lower()]
        found = found or [place for place, question in enumerate(everyone) if _alike(question["label"], wanted)]
        earlier = [place for place in found if place < position]
        if len(earlier) == 1:
            return everyone[earlier[0]]
        raise ValidationError(_why_no_target(wanted, position, found, earlier), code="question")

    def _note(
        self, message: str, section: int | None = None, question: int | None = None, block: tuple[str, ...] = ()
    ) -> None:
        self.problems.append(Problem(str(message), section, question, block, self._place(section, question)))

    def _place(self, section: int | None, question: int | None) -> str:
        if section is None:
            return ""
        if question is None:
            return _("Section %(section)s") % {"section": section + 1}
        label = next((_named(q) for s, n, q, _c in self._where if (s, n) == (section, question)), "")
        names = {"section": section + 1, "question": question + 1, "label": label}
        # A question without words yet leaves a space behind.
        return (_("Section %(section)s, question %(question)s %(label)s") % names).rstrip()


def _nested(questions: list[dict[str, Json]]) -> list[dict[str, Json]]:
    """The questions of a section, each nested one under the nearest above it that is not."""
    above = None
    for question in questions:
        if question["parent"] is None:
            above = question["id"]
        else:
            question["parent"] = above
    return questions


def _whole(child: Any) -> dict[str, Any]:
    """The block's value, with the defaults of the parts that were never filled in."""
    return {**child.block.get_default(), **child.value}


def _words(value: Any) -> str:
    return str(value or "").strip()


def _canonical(block_id: Any) -> str:
    return str(block_id or "").lower()


def _named(question: Question) -> str:
    return f"“{short_label(question)}”" if question["label"] else ""


def _block_name(key: str) -> str:
    return key.partition("[")[0]


def _alike(label: str, wanted: str) -> bool:
    return bool(label) and label.casefold() == wanted.casefold()


def _why_no_target(wanted: str, position: int, found: list[int], earlier: list[int]) -> str:
    if len(earlier) > 1:
        return _("Several earlier questions are worded “%(label)s”: pick the right one in the list.") % {
            "label": Truncator(wanted).chars(80)
        }
    if position in found:
        return _("A question cannot depend on itself.")
    if found:
        return _("The condition is about a question that comes later. Move one of the two.")
    if _looks_like_id(wanted):
        return _("The condition is about a question that is no longer in the form.")
    return _("There is no earlier question worded “%(label)s”.") % {"label": Truncator(wanted).chars(80)}


def _looks_like_id(wanted: str) -> bool:
    return len(wanted) == len("00000000-0000-0000-0000-000000000000") and wanted.count("-") == len("----")


def _unsound(target: Question) -> bool:
    # Its own problem is noted where it stands, and says nothing about the condition.
    return any(registry.get(target["type"]).problems(target["settings"]))


def _term(condition: Mapping[str, Any], target: Question) -> dict[str, Json]:
    op, written = condition.get("op") or "equals", _words(condition.get("value"))
    rule: dict[str, Json] = {"question": target["id"], "op": op, "value": None}
    target_type = registry.get(target["type"])
    if op in conditions.WITHOUT_VALUE:
        # What is left from a comparison the editor has given up says nothing.
        return rule
    if op not in target_type.operators:
        return rule
    if not written:
        raise ValidationError(_("Say which answer to compare with."), code="value")
    try:
        return {**rule, "value": target_type.condition_value(target, written)}
    except ValidationError as error:
        raise ValidationError(error.messages[0], code="value") from error


def _known_translations(schema: dict[str, Json], translations: Translations) -> dict[str, Json]:
    """The translations of texts that are still in the form; others are left behind with the text they translated."""
    kept: dict[str, dict[str, dict[str, str]]] = {}
    for language, slot_id, key in _wanted(schema, translations):
        written = translations[language].get(slot_id, {}).get(key)
        cleaned = frozen_html(written) if key in HTML_KEYS else _words(written)
        if cleaned:
            kept.setdefault(language, {}).setdefault(slot_id, {})[key] = cleaned
    return kept


def _wanted(schema: dict[str, Json], translations: Translations) -> Iterator[tuple[str, str, str]]:
    slots = [(slot.id, slot.key) for slot in texts(schema)]
    for language in translations:
        if language != schema["language"]:
            yield from ((language, slot_id, key) for slot_id, key in slots)
