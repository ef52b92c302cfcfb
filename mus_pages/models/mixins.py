"""What makes a page a guide page. Abstract: put them before Page among a page type's bases.

>>> class HandbookPage(GuideMixin, Page):
...     content_panels = [*Page.content_panels, *GuideMixin.guide_panels]
...     search_fields = [*Page.search_fields, *GuideMixin.guide_search_fields]
...     template = "mus_pages/theme_page.html"
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.search import index

from mus_pages.blocks import EntranceBlock, GuideBodyBlock, Section, sections_of

from .search import find_sections

SITE_ROOT_DEPTH = 2


class GuideMixin(models.Model):
    """A lead, and a body of sections with addresses, a contents list, and a way forward and back."""

    lead = models.TextField(_("lead"), blank=True, help_text=_("What the page is about, in two or three sentences."))
    body = StreamField(GuideBodyBlock(), verbose_name=_("sections"), blank=True)

    guide_panels = [FieldPanel("lead"), FieldPanel("body")]
    guide_search_fields = [index.SearchField("lead"), index.SearchField("body")]

    class Meta:
        abstract = True

    def contents(self) -> list[Section]:
        """The sections in order, with the addresses that links use."""
        return sections_of(self.body)

    def chapters(self) -> models.QuerySet:
        """The pages below this one that anyone may read, in order."""
        return self.get_children().live().public().defer_streamfields().specific()

    def previous_page(self) -> Any:
        """The page one would have read before this: the one beside it, else the one above; None at the beginning."""
        beside = self.get_prev_siblings().type(GuideMixin).live().public().first()
        if beside is not None:
            return beside
        above = self.get_parent()
        return above if issubclass(above.specific_class, GuideMixin) else None

    def next_page(self) -> Any:
        """The page to read after this: the first below it, else the one beside it; None at the end."""
        below = self.get_children().type(GuideMixin).live().public().first()
        return below or self.get_next_siblings().type(GuideMixin).live().public().first()

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Adds what the guide's templates show around the sections, and the answer to ``?q=``."""
        context = super().get_context(request, *args, **kwargs)
        query = request.GET.get("q", "").strip()
        return {
            **context,
            "contents": self.contents(),
            "chapters": self.chapters(),
            "previous_page": self.previous_page(),
            "next_page": self.next_page(),
            "trail": self.get_ancestors().live().filter(depth__gte=SITE_ROOT_DEPTH),
            "query": query,
            "hits": find_sections(self.searched_pages(), query) if query else [],
        }

    def searched_pages(self) -> models.QuerySet:
        """This page and the readable pages below it: what a reader means by "this guide"."""
        return self.get_descendants(inclusive=True).type(GuideMixin).live().public().specific()


class BylineMixin(models.Model):
    """Who answers for a text, and when it was last read through."""

    byline = models.CharField(
        _("byline"), max_length=160, blank=True, help_text=_("The person or office that answers for the text.")
    )
    review_date = models.DateField(
        _("reviewed on"), null=True, blank=True, help_text=_("When somebody last checked that the text still holds.")
    )

    byline_panels = [MultiFieldPanel([FieldPanel("byline"), FieldPanel("review_date")], heading=_("Who and when"))]

    class Meta:
        abstract = True


class EntrancesMixin(models.Model):
    """Ways in by question, each to the section that answers it."""

    entrances = StreamField([("entrance", EntranceBlock())], verbose_name=_("entrances"), blank=True)

    entrances_panels = [FieldPanel("entrances")]

    class Meta:
        abstract = True
