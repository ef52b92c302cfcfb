"""Run as a program on a database of its own: build the stage, or run one race and print what was seen as JSON."""

from __future__ import annotations

import json
import os
import sys
import warnings
from importlib import import_module

import django
from django.conf import settings

from musportal.mail import mail_settings


def set_up() -> None:
    """Set Django up; with STOCK in the environment, on the database settings that Django starts a project with."""
    for name, value in mail_settings("dummy").items():
        setattr(settings, name, value)
    if os.environ.get("STOCK"):
        settings.DATABASES["default"]["OPTIONS"] = {}
    warnings.simplefilter("ignore", DeprecationWarning)  # fork beside threads that have ended
    django.setup()


if __name__ == "__main__":
    set_up()
    # Only now: what it imports are models.
    races = import_module("tests.races.races")
    sys.stdout.write(json.dumps(getattr(races, sys.argv[1])()))
