"""A small guide: a front page, a theme page, and two articles below it."""

import pytest
from django.core.cache import cache
from wagtail.models import Locale, Page, Site

from mus_pages.models import ArticlePage, HomePage, ThemePage
from tests.mus_pages.raw import block, section, stream


@pytest.fixture
def home(db: None) -> HomePage:
    """The site's front page, in the site's first language."""
    cache.clear()  # Wagtail keeps the paths of sites there, beyond the test that made them
    root = Page.objects.get(depth=1)
    home = HomePage(title="Intranet", slug="forside", locale=Locale.get_default(), welcome="<p>Welcome.</p>")
    root.add_child(instance=home)
    Site.objects.update(root_page=home)
    cache.clear()
    return home


@pytest.fixture
def theme(home: HomePage) -> ThemePage:
    """A theme page with sections; nothing below it."""
    body = stream(
        ThemePage,
        "body",
        section("Your right", block("text", "<p>Every year.</p>"), anchor="right"),
        section("Talking about pay", block("text", "<p>Ask first.</p>"), anchor="pay"),
    )
    return home.add_child(instance=ThemePage(title="MUS", slug="mus-guide", lead="Your time.", body=body))


@pytest.fixture
def articles(theme: ThemePage) -> list[ArticlePage]:
    """Two articles below the theme page."""
    made = []
    for slug in ("first", "second"):
        body = stream(ArticlePage, "body", section("Only section", block("text", f"<p>The {slug} text.</p>")))
        theme.refresh_from_db()
        made.append(theme.add_child(instance=ArticlePage(title=slug.title(), slug=slug, body=body)))
    return made
