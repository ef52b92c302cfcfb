"""Files on their way in: kept in memory, because Django would write a large one to the disk in clear."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest

from mus_workflow.formbuilder.questions.file import MEGABYTE, MOST_MEGABYTES

# What one form may carry: a few of the largest files, and its text.
LARGEST_REQUEST = 3 * MOST_MEGABYTES * MEGABYTE


class InMemory(MemoryFileUploadHandler):
    """Takes every file into memory, up to the largest request; what goes beyond is not read."""

    def handle_raw_input(self, input_data: Any, meta: Any, content_length: int, *args: Any, **kwargs: Any) -> None:
        """Take part whatever the host's limit is, but in no request that is too large."""
        self.activated = content_length <= LARGEST_REQUEST


def keep_off_the_disk(request: HttpRequest) -> None:
    """Let no file in this request reach the disk. Call it before the form is read."""
    if request.method == "POST" and not hasattr(request, "_files"):
        request.upload_handlers = [InMemory(request)]
