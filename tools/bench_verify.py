"""What verifying a large history costs (`benchmarks/verify.py`): nothing of stock Wagtail is beside it."""

import json
import tempfile
from pathlib import Path
from typing import Any

from tools import bench_server
from tools.bench_table import Row, show
from tools.run_tests import POSTGRES_URL, why_no_postgres

MILLION = 1_000_000
SECONDS = 60  # for a million entries
MEGABYTES = 200
MILLISECONDS = 50  # for one dialogue, 95 of 100


def verifying(entries: int, *, sqlite_only: bool) -> list[Row]:
    """Make so many entries, verify them, and print what it cost."""
    with tempfile.TemporaryDirectory() as folder, bench_server.sqlite(Path(folder)) as url:
        rows = _measured("SQLite", url, entries)
    if not sqlite_only and why_no_postgres() is None:
        with bench_server.postgres(POSTGRES_URL) as url:
            rows += _measured("PostgreSQL", url, entries)
    return rows


def _measured(database: str, url: str, entries: int) -> list[Row]:
    print(f"\n{database}: writing {entries:,} entries …", flush=True)
    bench_server.run("-m", "benchmarks.fill_evidence", str(entries), database_url=url)
    took = json.loads(bench_server.run("-m", "benchmarks.check_evidence", database_url=url))
    rows = list(_rows(took))
    show(database, rows)
    return rows


def _rows(took: dict[str, Any]) -> list[Row]:
    count, everything, checkpoint = took["entries"], took["everything"], took["checkpoint"]
    seconds, limit = everything["seconds"], SECONDS * count / MILLION
    told = f"{seconds:.1f} s, {count / seconds:,.0f} entries/s, {everything['processor']:.1f} s of two processors"
    case = f"verifying everything, {count:,} entries, {took['findings']} findings"
    clock, processor = took["dialogue"]["seconds"], took["dialogue"]["processor"]
    of_one = f"p50 {clock['p50']:.0f} ms, p95 {clock['p95']:.0f} ms; of the processor {processor['p95']:.0f} ms"
    made = f"{checkpoint['seconds']:.1f} s"
    return [
        Row(case, told, "", "", f"≤ {limit:.0f} s", seconds <= limit and not took["findings"]),
        Row("the same, memory of all processes", f"{took['memory']:.0f} MB", "", "", "", took["memory"] <= MEGABYTES),
        Row("verifying one dialogue", of_one, "", "", f"≤ {MILLISECONDS} ms", clock["p95"] <= MILLISECONDS),
        Row(f"a checkpoint of {took['dialogues']:,} chains", made, "", "", "", True),
    ]
