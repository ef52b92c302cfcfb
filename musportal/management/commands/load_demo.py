"""``manage.py load_demo``: an organisation with two years of dialogues, through the apps' own actions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone, translation
from django_tasks import DEFAULT_TASK_BACKEND_ALIAS, task_backends
from django_tasks.backends.dummy import DummyBackend
from wagtail.models import Site

from mus_pages.models import ThemePage
from mus_workflow.actions.load_starter_forms import load_starter_concept, load_starter_forms
from mus_workflow.actions.set_guide_root import set_guide_root
from mus_workflow.actions.set_up_groups import let_editors_edit, set_up_groups
from mus_workflow.models import Dialogue, Unit
from musportal.demo.diary import play
from musportal.demo.organisation import LOGINS, NAME, WORD, build
from musportal.demo.stories import Stories
from musportal.demo.texts import everybody


class Command(BaseCommand):
    """Load the demo once. A second run changes nothing; a database with other people in it is left alone."""

    help = "Load the demo organisation: people, two years of dialogues, the guide. For an empty database only."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load everything or nothing, and print the logins."""
        if Unit.objects.filter(depth=1, name=NAME).exists():
            self.stdout.write(f"{NAME} is loaded already. Nothing was changed.")
            return
        if Dialogue.objects.exists() or get_user_model().objects.filter(username__in=LOGINS).exists():
            raise CommandError("This database holds other people. The demo is for an empty one.")
        with nothing_sent(), translation.override("da"), transaction.atomic():
            self._load()
        self._print_logins()

    def _load(self) -> None:
        now = timezone.localtime()
        people = everybody()
        set_up_groups()
        self.stdout.write(f"{NAME}: {len(people)} people …")
        organisation = build(people, now)
        self._load_content(organisation.began, by=organisation.users["editor"])
        self.stdout.write("Two years of dialogues …")
        told = play(Stories(organisation, people).all())
        self.stdout.write(f"{Dialogue.objects.count()} dialogues, {told} events.")

    def _load_content(self, at: Any, *, by: Any) -> None:
        load_starter_forms(by=by, at=at)
        load_starter_concept(by=by, at=at)
        call_command("mus_load_guide", stdout=self.stdout)
        front = Site.objects.get(is_default_site=True).root_page
        for page in front.get_translations(inclusive=True):
            let_editors_edit(page=page)
        guide = ThemePage.objects.descendant_of(front).order_by("path").first()
        if guide:
            set_guide_root(page=guide.page_ptr, by=by, at=at)

    def _print_logins(self) -> None:
        self.stdout.write(f"Logins, each with the password {WORD}:")
        for login in LOGINS:
            user = get_user_model().objects.get(username=login)
            self.stdout.write(f"  {login:<15} {user.get_full_name()}")


@contextmanager
def nothing_sent() -> Iterator[None]:
    """No mail leaves, now or later: the mails are jobs, and the jobs are dropped."""
    sending = task_backends[DEFAULT_TASK_BACKEND_ALIAS]
    task_backends[DEFAULT_TASK_BACKEND_ALIAS] = DummyBackend(DEFAULT_TASK_BACKEND_ALIAS, {})
    try:
        yield
    finally:
        task_backends[DEFAULT_TASK_BACKEND_ALIAS] = sending
