"""Mail settings for every supported Django: `MAILERS` from 6.1 on, the `EMAIL_…` settings before."""

from typing import Any

import django

OLD_NAMES = {
    "host": "EMAIL_HOST",
    "port": "EMAIL_PORT",
    "username": "EMAIL_HOST_USER",
    "password": "EMAIL_HOST_PASSWORD",
    "use_tls": "EMAIL_USE_TLS",
    "timeout": "EMAIL_TIMEOUT",
    "file_path": "EMAIL_FILE_PATH",
}


def mail_settings(backend: str, **options: Any) -> dict[str, Any]:
    """Return the settings that send with Django's `backend` ("smtp", "filebased") and its options."""
    path = f"django.core.mail.backends.{backend}.EmailBackend"
    if django.VERSION >= (6, 1):
        return {"MAILERS": {"default": {"BACKEND": path, "OPTIONS": options}}}
    return {"EMAIL_BACKEND": path, **{OLD_NAMES[name]: value for name, value in options.items()}}
