"""``manage.py mus_load_guide``: the starter guide as pages."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from wagtail.coreutils import get_content_languages
from wagtail.models import Site

from mus_pages.management import guide_texts
from mus_pages.management.guide_loader import CannotLoad, load_guide


class Command(BaseCommand):
    """Make the pages that are missing; leave every page that is there as its editors have it."""

    help = "Load the starter guide as pages in each language. Pages that exist already are left as they are."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """``--site`` by host name, ``--languages`` by code."""
        parser.add_argument("--site", help="Host name of the site. Default: the default site.")
        parser.add_argument(
            "--languages",
            nargs="+",
            choices=guide_texts.languages(),
            help="Languages, the site's own first. Default: all that the site has and the guide is written in.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and say what was done."""
        site = self._site(options["site"])
        try:
            loaded = load_guide(site, self._languages(options["languages"]))
        except CannotLoad as reason:
            raise CommandError(str(reason)) from reason
        for language in loaded.skipped:
            self.stdout.write(f"Left out {language}: the site has no front page in that language.")
        self.stdout.write(f"Guide: {len(loaded.created)} pages made, {loaded.found} found and left as they were.")

    def _site(self, hostname: str | None) -> Site:
        wanted = {"hostname": hostname} if hostname else {"is_default_site": True}
        site = Site.objects.select_related("root_page").filter(**wanted).first()
        if site is None:
            raise CommandError(f"There is no site {hostname}." if hostname else "There is no default site.")
        return site

    def _languages(self, wanted: list[str] | None) -> list[str]:
        on_site = list(get_content_languages())
        unknown = sorted(set(wanted or []) - set(on_site))
        if unknown:
            raise CommandError(f"Not among WAGTAIL_CONTENT_LANGUAGES: {', '.join(unknown)}.")
        written = guide_texts.languages()
        return wanted or [language for language in on_site if language in written]
