"""Every rule of the policies, found in their source: each condition of a verdict, and each plain yes or no."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "mus_workflow" / "policies"


@dataclass(frozen=True)
class Rule:
    """One rule: the file and function it stands in, and which one there it is."""

    file: Path
    function: str
    number: int

    def __str__(self) -> str:
        return f"{self.file.stem}.{self.function}.{self.number}"

    @property
    def module(self) -> str:
        return f"mus_workflow.policies.{self.file.stem}"

    def take_out(self, tree: ast.Module) -> None:
        """Let the rule always be met."""
        function = next(one for one in functions(tree) if one.name == self.function)
        place = list(places(function))[self.number]
        if isinstance(place, ast.Return):
            place.value = ast.Constant(True)
        else:
            place.elts[0] = ast.Constant(True)


def functions(tree: ast.Module) -> list[ast.FunctionDef]:
    return [node for node in tree.body if isinstance(node, ast.FunctionDef)]


def places(function: ast.FunctionDef) -> Iterator[ast.Tuple | ast.Return]:
    """The pairs of condition and reason in this function; or, where it answers with a bool, what it returns."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "first_no":
            yield from (pair for pair in node.args if isinstance(pair, ast.Tuple))
        elif isinstance(node, ast.Return) and isinstance(function.returns, ast.Name) and function.returns.id == "bool":
            yield node


def rules() -> list[Rule]:
    """All of them. `verdict.py` holds no rule, only how one is told."""
    return [
        Rule(file, function.name, number)
        for file in sorted(FOLDER.glob("*.py"))
        if file.stem not in ("__init__", "verdict")
        for function in functions(ast.parse(file.read_text()))
        for number, _place in enumerate(places(function))
    ]


def rule_named(name: str) -> Rule:
    return next(rule for rule in rules() if str(rule) == name)
