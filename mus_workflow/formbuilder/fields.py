"""From the frozen document to Django forms, and the checking of single answers."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mus_workflow.formbuilder.conditions import visible_ids
from mus_workflow.formbuilder.memory import Memory
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.questions.base import short_label
from mus_workflow.formbuilder.schema import digest, questions
from mus_workflow.formbuilder.shapes import Json, Question, Schema


class UnknownQuestion(KeyError):
    """An answer was posted to a question that is not in this form for this person."""


def field_name(question_id: str) -> str:
    """The name, and the HTML id, of the question's control."""
    return f"q_{question_id.replace('-', '')}"


class AnswerForm(forms.Form):
    """The questions of one form for one role. Made by `form_class`."""

    schema: ClassVar[Schema]
    asked: ClassVar[dict[str, Question]]
    use_required_attribute = False

    def __init__(
        self, data: Any = None, initial_answers: Mapping[str, Json] | None = None, prefix: str = "", **kwargs: Any
    ) -> None:
        self.initial_answers = dict(initial_answers or {})
        initial = {
            name: registry.get(question["type"]).initial(self.initial_answers[question["id"]])
            for name, question in self.asked.items()
            if question["id"] in self.initial_answers
        }
        super().__init__(data, initial=initial, prefix=prefix or None, auto_id="%s", **kwargs)

    def clean(self) -> dict[str, Any]:
        """What was not posted stays as it was. What is hidden need not be answered, nor be right."""
        self._keep(name for name in self.asked if not self._posted(name) and self._had_answer(name))
        hidden = self.hidden_ids()
        self._keep(
            name
            for name, question in self.asked.items()
            if question["id"] in hidden and (name in self.errors or not self._posted(name))
        )
        return self.cleaned_data

    def cleaned_answers(self) -> dict[str, Json]:
        """The valid answers by question id, None where there is none. Hidden ones too: see `hidden_ids`."""
        self._clean_once()
        return {
            question["id"]: registry.get(question["type"]).to_json(self.cleaned_data[name])
            for name, question in self.asked.items()
            if name in self.cleaned_data
        }

    def hidden_ids(self) -> set[str]:
        """The ids of the questions these answers hide. Leave their answers out of copies, counts and exports."""
        answers = self.cleaned_answers() if self.is_bound else self.initial_answers
        return {question["id"] for question in questions(self.schema)} - visible_ids(self.schema, answers)

    def answers_to_show(self) -> dict[str, Json]:
        """The answers for `render_form`: valid ones as stored, refused ones as typed, so that nothing is lost."""
        if not self.is_bound:
            return dict(self.initial_answers)
        typed = {
            question["id"]: registry.get(question["type"]).posted(self.data, self.add_prefix(name))
            for name, question in self.asked.items()
        }
        return {**typed, **self.cleaned_answers()}

    def answer_errors(self) -> dict[str, list[str]]:
        """What is wrong, in sentences, by question id."""
        return {
            question["id"]: [str(message) for message in self.errors[name]]
            for name, question in self.asked.items()
            if name in self.errors
        }

    def error_links(self) -> list[tuple[str, str]]:
        """(id of the control, sentence) for an error summary, in the order of the form."""
        return [(name, str(message)) for name in self.asked for message in self.errors.get(name, [])]

    def _keep(self, names: Iterable[str]) -> None:
        for name in list(names):
            question = self.asked[name]
            self.errors.pop(name, None)
            kept = self.initial_answers.get(question["id"])
            self.cleaned_data[name] = registry.get(question["type"]).to_python(kept)

    def _clean_once(self) -> None:
        # Django cleans when the errors are first asked for; within `clean` they are what is known so far.
        bool(self.errors)

    def _posted(self, name: str) -> bool:
        return self.add_prefix(name) in self.data

    def _had_answer(self, name: str) -> bool:
        return self.asked[name]["id"] in self.initial_answers


_form_classes: Memory[type[AnswerForm]] = Memory(256)


def form_class(schema: Schema) -> type[AnswerForm]:
    """The form for a document that is already `localised` and `for_audience`. Built once per document and language."""
    return _form_classes.recall((digest(schema), get_language()), lambda: _build(schema))


def _build(schema: Schema) -> type[AnswerForm]:
    asked = _asked(schema)
    by_name = {field_name(question_id): question for question_id, question in asked.items()}
    fields = {name: registry.get(question["type"]).field(question) for name, question in by_name.items()}
    return type("SchemaAnswerForm", (AnswerForm,), {**fields, "schema": schema, "asked": by_name})


def _asked(schema: Schema) -> dict[str, Question]:
    return {question["id"]: question for question in questions(schema) if registry.get(question["type"]).asks}


def posted_answers(schema: Schema, data: Any, prefix: str = "") -> dict[str, Json]:
    """What a whole form's POST says, by question id, for `partial_clean`. What was not posted is left out."""
    start = f"{prefix}-" if prefix else ""
    answers: dict[str, Json] = {}
    for question_id, question in _asked(schema).items():
        name = start + field_name(question_id)
        if name in data:
            answers[question_id] = registry.get(question["type"]).posted(data, name)
    return answers


def partial_clean(schema: Schema, posted: Mapping[str, Json]) -> tuple[dict[str, Json], dict[str, list[str]]]:
    """Check answers as they are typed: (values to save, errors in sentences), both by question id.

    Nothing is required, and a cleared answer is None. UnknownQuestion for an id this person is not asked.
    """
    asked = _asked(schema)
    values: dict[str, Json] = {}
    errors: dict[str, list[str]] = {}
    for question_id, raw in posted.items():
        if question_id not in asked:
            raise UnknownQuestion(question_id)
        try:
            values[question_id] = _clean_one(asked[question_id], raw)
        except ValidationError as error:
            errors[question_id] = error.messages
    return values, errors


def _clean_one(question: Question, raw: Json) -> Json:
    question_type = registry.get(question["type"])
    if not question_type.accepts_raw(raw):
        refusal = _("The answer to “%(label)s” did not arrive as expected. Load the page again.")
        raise ValidationError(refusal % {"label": short_label(question)})
    return question_type.to_json(question_type.field(question_type.unfinished(question)).clean(raw))
