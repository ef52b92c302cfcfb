"""The example in docs/how-to/record-of-processing.md: the record of the demo's organisation, on the tests' day."""

import re
from pathlib import Path

from mus_workflow.exports.record_of_processing import record_of_processing
from tests.plumbing.clock import NOW

PAGE = Path(__file__).resolve().parents[1] / "docs" / "how-to" / "record-of-processing.md"
MARK = "<!-- made by `make record` -->\n"


def current() -> str:
    """Return the page as it should be: its own text, and the record with its headings two levels down."""
    text, _mark, _example = PAGE.read_text().partition(MARK)
    record = record_of_processing(language="en", today=NOW.date())
    return f"{text}{MARK}\n" + re.sub(r"^(#+) ", r"##\1 ", record, flags=re.MULTILINE)


def write() -> None:
    """Write the page."""
    PAGE.write_text(current())
