"""Run as a program on a database of its own: one step of the drill; prints what it saw as JSON."""

from __future__ import annotations

import json
import sys
from importlib import import_module

import django
from django.conf import settings

from musportal.mail import mail_settings

if __name__ == "__main__":
    for name, value in mail_settings("dummy").items():
        setattr(settings, name, value)
    django.setup()
    # Only now: what it imports are models.
    steps = import_module("tests.drill.steps")
    sys.stdout.write(json.dumps(getattr(steps, sys.argv[1])(*sys.argv[2:])))
