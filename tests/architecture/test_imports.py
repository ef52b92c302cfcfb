"""Who may import whom. The layers stand in pyproject.toml; these are the rules it cannot say."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.repository import ROOT, name, tree, written

OPEN_TO_THE_GUIDE = {"page_blocks", "contacts", "readability"}


def imports(file: Path) -> Iterator[str]:
    """Yield the full names that the file imports, relative ones aside."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def files_in(*parts: str) -> list[Path]:
    return [file for file in written(".py") if file.is_relative_to(ROOT.joinpath(*parts))]


def test_the_import_contracts_hold():
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_guide_imports_from_the_workflow_only_what_is_open_to_it():
    found = [
        f"{name(file)}: {imported}"
        for file in files_in("mus_pages")
        for imported in imports(file)
        if imported.startswith("mus_workflow") and imported.split(".")[1] not in OPEN_TO_THE_GUIDE
    ]
    assert found == []


def test_the_evidence_needs_the_standard_library_only():
    allowed = set(sys.stdlib_module_names)
    found = [
        f"{name(file)}: {imported}"
        for file in files_in("mus_workflow", "evidence")
        for imported in imports(file)
        if imported.split(".")[0] not in allowed and not imported.startswith("mus_workflow.evidence")
    ]
    assert found == []


def test_the_plugin_never_names_the_stock_user_model():
    found = [
        f"{name(file)}: {imported}"
        for package in ("mus_workflow", "mus_pages")
        for file in files_in(package)
        for imported in imports(file)
        if imported == "django.contrib.auth.models.User"
    ]
    assert found == []
