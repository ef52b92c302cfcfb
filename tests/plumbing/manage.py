"""`manage.py` on the tests' day."""

import sys

import time_machine
from django.core.management import execute_from_command_line

from tests.plumbing.clock import NOW

if __name__ == "__main__":
    with time_machine.travel(NOW, tick=True):
        execute_from_command_line(sys.argv)
