"""What this host has chosen, over Wagtail's project template. Read by the template's production settings."""

import os

from .base import BASE_DIR, DATABASES, INSTALLED_APPS

SECRET_KEY = "a host of the tests"
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = [*INSTALLED_APPS, "people"]
AUTH_USER_MODEL = "people.Person"
WAGTAIL_FRONTEND_LOGIN_URL = "/log-ind/"
DATABASES["default"]["ATOMIC_REQUESTS"] = True
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = BASE_DIR / "mail"
LANGUAGE_CODE = "da"

# Settings of django-simple-history that would change the migrations of apps that follow them.
if "HISTORY_SETTINGS" in os.environ:
    SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True
    SIMPLE_HISTORY_HISTORY_ID_USE_UUID = True
    SIMPLE_HISTORY_DATE_INDEX = "composite"
    DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
