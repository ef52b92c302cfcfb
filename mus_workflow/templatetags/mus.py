"""What the plugin's templates say more than once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from mus_workflow.documents.retention import rule_in_words
from mus_workflow.formbuilder.wheel import in_one_wheel

register = template.Library()


@register.simple_tag
def meeting_time(dialogue: Any) -> SafeString | str:
    """The talk's day, beginning and end, in the viewer's time and words; empty while there is no time."""
    if dialogue.meeting_at is None:
        return ""
    start = timezone.localtime(dialogue.meeting_at)
    end = start + timedelta(minutes=dialogue.meeting_minutes)
    words = _("%(weekday)s %(date)s, %(start)s to %(end)s") % {
        "weekday": date_format(start, "l"),
        "date": date_format(start, "DATE_FORMAT"),
        "start": date_format(start, "TIME_FORMAT"),
        "end": date_format(end, "TIME_FORMAT"),
    }
    return format_html('<time datetime="{}">{}</time>', start.isoformat(), capital(words))


@register.filter
def moment(at: date | datetime | None) -> SafeString | str:
    """A day, or a day with its time of day, as ``<time>``; empty for None."""
    if at is None:
        return ""
    if not isinstance(at, datetime):
        return format_html('<time datetime="{}">{}</time>', at.isoformat(), date_format(at, "DATE_FORMAT"))
    local = timezone.localtime(at)
    words = _("%(date)s at %(time)s") % {
        "date": date_format(local, "DATE_FORMAT"),
        "time": date_format(local, "TIME_FORMAT"),
    }
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), words)


@register.filter
def capital(words: str) -> str:
    """The words with a capital first letter; Danish writes days and months small."""
    return words[:1].upper() + words[1:]


@register.filter
def deeper(level: int) -> int:
    """The level of the headings below this one; there are six."""
    return min(level + 1, 6)


@register.filter
def rule_words(code: str) -> str:
    """What a rule of retention says."""
    return rule_in_words(code)


@register.inclusion_tag("mus_workflow/questions/wheel.html")
def answer_wheel(answer: Mapping[str, Any]) -> dict[str, Any]:
    """The picture of an answer in words that is a wheel; nothing for another."""
    return in_one_wheel([("", answer["table"])], label=answer["label"]) or {}


@register.inclusion_tag("mus_workflow/questions/wheel.html")
def common_wheel(pair: Mapping[str, Any]) -> dict[str, Any]:
    """What both sides have answered to the same question, in one picture; nothing where they have drawn no wheel."""
    tables = [(side.name, answer["table"]) for side, answer in pair["cells"] if "table" in answer]
    return in_one_wheel(tables, label=pair["label"]) or {}
