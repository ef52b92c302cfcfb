"""Measure beside stock Wagtail in one run: alternating rounds, medians, both sides printed (docs/performance.md)."""

import argparse
import json
import statistics
import sys
import tempfile
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from tools import bench_server
from tools.bench_load import CONNECTIONS, Sample, ask, burst, get, in_parallel, load, post_form, post_json
from tools.bench_table import Row, show
from tools.bench_verify import verifying
from tools.run_tests import POSTGRES_URL, why_no_postgres
from tools.windows import lost, write_together

ROUNDS = 5
SECONDS = 1.5
BURST = 16
SAVES = 20  # of each of the concurrent writers
TABLE_SAVES = 10_000
ENTRIES = 200_000
NEWEST = 2_000_000_000  # a base version that no other save is newer than
AUTOSAVE_GOAL = {"SQLite": 4.0, "PostgreSQL": 3.5}
REVISION_GOAL = {"SQLite": 2.0, "PostgreSQL": 4.0}  # milliseconds more than simple-history alone

Make = Callable[[int, int], bytes]


def main() -> int:
    """Print a table for each database. With --strict, 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--strict", action="store_true", help="End with 1 when a goal is missed.")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--sqlite-only", action="store_true", help="Leave PostgreSQL out.")
    parser.add_argument(
        "--part", choices=["all", "pages", "evidence", "verify"], default="all", help="What is measured."
    )
    parser.add_argument("--entries", type=int, default=ENTRIES, help="Ledger entries that are verified.")
    options = parser.parse_args()
    rows: list[Row] = []
    if options.part != "verify":
        rows += beside_stock(options)
    if options.part in ("all", "verify"):
        rows += verifying(options.entries, sqlite_only=options.sqlite_only)
    return 1 if options.strict and not all(row.is_met for row in rows) else 0


def beside_stock(options: argparse.Namespace) -> list[Row]:
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder, bench_server.sqlite(Path(folder)) as url:
        rows += measure("SQLite", url, options)
    missing = "left out" if options.sqlite_only else why_no_postgres()
    if missing is None:
        with bench_server.postgres(POSTGRES_URL) as url:
            rows += measure("PostgreSQL", url, options)
    else:
        print(f"\nNOT measured on PostgreSQL: {missing}")
    return rows


def measure(database: str, url: str, options: argparse.Namespace) -> list[Row]:
    print(f"\n{database}: preparing …", flush=True)
    plan = bench_server.prepare(url)
    if options.part == "evidence":
        rows = list(revisions(database, url))
        show(database, rows)
        return rows
    rounds = options.rounds
    with bench_server.served(url) as port:
        rows = [*pages(port, plan, rounds), autosave(database, port, plan, rounds), signing(port, plan, url)]
        rows += crowds(port, plan, url)
        rows.append(tables(port, plan, url))
    rows += revisions(database, url)
    took = json.loads(bench_server.run("-m", "benchmarks.processor", json.dumps(plan), database_url=url))
    if database == "SQLite":
        with bench_server.served(url, STOCK_SQLITE="1") as port:
            rows += crowds(port, plan, url, " on Django's own SQLite settings")
    show(database, rows)
    for case in ("page", "save"):
        ours, stock = took[case], took[f"stock {case}"]
        print(f"processor time in one process, {case}: {ours:.1f} ms, stock {stock:.1f} ms, {stock / ours:.1f} times")
    return rows


def pages(port: int, plan: dict[str, Any], rounds: int) -> Iterator[Row]:
    """The preparation page beside a stock form page, and a long one beside a short one."""

    def page_of(group: str) -> Make:
        def make(connection: int, number: int) -> bytes:
            writer = writer_of(plan[group], connection, number)
            return get(f"/mus/dialogues/{writer['dialogue']}/preparation/", writer["session"])

        return make

    def stock(connection: int, number: int) -> bytes:
        return get(plan["stock"]["path"], writer_of(plan["writers"], connection, number)["session"])

    ours, stocks, many = medians(port, [page_of("writers"), stock, page_of("many")], rounds)
    yield beside("preparation page, 20 questions, GET", ours, stocks, 5.0)
    ratio = ours.rate / many.rate if many.rate else 0.0
    shown = (f"{1000 / many.rate:.1f} ms", f"{1000 / ours.rate:.1f} ms (20)") if many.rate else ("failed", "")
    yield Row("the same, 100 questions: time of 20", *shown, f"{ratio:.1f}", "≤ 3", not many.failures and ratio <= 3)


def autosave(database: str, port: int, plan: dict[str, Any], rounds: int) -> Row:
    """One answer saved by the script beside a stock form sent by its button."""

    def ours(connection: int, number: int) -> bytes:
        writer = writer_of(plan["writers"], connection, number)
        return save(writer, writer["texts"][0], f"Skrevet {uuid.uuid4()}")

    def stock(connection: int, number: int) -> bytes:
        session = writer_of(plan["writers"], connection, number)["session"]
        return post_form(plan["stock"]["path"], session, plan["stock"]["answers"])

    return beside("autosave of one answer, POST", *medians(port, [ours, stock], rounds), AUTOSAVE_GOAL[database])


def signing(port: int, plan: dict[str, Any], url: str) -> Row:
    """Signing an agreement beside a stock form sent by its button. The password's hasher is the tests' quick one."""
    signers = plan["signers"]
    fields = {"meaning": "AGREED", "password": "demo", "remark": ""}
    ours, stocks = [], []
    for start in range(0, len(signers), BURST):
        group = signers[start : start + BURST]
        ours.append(burst(port, [sign(one, {**fields, "document_sha256": one["sha256"]}) for one in group]))
        stocks.append(
            burst(port, [post_form(plan["stock"]["path"], one["session"], plan["stock"]["answers"]) for one in group])
        )
    row = beside("signing, POST, re-authentication by a quick hash", median(ours), median(stocks), 2.0)
    unsigned = len({f"{one['dialogue']} signed" for one in signers} - stored(url))
    return replace(row, case=f"{row.case}: {unsigned} NOT signed", is_met=False) if unsigned else row


def sign(signer: dict[str, Any], fields: dict[str, str]) -> bytes:
    answer = {**fields, "acknowledgement": signer["words"]}
    return post_form(f"/mus/dialogues/{signer['dialogue']}/agreement/sign/", signer["session"], answer)


def revisions(database: str, url: str) -> Iterator[Row]:
    """A revision of an agreement, beside its row and history alone: what the evidence costs, and the whole action."""
    took = json.loads(bench_server.run("-m", "benchmarks.revise", database_url=url))
    plain, goal = took["plain"], REVISION_GOAL[database]
    more = {name: took[name] - plain for name in ("evident", "ours")}
    shown = {name: (f"{took[name]:.1f} ms", f"{plain:.1f} ms", f"+{more[name]:.1f}") for name in more}
    case = "saving a revision with its evidence, sealing included; simple-history alone"
    yield Row(case, *shown["evident"], f"≤ +{goal:g}", more["evident"] <= goal)
    yield Row("the whole action; simple-history alone", *shown["ours"], "", True)


def crowds(port: int, plan: dict[str, Any], url: str, where: str = "") -> Iterator[Row]:
    """Fifty writers at once: each in a draft of their own, and all in one draft, each in an answer of their own."""
    own = [(writer, writer["texts"][0]) for writer in plan["writers"]]
    shared = [(plan["many"][0], text) for text in plan["many"][0]["texts"]]
    for name, places in (("each in their own draft", own), ("all in one draft", shared)):
        yield crowd(port, f"{len(places)} writers{where}, {name}", places, url)


def crowd(port: int, case: str, places: list[tuple[dict[str, Any], str]], url: str) -> Row:
    """Let everyone save again and again; afterwards each draft must hold what its writers were last told is saved."""

    def write(index: int) -> tuple[list[int], str]:
        writer, question = places[index]
        statuses, kept = [], ""
        for number in range(SAVES):
            text = f"{index} skrev {number} {uuid.uuid4()}"
            status, _body = ask(port, save(writer, question, text))
            statuses.append(status)
            kept = text if status == 200 else kept
        return statuses, kept

    results = list(in_parallel(write, range(len(places))))
    refused = sum(status != 200 for statuses, _kept in results for status in statuses)
    errors = sum(status >= 500 or status == 0 for statuses, _kept in results for status in statuses)
    told = zip(places, results, strict=True)
    wanted = {f"{writer['dialogue']} {question} {kept}" for (writer, question), (_statuses, kept) in told}
    lost = len(wanted - stored(url))
    said = f"{len(places) * SAVES} saves: {refused} refused, {errors} errors, {lost} lost"
    return Row(case, said, "", "", "0, 0, 0", not (refused or errors or lost))


def tables(port: int, plan: dict[str, Any], url: str) -> Row:
    """Two people with two windows each, at four tables: each window in a place of its own and all in a shared one."""
    places = plan["tables"]
    written = write_together(port, places, saves=TABLE_SAVES)
    urls = sorted({place["url"] for place in places})
    held = json.loads(bench_server.run("-m", "benchmarks.tables", *urls, database_url=url))
    gone, faults = len(lost(written, held)), sum(len(window.faults) for window in written)
    met = sum(window.conflicts for window in written)
    said = f"{sum(window.sent for window in written)} saves: {met} conflicts, {faults} faults, {gone} lost"
    return Row(f"{len(places)} windows, both texts kept", said, "", "", "0, 0", not (gone or faults))


def stored(url: str) -> set[str]:
    """What the database holds now: texts, and who has signed."""
    return set(bench_server.run("-m", "benchmarks.stored", database_url=url).splitlines())


def save(writer: dict[str, Any], question: str, text: str) -> bytes:
    body = {"request": str(uuid.uuid4()), "version": NEWEST, "answers": {question: text}}
    return post_json(f"/mus/dialogues/{writer['dialogue']}/preparation/autosave/", writer["session"], body)


def writer_of(writers: list[dict[str, Any]], connection: int, number: int) -> dict[str, Any]:
    """Each connection has writers of its own and takes them in turn."""
    mine = writers[connection::CONNECTIONS]
    return mine[number % len(mine)]


def medians(port: int, sides: list[Make], rounds: int) -> list[Sample]:
    """Load each side in turn, round after round; return the median rate of each, and all statuses."""
    for make in sides:
        load(port, make, 0.5)  # what is kept in memory is there from here on
    taken = [[load(port, make, SECONDS) for make in sides] for _round in range(rounds)]
    return [median(samples) for samples in zip(*taken, strict=True)]


def median(samples: Sequence[Sample]) -> Sample:
    statuses = sum((sample.statuses for sample in samples), Counter())
    return Sample(statistics.median(sample.rate for sample in samples), statuses)


def beside(case: str, ours: Sample, stock: Sample, goal: float) -> Row:
    ratio = ours.rate / stock.rate
    failures = ours.failures + stock.failures
    return Row(
        case if not failures else f"{case} ({failures} FAILED: {dict(ours.statuses)} {dict(stock.statuses)})",
        f"{ours.rate:.0f}/s",
        f"{stock.rate:.0f}/s",
        f"{ratio:.1f}",
        f"≥ {goal:g}",
        not failures and ratio >= goal,
    )


if __name__ == "__main__":
    sys.exit(main())
