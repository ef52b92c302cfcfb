"""docs/asvs.md: each item of the standard that a program can test names tests that there are."""

import ast
import re
from functools import cache

from tests.architecture.repository import ROOT, tree

# OWASP ASVS 5.0.0
SECTIONS = {
    "1.2": (1, 2, 3, 4, 10),
    "1.3": (1, 3, 6, 7, 11),
    "2.2": (1, 2, 3),
    "2.3": (1, 2, 3, 4, 5),
    "2.4": (1,),
    "3.2": (1, 2),
    "3.3": (2, 4),
    "3.4": (3, 4, 5, 6),
    "3.5": (1, 3),
    "3.7": (2,),
    "5.4": (2,),
    "7.2": (4,),
    "7.4": (2,),
    "7.5": (3,),
    "8.1": (1, 2),
    "8.2": (1, 2, 3),
    "8.3": (1, 2),
    "11.2": (2,),
    "11.4": (1, 3),
    "11.5": (1,),
    "14.1": (1,),
    "14.2": (1, 2, 3, 7),
    "14.3": (2, 3),
    "15.3": (1, 3),
    "15.4": (2,),
    "16.2": (1, 2, 5),
    "16.3": (2,),
    "16.4": (1, 2),
    "16.5": (1, 2, 3),
}
ITEMS = [f"{section}.{number}" for section, numbers in SECTIONS.items() for number in numbers]
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
TEST = re.compile(r"`([^`]+)`")


@cache
def rows() -> dict[str, list[str]]:
    """The tests that each item names, by its number."""
    found = ROW.findall((ROOT / "docs" / "asvs.md").read_text())
    assert len(found) == len({number for number, *_rest in found}), "an item has two rows"
    return {number: TEST.findall(tests) for number, _asks, _how, tests in found}


@cache
def functions_in(path: str) -> frozenset[str]:
    """The names of the test functions of a file; none where there is no such file."""
    file = ROOT / path
    if not (path.startswith("tests/") and file.name.startswith("test_") and file.is_file()):
        return frozenset()
    return frozenset(
        node.name for node in tree(file).body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


def test_the_page_has_a_row_for_each_of_the_64_items_and_no_other():
    assert len(ITEMS) == 64
    assert list(rows()) == ITEMS


def test_every_line_of_the_table_is_a_whole_row():
    lines = [line for line in (ROOT / "docs" / "asvs.md").read_text().splitlines() if line.startswith("|")]
    assert len(lines) == len(ITEMS) + 2


def test_each_item_names_tests_that_there_are():
    missing = []
    for item, named in rows().items():
        assert named, item
        for test in named:
            path, _, function = test.partition("::")
            if function not in functions_in(path):
                missing.append(f"{item}: {test}")
    assert missing == []


def test_no_row_names_a_test_twice():
    assert [item for item, named in rows().items() if len(named) != len(set(named))] == []
