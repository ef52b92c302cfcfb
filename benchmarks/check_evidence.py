"""Run as a program after `fill_evidence`: print, as JSON, what verifying costs."""

import json
import sys

import django
from django.utils.module_loading import import_string

if __name__ == "__main__":
    django.setup()
    sys.stdout.write(json.dumps(import_string("benchmarks.verify.measure")()))
