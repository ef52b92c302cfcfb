"""Run as a program: fill the database of DATABASE_URL with what is measured; print, as JSON, how to ask for it."""

import json
import sys

import django
from django.core.management import call_command

if __name__ == "__main__":
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    # The data needs models, and models need what the lines above have set up.
    fill = django.utils.module_loading.import_string("benchmarks.data.fill")
    sys.stdout.write(json.dumps(fill()))
