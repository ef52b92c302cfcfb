"""``manage.py mus_bundle``: the evidence of a random sample of agreements, or of some, as a file for an outsider."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mus_workflow.actions.take_out_evidence import Taken, take_out_evidence, take_out_words
from mus_workflow.dashboards import control_totals
from mus_workflow.exports.bundle import Order, bundle
from mus_workflow.history.listing import agreements_for_audit
from mus_workflow.history.sampling import Frame, Sample, draw_sample, new_seed, newest_checkpoint
from mus_workflow.models import Grant, Unit
from mus_workflow.policies.overview import is_auditor
from mus_workflow.policies.verdict import Refused
from mus_workflow.stages import Stage

AUTH_METHOD = "command"


@dataclass(frozen=True)
class Chosen:
    """The chains of the agreements that go into the bundle, and how they were drawn."""

    chains: tuple[UUID, ...]
    unit: Unit | None
    sample: Sample | None = None


class Command(BaseCommand):
    """Writes one file. Each agreement is recorded as taken out, by the auditor, before anything of it is written."""

    help = gettext_lazy("Writes the evidence of a random sample of agreements, or of some, to a file.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to take out, for whom, and whereto."""
        parser.add_argument("--auditor", required=True, metavar="USERNAME", help="Who takes it out.")
        parser.add_argument("--out", required=True, metavar="FILE", type=Path, help="A new file.")
        parser.add_argument("--dialogue", action="append", default=[], metavar="REF", help="One agreement; repeatable.")
        parser.add_argument("--sample", type=int, metavar="NUMBER", help="How many agreements to draw.")
        parser.add_argument("--seed", default="", help="Draws the same sample again; one is made and printed without.")
        parser.add_argument("--checkpoint", type=int, metavar="NUMBER", help="Draw as this checkpoint knows them.")
        parser.add_argument("--unit", metavar="UUID|NAME", help="Draw from a unit and those below it.")
        parser.add_argument("--year", type=int, help="Draw from those first recorded in this year.")
        parser.add_argument("--stage", action="append", default=[], choices=Stage.values, help="Repeatable.")
        parser.add_argument("--words", action="store_true", help="With the words that the auditor's grants open.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Choose, record, write, tell."""
        auditor, at = _auditor(options["auditor"]), timezone.now()
        chosen = _chosen(auditor, options)
        if not chosen.chains:
            raise CommandError(_("There is no such agreement to take out."))
        order = Order(
            chains=chosen.chains,
            totals=control_totals(user=auditor, unit=chosen.unit, today=timezone.localdate()),
            totals_of=chosen.unit.name if chosen.unit else "",
            by=auditor,
            at=at,
            sample=chosen.sample,
        )
        self._write(options["out"], order, _recorded(chosen.chains, auditor, at, with_words=options["words"]))
        if chosen.sample:
            self.stdout.write(_drawing(chosen.sample))
        names = {"count": len(chosen.chains), "file": options["out"]}
        self.stdout.write(self.style.SUCCESS(_("%(count)s agreements: %(file)s") % names))

    def _write(self, out: Path, order: Order, taken: Iterator[Taken]) -> None:
        try:
            descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise CommandError(f"{out}: {error.strerror}") from None
        with ExitStack() as whole:
            whole.callback(out.unlink)
            with os.fdopen(descriptor, "wb") as file, _said_plainly():
                file.writelines(bundle(order, taken, self._progress if self.stderr.isatty() else None))
            whole.pop_all()

    def _progress(self, done: int, of: int) -> None:
        filled = done * 30 // of
        self.stderr.write(f"\r[{'#' * filled}{'.' * (30 - filled)}] {done}/{of}", ending="\n" if done >= of else "")
        self.stderr.flush()


@contextmanager
def _said_plainly() -> Iterator[None]:
    try:
        yield
    except Refused as refusal:
        raise CommandError(str(refusal)) from None


def _recorded(chains: tuple[UUID, ...], auditor: Any, at: datetime, *, with_words: bool) -> Iterator[Taken]:
    """Each dialogue as it is recorded, just before it is written."""
    live = Grant.objects.live(at=at).filter(auditor=auditor)
    granted = set(live.values_list("dialogue", flat=True)) if with_words else set()
    for chain in chains:
        take_out = take_out_words if chain in granted else take_out_evidence
        yield take_out(dialogue_id=chain, auth_method=AUTH_METHOD, by=auditor, at=timezone.now())


def _auditor(username: str) -> Any:
    users = get_user_model()
    user = users._default_manager.filter(**{users.USERNAME_FIELD: username}).first()
    if user is None or not is_auditor(user):
        raise CommandError(_("“%(username)s” is no auditor.") % {"username": username})
    return user


def _chosen(auditor: Any, options: dict[str, Any]) -> Chosen:
    if bool(options["sample"]) == bool(options["dialogue"]):
        raise CommandError(_("Say either --sample or --dialogue."))
    unit = _unit(options["unit"]) if options["unit"] else None
    if options["dialogue"]:
        return Chosen(_named(auditor, options["dialogue"]), unit)
    checkpoint = options["checkpoint"] or newest_checkpoint()
    frame = Frame(unit=unit, year=options["year"], stages=tuple(options["stage"]), checkpoint=checkpoint)
    sample = draw_sample(user=auditor, frame=frame, seed=options["seed"] or new_seed(), size=options["sample"])
    return Chosen(sample.drawn, unit, sample)


def _named(auditor: Any, references: list[str]) -> tuple[UUID, ...]:
    wanted = dict.fromkeys(reference.strip().upper() for reference in references)
    found = agreements_for_audit(auditor).filter(dialogue__reference__in=wanted)
    by_reference = dict(found.values_list("dialogue__reference", "dialogue"))
    for reference in wanted:
        if reference not in by_reference:
            raise CommandError(_("There is no agreement “%(reference)s”.") % {"reference": reference})
    return tuple(by_reference[reference] for reference in wanted)


def _unit(wanted: str) -> Unit:
    try:
        found = Unit.objects.filter(pk=UUID(wanted))
    except ValueError:
        found = Unit.objects.filter(name=wanted)
    units = list(found[:2])
    if len(units) != 1:
        raise CommandError(_("There is no unit “%(unit)s”, or more than one.") % {"unit": wanted})
    return units[0]


def _drawing(sample: Sample) -> str:
    known = sample.frame.checkpoint or "–"
    names = {"seed": sample.seed, "size": len(sample.drawn), "population": len(sample.population), "number": known}
    return _("Seed %(seed)s: %(size)s of %(population)s agreements that checkpoint %(number)s knows.") % names
