"""The organisation's concept in the Wagtail admin."""

from __future__ import annotations

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel, ObjectList, PublishingPanel
from wagtail.admin.ui.tables import BooleanColumn, UpdatedAtColumn
from wagtail.snippets.views.snippets import SnippetViewSet

from mus_workflow.models import Concept

from .versioned import VersionedCreateView, VersionedEditView

WHAT_IS_ERASED = {
    "erasure": _("The rules are run every night by whoever operates the site."),
    "keep_preparation_days": _(
        "What each side writes for itself. Where a talk is not held, the days count from when that is said. A form can "
        "say that it is kept until the signing only, or as long as the agreement."
    ),
    "keep_shared_months": _("The copy that the other side was shown. What was taken back goes with the preparation."),
    "keep_agreement_years": _(
        "The agreement with its revisions, the items, the follow-ups and what the steps of the dialogue say. Who took "
        "part, who signed and when, and the proof of it stay."
    ),
}


class ConceptViewSet(SnippetViewSet):
    """Concepts: which forms serve which purpose, deadlines, pay, contacts, guide. Publishing freezes a version."""

    model = Concept
    icon = "clipboard-list"
    menu_label = _("Concept")
    menu_name = "mus-concept"
    menu_order = 20
    add_to_admin_menu = False
    add_view_class = VersionedCreateView
    edit_view_class = VersionedEditView
    list_display = [
        "title",
        "sector",
        BooleanColumn("is_default", label=capfirst(_("used for new dialogues"))),
        UpdatedAtColumn(),
    ]
    edit_handler = ObjectList(
        [
            HelpPanel(
                content=_(
                    "Publishing freezes a version. Dialogues that are under way keep the version they began with."
                )
            ),
            FieldPanel("title"),
            MultiFieldPanel([FieldPanel("is_default"), FieldPanel("sector")], heading=_("Use")),
            MultiFieldPanel(
                # Plain lists: they hold only the published forms for each purpose.
                [
                    FieldPanel(name, widget=forms.Select)
                    for name in ("employee_form", "manager_form", "agreement_form", "follow_up_form")
                ],
                heading=_("Forms"),
            ),
            MultiFieldPanel(
                [
                    FieldPanel(name)
                    for name in ("interval_months", "notice_days", "preparation_days", "meeting_minutes")
                ],
                heading=_("Time"),
            ),
            MultiFieldPanel(
                [
                    HelpPanel(template="mus_workflow/admin/retention_help.html"),
                    *(FieldPanel(name, help_text=text) for name, text in WHAT_IS_ERASED.items()),
                ],
                heading=_("Retention"),
            ),
            FieldPanel("pay_text"),
            FieldPanel("contact_text"),
            FieldPanel("guide_root"),
            PublishingPanel(),
        ]
    )
