"""Check the certificate of an agreement offline. Needs Python 3.11 and nothing else.

    python3 verify_certificate.py CERTIFICATE.pdf [--key KEY …] [--checkpoint FILE] [--text] [--json]

Ends with 0 when nothing is wrong, and with 1 after naming what is. What could not be checked is said, and never counts
as right. KEY is the organisation's public key, from a source that you trust; FILE a checkpoint that was kept outside.
``--text`` writes what was signed. docs/evidence-format.md describes what is computed.
"""

import argparse
import base64
import hashlib
import json
import re
import sys
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

LARGEST = 2**26  # bytes of evidence; no agreement comes near
WRONG, NOT_CHECKED, IN_ORDER = "WRONG", "NOT CHECKED", "IN ORDER"
END = re.compile(rb"%MUS-SHA256 ([0-9a-f]{64})\n(?:%MUS-SEAL ([0-9a-f]{8}) ([A-Za-z0-9+/]{86}==)\n)?\Z")
EMBEDDED = re.compile(rb"<<(?:(?!endobj|stream\n).)*/EmbeddedFile(?:(?!endobj|stream\n).)*>>\s*stream\r?\n", re.S)
NOTE = re.compile(
    r"(?P<text>(?P<name>[^\s+]+)/mus-heads\n(?P<chains>\d+)\n(?P<root>[A-Za-z0-9+/]{43}=)\nnumber (?P<number>\d+)\n"
    r"time (?P<time>\S+)\nentries \d+\nreadings \d+ [A-Za-z0-9+/]{43}= \S+\nprevious \S+\n)"
    r"\n(?P<signatures>(?:— [^\s+]+ [A-Za-z0-9+/]+=*\n)*)"
)


class Check:
    """One certificate, what an outsider gave to check it with, and what was found."""

    def __init__(self, file: bytes, keys: list[str], checkpoint: bytes | None) -> None:
        self.file, self.keys, self.outside = file, keys, checkpoint
        self.found = list[dict[str, str]]()
        self.document: dict[str, Any] = {}

    def tell(self, right: bool | None, said: str) -> None:
        """Keep what was found."""
        self.found.append({"kind": {True: IN_ORDER, False: WRONG, None: NOT_CHECKED}[right], "said": said})

    def guarded(self, what: str, check: Any, *given: Any) -> Any:
        """Make one check. Whatever is not what it should be is wrong, and stops nothing else."""
        try:
            return check(*given)
        except Exception as problem:
            self.tell(False, f"{what} cannot be read: {type(problem).__name__} {problem}")
            return None

    def everything(self) -> None:
        """The file as a whole, the evidence in it, its place in a checkpoint, and the checkpoint kept outside."""
        evidence = self.guarded("the evidence in the file", lambda: json.loads(embedded(self.file))) or {}
        self.guarded("the end of the file", self.end, str(evidence.get("key", "")))
        if not evidence:
            return
        opened = self.guarded("its entries", self.entries, evidence["chain"], evidence["entries"])
        self.guarded("its signatures", self.signatures, evidence, opened or {})
        self.guarded("its checkpoint", self.checkpoint, evidence)

    def end(self, own_key: str) -> None:
        """The hash over the whole file, and the seal."""
        match = END.search(self.file)
        if not match:
            return self.tell(False, "the file does not end as a certificate does: it was cut, or something was added")
        digest, key_id, seal = match.groups()
        is_whole = sha256(self.file[: match.start()]).hex().encode() == digest
        self.tell(is_whole, "every byte of the file, by its own hash")
        if seal is None:
            return self.tell(False if self.keys else None, "who made it: the file is not sealed")
        if not self.keys:
            self.tell(None, f"whose key sealed it (no --key); the certificate itself names {own_key}")
        key = next((one for one in self.keys if parse_key(one)[1] == key_id.decode()), (self.keys or [own_key])[0])
        name, named, public = parse_key(key)
        text = f"{name}/mus-seal\nsha256 {sha256(self.file[: match.start(2) - len('%MUS-SEAL ')]).hex()}\n"
        valid = key_id.decode() == named and ed25519(public, text.encode(), decoded(seal.decode()))
        return self.tell(valid, f"its seal by the key {key}")

    def entries(self, chain: str, entries: list[dict[str, Any]]) -> dict[int, Any]:
        """Order, headers and contents; the contents, by entry, that are what the entries were written for."""
        opened, wrong, before = {}, len(self.found), None
        for entry in entries:
            header, n, payload = {**entry["header"], "chain": chain}, entry["header"]["n"], entry.get("payload", "")
            linked = link(header, bytes.fromhex(entry["commitment"]), bytes.fromhex(entry["previous"])).hex()
            committed = sha256(b"mus/commit/v1\0" + bytes.fromhex(entry.get("salt", "")) + payload.encode()).hex()
            fits = payload and committed == entry["commitment"]
            for is_wrong, sentence in (
                (before and n != before["header"]["n"] + 1, "it does not follow the number before it"),
                (before and entry["previous"] != before["hash"], "it does not follow the entry before it"),
                (linked != entry["hash"], "it was changed after it was written"),
                (payload and not fits, "its content is not what it was written for"),
                (not payload and entry.get("missing") != "NOT_CONCERNED", "its content is missing"),
            ):
                if is_wrong:
                    self.tell(False, f"entry {n}: {sentence}")
            if fits:
                opened[n] = {"event": header["event"], "at_us": header["at_us"], **json.loads(payload)}
            before = entry
        if len(self.found) == wrong:
            self.tell(True, f"its entries: {len(entries)}, with {len(opened)} contents")
        return opened

    def signatures(self, evidence: dict[str, Any], opened: dict[int, Any]) -> None:
        """What was presented, and that each of its parties has answered to just that."""
        presented = [one for one in opened.values() if one["event"] == "PRESENTED"]
        answers = [one for one in opened.values() if one["event"] in ("SIGNED", "DECLINED")]
        document = self.document = presented[0]["document"]
        named = sha256(canonical(document)).hex()
        about = (document["reference"], document["revision"]) == (evidence["reference"], evidence["revision"])
        self.tell(len(presented) == 1 and about, f"{document['reference']}, revision {document['revision']}: {named}")
        for party in document["parties"]:
            mine = [one for one in answers if one["participant"] == party["id"]]
            right = len(mine) == 1 and mine[0]["document_sha256"] == named
            times = [datetime.fromtimestamp(one["at_us"] // 10**6, UTC) for one in mine]
            said = [f"{one['meaning']} {at:%Y-%m-%d %H:%M:%S} UTC" for one, at in zip(mine, times, strict=True)]
            self.tell(right, f"{party['name']} ({party['role_label']}): {', '.join(said) or 'no answer'}")
        if len(answers) != len(document["parties"]):
            self.tell(False, "there are answers of others than the parties")

    def checkpoint(self, evidence: dict[str, Any]) -> None:
        """Whether a checkpoint proves the end of the entries, who signed it, and whether it is the one kept outside."""
        given, head = evidence.get("checkpoint"), evidence.get("head")
        if not given or not head:
            return self.tell(None, "when it was there at the latest: no checkpoint covers it yet")
        said = read_note(given["note"])
        last = evidence["entries"][-1]
        chain, n = bytes.fromhex(evidence["chain"].replace("-", "")), last["header"]["n"].to_bytes(8, "big")
        leaf = sha256(b"\0" + chain + n + bytes.fromhex(last["hash"]))
        root = root_by_path(leaf, head["index"], int(said["chains"]), [bytes.fromhex(one) for one in head["path"]])
        self.tell(root == decoded(said["root"]), f"its place in checkpoint {said['number']} of {said['time']}")
        valid = [is_signed(said, key) for key in self.keys or [given["key"]] if key]
        self.tell(any(valid) if valid else None, f"the signature of checkpoint {said['number']}")
        if self.outside is None:
            return self.tell(None, f"checkpoint {said['number']} as it was kept outside (no --checkpoint)")
        outside = read_note(json.loads(self.outside)["note"])
        if outside["number"] != said["number"]:
            return self.tell(None, f"number {said['number']} as kept outside: that file is number {outside['number']}")
        return self.tell(outside["text"] == said["text"], f"checkpoint {said['number']} as it was kept outside")


def embedded(file: bytes) -> bytes:
    """The one file that lies in the PDF. Raises ValueError when there is not just one."""
    found = [match.end() for match in EMBEDDED.finditer(file)]
    if len(found) != 1:
        raise ValueError(f"{len(found)} files lie in it, not one")
    return zlib.decompressobj().decompress(file[found[0] :], LARGEST)


def canonical(value: Any) -> bytes:
    """The one sequence of bytes of a value."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def link(header: Any, commitment: bytes, previous: bytes) -> bytes:
    """The hash of an entry."""
    covered = canonical(header)
    return sha256(b"mus/ledger/v1\0" + len(covered).to_bytes(4, "big") + covered + commitment + previous)


def root_by_path(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """The root that a path leads to (RFC 9162, 2.1.3.2); nothing where the path is not as long as it must be."""
    last, rest = size - 1, list(path)
    while last > 0:
        if index % 2 or index < last:
            beside = rest.pop(0) if rest else b""
            leaf = sha256(b"\1" + (beside + leaf if index % 2 else leaf + beside))
        index, last = index // 2, last // 2
    return b"" if rest or index else leaf


def read_note(note: str) -> dict[str, str]:
    """What a checkpoint's note says. Raises ValueError for anything else."""
    match = NOTE.fullmatch(note)
    if not match:
        raise ValueError("this is not the note of a checkpoint")
    return match.groupdict()


def is_signed(said: dict[str, str], key: str) -> bool:
    """Whether a note is signed with a key (C2SP ``vkey``)."""
    name, key_id, public = parse_key(key)
    lines = [line.split(" ") for line in said["signatures"].splitlines()]
    mine = [decoded(data) for _dash, signer, data in lines if signer == name]
    return any(
        one[:4].hex() == key_id and ed25519(public, said["text"].encode(), one[4:]) for one in mine if len(one) == 68
    )


def parse_key(key: str) -> tuple[str, str, bytes]:
    """Name, key id and public key of a key in C2SP's form. Raises ValueError."""
    name, key_id, encoded = key.split("+", 2)
    public = decoded(encoded)
    if len(public) != 33 or sha256(name.encode() + b"\n" + public)[:4].hex() != key_id:
        raise ValueError(f"{key!r} is not a public key")
    return name, key_id, public[1:]


def decoded(text: str) -> bytes:
    """The bytes of a base64 text, of which there is only one spelling. Raises ValueError."""
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError("this is not base64 as it should be written")
    return data


# Ed25519 by RFC 8032: only checking, so nothing here is secret and nothing need take the same time.
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
Point = tuple[int, int, int, int]


def ed25519(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature of 64 bytes is the one of this message by this public key of 32 bytes."""
    key, point, s = unpacked(public), unpacked(signature[:32]), int.from_bytes(signature[32:], "little")
    if key is None or point is None or s >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    h = int.from_bytes(digest, "little") % ORDER
    left, right = multiplied(s, BASE), added(point, multiplied(h, key))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


def unpacked(data: bytes) -> Point | None:
    """The point that 32 bytes name; None for none."""
    y, sign = int.from_bytes(data, "little") % 2**255, data[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x % 2 != sign else x
    return x, y, 1, x * y % P


def added(a: Point, b: Point) -> Point:
    """The sum of two points."""
    first, second = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = second - first, d - c, d + c, second + first
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiplied(times: int, point: Point) -> Point:
    """A point added to itself so many times."""
    result: Point = (0, 1, 1, 0)
    while times:
        if times & 1:
            result = added(result, point)
        point, times = added(point, point), times >> 1
    return result


BASE = unpacked((4 * pow(5, -1, P) % P).to_bytes(32, "little")) or (0, 0, 0, 0)


def sha256(data: bytes) -> bytes:
    """32 bytes."""
    return hashlib.sha256(data).digest()


def text_of(document: dict[str, Any]) -> str:
    """The words that were signed, for a person to compare with the pages."""
    lines = [document["form"]["title"]]
    for section in document["sections"]:
        for answer in section["answers"]:
            lines += ["", answer["label"], answer["text"]]
    for number, item in enumerate(document["items"], 1):
        told = [item[one] for one in ("responsible_label", "due_date_label", "category_label", "support", "measure")]
        lines += ["", f"{number}. {item['what']}", *filter(None, told)]
    for item in document["settled"]:
        lines += ["", item["what"], item["outcome_label"], *filter(None, item["comments"].values())]
    return "\n".join([*lines, "", document["statement"]])


def main() -> int:
    """Check, tell, and return how it ended."""
    parser = argparse.ArgumentParser(description="Check the certificate of an agreement.")
    parser.add_argument("certificate", type=Path)
    parser.add_argument("--key", action="append", default=[], help="the organisation's public key, from whom you trust")
    parser.add_argument("--checkpoint", type=Path, help="a checkpoint that was kept outside")
    parser.add_argument("--text", action="store_true", help="write the words that were signed")
    parser.add_argument("--json", action="store_true", help="write one JSON document")
    options = parser.parse_args()
    outside = options.checkpoint.read_bytes() if options.checkpoint else None
    check = Check(options.certificate.read_bytes(), options.key, outside)
    check.guarded(str(options.certificate), check.everything)
    wrong = sum(row["kind"] == WRONG for row in check.found)
    lines = [f"{row['kind']:12} {row['said']}" for row in check.found]
    lines += ["", *text_of(check.document).splitlines()] if options.text and check.document else []
    told = f"Things that are wrong: {wrong}" if wrong else "Nothing is wrong in what could be checked."
    for line in [json.dumps({"ok": not wrong, "found": check.found})] if options.json else [*lines, told]:
        print("".join(letter for letter in line if letter.isprintable()))  # nothing that a terminal would obey
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
