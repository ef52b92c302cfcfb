"""What the blocks show, and that the self-test keeps its secret."""

import re
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.sessions.models import Session
from django.contrib.staticfiles import finders
from django.test import Client

from mus_pages import blocks
from mus_pages.models import ThemePage
from tests.mus_pages.raw import block, items, section, self_test, stream


def render(definition: Any, raw: Any) -> BeautifulSoup:
    return BeautifulSoup(definition.render(definition.to_python(raw)), "html.parser")


def test_steps_are_an_ordered_list() -> None:
    steps = items({"title": "Ask", "text": "<p>Kindly.</p>"}, {"title": "Write", "text": ""})
    listing = render(blocks.StepsBlock(), {"steps": steps}).find("ol")
    assert [item.find("strong").text for item in listing.find_all("li")] == ["Ask", "Write"]


def test_topics_stand_side_by_side_under_their_headings() -> None:
    topics = {
        "do_heading": "Talk about",
        "do": items("<p>The year</p>"),
        "do_not_heading": "Leave out",
        "do_not": items("<p>Private life</p>", "<p>Colleagues</p>"),
    }
    sides = render(blocks.TalkAboutBlock(), topics).select(".mus-sides > div")
    assert [(side.find("h3").text, len(side.find_all("li"))) for side in sides] == [("Talk about", 1), ("Leave out", 2)]


def test_quote_is_a_figure_with_its_byline() -> None:
    figure = render(blocks.QuoteBlock(), {"quote": "Begin.", "name": "A colleague", "role": "Nurse"}).find("figure")
    assert figure.find("blockquote").text.strip() == "Begin."
    assert figure.find("figcaption").text == "A colleague, Nurse"


def test_checklist_is_made_for_paper_and_posts_nothing() -> None:
    listing = render(blocks.ChecklistBlock(), {"heading": "Bring", "items": items("Pen", "Paper")})
    assert len(listing.find_all("li")) == 2
    assert not listing.find_all(["input", "form"])


def test_read_more_to_a_deleted_page_is_left_out(db: None) -> None:
    assert not render(blocks.ReadMoreBlock(), {"page": 999999, "section": "", "label": "Gone"}).find("a")


def test_self_test_without_javascript_is_a_list_with_all_the_advice() -> None:
    soup = render(blocks.SelfTestBlock(), self_test()["value"])
    advice = soup.select("[data-mus-advice]")
    assert [piece.text.strip() for piece in advice] == ["Set a new date.", "Bring the list."]
    assert not [piece for piece in advice if piece.has_attr("hidden")]
    assert soup.select_one("[data-mus-controls]").has_attr("hidden")


def test_self_test_has_nothing_that_could_be_sent() -> None:
    soup = render(blocks.SelfTestBlock(), self_test()["value"])
    assert not soup.find_all(["form", "input", "select", "textarea", "a"])
    assert [button["type"] for button in soup.find_all("button")] == ["button"]


def test_self_test_script_neither_stores_nor_sends() -> None:
    script = Path(finders.find("mus_workflow/js/self-test.js")).read_text(encoding="utf-8")
    ways_out = "fetch XMLHttpRequest sendBeacon WebSocket localStorage sessionStorage indexedDB cookie history location"
    assert not [word for word in ways_out.split() if re.search(rf"\b{word}\b", script)]
    assert ".name" not in script


def test_page_with_a_self_test_sets_no_cookie_beyond_csrf_and_no_session(client: Client, theme: ThemePage) -> None:
    theme.body = stream(ThemePage, "body", section("Traps", self_test()))
    theme.save_revision().publish()
    answer = client.get(theme.get_url())
    assert b"data-mus-self-test" in answer.content
    assert set(answer.cookies) <= {"csrftoken"}
    assert not Session.objects.exists()


@pytest.mark.parametrize("script", ["chart", "self-test"])
def test_script_is_loaded_only_where_its_block_is(client: Client, theme: ThemePage, script: str) -> None:
    assert f"{script}.js".encode() not in client.get(theme.get_url()).content


def test_two_self_tests_on_a_page_repeat_no_id() -> None:
    body = blocks.GuideBodyBlock()
    soup = render(body, [section("One", self_test(), anchor="one"), section("Two", self_test(), anchor="two")])
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    assert len(ids) == len(set(ids))


def test_text_of_editors_is_escaped() -> None:
    soup = render(blocks.GuideBodyBlock(), [section("<script>x</script>", block("heading", "<b>y</b>"), anchor="a")])
    assert not soup.find("script")
    assert not soup.find("b")
