"""``manage.py mus_setup``: groups, forms, a concept and the wall, so that the first dialogue can be planned."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS
from django.utils import timezone
from wagtail.models import Page

from mus_workflow.actions.load_starter_forms import load_starter_concept, load_starter_forms
from mus_workflow.actions.set_guide_root import set_guide_root
from mus_workflow.actions.set_up_groups import let_editors_edit, set_up_groups
from mus_workflow.models import Concept
from mus_workflow.models.triggers import raise_wall


class Command(BaseCommand):
    """Make what is missing. Safe to run as often as you like: what editors have made is never touched."""

    help = "Make the groups, and the starter forms and concept where there are none yet. Safe to run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """``--no-forms`` and ``--guide-root``."""
        parser.add_argument("--no-forms", action="store_true", help="Make the groups only.")
        parser.add_argument(
            "--guide-root",
            type=int,
            metavar="PAGE_ID",
            help="The guide's first page: dialogues link to it, and the editors' group may edit it and all below.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Set up, and say what was done."""
        page = self._page(options["guide_root"])
        raise_wall(DEFAULT_DB_ALIAS)
        for name, given in set_up_groups().items():
            self.stdout.write(f"Group {name}: " + (f"{given} permissions given." if given else "complete already."))
        if not options["no_forms"]:
            self._load_forms()
        if page:
            self._set_guide(page)

    def _page(self, page_id: int | None) -> Page | None:
        if page_id is None:
            return None
        page = Page.objects.filter(pk=page_id).first()
        if page is None:
            raise CommandError(f"There is no page {page_id}.")
        return page

    def _load_forms(self) -> None:
        now = timezone.now()
        for form in load_starter_forms(by=None, at=now):
            self.stdout.write(f"Form “{form.title}”: made and published.")
        if load_starter_concept(by=None, at=now):
            self.stdout.write("Concept: made from the forms and published.")
        elif not Concept.objects.exists():
            self.stdout.write(
                "Concept: none made, because a form has not been published. Publish it and run this again."
            )
        else:
            self.stdout.write("Forms and concept: there already; left as your editors have them.")

    def _set_guide(self, page: Page) -> None:
        given = let_editors_edit(page=page)
        self.stdout.write(f"Guide “{page.title}”: " + ("its editors may edit it." if given else "set up already."))
        if set_guide_root(page=page, by=None, at=timezone.now()) is None:
            self.stdout.write("No concept links to the guide yet: publish one that is used for new dialogues.")
