"""A certificate is checked without this program, and whatever was changed in it is found."""

from __future__ import annotations

import ast
import base64
import hashlib
import json
import random
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from mus_workflow.documents.checkpoint_file import write_checkpoint_file
from mus_workflow.evidence.verify_certificate import EMBEDDED, IN_ORDER, NOT_CHECKED, ORDER, WRONG, Check, ed25519
from mus_workflow.exports.seal import seal_key, sealed
from mus_workflow.models import Checkpoint, Dialogue
from tests.mus_workflow.exports.conftest import checkpoint
from tests.plumbing.clock import NOW
from tests.plumbing.programs import alone

pytestmark = pytest.mark.django_db


def found_in(pdf: bytes, *keys: str, outside: bytes | None = None) -> dict[str, list[str]]:
    """What the verifier says, by kind."""
    check = Check(pdf, list(keys), outside)
    check.guarded("the certificate", check.everything)
    return {
        kind: [row["said"] for row in check.found if row["kind"] == kind] for kind in (WRONG, NOT_CHECKED, IN_ORDER)
    }


def outside(number: int) -> bytes:
    """A checkpoint as it is kept outside."""

    class File:
        text = ""

        def write(self, text: str) -> None:
            self.text += text

    file = File()
    write_checkpoint_file(Checkpoint.objects.get(number=number), file)
    return file.text.encode()


def rewritten(pdf: bytes, change: Callable[[dict[str, Any]], None], *, seal: bool = False) -> bytes:
    """The certificate with other evidence in it, and its hash made anew; sealed anew only by who has the key."""
    match = EMBEDDED.search(pdf)
    end = pdf.index(b"endstream", match.end())
    told = json.loads(zlib.decompress(pdf[match.end() : end]))
    change(told)
    body = pdf[: pdf.rindex(b"%MUS-SHA256")]
    forged = body[: match.end()] + zlib.compress(json.dumps(told).encode()) + b"\n" + body[end:]
    if seal:
        return sealed(forged)
    return forged + b"%MUS-SHA256 " + hashlib.sha256(forged).hexdigest().encode() + b"\n"


def test_everything_is_in_order_for_who_has_the_key_and_the_checkpoint(pdf: bytes) -> None:
    found = found_in(pdf, seal_key(), outside=outside(1))
    assert (found[WRONG], found[NOT_CHECKED]) == ([], [])
    assert len(found[IN_ORDER]) == 9


def test_what_could_not_be_checked_is_said(pdf: bytes) -> None:
    found = found_in(pdf)
    assert found[WRONG] == []
    assert [sentence.partition(" (")[0] for sentence in found[NOT_CHECKED]] == [
        "whose key sealed it",
        "checkpoint 1 as it was kept outside",
    ]


def test_it_is_a_program_of_its_own_and_takes_no_second(pdf: bytes, program: Path, tmp_path: Path) -> None:
    for name, content in (("c.pdf", pdf), ("verify_certificate.py", program.read_bytes()), ("1.json", outside(1))):
        (tmp_path / name).write_bytes(content)
    arguments = ["verify_certificate.py", "c.pdf", "--key", seal_key()]
    started = time.perf_counter()
    ran = alone(*arguments, "--checkpoint", "1.json", "--text", folder=tmp_path)
    # EP9: a second. This machine may be busy with other tests.
    assert time.perf_counter() - started < 5
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.endswith("Nothing is wrong in what could be checked.\n")
    assert "Vi satser på formidling." in ran.stdout
    (tmp_path / "c.pdf").write_bytes(pdf.replace(b"%%EOF", b"%%EOE"))
    ran = alone(*arguments, "--json", folder=tmp_path)
    assert (ran.returncode, json.loads(ran.stdout)["ok"]) == (1, False)


def test_it_needs_nothing_but_the_standard_library_and_is_short(program: Path) -> None:
    source = program.read_text()
    assert len(source.splitlines()) <= 300
    imported = {
        (node.module if isinstance(node, ast.ImportFrom) else alias.name).partition(".")[0]
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert imported <= sys.stdlib_module_names


def changed_bytes(pdf: bytes, places: Any, seed: int = 1) -> list[int]:
    """The places where another byte is not found."""
    draw = random.Random(seed)
    missed = []
    for place in places:
        other = draw.choice([byte for byte in range(256) if byte != pdf[place]])
        if not found_in(pdf[:place] + bytes([other]) + pdf[place + 1 :])[WRONG]:
            missed.append(place)
    return missed


def test_a_changed_byte_is_found(pdf: bytes) -> None:
    last = range(len(pdf) - 185, len(pdf))  # the hash and the seal
    assert changed_bytes(pdf, [*random.Random(7).sample(range(len(pdf)), 60), *last]) == []


@pytest.mark.prove
def test_every_changed_byte_is_found(pdf: bytes) -> None:
    assert changed_bytes(pdf, range(len(pdf))) == []


@pytest.mark.parametrize("cut", [1, 50, 400, 5000])
def test_a_cut_or_longer_file_is_found(pdf: bytes, cut: int) -> None:
    assert found_in(pdf[:-cut])[WRONG]
    assert found_in(pdf + b"\n" * cut)[WRONG]


def test_a_file_that_is_no_certificate_is_told_as_such() -> None:
    assert found_in(b"%PDF-1.7\n%%EOF\n")[WRONG]
    assert found_in(b"")[WRONG]


def _other_word(told: dict[str, Any]) -> None:
    told["entries"][0]["payload"] = told["entries"][0]["payload"].replace("formidling", "besparelser")


def _last_answer(told: dict[str, Any]) -> dict[str, Any]:
    return [entry for entry in told["entries"] if entry["header"]["event"] == "SIGNED"][-1]


def _other_meaning(told: dict[str, Any]) -> None:
    answer = _last_answer(told)
    answer["payload"] = answer["payload"].replace("AGREED", "RECEIVED")


def _other_time(told: dict[str, Any]) -> None:
    told["entries"][0]["header"]["at_us"] += 1


def _no_signature(told: dict[str, Any]) -> None:
    del told["entries"][-1]


def _twice(told: dict[str, Any]) -> None:
    told["entries"].append(told["entries"][-1])


def _other_revision(told: dict[str, Any]) -> None:
    told["revision"] = 2


def _other_chain(told: dict[str, Any]) -> None:
    told["chain"] = "00000000-0000-4000-8000-000000000000"


def _hidden(told: dict[str, Any]) -> None:
    answer = _last_answer(told)
    del answer["salt"], answer["payload"]
    answer["missing"] = "NOT_CONCERNED"


def _other_place(told: dict[str, Any]) -> None:
    told["head"]["index"] += 1


def _other_root(told: dict[str, Any]) -> None:
    told["checkpoint"]["note"] = told["checkpoint"]["note"].replace("number 1\n", "number 2\n")


@pytest.mark.parametrize(
    "forge",
    [
        _other_word,
        _other_meaning,
        _other_time,
        _no_signature,
        _twice,
        _other_revision,
        _other_chain,
        _hidden,
        _other_place,
        _other_root,
    ],
)
def test_a_lie_in_the_evidence_is_found_though_the_file_is_sealed_anew(pdf: bytes, forge: Any) -> None:
    assert found_in(rewritten(pdf, lambda told: None, seal=True), seal_key())[WRONG] == []
    assert found_in(rewritten(pdf, forge, seal=True), seal_key())[WRONG]


def test_a_forger_without_the_key_is_found_by_who_has_the_public_one(pdf: bytes) -> None:
    stripped = rewritten(pdf, lambda told: told.update(key=""))
    assert any("not sealed" in sentence for sentence in found_in(stripped, seal_key())[WRONG])
    assert found_in(stripped)[WRONG] == []
    assert any("not sealed" in sentence for sentence in found_in(stripped)[NOT_CHECKED])


def test_another_key_is_not_the_organisations(pdf: bytes, settings) -> None:
    own = seal_key()
    settings.MUS = {**settings.MUS, "CHECKPOINT_KEY": base64.b64encode(bytes(range(32))).decode()}
    forged = rewritten(pdf, lambda told: told.update(key=seal_key()), seal=True)
    assert found_in(forged, own)[WRONG]
    # The key that was used before may be given too.
    assert found_in(pdf, seal_key(), own)[WRONG] == []


def test_another_checkpoint_outside_is_found(pdf: bytes, signed_dialogue: Dialogue) -> None:
    kept = json.loads(outside(1))
    other = {**kept, "note": kept["note"].replace("entries ", "entries 1")}
    assert found_in(pdf, outside=json.dumps(other).encode())[WRONG]
    checkpoint(NOW)
    assert any("number 2" in sentence for sentence in found_in(pdf, outside=outside(2))[NOT_CHECKED])


def test_without_a_key_it_is_whole_and_says_that_it_is_not_sealed(certificate, settings) -> None:
    settings.MUS = {**settings.MUS, "CHECKPOINT_KEY": ""}
    found = found_in(certificate.pdf())
    assert found[WRONG] == []
    assert any("not sealed" in sentence for sentence in found[NOT_CHECKED])


def test_ed25519_agrees_with_cryptography() -> None:
    draw = random.Random(3)
    for number in range(40):
        key = Ed25519PrivateKey.from_private_bytes(draw.randbytes(32))
        public, message = key.public_key().public_bytes_raw(), draw.randbytes(number)
        signature = key.sign(message)
        assert ed25519(public, message, signature)
        flipped = bytearray(signature)
        flipped[draw.randrange(64)] ^= 1 << draw.randrange(8)
        assert ed25519(public, message, bytes(flipped)) is _by_cryptography(public, message, bytes(flipped))
        assert not ed25519(public, message + b"x", signature)


def test_ed25519_by_the_vectors_of_rfc_8032() -> None:
    # 7.1, TEST 2.
    public = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    signature = bytes.fromhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert ed25519(public, b"\x72", signature)
    # The same signature by a number that is too large (malleability) is none.
    larger = int.from_bytes(signature[32:], "little") + ORDER
    assert not ed25519(public, b"\x72", signature[:32] + larger.to_bytes(32, "little"))


def _by_cryptography(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True
