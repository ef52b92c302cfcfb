"""``manage.py mus_setup``: what it makes, and what it leaves alone."""

from io import StringIO

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command
from wagtail.models import GroupPagePermission, Page

from mus_workflow.actions.set_up_groups import AUDITORS, EDITORS
from mus_workflow.models import Concept, FormDefinition, FormVersion
from mus_workflow.policies.overview import is_auditor
from tests.builders import make_person

pytestmark = pytest.mark.django_db


def set_up(*arguments: str) -> str:
    """Run the command and return what it said."""
    said = StringIO()
    call_command("mus_setup", *arguments, stdout=said)
    return said.getvalue()


def test_it_makes_groups_forms_and_concept_and_says_so() -> None:
    said = set_up()
    assert FormVersion.objects.count() == 4
    assert Concept.objects.get().versions.count() == 1
    assert f"Group {EDITORS}" in said
    assert "Form “Aftale”: made and published." in said


def test_a_second_run_changes_nothing() -> None:
    set_up()
    before = (Permission.objects.count(), list(Group.objects.values_list("name", "permissions").order_by("name")))
    said = set_up()
    assert (
        Permission.objects.count(),
        list(Group.objects.values_list("name", "permissions").order_by("name")),
    ) == before
    assert FormVersion.objects.count() == 4
    assert f"Group {AUDITORS}: complete already." in said
    assert "left as your editors have them" in said


def test_what_an_editor_has_written_stays() -> None:
    set_up()
    form = FormDefinition.objects.get(slug="aftale")
    form.title = "Vores aftale"
    form.save_revision().publish()
    set_up()
    form.refresh_from_db()
    assert form.title == "Vores aftale"
    assert FormDefinition.objects.count() == 4


def test_no_forms_makes_the_groups_only() -> None:
    set_up("--no-forms")
    assert Group.objects.filter(name__in=[EDITORS, AUDITORS]).count() == 2
    assert not FormDefinition.objects.exists()


def test_permissions_that_no_migration_has_made_yet_are_made() -> None:
    Permission.objects.filter(content_type__app_label="mus_workflow").delete()
    set_up("--no-forms")
    names = Group.objects.get(name=EDITORS).permissions.values_list("codename", flat=True)
    assert {"access_admin", "add_formdefinition", "change_formdefinition", "change_concept"} <= set(names)
    assert "delete_formdefinition" not in names


def test_a_member_of_the_auditors_group_audits_and_an_editor_does_not() -> None:
    set_up("--no-forms")
    auditor, editor = make_person("a"), make_person("e")
    auditor.groups.add(Group.objects.get(name=AUDITORS))
    editor.groups.add(Group.objects.get(name=EDITORS))
    assert is_auditor(auditor)
    assert not is_auditor(editor)
    assert editor.has_perm("wagtailadmin.access_admin")


def test_the_guide_is_linked_from_the_concept_and_open_to_its_editors() -> None:
    set_up()
    page = Page.objects.get(depth=2)
    set_up("--guide-root", str(page.pk))
    concept = Concept.objects.get()
    assert concept.guide_root_id == page.pk
    assert [version.document["guide_root"] for version in concept.versions.all()] == [None, page.pk]
    assert GroupPagePermission.objects.filter(group__name=EDITORS, page=page).count() == 5
    set_up("--guide-root", str(page.pk))
    assert concept.versions.count() == 2


def test_a_draft_of_the_concept_stays_a_draft_when_the_guide_is_set() -> None:
    set_up()
    concept = Concept.objects.get()
    concept.title = "Under arbejde"
    concept.save_revision()
    page = Page.objects.get(depth=2)
    set_up("--guide-root", str(page.pk))
    concept.refresh_from_db()
    draft = concept.get_latest_revision_as_object()
    assert (concept.title, concept.guide_root_id) == ("MUS", page.pk)
    assert (draft.title, draft.guide_root_id) == ("Under arbejde", page.pk)
    assert concept.has_unpublished_changes


def test_a_page_that_does_not_exist_is_refused_in_words() -> None:
    with pytest.raises(CommandError, match="There is no page 987654"):
        set_up("--guide-root", "987654")
