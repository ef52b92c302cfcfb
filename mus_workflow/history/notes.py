"""Whether the note of a checkpoint is one of ours: its text, its signature, and its place after the one before."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from mus_workflow.conf import app_settings, checkpoint_name
from mus_workflow.evidence import (
    CheckpointText,
    NoteError,
    parse_checkpoint,
    parse_note,
    parse_verifier_key,
    text_hash,
)
from mus_workflow.sealing import SigningKey, SigningKeyError, is_signed

# What the evidence package says; it is plain standard library and knows no translations.
gettext_noop("this is not a signed note")
gettext_noop("this is not the text of a checkpoint")


class Note:
    """A note that was made or kept, read. Raises NoteError."""

    def __init__(self, note: str) -> None:
        self._signed = parse_note(note)
        self.said: CheckpointText = parse_checkpoint(self._signed.text)
        self.hash = text_hash(self._signed.text)

    def follows(self, before: Note | None) -> bool:
        """Whether it names that note as the one before it; None: whether it is the first."""
        return self.said.previous == (before.hash if before else None)

    def signature_problems(self, keys: Keys) -> Iterator[str]:
        """What is wrong with its signature. Nothing where no key is known: then it cannot be checked."""
        signatures = [(key, each) for name, key in keys.known for each in self._signed.by(name, key)]
        if keys.known and not signatures:
            yield _("no key that is known here has signed it")
        elif signatures and not any(
            is_signed(self._signed.text, signature=each, public_key=key) for key, each in signatures
        ):
            yield _("its signature is not the one of its text")


class Keys:
    """The public keys that may have signed: the one in use, and those of ``MUS["CHECKPOINT_OLD_KEYS"]``."""

    @cached_property
    def known(self) -> list[tuple[str, bytes]]:
        """(name, key) of each. Raises NoteError for an old key that is none."""
        known = [parse_verifier_key(text) for text in app_settings.CHECKPOINT_OLD_KEYS]
        try:
            return [(checkpoint_name(), SigningKey(app_settings.CHECKPOINT_KEY).public_key), *known]
        except SigningKeyError:
            return known


def read_note(note: str) -> Note | str:
    """The note, or in a sentence why it is none."""
    try:
        return Note(note)
    except NoteError as error:
        return _(str(error))
