import logging
import sys

from django.test import RequestFactory
from django.views.debug import ExceptionReporter

from musportal.reporting import NothingPersonalFormatter

CANARY = "evael ot tnaw I"[::-1]  # backwards, because a report quotes the lines of this file


def broken(answer):
    try:
        raise KeyError(answer)
    except KeyError as error:
        raise ValueError(f"cannot save {answer}") from error


def caught():
    try:
        broken(CANARY)
    except ValueError:
        return sys.exc_info()


def test_the_log_shows_where_an_error_happened_and_nothing_of_what_was_written(rf):
    record = logging.LogRecord(
        "django.request", logging.ERROR, "", 0, "Internal Server Error: %s", ("/mus/",), caught()
    )
    record.request = rf.get("/mus/")
    record.request.error_reference = "4F1A09BC"
    line = NothingPersonalFormatter().format(record)
    assert "test_reporting.py" in line
    assert "ValueError\nwhile handling:" in line
    assert "[4F1A09BC]" in line
    assert CANARY not in line


def test_djangos_own_error_report_blanks_what_was_posted_and_every_variable():
    request = RequestFactory().post("/mus/", {"answer": CANARY})
    kind, _, frames = caught()
    reporter = ExceptionReporter(request, kind, ValueError("plain"), frames)
    assert CANARY not in reporter.get_traceback_text()
    assert CANARY not in reporter.get_traceback_html()


def line_of(message, *args):
    return NothingPersonalFormatter().format(logging.LogRecord("mus", logging.WARNING, "", 0, message, args, None))


def test_a_log_line_says_when_in_utc_how_grave_where_and_what():
    record = logging.LogRecord("mus_workflow.views", logging.WARNING, "", 0, "refused: %s", ("GET /mus/",), None)
    record.created = 1_773_140_405.5  # 10 March 2026, 11:00:05 in UTC, an hour later in Copenhagen
    line = NothingPersonalFormatter().format(record)
    assert line == "2026-03-10T11:00:05Z WARNING mus_workflow.views: refused: GET /mus/"


def test_what_is_logged_cannot_pass_for_a_line_of_its_own():
    forged = "2026-03-10T11:00:05Z INFO mus: all is well"
    for newline in ("\n", "\r\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029"):
        first, *rest = line_of("Not Found: %s", f"/mus/{newline}{forged}").splitlines()
        assert "Not Found" in first
        assert [each for each in rest if not each.startswith("    ")] == []
    assert "\x1b" not in line_of("Not Found: %s", "/mus/\x1b[2K")
