"""Show that the copy of a master key opens what it should, and record that it does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext as _

from mus_workflow.models import DataKey, KeyBackupCheck
from mus_workflow.models.data_key import key_ring
from mus_workflow.policies.verdict import Refused
from mus_workflow.sealing import KeyRing, MasterKeyError


def check_key_backup(*, copy: str, at: datetime, progress: Callable[[int, int], None] | None = None) -> KeyBackupCheck:
    """Open every data key with the copy of a master key that wrapped it. The copy is not kept anywhere.

    ``copy`` is the key as it is kept: base64, perhaps with its name and a colon before it. The name is found by what
    the key opens. Raises Refused when it opens nothing, or not all that it should; then nothing is recorded.
    """
    text = copy.strip().rpartition(":")[2]
    counts = DataKey.objects.by_master_key()
    name = _name_of(text, list(counts))
    opened = 0
    ring, of = KeyRing({name: text}), counts.get(name, 0)
    for key in DataKey.objects.live().filter(master_key=name).iterator(chunk_size=2000):
        opened += _opens(ring, key)
        if progress:
            progress(opened, of)
    if opened < of:
        names = {"name": name, "opened": opened, "of": of}
        raise Refused(
            _("The copy of “%(name)s” opens %(opened)s of %(of)s data keys. The others need another key.") % names
        )
    return KeyBackupCheck.objects.create(master_key=name, checked_at=at, opened=opened)


def _name_of(text: str, used: list[str]) -> str:
    """The master key that this is a copy of. A key that has wrapped nothing yet is known from the settings."""
    try:
        on_ring = key_ring().names_of(text)
    except MasterKeyError:
        on_ring = []
    for name in used:
        sample = DataKey.objects.live().filter(master_key=name)[:3]
        if any(_opens(_copy_as(name, text), key) for key in sample):
            return name
    for name in on_ring:
        if name not in used:
            return name
    raise Refused(_("This is not the copy of any master key that is in use here."))


def _copy_as(name: str, text: str) -> KeyRing:
    try:
        return KeyRing({name: text})
    except MasterKeyError:
        raise Refused(_("This is no master key: a key is 32 bytes, written as base64.")) from None


def _opens(ring: KeyRing, key: DataKey) -> bool:
    try:
        key.unwrap(ring)
    except MasterKeyError:
        return False
    return True
