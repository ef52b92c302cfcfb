"""People in the Wagtail admin, with the permissions that the plugin asks for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.db.models import Q
from django.test import Client
from wagtail.users.models import UserProfile

from mus_workflow.viewsets.permissions import AUDITOR_PERMISSIONS, DATA_PROTECTION_PERMISSIONS, EDITOR_PERMISSIONS
from tests.builders import Cast, make_person


def give(names: Iterable[str], *people: Any) -> None:
    """Give people permissions by name, through a group."""
    wanted = Q(pk__in=[])
    for name in names:
        app, codename = name.split(".")
        wanted |= Q(content_type__app_label=app, codename=codename)
    group = Group.objects.create(name=f"group of {len(people)} with {len(list(names))}")
    group.permissions.set(Permission.objects.filter(wanted))
    group.user_set.add(*people)


@pytest.fixture
def office(cast: Cast) -> Cast:
    """The cast, with the editor and the auditors let into the admin, in English."""
    give(EDITOR_PERMISSIONS, cast.editor)
    give(AUDITOR_PERMISSIONS, cast.auditor, cast.auditor2)
    for person in (cast.editor, cast.auditor, cast.auditor2):
        profile = UserProfile.get_for_user(person)
        profile.preferred_language = "en"
        profile.save()
    return cast


@pytest.fixture
def as_editor(office: Cast, client: Client) -> Client:
    client.force_login(office.editor)
    return client


@pytest.fixture
def as_auditor(office: Cast, client: Client) -> Client:
    client.force_login(office.auditor)
    return client


@pytest.fixture
def protector(office: Cast) -> Any:
    """The data protection officer: answers, and sees no agreement."""
    person = make_person("protector", "Dorthe", "Skov")
    give(DATA_PROTECTION_PERMISSIONS, person)
    profile = UserProfile.get_for_user(person)
    profile.preferred_language = "en"
    profile.save()
    return person
