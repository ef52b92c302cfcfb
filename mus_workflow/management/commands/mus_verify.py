"""Prove that the history of agreements is as it was written."""

from __future__ import annotations

import json
import sys
import uuid
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mus_workflow.documents.retention import rule_in_words
from mus_workflow.evidence import Finding
from mus_workflow.history.chains import Tally
from mus_workflow.history.verification import check_wall, verify_dialogue, verify_everything
from mus_workflow.models import DataKey, Dialogue


class Command(BaseCommand):
    """Exits with 0 when nothing is wrong, and with 1 after naming each entry that is."""

    help = gettext_lazy("Checks the ledger, its payloads, the history and the live agreements against each other.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One dialogue instead of all, and output for programs."""
        parser.add_argument("--dialogue", metavar="REF|UUID", help="Check one dialogue only.")
        parser.add_argument("--json", action="store_true", help="Write one JSON document.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, tell, and exit."""
        _refuse_without_key()
        tally = Tally()
        findings = _counted(self._findings(options["dialogue"], tally), tally)
        (self._write_json if options["json"] else self._write_text)(findings, tally)
        if tally.findings:
            sys.exit(1)

    def _findings(self, wanted: str | None, tally: Tally) -> Iterator[Finding]:
        if not wanted:
            return verify_everything(tally, self._progress if self.stderr.isatty() else None)
        dialogue = _dialogue(wanted)
        return iter([*check_wall(), *verify_dialogue(dialogue.pk, tally)])

    def _progress(self, done: int, of: int) -> None:
        end = "\n" if done >= of else ""
        self.stderr.write(f"\r{done}/{of}", ending=end)
        self.stderr.flush()

    def _write_text(self, findings: Iterator[Finding], tally: Tally) -> None:
        for finding in findings:
            self.stdout.write(self.style.ERROR(_sentence(finding)))
        for rule, count in sorted(tally.erased.items()):
            names = {"count": count, "rule": rule_in_words(rule)}
            self.stdout.write(
                ngettext(
                    "%(count)s entry was erased by the rule “%(rule)s”; only its place can be checked.",
                    "%(count)s entries were erased by the rule “%(rule)s”; only their place can be checked.",
                    count,
                )
                % names
            )
        names = {"entries": tally.entries, "dialogues": tally.dialogues, "findings": tally.findings}
        if tally.findings:
            text = _(
                "%(findings)s things are not as they were written (%(entries)s entries of %(dialogues)s dialogues)."
            )
            self.stdout.write(self.style.ERROR(text % names))
        else:
            text = _("Everything is as it was written: %(entries)s entries of %(dialogues)s dialogues.")
            self.stdout.write(self.style.SUCCESS(text % names))

    def _write_json(self, findings: Iterator[Finding], tally: Tally) -> None:
        self.stdout.write('{"findings": [', ending="")
        for number, finding in enumerate(findings):
            row = {
                "chain": finding.chain,
                "reference": _reference(finding),
                "entry": finding.n,
                "problem": finding.problem,
            }
            self.stdout.write(("," if number else "") + json.dumps(row, ensure_ascii=False), ending="")
        rest = {
            "ok": not tally.findings,
            "entries": tally.entries,
            "dialogues": tally.dialogues,
            "erased": dict(tally.erased),
        }
        self.stdout.write("], " + json.dumps(rest, ensure_ascii=False)[1:])


def _refuse_without_key() -> None:
    """Without its master key no payload opens, and every entry would be named though nobody touched it."""
    for problem in DataKey.objects.locked_away().values():
        raise CommandError(_("Nothing can be checked: %(problem)s.") % {"problem": problem})


def _counted(findings: Iterator[Finding], tally: Tally) -> Iterator[Finding]:
    for finding in findings:
        tally.findings += 1
        yield finding


def _sentence(finding: Finding) -> str:
    names = {"chain": _reference(finding) or finding.chain, "number": finding.n, "problem": finding.problem}
    if finding.n is None:
        return _("%(chain)s: %(problem)s.") % names
    return _("%(chain)s, entry %(number)s: %(problem)s.") % names


def _reference(finding: Finding) -> str:
    key = _uuid(finding.chain)
    found = Dialogue.objects.filter(pk=key).values_list("reference", flat=True).first() if key else None
    return found or ""


def _dialogue(wanted: str) -> Dialogue:
    key = _uuid(wanted)
    found = Dialogue.objects.filter(pk=key) if key else Dialogue.objects.filter(reference=wanted.strip().upper())
    dialogue = found.first()
    if dialogue is None:
        raise CommandError(_("There is no dialogue “%(wanted)s”.") % {"wanted": wanted})
    return dialogue


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
