"""``mus_export_form`` and ``mus_import_form``: a form out and in again at the command line."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from mus_workflow.actions.import_form import import_form
from mus_workflow.actions.load_starter_forms import load_starter_forms
from mus_workflow.formbuilder.exchange import Exchange, as_text, exported, read
from mus_workflow.formbuilder.library import STARTER
from mus_workflow.models import FormDefinition, FormVersion
from tests.architecture.repository import ROOT
from tests.mus_workflow.formbuilder.writing import asking, asks
from tests.plumbing.clock import NOW
from tests.plumbing.programs import manage

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def run(name: str, *arguments: str) -> str:
    said = io.StringIO()
    call_command(name, *arguments, stdout=said)
    return said.getvalue()


def file_with(folder: Path, label: str = "Hvad glæder dig?") -> Path:
    file = folder / "ny.json"
    file.write_text(as_text(exported("ny", "AGREEMENT", asking(asks("short_text", label)))), encoding="utf-8")
    return file


def test_a_starter_form_comes_out_as_its_file() -> None:
    load_starter_forms(by=None, at=NOW)
    assert run("mus_export_form", "aftale") == (STARTER / "aftale.json").read_text(encoding="utf-8")


def test_a_published_form_comes_out_as_people_meet_it_and_a_new_one_as_its_draft(tmp_path: Path) -> None:
    run("mus_import_form", str(file_with(tmp_path, "Først?")))
    assert "Først?" in run("mus_export_form", "ny")
    run("mus_import_form", str(file_with(tmp_path, "Så?")), "--publish")
    run("mus_import_form", str(file_with(tmp_path, "Kladde?")))
    assert "Så?" in run("mus_export_form", "ny")


def test_an_old_version_comes_out_in_the_newest_format() -> None:
    golden = json.loads((ROOT / "tests" / "forms" / "format-1.json").read_text())
    form = FormDefinition.objects.create(title="Gammel", slug="gammel", purpose="AGREEMENT", live=True)
    FormVersion.objects.create(form=form, number=1, schema=golden["schema"], digest=golden["digest"], created_at=NOW)
    assert read(run("mus_export_form", "gammel")).schema["format"] == 2


def test_what_cannot_be_exported_is_said(tmp_path: Path) -> None:
    run("mus_import_form", str(file_with(tmp_path)))
    with pytest.raises(CommandError, match=r"no form “nowhere”. There are: ny"):
        run("mus_export_form", "nowhere")
    FormDefinition.objects.create(title="Tom", slug="tom", purpose="AGREEMENT", live=False).save_revision()
    with pytest.raises(CommandError, match=r"no questions yet"):
        run("mus_export_form", "tom")


def test_importing_says_what_came_of_it(tmp_path: Path) -> None:
    file = str(file_with(tmp_path))
    assert "a draft" in run("mus_import_form", file)
    assert not FormVersion.objects.exists()
    assert "published as version 1" in run("mus_import_form", file, "--publish")


def test_a_form_comes_in_from_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = SimpleNamespace(buffer=io.BytesIO(file_with(tmp_path).read_bytes()))
    monkeypatch.setattr(sys, "stdin", stdin)
    run("mus_import_form", "-")
    assert FormDefinition.objects.get().slug == "ny"


def locked() -> None:
    form = import_form(content=Exchange("ny", "AGREEMENT", asking(asks("date", "Hvornår?"))), by=None, at=NOW)
    FormDefinition.objects.filter(pk=form.pk).update(locked=True)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("{", "line 1, column 2"),
        ('{"kind": "mus-form", "format": 9}', "format: is a format we cannot read"),
        (None, "cannot be read"),
    ],
)
def test_a_bad_file_changes_nothing_and_is_told(tmp_path: Path, written: str | None, words: str) -> None:
    file = tmp_path / "form.json"
    if written is not None:
        file.write_text(written)
    with pytest.raises(CommandError, match=words):
        run("mus_import_form", str(file))
    assert not FormDefinition.objects.exists()


def test_a_locked_form_is_refused_at_the_command_line_too(tmp_path: Path) -> None:
    locked()
    with pytest.raises(CommandError, match=r"Nothing was imported\. The form is locked"):
        run("mus_import_form", str(file_with(tmp_path)))


def test_errors_go_to_standard_error_with_exit_code_1(tmp_path: Path) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text("[]")
    result = manage("mus_import_form", str(bad), DJANGO_SETTINGS_MODULE="musportal.settings.test")
    assert (result.returncode, result.stdout) == (1, "")
    assert "Nothing was imported." in result.stderr
