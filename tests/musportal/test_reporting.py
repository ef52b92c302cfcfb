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
