"""Which version of a form is newest, and which the running dialogues use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Count
from django.utils.translation import gettext as _

from mus_workflow.models import DialogueForm, FormDefinition, FormVersion
from mus_workflow.stages import ENDED


def tell_usage(forms: Iterable[FormDefinition]) -> None:
    """Give each form ``newest_version`` and ``usage`` in words, with two queries for all of them."""
    forms = list(forms)
    newest: dict[int, FormVersion] = {}
    versions = FormVersion.objects.published().filter(form__in=forms).order_by("number")
    for version in versions.only("form_id", "number", "created_at"):
        newest[version.form_id] = version
    used = _running_by_version(forms)
    for form in forms:
        form.newest_version = _newest_in_words(form, newest.get(form.pk))
        form.usage = " · ".join(used[form.pk]) or _("None")


def _newest_in_words(form: FormDefinition, version: FormVersion | None) -> str:
    if version is None:
        return _("Never published")
    return _("Version %(number)s") % {"number": version.number}


def _running_by_version(forms: list[FormDefinition]) -> dict[int, list[str]]:
    rows = (
        DialogueForm.objects.filter(form_version__form__in=forms)
        .exclude(dialogue__stage__in=ENDED)
        .values_list("form_version__form", "form_version__number")
        .annotate(count=Count("pk"))
        .order_by("form_version__number")
    )
    used: dict[int, list[str]] = defaultdict(list)
    for form_id, number, count in rows:
        used[form_id].append(_("version %(number)s: %(count)s") % {"number": number, "count": count})
    return used
