"""Opening many envelopes, some of whose keys are gone."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from mus_workflow.models import DataKey
from mus_workflow.models.data_key import key_ring
from mus_workflow.sealing import EnvelopeError, MasterKeyError, Opener, key_id_of
from mus_workflow.sealing.envelope import HEAD

KEY_COLUMNS = ("id", "master_key", "wrapped", "destroyed_at", "destroyed_rule")


@dataclass(frozen=True)
class Gone:
    """In place of a text whose key was destroyed: by which rule."""

    rule: str


class Unreadable(ValueError):
    """An envelope that cannot be opened though nobody erased it."""


class LockedAway(Unreadable):
    """The same, because the ring lacks the master key that wrapped the data key, or holds another one."""


class Vault:
    """The keys of some envelopes, read with one query; those of more as they are learned."""

    def __init__(self, envelopes: Iterable[bytes | None] = ()) -> None:
        self._keys: dict[uuid.UUID, Any] = {}
        self._openers: dict[bytes, Opener | Gone] = {}
        self.learn(envelopes)

    def learn(self, envelopes: Iterable[bytes | None]) -> None:
        """Read the keys of these envelopes, too."""
        new = _key_ids(envelopes) - self._keys.keys()
        if new:
            rows = DataKey.objects.filter(pk__in=new).values_list(*KEY_COLUMNS, named=True)
            self._keys |= {row.id: row for row in rows}

    def bytes_in(self, envelope: bytes) -> bytes | Gone:
        """What was sealed, or Gone. Raises Unreadable."""
        head = envelope[:HEAD]
        try:
            opener = self._openers.get(head) or self._opener(envelope)
            return opener if isinstance(opener, Gone) else opener.open(envelope)
        except KeyError:
            raise Unreadable("its key is gone, and no rule says why") from None
        except MasterKeyError as error:
            raise LockedAway(str(error)) from None
        except EnvelopeError as error:
            raise Unreadable(str(error)) from None

    def _opener(self, envelope: bytes) -> Opener | Gone:
        key = self._keys[key_id_of(envelope)]
        made: Opener | Gone
        if key.wrapped is None:
            made = Gone(key.destroyed_rule)
        else:
            made = Opener(key_ring().unwrap(key.master_key, bytes(key.wrapped)))
        self._openers[envelope[:HEAD]] = made
        return made

    def rule_of(self, envelope: bytes) -> str:
        """The rule by which this envelope's key was destroyed, without opening anything; empty where it was not."""
        try:
            key = self._keys.get(key_id_of(envelope))
        except EnvelopeError:
            return ""
        return key.destroyed_rule if key and key.destroyed_at else ""

    def value_in(self, envelope: bytes | None) -> Any:
        """The JSON value that was sealed, None for None, or Gone. Raises Unreadable."""
        if not envelope:
            return None
        opened = self.bytes_in(envelope)
        return opened if isinstance(opened, Gone) else json.loads(opened)


def open_or_gone(envelopes: Sequence[bytes | None]) -> list[Any]:
    """The JSON value in each envelope, None for None, Gone where it was erased; one query for all keys."""
    vault = Vault(envelopes)
    return [vault.value_in(envelope) for envelope in envelopes]


def _key_ids(envelopes: Iterable[bytes | None]) -> set[uuid.UUID]:
    # One that is damaged is told of when it is opened.
    heads = {envelope[:HEAD] for envelope in envelopes if envelope}
    return {uuid.UUID(bytes=head[1:]) for head in heads if len(head) == HEAD}
