"""Which question types exist."""

import re
from collections.abc import Iterator

from django.core.exceptions import ImproperlyConfigured

from mus_workflow.formbuilder.questions.base import OPERATORS, QuestionType

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


class Registry:
    """Question types by name, in the order the editor's menu offers them."""

    def __init__(self) -> None:
        self._types: dict[str, QuestionType] = {}

    def register(self, question_type: type[QuestionType]) -> type[QuestionType]:
        """Add a type; usable as a class decorator. Raises ImproperlyConfigured for one that cannot work."""
        reason = self._reason_against(question_type)
        if reason:
            raise ImproperlyConfigured(f"{question_type!r} cannot be a question type: {reason}")
        self._types[question_type.type] = question_type()
        return question_type

    def get(self, name: str) -> QuestionType:
        """The type of that name; KeyError if there is none."""
        return self._types[name]

    def __contains__(self, name: object) -> bool:
        return name in self._types

    def __iter__(self) -> Iterator[QuestionType]:
        return iter(self._types.values())

    def _reason_against(self, question_type: object) -> str:
        if not (isinstance(question_type, type) and issubclass(question_type, QuestionType)):
            return "it is not a subclass of QuestionType"
        name = getattr(question_type, "type", None)
        if not (isinstance(name, str) and NAME.fullmatch(name)):
            return "its `type` must be lower-case letters, digits and underscores"
        if name in self._types:
            return f"the name {name!r} is taken"
        if not getattr(question_type, "label", ""):
            return "it has no label for the editor's menu"
        if not set(question_type.operators) <= set(OPERATORS):
            return f"its operators must be among {', '.join(OPERATORS)}"
        return ""


registry = Registry()
