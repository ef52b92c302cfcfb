"""Wagtail's listing with pages that begin after a row: stable while rows are added, and as fast on the last page."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin.views.generic.base import BaseListingView

from mus_workflow.history.keyset import NoSuchPosition, Order, Page, count_up_to

COUNTED = 1000


class Found:
    """How many rows a list has, counted up to a thousand. It stands where Wagtail's listing looks for a paginator."""

    def __init__(self, count: int) -> None:
        self.count = count

    @property
    def label(self) -> str:
        """The number in words: beyond a thousand nobody counts on."""
        if self.count > COUNTED:
            return _("More than %(count)s rows") % {"count": COUNTED}
        return ngettext("%(count)s row", "%(count)s rows", self.count) % {"count": self.count}

    def get_elided_page_range(self, page_number: Any) -> list[int]:
        """There are no page numbers."""
        return []


class KeysetListing(BaseListingView):
    """A listing whose address says after which row its page begins, in the parameter that Wagtail keeps a page's in.

    So whatever drops the page number, such as a new filter or another order, leads to the first page here too.
    ``orders`` are by the sort key of a column; ``default_ordering`` is one of them, perhaps with a minus.
    """

    request: HttpRequest
    template_name = "mus_workflow/admin/audit_listing.html"
    results_template_name = "mus_workflow/admin/keyset_results.html"
    orders: dict[str, tuple[str, ...]] = {}

    def order_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Left to the page."""
        return queryset

    def page_at(self, queryset: QuerySet[Any], position: str, page_size: int) -> Page:
        """The rows at a position. Raises NoSuchPosition."""
        name = str(self.ordering)
        return Order(self.orders[name.lstrip("-")], name.startswith("-")).page(queryset, position, page_size)

    def count_of(self, queryset: QuerySet[Any]) -> int:
        """How many rows there are, counted up to a thousand."""
        return count_up_to(queryset, COUNTED)

    def paginate_queryset(self, queryset: QuerySet[Any], page_size: int) -> Any:
        """One page of rows, as the address says."""
        try:
            page = self.page_at(queryset, self.request.GET.get(self.page_kwarg, ""), page_size)
        except NoSuchPosition:
            raise Http404 from None
        return Found(self.count_of(queryset)), page, page.rows, bool(page.previous or page.next)

    def get_table_kwargs(self) -> dict[str, Any]:
        """Adds what the table is called, for those who hear it."""
        return {**super().get_table_kwargs(), "caption": self.page_title}

    @cached_property
    def is_first_page(self) -> bool:
        """Whether the address names no position."""
        return not self.request.GET.get(self.page_kwarg)
