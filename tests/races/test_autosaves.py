"""Thousands of saves at once, of two people with two windows each, on a served portal: not a letter is lost."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest

from tests.plumbing.portal import Portal
from tools.windows import lost, write_together

FIND = """
import json
from benchmarks.tables import windows
from mus_workflow.models import Dialogue
print("FOUND" + json.dumps(windows(Dialogue.objects.filter(stage="TALK"))))
"""
READ = """
import json
from benchmarks.tables import held
print("FOUND" + json.dumps({{url: held(url) for url in {urls}}}))
"""


@pytest.mark.parametrize("saves", [1_000, pytest.param(10_000, marks=pytest.mark.prove)])
def test_saves_at_once_lose_no_update_and_no_letter(fresh_portal: Portal, saves: int) -> None:
    places = found(fresh_portal.shell(FIND))
    port = urlsplit(fresh_portal.url).port
    assert port is not None
    # On each table's sheet both people have two windows; on a preparation its author has two.
    assert len({(place["url"], place["session"]) for place in places}) == len(places) >= 12
    windows = write_together(port, places, saves=saves)
    urls = sorted({place["url"] for place in places})
    held = found(fresh_portal.shell(READ.format(urls=urls)))
    assert [fault for window in windows for fault in window.faults] == []
    assert sum(window.sent for window in windows) >= saves
    assert lost(windows, held) == []
    # Where nobody was ever in another's way, nothing was tried.
    assert sum(window.conflicts for window in windows) > 0


def found(printed: str) -> object:
    return json.loads(printed[printed.index("FOUND") + 5 :])
