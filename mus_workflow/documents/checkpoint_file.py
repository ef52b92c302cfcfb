"""The file that a checkpoint leaves this system as (docs/evidence-format.md): ids and hashes, no word of anybody's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import IO

from mus_workflow.models import Checkpoint, Reading

FORMAT = 1


def checkpoint_file_name(number: int) -> str:
    """What the file is called, so that files sort by number."""
    return f"checkpoint-{number:06}.json"


def write_checkpoint_file(checkpoint: Checkpoint, file: IO[str]) -> None:
    """Write the file, a row at a time: the first checkpoint of a large organisation has a head for each dialogue.

    ``readings`` is empty where the rule for readings has erased some of them: the rest would prove nothing.
    """
    file.write(f'{{"format": {FORMAT}, "note": {json.dumps(checkpoint.note, ensure_ascii=False)}, "heads": [')
    heads = checkpoint.heads.order_by("chain").values_list("chain", "n", "hash")
    _write_rows(file, (f'["{chain}", {n}, "{bytes(link).hex()}"]' for chain, n, link in heads.iterator(2000)))
    file.write('], "readings": [')
    readings = Reading.objects.covered_by(checkpoint)
    if readings.count() == checkpoint.readings:
        _write_rows(file, (f'"{leaf.hex()}"' for leaf in readings.leaf_hashes()))
    file.write("]}\n")


def _write_rows(file: IO[str], rows: Iterator[str]) -> None:
    for position, row in enumerate(rows):
        file.write((",\n" if position else "\n") + row)
