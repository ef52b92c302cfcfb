"""The starter guide: complete in both languages, easy to read, loaded once and then the editors' own."""

import re

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client, override_settings
from wagtail.models import Locale, Page, Site

from mus_pages.management import guide_texts
from mus_pages.management.markup import rich_text
from mus_pages.models import ArticlePage, HomePage, ThemePage
from mus_workflow.readability import lix, plain_text

LANGUAGES = ["da", "en"]
# Every subject a guide to MUS must answer, by the address of its section on the theme page.
SUBJECTS = {
    "ret": "rights, public and private",
    "ingen-mus": "no MUS offered",
    "formaal": "purpose",
    "emner": "topics, and what to leave",
    "loen": "pay",
    "forberedelse": "preparing",
    "kritik": "criticism and requests",
    "ubehagelig-leder": "an unpleasant manager",
    "lederens-stol": "the manager's chair",
    "opfoelgning": "follow-up",
    "faelder": "traps",
    "den-gode-samtale": "the good dialogue",
    "grus": "GRUS",
    "ord-paa-jobbet": "words on the job",
    "hjaelp": "whom to ask",
}
EASY = 35
PLAIN = 45


@pytest.fixture
def welcome(db: None) -> Page:
    """A fresh site with Wagtail's welcome page."""
    cache.clear()
    page = Page.objects.get(depth=1).add_child(
        instance=Page(title="Welcome", slug="welcome", locale=Locale.get_default())
    )
    Site.objects.update(root_page=page)
    cache.clear()
    return page


def load(*arguments: str) -> None:
    call_command("mus_load_guide", *arguments, verbosity=0)
    cache.clear()


def words(language: str, key: str) -> str:
    """All that a reader reads of a page's sections."""
    html = "".join(_texts(guide_texts.read(language, key)))
    return plain_text(html)


def _texts(value: object, name: str = "") -> list[str]:
    if isinstance(value, dict):
        return [text for key, part in value.items() for text in _texts(part, key)]
    if isinstance(value, list):
        return [text for part in value for text in _texts(part, name)]
    shown = name in {"text", "heading", "lead", "trap", "advice", "do", "do_not", "items", "title", "answer", "welcome"}
    return [rich_text(value)] if shown and isinstance(value, str) else []


@pytest.mark.parametrize("language", LANGUAGES)
def test_theme_page_answers_every_subject_in_both_languages(language: str) -> None:
    assert [section["anchor"] for section in guide_texts.read(language, "guide")["sections"]] == list(SUBJECTS)


@pytest.mark.parametrize("outline", guide_texts.OUTLINE, ids=lambda outline: outline.key)
def test_both_languages_have_the_same_sections_with_the_same_blocks(outline: guide_texts.Outline) -> None:
    danish, english = (
        [
            (section["anchor"], [(item["type"], item.get("page"), item.get("target")) for item in section["content"]])
            for section in guide_texts.read(language, outline.key).get("sections", [])
        ]
        for language in LANGUAGES
    )
    assert danish == english


@pytest.mark.parametrize("outline", guide_texts.OUTLINE, ids=lambda outline: outline.key)
def test_danish_is_plain(outline: guide_texts.Outline) -> None:
    assert lix(words("da", outline.key)) < EASY


@pytest.mark.parametrize("outline", guide_texts.OUTLINE, ids=lambda outline: outline.key)
def test_english_is_plain(outline: guide_texts.Outline) -> None:
    assert lix(words("en", outline.key)) < PLAIN


@pytest.mark.parametrize("language", LANGUAGES)
def test_guide_names_no_organisation_and_no_number_that_could_ring(language: str) -> None:
    for outline in guide_texts.OUTLINE:
        text = (guide_texts.STARTER / language / f"{outline.key}.toml").read_text(encoding="utf-8")
        assert not re.search(r"\b(HK|FOA|3F|Djøf|Krifa|Dansk Erhverv|NemID|MitID)\b", text)
        numbers = re.findall(r'phone = "([^"]*)"', text)
        assert all(number.startswith("00 00 00") for number in numbers)  # no Danish number begins with a nought


def test_rights_are_stated_for_both_sectors() -> None:
    danish, english = (words(language, "guide") for language in LANGUAGES)
    assert "ret til en MUS hvert år" in danish
    assert "giver loven dig ikke den ret" in danish
    assert "the right to a MUS every year" in english
    assert "the law gives you no such right" in english


def test_loads_a_tree_in_each_language_and_links_the_translations(welcome: Page) -> None:
    load()
    site = Site.objects.get(is_default_site=True)
    assert isinstance(site.root_page.specific, HomePage)
    assert not Page.objects.filter(pk=welcome.pk).exists()
    for home in site.root_page.get_translations(inclusive=True):
        guide = home.get_children().get().specific
        assert isinstance(guide, ThemePage)
        assert {article.specific_class for article in guide.get_children()} == {ArticlePage}
        assert guide.get_children().live().count() == len(guide_texts.OUTLINE) - 2
        for page in [guide, *guide.get_children()]:
            assert page.locale_id == home.locale_id
            assert page.get_translations().count() == 1


def test_loading_again_changes_nothing_that_an_editor_has_written(welcome: Page) -> None:
    load()
    guide = ThemePage.objects.get(locale__language_code="da")
    guide.title = "Vores egen vejledning"
    guide.save_revision().publish()
    before = list(Page.objects.order_by("path").values_list("path", "title", "latest_revision_id"))
    load()
    assert list(Page.objects.order_by("path").values_list("path", "title", "latest_revision_id")) == before


def test_every_loaded_page_passes_the_editors_own_checks_and_shows(welcome: Page, client: Client) -> None:
    load()
    for page in Page.objects.type(HomePage, ThemePage, ArticlePage).specific():
        for name in ("body", "entrances"):
            if hasattr(page, name):
                value = getattr(page, name)
                value.stream_block.clean(value)
        answer = client.get(page.get_url())
        assert answer.status_code == 200
        soup = BeautifulSoup(answer.content, "html.parser")
        assert soup.find("h1").text.strip() == page.title
        _assert_links_lead_somewhere(client, soup)


def _assert_links_lead_somewhere(client: Client, soup: BeautifulSoup) -> None:
    ids = {tag["id"] for tag in soup.find_all(id=True)}
    for link in soup.select(".mus-guide a[href]"):
        path, _hash, anchor = link["href"].partition("#")
        if not path:
            assert anchor in ids
        elif path.startswith(("/da/", "/en/")) and anchor:
            assert f'id="{anchor}"' in client.get(path).content.decode()


def test_one_language_alone(welcome: Page) -> None:
    load("--languages", "en")
    assert set(ThemePage.objects.values_list("locale__language_code", flat=True)) == {"en"}


def test_guide_goes_below_the_front_page_of_a_site_that_has_one(theme: ThemePage) -> None:
    front = Site.objects.get(is_default_site=True).root_page
    ThemePage.objects.all().delete()
    Site.objects.update(root_page=front.add_child(instance=ArticlePage(title="Own front page", slug="own")))
    load("--languages", settings.LANGUAGE_CODE)
    own = Page.objects.get(slug="own")
    assert own.get_children().get().specific_class is ThemePage
    assert Site.objects.get().root_page == own


def test_language_without_a_front_page_is_left_out_aloud(theme: ThemePage, capsys: pytest.CaptureFixture[str]) -> None:
    front = Site.objects.get(is_default_site=True).root_page
    Site.objects.update(root_page=front.add_child(instance=ArticlePage(title="Own front page", slug="own")))
    with pytest.raises(CommandError, match="no translation"):
        load("--languages", "en")
    load()
    assert "Left out en" in capsys.readouterr().out


@override_settings(WAGTAIL_I18N_ENABLED=False)
def test_site_in_one_language_gets_the_first(welcome: Page) -> None:
    load()
    assert ThemePage.objects.count() == 1


@pytest.mark.parametrize(
    "arguments", [("--site", "nowhere.example"), ("--languages", "da", "--site", "nowhere.example")]
)
def test_unknown_site_is_refused(db: None, arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match="There is no site"):
        load(*arguments)


def test_markup_of_the_text_files() -> None:
    assert rich_text("**Ask** & wait,\nthen\n\n- one\n- <two>") == (
        "<p><b>Ask</b> &amp; wait, then</p><ul><li>one</li><li>&lt;two&gt;</li></ul>"
    )
