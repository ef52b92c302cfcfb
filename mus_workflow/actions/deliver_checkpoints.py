"""Put checkpoints outside: what has not arrived yet, at each place it should be kept."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime

from mus_workflow.models import Checkpoint, Delivery
from mus_workflow.sinks import Sink, SinkError, exported

PROBLEM = 500  # characters

logger = logging.getLogger("mus_workflow.checkpoints")


def deliver_checkpoints(*, sinks: Iterable[Sink], at: datetime) -> list[Delivery]:
    """Bring each sink every checkpoint that it has not taken, the newest first; each attempt is kept.

    A sink that refuses is not tried again before the next run, and holds up no other. A refusal is logged as an error.
    """
    return [delivery for sink in sinks for delivery in _deliver(sink, at)]


def _deliver(sink: Sink, at: datetime) -> Iterator[Delivery]:
    for checkpoint in Checkpoint.objects.not_arrived_at(sink.name[:200]):
        problem = _put(sink, checkpoint)
        yield Delivery.objects.create(checkpoint=checkpoint, sink=sink.name[:200], tried_at=at, problem=problem)
        if problem:
            logger.error("checkpoint %s did not arrive at %s: %s", checkpoint.number, sink.name, problem)
            return


def _put(sink: Sink, checkpoint: Checkpoint) -> str:
    try:
        with exported(checkpoint) as file:
            sink.put(checkpoint, file)
    except SinkError as error:
        return str(error)[:PROBLEM] or "it did not arrive"
    except (OSError, ValueError) as error:  # no room to write the file here, or an address that is none
        return f"{type(error).__name__}: {error}"[:PROBLEM]
    return ""
