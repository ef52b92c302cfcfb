"""Loads the starter guide as real pages. Again and again does no harm: what editors have, they keep."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.db import transaction
from wagtail.models import Locale, Page, Site

from mus_pages.models import ArticlePage, HomePage, ThemePage

from . import guide_texts
from .guide_texts import OUTLINE, Outline, PageIds
from .markup import rich_text

# The starter pages of a site are recognised by translation keys derived from this, the site and the page's own key.
NAMESPACE = uuid.UUID("6f1c8a52-6d4e-4f0e-9a3b-0d5b3c7e2a91")
KINDS = {"home": HomePage, "theme": ThemePage, "article": ArticlePage}


class CannotLoad(Exception):
    """The guide has nowhere to stand; the message says why."""


@dataclass
class Loaded:
    """What a load did: the pages it made, and how many it found and left as they were."""

    created: list[Page] = field(default_factory=list)
    found: int = 0
    skipped: list[str] = field(default_factory=list)


@transaction.atomic
def load_guide(site: Site, languages: Sequence[str]) -> Loaded:
    """Make the starter guide's pages that are missing, in each language, under the site's front page.

    A site that still has Wagtail's welcome page gets a front page of its own. On any other site the guide goes below
    the front page there is. Raises CannotLoad when none of the languages has a front page to stand under.
    """
    loaded = Loaded()
    if not getattr(settings, "WAGTAIL_I18N_ENABLED", False):
        loaded.skipped += languages[1:]
        languages = languages[:1]
    for language in languages:
        locale, _created = Locale.objects.get_or_create(language_code=language)
        pages = _load_language(site, locale, loaded)
        if pages is None:
            loaded.skipped.append(language)
    if not loaded.created and not loaded.found:
        raise CannotLoad("The site's front page has no translation in any of these languages.")
    return loaded


def _load_language(site: Site, locale: Locale, loaded: Loaded) -> dict[str, Page] | None:
    top = _top(site, locale)
    if top is None:
        return None
    pages: dict[str, Page] = {} if _owns_front_page(site) else {"home": top}
    fresh: list[Outline] = []
    for outline in OUTLINE:
        if outline.key in pages:
            continue
        page = _existing(site, locale, outline)
        loaded.found += page is not None
        if page is None:
            page = _add(site, locale, outline, pages[outline.parent] if outline.parent else top)
            fresh.append(outline)
        pages[outline.key] = page
    ids = {key: page.pk for key, page in pages.items()}
    loaded.created += [_write(pages[outline.key], outline, locale, ids) for outline in fresh]
    if _owns_front_page(site):
        _stand_at_root(site, pages["home"])
    return pages


def _owns_front_page(site: Site) -> bool:
    """Whether the site's front page is ours to make: Wagtail's welcome page, or one that we made."""
    return site.root_page.specific_class in (Page, HomePage)


def _top(site: Site, locale: Locale) -> Page | None:
    """The page in this language that the guide's topmost page becomes a child of."""
    if _owns_front_page(site):
        return site.root_page.get_parent()
    return site.root_page.get_translation_or_none(locale) if site.root_page.locale != locale else site.root_page


def _translation_key(site: Site, outline: Outline) -> uuid.UUID:
    return uuid.uuid5(NAMESPACE, f"{site.pk}/{outline.key}")


def _existing(site: Site, locale: Locale, outline: Outline) -> Page | None:
    if outline.key == "home" and site.root_page.specific_class is HomePage:
        return _front_page(site, locale)
    return Page.objects.filter(translation_key=_translation_key(site, outline), locale=locale).first()


def _front_page(site: Site, locale: Locale) -> Page | None:
    return Page.objects.filter(translation_key=site.root_page.translation_key, locale=locale).first()


def _add(site: Site, locale: Locale, outline: Outline, parent: Page) -> Page:
    """The page with its place and title, not yet public: the texts link to pages that must all be there first."""
    text = guide_texts.read(locale.language_code, outline.key)
    slug = f"{outline.slug}-{locale.language_code}" if outline.key == "home" else outline.slug
    translation_key = _translation_key(site, outline)
    if outline.key == "home" and site.root_page.specific_class is HomePage:
        translation_key = site.root_page.translation_key
    page = KINDS[outline.kind](
        title=text["title"], slug=slug, locale=locale, translation_key=translation_key, live=False,
        show_in_menus=outline.kind == "theme",
    )  # fmt: skip
    parent.refresh_from_db()  # the tree's counts, changed by the page before
    parent.add_child(instance=page)
    return page


def _write(page: Page, outline: Outline, locale: Locale, ids: PageIds) -> Page:
    text = guide_texts.read(locale.language_code, outline.key)
    page.refresh_from_db()
    if outline.kind == "home":
        page.welcome = rich_text(text["welcome"])
    else:
        page.lead = " ".join(text["lead"].split())
        page.body = _stream(page, "body", guide_texts.body(text, ids))
    if outline.kind == "article":
        page.byline, page.review_date = text["byline"], text["review_date"]
    else:
        page.entrances = _stream(page, "entrances", guide_texts.entrances(text, ids))
    page.save_revision().publish()
    return page


def _stream(page: Page, name: str, raw: list[dict]) -> object:
    return page._meta.get_field(name).stream_block.to_python(raw)


def _stand_at_root(site: Site, home: Page) -> None:
    """Give the site its front page, in place of Wagtail's welcome page, which goes if nothing stands below it."""
    welcome = site.root_page
    if welcome.specific_class is not Page:
        return
    site.root_page = home
    site.save()
    welcome.refresh_from_db()
    if not welcome.get_children().exists():
        welcome.delete()
