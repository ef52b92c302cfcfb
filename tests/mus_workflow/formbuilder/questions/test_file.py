import pytest
from django.core.exceptions import ValidationError

from mus_workflow.formbuilder.fields import Asked, partial_clean
from mus_workflow.formbuilder.parts import assembled
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.questions.file import file_answer
from tests.mus_workflow.formbuilder.writing import asking, asks, ident, only_question

A, B = "a" * 32, "b" * 32


@pytest.fixture
def schema():
    return asking(asks("file", "Proof", accept="PICTURES"))


def answer(name, file_id=A):
    return {"id": file_id, "name": name, "size": 2048, "sha256": "0" * 64}


def test_each_file_is_a_part_and_they_read_in_the_order_of_their_names(schema):
    flat = {f"{ident('Proof')}/{A}": answer("b.png"), f"{ident('Proof')}/{B}": answer("a.png", B)}
    whole = assembled(schema, flat)
    assert [one["name"] for one in whole[ident("Proof")]] == ["a.png", "b.png"]
    words = registry.get("file").text(only_question(schema), whole[ident("Proof")])
    assert [line.partition(" (")[0] for line in words.splitlines()] == ["a.png", "b.png"]
    assert words.count("0" * 64) == 2


def test_a_file_that_was_taken_out_is_no_answer(schema):
    assert assembled(schema, {f"{ident('Proof')}/{A}": None}) == {ident("Proof"): None}


def test_a_browser_can_neither_say_what_a_file_is_nor_clear_it(schema):
    key = f"{ident('Proof')}/{A}"
    for lie in (None, "", "x", {"id": A}, [], 1):
        values, errors = partial_clean(schema, {key: lie})
        assert (values, list(errors)) == ({}, [key])
    assert f"{ident('Proof')}/x" not in Asked(schema)


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.png", b"\x89PNG..."), ("A.JPG", b"\xff\xd8\xff.."), ("mit.billede.jpeg", b"\xff\xd8\xff")],
)
def test_a_picture_that_is_one_is_taken(schema, name, content):
    told = file_answer(only_question(schema), file_id=A, name=name, content=content, sha256="0" * 64)
    assert told == {"id": A, "name": name, "size": len(content), "sha256": "0" * 64}


@pytest.mark.parametrize(
    ("name", "content"), [("a.pdf", b"%PDF-"), ("a", b"\x89PNG"), ("a.png", b"GIF89a"), ("", b"x")]
)
def test_anything_else_is_not(schema, name, content):
    with pytest.raises(ValidationError):
        file_answer(only_question(schema), file_id=A, name=name, content=content, sha256="0" * 64)
