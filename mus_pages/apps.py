"""The app, as Django knows it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MusPagesConfig(AppConfig):
    """Page types and blocks for the guide."""

    name = "mus_pages"
    verbose_name = _("MUS guide")
    default_auto_field = "django.db.models.BigAutoField"
