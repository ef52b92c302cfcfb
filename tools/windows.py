"""Windows in which people write at once, saving as autosave.js does: each in a place of its own, and all in one."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from typing import Any

from tools.bench_load import ask, in_parallel, post_json

MOST_TRIES = 200
NEWEST = 2**31 - 1  # nobody else writes there
LOST_ANSWERS = 7  # each seventh answer gets lost on its way back, and the same request is sent again


@dataclass
class Window:
    """One window: what it has typed, and how it went. Where another was first it keeps both texts."""

    port: int
    number: int
    place: dict[str, Any]
    own: str = ""
    shared: str = ""
    seen: int = 0
    sent: int = 0
    conflicts: int = 0
    faults: list[str] = field(default_factory=list)

    def write(self, turns: int) -> None:
        """Type a word in each turn: in turn in the window's own place and in the shared one."""
        for turn in range(turns):
            word = f"æ{self.number}.{turn}"
            if turn % 2:
                self._share(word)
            else:
                self.own = f"{self.own} {word}".strip()
                status, answer = self._save(self.place["own"], self.own, version=NEWEST)
                if status != 200:
                    self.faults.append(f"own: {status} {answer}")

    def _share(self, word: str) -> None:
        self.shared = f"{self.shared} {word}".strip()
        for _try in range(MOST_TRIES):
            status, answer = self._save(self.place["shared"], self.shared, version=self.seen)
            self.seen = answer.get("version", self.seen)
            if status == 200:
                return
            if status != 409:
                break
            self.conflicts += 1
            self._keep_both(answer["conflicts"][0])
        self.faults.append(f"shared: {status} {answer}")

    def _keep_both(self, conflict: dict[str, Any]) -> None:
        theirs = conflict["theirs"] or ""
        self.seen = conflict.get("version", self.seen)
        known = set(theirs.split())
        self.shared = " ".join([theirs, *(word for word in self.shared.split() if word not in known)])

    def _save(self, path: list[str], text: str, *, version: int) -> tuple[int, dict[str, Any]]:
        body: dict[str, Any] = {"request": str(uuid.uuid4()), "version": version}
        inner: Any = text
        for key in reversed(path):
            inner = {key: inner}
        request = post_json(self.place["url"], self.place["session"], {**body, **inner})
        self.sent += 1
        status, answer = ask(self.port, request)
        if self.sent % LOST_ANSWERS == 0:
            status, answer = ask(self.port, request)
        return status, json.loads(answer or b"{}") if status in (200, 409) else {"body": answer[:200].decode()}


def write_together(port: int, places: list[dict[str, Any]], *, saves: int) -> list[Window]:
    """Let every window write until there have been this many saves in all."""
    windows = [Window(port, number, place) for number, place in enumerate(places)]
    turns = -(-saves // len(windows))
    list(in_parallel(lambda number: windows[number].write(turns), range(len(windows))))
    return windows


def lost(windows: list[Window], held: dict[str, dict[str, Any]]) -> list[str]:
    """What was typed and told to be saved, and is not there letter by letter; `held` is by url."""
    missing = []
    for window in windows:
        now = held[window.place["url"]]
        if now.get(" ".join(window.place["own"])) != window.own:
            missing.append(f"window {window.number}: its own text")
        shared = (now.get(" ".join(window.place["shared"])) or "").split()
        typed = [word for word in window.shared.split() if word.startswith(f"æ{window.number}.")]
        missing += [f"window {window.number}: {word}" for word in typed if shared.count(word) != 1]
    return missing
