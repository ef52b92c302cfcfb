"""A pytest plugin that takes one rule out of a policy before anything is imported: ``-p tests.mutants.planting``.

``MUTANT`` in the environment names the rule as `rules.py` lists it. Whatever is imported afterwards meets the policy
without it, so a test that passes all the same does not guard the rule.
"""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from types import ModuleType
from typing import Any

from tests.mutants.rules import FOLDER, Rule, rule_named


class Finder(MetaPathFinder):
    """Finds the one module that is to lack a rule."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: Any = None) -> ModuleSpec | None:
        if name != self.rule.module:
            return None
        return spec_from_loader(name, Without(self.rule), origin=str(self.rule.file))


class Without(Loader):
    """Loads the module without the rule."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        tree = ast.parse(self.rule.file.read_text())
        self.rule.take_out(tree)
        exec(compile(ast.fix_missing_locations(tree), str(self.rule.file), "exec"), module.__dict__)


if wanted := os.environ.get("MUTANT"):
    assert not any(name.startswith(f"mus_workflow.{FOLDER.name}.") for name in sys.modules)
    sys.meta_path.insert(0, Finder(rule_named(wanted)))
