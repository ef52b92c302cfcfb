"""What verifying costs: everything by the command's own way, single dialogues, and a checkpoint of all chains."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any

from django.utils import timezone

from mus_workflow.actions.make_checkpoint import make_checkpoint
from mus_workflow.conf import app_settings, checkpoint_name
from mus_workflow.history.chains import Tally
from mus_workflow.history.verification import verify_dialogue, verify_everything
from mus_workflow.models import Dialogue
from mus_workflow.sealing import SigningKey

DIALOGUES = 200
PAUSE = 1  # seconds between two looks, each of which takes a few milliseconds


def measure() -> dict[str, Any]:
    """Seconds, processor seconds and memory, in a JSON value."""
    key = SigningKey(app_settings.CHECKPOINT_KEY)
    tally, findings = Tally(), []
    at = timezone.now()
    checkpoint = timed(lambda: make_checkpoint(key=key, name=checkpoint_name(), at=at))
    with Memory() as memory:
        everything = timed(lambda: findings.extend(verify_everything(tally, at=at, processes=2)))
    keys = list(Dialogue.objects.order_by("pk").values_list("pk", flat=True))
    some = [keys[number * len(keys) // DIALOGUES] for number in range(DIALOGUES)]
    singles = [timed(lambda one=one: verify_dialogue(one)) for one in some]
    return {
        "entries": tally.entries,
        "dialogues": tally.dialogues,
        "findings": len(findings),
        "everything": everything,
        "memory": memory.peak,
        "checkpoint": checkpoint,
        "dialogue": {name: milliseconds(single[name] for single in singles) for name in ("seconds", "processor")},
    }


def timed(work: Callable[[], Any]) -> dict[str, float]:
    """Seconds on the clock, and of processors with those of the processes it started."""
    clock, before = time.perf_counter(), processor()
    work()
    return {"seconds": time.perf_counter() - clock, "processor": processor() - before}


def milliseconds(seconds: Iterable[float]) -> dict[str, float]:
    """The median, and what 95 of 100 do not exceed."""
    ordered = sorted(seconds)
    return {"p50": 1000 * statistics.median(ordered), "p95": 1000 * ordered[int(len(ordered) * 0.95)]}


def processor() -> float:
    """Seconds of processors so far; ``os.times`` counts those of finished processes, and too coarsely this one's."""
    times = os.times()
    return time.process_time() + times.children_user + times.children_system


class Memory:
    """The most memory, in MB, that this process and those it starts have together; what they share counts once."""

    def __init__(self) -> None:
        self.peak = 0.0
        self._done = Event()
        self._watch = Thread(target=self._look, daemon=True)

    def __enter__(self) -> Memory:
        self._watch.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._done.set()
        self._watch.join()

    def _look(self) -> None:
        while not self._done.wait(PAUSE):
            self.peak = max(self.peak, sum(map(_megabytes, [os.getpid(), *_children(os.getpid())])))


def _children(pid: int) -> list[int]:
    found: list[int] = []
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
    return found


def _megabytes(pid: int) -> float:
    with suppress(OSError):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
    return 0.0
