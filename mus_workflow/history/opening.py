"""Opening many envelopes, some of whose keys are gone."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from mus_workflow.models import DataKey, Erased
from mus_workflow.sealing import EnvelopeError, MasterKeyError, key_id_of


@dataclass(frozen=True)
class Gone:
    """In place of a text whose key was destroyed: by which rule."""

    rule: str


class Unreadable(ValueError):
    """An envelope that cannot be opened though nobody erased it."""


class LockedAway(Unreadable):
    """The same, because the ring lacks the master key that wrapped the data key, or holds another one."""


class Vault:
    """The keys of some envelopes, read with one query."""

    def __init__(self, envelopes: Iterable[bytes | None]) -> None:
        self._keys: dict[uuid.UUID, DataKey] = DataKey.objects.in_bulk(_key_ids(envelopes))

    def bytes_in(self, envelope: bytes) -> bytes | Gone:
        """What was sealed, or Gone. Raises Unreadable."""
        try:
            return self._keys[key_id_of(envelope)].open(envelope)
        except Erased as erased:
            return Gone(erased.rule)
        except KeyError:
            raise Unreadable("its key is gone, and no rule says why") from None
        except MasterKeyError as error:
            raise LockedAway(str(error)) from None
        except EnvelopeError as error:
            raise Unreadable(str(error)) from None

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
    ids = set()
    for envelope in filter(None, envelopes):
        # One that is damaged is told of when it is opened.
        with suppress(EnvelopeError):
            ids.add(key_id_of(envelope))
    return ids
