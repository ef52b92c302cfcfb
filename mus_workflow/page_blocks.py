"""Blocks that any page of the intranet may use: a way into the workflow, a form to look at, contacts, a chart.

>>> body = StreamField([("contacts", ContactBoxBlock()), ("chart", ChartBlock())])

A host that uses ChartBlock has ``wagtail.contrib.typed_table_block`` among its INSTALLED_APPS.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTable, TypedTableBlock
from wagtail.snippets.blocks import SnippetChooserBlock

from mus_workflow.contacts.holidays import Holiday
from mus_workflow.contacts.lines import ContactLine
from mus_workflow.contacts.opening_hours import (
    COPENHAGEN,
    MIDNIGHT,
    Day,
    Exceptional,
    OpeningHours,
    Period,
    Status,
    status,
    week,
    weekly,
)
from mus_workflow.formbuilder.projection import for_audience
from mus_workflow.formbuilder.wording import localised
from mus_workflow.models import FormDefinition, Purpose, schema_of

TEXT_FEATURES = ["bold", "italic", "link", "document-link", "ul", "ol"]

HOLIDAY_NAMES = {
    Holiday.NEW_YEAR: _("New Year’s Day"),
    Holiday.MAUNDY_THURSDAY: _("Maundy Thursday"),
    Holiday.GOOD_FRIDAY: _("Good Friday"),
    Holiday.EASTER_SUNDAY: _("Easter Sunday"),
    Holiday.EASTER_MONDAY: _("Easter Monday"),
    Holiday.GREAT_PRAYER_DAY: _("Great Prayer Day"),
    Holiday.ASCENSION: _("Ascension Day"),
    Holiday.WHIT_SUNDAY: _("Whit Sunday"),
    Holiday.WHIT_MONDAY: _("Whit Monday"),
    Holiday.CONSTITUTION_DAY: _("Constitution Day"),
    Holiday.CHRISTMAS_EVE: _("Christmas Eve"),
    Holiday.CHRISTMAS_DAY: _("Christmas Day"),
    Holiday.BOXING_DAY: _("Boxing Day"),
    Holiday.NEW_YEARS_EVE: _("New Year’s Eve"),
}


class Target(models.TextChoices):
    """The places in the workflow that a page can lead to."""

    MY_MUS = "MY_MUS", _("My MUS")
    PREPARE = "PREPARE", _("Prepare for my dialogue")
    REQUEST = "REQUEST", _("Ask for a dialogue")
    AGREEMENT = "AGREEMENT", _("See my agreement")


HOME = "mus_workflow:my_mus"
# Addresses without an id: the workflow finds the viewer's own dialogue when the link is followed, never when the page
# is shown. So the page costs no query, is the same for everyone, and may be cached.
URL_NAMES = {
    Target.MY_MUS: HOME,
    Target.PREPARE: "mus_workflow:my_preparation",
    Target.REQUEST: "mus_workflow:my_request",
    Target.AGREEMENT: "mus_workflow:my_agreement",
}


def target_url(target: str) -> str:
    """Where a target leads: its own address, else My MUS, else nothing (the workflow has no addresses here)."""
    for name in (URL_NAMES.get(Target(target), HOME), HOME):
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    return ""


class CallToActionBlock(blocks.StructBlock):
    """A button into the workflow, with a line on why one would press it."""

    text = blocks.RichTextBlock(label=_("Text"), required=False, features=["bold", "italic"])
    target = blocks.ChoiceBlock(label=_("Leads to"), choices=Target.choices, default=Target.MY_MUS)
    button = blocks.CharBlock(
        label=_("Button"), required=False, max_length=60, help_text=_("Empty: the name of the place it leads to.")
    )

    class Meta:
        label = _("Call to action")
        icon = "link-external"
        template = "mus_workflow/blocks/call_to_action.html"

    def get_context(self, value: blocks.StructValue, parent_context: dict | None = None) -> dict[str, Any]:
        """Adds ``url`` and ``button``."""
        context = super().get_context(value, parent_context)
        target = value["target"] or Target.MY_MUS
        return {**context, "url": target_url(target), "button": value["button"] or Target(target).label}


class FormQuestionsBlock(blocks.StructBlock):
    """The questions of a form, to look at before one begins. Nothing can be filled in here."""

    form = SnippetChooserBlock("mus_workflow.FormDefinition", label=_("Form"))
    intro = blocks.RichTextBlock(label=_("Introduction"), required=False, features=TEXT_FEATURES)

    class Meta:
        label = _("Form on the page")
        icon = "form"
        template = "mus_workflow/blocks/form_questions.html"

    def get_context(self, value: blocks.StructValue, parent_context: dict | None = None) -> dict[str, Any]:
        """Adds ``schema`` (None while the form has no published version), ``url`` and ``button``."""
        context = super().get_context(value, parent_context)
        form = value["form"]
        target = Target.AGREEMENT if form and form.purpose == Purpose.AGREEMENT else Target.PREPARE
        return {**context, "schema": published_schema(form), "url": target_url(target), "button": target.label}


def published_schema(form: FormDefinition | None) -> dict[str, Any] | None:
    """The newest frozen version of a live form, in the reader's language; None where there is none."""
    if form is None or not form.live:
        return None
    newest = form.versions.published().order_by("-number").values_list("pk", flat=True).first()
    if newest is None:
        return None
    schema = localised(schema_of(newest), get_language() or form.language)
    audience = {Purpose.EMPLOYEE_PREPARATION: "EMPLOYEE", Purpose.MANAGER_PREPARATION: "MANAGER"}.get(form.purpose)
    return for_audience(schema, audience) if audience else schema


class PeriodBlock(blocks.StructBlock):
    """From one time to another; midnight as the closing time is the end of the day."""

    opens = blocks.TimeBlock(label=_("Opens"))
    closes = blocks.TimeBlock(label=_("Closes"), help_text=_("00:00 means midnight."))

    def clean(self, value: blocks.StructValue) -> blocks.StructValue:
        """Refuses a line that closes before it opens."""
        cleaned = super().clean(value)
        opens, closes = cleaned["opens"], cleaned["closes"]
        if opens is not None and closes is not None and closes != MIDNIGHT and closes <= opens:
            later = ValidationError(_("The line must close later than it opens."))
            raise blocks.StructBlockValidationError(block_errors={"closes": later})
        return cleaned


class WeekdayHoursBlock(PeriodBlock):
    """Hours that hold on some days of the week. A day with a break in the middle has two of these."""

    days = blocks.MultipleChoiceBlock(
        label=_("Days"),
        choices=[
            ("0", _("Monday")),
            ("1", _("Tuesday")),
            ("2", _("Wednesday")),
            ("3", _("Thursday")),
            ("4", _("Friday")),
            ("5", _("Saturday")),
            ("6", _("Sunday")),
        ],
    )

    class Meta:
        label = _("Hours")
        icon = "time"


class ExceptionBlock(blocks.StructBlock):
    """A date that is unlike the others."""

    date = blocks.DateBlock(label=_("Date"))
    note = blocks.CharBlock(label=_("Reason"), required=False, max_length=80)
    periods = blocks.ListBlock(
        PeriodBlock(),
        label=pgettext_lazy("opening hours", "Open"),
        default=[],
        help_text=_("No hours: closed the whole day."),
    )

    class Meta:
        label = _("Other hours on a date")
        icon = "date"


def _periods(rows: list[blocks.StructValue]) -> tuple[Period, ...]:
    return tuple(Period(row["opens"], row["closes"]) for row in rows)


class ContactLineValue(blocks.StructValue):
    """A line with the addresses and hours computed from what the editor wrote."""

    @property
    def line(self) -> ContactLine:
        """Name, phone and e-mail, with their ``tel:`` and ``mailto:`` addresses."""
        # A line saved before a field was added has no value for it.
        return ContactLine(self["name"], self["phone"] or "", self["email"] or "")

    @property
    def hours(self) -> OpeningHours | None:
        """The opening hours; None where the editor gave none, so that nothing is claimed."""
        if not self["hours"]:
            return None
        rules = ((map(int, row["days"]), Period(row["opens"], row["closes"])) for row in self["hours"])
        exceptions = tuple(
            Exceptional(row["date"], _periods(row["periods"]), row["note"] or "") for row in self["exceptions"]
        )
        return OpeningHours(weekly(rules), exceptions, self["closed_on_public_holidays"], self["closed_on_days_off"])


class ContactLineBlock(blocks.StructBlock):
    """One line of a contact box: who, how, when."""

    name = blocks.CharBlock(label=_("Name"), max_length=80)
    about = blocks.CharBlock(label=_("What they help with"), required=False, max_length=200)
    phone = blocks.CharBlock(label=_("Phone"), required=False, max_length=30)
    email = blocks.EmailBlock(label=_("E-mail"), required=False)
    hours = blocks.ListBlock(WeekdayHoursBlock(), label=_("Opening hours"), default=[])
    exceptions = blocks.ListBlock(ExceptionBlock(), label=_("Other hours on a date"), default=[])
    closed_on_public_holidays = blocks.BooleanBlock(label=_("Closed on public holidays"), required=False, default=True)
    closed_on_days_off = blocks.BooleanBlock(
        label=_("Closed on Constitution Day, Christmas Eve and New Year’s Eve"), required=False, default=True
    )

    class Meta:
        label = _("Contact line")
        icon = "mobile-alt"
        value_class = ContactLineValue


class HoursToday:
    """A line's hours at one moment, in the form that the template shows them."""

    def __init__(self, current: Status, days: list[Day]) -> None:
        self.current = current
        self.days = [(day, HOLIDAY_NAMES.get(day.holiday, "") or day.note) for day in days]

    @property
    def today(self) -> Day:
        """The hours of the day it is in Copenhagen."""
        return self.current.today

    @property
    def why(self) -> str:
        """Why today differs from other weeks; empty when it does not."""
        return self.days[0][1]


class ContactBoxBlock(blocks.StructBlock):
    """Who to ask, how to reach them, and whether they are there now."""

    heading = blocks.CharBlock(label=_("Heading"), max_length=80)
    intro = blocks.RichTextBlock(label=_("Introduction"), required=False, features=["bold", "italic", "link"])
    lines = blocks.ListBlock(ContactLineBlock(), label=_("Lines"))

    class Meta:
        label = _("Contact box")
        icon = "mobile-alt"
        template = "mus_workflow/blocks/contact_box.html"

    def get_context(self, value: blocks.StructValue, parent_context: dict | None = None) -> dict[str, Any]:
        """Adds ``lines``: pairs of a line and its hours now (None where the line has none)."""
        context = super().get_context(value, parent_context)
        now = timezone.now()
        today = now.astimezone(COPENHAGEN).date()
        return {**context, "lines": [(line, self._hours(line.hours, now, today)) for line in value["lines"]]}

    def _hours(self, hours: OpeningHours | None, now: Any, today: date) -> HoursToday | None:
        return HoursToday(status(hours, now), week(hours, today)) if hours else None


class ChartKind(models.TextChoices):
    """How a chart draws its table."""

    BAR = "bar", _("Columns")
    HORIZONTAL = "horizontal", _("Bars, for long labels")
    STACKED = "stacked", _("Stacked columns")
    LINE = "line", _("Line, for a course over time")


class ChartValue(blocks.StructValue):
    """A chart whose picture and table come from the same cells."""

    @cached_property
    def series(self) -> list[str]:
        """The names of the number columns."""
        return [column["heading"] for column in self["table"].columns[1:]]

    @cached_property
    def rows(self) -> list[tuple[str, list[Decimal | None]]]:
        """Each row's label and its numbers; None for an empty cell."""
        return [(row["values"][0], list(row["values"][1:])) for row in self["table"].row_data]

    @property
    def payload(self) -> dict[str, Any]:
        """What the script draws: kind, labels, and the numbers of each series."""
        columns = [[_number(numbers[index]) for label, numbers in self.rows] for index in range(len(self.series))]
        return {
            "kind": self["kind"],
            "labels": [label for label, numbers in self.rows],
            "series": [{"label": name, "values": column} for name, column in zip(self.series, columns, strict=True)],
            "unit": self["unit"],
        }


def _number(value: Decimal | None) -> int | float | None:
    """A number for JSON; whole numbers stay whole."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


class ChartTableBlock(TypedTableBlock):
    """The numbers of a chart: first a column of labels, then one column of numbers per series."""

    label = blocks.CharBlock(label=_("Label"), required=False)
    number = blocks.DecimalBlock(label=_("Number"), required=False)

    def clean(self, table: TypedTable) -> TypedTable:
        """Refuses a table that cannot be drawn: the label column missing or misplaced, or a series without a name."""
        cleaned = super().clean(table)
        if self.is_deferred_validation:
            return cleaned
        kinds = [column["block"].name for column in cleaned.columns]
        if kinds[:1] != ["label"] or len(kinds) == 1 or set(kinds[1:]) != {"number"}:
            raise ValidationError(_("The first column must hold the labels, and the others numbers; one at least."))
        if not all(column["heading"] for column in cleaned.columns[1:]):
            raise ValidationError(_("Give every column of numbers a heading: it names the numbers in the chart."))
        return cleaned


class ChartBlock(blocks.StructBlock):
    """A chart, always with the table it is drawn from."""

    title = blocks.CharBlock(label=_("Title"), max_length=120)
    kind = blocks.ChoiceBlock(label=_("Kind"), choices=ChartKind.choices, default=ChartKind.BAR)
    unit = blocks.CharBlock(label=_("Unit"), required=False, max_length=30)
    table = ChartTableBlock(label=_("Numbers"))
    source = blocks.CharBlock(label=_("Source"), required=False, max_length=200)

    class Meta:
        label = _("Chart")
        icon = "table"
        template = "mus_workflow/blocks/chart.html"
        value_class = ChartValue
