"""Prove that the history of agreements is as it was written."""

from __future__ import annotations

import json
import os
import re
import sys
import uuid
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mus_workflow.actions.record_verification import KEPT, record_verification
from mus_workflow.conf import app_settings
from mus_workflow.documents.retention import rule_in_words
from mus_workflow.evidence import Finding, NoteError, parse_verifier_key
from mus_workflow.history.anchors import AnchorError, check_anchors
from mus_workflow.history.chains import Tally
from mus_workflow.history.verification import check_wall, verify_dialogue, verify_everything
from mus_workflow.management.progress import progress_bar
from mus_workflow.models import DataKey, Dialogue

PROCESSES = 2
AGO = re.compile(r"(\d+)([hd])")


class Command(BaseCommand):
    """Exits with 0 when nothing is wrong, and with 1 after naming each entry that is."""

    help = gettext_lazy(
        "Checks the ledger, its payloads, the history, the live agreements and the checkpoints against each other."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """A part instead of everything, what was kept outside, and output for programs."""
        parser.add_argument("--dialogue", metavar="REF|UUID", help="Check one dialogue only; keep no result.")
        parser.add_argument(
            "--since", metavar="WHEN", help="Check the dialogues with entries since then: 2026-11-01, 24h or 7d."
        )
        parser.add_argument("--anchors", metavar="FOLDER", help="Compare with checkpoint files kept outside.")
        parser.add_argument("--all-roots", action="store_true", help="Compute the root of every checkpoint anew.")
        parser.add_argument("--json", action="store_true", help="Write one JSON document.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, tell, keep the result, and exit."""
        _refuse_without_keys()
        at, tally = timezone.now(), Tally()
        since = _moment(options["since"], at) if options["since"] else None
        kept: list[dict[str, Any]] = []
        rows = _noted(self._findings(options, tally, at=at, since=since), tally, kept)
        (self._write_json if options["json"] else self._write_text)(rows, tally)
        if not options["dialogue"]:
            record_verification(
                started_at=at,
                ended_at=timezone.now(),
                since=since,
                dialogues=tally.dialogues,
                entries=tally.entries,
                found=tally.findings,
                findings=kept,
                erased=tally.erased,
            )
        if tally.findings:
            sys.exit(1)

    def _findings(
        self, options: dict[str, Any], tally: Tally, *, at: datetime, since: datetime | None
    ) -> Iterator[Finding]:
        anchored = _anchored(options["anchors"], tally, at) if options["anchors"] else iter(())
        if options["dialogue"]:
            return chain(check_wall(), verify_dialogue(_dialogue(options["dialogue"]).pk, tally), anchored)
        found = verify_everything(
            tally,
            progress_bar(self.stderr),
            at=at,
            since=since,
            all_roots=options["all_roots"],
            processes=min(PROCESSES, os.cpu_count() or 1),
        )
        return chain(found, anchored)

    def _write_text(self, rows: Iterator[dict[str, Any]], tally: Tally) -> None:
        for row in rows:
            self.stdout.write(self.style.ERROR(_sentence(row)))
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
        if tally.readings_erased:
            text = ngettext(
                "%(count)s reading was erased by rule; that it is gone is no finding.",
                "%(count)s readings were erased by rule; that they are gone is no finding.",
                tally.readings_erased,
            )
            self.stdout.write(text % {"count": tally.readings_erased})
        for what in tally.unchecked:
            self.stdout.write(_("Not checked: %(what)s") % {"what": what})
        names = {"entries": tally.entries, "dialogues": tally.dialogues, "findings": tally.findings}
        if tally.findings:
            text = _(
                "%(findings)s things are not as they were written (%(entries)s entries of %(dialogues)s dialogues)."
            )
            self.stdout.write(self.style.ERROR(text % names))
        else:
            text = _("Everything is as it was written: %(entries)s entries of %(dialogues)s dialogues.")
            self.stdout.write(self.style.SUCCESS(text % names))

    def _write_json(self, rows: Iterator[dict[str, Any]], tally: Tally) -> None:
        self.stdout.write('{"findings": [', ending="")
        for number, row in enumerate(rows):
            self.stdout.write(("," if number else "") + json.dumps(row, ensure_ascii=False), ending="")
        rest = {
            "ok": not tally.findings,
            "entries": tally.entries,
            "dialogues": tally.dialogues,
            "erased": dict(tally.erased),
            "readings_erased": tally.readings_erased,
            "unchecked": tally.unchecked,
        }
        self.stdout.write("], " + json.dumps(rest, ensure_ascii=False)[1:])


def _refuse_without_keys() -> None:
    """Without its master key no payload opens, and every entry would be named though nobody touched it."""
    for problem in DataKey.objects.locked_away().values():
        raise CommandError(_("Nothing can be checked: %(problem)s.") % {"problem": problem})
    for text in app_settings.CHECKPOINT_OLD_KEYS:
        try:
            parse_verifier_key(text)
        except NoteError as error:
            raise CommandError(f"MUS['CHECKPOINT_OLD_KEYS']: {error}.") from None


def _noted(findings: Iterator[Finding], tally: Tally, kept: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Each finding as it is told and kept, counted on its way."""
    for finding in findings:
        tally.findings += 1
        row = {
            "chain": finding.chain,
            "reference": _reference(finding),
            "entry": finding.n,
            "problem": finding.problem,
        }
        if len(kept) < KEPT:
            kept.append(row)
        yield row


def _sentence(row: dict[str, Any]) -> str:
    names = {"chain": row["reference"] or row["chain"], "number": row["entry"], "problem": row["problem"]}
    if row["entry"] is None:
        return _("%(chain)s: %(problem)s.") % names
    return _("%(chain)s, entry %(number)s: %(problem)s.") % names


def _anchored(folder: str, tally: Tally, at: datetime) -> Iterator[Finding]:
    try:
        return check_anchors(Path(folder), tally, at=at)
    except AnchorError as error:
        raise CommandError(str(error)) from None


def _moment(text: str, now: datetime) -> datetime:
    """A day, a moment, or so many hours or days before now."""
    ago = AGO.fullmatch(text)
    if ago:
        return now - timedelta(**{{"h": "hours", "d": "days"}[ago.group(2)]: int(ago.group(1))})
    try:
        day = parse_date(text)
        found = datetime.combine(day, time.min) if day else parse_datetime(text)
    except ValueError:
        found = None
    if found is None:
        raise CommandError(_("“%(text)s” is no day, no moment, and no 24h or 7d.") % {"text": text})
    return found if timezone.is_aware(found) else timezone.make_aware(found)


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
