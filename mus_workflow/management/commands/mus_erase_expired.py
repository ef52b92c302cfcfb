"""``manage.py mus_erase_expired [--dry-run] [--json] [--replay JOURNAL]``: erase what has been kept long enough."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mus_workflow.actions.erase_expired import Erasing, erase_expired
from mus_workflow.actions.erasure_journal import JournalError, Line, Unreadable, configured_journal, read_journal
from mus_workflow.actions.replay_erasures import Replaying, replay_erasures
from mus_workflow.documents.retention import class_in_words, rule_in_words
from mus_workflow.models import Dialogue, Role
from mus_workflow.policies.retention import Due, Leftovers, all_due, leftovers
from mus_workflow.sealing import MasterKeyError


class Command(BaseCommand):
    """Names each text that is erased, never what it says. Exits with 1 where something could not be erased."""

    help = gettext_lazy("Erases texts that have been kept as long as the concept says. A hold keeps them nevertheless.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to do, and how to tell it."""
        parser.add_argument("--dry-run", action="store_true", help="Tell what would be erased, and erase nothing.")
        parser.add_argument("--json", action="store_true", help="Write one JSON document.")
        parser.add_argument(
            "--replay", metavar="JOURNAL", help="After a restore: erase again what this journal says was erased."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Erase, tell, and exit."""
        self._json: dict[str, Any] | None = {"keys": [], "held": []} if options["json"] else None
        if options["replay"] and options["dry_run"]:
            raise CommandError(_("A replay has no dry run: it repeats what was done."))
        try:
            whole = self._replay(options["replay"]) if options["replay"] else self._run(dry=options["dry_run"])
        except (JournalError, MasterKeyError, ImproperlyConfigured) as error:
            raise CommandError(_("Nothing more was erased. %(reason)s") % {"reason": error}) from error
        if self._json is not None:
            self.stdout.write(json.dumps(self._json, ensure_ascii=False))
        if not whole:
            sys.exit(1)

    def _run(self, *, dry: bool) -> bool:
        at = timezone.now()
        journal = configured_journal()
        if not journal.path:
            self.stderr.write(_("MUS['ERASURE_JOURNAL'] is not set: after a restore nobody will know what was erased."))
        if dry:
            self._tell_run(self._foresee(timezone.localdate(at)), leftovers(at=at), dry=True)
            return True
        run = erase_expired(at=at, journal=journal, tell=self._tell_due, progress=self._progress())
        self._tell_run(run, run.leftovers, dry=False)
        return not run.problems

    def _foresee(self, today: Any) -> Erasing:
        run = Erasing()
        for batch in all_due(today=today, progress=self._progress()):
            for one in batch:
                self._tell_due(one)
                if one.is_held:
                    run.kept += 1
                else:
                    run.by_rule[one.rule] += 1
        return run

    def _replay(self, path: str) -> bool:
        read = list(read_journal(path))
        lines = [line for line in read if isinstance(line, Line)]
        unreadable = [line.number for line in read if isinstance(line, Unreadable)]
        tell = self._tell_line(lines)
        run = replay_erasures(
            lines=lines, at=timezone.now(), journal=configured_journal(), tell=tell, progress=self._progress()
        )
        self._tell_replay(run, unreadable)
        return not (run.problems or run.held or run.unconfirmed or unreadable)

    def _progress(self) -> Callable[[int, int], None] | None:
        return self._bar if self.stderr.isatty() else None

    def _bar(self, done: int, of: int) -> None:
        self.stderr.write(f"\r{done}/{of}", ending="\n" if done >= of else "")
        self.stderr.flush()

    def _tell_due(self, due: Due) -> None:
        if self._json is not None:
            self._json["held" if due.is_held else "keys"].append(_as_json(due))
            return
        names = {"reference": due.reference, "what": _whose(due.artefact, due.role), "rule": rule_in_words(due.rule)}
        names["day"] = date_format(due.on, "SHORT_DATE_FORMAT")
        sentence = _("%(reference)s: %(what)s – %(rule)s (since %(day)s).")
        if due.is_held:
            sentence = _("%(reference)s: %(what)s – kept by a hold.")
        self.stdout.write(sentence % names)

    def _tell_line(self, lines: list[Line]) -> Callable[[Line], None]:
        wanted = {line.dialogue for line in lines}
        names = dict(Dialogue.objects.filter(pk__in=wanted).values_list("pk", "reference"))

        def tell(line: Line) -> None:
            if self._json is not None:
                self._json["keys"].append({"key": str(line.key), "artefact": line.artefact, "rule": line.rule})
                return
            named = {"reference": names.get(line.dialogue, "–"), "what": _whose(line.artefact, "")}
            sentence = _("%(reference)s: %(what)s – %(rule)s (erased before).")
            self.stdout.write(sentence % {**named, "rule": rule_in_words(line.rule)})

        return tell

    def _tell_run(self, run: Erasing, rest: Leftovers | None, *, dry: bool) -> None:
        deleted = {
            "readings": rest.readings if rest else 0,
            "parked": rest.parked if rest else 0,
            "password_changes": rest.password_changes if rest else 0,
        }
        if dry and rest and rest.parked_keys:
            run.by_rule["PARKED"] += len(rest.parked_keys)
        if self._json is not None:
            self._json |= {"dry_run": dry, "by_rule": dict(run.by_rule), **deleted, "problems": run.problems}
            self._json |= {"receipt": str(run.receipt.pk) if run.receipt else None}
            return
        self._tell_rules(run.by_rule)
        said = _("Also: %(readings)s readings, %(parked)s parked forms and %(password_changes)s changes of passwords.")
        self.stdout.write(said % deleted)
        if run.kept:
            kept = ngettext("%(count)s text is kept by a hold.", "%(count)s texts are kept by a hold.", run.kept)
            self.stdout.write(kept % {"count": run.kept})
        for reference in run.problems:
            self._tell_problem(reference)
        if dry:
            self.stdout.write(_("This was a dry run: nothing was erased."))
        elif run.receipt:
            self.stdout.write(self.style.SUCCESS(_("Receipt %(id)s.") % {"id": run.receipt.pk}))

    def _tell_replay(self, run: Replaying, unreadable: list[int]) -> None:
        counts = {"gone": run.gone, "unknown": run.unknown, "unconfirmed": run.unconfirmed}
        if self._json is not None:
            self._json |= {"replayed": True, "by_rule": dict(run.by_rule), **counts, "held": run.held}
            self._json |= {"problems": run.problems, "unreadable": unreadable, "receipt": str(run.receipt.pk)}
            return
        self._tell_rules(run.by_rule)
        self.stdout.write(_("%(gone)s were erased here already, %(unknown)s are not in this database.") % counts)
        if run.unconfirmed:
            said = ngettext(
                "%(count)s text was to be erased, and the journal does not say that it was. It is not erased again.",
                "%(count)s texts were to be erased, and the journal does not say that they were. They are not erased "
                "again.",
                run.unconfirmed,
            )
            self.stdout.write(self.style.ERROR(said % {"count": run.unconfirmed}))
            self.stdout.write(_("Run mus_erase_expired: it erases what the rules say."))
        for reference in run.held:
            names = {"reference": reference}
            self.stdout.write(self.style.ERROR(_("%(reference)s: not erased again, kept by a hold.") % names))
        for reference in run.problems:
            self._tell_problem(reference)
        for number in unreadable:
            self.stdout.write(
                self.style.ERROR(_("Line %(number)s of the journal cannot be read.") % {"number": number})
            )
        self.stdout.write(self.style.SUCCESS(_("Receipt %(id)s.") % {"id": run.receipt.pk}))

    def _tell_rules(self, by_rule: Counter[str]) -> None:
        if not by_rule:
            self.stdout.write(_("No text is due."))
        for rule, count in sorted(by_rule.items()):
            names = {"count": count, "rule": rule_in_words(rule), "code": rule}
            said = ngettext("%(count)s key: %(rule)s (%(code)s).", "%(count)s keys: %(rule)s (%(code)s).", count)
            self.stdout.write(said % names)

    def _tell_problem(self, reference: str) -> None:
        sentence = _("%(reference)s: not erased, because the clock is behind its last entry.")
        self.stdout.write(self.style.ERROR(sentence % {"reference": reference}))


def _whose(artefact: str, role: str) -> str:
    what = class_in_words(artefact)
    if not role:
        return what
    return _("%(what)s (%(role)s)") % {"what": what, "role": Role(role).label}


def _as_json(due: Due) -> dict[str, Any]:
    return {
        "key": str(due.key),
        "dialogue": str(due.dialogue),
        "reference": due.reference,
        "artefact": due.artefact,
        "participant": str(due.participant) if due.participant else None,
        "rule": due.rule,
        "due": due.on.isoformat(),
    }
