"""The portal with a stock form page beside it. STOCK_SQLITE=1 takes Django's own settings for SQLite."""

import os

from musportal.mail import mail_settings
from musportal.settings.test import *

INSTALLED_APPS = [*INSTALLED_APPS, "benchmarks.stock"]
# The page that the measured workers serve, and nothing else that a test portal needs.
LOGGING["root"]["level"] = "WARNING"
WHITENOISE_AUTOREFRESH = False
if "STOCK_SQLITE" in os.environ:
    DATABASES["default"] = {"ENGINE": DATABASES["default"]["ENGINE"], "NAME": DATABASES["default"]["NAME"]}

globals().update(mail_settings("dummy"))
