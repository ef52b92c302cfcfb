"""Take a rule out of the policies: one of the product's own tests must fail."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutants.rules import Rule, rules

ROOT = Path(__file__).resolve().parents[2]
# One after the other until one fails: from the quickest to the widest.
GUARDS = (
    ("tests/mus_workflow/policies", "--ignore=tests/mus_workflow/policies/test_readers.py"),
    ("tests/mus_workflow/actions", "--ignore=tests/mus_workflow/actions/test_any_erasure.py"),
    ("tests/mus_workflow/policies/test_readers.py", "tests/mus_workflow/viewsets"),
    ("tests/mus_workflow/views", "tests/mus_workflow/security"),
    ("tests/matrix",),
)


def guards_run_without(rule: str) -> subprocess.CompletedProcess[str]:
    """Run the guards without this rule; they end at the first that fails."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "tests.mutants.planting", "-p", "no:randomly"]
    environment = {**os.environ, "MUTANT": rule}
    for guard in GUARDS:
        whole = [*command, *guard]
        ran = subprocess.run(whole, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        if ran.returncode:
            break
    return ran


def test_there_are_rules_to_take_out() -> None:
    named = [str(rule) for rule in rules()]
    assert len(named) == len(set(named)) > 50
    assert {name.partition(".")[0] for name in named} >= {
        "agreements",
        "dialogues",
        "items",
        "overview",
        "preparations",
    }


@pytest.mark.prove
@pytest.mark.parametrize("rule", rules(), ids=str)
def test_a_rule_that_is_taken_out_is_missed(rule: Rule) -> None:
    ran = guards_run_without(str(rule))
    # 1: a test failed. Anything else, such as tests that could not even be collected, proves nothing.
    assert ran.returncode == 1, f"nothing misses {rule}:\n{ran.stdout[-2000:]}{ran.stderr[-2000:]}"
