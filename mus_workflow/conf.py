"""App settings: one dict ``MUS`` in the host's settings, read lazily, with defaults.

>>> MUS = {"MASTER_KEYS": {"2026": "<base64 of 32 bytes>"}}
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

DEFAULTS: dict[str, Any] = {
    # name -> base64 of 32 random bytes; the first one seals, all of them open.
    "MASTER_KEYS": {},
    # Scheme and host for links in mails; WAGTAILADMIN_BASE_URL where this is empty.
    "BASE_URL": "",
    # Name shown in mails and calendar invitations.
    "ORGANISATION": "",
    # Who answers for the data, with a way to reach them, in the record of processing; ORGANISATION where it is empty.
    "CONTROLLER": "",
    # The data protection officer and a way to reach them, in the record of processing.
    "DATA_PROTECTION_OFFICER": "",
    # Dotted path to a callable (request, password) -> bool that proves the person is present. For single sign-on:
    # "mus_workflow.views.reauthentication.recent_login", or one of your own.
    "REAUTHENTICATE": "mus_workflow.views.reauthentication.check_password",
    # Attempts at re-authentication a person has within fifteen minutes.
    "REAUTHENTICATION_ATTEMPTS": 5,
    # How long an interrupted POST waits, sealed, for its author. Minutes.
    "PARKED_MINUTES": 30,
    # The smallest group that a count may describe.
    "MINIMUM_GROUP": 5,
    # The most agreements that an auditor takes out at once in the CMS; `mus_bundle` on the server has no limit.
    "BUNDLE_AGREEMENTS": 200,
    # The most entries that are opened there to tell at which step agreements stood at an old checkpoint.
    "BUNDLE_MOVES": 5_000,
    # Longest grant to read an agreement. Days.
    "GRANT_DAYS": 14,
    # How old a login may be that proves presence at the signing, with recent_login. Seconds.
    "PRESENCE_SECONDS": 300,
    # How long a password that somebody else has set cannot sign. Hours.
    "RESET_HOURS": 24,
    # Dotted path to a callable (request) -> the user who acts under another's name, or None.
    "IMPERSONATOR": "mus_workflow.views.impersonation.hijacker",
    # Base64 of the 32 bytes of an Ed25519 private key that signs checkpoints, and the name it signs under (where it is
    # empty, the host of BASE_URL).
    "CHECKPOINT_KEY": "",
    "CHECKPOINT_NAME": "",
    # Public keys that signed earlier checkpoints, as `mus_checkpoint --public-key` prints them.
    "CHECKPOINT_OLD_KEYS": [],
    # Where checkpoints go: [{"type": "file", "folder": …}, {"type": "mail", "to": […]}, {"type": "http", "url": …}].
    "CHECKPOINT_SINKS": [],
    # A file outside the database that tells which keys were destroyed, for repeating it after a restore.
    "ERASURE_JOURNAL": "",
    # How long it is kept who has read what another wrote. Days.
    "READING_DAYS": 730,
}


class AppSettings:
    """Attribute access to ``settings.MUS`` with defaults; follows ``override_settings``."""

    def __getattr__(self, name: str) -> Any:
        if name not in DEFAULTS:
            raise AttributeError(f"MUS has no setting {name!r}")
        return getattr(settings, "MUS", {}).get(name, DEFAULTS[name])

    def unknown(self) -> list[str]:
        """The keys of ``settings.MUS`` that no setting is named by."""
        return sorted(set(getattr(settings, "MUS", {})) - set(DEFAULTS))


app_settings = AppSettings()


def base_url() -> str:
    """Scheme and host for links in mails, without a slash at the end."""
    return str(app_settings.BASE_URL or getattr(settings, "WAGTAILADMIN_BASE_URL", "")).rstrip("/")


def checkpoint_name() -> str:
    """The name under which checkpoints are signed: one word without a plus."""
    name = app_settings.CHECKPOINT_NAME or urlsplit(base_url()).hostname or app_settings.ORGANISATION or "mus"
    return "-".join(name.replace("+", " ").split())
