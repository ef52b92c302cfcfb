"""Actions are promises with named arguments."""

import ast
from collections.abc import Iterator

from tests.architecture.repository import ROOT, name, tree, written

ACTIONS = ROOT / "mus_workflow" / "actions"


def actions() -> Iterator[tuple[str, ast.FunctionDef]]:
    """Yield the public functions that somebody does something by: they have a `by`, or a transaction of their own."""
    for file in written(".py"):
        if not file.is_relative_to(ACTIONS):
            continue
        for node in tree(file).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and is_action(node):
                yield f"{name(file)}:{node.lineno} {node.name}", node


def is_action(function: ast.FunctionDef) -> bool:
    arguments = {argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)}
    return "by" in arguments or any("atomic" in ast.unparse(decorator) for decorator in function.decorator_list)


def test_there_are_actions():
    assert len(list(actions())) > 10


def test_every_action_takes_named_arguments_only():
    assert [where for where, node in actions() if node.args.args or node.args.posonlyargs or node.args.vararg] == []


def test_every_action_says_what_it_will_do():
    assert [where for where, node in actions() if not ast.get_docstring(node)] == []
