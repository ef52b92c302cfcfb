"""What the plugin needs to know of the host's user model, whatever that model is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import translation

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser


def user_key(user: AbstractBaseUser) -> str:
    """The user's primary key as text, so that it can outlive the account."""
    return str(user.pk)


def person_name(user: AbstractBaseUser) -> str:
    """The full name, or the username where no name is given."""
    full = user.get_full_name() if hasattr(user, "get_full_name") else ""
    return (full or user.get_username())[:200]


def preferred_language(user: AbstractBaseUser) -> str:
    """The language to write to this person in: the one of the Wagtail profile, otherwise the site's."""
    profile = getattr(user, "wagtail_userprofile", None)
    wanted = profile.preferred_language if profile else ""
    return wanted if wanted and translation.check_for_language(wanted) else settings.LANGUAGE_CODE
