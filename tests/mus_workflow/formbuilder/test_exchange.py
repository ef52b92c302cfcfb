"""A form leaves as one document and comes back the same; a bad file is refused whole, with the place named."""

import json
import random
import uuid
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mus_workflow.formbuilder.exchange import PURPOSES, Exchange, as_text, copied, exported, read
from mus_workflow.formbuilder.formats import FORMAT
from mus_workflow.formbuilder.schema import SchemaError, digest, part_ids, questions, validate
from mus_workflow.formbuilder.strict_json import MAX_BYTES
from mus_workflow.models import Purpose
from tests.architecture.repository import ROOT
from tests.mus_workflow.formbuilder.exchanging import broken_files, changed, document_of, whole_schemas
from tests.mus_workflow.formbuilder.writing import asking, asks, ident, only_if, options

unhurried = settings(deadline=None)

SCHEMA = asking(
    asks("single_choice", "Er du tilfreds?", options=options("Meget", "Lidt")),
    asks("long_text", "Hvorfor?", condition=only_if(ident("Er du tilfreds?"), "equals", ident("Lidt")), nested=True),
    translations={"da": {ident("Meget"): {"label": "Virkelig meget"}, "title": {"label": "Et skema"}}},
)


def refusal(written: str | bytes) -> tuple[str, str]:
    with pytest.raises(SchemaError) as refused:
        read(written)
    return refused.value.path, refused.value.reason


@unhurried
@given(whole_schemas())
def test_what_was_exported_is_read_back_the_same(schema):
    assert read(as_text(exported("a-form", "AGREEMENT", schema))) == Exchange("a-form", "AGREEMENT", schema)


@unhurried
@given(whole_schemas(), st.randoms())
def test_the_file_does_not_depend_on_the_order_of_the_keys(schema, chance: random.Random):
    def shuffled(value):
        if isinstance(value, list):
            return [shuffled(one) for one in value]
        if isinstance(value, dict):
            return {key: shuffled(value[key]) for key in chance.sample(list(value), len(value))}
        return value

    assert as_text(document_of(shuffled(schema))) == as_text(document_of(schema))


@unhurried
@given(broken_files())
def test_a_file_with_a_wrong_value_is_read_or_refused_and_never_a_fault(written):
    with suppress(SchemaError):
        validate(read(written).schema)


def test_the_file_reads_well_in_a_comparison():
    written = as_text(document_of(SCHEMA))
    assert written.endswith("\n}\n")
    assert '  "kind": "mus-form",\n  "format": 2,\n  "slug": "a-form",\n  "purpose": "AGREEMENT",\n' in written
    assert max(len(line) for line in written.splitlines()) < 120


def test_the_purposes_are_those_of_the_forms():
    assert set(PURPOSES) == set(Purpose.values)


def test_a_file_of_format_1_is_upgraded_on_reading():
    golden = json.loads((ROOT / "tests" / "forms" / "format-1.json").read_text())
    document = {**document_of(SCHEMA), "format": 1, "digest": golden["digest"], "form": golden["schema"]}
    content = read(as_text(document))
    assert content.schema["format"] == FORMAT
    assert [one["label"] for one in questions(content.schema)] == [one["label"] for one in questions(golden["schema"])]


@pytest.mark.parametrize(
    ("key", "value", "path"),
    [
        ("sections", None, "form.sections"),
        ("sections", [{"questions": [{"type": []}]}], "form.sections[0].questions[0].type"),
        ("sections", [{"questions": [{}], "number": ""}], "form.sections[0].number"),
        ("layout", "PAGE", "form.layout"),
    ],
)
def test_a_file_of_format_1_that_is_not_whole_is_refused(key, value, path):
    form = {"format": 1, "title": "T", "language": "da", "intro": "", "sections": [], "translations": {}, key: value}
    assert refusal(as_text({**document_of(SCHEMA), "format": 1, "digest": digest(form), "form": form}))[0] == path


@pytest.mark.parametrize(
    ("written", "path", "words"),
    [
        ("", "", "line 1, column 1"),
        ('{\n "kind": mus}', "", "line 2, column 10"),
        ("[]", "", "must be an object"),
        ("{}", "kind", "is missing"),
        ('{"kind": "mus-form", "kind": "mus-form"}', "kind", "is written twice"),
        ('{"a": [{"b": 1, "b": 2}]}', "a[0].b", "is written twice"),
        ('{"a": [0.5]}', "a[0]", "decimals"),
        ('{"a": {"b": NaN}}', "a.b", "not a number"),
        ('{"a": -Infinity}', "a", "not a number"),
        (f'{{"a": {"9" * 5000}}}', "a", "too large a number"),
        ('{"a": "\\ud800"}', "a", "cannot be shown"),
        ('{"\\u0000": 1}', "", "cannot be shown"),
        (b"\xff\xfe{}", "", "UTF-8"),
        (b" " * (MAX_BYTES + 1), "", "larger than 5 MB"),
        ("[" * 100_000, "", "nested too deep"),
        ("[" * 50 + "]" * 50, "[0]" * 40, "nested too deep"),
    ],
)
def test_what_is_no_proper_json_is_refused(written, path, words):
    found = refusal(written)
    assert found[0] == path
    assert words in found[1]


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("kind", "survey", "mus-form"),
        ("format", 3, "a format we cannot read"),
        ("format", True, "a format we cannot read"),
        ("slug", "Et skema!", "short name"),
        ("purpose", "PARTY", "must be one of"),
        ("digest", "0" * 64, digest(SCHEMA)),
        ("form", [], "must be an object"),
        ("extra", 1, "not a known key"),
    ],
)
def test_an_envelope_that_is_wrong_is_refused(key, value, words):
    path, reason = refusal(as_text({**document_of(SCHEMA), key: value}))
    assert path == key
    assert words in reason


NOWHERE = ident("nowhere")


def question_of(form):
    return form["sections"][0]["questions"][0]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (lambda form: form.update(format=1), "form.format"),
        (lambda form: form.pop("title"), "form.title"),
        (lambda form: question_of(form).update(type="telepathy"), "form.sections[0].questions[0].type"),
        (lambda form: question_of(form).update(id="1"), "form.sections[0].questions[0].id"),
        (lambda form: question_of(form)["settings"].pop("other"), "form.sections[0].questions[0].settings.other"),
        (
            lambda form: form["translations"].update(da={NOWHERE: {"label": "x"}}),
            f"form.translations.da.{NOWHERE}.label",
        ),
    ],
)
def test_a_form_that_is_wrong_is_refused_with_its_place(change, path):
    assert refusal(changed(SCHEMA, change))[0] == path


@unhurried
@given(whole_schemas())
def test_a_copy_says_the_same_and_shares_no_id(schema):
    original = Exchange("a-form", "AGREEMENT", schema)
    copy = copied(original, slug="b-form", title=schema["title"])
    validate(copy.schema)
    old, new = ([part_id for _path, part_id in part_ids(one.schema)] for one in (original, copy))
    assert set(old).isdisjoint(new)
    assert not any(part_id in as_text(copy.schema) for part_id in old)
    assert {uuid.UUID(part_id).version for part_id in new} == {4}
    back = as_text(copy.schema)
    for one, other in zip(new, old, strict=True):
        back = back.replace(one, other)
    assert json.loads(back) == schema


def test_a_copy_has_its_own_name_and_the_rules_follow():
    copy = copied(read(as_text(document_of(SCHEMA))), slug="ny", title="Nyt skema")
    choice, why = questions(copy.schema)
    assert (copy.slug, copy.purpose, copy.schema["title"]) == ("ny", "AGREEMENT", "Nyt skema")
    assert why["parent"] == choice["id"] != ident("Er du tilfreds?")
    assert why["visible_if"]["terms"][0] == {
        "question": choice["id"],
        "op": "equals",
        "value": choice["settings"]["options"][1]["id"],
    }
    assert copy.schema["translations"]["da"][choice["settings"]["options"][0]["id"]] == {"label": "Virkelig meget"}


def test_what_points_at_a_part_in_another_way_of_writing_follows_too():
    schema = asking(asks("long_text", "A", placeholder=f"{ident('A')}/{ident('A').replace('-', '')}"))
    (copy,) = questions(copied(Exchange("a", "AGREEMENT", schema), slug="b", title="B").schema)
    assert copy["placeholder"] == f"{copy['id']}/{copy['id'].replace('-', '')}"
