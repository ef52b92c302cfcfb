"""Run as a program: fill the database of DATABASE_URL with a history of so many ledger entries."""

import sys

import django
from django.core.management import call_command

if __name__ == "__main__":
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    # The data needs models, and models need what the lines above have set up.
    django.utils.module_loading.import_string("benchmarks.evidence.fill")(int(sys.argv[1]))
