"""Merging: apart, both stand in any order; over each other, neither is lost; sent twice, saved once."""

from __future__ import annotations

from itertools import permutations
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from mus_workflow.documents.merge import ITEM_FIELDS, REQUESTS_KEPT, Typed, empty_body, merge, plain_answers

KEYS = ["q1", "q2", "q3", "q4"]
ITEMS = ["i1", "i2"]
TEXTS = st.text(max_size=6)
ANSWERS = st.dictionaries(st.sampled_from(KEYS), TEXTS, max_size=4)
FIELDS = st.dictionaries(st.sampled_from(sorted(ITEM_FIELDS - {"position", "removed"})), TEXTS, max_size=3)
EDITS = st.tuples(ANSWERS, st.dictionaries(st.sampled_from(ITEMS), FIELDS, max_size=2))


def save(body: dict[str, Any], version: int, *, base: int, request: str = "", by: str = "a", **said: Any) -> Any:
    return merge(body, Typed(request=request or f"r{version}", base=base, **said), version=version, by=by)


def said(body: dict[str, Any]) -> dict[str, Any]:
    """What a body says, without who wrote it when."""
    items = {key: item["fields"] for key, item in body["items"].items() if item["fields"]}
    return {"answers": plain_answers(body), "items": items, "note": body["change_note"]}


def places(edit: tuple[dict[str, Any], dict[str, dict[str, Any]]]) -> set[Any]:
    answers, items = edit
    return set(answers) | {(item, name) for item, fields in items.items() for name in fields}


@given(st.lists(EDITS, min_size=2, max_size=3), EDITS)
def test_edits_in_different_places_merge_to_the_same_in_any_order(edits: list[Any], start: Any) -> None:
    for number, edit in enumerate(edits):
        assume(not any(places(edit) & places(other) for other in edits[number + 1 :]))
    body, _none = save(empty_body(), 1, base=0, answers=start[0], items=start[1])
    results = []
    for order in permutations(edits):
        merged = body
        for version, (answers, items) in enumerate(order, start=2):
            merged, conflicts = save(merged, version, base=1, answers=answers, items=items)
            assert conflicts == []
        results.append(said(merged))
    assert all(result == results[0] for result in results)


@given(EDITS, EDITS, EDITS)
def test_of_two_texts_in_one_place_one_stands_and_the_other_is_handed_back(start: Any, mine: Any, theirs: Any) -> None:
    body, _none = save(empty_body(), 1, base=0, answers=start[0], items=start[1])
    body, _none = save(body, 2, base=1, by="them", answers=theirs[0], items=theirs[1])
    merged, conflicts = save(body, 3, base=1, by="me", answers=mine[0], items=mine[1])
    handed_back = {conflict.key: conflict for conflict in conflicts}
    for key, text in mine[0].items():
        stands = plain_answers(merged)[key]
        assert stands == text or (handed_back[key].mine, handed_back[key].theirs) == (text, stands)
    for item, fields in mine[1].items():
        for name, text in fields.items():
            stands = merged["items"][item]["fields"].get(name, "")
            key = f"{item}.{name}"
            assert stands == text or (handed_back[key].mine, handed_back[key].theirs) == (text, stands)
    for key, text in theirs[0].items():
        assert plain_answers(merged)[key] == text or text == start[0].get(key)


@given(EDITS, EDITS, EDITS)
def test_the_same_save_sent_again_changes_nothing_and_says_the_same(start: Any, theirs: Any, mine: Any) -> None:
    body, _none = save(empty_body(), 1, base=0, answers=start[0], items=start[1])
    body, _none = save(body, 2, base=1, answers=theirs[0], items=theirs[1])
    once, first = save(body, 3, base=1, request="mine", answers=mine[0], items=mine[1])
    twice, second = save(once, 4, base=1, request="mine", answers=mine[0], items=mine[1])
    assert said(twice) == said(once)
    assert ("mine" in once["requests"]) == (not first)
    assert {conflict.key for conflict in second} == {conflict.key for conflict in first}


@given(EDITS, EDITS)
def test_merging_leaves_the_body_it_was_given_alone(start: Any, edit: Any) -> None:
    body, _none = save(empty_body(), 1, base=0, answers=start[0], items=start[1])
    before = repr(body)
    save(body, 2, base=0, answers=edit[0], items=edit[1], sharing={"q1": True}, change_note="x")
    assert repr(body) == before


def test_a_conflict_names_the_place_the_writer_and_the_version() -> None:
    body, _none = save(empty_body(), 1, base=0, by="emma", answers={"q1": "hendes"}, items={"i1": {"what": "hendes"}})
    _body, (answer, item) = save(body, 2, base=0, by="mikkel", answers={"q1": "hans"}, items={"i1": {"what": "hans"}})
    assert (answer.key, answer.by, answer.version, answer.theirs) == ("q1", "emma", 1, "hendes")
    assert (item.key, item.by, item.version, item.theirs) == ("i1.what", "emma", 1, "hendes")


def test_the_same_words_from_two_people_are_no_conflict() -> None:
    body, _none = save(empty_body(), 1, base=0, answers={"q1": "enig"})
    assert save(body, 2, base=0, answers={"q1": "enig"})[1] == []


def test_two_fields_of_one_item_are_two_places() -> None:
    body, _none = save(empty_body(), 1, base=0, items={"i1": {"what": "Kursus"}})
    body, _none = save(body, 2, base=1, items={"i1": {"support": "Tid"}})
    body, conflicts = save(body, 3, base=1, items={"i1": {"measure": "Bevis"}})
    assert conflicts == []
    assert body["items"]["i1"]["fields"] == {"what": "Kursus", "support": "Tid", "measure": "Bevis"}


def test_an_unknown_field_of_an_item_is_left_out() -> None:
    body, _none = save(empty_body(), 1, base=0, items={"i1": {"lineage": "stolen", "outcome": "REACHED"}})
    assert body["items"]["i1"]["fields"] == {}


def test_the_last_requests_are_remembered() -> None:
    body = empty_body()
    for version in range(1, REQUESTS_KEPT + 10):
        body, _none = save(body, version, base=version, request=f"r{version}", answers={"q1": str(version)})
    assert len(body["requests"]) == REQUESTS_KEPT
    assert list(body["requests"])[-1] == f"r{REQUESTS_KEPT + 9}"


def test_a_body_from_an_older_version_lacks_nothing() -> None:
    body, _none = save({"answers": {}}, 1, base=0, answers={"q1": "x"})
    assert set(body) >= set(empty_body())
