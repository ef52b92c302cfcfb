"""Many people at once: threads in several processes, let loose together, and what each of them was told."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable, Sequence
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, connection, connections

from mus_workflow.models import ClockWentBack
from mus_workflow.policies.verdict import Refused

Told = dict[str, Any]
PROCESSES = 4


def together(jobs: Sequence[Callable[[], list[Told]]]) -> list[Told]:
    """Run all jobs at the same time, in four processes, a thread each; return all that they were told."""
    connections.close_all()
    fork = multiprocessing.get_context("fork")
    gun, answers = fork.Barrier(len(jobs)), fork.Queue()
    crowd = [
        fork.Process(target=_run, args=([jobs[n] for n in range(start, len(jobs), PROCESSES)], gun, answers))
        for start in range(min(PROCESSES, len(jobs)))
    ]
    for process in crowd:
        process.start()
    told = [row for _process in crowd for row in answers.get(timeout=240)]
    for process in crowd:
        process.join()
    return told


def attempt(action: Callable[[], Any], **about: Any) -> Told:
    """Do it, and say how it went: what came back, why it was refused, or what broke."""
    try:
        return {**about, "made": action()}
    except Refused as refusal:
        return {**about, "refused": str(refusal)}
    except (DatabaseError, ClockWentBack, ObjectDoesNotExist, LookupError, TypeError, ValueError) as error:
        return {**about, "error": f"{type(error).__name__}: {error}"}


def _run(jobs: list[Callable[[], list[Told]]], gun: Any, answers: Any) -> None:
    told: list[Told] = []

    def one(job: Callable[[], list[Told]]) -> None:
        connection.ensure_connection()
        gun.wait()
        told.extend(job())
        connection.close()

    threads = [threading.Thread(target=one, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answers.put(told)
