"""``manage.py mus_app_role NAME``: what a database role of the site may do on PostgreSQL."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS, connections

from mus_workflow.models.app_role import app_role_statements


class Command(BaseCommand):
    """Writes SQL and runs none of it: rights are the business of whoever owns the database."""

    help = "Write the SQL that lets a PostgreSQL role serve the site without being able to change or remove evidence."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The role's name."""
        parser.add_argument("role", help="A role that exists and does not own the tables.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the statements. Raises CommandError on another database than PostgreSQL."""
        if connections[DEFAULT_DB_ALIAS].vendor != "postgresql":
            raise CommandError("Only PostgreSQL has roles; on SQLite whoever can write the file can change everything.")
        for statement in app_role_statements(options["role"], DEFAULT_DB_ALIAS):
            self.stdout.write(statement)
