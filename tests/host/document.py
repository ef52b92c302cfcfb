"""The blocks of the installation guide: what the tests do to a host is what the guide says."""

import re
import shlex

from tests.plumbing.databases import ROOT

GUIDE = ROOT / "docs" / "how-to" / "install-in-your-intranet.md"
OPERATION = ROOT / "docs" / "how-to" / "operate.md"
BLOCK = re.compile(r"^```(?P<language>\w+) (?P<name>[\w-]+)\n(?P<code>.*?)^```$", re.M | re.S)


def blocks() -> dict[str, str]:
    """Return the named blocks of the guides by name."""
    texts = GUIDE.read_text() + OPERATION.read_text()
    return {match["name"]: match["code"] for match in BLOCK.finditer(texts)}


def commands(name: str) -> list[list[str]]:
    """Return the arguments of each `python …` line of a block, without `python`."""
    return [shlex.split(line)[1:] for line in blocks()[name].splitlines()]
