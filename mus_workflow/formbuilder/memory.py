"""A small memory for things that are costly to make and never change."""

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Made = TypeVar("Made")


class Memory(Generic[Made]):
    """Keeps what was made last; forgets the oldest when full. Safe between threads."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept: dict[Hashable, Made] = {}
        self._lock = Lock()

    def recall(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """What was made for the key, now or earlier."""
        made = self._kept.get(key)
        if made is not None:
            return made
        made = make()
        with self._lock:
            if len(self._kept) >= self._size:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = made
        return made

    def __len__(self) -> int:
        return len(self._kept)
