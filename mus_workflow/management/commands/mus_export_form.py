"""``manage.py mus_export_form SLUG > form.json``: a form as one JSON document."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mus_workflow.exports.form import file_of
from mus_workflow.formbuilder.compiler import CompileError
from mus_workflow.models import FormDefinition


class Command(BaseCommand):
    """Writes the document and nothing else; what goes wrong is said on standard error, with exit code 1."""

    help = "Write a form's newest version, or its draft if it was never published, as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The form's short name."""
        parser.add_argument("slug", help="The form's short name.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the document."""
        form = FormDefinition.objects.filter(slug=options["slug"]).first()
        if form is None:
            known = ", ".join(FormDefinition.objects.order_by("slug").values_list("slug", flat=True))
            raise CommandError(f"There is no form “{options['slug']}”. There are: {known or 'none'}.")
        try:
            self.stdout.write(file_of(form), ending="")
        except CompileError as error:
            raise CommandError(f"The draft cannot be published yet, so it cannot be exported.\n{error}") from error
