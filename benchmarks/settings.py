"""The portal with a stock form page beside it. STOCK_SQLITE=1 takes Django's own settings for SQLite."""

import os

from musportal.mail import mail_settings
from musportal.settings.test import *

INSTALLED_APPS = [*INSTALLED_APPS, "benchmarks.stock"]
# No static file is asked for; a served portal has them from its web server.
MIDDLEWARE = [name for name in MIDDLEWARE if "whitenoise" not in name]
# Mail is the work of the tasks' own worker.
TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
LOGGING["root"]["level"] = "WARNING"
# Two texts for one place are what is measured, not a fault.
LOGGING["loggers"]["django.request"] = {"level": "ERROR"}
if "STOCK_SQLITE" in os.environ:
    DATABASES["default"] = {"ENGINE": DATABASES["default"]["ENGINE"], "NAME": DATABASES["default"]["NAME"]}

globals().update(mail_settings("dummy"))
