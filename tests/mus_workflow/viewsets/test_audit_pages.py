"""The pages of the auditor's list: each agreement once, in the order asked for, whatever is added meanwhile."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client

from mus_workflow.models import Dialogue
from mus_workflow.viewsets.audit_index import AuditIndexView
from tests.builders import Cast
from tests.many_agreements import fill_agreements
from tests.mus_workflow.viewsets.paging import RESULTS, links, walk
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def many(module_cast: Cast) -> None:
    """Twenty-three agreements, several of one second."""
    fill_agreements(23, until=NOW)


@pytest.fixture
def auditing(module_cast: Cast, many: None, client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """The auditor's browser; a page holds ten."""
    monkeypatch.setattr(AuditIndexView, "paginate_by", 10)
    client.force_login(module_cast.auditor)
    return client


@pytest.mark.parametrize("ordering", ["history_date", "-history_date", "dialogue__reference", "-dialogue__reference"])
def test_every_agreement_is_on_one_page_in_the_order_asked_for(auditing: Client, ordering: str) -> None:
    pages, last = walk(auditing, f"?ordering={ordering}")
    assert [len(page) for page in pages] == [10, 10, 3]
    met = [reference for page in pages for reference in page]
    found = Dialogue.objects.filter(agreement__isnull=False)
    if "reference" in ordering:
        assert met == sorted(found.values_list("reference", flat=True), reverse=ordering.startswith("-"))
    else:
        assert sorted(met) == sorted(found.values_list("reference", flat=True))
        rows = auditing.get(f"{RESULTS}?ordering={ordering}").context["object_list"]
        times = [row.history_date for row in rows]
        assert times == sorted(times, reverse=ordering.startswith("-"))
    back, _first = walk(auditing, last, "prev")
    assert back[::-1] == pages


def test_what_is_added_meanwhile_moves_no_page(auditing: Client) -> None:
    first = auditing.get(f"{RESULTS}?")
    second_page = links(first.content.decode())["next"]
    before = walk(auditing, second_page)[0]
    with transaction.atomic():
        fill_agreements(9, until=NOW + timedelta(days=4000), seed=2)
        newer = Dialogue.objects.filter(created_at__gt=NOW).count()
        assert newer > 0
        after = [reference for page in walk(auditing, second_page)[0] for reference in page]
        transaction.set_rollback(True)
    assert [one for page in before for one in page] == [one for one in after if one in {r for p in before for r in p}]


def test_filters_and_order_go_on_to_the_next_page_and_the_fragment_of_a_reload_does_not(auditing: Client) -> None:
    query = "?unit=&stage=CLOSED&stage=FOLLOW_UP&ordering=dialogue__reference&_w_filter_fragment=1"
    page = auditing.get(f"{RESULTS}{query}").content.decode()
    further = links(page)["next"]
    for kept in ("stage=CLOSED", "stage=FOLLOW_UP", "ordering=dialogue__reference", "p=a%2CMUS-"):
        assert kept in further
    assert "_w_filter_fragment" not in further
    # What Wagtail writes to change a filter or the order leads to the first page.
    second = auditing.get(f"{RESULTS}{further}").content.decode()
    written_by_wagtail = re.findall(r'href="([^"]*ordering=[^"]*)"', second)
    assert [one for one in written_by_wagtail if "history_date" in one and "p=" in one] == []
    assert links(second)["prev"]


@pytest.mark.parametrize("position", ["x", "a,1", "a,2026-13-45,1", "a,2026-03-10T09:00:00+00:00,x", "c,1,2"])
def test_a_page_that_nobody_was_sent_to_is_not_found(auditing: Client, position: str) -> None:
    assert auditing.get(RESULTS, {"p": position}, follow=True).status_code == 404
