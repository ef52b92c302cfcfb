"""Development and the demo: everything it needs is made in var/ on the first run."""

import os
import secrets

from musportal.keys import kept_secret, new_master_key, parse_master_keys
from musportal.mail import mail_settings
from musportal.settings.base import *

DEBUG = os.environ.get("DEBUG", "") not in ("", "0")
SECRET_KEY = kept_secret(VAR_DIR / "secret.key", lambda: secrets.token_urlsafe(50), "a secret key")
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
MUS = {
    **MUS,
    "MASTER_KEYS": parse_master_keys(
        os.environ.get("MUS_MASTER_KEYS") or kept_secret(VAR_DIR / "master.key", new_master_key, "a master key")
    ),
}

MIDDLEWARE.insert(1, "whitenoise.middleware.WhiteNoiseMiddleware")
WHITENOISE_USE_FINDERS = True
SERVE_MEDIA = True
WHITENOISE_AUTOREFRESH = True

globals().update(mail_settings("filebased", file_path=VAR_DIR / "mail"))
