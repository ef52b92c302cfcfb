"""What somebody could change in a dialogue of a bundle. Each returns the entry that should be named."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

from mus_workflow.evidence import canonical_bytes
from mus_workflow.evidence import verify as offline
from mus_workflow.models import Dialogue
from tests.mus_workflow.exports.bundling import Files, file_of

Chain = dict[str, Any]


def number(chain: Chain, event: str) -> int:
    """The first entry of an event."""
    return next(entry["header"]["n"] for entry in chain["entries"] if entry["header"]["event"] == event)


def head_of(files: Files, dialogue: Dialogue) -> int:
    """The entry that the checkpoint names."""
    return int(json.loads(files[file_of(dialogue)])["head"]["n"])


def entry(chain: Chain, n: int) -> Any:
    return chain["entries"][n - 1]


def another_time(chain: Chain) -> int:
    entry(chain, 3)["header"]["at_us"] += 1
    return 3


def another_person(chain: Chain) -> int:
    entry(chain, 2)["header"]["actor"] = "999"
    return 2


def another_event(chain: Chain) -> int:
    n = number(chain, "SIGNED")
    entry(chain, n)["header"]["event"] = "DECLINED"
    return n


def another_commitment(chain: Chain) -> int:
    entry(chain, 4)["commitment"] = "0" * 64
    return 4


def another_word(chain: Chain) -> int:
    n = number(chain, "PRESENTED")
    payload = entry(chain, n)["payload"]
    assert "kanariaftale" in payload
    entry(chain, n)["payload"] = payload.replace("kanariaftale", "kanariandet")
    return n


def another_salt(chain: Chain) -> int:
    n = number(chain, "SIGNED")
    entry(chain, n)["salt"] = "0" * 64
    return n


def swapped_payloads(chain: Chain) -> int:
    first, second = number(chain, "REVISION_SAVED"), number(chain, "PRESENTED")
    for name in ("payload", "salt"):
        ours, theirs = entry(chain, first), entry(chain, second)
        ours[name], theirs[name] = theirs[name], ours[name]
    return first


def payload_taken_out(chain: Chain) -> int:
    n = number(chain, "SIGNED")
    del entry(chain, n)["payload"]
    return n


def invented_reason(chain: Chain) -> int:
    n = number(chain, "SIGNED")
    del entry(chain, n)["payload"]
    entry(chain, n)["missing"] = "LOST"
    return n


def entry_taken_out(chain: Chain) -> int:
    del chain["entries"][4]
    return 6


def entries_swapped(chain: Chain) -> int:
    chain["entries"][4], chain["entries"][5] = chain["entries"][5], chain["entries"][4]
    return 6


def entry_repeated(chain: Chain) -> int:
    chain["entries"].insert(5, copy.deepcopy(chain["entries"][4]))
    return 5


def cut_before_the_head(chain: Chain) -> int:
    n = chain["head"]["n"]
    chain["entries"] = chain["entries"][: n - 2]
    return n


def cut_with_its_head(chain: Chain) -> int:
    last = chain["entries"][-4]
    chain["entries"] = chain["entries"][:-3]
    chain["head"] |= {"n": last["header"]["n"], "hash": last["hash"]}
    return last["header"]["n"]


def head_denied(chain: Chain) -> int:
    chain["head"] = None
    return 1


def rewritten(chain: Chain) -> int:
    """Change an entry, and write every later one anew, as somebody with our program could."""
    entry(chain, 2)["header"]["actor"] = "999"
    relinked(chain)
    return int(chain["head"]["n"])


def relinked(chain: Chain) -> None:
    previous = bytes(32)
    for one in chain["entries"]:
        one["previous"] = previous.hex()
        previous = offline.link(one["header"], bytes.fromhex(one["commitment"]), previous)
        one["hash"] = previous.hex()


CHANGES: list[Callable[[Chain], int]] = [
    another_time,
    another_person,
    another_event,
    another_commitment,
    another_word,
    another_salt,
    swapped_payloads,
    payload_taken_out,
    invented_reason,
    entry_taken_out,
    entries_swapped,
    entry_repeated,
    cut_before_the_head,
    cut_with_its_head,
    head_denied,
    rewritten,
]


def reworded(chain: Chain, n: int, change: Callable[[Any], None]) -> None:
    """Change what an entry commits to, with a commitment to match."""
    value = json.loads(entry(chain, n)["payload"])
    change(value)
    payload = canonical_bytes(value)
    commitment = offline.commit(bytes.fromhex(entry(chain, n)["salt"]), payload)
    entry(chain, n).update(payload=payload.decode(), commitment=commitment.hex())
    relinked(chain)


def relabelled(chain: Chain, n: int) -> None:
    entry(chain, n)["header"]["actor"] = "999"
    relinked(chain)
