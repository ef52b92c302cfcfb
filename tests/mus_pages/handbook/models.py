"""A host's own page type, made from the guide's mixins beside a field of its own."""

from django.db import models
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from mus_pages.models import BylineMixin, EntrancesMixin, GuideMixin
from mus_workflow.page_blocks import ChartBlock, ContactBoxBlock


class HandbookPage(BylineMixin, EntrancesMixin, GuideMixin, Page):
    """Everything the guide can do, in the host's own template."""

    number = models.CharField(max_length=10)

    content_panels = [*Page.content_panels, FieldPanel("number"), *GuideMixin.guide_panels, *BylineMixin.byline_panels]
    search_fields = [*Page.search_fields, *GuideMixin.guide_search_fields]
    template = "handbook_page.html"


class NoticePage(Page):
    """A page of the host that borrows two blocks and nothing else."""

    body = StreamField([("contacts", ContactBoxBlock()), ("chart", ChartBlock())])
    template = "notice_page.html"
