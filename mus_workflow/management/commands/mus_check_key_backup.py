"""``manage.py mus_check_key_backup``: show that the copy of a master key works."""

from __future__ import annotations

import getpass
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mus_workflow.actions.check_key_backup import check_key_backup
from mus_workflow.management.progress import progress_bar
from mus_workflow.policies.verdict import Refused


class Command(BaseCommand):
    """Asks for the copy, opens every data key with it, and records that it did. It never keeps or shows the key."""

    help = gettext_lazy("Asks for the copy of a master key and shows that it opens every data key it should.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask, try, tell. Ends with 1 when the copy does not open all that it should."""
        try:
            check = check_key_backup(copy=_typed_in(), at=timezone.now(), progress=progress_bar(self.stderr))
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        words = ngettext(
            "This is the master key “%(name)s”, and it opens the %(count)s data key that it has wrapped.",
            "This is the master key “%(name)s”, and it opens all %(count)s data keys that it has wrapped.",
            check.opened,
        )
        self.stdout.write(self.style.SUCCESS(words % {"name": check.master_key, "count": check.opened}))
        self.stdout.write(_("That is recorded. Do it again within a year, with each copy that you keep."))


def _typed_in() -> str:
    """The copy, typed unseen or piped in: never an argument, which other users of the machine could read."""
    if sys.stdin.isatty():
        return getpass.getpass(_("The copy of the master key: "))
    return sys.stdin.readline()
