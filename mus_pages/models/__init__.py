"""Page types for the guide, and the mixins they are made of.

The mixins are abstract: a host puts them on its own pages. The page types exist unless the host has swapped Wagtail's
page model, in which case it builds its own from the mixins.
"""

from django.conf import settings

from .mixins import BylineMixin, EntrancesMixin, GuideMixin

__all__ = ["BylineMixin", "EntrancesMixin", "GuideMixin"]

STANDARD_PAGE = "wagtailcore.Page"

if getattr(settings, "WAGTAIL_PAGE_MODEL", STANDARD_PAGE) == STANDARD_PAGE:
    from .pages import ArticlePage, GuidePage, HomePage, ThemePage

    __all__ += ["ArticlePage", "GuidePage", "HomePage", "ThemePage"]
