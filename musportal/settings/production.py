"""Production: every secret and address comes from the environment; a missing one stops the start."""

import json
import os

from musportal.keys import parse_master_keys
from musportal.mail import mail_settings
from musportal.settings.base import *

DEBUG = False
SECRET_KEY = os.environ["SECRET_KEY"]
ALLOWED_HOSTS = os.environ["ALLOWED_HOSTS"].split(",")
CSRF_TRUSTED_ORIGINS = [f"https://{host.lstrip('.')}" for host in ALLOWED_HOSTS]
MUS = {
    **MUS,
    "MASTER_KEYS": parse_master_keys(os.environ.get("MUS_MASTER_KEYS", "")),
    "CHECKPOINT_KEY": os.environ.get("MUS_CHECKPOINT_KEY", ""),
    "CHECKPOINT_OLD_KEYS": os.environ.get("MUS_CHECKPOINT_OLD_KEYS", "").split(),
    "ERASURE_JOURNAL": os.environ.get("MUS_ERASURE_JOURNAL", ""),
    "CHECKPOINT_SINKS": json.loads(os.environ.get("MUS_CHECKPOINT_SINKS", "[]")),
}

MIDDLEWARE.insert(2, "whitenoise.middleware.WhiteNoiseMiddleware")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

SECURE_SSL_REDIRECT = os.environ.get("SECURE_SSL_REDIRECT", "1") != "0"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True

globals().update(
    mail_settings(
        "smtp",
        host=os.environ.get("EMAIL_HOST", "localhost"),
        port=int(os.environ.get("EMAIL_PORT", "25")),
        username=os.environ.get("EMAIL_HOST_USER", ""),
        password=os.environ.get("EMAIL_HOST_PASSWORD", ""),
        use_tls=os.environ.get("EMAIL_USE_TLS", "") not in ("", "0"),
        timeout=20,
    )
)
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "intranet@localhost")
