"""Importing a form: a draft, wholly or not at all, and never over somebody's answers."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from wagtail.log_actions import registry
from wagtail.models import ModelLogEntry

from mus_workflow.actions.import_form import IMPORTED, copy_form, free_slug, import_form
from mus_workflow.formbuilder.exchange import Exchange, copied
from mus_workflow.formbuilder.schema import SchemaError, digest
from mus_workflow.models import FormDefinition, FormTranslation, FormVersion
from mus_workflow.policies.verdict import Refused
from tests.builders import Cast
from tests.mus_workflow.actions.test_every_action import Breaker, Broken, count_writes
from tests.mus_workflow.formbuilder.writing import asking, asks, ident, only_if, options
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db


def content(slug: str = "ny", purpose: str = "AGREEMENT", **words: Any) -> Exchange:
    schema = asking(
        asks("single_choice", "Er du tilfreds?", options=options("Meget", "Lidt")),
        asks("long_text", "Hvorfor?", condition=only_if(ident("Er du tilfreds?"), "equals", ident("Lidt"))),
        title=words.pop("title", "Et skema"),
        translations={"da": {ident("Meget"): {"label": "Virkelig meget"}}},
        **words,
    )
    return Exchange(slug, purpose, schema)


def changed(change: Callable[[dict[str, Any]], object], **arguments: Any) -> Exchange:
    original = content(**arguments)
    schema = copy.deepcopy(original.schema)
    change(schema)
    return Exchange(original.slug, original.purpose, schema)


def bring_in(what: Exchange, **arguments: Any) -> FormDefinition:
    return import_form(**{"content": what, "by": None, "at": NOW, **arguments})


def everything() -> list[Any]:
    return [list(model.objects.order_by("pk").values()) for model in (FormDefinition, FormTranslation, FormVersion)] + [
        ModelLogEntry.objects.count()
    ]


def refusal(what: Exchange, **arguments: Any) -> SchemaError:
    before = everything()
    with pytest.raises(SchemaError) as refused:
        bring_in(what, **arguments)
    assert everything() == before
    return refused.value


def draft_of(form: FormDefinition) -> Any:
    return FormDefinition.objects.get(pk=form.pk).get_latest_revision_as_object()


def test_a_new_form_is_a_draft_that_compiles_to_what_was_brought_in() -> None:
    form = bring_in(content())
    stored = FormDefinition.objects.get(slug="ny")
    assert (form.pk, stored.live, stored.has_unpublished_changes) == (stored.pk, False, True)
    assert draft_of(form).compiled() == content().schema
    assert not stored.versions.exists()


def test_publishing_freezes_the_same_document() -> None:
    form = bring_in(content(), publish=True)
    version = form.versions.get()
    assert (version.schema, version.digest, version.created_at) == (content().schema, digest(content().schema), NOW)
    stored = FormDefinition.objects.get(pk=form.pk)
    assert (stored.live, stored.has_unpublished_changes, stored.last_published_at) == (True, False, NOW)
    assert stored.translations.get().texts == content().schema["translations"]["da"]


def test_a_live_form_keeps_its_live_state_and_gets_a_draft() -> None:
    live = bring_in(content(), publish=True)
    before = FormDefinition.objects.values("title", "body", "live_revision", "live").get(pk=live.pk)
    bring_in(changed(lambda form: form.update(title="Nyt navn", translations={})))
    assert FormDefinition.objects.values("title", "body", "live_revision", "live").get(pk=live.pk) == before
    assert FormTranslation.objects.count() == 1
    draft = draft_of(live)
    assert (draft.title, draft.translations.count(), draft.has_unpublished_changes) == ("Nyt navn", 0, True)
    draft.latest_revision.publish()
    assert (live.versions.count(), FormTranslation.objects.count()) == (2, 0)


def test_publishing_again_replaces_translations_and_makes_the_next_version() -> None:
    bring_in(content(), publish=True)
    words = {ident("Meget"): {"label": "Mycket"}}
    form = bring_in(changed(lambda form: form.update(translations={"sv": words, "da": words})), publish=True)
    assert sorted(form.translations.values_list("language", flat=True)) == ["da", "sv"]
    assert [version.number for version in form.versions.all()] == [1, 2]


def test_importing_twice_changes_nothing_that_is_frozen() -> None:
    first = bring_in(content(), publish=True)
    assert bring_in(content(), publish=True).pk == first.pk
    assert first.versions.count() == 1


def test_another_purpose_is_refused() -> None:
    bring_in(content())
    assert refusal(content(purpose="FOLLOW_UP")).path == "purpose"


@pytest.mark.parametrize("publish", [True, False])
def test_ids_of_another_form_are_refused_and_a_copy_is_not(publish: bool) -> None:
    bring_in(content(), publish=publish)
    error = refusal(content(slug="en-anden"))
    assert error.path == "form.sections[0].id"
    assert "“ny”" in error.reason
    other = bring_in(copied(content(), slug="en-anden", title="En anden"))
    assert draft_of(other).title == "En anden"


def test_ids_of_a_form_that_was_saved_by_a_program_are_refused_too() -> None:
    form = bring_in(content())
    body = draft_of(form).body
    form.delete()
    FormDefinition.objects.create(title="X", slug="x", purpose="AGREEMENT", body=body, live=False)
    assert "“x”" in refusal(content()).reason


def test_a_question_that_people_answered_keeps_a_type_that_reads_the_answers() -> None:
    bring_in(content(), publish=True)

    def to_number(form: dict[str, Any]) -> None:
        settings = {"min": None, "max": None, "decimals": 0, "unit": ""}
        form["sections"][0]["questions"][1].update(type="number", settings=settings)

    error = refusal(changed(to_number))
    assert error.path == "form.sections[0].questions[1].type"
    assert "“Hvorfor?”" in error.reason


def test_a_question_may_take_a_type_that_reads_what_was_answered() -> None:
    short = asking(asks("short_text", "Hvem?", max_length=200))
    bring_in(Exchange("kort", "AGREEMENT", short), publish=True)
    long = asking(asks("long_text", "Hvem?"))
    form = bring_in(Exchange("kort", "AGREEMENT", long), publish=True)
    assert [version.schema for version in form.versions.order_by("number")] == [short, long]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (lambda form: form.update(title="x" * 201), "form.title"),
        (lambda form: form.update(language="x" * 11), "form.language"),
        (lambda form: form.update(title="Et skema "), "form.title"),
        (
            lambda form: form["sections"][0]["questions"][1].update(parent=None, label="Hvorfor? "),
            "form.sections[0].questions[1].label",
        ),
        (lambda form: form.update(sections=[], translations={}), "form"),
        (lambda form: form["translations"].update(en={ident("Meget"): {"label": "x"}}), "form.translations.en"),
    ],
)
def test_what_the_editor_would_not_keep_is_refused(change: Callable[[dict[str, Any]], object], path: str) -> None:
    assert refusal(changed(change)).path == path


def test_whichever_write_fails_nothing_stays() -> None:
    bring_in(content(), publish=True)
    new = changed(lambda form: form.update(title="Nyt navn"))

    def do() -> FormDefinition:
        return bring_in(new, publish=True)

    before = everything()
    for number in range(1, count_writes(do) + 1):
        with pytest.raises(Broken), connection.execute_wrapper(Breaker(number)):
            do()
        assert everything() == before, f"after write {number}"


def may(user: Any, *codenames: str) -> Any:
    user.user_permissions.set(Permission.objects.filter(codename__in=[f"{name}_formdefinition" for name in codenames]))
    return type(user).objects.get(pk=user.pk)


@pytest.mark.parametrize(("rights", "publish"), [((), False), (("change",), False), (("add",), True)])
def test_who_may_not_is_refused(cast: Cast, rights: tuple[str, ...], publish: bool) -> None:
    before = everything()
    with pytest.raises(Refused, match="may not"):
        bring_in(copied(content(), slug="ny", title="Ny"), by=may(cast.employee, *rights), publish=publish)
    assert everything() == before


def test_who_may_make_forms_may_not_for_that_reason_change_others(cast: Cast) -> None:
    form = bring_in(content())
    with pytest.raises(Refused, match="change this form"):
        bring_in(content(), by=may(cast.employee, "add"))
    assert bring_in(content(), by=may(cast.employee, "change")).pk == form.pk


def test_a_locked_form_is_refused(cast: Cast) -> None:
    form = bring_in(content())
    form.locked, form.locked_by = True, cast.editor
    form.save()
    for by in (None, cast.admin):
        with pytest.raises(Refused, match="locked"):
            bring_in(content(), by=by)
    assert bring_in(content(), by=may(cast.editor, "change"))


def test_what_was_done_is_logged_by_ids_only(cast: Cast) -> None:
    form = bring_in(content(), by=cast.admin)
    entry = registry.get_logs_for_instance(form).get()
    assert (entry.action, entry.user) == (IMPORTED, cast.admin)
    assert entry.data == {"revision": draft_of(form).latest_revision.pk, "digest": digest(content().schema)}


def test_a_copy_needs_a_short_name_of_its_own() -> None:
    bring_in(content())
    with pytest.raises(SchemaError, match="belongs to another form"):
        copy_form(original=content(), slug="ny", title="Kopi", by=None, at=NOW)
    assert free_slug("ny") == "ny-2"
    copy_form(original=content(), slug="ny-2", title="Kopi", by=None, at=NOW)
    assert (free_slug("ny"), free_slug("gammel")) == ("ny-3", "gammel")
    FormDefinition.objects.create(title="Lang", slug="x" * 80, purpose="AGREEMENT")
    assert free_slug("x" * 80) == "x" * 70 + "-2"
