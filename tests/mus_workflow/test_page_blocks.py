"""The blocks that any page may use: what they show, and what they refuse."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.urls import include, path
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from mus_workflow import page_blocks
from mus_workflow.formbuilder.schema import digest
from mus_workflow.models import FormDefinition, FormVersion
from mus_workflow.page_blocks import CallToActionBlock, ChartBlock, ContactBoxBlock, FormQuestionsBlock
from tests.mus_pages.raw import chart, contact_box, items

QUESTION = {
    "id": "0b6a7a3e-5d1f-4f0a-8a70-4f3f3d7e2b01",
    "type": "long_text",
    "label": "Hvad lykkedes?",
    "help": "",
    "required": False,
    "audience": "EMPLOYEE",
    "sharing": "PRIVATE",
    "sensitive": False,
    "visible_if": None,
    "settings": {},
}
SCHEMA = {
    "format": 1,
    "language": "da",
    "title": "Forberedelse",
    "intro": "",
    "sections": [
        {
            "id": "0b6a7a3e-5d1f-4f0a-8a70-4f3f3d7e2b02",
            "heading": "Året, der gik",
            "intro": "",
            "questions": [
                QUESTION,
                {
                    **QUESTION,
                    "id": "0b6a7a3e-5d1f-4f0a-8a70-4f3f3d7e2b03",
                    "label": "Til lederen",
                    "audience": "MANAGER",
                },
            ],
        }
    ],
    "translations": {"en": {QUESTION["id"]: {"label": "What went well?"}}},
}


@pytest.fixture
def form(db: None) -> FormDefinition:
    """A live form; its versions are each test's own."""
    return FormDefinition.objects.create(title="Preparation", slug="preparation", purpose="EMPLOYEE_PREPARATION")


def refuse(request: Any) -> None:
    """Stands for a view; nothing here is ever called."""


# The addresses of a host whose workflow has only My MUS, and of one that has none: see the tests below.
workflow = ([path("", refuse, name="my_mus")], "mus_workflow")
urlpatterns = [path("intranet/mus/", include(workflow))]


def render(block: Any, raw: dict[str, Any]) -> BeautifulSoup:
    return BeautifulSoup(block.render(block.to_python(raw["value"])), "html.parser")


def call(target: str, button: str = "", text: str = "") -> dict[str, Any]:
    return {"value": {"target": target, "button": button, "text": text}}


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("target", ["MY_MUS", "PREPARE", "REQUEST", "AGREEMENT"])
def test_call_to_action_leads_to_my_mus_where_its_own_place_is_missing(target: str) -> None:
    assert render(CallToActionBlock(), call(target)).find("a")["href"] == "/intranet/mus/"


@pytest.mark.urls("wagtail.urls")
def test_call_to_action_shows_its_text_and_no_button_where_there_is_no_workflow() -> None:
    soup = render(CallToActionBlock(), call("PREPARE", text="<p>Get ready.</p>"))
    assert soup.find("a") is None
    assert "Get ready." in soup.text


@pytest.mark.urls(__name__)
def test_call_to_action_names_the_place_unless_the_editor_does() -> None:
    with translation.override("en"):
        assert render(CallToActionBlock(), call("PREPARE")).find("a").text == "Prepare for my dialogue"
        assert render(CallToActionBlock(), call("PREPARE", button="Begin")).find("a").text == "Begin"


@pytest.mark.urls(__name__)
def test_call_to_action_asks_the_database_nothing(db: None, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        render(CallToActionBlock(), call("AGREEMENT"))


def publish(form: FormDefinition, number: int, schema: dict[str, Any]) -> FormVersion:
    return FormVersion.objects.create(
        form=form, number=number, schema=schema, digest=digest(schema), created_at=datetime(2026, 3, 1, tzinfo=UTC)
    )


def test_form_on_the_page_shows_the_newest_versions_questions_to_look_at(form: FormDefinition) -> None:
    publish(form, 1, {**SCHEMA, "title": "An old title"})
    publish(form, 2, SCHEMA)
    with translation.override("da"):
        soup = render(FormQuestionsBlock(), {"value": {"form": form.pk, "intro": ""}})
    assert soup.find("h3").text == "Forberedelse"
    assert "Hvad lykkedes?" in soup.text
    assert "Til lederen" not in soup.text  # the employee's form shows no manager's question
    assert not soup.find_all(["input", "textarea", "select", "form"])


def test_form_on_the_page_speaks_the_readers_language(form: FormDefinition) -> None:
    publish(form, 1, SCHEMA)
    with translation.override("en"):
        soup = render(FormQuestionsBlock(), {"value": {"form": form.pk, "intro": ""}})
    assert "What went well?" in soup.text


@pytest.mark.parametrize("live", [True, False])
def test_form_without_a_published_version_leaves_no_trace(form: FormDefinition, live: bool) -> None:
    if not live:
        publish(form, 1, SCHEMA)
        FormDefinition.objects.update(live=False)
    assert render(FormQuestionsBlock(), {"value": {"form": form.pk, "intro": ""}}).text.strip() == ""


def test_contact_box_says_open_today_and_lists_the_week_from_today() -> None:
    with translation.override("en"):
        soup = render(ContactBoxBlock(), contact_box())
    assert " ".join(soup.find(class_="mus-hours__today").text.split()) == "Open today 8:00–17:00"
    assert soup.find(class_="mus-hours__today")["data-open"] == "true"
    days = [row.find("th").text for row in soup.find("table").find_all("tr")]
    assert days == ["Today", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "Monday"]
    assert [link["href"] for link in soup.find_all("a")] == ["tel:+4500000002", "mailto:hr@example.org"]


def test_contact_box_says_when_a_closed_line_opens(time_machine: Any) -> None:
    time_machine.move_to(datetime(2026, 4, 3, 9, tzinfo=UTC))
    with translation.override("en"):
        soup = render(ContactBoxBlock(), contact_box())
    assert " ".join(soup.find(class_="mus-hours__today").text.split()) == "Closed today · Good Friday"
    assert "Opens Tuesday at 8:00." in soup.text


def test_contact_line_without_hours_claims_none() -> None:
    soup = render(ContactBoxBlock(), contact_box(hours=[]))
    assert soup.find(class_="mus-hours__today") is None
    assert soup.find("table") is None


def test_contact_line_that_closes_before_it_opens_is_refused() -> None:
    block = ContactBoxBlock()
    raw = contact_box(hours=items({"days": ["0"], "opens": "17:00", "closes": "08:00"}))
    with pytest.raises(ValidationError):
        block.clean(block.to_python(raw["value"]))


def test_every_holiday_has_a_name() -> None:
    assert set(page_blocks.HOLIDAY_NAMES) == set(page_blocks.Holiday)


def test_chart_and_its_table_hold_the_same_numbers() -> None:
    soup = render(ChartBlock(), chart())
    payload = json.loads(soup.find("script", type="application/json").string)
    heads = [cell.text.strip() for cell in soup.find("thead").find_all("th")][1:]
    rows = [[cell.text for cell in row.find_all(["th", "td"])] for row in soup.find("tbody").find_all("tr")]
    assert payload["labels"] == [row[0] for row in rows] == ["North", "South"]
    assert [series["label"] for series in payload["series"]] == heads == ["Held", "Planned"]
    assert [series["values"] for series in payload["series"]] == [[12, 7], [3.5, None]]
    assert [row[1:] for row in rows] == [["12", "3,5"], ["7", "–"]]


def test_chart_stands_as_a_figure_with_its_table_and_loads_its_script_itself() -> None:
    figure = render(ChartBlock(), chart()).find("figure")
    assert figure.find("figcaption")
    assert figure.find("table").find("caption")
    assert figure.find("script", type="module")["src"].endswith("mus_workflow/js/chart.js")
    assert figure["data-mus-chart-library"].endswith("/chart.umd.min.js")
    assert figure.find(class_="mus-chart__canvas").has_attr("hidden")


def test_chart_escapes_what_editors_write() -> None:
    block = ChartBlock()
    html = block.render(block.to_python(chart(title="</script><script>alert(1)</script>", unit="<b>")["value"]))
    assert "<script>alert" not in html


@pytest.mark.parametrize(
    "columns",
    [
        [],
        [{"type": "label", "heading": "Unit"}],
        [{"type": "number", "heading": "Held"}, {"type": "label", "heading": "Unit"}],
        [{"type": "label", "heading": "Unit"}, {"type": "number", "heading": ""}],
    ],
)
def test_table_that_cannot_be_drawn_is_refused(columns: list[dict[str, str]]) -> None:
    block = ChartBlock()
    raw = chart(table={"columns": columns, "rows": [], "caption": ""})
    with pytest.raises(ValidationError):
        block.clean(block.to_python(raw["value"]))
