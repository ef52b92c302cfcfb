"""Many at once, on a real database: nothing typed is lost, nothing is signed twice, nothing is torn."""

from __future__ import annotations

import os
from typing import Any

import pytest

from tests.races.conftest import Race

POSTGRES = os.environ.get("DATABASE_URL", "").startswith("postgres")
# Stock: no write-ahead log, transactions that begin as readers, five seconds of patience.
SETTINGS = ["shipped"] if POSTGRES else ["shipped", "stock"]
STOCK_AS_A_PROOF = ["shipped"] if POSTGRES else ["shipped", pytest.param("stock", marks=pytest.mark.prove)]


def environment(which: str) -> dict[str, str]:
    crowds = {"shipped": {"WRITERS": "50", "WINDOWS": "4"}, "stock": {"STOCK": "1", "WRITERS": "16", "WINDOWS": "2"}}
    return crowds[which]


@pytest.mark.parametrize("which", SETTINGS)
def test_of_many_who_type_at_once_nobody_loses_a_word(race: Race, which: str) -> None:
    seen = race("autosave", **environment(which))
    assert seen["errors"] == []
    assert seen["acknowledged"] == seen["versions"] == seen["version"] == seen["tried"]
    assert seen["lost"] == []
    assert seen["summary"] == seen["last winner"]
    assert seen["contested"] > 0


@pytest.mark.parametrize("which", SETTINGS)
def test_two_who_answer_at_once_in_many_windows_have_one_answer_each(race: Race, which: str) -> None:
    seen = race("two_signers", **environment(which))
    assert (seen["errors"], seen["problems"]) == ([], [])
    assert seen["signatures"] == seen["done"] == 8
    assert seen["stages"] == {"TALK": 1, "FOLLOW_UP": 4}


@pytest.mark.parametrize("which", SETTINGS)
def test_signing_while_it_is_taken_back_and_presented_anew_is_never_under_other_words(race: Race, which: str) -> None:
    seen = race("sign_while_presented_again", **environment(which))
    assert (seen["errors"], seen["problems"]) == ([], [])
    assert seen["done"] > 0


def test_what_was_acknowledged_before_the_presentation_is_in_what_was_presented(race: Race) -> None:
    seen = race("type_while_presented")
    assert (seen["errors"], seen["missing"], seen["problems"]) == ([], [], [])
    assert ("made" in seen["presented"][0], seen["typed"] > 0) == (True, True)


@pytest.mark.parametrize("which", STOCK_AS_A_PROOF)
def test_checkpoints_made_at_once_have_a_number_each_and_cover_what_they_say(race: Race, which: str) -> None:
    seen = race("checkpoints", **environment(which))
    assert (seen["errors"], seen["wrong"]) == ([], [])
    assert seen["made"] == seen["numbers"][:-1]
    assert seen["numbers"] == list(range(1, len(seen["numbers"]) + 1))
    assert seen["entries"][0] == seen["entries"][1]


@pytest.mark.parametrize("which", STOCK_AS_A_PROOF)
def test_what_is_written_during_a_check_is_not_taken_for_tampering(race: Race, which: str) -> None:
    seen = race("verify_while_writing", **environment(which))
    assert (seen["errors"], seen["found"]) == ([], [])
    assert seen["written"] > 10
    assert seen["tampered"] == [seen["dialogue"]]
    assert seen["entries"][0] == seen["entries"][1]
    assert seen["dialogues"][0] == seen["dialogues"][1]


def test_where_a_helping_process_is_killed_the_work_is_done_all_the_same(race: Race) -> None:
    seen = race("a_helper_is_killed")
    assert seen["done"] == list(range(40))
    assert 0 < seen["done here"] < 40


def test_a_process_that_is_killed_leaves_nothing_torn_and_loses_nothing_it_acknowledged(race: Race) -> None:
    assert_nothing_torn(race("kill"))


def test_a_few_agreements_are_signed_and_rewritten_at_once(race: Race) -> None:
    assert_signed_as_shown(race("sign_race"))


@pytest.mark.prove
@pytest.mark.parametrize("part", range(60))
def test_1500_agreements_are_signed_and_rewritten_at_once(race: Race, part: int) -> None:
    assert_signed_as_shown(race("sign_race", signers=25))


@pytest.mark.prove
@pytest.mark.parametrize("seed", range(25 if POSTGRES else 50))
def test_kill_at_random_moments_1000_times_on_sqlite_and_500_on_postgresql(race: Race, seed: int) -> None:
    assert_nothing_torn(race("kill", SEED=str(seed)))


def assert_signed_as_shown(seen: dict[str, Any]) -> None:
    assert (seen["errors"], seen["problems"]) == ([], [])
    assert seen["done"] > 0


def assert_nothing_torn(seen: dict[str, Any]) -> None:
    assert seen["torn"] == []
    assert seen["acknowledged"] <= seen["recorded"] <= seen["acknowledged"] + 20
