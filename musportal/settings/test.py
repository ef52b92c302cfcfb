"""Tests: fixed secrets, quick passwords, no address outside this machine."""

import base64
import os

from musportal.databases import database_from_url
from musportal.mail import mail_settings
from musportal.settings.base import *

DEBUG = False
SECRET_KEY = "tests sign with this and nothing else does"
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
MUS = {
    **MUS,
    "MASTER_KEYS": {"test": base64.b64encode(b"a master key for tests, 32 bytes").decode()},
    "CHECKPOINT_KEY": base64.b64encode(b"signs checkpoints in tests alone").decode(),
}

DATABASES = {"default": database_from_url(os.environ.get("DATABASE_URL", "sqlite://:memory:"))}
MEDIA_ROOT = VAR_DIR / "test-media"
MIDDLEWARE.insert(2, "whitenoise.middleware.WhiteNoiseMiddleware")
WHITENOISE_USE_FINDERS = True
SERVE_MEDIA = True
WHITENOISE_AUTOREFRESH = True  # finds files on demand: no scan of every static folder for each test client

globals().update(mail_settings("smtp", host="127.0.0.1", port=int(os.environ.get("EMAIL_PORT", "1025")), timeout=5))
