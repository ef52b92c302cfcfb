"""A first and a last day, within bounds if wanted. The two dates are two controls, saved each by itself."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mus_workflow.formbuilder.questions.base import short_label
from mus_workflow.formbuilder.questions.date import Date
from mus_workflow.formbuilder.shapes import Json, Question

FROM, TO = "from", "to"


class DateRange(Date):
    """Answers are {"from": ISO date or None, "to": ISO date or None}, not both None."""

    type = "date_range"
    label = gettext_lazy("Period between two dates")
    icon = "calendar-alt"
    operators = ("answered", "not_answered")

    def make_field(self, question: Question, **common: Any) -> forms.Field:
        raise TypeError("a period is two dates, which have a field each")

    def has_parts(self, question: Question) -> bool:
        return True

    def fixed_parts(self, question: Question) -> list[str]:
        return [FROM, TO]

    def part_question(self, question: Question, part: str) -> Question:
        words = {FROM: _("%(question)s: from"), TO: _("%(question)s: to")}
        label = words[part] % {"question": short_label(question)}
        return {**question, "type": Date.type, "label": label, "required": False, "labelled": True}

    def parts(self, question: Question, value: Json) -> dict[str, Json]:
        return {part: value[part] for part in (FROM, TO) if value[part] is not None}

    def assemble(self, question: Question, parts: Mapping[str, Json]) -> Json:
        days = {part: parts.get(part) for part in (FROM, TO)}
        return days if any(days.values()) else None

    def lacking(self, question: Question, value: Json) -> list[tuple[str, str]]:
        label = {"label": short_label(question)}
        if value is None:
            return [(FROM, _("“%(label)s” must be answered.") % label)]
        if value[FROM] is None:
            return [(FROM, _("“%(label)s” has no first day yet.") % label)]
        if value[TO] is None:
            return [(TO, _("“%(label)s” has no last day yet.") % label)]
        if value[TO] < value[FROM]:
            return [(TO, _("“%(label)s” ends before it begins.") % label)]
        return []

    def text(self, question: Question, value: Json) -> str:
        if value is None:
            return ""
        first, last = (super(DateRange, self).text(question, value[part]) for part in (FROM, TO))
        if first and last:
            return _("%(first)s to %(last)s") % {"first": first, "last": last}
        return _("from %(date)s") % {"date": first} if first else _("until %(date)s") % {"date": last}
