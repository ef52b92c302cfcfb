"""``manage.py mus_record_of_processing``: what the data protection officer keeps, as Markdown."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext_lazy

from mus_workflow.exports.record_of_processing import record_of_processing
from mus_workflow.models import ConceptVersion, rules_of


class Command(BaseCommand):
    """Writes the record of processing activities to standard output."""

    help = gettext_lazy("Writes the record of processing activities (GDPR art. 30) as Markdown.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        """``--language``."""
        parser.add_argument("--language", choices=["da", "en"], default="da", help="The language of the record.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it under the rules of the concept that new dialogues begin under."""
        newest = ConceptVersion.objects.filter(concept__is_default=True).order_by("-number").first()
        rules = rules_of(newest.pk) if newest else None
        text = record_of_processing(language=options["language"], today=timezone.localdate(), rules=rules)
        self.stdout.write(text, ending="")
