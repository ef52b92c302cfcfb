"""The auditor's section of the Wagtail admin. Plain views: agreements are no snippets, and nothing here writes one."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.sidebar import LinkMenuItem
from wagtail.admin.viewsets.base import ViewSet

from mus_workflow.policies.overview import answers_grants, is_auditor

from .audit_as_of import AuditAsOfView
from .audit_bundle import BundleFileView, BundleView
from .audit_compare import AuditCompareView
from .audit_course import AuditCourseView
from .audit_grant_request import GrantRequestView
from .audit_grants import GRANTS, GrantsView
from .audit_history import AuditHistoryView
from .audit_index import AuditIndexView
from .audit_rules import AuditRulesView
from .audit_timeline import AuditTimelineView


class AuditMenuItem(MenuItem):
    """Shown to auditors; to the data protection officer it is the way to the requests for grants."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether there is anything in the section for this person."""
        return answers_grants(request.user)

    def render_component(self, request: HttpRequest) -> LinkMenuItem:
        """The agreements, or the requests for those who see no agreements."""
        if is_auditor(request.user):
            return super().render_component(request)
        return LinkMenuItem(self.name, _("Grants"), reverse(GRANTS), icon_name="key", classname=self.classname)


class AuditViewSet(ViewSet):
    """Agreements as metadata, their history, comparisons, and grants."""

    name = "mus_audit"
    url_prefix = "mus/audit"
    url_namespace = "mus_audit"
    icon = "history"
    menu_label = _("Audit")
    menu_name = "mus-audit"
    menu_order = 30
    menu_item_class = AuditMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        """The section's addresses; the first is the menu's."""
        one = "<uuid:dialogue_id>/"
        return [
            *self._listing("", AuditIndexView, "index"),
            *self._listing("grants/", GrantsView, "grants"),
            *self._listing("rules/", AuditRulesView, "rules"),
            path("bundle/", self.construct_view(BundleView), name="bundle"),
            path("bundle/file/", self.construct_view(BundleFileView), name="bundle_file"),
            *self._listing(one, AuditHistoryView, "history"),
            *self._listing(f"{one}timeline/", AuditTimelineView, "timeline"),
            path(f"{one}as-of/", self.construct_view(AuditAsOfView), name="as_of"),
            path(f"{one}compare/", self.construct_view(AuditCompareView), name="compare"),
            path(f"{one}follow-up/", self.construct_view(AuditCourseView), name="course"),
            path(f"{one}grant/", self.construct_view(GrantRequestView), name="grant_request"),
        ]

    def _listing(self, where: str, view: Any, name: str) -> list[URLPattern]:
        """The addresses of a list, and of its rows alone."""
        rows = self.construct_view(view, results_only=True)
        return [
            path(where, self.construct_view(view), name=name),
            path(f"{where}results/", rows, name=f"{name}_results"),
        ]
