"""Run as a program after `prepare`: print, as JSON, how long saving a revision takes."""

import json
import sys

import django
from django.utils.module_loading import import_string

if __name__ == "__main__":
    django.setup()
    sys.stdout.write(json.dumps(import_string("benchmarks.revisions.measure")()))
