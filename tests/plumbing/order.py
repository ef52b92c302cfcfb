"""Which files run first: those that take longest, so that no processor waits for one of them at the end."""

import pytest

FIRST = (
    "tests/mus_workflow/course/",
    "tests/host/test_one_dialogue.py",
    "tests/browser/test_journey.py",
    "tests/browser/",
    "tests/host/",
    "tests/races/",
    "tests/sealing/",
    "tests/mus_workflow/exports/",
    "tests/mus_workflow/viewsets/test_audit",
    "tests/mus_workflow/faults/",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the random order inside each group as it is. It needs xdist's ``--no-loadscope-reorder``."""
    items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    return next((place for place, start in enumerate(FIRST) if item.nodeid.startswith(start)), len(FIRST))
