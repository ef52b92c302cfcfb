"""Data keys, and the only way into and out of an envelope."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db import models

from mus_workflow.conf import app_settings
from mus_workflow.sealing import KeyRing, MasterKeyError, key_id_of, new_data_key, open_envelope, seal_envelope

from .kept_query import KeptQuery, Slot

if TYPE_CHECKING:
    from .dialogue import Dialogue
    from .participant import Participant


class Artefact(models.TextChoices):
    """What a key seals. Each class has its own retention, so each has its own key."""

    DRAFT = "DRAFT"
    SHARED_PREPARATION = "SHARED_PREPARATION"
    AGREEMENT = "AGREEMENT"
    ITEM = "ITEM"
    FOLLOW_UP = "FOLLOW_UP"
    EVENT = "EVENT"
    GRANT = "GRANT"
    PARKED = "PARKED"
    FILE = "FILE"


class Erased(Exception):
    """The key of this envelope was destroyed. ``rule`` says by which rule."""

    def __init__(self, rule: str) -> None:
        super().__init__(f"erased by {rule}")
        self.rule = rule


class DataKeyQuerySet(models.QuerySet["DataKey"]):
    """Keys by what they seal."""

    def obtain(self, *, dialogue: Dialogue | None, artefact: Artefact, participant: Participant | None) -> DataKey:
        """The live key for this class of text, made when there is none. Race-safe by the database's constraint.

        Raises MasterKeyError rather than make one under a master key that is not what its name says.
        """
        found = _live_key(dialogue, artefact, participant)
        if found:
            return found
        ring = key_ring()
        self.prove(ring)
        name, wrapped = ring.wrap(new_data_key())
        made, _ = self.get_or_create(
            dialogue=dialogue,
            participant=participant,
            artefact=artefact,
            destroyed_at=None,
            defaults={"master_key": name, "wrapped": wrapped},
        )
        return made

    def live(self) -> DataKeyQuerySet:
        """Those that open something: nobody has destroyed them."""
        return self.filter(destroyed_at=None)

    def by_master_key(self) -> dict[str, int]:
        """How many live keys each master key has wrapped, by its name."""
        counted = self.live().order_by("master_key").values_list("master_key").annotate(models.Count("pk"))
        return dict(counted)

    def prove(self, ring: KeyRing) -> None:
        """Make sure that the master key which wraps is the one that has wrapped under its name before.

        Asks the database until the ring has opened such a key in this process. Raises MasterKeyError.
        """
        if ring.is_proven(ring.current):
            return
        for key in self.live().filter(master_key=ring.current)[:1]:
            key.unwrap(ring)

    def unopened(self) -> dict[str, str]:
        """{name of a master key: why the ring does not open what it wrapped}, tried on the oldest and the newest."""
        return {name: next(filter(None, reasons)) for name, reasons in self._tried() if any(reasons)}

    def locked_away(self) -> dict[str, str]:
        """The same for those of which it opens nothing: the key is missing or another. One damaged row is not that."""
        return {name: reasons[0] for name, reasons in self._tried() if all(reasons)}

    def _tried(self) -> Iterator[tuple[str, list[str]]]:
        for name in self.by_master_key():
            # No other column: this is asked before `migrate` has brought a newer one.
            wrapped = self.live().filter(master_key=name).only("master_key", "wrapped", "destroyed_rule")
            tried = (*wrapped.order_by("created_at", "pk")[:1], *wrapped.order_by("-created_at", "-pk")[:1])
            yield name, [key.why_unopened() for key in tried]

    def that_sealed(self, envelope: bytes | memoryview) -> DataKey:
        """The key of an envelope: as long as it opens, what follows is sealed under it too."""
        key_id = key_id_of(bytes(envelope))
        return keys_of([envelope])[key_id]


class DataKey(models.Model):
    """A key for one class of text of one dialogue, of one participant or shared; wrapped by a master key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dialogue = models.ForeignKey("Dialogue", models.PROTECT, null=True, related_name="data_keys")
    participant = models.ForeignKey("Participant", models.PROTECT, null=True, related_name="data_keys")
    artefact = models.CharField(max_length=20, choices=Artefact.choices)
    master_key = models.CharField(max_length=64)
    wrapped = models.BinaryField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    destroyed_at = models.DateTimeField(null=True)
    destroyed_rule = models.CharField(max_length=64, blank=True)

    objects = DataKeyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dialogue", "participant", "artefact"],
                condition=models.Q(destroyed_at=None, participant__isnull=False),
                name="mus_data_key_of_participant",
            ),
            models.UniqueConstraint(
                fields=["dialogue", "artefact"],
                condition=models.Q(destroyed_at=None, participant=None),
                name="mus_data_key_shared",
            ),
            models.CheckConstraint(
                condition=models.Q(destroyed_at=None, wrapped__isnull=False)
                | models.Q(destroyed_at__isnull=False, wrapped=None),
                name="mus_data_key_destroyed_is_gone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.artefact} key {str(self.pk)[:8]}"

    def seal(self, plain: bytes) -> bytes:
        """An envelope of these bytes. Raises Erased when the key was destroyed."""
        return seal_envelope(plain, key=self.unwrap(key_ring()), key_id=self.pk)

    def open(self, envelope: bytes | memoryview) -> bytes:
        """The bytes in an envelope of this key. Raises Erased or EnvelopeError."""
        return open_envelope(bytes(envelope), key=self.unwrap(key_ring()))

    def seal_value(self, value: Any) -> bytes:
        """An envelope of a JSON value. Raises Erased."""
        return self.seal(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())

    def open_value(self, envelope: bytes | memoryview) -> Any:
        """The JSON value in an envelope of this key. Raises Erased or EnvelopeError."""
        return json.loads(self.open(envelope))

    def why_unopened(self) -> str:
        """Why the ring does not open this key; empty when it does."""
        try:
            self.unwrap(key_ring())
        except MasterKeyError as error:
            return str(error)
        return ""

    def unwrap(self, ring: KeyRing) -> bytes:
        """The data key itself. Raises Erased, or MasterKeyError when the ring does not hold what wrapped it."""
        if self.wrapped is None:
            raise Erased(self.destroyed_rule)
        return ring.unwrap(self.master_key, bytes(self.wrapped))


def key_ring() -> KeyRing:
    """The ring of the configured master keys. Raises MasterKeyError when there is none, or one is malformed."""
    return _ring(tuple(app_settings.MASTER_KEYS.items()))


@lru_cache(maxsize=4)
def _ring(keys: tuple[tuple[str, str], ...]) -> KeyRing:
    return KeyRing(dict(keys))


def seal(value: Any, *, dialogue: Dialogue | None, artefact: Artefact, participant: Participant | None = None) -> bytes:
    """Seal a JSON value under the key of this dialogue, class and participant (None: shared)."""
    key = DataKey.objects.obtain(dialogue=dialogue, artefact=artefact, participant=participant)
    return key.seal_value(value)


def open_sealed(envelope: bytes | memoryview | None) -> Any:
    """The JSON value in an envelope; None for None. Raises Erased when its key was destroyed."""
    return open_each([envelope])[0]


def open_each(envelopes: Sequence[bytes | memoryview | None]) -> list[Any]:
    """The JSON values of several envelopes, with one query for all their keys. Raises Erased."""
    keys = keys_of(envelope for envelope in envelopes if envelope)
    return [keys[key_id_of(bytes(envelope))].open_value(envelope) if envelope else None for envelope in envelopes]


def keys_of(envelopes: Iterable[bytes | memoryview]) -> dict[uuid.UUID, DataKey]:
    """The keys that open these envelopes, by id, with one query."""
    ids = {key_id_of(bytes(envelope)) for envelope in envelopes}
    if len(ids) == 1:
        return {key.pk: key for key in BY_ID.all(pk=ids.pop())}
    return DataKey.objects.in_bulk(ids)


def _live_key(dialogue: Dialogue | None, artefact: Artefact, participant: Participant | None) -> DataKey | None:
    if dialogue and participant:
        return OF_PARTICIPANT.first(dialogue=dialogue.pk, artefact=artefact, participant=participant.pk)
    if dialogue:
        return SHARED.first(dialogue=dialogue.pk, artefact=artefact)
    return DataKey.objects.filter(dialogue=None, participant=participant, artefact=artefact, destroyed_at=None).first()


def _live() -> models.QuerySet[DataKey]:
    of_dialogue = DataKey.objects.filter(dialogue=Slot("dialogue", models.UUIDField()), destroyed_at=None)
    return of_dialogue.filter(artefact=Slot("artefact", models.CharField()))


BY_ID = KeptQuery(lambda: DataKey.objects.filter(pk=Slot("pk", models.UUIDField())))
SHARED = KeptQuery(lambda: _live().filter(participant=None)[:1])
OF_PARTICIPANT = KeptQuery(lambda: _live().filter(participant=Slot("participant", models.UUIDField()))[:1])
