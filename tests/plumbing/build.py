"""Run as a program: fill the database of DATABASE_URL with the demo organisation on the tests' day."""

import django
import time_machine

from tests.plumbing.clock import NOW
from tools.run_portal import prepare

if __name__ == "__main__":
    with time_machine.travel(NOW, tick=True):
        django.setup()
        prepare()
