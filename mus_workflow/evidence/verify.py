"""Check a bundle of evidence (docs/evidence-format.md) offline, with Python 3.11; signatures with ``cryptography`` too.

    python3 verify.py BUNDLE.zip|FOLDER [--anchors FOLDER] [--key KEY …] [--json]

Ends with 0 when nothing is wrong, otherwise with 1. What could not be checked is said, and never counts as right.
"""

import argparse
import base64
import hashlib
import importlib.util
import json
import re
import sys
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

WRONG, NOT_CHECKED, IN_ORDER = "WRONG", "NOT CHECKED", "IN ORDER"
VERDICT = {True: IN_ORDER, False: WRONG, None: NOT_CHECKED}
CLOSED = {"NO_GRANT": "no grant", "OUTSIDE_GRANT": "not opened by the grant", "ERASED": "erased by the rule"}
SLACK = 300  # seconds that a server may take from an event to its entry
NOTE = re.compile(
    r"(?P<text>(?P<name>[^\s+]+)/mus-heads\n(?P<chains>\d+)\n(?P<root>[A-Za-z0-9+/]{43}=)\nnumber (?P<number>\d+)\n"
    r"time (?P<time>\S+)\nentries \d+\nreadings \d+ (?P<readings>[A-Za-z0-9+/]{43}=) \S+\nprevious (?P<previous>\S+)\n)"
    r"\n(?P<signatures>(?:— [^\s+]+ [A-Za-z0-9+/]+=*\n)*)"
)


class Check:
    """One bundle, what outsiders gave to check it with, and what was found."""

    def __init__(self, bundle: Path, anchors: Path | None, keys: list[str]) -> None:
        self.bundle, self.anchors, self.keys = bundle, anchors, keys
        self.found, self.known = list[dict[str, Any]](), list[dict[str, Any]]()
        self.own: dict[str, Any] = {"number": 0}
        self.chains, self.heads = dict[str, tuple[str, dict[int, str]]](), dict[str, tuple[int, str]]()

    def tell(self, kind: str, place: str, sentence: str, entry: int | None = None) -> None:
        """Keep what was found."""
        self.found.append({"kind": kind, "place": place, "entry": entry, "problem": sentence})

    def guarded(self, name: str, check: Any) -> None:
        """Check one file. Whatever is not what it should be is wrong, and stops nothing else."""
        try:
            check(name)
        except Exception as problem:
            self.tell(WRONG, name, f"it cannot be read: {type(problem).__name__} {problem}")

    def everything(self, _name: str) -> None:
        """The files, the checkpoint, each dialogue, the sample, and the checkpoints kept outside."""
        archive = zipfile.ZipFile(self.bundle) if self.bundle.is_file() else None
        files = [one.relative_to(self.bundle).as_posix() for one in self.bundle.rglob("*") if one.is_file()]
        self.names = set(archive.namelist() if archive else files)
        self.read = archive.read if archive else lambda name: self.bundle.joinpath(name).read_bytes()
        self.guarded("manifest.json", self.files)
        self.guarded("checkpoint.json", self.checkpoint)
        for name in sorted(name for name in self.names if name.startswith("dialogues/")):
            self.guarded(name, self.dialogue)
        if "sample.json" in self.names:
            self.guarded("sample.json", self.sample)
        for file in sorted(self.anchors.glob("*.json")) if self.anchors else []:
            self.guarded(str(file), self.anchor)
        self.guarded("checkpoints kept outside", self.anchored_root)

    def files(self, name: str) -> None:
        """Every file against the list of files."""
        manifest = json.loads(self.read(name))
        self.made_at, listed = datetime.fromisoformat(manifest["made_at"]).timestamp(), manifest["files"]
        self.tell(IN_ORDER, name, f"made {manifest['made_at']}, files: {len(listed)}")
        for file in sorted(self.names ^ {*listed, name}):
            self.tell(WRONG, file, "it is missing" if file in listed else "it is not in the list of files")
        for file in sorted(self.names & {*listed}):
            if sha256(self.read(file)).hex() != listed[file]:
                self.tell(WRONG, file, "it was changed after the bundle was made")

    def checkpoint(self, name: str) -> None:
        """The checkpoint that the bundle carries, and who signed it."""
        if name not in self.names:
            return self.tell(NOT_CHECKED, name, "there is none, so a chain that was cut short cannot be seen")
        given = json.loads(self.read(name))
        self.own = said = read_note(given["note"])
        self.tell(IN_ORDER, name, f"checkpoint {said['number']} of {said['time']} with {said['chains']} chains")
        if not self.keys:
            self.tell(NOT_CHECKED, name, f"whose key signed it (no --key); the bundle itself names {given['key']}")
        return self.signature(name, said, self.keys or [given["key"]] if given["key"] else self.keys)

    def signature(self, name: str, said: dict[str, Any], keys: list[str]) -> None:
        """Whether a note is signed with one of the keys; nothing without any."""
        answers = {is_signed(said, key): key for key in keys}
        valid = True in answers or (None if None in answers else False)
        lacking = " (the package cryptography is not installed)" if valid is None else ""
        if keys:
            self.tell(VERDICT[valid], name, f"its signature by the key {answers[valid]}{lacking}")

    def dialogue(self, name: str) -> None:
        """One chain with its contents, its signatures, and its place in the checkpoint."""
        given, before = json.loads(self.read(name)), len(self.found)
        place, entries = given["reference"], given["entries"]
        self.chains[given["chain"]] = place, {entry["header"]["n"]: entry["hash"] for entry in entries}
        opened = self.entries(place, given["chain"], entries)
        signed = self.signatures(place, entries, opened)
        if self.own["number"]:
            self.head(place, given)
        if all(row["kind"] != WRONG for row in self.found[before:]):
            self.tell(IN_ORDER, place, f"entries: {len(entries)}, contents: {len(opened)}, signatures: {signed}")

    def entries(self, place: str, chain: str, entries: list[dict[str, Any]]) -> dict[int, Any]:
        """Check order, headers and contents; the contents, by entry, that are what the entries were written for."""
        expected, previous, opened, closed = 1, bytes(32).hex(), {}, list[str]()
        for entry in entries:
            header, n, payload = {**entry["header"], "chain": chain}, entry["header"]["n"], entry.get("payload", "")
            linked = link(header, bytes.fromhex(entry["commitment"]), bytes.fromhex(entry["previous"])).hex()
            fits = payload and commit(bytes.fromhex(entry["salt"]), payload.encode()).hex() == entry["commitment"]
            why = CLOSED.get(entry.get("missing", ""))
            for is_wrong, sentence in (
                (n != expected, f"entry {expected} is missing"),
                (n == expected and entry["previous"] != previous, "it does not follow the entry before it"),
                (linked != entry["hash"], "it was changed after it was written"),
                (payload and not fits, "its content is not what it was written for"),
                (not payload and not why, "its content is gone, and nothing says why"),
            ):
                if is_wrong:
                    self.tell(WRONG, place, sentence, n)
            if fits:
                opened[n] = json.loads(payload)
            elif not payload:
                closed.append(f"{why} {entry.get('rule', '')}".strip())
            expected, previous = n + 1, entry["hash"]
        for reason in sorted(set(closed)):
            self.tell(NOT_CHECKED, place, f"contents: {closed.count(reason)}, {reason}")
        return opened

    def signatures(self, place: str, entries: list[dict[str, Any]], opened: dict[int, Any]) -> int:
        """How many signatures name a document that was presented to those who signed."""
        presented: dict[str, set[str]] = {}
        signed, hidden = set(), False
        for n, event in ((entry["header"]["n"], entry["header"]["event"]) for entry in entries):
            if event == "PRESENTED" and n in opened:
                document = opened[n]["document"]
                presented[sha256(canonical(document)).hex()] = {party["id"] for party in document["parties"]}
                if document["reference"] != place:
                    self.tell(WRONG, place, "its document is of another dialogue", n)
            elif event in ("SIGNED", "DECLINED") and n in opened:
                named, who = opened[n]["document_sha256"], opened[n]["participant"]
                if named not in presented and hidden:
                    self.tell(NOT_CHECKED, place, "what it signs is not open", n)
                elif who not in presented.get(named, ()) or (named, who) in signed:
                    self.tell(WRONG, place, "it signs what was not presented to them, or signs it twice", n)
                else:
                    signed.add((named, who))
            hidden |= event == "PRESENTED" and n not in opened
        return len(signed)

    def head(self, place: str, given: dict[str, Any]) -> None:
        """Whether the checkpoint proves what the chain ended with then."""
        own, head, hashes = self.own, given["head"], self.chains[given["chain"]][1]
        n, named = head["n"] if head else 0, f"checkpoint {own['number']}"
        if head and n not in hashes:
            self.tell(WRONG, place, f"it was cut off: {named} names it", n)
        elif head:
            leaf, path = head_leaf(given["chain"], n, hashes[n]), [bytes.fromhex(one) for one in head["path"]]
            if root_by_path(leaf, head["index"], own["chains"], path) != own["root"]:
                self.tell(WRONG, place, f"it is not the entry that {named} names", n)
        newer = [entry["header"] for entry in given["entries"] if entry["header"]["n"] > n]
        if newer and newer[0]["at_us"] / 1e6 < own["at"] - SLACK:
            self.tell(WRONG, place, f"it is older than {named}, which does not know it", newer[0]["n"])
        if newer:
            self.tell(NOT_CHECKED, place, f"entries newer than the checkpoint: {len(newer)}")

    def sample(self, name: str) -> None:
        """Whether the dialogues are those that the seed draws from the population."""
        given, population = json.loads(self.read(name)), self.read("population.txt").decode().split()
        drawn = sorted(population, key=lambda chain: sha256((given["seed"] + chain).encode()))[: given["size"]]
        words = f"{len(drawn)} of {len(population)} drawn by the seed {given['seed']}"
        self.tell(VERDICT[sorted(drawn) == sorted(self.chains)], name, words)

    def anchor(self, name: str) -> None:
        """One checkpoint kept outside: that it follows the one before it, and that the chains contain its heads."""
        given, own = json.loads(Path(name).read_bytes()), self.own
        said = read_note(given["note"])
        number, before = said["number"], self.known[-1] if self.known else said
        due = not own["number"] or number <= own["number"] or said["at"] + SLACK < self.made_at
        self.known.append(said)
        self.signature(name, said, self.keys)
        if number == before["number"] + 1 and said["previous"] != sha256(before["text"].encode()):
            self.tell(WRONG, name, "it does not follow the checkpoint before it")
        if given["readings"] and said["readings"] != root_of([bytes.fromhex(leaf) for leaf in given["readings"]]):
            self.tell(WRONG, name, "its readings do not give their root")
        if (due and number > own["number"]) or (number == own["number"] and said["text"] != own["text"]):
            self.tell(WRONG, "checkpoint.json", f"it is not checkpoint {number}, which was kept outside")
        for chain, n, end in given["heads"]:
            place, hashes = self.chains.get(chain, ("", {}))
            if hashes.get(n, end) != end:
                last = f"the one before named entry {self.heads.get(chain, ('none', ''))[0]}"
                self.tell(WRONG, place, f"it is not the entry that checkpoint {number} kept outside names; {last}", n)
            elif place and due and n not in hashes:
                self.tell(WRONG, place, f"it was cut off: checkpoint {number} kept outside names it", n)
            self.heads[chain] = n, end

    def anchored_root(self, name: str) -> None:
        """Whether all heads that were kept outside give the root of the last checkpoint there."""
        count, last = len(self.known), self.known[-1] if self.known else {"number": -1}
        if last["number"] != count:
            return self.tell(NOT_CHECKED, name, f"given: {count}, not all from the first (--anchors)")
        leaves = [head_leaf(chain, *end) for chain, end in sorted(self.heads.items())]
        return self.tell(VERDICT[root_of(leaves) == last["root"]], name, f"{count}: all their heads, and the last root")


def canonical(value: Any) -> bytes:
    """The one sequence of bytes of a value."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def commit(salt: bytes, payload: bytes) -> bytes:
    """What an entry commits itself to."""
    return sha256(b"mus/commit/v1\0" + salt + payload)


def link(header: Any, commitment: bytes, previous: bytes) -> bytes:
    """The hash of an entry."""
    covered = canonical(header)
    return sha256(b"mus/ledger/v1\0" + len(covered).to_bytes(4, "big") + covered + commitment + previous)


def head_leaf(chain: str, n: int, end: str) -> bytes:
    """The leaf hash of a chain that ends with entry ``n``."""
    return sha256(b"\0" + bytes.fromhex(chain.replace("-", "")) + n.to_bytes(8, "big") + bytes.fromhex(end))


def root_of(leaves: list[bytes]) -> bytes:
    """The root of a tree (RFC 9162, 2.1.1). Pairing each level from the left gives the same tree."""
    while len(leaves) > 1:
        odd = leaves[-1:] if len(leaves) % 2 else []
        leaves = [sha256(b"\1" + leaves[i] + leaves[i + 1]) for i in range(0, len(leaves) - 1, 2)] + odd
    return leaves[0] if leaves else sha256(b"")


def root_by_path(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """The root that a path leads to (RFC 9162, 2.1.3.2); nothing where the path is not as long as it must be."""
    last, rest = size - 1, list(path)
    while last > 0:
        if index % 2 or index < last:
            beside = rest.pop(0) if rest else b""
            leaf = sha256(b"\1" + (beside + leaf if index % 2 else leaf + beside))
        index, last = index // 2, last // 2
    return b"" if rest or index else leaf


def read_note(note: str) -> dict[str, Any]:
    """What a checkpoint's note says. Raises AttributeError for anything else."""
    said: dict[str, Any] = NOTE.fullmatch(note).groupdict()  # type: ignore[union-attr]
    said |= {name: base64.b64decode(said[name]) for name in ("root", "readings", "previous")}
    said |= {name: int(said[name]) for name in ("chains", "number")}
    return said | {"at": datetime.fromisoformat(said["time"]).timestamp()}


def is_signed(said: dict[str, Any], key: str) -> bool | None:
    """Whether a note is signed with a key (C2SP ``vkey``); None where that cannot be computed here."""
    name, key_id, public = key.split("+", 2)
    lines = map(str.split, said["signatures"].splitlines())
    mine = [data for _dash, signer, data in lines if signer == name and base64.b64decode(data)[:4].hex() == key_id]
    if not mine or not importlib.util.find_spec("cryptography"):
        return None if mine else False
    ed25519 = importlib.import_module("cryptography.hazmat.primitives.asymmetric.ed25519")
    try:
        checker = ed25519.Ed25519PublicKey.from_public_bytes(base64.b64decode(public)[1:])
        checker.verify(base64.b64decode(mine[0])[4:], said["text"].encode())
    except importlib.import_module("cryptography.exceptions").InvalidSignature:
        return False
    return True


def sha256(data: bytes) -> bytes:
    """32 bytes."""
    return hashlib.sha256(data).digest()


def main() -> int:
    """Check, tell, and return how it ended."""
    parser = argparse.ArgumentParser(description="Check a bundle of evidence.")
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--anchors", type=Path, help="a folder of checkpoints that were kept outside")
    parser.add_argument("--key", action="append", default=[], help="a public key, from a source that you trust")
    parser.add_argument("--json", action="store_true", help="write one JSON document")
    options = parser.parse_args()
    check = Check(options.bundle, options.anchors, options.key)
    check.guarded(str(options.bundle), check.everything)
    wrong = sum(row["kind"] == WRONG for row in check.found)
    for row in [] if options.json else check.found:
        line = f"{row['kind']:12} {row['place']}, entry {row['entry']}: {row['problem']}".replace(", entry None", "")
        print("".join(letter for letter in line if letter.isprintable()))  # nothing that a terminal would obey
    told = f"Things that are wrong: {wrong}" if wrong else "Nothing is wrong in what could be checked."
    print(json.dumps({"ok": not wrong, "found": check.found}) if options.json else told)
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
