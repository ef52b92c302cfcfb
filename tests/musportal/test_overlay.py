"""Our Danish for Wagtail's admin: what editors, HR and auditors meet there, which Wagtail has in English only."""

from collections.abc import Callable
from pathlib import Path

import polib
import pytest
import wagtail
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.test import Client
from django.urls import reverse
from wagtail.models import Page

from mus_workflow.models import FormDefinition
from tools.messages import SOURCES, catalogue_path, same_placeholders

FOLDER = settings.BASE_DIR / "musportal" / "wagtail_locale" / "da" / "LC_MESSAGES"
DOMAINS = ["django", "djangojs"]
FORMS = "wagtailsnippets_mus_workflow_formdefinition"


def overlay(domain: str) -> polib.POFile:
    return polib.pofile(str(FOLDER / f"{domain}.po"))


def wagtails_own(domain: str) -> set[str]:
    """Return every text of the installed Wagtail."""
    catalogues = Path(wagtail.__file__).parent.rglob(f"locale/en/LC_MESSAGES/{domain}.po")
    return {entry.msgid for catalogue in catalogues for entry in polib.pofile(str(catalogue))}


@pytest.fixture
def shown(client: Client, admin: AbstractBaseUser) -> Callable[..., str]:
    """Return an address of the admin as text, in one language."""
    client.force_login(admin)

    def show(name: str, *args: object, language: str = "da") -> str:
        return client.get(reverse(name, args=args), headers={"accept-language": language}).content.decode()

    return show


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_overlay_is_complete_and_compiled(domain):
    catalogue = overlay(domain)
    assert [entry.msgid for entry in catalogue if not entry.translated() or not same_placeholders(entry)] == []
    assert (FOLDER / f"{domain}.mo").read_bytes() == catalogue.to_binary()


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_overlay_translates_texts_that_the_current_wagtail_has(domain):
    unknown = {entry.msgid for entry in overlay(domain)} - wagtails_own(domain)
    # The long-term line before it lacks some of them, which does no harm.
    assert wagtail.VERSION < (8,) or not unknown, sorted(unknown)


def test_the_overlay_and_our_own_catalogues_say_the_same():
    wagtails = {entry.msgid: entry.msgstr for entry in overlay("django")}
    ours = [entry for app in SOURCES for entry in polib.pofile(str(catalogue_path(app))) if not entry.msgctxt]
    assert [entry.msgid for entry in ours if wagtails.get(entry.msgid, entry.msgstr) != entry.msgstr] == []


@pytest.mark.django_db
def test_the_list_of_forms_speaks_danish_and_english(shown):
    danish, english = shown(f"{FORMS}:list"), shown(f"{FORMS}:list", language="en")
    for word in ("Tilføj skema", "Filtrer"):
        assert word in danish
        assert word not in english
    assert "Add form" in english


@pytest.mark.django_db
def test_the_form_editor_speaks_danish(shown):
    page = shown(f"{FORMS}:edit", FormDefinition.objects.values_list("pk", flat=True)[0])
    for words in ("Gem kladde", "Udgiv", "Historik", "Vis eller skjul forhåndsvisning", "Planlæg udgivelsen"):
        assert words in page


@pytest.mark.django_db
def test_the_page_editor_speaks_danish(shown):
    page = shown("wagtailadmin_pages:edit", Page.objects.filter(depth__gt=1).values_list("pk", flat=True)[0])
    for words in ("Gem kladde", "Synlighed", "Sidens synlighed", "Ikke låst"):
        assert words in page


@pytest.mark.django_db
def test_the_editors_scripts_speak_danish(shown):
    script = shown("wagtailadmin_javascript_catalog")
    for words in ("Flyt op", "Dupliker", "Fold alle ud"):
        assert words in script
