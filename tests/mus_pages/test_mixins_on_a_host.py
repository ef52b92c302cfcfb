"""The mixins and the blocks on pages that a host has made itself."""

import json
import subprocess
import sys

import pytest
from bs4 import BeautifulSoup


@pytest.fixture(scope="module")
def answers() -> dict[str, tuple[int, str]]:
    """The host's pages, fetched in a process of its own: page types once made cannot be unmade in this one."""
    walk = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.mus_pages.handbook.walk"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert walk.returncode == 0, walk.stderr[-2000:]
    return {name: tuple(answer) for name, answer in json.loads(walk.stdout.splitlines()[-1]).items()}


def test_page_made_of_the_mixins_has_contents_and_addresses(answers: dict[str, tuple[int, str]]) -> None:
    code, html = answers["handbook"]
    soup = BeautifulSoup(html, "html.parser")
    assert code == 200
    assert soup.find("h1").text == "4.2 Talks"
    assert [link["href"] for link in soup.select(".mus-toc a")] == ["#right", "#pay"]
    assert soup.find(id="pay")


def test_page_borrows_a_block_and_nothing_else(answers: dict[str, tuple[int, str]]) -> None:
    code, html = answers["notice"]
    assert code == 200
    assert "Who to ask" in html
    assert "mus-guide" not in html
