"""Habits that a reviewer would otherwise have to remember."""

import ast
import re

from tests.architecture.repository import ROOT, files, name, tree, written

FORBIDDEN_NAMES = {"utils.py", "helpers.py", "common.py", "services.py"}
# Spelt in two halves, so that this file passes its own test.
LEFT_UNDONE = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b|#\s*no" r"qa|eslint-dis" r"able")
REGISTRY = re.compile(
    r"index-url\s*[= ]|\"resolved\":\s*\"http|https?://\S+/simple\b|https?://\S+\.(whl|tar\.gz|tgz|deb)\b"
)
TEXT = {
    "",
    ".cfg",
    ".css",
    ".html",
    ".ini",
    ".js",
    ".json",
    ".md",
    ".po",
    ".py",
    ".sh",
    ".svg",
    ".toml",
    ".txt",
    ".yml",
}


def test_no_module_is_a_drawer_for_odds_and_ends():
    assert [name(file) for file in files() if file.name in FORBIDDEN_NAMES] == []


def test_nothing_is_left_undone_and_no_lint_is_silenced():
    found = [
        f"{name(file)}:{number}"
        for file in written(".py", ".js", ".css", ".html", ".toml")
        for number, line in enumerate(file.read_text().splitlines(), 1)
        if LEFT_UNDONE.search(line)
    ]
    assert found == []


def test_imports_stand_at_the_top():
    local = [
        f"{name(file)}:{node.lineno}"
        for file in written(".py")
        if file.name != "apps.py"
        for function in ast.walk(tree(file))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert local == []


def test_no_file_carries_the_address_of_a_package_registry_or_of_this_machine():
    machine = re.compile(re.escape(str(ROOT)) + r"\b")
    found = [
        name(file)
        for file in files()
        if file.suffix in TEXT
        and file.name != "test_habits.py"
        and (REGISTRY.search(text := file.read_text()) or machine.search(text))
    ]
    assert found == []
