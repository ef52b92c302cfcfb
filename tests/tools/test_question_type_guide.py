"""The guide to adding a question type: what it says is written into an app of a host, and run."""

import re
from pathlib import Path

import pytest

from tests.plumbing.databases import ROOT
from tests.plumbing.programs import manage

GUIDE = ROOT / "docs" / "how-to" / "add-a-question-type.md"
FILE = re.compile(r"^```\w+ (?P<name>intranet/\S+)\n(?P<text>.*?)^```$", re.M | re.S)

SETTINGS = """
from musportal.settings.test import *
INSTALLED_APPS = ["intranet", *INSTALLED_APPS]
LANGUAGE_CODE = "en"
"""
OFFERED = """
from mus_workflow.formbuilder.json_schema import json_schema
from mus_workflow.models import FormDefinition
sections = FormDefinition._meta.get_field("body").stream_block.child_blocks["section"]
print("month" in sections.child_blocks["questions"].child_blocks)
print("month" in json_schema()["$defs"]["question"]["properties"]["type"]["enum"])
"""


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A host's folder with an app that has what the guide says, and nothing else."""
    folder = tmp_path_factory.mktemp("host")
    (folder / "host_settings.py").write_text(SETTINGS)
    for match in FILE.finditer(GUIDE.read_text()):
        file = folder / match["name"]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(match["text"])
        if file.suffix == ".py":
            (file.parent / "__init__.py").touch()
    return folder


def run(host: Path, *arguments: str) -> str:
    result = manage(*arguments, DJANGO_SETTINGS_MODULE="host_settings", PYTHONPATH=str(host), LANG="C.UTF-8")
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout + result.stderr


def test_the_guide_is_one_file_one_template_and_one_test(host: Path) -> None:
    # Python keeps bytecode beside what another test of this file has run.
    files = [file for file in (host / "intranet").rglob("*") if file.is_file() and file.suffix != ".pyc"]
    assert sorted(file.relative_to(host).as_posix() for file in files if file.name != "__init__.py") == [
        "intranet/mus_questions.py",
        "intranet/templates/mus_workflow/questions/month.html",
        "intranet/tests/test_month.py",
    ]


def test_the_hosts_own_test_passes(host: Path) -> None:
    said = run(host, "test", "intranet")
    assert "Ran 5 tests" in said
    assert "OK" in said


def test_editors_are_offered_the_type_and_the_json_schema_has_it(host: Path) -> None:
    assert run(host, "shell", "--no-imports", "--verbosity", "0", "--command", OFFERED).split() == ["True", "True"]


def test_no_migration_is_needed(host: Path) -> None:
    assert "No changes detected" in run(host, "makemigrations", "--check", "--dry-run")
