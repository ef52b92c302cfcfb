"""What may be told of an error: where it happened and of which kind, never what a person wrote.

The message of an exception may quote an answer ("Failing row contains …"), so it is left out everywhere.
"""

import logging
import re
import time
import traceback
from types import TracebackType
from typing import Any

from django.http import HttpRequest
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.views.debug import SafeExceptionReporterFilter

CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")  # all but the line feed
# Their messages name code, not content.
TELLABLE = (AttributeError, ImportError, NameError, TemplateDoesNotExist, TemplateSyntaxError)


def _in_sight(found: re.Match[str]) -> str:
    return found.group().encode("unicode_escape").decode()


class NothingPersonalFilter(SafeExceptionReporterFilter):
    """Blanks everything posted and every local variable in Django's error reports."""

    def is_active(self, request: HttpRequest | None) -> bool:
        return True

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, str]:
        return dict.fromkeys(request.POST, self.cleansed_substitute) if request else {}

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: Any) -> list[tuple[str, str]]:
        return [(name, self.cleansed_substitute) for name in tb_frame.f_locals]


class NothingPersonalFormatter(logging.Formatter):
    """Formats one line, with the error's reference where the page showed one, and frames without messages.

    Times are UTC. No message can begin a line of its own: what follows a line break in it is indented.
    """

    default_time_format = "%Y-%m-%dT%H:%M:%SZ"
    default_msec_format = None
    converter = time.gmtime

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name}: {message}", style="{")

    def formatMessage(self, record: logging.LogRecord) -> str:
        reference = getattr(getattr(record, "request", None), "error_reference", "")
        line = CONTROL.sub(_in_sight, super().formatMessage(record)).replace("\n", "\n    ")
        return f"{line} [{reference}]" if reference else line

    def formatException(self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | Any) -> str:
        parts = []
        error: BaseException | None = ei[1]
        while error is not None:
            message = f": {error}" if isinstance(error, TELLABLE) else ""
            parts.append("".join(traceback.format_tb(error.__traceback__)) + type(error).__qualname__ + message)
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\nwhile handling:\n".join(parts)
