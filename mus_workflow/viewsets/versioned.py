"""What the admin says of things that are frozen when they are published."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.snippets.views.snippets import CreateView, EditView

from mus_workflow.models import Concept, FormDefinition

from .impact import IMPACT, changes_what_people_meet

Versioned = FormDefinition | Concept


class TellsVersion:
    """Says after publishing which version was frozen, and that dialogues under way keep theirs."""

    request: HttpRequest
    object: Any

    def publish_action(self) -> HttpResponse | None:
        """Publish, and tell."""
        before = newest_number(self.object)
        response = super().publish_action()  # type: ignore[misc]
        scheduled = self.object.go_live_at and self.object.go_live_at > timezone.now()
        if response is None and not scheduled:
            messages.info(self.request, frozen_message(before, newest_number(self.object)))
        return response


class VersionedCreateView(TellsVersion, CreateView):
    """Wagtail's view, which tells the version."""


class VersionedEditView(TellsVersion, EditView):
    """Wagtail's view, which tells the version."""


class ReportingEditView(VersionedEditView):
    """The same for forms: what would change for dialogues under way is reported and decided on first."""

    def publish_action(self) -> HttpResponse | None:
        """The draft is saved; go on to the report where there is something to report. A schedule needs no choices."""
        scheduled = self.object.go_live_at and self.object.go_live_at > timezone.now()
        if not scheduled and changes_what_people_meet(self.object):
            return redirect(reverse(IMPACT, args=[self.object.pk]))
        return super().publish_action()


def newest_number(versioned: Versioned) -> int:
    """The number of the newest frozen version; 0 where there is none."""
    versions = versioned.versions
    published = versions.published() if isinstance(versioned, FormDefinition) else versions
    return published.order_by("-number").values_list("number", flat=True).first() or 0


def frozen_message(before: int, after: int) -> str:
    """What publishing did, for the one who pressed the button."""
    if after > before:
        return _(
            "Version %(number)s was frozen. New dialogues use it; dialogues that are under way keep the version they "
            "began with."
        ) % {"number": after}
    if not after:
        return _("It is published, but it could not be frozen, so no dialogue can use it yet.")
    return _("Nothing has changed since version %(number)s, so no new version was made.") % {"number": after}


def refuse_deletion(request: HttpRequest, instances: list[Any]) -> HttpResponse | None:
    """Wagtail asks before it deletes snippets: one of ours that has been published is kept."""
    kept = [one for one in instances if isinstance(one, Versioned) and one.versions.exists()]
    if not kept:
        return None
    messages.error(
        request,
        _("“%(title)s” has been published and dialogues point to it, so it cannot be deleted. Unpublish it instead.")
        % {"title": kept[0]},
    )
    return redirect(reverse(type(kept[0]).snippet_viewset.get_url_name("list")))
