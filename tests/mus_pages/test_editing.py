"""Editors in Wagtail's admin: the pages open, preview and publish, under any parent."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from wagtail.models import Page
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from mus_pages.models import ArticlePage, HomePage, ThemePage


@pytest.fixture
def editing(client: Client, db: None) -> Client:
    client.force_login(get_user_model().objects.create_superuser("chief", "chief@example.org", "demo"))
    return client


def posted(**sections: str) -> dict[str, str]:
    """The editor's form with one section per heading and a text in each."""
    body = [
        (
            "section",
            {"heading": heading, "anchor": anchor, "content": streamfield([("text", rich_text("<p>Text.</p>"))])},
        )
        for anchor, heading in sections.items()
    ]
    return nested_form_data(
        {
            "title": "Edited",
            "slug": "mus-guide",
            "lead": "",
            "body": streamfield(body),
            "entrances": streamfield([]),
            "comments": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": ""},
            "action-publish": "action-publish",
        }
    )


@pytest.mark.parametrize("page_type", [HomePage, ThemePage, ArticlePage])
def test_every_page_type_may_stand_under_any_page(page_type: type[Page]) -> None:
    assert Page in page_type.allowed_parent_page_models()
    assert {HomePage, ThemePage, ArticlePage} <= set(page_type.allowed_subpage_models())


@pytest.mark.parametrize("page_type", ["homepage", "themepage", "articlepage"])
def test_form_for_a_new_page_opens(editing: Client, home: HomePage, page_type: str) -> None:
    assert editing.get(reverse("wagtailadmin_pages:add", args=["mus_pages", page_type, home.pk])).status_code == 200


def test_publishing_in_the_editor_makes_the_addresses_and_keeps_them(editing: Client, theme: ThemePage) -> None:
    edit = reverse("wagtailadmin_pages:edit", args=[theme.pk])
    form = posted(right="A new heading", second="To be named")
    form["body-1-value-anchor"] = ""
    answer = editing.post(edit, form)
    assert answer.status_code == 302
    theme.refresh_from_db()
    assert [(one.anchor, one.heading) for one in theme.contents()] == [
        ("right", "A new heading"),
        ("to-be-named", "To be named"),
    ]


def test_draft_with_an_unnamed_section_can_be_saved_and_previewed(editing: Client, theme: ThemePage) -> None:
    form = posted(right="")
    del form["action-publish"]
    assert editing.post(reverse("wagtailadmin_pages:edit", args=[theme.pk]), form).status_code == 302
    draft = theme.get_latest_revision_as_object()
    assert draft.contents()[0].anchor == "right"
    assert draft.make_preview_request().status_code == 200
