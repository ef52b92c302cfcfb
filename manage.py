#!/usr/bin/env python3
"""Run one of the project's commands."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "musportal.settings.dev")
    execute_from_command_line(sys.argv)
