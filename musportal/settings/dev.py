"""Development and the demo: everything it needs is made in var/ on the first run."""

import os
import secrets

from musportal.keys import kept_secret, new_checkpoint_key, new_master_key, parse_master_keys
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
    "CHECKPOINT_KEY": os.environ.get("MUS_CHECKPOINT_KEY")
    or kept_secret(VAR_DIR / "checkpoint.key", new_checkpoint_key, "a key for checkpoints"),
    "ERASURE_JOURNAL": str(VAR_DIR / "erasures.journal"),
    # Development only: outside is where nobody who can write to the database can write.
    "CHECKPOINT_SINKS": [{"type": "file", "folder": VAR_DIR / "checkpoints"}],
}
(VAR_DIR / "checkpoints").mkdir(parents=True, exist_ok=True)

MIDDLEWARE.insert(2, "whitenoise.middleware.WhiteNoiseMiddleware")
WHITENOISE_USE_FINDERS = True
SERVE_MEDIA = True
WHITENOISE_AUTOREFRESH = True

globals().update(mail_settings("filebased", file_path=VAR_DIR / "mail"))
