"""``manage.py mus_checkpoint``: sign what the history is now, and bring it outside."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from mus_workflow.actions.deliver_checkpoints import deliver_checkpoints
from mus_workflow.actions.make_checkpoint import AnotherRun, make_checkpoint
from mus_workflow.conf import app_settings, checkpoint_name
from mus_workflow.evidence import verifier_key
from mus_workflow.models import Checkpoint
from mus_workflow.sealing import SigningKey, SigningKeyError, new_signing_key
from mus_workflow.sinks import SinkError, configured_sinks

# What the sealing package says; it knows no translations.
gettext_noop("there is no key for checkpoints")
gettext_noop("the key for checkpoints is not base64")


class Command(BaseCommand):
    """Exits with 0 when the checkpoint is made and every sink has all of them, else with 1."""

    help = gettext_lazy("Makes a signed checkpoint of the history and brings it to every place outside.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        """A new key, or the public key for the auditor, instead of a checkpoint."""
        parser.add_argument(
            "--new-key", action="store_true", help="Print a new key and its public key; change nothing."
        )
        parser.add_argument("--public-key", action="store_true", help="Print the public key; change nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make, deliver, tell, and exit."""
        if options["new_key"]:
            self._print_new_key()
        elif options["public_key"]:
            self.stdout.write(verifier_key(checkpoint_name(), _key().public_key))
        else:
            self._make(_key())
            self._deliver()

    def _print_new_key(self) -> None:
        text = new_signing_key()
        self.stdout.write(_("MUS['CHECKPOINT_KEY'], a secret for the environment: %(key)s") % {"key": text})
        public = verifier_key(checkpoint_name(), SigningKey(text).public_key)
        self.stdout.write(_("Its public key, for the auditor: %(key)s") % {"key": public})

    def _make(self, key: SigningKey) -> None:
        try:
            made = make_checkpoint(key=key, name=checkpoint_name(), at=timezone.now())
        except AnotherRun:
            raise CommandError(_("Another process is making a checkpoint at this moment.")) from None
        self.stdout.write(self.style.SUCCESS(_told(made)))

    def _deliver(self) -> None:
        try:
            sinks = configured_sinks()
        except SinkError as error:
            raise CommandError(f"MUS['CHECKPOINT_SINKS']: {error}.") from None
        if not sinks:
            self.stderr.write(
                _("It is kept in this database only: MUS['CHECKPOINT_SINKS'] names no place outside to keep it.")
            )
        problems = 0
        for delivery in deliver_checkpoints(sinks=sinks, at=timezone.now()):
            names = {"number": delivery.checkpoint_id, "sink": delivery.sink, "problem": delivery.problem}
            if delivery.problem:
                problems += 1
                text = _("Checkpoint %(number)s did not arrive at %(sink)s: %(problem)s.")
                self.stderr.write(self.style.ERROR(text % names))
            else:
                self.stdout.write(_("Checkpoint %(number)s: %(sink)s") % names)
        if problems:
            sys.exit(1)


def _key() -> SigningKey:
    try:
        return SigningKey(app_settings.CHECKPOINT_KEY)
    except SigningKeyError as error:
        text = _("MUS['CHECKPOINT_KEY']: %(problem)s. “manage.py mus_checkpoint --new-key” makes one.")
        raise CommandError(text % {"problem": _(str(error))}) from None


def _told(made: Checkpoint) -> str:
    text = _("Checkpoint %(number)s: %(chains)s chains, %(entries)s entries, %(readings)s readings.")
    return text % {"number": made.number, "chains": made.chains, "entries": made.entries, "readings": made.readings}
