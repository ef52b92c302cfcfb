"""The groups that editors, auditors and the data protection officer belong to, and what they may do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page
from wagtail.snippets.models import create_extra_permissions

from mus_workflow.policies.overview import ANSWER_GRANTS, AUDIT, HOLD

EDITORS = "MUS-redaktører"
AUDITORS = "MUS-revisorer"
DATA_PROTECTION = "MUS-databeskyttelse"

ENTER_ADMIN = "wagtailadmin.access_admin"
EDITED = ("formdefinition", "concept")
EDITOR_VERBS = ("add", "change", "view", "publish", "lock", "unlock")
PAGE_VERBS = ("add", "change", "publish", "lock", "unlock")
# Apps whose permissions the groups use; those of images and documents only where the host has these apps.
USED_APPS = ("wagtailcore", "wagtailadmin", "wagtailimages", "wagtaildocs", "mus_workflow")
FILED = (
    "wagtailimages.add_image",
    "wagtailimages.choose_image",
    "wagtaildocs.add_document",
    "wagtaildocs.choose_document",
)


@transaction.atomic
def set_up_groups() -> dict[str, int]:
    """Make the three groups and give them what they lack; return how many permissions each was given.

    What the organisation has added to a group stays.
    """
    _make_permissions()
    editors, _made = Group.objects.get_or_create(name=EDITORS)
    auditors, _made = Group.objects.get_or_create(name=AUDITORS)
    protectors, _made = Group.objects.get_or_create(name=DATA_PROTECTION)
    snippets = [f"mus_workflow.{verb}_{model}" for model in EDITED for verb in EDITOR_VERBS]
    return {
        EDITORS: _give(editors, [ENTER_ADMIN, *snippets]) + _give_collection(editors),
        AUDITORS: _give(auditors, [ENTER_ADMIN, AUDIT]),
        DATA_PROTECTION: _give(protectors, [ENTER_ADMIN, ANSWER_GRANTS, HOLD]),
    }


@transaction.atomic
def let_editors_edit(*, page: Page) -> int:
    """Let the editors' group write and publish this page and all below it; return how many permissions are new."""
    editors = Group.objects.get(name=EDITORS)
    permissions = _permissions(f"wagtailcore.{verb}_page" for verb in PAGE_VERBS)
    made = [
        GroupPagePermission.objects.get_or_create(group=editors, page=page, permission=each) for each in permissions
    ]
    return sum(created for _row, created in made)


def _make_permissions() -> None:
    # On a first migration they may not exist yet: Django and Wagtail make them app by app, in the order of the apps.
    for label in USED_APPS:
        if label in apps.app_configs:
            create_permissions(apps.get_app_config(label), verbosity=0)
    create_extra_permissions(apps.get_app_config("mus_workflow"))


def _give(group: Group, names: Iterable[str]) -> int:
    missing = set(_permissions(names)) - set(group.permissions.all())
    group.permissions.add(*missing)
    return len(missing)


def _give_collection(group: Group) -> int:
    root: Any = Collection.get_first_root_node()
    made = [
        GroupCollectionPermission.objects.get_or_create(group=group, collection=root, permission=each)
        for each in _permissions(FILED)
    ]
    return sum(created for _row, created in made)


def _permissions(names: Iterable[str]) -> Iterator[Permission]:
    wanted = Q(pk__in=[])
    for name in names:
        label, codename = name.split(".")
        wanted |= Q(content_type__app_label=label, codename=codename)
    yield from Permission.objects.filter(wanted)
