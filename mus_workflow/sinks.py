"""Where checkpoints go: folders, mail boxes and addresses outside this system. Sends, never decides.

A sink takes a checkpoint's file or says plainly why not (SinkError). What it already has it takes again without harm.
"""

from __future__ import annotations

import filecmp
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any, Protocol
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from .conf import app_settings, checkpoint_name
from .documents.checkpoint_file import checkpoint_file_name, write_checkpoint_file
from .models import Checkpoint

SECONDS = 20
MAIL_BYTES = 10_000_000
LOCAL = ("localhost", "127.0.0.1", "::1")


class SinkError(Exception):
    """The checkpoint did not arrive, or the sink is set up wrongly. Says why, without a secret."""


class Sink(Protocol):
    """Takes checkpoints. ``name`` tells it from the others, in the records and to a person."""

    @property
    def name(self) -> str:
        """Kind and place."""

    def put(self, checkpoint: Checkpoint, file: Path) -> None:
        """Take the file of this checkpoint. Raises SinkError."""


@dataclass(frozen=True)
class FileSink:
    """A folder, best on another machine or on a medium that is written once. Nothing there is ever overwritten."""

    folder: str

    @property
    def name(self) -> str:
        """The folder."""
        return f"file {self.folder}"

    def put(self, checkpoint: Checkpoint, file: Path) -> None:
        """Copy the file there, whole or not at all. Raises SinkError."""
        # A folder that is not there may be a disk that is not mounted: making it would hide that.
        target = Path(self.folder) / checkpoint_file_name(checkpoint.number)
        try:
            if not target.exists():
                _copy_whole(file, target)
            elif not filecmp.cmp(file, target, shallow=False):
                raise SinkError(f"{target.name} is there already and says something else")
        except OSError as error:
            raise SinkError(_said(error)) from None


@dataclass(frozen=True)
class MailSink:
    """Mail boxes outside, such as the auditor's. The mail holds numbers and hashes only."""

    to: tuple[str, ...]

    @property
    def name(self) -> str:
        """The addresses."""
        return f"mail {', '.join(self.to)}"

    def put(self, checkpoint: Checkpoint, file: Path) -> None:
        """Mail the note, with the file where it is not too large for a mail. Raises SinkError."""
        body = _("Keep this mail. It proves what the history of all agreements was when it was sent.")
        subject = _("Checkpoint %(number)s of %(name)s") % {"number": checkpoint.number, "name": checkpoint_name()}
        mail = EmailMessage(subject, f"{body}\n\n{checkpoint.note}", to=list(self.to))
        if file.stat().st_size <= MAIL_BYTES:
            mail.attach(checkpoint_file_name(checkpoint.number), file.read_text(), "application/json")
        try:
            mail.send()
        except OSError as error:  # refused, unreachable or timed out: smtplib's errors are OSErrors
            raise SinkError(_said(error)) from None


@dataclass(frozen=True)
class HttpSink:
    """An address that takes the file as the body of a POST, with a bearer token where there is one."""

    url: str
    token: str = ""

    @property
    def name(self) -> str:
        """The address without what may be a secret in it."""
        parts = urlsplit(self.url)
        return f"http {parts.scheme}://{parts.hostname}{parts.path}"

    def put(self, checkpoint: Checkpoint, file: Path) -> None:
        """Post the file; an answer of 2xx means that it arrived. Raises SinkError."""
        headers = {"Content-Type": "application/json", "Content-Length": str(file.stat().st_size)}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        try:
            with file.open("rb") as body:
                request = Request(self.url, data=body, headers=headers, method="POST")
                build_opener(_NoRedirect).open(request, timeout=SECONDS).close()
        except HTTPError as error:
            error.close()
            raise SinkError(f"it answered {error.code}") from None
        except (OSError, HTTPException) as error:
            raise SinkError(_said(error)) from None


class _NoRedirect(HTTPRedirectHandler):
    """A POST that is sent elsewhere would arrive as a GET, and take the token with it."""

    def redirect_request(self, *args: Any) -> None:
        """Follow nothing."""


def configured_sinks() -> list[Sink]:
    """The sinks of ``MUS["CHECKPOINT_SINKS"]``. Raises SinkError for one that is set up wrongly."""
    return [_sink(given) for given in app_settings.CHECKPOINT_SINKS]


@contextmanager
def exported(checkpoint: Checkpoint) -> Iterator[Path]:
    """The checkpoint's file, for as long as the block lasts."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / checkpoint_file_name(checkpoint.number)
        with path.open("w", encoding="utf-8") as file:
            write_checkpoint_file(checkpoint, file)
        yield path


def _sink(given: dict[str, Any]) -> Sink:
    kind, rest = given.get("type"), {key: value for key, value in given.items() if key != "type"}
    if kind == "file" and set(rest) == {"folder"}:
        return FileSink(str(rest["folder"]))
    if kind == "mail" and set(rest) == {"to"} and _is_addresses(rest["to"]):
        return MailSink(tuple(rest["to"]))
    if kind == "http" and {"url"} <= set(rest) <= {"url", "token"}:
        return _http_sink(**rest)
    raise SinkError(
        f"a sink is {{'type': 'file', 'folder'}}, {{'type': 'mail', 'to': [addresses]}} or {{'type': 'http', 'url'}}, "
        f"not {kind!r} with {sorted(rest)}"
    )


def _http_sink(url: str, token: str = "") -> HttpSink:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOCAL):
        raise SinkError(f"the sink {HttpSink(url).name} is not https")
    return HttpSink(url, token)


def _is_addresses(given: Any) -> bool:
    return isinstance(given, Sequence) and not isinstance(given, str) and bool(given)


def _copy_whole(file: Path, target: Path) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as copy, file.open("rb") as source:
            shutil.copyfileobj(source, copy)
            copy.flush()
            os.fchmod(copy.fileno(), 0o444)
            os.fsync(copy.fileno())
        os.link(name, target)  # unlike a rename, it never replaces a file that came in between
    finally:
        Path(name).unlink()
    # The name is on the disk only when the folder is.
    folder = os.open(target.parent, os.O_RDONLY)
    with suppress(OSError):
        os.fsync(folder)
    os.close(folder)


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
