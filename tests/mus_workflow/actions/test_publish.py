"""Freezing forms and concepts: a version for each change, none without one."""

import hashlib
from typing import Any

import pytest

from mus_workflow.actions.publish_concept import publish_concept
from mus_workflow.actions.publish_form import publish_form
from mus_workflow.evidence import canonical_bytes
from mus_workflow.formbuilder.compiler import CompileError
from mus_workflow.models import Concept, ConceptVersion, FormDefinition, FormVersion, user_key
from tests.builders import Cast, qid, question
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def form(cast: Cast) -> FormDefinition:
    return FormDefinition.objects.get(purpose="AGREEMENT")


def rewrite(form: FormDefinition, *rows: dict[str, Any]) -> None:
    section = {"id": qid("s"), "type": "section", "value": {"heading": "H", "intro": "", "questions": list(rows)}}
    form.body = form._meta.get_field("body").to_python([section])
    form.save()


def test_an_unchanged_form_is_not_frozen_twice(cast: Cast, form: FormDefinition) -> None:
    first = form.versions.get()
    assert publish_form(form=form, by=cast.editor, at=NOW) == first


def test_a_changed_form_is_the_next_version_and_the_old_one_stays(cast: Cast, form: FormDefinition) -> None:
    old = form.versions.get().schema
    rewrite(form, question("other", "short_text", "Noget andet?"))
    made = publish_form(form=form, by=cast.editor, at=NOW)
    assert (made.number, made.created_by_key, made.created_at) == (2, user_key(cast.editor), NOW)
    assert made.digest == hashlib.sha256(canonical_bytes(made.schema)).hexdigest()
    assert form.versions.get(number=1).schema == old


def test_a_form_that_does_not_compile_freezes_nothing(cast: Cast, form: FormDefinition) -> None:
    known = FormVersion.objects.count()
    condition = {"question": qid("nowhere"), "op": "equals", "value": "yes"}
    rewrite(form, question("other", "short_text", "Noget andet?", condition=condition))
    with pytest.raises(CompileError):
        publish_form(form=form, by=cast.editor, at=NOW)
    assert FormVersion.objects.count() == known


def test_a_concept_is_frozen_when_it_changed(cast: Cast) -> None:
    concept = Concept.objects.get()
    first = concept.versions.get()
    assert publish_concept(concept=concept, by=cast.editor, at=NOW) == first
    concept.notice_days = 21
    concept.save()
    second = publish_concept(concept=concept, by=cast.editor, at=NOW)
    assert (second.number, second.document["notice_days"], first.document["notice_days"]) == (2, 21, 14)
    assert second.digest == hashlib.sha256(canonical_bytes(second.document)).hexdigest()
    assert ConceptVersion.objects.count() == 2
