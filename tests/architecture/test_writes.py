"""Rows with history are saved one by one, so that their history is written; only actions/bulk.py may do otherwise."""

import ast
import re
from collections.abc import Iterator

from django.apps import apps
from simple_history.models import registered_models

from tests.architecture.repository import ROOT, name, tree, written

BULK = ROOT / "mus_workflow" / "actions" / "bulk.py"
SET_WRITES = {"bulk_create", "bulk_update", "abulk_create", "abulk_update"}


def untracked_names() -> set[str]:
    """Return the names of models without history, as classes and as variables (`Draft`, `draft`)."""
    tracked = {model.__name__ for model in registered_models.values()}
    models = {model.__name__ for model in apps.get_models()} - tracked
    return models | {re.sub(r"(?<!^)(?=[A-Z])", "_", model).lower() for model in models}


def passes_history_by(call: ast.Call) -> bool:
    """Tell whether a call writes rows without their history: set-based writes, and saves of some columns."""
    if not isinstance(call.func, ast.Attribute):
        return False
    keywords = {keyword.arg for keyword in call.keywords}
    if call.func.attr in ("update", "aupdate"):
        return bool(keywords) and not call.args  # a dict's or a hash's update takes a positional argument
    return call.func.attr in SET_WRITES or (call.func.attr in ("save", "asave") and "update_fields" in keywords)


def root(node: ast.AST) -> str:
    """Return the name that a chain of calls and attributes starts from."""
    while isinstance(node, ast.Call | ast.Attribute | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def origins(scope: ast.AST) -> dict[str, str]:
    """Return what local names stand for: the class they are annotated with, or the name they were made from."""
    found = {}
    for node in ast.walk(scope):
        if isinstance(node, ast.arg) and node.annotation:
            inner = node.annotation.slice if isinstance(node.annotation, ast.Subscript) else node.annotation
            found[node.arg] = root(inner)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = root(node.value)
    return found


def writes_past_history(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the line and the root of each such write, local names followed one step."""
    for scope in module.body:
        known = origins(scope)
        for node in ast.walk(scope):
            if isinstance(node, ast.Call) and passes_history_by(node):
                start = root(node)
                yield node.lineno, known.get(start) or start


def test_only_the_bulk_actions_write_tracked_rows_past_their_history():
    untracked = untracked_names()
    found = [
        f"{name(file)}:{line} {start}"
        for file in written(".py")
        if file.is_relative_to(ROOT / "mus_workflow") and file != BULK and "models" not in file.parts
        for line, start in writes_past_history(tree(file))
        if start not in untracked
    ]
    assert found == []


def test_a_write_past_history_is_recognised():
    module = ast.parse(
        "def f(rows: QuerySet[Draft], agreement):\n"
        "    rows.update(version=1)\n"
        "    ours = Agreement.objects.filter(pk=1)\n"
        "    ours.update(revision=2)\n"
        "    agreement.save(update_fields=['revision'])\n"
        "    {}.update(rows)\n"
        "    hash.update(b'bytes')\n"
    )
    assert list(writes_past_history(module)) == [(2, "Draft"), (4, "Agreement"), (5, "agreement")]
