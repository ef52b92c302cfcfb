"""HR's page: for HR alone, counts alone, and the chart's numbers beside it in a table."""

from __future__ import annotations

import json
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mus_workflow.stages import Stage
from tests.builders import Cast, make_dialogue
from tests.mus_workflow.dashboards.test_hr_overview import follow_one, staff, unit_of

pytestmark = pytest.mark.django_db

URL = "mus_workflow:hr_overview"


def chart_of(page: str) -> dict:
    """What the chart is drawn from."""
    return json.loads(re.search(r'<script type="application/json">(.*?)</script>', page, re.S).group(1))


@pytest.mark.parametrize("name", ["employee", "manager", "other_manager", "delegate", "editor", "auditor", "admin"])
def test_the_page_exists_for_hr_only(cast: Cast, client: Client, name: str) -> None:
    client.force_login(getattr(cast, name))
    assert client.get(reverse(URL), follow=True).status_code == 404


def test_a_stranger_is_asked_to_log_in(cast: Cast, client: Client) -> None:
    assert client.get(reverse(URL)).status_code == 302


def test_hr_sees_counts_with_a_chart_and_its_table_and_no_name(cast: Cast, client: Client) -> None:
    follow_one(cast)
    staff(cast, unit_of(cast), 5, "p")
    make_dialogue(cast, Stage.FOLLOW_UP)
    client.force_login(cast.hr)
    response = client.get(reverse(URL))
    page = response.content.decode()
    chart = chart_of(page)
    assert (chart["kind"], chart["labels"]) == ("stacked", ["Biblioteket"])
    assert [one["values"] for one in chart["series"]] == [[0], [0], [0], [0], [0], [1], [0], [0]]
    assert page.count("<figure") == page.count("</figure>") == 1
    assert "<table" in page[page.index("<figure") : page.index("</figure>")]
    for hidden in ("Emma", "Mikkel", "formidling"):
        assert hidden not in page
    assert "no-store" in response["Cache-Control"]


def test_what_is_hidden_never_reaches_the_page(cast: Cast, client: Client) -> None:
    staff(cast, unit_of(cast), 11, "p")
    make_dialogue(cast, Stage.INVITED)
    client.force_login(cast.hr)
    page = client.get(reverse(URL)).content.decode()
    assert len(chart_of(page)["labels"]) == 1  # the sum alone
    assert ">13<" not in page  # the library, hidden because the archive's one employee could be computed from it
    assert ">14<" in page  # the sum
    assert "mus-notice" in page


def test_hr_without_employees_is_told_what_will_be_here(cast: Cast, client: Client) -> None:
    follow_one(cast)
    unit_of(cast).employments.all().delete()
    client.force_login(cast.hr)
    page = client.get(reverse(URL)).content.decode()
    assert "mus-empty" in page
    assert "<figure" not in page


def test_the_page_takes_at_most_ten_queries(cast: Cast, client: Client) -> None:
    client.force_login(cast.hr)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(reverse(URL)).status_code == 200
    assert len(captured) <= 10
