"""The story in which everybody writes everywhere: each takes out all that is theirs, and nothing private of others."""

from __future__ import annotations

import sys
from itertools import pairwise
from typing import Any

import pytest

from mus_workflow.exports import pdf
from tests.builders import Cast
from tests.matrix.canaries import CANARIES, tell
from tests.mus_workflow.exports.archives import archive, words_of
from tests.mus_workflow.exports.reading import opened, tags_of, text_of

pytestmark = pytest.mark.django_db

# What the manager of the canaries' story wrote, signed or recorded themselves.
THE_MANAGERS = {
    "kanariprivatleder",
    "kanarilederdelt",
    "kanariaftale",
    "kanaripunkt",
    "kanaristoette",
    "kanarimaal",
    "kanariforslag",
    "kanarihvorfor",
    "kanarinytpunkt",
    "kanariopfoelgning",
    "kanaristed",
    "kanariikkeholdt",
}
# What is about the employee, or written by them: all that they meet on a page, and what waits for them sealed.
THE_EMPLOYEES = {name for name, allowed in CANARIES.items() if "employee" in allowed} | {
    "kanariikkeholdt",
    "kanariparkeret",
}


@pytest.fixture(scope="module")
def told(module_cast: Cast) -> Cast:
    """The story in which everybody writes everywhere, told once."""
    tell(module_cast)
    return module_cast


def canaries_in(text: str) -> set[str]:
    return {name for name in CANARIES if name in text}


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("auditor", {"kanarigrund"}),
        ("auditor2", set()),
        ("former_manager", set()),
        ("other_manager", set()),
        ("delegate", set()),
        ("hr", set()),
        ("editor", set()),
        ("admin", set()),
    ],
)
def test_others_find_nothing_of_it_in_theirs(told: Cast, who: str, expected: set[str]) -> None:
    assert canaries_in(words_of(getattr(told, who))) == expected


@pytest.mark.parametrize(("who", "expected"), [("employee", THE_EMPLOYEES), ("manager", THE_MANAGERS)])
def test_it_holds_all_that_is_theirs_and_nothing_private_of_others(told: Cast, who: str, expected: set[str]) -> None:
    files = archive(getattr(told, who))
    assert canaries_in(files["json"].decode()) == expected
    assert canaries_in(text_of(files["pdf"])) == expected
    assert sorted(files) == ["json", "pdf"]
    _assert_it_can_be_read_aloud(files["pdf"])


def _assert_it_can_be_read_aloud(made: bytes) -> None:
    assert opened(made).trailer["/Root"]["/Lang"] == "en"
    assert opened(made).metadata.title == "Everything about you in MUS"
    levels = [int(tag[2]) for tag in tags_of(made) if tag[1] == "H" and tag[2:].isdigit()]
    assert levels[0] == 1
    # No level is skipped on the way down.
    assert all(below <= above + 1 for above, below in pairwise(levels))


def test_without_pdf_libraries_there_is_a_page_with_its_style(told: Cast, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    pdf._imported.cache_clear()
    files = archive(told.employee)
    pdf._imported.cache_clear()
    assert sorted(files) == ["css", "html", "json"]
    page = files["html"].decode()
    assert '<link rel="stylesheet" href="everything-about-me.css">' in page
    assert canaries_in(page) == THE_EMPLOYEES
    assert "@media screen" in files["css"].decode()


_WATCHED: list[str] = []
_WATCHING: list[bool] = []


def _watch(event: str, arguments: Any) -> None:
    if _WATCHING and event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        _WATCHED.append(str(arguments[0]))


def test_nothing_of_it_touches_the_disk(told: Cast) -> None:
    archive(told.editor)
    sys.addaudithook(_watch)
    _WATCHING.append(True)
    archive(told.auditor)
    _WATCHING.clear()
    assert _WATCHED == []
