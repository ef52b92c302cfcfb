"""The page types, as a reader meets them."""

import datetime as dt

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from wagtail.models import Page

from mus_pages.models import ArticlePage, HomePage, ThemePage
from tests.mus_pages.raw import block, section, stream

MOST_QUERIES = 18


def fetch(client: Client, page: Page, query: str = "") -> BeautifulSoup:
    answer = client.get(page.get_url() + query)
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


def test_theme_page_lists_its_sections_and_links_to_each(client: Client, theme: ThemePage) -> None:
    soup = fetch(client, theme)
    links = soup.select(".mus-toc a")
    assert [(link["href"], link.text) for link in links] == [("#right", "Your right"), ("#pay", "Talking about pay")]
    for link in links:
        target = soup.find(id=link["href"].removeprefix("#"))
        assert target.find("h2").find("a", class_="mus-guide-anchor")["href"] == link["href"]


def test_every_id_on_the_page_is_unique_and_every_reference_resolves(client: Client, theme: ThemePage) -> None:
    soup = fetch(client, theme)
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    assert len(ids) == len(set(ids))
    for tag in soup.find_all(attrs={"aria-labelledby": True}):
        assert tag["aria-labelledby"] in ids


def test_reader_goes_forward_through_theme_and_articles_and_back(
    client: Client, theme: ThemePage, articles: list[ArticlePage]
) -> None:
    first, second = articles
    assert fetch(client, theme).find("a", rel="next")["href"] == first.get_url()
    onward = fetch(client, first)
    assert onward.find("a", rel="prev")["href"] == theme.get_url()
    assert onward.find("a", rel="next")["href"] == second.get_url()
    last = fetch(client, second)
    assert last.find("a", rel="prev")["href"] == first.get_url()
    assert last.find("a", rel="next") is None


def test_unpublished_articles_are_neither_listed_nor_next(
    client: Client, theme: ThemePage, articles: list[ArticlePage]
) -> None:
    for article in articles:
        article.unpublish()
    soup = fetch(client, theme)
    assert soup.find("a", rel="next") is None
    assert not soup.select(".mus-guide-chapters a")


def test_article_shows_who_answers_for_it_and_when_it_was_reviewed(client: Client, articles: list[ArticlePage]) -> None:
    article = articles[0]
    article.byline, article.review_date = "The editors", dt.date(2026, 2, 3)
    article.save_revision().publish()
    header = fetch(client, article).find("header", class_="mus-header")
    assert "The editors" in header.text
    assert header.find("time")["datetime"] == "2026-02-03"


def test_home_page_leads_by_question_to_the_section(client: Client, home: HomePage, theme: ThemePage) -> None:
    home.refresh_from_db()
    entrance = {"question": "May we talk about pay?", "answer": "", "page": theme.pk, "section": "pay"}
    home.entrances = stream(HomePage, "entrances", block("entrance", entrance))
    home.save_revision().publish()
    link = fetch(client, home).select_one(".mus-guide-entrances a")
    assert (link.text, link["href"]) == ("May we talk about pay?", f"{theme.get_url()}#pay")


def test_entrance_to_an_unpublished_page_is_left_out(client: Client, home: HomePage, theme: ThemePage) -> None:
    home.refresh_from_db()
    entrance = {"question": "May we talk about pay?", "answer": "", "page": theme.pk, "section": "pay"}
    home.entrances = stream(HomePage, "entrances", block("entrance", entrance))
    home.save_revision().publish()
    theme.unpublish()
    assert not fetch(client, home).select(".mus-guide-entrances a")


def test_search_finds_the_section_here_and_in_the_articles(
    client: Client, theme: ThemePage, articles: list[ArticlePage]
) -> None:
    soup = fetch(client, theme, "?q=PAY")
    assert [link["href"] for link in soup.select(".mus-guide-hits a")] == [f"{theme.get_url()}#pay"]
    soup = fetch(client, theme, "?q=second+text")
    assert [link["href"] for link in soup.select(".mus-guide-hits a")] == [
        f"{articles[1].get_url()}#{articles[1].contents()[0].anchor}"
    ]
    assert "second text" in soup.select_one(".mus-guide-hits p").text


def test_search_without_a_hit_says_what_to_do_and_escapes_the_query(client: Client, theme: ThemePage) -> None:
    answer = client.get(theme.get_url(), {"q": "<script>x"})
    soup = BeautifulSoup(answer.content, "html.parser")
    assert soup.select_one(".mus-guide-hits p")
    assert b"<script>x" not in answer.content


@pytest.mark.parametrize("sections", [2, 20])
def test_theme_page_costs_the_same_with_many_sections(
    client: Client,
    theme: ThemePage,
    articles: list[ArticlePage],
    sections: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    body = [
        section(f"Section {number}", block("read_more", {"page": articles[0].pk, "section": "", "label": ""}))
        for number in range(sections)
    ]
    theme.refresh_from_db()
    theme.body = stream(ThemePage, "body", *body)
    theme.save_revision().publish()
    fetch(client, theme)
    with django_assert_max_num_queries(MOST_QUERIES):
        fetch(client, theme)


def test_pages_hold_no_inline_script_style_or_handler(
    client: Client, home: HomePage, theme: ThemePage, articles: list[ArticlePage]
) -> None:
    for page in (home, theme, *articles):
        soup = fetch(client, page)
        assert not soup.find("style")
        assert not [tag for tag in soup.find_all("script") if tag.string and tag.get("type") != "application/json"]
        assert not [tag for tag in soup.find_all() for name in tag.attrs if name == "style" or name.startswith("on")]
