"""The text of a checkpoint, and the signed note (C2SP ``signed-note``) that it is the text of.

The signature is bytes to this module: who holds a key makes and checks them (``mus_workflow.sealing.signing``).
docs/evidence-format.md describes the text line by line.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime

ED25519 = b"\x01"
ORIGIN = "/mus-heads"
TIME = "%Y-%m-%dT%H:%M:%SZ"
_BASE64 = r"[A-Za-z0-9+/]{43}="
_WHOLE = r"0|[1-9][0-9]*"
_TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"
_TEXT = re.compile(
    rf"(?P<name>[^\s+]+){ORIGIN}\n"
    rf"(?P<chains>{_WHOLE})\n"
    rf"(?P<root>{_BASE64})\n"
    rf"number (?P<number>{_WHOLE})\n"
    rf"time (?P<made_at>{_TIME})\n"
    rf"entries (?P<entries>{_WHOLE})\n"
    rf"readings (?P<readings>{_WHOLE}) (?P<readings_root>{_BASE64}) (?P<readings_until>{_TIME})\n"
    rf"previous (?P<previous>{_BASE64}|-)\n"
)
_SIGNATURE = re.compile(r"— (?P<name>[^\s+]+) (?P<bytes>[A-Za-z0-9+/]+={0,2})")


class NoteError(ValueError):
    """The text is not that of a checkpoint, or the note is not a signed note."""


@dataclass(frozen=True, kw_only=True)
class CheckpointText:
    """What a checkpoint says. Times are UTC in whole seconds; ``previous`` is None in the first one."""

    name: str
    chains: int
    root: bytes
    number: int
    made_at: datetime
    entries: int
    readings: int
    readings_root: bytes
    readings_until: datetime
    previous: bytes | None

    def text(self) -> str:
        """The text that is signed. Raises NoteError for a name that no note can have."""
        if not is_name(self.name):
            raise NoteError(f"{self.name!r} cannot name a note: it is empty, or has a space or a plus")
        return (
            f"{self.name}{ORIGIN}\n{self.chains}\n{_base64(self.root)}\n"
            f"number {self.number}\ntime {_time(self.made_at)}\nentries {self.entries}\n"
            f"readings {self.readings} {_base64(self.readings_root)} {_time(self.readings_until)}\n"
            f"previous {_base64(self.previous) if self.previous else '-'}\n"
        )


@dataclass(frozen=True)
class NoteSignature:
    """One line under a note: who signed, with which key, and 64 bytes of Ed25519."""

    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True)
class SignedNote:
    """A text and the signatures under it."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def by(self, name: str, public_key: bytes) -> list[bytes]:
        """The signatures that claim to be by this key. What they are worth, the key tells."""
        mine = key_id(name, public_key)
        return [line.signature for line in self.signatures if (line.name, line.key_id) == (name, mine)]


def is_name(name: str) -> bool:
    """Whether a note and its key can have this name: not empty, no white space, no plus."""
    return re.fullmatch(r"[^\s+]+", name) is not None


def text_hash(text: str) -> bytes:
    """The 32 bytes by which the next checkpoint names this one."""
    return hashlib.sha256(text.encode()).digest()


def key_id(name: str, public_key: bytes) -> bytes:
    """The 4 bytes by which a signature names an Ed25519 key."""
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public_key).digest()[:4]


def verifier_key(name: str, public_key: bytes) -> str:
    """The public key as C2SP tools take it: name, key id and key in one word."""
    return f"{name}+{key_id(name, public_key).hex()}+{_base64(ED25519 + public_key)}"


def parse_verifier_key(text: str) -> tuple[str, bytes]:
    """The name and the 32 bytes of the public key. Raises NoteError."""
    name, _, rest = text.strip().partition("+")
    claimed, _, encoded = rest.partition("+")
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        key = b""
    if not is_name(name) or len(key) != 33 or key[:1] != ED25519 or key_id(name, key[1:]).hex() != claimed:
        raise NoteError(f"{text.strip()!r} is not the public key of a checkpoint")
    return name, key[1:]


def signed_note(text: str, *, name: str, public_key: bytes, signature: bytes) -> str:
    """The note: the text, an empty line, and who signed it."""
    return f"{text}\n— {name} {_base64(key_id(name, public_key) + signature)}\n"


def parse_note(note: str) -> SignedNote:
    """The text and the signatures of a note. Raises NoteError when it is none."""
    text, empty_line, lines = note.rpartition("\n\n")
    found = [_SIGNATURE.fullmatch(line) for line in lines.removesuffix("\n").split("\n")]
    if not empty_line or not lines.endswith("\n") or not all(found):
        raise NoteError("this is not a signed note")
    return SignedNote(text + "\n", tuple(_signature(match) for match in found if match))


def parse_checkpoint(text: str) -> CheckpointText:
    """What the text of a checkpoint says. Raises NoteError for any other text; nothing is read leniently."""
    match = _TEXT.fullmatch(text)
    if match is None:
        raise NoteError("this is not the text of a checkpoint")
    said = match.groupdict()
    try:
        parsed = CheckpointText(
            name=said["name"],
            chains=int(said["chains"]),
            root=base64.b64decode(said["root"]),
            number=int(said["number"]),
            made_at=_moment(said["made_at"]),
            entries=int(said["entries"]),
            readings=int(said["readings"]),
            readings_root=base64.b64decode(said["readings_root"]),
            readings_until=_moment(said["readings_until"]),
            previous=None if said["previous"] == "-" else base64.b64decode(said["previous"]),
        )
    except ValueError:
        raise NoteError("this is not the text of a checkpoint") from None
    if parsed.text() != text:  # a root whose last base64 digit has stray bits would have two spellings
        raise NoteError("this is not the text of a checkpoint")
    return parsed


def _signature(match: re.Match[str]) -> NoteSignature:
    try:
        signed = base64.b64decode(match["bytes"], validate=True)
    except binascii.Error:
        raise NoteError("this is not a signed note") from None
    return NoteSignature(match["name"], signed[:4], signed[4:])


def _moment(text: str) -> datetime:
    return datetime.strptime(text, TIME).replace(tzinfo=UTC)


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime(TIME)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
