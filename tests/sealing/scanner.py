"""Looks, over and over, at everything that a portal has on the disk, for words that must not be there in clear."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType

WORD = re.compile(rb"kanaristed|kanari[0-9a-f]*")
# The beginning of every canary as UTF-16, and as base64 at each of its three places among the bytes.
DISGUISED = [b"k\0a\0n\0a\0r\0i\0", b"a2FuYXJp", b"thbmFya", b"rYW5hcm"]


class Scanner:
    """Scans a folder, and what the processes hold open though it has no name any more, while its block runs."""

    def __init__(self, folder: Path, processes: list[int]) -> None:
        self.folder, self.processes = folder, processes
        self.found: dict[str, set[str]] = {}
        self.rounds, self.seen = 0, set[str]()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Scanner:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stop.set()
        self._thread.join()
        self.look()

    def look(self) -> None:
        """Look at every file once."""
        for file in (*self._files(), *self._open_files()):
            with suppress(OSError):  # gone, or never a file with bytes in it
                self.note(str(file), file.read_bytes())
        self.rounds += 1

    def note(self, where: str, content: bytes) -> None:
        """Look at these bytes."""
        self.seen.add(Path(where).name)
        words = {word.decode() for word in WORD.findall(content)} if b"kanari" in content else set()
        words |= {repr(disguise) for disguise in DISGUISED if disguise in content}
        for word in words:
            self.found.setdefault(word, set()).add(where)

    def _run(self) -> None:
        while not self._stop.wait(0.02):
            self.look()

    def _files(self) -> Iterator[Path]:
        for root, _folders, names in os.walk(self.folder):
            yield from (Path(root) / name for name in names)

    def _open_files(self) -> Iterator[Path]:
        """What the processes have open elsewhere: also files that were deleted, which nobody finds by name."""
        for process in self.processes:
            with suppress(OSError):
                for entry in Path(f"/proc/{process}/fd").iterdir():
                    with suppress(OSError):
                        if entry.is_file() and not entry.resolve().is_relative_to(self.folder):
                            yield entry
