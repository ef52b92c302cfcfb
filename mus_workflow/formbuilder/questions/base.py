"""What every question type does."""

import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from wagtail import blocks

from mus_workflow.formbuilder.questions.question_block import QuestionBlock
from mus_workflow.formbuilder.shapes import Json, Question, Shape, mismatches, object_schema

OPERATORS = ("equals", "not_equals", "contains", "answered", "not_answered", "at_least")

Words = str | Promise


class TextSlot(NamedTuple):
    """One text that can be translated: whose it is, its name, and the dict that holds it."""

    id: str
    key: str
    holder: dict[str, Json]


def short_label(question: Question) -> str:
    """The question's label, short enough to stand inside a sentence."""
    return Truncator(question["label"]).chars(80)


def folded(words: str) -> str:
    """The words as conditions compare them, which a browser can do too: Unicode’s NFC, lower case, one sigma."""
    return unicodedata.normalize("NFC", words).lower().replace("ς", "σ")


class QuestionType:
    """One kind of question. Subclass it, give it a template, register it.

    Answers are JSON without floats: text, int, bool, a list of option ids; None is no answer.
    """

    type: ClassVar[str]
    label: ClassVar[Words] = ""
    icon: ClassVar[str] = "help"
    group: ClassVar[Words] = ""
    operators: ClassVar[tuple[str, ...]] = ("answered", "not_answered")
    settings_shape: ClassVar[Mapping[str, Shape]] = {}
    text_settings: ClassVar[tuple[str, ...]] = ()
    asks: ClassVar[bool] = True
    ticked: ClassVar[bool] = False  # its control is boxes to tick, of which a page sends a list
    links: ClassVar[tuple[str, ...]] = ()
    """The settings that hold the id of an earlier question, or null. An editor picks it in a block of that name."""
    derives: ClassVar[bool] = False
    needs_text: ClassVar[bool] = False
    at_most_once: ClassVar[bool] = False
    # What a new version of a form may change: settings that only bound an answer (any other that is no text changes
    # what an answer means), and the types whose stored answers this one takes over as they are.
    limits: ClassVar[tuple[str, ...]] = ()
    reads: ClassVar[tuple[str, ...]] = ()

    @property
    def template(self) -> str:
        """The question's box, which includes its control."""
        return f"mus_workflow/questions/{self.type}.html"

    @property
    def control_template(self) -> str:
        """The control alone, as it also stands in a cell of another type."""
        return f"mus_workflow/questions/controls/{self.type}.html"

    # The editor's side

    def block(self) -> blocks.StructBlock:
        """The block an editor fills in to ask a question of this type."""
        return QuestionBlock(
            self.own_blocks(),
            self.folded_blocks(),
            asks=self.asks,
            needs_text=self.needs_text,
            label=self.label,
            icon=self.icon,
            group=self.group,
        )

    def own_blocks(self) -> list[tuple[str, blocks.Block]]:
        """This type's own blocks, shown with the label and the help."""
        return []

    def folded_blocks(self) -> list[tuple[str, blocks.Block]]:
        """This type's own blocks, folded away among the settings."""
        return []

    def settings(self, value: Mapping[str, Any]) -> dict[str, Json]:
        """The settings that `value`, a block's value, stands for."""
        return {}

    def block_value(self, settings: dict[str, Json]) -> dict[str, Any]:
        """The own blocks' values, as JSON, that `settings` came from: the way back, for forms that are imported."""
        return dict(settings)

    def missing_ids(self, value: Mapping[str, Any]) -> Iterator[str]:
        """The name of each own block with a part that has no id yet."""
        yield from ()

    def problems(self, settings: Json) -> Iterator[tuple[str, str]]:
        """(key, reason) for everything wrong with the settings; override `conflicts` to add to it."""
        wrong = list(mismatches(settings, self.settings_shape))
        yield from wrong or self.conflicts(settings)

    def conflicts(self, settings: dict[str, Json]) -> Iterator[tuple[str, str]]:
        """(key, sentence) for settings that are well formed and cannot go together."""
        yield from ()

    def link_problems(self, question: Question, earlier: Mapping[str, Question]) -> Iterator[tuple[str, str]]:
        """(key, sentence) for settings that point at a question which is not there, or cannot serve."""
        yield from ()

    def linked(self, settings: dict[str, Json], twice: Collection[str], role: str) -> dict[str, Json]:
        """The settings for one side's copy of a form, in which the questions `twice` have an id for each side."""
        return settings

    def settings_for(self, settings: dict[str, Json], role: str) -> dict[str, Json]:
        """The settings as one side meets them."""
        return settings

    def settings_schema(self) -> Json:
        """The settings as JSON Schema; override it to say what is within a list or an object."""
        return object_schema(self.settings_shape)

    def translatable(self, settings: dict[str, Json]) -> Iterator[TextSlot]:
        """The texts within the settings. An empty id stands for the question itself."""
        for key in self.text_settings:
            yield TextSlot("", key, settings)

    def part_ids(self, settings: dict[str, Json]) -> Iterator[str]:
        """The ids of the question's parts, such as its options."""
        yield from ()

    # Rows that another question takes from this one

    def rows_of(self, question: Question) -> list[dict[str, Json]] | None:
        """The rows, {"id", "label"}, that a later question can take from this one; None if it has none to give."""
        return None

    def rows_chosen(self, question: Question, value: Json) -> Collection[str] | None:
        """The ids of the rows that the answer leaves in; None where an answer does not choose among them."""
        return None

    def keeps_answers(self, old: Question, new: Question) -> bool:
        """Whether a stored answer to `old`, of whatever type, can be read as one to `new`, which is of this type."""
        return old["type"] in (self.type, *self.reads)

    # Questions with several controls

    def has_parts(self, question: Question) -> bool:
        """Whether the question has controls that are saved each by itself."""
        return False

    def fixed_parts(self, question: Question) -> list[str]:
        """The parts that are always on the page, in order; "" is the question's own control."""
        return [""]

    def drawn_parts(self, question: Question) -> list[str]:
        """The fixed parts that are drawn with the page and given to `cells`; `more_parts` draws the others."""
        return self.fixed_parts(question)

    def part_question(self, question: Question, part: str) -> Question:
        """The question that one part puts, of a type with one control. KeyError for a part that is not the reader's."""
        if part:
            raise KeyError(part)
        return question

    def parts(self, question: Question, value: Json) -> dict[str, Json]:
        """The answer by part."""
        return {"": value}

    def assemble(self, question: Question, parts: Mapping[str, Json]) -> Json:
        """The whole answer from its parts; None if none of them says anything."""
        return parts.get("")

    def lacking(self, question: Question, value: Json) -> list[tuple[str, str]]:
        """(part, sentence) for what a required question, or one that is answered, still wants."""
        if not self.is_blank(value):
            return []
        return [("", _("“%(label)s” must be answered.") % {"label": short_label(question)})]

    # Values that follow from answers

    def derived(self, question: Question, known: Mapping[str, Question], given: Mapping[str, Json]) -> Json:
        """The value of a type that `derives`, from the earlier questions that are `known` and their answers.

        `given` holds the answers to questions that are asked. None is no value.
        """
        return None

    # The answer

    def field(self, question: Question) -> forms.Field:
        """A form field that accepts answers to the question."""
        return self.make_field(
            question,
            label=question["label"],
            help_text=SafeString(question["help"]),  # cleaned when the form was frozen
            required=question["required"],
            error_messages={"required": _("“%(label)s” must be answered.") % {"label": short_label(question)}},
        )

    def make_field(self, question: Question, **common: Any) -> forms.Field:
        raise NotImplementedError

    def accepts_raw(self, raw: Json) -> bool:
        """Whether what was posted has the type the field expects. An unfit one is refused, not guessed at."""
        return raw is None or isinstance(raw, str)

    def posted(self, data: Mapping[str, Any], name: str) -> Json:
        """What a browser sent for the field; None if it sent nothing."""
        return data.get(name)

    def to_json(self, cleaned: Any) -> Json:
        """The answer as stored; None if there is none."""
        return None if self.is_blank(cleaned) else cleaned

    def to_python(self, value: Json) -> Any:
        """The stored answer as the form field works with it."""
        return value

    def unfinished(self, question: Question) -> Question:
        """The question as it is put while the person is still answering: nothing is required yet."""
        return {**question, "required": False}

    def initial(self, value: Json) -> Any:
        """The stored answer as Django's own widget for the field shows it."""
        return self.to_python(value)

    def is_blank(self, value: Any) -> bool:
        """Whether the value is no answer. Zero and “no” are answers."""
        return value is None or value == [] or (isinstance(value, str) and not value.strip())

    def text(self, question: Question, value: Json) -> str:
        """The answer in words, in the active language; empty if there is none."""
        return "" if self.is_blank(value) else str(value)

    def table(self, question: Question, value: Json) -> dict[str, Any] | None:
        """The answer as {"columns": [words], "rows": [[words]]}, the first cell heading its row; None for no table.

        With {"wheel": {"lowest", "highest"}} the cells are points, and are drawn as a wheel too.
        """
        return None

    # What the template shows

    def choices(self, question: Question) -> list[tuple[str, str]]:
        """(key, label) of what can be chosen, for types that offer a choice."""
        return []

    def chosen(self, value: Json) -> Collection[str]:
        """The keys among `choices` that the value has chosen."""
        return ()

    def explanation(self, question: Question, key: str) -> str:
        """What is said of one of the `choices`, beside its label."""
        return ""

    def input_text(self, value: Json) -> str:
        """The value as it stands in a text control. What was typed wrongly is shown as typed."""
        return "" if value is None else str(value)

    def context(self, question: Question) -> dict[str, Any]:
        """What else the template wants to know."""
        return {}

    def context_among(self, question: Question, known: Mapping[str, Question]) -> dict[str, Any]:
        """The same of a template that has to know other questions; `known` are the form's, by id."""
        return {}

    def cells(self, question: Question, cells: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        """What the template of a question with parts wants to know; `cells` are its fixed parts, drawn, by part.

        A cell has `control` (HTML), `error` (a gap), `part`, `name`, `question` and the rest of a control's context.
        """
        return {"cells": list(cells.values())}

    def more_parts(
        self, question: Question, name: str, parts: Mapping[str, Json], errors: Mapping[str, Sequence[str]]
    ) -> SafeString | str:
        """HTML for parts that only this person's answer has: `{{ gap.more }}`. `parts` holds the fixed ones too."""
        return ""

    def read_only(self, question: Question, parts: Mapping[str, Json]) -> dict[str, str]:
        """{part: words} for what the page shows of the question without letting this reader write in it."""
        return {}

    def notes(self, question: Question) -> list[str]:
        """The endings of the ids of further notes in the template, which describe the control."""
        return []

    # Conditions that look at this question

    def condition_words(self, question: Question, value: Json) -> str:
        """The value of a condition in words."""
        return self.text(question, value)

    def equals(self, answer: Json, wanted: Json) -> bool:
        """Whether the answer is, or is among, what a condition wants."""
        # In Python True equals 1; in an answer they are different things.
        return type(answer) is type(wanted) and answer == wanted

    def contains(self, answer: Json, wanted: Json) -> bool:
        """Whether the answer holds what a condition wants; see `folded` for what counts as the same."""
        return isinstance(answer, str) and isinstance(wanted, str) and folded(wanted) in folded(answer)

    def reaches(self, value: Json, bound: Json) -> bool:
        """Whether the answer is at least the bound. Anything that is not a proper answer is not."""
        return False

    def specimens(self, question: Question, compared: Collection[Json]) -> list[Json] | None:
        """Answers that stand for all: a set of comparisons with these values that none of them meets, no answer meets.

        None where that cannot be said; an empty list where the question allows no answer at all.
        """
        return None

    def condition_value(self, question: Question, raw: Json) -> Json:
        """The value a condition compares with, from an editor's words or from JSON; ValidationError if none."""
        raise ValidationError(_("A condition can only ask whether this question is answered."))
