"""Write docs/vectors/evidence-1.json: the 1,000 vectors that other implementations are measured by.

`python -m tools.evidence_vectors` writes the same file each time. A vector is {"kind", "given", "expected"}; what is
computed for each kind stands in docs/evidence-format.md.
"""

import base64
import json
import random
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from mus_workflow.evidence import (
    CheckpointText,
    canonical_bytes,
    commit,
    head_leaf,
    inclusion_path,
    is_included,
    leaf_hash,
    merkle_root,
    signed_note,
    verifier_key,
)
from mus_workflow.evidence.chain import Header, link_hash
from mus_workflow.sealing import SigningKey

FILE = Path(__file__).resolve().parents[1] / "docs" / "vectors" / "evidence-1.json"
SEED = "wagtail-mus evidence vectors 1"
COUNTS = {"canonical": 300, "commitment": 200, "link": 200, "root": 100, "inclusion": 150, "note": 50}
LETTERS = 'abcdefghijklmnopqrstuvwxyzæøåÆØÅ 0123456789"\\/<>&\n\t\r\b\f\x00\x1f\x7f\u2028é€ß漢😀\ue000\uffff'
KEYS = ["id", "by", "what", "question", "æble", "Z", "a", "A", "10", "9", "", "a b"]
EVENTS = ["CREATED", "STAGE_CHANGED", "REVISION_SAVED", "PRESENTED", "SIGNED", "EXPORTED"]


def vectors() -> list[dict[str, Any]]:
    """All of them, in the order of COUNTS."""
    chance = random.Random(SEED)
    makers: dict[str, Callable[[random.Random], tuple[Any, Any]]] = {
        "canonical": _canonical,
        "commitment": _commitment,
        "link": _link,
        "root": _root,
        "inclusion": _inclusion,
        "note": _note,
    }
    made = ((kind, makers[kind](chance)) for kind, count in COUNTS.items() for _each in range(count))
    return [{"kind": kind, "given": given, "expected": expected} for kind, (given, expected) in made]


def text() -> str:
    """The file: one vector a line."""
    rows = (json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in vectors())
    return '{"format":1,"vectors":[\n' + ",\n".join(rows) + "\n]}\n"


def _canonical(chance: random.Random) -> tuple[Any, Any]:
    value = {key: _value(chance, depth=3) for key in chance.sample(KEYS, k=chance.randrange(1, 6))}
    return value, canonical_bytes(value).decode()


def _commitment(chance: random.Random) -> tuple[Any, Any]:
    salt, payload = chance.randbytes(32), canonical_bytes(_value(chance, depth=2))
    return {"salt": salt.hex(), "payload": payload.decode()}, commit(salt, payload).hex()


def _link(chance: random.Random) -> tuple[Any, Any]:
    header = {
        "chain": str(_uuid(chance)),
        "n": chance.choice([1, chance.randrange(2, 500)]),
        "event": chance.choice(EVENTS),
        "object_type": chance.choice(["Dialogue", "Agreement", "Signature"]),
        "object_id": str(_uuid(chance)),
        "history_id": chance.choice(["", str(chance.randrange(1, 10**6))]),
        "actor": chance.choice(["system", str(chance.randrange(1, 50_000)), str(_uuid(chance))]),
        "real_actor": chance.choice(["", "", "17"]),
        "auth_method": chance.choice(["", "password"]),
        "at_us": chance.randrange(1_700_000_000_000_000, 2_000_000_000_000_000),
        "version": 1,
    }
    previous = bytes(32) if header["n"] == 1 else chance.randbytes(32)
    commitment = chance.randbytes(32)
    given = {"header": header, "commitment": commitment.hex(), "previous": previous.hex()}
    return given, link_hash(Header(**header), commitment, previous).hex()


def _root(chance: random.Random) -> tuple[Any, Any]:
    chains = sorted(_uuid(chance) for _each in range(chance.randrange(0, 18)))
    heads = [(chain, chance.randrange(1, 900), chance.randbytes(32)) for chain in chains]
    root = merkle_root(leaf_hash(head_leaf(chain.bytes, n, end)) for chain, n, end in heads)
    return [[str(chain), n, end.hex()] for chain, n, end in heads], root.hex()


def _inclusion(chance: random.Random) -> tuple[Any, Any]:
    size = chance.choice([1, 2, 3, chance.randrange(4, 40), chance.randrange(40, 700)])
    index = chance.choice([0, size - 1, chance.randrange(size)])
    leaves = [chance.randbytes(32) for _each in range(size)]
    root, leaf, path = merkle_root(leaves), leaves[index], inclusion_path(index, size, leaves)
    match chance.randrange(6):
        case 0:
            leaf = _changed(chance, leaf)
        case 1 if path:
            place = chance.randrange(len(path))
            path[place] = _changed(chance, path[place])
        case 2:
            path = [*path, chance.randbytes(32)] if chance.randrange(2) else path[:-1]
        case 3:
            index = chance.randrange(size)
    given = {"leaf": leaf.hex(), "index": index, "size": size, "path": [one.hex() for one in path], "root": root.hex()}
    return given, is_included(leaf, index=index, size=size, path=path, root=root)


def _note(chance: random.Random) -> tuple[Any, Any]:
    key = SigningKey(base64.b64encode(chance.randbytes(32)).decode())
    name = chance.choice(["intranet.example", "mus", "by-og-land.dk"])
    made_at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=chance.randrange(10**8))
    said = CheckpointText(
        name=name,
        chains=chance.randrange(10**6),
        root=chance.randbytes(32),
        number=chance.randrange(1, 5000),
        made_at=made_at,
        entries=chance.randrange(10**8),
        readings=chance.randrange(1000),
        readings_root=chance.randbytes(32),
        readings_until=made_at - timedelta(minutes=10),
        previous=chance.choice([None, chance.randbytes(32)]),
    )
    signature, is_false = key.sign(said.text()), chance.randrange(3) == 0
    if is_false:
        signature = _changed(chance, signature)
    note = signed_note(said.text(), name=name, public_key=key.public_key, signature=signature)
    expected = {"number": said.number, "chains": said.chains, "root": said.root.hex(), "signed": not is_false}
    return {"note": note, "key": verifier_key(name, key.public_key)}, expected


def _value(chance: random.Random, depth: int) -> Any:
    kind = chance.randrange(8 if depth else 5)
    if kind >= 6:
        return {chance.choice(KEYS): _value(chance, depth - 1) for _each in range(chance.randrange(5))}
    if kind == 5:
        return [_value(chance, depth - 1) for _each in range(chance.randrange(4))]
    return [
        "".join(chance.choices(LETTERS, k=chance.randrange(24))),
        "".join(chance.choices(LETTERS[:40], k=chance.randrange(60))),
        chance.choice([0, 1, -1, 2**53 - 1, 1 - 2**53, chance.randrange(10**6), chance.randrange(10**15)]),
        chance.choice([True, False]),
        None,
    ][kind]


def _changed(chance: random.Random, data: bytes) -> bytes:
    """The same but for one bit."""
    place = chance.randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1 << chance.randrange(8)]) + data[place + 1 :]


def _uuid(chance: random.Random) -> uuid.UUID:
    return uuid.UUID(bytes=chance.randbytes(16), version=4)


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
