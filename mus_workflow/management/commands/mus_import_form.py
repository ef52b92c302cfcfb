"""``manage.py mus_import_form form.json [--publish]``: a form from one JSON document."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from mus_workflow.actions.import_form import import_form
from mus_workflow.actions.publish_form import newest_version
from mus_workflow.formbuilder.exchange import read
from mus_workflow.formbuilder.schema import SchemaError
from mus_workflow.formbuilder.strict_json import MAX_BYTES
from mus_workflow.policies.verdict import Refused


class Command(BaseCommand):
    """Imports all of the file or nothing; what is wrong with it is said on standard error, with exit code 1."""

    help = "Make the form in a JSON file, or give it a new draft. What is live is left alone without --publish."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, and ``--publish``."""
        parser.add_argument("file", help="The file that mus_export_form wrote; - for standard input.")
        parser.add_argument("--publish", action="store_true", help="Publish it, and freeze a version, at once.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, and say what came of it."""
        try:
            content = read(_bytes(options["file"]))
            form = import_form(content=content, by=None, at=timezone.now(), publish=options["publish"])
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}.") from error
        except SchemaError as error:
            raise CommandError(f"Nothing was imported. {error}") from error
        except Refused as refusal:
            raise CommandError(f"Nothing was imported. {refusal}") from refusal
        version = newest_version(form) if options["publish"] else None
        done = f"published as version {version.number}" if version else "a draft. Publish it in the CMS"
        self.stdout.write(f"Form “{form.title}” ({form.slug}): {done}.")


def _bytes(name: str) -> bytes:
    """The file, or as much of it as tells that it is too large."""
    if name == "-":
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    with Path(name).open("rb") as file:
        return file.read(MAX_BYTES + 1)
