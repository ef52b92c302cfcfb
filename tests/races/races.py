"""The races. Each returns what was seen; the tests say what must be."""

from __future__ import annotations

import os
import random
import signal
import time
import uuid
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connections

from mus_workflow.actions.make_checkpoint import AnotherRun, make_checkpoint
from mus_workflow.actions.save_draft import save_agreement_draft
from mus_workflow.actions.sign_agreement import sign_agreement
from mus_workflow.actions.write_revision import present_agreement, save_revision, take_back_agreement
from mus_workflow.documents.agreement import document_sha256
from mus_workflow.documents.merge import Typed
from mus_workflow.evidence import head_leaf, leaf_hash, merkle_root, verify_chain
from mus_workflow.history import verification
from mus_workflow.history.chains import Tally
from mus_workflow.history.moment import one_moment
from mus_workflow.history.processes import in_processes
from mus_workflow.history.verification import verify_everything
from mus_workflow.models import Checkpoint, Dialogue, LedgerEntry, Meaning, Presentation, Signature, open_sealed
from mus_workflow.sealing import SigningKey, new_signing_key
from tests.builders import ITEM, qid, write_agreement
from tests.ledger import entries, payload_of
from tests.plumbing.clock import NOW
from tests.races import scene
from tests.races.crowd import Told, attempt, together

build = scene.build
BEGUN = os.getpid()


def autosave() -> dict[str, Any]:
    """Everybody types an item of their own and, all in one place, the summary."""
    dialogue = scene.talk()
    people = list(get_user_model().objects.filter(mus_participations__dialogue=dialogue))
    writers, rounds = int(os.environ["WRITERS"]), 4
    start = dialogue.drafts.get(kind="AGREEMENT").version

    def writer(number: int) -> Callable[[], list[Told]]:
        item, by = str(uuid.UUID(int=number + 1)), people[number % 2]

        def write() -> list[Told]:
            told, base = [], start
            for turn in range(rounds):
                text = f"{number}.{turn}"
                typed = Typed(
                    request=f"{number}-{turn}", base=base, answers={qid("summary"): text}, items={item: {"what": text}}
                )
                told.append(attempt(lambda typed=typed: saved(dialogue, typed, by), item=item, text=text))
                base = told[-1].get("made", {}).get("version", base)
            return told

        return write

    told = together([writer(number) for number in range(writers)])
    made = [row for row in told if "made" in row]
    body = open_sealed(dialogue.drafts.get(kind="AGREEMENT").envelope)
    last = {row["item"]: row["text"] for row in sorted(made, key=lambda row: row["made"]["version"])}
    winners = [row for row in made if not row["made"]["conflicts"]]
    return {
        "tried": writers * rounds,
        "acknowledged": len(made),
        "errors": [row["error"] for row in told if "error" in row],
        "versions": len({row["made"]["version"] for row in made}),
        "version": dialogue.drafts.get(kind="AGREEMENT").version - start,
        "lost": [item for item, text in last.items() if body["items"][item]["fields"]["what"] != text],
        "summary": body["answers"][qid("summary")]["value"],
        "last winner": max(winners, key=lambda row: row["made"]["version"])["text"],
        "contested": sum(1 for row in made if row["made"]["conflicts"]),
    }


def saved(dialogue: Dialogue, typed: Typed, by: Any) -> dict[str, Any]:
    result = save_agreement_draft(dialogue_id=dialogue.pk, typed=typed, allowed=[qid("summary")], by=by, at=NOW)
    return {"version": result.version, "conflicts": [conflict.mine for conflict in result.conflicts]}


def two_signers() -> dict[str, Any]:
    """Both parties press the button in four windows each, in every dialogue that waits.

    In every other dialogue each window gives another answer: whichever comes first is the person's.
    """

    def window(dialogue: Dialogue, by: Any, sha: str, meaning: Meaning) -> Callable[[], list[Told]]:
        return lambda: [attempt(lambda: sign(dialogue, by, sha, meaning))]

    jobs = [
        window(dialogue, by, newest(dialogue), list(Meaning)[number % 3] if place % 2 else Meaning.AGREED)
        for place, dialogue in enumerate(scene.waiting())
        for by in parties(dialogue)
        for number in range(int(os.environ["WINDOWS"]))
    ]
    return {**after(together(jobs)), "stages": Counter(Dialogue.objects.values_list("stage", flat=True))}


def sign_while_presented_again() -> dict[str, Any]:
    """One signs, the other signs or declines, one takes back, the other presents anew: at once, over and over."""

    def again(dialogue: Dialogue, step: Callable[[Dialogue], Any]) -> Callable[[], list[Told]]:
        return lambda: [attempt(lambda: step(dialogue)) for _time in range(4)]

    jobs = []
    for number, dialogue in enumerate(scene.waiting()):
        employee, manager = parties(dialogue)
        other = Meaning.DECLINED if number % 2 else Meaning.AGREED
        jobs += [
            again(dialogue, lambda one, by=employee: sign(one, by, newest(one))),
            again(dialogue, lambda one, by=manager, other=other: sign(one, by, newest(one), other)),
            again(dialogue, lambda one, by=employee: named(take_back_agreement(dialogue_id=one.pk, by=by, at=NOW))),
            again(dialogue, lambda one, by=manager: named(present_agreement(dialogue_id=one.pk, by=by, at=NOW))),
        ]
    return after(together(jobs))


def sign_race() -> dict[str, Any]:
    """In every dialogue two windows of each party sign, while two editors take it back, type and present anew."""
    told, dialogues = [], scene.waiting()
    # Five at a time: a crowd that waits longer for the database than its patience would prove nothing.
    for start in range(0, len(dialogues), 5):
        jobs: list[Callable[[], list[Told]]] = []
        for dialogue in dialogues[start : start + 5]:
            for by in parties(dialogue):
                jobs += [partial(_signs_twice, dialogue, by), partial(_signs_twice, dialogue, by)]
                jobs.append(partial(_edits, dialogue, by))
        told += together(jobs)
    return after(told)


def _signs_twice(dialogue: Dialogue, by: Any) -> list[Told]:
    return [attempt(lambda: sign(dialogue, by, newest(dialogue))) for _time in range(2)]


def _edits(dialogue: Dialogue, by: Any) -> list[Told]:
    words = Typed(request=str(uuid.uuid4()), base=10_000, answers={qid("summary"): f"Skrevet af {by.pk}"}, items={})
    return [
        attempt(lambda: named(take_back_agreement(dialogue_id=dialogue.pk, by=by, at=NOW))),
        attempt(lambda: saved(dialogue, words, by)),
        attempt(lambda: named(present_agreement(dialogue_id=dialogue.pk, by=by, at=NOW))),
    ]


def type_while_presented() -> dict[str, Any]:
    """Sixteen windows type until the agreement is presented under their hands."""
    dialogue = scene.talk()
    employee, manager = parties(dialogue)
    write_agreement(dialogue, by=manager)

    def window(number: int) -> list[Told]:
        item, told = str(uuid.UUID(int=number + 1)), []
        for turn in range(40):
            text = f"{number}.{turn}"
            typed = Typed(request=f"{number}-{turn}", base=10_000, items={item: {**ITEM, "what": text}})
            told.append(attempt(lambda typed=typed: saved(dialogue, typed, employee), item=item, text=text))
            if "refused" in told[-1]:
                break
        return told

    def presenter() -> list[Told]:
        time.sleep(0.3)
        return [attempt(lambda: named(present_agreement(dialogue_id=dialogue.pk, by=manager, at=NOW)))]

    told = together([presenter] + [lambda number=number: window(number) for number in range(15)])
    typed = {row["item"]: row["text"] for row in told if "item" in row and "made" in row}
    agreement = getattr(Dialogue.objects.get(pk=dialogue.pk), "agreement", None)
    items = {item["id"]: item["what"] for item in open_sealed(agreement.document)["items"]} if agreement else {}
    return {
        **after(told),
        "presented": [row for row in told if "item" not in row],
        "typed": len(typed),
        "missing": [item for item, text in typed.items() if items.get(item) != text],
        "refused": sum(1 for row in told if "refused" in row),
    }


def checkpoints() -> dict[str, Any]:
    """Four processes make checkpoints while everybody signs."""
    key = SigningKey(new_signing_key())

    def make() -> int:
        try:
            return make_checkpoint(key=key, name="race", at=NOW).number
        except AnotherRun:
            return 0

    def often() -> list[Told]:
        return [attempt(make) for _time in range(5)]

    def party(dialogue: Dialogue, by: Any) -> Callable[[], list[Told]]:
        return lambda: [attempt(lambda: sign(dialogue, by, newest(dialogue)))]

    signers = [party(dialogue, by) for dialogue in scene.waiting() for by in parties(dialogue)]
    told = together([often] * 4 + signers)
    make()
    heads: dict[Any, Any] = {}
    wrong = []
    for made in Checkpoint.objects.order_by("number"):
        heads |= {head.chain.bytes: (head.n, bytes(head.hash)) for head in made.heads.all()}
        leaves = [leaf_hash(head_leaf(chain, *heads[chain])) for chain in sorted(heads)]
        if (merkle_root(leaves), len(leaves), sum(n for n, _hash in heads.values())) != (
            bytes(made.root),
            made.chains,
            made.entries,
        ):
            wrong.append(made.number)
    return {
        "errors": [row["error"] for row in told if "error" in row],
        "made": sorted(row["made"] for row in told if isinstance(row.get("made"), int) and row["made"]),
        "numbers": list(Checkpoint.objects.order_by("number").values_list("number", flat=True)),
        "wrong": wrong,
        "entries": [Checkpoint.objects.newest().entries, LedgerEntry.objects.count()],
    }


def verify_while_writing() -> dict[str, Any]:
    """One verifies everything, over and over, while others write; afterwards two processes verify, and one finds."""
    dialogue = scene.talk()
    manager = parties(dialogue)[1]
    writers = [scene.talk(), *scene.waiting()]

    def record(one: Dialogue) -> Callable[[], list[Told]]:
        employee, chief = parties(one)

        def write() -> list[Told]:
            told = []
            for _time in range(4):
                told.append(attempt(lambda: named(take_back_agreement(dialogue_id=one.pk, by=employee, at=NOW))))
                told.append(attempt(lambda: named(present_agreement(dialogue_id=one.pk, by=chief, at=NOW))))
            return told

        return write

    def verify() -> list[Told]:
        return [{"found": str(finding)} for _time in range(5) for finding in verify_everything(at=NOW)]

    write_agreement(dialogue, by=manager)
    told = together([verify, *map(record, writers)])
    verification.MANY, verification.BATCH = 0, 1
    tally = Tally()
    sound = [str(finding) for finding in verify_everything(tally, at=NOW, processes=2)]
    Dialogue.objects.filter(pk=dialogue.pk).update(stage="CLOSED")
    return {
        "errors": [row["error"] for row in told if "error" in row],
        "written": sum(1 for row in told if "made" in row),
        "found": [row["found"] for row in told if "found" in row] + sound,
        "tampered": [finding.chain for finding in verify_everything(at=NOW, processes=2)],
        "dialogue": str(dialogue.pk),
        "entries": [tally.entries, LedgerEntry.objects.count()],
        "dialogues": [tally.dialogues, Dialogue.objects.count()],
    }


def a_helper_is_killed() -> dict[str, Any]:
    """Of the processes that share the work one is killed, as by a system without memory."""
    done = list(in_processes(_dying, range(40), 2))
    return {"done": [number for number, _by in done], "done here": sum(by == BEGUN for _number, by in done)}


def _dying(number: int) -> tuple[int, int]:
    if number == 7 and os.getpid() != BEGUN:
        os.kill(os.getpid(), signal.SIGKILL)
    return number, os.getpid()


def kill() -> dict[str, Any]:
    """Kill the process that types and records revisions, at a random moment, twenty times."""
    dialogue = scene.talk()
    manager = parties(dialogue)[1]
    moments = random.Random(os.environ.get("SEED", "0"))
    acknowledged, torn = 0, []
    for number in range(20):
        connections.close_all()
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            while True:
                write_agreement(dialogue, by=manager)
                save_revision(dialogue_id=dialogue.pk, by=manager, at=NOW)
                os.write(writer, b".")
        os.close(writer)
        acknowledged += len(os.read(reader, 1))  # it has begun
        time.sleep(moments.uniform(0, 0.15))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        while more := os.read(reader, 65_536):
            acknowledged += len(more)
        os.close(reader)
        # PostgreSQL may still be busy with the last words of a process that is gone.
        with one_moment():
            torn += [f"kill {number}: {problem}" for problem in problems(dialogue)]
    recorded = Dialogue.objects.get(pk=dialogue.pk).agreement.revision
    return {"acknowledged": acknowledged, "recorded": recorded, "torn": torn}


def sign(dialogue: Dialogue, by: Any, sha: str, meaning: Meaning = Meaning.AGREED) -> str:
    given = {"document_sha256": sha, "meaning": meaning, "remark": "", "auth_method": "password", "by": by, "at": NOW}
    return named(sign_agreement(dialogue_id=dialogue.pk, **given))


def named(made: Any) -> str:
    return str(made.pk)


def newest(dialogue: Dialogue) -> str:
    return Presentation.objects.filter(agreement__dialogue=dialogue).latest("revision").document_sha256


def parties(dialogue: Dialogue) -> list[Any]:
    return [person.user for person in dialogue.participants.order_by("role").select_related("user")]


def after(told: list[Told]) -> dict[str, Any]:
    """What went wrong, and what is wrong in the database now."""
    return {
        "done": sum(1 for row in told if "made" in row),
        "errors": [row["error"] for row in told if "error" in row],
        "signatures": Signature.objects.count(),
        "problems": [problem for dialogue in Dialogue.objects.all() for problem in problems(dialogue)],
    }


def problems(dialogue: Dialogue) -> list[str]:
    """Where the live row, its history, the ledger, the signatures and the stage do not agree."""
    dialogue = Dialogue.objects.get(pk=dialogue.pk)
    chain = LedgerEntry.objects.filter(chain=dialogue.pk).order_by("n")
    found = [str(finding) for finding in verify_chain(chain.links())]
    agreement = getattr(dialogue, "agreement", None)
    if agreement is None:
        return found
    rows = list(agreement.history.order_by("history_id"))
    told = [entry for entry in entries(dialogue.pk) if entry.event in ("REVISION_SAVED", "PRESENTED")]
    answers = [entry for entry in entries(dialogue.pk) if entry.event in ("SIGNED", "DECLINED")]
    documents = [open_sealed(row.document) for row in rows]
    if [row.revision for row in rows] != list(range(1, agreement.revision + 1)):
        found.append("revisions are missing or doubled")
    if documents != [payload_of(entry)["document"] for entry in told]:
        found.append("history and ledger differ")
    if documents[-1] != open_sealed(agreement.document):
        found.append("the live agreement is not its last revision")
    if any(row.document_sha256 != document_sha256(documents[row.revision - 1]) for row in agreement.signatures.all()):
        found.append("a signature stands under other words")
    presented = Presentation.objects.filter(agreement=agreement)
    signed, answered = presented.in_force().exists(), presented.answered_by_all().exists()
    if answered != (dialogue.stage == "FOLLOW_UP") or signed != agreement.items.exists():
        found.append(f"answered by all: {answered}, signed by all: {signed}, but at {dialogue.stage}")
    if presented.answered_by_all().exclude(recall=None).exists():
        found.append("what all had answered was taken back")
    if any((entry.event == "DECLINED") != (payload_of(entry)["meaning"] == "DECLINED") for entry in answers):
        found.append("the ledger calls an answer by another name")
    if sorted(entry.object_id for entry in answers) != sorted(str(one.pk) for one in agreement.signatures.all()):
        found.append("signatures and ledger differ")
    return found
