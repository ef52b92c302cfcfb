"""From the editor's blocks to the frozen document."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from mus_workflow.formbuilder.formats import FORMAT
from mus_workflow.formbuilder.html import frozen_html
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.questions.base import short_label
from mus_workflow.formbuilder.reachability import DeadEnd, dead_ends
from mus_workflow.formbuilder.rule_compiler import Part, RuleCompiler, is_alike, looks_like_id, trimmed
from mus_workflow.formbuilder.schema import SchemaError, there_already, validate
from mus_workflow.formbuilder.shapes import MAX_QUESTIONS, Json, Question
from mus_workflow.formbuilder.wording import HTML_KEYS, texts

Translations = Mapping[str, Mapping[str, Mapping[str, str]]]

UNDER_THE_ONE_ABOVE = "above"


@dataclass(frozen=True)
class Problem:
    """Something the editor must change. `section` and `question` are positions from zero, `block` a block's path.

    The path holds names, and after the name of a list the position in it.
    """

    message: str
    section: int | None = None
    question: int | None = None
    block: tuple[str | int, ...] = ()
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
        self._section_values = [_whole(child) for child in stream_value]
        self.sections = [self._section(index, child) for index, child in enumerate(stream_value)]
        self._find_repeated_ids()
        self._connect()
        self._check_links()
        self._find_repeated_places()
        self._check_size()
        if not self.problems:
            self._find_dead_ends()

    def _section(self, index: int, child: Any) -> dict[str, Json]:
        value = _whole(child)
        if not child.id:
            self._note(_("This section has no id yet: save the form as a draft first."), index)
        questions = [self._question(index, number, part) for number, part in enumerate(value["questions"])]
        return {
            "id": _canonical(child.id),
            "number": trimmed(value["number"]),
            "heading": trimmed(value["heading"]),
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
            "label": trimmed(value["label"]),
            "help": frozen_html(value["help"]),
            **{key: trimmed(value.get(key)) for key in ("number", "mirrored", "placeholder", "example")},
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
        self._where.append((index, number, question, value))
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
        if (question_type.asks or question_type.operators) and not question["label"]:
            self._note(_("The question has no wording."), index, number, ("label",))

    def _find_repeated_ids(self) -> None:
        seen = {section["id"] for section in self.sections}
        for index, number, question, _value in self._where:
            parts = [question["id"], *registry.get(question["type"]).part_ids(question["settings"])]
            if any(part and (part in seen or parts.count(part) > 1) for part in parts):
                self._note(_("It was copied with its id: delete it and add it again."), index, number)
            seen.update(parts)

    def _find_repeated_places(self) -> None:
        for index, number in there_already(self.sections):
            self._note(_("The form has one already: a list stands in one place only."), index, number)

    def _check_links(self) -> None:
        earlier: dict[str, Question] = {}
        for index, number, question, value in self._where:
            question_type = registry.get(question["type"])
            for key in question_type.links:
                self._link(question, key, trimmed(value.get(key)), earlier, (index, number))
            if not any(question_type.problems(question["settings"])):
                for key, reason in question_type.link_problems(question, earlier):
                    self._note(reason, index, number, (_block_name(key),))
                earlier[question["id"]] = question

    def _link(
        self, question: dict[str, Json], key: str, wanted: str, earlier: Mapping[str, Question], place: tuple[int, int]
    ) -> None:
        """Give a setting the id of the earlier question that the editor picked, or note why it cannot have it."""
        if not wanted:
            return
        found = [one for one in earlier.values() if one["id"] == wanted.lower() or is_alike(one["label"], wanted)]
        if len(found) == 1:
            question["settings"][key] = found[0]["id"]
        else:
            self._note(_why_no_link(wanted, found), *place, (key,))

    def _check_size(self) -> None:
        if not any(registry.get(question["type"]).asks for _i, _n, question, _v in self._where):
            self._note(_("The form has no questions yet."))
        if len(self._where) > MAX_QUESTIONS:
            self._note(_("A form can have at most %(most)s questions.") % {"most": MAX_QUESTIONS})

    def _connect(self) -> None:
        """Give questions and sections their rules, or note why they cannot have them."""
        questions, sections = self._rule_parts()
        everyone = [question for _index, _number, question, _value in self._where]
        rules = RuleCompiler(everyone, [*questions, *sections])
        for section, part in zip(self.sections, sections, strict=True):
            section["visible_if"] = rules.shown_if(part)
            rules.required_if(part)
        for question, part in zip(everyone, questions, strict=True):
            question["visible_if"], question["required_if"] = rules.shown_if(part), rules.required_if(part)

    def _rule_parts(self) -> tuple[list[Part], list[Part]]:
        questions = [
            Part(value, [question], place, partial(self._note_at, index, number), self._place(index, number))
            for place, (index, number, question, value) in enumerate(self._where)
        ]
        sections, start = [], 0
        for index, (section, value) in enumerate(zip(self.sections, self._section_values, strict=True)):
            note = partial(self._note_at, index, None)
            sections.append(Part(value, section["questions"], start, note, self._place(index, None), is_section=True))
            start += len(section["questions"])
        return questions, sections

    def _note_at(self, section: int, question: int | None, message: str, block: tuple[str | int, ...]) -> None:
        self._note(message, section, question, block)

    def _find_dead_ends(self) -> None:
        form = _document("-", "-", "", self.sections)
        for end in dead_ends(form):
            self._note(end.sentence, end.section, end.question, self._block_of(end))

    def _block_of(self, end: DeadEnd) -> tuple[str, ...]:
        if end.cause != "RULES":
            return {"PARENT": ("nested",), "ANSWER": ("required",)}[end.cause]
        of_section = end.question is None
        value = self._section_values[end.section] if of_section else self._value(end.section, end.question)
        return ("rules",) if len(value["rules"]) else ("condition", "question")

    def _value(self, section: int, question: int | None) -> Mapping[str, Any]:
        return next(value for index, number, _question, value in self._where if (index, number) == (section, question))

    def _note(
        self,
        message: str,
        section: int | None = None,
        question: int | None = None,
        block: tuple[str | int, ...] = (),
    ) -> None:
        self.problems.append(Problem(str(message), section, question, block, self._place(section, question)))

    def _place(self, section: int | None, question: int | None) -> str:
        if section is None:
            return ""
        if question is None:
            return _("Section %(section)s") % {"section": section + 1}
        label = next((_named(q) for s, n, q, _v in self._where if (s, n) == (section, question)), "")
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


def _canonical(block_id: Any) -> str:
    return str(block_id or "").lower()


def _named(question: Question) -> str:
    return f"“{short_label(question)}”" if question["label"] else ""


def _block_name(key: str) -> str:
    return key.partition("[")[0]


def _why_no_link(wanted: str, found: list[Question]) -> str:
    label = Truncator(wanted).chars(80)
    if found:
        return _("Several earlier questions are worded “%(label)s”: pick the right one in the list.") % {"label": label}
    if looks_like_id(wanted):
        return _("The question that was picked does not stand earlier in the form.")
    return _("There is no earlier question worded “%(label)s”.") % {"label": label}


def _known_translations(schema: dict[str, Json], translations: Translations) -> dict[str, Json]:
    """The translations of texts that are still in the form; others are left behind with the text they translated."""
    kept: dict[str, dict[str, dict[str, str]]] = {}
    for language, slot_id, key in _wanted(schema, translations):
        written = translations[language].get(slot_id, {}).get(key)
        cleaned = frozen_html(written) if key in HTML_KEYS else trimmed(written)
        if cleaned:
            kept.setdefault(language, {}).setdefault(slot_id, {})[key] = cleaned
    return kept


def _wanted(schema: dict[str, Json], translations: Translations) -> Iterator[tuple[str, str, str]]:
    slots = [(slot.id, slot.key) for slot in texts(schema)]
    for language in translations:
        if language != schema["language"]:
            yield from ((language, slot_id, key) for slot_id, key in slots)
