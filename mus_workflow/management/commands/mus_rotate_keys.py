"""``manage.py mus_rotate_keys``: make an old master key needless."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mus_workflow.actions.rotate_keys import rotate_batch
from mus_workflow.management.progress import progress_bar
from mus_workflow.models import DataKey
from mus_workflow.models.data_key import key_ring
from mus_workflow.sealing import MasterKeyError


class Command(BaseCommand):
    """Wraps every live data key under the first master key, and says which others may go. It can be stopped."""

    help = gettext_lazy("Wraps every data key under the first master key, and says when the older ones may be removed.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Rotate, and tell what is left. Ends with 1 while a key could not be wrapped anew."""
        try:
            rewrapped, problems = self._rotate()
        except MasterKeyError as error:
            raise CommandError(_("Nothing was changed: %(problem)s.") % {"problem": error}) from None
        names = {"count": rewrapped, "name": key_ring().current}
        self.stdout.write(
            ngettext(
                "%(count)s data key is now wrapped by “%(name)s”.",
                "%(count)s data keys are now wrapped by “%(name)s”.",
                rewrapped,
            )
            % names
        )
        self._tell_what_is_needed()
        if problems:
            reasons = "\n".join(f"  {reason}" for reason in sorted(set(problems)))
            raise CommandError(
                ngettext(
                    "%(count)s data key could not be opened, and was left as it is:",
                    "%(count)s data keys could not be opened, and were left as they are:",
                    len(problems),
                )
                % {"count": len(problems)}
                + f"\n{reasons}"
            )

    def _rotate(self) -> tuple[int, list[str]]:
        show = progress_bar(self.stderr)
        counts = DataKey.objects.by_master_key()
        of = sum(counts.values()) - counts.get(key_ring().current, 0)
        batch = rotate_batch()
        rewrapped, problems = batch.rewrapped, [*batch.problems.values()]
        while batch.last is not None:
            if show:
                show(min(rewrapped + len(problems), of - 1), of)
            batch = rotate_batch(after=batch.last)
            rewrapped += batch.rewrapped
            problems += batch.problems.values()
        if show and of:
            show(of, of)
        return rewrapped, problems

    def _tell_what_is_needed(self) -> None:
        """Of each master key but the first: by how many keys it is needed, or that it may go."""
        needed, ring = DataKey.objects.by_master_key(), key_ring()
        for name in dict.fromkeys([*ring.names, *needed]):
            if name == ring.current:
                continue
            if count := needed.get(name, 0):
                words = ngettext(
                    "“%(name)s” must stay: %(count)s data key needs it.",
                    "“%(name)s” must stay: %(count)s data keys need it.",
                    count,
                )
                self.stdout.write(self.style.WARNING(words % {"name": name, "count": count}))
            else:
                words = _(
                    "“%(name)s” is needed by no data key: it may leave MUS['MASTER_KEYS']. "
                    "Keep its copy as long as there is a backup from before today."
                )
                self.stdout.write(self.style.SUCCESS(words % {"name": name}))
