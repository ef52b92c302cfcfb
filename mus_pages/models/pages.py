"""The page types an editor chooses between."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page
from wagtail.search import index

from mus_pages.blocks import TEXT_FEATURES

from .mixins import BylineMixin, EntrancesMixin, GuideMixin


class OwnPage(Page):
    """A page type that may share its name with one of the host's. Abstract."""

    # Django would name the way here from Page by the model alone, and a host's HomePage or ArticlePage would clash.
    page_ptr = models.OneToOneField(Page, models.CASCADE, parent_link=True, related_name="%(app_label)s_%(class)s")

    class Meta:
        abstract = True


class GuidePage(GuideMixin, OwnPage):
    """What theme pages and articles share. Abstract."""

    content_panels = [*Page.content_panels, *GuideMixin.guide_panels]
    search_fields = [*Page.search_fields, *GuideMixin.guide_search_fields]

    class Meta:
        abstract = True


class ThemePage(EntrancesMixin, GuidePage):
    """A whole subject on one page, section by section, with its articles below."""

    content_panels = [*GuidePage.content_panels, *EntrancesMixin.entrances_panels]
    template = "mus_pages/theme_page.html"

    class Meta:
        verbose_name = _("theme page")
        verbose_name_plural = _("theme pages")


class ArticlePage(BylineMixin, GuidePage):
    """One subject in depth, by somebody, checked on a date."""

    content_panels = [*GuidePage.content_panels, *BylineMixin.byline_panels]
    search_fields = [*GuidePage.search_fields, index.SearchField("byline")]
    template = "mus_pages/article_page.html"

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")


class HomePage(EntrancesMixin, OwnPage):
    """The front page of the intranet: a welcome, ways in by question, and the way to My MUS."""

    welcome = RichTextField(_("welcome"), blank=True, features=TEXT_FEATURES)

    content_panels = [*Page.content_panels, FieldPanel("welcome"), *EntrancesMixin.entrances_panels]
    search_fields = [*Page.search_fields, index.SearchField("welcome")]
    template = "mus_pages/home_page.html"

    class Meta:
        verbose_name = _("front page")
        verbose_name_plural = _("front pages")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Adds the pages right below this one."""
        chapters = self.get_children().live().public().in_menu().specific()
        return {**super().get_context(request, *args, **kwargs), "chapters": chapters}
