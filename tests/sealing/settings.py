"""The portal with all it keeps in one folder: database, cache, media, log, checkpoints, journal; errors are mailed."""

import os
from pathlib import Path

import django

from musportal.keys import parse_master_keys
from musportal.settings import test

globals().update({name: value for name, value in vars(test).items() if name.isupper()})
FOLDER = Path(os.environ["SEALING_FOLDER"])
# The key lies elsewhere, as it should.
MUS = {
    **test.MUS,
    "CHECKPOINT_SINKS": [{"type": "file", "folder": str(FOLDER / "checkpoints")}],
    "ERASURE_JOURNAL": str(FOLDER / "erasures.journal"),
}
if "SEALING_MASTER_KEYS" in os.environ:
    MUS["MASTER_KEYS"] = parse_master_keys(os.environ["SEALING_MASTER_KEYS"])
MEDIA_ROOT = FOLDER / "media"
FILE_UPLOAD_TEMP_DIR = str(FOLDER / "tmp")
FILE_UPLOAD_MAX_MEMORY_SIZE = 100  # a file that went through Django's own way would reach the disk
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": str(FOLDER / "cache")}
}
OPERATOR = "operator@example.test"
ADMINS = [OPERATOR if django.VERSION >= (6, 0) else ("Operator", OPERATOR)]
SERVER_EMAIL = "portal@example.test"
LOGGING = {
    **test.LOGGING,
    "handlers": {
        **test.LOGGING["handlers"],
        "file": {
            "class": "logging.FileHandler",
            "filename": str(FOLDER / "portal.log"),
            "formatter": "plain",
            "level": "DEBUG",
        },
        "mail": {"class": "django.utils.log.AdminEmailHandler", "level": "ERROR", "include_html": True},
    },
    "root": {"handlers": ["console", "file", "mail"], "level": "DEBUG"},
}
